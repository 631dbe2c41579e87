"""Several models trained on the same task, each against its own derived minimal loss.

The loss of trained weights is exact (the closed form at the weights), so its excess over the derived minimum is
too. It can never be negative: that would contradict the minimum. A wrong minimum is told apart when the excess is
below half of its distance from the derived one. The closed form is minimised beside the runs on samples: without
noise it must end at the minimum itself, so that a minimum slightly too low is noticed too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from symicl.errors import InputError
from symicl.statements import Theorem, show
from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.defaults import Numbers, sized_numbers, task_at
from symicl.studies.kinds.judging import Grounds
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.level_bench import Bench, Contender, grounds_of
from symicl.studies.regression.population import Population
from symicl.studies.regression.schedule import Schedule
from symicl.studies.runtime.cost import Part, expected_seconds
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import Task, TaskAt, refuse_unknown


@dataclass(frozen=True)
class Case:
    """Inputs that replace the defaults.

    Attributes
    ----------
    inputs : dict
    schedule : Schedule, optional
        How models are trained on samples there, in place of the schedule of each contender.
    """

    inputs: Mapping[str, Any]
    schedule: Schedule | None = None


@dataclass(frozen=True)
class LevelStudy(Study):
    """Each contender at each case.

    Attributes
    ----------
    id : str
    task : Task
    contenders : tuple of Contender
    defaults : dict
        Inputs by name, where the user gives none.
    cases : dict of Case
        By label; used only where the user gives none of the inputs that they vary.
    theorem : Theorem, optional
        Its inputs are those of `evaluate`; contenders may depend on those that the task does not have.
    sized : callable, optional
        From d to the default matrices and vectors of this size.
    tolerance : float
        Largest relative excess loss of a run on samples.
    seeds : tuple of int
    max_seeds : int
        Further seeds are tried up to this many runs of a contender when one does not reach its minimum.
    population : Population
        How the closed form is minimised beside the runs on samples.
    """

    id: str
    task: Task
    contenders: tuple[Contender, ...]
    defaults: Mapping[str, Any]
    cases: Mapping[str, Case]
    theorem: Theorem | None = None
    sized: Numbers | None = None
    tolerance: float = 0.01
    seeds: tuple[int, ...] = (0,)
    max_seeds: int = 3
    population: Population = field(default_factory=lambda: Population(gain=1e-12))

    def cases_at(self, given: Mapping[str, Any]) -> dict[str, tuple[Case, TaskAt]]:
        """The cases and their tasks at numbers, by label."""
        refuse_unknown(given, self._symbols, self.id)
        varied = {name for case in self.cases.values() for name in case.inputs} | {"n", "d"}
        cases = {"": Case({})} if given.keys() - {"sigma2"} or varied & given.keys() else self.cases
        return {label: (case, self._at({**case.inputs, **given})) for label, case in cases.items()}

    def _at(self, given: Mapping[str, Any]) -> TaskAt:
        numbers = sized_numbers(self.defaults, self.sized, given)
        if self.theorem is None:
            return self.task.at(**numbers)
        return task_at(self.theorem, self.task, numbers)

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        at = [task for _, task in self.cases_at(given).values()]
        texts = {name: [show(t.values[symbol]) for t in at] for name, symbol in self._symbols.items()}
        return {name: ", ".join(dict.fromkeys(values)) for name, values in texts.items()}

    @property
    def _symbols(self) -> dict[str, Any]:
        return dict(self.task.symbols() if self.theorem is None else self.theorem.symbols)

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "schedules": {c.name: repr(c.schedule) for c in self.contenders},
            "cases": {label: repr(case) for label, case in self.cases.items()},
            "population": repr(self.population),
            "tolerance": self.tolerance,
            "max_seeds": self.max_seeds,
        }

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float:
        """By the start and one step of each contender in each case."""
        load_torch()
        count = len(self.seeds if seeds is None else seeds)
        work = LevelWork(self, given, steps)
        found: list[Descent] = []

        def start(bench: Bench) -> None:
            found.append(bench.on_samples(0, steps))

        def parts() -> Iterator[Part]:
            for benches in work.benches.values():
                for bench in benches:
                    yield partial(start, bench), 2 * count
                    yield from found[-1].parts(count)
                    yield from found[-1].parts_of_loss(count)

        return expected_seconds(parts())

    def begin(self, given: Mapping[str, Any], steps: int | None) -> LevelWork:
        """Prepare the contenders; what cannot be judged is refused before anything is trained."""
        load_torch()
        return LevelWork(self, given, steps)


class LevelWork(PanelWork):
    """The contenders of a study at numbers, and their runs."""

    def __init__(self, study: LevelStudy, given: Mapping[str, Any], steps: int | None):
        self.study, self.steps = study, steps
        self.measured: list[Measurement] = []
        self.panels: list[Panel] = []
        self.notes: list[str] = []
        self.left_out: list[str] = []
        self.benches = {
            label: self._benches(label, case, task) for label, (case, task) in study.cases_at(given).items()
        }

    def _benches(self, label: str, case: Case, task: TaskAt) -> list[Bench]:
        """The contenders whose minimum is known, with notes on the others and on wrong minima that are right here."""
        benches, refused = [], []
        for contender in self.study.contenders:
            if label and contender.cases is not None and label not in contender.cases:
                continue
            if case.schedule is not None:
                contender = replace(contender, schedule=case.schedule)
            try:
                bench = Bench(contender, task)
            except InputError as error:
                refused.append(f"{contender.name} is left out: {error}")
                continue
            benches.append(bench)
            where = f" at {label}" if label else ""
            self.notes.extend(f"{contender.name}{where}: {note}" for note in bench.notes)
        if not benches:
            raise InputError(refused[0].split(": ", 1)[1])
        self.left_out.extend(refused)
        return benches

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Each case on samples, then on the closed form of the loss."""
        for label, benches in self.benches.items():
            for on_samples in (True, False):
                self._case(runner, seeds, label, benches, on_samples=on_samples)

    def _case(
        self, runner: Runner, seeds: list[int], label: str, benches: Iterable[Bench], *, on_samples: bool
    ) -> None:
        """Each contender from each seed, by one method, and their picture."""
        curves: list[Curve] = []
        levels: list[Level] = []
        shows: list[Evidence] = []
        for group, bench in enumerate(benches):
            name, minimum = bench.contender.name, float(bench.minimum)
            levels.append(Level(f"derived: {name}", minimum, group))
            pending, tries = list(seeds), 0
            while pending:
                seed, tries = pending.pop(0), tries + 1
                run = (
                    bench.on_samples(seed, self.steps)
                    if on_samples
                    else bench.on_closed_form(seed, self.study.population)
                )
                try:
                    runner.train(run)
                finally:
                    full = f"{name}, {label}" if label else name
                    self.measured.append(bench.measure(full, run, self.study.tolerance))
                shows.append(run.evidence)
                x, y = zip(*run.trajectory, strict=True)
                curves.append(
                    Curve(f"{name}, seed {seed}", x, [minimum + excess for excess in y], group=group)
                )
                if not pending and self.measured[-1].verdict == "unfinished" and tries < self.study.max_seeds:
                    pending.append(seed + 1)
        title, axis = label or "exact risk while training", shows[0].axis
        self.panels.append(
            Panel(title, axis, "exact risk", tuple(curves), tuple(levels), log_y=True, shows=tuple(shows))
        )

    def grounds(self) -> Grounds:
        """See `grounds_of`."""
        return grounds_of(self.measured, list(dict.fromkeys(self.left_out)))

    def findings(self) -> Findings:
        """All runs, the pictures, and notes."""
        return Findings(
            self.measured, self.panels, {"notes": list(dict.fromkeys([*self.left_out, *self.notes]))}
        )
