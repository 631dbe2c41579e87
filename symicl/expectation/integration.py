"""Expectation of a polynomial over independent random matrices, each of its own law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import sympy

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    INVERSE,
    ONE,
    ROWS,
    MatrixPolynomial,
    Polynomial,
    read_matrix,
    read_scalar,
    scalar_letter,
    write_matrix,
)
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.inverse_gram import inverted, over_gram_inverse


class Law(Protocol):
    """The law of one letter."""

    @property
    def letter(self) -> int:
        """The letter that is averaged over."""

    @property
    def last(self) -> bool:
        """True if other laws are averaged over first."""

    @property
    def made_of(self) -> tuple[tuple[int, MatrixPolynomial], ...]:
        """Letters that the average leaves, with their meaning."""

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial over this letter, the others held fixed."""


def integrate(polynomial: Polynomial, laws: Iterable[Law]) -> Polynomial:
    """E of the polynomial over independent random matrices, one after the other.

    The order does not change the result. Letters that occur least often go first: what they leave behind
    is often a polynomial in ZᵀZ for the last one, where the faster recursion applies. Gaussians go before laws
    whose averages are words only if little stands between their letters.
    """
    laws = list(laws)
    pending = list(laws)
    inverses = inverted(polynomial)
    while pending:
        degrees = polynomial.degrees({law.letter for law in pending})
        # What is not there now does not come back: an average brings no new Gaussians.
        pending = [law for law in pending if degrees[law.letter] or law.letter in inverses]
        if pending:
            law = min(pending, key=lambda x: (x.last or x.letter in inverses, degrees[x.letter], x.letter))
            pending.remove(law)
            # An inverse is gone where the average over another letter was zero.
            if isinstance(law, Gaussian) and law.letter in inverted(polynomial):
                polynomial = over_gram_inverse(polynomial, law)
            else:
                polynomial = law.over(polynomial)
    return _written_out(polynomial, laws)


def _written_out(polynomial: Polynomial, laws: Sequence[Law]) -> Polynomial:
    """The polynomial with sums and products in the place of the letters of covariances, and of sizes such as n + 1.

    One at a time, the last one first: a covariance may hold the letters of those before it, and their inverses.
    """
    made_of = dict(pair for law in laws for pair in law.made_of)
    for a, matrix in reversed(made_of.items()):
        used = polynomial.letters()
        table = {a: matrix} if a in used else {}
        if INVERSE[a] in used:
            table |= {a: matrix, INVERSE[a]: read_matrix(sympy.Inverse(write_matrix(matrix)))}
        polynomial = polynomial.substitute(table) if table else polynomial
    sizes: set[Any] = {DIMENSIONS[side[law.letter]] for law in laws for side in (ROWS, COLS)}
    sizes |= {
        size - 1 for size in sizes if not isinstance(size, int) and size.is_Symbol
    }  # the rank of centring
    for size in sorted((x for x in sizes if not isinstance(x, int) and not x.is_Symbol), key=str):
        a = scalar_letter(size)
        if a in polynomial.letters():
            polynomial = polynomial.substitute({a: MatrixPolynomial.identity(ONE, read_scalar(size))})
    return polynomial
