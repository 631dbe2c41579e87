"""The expectation over some letters of a closed form in which others may be random, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from symicl.algebra import ClosedForm, GaussianMatrix, letter, meaning_of
from symicl.errors import DerivationError
from symicl.expectation.gaussian import Gaussian, integrate
from symicl.expectation.integrand import through_words
from symicl.expectation.sympy_expectation import Means, cut_out


def average(form: ClosedForm, laws: Sequence[Gaussian], means: Means | None = None) -> ClosedForm:
    """E[form] over some letters, whatever else in it is random.

    Raises
    ------
    UnsupportedError
        If the denominator is random.
    """
    letters = {law.letter for law in laws}

    def scalar(polynomial: Any) -> Any:
        result = integrate(polynomial.substitute(means) if means else polynomial, laws)
        if not letters.isdisjoint(result.letters()):
            raise DerivationError("something random was not averaged over")
        return result

    def matrix(integrand: Any) -> Any:
        rows, cols = integrand.rows, integrand.cols
        probe = letter(("probe", cols, rows), cols, rows)
        averaged = scalar((integrand @ type(integrand).of(probe)).trace())
        return cut_out(averaged, probe, rows, cols)

    return through_words(form, letters | (means or {}).keys(), scalar if form.is_scalar else matrix)


def random_matrices(form: ClosedForm) -> set[GaussianMatrix]:
    """The Gaussian matrices that a closed form depends on."""
    found: set[GaussianMatrix] = set()
    for a in form.letters():
        meaning = meaning_of(a)
        if isinstance(meaning, sympy.Basic):
            found |= meaning.atoms(GaussianMatrix)
    return found
