"""Quantities given by one closed form: as SymPy, as LaTeX and as text."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

import sympy

from symicl.algebra import ClosedForm
from symicl.typeset import Equation, display, formula_text, renamed


class TypesetQuantity:
    """A quantity given by a closed form.

    Attributes
    ----------
    name : str
        LaTeX of the quantity.
    """

    name: ClassVar[str] = "L"

    if TYPE_CHECKING:  # a field or a property of each kind of quantity

        @property
        def closed_form(self) -> ClosedForm:
            """The closed form that is typeset."""

    @cached_property
    def expr(self) -> sympy.Expr:
        """The closed form as a SymPy expression."""
        return self.closed_form.expr

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        r"""A displayed equation, to be pasted into a document that loads amsmath.

        Parameters
        ----------
        notation : dict, optional
            New names of symbols, such as ``{"n": "N", "sigma2": r"\lambda"}``.

        Raises
        ------
        InputError
            For an unknown symbol, or if two things would get one name.
        """
        text = display(Equation(self.name, self.closed_form))
        return text if notation is None else renamed(text, self.expr, notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return formula_text(Equation(self.name, self.closed_form))

    def __len__(self) -> int:
        return len(self.closed_form)
