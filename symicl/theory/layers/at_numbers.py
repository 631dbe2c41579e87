"""Depth at numbers: exact normal equations, steps in balls, and the best real steps where roots are complex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy

from symicl.errors import DerivationError
from symicl.numeric import CertifiedMinimum, evaluate, infimum, proven_digits, real_roots, sympy_rational
from symicl.theory.layers.gram import Gram

Matrix = list[list[flint.fmpq]]


@dataclass(frozen=True)
class DepthAt:
    """The optimum of a depth at numbers.

    Attributes
    ----------
    excess : sympy.Rational, sympy.Float or None
        The least excess loss over real steps; a Float has proven digits. None where only the bound is known.
    loss : sympy.Expr or None
        The same with the variance of the noise.
    steps : tuple
        The steps, ascending; empty where only the bound is known.
    lower_bound : sympy.Expr
        The least excess loss over all polynomials.
    attained : str
        "steps" where real steps reach the lower bound, otherwise "lower bound".
    """

    excess: sympy.Expr | None
    loss: sympy.Expr | None
    steps: tuple[Any, ...]
    lower_bound: sympy.Expr
    attained: str


def depth_at(gram: Gram, layers: int, values: Mapping[sympy.Basic, Any], digits: int) -> DepthAt:
    """The optimum over a step per layer."""
    g = gram.at(layers + 1, values)
    noise = evaluate(gram.task.noise, values)
    coefficients = best_coefficients(g)
    bound = sympy_rational(sum((a * g[0][j] for j, a in enumerate(coefficients)), flint.fmpq(0)))
    steps = _real_steps(coefficients, digits)
    if steps is not None:
        return DepthAt(bound, bound + noise, steps, bound, "steps")
    best = with_equal_steps(g)
    if best is None:
        return DepthAt(None, None, (), bound, "lower bound")
    return DepthAt(best.value, best.value + noise, _steps_beside(g, best.at), bound, "lower bound")


def best_coefficients(g: Matrix) -> list[flint.fmpq]:
    """The minimiser of Σ a_i a_j g_ij with a₀ = 1, unique because the form is positive definite, which is checked."""
    size = len(g) - 1
    inner = flint.fmpq_mat(size, size, [g[i][j] for i in range(1, size + 1) for j in range(1, size + 1)])
    for k in range(1, size + 1):
        if flint.fmpq_mat(k, k, [inner[i, j] for i in range(k) for j in range(k)]).det() <= 0:
            raise DerivationError("the moments of a depth are not positive definite")
    right = flint.fmpq_mat(size, 1, [-g[i][0] for i in range(1, size + 1)])
    return [flint.fmpq(1), *inner.solve(right).entries()]


def _real_steps(coefficients: Sequence[flint.fmpq], digits: int) -> tuple[sympy.Float, ...] | None:
    """The steps as roots of ηᴸ p(1/η), ascending; None if they are not real and distinct."""
    polynomial = flint.fmpq_poly(list(reversed(coefficients)))
    if len(real_roots(polynomial)) < polynomial.degree():
        return None

    def enclose() -> list[flint.arb]:
        return sorted(real_roots(polynomial), key=lambda ball: float(ball.mid()))

    return proven_digits(enclose, digits, "the steps")


def with_equal_steps(g: Matrix) -> CertifiedMinimum | None:
    """The least form over p = (1 − ηλ)² q(λ), q of degree L − 2, for up to three layers; None for more.

    The best polynomial has complex roots. On a path from it to any one with real roots, the convex form grows from the
    point on at which two roots first meet: the best real steps have two that are equal.
    """
    parts = _square_times_rest(g)
    return None if parts is None else infimum(*parts)


def _square_times_rest(g: Matrix) -> tuple[flint.fmpq_poly, flint.fmpq_poly] | None:
    """The form at (1 − ηλ)² q(λ) with the best q, as a fraction of polynomials in η."""
    one = flint.fmpq_poly([1])
    square = [one, flint.fmpq_poly([0, -2]), flint.fmpq_poly([0, 0, 1])]
    if len(g) == 3:
        return _form(g, square, square), one
    if len(g) == 4:
        still, moved = [*square, flint.fmpq_poly()], [flint.fmpq_poly(), *square]
        low, cross, high = _form(g, still, still), _form(g, still, moved), _form(g, moved, moved)
        return low * high - cross * cross, high
    return None


def _form(g: Matrix, p: Sequence[flint.fmpq_poly], q: Sequence[flint.fmpq_poly]) -> flint.fmpq_poly:
    return sum((p[i] * q[j] * g[i][j] for i in range(len(g)) for j in range(len(g))), flint.fmpq_poly())


def _steps_beside(g: Matrix, twice: float) -> tuple[float, ...]:
    """The steps at the minimum, rounded: one twice, and the best third one."""
    if len(g) == 3:
        return (twice, twice)
    square = [1.0, -2 * twice, twice**2]
    numbers = [[float(x) for x in row] for row in g]
    still, moved = [*square, 0.0], [0.0, *square]
    cross, high = (
        sum(p[i] * moved[j] * numbers[i][j] for i in range(4) for j in range(4)) for p in (still, moved)
    )
    return tuple(sorted((twice, twice, cross / high)))
