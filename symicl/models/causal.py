"""Models of sequences: they predict x_{t+1} from x_1, …, x_t."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import sympy

from symicl.algebra import scalar
from symicl.errors import UnsupportedError
from symicl.expectation import FullMatrix
from symicl.models.model import Model, Weights
from symicl.models.shapes import WeightShape
from symicl.tasks import Array, ArraySequence

if TYPE_CHECKING:
    from symicl.tasks import Task
    from symicl.typeset import Passage

Parameters = Weights
"""By name: arrays for numbers; parameters, grids of parameters and zeros, or positional weights for symbols."""

Sequenced = Any
"""A `SymbolicSequence` or an `ArraySequence`."""

Vector = Any
"""A `PhaseVector` or an `ArrayVector`."""


class CausalModel(Model):
    """A one-layer model that predicts x_{t+1} from x_1, …, x_t.

    The forward pass is written once, in the operations that symbolic and numeric sequences share: ``now.x(lag)``
    and ``context.x(lag)`` of the sequence, sums over the context, ``+``, ``*``, ``conj``, ``P @ v``. With a
    symbolic sequence it gives the terms of the prediction, with arrays the predictions for all query times.
    """

    reads: ClassVar[str] = "sequence"

    def forward_pass(self, task: Task) -> Passage:
        """The forward pass in words and formulas, with the meaning of every letter; by default the weights alone."""
        from symicl.models.written import name_of
        from symicl.typeset import Passage

        names = ",".join(map(name_of, self.weight_shapes()))
        return Passage("The model predicts $x_{t+1}$ from $x_1,\\dots,x_t$", (), {names: "are its weights"})

    def _repr_html_(self) -> str:
        from symicl.typeset import described

        return described(self)

    def free_matrix(
        self, name: str, shape: WeightShape, d: sympy.Symbol | int | None = None, **others: Any
    ) -> Any:
        """Every d × d block as a full real matrix, numbered from 1; a 1 × 1 weight as a real scalar."""
        if (shape.rows, shape.cols) == ((1,), (1,)):
            return scalar(name)
        if set(shape.rows) | set(shape.cols) != {"d"}:
            raise UnsupportedError(
                f"the weight {name} has sides that are not coordinates; define symbolic_parameters()"
            )
        rows, cols = len(shape.rows), len(shape.cols)
        if rows == cols == 1:
            return FullMatrix(name)
        return [[FullMatrix(f"{name}_{i + 1}{j + 1}") for j in range(cols)] for i in range(rows)]

    def symbolic_parameters(self, d: sympy.Symbol | int | None = None, **others: Any) -> dict[str, Any]:
        """Every d × d block of every effective parameter as a full real matrix; scalars as real symbols."""
        return {name: self.free_matrix(name, shape) for name, shape in self.effective_shapes().items()}

    def predictions(self, weights: Parameters, x: Array, times: Sequence[int] | None = None) -> Array:
        """Predictions of x_{t+1} at numbers.

        Parameters
        ----------
        weights : arrays by name
        x : batch… × L × d
        times : query times t, default 2, …, L

        Returns
        -------
        array, batch… × number of times × d
        """
        return self.forward(weights, ArraySequence(x, times)).predictions
