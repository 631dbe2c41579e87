"""A scalar closed form against one of its symbols, at numbers for all others: what is drawn of a result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symicl.errors import InputError, brief
from symicl.numeric import compile as compiled
from symicl.typeset import Equation, expression_latex


@dataclass(frozen=True)
class ValueCurve:
    """Values of a closed form.

    Attributes
    ----------
    x, y : list of float
    x_label, y_label : str
        LaTeX without dollar signs.
    """

    x: list[float]
    y: list[float]
    x_label: str
    y_label: str


def value_curve(
    shown: Equation, symbol: Any, values: Iterable[Any], numbers: Mapping[str, Any]
) -> ValueCurve:
    """The right side of an equation at several values of one symbol.

    Raises
    ------
    InputError
        If it is no scalar, has no such symbol, or a number is missing, unknown or not finite.
    """
    name, expression = str(symbol), shown.expr
    names = {str(s): s for s in expression.free_symbols if isinstance(s, sympy.Symbol)}
    if name not in names:
        raise InputError(
            f"there is no symbol {brief(name)} in it; take one of {', '.join(sorted(names)) or 'none'}"
        )
    if name in numbers:
        raise InputError(f"{name} is on the axis already; give numbers for the others")
    x = [_number(value, name) for value in values]
    if not x:
        raise InputError(f"values is empty; give those of {name}, such as range(2, 20)")
    function = compiled(shown.right)
    given = {key: _number(value, key) if isinstance(value, str) else value for key, value in numbers.items()}
    y = [function(**given, **{name: value}) for value in x]
    if any(getattr(value, "shape", ()) for value in y):
        raise InputError("a matrix has no curve; plot a scalar of it, such as its trace")
    return ValueCurve(x, [float(value) for value in y], expression_latex(names[name]), shown.left)


def _number(value: Any, name: str) -> float:
    try:
        return float(Fraction(value) if isinstance(value, str) else value)
    except (ValueError, TypeError, ZeroDivisionError):
        raise InputError(f"{name} is {brief(repr(value))}; give a number") from None
