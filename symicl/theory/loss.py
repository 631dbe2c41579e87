"""The expected pre-training loss in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import sympy

from symicl.algebra.blocks import Blocks
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.writer import write_scalar
from symicl.models.model import Model
from symicl.tasks.task import Task
from symicl.typeset.formula import Equation, display
from symicl.typeset.text import formula_text


@dataclass(frozen=True)
class Loss:
    """L(θ) = E[(f_θ − target)²] over all effective parameters of a model, dimensions symbolic.

    Attributes
    ----------
    model, task
        What it is the loss of.
    parameters : dict of Blocks
        The effective parameters, every block a letter.
    prediction : Polynomial
        f_θ in the letters of prompt and parameters.
    polynomial : Polynomial
        The loss.
    """

    model: Model
    task: Task
    parameters: dict[str, Blocks]
    prediction: Polynomial
    polynomial: Polynomial

    @cached_property
    def expr(self) -> sympy.Expr:
        """The loss as a SymPy expression."""
        return write_scalar(self.polynomial)

    @property
    def closed_form(self) -> Polynomial:
        """What is typeset."""
        return self.polynomial

    def latex(self) -> str:
        """A displayed equation L = …, to be pasted into a document that loads amsmath."""
        return display(Equation("L", self.polynomial))

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return formula_text(Equation("L", self.polynomial))

    def __len__(self) -> int:
        return len(self.polynomial)


def predict(model: Model, parameters: dict[str, Blocks], task: Task) -> Polynomial:
    """The prediction as a polynomial in the letters of the prompt and the parameters."""
    return model.predict(parameters, task.prompt()).single().trace()


def expected_loss(model: Model, task: Task) -> Loss:
    """Derive E[(f − y)²] in closed form.

    Parameters
    ----------
    model : Model
    task : Task

    Returns
    -------
    Loss
        No factor ½; the noise of the target is included.
    """
    parameters = model.symbolic_parameters(task.d)
    prediction = predict(model, parameters, task)
    residual = prediction - task.target()
    return Loss(model, task, parameters, prediction, task.expectation(residual * residual))
