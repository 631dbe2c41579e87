"""The face of every loss of a model: for prompts, for sequences, and at one time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import MEANING, ClosedForm, gradient
from symicl.errors import InputError, brief, described
from symicl.tasks import Values
from symicl.theory.typeset_quantity import TypesetQuantity


class ModelLoss(TypesetQuantity, ABC):
    """The expected loss of a model on a task, as a function of the effective parameters.

    Attributes
    ----------
    model, task
    parameters : mapping
        The effective parameters by name.
    closed_form : ClosedForm
        The loss.
    """

    if TYPE_CHECKING:  # fields or properties of each kind of loss

        @property
        def model(self) -> Any:
            """The model."""

        @property
        def task(self) -> Any:
            """The law of the data."""

        @property
        def parameters(self) -> Mapping[str, Any]:
            """The effective parameters by name."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, {self.task!r})"

    @abstractmethod
    def at(self, **numbers: Any) -> LossAtNumbers:
        """The loss with numbers for the symbols of the task, as a function of the effective parameters.

        Parameters
        ----------
        **numbers
            By name, such as ``n=20, d=5, sigma2=Fraction(1, 4)``.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value.
        """

    def gradient(self, parameter: str | sympy.Basic) -> ClosedForm:
        """The derivative by one matrix, vector or scalar among the effective parameters, in closed form.

        Parameters
        ----------
        parameter : str or SymPy symbol
            A letter that the effective parameters are made of, or its name.

        Returns
        -------
        ClosedForm
            G of the shape of the letter A, with dL = tr(Gᵀ dA).

        Raises
        ------
        InputError
            If there is no such letter.
        UnsupportedError
            If the loss has no derivative by it in closed form.
        """
        name = getattr(parameter, "name", parameter)
        if not isinstance(name, str):
            raise InputError(
                f"gradient() takes a letter of the parameters or its name, not {described(parameter)}"
            )
        names = sorted(self.letter_names)
        if name not in names:
            raise InputError(
                f"there is no parameter called {brief(name)}; differentiate by one of {brief(', '.join(names))}"
            )
        a = self.letter_to_differentiate(name)
        if isinstance(parameter, sympy.Basic) and parameter != MEANING[a]:
            raise InputError(f"this is another {name} than the parameter of the loss; give the name {name!r}")
        return gradient(self.closed_form, a)

    @property
    @abstractmethod
    def letter_names(self) -> Iterable[str]:
        """The names of the matrices, vectors and scalars that the parameters are made of."""

    @abstractmethod
    def letter_to_differentiate(self, name: str) -> int:
        """The letter of one of them.

        Raises
        ------
        UnsupportedError
            If the loss has no derivative by it in closed form.
        """


class LossAtNumbers(ABC):
    """A loss at numbers of the task.

    Attributes
    ----------
    loss : ModelLoss
    values : dict
        From each symbol of the task to its exact value.
    """

    if TYPE_CHECKING:  # fields of each kind of loss

        @property
        def loss(self) -> ModelLoss:
            """The loss with symbols."""

        @property
        def values(self) -> Values:
            """From each symbol of the task to its exact value."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.loss!r}, {self.values})"

    def _repr_latex_(self) -> str:
        return self.loss.latex()

    @abstractmethod
    def __call__(self, **parameters: Any) -> Any:
        """The exact loss at effective parameters given by name."""
