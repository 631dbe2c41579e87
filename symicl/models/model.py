"""The interface that every model offers to the theory and to the trainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import sympy

from symicl.errors import InputError, UnsupportedError, brief
from symicl.models.shapes import WeightShape

if TYPE_CHECKING:
    from symicl.tasks import Task
    from symicl.typeset import Passage

Weights = Mapping[str, Any]
"""By name: block matrices, SymPy matrices, arrays or tensors, or the parameters of a symbolic sequence."""

Data = Any
"""The input of a forward pass: a prompt or a sequence, in symbols or in numbers; see `symicl.tasks.task.Task.data`."""


class Model(ABC):
    """A linear transformer: its weights, and its forward pass, written once for symbols and for tensors.

    It reads prompts unless it is a `symicl.models.causal.CausalModel`, which reads sequences. `weight_shapes` and
    `forward` are all that has to be written. Where the weights enter the prediction through fewer parameters,
    `effective`, `effective_shapes` and `predict` say so; whoever derives a loss checks that they do.

    Attributes
    ----------
    reads : str
        "prompt" or "sequence".
    query_switch : str
        The option that says whether the query token attends to itself, where there is one.
    """

    reads: ClassVar[str] = "prompt"
    query_switch: ClassVar[str] = ""

    def __post_init__(self) -> None:
        check_switches(self)

    @classmethod
    def options(cls) -> dict[str, str] | None:
        """The arguments with which a claim file can make one: "flag" for True or False, "count" for integers.

        By default the fields of a dataclass; None where a field is something else.
        """
        kinds = {"bool": "flag", "int": "count"}
        found = {
            field.name: kinds.get(getattr(field.type, "__name__", field.type)) for field in _fields_of(cls)
        }
        return None if None in found.values() else found  # type: ignore[return-value]

    @abstractmethod
    def weight_shapes(self) -> dict[str, WeightShape]:
        """The trainable matrices, in the paper's order."""

    def weight_sizes(self, d: int) -> dict[str, tuple[int, int]]:
        """Rows and columns of the trainable matrices for a covariate dimension."""
        return {name: shape.sizes(d) for name, shape in self.weight_shapes().items()}

    def forward(self, weights: Weights, data: Data) -> Any:
        """The prediction from all weights; by default `predict` at the effective parameters.

        Parameters
        ----------
        weights : mapping
        data : Prompt or sequence

        Returns
        -------
        For a prompt the response to the query, 1 × 1, with the batch axes of the arguments. For a sequence the
        prediction of x_{t+1}.
        """
        self._check_pass()
        return self.predict(self.effective(weights), data)

    def effective_shapes(self) -> dict[str, WeightShape]:
        """Shapes of the effective parameters; by default those of the weights."""
        return self.weight_shapes()

    def effective(self, weights: Weights) -> dict[str, Any]:
        """The effective parameters that the weights give; by default the weights themselves."""
        return dict(weights)

    def predict(self, parameters: Weights, data: Data) -> Any:
        """The prediction from effective parameters; by default the forward pass."""
        self._check_pass()
        return self.forward(parameters, data)

    def _check_pass(self) -> None:
        if type(self).forward is Model.forward and type(self).predict is Model.predict:
            raise InputError(
                f"{type(self).__name__} has no forward pass; define forward(self, weights, {self.reads})"
            )

    def weights_for(self, parameters: Mapping[str, Any], d: sympy.Symbol | int) -> dict[str, Any]:
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

    def families(self) -> Mapping[str, Weights]:
        """Effective parameters that a statement restricts the model to, by what they are called; by default none."""
        return {}

    def forward_pass(self, task: Task) -> Passage:
        """The forward pass as a formula, with the meaning of every letter; it is run on names, not typed in."""
        from symicl.models.written import written
        from symicl.tasks import PromptTask

        assert isinstance(task, PromptTask)
        return written(self, task)

    def _repr_html_(self) -> str:
        from symicl.tasks import LinearRegression
        from symicl.typeset import Equation, described, mathematics, paragraphs

        task = LinearRegression()
        prediction = self.predict(self.symbolic_parameters(task.d), task.prompt()).single().trace()
        return paragraphs([described(self), mathematics(Equation("f", prediction))])

    def free_matrix(self, name: str, shape: WeightShape, d: sympy.Symbol | int) -> Any:
        """A weight of which nothing is known but its shape, in symbols: every block a letter."""
        return shape.blocks(name, d)

    def symbolic_weights(self, d: sympy.Symbol | int) -> dict[str, Any]:
        """Every block of every weight matrix as a letter."""
        return {name: self.free_matrix(name, shape, d) for name, shape in self.weight_shapes().items()}

    def symbolic_parameters(self, d: sympy.Symbol | int) -> dict[str, Any]:
        """Every block of every effective parameter as a letter."""
        return {name: self.free_matrix(name, shape, d) for name, shape in self.effective_shapes().items()}


def _fields_of(kind: Any) -> Any:
    return fields(kind) if is_dataclass(kind) else ()


def check_switches(model: object) -> None:
    """Refuse values of a model's switches that are neither True nor False, such as "no", which would count as true."""
    for field in fields(model) if is_dataclass(model) and not isinstance(model, type) else ():
        value = getattr(model, field.name)
        if field.type in (bool, "bool") and not isinstance(value, bool):
            raise InputError(f"{field.name}={brief(value)} must be True or False")
