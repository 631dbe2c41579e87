"""Invariants of a state under one more token, found by integrating the token, and the linear map on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from sympy.matrices.expressions import MatrixExpr, MatrixSymbol, Trace

from symicl.algebra import ClosedForm, read_form
from symicl.errors import UnsupportedError, brief
from symicl.expectation import expect
from symicl.theory.recursions.constant_matrices import ConstantMatrices, numbers_in

Row = dict[int, ClosedForm]
"""A row of a sparse matrix: entries by column, none of them zero."""

MAX_INVARIANTS = 60
"""Invariants after which a recursion counts as one that does not close."""
MAX_DEGREE = 8
"""Factors of the state in an invariant, after which the same holds."""


@dataclass(frozen=True)
class InvariantMap:
    """E[invariants after one more token | state] = matrix · invariants.

    Attributes
    ----------
    invariants : tuple of SymPy expressions
        Products of traces and scalars of the state, which may include 1.
    matrix : tuple of rows
        Entries are rational functions of dimensions and scalars.
    quantity : dict
        The row of the quantity that was asked for, in the invariants.
    """

    invariants: tuple[sympy.Expr, ...]
    matrix: tuple[Row, ...]
    quantity: Row


def find_invariants(
    quantity: sympy.Expr, step: Mapping[sympy.Basic, sympy.Basic], constants: frozenset[sympy.Basic]
) -> InvariantMap:
    """All invariants that a quantity leads to, and how one token maps them.

    Parameters
    ----------
    quantity : SymPy scalar
        Polynomial in the state, nothing in it random.
    step : mapping
        From each symbol of the state to its value after one more token; every Gaussian in it is drawn anew.
    constants : set of symbols
        Symbols that do not change and belong to invariants all the same, such as the task.

    Raises
    ------
    UnsupportedError
        If there are more than `MAX_INVARIANTS` of them, or a degree beyond `MAX_DEGREE`.
    """
    letters = frozenset(step) | constants
    places: dict[sympy.Expr, int] = {}
    matrices = ConstantMatrices()
    start = _row(quantity, letters, places, matrices)
    rows: list[Row] = []
    while len(rows) < len(places):
        invariant = list(places)[len(rows)]
        _refuse_growth(invariant, frozenset(step), len(places))
        after = expect(invariant.xreplace(dict(step))) if invariant.has(*step) else invariant
        rows.append(_row(after, letters, places, matrices))
    return InvariantMap(tuple(places), tuple(rows), start)


def split(expression: sympy.Expr, letters: frozenset[sympy.Basic]) -> dict[sympy.Expr, sympy.Expr]:
    """A polynomial in traces as coefficients by invariant: the factors that hold a letter, and all the others."""
    found: dict[sympy.Expr, sympy.Expr] = {}
    for term in sympy.Add.make_args(sympy.expand(expression)):
        inside: list[sympy.Expr] = []
        outside: list[sympy.Expr] = []
        for factor in sympy.Mul.make_args(term):
            (inside if factor.has(*letters) else outside).append(factor)
        invariant = sympy.Mul(*inside)
        found[invariant] = found.get(invariant, sympy.Integer(0)) + sympy.Mul(*outside)
    return found


def _row(
    expression: sympy.Expr,
    letters: frozenset[sympy.Basic],
    places: dict[sympy.Expr, int],
    matrices: ConstantMatrices,
) -> Row:
    """The coefficients of an expression; new invariants are given the next places."""
    row: Row = {}
    for found, coefficient in split(numbers_in(expression), letters).items():
        entry = read_form(coefficient)
        if not entry:
            continue
        for invariant, factor in matrices.reduced(found):
            place = places.setdefault(invariant, len(places))
            row[place] = row.get(place, ClosedForm.number(0)) + entry * read_form(factor)
    return {place: entry for place, entry in row.items() if entry}


def _refuse_growth(invariant: sympy.Expr, state: frozenset[sympy.Basic], count: int) -> None:
    if count > MAX_INVARIANTS or degree_of(invariant, state) > MAX_DEGREE:
        raise UnsupportedError(
            f"the invariants of this recursion do not close: one token after the other leads to new ones, such as "
            f"{brief(invariant)}. They close where the state enters its step linearly and the tokens have "
            "the covariance I (whiten them first) or a matrix of numbers"
        )


def degree_of(invariant: sympy.Expr, state: frozenset[sympy.Basic]) -> int:
    """The number of factors of the state in an invariant."""
    total = 0
    for factor in sympy.Mul.make_args(invariant):
        base, power = factor.as_base_exp()
        inner = base.arg if isinstance(base, Trace) else base
        factors = inner.args if isinstance(inner, sympy.MatMul) else (inner,)
        total += int(power) * sum(_holds(part, state) for part in factors)
    return total


def _holds(part: sympy.Basic, state: frozenset[sympy.Basic]) -> bool:
    symbol = part.arg if isinstance(part, sympy.Transpose) else part
    if isinstance(part, sympy.MatPow):
        symbol = part.base
    return symbol in state


def is_letter(symbol: object) -> bool:
    """True for a plain symbol of a scalar, a vector or a matrix."""
    return isinstance(symbol, sympy.Symbol | MatrixSymbol)


def is_scalar_valued(expression: sympy.Basic) -> bool:
    """True for a scalar or a 1×1 matrix."""
    return not isinstance(expression, MatrixExpr) or tuple(expression.shape) == (1, 1)
