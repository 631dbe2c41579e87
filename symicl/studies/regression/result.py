"""The result of a training run."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

import numpy as np

from symicl.errors import UnsupportedError
from symicl.studies.evidence import Evidence, Method
from symicl.studies.notebook import Pictured, picture_html
from symicl.studies.regression.elsewhere import Trained, TrainedElsewhere
from symicl.studies.regression.forward_check import FALSE_POSITIVE_RATE, ForwardCheck
from symicl.theory import StationaryPoint
from symicl.typeset import badge, paragraphs, prose, table
from symicl.verdicts import Judged

Outcome = Literal["reached", "local minimum", "unfinished", "contradicted", "confirmed", "inconclusive"]
"""The last two are verdicts on a minimum that was stated by hand."""


@dataclass(frozen=True)
class TrainResult(Pictured, Judged):
    """One trained model, compared with the derived optimum.

    Attributes
    ----------
    id : str
        Of the theorem; empty for a run of one's own.
    verdict : str
        "reached" (the excess within the tolerance, and the predictor the derived one), "local minimum" (one that the
        landscape predicts), "contradicted" (the exact loss lies below the claimed minimum, or the forward pass does not
        have the loss of its closed form), else "unfinished".
    reason : str
        One sentence.
    seed, steps : int
        Steps taken.
    seconds : float
    loss_at_optimum : float
        The derived minimal loss L*.
    excess_loss, relative_excess : float
        L(θ) − L*, from the closed form at the trained weights in exact arithmetic, and its quotient by L*.
    distance_to_optimum : float
        ‖K(θ) − K*‖ / ‖K*‖ in the Frobenius norm, not divided where K* = 0.
    coefficient, optimal_coefficient : d × d arrays
        K(θ) and K*.
    trajectory : list of (step, excess)
    weights : dict of arrays
        The trained weight matrices.
    parameters : dict of arrays
        The effective parameters that they give.
    stationary : StationaryPoint or None
        The predicted stationary point where the run ended, if it is not the global minimum.
    sampled_loss, sampled_error : float or None
        Mean loss over fresh prompts, query and task integrated out where possible, and its standard error.
    check : ForwardCheck or None
        All tests of the forward pass against the closed form, of a run that has reached the optimum.
    interrupted : bool
        Whether the run was stopped before its last step.
    method : "tokens", "statistic", "population" or "flow"
    method_reason, computed_by : str
        Why it was taken, and how its steps are computed.
    optimiser : str
    samples : int
        Prompts that were drawn for its steps; 0 for "population" and "flow".
    trained : Trained or None
        Model, law and weights, for `under`.
    predictor_distance : float or None
        E[(f − f*)²] / E[(f* − f₀)²], f₀ the optimum without its active feature; None where f* = f₀.
    """

    _minimum_is: ClassVar[str] = "minimal loss, derived"

    id: str
    verdict: Outcome
    reason: str
    seed: int
    steps: int
    seconds: float
    loss_at_optimum: float
    excess_loss: float
    relative_excess: float
    distance_to_optimum: float
    coefficient: np.ndarray
    optimal_coefficient: np.ndarray
    trajectory: list[tuple[int, float]] = field(repr=False)
    weights: dict[str, np.ndarray] = field(repr=False)
    parameters: dict[str, Any] = field(repr=False)
    stationary: StationaryPoint | None = None
    sampled_loss: float | None = None
    sampled_error: float | None = None
    interrupted: bool = False
    method: Method = "tokens"
    method_reason: str = ""
    computed_by: str = ""
    optimiser: str = "Adam"
    samples: int = 0
    predictor_distance: float | None = None
    check: ForwardCheck | None = field(default=None, repr=False)
    trained: Trained | None = field(default=None, repr=False)

    def under(
        self,
        task_at: Any,
        *,
        loss: Any = None,
        tolerance: float = 0.01,
        false_alarm: float = FALSE_POSITIVE_RATE,
    ) -> TrainedElsewhere:
        """The trained weights on prompts of another law: other lengths, other covariances, other noise.

        Parameters
        ----------
        task_at : TaskAt
            The other law at numbers, such as ``task.at(n=40, d=5, sigma2=1)``.
        loss : SymPy expression or exact number, optional
            A loss of the optimal weights under the other law that was derived by hand, in the symbols of that law.
        tolerance : float
            Largest relative distance from what is derived, or stated, that counts as the same.
        false_alarm : float
            Probability that a forward pass that has the loss of its closed form is contradicted by fresh prompts.

        Raises
        ------
        InputError
            If the weights do not fit the prompts.
        UnsupportedError
            For a model of sequences.
        """
        if self.trained is None:
            raise UnsupportedError("under() takes runs on prompts, not on sequences")
        return self.trained.under(task_at, loss, tolerance, false_alarm)

    @property
    def evidence(self) -> Evidence:
        """Method, optimiser and number of samples."""
        return Evidence(self.method, self.optimiser, self.samples)

    @property
    def power(self) -> list[str]:
        """Sentences on the errors that the run would have detected."""
        if self.verdict != "reached":
            return []
        told = 4 * max(self.excess_loss, 0.0)
        out = [
            f"tells apart each predictor whose mean square distance from the derived one is above {told:.2g} "
            f"({told / self.loss_at_optimum:.1g} of the minimal loss)"
            if self.loss_at_optimum
            else f"tells apart each predictor whose mean square distance from the derived one is above {told:.2g}"
        ]
        if self.check is not None:
            check = self.check
            out.append(
                f"would have seen the forward pass miss its closed form by {check.resolution:.2g} in the loss "
                f"({len(check.tests)} tests, false-positive rate {check.false_alarm:.1g} per run, "
                f"{check.loss.draws} draws "
                f"worth {check.loss.effective:.0f} normal ones)"
            )
        return out

    def _repr_html_(self) -> str:
        distance = self.distance_to_optimum
        rows = [
            (self._minimum_is, f"{self.loss_at_optimum:.6g}"),
            ("excess loss, exact", f"{self.excess_loss:.3g} ({100 * self.relative_excess:.2g} %)"),
            *([] if math.isnan(distance) else [("distance to the optimum", f"{distance:.3g}")]),
            ("trained by", self.evidence.text),
            ("seed, steps, seconds", f"{self.seed}, {self.steps}, {self.seconds:.0f}"),
        ]
        return paragraphs([f"{badge(self.verdict)} {prose(self.reason)}", table(rows), picture_html(self)])

    def to_json(self) -> dict[str, Any]:
        """The fields of the interface, and why."""
        names = (
            "id verdict reason seed steps seconds loss_at_optimum excess_loss relative_excess "
            "distance_to_optimum predictor_distance sampled_loss sampled_error interrupted method_reason computed_by"
        )
        check = None if self.check is None else self.check.to_json()
        fields = {name: getattr(self, name) for name in names.split()}
        return fields | self.evidence.to_json() | {"check": check, "power": self.power}
