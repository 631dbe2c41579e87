"""Closed forms at exact numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import Any

import flint

from symicl.algebra import DIMENSIONS, ONE, PARTNER, ClosedForm, Coefficient, Word, is_transposed, letter
from symicl.numeric import identity_matrix


class FormValues:
    """Exact numbers for letters, at which closed forms are evaluated; products of matrices are kept.

    Parameters
    ----------
    number : callable
        From a letter, untransposed, to its exact value: a rational of a scalar (dimensions included), a rational
        matrix of a matrix. The inverse of a letter is asked for like any other.
    """

    def __init__(self, number: Callable[[int], flint.fmpq | flint.fmpq_mat]):
        self._number = number
        self._letters: dict[int, Any] = {}
        self._traces: dict[Word, flint.fmpq] = {}

    def scalar(self, form: ClosedForm) -> flint.fmpq:
        """The value of a scalar.

        Raises
        ------
        ZeroDivisionError
            If the denominator vanishes there.
        """
        assert form.is_scalar
        below, total = self._at(form.denominator, form), flint.fmpq(0)
        for (monomial, _), c in form.terms.items():
            total += reduce(mul, map(self._trace, monomial), self._at(c, form))
        return total / below

    def matrix(self, form: ClosedForm) -> flint.fmpq_mat:
        """The value of a matrix; errors as for `scalar`."""
        below = self._at(form.denominator, form)
        total = flint.fmpq_mat(self._size(form.rows), self._size(form.cols))
        for (monomial, word), c in form.terms.items():
            factor = reduce(mul, map(self._trace, monomial), self._at(c, form)) / below
            total += (self._product(word) if word else identity_matrix(self._size(form.rows))) * factor
        return total

    def _at(self, polynomial: Coefficient, form: ClosedForm) -> flint.fmpq:
        generators = [self._trace(word) for word in form.field.words]
        total = flint.fmpq(0)
        for exponents, c in polynomial.terms():
            term = flint.fmpq(c)
            for value, exponent in zip(generators, exponents, strict=True):
                if exponent:
                    term *= value ** int(exponent)
            total += term
        return total

    def _trace(self, word: Word) -> flint.fmpq:
        if word not in self._traces:
            value = self._product(word)
            if isinstance(value, flint.fmpq_mat):
                value = sum((value[i, i] for i in range(value.nrows())), flint.fmpq(0))
            self._traces[word] = value
        return self._traces[word]

    def _product(self, word: Word) -> Any:
        return reduce(mul, map(self._letter, word))

    def _letter(self, a: int) -> Any:
        if a not in self._letters:
            self._letters[a] = self._letter(PARTNER[a]).transpose() if is_transposed(a) else self._number(a)
        return self._letters[a]

    def _size(self, dim: int) -> int:
        size = DIMENSIONS[dim]
        return size if isinstance(size, int) else int(self._trace((letter(size, ONE, ONE),)))
