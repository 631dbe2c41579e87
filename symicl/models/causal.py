"""The interface that every causal sequence model offers to the theory and to the trainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from symicl.errors import UnsupportedError
from symicl.expectation.phases.parameters import FullMatrix
from symicl.models.shapes import WeightShape
from symicl.tasks.arrays import Array, ArraySequence

if TYPE_CHECKING:
    from symicl.tasks.autoregressive import AutoregressiveTask
    from symicl.typeset.passage import Passage

Parameters = Mapping[str, Any]
"""By name: arrays for numbers; parameters, grids of parameters and zeros, or positional weights for symbols."""

Sequenced = Any
"""A `SymbolicSequence` or an `ArraySequence`."""

Vector = Any
"""A `PhaseVector` or an `ArrayVector`."""


class CausalModel(ABC):
    """A one-layer model that predicts x_{t+1} from x_1, …, x_t.

    The forward pass is written once, in the operations that symbolic and numeric sequences share: ``now.x(lag)``
    and ``context.x(lag)`` of the sequence, sums over the context, ``+``, ``*``, ``conj``, ``P @ v``. With a
    symbolic sequence it gives the terms of the prediction, with arrays the predictions for all query times.
    """

    @abstractmethod
    def weight_shapes(self) -> dict[str, WeightShape]:
        """The trainable matrices, in the paper's order."""

    @abstractmethod
    def predict(self, parameters: Parameters, sequence: Sequenced) -> Vector:
        """The prediction of x_{t+1} from effective parameters."""

    def forward_pass(self, task: AutoregressiveTask) -> Passage:
        """The forward pass in words and formulas, with the meaning of every letter; by default the weights alone."""
        from symicl.models.written import name_of
        from symicl.typeset.passage import Passage

        names = ",".join(map(name_of, self.weight_shapes()))
        return Passage("The model predicts $x_{t+1}$ from $x_1,\\dots,x_t$", (), {names: "are its weights"})

    def _repr_html_(self) -> str:
        from symicl.typeset.notebook import described

        return described(self)

    def effective(self, weights: Parameters) -> dict[str, Any]:
        """The effective parameters that the weights give; by default the weights themselves."""
        return dict(weights)

    def forward(self, weights: Parameters, sequence: Sequenced) -> Vector:
        """The prediction of x_{t+1} from the weights."""
        return self.predict(self.effective(weights), sequence)

    def symbolic_parameters(self) -> dict[str, Any]:
        """Every d × d block of every effective parameter as a full real matrix; blocks are numbered from 1."""
        found: dict[str, Any] = {}
        for name, shape in self.weight_shapes().items():
            if set(shape.rows) | set(shape.cols) != {"d"}:
                raise UnsupportedError(
                    f"the weight {name} has sides that are not coordinates; define symbolic_parameters()"
                )
            rows, cols = len(shape.rows), len(shape.cols)
            if rows == cols == 1:
                found[name] = FullMatrix(name)
            else:
                found[name] = [
                    [FullMatrix(f"{name}_{i + 1}{j + 1}") for j in range(cols)] for i in range(rows)
                ]
        return found

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
