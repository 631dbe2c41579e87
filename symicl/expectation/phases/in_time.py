"""Functions of the free time t = 2, 3, …: powers of n = t − 1, and explicit corrections at single small t."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from symicl.algebra import ClosedForm, Compound, Number, Polynomial, closed_form, total
from symicl.expectation.integrand import polynomial_of

FIRST_TIME = 2
"""The first time at which a model predicts."""


@dataclass(frozen=True)
class InTime(Compound):
    """f(t) = Σ_m n^m P_m with n = t − 1, exactly for every t ≥ 2.

    Attributes
    ----------
    powers : dict from int to Polynomial
        P_m; the exponent m may be negative.
    exceptions : dict from int to Polynomial
        What is to be added at single small t, where equations between times have solutions that they do not
        have for a general t (or the other way round).
    """

    powers: dict[int, Polynomial] = field(default_factory=dict)
    exceptions: dict[int, Polynomial] = field(default_factory=dict)

    @classmethod
    def constant(cls, value: Polynomial | Number) -> InTime:
        value = value if isinstance(value, Polynomial) else Polynomial.constant(value)
        return cls({0: value} if value else {})

    @classmethod
    def of_powers(cls, powers: Mapping[int, ClosedForm]) -> InTime:
        """Σ_m n^m P_m for closed forms P_m, whose denominators are products of letters."""
        return cls({m: polynomial_of(value) for m, value in powers.items() if value})

    def parts(self) -> Iterable[tuple[tuple[str, int], Polynomial]]:
        """Each polynomial with its power of n or its time."""
        yield from ((("power", m), value) for m, value in self.powers.items())
        yield from ((("time", t), value) for t, value in self.exceptions.items())

    def __bool__(self) -> bool:
        return bool(self.powers or self.exceptions)

    def __add__(self, other: InTime) -> InTime:
        return InTime(_sum(self.powers, other.powers), _sum(self.exceptions, other.exceptions))

    def __neg__(self) -> InTime:
        return self * -1

    def __sub__(self, other: InTime) -> InTime:
        return self + (-other)

    def __mul__(self, factor: Polynomial | Number) -> InTime:
        if not factor:
            return InTime()
        return InTime(*({k: p * factor for k, p in part.items()} for part in (self.powers, self.exceptions)))

    __rmul__ = __mul__

    def over_length(self, power: int) -> InTime:
        """f(t) / n^power."""
        if not power:
            return self
        return InTime(
            {m - power: p for m, p in self.powers.items()},
            {t: p * (Fraction(1) / Fraction(t - 1) ** power) for t, p in self.exceptions.items()},
        )

    def coefficient(self, m: int) -> ClosedForm:
        """P_m."""
        return closed_form(self.powers.get(m, 0))

    def at(self, t: int) -> ClosedForm:
        """f(t) for a number t ≥ 2."""
        value = self.exceptions.get(t, Polynomial())
        for m, p in self.powers.items():
            value = value + p * Fraction(t - 1) ** m
        return closed_form(value)


def total_in_time(parts: Iterable[InTime]) -> InTime:
    """The sum of many functions of t."""
    powers: dict[int, list[Polynomial]] = {}
    exceptions: dict[int, list[Polynomial]] = {}
    for part in parts:
        for collected, found in ((powers, part.powers), (exceptions, part.exceptions)):
            for key, value in found.items():
                collected.setdefault(key, []).append(value)
    sums = [{k: total(values) for k, values in part.items()} for part in (powers, exceptions)]
    return InTime(*[{k: value for k, value in part.items() if value} for part in sums])


def _sum(a: Mapping[int, Polynomial], b: Mapping[int, Polynomial]) -> dict[int, Polynomial]:
    total = dict(a)
    for key, value in b.items():
        value = total.get(key, Polynomial()) + value
        if value:
            total[key] = value
        else:
            total.pop(key, None)
    return total
