"""The interface that every model offers to the theory and to the trainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING

import sympy

from symicl.algebra.assembly import Matrix
from symicl.algebra.blocks import Blocks
from symicl.errors import InputError, UnsupportedError, brief
from symicl.models.shapes import WeightShape
from symicl.tasks.prompt import Prompt

if TYPE_CHECKING:
    from symicl.tasks.task import Task
    from symicl.typeset.passage import Passage

Weights = Mapping[str, Matrix]


class Model(ABC):
    """A linear transformer: weights, forward pass, and the parameters that the prediction depends on.

    The forward pass is written once. `effective` maps the weights to the smaller set of parameters through
    which alone they enter the prediction; `predict` computes the prediction from those.
    """

    def __post_init__(self) -> None:
        check_switches(self)

    @abstractmethod
    def weight_shapes(self) -> dict[str, WeightShape]:
        """The trainable matrices, in the paper's order."""

    def weight_sizes(self, d: int) -> dict[str, tuple[int, int]]:
        """Rows and columns of the trainable matrices for a covariate dimension."""
        return {name: shape.sizes(d) for name, shape in self.weight_shapes().items()}

    @abstractmethod
    def forward(self, weights: Weights, prompt: Prompt) -> Matrix:
        """The prediction for the query, 1 × 1 (with the batch axes of the arguments)."""

    @abstractmethod
    def effective_shapes(self) -> dict[str, WeightShape]:
        """Shapes of the effective parameters."""

    @abstractmethod
    def effective(self, weights: Weights) -> dict[str, Matrix]:
        """The effective parameters that the weights give."""

    @abstractmethod
    def predict(self, parameters: Weights, prompt: Prompt) -> Matrix:
        """The prediction from effective parameters, 1 × 1."""

    def weights_for(self, parameters: Mapping[str, Blocks], d: sympy.Symbol | int) -> dict[str, Blocks]:
        """Weights whose effective parameters give the same prediction as the given ones.

        Raises
        ------
        UnsupportedError
            If the model does not say how its weights reach its effective parameters.
        """
        if self.weight_shapes() != self.effective_shapes():
            raise UnsupportedError(
                f"{type(self).__name__} does not say which weights give which effective parameters; "
                "define weights_for()"
            )
        return dict(parameters)

    def forward_pass(self, task: Task) -> Passage:
        """The forward pass as a formula, with the meaning of every letter; it is run on names, not typed in."""
        from symicl.models.written import written

        return written(self, task)

    def _repr_html_(self) -> str:
        from symicl.tasks.linear_regression import LinearRegression
        from symicl.typeset.formula import Equation
        from symicl.typeset.notebook import described, mathematics, paragraphs

        task = LinearRegression()
        prediction = self.predict(self.symbolic_parameters(task.d), task.prompt()).single().trace()
        return paragraphs([described(self), mathematics(Equation("f", prediction))])

    def symbolic_weights(self, d: sympy.Symbol | int) -> dict[str, Blocks]:
        """Every block of every weight matrix as a letter."""
        return {name: shape.blocks(name, d) for name, shape in self.weight_shapes().items()}

    def symbolic_parameters(self, d: sympy.Symbol | int) -> dict[str, Blocks]:
        """Every block of every effective parameter as a letter."""
        return {name: shape.blocks(name, d) for name, shape in self.effective_shapes().items()}


def check_switches(model: object) -> None:
    """Refuse values of a model's switches that are neither True nor False, such as "no", which would count as true."""
    for field in fields(model) if is_dataclass(model) and not isinstance(model, type) else ():
        value = getattr(model, field.name)
        if field.type in (bool, "bool") and not isinstance(value, bool):
            raise InputError(f"{field.name}={brief(value)} must be True or False")
