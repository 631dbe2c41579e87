"""A product as one fraction with its sign, written with as few minus signs as possible and nothing multiplied out.

(κ₂ m₂ − κ₁²)/κ₂ instead of −(κ₁² − κ₂ m₂)/κ₂; sums of dimensions start with a plus: −(T − 2) b and not (2 − T) b.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import sympy

from symicl.typeset.notation import OTHER, symbol_rank, term_key


@dataclass(frozen=True)
class Fraction:
    """± numerator · above / (denominator · below), with whole numbers > 0 beside the other factors."""

    negative: bool
    numerator: int
    above: tuple[sympy.Expr, ...]
    denominator: int
    below: tuple[sympy.Expr, ...]

    @property
    def is_product(self) -> bool:
        """True if there is no fraction bar."""
        return self.denominator == 1 and not self.below


def fraction_of(scalars: Iterable[sympy.Expr]) -> Fraction:
    """The product of some scalars, which is not evaluated."""
    top, bottom = _split(scalars)
    coefficient, above = _coefficient(top)
    divisor, below = _coefficient(bottom)
    value = coefficient / divisor
    negative = bool(value < 0)
    chosen = [_shorter(factor) for factor in (*above, *below)]
    negative ^= len([factor for factor, turned in chosen if turned]) % 2 == 1
    factors = [factor for factor, _ in chosen]
    alone = len(factors) == 1 and not below and value in (1, -1)  # a term x − (y − 2) stays as it is
    if negative and not alone:
        # Fractions with a known sign, such as 1/(t − 2) for t < 2, are often turned below: it is tried first.
        order = (*range(len(above), len(factors)), *range(len(above)))
        place = next((i for i in order if _turns_for_nothing(factors[i])), None)
        if place is not None:
            factors[place], negative = _turned(factors[place]), False
    top, bottom = factors[: len(above)], factors[len(above) :]
    return Fraction(negative, abs(value.p), tuple(top), value.q, tuple(bottom))


@lru_cache(maxsize=2**14)
def minus_signs(expression: sympy.Expr) -> int:
    """The minus signs that are written in a sum or product."""
    total = 0
    for term in sympy.Add.make_args(expression):
        parts = fraction_of([term])
        total += parts.negative
        total += sum(minus_signs(_base(f)) for f in (*parts.above, *parts.below) if _is_sum(f))
    return total


def _shorter(factor: sympy.Expr) -> tuple[sympy.Expr, bool]:
    """The factor or its negative, and whether it is the negative."""
    if not _is_sum(factor) or not _is_odd(factor):
        return factor, False
    base, turned = _base(factor), _base(_turned(factor))
    if _counts(base):
        decides = [min(base.args, key=term_key)] if len(base.args) == 2 else base.args
        turns = all(map(_is_negative, decides))
    else:
        turns = minus_signs(turned) < minus_signs(base)
    return (_turned(factor), True) if turns else (factor, False)


def _turns_for_nothing(factor: sympy.Expr) -> bool:
    """True if the negative of a factor has no more minus signs."""
    if not _is_sum(factor) or not _is_odd(factor) or _counts(_base(factor)):
        return False
    return minus_signs(_base(_turned(factor))) <= minus_signs(_base(factor))


def _base(factor: sympy.Expr) -> sympy.Expr:
    return factor.base if isinstance(factor, sympy.Pow) else factor


def _is_sum(factor: sympy.Expr) -> bool:
    return isinstance(_base(factor), sympy.Add)


def _is_odd(factor: sympy.Expr) -> bool:
    return not isinstance(factor, sympy.Pow) or (factor.exp.is_Integer and factor.exp % 2 == 1)


def _counts(total: sympy.Expr) -> bool:
    """True for a sum of dimensions, which is as a rule positive as it stands: 3n − 2, T − 2."""
    return all(symbol_rank(s)[0] < OTHER for s in total.free_symbols) and total.is_polynomial()


def _is_negative(term: sympy.Expr) -> bool:
    return fraction_of([term]).negative


def _turned(factor: sympy.Expr) -> sympy.Expr:
    """−factor, for a sum or an odd power of one."""
    if isinstance(factor, sympy.Pow):
        return sympy.Pow(_turned(factor.base), factor.exp, evaluate=False)
    return sympy.Add(*(_minus(term) for term in factor.args), evaluate=False)


def _minus(term: sympy.Expr) -> sympy.Expr:
    """−term, nothing multiplied out."""
    if term.is_number:
        return -term
    number, *rest = term.args if isinstance(term, sympy.Mul) else (term,)
    if not number.is_Rational:
        number, rest = sympy.Integer(1), [number, *rest]
    if number == -1:
        return rest[0] if len(rest) == 1 else sympy.Mul(*rest, evaluate=False)
    return sympy.Mul(-number, *rest, evaluate=False)


def _split(scalars: Iterable[sympy.Expr]) -> tuple[list[sympy.Expr], list[sympy.Expr]]:
    """The factors above and below the fraction bar."""
    above: list[sympy.Expr] = []
    below: list[sympy.Expr] = []
    for scalar in scalars:
        for factor in sympy.Mul.make_args(scalar):
            negative = isinstance(factor, sympy.Pow) and factor.exp.is_Number and factor.exp.is_negative
            if negative and factor.base is not sympy.E:
                below.append(sympy.Pow(factor.base, -factor.exp))
            elif isinstance(factor, sympy.Mul):
                more = _split([factor])
                above += more[0]
                below += more[1]
            else:
                above.append(factor)
    return above, below


def _coefficient(factors: list[sympy.Expr]) -> tuple[sympy.Rational, list[sympy.Expr]]:
    """The rational number among some factors, and the others."""
    value, others = sympy.Integer(1), []
    for factor in factors:
        if isinstance(factor, sympy.Rational):
            value *= factor
        else:
            others.append(factor)
    return value, others
