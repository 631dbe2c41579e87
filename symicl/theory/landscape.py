"""The landscape of the loss of linear self-attention: its stationary points, predicted exactly.

The global minimum is not the only stationary point. For a fixed output vector w = (a; c) the loss is a convex
quadratic in M, and it is invariant under rotations, so that its minimiser has the form

    B = p Σ⁻¹ + q a aᵀ,   g = r a        (Σ the covariate covariance, M = (B ·; gᵀ ·)),

in which every word of the loss collapses to a polynomial in s = aᵀΣa and the scalars of the task. Scaling
(w, M) → (t w, M/t) changes nothing, so c = 1. Minimising over p, q, r gives the profile E(s), a rational
function. Its local minima are local minima of the loss; s = 0 is the global one, s = ∞ means c = 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy
from sympy.matrices.expressions import Identity
from sympy.polys.fields import FracElement
from sympy.polys.rings import PolyElement

from symicl.algebra.letters import MEANING, ONE, ROWS, letter
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial
from symicl.algebra.reader import dimension_index, symbol_letter
from symicl.algebra.symbols import Covariance
from symicl.algebra.words import Monomial
from symicl.errors import UnsupportedError
from symicl.theory.compile import split_parameters
from symicl.theory.fields import ScalarField
from symicl.theory.loss import Loss

S = sympy.Symbol("s", nonnegative=True)
"""The ratio aᵀΣa / c²."""


@dataclass(frozen=True)
class Profile:
    """min over M of the loss at fixed w, as a function of s = aᵀΣa/c².

    Attributes
    ----------
    loss : Loss
        Whose profile it is.
    element : FracElement
        The profile in the field of rational functions of s and the scalars of the task.
    """

    loss: Loss
    element: FracElement

    @cached_property
    def expr(self) -> sympy.Expr:
        """The profile as a SymPy expression in s and the symbols of the task."""
        return self.element.as_expr()

    def at(self, values: Mapping[sympy.Basic, Any]) -> ProfileAt:
        """The profile at exact values of the task's symbols."""
        return ProfileAt(*(self._in_s(part, values) for part in (self.element.numer, self.element.denom)))

    @staticmethod
    def _in_s(part: PolyElement, values: Mapping[sympy.Basic, Any]) -> sympy.Poly:
        """A polynomial in s and scalars, with numbers for the scalars."""
        numbers = [values[symbol] for symbol in part.ring.symbols[1:]]
        coefficients: dict[int, sympy.Expr] = {}
        for (power, *others), coefficient in part.terms():
            factors = [number**k for number, k in zip(numbers, others, strict=True)]
            term = sympy.Mul(sympy.Rational(coefficient.numerator, coefficient.denominator), *factors)
            coefficients[power] = coefficients.get(power, sympy.Integer(0)) + term
        return sympy.Poly(coefficients, S)


@dataclass(frozen=True)
class StationaryPoint:
    """A point where the gradient of the loss vanishes.

    Attributes
    ----------
    kind : "global minimum", "local minimum" or "saddle"
    s : float
        aᵀΣa/c² there; infinite when c = 0, nan at zero weights.
    loss, excess : float
        The loss there, and its excess over the global minimum.
    """

    kind: str
    s: float
    loss: float
    excess: float

    @property
    def text(self) -> str:
        """In words, for reports."""
        where = "zero weights" if math.isnan(self.s) else f"s = {self.s:.4g}"
        return f"{self.kind} at {where}, predicted loss {self.loss:.6g} (excess {self.excess:.4g})"


@dataclass(frozen=True)
class ProfileAt:
    """A profile at numbers: a quotient of two polynomials in s with exact coefficients."""

    num: sympy.Poly
    den: sympy.Poly

    def value(self, s: Fraction | int | sympy.Rational) -> sympy.Expr:
        """The exact value at a rational s."""
        point = sympy.Rational(Fraction(s)) if not isinstance(s, sympy.Expr) else s
        return self.num.eval(point) / self.den.eval(point)

    @cached_property
    def at_infinity(self) -> sympy.Expr:
        """The limit s → ∞."""
        degree = self.den.degree()
        return self.num.coeff_monomial(S**degree) / self.den.LC()

    @cached_property
    def _slope(self) -> sympy.Poly:
        """The numerator of E′; the denominator is a square."""
        return self.num.diff(S) * self.den - self.num * self.den.diff(S)

    @cached_property
    def stationary_points(self) -> tuple[StationaryPoint, ...]:
        """Every s ≥ 0 at which E is stationary, s = ∞ included, in the order of s.

        Roots of E′ are isolated in exact arithmetic, and minima told from maxima by the sign of E′ on either
        side. A saddle of the loss is a point where E is not minimal.
        """
        slope = self._slope
        base = self.value(0)
        points = [StationaryPoint("global minimum", 0.0, float(base), 0.0)]
        if slope.is_zero:
            return tuple(points)
        square_free = slope.quo(sympy.gcd(slope, slope.diff(S)))
        for (low, high), _ in square_free.intervals(inf=0):
            if low <= 0 <= high and slope.eval(0) == 0:
                continue
            low, high = (
                square_free.refine_root(low, high, eps=sympy.Rational(1, 10**20))
                if low != high
                else (low, high)
            )
            width = sympy.Rational(1, 10**18)
            signs = sympy.sign(slope.eval(low - width)), sympy.sign(slope.eval(high + width))
            kind = "local minimum" if signs == (-1, 1) else "saddle"
            middle = (low + high) / 2
            points.append(self._point(kind, float(middle), self.value(middle), base))
        falls = sympy.sign(slope.LC()) < 0
        points.append(
            self._point("local minimum" if falls else "saddle", float("inf"), self.at_infinity, base)
        )
        return tuple(points)

    @staticmethod
    def _point(kind: str, s: float, value: sympy.Expr, base: sympy.Expr) -> StationaryPoint:
        excess = value - base
        if kind == "local minimum" and excess == 0:
            kind = "global minimum"
        return StationaryPoint(kind, s, float(value), float(excess))


def profile(loss: Loss) -> Profile:
    """Derive E(s) from the closed-form loss.

    Parameters
    ----------
    loss : Loss
        Of linear self-attention, on a task with x ~ N(0, Σ) that is isotropic after whitening by Σ.

    Raises
    ------
    UnsupportedError
        If the loss has other parameters, or does not collapse to a function of s.
    """
    grids = {name: blocks.grid for name, blocks in loss.parameters.items()}
    if set(grids) != {"w", "M"} or len(grids["w"]) != 2 or len(grids["M"]) != 2:
        raise UnsupportedError(
            "the landscape is known for linear self-attention with parameters w and M only"
        )
    a, c = (_letter(row[0]) for row in grids["w"])
    big, small = _letter(grids["M"][0][0]), _letter(grids["M"][1][0].T)
    covariance, precision = _covariance(loss)
    p, q, r = (letter(("profile", name), ONE, ONE) for name in "pqr")
    vector = MatrixPolynomial.of(a)

    def scaled(matrix: MatrixPolynomial, by: int) -> MatrixPolynomial:
        return matrix * Polynomial({((by,),): 1})

    reduced = loss.polynomial.substitute(
        {
            big: scaled(precision, p) + scaled(vector @ vector.T, q),
            small: scaled(vector, r),
            c: MatrixPolynomial.identity(ONE),
        }
    )
    square = (vector.T @ covariance @ vector).trace()
    ((square_word,),) = square.terms
    return Profile(loss, _minimise(_read(reduced, square_word, (p, q, r))))


def _letter(block: MatrixPolynomial) -> int:
    ((monomial, word),) = block.terms
    return word[0] if word else monomial[0][0]


def _covariance(loss: Loss) -> tuple[MatrixPolynomial, MatrixPolynomial]:
    """Σ and Σ⁻¹ of the covariates."""
    law = getattr(loss.task, "covariate_cov", Identity(loss.task.d))
    if isinstance(law, Identity):
        identity = MatrixPolynomial.identity(dimension_index(loss.task.d))
        return identity, identity
    if not isinstance(law, Covariance):
        raise UnsupportedError(f"the landscape needs a covariance symbol for the covariates, not {law}")
    from symicl.algebra.letters import inverse_letter

    index = symbol_letter(law)
    return MatrixPolynomial.of(index), MatrixPolynomial.of(inverse_letter(index))


def _read(polynomial: Polynomial, square: tuple[int, ...], unknowns: tuple[int, int, int]) -> _Quadratic:
    """Sort the terms of a polynomial in scalars by their power of p, q, r."""
    scalars: dict[int, sympy.Symbol] = {}
    for monomial in polynomial.terms:
        for word in monomial:
            if word == square or word[0] in unknowns:
                continue
            if len(word) != 1 or ROWS[word[0]] != ONE:
                raise UnsupportedError(
                    "the loss is not invariant under rotations after whitening, so it has no profile in s alone"
                )
            meaning = MEANING[word[0]]
            if not isinstance(meaning, sympy.Symbol):
                raise UnsupportedError(
                    f"the loss contains {meaning}, which is not a polynomial in its symbols"
                )
            scalars[word[0]] = meaning
    # By name, so that equal profiles of different tasks are elements of one field.
    scalar_field = ScalarField([S, *sorted(set(scalars.values()), key=str)], {square: S})
    sorted_terms: dict[tuple[int, ...], dict[Monomial, Number]] = {}
    for monomial, coefficient in polynomial:
        degrees = tuple(sum(word == (unknown,) for word in monomial) for unknown in unknowns)
        rest = tuple(word for word in monomial if word[0] not in unknowns)
        terms = sorted_terms.setdefault(degrees, {})
        terms[rest] = terms.get(rest, 0) + coefficient
    parts = {degrees: scalar_field.element(Polynomial(terms)) for degrees, terms in sorted_terms.items()}
    return _Quadratic(parts, scalar_field.zero)


@dataclass(frozen=True)
class _Quadratic:
    """A quadratic in three unknowns, its coefficients by degree."""

    parts: dict[tuple[int, ...], FracElement]
    zero: FracElement

    def coefficient(self, *indices: int) -> FracElement:
        key = [0, 0, 0]
        for i in indices:
            key[i] += 1
        return self.parts.get(tuple(key), self.zero)


def _minimise(quadratic: _Quadratic) -> FracElement:
    """The minimum over the unknowns, by completing the square in one unknown after the other."""
    matrix = [[quadratic.coefficient(i, j) / (1 if i == j else 2) for j in range(3)] for i in range(3)]
    vector = [quadratic.coefficient(i) / 2 for i in range(3)]
    constant = quadratic.coefficient()
    for i in range(3):
        pivot = matrix[i][i]
        if not pivot:
            raise UnsupportedError("the loss does not depend on M in the way that its profile assumes")
        constant = constant - vector[i] ** 2 / pivot
        for j in range(i + 1, 3):
            factor = matrix[i][j] / pivot
            vector[j] = vector[j] - factor * vector[i]
            for k in range(i + 1, 3):
                matrix[j][k] = matrix[j][k] - factor * matrix[i][k]
    return constant


def position(loss: Loss, values: Mapping[sympy.Basic, Any], parameters: Mapping[str, Any]) -> float:
    """s = aᵀΣa/c² of numeric effective parameters."""
    from symicl.algebra.evaluate import evaluate, float_matrix

    blocks = split_parameters(loss.parameters, values, parameters)
    grid = loss.parameters["w"].grid
    a, c = (blocks[_letter(row[0])] for row in grid)
    law = getattr(loss.task, "covariate_cov", None)
    whitened = a if law is None else float_matrix(evaluate(law, values)) @ a
    square = float(c[0, 0]) ** 2
    return float((a * whitened).sum()) / square if square else float("inf")


def recognise(
    points: tuple[StationaryPoint, ...], excess: float, tolerance: float = 1e-3
) -> StationaryPoint | None:
    """The predicted stationary point whose excess loss is that of a converged run, or None.

    Parameters
    ----------
    points : tuple of StationaryPoint
    excess : float
        Excess loss at weights where the exact gradient is negligible.
    tolerance : float
        Largest relative deviation of the excess.
    """
    candidates = [p for p in points if abs(excess - p.excess) <= tolerance * max(p.excess, 0.0)]
    return min(candidates, key=lambda p: abs(excess - p.excess), default=None)
