"""Eigenvalues of small maps with symbols in them, rational or with one square root, and their spectral projectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import UnsupportedError
from symicl.theory.recursions.square_root import ROOT, square_root

Square = list[list[ClosedForm]]

ZERO, ONE = ClosedForm.number(0), ClosedForm.number(1)


@dataclass
class Spectrum:
    """The distinct eigenvalues, numbered as they are met; zero is none of them, since 0ᵗ = 0 from t = 1 on.

    Attributes
    ----------
    values : list of ClosedForm
    radicand : ClosedForm or None
        The square of `ROOT`, if it occurs in an eigenvalue.
    """

    values: list[ClosedForm] = field(default_factory=list)
    radicand: ClosedForm | None = None

    def number(self, value: ClosedForm) -> int:
        """The number of an eigenvalue."""
        for k, known in enumerate(self.values):
            if known == value:
                return k
        self.values.append(value)
        return len(self.values) - 1

    def root_of(self, form: ClosedForm) -> ClosedForm:
        """The square root of a rational function, a multiple of `ROOT`.

        Raises
        ------
        UnsupportedError
            If it is not the first one, since nothing here knows how two are related.
        """
        front, radicand = square_root(form)
        if self.radicand is not None and self.radicand != radicand:
            raise UnsupportedError(
                "the eigenvalues of the map hold square roots of two different functions, for which no closed form is "
                "derived. At numbers, .at(…) has the exact value"
            )
        self.radicand = radicand
        return front * read_form(ROOT)


def _eigenvalues(block: Square, spectrum: Spectrum) -> list[ClosedForm]:
    """The eigenvalues of a block, all different; by the factors of its characteristic polynomial."""
    variable = sympy.Dummy("lambda")
    matrix = sympy.Matrix([[entry.expr for entry in row] for row in block])
    coefficients = matrix.charpoly().all_coeffs()[::-1]
    characteristic = sympy.together(sympy.Add(*(c * variable**k for k, c in enumerate(coefficients))))
    _, factors = sympy.factor_list(sympy.fraction(characteristic)[0], variable)
    found = []
    for factor, multiplicity in factors:
        polynomial = sympy.Poly(factor, variable)
        degree = polynomial.degree()
        if degree == 0:
            continue
        if degree > 2 or multiplicity > 1:
            kind = f"a root of degree {degree}" if multiplicity == 1 else "a repeated one"
            raise UnsupportedError(
                f"{len(block)} of the invariants depend on each other, and an eigenvalue of their map is {kind}: no "
                "closed form is derived. At numbers, .at(…) has the exact value"
            )
        *head, slope, constant = map(read_form, polynomial.all_coeffs())
        if not head:
            found.append(-constant / slope)
            continue
        root = spectrum.root_of(slope**2 - 4 * head[0] * constant)
        found += [(-slope + root) / (2 * head[0]), (-slope - root) / (2 * head[0])]
    return found


def spectral_projectors(block: Square, spectrum: Spectrum) -> Iterator[tuple[ClosedForm, Square]]:
    """Each eigenvalue with ∏ (B − μ)/(λ − μ) over all others."""
    size = range(len(block))
    eigenvalues = _eigenvalues(block, spectrum)
    for k, value in enumerate(eigenvalues):
        projector = [[ONE if i == j else ZERO for j in size] for i in size]
        for mu in eigenvalues[:k] + eigenvalues[k + 1 :]:
            shifted = [[(block[i][j] - (mu if i == j else ZERO)) / (value - mu) for j in size] for i in size]
            projector = [
                [sum((row[k] * shifted[k][j] for k in size), ZERO) for j in size] for row in projector
            ]
        yield value, projector
