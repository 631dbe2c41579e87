"""Laws of x_1 that are given by their moments, as symbols or numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.expectation.moments import check_moments
from symicl.expectation.phases.moments import ExchangeableLaw, Exponents, sorted_exponents


def power_text(exponents: Sequence[int]) -> str:
    """x_1^4 x_2^2 for the exponents (4, 2)."""
    return " ".join(f"x_{i + 1}^{k}" if k > 1 else f"x_{i + 1}" for i, k in enumerate(exponents)) or "1"


@dataclass(frozen=True)
class GivenMoments(ExchangeableLaw):
    """Moments given one by one, as symbols or numbers.

    Attributes
    ----------
    known : tuple of (exponents, value)
        See `given_moments`.
    symmetric : bool
        Moments with an odd exponent vanish.
    """

    known: tuple[tuple[Exponents, Any], ...] = ()
    symmetric: bool = True

    def moment(self, exponents: Exponents) -> Any:
        table = dict(self.known)
        if exponents in table:
            return table[exponents]
        if self.symmetric and any(k % 2 for k in exponents):
            return 0
        raise InputError(
            f"the moment E[{power_text(exponents)}] of x_1 is needed but not given; add {exponents}: … to the moments"
        )


def given_moments(d: Any, moments: Mapping[Exponents | int, Any], *, symmetric: bool = True) -> GivenMoments:
    """A law given by its moments.

    Parameters
    ----------
    d : number of coordinates
    moments : mapping
        From exponents of distinct coordinates, such as (4, 2) for E x_1⁴x_2² or 6 for E x_1⁶, to a symbol, an
        expression or an exact number.
    symmetric : bool
        Let all moments with an odd exponent vanish that are not given.

    Raises
    ------
    InputError
        If a moment is no exact scalar, or the even ones of one coordinate are moments of no law.
    """
    table = {}
    for key, value in moments.items():
        exponents = sorted_exponents((key,) if isinstance(key, int) else key)
        if isinstance(value, float) or not isinstance(value, int | Fraction | sympy.Expr):
            raise InputError(f"the moment {key} is {value!r}; give a symbol or an exact number")
        table[exponents] = value
    highest = max((k for k, *others in table if not others), default=0)
    of_one = [table.get((k,), sympy.nan) for k in range(2, highest + 1, 2)]
    check_moments([sympy.S(m) if isinstance(m, Fraction | int) else m for m in of_one], "a coordinate of x_1")
    return GivenMoments(d, tuple(sorted(table.items(), key=lambda item: item[0])), symmetric)


def kappa_law(d: Any) -> GivenMoments:
    """The moments that the convergence theorem of Zheng et al. (2024) names.

    m_2 = E x_j², κ_1 = E x_j⁴, κ_2 = E x_j⁶ and κ_3 = Σ_{r≠j} E x_j² x_r⁴; odd moments vanish.
    """
    m2, k1, k2, k3 = sympy.symbols("m_2 kappa_1 kappa_2 kappa_3", nonnegative=True)
    return given_moments(d, {2: m2, 4: k1, 6: k2, (4, 2): k3 / (d - 1)})


@dataclass(frozen=True)
class OpaqueMoments(ExchangeableLaw):
    """Every moment is a symbol: ``mu_42`` is E x_1⁴x_2².

    Attributes
    ----------
    symmetric : bool
        Moments with an odd exponent vanish.
    """

    symmetric: bool = False

    def moment(self, exponents: Exponents) -> Any:
        if self.symmetric and any(k % 2 for k in exponents):
            return 0
        return sympy.Symbol("mu_" + "".join(map(str, exponents)), real=True)
