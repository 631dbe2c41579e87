"""A stated closed form in n against the derived one: proved by its coefficients, refuted by exact numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import sympy
from sympy.core.evalf import PrecisionExhausted

from symicl.algebra import ClosedForm, exact_scalar, read_form
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.numeric import evaluate
from symicl.verdicts import PROVED, REFUTED, UNDECIDED, Provable

Powers = list[tuple[ClosedForm, ClosedForm]]
"""Pairs (λ, c) of a sum Σ c λⁿ with different λ; c may hold n."""

DIGITS = 15
"""Digits of a difference of irrational values, each of which holds; none can be had of zero."""
POINTS = (2, 3, 5, 7, 11)
"""Sizes that are tried; other scalars are fractions made of them."""


@dataclass(frozen=True, repr=False)
class RecursionVerdict(Provable):
    """The decision on a stated closed form.

    Attributes
    ----------
    verdict : str
        "proved", "refuted" or "undecided".
    instance : dict
        Of a refuted one: exact values of all symbols by name.
    stated, derived : sympy.Expr, optional
        The two values there.
    """

    verdict: str
    instance: Mapping[str, sympy.Expr] = field(default_factory=dict)
    stated: sympy.Expr | None = None
    derived: sympy.Expr | None = None

    def __repr__(self) -> str:
        if self.verdict != REFUTED:
            return f"RecursionVerdict({self.verdict})"
        where = ", ".join(f"{name}={value}" for name, value in self.instance.items())
        return f"RecursionVerdict(refuted: at {where} it is {self.derived}, not {self.stated})"


def compare(
    derived: Powers | None,
    claim: Any,
    tokens: sympy.Symbol | int,
    symbols: Mapping[str, sympy.Basic],
    value_at: Callable[..., sympy.Rational],
) -> RecursionVerdict:
    """Decide whether a claim equals the derived closed form.

    Parameters
    ----------
    derived : list of pairs, or None if there is no closed form
    claim : SymPy expression or number
    tokens : symbol or int
    symbols : dict
        Those of the derived value, by name.
    value_at : callable
        The exact value at numbers by name, found without the closed form.
    """
    expression = exact_scalar(claim, "the claim")
    strange = sorted(str(s) for s in expression.free_symbols - set(symbols.values()))
    if strange:
        raise InputError(
            f"{', '.join(strange)} is no symbol of this recursion; they are {', '.join(symbols)}"
        )
    if derived is not None:
        try:
            difference = collected([*derived, *((base, -c) for base, c in read_powers(expression, tokens))])
        except UnsupportedError:
            difference = None
        if difference == []:
            return RecursionVerdict(PROVED)
    for values in _instances(symbols):
        try:
            stated = evaluate(expression, {symbols[name]: value for name, value in values.items()})
            true = value_at(**values)
        except (SymiclError, ZeroDivisionError):
            continue
        if _differ(stated, true):
            return RecursionVerdict(REFUTED, values, stated, true)
    return RecursionVerdict(UNDECIDED)


def _differ(stated: sympy.Expr, true: sympy.Expr) -> bool:
    """True if a stated value is another number; an irrational one is where a digit of the difference is proven."""
    if stated.is_Rational:
        return bool(stated != true)
    try:
        return bool((stated - true).evalf(DIGITS, strict=True) != 0)
    except (PrecisionExhausted, TypeError, ValueError):
        return False


def read_powers(expression: sympy.Expr, tokens: sympy.Symbol | int) -> Powers:
    """A sum of products of rational functions and of powers with exponents linear in n.

    Raises
    ------
    UnsupportedError
        For anything else.
    """
    return collected(list(_read(expression, tokens)))


def same_powers(one: sympy.Expr, other: sympy.Expr, tokens: sympy.Symbol) -> bool:
    """True if two sums of powers with exponents linear in n are equal, all symbols free.

    Raises
    ------
    UnsupportedError
        If one of them is no such sum.
    """
    minus = ((base, -c) for base, c in read_powers(other, tokens))
    return not collected([*read_powers(one, tokens), *minus])


def collected(powers: Powers) -> Powers:
    """The same with different bases and without zeros."""
    found: Powers = []
    for base, c in powers:
        place = next((k for k, (known, _) in enumerate(found) if known == base), None)
        if place is None:
            found.append((base, c))
        else:
            found[place] = base, found[place][1] + c
    return [(base, c) for base, c in found if c]


def _read(expression: sympy.Expr, n: sympy.Symbol | int) -> Iterator[tuple[ClosedForm, ClosedForm]]:
    if not any(isinstance(p, sympy.Pow) and p.exp.has(n) for p in sympy.preorder_traversal(expression)):
        yield ClosedForm.number(1), read_form(expression)
    elif isinstance(expression, sympy.Add):
        for term in expression.args:
            yield from _read(term, n)
    elif isinstance(expression, sympy.Mul):
        for parts in product(*(list(_read(factor, n)) for factor in expression.args)):
            base, c = ClosedForm.number(1), ClosedForm.number(1)
            for other_base, other_c in parts:
                base, c = base * other_base, c * other_c
            yield base, c
    elif isinstance(expression, sympy.Pow) and expression.exp.has(n):
        slope, rest = sympy.expand(expression.exp).as_independent(n, as_Add=True)[::-1]
        slope = sympy.cancel(slope / n)
        base = read_form(expression.base)
        if not (slope.is_Integer and rest.is_Integer):
            raise UnsupportedError(f"the exponent of {expression} is not linear in {n} with integers")
        yield base ** int(slope), base ** int(rest)
    elif isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
        yield from _read(sympy.Mul(*[expression.base] * int(expression.exp), evaluate=False), n)
    else:
        raise UnsupportedError(f"{expression} is not a sum of powers with exponent {n}")


def _instances(symbols: Mapping[str, sympy.Basic]) -> Iterator[dict[str, Any]]:
    """A few exact points at which all symbols differ."""
    if any(not isinstance(symbol, sympy.Symbol) for symbol in symbols.values()):
        return
    for shift in range(len(POINTS)):
        values: dict[str, Any] = {}
        for k, (name, symbol) in enumerate(symbols.items()):
            prime = POINTS[(k + shift) % len(POINTS)] + k // len(POINTS)
            values[name] = sympy.Integer(prime) if symbol.is_integer else sympy.Rational(prime, 13)
        yield values
