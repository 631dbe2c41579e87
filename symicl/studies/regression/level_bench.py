"""One model against its derived minimal loss: how it is trained there, and what a run has reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.errors import InputError
from symicl.models import Model
from symicl.studies.evidence import summary
from symicl.studies.kinds.estimate import MAX_SIGMAS
from symicl.studies.kinds.judging import Grounds
from symicl.studies.measurements import Measurement
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.feasible import refuse_hopeless
from symicl.studies.regression.method import choose
from symicl.studies.regression.population import Population, PopulationDescent
from symicl.studies.regression.schedule import Schedule
from symicl.studies.regression.yardstick import exact_parameters, real
from symicl.tasks import TaskAt, Values
from symicl.theory import LossAt, expected_loss

Number = Callable[[Values], Any]
"""From exact values of the task's symbols to an exact number, or one with at least 30 proven digits."""

MINIMUM_ERROR = Fraction(1, 10**12)
"""Of a minimal loss that has proven digits instead of an exact value."""
ARRIVED_EXCESS = 1e-5
"""Relative excess at which a run on the closed form has arrived."""


@dataclass(frozen=True)
class Contender:
    """A model and the minimal loss that was derived for it.

    Attributes
    ----------
    name : str
    model : callable
        From exact values to the model; the number of its heads may depend on them.
    minimum : callable
        The derived minimal loss. It may raise `InputError` where that is not known.
    wrong : dict of callables
        Other minimal losses, by name, from which the trained model must tell the derived one apart.
    bounds : dict of callables
        Stated lower bounds of its loss, by name.
    schedule : Schedule
    cases : tuple of str, optional
        The labels of the cases that it takes part in; all by default.
    """

    name: str
    model: Callable[[Values], Model]
    minimum: Number
    wrong: Mapping[str, Number] = field(default_factory=dict)
    bounds: Mapping[str, Number] = field(default_factory=dict)
    schedule: Schedule = field(default_factory=Schedule)
    cases: tuple[str, ...] | None = None


class Bench:
    """A contender at the numbers of a task.

    Raises
    ------
    InputError
        If its minimal loss is not known there, or training is hopeless.
    """

    def __init__(self, contender: Contender, task: TaskAt):
        self.contender, self.task = contender, task
        self.minimum = real(contender.minimum(task.values))
        self.model = contender.model(task.values)
        self.d = task.d
        refuse_hopeless(task, self.model.weight_sizes(**self.model.sizes_on(task)), self.d)
        self.loss = expected_loss(self.model, task.task)
        at = LossAt(self.loss, task.values)
        self._exact, self._in_floats = at.compile("exact"), at.compile("numpy")
        self.notes: list[str] = []
        self.wrong = self._distances(contender.wrong)
        self.bounds = {name: real(number(task.values)) for name, number in contender.bounds.items()}

    def _distances(self, wrong: Mapping[str, Number]) -> dict[str, float]:
        """From the derived minimum to wrong ones; those that are right here, or have no value, are left out."""
        found = {}
        for name, number in wrong.items():
            try:
                gap = abs(real(number(self.task.values)) - self.minimum)
            except InputError:
                self.notes.append(f"{name} has no value and is left out")
                continue
            if gap > MINIMUM_ERROR * self.minimum:
                found[name] = float(gap)
            else:
                self.notes.append(f"{name} says the same and is not asked for")
        return found

    def on_samples(self, seed: int, steps: int | None) -> Descent:
        """A run on samples from the weights of a seed."""
        schedule = self.contender.schedule
        schedule = schedule if steps is None else replace(schedule, steps=steps)
        method = choose(None, self.model, self.task).method
        return Descent(self.model, self.task, self.d, schedule, seed, self.rough_excess, method=method)

    def on_closed_form(self, seed: int, population: Population) -> PopulationDescent:
        """A run on the closed form of the loss."""
        return PopulationDescent(self.loss, self.task, self.d, population, seed, float(self.minimum))

    def exact_loss(self, weights: Mapping[str, np.ndarray]) -> Fraction:
        """L(θ)."""
        return real(self._exact(exact_parameters(self.model, weights)))

    def rough_excess(self, weights: Mapping[str, np.ndarray]) -> float:
        """L(θ) minus the derived minimum in float64, for the curve; infinite for weights that are not finite."""
        if not all(np.isfinite(w).all() for w in weights.values()):
            return float("inf")
        exact = {name: w.astype(float) for name, w in weights.items()}
        return float(self._in_floats(self.model.effective(exact))) - float(self.minimum)

    def measure(self, name: str, descent: Descent | PopulationDescent, tolerance: float) -> Measurement:
        """The measurement of a run; of one on samples that arrived, the closed form is compared with fresh prompts."""
        weights = descent.weights()
        finite = all(np.isfinite(w).all() for w in weights.values())
        loss = self.exact_loss(weights) if finite else None
        excess = float("inf") if loss is None else float(loss - self.minimum)
        relative = excess / float(self.minimum) if self.minimum else excess
        verdict, reason = self._outcome(loss, excess, relative, tolerance)
        if verdict == "reached" and descent.interrupted:
            verdict, reason = "unfinished", "it was interrupted"
        if verdict == "reached" and descent.evidence.samples:
            sampled, error = descent.sampled_loss()
            if abs(sampled - float(self.minimum) - excess) > MAX_SIGMAS * error:
                verdict = "contradicted"
                reason = (
                    f"on fresh prompts the loss is {sampled:.5g} ± {error:.1g}, but its closed form gives "
                    f"{float(self.minimum) + excess:.5g}"
                )
        return Measurement(
            name,
            descent.seed,
            descent.step,
            verdict,
            reason,
            float(self.minimum),
            excess,
            relative,
            evidence=descent.evidence,
        )

    def _outcome(
        self, loss: Fraction | None, excess: float, relative: float, tolerance: float
    ) -> tuple[str, str]:
        if loss is not None:
            for name, bound in self.bounds.items():
                if loss < bound - MINIMUM_ERROR * abs(bound):
                    return "contradicted", f"the exact loss is below {name} by {float(bound - loss):.3g}"
        if excess < -float(MINIMUM_ERROR) * float(self.minimum):
            return "contradicted", f"the loss is below the derived minimum by {-excess:.3g}"
        if relative > tolerance:
            return "unfinished", f"the excess loss is still {relative:.2g} of the minimum"
        near = [wrong for wrong, distance in self.wrong.items() if distance <= 2 * excess]
        if near:
            return "unfinished", f"the excess loss is too large to rule out {', '.join(near)}"
        return "reached", f"minimum {float(self.minimum):.6g} reached within {relative:.2g} of it"


def grounds_of(measured: Sequence[Measurement], notes: Sequence[str] = ()) -> Grounds:
    """Each model on samples, and each on the closed form, has arrived once.

    Parameters
    ----------
    measured : sequence of Measurement
    notes : sequence of str
        Which contenders are left out.
    """

    def lacking() -> Iterator[str]:
        for sampled in (True, False):
            own = [run for run in measured if bool(run.samples) == sampled]
            reached = {run.name for run in own if _has_arrived(run)}
            for run in own:
                if run.name not in reached:
                    yield "; ".join([f"{run.name}, seed {run.seed}: {_short_of(run)}", *notes])

    return Grounds(measured, lambda: "; ".join([*_reached(measured), *notes]), lacking())


def _has_arrived(run: Measurement) -> bool:
    return run.verdict == "reached" and (run.samples > 0 or run.relative_excess <= ARRIVED_EXCESS)


def _reached(measured: Sequence[Measurement]) -> Iterator[str]:
    """The levels that the runs of each method have reached."""
    arrived = [run for run in measured if run.verdict == "reached" and run.samples]
    exact = [run for run in measured if run.verdict == "reached" and not run.samples]
    if arrived:
        worst = max(run.relative_excess for run in arrived)
        how = summary(run.evidence for run in arrived)
        names = ", ".join(dict.fromkeys(run.name for run in arrived))
        total = sum(run.samples > 0 for run in measured)
        yield (
            f"{len(arrived)} of {total} runs of the real models on samples ({how}) reach the derived minima within "
            f"{worst:.2g} of them: {names}"
        )
    if exact:
        best = max(abs(run.relative_excess) for run in exact if run.relative_excess <= ARRIVED_EXCESS)
        total = sum(not run.samples for run in measured)
        yield f"besides, {len(exact)} of {total} runs on the closed form of the loss reach them within {best:.1g}"


def _short_of(run: Measurement) -> str:
    if run.verdict != "reached":
        return run.reason
    return (
        f"on the closed form of the loss, without noise, it ends {run.excess_loss:.3g} above the derived minimum, more "
        f"than {ARRIVED_EXCESS:.0e} of it"
    )
