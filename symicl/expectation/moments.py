"""Even moments of a symmetric number, its cumulants, and how a moment that is not known is refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from math import comb

import sympy

from symicl.algebra import Polynomial, read_scalar
from symicl.errors import UnsupportedError

ORDINALS = {2: "second", 4: "fourth", 6: "sixth", 8: "eighth", 10: "tenth"}


class EvenMoments:
    """E z², E z⁴, … of a number z whose odd moments vanish.

    Parameters
    ----------
    values : sequence of SymPy scalars or None
        In this order, None for one that is not known.
    of : str
        The number, as errors name it.
    """

    def __init__(self, values: Sequence[sympy.Expr | None], of: str):
        self.values, self.of = tuple(values), of

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EvenMoments) and (self.values, self.of) == (other.values, other.of)

    def __hash__(self) -> int:
        return hash((self.values, self.of))

    def moment(self, order: int) -> Polynomial:
        """E z^order, for an even order.

        Raises
        ------
        UnsupportedError
            That names the moment, if it is not known.
        """
        if order == 0:
            return Polynomial.constant(1)
        known = self._read.get(order)
        if known is None:
            name = ORDINALS.get(order, f"{order}-th")
            raise UnsupportedError(f"this needs the {name} moment of {self.of}, which its law does not have")
        return known

    @cached_property
    def _read(self) -> dict[int, Polynomial]:
        return {2 * k + 2: read_scalar(v) for k, v in enumerate(self.values) if v is not None}

    def cumulant(self, order: int) -> Polynomial:
        """The cumulant of an even order: m_2k = Σ_j binom(2k − 1, 2j − 1) c_2j m_(2k − 2j).

        Raises
        ------
        UnsupportedError
            If a moment up to this order is not known.
        """
        rest = self.moment(order)
        for j in range(2, order, 2):
            rest = rest - self.cumulant(j) * self.moment(order - j) * comb(order - 1, j - 1)
        return rest
