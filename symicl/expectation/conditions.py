"""Conditions on sizes, such as n > d + 1, under which an expectation exists or has its formula."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sympy
from sympy.core.relational import GreaterThan, LessThan, StrictGreaterThan, StrictLessThan

from symicl.errors import InputError, UnsupportedError, brief

_assumed: ContextVar[tuple[sympy.Expr, ...]] = ContextVar("assumed", default=())


@contextmanager
def assuming(*conditions: Any) -> Iterator[None]:
    """Take conditions on sizes for granted within a block.

    Parameters
    ----------
    *conditions : SymPy inequalities
        Between sizes, such as ``n > d + 1``.

    Raises
    ------
    InputError
        If one is no inequality, or cannot hold.

    Examples
    --------
    >>> import symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d), col_cov=si.covariance("S", d))
    >>> with si.assuming(n > d + 1):
    ...     si.expect((X.T * X).inv())
    1/(-d + n - 1)*S**(-1)
    """
    token = _assumed.set((*_assumed.get(), *map(_excess, conditions)))
    try:
        yield
    finally:
        _assumed.reset(token)


def _excess(condition: Any) -> sympy.Expr:
    """An integer that is ≥ 1 where a condition holds."""
    if condition in (True, sympy.true):
        return sympy.Integer(1)
    if condition in (False, sympy.false):
        raise InputError("a condition cannot hold for any sizes")
    if not isinstance(condition, StrictGreaterThan | StrictLessThan | GreaterThan | LessThan):
        raise InputError(
            f"a condition is {brief(condition)}; give an inequality between sizes, such as n > d + 1"
        )
    excess = condition.gts - condition.lts + int(isinstance(condition, GreaterThan | LessThan))
    if not excess.is_integer:
        raise InputError(f"the condition {condition} is not between sizes from dims()")
    return excess


def require(larger: sympy.Expr, smaller: sympy.Expr, what: str) -> None:
    """Demand that one size is larger than another.

    Parameters
    ----------
    larger, smaller : SymPy expression
    what : str
        What needs it.

    Raises
    ------
    InputError
        If it is not.
    UnsupportedError
        If that is not known.
    """
    excess, smaller = sympy.expand(larger - smaller), sympy.expand(smaller)
    if excess.is_positive or any(sympy.expand(excess - known).is_nonnegative for known in _assumed.get()):
        return
    if excess.is_nonpositive:
        raise InputError(f"{what} only if {larger} > {smaller}, which is not so")
    raise UnsupportedError(
        f"{what} only if {larger} > {smaller}; assume that with si.assuming({larger} > {smaller}), in a file of claims "
        f"with assume {larger} > {smaller}, or write {smaller} + m for {larger} with another size m"
    )
