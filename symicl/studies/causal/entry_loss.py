"""The exact population loss of a causal model over the entries of its matrices, with its gradient."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy

from symicl.algebra import MEANING, by_words, closed_form
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum, is_entry_sum
from symicl.numeric import evaluate
from symicl.theory import AutoregressiveLossAt

Matrices = dict[str, np.ndarray]
"""d × d arrays by name."""

Entry = tuple[str, str]
"""The name of a matrix and the letters of the coordinates of an entry."""
INDEX_LETTERS = "abcdefghijklmnop"
LARGE = 20_000
"""Products in an Einstein sum from which on it is taken pair by pair; smaller ones are faster at once."""


class EntryLoss:
    """A loss that is a polynomial in sums over coordinates of products of entries of real matrices.

    Called with matrices it returns the loss, those of several runs added, and its gradient. Each sum is linear in each
    of its entries: the derivative is the sum without it. That takes a tenth of the time of torch's graph of many
    small products.

    Parameters
    ----------
    loss : AutoregressiveLossAt
        With full or diagonal matrices as its only parameters; a diagonal one is given as the vector of its entries.

    Raises
    ------
    UnsupportedError
        If it contains sums over different coordinates or conjugates.
    """

    def __init__(self, loss: AutoregressiveLossAt):
        found: list[EntrySum] = []
        self._terms: list[tuple[float, tuple[int, ...]]] = []
        for words, part in by_words(loss.closed_form, is_entry_sum).items():
            value = float(evaluate(part.expr, loss.values))
            self._terms.append((value, tuple([_index(found, MEANING[word[0]]) for word in words])))
        self._sums = [_EinsteinSum(entry_sum) for entry_sum in found]

    def __call__(self, matrices: Mapping[str, np.ndarray]) -> tuple[float, Matrices]:
        """The exact loss, added over leading axes, and its derivative with respect to every entry."""
        loss, by_sum = self._in_sums(matrices)
        slopes = {name: np.zeros_like(value, dtype=float) for name, value in matrices.items()}
        for entry_sum, weight in zip(self._sums, by_sum, strict=True):
            for name, slope in entry_sum.slopes(matrices):
                axes = np.ndim(matrices[name]) - np.ndim(weight)
                slopes[name] += np.expand_dims(weight, tuple(range(-axes, 0))) * slope
        return float(np.sum(loss)), slopes

    def loss(self, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
        """The exact loss of arrays; leading axes are kept."""
        return np.asarray(self._in_sums(matrices)[0])

    def gradient(self, matrices: Mapping[str, np.ndarray]) -> Matrices:
        """The derivative with respect to every entry; leading axes are kept."""
        return self(matrices)[1]

    def _in_sums(self, matrices: Mapping[str, np.ndarray]) -> tuple[Any, list[Any]]:
        """The loss, and its derivative with respect to each sum."""
        values = [entry_sum.value(matrices) for entry_sum in self._sums]
        loss: Any = 0.0
        slopes: list[Any] = [np.zeros_like(value) for value in values]
        for c, sums in self._terms:
            loss = loss + math.prod([values[k] for k in sums], start=c)
            for place, k in enumerate(sums):
                others = sums[:place] + sums[place + 1 :]
                slopes[k] = slopes[k] + math.prod([values[j] for j in others], start=c)
        return loss, slopes


class _Product(NamedTuple):
    """A sum over coordinates of a product of entries, where some coordinates may stay free."""

    text: str
    names: tuple[str, ...]
    ones: int

    @classmethod
    def of(cls, entries: Sequence[Entry], free: str = "") -> _Product:
        """The product; a coordinate that stays free and is in no entry belongs to a vector of ones."""
        alone = [x for x in free if not any(x in letters for _, letters in entries)]
        texts = [*("..." + letters for _, letters in entries), *alone]
        return cls(f"{','.join(texts)}->...{free}", tuple(name for name, _ in entries), len(alone))


class _EinsteinSum:
    """A sum over coordinates of a product of entries, and its derivatives."""

    def __init__(self, entry_sum: EntrySum):
        entries: list[Entry] = [
            (f.name, "".join([INDEX_LETTERS[block] for block, _ in f.nodes])) for f in entry_sum.factors
        ]
        self._whole = _Product.of(entries)
        self._parts = []
        for entry, power in Counter(entries).items():
            name, letters = entry
            others = list(entries)
            others.remove(entry)
            free = "".join(dict.fromkeys(letters))
            self._parts.append((name, power, _Product.of(others, free), free != letters))
        self._indices = len({x for _, letters in entries for x in letters})
        self._paths: dict[Any, Any] = {}

    def value(self, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
        """The sum; leading axes are kept."""
        return self._einsum(self._whole, matrices)

    def slopes(self, matrices: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
        """For each different entry of the product its matrix, and the derivative with respect to the entries there."""
        for name, power, product, on_diagonal in self._parts:
            slope = power * self._einsum(product, matrices)
            yield name, slope[..., None] * np.eye(slope.shape[-1]) if on_diagonal else slope

    def _einsum(self, product: _Product, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
        size = next(iter(matrices.values())).shape[-1]
        operands = [*map(matrices.__getitem__, product.names), *[np.ones(size)] * product.ones]
        if size**self._indices < LARGE:
            return np.asarray(np.einsum(product.text, *operands))
        key = (product.text, *[operand.shape for operand in operands])
        if key not in self._paths:
            self._paths[key] = np.einsum_path(product.text, *operands, optimize="greedy")[0]
        return np.asarray(np.einsum(product.text, *operands, optimize=self._paths[key]))


def _index(found: list[EntrySum], entry_sum: Any) -> int:
    """The place of a sum among those that were found before."""
    if entry_sum.distinct or any(f.is_conjugate for f in entry_sum.factors):
        raise UnsupportedError("only sums over all coordinates of real entries have a gradient here")
    if entry_sum not in found:
        found.append(entry_sum)
    return found.index(entry_sum)


def zero_loss(loss: AutoregressiveLossAt) -> float:
    """The loss of zero weights."""
    constant = by_words(loss.closed_form, is_entry_sum).get((), closed_form(0))
    return float(sympy.Float(evaluate(constant.expr, loss.values)))
