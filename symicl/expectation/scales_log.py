"""An average over the squared scales of rows as an entry of a certificate, and their law as a field of their letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symicl.algebra import COLS, ONE, ROWS, Call, Log, Polynomial, closed_form
from symicl.expectation.average_log import moments_field, write_average
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
        return {"moments": moments_field(self.moments, data)}


def write(log: Log, call: Call) -> int:
    """An expectation over scales, with the letters that stand for reciprocals in it."""
    return write_average(log, call, "scales", call.arguments[1])
