"""The interface that every model offers to the theory and to the trainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, ClassVar

from symicl.algebra import Dimension, dimension_index, dims
from symicl.errors import InputError, UnsupportedError, brief
from symicl.models.factors import free_blocks_as_identities, weights_with
from symicl.models.find_products import find_products, named_products, pass_size
from symicl.models.named_prompt import symbolic_prompt
from symicl.models.products import FoundProducts, Run, WeightProduct
from symicl.models.shapes import WeightShape, side_names, symbolic_size

if TYPE_CHECKING:
    from symicl.tasks import Task, TaskAt
    from symicl.typeset import Passage

Weights = Mapping[str, Any]
"""By name: block matrices, SymPy matrices, arrays or tensors, or the parameters of a symbolic sequence."""

Data = Any
"""The input of a forward pass: a prompt or a sequence, in symbols or in numbers; see `symicl.tasks.task.Task.data`."""


class Model(ABC):
    """A linear transformer: its weights, and its forward pass, written once for symbols and for tensors.

    It reads prompts unless it is a `symicl.models.causal.CausalModel`, which reads sequences. `weight_shapes` and
    `forward` are all that has to be written. Products of weights that enter the prediction as one matrix, such as
    W_KᵀW_Q, are found from the forward pass and are its effective parameters, `product_name` calls them, and weights
    with given products are searched. A model may also say all this itself, by `effective`, `effective_shapes`,
    `predict` and `weights_for`; whoever derives a loss checks either against the forward pass.

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

    def weight_sizes(self, d: int, **others: int) -> dict[str, tuple[int, int]]:
        """Rows and columns of the trainable matrices for a covariate dimension, and for other sizes by name."""
        return {name: shape.sizes(d, **others) for name, shape in self.weight_shapes().items()}

    def sizes_on(self, task: Task | TaskAt[Any]) -> dict[str, Any]:
        """The sizes of a task that the weights have among their sides, d first: of a task at numbers as integers."""
        wanted = {"d", *side_names(self.weight_shapes().values())}
        return {name: size for name, size in task.sizes().items() if name in wanted}

    def block_sizes(self, shape: WeightShape, task: Task) -> tuple[list[Any], list[Any]]:
        """The sizes of the blocks along both sides of a weight, on a task."""
        known = task.sizes()
        rows, cols = ([symbolic_size(size, known) for size in side] for side in (shape.rows, shape.cols))
        return rows, cols

    def own_sizes(self, task: Task) -> dict[str, Any]:
        """The other sizes among the sides of the weights, such as a rank without a number, as symbols."""
        return {
            name: dims(name)
            for name in sorted(side_names(self.weight_shapes().values()) - task.sizes().keys())
        }

    def forward(self, weights: Weights, data: Data) -> Any:
        """The prediction from all weights; by default `predict` at the effective parameters.

        Parameters
        ----------
        weights : mapping
        data : Prompt or sequence

        Returns
        -------
        For a prompt the response to the query, m × 1, with the batch axes of the arguments. For a sequence the
        prediction of x_{t+1}.
        """
        self._check_pass()
        return self.predict(self.effective(weights), data)

    @cached_property
    def _found(self) -> FoundProducts | None:
        """The products of a pass that says nothing of its effective parameters; None if each is a weight by itself."""
        says_itself = any(
            getattr(type(self), name) is not getattr(Model, name)
            for name in ("effective", "effective_shapes")
        )
        shapes = self.weight_shapes()
        one = len(shapes) < 2 and not any(shape.kind for shape in shapes.values())
        if says_itself or self.reads != "prompt" or one:
            return None
        self._check_pass()
        reduced = self._pass_below()
        found = None if reduced is None else find_products(shapes, reduced)
        return found if found is not None and found.merge_something else None

    def _pass_below(self) -> Callable[[Weights, Data], Any] | None:
        """The forward pass to which `predict` of this class belongs, which a class below may have in its own
        `predict` by ``super()``; None if none is below the last class with a `predict` of its own."""
        kinds: tuple[Any, ...] = type(self).__mro__
        own = [k for k, kind in enumerate(kinds) if kind is not Model and "predict" in vars(kind)]
        below = kinds[own[-1] + 1 if own else 0 :]
        with_pass = next(kind for kind in below if "forward" in vars(kind))
        return None if with_pass is Model else partial(with_pass.forward, self)

    def pass_size(self) -> int:
        """About how many terms the forward pass over all blocks of all weights has; 0 where none has several."""
        shapes = self.weight_shapes()
        blocks = any(len(shape.rows) + len(shape.cols) > 2 for shape in shapes.values())
        return pass_size(shapes, self.forward) if blocks and self.reads == "prompt" else 0

    @cached_property
    def _products(self) -> dict[str, WeightProduct]:
        """The products that were found, by name."""
        named: dict[str, WeightProduct] = {}
        for product in self._found.products if self._found else ():
            weights = product.weights
            name = weights[0] if len(product.run) == 1 else self.product_name(weights)
            while name in named:
                name += "_o"
            named[name] = product
        return named

    def product_name(self, weights: tuple[str, ...]) -> str:
        """The name for the product of these weights; by default W_KQ for W_KᵀW_Q, and UV for UV.

        Parameters
        ----------
        weights : tuple of str
            The factors by name, whether transposed or not.
        """
        stems, middles = zip(
            *(name.split("_", 1) if "_" in name else (name, "") for name in weights), strict=True
        )
        if len({*stems}) > 1 or not any(middles):
            return "".join(weights).replace("_", "")
        ends = {middle.rpartition("_")[2] for middle in middles}
        shared = f"_{ends.pop()}" if len(ends) == 1 and all("_" in middle for middle in middles) else ""
        return f"{stems[0]}_" + "".join(m.removesuffix(shared).replace("_", "") for m in middles) + shared

    def effective_shapes(self) -> dict[str, WeightShape]:
        """Shapes of the effective parameters; by default of the products that are found, or of the weights."""
        if self._found is None:
            return self.weight_shapes()
        return {name: product.shape for name, product in self._products.items()}

    def effective(self, weights: Weights) -> dict[str, Any]:
        """The effective parameters that the weights give; by default the products that are found, or the weights."""
        if self._found is None:
            return dict(weights)
        return {name: product.of(weights) for name, product in self._products.items()}

    def predict(self, parameters: Weights, data: Data) -> Any:
        """The prediction from effective parameters; by default the forward pass, with these for the products."""
        if self._found is None:
            self._check_pass()
            return self.forward(parameters, data)
        return self._found.predict([parameters[name] for name in self._products], data)

    def _check_pass(self) -> None:
        if type(self).forward is Model.forward and type(self).predict is Model.predict:
            raise InputError(
                f"{type(self).__name__} has no forward pass; define forward(self, weights, {self.reads})"
            )

    def weights_for(self, parameters: Mapping[str, Any], d: Dimension, **others: Dimension) -> dict[str, Any]:
        """Weights whose effective parameters give the same prediction as the given ones.

        By default they are searched: identities, and in each product one factor that carries its value. Entries of
        the parameters that no prediction depends on may be others than the given ones.

        Raises
        ------
        UnsupportedError
            If no such weights are found, as where a rank is too small, and the model names none.
        """
        if self.weight_shapes() == self.effective_shapes():
            return dict(parameters)
        return self.search_weights(parameters, (), d, **others)

    def search_weights(
        self, parameters: Mapping[str, Any], factors: Sequence[Any], d: Dimension, **others: Dimension
    ) -> dict[str, Any]:
        """The search of `weights_for`, where two neighbours in a product may also be two of the given factors.

        Raises
        ------
        UnsupportedError
            If no such weights are found.
        """
        runs, shapes = self._runs(), self.symbolic_weights(d, **others)
        with suppress(UnsupportedError):
            return weights_with(runs, parameters, shapes, factors)
        letters = self.symbolic_parameters(d, **others)
        seen = self.predict(letters, symbolic_prompt(d, **others)).single().letters()
        side, single = dimension_index(d), dimension_index(others.get("m", 1))
        for sides in ((single,), (side, single)):
            filled = free_blocks_as_identities(parameters, letters, seen, sides)
            with suppress(UnsupportedError):
                return weights_with(runs, filled, shapes, factors)
        return weights_with(runs, parameters, shapes, factors)

    def _runs(self) -> dict[str, Run]:
        """The products that the effective parameters are."""
        if self._found is not None:
            return {name: product.run for name, product in self._products.items()}
        return named_products(self.weight_shapes(), self.effective)

    def families(self) -> Mapping[str, Any]:
        """Effective parameters that a statement restricts the model to, by what they are called; by default none.

        Where they depend on the sizes of a task, a function of these by name.
        """
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

    def free_matrix(self, name: str, shape: WeightShape, d: Dimension, **others: Dimension) -> Any:
        """A weight of which nothing is known but its shape, in symbols: every block a letter."""
        return shape.blocks(name, d, **others)

    def symbolic_weights(self, d: Dimension, **others: Dimension) -> dict[str, Any]:
        """Every block of every weight matrix as a letter."""
        return {
            name: self.free_matrix(name, shape, d, **others) for name, shape in self.weight_shapes().items()
        }

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Any]:
        """Every block of every effective parameter as a letter."""
        return {
            name: self.free_matrix(name, shape, d, **others)
            for name, shape in self.effective_shapes().items()
        }


def _fields_of(kind: Any) -> Any:
    return fields(kind) if is_dataclass(kind) else ()


def check_switches(model: object) -> None:
    """Refuse values of a model's switches that are neither True nor False, such as "no", which would count as true."""
    for field in fields(model) if is_dataclass(model) and not isinstance(model, type) else ():
        value = getattr(model, field.name)
        if field.type in (bool, "bool") and not isinstance(value, bool):
            raise InputError(f"{field.name}={brief(value)} must be True or False")
