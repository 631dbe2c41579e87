"""Closed solutions of u̇ = αu + βuᵐ (m = 2 is the logistic equation), checked by putting them into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import ONE, ClosedForm, exact_scalar, gradient, letter, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, UnsupportedError, brief
from symicl.theory.dynamics.roots import Roots
from symicl.theory.positivity import positive
from symicl.typeset import Equation, display, formula_text, pretty_ratio, renamed

T = scalar("t", nonnegative=True)


@dataclass(frozen=True, eq=False, repr=False)
class Solution:
    """u(t) from u(0) = u_0 in closed form.

    Attributes
    ----------
    symbol : sympy.Symbol
        u.
    alpha, beta : ClosedForm
        u̇ = αu + βuᵐ.
    power : int
        m; 0 for a linear equation.
    start : sympy.Symbol
        u_0, positive unless the equation is linear.
    roots : Roots
        Letters that stand for square roots.
    at_least : dict
        Lower bounds of symbols, beside 1 of a size.

    Notes
    -----
    w = u^(1−m) satisfies ẇ = (1 − m)(αw + β), a linear equation. That w(t) solves it is checked with the exponential
    as a letter E, Ė = (1 − m)α E, as an identity of rational functions; so is w(0).
    """

    symbol: sympy.Symbol
    alpha: ClosedForm
    beta: ClosedForm
    power: int
    start: sympy.Symbol
    roots: Roots
    at_least: Mapping[sympy.Symbol, int]

    @cached_property
    def expr(self) -> sympy.Expr:
        """u(t) as a SymPy expression in t and u_0, for as long as u is finite."""
        return self._root(self._w)

    @property
    def limit(self) -> sympy.Expr:
        """The limit for t → ∞ from every u_0 > 0 (from every u_0 if the equation is linear).

        Raises
        ------
        UnsupportedError
            If u runs off to infinity, or the signs that decide are not evident.
        """
        name = self.symbol
        if self.power == 0:
            if self._is_positive(-self.alpha):
                return sympy.factor(-self._b / self._a)
        elif self._is_positive(self.alpha) and self._is_positive(-self.beta):
            return self._root(sympy.factor(-self._b / self._a))
        elif self._is_positive(-self.alpha) and self._is_positive(-self.beta):
            return sympy.Integer(0)
        raise UnsupportedError(
            f"that {name} converges does not follow from the signs of {brief(self._a)} and {brief(self._b)}"
        )

    def time(self, to: Any, start: Any = None) -> sympy.Expr:
        """The time at which u has the value ``to``; negative if that was before it had the value ``start``.

        Parameters
        ----------
        to : number or SymPy scalar
        start : number or SymPy scalar, optional
            Default u_0.
        """
        a, b, k = self._a, self._b, 1 - self.power
        to, first = (exact_scalar(x, "a value") for x in (to, self.start if start is None else start))
        ratio = (first**k + b / a) / (to**k + b / a)
        return sympy.log(sympy.factor(ratio)) / (-k * a)

    @property
    def half_time(self) -> sympy.Expr:
        """The time at which u is half of its limit.

        Raises
        ------
        UnsupportedError
            As `limit`; and if the limit is 0 or the equation is linear: then the rate says all.
        """
        limit = self.limit
        if limit == 0 or self.power == 0:
            raise UnsupportedError("the distance from the limit decays exponentially; ask for time(to=…)")
        return self.time(limit / 2)

    def at(self, **numbers: Any) -> sympy.Expr:
        """u(t) at exact numbers for t, u_0 and all parameters; ``float`` makes a number of it.

        Raises
        ------
        InputError
            For an unknown or missing value; if u has run off to infinity before.
        """
        w = self.value(self._w, **numbers)
        # w is monotone in time: as long as it is positive, u was finite before.
        if self.power and not w.is_positive:
            raise InputError(f"{self.symbol} runs off to infinity before t = {brief(numbers['t'])}")
        return self._root(w)

    def value(self, expression: sympy.Expr, **numbers: Any) -> sympy.Expr:
        """A formula of this solution, such as its half time, at exact numbers.

        Raises
        ------
        InputError
            For an unknown or missing value; if the value is not a finite real number, as the time to a value that u
            never has.
        """
        symbols = {s.name: s for s in expression.free_symbols | self._w.free_symbols}
        for name in numbers:
            if name not in symbols:
                raise InputError(f"{name} is not an input here; the inputs are {', '.join(sorted(symbols))}")
        table = {symbols[name]: exact_scalar(x, name) for name, x in numbers.items()}
        for symbol, x in table.items():
            if (symbol.is_positive or (symbol == self.start and self.power)) and not x.is_positive:
                raise InputError(f"{symbol} = {brief(x)} must be positive")
        missing = sorted(s.name for s in expression.free_symbols - table.keys())
        if missing:
            raise InputError(f"no value is given for {', '.join(missing)}")
        value = expression.subs(table)
        if not (value.is_real and value.is_finite):
            raise InputError(
                f"{brief(expression)} is no finite real number there: {self.symbol} never has that value"
            )
        return value

    # --- writing -------------------------------------------------------------------------------------

    @property
    def equations(self) -> list[Equation]:
        """u(t) = …"""
        return [Equation(f"{sympy.latex(self.symbol)}(t)", self.expr)]

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """The solution as a displayed equation.

        Parameters
        ----------
        notation : dict, optional
            New names of symbols.
        """
        text = "\n".join(map(display, self.equations))
        return text if notation is None else renamed(text, self.expr, notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return formula_text(self.expr)

    def __repr__(self) -> str:
        return f"Solution({self.symbol}(t) = {self})"

    @property
    def _a(self) -> sympy.Expr:
        return self.roots.written(pretty_ratio(self.alpha))

    @property
    def _b(self) -> sympy.Expr:
        return self.roots.written(pretty_ratio(self.beta))

    @cached_property
    def _w(self) -> sympy.Expr:
        """w(t) = u^(1−m)."""
        a, b, k = self._a, self._b, 1 - self.power
        return (self.start**k + b / a) * sympy.exp(k * a * T) - b / a

    def _root(self, w: sympy.Expr) -> sympy.Expr:
        return w ** sympy.Rational(1, 1 - self.power)

    def _is_positive(self, form: ClosedForm) -> bool:
        roots = self.roots
        least = {r: 1 for s, r in roots.of.items() if s.is_integer} | dict(self.at_least)
        if roots.written(form.expr).is_positive:
            return True
        try:
            return positive(form, least).holds
        except UnsupportedError:
            return False


def solved(
    symbol: sympy.Symbol,
    form: ClosedForm,
    coefficients: Mapping[int, ClosedForm],
    roots: Roots,
    at_least: Mapping[sympy.Symbol, int],
) -> Solution:
    """The solution of u̇ = F(u); see `symicl.theory.dynamics.scalar_equation.ScalarEquation.solve`.

    Parameters
    ----------
    symbol : sympy.Symbol
        u.
    form : ClosedForm
        F.
    coefficients : dict
        Those of the powers of u in F.
    roots : Roots
    at_least : dict
        Lower bounds of symbols.
    """
    found = {k: c for k, c in coefficients.items() if c}
    others = sorted(set(found) - {1})
    if 1 not in found or len(others) > 1:
        raise UnsupportedError(
            f"the derivative {brief(roots.written(pretty_ratio(form)))} of {symbol} is neither linear nor of the form "
            "αu + βuᵐ, so that no closed solution is known here; follow it numerically, with si.follow(…)"
        )
    power = others[0] if others else 0
    start = scalar(f"{symbol.name}_0", nonnegative=power != 0)
    beta = found[power] if others else ClosedForm.number(0)
    solution = Solution(symbol, found[1], beta, power, start, roots, at_least)
    _check(solution, form)
    return solution


def _check(solution: Solution, form: ClosedForm) -> None:
    """w = u^(1−m) in E = exp((1−m)αt), put into its equation and into the equation of u, and w at t = 0.

    Raises
    ------
    DerivationError
        If one of them does not hold.
    """
    alpha, beta, k, put = solution.alpha, solution.beta, 1 - solution.power, solution.roots.put
    E_letter = letter(("exponential of time",), ONE, ONE)
    E, first = ClosedForm.of(E_letter), ClosedForm.of(scalar_letter(solution.start))
    w = (first**k + beta / alpha) * E - beta / alpha
    moved = gradient(w, E_letter) * E * alpha * k
    if put(moved - (alpha * w + beta) * k):
        raise DerivationError("a closed solution does not satisfy its equation")
    if put(w.substitute({E_letter: ClosedForm.number(1)}) - first**k):
        raise DerivationError("a closed solution does not start where it should")
    # ẇ = (1 − m) u^(−m) F(u) is the equation above if F is this polynomial.
    u = ClosedForm.of(scalar_letter(solution.symbol))
    if put(form - (alpha * u + beta * u**solution.power)):
        raise DerivationError("an equation is not what its solution takes it for")
