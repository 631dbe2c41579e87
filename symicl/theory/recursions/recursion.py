"""`recursion`: a state that each token updates, and its averages after n tokens in closed form."""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    RandomMatrix,
    SymmetricMatrix,
    exact_scalar,
    exact_size,
    random_kinds,
    read_form,
    refuse_namesakes,
)
from symicl.errors import InputError, UnsupportedError, brief, described
from symicl.expectation import expect
from symicl.theory.recursions.after_tokens import AfterTokens
from symicl.theory.recursions.constant_matrices import numbers_in
from symicl.theory.recursions.invariants import find_invariants, is_letter, is_scalar_valued
from symicl.theory.recursions.update import Update

MAX_SYMBOLIC_TOKENS = 1000
"""Tokens up to which a number of tokens is unrolled with symbols in it."""


def recursion(
    state: Mapping[sympy.Basic, sympy.Basic],
    step: Mapping[sympy.Basic, sympy.Basic],
    tokens: sympy.Symbol | int,
    constant: Iterable[RandomMatrix] = (),
) -> Recursion:
    """A state that each of n fresh tokens updates: the delta rule, gates, decay, SGD, running averages.

    Parameters
    ----------
    state : dict
        From each symbol of the state (`vector`, `matrix`, `symmetric`, `scalar`) to its value before the first token.
    step : dict
        From each symbol of the state to its value after one more token, all at once, polynomial in the state. Every
        Gaussian in it is a token: drawn anew each time, independent of the past. Everything else is the same for
        all tokens.
    tokens : symbol or int
        Their number n, a symbol from `dims` or an integer.
    constant : list of Gaussians, optional
        Those that are drawn once and stay, such as the task w.

    Returns
    -------
    Recursion
        Its ``expect(quantity)`` is the closed form in n.

    Raises
    ------
    InputError
        If a symbol of the state has no step, shapes do not fit, or it is open whether a Gaussian is drawn anew.

    Examples
    --------
    The delta rule e ← e − βx(xᵀe − ε) from e = w, with the state as the error:

    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> beta, e = si.scalar("beta"), si.vector("e", d)
    >>> x, w = si.gaussian("x", d), si.gaussian("w", d)
    >>> delta_rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
    >>> print(delta_rule.expect(e.T * e))
    d((d + 2) β² - 2β + 1)^n
    """
    for name, mapping in (("state", state), ("step", step)):
        if not isinstance(mapping, Mapping) or not mapping:
            raise InputError(
                f"{name} is {described(mapping)}; give a dict from the symbols of the state to values"
            )
    kept = tuple(constant) if isinstance(constant, Iterable) else (constant,)
    for z in kept:
        if not isinstance(z, RandomMatrix):
            raise InputError(f"constant holds {brief(z)}; give Gaussians from gaussian(), drawn once")
    if set(state) != set(step):
        odd = next(iter(set(state) ^ set(step)))
        missing = "step" if odd in state else "state"
        raise InputError(f"{brief(odd)} has no entry in {missing}; state and step have the same symbols")
    state, step = _exact(state), _exact(step)
    for symbol in state:
        _check_entry(symbol, state[symbol], step[symbol])
    _refuse_random_symbols(*state.values(), *step.values())
    refuse_namesakes(*state, *state.values(), *step.values(), *kept)
    _check_tokens(tokens, state, step)
    drawn_before = {z for value in state.values() for z in value.atoms(RandomMatrix)}
    fresh = {z for value in step.values() for z in value.atoms(RandomMatrix)} - set(kept)
    both = next(iter(drawn_before & fresh), None)
    if both is not None:
        raise InputError(
            f"{both} is in the state before the first token and in the step: add constant=[{both}] if it is drawn "
            "once, or declare another Gaussian for the tokens"
        )
    return Recursion(dict(state), dict(step), tokens, kept)


@dataclass(frozen=True, eq=False)
class Recursion:
    """A state that each token updates; see `recursion`.

    Attributes
    ----------
    state, step : dict
    tokens : symbol or int
    constant : tuple of Gaussians
    """

    state: dict[sympy.Basic, sympy.Basic]
    step: dict[sympy.Basic, sympy.Basic]
    tokens: sympy.Symbol | int
    constant: tuple[RandomMatrix, ...] = ()

    def expect(self, quantity: sympy.Expr) -> AfterTokens:
        """The expectation of a quantity after all tokens, over tokens, initial state and everything else random.

        Parameters
        ----------
        quantity : SymPy scalar or 1×1 matrix
            Polynomial in the state, the constants and further Gaussians, such as a query.

        Returns
        -------
        AfterTokens

        Raises
        ------
        InputError
            If the quantity is a matrix, or holds a token.
        UnsupportedError
            If the invariants do not close.
        """
        if not isinstance(quantity, sympy.Basic):
            raise InputError(f"expect() takes a SymPy expression, not {described(quantity)}")
        if not is_scalar_valued(quantity):
            raise InputError(f"{brief(quantity)} is a matrix; ask for a scalar, such as a trace")
        token = next(iter(sorted(quantity.atoms(RandomMatrix) & self.update.fresh, key=str)), None)
        if token is not None:
            raise InputError(
                f"{token} is a token, which is gone after its step; make it a part of the state to keep it"
            )
        drawn = {z for value in self.state.values() for z in value.atoms(RandomMatrix)} - set(self.constant)
        lost = next(iter(sorted(quantity.atoms(RandomMatrix) & drawn, key=str)), None)
        if lost is not None:
            raise InputError(
                f"{lost} is drawn before the first token; add constant=[{lost}] to speak of it afterwards"
            )
        _refuse_random_symbols(quantity)
        refuse_namesakes(quantity, *self.state, *self.step.values(), *self.constant)
        found = find_invariants(
            expect(quantity.xreplace(self.update.held)),
            self.update.turned,
            frozenset(self.update.held.values()),
        )
        initial = [read_form(self._initially(invariant)) for invariant in found.invariants]
        return AfterTokens(quantity, self.tokens, tuple(self.state), found, tuple(initial), self.update)

    @cached_property
    def update(self) -> Update:
        """The same, with what is drawn anew told from what is drawn once."""
        return Update(self.state, self.step, self.constant)

    def _initially(self, invariant: sympy.Expr) -> sympy.Expr:
        """The expectation of an invariant before the first token."""
        drawn = {symbol: z for z, symbol in self.update.held.items()}
        return numbers_in(expect(invariant.xreplace(self.state | drawn)))

    def __repr__(self) -> str:
        steps = ", ".join(f"{symbol} ← {brief(value)}" for symbol, value in self.step.items())
        return f"Recursion({steps}; {self.tokens} tokens)"


def _refuse_random_symbols(*values: sympy.Basic) -> None:
    """Variables of sympy.stats do not say which of them are drawn anew."""
    if not (kinds := random_kinds()):
        return
    found = next((symbol for value in values for symbol in value.atoms(*kinds)), None)
    if found is not None:
        raise InputError(f"{found} is a random variable of sympy.stats; declare it with gaussian() here")


def _exact(values: Mapping[sympy.Basic, sympy.Basic]) -> dict[sympy.Basic, sympy.Basic]:
    """The same with numbers as SymPy numbers."""
    return {
        symbol: exact_scalar(value, str(symbol)) if isinstance(value, numbers.Real) else value
        for symbol, value in values.items()
    }


def _check_entry(symbol: sympy.Basic, before: sympy.Basic, after: sympy.Basic) -> None:
    if not is_letter(symbol) or isinstance(symbol, RandomMatrix):
        raise InputError(
            f"the state holds {brief(symbol)}; its symbols come from vector(), matrix(), symmetric() or scalar()"
        )
    for what, value in (("value before the first token", before), ("step", after)):
        if not isinstance(value, sympy.Basic):
            raise InputError(f"the {what} of {symbol} is {described(value)}; give a SymPy expression")
        shapes = [tuple(v.shape) if isinstance(v, MatrixExpr) else (1, 1) for v in (symbol, value)]
        if shapes[0] != shapes[1]:
            raise InputError(
                f"{symbol} is {shapes[0][0]}×{shapes[0][1]}, but its {what} is {shapes[1][0]}×{shapes[1][1]}"
            )
        if isinstance(symbol, SymmetricMatrix) and read_form(value) != read_form(value).T:
            raise InputError(f"{symbol} is declared symmetric, but its {what} is not")


def _check_tokens(
    tokens: object, state: Mapping[sympy.Basic, sympy.Basic], step: Mapping[sympy.Basic, sympy.Basic]
) -> None:
    size = exact_size(tokens) if not isinstance(tokens, bool) else None
    symbol = isinstance(size, sympy.Symbol) and size.is_integer and size.is_positive
    if not symbol and not (isinstance(size, sympy.Integer) and size >= 0):
        raise InputError(
            f"the number of tokens is {brief(tokens)}; give a symbol from dims() or an integer ≥ 0"
        )
    if isinstance(size, sympy.Symbol) and size in state:
        raise InputError(f"{size} is the number of tokens and cannot be a part of the state")
    if isinstance(size, sympy.Integer) and size > MAX_SYMBOLIC_TOKENS:
        raise UnsupportedError(
            f"{size} tokens are too many to unroll with symbols; give a symbol from dims(), and the number to .at(…)"
        )
