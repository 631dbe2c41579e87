"""Matrices that are known by name, so that a computation on them writes itself down as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import prod
from typing import Any

from symicl.errors import InputError, described


@dataclass(frozen=True)
class Assembled:
    """Matrices on top of each other, or next to each other.

    Attributes
    ----------
    parts : tuple of NamedMatrix
    separator : str
        ``\\\\`` or ``&``, as LaTeX has them.
    """

    parts: tuple[NamedMatrix, ...]
    separator: str

    def __str__(self) -> str:
        return r"\begin{pmatrix}" + self.separator.join(map(str, self.parts)) + r"\end{pmatrix}"


Factor = tuple["str | NamedMatrix | Assembled", bool]
"""A name, a sum in parentheses or an assembled matrix, and whether it is transposed."""


@dataclass(frozen=True)
class NamedTerm:
    """A number times named scalars times a product of matrices.

    Attributes
    ----------
    number : Fraction
    scalars : tuple of str
    factors : tuple of Factor
    """

    number: Fraction
    scalars: tuple[str, ...]
    factors: tuple[Factor, ...]

    @property
    def T(self) -> NamedTerm:
        turned = tuple((what, not turned) for what, turned in reversed(self.factors))
        return NamedTerm(self.number, self.scalars, turned)

    def times(self, other: NamedTerm) -> NamedTerm:
        """The product of both."""
        return NamedTerm(
            self.number * other.number, self.scalars + other.scalars, self.factors + other.factors
        )

    def __str__(self) -> str:
        size = abs(self.number)
        shown = str(size) if size.denominator == 1 else rf"\tfrac{{{size.numerator}}}{{{size.denominator}}}"
        text = "".join(self.scalars) + " ".join(map(_written, self.factors))
        if size != 1 or not text:
            text = f"{shown} {text}" if text[:1].isdigit() else shown + text
        return "-" + text if self.number < 0 else text


@dataclass(frozen=True)
class NamedMatrix:
    """A sum of products of named matrices. It adds, multiplies and transposes, and its text is LaTeX.

    Attributes
    ----------
    terms : tuple of NamedTerm
        Of the sum.
    """

    terms: tuple[NamedTerm, ...]

    @classmethod
    def of(cls, what: str | Assembled) -> NamedMatrix:
        """A matrix with a name."""
        return cls((NamedTerm(Fraction(1), (), ((what, False),)),))

    @property
    def T(self) -> NamedMatrix:
        return NamedMatrix(tuple(term.T for term in self.terms))

    def __add__(self, other: NamedMatrix) -> NamedMatrix:
        return NamedMatrix(self.terms + other.terms)

    def __neg__(self) -> NamedMatrix:
        return self * -1

    def __sub__(self, other: NamedMatrix) -> NamedMatrix:
        return self + -other

    def __matmul__(self, other: NamedMatrix) -> NamedMatrix:
        return NamedMatrix((self._product().times(other._product()),))

    def __mul__(self, scalar: Any) -> NamedMatrix:
        """With a number, or with a scalar given as a named 1 × 1 matrix."""
        if isinstance(scalar, NamedMatrix):
            factor = NamedTerm(Fraction(1), (str(scalar),), ())
        else:
            try:
                factor = NamedTerm(Fraction(scalar), (), ())
            except (TypeError, ValueError):
                raise InputError(
                    f"a matrix is multiplied with {described(scalar)}; give a number or the length of the prompt"
                ) from None
        terms = self.terms if isinstance(scalar, int) else (self._product(),)
        return NamedMatrix(tuple(factor.times(term) for term in terms))

    __rmul__ = __mul__

    def _product(self) -> NamedTerm:
        """One product: a sum becomes a factor in parentheses."""
        if len(self.terms) == 1:
            return self.terms[0]
        return NamedTerm(Fraction(1), (), ((self, False),))

    def size(self, each: int = 1) -> int:
        """How many terms `expanded` has, where each name and each assembled matrix counts for so many."""
        return sum(
            prod(what.size(each) if isinstance(what, NamedMatrix) else each for what, _ in term.factors)
            for term in self.terms
        )

    def expanded(self) -> tuple[NamedTerm, ...]:
        """The sum, multiplied out: each term is a product of names and assembled matrices."""
        found: list[NamedTerm] = []
        for term in self.terms:
            products = [NamedTerm(term.number, term.scalars, ())]
            for what, turned in term.factors:
                if isinstance(what, NamedMatrix):
                    inner = [t.T if turned else t for t in what.expanded()]
                else:
                    inner = [NamedTerm(Fraction(1), (), ((what, turned),))]
                products = [left.times(right) for left in products for right in inner]
            found += products
        return tuple(found)

    def stacked(self, rows: Sequence[NamedMatrix]) -> NamedMatrix:
        """The rows on top of each other."""
        return NamedMatrix.of(Assembled(tuple(rows), r"\\"))

    def beside(self, columns: Sequence[NamedMatrix]) -> NamedMatrix:
        """The columns next to each other."""
        return NamedMatrix.of(Assembled(tuple(columns), "&"))

    def __str__(self) -> str:
        return reduce(
            lambda text, term: f"{text} - {term[1:]}" if term.startswith("-") else f"{text} + {term}",
            map(str, self.terms),
        )


def _written(factor: Factor) -> str:
    what, turned = factor
    name = rf"\left({what}\right)" if isinstance(what, NamedMatrix) else str(what)
    return rf"{name}^{{\top}}" if turned else name
