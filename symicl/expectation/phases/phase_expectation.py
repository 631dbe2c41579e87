"""An expectation over random phases, with the law of the first vector still to be put in."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from symicl.algebra import Polynomial, closed_form, read_scalar, reported
from symicl.errors import DerivationError
from symicl.expectation.phases.entry_sums import Factors, blocks_of, distinct_sum, unrestricted
from symicl.expectation.phases.in_time import InTime, total_in_time
from symicl.expectation.phases.moments import ExchangeableLaw, MomentLaw, falling
from symicl.expectation.phases.square_sums import in_entry_sums
from symicl.expectation.phases.terms import Term

PHASES = "phases"
"""The rule of an average over phases; `symicl.expectation.phases.phases_log` writes it."""


class Pattern(NamedTuple):
    """The rest of a term once it is decided which coordinates coincide.

    Attributes
    ----------
    degrees : tuple of (int, int)
        For each block of coordinates the powers of x_1 at the coordinate and at its partner.
    factors : tuple of Factor
        Entries of parameters that stay as they are, at (block, sign).
    """

    degrees: tuple[tuple[int, int], ...]
    factors: Factors


@dataclass(frozen=True)
class PhaseExpectation:
    """E over the phases, as a sum over patterns of coordinates; the law of x_1 is not used yet.

    Attributes
    ----------
    patterns : dict from Pattern to InTime
    paired : bool
    terms : tuple of Term
        What it is the expectation of, with its summed times named 1, 2, ….
    """

    patterns: dict[Pattern, InTime]
    paired: bool
    terms: tuple[Term, ...] = field(default=(), compare=False, repr=False)

    @reported(PHASES)
    def over(self, law: MomentLaw, *, distinct: bool = False) -> InTime:
        """E over x_1 as well.

        Parameters
        ----------
        law : MomentLaw
        distinct : bool
            Keep sums over different coordinates; by default entries of matrices end up in sums over all
            coordinates, such as Σ_ij C_ij².
        """
        return total_in_time(
            function * self._value(pattern, law, distinct) for pattern, function in self.patterns.items()
        )

    @reported(PHASES)
    def in_squares(self, law: MomentLaw, stated: InTime) -> InTime:
        """E over x_1 as well, written with sums of squares of combinations of entries.

        Parameters
        ----------
        law : MomentLaw
        stated : InTime
            The average with letters for `SquareSum`; it is compared with the average itself.

        Raises
        ------
        DerivationError
            If it is another function of t.
        """
        found = self.over(law)
        for one, other in ((found.powers, stated.powers), (found.exceptions, stated.exceptions)):
            for place in one.keys() | other.keys():
                if in_entry_sums(other.get(place, Polynomial()), law.d) != closed_form(
                    one.get(place, Polynomial())
                ):
                    raise DerivationError("the average is not this combination of sums of squares")
        # Copies, which come from this average alone.
        return InTime(*({k: copy(p) for k, p in part.items()} for part in (stated.powers, stated.exceptions)))

    def _value(self, pattern: Pattern, law: MomentLaw, distinct: bool) -> Polynomial:
        exponents = [k for both in pattern.degrees for k in both]
        if not pattern.factors:
            if not self.paired:
                exponents = [k for k, _ in pattern.degrees]
            return law.summed(exponents, len(pattern.degrees), self.paired)
        moment = law.single(exponents)
        if not moment:
            return moment
        assert isinstance(law, ExchangeableLaw)
        attached = len(blocks_of(pattern.factors))
        step = 2 if self.paired else 1
        choices = read_scalar(falling(law.d, attached, len(pattern.degrees) - attached, step))
        if distinct:
            return moment * choices * distinct_sum(pattern.factors)
        return moment * choices * unrestricted(pattern.factors, self.paired)
