"""Multi-head diagonal attention with a positional matrix, on plain tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symicl.algebra import transpose
from symicl.errors import InputError
from symicl.expectation import FullMatrix, PositionalWeights
from symicl.models.causal import CausalModel, Parameters, Sequenced, Vector
from symicl.models.shapes import WeightShape


@dataclass(frozen=True)
class PositionalAttention(CausalModel):
    """Linear attention with H diagonal heads and free positional weights, on the tokens e_s = x_s.

        x̂_{t+1} = Σ_{s ≤ t} p_{t,s} Σ_h ⟨x_{t−1}, A_h x_s⟩ B_h x_s,     A_h = diag(a_h), B_h = diag(b_h).

    The query is x_{t−1} and may look one step ahead, at x_t.

    Parameters
    ----------
    heads : int
        H.
    length : int
        The largest t; the positional matrix is length × length, and row t − 1 serves the prediction at t.

    Notes
    -----
    The model of Sander et al. (2024) for non-augmented tokens. With the rows a_h, b_h of A and B, the weights
    enter through C = BᵀA (d × d, of rank ≤ H) alone.
    """

    heads: int = 1
    length: int = 2

    def __post_init__(self) -> None:
        for name, size in (("heads", self.heads), ("length", self.length)):
            if not isinstance(size, int) or size < 1:
                raise InputError(f"{name}={size} must be a positive integer")

    def weight_shapes(self) -> dict[str, WeightShape]:
        head = WeightShape((self.heads,), ("d",))
        return {"A": head, "B": head, "P": WeightShape((self.length,), (self.length,))}

    def effective(self, weights: Parameters) -> dict[str, Any]:
        return {"C": transpose(weights["B"]) @ weights["A"], "P": weights["P"]}

    def predict(self, parameters: Parameters, sequence: Sequenced) -> Vector:
        # Σ_h ⟨q, A_h x⟩ B_h x = x ∘ C (q̄ ∘ x)
        s, query = sequence.context(), sequence.now.x(1)
        scored = s.x() * (parameters["C"] @ (query.conj() * s.x()))
        return sequence.sum(scored * s.positional(parameters["P"], row_lag=1), s)

    def symbolic_parameters(self, d: Any = None, **others: Any) -> dict[str, Any]:
        """C as a full matrix, and the row of P that serves one time."""
        return {"C": FullMatrix("C"), "P": PositionalWeights("p")}
