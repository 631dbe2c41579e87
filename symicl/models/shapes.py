"""Shapes of weight matrices, made of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sympy

from symicl.algebra import Blocks, ClosedForm, Dimension, dims, matrix, symbol_letter, symmetric
from symicl.errors import InputError, brief, described

SINGLE = {"m": 1}
"""The number of responses, where nothing is said of it."""

Side = tuple[int | str, ...]
"""Sizes of the blocks along one side of a weight matrix: numbers, or names of sizes such as "d"."""


@dataclass(frozen=True)
class WeightShape:
    """A weight matrix with its block structure.

    Attributes
    ----------
    rows, cols : tuple of str or int
        Block sizes, such as ("d", 1) for a side of length d+1. The names "d", "n" and "m" are the sizes of a task:
        covariates, examples and responses of each, where m is 1 unless something else is said. Any other name, such as
        "r" for a rank, is a size of the model's own: a symbol until a number is given for it. A symbol, such as a
        task's ``n``, stands for its name.
    kind : "", "diagonal" or "symmetric"
        A diagonal weight is trained as a column ω, and a forward pass writes `symicl.algebra.diagonal` of it; in
        symbols it is a symmetric matrix, so that what is derived holds for the diagonal ones among them.

    Raises
    ------
    InputError
        For a side that is not made of positive integers and names.
    """

    rows: Side
    cols: Side
    kind: Literal["", "diagonal", "symmetric"] = ""

    def __post_init__(self) -> None:
        if self.kind not in ("", "diagonal", "symmetric"):
            raise InputError(f"kind={brief(self.kind)!r} is no kind of weight; choose diagonal or symmetric")
        if self.kind and (self.rows != self.cols or len(self.rows) > 1):
            raise InputError(f'a {self.kind} weight is square and one block, such as ("n",) × ("n",)')
        for name, side in (("rows", _by_name(self.rows)), ("cols", _by_name(self.cols))):
            object.__setattr__(self, name, side)
            if not isinstance(side, tuple) or not side or not all(map(_is_size, side)):
                raise InputError(
                    f"{name}={brief(side)} is no side of a weight; give a tuple of positive integers and of names "
                    'of sizes, such as ("d", 1)'
                )

    @property
    def names(self) -> set[str]:
        """The sizes that are known by name."""
        return {size for size in (*self.rows, *self.cols) if isinstance(size, str)}

    @property
    def T(self) -> WeightShape:
        """The shape of the transpose."""
        return WeightShape(self.cols, self.rows, self.kind)

    def sizes(self, d: int, **others: int) -> tuple[int, int]:
        """Rows and columns for a covariate dimension, and for the other sizes by name.

        Raises
        ------
        InputError
            If no number is given for a size.
        """
        known = {"d": d, **SINGLE, **others}
        return _length(self.rows, known), 1 if self.kind == "diagonal" else _length(self.cols, known)

    def symbols(self, name: str, d: Dimension, **others: Dimension) -> list[list[sympy.MatrixSymbol]]:
        """One SymPy matrix symbol per block; blocks are numbered from 1 when there are several."""
        single = len(self.rows) == len(self.cols) == 1
        known = {"d": d, **SINGLE, **others}

        def block(i: int, j: int, r: int | str, c: int | str) -> sympy.MatrixSymbol:
            index = (
                ""
                if single
                else f"_{i + 1}{j + 1}"
                if len(self.cols) > 1 and len(self.rows) > 1
                else f"_{max(i, j) + 1}"
            )
            if self.kind:
                return symmetric(name, symbolic_size(r, known))
            return matrix(name + index, (symbolic_size(r, known), symbolic_size(c, known)))

        return [[block(i, j, r, c) for j, c in enumerate(self.cols)] for i, r in enumerate(self.rows)]

    def blocks(self, name: str, d: Dimension, **others: Dimension) -> Blocks:
        """The symbolic weight matrix, every block a letter of its own."""
        return Blocks(
            [[ClosedForm.of(symbol_letter(s)) for s in row] for row in self.symbols(name, d, **others)]
        )


def symbolic_size(size: int | str, known: Mapping[str, Dimension]) -> Dimension:
    """A size as a number or a symbol: the one that is known by this name, or one of this name."""
    return size if isinstance(size, int) else known[size] if size in known else dims(size)


def side_names(shapes: Iterable[WeightShape]) -> set[str]:
    """The names of all sizes of some weights."""
    return set().union(*(shape.names for shape in shapes))


def _by_name(side: Any) -> Any:
    """A side whose symbols are replaced by their names."""
    if not isinstance(side, tuple):
        return side
    return tuple(size.name if isinstance(size, sympy.Symbol) else size for size in side)


def _length(side: Side, known: Mapping[str, int]) -> int:
    for size in side:
        if isinstance(size, str) and not isinstance(known.get(size), int):
            raise InputError(
                f"a weight has a side of length {size}, for which there is no number; give the model a number for it "
                f"in place of the name {size!r}"
                if size not in known
                else f"the size {size} of a weight is {described(known[size])}; give a positive integer"
            )
    return sum(size if isinstance(size, int) else known[size] for size in side)


def _is_size(size: object) -> bool:
    if isinstance(size, str):
        return size.isidentifier()
    return isinstance(size, int) and not isinstance(size, bool) and size > 0
