"""The forward pass of a model as a formula: the pass itself is run on names instead of matrices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import sympy

from symicl.algebra import CENTRING, DIMENSIONS, LAST_UNIT, ONE, ClosedForm, NamedMatrix
from symicl.models.named_prompt import PARTS, named_prompt
from symicl.models.shapes import Side, WeightShape
from symicl.tasks import Prompt
from symicl.typeset import Equation, Passage, expression_latex, formula_latex

if TYPE_CHECKING:
    from symicl.algebra import Blocks, Dimension, Matrix
    from symicl.tasks import PromptTask

LAST_UNITS = r"P_{y}"
"""How the last unit vectors are written where there are several responses."""
TOKENS = {
    PARTS[
        "context"
    ]: r"$=\begin{pmatrix}X^{\top}\\y^{\top}\end{pmatrix}$ holds the context tokens as columns",
    PARTS["query_token"]: r"$=\begin{pmatrix}x\\0\end{pmatrix}$ is the query token",
    CENTRING: r"$=I-\tfrac{1}{n}\mathbf{1}\mathbf{1}^{\top}$ takes the mean off each column",
    LAST_UNIT: "is the last unit vector",
    LAST_UNITS: "has the last unit vectors as columns, one for each response",
}
"""Letters that a forward pass uses beside its weights."""


class Model(Protocol):
    """The part of `symicl.models.model.Model` that is written down here."""

    def weight_shapes(self) -> dict[str, WeightShape]: ...

    def forward(self, weights: Mapping[str, Matrix], prompt: Prompt) -> Matrix: ...

    def effective(self, weights: Mapping[str, Matrix]) -> dict[str, Matrix]: ...

    def predict(self, parameters: Mapping[str, Matrix], prompt: Prompt) -> Matrix: ...

    def sizes_on(self, task: PromptTask) -> dict[str, Any]: ...

    def symbolic_parameters(self, d: Dimension, **others: Dimension) -> dict[str, Blocks]: ...


def written(model: Model, task: PromptTask) -> Passage:
    """The forward pass with all its letters, the effective parameters among them.

    A pass that uses more than ``@``, ``+``, ``-`` and the functions of `symicl.algebra.assembly` is shown at its
    effective parameters instead.
    """
    weights = {name: NamedMatrix.of(name_of(name)) for name in model.weight_shapes()}
    m = task.sizes()["m"]
    shapes = {name: _with_responses(shape, m) for name, shape in model.weight_shapes().items()}
    where = dict(_grouped(shapes, "are trainable", "is trainable"))
    try:
        formula = str(model.forward(weights, named_prompt()))
        effective = {name: str(value) for name, value in model.effective(weights).items()}
        if m != 1:
            formula = formula.replace(LAST_UNIT, LAST_UNITS)
            formula = rf"v^{{\top}} \left({formula}\right)"
        display: object = rf"\hat{{y}}_\theta = {formula}"
    except Exception:  # whatever a pass of a user's own does with names
        effective = {}
        parameters = model.symbolic_parameters(**model.sizes_on(task))
        display = Equation(
            r"\hat{y}_\theta", task.component(model.predict(parameters, task.prompt()).single())
        )
        formula = ""
    used = " ".join([formula, *effective.values()])
    where |= {letter: meaning for letter, meaning in TOKENS.items() if _occurs(letter, used)}
    taken = {letter for letters in task.setting().where for letter in letters.split("\\in")[0].split(",")}
    where |= _effective_letters(model, task, effective, taken)
    where |= {
        r"\theta": "stands for all trainable weights",
        "L": r"$=L(\theta)=\mathbb{E}(\hat{y}_\theta-y_{0})^{2}$ is the loss"
        + ("" if m == 1 else ", the mean squared length of the error in all responses"),
        "L^{*}": "is its minimum over all weights",
    }
    what = "the prediction" if m == 1 else "a prediction, whose component along $v$ is"
    return Passage(f"From the prompt the model computes {what}", (display,), where)


def name_of(name: str) -> str:
    """LaTeX of the name of a weight."""
    return expression_latex(sympy.MatrixSymbol(name, 2, 2))


def _with_responses(shape: WeightShape, m: Any) -> WeightShape:
    """The same with the number of responses, or its symbol, in the place of m."""
    rows, cols = (
        tuple(getattr(m, "name", None) or int(m) if size == "m" else size for size in side)
        for side in (shape.rows, shape.cols)
    )
    return WeightShape(rows, cols, shape.kind)


def _occurs(letter: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z\\\\{{]){re.escape(letter)}(?![A-Za-z_}}])", text) is not None


def _grouped(shapes: dict[str, WeightShape], many: str, one: str) -> dict[str, str]:
    """The weights with their sizes, those of one shape together."""
    groups: dict[str, list[str]] = {}
    for name, shape in shapes.items():
        groups.setdefault(_space(shape.rows, shape.cols), []).append(name_of(name))
    return {
        ",".join(names): rf"$\in{space}$ {many if len(names) > 1 else one}" for space, names in groups.items()
    }


def _space(rows: Side, cols: Side) -> str:
    height, width = ("+".join(map(str, side)) for side in (rows, cols))
    if height == width == "1":
        return r"\mathbb{R}"
    if width == "1":
        return rf"\mathbb{{R}}^{{{height}}}"
    return rf"\mathbb{{R}}^{{{_bracketed(height)}\times {_bracketed(width)}}}"


def _bracketed(size: str) -> str:
    return f"({size})" if "+" in size else size


def _effective_letters(
    model: Model, task: PromptTask, effective: dict[str, str], taken: set[str]
) -> dict[str, str]:
    """The effective parameters as products of weights, cut into the blocks that the formulas use.

    One whose letter the setting has already is known by its blocks alone.
    """
    found: dict[str, str] = {}
    letters: dict[str, list[str]] = {}
    for name, blocks in model.symbolic_parameters(**model.sizes_on(task)).items():
        grid = _grid(blocks)
        product = effective.get(name, "")
        product = "" if product == name_of(name) else f"={product}"
        if grid != name_of(name):
            if name_of(name) in taken:
                found[grid] = f"${product}$"
            else:
                found[name_of(name)] = f"${product}={grid}$"
            for row in blocks.grid:
                for block in row:
                    symbol, space = _letter(block)
                    letters.setdefault(space, []).append(symbol)
        elif product:
            found[name_of(name)] = f"${product}$"
    for space, names in letters.items():
        found[",".join(dict.fromkeys(names))] = rf"$\in{space}$ " + (
            "are blocks of these" if len(names) > 1 else "is a block of these"
        )
    return found


def _grid(blocks: Blocks) -> str:
    rows = [[_block(block) for block in row] for row in blocks.grid]
    if len(rows) == len(rows[0]) == 1:
        return rows[0][0]
    return r"\begin{pmatrix}" + r"\\".join("&".join(row) for row in rows) + r"\end{pmatrix}"


def _letter(block: ClosedForm) -> tuple[str, str]:
    """The letter of a block, not transposed, and the space that it is in."""
    column = block.T if block.rows == ONE != block.cols else block
    rows, cols = (str(DIMENSIONS[side]) for side in (column.rows, column.cols))
    return _block(column), _space((rows,), (cols,))


def _block(block: ClosedForm) -> str:
    return formula_latex(block.trace() if block.rows == block.cols == ONE else block)
