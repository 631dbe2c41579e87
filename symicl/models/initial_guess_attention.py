"""Linear self-attention whose query token carries a guess of its response."""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import Blocks, Dimension, Matrix, last_column, last_unit, stack, transpose
from symicl.models.linear_attention import COLUMN, FULL, LinearSelfAttention
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt


@dataclass(frozen=True)
class InitialGuessAttention(Model):
    """Linear self-attention with a trained guess in the prompt: the token of the query is (x; bᵀx).

    With the token matrix Z = (X', x; y', b'x) of size (d+1)×(n+1) and the mask M = diag(I_n, 0),

        f = [Z + (1/n) W_P' W_V Z M Z' W_K' W_Q Z]_{d+1,n+1}.

    The four matrices are (d+1)×(d+1), and b is a vector of length d that is trained with them.

    Notes
    -----
    The effective parameters are b, u = W_V' W_P e_{d+1} and M = W_K' W_Q: f = b'x + (1/n) u' (Σ vᵢvᵢ') M (x; b'x). The
    setting of Xie et al. (2025), whose y_q-LSA this is.
    """

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"b": WeightShape(("d",), (1,)), **dict.fromkeys(("W_K", "W_Q", "W_V", "W_P"), FULL)}

    def effective_shapes(self) -> dict[str, WeightShape]:
        return {"b": WeightShape(("d",), (1,)), "u": COLUMN, "M": FULL}

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Blocks]:
        """b, u = (a; c) and M = (B, m; g', s), in the letters of `LinearSelfAttention`."""
        attention = LinearSelfAttention(skip=True).symbolic_parameters(d, **others)
        return {"b": attention["b"], "u": attention["w"], "M": attention["M"]}

    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        tokens, query = prompt.context, guessed(weights["b"], prompt)
        keys, values = weights["W_K"] @ tokens, weights["W_V"] @ tokens
        attended = values @ (transpose(keys) @ (weights["W_Q"] @ query))
        output = query + transpose(weights["W_P"]) @ attended * prompt.inverse_length
        return transpose(last_unit(query)) @ output

    def effective(self, weights: Weights) -> dict[str, Matrix]:
        return {
            "b": weights["b"],
            "u": transpose(weights["W_V"]) @ last_column(weights["W_P"]),
            "M": transpose(weights["W_K"]) @ weights["W_Q"],
        }

    def predict(self, parameters: Weights, prompt: Prompt) -> Matrix:
        tokens, query = prompt.context, guessed(parameters["b"], prompt)
        attended = transpose(tokens) @ (parameters["M"] @ query)
        output = (transpose(parameters["u"]) @ tokens) @ attended * prompt.inverse_length
        return transpose(parameters["b"]) @ prompt.query + output


def guessed(b: Matrix, prompt: Prompt) -> Matrix:
    """The query token with a guess in place of the label, (x; b'x)."""
    return stack([prompt.query, transpose(b) @ prompt.query])
