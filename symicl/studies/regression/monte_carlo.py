"""Bounds on an expectation without a closed form, checked by sampling with error bars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, cast

import numpy as np

from symicl.errors import InputError
from symicl.statements import Theorem, show
from symicl.studies.curves import Panel
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.defaults import Numbers, at_given
from symicl.studies.kinds.estimate import MAX_SIGMAS, Bound, Estimate
from symicl.studies.kinds.judging import Grounds
from symicl.studies.kinds.runner import Runner
from symicl.studies.kinds.stepwise import Stepwise
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.regression.experiment import Experiment
from symicl.studies.regression.experiment_result import ExperimentResult, Run
from symicl.studies.regression.feasible import refuse_hopeless
from symicl.studies.runtime.cost import expected_seconds
from symicl.studies.runtime.sizes import DRAWN_TOGETHER, size_of_context
from symicl.studies.study import Study
from symicl.tasks import LinearRegression, TaskAt, Values, refuse_unknown

INPUTS = "the inputs"
"""Name of the family of the inputs."""


@dataclass(frozen=True)
class Family:
    """Numbers of the task with several sizes n of the context.

    Attributes
    ----------
    name : str
    numbers : dict
    sizes : tuple of int
    """

    name: str
    numbers: Mapping[str, Any]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Wrong:
    """A slightly wrong bound that must be seen to fail in one of the families."""

    bound: Bound
    family: str


@dataclass(frozen=True)
class Sampled:
    """The estimate at one point for one seed."""

    seed: int
    family: str
    n: int
    values: Values
    estimate: Estimate

    @property
    def evidence(self) -> Evidence:
        """Contexts that were averaged over."""
        return Evidence("statistic", "", self.estimate.samples, "contexts")


@dataclass(frozen=True, kw_only=True)
class MonteCarloStudy(Study):
    """The numeric check of bounds on a mean that has no closed form.

    Attributes
    ----------
    id : str
    task : LinearRegression
    inputs_of : tuple of str
        Names of the inputs; the other symbols of the task do not matter.
    draw : callable
        From (values, samples, Generator) to independent samples of what is averaged.
    direct : callable
        The same without any use of the derivation, at the inputs alone; its error bars are larger.
    bounds : sequence of Bound
    wrong : sequence of Wrong
    families : sequence of Family
        Where the bounds are checked besides the inputs.
    numbers : callable
        From d to default numbers of the task.
    refuse : callable
        From values to a sentence that says why nothing can be checked there, or to an empty one.
    sizes : tuple of int
        Context sizes at which the mean is sampled with the inputs otherwise unchanged.
    panels : callable
        From all samples to the pictures.
    theorem : Theorem, optional
        Its inputs are those of `evaluate`.
    trained : Experiment, optional
        The training of the model that the bounds are about: a confirmation needs that it is confirmed too.
    d : int
        Where neither d nor a matrix is given.
    seeds : tuple of int
    steps : int
        Thousands of samples at each point.
    """

    id: str
    task: LinearRegression
    inputs_of: tuple[str, ...]
    draw: Callable[[Values, int, np.random.Generator], np.ndarray]
    direct: Callable[[TaskAt, int, np.random.Generator], np.ndarray]
    bounds: Sequence[Bound]
    wrong: Sequence[Wrong]
    families: Sequence[Family]
    numbers: Numbers
    refuse: Callable[[Values], str]
    sizes: tuple[int, ...]
    panels: Callable[[Sequence[Sampled]], tuple[Panel, ...]]
    theorem: Theorem | None = None
    trained: Experiment | None = None
    d: int = 3
    seeds: tuple[int, ...] = (0, 1)
    steps: int = 20

    def at(self, given: Mapping[str, Any]) -> TaskAt:
        """The task at numbers.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        refuse_unknown(given, self.inputs_of, self.id)
        return at_given(self.task, self.numbers, self.d, given, self.theorem)

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        at, symbols = self.at(given), self.task.symbols()
        return {name: show(at.values[symbols[name]]) for name in self.inputs_of}

    def settings(self) -> dict[str, Any]:
        return {"at": self.inputs({}), "thousands": self.steps, "sizes": list(self.sizes)}

    def drawn_together(self, at: TaskAt, samples: int) -> int:
        """How many prompts are drawn at once."""
        return min(samples, max(1, DRAWN_TOGETHER // (size_of_context(at) * at.d)))

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float | None:
        """By one part of the prompts at the inputs, and by the training."""
        at = self.at(given)
        samples = (self.steps if steps is None else steps) * 1000
        size, draws = self.drawn_together(at, samples), np.random.default_rng(0)
        parts = samples / size * len(self.seeds if seeds is None else seeds)
        seconds = expected_seconds(
            [
                (lambda: self.draw(at.values, size, draws), 2 * parts),
                (lambda: self.direct(at, size, draws), parts),
            ]
        )
        if self.trained is None:
            return seconds
        numbers = {name: at.values[symbol] for name, symbol in self.task.symbols().items()}
        return seconds + (self.trained.expected_seconds(numbers) or 0.0)

    def begin(self, given: Mapping[str, Any], steps: int | None) -> Sampling:
        """Sample and compare; ``steps`` are thousands of samples.

        Raises
        ------
        InputError
            For an impossible input, or one at which nothing can be checked.
        """
        at = self.at(given)
        objection = self.refuse(at.values)
        if objection:
            raise InputError(objection)
        refuse_hopeless(at, {}, at.d)
        return Sampling(self, given, (self.steps if steps is None else steps) * 1000)


class Sampling(PanelWork):
    """All samples of a study at fixed inputs, and what follows from them."""

    def __init__(self, study: MonteCarloStudy, given: Mapping[str, Any], samples: int):
        self.study, self.samples = study, samples
        at = study.at(given)
        size = int(at.values[study.task.n])
        shown = tuple(sorted({*study.sizes, size}))
        own = [(INPUTS, n, study.at({**given, "n": n})) for n in shown]
        others = [
            (family.name, n, study.at({**family.numbers, "n": n}))
            for family in study.families
            for n in family.sizes
        ]
        self.at, self.points = at, own + others
        self.given = dict(given)
        self.found: list[Sampled] = []
        self.training: ExperimentResult | None = None
        self.direct: list[tuple[int, Estimate, Estimate]] = []

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """All points with each seed."""
        for seed in seeds:
            self.sample(runner, seed)
        if self.study.trained is not None:
            numbers = {name: self.at.values[symbol] for name, symbol in self.study.task.symbols().items()}
            training = self.study.trained.run_by(runner, numbers)
            self.training = cast("ExperimentResult", training)
            if training.interrupted:
                raise KeyboardInterrupt

    def findings(self) -> Findings:
        """All estimates, the pictures, and how clearly the wrong bounds fail."""
        runs = list(map(self.measurement, self.found))
        if self.training is not None:
            runs += [_as_measurement(run) for run in self.training.runs]
        return Findings(runs, self.study.panels(self.found), {"wrong_bounds": self.told_apart()})

    def sample(self, runner: Runner, seed: int) -> None:
        """All points with one seed."""
        run = SeedOfSamples(self, seed)
        try:
            runner.train(run)
        finally:
            self.found += [
                Sampled(seed, family, n, at.values, estimate)
                for (family, n, at), estimate in zip(self.points, run.estimates, strict=False)
            ]
        direct, own = run.estimates[len(self.points) :]
        self.direct.append((seed, direct, own))

    def estimate(self, number: int, draws: np.random.Generator) -> Estimate:
        """The mean at a point, in order; then directly, and at the inputs once more."""
        if number < len(self.points):
            _, _, at = self.points[number]
            return self._estimate(at, partial(self.study.draw, at.values), draws)
        if number == len(self.points):
            return self._estimate(self.at, partial(self.study.direct, self.at), draws)
        return self._estimate(self.at, partial(self.study.draw, self.at.values), draws)

    def _estimate(
        self, at: TaskAt, draw: Callable[[int, np.random.Generator], np.ndarray], draws: np.random.Generator
    ) -> Estimate:
        """In parts that fit into memory."""
        part = self.study.drawn_together(at, self.samples)
        sizes = [min(part, self.samples - done) for done in range(0, self.samples, part)]
        return Estimate.of(np.concatenate([draw(size, draws) for size in sizes]))

    def measurement(self, found: Sampled) -> Measurement:
        """How the sampled mean lies to the first bound, and whether all bounds hold."""
        value = self.study.bounds[0].value(found.values)
        estimate = found.estimate
        worst = max(self.study.bounds, key=lambda bound: bound.violation(estimate, found.values))
        violation = worst.violation(estimate, found.values)
        if violation > MAX_SIGMAS:
            outcome, reason = "contradicted", f"it violates {worst.name} by {violation:.1f} standard errors"
        else:
            outcome, reason = "reached", f"{estimate.mean:.6g} ± {estimate.error:.1g}, all bounds hold"
        return Measurement(
            name=f"{found.family}, n = {found.n}",
            seed=found.seed,
            steps=estimate.samples,
            verdict=outcome,
            reason=reason,
            loss_at_optimum=value,
            excess_loss=estimate.mean - value,
            relative_excess=(estimate.mean - value) / value if value else 0.0,
            evidence=found.evidence,
        )

    def told_apart(self) -> dict[str, float]:
        """By how many standard errors each wrong bound fails where it should, in the weaker of the seeds."""
        seeds = {one.seed for one in self.found}
        return {
            wrong.bound.name: min((self._violation(wrong, seed) for seed in seeds), default=-math.inf)
            for wrong in self.study.wrong
        }

    def _violation(self, wrong: Wrong, seed: int) -> float:
        seen = [one for one in self.found if one.family == wrong.family and one.seed == seed]
        return max((wrong.bound.violation(one.estimate, one.values) for one in seen), default=-math.inf)

    def grounds(self) -> Grounds:
        """No bound fails by six standard errors, the wrong ones do, and the trained model is confirmed."""
        runs = list(map(self.measurement, self.found))
        lacking: Iterable[str] = (
            f"the samples do not tell the bounds apart from a wrong one: {name}"
            for name, violation in self.told_apart().items()
            if violation < MAX_SIGMAS
        )
        contradictions = list(self._disagreements())
        if self.training is not None and self.training.verdict == "contradicted":
            contradictions.append(self._confirmed())
        if self.training is not None and self.training.verdict == "inconclusive":
            lacking = chain(lacking, [self._confirmed()])
        return Grounds(runs, self._confirmed, lacking, contradictions)

    def _disagreements(self) -> Iterator[str]:
        """Seeds whose direct mean is not the one from the closed form."""
        for seed, direct, own in self.direct:
            apart = abs(direct.mean - own.mean) / math.hypot(direct.error, own.error, 1e-12)
            if apart > MAX_SIGMAS:
                yield (
                    f"seed {seed}: on sampled prompts the mean is {direct.mean:.5g} ± {direct.error:.1g}, but "
                    f"{own.mean:.5g} ± {own.error:.1g} from the closed form for given covariates"
                )

    def _confirmed(self) -> str:
        weakest = min(self.told_apart().values(), default=0.0)
        held = f"all bounds hold at {len(self.points)} points"
        reason = f"{held}; wrong ones fail by at least {weakest:.0f} standard errors"
        return reason if self.training is None else f"{reason}; trained: {self.training.reason}"


class SeedOfSamples(Stepwise):
    """The estimates at all points from one seed; each is a step."""

    records = 10**9

    def __init__(self, sampling: Sampling, seed: int):
        super().__init__(seed, len(sampling.points) + 2)
        self.sampling = sampling
        self.draws = np.random.default_rng(seed)
        self.estimates: list[Estimate] = []

    observes_start = False

    @property
    def description(self) -> str:
        sampling = self.sampling
        return f"{sampling.study.id}; {sampling.given}; {sampling.samples} samples; seed {self.seed}"

    @property
    def evidence(self) -> Evidence:
        """Contexts that were averaged over."""
        return Evidence("statistic", "", sum(one.samples for one in self.estimates), "contexts")

    def advance(self) -> int:
        """The next estimate."""
        self.estimates.append(self.sampling.estimate(self.step, self.draws))
        return 1

    def observe(self) -> float:
        """The latest mean minus the first bound there."""
        k = min(self.step - 1, len(self.sampling.points) - 1)
        values = (
            self.sampling.points[k][2].values
            if self.step <= len(self.sampling.points)
            else self.sampling.at.values
        )
        return self.estimates[-1].mean - self.sampling.study.bounds[0].value(values)

    def state(self) -> dict[str, Any]:
        estimates = [[one.mean, one.error, one.samples] for one in self.estimates]
        return {"estimates": estimates, "random": self.draws.bit_generator.state}

    def restore(self, state: dict[str, Any]) -> None:
        self.estimates = [Estimate(*numbers) for numbers in state["estimates"]]
        self.draws.bit_generator.state = state["random"]


def _as_measurement(run: Run) -> Measurement:
    result = run.result
    return Measurement(
        name="the model, trained",
        seed=result.seed,
        steps=result.steps,
        verdict=result.verdict,
        reason=result.reason,
        loss_at_optimum=result.loss_at_optimum,
        excess_loss=result.excess_loss,
        relative_excess=result.relative_excess,
        distance_to_optimum=result.distance_to_optimum,
        evidence=result.evidence,
    )
