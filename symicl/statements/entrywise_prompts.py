"""Prompts in explicit coordinates: what a task draws and a model computes, as polynomials in independent numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy

from symicl.algebra import Structured, SymmetricMatrix, exact_size
from symicl.certificates.coordinates import Gaussians, Matrix, entry, matrices, mean_of_product
from symicl.errors import UnsupportedError, brief
from symicl.models import Model
from symicl.numeric import ExactMatrix, structured_matrix
from symicl.tasks import PromptTask
from symicl.theory import LossAt, expected_loss

PROMPT_SIZES = ((1, 1), (1, 2), (2, 1), (2, 2))
"""Numbers of examples, which are 1 or 2, and dimensions."""
OWN_SIZE = 2
"""The number for each size that only the model has, such as a rank."""

Instance = tuple[dict[str, int], str, Any, Any]


class EntryDraws:
    """A source of randomness whose draws are polynomials in independent numbers, for `symicl.tasks.draws`."""

    def __init__(self) -> None:
        self.gaussians = Gaussians()

    def normal(self, *shape: int) -> np.ndarray:
        """Standard normals."""
        count = int(np.prod(shape))
        return np.array(self.gaussians.draw(1, count, None, None, 1), dtype=object).reshape(shape)

    def array(self, values: np.ndarray) -> np.ndarray:
        """A constant, exactly as it is."""
        return np.vectorize(lambda x: Fraction(float(x)), otypes=[object])(values)

    def constant(self, value: ExactMatrix) -> np.ndarray:
        """A constant."""
        return np.array(_rows(value), dtype=object)

    def gaussian(
        self,
        batch: int,
        rows: int,
        cols: int,
        row_cov: ExactMatrix | None,
        col_cov: ExactMatrix | None,
        variance: Any,
    ) -> np.ndarray:
        """A centred Gaussian matrix, with one more axis in front."""
        assert batch == 1
        left, right = (None if cov is None else _rows(cov) for cov in (row_cov, col_cov))
        drawn = self.gaussians.draw(rows, cols, left, right, _number(variance))
        return np.array(drawn, dtype=object)[None]

    def numbers(self, batch: int, rows: int, cols: int, moments: tuple[Fraction, ...]) -> np.ndarray:
        """Independent entries of a symmetric law, given by its second, fourth, … moments."""
        assert batch == 1
        return np.array(self.gaussians.draw_numbers(rows, cols, moments), dtype=object)[None]

    def elliptical(
        self, batch: int, rows: int, cols: int, cov: ExactMatrix, moments: tuple[Fraction, ...]
    ) -> np.ndarray:
        """Independent rows s g with g ~ N(0, cov), and scales s of the given second, fourth, … moments."""
        assert batch == 1
        return np.array(self.gaussians.draw_elliptical(rows, cols, _rows(cov), moments), dtype=object)[None]


def instances(task: PromptTask, model: Model) -> Iterator[Instance]:
    """The loss at random weights and small sizes, by closed form and entry by entry."""
    loss = expected_loss(model, task)
    for note, example in task.examples().items():
        for sizes, numbers in _numbers(task):
            values = example.at(**numbers).values
            draws = EntryDraws()
            own = model.own_sizes(task)
            lengths = model.sizes_on(example.at_values(values)) | dict.fromkeys(own, OWN_SIZE)
            weights = {
                name: np.array(matrices.numbers(*size, seed), dtype=object)
                for seed, (name, size) in enumerate(model.weight_sizes(**lengths).items(), start=40)
            }
            try:
                sample = example.sample(values, 1, draws)
                predicted = model.forward(weights, sample.data)
                value = sum(
                    mean_of_product(r, r, draws.gaussians.variances)
                    for r in map(entry, (predicted - sample.target).ravel())
                )
            except (TypeError, AttributeError, ValueError) as error:
                raise UnsupportedError(
                    f"{type(model).__name__} on {type(task).__name__} does not run on polynomials in entries "
                    f"({brief(error)}), so the second engine does not see it"
                ) from error
            at = LossAt(loss, values | {size: sympy.Integer(OWN_SIZE) for size in own.values()})
            yield sizes, note, at(**model.effective(weights)), value


def _numbers(task: PromptTask) -> Iterator[tuple[dict[str, int], dict[str, Any]]]:
    """Sizes to be shown, and numbers for all symbols of a law."""
    symbols = task.symbols()
    free = [symbol for symbol in symbols.values() if _is_size(symbol)]
    seen = set()
    for n, d in sorted(PROMPT_SIZES):
        known = task.sizes()
        lengths = sorted(getattr(known["n"], "free_symbols", set()), key=str)
        others = {known["m"], *lengths[1::2]}  # other numbers than that of the (first) examples
        sizes = {symbol: d if symbol == task.d else 3 - n if symbol in others else n for symbol in free}
        if tuple(sizes.values()) in seen:
            continue
        seen.add(tuple(sizes.values()))
        numbers: dict[str, Any] = {}
        for seed, (name, symbol) in enumerate(symbols.items()):
            if symbol in sizes:
                numbers[name] = sizes[symbol]
            elif isinstance(symbol, sympy.MatrixSymbol):
                rows, cols = (int(sizes.get(side, side)) for side in symbol.shape)
                numbers[name] = _matrix(symbol, rows, cols, seed)
            else:
                numbers[name] = Fraction(9 + seed, 40)  # below 1: it may be a correlation
        shown = {"n": getattr(task, "n", None), "d": task.d}
        yield (
            {name: int(exact_size(size).subs(sizes)) for name, size in shown.items() if size is not None}
            | {str(size): value for size, value in sizes.items() if size not in shown.values()},
            numbers,
        )


def _is_size(symbol: sympy.Basic) -> bool:
    return isinstance(symbol, sympy.Symbol) and bool(symbol.is_integer and symbol.is_positive)


def _matrix(symbol: sympy.MatrixSymbol, rows: int, cols: int, seed: int) -> Matrix:
    if isinstance(symbol, Structured):
        return _rows(structured_matrix(symbol, dict(zip(symbol.shape, (rows, cols), strict=True)), seed + 1))
    if isinstance(symbol, SymmetricMatrix):  # some are covariances, which may be singular
        lower = matrices.lower(rows, seed)
        return matrices.product(lower, matrices.transpose(lower))
    return matrices.numbers(rows, cols, seed)


def _rows(value: ExactMatrix) -> Matrix:
    return [[_number(x) for x in row] for row in value.tolist()]


def _number(value: Any) -> Fraction:
    if isinstance(value, int | Fraction):
        return Fraction(value)
    return Fraction(int(value.p), int(value.q))
