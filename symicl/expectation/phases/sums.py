"""Closing the sum over the free time: T − 2, power sums, harmonic numbers."""

from __future__ import annotations

from dataclasses import dataclass

import sympy

from symicl.algebra import Call, ClosedForm, Log, Polynomial, closed_form, note, tell, written
from symicl.expectation.phases.in_time import FIRST_TIME, InTime
from symicl.expectation.phases.power_sums import sum_of_powers


def write(log: Log, call: Call) -> int:
    """The sum as a closed form; `symicl.statements.certificate` states what it is the sum of."""
    return log.data(call.result)


SUM = written("sum over t", write)


@dataclass(frozen=True)
class TimeSum:
    """Σ_{t=2}^{last} f(t) in closed form.

    Attributes
    ----------
    summand : InTime
    last : SymPy expression
        The last time of the sum, such as T − 1.
    """

    summand: InTime
    last: sympy.Expr

    @property
    def by_power(self) -> dict[int, ClosedForm]:
        """P_m for each m: the sum is Σ_m P_m Σ_{n=1}^{last−1} n^m, plus the exceptional times."""
        return {m: closed_form(p) for m, p in sorted(self.summand.powers.items(), reverse=True)}

    @property
    def exceptions(self) -> dict[int, ClosedForm]:
        """The corrections at single small t, for those t that the sum reaches (all of them, if T is a symbol)."""
        return {t: closed_form(p) for t, p in self._reached.items()}

    @property
    def _reached(self) -> dict[int, Polynomial]:
        reached = dict(sorted(self.summand.exceptions.items()))
        if self.last.is_Integer:
            reached = {t: p for t, p in reached.items() if t <= int(self.last)}
        return reached

    @property
    def reaches(self) -> int:
        """The closed form holds where the last time is at least this: then all exceptional times are summed."""
        return max([FIRST_TIME, *self._reached])

    @property
    def closed_form(self) -> ClosedForm:
        """The sum with its exceptions, in T and harmonic numbers of it."""
        total = Polynomial()
        for m, p in sorted(self.summand.powers.items(), reverse=True):
            total = total + p * sum_of_powers(m, self.last - 1)
        for p in self._reached.values():
            total = total + p
        note(SUM, (self,), total)  # one without any terms comes from nowhere else
        tell(SUM, (self,), total)
        return closed_form(total)

    @property
    def expr(self) -> sympy.Expr:
        """As a SymPy expression."""
        return self.closed_form.expr

    def at_last(self, last: int) -> TimeSum:
        """The sum up to a number; exceptional times beyond it are left out."""
        return TimeSum(self.summand, sympy.Integer(last))
