"""The linear transformer block: linear self-attention followed by a linear MLP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symicl.algebra import Blocks, Dimension, Matrix, beside, last_unit, transpose
from symicl.models.linear_attention import COLUMN, FULL, LinearSelfAttention
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class LinearTransformerBlock(Model):
    """The linear transformer block of Zhang, Wu and Bartlett (2024).

    With the token matrix Z = (X', x; y', 0) of size (d+1)×(n+1) and the mask M = diag(I_n, 0),

        f = [W_2' W_1 (Z + (1/n) W_P' W_V Z M Z' W_K' W_Q Z)]_{d+1, n+1}.

    All six matrices are (d+1)×(d+1) here (smaller inner sizes give subclasses).

    Parameters
    ----------
    residual : bool
        Keep the residual connection Z + ….
    mask : bool
        Keep the query token from attending to itself.

    Notes
    -----
    The products that are found are v = W_1' W_2 e_{d+1}, u = W_V' W_P v and M = W_K' W_Q:
    f = v'(x; 0) + (1/n) u' (Σ vᵢvᵢ') M (x; 0).
    """

    query_switch: ClassVar[str] = "mask"

    residual: bool = True
    mask: bool = True

    def weight_shapes(self) -> dict[str, WeightShape]:
        return dict.fromkeys(("W_K", "W_Q", "W_V", "W_P", "W_1", "W_2"), FULL)

    def product_name(self, weights: tuple[str, ...]) -> str:
        return "M" if "W_K" in weights else "u" if "W_V" in weights else "v"

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Blocks]:
        """v = (b; ·), u = (a; c) and M = (B, ·; g', ·), in the letters of `LinearSelfAttention`."""
        attention = LinearSelfAttention().symbolic_parameters(d)
        parameters = {"u": attention["w"], "M": attention["M"]}
        if not self.residual:
            return parameters
        b = LinearSelfAttention(skip=True).symbolic_parameters(d)["b"]
        return {"v": Blocks([b.grid[0], COLUMN.blocks("v", d).grid[1]]), **parameters}

    def _attended(self, prompt: Prompt) -> Matrix:
        return prompt.context if self.mask else beside([prompt.context, prompt.query_token])

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        tokens, query = self._attended(prompt), prompt.query_token
        keys, values = weights["W_K"] @ tokens, weights["W_V"] @ tokens
        attended = transpose(weights["W_P"]) @ (values @ (transpose(keys) @ (weights["W_Q"] @ query)))
        hidden = attended * prompt.inverse_length
        if self.residual:
            hidden = query + hidden
        output = transpose(weights["W_2"]) @ (weights["W_1"] @ hidden)
        return transpose(last_unit(query)) @ output
