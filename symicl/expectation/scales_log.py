"""An average over the squared scales of rows as an entry of a certificate, and their law as a field of their letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symicl.algebra import COLS, ONE, ROWS, Call, Log, Polynomial, closed_form, reciprocals_of
from symicl.expectation.moments import EvenMoments


@dataclass(frozen=True)
class SquaredScales:
    """The law of T, the squared scales of the rows of a letter.

    Attributes
    ----------
    letter : int
        T.
    rows_of : int
        The letter of the rows.
    moments : EvenMoments
        Of a scale.
    radius2 : Polynomial or None
        On a sphere the square of its radius.
    """

    letter: int
    rows_of: int
    moments: EvenMoments
    radius2: Polynomial | None

    def fields(self, letters: Any, data: Any) -> dict[str, Any]:
        """The law as a certificate has it; `data` writes a closed form."""
        if self.radius2 is not None:
            side = COLS if COLS[self.rows_of] != ONE else ROWS
            return {"sphere": data(closed_form(self.radius2)), "size": letters.size(side[self.rows_of])}
        orders = [2 * k + 2 if v is not None else 0 for k, v in enumerate(self.moments.values)]
        return {"moments": [k and data(closed_form(self.moments.moment(k))) for k in orders]}


def write(log: Log, call: Call) -> int:
    """An expectation over scales, with the letters that stand for reciprocals in it."""
    polynomial, t, _ = call.arguments
    of = log.node(polynomial)
    stand = reciprocals_of(call.result.letters())
    reciprocals = [[log.letters.id(x), log.node(closed_form(base))] for x, base in stand]
    more = {"reciprocals": reciprocals} if reciprocals else {}
    return log.given("scales", call.result, of=of, letter=log.letters.id(t), **more)
