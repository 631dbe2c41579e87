"""Polynomials in scalar letters as elements of a field of rational functions, in which linear systems are solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint
import sympy
from sympy.polys.fields import FracElement, FracField, field
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError
from sympy.polys.rings import PolyElement

from symicl.algebra.closed_form import ClosedForm, closed_form
from symicl.algebra.letters import MEANING
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.reader import read_scalar
from symicl.algebra.words import Word
from symicl.errors import DerivationError, UnsupportedError


class ScalarField:
    """The rational functions of some SymPy symbols.

    Parameters
    ----------
    symbols : sequence of sympy.Symbol
    words : mapping, optional
        Words, such as that of aᵀHa, that stand for one of the symbols.
    """

    def __init__(self, symbols: Sequence[sympy.Symbol], words: Mapping[Word, sympy.Symbol] | None = None):
        self.field: FracField
        self.field, *gens = field(list(symbols), sympy.QQ)
        self._gens: dict[sympy.Symbol, FracElement] = dict(zip(symbols, gens, strict=True))
        self._words = dict(words or {})

    @property
    def zero(self) -> FracElement:
        return self.field.zero

    def substitute(
        self,
        element: FracElement,
        values: Mapping[sympy.Symbol, FracElement],
        into: ScalarField | None = None,
    ) -> FracElement:
        """An element with others put in for some symbols; symbols that are kept must belong to ``into``."""
        target = self if into is None else into
        images = [values[symbol] if symbol in values else target.element_of(symbol) for symbol in self._gens]

        # Without denominators the sums need no common divisors, which cost most of the time.
        polynomial = all(image.denom == 1 for image in images)
        if polynomial:
            images = [image.numer for image in images]

        def put(part: PolyElement) -> Any:
            ring = target.field.ring if polynomial else target.field
            total = ring.zero
            for powers, coefficient in part.terms():
                term = ring(coefficient)
                for image, power in zip(images, powers, strict=True):
                    if power:
                        term = term * image**power
                total = total + term
            return target.field(total)

        return put(element.numer) / put(element.denom)

    def element_of(self, symbol: sympy.Symbol) -> FracElement:
        """A symbol as an element; zero for one that the field does not have."""
        return self._gens.get(symbol, self.zero)

    def degrees(self, element: FracElement, symbol: sympy.Symbol) -> tuple[int, int]:
        """The degrees of numerator and denominator in a symbol."""
        place = list(self._gens).index(symbol)
        above, below = (
            max((powers[place] for powers in part.monoms()), default=0)
            for part in (element.numer, element.denom)
        )
        return above, below

    def limit(self, element: FracElement, symbol: sympy.Symbol) -> FracElement | None:
        """The limit as a symbol grows, for generic values of the others; None if it diverges."""
        place = list(self._gens).index(symbol)
        above, below = self.degrees(element, symbol)
        if above > below:
            return None

        def leading(part: PolyElement) -> FracElement:
            total = self.zero
            for powers, coefficient in part.terms():
                if powers[place] == below:
                    term = self.field(coefficient)
                    for other, power in zip(self._gens, powers, strict=True):
                        if other != symbol:
                            term = term * self._gens[other] ** power
                    total = total + term
            return total

        return leading(element.numer) / leading(element.denom)

    def polynomial_in(
        self, symbol: sympy.Symbol, part: PolyElement, values: Mapping[sympy.Symbol, sympy.Rational]
    ) -> flint.fmpq_poly:
        """A polynomial in one symbol, with rational numbers for all others."""
        place = list(self._gens).index(symbol)
        numbers = [
            None if s == symbol else flint.fmpq(int(values[s].p), int(values[s].q)) for s in self._gens
        ]
        coefficients: dict[int, flint.fmpq] = {}
        for powers, coefficient in part.terms():
            term = flint.fmpq(int(coefficient.numerator), int(coefficient.denominator))
            for number, power in zip(numbers, powers, strict=True):
                if number is not None and power:
                    term *= number**power
            coefficients[powers[place]] = coefficients.get(powers[place], flint.fmpq(0)) + term
        degree = max(coefficients, default=0)
        return flint.fmpq_poly([coefficients.get(k, flint.fmpq(0)) for k in range(degree + 1)])

    def ratio(self, element: FracElement) -> ClosedForm:
        """An element as a rational function of the algebra."""
        return closed_form(*(read_scalar(part.as_expr()) for part in (element.numer, element.denom)))

    def word(self, word: Word) -> FracElement:
        """The element of a closed word.

        Raises
        ------
        UnsupportedError
            If it is neither a symbol of the field, nor a reciprocal of one, nor one of the given words.
        """
        if word in self._words:
            return self._gens[self._words[word]]
        meaning = MEANING[word[0]] if len(word) == 1 else None
        if meaning in self._gens:
            return self._gens[meaning]
        if isinstance(meaning, sympy.Pow) and meaning.base in self._gens and meaning.exp == -1:
            return 1 / self._gens[meaning.base]
        name = meaning if meaning is not None else f"a product of {len(word)} letters"
        raise UnsupportedError(f"{name} is not a rational function of {', '.join(map(str, self._gens))}")

    def element(self, polynomial: Polynomial) -> FracElement:
        """The element of a polynomial in words."""
        total = self.zero
        for monomial, coefficient in polynomial:
            exact = Fraction(coefficient)
            term = self.field(sympy.QQ(exact.numerator, exact.denominator))
            for word in monomial:
                term = term * self.word(word)
            total = total + term
        return total

    def solve(self, rows: Sequence[Sequence[FracElement]], right: Sequence[FracElement]) -> list[FracElement]:
        """The solution of a square linear system.

        Raises
        ------
        DerivationError
            If its determinant vanishes identically.
        """
        domain = self.field.to_domain()
        size = len(rows)
        matrix = DomainMatrix([list(row) for row in rows], (size, size), domain)
        column = DomainMatrix([[value] for value in right], (size, 1), domain)
        try:
            return [row[0] for row in matrix.lu_solve(column).to_list()]
        except DMNonInvertibleMatrixError:
            raise DerivationError("a linear system of a derivation has no unique solution") from None
