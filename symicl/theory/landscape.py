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

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    ROWS,
    ClosedForm,
    Covariance,
    closed_form,
    dimension_index,
    letter,
    letter_of,
    monomials_of,
    scalar_letter,
    stationary_point,
    symbol_letter,
    with_letters,
)
from symicl.errors import DerivationError, UnsupportedError
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
    form : ClosedForm
        The profile in s and the scalars of the task.
    """

    loss: Loss
    form: ClosedForm

    @cached_property
    def expr(self) -> sympy.Expr:
        """The profile as a SymPy expression in s and the symbols of the task."""
        return self.form.expr

    def at(self, values: Mapping[sympy.Basic, Any]) -> ProfileAt:
        """The profile at exact values of the task's symbols."""
        return ProfileAt(*(_in_s(part, values) for part in self.form.fraction()))


def _in_s(form: ClosedForm, values: Mapping[sympy.Basic, Any]) -> sympy.Poly:
    """A form without a denominator in s and scalars, with numbers, which may be irrational, for the scalars."""
    variable = (scalar_letter(S),)
    coefficients: dict[int, sympy.Expr] = {}
    for monomial, c in monomials_of(form).items():
        others = [word for word in monomial if word != variable]
        power = len(monomial) - len(others)
        term = sympy.Mul(sympy.Rational(c), *(values[MEANING[word[0]]] for word in others))
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


LARGEST_LOSS = 100
"""Terms of a loss whose best weights for each s are put into it; with more they are quotients of hundreds of terms."""


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
    a, c = (letter_of(row[0]) for row in grids["w"])
    big, small = letter_of(grids["M"][0][0]), letter_of(grids["M"][1][0].T)
    covariance, precision = _covariance(loss)
    p, q, r = (letter(("profile", name), ONE, ONE) for name in "pqr")
    vector = ClosedForm.of(a)

    def scaled(matrix: ClosedForm, by: int) -> ClosedForm:
        return matrix * ClosedForm.of(by)

    reduced = loss.closed_form.substitute(
        {
            big: scaled(precision, p) + scaled(vector @ vector.T, q),
            small: scaled(vector, r),
            c: closed_form(1),
        }
    )
    square = (vector.T @ covariance @ vector).trace()
    ((square_word,),) = monomials_of(square)
    found = with_letters(reduced, {square_word: scalar_letter(S)})
    if any(ROWS[a] != ONE or COLS[a] != ONE for a in found.letters()):  # traces, such as tr(ΣΨ)
        raise UnsupportedError(
            "the loss is not invariant under rotations after whitening, so it has no profile in s alone"
        )
    for a in found.letters() - {p, q, r}:
        if not isinstance(MEANING[a], sympy.Symbol):
            raise UnsupportedError(
                f"the loss contains {MEANING[a]}, which is not a polynomial in its symbols"
            )
    if len(found) > LARGEST_LOSS:
        raise UnsupportedError(
            f"the loss has {len(found)} terms on the weights of the profile, which is not written down for more than "
            f"{LARGEST_LOSS}"
        )
    try:
        return Profile(loss, found.substitute(stationary_point(found, (p, q, r))))
    except DerivationError:
        raise UnsupportedError("the loss does not depend on M in the way that its profile assumes") from None


def _covariance(loss: Loss) -> tuple[ClosedForm, ClosedForm]:
    """Σ and Σ⁻¹ of the covariates."""
    law = getattr(loss.task, "covariate_cov", Identity(loss.task.d))
    if isinstance(law, Identity):
        identity = ClosedForm.identity(dimension_index(loss.task.d))
        return identity, identity
    if not isinstance(law, Covariance):
        raise UnsupportedError(f"the landscape needs a covariance symbol for the covariates, not {law}")
    from symicl.algebra import inverse_letter

    index = symbol_letter(law)
    return ClosedForm.of(index), ClosedForm.of(inverse_letter(index))


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
