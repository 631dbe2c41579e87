"""The exact risk of a pair A, B on test sequences of one length, and its limit for long ones."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from symicl.expectation import FullMatrix
from symicl.models import CausalLinearAttention
from symicl.studies.causal.entry_loss import EntryLoss, Matrices
from symicl.studies.runtime.settle import LossWithSlopes, masked
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss

Weighted = list[tuple[float, EntryLoss]]
"""A linear combination of losses."""
MAX_TIME = 4
"""The times n = t − 1 from which the limit is found: the risk at n is a polynomial of degree 2 in 1/n for n ≥ 2."""


class ExactRisk:
    """E|ŷ_j − x_j|² over coordinates at T_test, from the losses of two lengths of training.

    Parameters
    ----------
    model : CausalLinearAttention
    law : str
    scale : Fraction
    d : int
    """

    def __init__(self, model: CausalLinearAttention, law: str, scale: Fraction, d: int):
        self.d = d
        pair = model.active(FullMatrix("A"), FullMatrix("B"))
        self._loss = autoregressive_loss(
            model, AutoregressiveTask("unitary", law, scale), pair, factor=Fraction(1)
        )
        self._at: dict[int, EntryLoss] = {}

    def _until(self, T: int) -> EntryLoss:
        if T not in self._at:
            self._at[T] = EntryLoss(self._loss.at(d=self.d, T=T))
        return self._at[T]

    def terms(self, T_test: int) -> Weighted:
        """The loss at t = T_test alone, per coordinate."""
        found = [(1 / self.d, self._until(T_test + 1))]
        return found + ([(-1 / self.d, self._until(T_test))] if T_test > 2 else [])

    @property
    def long_terms(self) -> Weighted:
        """Its limit for T_test → ∞, which is also that of the loss of long training over T − 2."""
        times = np.arange(2, MAX_TIME + 1)
        weights = np.linalg.solve(
            np.array([1.0 / times**k for k in range(MAX_TIME - 1)]), np.eye(MAX_TIME - 1)[0]
        )
        return [
            (w * c, part) for w, n in zip(weights, times, strict=True) for c, part in self.terms(int(n) + 1)
        ]

    def at(self, pair: Matrices, T_test: int) -> float:
        """The risk per coordinate."""
        return value(self.terms(T_test), pair)


def value(terms: Weighted, pair: Matrices) -> float:
    """The combination at a pair."""
    return float(sum(c * part.loss(pair) for c, part in terms))


def with_slopes(terms: Weighted, mask: np.ndarray | None = None) -> LossWithSlopes:
    """The combination with its gradient, masked if a mask is given."""

    def function(pair: Mapping[str, np.ndarray]) -> tuple[float, Matrices]:
        total, slopes = 0.0, {name: np.zeros_like(value) for name, value in pair.items()}
        for c, part in terms:
            loss, slope = part(pair)
            total += c * loss
            for name in slopes:
                slopes[name] += c * slope[name]
        return total, slopes

    return function if mask is None else masked(function, {"A": mask, "B": mask})
