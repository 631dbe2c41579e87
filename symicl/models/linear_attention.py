"""One layer of single-head linear self-attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from symicl.algebra import (
    Blocks,
    ClosedForm,
    Dimension,
    Matrix,
    beside,
    matrix,
    scalar,
    scalar_letter,
    symbol_letter,
    transpose,
)
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt

FULL = WeightShape(("d", 1), ("d", 1))
COLUMN = WeightShape(("d", 1), (1,))


@dataclass(frozen=True)
class LinearSelfAttention(Model):
    """Linear self-attention with the weights of Mahankali, Hashimoto and Ma (2023).

    With tokens vᵢ = (xᵢ; yᵢ) for i ≤ n and the query token v = (x; 0),

        f = hᵀ Σᵢ (W_V vᵢ) (vᵢᵀ W_Kᵀ W_Q v),     W_K, W_Q, W_V of size (d+1)×(d+1), h of size d+1.

    No softmax, no 1/n, attention over the n context tokens.

    Parameters
    ----------
    query_in_context : bool
        Let the query token attend to itself as well.
    skip : bool
        Add a trainable term bᵀx to the prediction.

    Notes
    -----
    The products that are found are w = W_Vᵀh and M = W_KᵀW_Q: f = wᵀ (Σ vᵢvᵢᵀ) M v. The last column of M
    meets the zero of the query token.
    """

    query_switch: ClassVar[str] = "query_in_context"

    query_in_context: bool = False
    skip: bool = False

    def weight_shapes(self) -> dict[str, WeightShape]:
        shapes = {"W_K": FULL, "W_Q": FULL, "W_V": FULL, "h": COLUMN}
        return shapes | {"b": WeightShape(("d",), (1,))} if self.skip else shapes

    def product_name(self, weights: tuple[str, ...]) -> str:
        return "w" if "W_V" in weights else "M"

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Blocks]:
        """w = (a; c) and M = (B, ·; gᵀ, ·), in letters that read well."""

        def letter(name: str, *shape: Dimension) -> ClosedForm:
            symbol = matrix(name, (shape[0], shape[1])) if shape else None
            return ClosedForm.of(symbol_letter(symbol) if symbol else scalar_letter(scalar(name)))

        g, m = letter("g", d, 1), letter("m", d, 1)
        parameters = {
            "w": Blocks([[letter("a", d, 1)], [letter("c")]]),
            "M": Blocks([[letter("B", d, d), m], [g.T, letter("s")]]),
        }
        if self.skip:
            parameters["b"] = Blocks([[letter("b", d, 1)]])
        return parameters

    def _attended(self, prompt: Prompt) -> Matrix:
        if self.query_in_context:
            return beside([prompt.context, prompt.query_token])
        return prompt.context

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        tokens, query = self._attended(prompt), prompt.query_token
        keys, values = weights["W_K"] @ tokens, weights["W_V"] @ tokens
        scores = transpose(keys) @ (weights["W_Q"] @ query)
        output = transpose(weights["h"]) @ (values @ scores)
        return output + transpose(weights["b"]) @ prompt.query if self.skip else output
