"""A prediction as a sum of products of weights and parts of the prompt; see `symicl.models.find_products`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

from symicl.algebra import (
    LAST_UNIT,
    Assembled,
    Blocks,
    Matrix,
    NamedMatrix,
    beside,
    diagonal,
    last_column,
    last_rows,
    last_unit,
    stack,
    transpose,
    zero_row,
)
from symicl.models.named_prompt import PARTS
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt

Run = tuple[tuple[str, bool], ...]
"""Weights that follow each other, each with whether it is transposed; the last unit vector counts as one."""


@dataclass(frozen=True)
class WeightProduct:
    """A product of weights, applied to the last unit vector where it is a column of one.

    Attributes
    ----------
    run : Run
    shape : WeightShape
    diagonals : frozenset of str
        The weights that are columns ω, for diag(ω).
    """

    run: Run
    shape: WeightShape
    diagonals: frozenset[str] = frozenset()

    @property
    def weights(self) -> tuple[str, ...]:
        """The weights by name, in the order of the product."""
        return tuple(name for name, _ in self.run if name != LAST_UNIT)

    def of(self, weights: Mapping[str, Matrix]) -> Matrix:
        """The product, from the right to the left."""
        value: Any = None
        for name, turned in reversed(self.run):
            if name == LAST_UNIT:
                value = LAST_UNIT if value is None else transpose(last_column(transpose(value)))
                continue
            factor = diagonal(weights[name]) if name in self.diagonals else weights[name]
            factor = transpose(factor) if turned else factor
            if value is None:
                value = factor
            else:
                value = last_column(factor) if isinstance(value, str) else factor @ value
        return value


Place = tuple[Any, bool]
"""The number of a product, the name of a part of the prompt, or an assembled matrix; and whether it is transposed."""


@dataclass(frozen=True)
class FoundTerm:
    """A summand of the prediction.

    Attributes
    ----------
    number : Fraction
    lengths : int
        How often it is divided by the length of the prompt.
    places : tuple of Place
    """

    number: Fraction
    lengths: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class FoundProducts:
    """A prediction as a sum of products of weights and parts of the prompt.

    Attributes
    ----------
    products : tuple of WeightProduct
    terms : tuple of FoundTerm
    """

    products: tuple[WeightProduct, ...]
    terms: tuple[FoundTerm, ...]

    @property
    def merge_something(self) -> bool:
        """False if every product is a weight by itself."""
        return any(len(product.run) > 1 or product.shape.kind for product in self.products)

    def predict(self, values: list[Matrix], prompt: Prompt) -> Matrix:
        """The prediction from the values of the products."""
        total = None
        for term in self.terms:
            value = _factor_for(term, prompt)(_multiplied(term.places, values, prompt))
            total = value if total is None else total + value
        return total


def _factor_for(term: FoundTerm, prompt: Prompt) -> Callable[[Matrix], Matrix]:
    def apply(matrix: Matrix) -> Matrix:
        for _ in range(term.lengths):
            matrix = matrix * prompt.inverse_length
        number = term.number
        if number == 1:
            return matrix
        if number.denominator == 1:
            return matrix * int(number)
        return matrix * (number if isinstance(prompt.query, Blocks) else float(number))

    return apply


def _multiplied(places: tuple[Place, ...], values: list[Matrix], prompt: Prompt) -> Matrix:
    """The product, from the right to the left."""
    result: Any = None
    for k in reversed(range(len(places))):
        what, turned = places[k]
        if what == LAST_UNIT:
            if turned and result is not None:
                result = last_rows(result, prompt.responses)
                continue
            unit = last_unit(transpose(_value(*places[k - 1], values, prompt)))
            result = unit if result is None else unit @ result
            continue
        value = _value(what, turned, values, prompt)
        result = value if result is None else value @ result
    return result


def _value(what: Any, turned: bool, values: list[Matrix], prompt: Prompt) -> Matrix:
    if isinstance(what, int):
        value = values[what]
    elif isinstance(what, str):
        value = getattr(prompt, next(part for part, name in PARTS.items() if name == what))
    else:
        value = _assembled(what, prompt)
    return transpose(value) if turned else value


def _assembled(whole: Assembled, prompt: Prompt) -> Matrix:
    together = beside if whole.separator == "&" else stack
    parts: list[Any] = []
    for part in whole.parts:
        parts.append(None if str(part) == "0" else _sum(part, prompt))
    like = next(part for part in parts if part is not None)
    return together([zero_row(like) if part is None else part for part in parts])


def _sum(named: NamedMatrix, prompt: Prompt) -> Matrix:
    summands = []
    for term in named.expanded():
        value = _multiplied(term.factors, [], prompt)
        summands.append(_factor_for(FoundTerm(term.number, len(term.scalars), ()), prompt)(value))
    return reduce(lambda a, b: a + b, summands)
