"""Closed forms at exact numbers, straight from their words."""

from __future__ import annotations

from functools import reduce
from operator import mul
from typing import Any

import flint
import sympy

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.evaluate import ExactMatrix, evaluate, identity_matrix
from symicl.algebra.letters import DIMENSIONS, MEANING, PARTNER, ROWS, is_transposed
from symicl.algebra.polynomial import Number, Polynomial
from symicl.algebra.words import Monomial, Word
from symicl.errors import InputError, UnsupportedError
from symicl.tasks.values import Values


class AtNumbers:
    """Evaluates closed forms at one instance.

    Parameters
    ----------
    values : dict
        From each symbol to its exact value.
    """

    def __init__(self, values: Values):
        self.values = values
        self._matrices: dict[int, ExactMatrix] = {}
        self._traces: dict[Word, flint.fmpq] = {}

    def ratio(self, ratio: ClosedForm) -> Any:
        """The value: a flint rational, or an `ExactMatrix` unless that is 1×1.

        Raises
        ------
        InputError
            If a symbol has no value, or something singular is inverted.
        ZeroDivisionError
            If the denominator vanishes.
        """
        below = self.polynomial(ratio.den)
        if ratio.is_scalar:
            return self.polynomial(ratio.num) / below
        matrix = self.matrix(ratio.num) / below
        return matrix[0, 0] if matrix.nrows() == matrix.ncols() == 1 else matrix

    def polynomial(self, polynomial: Polynomial) -> flint.fmpq:
        """A scalar."""
        total = flint.fmpq(0)
        for monomial, c in polynomial:
            total += self._monomial(monomial, c)
        return total

    def matrix(self, matrix: Any) -> ExactMatrix:
        """A matrix of polynomials."""
        rows, cols = (self._size(dim) for dim in (matrix.rows, matrix.cols))
        total = flint.fmpq_mat(rows, cols)
        products: dict[Word, ExactMatrix] = {}
        for (monomial, word), c in matrix.terms.items():
            if word not in products:
                products[word] = self._product(word) if word else identity_matrix(rows)
            total = total + products[word] * self._monomial(monomial, c)
        return total

    def _monomial(self, monomial: Monomial, c: Number) -> flint.fmpq:
        value = flint.fmpq(c.numerator, c.denominator)
        for word in monomial:
            if word not in self._traces:
                product = self._product(word)
                self._traces[word] = sum((product[i, i] for i in range(product.nrows())), flint.fmpq(0))
            value *= self._traces[word]
        return value

    def _product(self, word: Word) -> ExactMatrix:
        return reduce(mul, [self._letter(a) for a in word])

    def _size(self, dim: int) -> int:
        size = DIMENSIONS[dim]
        return size if isinstance(size, int) else int(self._symbol(size).p)

    def _letter(self, a: int) -> ExactMatrix:
        if a not in self._matrices:
            if is_transposed(a):
                self._matrices[a] = self._letter(PARTNER[a]).transpose()
            else:
                value = self._symbol(MEANING[a])
                self._matrices[a] = value if isinstance(value, ExactMatrix) else flint.fmpq_mat(1, 1, [value])
            if self._matrices[a].nrows() != self._size(ROWS[a]):
                raise InputError(f"{MEANING[a]} has another size here")
        return self._matrices[a]

    def _symbol(self, meaning: Any) -> Any:
        if isinstance(meaning, tuple) and meaning[0] == "inverse":
            inner = self._symbol(meaning[1])
            matrix = inner if isinstance(inner, ExactMatrix) else flint.fmpq_mat(1, 1, [inner])
            return matrix.inv()
        if not isinstance(meaning, sympy.Basic):
            raise UnsupportedError(f"{meaning} has no value")
        value = self.values[meaning] if meaning in self.values else evaluate(meaning, self.values)
        if isinstance(value, ExactMatrix):
            return value
        if not isinstance(value, sympy.Rational):
            raise InputError(f"{value} is not a rational number")
        return flint.fmpq(int(value.p), int(value.q))
