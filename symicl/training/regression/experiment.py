"""Experiments: does the trained model reach the derived optimum, and not a wrong one?

With f the trained predictor, f* the derived optimum and f_w that of a wrong statement, the distances
e = E[(f − f*)²] and e_w = E[(f_w − f*)²] are known exactly. If √e < ½ √e_w then, by the triangle inequality
in L², f is nearer to f* than to f_w: the run tells the two statements apart.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sympy.matrices.expressions import MatrixExpr

from symicl.algebra.evaluate import float_matrix
from symicl.errors import InputError
from symicl.models.model import Model
from symicl.tasks.task import Task, TaskAt
from symicl.tasks.values import refuse_unknown
from symicl.theorems.compare import show
from symicl.theorems.theorem import Theorem
from symicl.training.evidence import MIN_RUNS
from symicl.training.regression.comparing import compare_with
from symicl.training.regression.descent import Descent
from symicl.training.regression.experiment_result import ExperimentResult, Run, WrongStatement
from symicl.training.regression.feasible import refuse_hopeless
from symicl.training.regression.forward_check import FALSE_POSITIVE_RATE, parts_of_check
from symicl.training.regression.judging import judge
from symicl.training.regression.method import Choice, choose
from symicl.training.regression.result import TrainResult
from symicl.training.regression.schedule import Schedule
from symicl.training.regression.statement import Reads, read_statement
from symicl.training.regression.train import train
from symicl.training.regression.yardstick import Yardstick
from symicl.training.runtime.cost import Part, expected_seconds
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.studies.defaults import Numbers, sized_numbers, task_at
from symicl.training.study import Study, StudyProgress

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

    def expected_seconds(
        self,
        given: Mapping[str, Any],
        *,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        method: str | None = None,
        device: str = "cpu",
        dtype: str | None = None,
    ) -> float | None:
        """By one step, one piece of the check on fresh prompts, and one start."""
        choice, schedule, task = self._prepared(given, method, steps, dtype)
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
                    device=device,
                )
            )

        def parts() -> Iterator[Part]:
            yield start, 2 * runs
            yield from found[0].parts(runs)
            yield from parts_of_check(yardstick, found[0].weights(), runs)

        return expected_seconds(parts())

    def _prepared(
        self, given: Mapping[str, Any], method: str | None, steps: int | None, dtype: str | None
    ) -> tuple[Choice, Schedule, TaskAt]:
        """How it is trained at these inputs; what is hopeless is refused."""
        load_torch()
        task, _ = self.at(given)
        schedule = self.schedule if steps is None else replace(self.schedule, steps=steps)
        if dtype is not None:
            schedule = replace(schedule, dtype=dtype)
        choice = choose(method or self.method, self.model, task)
        prompts = sum(map(schedule.batch_at, range(schedule.steps))) if choice.method == "tokens" else 0
        refuse_hopeless(task, self.model.weight_sizes(task.d), task.d, prompts)
        return choice, schedule, task

    def run(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        progress: StudyProgress | None = None,
        checkpoint: str | Path | None = None,
        method: str | None = None,
        device: str = "cpu",
        dtype: str | None = None,
    ) -> ExperimentResult:
        """See `run_experiment`."""
        return run_experiment(
            self,
            given,
            seeds=seeds,
            steps=steps,
            progress=progress,
            checkpoint=checkpoint,
            method=method,
            device=device,
            dtype=dtype,
        )


def run_experiment(
    experiment: Experiment,
    given: Mapping[str, Any] | None = None,
    *,
    seeds: Sequence[int] | None = None,
    steps: int | None = None,
    progress: StudyProgress | None = None,
    checkpoint: str | Path | None = None,
    method: str | None = None,
    device: str = "cpu",
    dtype: str | None = None,
) -> ExperimentResult:
    """Train from several seeds and judge.

    Parameters
    ----------
    experiment : Experiment
    given : dict, optional
        Inputs by name that replace the defaults.
    seeds : sequence of int, optional
        The first seeds; further ones follow the largest when some runs do not reach the optimum.
    steps : int, optional
        Steps of each run.
    progress : callable, optional
        Called with (seed, step, total, excess).
    checkpoint : path, optional
        A folder that keeps the state of each run; the same call takes them up again.
    method, device, dtype : str, optional
        See `train`. By default the method of the experiment, else on samples, and where no method, number of steps,
        precision or device is given, on the closed form of the loss beside it.

    Returns
    -------
    ExperimentResult
        "confirmed" needs two runs on samples within the tolerance that tell every nearest wrong statement apart, no
        run that contradicts, and stated quantities that are those of the derived optimum. A run in a predicted local
        minimum counts neither way.

    Raises
    ------
    InputError
        For an impossible input, or one at which training is hopeless.
    """
    started = time.perf_counter()
    choice, schedule, task = experiment._prepared(given or {}, method, steps, dtype)
    at = experiment.inputs(given or {})
    yardstick = Yardstick(experiment.model, task, experiment.claim)
    statement = (
        None
        if experiment.theorem is None
        else read_statement(experiment.theorem, experiment.reads, yardstick)
    )
    wrong, notes = _wrong_statements(experiment, yardstick)
    sampled = choice.method != "population"
    is_default = method is None and experiment.method is None and steps is None and dtype is None
    beside = (
        is_default
        and device == "cpu"
        and _count(experiment.model.weight_sizes(yardstick.d)) <= MAX_EXACT_WEIGHTS
    )
    kept = None if checkpoint is None or not sampled else Path(checkpoint)
    pending = list(dict.fromkeys(experiment.seeds if seeds is None else seeds))
    if not pending:
        raise InputError("no seed is given; give at least one")
    runs: list[Run] = []
    while pending:
        seed = pending.pop(0)

        def report(step: int, total: int, excess: float, seed: int = seed) -> None:
            if progress is not None:
                progress(seed, step, total, excess)

        result = train(
            experiment.model,
            task,
            seed=seed,
            steps=schedule.steps if sampled else steps,
            batch=schedule.batch if sampled else None,
            lr=schedule.lr if sampled else None,
            dtype=schedule.dtype if sampled else None,
            tolerance=experiment.tolerance,
            progress=report,
            checkpoint=None if kept is None else kept / f"{experiment.id}.seed{seed}.pt",
            id=experiment.id,
            yardstick=yardstick,
            method=choice.method,
            device=device,
            false_alarm=experiment.false_alarm,
        )
        runs.append(_run(replace(result, method_reason=choice.why), wrong, yardstick))
        if result.interrupted:
            break
        if not pending and len(runs) < experiment.max_seeds and _another_may_help(runs, wrong):
            pending.append(max(run.result.seed for run in runs) + 1)
    if beside and not runs[-1].result.interrupted:
        for seed in list(dict.fromkeys(experiment.seeds if seeds is None else seeds))[:MIN_RUNS]:
            result = train(
                experiment.model,
                task,
                seed=seed,
                tolerance=experiment.tolerance,
                progress=False,
                id=experiment.id,
                yardstick=yardstick,
                method="population",
                check=False,  # it has been done at the weights of the runs on samples
            )
            why = "the second line, beside the runs on samples"
            runs.append(_run(replace(result, method_reason=why), wrong, yardstick))
    verdict, reason = judge(runs, wrong, statement, is_learnable=bool(yardstick.learnable))
    return ExperimentResult(
        id=experiment.id,
        verdict=verdict,
        reason=reason,
        at=at,
        runs=tuple(runs),
        wrong=wrong,
        loss_at_optimum=float(yardstick.target_loss),
        optimal_coefficient=float_matrix(yardstick.target),
        seconds=time.perf_counter() - started,
        interrupted=any(run.result.interrupted for run in runs),
        notes=notes,
        statement=statement,
    )


def _run(result: TrainResult, wrong: Sequence[WrongStatement], yardstick: Yardstick) -> Run:
    return Run(result, compare_with(result, wrong, yardstick), yardstick.loss_at(result.parameters))


def _count(shapes: Mapping[str, tuple[int, int]]) -> int:
    return sum(rows * columns for rows, columns in shapes.values())


def _another_may_help(runs: Sequence[Run], wrong: Sequence[WrongStatement]) -> bool:
    """True if one more seed can change an undecided verdict: not if every run just needs more steps."""
    verdict, _ = judge(runs, wrong)
    reached = sum(run.verdict == "reached" for run in runs)
    stuck = sum(run.result.stationary is not None for run in runs)
    return verdict == "inconclusive" and reached < MIN_RUNS and reached + stuck > 0


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
