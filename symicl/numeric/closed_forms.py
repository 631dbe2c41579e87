"""Closed forms at exact numbers, straight from their terms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import mul
from typing import Any

import flint
import sympy

from symicl.algebra import DIMENSIONS, MEANING, PARTNER, ROWS, ClosedForm, Coefficient, Word, is_transposed
from symicl.errors import InputError, UnsupportedError
from symicl.numeric.exact import ExactMatrix, Value, evaluate, identity_matrix


class AtNumbers:
    """Evaluates closed forms at one instance.

    Parameters
    ----------
    values : dict
        From each symbol to its exact value.
    """

    def __init__(self, values: Mapping[sympy.Basic, Value]):
        self.values = values
        self._matrices: dict[int, ExactMatrix] = {}
        self._traces: dict[Word, flint.fmpq] = {}

    def of(self, form: ClosedForm) -> Any:
        """The value: a flint rational, or an `ExactMatrix` unless that is 1×1.

        Raises
        ------
        InputError
            If a symbol has no value, or something singular is inverted.
        ZeroDivisionError
            If the denominator vanishes.
        """
        matrix = self.matrix(form)
        return matrix[0, 0] if matrix.nrows() == matrix.ncols() == 1 else matrix

    def matrix(self, form: ClosedForm) -> ExactMatrix:
        """The value as a matrix."""
        below = self._coefficient(form, form.denominator)
        total = flint.fmpq_mat(self._size(form.rows), self._size(form.cols))
        products: dict[Word, ExactMatrix] = {(): identity_matrix(total.nrows())}
        for (monomial, word), c in form.terms.items():
            if word not in products:
                products[word] = self._product(word)
            scalar = reduce(mul, map(self._trace, monomial), self._coefficient(form, c))
            total = total + products[word] * scalar
        return total / below

    def _coefficient(self, form: ClosedForm, polynomial: Coefficient) -> flint.fmpq:
        values = {i: self._trace(form.field.words[i]) for i, k in enumerate(polynomial.degrees()) if k > 0}
        total = flint.fmpq(0)
        for exponents, c in polynomial.terms():
            total += reduce(mul, (x ** int(exponents[i]) for i, x in values.items()), flint.fmpq(c))
        return total

    def _trace(self, word: Word) -> flint.fmpq:
        if word not in self._traces:
            product = self._product(word)
            self._traces[word] = sum((product[i, i] for i in range(product.nrows())), flint.fmpq(0))
        return self._traces[word]

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
