"""Schedules: the parameter of each token by itself, chosen best for what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import Trace, Transpose

from symicl.algebra import ClosedForm, exact_size
from symicl.errors import UnsupportedError
from symicl.numeric import evaluate, flint_rational, proven_digits
from symicl.tasks import exact_values
from symicl.theory.recursions.best_parameter import is_positive, quadratic_in
from symicl.theory.recursions.invariants import InvariantMap

INVARIANT = sympy.Symbol("v", nonnegative=True)
ZERO = ClosedForm.number(0)


@dataclass(frozen=True)
class ScheduleAt:
    """A schedule at numbers; all digits are proven.

    Attributes
    ----------
    value : sympy.Float
        The least expectation over all schedules.
    parameters : tuple of sympy.Float
        The best value for each token, the first token first.
    """

    value: sympy.Float
    parameters: tuple[sympy.Float, ...]


@dataclass(frozen=True, eq=False)
class Schedule:
    """The best value of a parameter for each token, from the expectation v of the invariant before it.

    The expectation after a token, A(β)v + B(β), is a quadratic in β that is least at ``parameter``. As A ≥ 0 for every
    β, less before a token is less after it; hence no other schedule that is fixed beforehand ends lower.

    Attributes
    ----------
    invariant : sympy.Expr
        A mean square, whose expectation is v.
    parameter, following : sympy.Expr
        The best β, and the v that it leads to, in the symbol v.
    initial : sympy.Expr
        v before the first token.
    scale, offset : sympy.Expr
        The quantity asked for is scale·v + offset.
    tokens : symbol or int
    """

    invariant: sympy.Expr
    parameter: sympy.Expr
    following: sympy.Expr
    initial: sympy.Expr
    scale: sympy.Expr
    offset: sympy.Expr
    tokens: sympy.Symbol | int

    @property
    def symbols(self) -> dict[str, sympy.Basic]:
        """The symbols that `at` needs a value for, by name."""
        parts = (
            self.parameter,
            self.following,
            self.initial,
            self.scale,
            self.offset,
            exact_size(self.tokens),
        )
        found = set().union(*(part.free_symbols for part in parts)) - {INVARIANT}
        return {symbol.name: symbol for symbol in sorted(found, key=str)}

    def at(self, *, digits: int = 17, **numbers: Any) -> ScheduleAt:
        """The schedule and its value at numbers, in balls of as many digits as it takes."""
        values = exact_values(self.symbols, numbers)
        tokens = int(values.get(self.tokens, self.tokens))
        best, after = (_Quotient.of(part, values) for part in (self.parameter, self.following))
        first, scale, offset = (
            flint_rational(evaluate(part, values)) for part in (self.initial, self.scale, self.offset)
        )

        def enclose() -> list[flint.arb]:
            v, parameters = flint.arb(first), []
            for _ in range(tokens):
                parameters.append(best(v))
                v = after(v)
            return [flint.arb(scale) * v + flint.arb(offset), *parameters]

        value, *parameters = proven_digits(enclose, digits, "the schedule")
        return ScheduleAt(value, tuple(parameters))


@dataclass(frozen=True)
class _Quotient:
    """A rational function of v with rational coefficients, on balls."""

    top: flint.fmpq_poly
    bottom: flint.fmpq_poly

    @classmethod
    def of(cls, expression: sympy.Expr, values: Mapping[sympy.Basic, Any]) -> _Quotient:
        parts = sympy.fraction(sympy.together(expression))
        top, bottom = (
            flint.fmpq_poly(
                [flint_rational(evaluate(c, values)) for c in sympy.Poly(part, INVARIANT).all_coeffs()[::-1]]
            )
            for part in parts
        )
        return cls(top, bottom)

    def __call__(self, v: flint.arb) -> flint.arb:
        top, bottom = (
            sum((flint.arb(c) * v**k for k, c in enumerate(part.coeffs())), flint.arb(0))
            for part in (self.top, self.bottom)
        )
        return top / bottom


def greedy_schedule(
    found: InvariantMap, initial: Sequence[ClosedForm], tokens: sympy.Symbol | int, symbol: sympy.Symbol
) -> Schedule:
    """The schedule that is best for each next token, with the conditions under which it is best of all.

    Raises
    ------
    UnsupportedError
        If one of them does not hold, or is not evident.
    """
    moving = [k for k, invariant in enumerate(found.invariants) if invariant != 1]
    if len(moving) != 1 or not _is_mean_square(found.invariants[moving[0]]):
        names = ", ".join(str(found.invariants[k]) for k in moving) or "none"
        raise UnsupportedError(
            f"the best value of {symbol} for one token decides the next one only where the quantity depends on one "
            f"mean square of the state; here on {names}. Write the step for the error itself"
        )
    (k,) = moving
    other = next((i for i, invariant in enumerate(found.invariants) if invariant == 1), -1)
    slope, shift = found.matrix[k].get(k, ZERO), found.matrix[k].get(other, ZERO)
    two, one, zero = quadratic_in(slope, symbol)
    two_shift, one_shift, zero_shift = quadratic_in(shift, symbol)
    front, offset = (found.quantity.get(i, ZERO).expr for i in (k, other))
    discriminant = sympy.expand(one**2 - 4 * two * zero)
    evident = (
        is_positive(two)
        and two_shift.is_nonnegative
        and bool(sympy.factor(discriminant).is_nonpositive or discriminant.is_nonpositive)
        and front.is_nonnegative
        and not front.has(symbol)
        and not offset.has(symbol)
    )
    if not evident:
        raise UnsupportedError(
            f"that the expectation after a token is a convex quadratic in {symbol}, and grows with the one before it, "
            "is not evident from the signs of the symbols; declare them with scalar(…, nonnegative=True)"
        )
    a, b, c = two * INVARIANT + two_shift, one * INVARIANT + one_shift, zero * INVARIANT + zero_shift
    return Schedule(
        found.invariants[k],
        sympy.factor(-b / (2 * a)),
        sympy.factor(c - b**2 / (4 * a)),
        initial[k].expr,
        front,
        offset,
        tokens,
    )


def _is_mean_square(invariant: sympy.Expr) -> bool:
    """True for tr AᵀA and tr AAᵀ."""
    if isinstance(invariant, sympy.Pow):
        return bool(invariant.exp.is_even)
    if not isinstance(invariant, Trace) or not isinstance(invariant.arg, sympy.MatMul | sympy.MatPow):
        return False
    if isinstance(invariant.arg, sympy.MatPow):
        return False
    factors = invariant.arg.args
    return len(factors) == 2 and (factors[0] == Transpose(factors[1]) or factors[1] == Transpose(factors[0]))
