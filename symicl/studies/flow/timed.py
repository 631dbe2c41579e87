"""Does training take the derived time? Real weights by small steps on fresh prompts, and the derived flow."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from symicl.models import Model
from symicl.statements import Theorem
from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence, summary
from symicl.studies.flow.integrate import Arrays
from symicl.studies.flow.on_prompts import in_time, on_prompts
from symicl.studies.kinds.defaults import Numbers, shown, values_for
from symicl.studies.kinds.judging import Grounds, not_told_apart, unreached
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.regression.feasible import refuse_hopeless
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import TaskAt, Values

FLOW_ERROR = 1e-5
"""Relative error that is attributed to the integrator and to the interpolation between its times."""
POINTS = 2001
"""Times at which the derived flow is looked at."""
FLOW = Evidence("flow", "LSODA")


@dataclass(frozen=True)
class Mark:
    """A derived number of a course: the time at which a quantity reaches a level, or its value at the end.

    Attributes
    ----------
    name : str
    derived : float
        Not zero.
    level : float, optional
        None for the value at the end.
    after : (str, float), optional
        A quantity and its level: the time counts from when it is reached.
    wrong : dict
        Other numbers, by name, from which a run has to tell the derived one apart.
    """

    name: str
    derived: float
    level: float | None = None
    after: tuple[str, float] | None = None
    wrong: Mapping[str, float] = field(default_factory=dict)

    def measured(self, quantity: str, times: np.ndarray, values: Mapping[str, np.ndarray]) -> float:
        """This number of a path; infinite if the level is never reached."""
        if self.level is None:
            return float(values[quantity][-1])
        start = 0.0 if self.after is None else _reaches(times, values[self.after[0]], self.after[1])
        return _reaches(times, values[quantity], self.level) - start


def _reaches(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """The first time at which a level is passed from below, between the times of a path; infinite if it is not."""
    there = np.flatnonzero(values >= level)
    if not len(there) or there[0] == 0:
        return math.inf
    k = there[0]
    part = (level - values[k - 1]) / (values[k] - values[k - 1])
    return float(times[k - 1] + part * (times[k] - times[k - 1]))


@dataclass(frozen=True)
class Course:
    """A start of training, and what is derived of the way from there.

    Attributes
    ----------
    name : str
    model : Model
        Whose weights are trained through its forward pass.
    task : TaskAt
    start : dict of arrays
        The weights at the start.
    path : callable
        From times to the weights along the derived flow; time is the first axis.
    lasts : float
        The time at the end, of the flow θ̇ = −rate ∇L of the mean square error.
    quantities : dict of callables
        From weights with the time as a first axis to a number for each time, by the name of what is drawn.
    marks : dict of tuples of Mark
        By quantity.
    """

    name: str
    model: Model
    task: TaskAt
    start: Mapping[str, np.ndarray]
    path: Callable[[np.ndarray], Arrays]
    lasts: float
    quantities: Mapping[str, Callable[[Arrays], np.ndarray]]
    marks: Mapping[str, tuple[Mark, ...]]


@dataclass(frozen=True, kw_only=True)
class TimedStudy(Study):
    """Trained weights in time, beside the derived flow and the derived numbers.

    Attributes
    ----------
    theorem : Theorem
        Its inputs are those of the study.
    courses : callable
        From exact values of the inputs to the courses.
    defaults : dict
    sized : callable, optional
        From d to default matrices.
    rate : float
        Of the flow θ̇ = −rate ∇L.
    steps, batch : int
        Of plain gradient descent; the size of a step is constant over the first half, then falls to zero.
    tolerance : float
        Largest relative error of a number of a run on prompts.
    seeds : tuple of int
    """

    theorem: Theorem
    courses: Callable[[Values], Sequence[Course]]
    defaults: Mapping[str, Any]
    sized: Numbers | None = None
    rate: float = 0.5
    steps: int = 2000
    batch: int = 768
    tolerance: float = 0.02
    seeds: tuple[int, ...] = (0, 1)

    @property
    def id(self) -> str:  # type: ignore[override]
        """That of the theorem."""
        return self.theorem.id

    def values(self, given: Mapping[str, Any]) -> Values:
        """Exact values of the inputs.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        return values_for(self.theorem, self.id, self.defaults, self.sized, given)

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        return shown(self.theorem, self.values(given))

    def settings(self) -> dict[str, Any]:
        plain = ("rate", "steps", "batch", "tolerance")
        return {"at": self.inputs({}), **{name: getattr(self, name) for name in plain}}

    def begin(self, given: Mapping[str, Any], steps: int | None) -> TimedWork:
        """Prepare the courses; what is hopeless is refused."""
        load_torch()
        load_integrate()
        courses = self.courses(self.values(given))
        for course in courses:
            sizes = course.model.weight_sizes(**course.model.sizes_on(course.task))
            refuse_hopeless(course.task, sizes, course.task.d)
        return TimedWork(self, courses, self.steps if steps is None else steps)


@dataclass(frozen=True)
class _Run:
    course: Course
    measurement: Measurement
    times: np.ndarray
    values: Mapping[str, np.ndarray]


class TimedWork(PanelWork):
    """The courses: each along the derived flow, and on fresh prompts from each seed."""

    def __init__(self, study: TimedStudy, courses: Sequence[Course], steps: int):
        self.study, self.courses, self.steps = study, courses, steps
        self.runs: list[_Run] = []

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """The flow of each course, then its runs."""
        for course in self.courses:
            times = np.linspace(0, course.lasts, POINTS)
            self._keep(course, 0, times, course.path(times), FLOW, POINTS - 1)
            # Over its second half the step size falls to zero, and the time of a step with it.
            lr = course.lasts * self.study.rate / (0.75 * self.steps)
            for seed in seeds:
                run = on_prompts(
                    course.model, course.task, course.start, seed, self.steps, self.study.batch, lr
                )
                seen, path = in_time(runner.train(run))
                self._keep(course, seed, seen / self.study.rate, path, run.evidence, self.steps)

    def _keep(
        self, course: Course, seed: int, times: np.ndarray, path: Arrays, evidence: Evidence, steps: int
    ) -> None:
        values = {name: of(path) for name, of in course.quantities.items()}
        errors = {
            mark.name: mark.measured(name, times, values) / mark.derived - 1
            for name, marks in course.marks.items()
            for mark in marks
        }
        worst = max(errors, key=lambda name: math.inf if math.isnan(errors[name]) else abs(errors[name]))
        verdict, reason = self._judged(evidence, worst, errors[worst])
        mark = next(mark for marks in course.marks.values() for mark in marks if mark.name == worst)
        one = Measurement(
            course.name,
            seed,
            steps,
            verdict,
            reason,
            mark.derived,
            errors[worst] * mark.derived,
            errors[worst],
            evidence=evidence,
        )
        self.runs.append(_Run(course, one, times, values))

    def _judged(self, evidence: Evidence, name: str, error: float) -> tuple[str, str]:
        near = f"{name} is {abs(error):.2g} of it away from the derived number"
        if evidence.samples:
            close = abs(error) <= self.study.tolerance
            return (
                ("reached", f"all derived numbers within {abs(error):.2g}") if close else ("unfinished", near)
            )
        if abs(error) <= FLOW_ERROR:
            return "reached", f"along the derived flow all derived numbers within {abs(error):.1g}"
        return "contradicted", f"along the derived flow {near}"

    def told_apart(self) -> dict[str, float]:
        """By how many tolerances each wrong number lies from the derived one; a run that arrives is nearer than one.

        One that is right at these inputs is left out.
        """
        clear = {}
        for course in self.courses:
            for mark in chain.from_iterable(course.marks.values()):
                for name, value in mark.wrong.items():
                    away = abs(value / mark.derived - 1)
                    if away > FLOW_ERROR:
                        clear[f"{name} ({mark.name}, {course.name})"] = away / self.study.tolerance
        return clear

    def grounds(self) -> Grounds:
        """All runs arrive at the derived times and values, and no wrong one is as near."""
        measured = [run.measurement for run in self.runs]
        lacking = chain(unreached(measured), not_told_apart(self.told_apart(), 2.0))
        return Grounds(measured, self._confirmed, lacking)

    def _confirmed(self) -> str:
        sampled = [run.measurement for run in self.runs if run.measurement.samples]
        worst = max(abs(one.relative_excess) for one in sampled)
        how = summary(one.evidence for one in sampled if one.evidence is not None)
        return (
            f"{len(sampled)} of {len(sampled)} runs of the real weights ({how}) have the derived times and values "
            f"within {worst:.2g} of them: {', '.join(course.name for course in self.courses)}"
        )

    def findings(self) -> Findings:
        """All runs, and a picture of each quantity in time."""
        panels = [self._panel(course, quantity) for course in self.courses for quantity in course.quantities]
        return Findings([run.measurement for run in self.runs], panels, {"told_apart": self.told_apart()})

    def _panel(self, course: Course, quantity: str) -> Panel:
        def curves() -> Iterator[Curve]:
            for run in self.runs:
                if run.course is course:
                    one = run.measurement
                    is_flow = not one.samples
                    label = "derived flow" if is_flow else f"real weights, seed {one.seed}"
                    thin = slice(None, None, 10 if is_flow else 1)
                    x, y = run.times[thin].tolist(), run.values[quantity][thin].tolist()
                    yield Curve(label, x, y, theory=is_flow, group=one.seed)

        levels = tuple(
            Level(f"derived {mark.name}", mark.derived)
            if mark.level is None
            else Level("level of the time", mark.level)
            for mark in course.marks.get(quantity, ())
            if mark.after is None
        )
        shows = tuple(
            run.measurement.evidence
            for run in self.runs
            if run.course is course and run.measurement.evidence is not None and run.measurement.samples
        )
        return Panel(
            f"{course.name}: {quantity}", "time of the flow", quantity, tuple(curves()), levels, shows=shows
        )
