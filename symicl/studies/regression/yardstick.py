"""Exact measurements at trained weights, from the closed forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import flint
import numpy as np
import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.models import Model
from symicl.numeric import (
    CompiledScalar,
    ExactMatrix,
    compile_matrix,
    compile_scalar,
    evaluate,
    exact_matrix,
    float_matrix,
    split_parameters,
)
from symicl.tasks import TaskAt
from symicl.theory import (
    Loss,
    LossAt,
    Optimum,
    StationaryPoint,
    expected_loss,
    minimise_over_features,
    profile,
)

Parameters = Mapping[str, np.ndarray]
"""Effective parameters as arrays of exact rationals."""


@dataclass(frozen=True)
class Reading:
    """A trained model in exact numbers.

    Attributes
    ----------
    parameters : dict of arrays of rationals
    loss : Fraction
        L(θ).
    excess : Fraction
        L(θ) minus the loss at the coefficient under test.
    gap : Fraction
        E[(f_θ − f_K)²], K the coefficient under test; equal to the excess when K is optimal.
    coefficient : ExactMatrix
        K(θ).
    """

    parameters: Parameters
    loss: Fraction
    excess: Fraction
    gap: Fraction
    coefficient: ExactMatrix


class Yardstick:
    """Everything that a trained model is compared with, at fixed numbers of the task.

    Parameters
    ----------
    model : Model
    task : TaskAt
    claim : matrix expression, optional
        The coefficient to be tested in place of the derived optimum, as a check of the test itself.

    Notes
    -----
    Weights are floating-point numbers, hence rationals; nothing is rounded on the way to the excess loss.
    """

    def __init__(self, model: Model, task: TaskAt, claim: MatrixExpr | None = None):
        self.model, self.task = model, task
        self.loss: Loss = expected_loss(model, task.task)
        self.optimum: Optimum = minimise_over_features(self.loss)
        if self.optimum.coefficient is None and self.optimum.problem.summands:
            raise UnsupportedError(
                "the best prediction has no coefficient K of one feature to be compared with; train against its loss, "
                "with minimum=optimum.value"
            )
        if self.optimum.coefficient is None:
            raise UnsupportedError(
                "no feature of the prompt correlates with the target, so there is nothing to train"
            )
        self.is_derived = claim is None
        self.target = self._optimal() if claim is None else self.exact(claim)
        self.target_loss = self.candidate(self.target)
        is_optimal = self.is_derived and not self.is_undetermined
        if is_optimal and self.target_loss != real(evaluate(self.optimum.value, task.values)):
            raise DerivationError("the derived minimal loss is not the loss of the derived optimum")

    is_undetermined = False
    """True if every coefficient is optimal, since the feature tells nothing about the target."""

    def _optimal(self) -> ExactMatrix:
        """K* at numbers; 0 where the right side of the normal equation vanishes and its factor has no inverse."""
        try:
            return self.exact(self.optimum.coefficient)
        except InputError:
            if self.optimum.equation is None:
                raise
            right = self.optimum.equation.right_side
            value = compile_matrix(right, "exact")(self.task.values)
            if value != value - value:
                raise
            self.is_undetermined = True
            return value

    def exact(self, coefficient: MatrixExpr) -> ExactMatrix:
        """A coefficient at the numbers of the task."""
        value = evaluate(coefficient, self.task.values)
        return exact_matrix([[value]]) if isinstance(value, sympy.Expr) else value

    def candidate(self, coefficient: ExactMatrix) -> Fraction:
        """E[(f_K − y)²]."""
        return real(self._candidate_loss({**self.task.values, self._unknown: coefficient}))

    @cached_property
    def power(self) -> Fraction:
        """E[(f* − f₀)²], f₀ the optimum without its active feature: what there is to be learned from the context."""
        return self.separation(self.target, self.target - self.target)

    @cached_property
    def scale(self) -> Fraction:
        """The scale of excess losses: L*, or E y² where L* = 0."""
        return self.target_loss or self._zero_loss or Fraction(1)

    @cached_property
    def learnable(self) -> Fraction:
        """E f*² = E y² − L*: what the optimum has before the predictor that is zero."""
        return self._zero_loss - self.target_loss

    @cached_property
    def _zero_loss(self) -> Fraction:
        """E y², the loss where all parameters vanish."""
        sizes = self.model.sizes_on(self.task)
        return self.loss_at(
            {
                name: np.zeros(shape.sizes(**sizes), dtype=int)
                for name, shape in self.model.effective_shapes().items()
            }
        )

    @cached_property
    def d(self) -> int:
        return self.task.d

    # --- closed forms ----------------------------------------------------------------------------------

    @cached_property
    def _loss(self) -> Callable[[Parameters], Any]:
        return LossAt(self.loss, self.task.values).compile("exact")

    @property
    def _unknown(self) -> int:
        return self.optimum.problem.unknown

    @cached_property
    def _candidate_loss(self) -> CompiledScalar:
        """E[(f_K − y)²]."""
        return compile_scalar(self.optimum.certificate.candidate_loss, "exact")

    @cached_property
    def _distance(self) -> CompiledScalar:
        """E[(f_θ − f_K)²]."""
        return compile_scalar(self.optimum.certificate.distance, "exact")

    @cached_property
    def _separation(self) -> CompiledScalar:
        """E[(f_K − f_K′)²] in the letter of K − K′."""
        feature = self.optimum.problem.contracted()
        return compile_scalar(self.loss.task.expectation(feature * feature), "exact")

    def separation(self, one: ExactMatrix, other: ExactMatrix) -> Fraction:
        """E[(f_K − f_K′)²]."""
        return real(self._separation({**self.task.values, self._unknown: one - other}))

    def gap(self, parameters: Parameters, coefficient: ExactMatrix) -> Fraction:
        """E[(f_θ − f_K)²]."""
        letters = split_parameters(self.loss.parameters, self.task.values, parameters)
        return real(self._distance({**self.task.values, **letters, self._unknown: coefficient}))

    # --- trained weights -------------------------------------------------------------------------------

    def parameters(self, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Effective parameters of floating-point weights, exactly."""
        return exact_parameters(self.model, weights)

    def loss_at(self, parameters: Parameters) -> Fraction:
        """L(θ)."""
        return real(self._loss(parameters))

    def excess(self, weights: Mapping[str, np.ndarray]) -> float:
        """The exact excess loss, rounded once at the end; infinite for weights that are not finite."""
        if not all(np.isfinite(w).all() for w in weights.values()):
            return float("inf")
        return float(self.loss_at(self.parameters(weights)) - self.target_loss)

    def read(self, weights: Mapping[str, np.ndarray]) -> Reading:
        """All exact measurements.

        Raises
        ------
        InputError
            If a weight is not finite.
        DerivationError
            If L(θ) − L* differs from E[(f_θ − f*)²], which would refute the optimum.
        """
        if not all(np.isfinite(w).all() for w in weights.values()):
            raise InputError("training diverged to infinite weights; use a smaller learning rate")
        parameters = self.parameters(weights)
        loss, gap = self.loss_at(parameters), self.gap(parameters, self.target)
        excess = loss - self.target_loss
        if self.is_derived and abs(excess - gap) > _SLACK * (1 + abs(gap)):
            raise DerivationError("the excess loss is not the mean square distance from the derived optimum")
        letters = split_parameters(self.loss.parameters, self.task.values, parameters)
        coefficient = compile_matrix(self.optimum.problem.coefficient, "exact")(
            {**self.task.values, **letters}
        )
        return Reading(parameters, loss, excess, gap, coefficient)

    def distance(self, coefficient: ExactMatrix) -> float:
        """‖K − K*‖ / ‖K*‖ in the Frobenius norm; ‖K‖ where K* = 0."""
        difference, scale = (
            np.linalg.norm(float_matrix(m)) for m in (coefficient - self.target, self.target)
        )
        return float(difference / scale if scale else difference)

    @cached_property
    def landscape(self) -> tuple[StationaryPoint, ...] | None:
        """The predicted stationary points of the loss, or None where they are not known."""
        try:
            points = profile(self.loss).at(self.task.values).stationary_points
        except UnsupportedError:
            return None
        # The profile fixes the scale of the output weights; where all weights vanish the gradient does too.
        loss = self._zero_loss
        if loss == self.target_loss:
            return points
        return (*points, StationaryPoint("saddle", float("nan"), float(loss), float(loss - self.target_loss)))


def exact_parameters(model: Model, weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Effective parameters of floating-point weights, as arrays of exact rationals."""
    rational = np.frompyfunc(lambda x: _fmpq(float(x)), 1, 1)
    return model.effective({name: rational(w) for name, w in weights.items()})


# Irrational moments are taken to 40 digits; all else is exact.
_SLACK = Fraction(1, 10**30)


def real(value: Any) -> Fraction:
    """An exact number as a Fraction; an irrational one to 40 digits."""
    if isinstance(value, sympy.Expr):
        rational = value if isinstance(value, sympy.Rational) else sympy.Rational(sympy.N(value, 40))
        return Fraction(int(rational.p), int(rational.q))
    if isinstance(value, flint.fmpq):
        return Fraction(int(value.p), int(value.q))
    return Fraction(value)


def _fmpq(x: float) -> flint.fmpq:
    value = Fraction(x)
    return flint.fmpq(value.numerator, value.denominator)
