"""A model trained against a minimal loss that was derived by hand: confirmed, contradicted, or inconclusive.

The run on samples is followed down the exact loss from where it ends, so that a stated minimum that is too high is
undercut, exactly, and one that is right is met to a millionth. One that is too low is contradicted where the relaxation
over features bounds the loss of all weights from below. Where the minimum is derived, and weights attain it, any other
one is refuted by it, however near; where it is not, what is confirmed is said to be consistent to a millionth.
"""

from __future__ import annotations

import math
import numbers
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import sympy

from symicl.algebra import ClosedForm, exact_scalar, formula_of
from symicl.errors import InputError, SymiclError, UnsupportedError, brief
from symicl.models import Model
from symicl.numeric import ExactMatrix, evaluate
from symicl.studies.regression.batch_means import Mean
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.elsewhere import Trained
from symicl.studies.regression.fresh_loss import fresh_loss
from symicl.studies.regression.population import Population, PopulationDescent
from symicl.studies.regression.result import Outcome, TrainResult
from symicl.studies.regression.yardstick import exact_parameters, real
from symicl.tasks import TaskAt
from symicl.theory import Loss, LossAt, expected_loss, minimise, relaxation

RESOLUTION = 1e-6
"""Largest excess over a stated minimum, relative to it, that confirms it."""
ROUNDING = Fraction(1, 10**12)
"""Of the minimum: what a value that was typed as a float can be off."""
IRRATIONAL = Fraction(1, 10**35)
"""Of the minimum: more than what an irrational one is off, which is known to 40 digits."""
POLISH = Population(gain=1e-13)
OTHER_STARTS = 5
"""Starts on the exact loss where a run alone does not decide."""


class StatedMinimum:
    """A minimal loss that was derived by hand, at the numbers of a task.

    Parameters
    ----------
    model : Model
    task : TaskAt
    minimum : SymPy expression, closed form or exact number

    Attributes
    ----------
    target_loss : Fraction
        The minimum.
    slack : Fraction
        What the minimum can be off as it is given: nothing for a rational one.

    Raises
    ------
    InputError
        If it is no formula, or depends on what the task has no number for.
    """

    def __init__(self, model: Model, task: TaskAt, minimum: Any):
        self.model, self.task = model, task
        is_number = isinstance(minimum, numbers.Real) and not isinstance(minimum, bool)
        formula = formula_of(exact_scalar(minimum, "the minimum") if is_number else minimum)
        expression = formula.expr if isinstance(formula, ClosedForm) else formula
        missing = sorted(str(s) for s in expression.free_symbols if s not in task.values)
        if missing:
            known = ", ".join(map(str, task.values))
            raise InputError(
                f"the minimum depends on {', '.join(missing)}, for which the task has no number; it has {known}"
            )
        value = evaluate(expression, task.values)
        if isinstance(value, ExactMatrix) or not value.is_real:
            raise InputError(f"the minimum is {brief(expression)}, which is not a real number")
        self.target_loss = real(value)
        off = ROUNDING if isinstance(minimum, float) or expression.has(sympy.Float) else IRRATIONAL
        self.slack = Fraction(0) if value.is_Rational and off != ROUNDING else off * Fraction(self.scale)

    @cached_property
    def loss(self) -> Loss:
        """The expected loss of the model."""
        return expected_loss(self.model, self.task.task)

    @cached_property
    def _exact(self) -> Callable[[Mapping[str, Any]], Any]:
        return LossAt(self.loss, self.task.values).compile("exact")

    @cached_property
    def scale(self) -> float:
        """The scale of an excess: the minimum, or 1 where it is 0."""
        return abs(float(self.target_loss)) or 1.0

    @cached_property
    def bound(self) -> Fraction | None:
        """A derived lower bound for the loss of all weights; None where none is known."""
        try:
            return real(evaluate(relaxation(self.loss).value, self.task.values))
        except (UnsupportedError, InputError):
            return None

    @cached_property
    def derived(self) -> Fraction | None:
        """The derived minimal loss, which weights attain; None where none is known."""
        try:
            found: Any = minimise(self.loss)
            return None if found.attained != "weights" else real(evaluate(found.value, self.task.values))
        except SymiclError:
            return None

    def loss_at(self, weights: Mapping[str, np.ndarray]) -> Fraction | None:
        """The exact loss; None for weights that are not finite."""
        if not all(np.isfinite(w).all() for w in weights.values()):
            return None
        return real(self._exact(exact_parameters(self.model, weights)))

    def excess(self, weights: Mapping[str, np.ndarray]) -> float:
        """The exact loss less the stated minimum."""
        loss = self.loss_at(weights)
        return math.inf if loss is None else float(loss - self.target_loss)

    def polished(self, weights: Mapping[str, np.ndarray], seed: int) -> PopulationDescent:
        """Where the exact loss leads from weights."""
        run = PopulationDescent(
            self.loss, self.task, self.task.d, POLISH, seed, float(self.target_loss), dict(weights)
        )
        run.train()
        return run

    def other_ends(self, seed: int) -> Iterator[tuple[int, Fraction]]:
        """Where the exact loss leads from the starts of the next seeds: the seed and the loss, exactly."""
        for other in range(seed + 1, seed + 1 + OTHER_STARTS):
            best = float(self.target_loss)
            run = PopulationDescent(self.loss, self.task, self.task.d, POLISH, other, best)
            run.train()
            loss = self.loss_at(run.weights())
            if loss is not None:
                yield other, loss

    def fresh(self, weights: Mapping[str, np.ndarray], seed: int) -> Mean:
        """The mean loss of the forward pass on prompts that no training has seen."""
        return fresh_loss(self.model, self.task, weights, seed)


NO_COEFFICIENT = np.zeros((0, 0))


@dataclass(frozen=True, repr=False)
class StatedMinimumResult(TrainResult):
    """A trained model against a stated minimal loss; see `symicl.studies.regression.result.TrainResult`.

    ``loss_at_optimum`` is what was stated, and the excess is over it, exact before it is rounded. Nothing is derived of
    the coefficient: both are empty, and their distance is NaN.

    Attributes
    ----------
    verdict : "confirmed", "contradicted" or "inconclusive"
        Confirmed: the exact loss at the trained weights is the stated one to a millionth of it, never below it, the
        forward pass has this loss on fresh prompts, and the derived minimum, where there is one, is the stated one;
        ``reason`` says whether there is. Contradicted: weights were found whose exact loss is below the stated minimum,
        or it is below a derived lower bound for all weights, or it is not the derived minimum.
    bound : float or None
        A derived lower bound for the loss of all weights.
    """

    _minimum_is: ClassVar[str] = "minimal loss, stated"

    bound: float | None = None

    def __repr__(self) -> str:
        return f"{self.verdict}: {self.reason}"


def judged(
    stated: StatedMinimum,
    run: Descent | PopulationDescent,
    false_alarm: float,
    *,
    id: str = "",
    why: str = "",
) -> StatedMinimumResult:
    """The verdict on a finished run.

    Parameters
    ----------
    stated : StatedMinimum
    run : Descent or PopulationDescent
    false_alarm : float
        Probability that fresh prompts disturb a forward pass that has the loss of its closed form.
    id, why : str
        Copied into the result; why it was trained so.
    """
    started = time.perf_counter()
    weights, trajectory, interrupted = run.weights(), list(run.trajectory), run.interrupted
    if isinstance(run, Descent) and stated.loss_at(weights) is not None:
        end = stated.polished(weights, run.seed)
        weights, interrupted = end.weights(), interrupted or end.interrupted
        trajectory += [(run.step + step, excess) for step, excess in end.trajectory]
    loss = stated.loss_at(weights)
    if loss is None:
        raise InputError("training diverged to infinite weights; use a smaller learning rate")
    fresh = stated.fresh(weights, run.seed)
    verdict, reason = verdict_on(stated, loss, fresh, false_alarm, run.seed, interrupted=interrupted)
    evidence = run.evidence
    return StatedMinimumResult(
        id=id,
        verdict=verdict,
        reason=reason,
        seed=run.seed,
        steps=run.step,
        seconds=run.seconds + time.perf_counter() - started,
        loss_at_optimum=float(stated.target_loss),
        excess_loss=float(loss - stated.target_loss),
        relative_excess=float(loss - stated.target_loss) / stated.scale,
        distance_to_optimum=math.nan,
        coefficient=NO_COEFFICIENT,
        optimal_coefficient=NO_COEFFICIENT,
        trajectory=trajectory,
        weights=weights,
        parameters=stated.model.effective(weights),
        sampled_loss=fresh.mean,
        sampled_error=fresh.error,
        interrupted=interrupted,
        method=evidence.method,
        method_reason=why,
        computed_by=run.how,
        optimiser=f"{evidence.optimiser}, then L-BFGS on the exact loss"
        if evidence.samples
        else evidence.optimiser,
        samples=evidence.samples,
        bound=None if stated.bound is None else float(stated.bound),
        trained=Trained(stated.model, stated.task, weights, verdict == "confirmed", run.seed),
    )


def verdict_on(
    stated: StatedMinimum, loss: Fraction, fresh: Mean, false_alarm: float, seed: int, *, interrupted: bool
) -> tuple[Outcome, str]:
    """The verdict on a stated minimum and why, from the exact loss where a run has ended and that on fresh data."""
    minimum, slack = stated.target_loss, stated.slack
    if fresh.chance(float(loss)) < false_alarm:
        return "inconclusive", (
            f"on fresh data the loss is {fresh.mean:.5g} ± {fresh.error:.1g}, and its closed form gives "
            f"{float(loss):.5g}: the forward pass is not the one whose loss was derived"
        )
    if loss < minimum - slack:
        return "contradicted", f"the trained weights have {_below(loss, minimum)}"
    if stated.bound is not None and minimum < stated.bound - slack:
        return "contradicted", (
            f"no weights have a loss below {float(stated.bound):.8g}, a derived lower bound, and the stated minimum "
            f"{float(minimum):.8g} is below that by {float(stated.bound - minimum):.2g}"
        )
    if stated.derived is not None and abs(minimum - stated.derived) > slack:
        side = "above" if minimum > stated.derived else "below"
        return "contradicted", (
            f"the derived minimal loss is {float(stated.derived):.8g}, which weights attain, and the stated minimum is "
            f"{side} that by {float(abs(minimum - stated.derived)):.2g}: refuted by the derivation, not by this run"
        )
    attained = minimum + Fraction(RESOLUTION) * Fraction(stated.scale)
    above = f"above the stated minimum by {float(loss - minimum) / stated.scale:.2g} of it"
    if loss <= attained:
        return "confirmed", (
            f"the exact loss at the trained weights is {above}; by more than {RESOLUTION:.0e} it would not count as "
            f"attained. {_known(stated)}"
        )
    if interrupted:
        return "inconclusive", f"the run was stopped where the exact loss is {above}"
    tried = 0
    for other, end in stated.other_ends(seed):
        tried += 1
        if end < minimum - slack:
            return "contradicted", f"weights found from the start of seed {other} have {_below(end, minimum)}"
        if end <= attained:
            return "inconclusive", f"this run ends where the exact loss is {above}; seed={other} leads to it"
    others = f", and {tried} other starts do not lead to it either" if tried else ""
    return "inconclusive", (
        f"the exact loss at the trained weights is {above}{others}: no weights are known that attain it"
    )


def _known(stated: StatedMinimum) -> str:
    if stated.derived is None:
        return (
            f"No minimum is derived: the stated one is consistent with the training to {RESOLUTION:.0e} of it, and a "
            "nearer one is not told apart"
        )
    if stated.slack:
        return "The derived minimal loss is the stated one, as far as that is rounded"
    return "The derived minimal loss is exactly the stated one"


def _below(loss: Fraction, minimum: Fraction) -> str:
    return (
        f"the loss {float(loss):.8g}, which is below the stated minimum {float(minimum):.8g} by "
        f"{float(minimum - loss):.2g}"
    )
