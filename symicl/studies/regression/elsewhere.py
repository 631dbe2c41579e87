"""A trained model on prompts of another law: its exact loss there, and the derived one of the optimal weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from symicl.algebra import ClosedForm, exact_scalar, formula_of
from symicl.errors import InputError, SymiclError, described
from symicl.models import Model
from symicl.numeric import evaluate
from symicl.studies.evidence import Verdict
from symicl.studies.regression.batch_means import Mean, check_rate
from symicl.studies.regression.fresh_loss import fresh_loss
from symicl.studies.regression.yardstick import exact_parameters, real
from symicl.tasks import TaskAt
from symicl.theory import LossAt, expected_loss, fit, minimise
from symicl.verdicts import Judged

ROUNDING = Fraction(1, 10**12)
"""Of the loss: what a value that was typed as a float can be off."""


@dataclass(frozen=True)
class TrainedElsewhere(Judged):
    """The loss of trained weights on prompts of another law.

    Attributes
    ----------
    verdict : "confirmed", "contradicted" or "inconclusive"
        Confirmed: the run has arrived, its exact loss under the other law is the derived one of the optimal weights, or
        the stated one, within the tolerance, and the forward pass has this loss on fresh prompts. Contradicted: fresh
        prompts disagree with the closed form, or the stated loss is not the derived one.
    reason : str
        One sentence.
    loss : Fraction
        At the trained weights, exactly.
    derived : Fraction or None
        At the derived optimal weights of the law of training; None where none are known.
    sampled : Mean
        Over fresh prompts.
    """

    verdict: Verdict
    reason: str
    loss: Fraction
    derived: Fraction | None
    sampled: Mean

    def __repr__(self) -> str:
        return f"{self.verdict}: {self.reason}"


@dataclass(frozen=True)
class Trained:
    """A model at trained weights, and the law that it was trained on.

    Attributes
    ----------
    model : Model
    task : TaskAt
    weights : dict of arrays
    has_arrived : bool
        Whether the run has reached the minimum.
    seed : int
    """

    model: Model
    task: TaskAt[Any]
    weights: Mapping[str, np.ndarray]
    has_arrived: bool
    seed: int

    def under(self, task: Any, stated: Any, tolerance: float, false_alarm: float) -> TrainedElsewhere:
        """See `symicl.studies.regression.result.TrainResult.under`."""
        check_rate(false_alarm)
        self._refuse_other_shapes(task)
        exact = LossAt(expected_loss(self.model, task.task), task.values).compile("exact")
        loss = real(exact(exact_parameters(self.model, self.weights)))
        sampled = fresh_loss(self.model, task, self.weights, self.seed)
        best = self._optimal_parameters()
        derived = None if best is None else real(exact(best))
        claim = None if stated is None else _number(stated, task)
        verdict, reason = self._judge(loss, derived, claim, sampled, tolerance, false_alarm)
        return TrainedElsewhere(verdict, reason, loss, derived, sampled)

    def _refuse_other_shapes(self, task: Any) -> None:
        if not isinstance(task, TaskAt) or not fit(self.model, task.task):
            raise InputError(
                f"under() takes another law of prompts at numbers, such as task.at(n=40, …), not {described(task)}"
            )
        for name, size in self.model.weight_sizes(**self.model.sizes_on(task)).items():
            if tuple(self.weights[name].shape) != tuple(size):
                trained = "×".join(map(str, self.weights[name].shape))
                raise InputError(
                    f"the weight {name} was trained as a {trained} matrix, and these prompts need {size[0]}×{size[1]}: "
                    "the other law has another dimension, or another number of examples where a weight has one entry "
                    "for each"
                )

    def _optimal_parameters(self) -> dict[str, np.ndarray] | None:
        """The derived optimal parameters for the law of training, in exact numbers."""
        try:
            found: Any = minimise(expected_loss(self.model, self.task.task))
            if found.attained != "weights":
                return None
            return {
                name: np.block(
                    [[_entries(block, self.task.values) for block in row] for row in _rows(blocks)]
                )
                for name, blocks in found.parameters.items()
            }
        except SymiclError:
            return None

    def _judge(
        self,
        loss: Fraction,
        derived: Fraction | None,
        claim: Fraction | None,
        sampled: Mean,
        tolerance: float,
        false_alarm: float,
    ) -> tuple[Verdict, str]:
        if sampled.chance(float(loss)) < false_alarm:
            return "contradicted", (
                f"on fresh prompts of the other law the loss is {sampled.mean:.5g} ± {sampled.error:.1g}, and its "
                f"closed form gives {float(loss):.5g}"
            )
        if claim is not None and derived is not None and abs(claim - derived) > ROUNDING * (1 + abs(derived)):
            return "contradicted", (
                f"the derived loss of the optimal weights under the other law is {float(derived):.8g}, and the stated "
                f"one {float(claim):.8g}: refuted by the derivation, not by this run"
            )
        wanted = derived if claim is None else claim
        if wanted is None:
            return "inconclusive", (
                f"the exact loss under the other law is {float(loss):.6g}; no optimal weights are derived, so there is "
                "nothing to compare it with"
            )
        apart = float(abs(loss - wanted) / (abs(wanted) or 1))
        what = (
            f"the exact loss of the trained weights under the other law, {float(loss):.6g}, is off by {apart:.2g} of "
            f"the {'stated' if derived is None else 'derived'} {float(wanted):.6g}"
        )
        if not self.has_arrived:
            return "inconclusive", f"{what}; the run has not reached the minimum of its own law"
        return ("confirmed" if apart <= tolerance else "inconclusive"), what


def _number(stated: Any, task: TaskAt[Any]) -> Fraction:
    try:
        formula = formula_of(stated)
    except SymiclError:
        formula = exact_scalar(stated, "the loss")
    expression = formula.expr if isinstance(formula, ClosedForm) else formula
    missing = sorted(str(s) for s in expression.free_symbols if s not in task.values)
    if missing:
        raise InputError(
            f"the loss depends on {', '.join(missing)}, for which the other law has no number; put in the numbers of "
            "the law of training"
        )
    return real(evaluate(expression, task.values))


def _rows(blocks: Any) -> list[list[Any]]:
    return [[blocks.blocks[i, j] for j in range(blocks.blocks.cols)] for i in range(blocks.blocks.rows)]


def _entries(block: Any, values: Any) -> np.ndarray:
    return np.array(evaluate(block, values).tolist(), dtype=object)
