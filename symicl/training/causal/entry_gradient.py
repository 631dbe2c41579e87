"""The exact population loss of a causal model over full matrices, and its gradient, in closed form with NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from symicl.algebra.evaluate import evaluate
from symicl.algebra.letters import MEANING
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.words import Monomial
from symicl.algebra.writer import write_scalar
from symicl.errors import UnsupportedError
from symicl.expectation.phases.entry_sums import EntrySum, Factor
from symicl.theory.autoregressive_loss import AutoregressiveLossAt

Matrices = dict[str, np.ndarray]
"""d × d arrays by name."""

INDEX_LETTERS = "abcdefghijklmnop"


class EntryGradient:
    """A loss that is a polynomial in sums over coordinates of products of entries of real matrices.

    Parameters
    ----------
    loss : AutoregressiveLossAt
        With full matrices as its only parameters.

    Raises
    ------
    UnsupportedError
        If it contains sums over different coordinates or conjugates.

    Notes
    -----
    The derivative of Σ A_ij B_jk … with respect to A_ij is the sum over all other indices of the other entries.
    """

    def __init__(self, loss: AutoregressiveLossAt):
        self.d = int(evaluate(loss.loss.task.d, loss.values))
        coefficients: dict[Monomial, Polynomial] = {}
        for monomial, c in loss.polynomial:
            sums = tuple(word for word in monomial if isinstance(MEANING[word[0]], EntrySum))
            rest = tuple(word for word in monomial if word not in sums)
            coefficients[sums] = coefficients.get(sums, Polynomial()) + Polynomial({rest: c})
        self._sums: list[EntrySum] = []
        self._terms: list[tuple[float, tuple[int, ...]]] = []
        for words, part in coefficients.items():
            value = float(evaluate(write_scalar(part), loss.values))
            self._terms.append((value, tuple([self._index(MEANING[word[0]]) for word in words])))
        self._value_forms = [_form(s.factors, None) for s in self._sums]
        self._slope_forms = [_slope_forms(s.factors) for s in self._sums]
        self._ones = np.ones(self.d)

    def _index(self, entry_sum: Any) -> int:
        if entry_sum.distinct or any(f.is_conjugate for f in entry_sum.factors):
            raise UnsupportedError("only sums over all coordinates of real entries have a gradient here")
        if entry_sum not in self._sums:
            self._sums.append(entry_sum)
        return self._sums.index(entry_sum)

    def loss(self, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
        """The exact loss; leading axes of the matrices are kept."""
        values = self._values(matrices)
        total = np.zeros_like(next(iter(matrices.values()))[..., 0, 0])
        for c, sums in self._terms:
            total = total + c * _product([values[k] for k in sums])
        return total

    def gradient(self, matrices: Mapping[str, np.ndarray]) -> Matrices:
        """The derivative with respect to every entry; leading axes of the matrices are kept."""
        values = self._values(matrices)
        weights: list[Any] = [0.0] * len(values)
        for c, sums in self._terms:
            for place, k in enumerate(sums):
                weights[k] = weights[k] + c * _product([values[j] for i, j in enumerate(sums) if i != place])
        slopes = {name: np.zeros_like(value) for name, value in matrices.items()}
        for forms, weight in zip(self._slope_forms, weights, strict=True):
            for name, times, (text, free, others) in forms:
                operands = [matrices[f.name] for f in others] + [self._ones] * free
                part = np.einsum(text, *operands)
                factor = np.asarray(times * weight)
                if part.ndim == slopes[name].ndim:
                    slopes[name] += factor[..., None, None] * part
                else:  # entries of a diagonal
                    np.einsum("...ii->...i", slopes[name])[...] += factor[..., None] * part
        return slopes

    def _values(self, matrices: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        return [
            np.einsum(text, *[matrices[f.name] for f in factors]) for text, _, factors in self._value_forms
        ]


def _product(values: list[np.ndarray]) -> Any:
    total: Any = 1.0
    for value in values:
        total = total * value
    return total


Form = tuple[str, int, list[Factor]]
"""An einsum, the number of vectors of ones among its operands, and the entries that are its other operands."""


def _slope_forms(factors: tuple[Factor, ...]) -> list[tuple[str, int, Form]]:
    """For each different factor its matrix, how often it occurs, and the derivative with respect to it."""
    first = {factor: k for k, factor in reversed(list(enumerate(factors)))}
    return [(f.name, factors.count(f), _form(factors, k)) for f, k in first.items()]


def _form(factors: tuple[Factor, ...], without: int | None) -> Form:
    """A sum, or its derivative with respect to one factor; ones stand for indices that no other factor has."""
    others = [f for k, f in enumerate(factors) if k != without]
    texts = ["..." + _indices(f) for f in others]
    if without is None:
        return ",".join(texts) + "->...", 0, others
    result = "".join(dict.fromkeys(_indices(factors[without])))
    missing = [letter for letter in result if not any(letter in text for text in texts)]
    return ",".join([*texts, *missing]) + "->..." + result, len(missing), others


def _indices(factor: Factor) -> str:
    """The coordinates of an entry as letters; one index stands for the entry of a diagonal."""
    blocks = [block for block, _ in factor.nodes]
    return "".join(INDEX_LETTERS[block] for block in (blocks * 2 if len(blocks) == 1 else blocks))


def zero_loss(loss: AutoregressiveLossAt) -> float:
    """The loss of zero weights."""
    constant = sum(
        (
            Polynomial({monomial: c})
            for monomial, c in loss.polynomial
            if not any(isinstance(MEANING[word[0]], EntrySum) for word in monomial)
        ),
        Polynomial(),
    )
    return float(sympy.Float(evaluate(write_scalar(constant), loss.values)))
