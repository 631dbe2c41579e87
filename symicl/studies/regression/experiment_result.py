"""The result of an experiment on one optimal coefficient: its runs beside the wrong statements."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.numeric import ExactMatrix
from symicl.studies.regression.result import TrainResult
from symicl.studies.regression.statement import Statement
from symicl.studies.study import StudyResult, Verdict
from symicl.verdicts import Judged


@dataclass(frozen=True)
class WrongStatement:
    """A wrong statement at numbers.

    Attributes
    ----------
    name : str
    separation : Fraction
        e_w = E[(f_w − f*)²], exactly; zero if at these numbers it says the same as the derived statement.
    required : bool
        Whether a verdict needs it told apart.
    exact : ExactMatrix or None
        Its coefficient; None where it differs in the offset.
    """

    name: str
    separation: Fraction
    required: bool
    exact: ExactMatrix | None

    @property
    def excess(self) -> float:
        """How much worse than the derived optimum its predictor is."""
        return float(self.separation)


@dataclass(frozen=True)
class Comparison(Judged):
    """One run against one wrong statement, exactly.

    Attributes
    ----------
    name : str
    ratio : float
        2 √e / √e_w; the statements are told apart below 1.
    position : float
        Where the trained predictor falls on the segment from the derived optimum (0) to the wrong one (1).
    told_apart : bool
    distance : float
        e_w.
    times_reached : float
        e_w / e: how many times what the run has reached.
    multiple : float or None
        The multiple of the derived predictor that a fit would find for the wrong one.
    standard_errors : float or None
        By how many standard errors the fitted multiple differs from it.
    """

    _asked_by = ".told_apart"

    name: str
    ratio: float
    position: float
    told_apart: bool
    distance: float = math.nan
    times_reached: float = math.nan
    multiple: float | None = None
    standard_errors: float | None = None

    @property
    def power(self) -> str:
        """A sentence on whether this wrong statement would have been caught."""
        if math.isnan(self.distance):
            return f"{'told' if self.told_apart else 'did not tell'} {self.name} apart"
        what = (
            f"its distance is {self.distance:.2g}, "
            f"{'more than 1e+12' if self.times_reached > 1e12 else format(self.times_reached, '.2g')} times what was "
            "reached"
        )
        if self.standard_errors is not None:
            errors = self.standard_errors
            what += f", its fitted multiple {self.multiple:.5g} lies {errors:.2g} standard errors from the trained one"
        if self.told_apart:
            return f"would have told {self.name} apart: {what}"
        return f"could not tell {self.name} apart: {what} (4 times are needed)"


@dataclass(frozen=True)
class Run(Judged):
    """A training run and how it compares with the wrong statements."""

    result: TrainResult
    comparisons: tuple[Comparison, ...]
    loss: Fraction | None = None
    """The exact loss at its weights."""

    @property
    def verdict(self) -> str:
        """That of the result."""
        return self.result.verdict

    name, is_claimed = "", True

    @property
    def seed(self) -> int:
        """That of the result."""
        return self.result.seed

    @property
    def reason(self) -> str:
        """That of the result."""
        return self.result.reason

    @property
    def samples(self) -> int:
        """How many prompts were drawn for its steps."""
        return self.result.samples

    def to_json(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.result.to_json().items() if name != "id"}
        names = ("told_apart", "position", "distance", "times_reached", "multiple", "standard_errors")
        wrong = {c.name: {name: _finite(getattr(c, name)) for name in names} for c in self.comparisons}
        return fields | {"wrong_statements": wrong}


@dataclass(frozen=True)
class ExperimentResult(StudyResult):
    """The verdict on a theorem from training.

    Attributes
    ----------
    id : str
    verdict : "confirmed", "contradicted" or "inconclusive"
    reason : str
        One sentence.
    at : dict
        The inputs, as text.
    runs : tuple of Run
    wrong : tuple of WrongStatement
    loss_at_optimum : float
    optimal_coefficient : d × d array
        K*.
    seconds : float
    interrupted : bool
    notes : tuple of str
        On wrong statements that do not exist at these numbers.
    statement : Statement or None
        Which stated quantities were compared with the derived optimum.
    """

    id: str
    verdict: Verdict
    reason: str
    at: dict[str, str]
    runs: tuple[Run, ...]
    wrong: tuple[WrongStatement, ...]
    loss_at_optimum: float
    optimal_coefficient: np.ndarray
    seconds: float
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    statement: Statement | None = None

    @property
    def shown(self) -> TrainResult:
        """The run whose numbers stand for all: the worst on samples that reached the optimum, else the first."""
        reached = [run.result for run in self.runs if run.verdict == "reached"]
        sampled = [result for result in reached if result.samples] or reached
        return max(sampled, key=lambda r: r.relative_excess) if sampled else self.runs[0].result

    @property
    def power(self) -> list[str]:
        """Which wrong statements the run that stands for all would have caught, the nearest first, and what else."""
        run = next(run for run in self.runs if run.result is self.shown)
        nearest = sorted(run.comparisons, key=lambda c: (c.distance, c.name))
        same = [f"{w.name} says the same at these numbers" for w in self.wrong if not w.separation]
        return [*(c.power for c in nearest), *same, *self.notes, *self.shown.power]

    def shown_json(self) -> dict[str, Any]:
        if not self.runs:  # it was interrupted at once
            return {}
        fields = {k: v for k, v in self.shown.to_json().items() if k not in ("verdict", "reason")}
        stated = self.statement
        compared = (
            {} if stated is None else {"compared": list(stated.read), "not_compared": list(stated.unread)}
        )
        return fields | {"power": self.power} | compared

    def runs_json(self) -> list[dict[str, Any]]:
        return [run.to_json() for run in self.runs]

    def document(self) -> dict[str, Any]:
        """The same with trajectories and coefficients."""
        document = self.to_json()
        for entry, run in zip(document["runs"], self.runs, strict=True):
            entry["trajectory"] = [list(point) for point in run.result.trajectory]
            entry["coefficient"] = run.result.coefficient.tolist()
        return document | {"optimal_coefficient": self.optimal_coefficient.tolist()}

    def lines(self) -> list[str]:
        summaries = [f"seed {run.result.seed}: {_summary(run.result)}" for run in self.runs]
        shown = self.shown
        method = f"method {shown.method} ({shown.method_reason}): {shown.computed_by}"
        fit = [] if shown.check is None or shown.check.fit is None else [shown.check.fit.text]
        minimal = f"minimal loss {self.loss_at_optimum:.6g}"
        return [method, minimal, *self._compared, *summaries, *fit, *self.power]

    @property
    def _compared(self) -> list[str]:
        """Which stated quantities the verdict is about."""
        if self.statement is None:
            return []
        names = ", ".join(self.statement.read)
        rest = (
            f"; not measured by training: {', '.join(self.statement.unread)}" if self.statement.unread else ""
        )
        return [f"stated and compared exactly: {names or 'nothing'}{rest}"]


def _finite(value: Any) -> Any:
    """JSON has no infinity and no nan."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _summary(result: TrainResult) -> str:
    outcome = "reached" if result.verdict == "reached" else result.reason
    return (
        f"{outcome}, excess loss {result.excess_loss:.3g} ({100 * result.relative_excess:.2g} %), "
        f"distance to the optimum {result.distance_to_optimum:.3g}, {result.steps} steps of {result.evidence.text}"
    )
