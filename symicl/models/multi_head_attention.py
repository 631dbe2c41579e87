"""Multi-head linear self-attention with residual connection, mask and 1/n, without an MLP."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import (
    Blocks,
    ClosedForm,
    Dimension,
    Matrix,
    last_unit,
    matrix,
    scalar,
    scalar_letter,
    symbol_letter,
    transpose,
)
from symicl.errors import InputError, brief
from symicl.models.linear_attention import FULL
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class MultiHeadLinearAttention(Model):
    """Linear self-attention as in Zhang, Wu and Bartlett (2024), with any number of heads.

    With the token matrix Z = (X', x; y', 0) of size (d+1)×(n+1) and the mask M = diag(I_n, 0),

        f = [Z + (1/n) Σ_h W_Ph' W_Vh Z M Z' W_Kh' W_Qh Z]_{d+1,n+1},     all matrices (d+1)×(d+1).

    One head is the LSA of the paper: the linear transformer block without its MLP.

    Parameters
    ----------
    heads : int

    Notes
    -----
    The residual connection adds the 0 of the query token. The products that are found for a head are
    u = W_V' W_P e_{d+1} and M = W_K' W_Q: f = (1/n) Σ_h u_h' (Σ vᵢvᵢ') M_h (x; 0). The names of weights
    carry the number of their head where there are several.

    Raises
    ------
    InputError
        For a number of heads that is not a positive integer.
    """

    heads: int = 1

    def __post_init__(self) -> None:
        if not isinstance(self.heads, int) or isinstance(self.heads, bool) or self.heads < 1:
            raise InputError(f"heads={brief(self.heads)} must be a positive integer")

    @property
    def _suffixes(self) -> list[str]:
        return [""] if self.heads == 1 else [f"_{h}" for h in range(1, self.heads + 1)]

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {f"{name}{h}": FULL for h in self._suffixes for name in ("W_K", "W_Q", "W_V", "W_P")}

    def product_name(self, weights: tuple[str, ...]) -> str:
        _, kind, *head = weights[0].split("_")
        return "_".join(["M" if kind == "K" else "u", *head])

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Blocks]:
        """u = (a; c) and M = (B, ·; g', ·) for each head."""
        parameters = {}
        for h in self._suffixes:
            a, g, m = (ClosedForm.of(symbol_letter(matrix(f"{name}{h}", (d, 1)))) for name in ("a", "g", "m"))
            B = ClosedForm.of(symbol_letter(matrix(f"B{h}", (d, d))))
            c, s = (ClosedForm.of(scalar_letter(scalar(f"{name}{h}"))) for name in ("c", "s"))
            parameters[f"u{h}"] = Blocks([[a], [c]])
            parameters[f"M{h}"] = Blocks([[B, m], [g.T, s]])
        return parameters

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        tokens, query = prompt.context, prompt.query_token
        output = query
        for h in self._suffixes:
            keys, values = weights[f"W_K{h}"] @ tokens, weights[f"W_V{h}"] @ tokens
            attended = values @ (transpose(keys) @ (weights[f"W_Q{h}"] @ query))
            output = output + transpose(weights[f"W_P{h}"]) @ attended * prompt.inverse_length
        return transpose(last_unit(query)) @ output
