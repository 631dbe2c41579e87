"""A model trained on one law and tested on others: its exact loss there, fresh prompts, and what a theorem states.

The loss of trained weights under another law is exact. It must be the stated one within the tolerance, in every case;
the stated one must be that of the derived optimal weights; the forward pass must have its closed form on fresh prompts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import sympy

from symicl.numeric import evaluate
from symicl.statements import Theorem
from symicl.studies.curves import Curve, Panel
from symicl.studies.evidence import MIN_RUNS
from symicl.studies.kinds.defaults import shown, values_for
from symicl.studies.kinds.judging import Grounds, judge, not_told_apart
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.regression.elsewhere import TrainedElsewhere
from symicl.studies.regression.experiment import Experiment, ExperimentWork
from symicl.studies.regression.experiment_result import Run
from symicl.studies.study import Study
from symicl.tasks import PromptTask, TaskAt, Values

VERDICTS = {"confirmed": "reached", "contradicted": "contradicted", "inconclusive": "unfinished"}


@dataclass(frozen=True)
class TestedElsewhere(Study):
    """Trained by an experiment, tested under another law in several cases.

    Attributes
    ----------
    theorem : Theorem
    trained : Experiment
        Its inputs are some of those of the theorem, whose defaults it has.
    law : PromptTask
        Of the test, in symbols of the theorem.
    quantity : str
        The stated loss under that law, a state or a corollary without special cases.
    cases : callable
        From the exact values of the inputs to those of each case, by a number at which it is drawn: the inputs
        themselves first, and others that leave the law of training alone.
    axis : str
        The meaning of this number.
    wrong : dict
        Expressions for this loss that are wrong, by name; each is told apart at the inputs that are given.
    further : dict
        Defaults of the inputs that the experiment does not have.
    tolerance : float
        Largest relative distance from the stated loss.
    """

    theorem: Theorem
    trained: Experiment
    law: PromptTask
    quantity: str
    cases: Callable[[Values], Mapping[float, Values]]
    axis: str
    wrong: Mapping[str, sympy.Expr]
    further: Mapping[str, Any] = field(default_factory=dict)
    tolerance: float = 0.005

    @property
    def id(self) -> str:  # type: ignore[override]
        """That of the theorem."""
        return self.theorem.id

    @property
    def seeds(self) -> tuple[int, ...]:  # type: ignore[override]
        """Those of the experiment."""
        return self.trained.seeds

    def values(self, given: Mapping[str, Any]) -> Values:
        """Exact values of the inputs of the theorem.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        defaults = {**self.trained.defaults, **self.further}
        return values_for(self.theorem, self.id, defaults, self._sized, given)

    def _sized(self, d: int) -> dict[str, Any]:
        own = {} if self.trained.sized is None else self.trained.sized(d)
        further = {name: value(d) for name, value in self.further.items() if callable(value)}
        return {**own, **further}

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        return shown(self.theorem, self.values(given))

    def settings(self) -> dict[str, Any]:
        cases = list(map(str, self.cases(self.values({}))))
        return self.trained.settings() | {"at": self.inputs({}), "cases": cases, "tolerance": self.tolerance}

    def begin(self, given: Mapping[str, Any], steps: int | None) -> TestedWork:
        """Prepare the training."""
        values = self.values(given)
        names = self.trained.task.symbols()
        inner = self.trained.begin({name: values[symbol] for name, symbol in names.items()}, steps)
        return TestedWork(self, values, inner)


class TestedWork(PanelWork):
    """The training, and each trained model under the other law."""

    def __init__(self, study: TestedElsewhere, values: Values, inner: ExperimentWork):
        self.study, self.inner = study, inner
        self.cases = study.cases(values)
        self.tested: list[tuple[Run, float, TrainedElsewhere]] = []

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Train, then test each model that has reached the optimum on samples."""
        self.inner.measure(runner, seeds)
        for run in self.inner.runs:
            trained = run.result.trained
            if run.verdict != "reached" or not run.samples or trained is None:
                continue
            for x, values in self.cases.items():
                at = TaskAt(self.study.law, values)
                alarm = self.study.trained.false_alarm
                found = trained.under(at, self._stated(values), self.study.tolerance, alarm)
                self.tested.append((run, x, found))

    def _stated(self, values: Values) -> Any:
        return evaluate(self.study.theorem.claims[self.study.quantity], values)

    def grounds(self) -> Grounds:
        """The training is not contradicted, enough models were tested, and wrong losses were told apart."""
        verdict, reason = judge(self.inner.grounds())
        models = {run.seed for run, _, _ in self.tested}

        def lacking() -> Iterator[str]:
            if verdict == "inconclusive":
                yield reason
            if len(models) < MIN_RUNS:
                yield f"{len(models)} models were tested, but {MIN_RUNS} are needed"
            yield from (f.reason for _, _, f in self.tested if f.verdict == "inconclusive")

        contradicted = [reason] if verdict == "contradicted" else []
        left = chain(lacking(), not_told_apart(self.told_apart()))
        return Grounds(self.measurements(), lambda: self._confirmed(reason), left, contradicted)

    def told_apart(self) -> dict[str, float]:
        """How many times nearer each trained model is to the stated loss than to a wrong one, halved; the least."""
        first, values = next(iter(self.cases.items()))
        own = [(f.loss, self._stated(values)) for _, x, f in self.tested if x == first]
        return {
            name: min(
                (
                    abs(float(loss - evaluate(wrong, values))) / (2 * abs(float(loss - stated)) or 1e-12)
                    for loss, stated in own
                ),
                default=0.0,
            )
            for name, wrong in self.study.wrong.items()
        }

    def _confirmed(self, reason: str) -> str:
        worst = max(abs(run.relative_excess) for run in self.measurements())
        nearest = min(self.told_apart().values())
        return (
            f"under the other law, in {len(self.cases)} cases, the exact loss of the trained "
            f"weights is the stated one within {worst:.2g}; {', '.join(self.study.wrong)}: {nearest:.2g} times too "
            f"far; trained: {reason}"
        )

    def measurements(self) -> list[Measurement]:
        """One for each model and case."""
        return [self._measurement(*one) for one in self.tested]

    def _measurement(self, run: Run, x: float, found: TrainedElsewhere) -> Measurement:
        stated = float(self._stated(self.cases[x]))
        apart = float(found.loss) - stated
        return Measurement(
            name=f"{self.study.axis} = {x:g}",
            seed=run.seed,
            steps=run.result.steps,
            verdict=VERDICTS[found.verdict],
            reason=found.reason,
            loss_at_optimum=stated,
            excess_loss=apart,
            relative_excess=apart / stated if stated else apart,
            evidence=run.result.evidence,
        )

    def findings(self) -> Findings:
        """The tests, and the loss against the input that varies."""
        numbers = {x: float(self._stated(values)) for x, values in self.cases.items()}
        curves = [Curve("stated", sorted(numbers), [numbers[x] for x in sorted(numbers)], theory=True)]
        for group, seed in enumerate(dict.fromkeys(run.seed for run, _, _ in self.tested)):
            own = sorted(((x, f.sampled) for r, x, f in self.tested if r.seed == seed), key=lambda p: p[0])
            x, means = [x for x, _ in own], [mean for _, mean in own]
            label = f"trained, on fresh prompts, seed {seed}"
            curves.append(
                Curve(label, x, [m.mean for m in means], errors=[m.error for m in means], group=group)
            )
        shows: Sequence[Any] = tuple(dict.fromkeys(run.result.evidence for run, _, _ in self.tested))
        panel = Panel("loss under the other law", self.study.axis, "loss", tuple(curves), shows=tuple(shows))
        notes = [f"{name}: {value:.2g} times too far" for name, value in self.told_apart().items()]
        return Findings(self.measurements(), [panel], {"notes": notes})
