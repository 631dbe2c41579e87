"""Experiments: does the trained model reach the derived optimum, and not a wrong one?

With f the trained predictor, f* the derived optimum and f_w that of a wrong statement, the distances
e = E[(f − f*)²] and e_w = E[(f_w − f*)²] are known exactly. If √e < ½ √e_w then, by the triangle inequality
in L², f is nearer to f* than to f_w: the run tells the two statements apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sympy.matrices.expressions import MatrixExpr

from symicl.errors import InputError
from symicl.models import Model
from symicl.numeric import float_matrix
from symicl.statements import Theorem, show
from symicl.studies.evidence import MIN_RUNS, Verdict
from symicl.studies.kinds.defaults import Numbers, sized_numbers, task_at
from symicl.studies.kinds.judging import Grounds, judge
from symicl.studies.kinds.runner import Runner
from symicl.studies.regression.comparing import compare_with
from symicl.studies.regression.descent import Descent
from symicl.studies.regression.experiment_result import ExperimentResult, Run, WrongStatement
from symicl.studies.regression.feasible import refuse_hopeless
from symicl.studies.regression.forward_check import FALSE_POSITIVE_RATE, parts_of_check
from symicl.studies.regression.judging import grounds_of
from symicl.studies.regression.method import Choice, choose
from symicl.studies.regression.population import Population, PopulationDescent
from symicl.studies.regression.schedule import Schedule
from symicl.studies.regression.statement import Reads, read_statement
from symicl.studies.regression.train import POLISH_TOLERANCE, Measured, check_options, on_closed_form
from symicl.studies.regression.yardstick import Yardstick
from symicl.studies.runtime.cost import Part, expected_seconds
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study, Work
from symicl.tasks import Task, TaskAt, refuse_unknown

MAX_EXACT_WEIGHTS = 3000
"""Weights up to which the closed form of the loss is minimised too, in a fraction of a second."""


@dataclass(frozen=True)
class Experiment(Study):
    """The training experiment of a theorem about one optimal coefficient.

    Attributes
    ----------
    id : str
        Of the theorem.
    task, model : Task, Model
        Those of the theorem: what is derived is what is trained.
    options : dict
        Inputs that are a choice by name: each maps a choice to the task that is trained in place of ``task``.
    defaults : dict
        Inputs by name, where the user gives none.
    theorem : Theorem, optional
        What it states is compared with the derived optimum; see `read_statement`. Its inputs are those of `evaluate`.
    reads : dict of Reads
        What stated quantities are of the optimum, where their names do not say it.
    sized : callable, optional
        From d to the default matrices and vectors of this size.
    nearest_wrong : dict
        Statements that are wrong but near, as the coefficient K of f = xᵀ K Xᵀy. Each must be told apart.
    also_wrong : dict
        Statements so near at the default numbers that a run of a minute need not tell them apart; where the
        trained model lies between the derived optimum and these is reported.
    seeds : tuple of int
    max_seeds : int
        Further seeds are drawn up to this many runs, when some end in a local minimum.
    tolerance : float
        Largest relative excess loss.
    schedule : Schedule
    method : "tokens", "statistic" or "population", optional
        How it is trained; by default on samples, by the faster way that applies, and beside it on the closed form of
        the loss.
    device : "cpu" or "cuda"
        Of runs on samples.
    dtype : "float32" or "float64", optional
        Of runs on samples, in place of that of the schedule.
    false_alarm : float
        Probability that a run whose forward pass agrees with its closed form is contradicted; see `train`.
    claim : matrix expression, optional
        A coefficient to be tested in place of the derived one.
    """

    id: str
    task: Task
    model: Model
    defaults: Mapping[str, Any]
    nearest_wrong: Mapping[str, MatrixExpr]
    also_wrong: Mapping[str, MatrixExpr] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Task]] = field(default_factory=dict)
    theorem: Theorem | None = None
    reads: Mapping[str, Reads] = field(default_factory=dict)
    sized: Numbers | None = None
    seeds: tuple[int, ...] = (0, 1)
    max_seeds: int = 6
    tolerance: float = 0.01
    schedule: Schedule = field(default_factory=Schedule)
    claim: MatrixExpr | None = None
    method: str | None = None
    device: str = "cpu"
    dtype: str | None = None
    false_alarm: float = FALSE_POSITIVE_RATE

    def at(self, given: Mapping[str, Any]) -> tuple[TaskAt, dict[str, str]]:
        """The task at numbers, the defaults standing in for what is not given; and all inputs as exact text.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        refuse_unknown(given, (*self.task.symbols(), *self.options), self.id)
        numbers = sized_numbers(self.defaults, self.sized, given)
        task, chosen, own = self.task, {}, dict(numbers)
        for name, choices in self.options.items():
            choice = own.pop(name)
            if choice not in choices:
                raise InputError(f"{name}={choice} is not known; choose one of {', '.join(choices)}")
            task, chosen[name] = choices[choice], str(choice)
        at = task.at(**own) if self.theorem is None else task_at(self.theorem, task, numbers)
        return at, {name: show(at.values[symbol]) for name, symbol in task.symbols().items()} | chosen

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        return self.at(given)[1]

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "schedule": repr(self.schedule),
            "tolerance": self.tolerance,
            "max_seeds": self.max_seeds,
            "method": self.method or "on samples, and the closed form beside it",
            "false_alarm": self.false_alarm,
        }

    def trained_by(self, **options: str) -> Experiment:
        """The experiment by a ``method``, on a ``device``, in a ``dtype``."""
        return replace(self, **options)  # type: ignore[arg-type]

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float | None:
        """By one step, one piece of the check on fresh prompts, and one start."""
        choice, schedule, task = self._prepared(given, steps)
        if choice.method == "population":
            return None
        yardstick = Yardstick(self.model, task)
        runs = len(self.seeds if seeds is None else seeds)
        found: list[Descent] = []

        def start() -> None:
            found.append(
                Descent(
                    self.model,
                    task,
                    yardstick.d,
                    schedule,
                    0,
                    yardstick.excess,
                    method=choice.method,
                    device=self.device,
                )
            )

        def parts() -> Iterator[Part]:
            yield start, 2 * runs
            yield from found[0].parts(runs)
            yield from parts_of_check(yardstick, found[0].weights(), runs)

        return expected_seconds(parts())

    def _prepared(self, given: Mapping[str, Any], steps: int | None) -> tuple[Choice, Schedule, TaskAt]:
        """How it is trained at these inputs; what is hopeless is refused."""
        load_torch()
        task, _ = self.at(given)
        schedule = replace(
            self.schedule,
            steps=self.schedule.steps if steps is None else steps,
            dtype=self.schedule.dtype if self.dtype is None else self.dtype,
        )
        choice = choose(self.method, self.model, task)
        check_options(choice, self.device, self.false_alarm)
        prompts = sum(map(schedule.batch_at, range(schedule.steps))) if choice.method == "tokens" else 0
        refuse_hopeless(task, self.model.weight_sizes(**self.model.sizes_on(task)), task.d, prompts)
        return choice, schedule, task

    def begin(self, given: Mapping[str, Any], steps: int | None) -> ExperimentWork:
        """Prepare the runs; where nothing is asked for, some on the closed form of the loss stand beside them."""
        choice, schedule, task = self._prepared(given, steps)
        is_default = steps is None and self.method is None and self.dtype is None and self.device == "cpu"
        exact = Population(gain=POLISH_TOLERANCE)
        if steps is not None:
            exact = replace(exact, evaluations=steps)
        return ExperimentWork(self, task, choice, schedule, exact, is_default=is_default)


class ExperimentWork(Work):
    """The runs of an experiment at numbers.

    It is confirmed by two runs on samples within the tolerance that tell every nearest wrong statement apart, where no
    run contradicts, and the stated quantities are those of the derived optimum. A run in a predicted local minimum
    counts neither way.

    Parameters
    ----------
    experiment : Experiment
    task : TaskAt
    choice : Choice
        How it is trained.
    schedule : Schedule
        On samples.
    exact : Population
        On the closed form of the loss.
    is_default : bool
        True where nothing was asked for, so that runs on the closed form stand beside those on samples.
    """

    def __init__(
        self,
        experiment: Experiment,
        task: TaskAt,
        choice: Choice,
        schedule: Schedule,
        exact: Population,
        *,
        is_default: bool,
    ):
        self.experiment, self.task, self.choice = experiment, task, choice
        self.schedule, self.exact = schedule, exact
        self.yardstick = Yardstick(experiment.model, task, experiment.claim)
        theorem = experiment.theorem
        self.statement = (
            None if theorem is None else read_statement(theorem, experiment.reads, self.yardstick)
        )
        self.wrong, self.notes = _wrong_statements(experiment, self.yardstick)
        self.runs: list[Run] = []
        sizes = experiment.model.weight_sizes(**experiment.model.sizes_on(task))
        self.beside = is_default and _count(sizes) <= MAX_EXACT_WEIGHTS

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """From each seed, further ones where they may help, and beside it on the closed form of the loss."""
        if not seeds:
            raise InputError("no seed is given; give at least one")
        pending = list(seeds)
        while pending:
            self._train(runner, self._run(pending.pop(0)), self.choice.why)
            if not pending and len(self.runs) < self.experiment.max_seeds and self._another_may_help():
                pending.append(max(run.seed for run in self.runs) + 1)
        if self.beside:
            for seed in seeds[:MIN_RUNS]:
                run = on_closed_form(self.yardstick, self.exact, seed)
                self._train(runner, run, "the second line, beside the runs on samples", is_beside=True)

    def _run(self, seed: int) -> Descent | PopulationDescent:
        """A run as it was chosen."""
        yardstick, method = self.yardstick, self.choice.method
        if method == "population":
            return on_closed_form(yardstick, self.exact, seed)
        return Descent(
            self.experiment.model,
            self.task,
            yardstick.d,
            self.schedule,
            seed,
            yardstick.excess,
            method=method,
            device=self.experiment.device,
        )

    def _train(
        self, runner: Runner, run: Descent | PopulationDescent, why: str, *, is_beside: bool = False
    ) -> None:
        """Train and measure; what was reached until an interrupt is measured, too."""
        own = self.experiment
        measured = Measured(
            run,
            self.yardstick,
            own.tolerance,
            replace(self.choice, why=why),
            own.false_alarm,
            check=not is_beside,
        )  # the forward pass has been tested at the weights of the runs on samples
        try:
            runner.train(run, is_reported=not is_beside)
        finally:
            result = measured.result(own.id)
            loss = self.yardstick.loss_at(result.parameters)
            self.runs.append(Run(result, compare_with(result, self.wrong, self.yardstick), loss))

    def _another_may_help(self) -> bool:
        """True if one more seed can change an undecided verdict: not if every run just needs more steps."""
        verdict, _ = judge(grounds_of(self.runs, self.wrong))
        reached = sum(run.verdict == "reached" for run in self.runs)
        stuck = sum(run.result.stationary is not None for run in self.runs)
        return verdict == "inconclusive" and reached < MIN_RUNS and reached + stuck > 0

    def grounds(self) -> Grounds:
        """See `grounds_of`."""
        return grounds_of(self.runs, self.wrong, self.statement, is_learnable=bool(self.yardstick.learnable))

    def result(self, verdict: Verdict, reason: str, **common: Any) -> ExperimentResult:
        """The runs beside the wrong statements."""
        return ExperimentResult(
            verdict=verdict,
            reason=reason,
            runs=tuple(self.runs),
            wrong=self.wrong,
            loss_at_optimum=float(self.yardstick.target_loss),
            optimal_coefficient=float_matrix(self.yardstick.target),
            notes=self.notes,
            statement=self.statement,
            **common,
        )


def _count(shapes: Mapping[str, tuple[int, int]]) -> int:
    return sum(rows * columns for rows, columns in shapes.values())


def _wrong_statements(
    experiment: Experiment, yardstick: Yardstick
) -> tuple[tuple[WrongStatement, ...], tuple[str, ...]]:
    """The wrong statements at numbers, and notes on those that do not exist there."""
    out, notes = [], []
    for required, statements in ((True, experiment.nearest_wrong), (False, experiment.also_wrong)):
        for name, expression in statements.items():
            try:
                exact = yardstick.exact(expression)
            except InputError:
                notes.append(f"{name} has no value at these numbers and is left out")
                continue
            separation = yardstick.separation(exact, yardstick.target)
            out.append(WrongStatement(name, separation, required, exact))
    if experiment.nearest_wrong and yardstick.power and not any(w.required and w.separation for w in out):
        # Where all coincide with the truth, a coefficient that is a tenth too large stands in for them.
        exact = yardstick.target * 11 / 10
        separation = yardstick.separation(exact, yardstick.target)
        out.append(WrongStatement("a coefficient 1.1 times as large", separation, True, exact))
        notes.append(
            "all near wrong statements say the same here; a coefficient 1.1 times as large stands in"
        )
    if experiment.nearest_wrong and not yardstick.power and yardstick.learnable:
        # The context tells nothing beyond its offset: an offset that is a tenth too large stands in.
        name = "an offset 1.1 times as large"
        out.append(WrongStatement(name, yardstick.learnable / 100, True, None))
        notes.append(f"here the context tells nothing that the optimum does not know; {name} stands in")
    return tuple(out), tuple(notes)
