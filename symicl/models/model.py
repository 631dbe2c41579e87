"""What every model offers to the theory and to the trainer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING

import sympy

from symicl.algebra.assembly import Matrix
from symicl.algebra.blocks import Blocks
from symicl.algebra.letters import letter
from symicl.algebra.polynomial import MatrixPolynomial
from symicl.algebra.reader import dimension_index, symbol_letter
from symicl.algebra.symbols import matrix
from symicl.errors import InputError, UnsupportedError, brief
from symicl.tasks.prompt import Prompt

if TYPE_CHECKING:
    from symicl.tasks.task import Task
    from symicl.typeset.passage import Passage

Weights = Mapping[str, Matrix]

Side = tuple[int | str, ...]
"""Sizes of the blocks along one side of a weight matrix; the string "d" is the covariate dimension."""


@dataclass(frozen=True)
class WeightShape:
    """A weight matrix with its block structure.

    Attributes
    ----------
    rows, cols : tuple of "d" or int
        Block sizes, such as ("d", 1) for a side of length d+1.
    """

    rows: Side
    cols: Side

    def sizes(self, d: int) -> tuple[int, int]:
        """Numeric shape for a covariate dimension."""
        return tuple(sum(d if s == "d" else int(s) for s in side) for side in (self.rows, self.cols))  # type: ignore[return-value]

    def symbols(self, name: str, d: sympy.Symbol | int) -> list[list[sympy.MatrixSymbol]]:
        """One SymPy matrix symbol a block; blocks are numbered from 1 when there are several."""
        single = len(self.rows) == len(self.cols) == 1

        def block(i: int, j: int, r: int | str, c: int | str) -> sympy.MatrixSymbol:
            index = (
                ""
                if single
                else f"_{i + 1}{j + 1}"
                if len(self.cols) > 1 and len(self.rows) > 1
                else f"_{max(i, j) + 1}"
            )
            return matrix(name + index, (d if r == "d" else r, d if c == "d" else c))

        return [[block(i, j, r, c) for j, c in enumerate(self.cols)] for i, r in enumerate(self.rows)]

    def blocks(self, name: str, d: sympy.Symbol | int) -> Blocks:
        """The symbolic weight matrix, every block a letter of its own."""
        return Blocks([[MatrixPolynomial.of(symbol_letter(s)) for s in row] for row in self.symbols(name, d)])


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


def fresh_letter(tag: str, rows: sympy.Expr | int, cols: sympy.Expr | int) -> int:
    """An internal letter that has no SymPy symbol, such as a probe."""
    return letter((tag, rows, cols), dimension_index(rows), dimension_index(cols))
