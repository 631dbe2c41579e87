"""Matrices that are known by their LaTeX alone, so that a forward pass can write itself down as a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

Term = tuple[str, tuple[tuple[str, bool], ...]]
"""A scalar in front with its sign, and the factors, each with whether it is transposed."""


@dataclass(frozen=True)
class NamedMatrix:
    """A sum of products of named matrices. It adds, multiplies and transposes, and its text is LaTeX.

    Attributes
    ----------
    terms : tuple
        Of the sum: a scalar such as ``-\\tfrac{1}{n}`` or ``""``, and the factors by name.
    """

    terms: tuple[Term, ...]

    @classmethod
    def of(cls, latex: str) -> NamedMatrix:
        """A matrix with a name."""
        return cls((("", ((latex, False),)),))

    @property
    def T(self) -> NamedMatrix:
        return NamedMatrix(
            tuple(
                (scalar, tuple((name, not turned) for name, turned in reversed(factors)))
                for scalar, factors in self.terms
            )
        )

    def __add__(self, other: NamedMatrix) -> NamedMatrix:
        return NamedMatrix(self.terms + other.terms)

    def __neg__(self) -> NamedMatrix:
        return NamedMatrix(
            tuple((s[1:] if s.startswith("-") else "-" + s, factors) for s, factors in self.terms)
        )

    def __sub__(self, other: NamedMatrix) -> NamedMatrix:
        return self + -other

    def __matmul__(self, other: NamedMatrix) -> NamedMatrix:
        (left, first), (right, second) = self._product(), other._product()
        sign = "-" if left.startswith("-") != right.startswith("-") else ""
        return NamedMatrix(((sign + left.lstrip("-") + right.lstrip("-"), first + second),))

    def __mul__(self, scalar: NamedMatrix) -> NamedMatrix:
        """With a scalar given as a named 1 × 1 matrix."""
        return NamedMatrix(((str(scalar), ()),)) @ self

    def _product(self) -> Term:
        """One product: a sum becomes a factor in parentheses."""
        if len(self.terms) == 1:
            return self.terms[0]
        return "", ((rf"\left({self}\right)", False),)

    def stacked(self, rows: Sequence[NamedMatrix]) -> NamedMatrix:
        """The rows on top of each other."""
        return NamedMatrix.of(r"\begin{pmatrix}" + r"\\".join(map(str, rows)) + r"\end{pmatrix}")

    def beside(self, columns: Sequence[NamedMatrix]) -> NamedMatrix:
        """The columns next to each other."""
        return NamedMatrix.of(r"\begin{pmatrix}" + "&".join(map(str, columns)) + r"\end{pmatrix}")

    def __str__(self) -> str:
        return reduce(
            lambda text, term: f"{text} - {term[1:]}" if term.startswith("-") else f"{text} + {term}",
            (scalar + " ".join(map(_factor, factors)) for scalar, factors in self.terms),
        )


def _factor(factor: tuple[str, bool]) -> str:
    name, turned = factor
    return rf"{name}^{{\top}}" if turned else name
