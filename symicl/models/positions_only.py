"""Attention in which only the positional weights are trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symicl.errors import InputError, brief
from symicl.expectation import PositionalWeights
from symicl.models.causal import CausalModel, Parameters, Sequenced, Vector
from symicl.models.shapes import WeightShape
from symicl.typeset import Passage

if TYPE_CHECKING:
    from symicl.tasks import Task


@dataclass(frozen=True)
class PositionsOnlyAttention(CausalModel):
    """One head of linear attention with free positional weights and nothing else to train, on the tokens e_s = x_s.

        x̂_{t+1} = Σ_{s ≤ t} p_{t,s} ⟨x_{t−1}, x_s⟩ x_s.

    The query is x_{t−1} and may look one step ahead, at x_t.

    Parameters
    ----------
    length : int
        The largest t; the positional matrix is length × length, and row t − 1 serves the prediction at t.

    Raises
    ------
    InputError
        If the length is no positive integer.

    Notes
    -----
    The model with positional encoding only of Sander et al. (2024), there for one coordinate: `PositionalAttention`
    with one head, a = b = (1, …, 1).
    """

    length: int = 2

    def __post_init__(self) -> None:
        if isinstance(self.length, bool) or not isinstance(self.length, int) or self.length < 1:
            raise InputError(f"length={brief(self.length)} must be a positive integer")

    def weight_shapes(self) -> dict[str, WeightShape]:
        return {"P": WeightShape((self.length,), (self.length,))}

    def forward_pass(self, task: Task) -> Passage:
        return Passage(
            "Linear attention whose positional weights alone are trained predicts $x_{t+1}$ from the plain tokens, "
            "with the query $x_{t-1}$",
            (r"\hat x_{t+1}=\sum_{s\le t}p_{t,s}\,\langle x_{t-1},x_s\rangle\,x_s",),
            {"p_{t,s}": "are the weights, a row of its own for every $t$"},
        )

    def effective(self, weights: Parameters) -> dict[str, Any]:
        return {"P": weights["P"]}

    def predict(self, parameters: Parameters, sequence: Sequenced) -> Vector:
        s, query = sequence.context(), sequence.now.x(1)
        scored = s.x() * (query.conj() * s.x()).total()
        return sequence.sum(scored * s.positional(parameters["P"], row_lag=1), s)

    def symbolic_parameters(self, d: Any = None, **others: Any) -> dict[str, Any]:
        """The row of P that serves one time."""
        return {"P": PositionalWeights("p")}
