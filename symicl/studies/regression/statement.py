"""The statements of a theorem about an optimum, at numbers, against the exact loss of the derived one.

A run can end at the optimum whatever the theorem says of it. So each stated quantity that training can measure is
compared too: a minimal loss with the exact loss of the derived optimum and of the trained models, a coefficient or an
offset through the predictor that it gives. All of it is in exact numbers; the tolerance is that of irrational moments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import flint

from symicl.numeric import ExactMatrix, Value, compile_matrix, evaluate, identity_matrix
from symicl.statements import Theorem, stated_values
from symicl.studies.regression.yardstick import Yardstick, real
from symicl.tasks import LinearRegression

Kind = Literal["loss", "excess", "step", "coefficient", "offset"]
_TOLERANCE = Fraction(1, 10**25)


@dataclass(frozen=True)
class Reads:
    """The role of a stated quantity in the optimal predictor f* = offset + xᵀ K* Xᵀr.

    Attributes
    ----------
    kind : "loss", "excess", "step", "coefficient" or "offset"
        The minimal loss; the same less σ²; η in K* = ηI; K*; or the vector of the offset.
    convert : callable, optional
        From the value of the quantity and the exact values of the inputs to the value of this kind, where the paper
        normalises it otherwise.
    """

    kind: Kind
    convert: Callable[[Any, Mapping[Any, Any]], Any] = field(default=lambda value, values: value)


BY_NAME: Mapping[str, Reads] = {
    "loss": Reads("loss"),
    "risk": Reads("loss"),
    "excess": Reads("excess"),
    "eta": Reads("step"),
    "step": Reads("step"),
    "preconditioner": Reads("coefficient"),
    "coefficient": Reads("coefficient"),
}
"""How quantities are read whose experiment does not say it."""


@dataclass(frozen=True)
class Falsehood:
    """A stated quantity that is not that of the derived optimum.

    Attributes
    ----------
    name : str
    what : str
        What it says, as the beginning of a sentence.
    loss : Fraction or None
        The minimal loss that it implies, where it implies one: a model below it contradicts it.
    best : Fraction
        The exact loss of the derived optimum.
    """

    name: str
    what: str
    loss: Fraction | None
    best: Fraction

    def text(self, losses: Sequence[tuple[str, Fraction]]) -> str:
        """The sentence; a trained model with a loss below what is stated is named, if there is one."""
        derived = f"the exact loss {_digits(self.best)} of the derived optimum"
        if self.loss is None:
            return f"{self.what}, which is not that of the derived optimum"
        if self.loss < self.best:
            return f"{self.what}, but no model has less than {derived}"
        below = min(((loss, name) for name, loss in losses if loss < self.loss), default=None)
        if below is None:
            return f"{self.what}, above {derived}"
        return f"{self.what}, but {below[1]} has the exact loss {_digits(below[0])}, below it"


@dataclass(frozen=True)
class Statement:
    """The stated quantities at numbers.

    Attributes
    ----------
    read : tuple of str
        Names of those that are compared.
    unread : tuple of str
        Names of those that are not: nothing determines them here, or training does not measure them.
    false : tuple of Falsehood
    """

    read: tuple[str, ...]
    unread: tuple[str, ...]
    false: tuple[Falsehood, ...]


def read_statement(theorem: Theorem, reads: Mapping[str, Reads], yardstick: Yardstick) -> Statement:
    """Compare what a theorem states with the derived optimum.

    Parameters
    ----------
    theorem : Theorem
    reads : dict of Reads
        By name of the quantity, where it is not read by its name alone.
    yardstick : Yardstick
        At the numbers.
    """
    values = yardstick.task.values
    read, unread, false = [], [], []
    for name, value in stated_values(theorem, values).items():
        how = {**BY_NAME, **reads}.get(name)
        found = None if value is None or how is None else _implied(how, value, yardstick)
        if found is None:
            unread.append(name)
            continue
        read.append(name)
        what, loss, is_true = found
        if not is_true:
            false.append(Falsehood(name, f"the theorem states {name}{what}", loss, yardstick.target_loss))
    return Statement(tuple(read), tuple(unread), tuple(false))


def _implied(how: Reads, value: Value, yardstick: Yardstick) -> tuple[str, Fraction | None, bool] | None:
    """The stated value as text, the loss that it implies, and True if it is right; None where it cannot be compared."""
    values, best = yardstick.task.values, yardstick.target_loss
    stated = how.convert(value, values)
    if how.kind in ("loss", "excess"):
        noise = getattr(yardstick.task.task, "noise", None)
        if how.kind == "excess" and noise is None:
            return None
        loss = real(stated) + (real(evaluate(noise, values)) if how.kind == "excess" else 0)
        return f" = {_digits(real(stated))}", loss, abs(loss - best) <= _TOLERANCE * max(abs(best), abs(loss))
    if how.kind == "offset":
        return _offset(stated, yardstick)
    if how.kind == "step":
        if not _is_one_step(yardstick):
            return None
        shown = f" = {_digits(real(stated))}"
        is_number = yardstick.optimum.solution is not None and yardstick.optimum.solution.is_scalar
        stated = identity_matrix(1 if is_number else yardstick.d) * _rational(stated)
    else:
        shown = ""
    if yardstick.is_undetermined:
        return None
    apart = yardstick.separation(stated, yardstick.target)
    loss = best + apart
    is_true = apart <= _TOLERANCE * max(yardstick.power, best)
    return f"{shown}, whose predictor has the exact loss {_digits(loss)}", loss, is_true


def _offset(stated: ExactMatrix, yardstick: Yardstick) -> tuple[str, None, bool] | None:
    """The stated offset, and True if bᵀx is the offset of the derived optimum for almost every query x."""
    law, letters = yardstick.task.task, yardstick.optimum.problem.offset_coefficient
    if letters is None or not isinstance(law, LinearRegression):
        return None
    values = yardstick.task.values
    gap = stated - compile_matrix(letters, "exact")(values)
    difference = gap.transpose() * evaluate(law.covariate_cov, values) * gap
    return "", None, not real(difference[0, 0])


def _is_one_step(yardstick: Yardstick) -> bool:
    """True if the derived coefficient is a multiple of the identity, whatever the numbers."""
    solution = yardstick.optimum.solution
    return solution is not None and solution.scalar_multiple_of_identity() is not None


def _rational(value: Any) -> Any:
    number = real(value)
    return flint.fmpq(number.numerator, number.denominator)


def _digits(value: Fraction) -> str:
    return f"{float(value):.8g}"
