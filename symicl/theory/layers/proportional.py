"""`depth_limit`: the least loss of L layers as n and d grow together, d/n → c, for every L."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import dims
from symicl.errors import InputError, brief
from symicl.theory.layers.proportional_proof import AXIOMS, RATIO, Proof, prove
from symicl.theory.recursions.exponentials import LinearSolution
from symicl.typeset import Equation, display, pretty_ratio

LAYERS = dims("L")


def depth_limit(layers: sympy.Symbol | int | None = None) -> DepthLimit:
    """The least loss of L layers as n and d grow together, d/n → c: isotropic covariates and prior, no noise.

    Parameters
    ----------
    layers : symbol or int, optional
        L; default a symbol, for every depth at once.

    Returns
    -------
    DepthLimit

    Raises
    ------
    InputError
        If it is neither a symbol from `dims` nor a positive integer.

    Notes
    -----
    Derived here, not found published. Every identity is checked when the object is made, for all L by induction; the
    facts that are not checked are its ``axioms``.

    Examples
    --------
    >>> import symicl as si
    >>> limit = si.depth_limit()
    >>> print(limit)
    c^L(c - 1)/(c^(L+1) - 1)
    >>> limit.at(c="1/4", layers=2).fraction
    1/21
    """
    size = LAYERS if layers is None else layers
    symbol = isinstance(size, sympy.Symbol) and bool(size.is_integer and size.is_positive)
    if not symbol and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise InputError(f"layers is {brief(layers)}; give a symbol from dims() or an integer from 1 on")
    if size == RATIO:
        raise InputError("c is the limit of d/n; call the number of layers otherwise")
    return DepthLimit(size, prove())


@dataclass(frozen=True)
class DepthLimitAt:
    """The limit at numbers.

    Attributes
    ----------
    fraction : sympy.Rational
        Least excess over the variance of the prior.
    steps : tuple of sympy.Expr
        Exact, ascending.
    """

    fraction: sympy.Rational
    steps: tuple[sympy.Expr, ...]


@dataclass(frozen=True, eq=False)
class DepthLimit:
    """The least loss of L layers in the proportional limit; see `depth_limit`.

    Attributes
    ----------
    layers : symbol or int
    proof : Proof
    """

    layers: sympy.Symbol | int
    proof: Proof

    axioms = AXIOMS

    @cached_property
    def fraction(self) -> sympy.Expr:
        """The least excess over the variance of the prior, in c and L; its limit, for a symbol L and c = 1."""
        top, bottom = (_written(part, self.layers) for part in (self.proof.integral, self.proof.at_zero))
        return sympy.powsimp(sympy.factor(sympy.expand(top / bottom)), deep=True)

    def step(self, j: int | sympy.Symbol) -> sympy.Expr:
        """The j-th step size, j = 1, …, L: one over the j-th zero of Q_L; ascending in j."""
        return 1 / (1 + RATIO + 2 * sympy.sqrt(RATIO) * sympy.cos(j * sympy.pi / (self.layers + 1)))

    def at(self, c: Any, layers: int | None = None) -> DepthLimitAt:
        """At a rational c > 0, exactly.

        Raises
        ------
        InputError
            If c is no positive number, or the number of layers is missing.
        """
        from symicl.tasks import exact_values

        ratio = exact_values({"c": RATIO}, {"c": c})[RATIO]
        size = layers if layers is not None else self.layers
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise InputError(f"layers is {brief(size)}; give an integer from 1 on")
        if layers is not None and isinstance(self.layers, int) and layers != self.layers:
            raise InputError(f"this is the limit for {self.layers} layers, not for {layers}")
        here = DepthLimit(size, self.proof)
        steps = tuple(here.step(j).subs(RATIO, ratio) for j in range(1, size + 1))
        return DepthLimitAt(
            here.fraction.subs(RATIO, ratio), steps
        )  # in lowest terms, so that c = 1 is no pole

    def latex(self) -> str:
        """The law as a displayed equation."""
        left = r"\lim_{d/n\to c}\min_{\eta}\mathbb{E}(f-\langle w,x\rangle)^{2}/\mathbb{E}\lVert w\rVert^{2}"
        return display(Equation(left, self.fraction))

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        from symicl.typeset import expression_text

        return expression_text(self.fraction)

    def __repr__(self) -> str:
        return (
            f"DepthLimit({self.layers} layers, {len(self.proof.steps)} steps checked, {len(AXIOMS)} axioms)"
        )


def _written(solution: LinearSolution, layers: sympy.Symbol | int) -> sympy.Expr:
    """The first component at L."""
    return sympy.Add(
        *(
            pretty_ratio(c) * layers**j * solution.eigenvalues[k].expr ** layers
            for (k, j), c in solution.terms[0].items()
        )
    )
