"""One law of x_1 at numbers: the exact population loss, what the theorem predicts, and what was measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from symicl.expectation import FullMatrix
from symicl.models import CausalLinearAttention
from symicl.studies.causal.entry_loss import EntryLoss, zero_loss
from symicl.studies.causal.scalar_flow import ScalarFlow
from symicl.studies.causal.symmetric_point import lowest_curvature
from symicl.studies.runtime.settle import LossWithSlopes, masked
from symicl.tasks import AutoregressiveTask, TaskAt
from symicl.theory import autoregressive_loss

CURVATURE_TOLERANCE = 1e-7
"""Second derivatives above minus this part of the largest one are attributed to rounding."""

Numbers = dict[str, float]
"""Measured or predicted: "ab", "alpha_ratio" (mean entry of A off the diagonal by that on it), "beta_ratio", "loss"."""


@dataclass(frozen=True)
class Prediction:
    """The prediction of a theorem at numbers.

    Attributes
    ----------
    K : float
        The flow of u = ab is u̇ = −K √(c² + 4u²) (u − u*); without a closed curve it only sets the scale of time.
    values : Numbers
        At the end of the flow; what is not determined is left out.
    has_curve : bool
        Whether the whole curve is predicted.
    size : float, optional
        The order of ab, where ``values`` has none.
    stable : bool, optional
        Whether the end is said to be stable under all changes of A and B.
    """

    K: float
    values: Numbers
    has_curve: bool = True
    size: float | None = None
    stable: bool | None = None

    @property
    def flow(self) -> ScalarFlow:
        """The predicted curve."""
        return ScalarFlow(self.K, self.values.get("ab", self.size or 1.0))

    def agrees(self, other: Prediction) -> bool:
        """True if another prediction is the same, as versions of a theorem may for special inputs."""
        common = self.values.keys() & other.values.keys()
        pairs = [(self.K, other.K), *((self.values[name], other.values[name]) for name in common)]
        return all(math.isclose(one, two, rel_tol=1e-12, abs_tol=1e-15) for one, two in pairs)

    def rate(self, a0: float, b0: float) -> float:
        """The rate of the slowest direction at the end of the flow, without a curve an estimate of it.

        Entries of A off the diagonal relax at a rate of order (T − 2)b², those of B at one of order (T − 2)a²; K lies
        between T − 2 and d(T − 2), and is rarely twice as large.
        """
        on_curve = self.flow.rate(a0, b0)
        if self.has_curve:
            return on_curve
        return min(on_curve, self.K / 2 * min(x * x for x in self.flow.limits(a0, b0)))


Predict = Callable[[int, int, Fraction], Prediction]
"""From d, T and the scale."""


@dataclass(frozen=True)
class CausalCase:
    """A law of x_1, and whether gradients off the diagonal of the active pair are masked.

    Attributes
    ----------
    name, law : str
    predict : callable
    scale : Fraction
    masked : bool
    wrong : dict
        Slightly wrong predictions by name, which must be told apart from the population flow.
    wrong_for_samples : tuple of str
        Those among them that sampled sequences must tell apart too.
    """

    name: str
    law: str
    predict: Predict
    scale: Fraction = Fraction(1)
    masked: bool = False
    wrong: Mapping[str, Predict] = field(default_factory=dict)
    wrong_for_samples: tuple[str, ...] = ()

    def at(self, model: CausalLinearAttention, d: int, T: int) -> CaseAt:
        """The case at numbers."""
        return CaseAt(self, model, d, T)


@dataclass(frozen=True)
class CaseAt:
    """A case at numbers."""

    case: CausalCase
    model: CausalLinearAttention
    d: int
    T: int

    @cached_property
    def task(self) -> TaskAt[AutoregressiveTask]:
        """The task, for its sampler."""
        scale = self.case.scale
        return AutoregressiveTask("unitary", self.case.law, scale).at(d=self.d, T=self.T)

    @cached_property
    def prediction(self) -> Prediction:
        """The prediction of the theorem here."""
        return self.case.predict(self.d, self.T, self.case.scale)

    @cached_property
    def wrong(self) -> dict[str, Prediction]:
        """The predictions of slightly wrong theorems here; those that agree with the right one here are left out."""
        found = {name: f(self.d, self.T, self.case.scale) for name, f in self.case.wrong.items()}
        return {name: one for name, one in found.items() if not self.prediction.agrees(one)}

    @property
    def dropped(self) -> tuple[str, ...]:
        """The wrong theorems that agree with the right one here."""
        return tuple(name for name in self.case.wrong if name not in self.wrong)

    @cached_property
    def loss(self) -> EntryLoss:
        """The exact population loss over all entries of A and B."""
        return EntryLoss(self._closed_form)

    @cached_property
    def _closed_form(self) -> Any:
        pair = self.model.active(FullMatrix("A"), FullMatrix("B"))
        loss = autoregressive_loss(self.model, self.task.task, pair, factor=Fraction(1, 2))
        return loss.at(d=self.d, T=self.T)

    @cached_property
    def unit(self) -> float:
        """The loss of zero weights, to which excess losses are compared where the minimum is zero."""
        return zero_loss(self._closed_form)

    @cached_property
    def loss_and_slopes(self) -> LossWithSlopes:
        """The exact loss and its gradient, masked if the case is."""
        if self.case.masked:
            return masked(self.loss, dict.fromkeys("AB", np.eye(self.d)))
        return self.loss

    @cached_property
    def curvature(self) -> float:
        """The least second derivative where the flow among symmetric matrices ends, relative to the largest one."""
        return lowest_curvature(self.loss, self.d, self.unit)

    @property
    def is_saddle(self) -> bool:
        """True if the flow ends at a point that is not stable under all changes of A and B."""
        return not self.prediction.has_curve and self.d > 1 and self.curvature < -CURVATURE_TOLERANCE

    def measure(self, matrices: Mapping[str, np.ndarray]) -> Numbers:
        """The numbers of a pair A, B; leading axes are averaged over last."""
        A, B = matrices["A"], matrices["B"]
        on = {name: np.einsum("...ii->...i", m) for name, m in matrices.items()}
        count = max(1, self.d * (self.d - 1))

        def ratio(name: str, m: np.ndarray) -> float:
            off = (m.sum((-1, -2)) - on[name].sum(-1)) / count
            return float(np.mean(off) / np.mean(on[name]))

        return {
            "ab": float((on["A"] * on["B"]).mean()),
            "alpha_ratio": ratio("A", A),
            "beta_ratio": ratio("B", B),
            "loss": float(np.mean(self.loss.loss(matrices))),
        }

    def deviation(self, measured: Numbers, predicted: Mapping[str, float]) -> float:
        """The largest difference, relative to 1, to u* and to the loss of zero weights."""
        units = {
            "ab": abs(predicted.get("ab", 1.0)),
            "loss": self.unit,
            "alpha_ratio": 1.0,
            "beta_ratio": 1.0,
        }
        return max(abs(measured[name] - value) / units[name] for name, value in predicted.items())
