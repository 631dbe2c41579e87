"""Sums in the shortest of a few forms: (T − 2) κ₂ + κ₃ H instead of T κ₂ + κ₃ H − 2 κ₂; every form is exact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.errors import DerivationError
from symicl.typeset.notation import OTHER, symbol_rank

MAX_ARRANGED_TERMS = 40
"""Terms up to which a sum is rearranged."""
MAX_SYMBOLS = 7
"""Symbols up to which each one alone is tried: the work doubles with every further one."""


# What is left of a sum when one symbol and then another one is taken out is the same in either order.
@lru_cache(maxsize=2**14)
def shortened(expression: sympy.Expr) -> sympy.Expr:
    """A product whose sums are collected where that makes them shorter.

    Parameters
    ----------
    expression : SymPy scalar
        Factored already.

    Raises
    ------
    DerivationError
        If a sum changed its value, which would be a defect.
    """
    if isinstance(expression, sympy.Add):
        return _sum(expression)
    if isinstance(expression, sympy.Mul):
        return _product(*map(shortened, expression.args))
    if isinstance(expression, sympy.Pow) and isinstance(expression.base, sympy.Add):
        return sympy.Pow(_sum(expression.base), expression.exp, evaluate=False)
    return expression


def _sum(total: sympy.Add) -> sympy.Expr:
    if not 2 < len(total.args) <= MAX_ARRANGED_TERMS:
        return total
    letters = {f: sympy.Dummy() for f in _generators(total) if not f.is_Symbol}
    plain = total.xreplace(letters)
    names = {dummy: f for f, dummy in letters.items()}
    if not plain.is_polynomial():
        return total
    best = min(_forms(plain, set(names)), key=_cost)
    if best is plain:
        return total
    if sympy.expand(best - plain) != 0:
        raise DerivationError(f"a sum changed its value when it was collected: {str(total)[:80]}")
    return _put_back(best, names)


def _cost(expression: sympy.Expr) -> int:
    """Operations, and letters that are written."""
    letters = sum(1 for node in sympy.preorder_traversal(expression) if node.is_Symbol)
    return int(sympy.count_ops(expression)) + letters


def _generators(total: sympy.Add) -> set[sympy.Expr]:
    """The generators of the sum as a polynomial: symbols, traces, harmonic numbers, sums over an index."""
    found = set()
    for term in total.args:
        for factor in sympy.Mul.make_args(term):
            base = factor.base if isinstance(factor, sympy.Pow) and factor.exp.is_Integer else factor
            if not base.is_number:
                found.add(base)
    return {g for g in found if not isinstance(g, sympy.Add | MatrixExpr)}


def _forms(plain: sympy.Expr, letters: set[sympy.Dummy]) -> Iterator[sympy.Expr]:
    """The sum itself, then collected in all parameters at once, and, if there are few, in each symbol."""
    yield plain
    symbols = sorted(plain.free_symbols, key=lambda s: (s not in letters, symbol_rank(s)))
    parameters = [s for s in symbols if s in letters or symbol_rank(s)[0] >= OTHER]
    single = reversed(symbols) if len(symbols) <= MAX_SYMBOLS else ()
    for chosen in [parameters, *([s] for s in single)]:
        if chosen:
            yield _collected(plain, chosen)


def _collected(plain: sympy.Expr, symbols: Iterable[sympy.Symbol]) -> sympy.Expr:
    """Σ monomial · coefficient, with the coefficients factored."""
    terms = []
    for powers, coefficient in sympy.Poly(plain, *symbols).terms():
        monomial = sympy.Mul(*(s**k for s, k in zip(symbols, powers, strict=True)))
        factored = shortened(sympy.factor(coefficient))
        if monomial == 1 and isinstance(factored, sympy.Add):
            terms += factored.args
        else:
            terms.append(_product(factored, monomial))
    return terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)


def _product(*factors: sympy.Expr) -> sympy.Expr:
    """A flat product in which nothing is multiplied out."""
    flat = [f for factor in factors for f in sympy.Mul.make_args(factor) if f != 1]
    if not flat or not any(isinstance(f, sympy.Add) for f in flat):
        return sympy.Mul(*flat)
    return flat[0] if len(flat) == 1 else sympy.Mul(*flat, evaluate=False)


def _put_back(expression: sympy.Expr, names: dict[sympy.Dummy, sympy.Expr]) -> sympy.Expr:
    """The letters replaced, without multiplying out anything."""
    if expression in names:
        return names[expression]
    if not names or not expression.has(*names):
        return expression
    return expression.func(*(_put_back(a, names) for a in expression.args), evaluate=False)
