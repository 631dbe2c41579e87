"""The face of the global minimum of every loss of a model: for prompts and for sequences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import sympy

from symicl.errors import InputError
from symicl.numeric import ExactMatrix
from symicl.tasks import Values
from symicl.theory.model_loss import ModelLoss
from symicl.theory.typeset_quantity import TypesetQuantity
from symicl.typeset import Equation, display, expression_latex, formula_text

MARKS = {"weights": "^{*}", "lower bound": r"_{\mathrm{low}}"}
"""LaTeX that follows the names of what is attained, or of a lower bound."""


class ModelOptimum(TypesetQuantity, ABC):
    """The global minimum of the loss of a model over its weights.

    Attributes
    ----------
    attained : "weights" or "lower bound"
        The first if weights of the model are known that attain the value.
    loss : ModelLoss
    closed_form : ClosedForm
        The minimal loss.
    certificate
        The proof that this is the global minimum.
    """

    is_one_formula = False

    if TYPE_CHECKING:  # fields or properties of each kind of optimum

        @property
        def attained(self) -> str:
            """``"weights"`` or ``"lower bound"``."""

        @property
        def loss(self) -> ModelLoss:
            """The loss."""

    @property
    def reason(self) -> str:
        """Why no weights are known to attain a lower bound, where it is known."""
        return ""

    @property
    def heads(self) -> sympy.Expr | None:
        """The number of heads that are known to attain a lower bound, where the model has too few."""
        return None

    @property
    def value(self) -> sympy.Expr:
        """The minimal loss as a SymPy expression."""
        return self.expr

    @property
    @abstractmethod
    def solution_equations(self) -> list[Equation]:
        """The equations of the minimiser."""

    @property
    def equations(self) -> list[Equation]:
        return [*self.solution_equations, Equation(f"L{MARKS[self.attained]}", self.closed_form)]

    @abstractmethod
    def at(self, **numbers: Any) -> OptimumAtNumbers:
        """The optimum at numbers, exact where they are.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """

    def gradient(self, parameter: Any) -> NoReturn:
        """Refused: a minimum over the weights does not depend on them."""
        raise InputError(
            "a minimum does not depend on the weights; differentiate it by a letter of the task with "
            "si.gradient(optimum.value, letter), or the loss by a weight with optimum.loss.gradient(name)"
        )

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        """Displayed equations, those of a lower bound below a sentence that says so; see `TypesetQuantity.latex`."""
        text = super().latex(notation=notation)
        if self.attained == "weights":
            return f"The minimum over the weights{self._restricted}.\n{text}" if self._restricted else text
        known = (
            f"${expression_latex(self.heads)}$ heads attain it"
            if self.heads is not None
            else "none are known to attain it"
        )
        sentence = (
            rf"A lower bound, $L(\theta)\ge L_{{\mathrm{{low}}}}$ for all weights{self._restricted}; {known}."
        )
        return f"{sentence}\n{text}"

    @property
    def _restricted(self) -> str:
        """The family of weights that the loss is restricted to, in words; empty for all weights."""
        family = getattr(self.loss, "family", None)
        return f" of the family {family!r}" if family else ""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.loss!r})"

    def __str__(self) -> str:
        text = super().__str__()
        if self.attained == "weights":
            return f"minimum over the weights{self._restricted}\n{text}" if self._restricted else text
        bound = f"lower bound: L ≥ L_low for all weights{self._restricted}"
        if self.heads is not None:
            return f"{bound}, and {formula_text(self.heads)} heads attain it\n{text}"
        sentence = f"{bound}, and none are known to attain it"
        return f"{sentence}{f' ({self.reason})' * bool(self.reason)}\n{text}"


class OptimumAtNumbers(ABC):
    """An optimum at numbers.

    Attributes
    ----------
    values : dict
        From each symbol of the task to its exact value.
    value : SymPy number
        The minimal loss; ``value.evalf(50)`` gives as many digits as one likes.
    attained : "weights" or "lower bound"
    """

    if TYPE_CHECKING:  # fields of each kind of optimum

        @property
        def values(self) -> Values:
            """From each symbol of the task to its exact value."""

        @property
        def value(self) -> sympy.Expr:
            """The minimal loss."""

        @property
        def attained(self) -> str:
            """``"weights"`` or ``"lower bound"``."""

    @property
    @abstractmethod
    def solution_equations(self) -> list[Equation]:
        """The equations of the minimiser."""

    def _repr_latex_(self) -> str:
        left = ", ".join(
            f"{expression_latex(symbol)} = {expression_latex(value)}"
            for symbol, value in self.values.items()
            if not isinstance(value, ExactMatrix)
        )
        rows = [*self.solution_equations, Equation(f"L{MARKS[self.attained]}", self.value)]
        return "\n".join([rf"\[\text{{at }} {left}\]", *map(display, rows)])
