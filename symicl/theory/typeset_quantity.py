"""Quantities given by one closed form: as SymPy, as LaTeX and as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import InputError, brief

if TYPE_CHECKING:
    from symicl.typeset import Equation

# What writes formulas is loaded when one is wanted: numbers and closed forms need none of it.


class TypesetQuantity:
    """A quantity given by a closed form.

    Attributes
    ----------
    name : str
        LaTeX of the quantity.
    is_one_formula : bool
        True if the closed form is all that is displayed.
    """

    name: ClassVar[str] = "L"
    is_one_formula: ClassVar[bool] = True

    if TYPE_CHECKING:  # a field or a property of each kind of quantity

        @property
        def closed_form(self) -> ClosedForm:
            """The closed form that is typeset."""

    @cached_property
    def expr(self) -> sympy.Expr:
        """The closed form as a SymPy expression."""
        return self.closed_form.expr

    @property
    def equations(self) -> list[Equation]:
        """The equations that are displayed."""
        from symicl.typeset import Equation

        return [Equation(self.name, self.closed_form)]

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        r"""Displayed equations, to be pasted into a document that loads amsmath.

        Parameters
        ----------
        notation : dict, optional
            New names of symbols, such as ``{"n": "N", "sigma2": r"\lambda"}``.

        Raises
        ------
        InputError
            For an unknown symbol, or if two things would get one name.
        """
        from symicl.typeset import display, renamed

        equations = self.equations
        text = "\n".join(display(equation) for equation in equations)
        if notation is None:
            return text
        return renamed(text, sympy.Tuple(*(equation.expr for equation in equations)), notation)

    def plot(self, symbol: Any, values: Iterable[Any], **numbers: Any) -> Any:
        """A matplotlib figure of the value, a scalar, against one of its symbols.

        Parameters
        ----------
        symbol : SymPy symbol or str
        values : iterable of numbers
            Of this symbol, such as ``range(2, 40)``.
        **numbers
            All other symbols by name.

        Raises
        ------
        InputError
            For a matrix, an unknown symbol, or a missing number.
        MissingDependencyError
            Without matplotlib.
        """
        from symicl.pictures import figure_of
        from symicl.theory.curves import value_curve

        return figure_of(value_curve(self.equations[-1], symbol, values, numbers))

    def subs(self, values: Mapping[Any, Any]) -> sympy.Expr:
        """The closed form, of an optimum its value, with some of its symbols replaced, as a SymPy expression.

        Parameters
        ----------
        values : dict
            From symbols, or their names, to numbers or expressions.

        Raises
        ------
        InputError
            For a name that is not one of its symbols.

        Examples
        --------
        >>> import symicl as si
        >>> optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(noise=0)))
        >>> optimum.subs({"d": 5})
        30/(n + 6)
        """
        expression = self.equations[-1].expr
        known = {str(symbol): symbol for symbol in expression.free_symbols}
        unknown = [name for name in values if isinstance(name, str) and name not in known]
        if unknown:
            raise InputError(f"there is no symbol {unknown[0]} here; there are {', '.join(sorted(known))}")
        pairs = {known[k] if isinstance(k, str) else k: _number(v) for k, v in values.items()}
        return expression.subs(pairs)

    def _latex(self, printer: Any) -> str:
        from symicl.typeset import formula_latex

        return r",\quad ".join(formula_latex(equation) for equation in self.equations)

    def _repr_latex_(self) -> str | None:
        return self.latex()

    def __str__(self) -> str:
        from symicl.typeset import formula_text

        return "\n".join(formula_text(equation) for equation in self.equations)

    def __len__(self) -> int:
        return len(self.closed_form)


def _number(value: Any) -> Any:
    """A value of a symbol: text is a fraction, and nothing else."""
    if not isinstance(value, str):
        return value
    try:
        return sympy.Rational(*map(int, value.split("/")))
    except (TypeError, ValueError, ZeroDivisionError):
        raise InputError(f"{brief(value)} is no number; give one such as 3 or '1/4'") from None
