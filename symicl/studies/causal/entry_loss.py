"""The exact population loss of a causal model over the entries of its matrices, for torch to differentiate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symicl.algebra import MEANING, by_words, closed_form
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum, Factor, is_entry_sum
from symicl.numeric import evaluate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.settle import by_torch
from symicl.studies.runtime.threads import one_thread
from symicl.theory import AutoregressiveLossAt

if TYPE_CHECKING:
    import torch

Matrices = dict[str, np.ndarray]
"""d × d arrays by name."""

INDEX_LETTERS = "abcdefghijklmnop"


class EntryLoss:
    """A loss that is a polynomial in sums over coordinates of products of entries of real matrices.

    Called with tensors it is a function that torch differentiates.

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
        self._sums: list[EntrySum] = []
        self._terms: list[tuple[float, tuple[int, ...]]] = []
        for words, part in by_words(loss.closed_form, is_entry_sum).items():
            value = float(evaluate(part.expr, loss.values))
            self._terms.append((value, tuple([self._index(MEANING[word[0]]) for word in words])))
        self._forms = [(_einsum(s.factors), [f.name for f in s.factors]) for s in self._sums]

    def _index(self, entry_sum: Any) -> int:
        if entry_sum.distinct or any(f.is_conjugate for f in entry_sum.factors):
            raise UnsupportedError("only sums over all coordinates of real entries have a gradient here")
        if entry_sum not in self._sums:
            self._sums.append(entry_sum)
        return self._sums.index(entry_sum)

    def __call__(self, matrices: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """The exact loss; leading axes of the matrices are kept."""
        einsum = load_torch().einsum
        values = [einsum(text, *[matrices[name] for name in names]) for text, names in self._forms]
        total: Any = 0.0
        for c, sums in self._terms:
            total = total + math.prod((values[k] for k in sums), start=c)
        return total

    def loss(self, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
        """The exact loss of arrays; leading axes are kept."""
        torch = load_torch()
        with one_thread():
            return self({name: torch.as_tensor(value) for name, value in matrices.items()}).numpy()

    def gradient(self, matrices: Mapping[str, np.ndarray]) -> Matrices:
        """The derivative with respect to every entry; leading axes are kept."""
        return by_torch(self)(dict(matrices))[1]


def _einsum(factors: tuple[Factor, ...]) -> str:
    """A sum over coordinates as an Einstein sum."""
    return (
        ",".join(["..." + "".join(INDEX_LETTERS[block] for block, _ in f.nodes) for f in factors]) + "->..."
    )


def zero_loss(loss: AutoregressiveLossAt) -> float:
    """The loss of zero weights."""
    constant = by_words(loss.closed_form, is_entry_sum).get((), closed_form(0))
    return float(sympy.Float(evaluate(constant.expr, loss.values)))
