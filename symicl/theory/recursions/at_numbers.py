"""Recursions at numbers: exact powers and products of rational matrices, and balls where exact numbers are too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy

from symicl.algebra import ClosedForm
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import evaluate, flint_rational, proven_digits, sympy_rational
from symicl.tasks import exact_values
from symicl.theory.recursions.invariants import InvariantMap, Row

MAX_EXACT_BITS = 50_000_000
"""Length of an exact value beyond which it is refused."""
Values = Mapping[sympy.Basic, Any]


@dataclass(frozen=True)
class NumericMap:
    """The map of a recursion at numbers: row · M_n ⋯ M_1 · initial.

    Attributes
    ----------
    row : 1 × k rational matrix
    matrices : one k × k rational matrix per token, or a single one for all of them
    initial : k × 1 rational matrix
    tokens : int
    """

    row: flint.fmpq_mat
    matrices: Sequence[flint.fmpq_mat]
    initial: flint.fmpq_mat
    tokens: int

    def exact(self) -> sympy.Rational:
        """The value as a rational number.

        Raises
        ------
        UnsupportedError
            If it would have more than `MAX_EXACT_BITS` bits.
        """
        bits = max(_integer(m)[1].bit_length() for m in self.matrices) * self.tokens
        if bits > MAX_EXACT_BITS:
            raise UnsupportedError(
                f"the exact value after {self.tokens} tokens has about {bits} bits; digits=17 gives its first digits, "
                "which are proven"
            )
        if len(self.matrices) == 1:
            product, scale = _integer(self.matrices[0])
            product, scale = product**self.tokens, scale**self.tokens
        else:
            product, scale = _product([_integer(m) for m in self.matrices])
        row, below = _integer(self.row)
        column, under = _integer(self.initial)
        value = (row * product * column)[0, 0] if self.tokens else (row * column)[0, 0]
        scale = scale if self.tokens else flint.fmpz(1)
        return sympy_rational(flint.fmpq(value, scale * below * under))

    def enclosed(self, digits: int) -> sympy.Float:
        """The value with proven digits."""

        def enclose() -> list[flint.arb] | None:
            u = flint.arb_mat(self.initial)
            if len(self.matrices) == 1:
                u = flint.arb_mat(self.matrices[0]) ** self.tokens * u
            else:
                for matrix in self.matrices:
                    u = flint.arb_mat(matrix) * u
            return [(flint.arb_mat(self.row) * u)[0, 0]]

        (value,) = proven_digits(enclose, digits, "the value of the recursion")
        return value


def by_name(
    found: InvariantMap,
    initial: Sequence[ClosedForm],
    tokens: sympy.Symbol | int,
    symbols: Mapping[str, sympy.Basic],
    numbers: Mapping[str, Any],
) -> NumericMap:
    """The map at numbers by name; a list for a scalar is one value per token.

    Raises
    ------
    InputError
        For an unknown, missing or impossible value.
    """
    lists = {name: value for name, value in numbers.items() if _is_schedule(symbols.get(name), value)}
    single = {name: symbol for name, symbol in symbols.items() if name not in lists}
    values = exact_values(single, {name: value for name, value in numbers.items() if name not in lists})
    schedules = {symbols[name]: list(value) for name, value in lists.items()}
    return numeric_map(found, initial, int(values.get(tokens, tokens)), values, schedules)


def _is_schedule(symbol: sympy.Basic | None, value: Any) -> bool:
    return isinstance(symbol, sympy.Symbol) and (isinstance(value, list | tuple) or hasattr(value, "tolist"))


def numeric_map(
    found: InvariantMap,
    initial: Sequence[ClosedForm],
    tokens: int,
    values: Values,
    schedules: Mapping[sympy.Symbol, Sequence[Any]],
) -> NumericMap:
    """The map with numbers for all symbols; those of ``schedules`` have one number per token."""
    size = len(found.invariants)
    row = flint.fmpq_mat(1, size, [_number(found.quantity.get(j), values) for j in range(size)])
    column = flint.fmpq_mat(size, 1, [_number(entry, values) for entry in initial])
    if not schedules:
        entries = [_number(found.matrix[i].get(j), values) for i in range(size) for j in range(size)]
        return NumericMap(row, [flint.fmpq_mat(size, size, entries)], column, tokens)
    symbols = list(schedules)
    for symbol in symbols:
        if len(schedules[symbol]) != tokens:
            raise InputError(
                f"{symbol} has {len(schedules[symbol])} values, but there are {tokens} tokens; give one per token"
            )
        _refuse_elsewhere(symbol, [*found.quantity.values(), *initial])
    polynomials = [
        _in_schedule(found.matrix[i], j, symbols, values) for i in range(size) for j in range(size)
    ]
    matrices = [
        flint.fmpq_mat(size, size, [_evaluated(terms, at) for terms in polynomials])
        for at in zip(*([_fmpq(x) for x in schedules[symbol]] for symbol in symbols), strict=True)
    ]
    return NumericMap(row, matrices or [flint.fmpq_mat(size, size)], column, tokens)


def _refuse_elsewhere(symbol: sympy.Symbol, entries: Sequence[ClosedForm]) -> None:
    if any(entry.expr.has(symbol) for entry in entries):
        raise InputError(
            f"{symbol} stands in the quantity or in the state before the first token; give it one number, not one "
            "per token"
        )


Monomials = list[tuple[flint.fmpq, tuple[int, ...]]]


def _in_schedule(row: Row, j: int, symbols: Sequence[sympy.Symbol], values: Values) -> Monomials:
    """An entry as a polynomial in the symbols that change from token to token."""
    if j not in row:
        return []
    expression = row[j].expr
    top, bottom = sympy.fraction(sympy.together(expression))
    if bottom.has(*symbols):
        raise UnsupportedError(f"{expression} is not polynomial in {', '.join(map(str, symbols))}")
    terms = sympy.Poly(top, *symbols).terms()
    below = _fmpq(evaluate(bottom, values))
    return [(_fmpq(evaluate(c, values)) / below, powers) for powers, c in terms]


def _evaluated(terms: Monomials, at: Sequence[flint.fmpq]) -> flint.fmpq:
    total = flint.fmpq(0)
    for c, powers in terms:
        for x, power in zip(at, powers, strict=True):
            if power:
                c = c * x**power
        total += c
    return total


def _number(entry: ClosedForm | None, values: Values) -> flint.fmpq:
    return flint.fmpq(0) if entry is None else _fmpq(evaluate(entry.expr, values))


def _fmpq(value: Any) -> flint.fmpq:
    try:
        return flint_rational(value)
    except (TypeError, ValueError, ArithmeticError):
        raise InputError(
            f"{value} is not a rational number; give an integer, a fraction or a decimal"
        ) from None


Scaled = tuple[flint.fmpz_mat, flint.fmpz]
"""An integer matrix and the number that it is divided by."""


def _integer(matrix: flint.fmpq_mat) -> Scaled:
    return matrix.numer_denom()


def _product(matrices: Sequence[Scaled]) -> Scaled:
    """M_n ⋯ M_1, halves first, so that long numbers meet each other only."""
    level = list(matrices)
    while len(level) > 1:
        pairs = [
            (after[0] * before[0], after[1] * before[1])
            for before, after in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]
