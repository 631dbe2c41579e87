"""What an experiment on one optimal coefficient reports: its runs beside the wrong statements."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.algebra.evaluate import ExactMatrix, float_matrix
from symicl.training.regression.result import TrainResult
from symicl.training.study import StudyResult, Verdict


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
    exact : ExactMatrix
        Its coefficient.
    """

    name: str
    separation: Fraction
    required: bool
    exact: ExactMatrix

    @property
    def excess(self) -> float:
        """How much worse than the derived optimum its predictor is."""
        return float(self.separation)

    @property
    def coefficient(self) -> np.ndarray:
        """Its coefficient, d × d."""
        return float_matrix(self.exact)


@dataclass(frozen=True)
class Comparison:
    """One run against one wrong statement, exactly.

    Attributes
    ----------
    name : str
    ratio : float
        2 √e / √e_w; the statements are told apart below 1.
    position : float
        Where the trained predictor falls on the segment from the derived optimum (0) to the wrong one (1).
    told_apart : bool
    favours_wrong : bool
        √E[(f − f_w)²] < ½ √e_w: the trained model is nearer to the wrong statement.
    """

    name: str
    ratio: float
    position: float
    told_apart: bool
    favours_wrong: bool


@dataclass(frozen=True)
class Run:
    """A training run and how it compares with the wrong statements."""

    result: TrainResult
    comparisons: tuple[Comparison, ...]

    def to_json(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.result.to_json().items() if name != "id"}
        wrong = {c.name: {"told_apart": c.told_apart, "position": c.position} for c in self.comparisons}
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

    @property
    def shown(self) -> TrainResult:
        """The run whose numbers stand for all: the worst of those that reached the optimum, else the first."""
        reached = [run.result for run in self.runs if run.result.verdict == "reached"]
        return max(reached, key=lambda r: r.relative_excess) if reached else self.runs[0].result

    def shown_json(self) -> dict[str, Any]:
        return {k: v for k, v in self.shown.to_json().items() if k not in ("verdict", "reason")}

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
        return [method, f"minimal loss {self.loss_at_optimum:.6g}", *summaries]


def _summary(result: TrainResult) -> str:
    outcome = "reached" if result.verdict == "reached" else result.reason
    return (
        f"{outcome}, excess loss {result.excess_loss:.3g} ({100 * result.relative_excess:.2g} %), "
        f"distance to the optimum {result.distance_to_optimum:.3g}, {result.steps} steps"
    )
