"""Polynomials in closed words (scalars) and matrices whose entries are such polynomials.

Guarantee: arithmetic is exact, and two polynomials with equal terms are equal as functions of all letters
for all dimensions. The converse holds for letters of large enough dimension; for small dimensions further
identities exist (Cayley–Hamilton), and they are never needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from symicl.algebra.letters import COLS, DIMENSIONS, INVERSE, NO_LETTER, ONE, PARTNER, ROWS, size_word
from symicl.algebra.provenance import Origin, reported
from symicl.algebra.replacements import check_opaque, replaced_word, with_transposes
from symicl.algebra.words import (
    Monomial,
    Number,
    Word,
    closed,
    counted,
    merge,
    open_product,
    transposed_word,
)
from symicl.errors import ShapeError

OpenTerm = tuple[Monomial, Word]


def _add_into(terms: dict, key: object, value: Number) -> None:
    total = terms.get(key, 0) + value
    if total:
        terms[key] = total
    else:
        terms.pop(key, None)


class Polynomial:
    """A scalar: exact rational combination of products of closed words."""

    __slots__ = ("origin", "terms")
    origin: Origin

    def __init__(self, terms: Mapping[Monomial, Number] | None = None):
        self.terms: dict[Monomial, Number] = dict(terms) if terms else {}

    def __reduce__(self) -> Any:
        return Polynomial, (self.terms,)  # a copy comes from nowhere

    @classmethod
    def constant(cls, value: Number) -> Polynomial:
        return cls({(): value} if value else {})

    @classmethod
    def word(cls, word: Word, identity: int = ONE) -> Polynomial:
        """tr(word); ``identity`` is the dimension index to use if the word reduces to nothing."""
        monomial = closed(word)
        return dimension_value(identity) if monomial is None else cls.product(monomial)

    @classmethod
    def product(cls, words: Monomial) -> Polynomial:
        """A product of closed words."""
        number, monomial = counted(words)
        return cls({monomial: number})

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, int | Fraction):
            other = Polynomial.constant(other)
        return self.terms == other.terms if isinstance(other, Polynomial) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self.terms.items()))

    @reported("sum")
    def __add__(self, other: Polynomial | Number) -> Polynomial:
        if not isinstance(other, Polynomial | int | Fraction):
            return NotImplemented
        other = _as_polynomial(other)
        small, large = sorted((self.terms, other.terms), key=len)
        terms = dict(large)
        for m, c in small.items():
            _add_into(terms, m, c)
        return Polynomial(terms)

    __radd__ = __add__

    @reported("negative")
    def __neg__(self) -> Polynomial:
        return Polynomial({m: -c for m, c in self.terms.items()})

    @reported("difference")
    def __sub__(self, other: Polynomial | Number) -> Polynomial:
        return self + (-other)

    @reported("reversed difference")
    def __rsub__(self, other: Polynomial | Number) -> Polynomial:
        return (-self) + other

    @reported("product")
    def __mul__(self, other: Polynomial | Number) -> Polynomial:
        if isinstance(other, int | Fraction):
            return Polynomial({m: c * other for m, c in self.terms.items()} if other else {})
        if not isinstance(other, Polynomial):
            return NotImplemented
        terms: dict[Monomial, Number] = {}
        for m, c in self.terms.items():
            for k, e in other.terms.items():
                _add_into(terms, merge(m, k), c * e)
        return Polynomial(terms)

    __rmul__ = __mul__

    @reported("power")
    def __pow__(self, exponent: int) -> Polynomial:
        result = Polynomial.constant(1)
        for _ in range(exponent):
            result = result * self
        return result

    def __iter__(self) -> Iterator[tuple[Monomial, Number]]:
        return iter(self.terms.items())

    def __len__(self) -> int:
        return len(self.terms)

    def words(self) -> set[Word]:
        """All closed words that occur."""
        return set().union(*self.terms)

    def letters(self) -> set[int]:
        """All letters that occur, untransposed."""
        return {min(a, PARTNER[a]) for w in self.words() for a in w}

    def degree(self, a: int) -> int:
        """Highest number of times the letter (or its transpose) occurs in a term."""
        return self.degrees((a,))[a]

    def degrees(self, letters: Iterable[int]) -> dict[int, int]:
        """The degree in each of several letters."""
        found = dict.fromkeys(letters, 0)
        untransposed = {b: a for a in found for b in (a, PARTNER[a])}
        inside = {w: [untransposed[b] for b in w if b in untransposed] for w in self.words()}
        inside = {w: here for w, here in inside.items() if here}
        # Many terms differ in words without these letters alone.
        for words in {tuple([w for w in m if w in inside]) for m in self.terms}:
            together = [a for w in words for a in inside[w]]
            for a in set(together):
                found[a] = max(found[a], together.count(a))
        return found

    @reported("substitute")
    def substitute(self, replacements: Mapping[int, MatrixPolynomial]) -> Polynomial:
        """Replace letters by matrices, everywhere and at once."""
        check_opaque(self.letters(), replacements)
        table = with_transposes(replacements, _inverse)
        result: dict[Monomial, Number] = {}
        cache: dict[Word, Polynomial] = {}
        for m, c in self.terms.items():
            kept = []
            factors = []
            for w in m:
                if table.keys().isdisjoint(w):
                    kept.append(w)
                    continue
                if w not in cache:
                    cache[w] = replaced_word(w, table, MatrixPolynomial.of).trace()
                factors.append(cache[w])
            product = Polynomial({tuple(kept): c})
            for factor in factors:
                product = product * factor
            for k, e in product.terms.items():
                _add_into(result, k, e)
        return Polynomial(result)

    def __repr__(self) -> str:
        return f"Polynomial({len(self.terms)} terms)"


class MatrixPolynomial:
    """A matrix: exact combination of open words, each with a scalar monomial in front.

    Supports ``@``, ``.T``, ``+``, ``-`` and multiplication by polynomials. The empty word is the identity.
    """

    __slots__ = ("cols", "origin", "rows", "terms")
    origin: Origin

    def __init__(self, rows: int, cols: int, terms: Mapping[OpenTerm, Number] | None = None):
        self.rows, self.cols = rows, cols
        self.terms: dict[OpenTerm, Number] = dict(terms) if terms else {}

    def __reduce__(self) -> Any:
        return MatrixPolynomial, (self.rows, self.cols, self.terms)

    @classmethod
    def of(cls, a: int) -> MatrixPolynomial:
        """The matrix that a letter stands for."""
        if ROWS[a] == COLS[a] == ONE:
            return cls(ONE, ONE, {(((min(a, PARTNER[a]),),), ()): 1})
        return cls(ROWS[a], COLS[a], {((), (a,)): 1})

    @classmethod
    def identity(cls, dim: int, factor: Polynomial | Number = 1) -> MatrixPolynomial:
        return cls(dim, dim, {(m, ()): c for m, c in _as_polynomial(factor)})

    @classmethod
    def zero(cls, rows: int, cols: int) -> MatrixPolynomial:
        return cls(rows, cols)

    @property
    @reported("transpose")
    def T(self) -> MatrixPolynomial:
        return MatrixPolynomial(
            self.cols, self.rows, {(m, transposed_word(w)): c for (m, w), c in self.terms.items()}
        )

    def _same_shape(self, other: MatrixPolynomial) -> None:
        if (self.rows, self.cols) != (other.rows, other.cols):
            remedy = namesake(self.rows, other.rows) or namesake(self.cols, other.cols)
            remedy = remedy or "the shapes must be equal"
            raise ShapeError(f"cannot add {self.shape_text} and {other.shape_text}; {remedy}")

    @property
    def shape_text(self) -> str:
        return f"{DIMENSIONS[self.rows]}×{DIMENSIONS[self.cols]}"

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MatrixPolynomial):
            return NotImplemented
        return (self.rows, self.cols) == (other.rows, other.cols) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash((self.rows, self.cols, frozenset(self.terms.items())))

    @reported("sum")
    def __add__(self, other: MatrixPolynomial) -> MatrixPolynomial:
        if not isinstance(other, MatrixPolynomial):
            return NotImplemented
        self._same_shape(other)
        terms = dict(self.terms)
        for k, c in other.terms.items():
            _add_into(terms, k, c)
        return MatrixPolynomial(self.rows, self.cols, terms)

    @reported("negative")
    def __neg__(self) -> MatrixPolynomial:
        return self * -1

    @reported("difference")
    def __sub__(self, other: MatrixPolynomial) -> MatrixPolynomial:
        return self + (-other)

    @reported("product")
    def __mul__(self, factor: Polynomial | Number) -> MatrixPolynomial:
        if not isinstance(factor, Polynomial | int | Fraction):
            return NotImplemented
        terms: dict[OpenTerm, Number] = {}
        for k, e in _as_polynomial(factor):
            for (m, w), c in self.terms.items():
                _add_into(terms, (merge(m, k), w), c * e)
        return MatrixPolynomial(self.rows, self.cols, terms)

    __rmul__ = __mul__

    @reported("product")
    def __matmul__(self, other: MatrixPolynomial) -> MatrixPolynomial:
        if not isinstance(other, MatrixPolynomial):
            return NotImplemented
        if self.cols != other.rows:
            remedy = namesake(self.cols, other.rows) or "the inner dimensions must be equal"
            raise ShapeError(f"cannot multiply {self.shape_text} by {other.shape_text}; {remedy}")
        terms: dict[OpenTerm, Number] = {}
        for (m, v), c in self.terms.items():
            for (k, w), e in other.terms.items():
                inner, word = open_product(v, w, self.cols)
                number, inner = counted(inner, c * e)
                _add_into(terms, (merge(merge(m, k), inner), word), number)
        return MatrixPolynomial(self.rows, other.cols, terms)

    @reported("trace")
    def trace(self) -> Polynomial:
        """tr of a square matrix; for 1×1 matrices this is the entry itself."""
        if self.rows != self.cols:
            remedy = namesake(self.rows, self.cols)
            raise ShapeError(
                f"the trace needs a square matrix, not {self.shape_text}" + (f"; {remedy}" if remedy else "")
            )
        total: dict[Monomial, Number] = {}
        for (m, w), c in self.terms.items():
            monomial = closed(w) if w else None
            value = dimension_value(self.rows) if monomial is None else Polynomial.product(monomial)
            for k, e in value.terms.items():
                _add_into(total, merge(m, k), c * e)
        return Polynomial(total)

    @reported("substitute")
    def substitute(self, replacements: Mapping[int, MatrixPolynomial]) -> MatrixPolynomial:
        """Replace letters by matrices, everywhere and at once."""
        check_opaque(self.letters(), replacements)
        table = with_transposes(replacements, _inverse)
        result = MatrixPolynomial(self.rows, self.cols)
        for (m, w), c in self.terms.items():
            scalar = Polynomial({m: c}).substitute(replacements)
            matrix = (
                replaced_word(w, table, MatrixPolynomial.of) if w else MatrixPolynomial.identity(self.rows)
            )
            result = result + matrix * scalar
        return result

    def letters(self) -> set[int]:
        inside = {min(a, PARTNER[a]) for (_, w) in self.terms for a in w}
        return inside | {min(a, PARTNER[a]) for (m, _) in self.terms for w in m for a in w}

    def __repr__(self) -> str:
        return f"MatrixPolynomial({self.shape_text}, {len(self.terms)} terms)"


def _as_polynomial(value: Polynomial | Number) -> Polynomial:
    return value if isinstance(value, Polynomial) else Polynomial.constant(value)


def namesake(a: int, b: int) -> str:
    """Advice on two dimensions that print alike; empty if these do not."""
    if a == b or str(DIMENSIONS[a]) != str(DIMENSIONS[b]):
        return ""
    return (
        f"two different symbols are called {DIMENSIONS[a]}, such as sympy.Symbol({str(DIMENSIONS[a])!r}) and "
        f"si.dims({str(DIMENSIONS[a])!r}); declare it once and use that everywhere"
    )


def dimension_value(index: int) -> Polynomial:
    """The number of rows of an identity, as a polynomial: tr(I_d) = d."""
    return Polynomial.product((size_word(index),))


def _inverse(matrix: MatrixPolynomial) -> MatrixPolynomial | None:
    """The inverse of a number times a product of letters with known inverses, else None."""
    if len(matrix.terms) != 1:
        return None
    (((monomial, word), c),) = matrix.terms.items()
    if monomial or any(INVERSE[a] == NO_LETTER for a in word):
        return None
    inverse = tuple([INVERSE[a] for a in reversed(word)])
    return MatrixPolynomial(matrix.cols, matrix.rows, {((), inverse): 1 / Fraction(c)})


def total(polynomials: Iterable[Polynomial]) -> Polynomial:
    """The sum of polynomials."""
    terms: dict[Monomial, Number] = {}
    for polynomial in polynomials:
        for m, c in polynomial:
            _add_into(terms, m, c)
    return Polynomial(terms)
