"""Expectation of a polynomial over independent Gaussian matrices."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Monomial,
    Number,
    Polynomial,
    Word,
    closed,
    counted,
    dimension_value,
    letter,
    merge,
    note,
    tell,
    written,
)
from symicl.expectation.stein import SteinRecursion, WishartRecursion
from symicl.expectation.stein_log import write

EXPECTATION = written("expectation", write)


@dataclass(frozen=True)
class Gaussian:
    """Law of one Gaussian letter Z = mean + centred part, E Z_ia Z_jb − mean = scale · U_ij V_ab.

    Attributes
    ----------
    letter : int
        The letter of the centred part.
    row_cov, col_cov : int
        Letters of U and V, `NO_LETTER` for the identity.
    scale : Polynomial
        A scalar variance in front of both.
    made_of : tuple of (letter, matrix)
        Of covariances that are sums or products: what stands in the place of their letters after the average.
    """

    letter: int
    row_cov: int = NO_LETTER
    col_cov: int = NO_LETTER
    scale: Polynomial = field(default_factory=lambda: Polynomial.constant(1))
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()
    last = False

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E over this letter; see `symicl.expectation.integration.Law`."""
        return integrate_one(polynomial, self)


def integrate_one(polynomial: Polynomial, law: Gaussian) -> Polynomial:
    """E over one Gaussian, the other letters held fixed."""
    integrand, degree = polynomial, polynomial.degree(law.letter)
    if degree == 0:
        return polynomial
    gram = as_gram(polynomial, law) if law.row_cov == NO_LETTER and COLS[law.letter] != ONE else None
    recursion: SteinRecursion
    if gram is not None:
        w = gram_letter(law.letter)
        recursion = WishartRecursion(w, ROWS[law.letter], law.col_cov, degree // 2)
        polynomial, halves = gram, 1
    else:
        recursion, halves = SteinRecursion(law.letter, law.row_cov, law.col_cov, degree), 2
    result: dict[Monomial, Number] = {}
    moments: dict[Monomial, list[tuple[Monomial, Number]]] = {}
    for monomial, coefficient in polynomial:
        core, constant = recursion.split(monomial)
        if core not in moments:
            count = sum([recursion.occurrences[word] for word in core])
            moments[core] = [] if count % halves else _moment(recursion, core, law, count // halves)
        for m, c in moments[core]:
            key = merge(m, constant)
            result[key] = result.get(key, 0) + c * coefficient
    expected = Polynomial({m: c for m, c in result.items() if c})
    note(EXPECTATION, (integrand, law, recursion, polynomial), expected)
    tell("law", (law,))
    return expected


def _moment(
    recursion: SteinRecursion, core: Monomial, law: Gaussian, power: int
) -> list[tuple[Monomial, Number]]:
    """scaleᵖ times the expectation of a monomial, as (words, coefficient) pairs with dimensions made words."""
    rows, cols, scale = ROWS[law.letter], COLS[law.letter], law.scale**power
    out: list[tuple[Monomial, Number]] = []
    for m, packed in recursion.expectation(core).items():
        for c, i, j in recursion.packing.unpack(packed):
            factor, words = _product_of_sizes((rows, i), (cols, j))
            number, words = counted(m + words, c * factor)
            out.extend((tuple(sorted(words + k)), number * e) for k, e in scale)
    return out


@lru_cache(maxsize=10_000)
def _product_of_sizes(*powers: tuple[int, int]) -> tuple[int, Monomial]:
    """A product of powers of dimensions as a number times words."""
    factor = 1
    words: Monomial = ()
    for dim, power in powers:
        size = DIMENSIONS[dim]
        if isinstance(size, int):
            factor *= size**power
        elif power:
            (word,) = next(iter(dimension_value(dim).terms))
            words += (word,) * power
    return factor, words


def gram_letter(z: int) -> int:
    """The letter of ZᵀZ."""
    return letter(("gram", z), COLS[z], COLS[z], symmetric=True)


def as_gram(polynomial: Polynomial, law: Gaussian) -> Polynomial | None:
    """The polynomial with every ZᵀZ written as one letter, or None if Z also occurs otherwise."""
    z, zt = law.letter, PARTNER[law.letter]
    w = gram_letter(z)
    cache: dict[Word, tuple[int, Monomial] | None] = {}
    terms: dict[Monomial, Number] = {}
    for monomial, c in polynomial:
        words: list[Word] = []
        for word in monomial:
            if z not in word and zt not in word:
                words.append(word)
                continue
            if word not in cache:
                cache[word] = _pair_up(word, z, zt, w)
            paired = cache[word]
            if paired is None:
                return None
            c = c * paired[0]
            words.extend(paired[1])
        key = tuple(sorted(words))
        terms[key] = terms.get(key, 0) + c
    return Polynomial(terms)


def _pair_up(word: Word, z: int, zt: int, w: int) -> tuple[int, Monomial] | None:
    """Replace each adjacent ZᵀZ of a closed word by W, with a number in front; None if some Z is not so paired."""
    start = next((i for i, a in enumerate(word) if a == zt), None)
    if start is None:
        return None
    word = word[start:] + word[:start]
    out: list[int] = []
    i = 0
    while i < len(word):
        if word[i] == zt:
            if i + 1 >= len(word) or word[i + 1] != z:
                return None
            out.append(w)
            i += 2
        elif word[i] == z:
            return None
        else:
            out.append(word[i])
            i += 1
    monomial = closed(tuple(out))
    # W beside its inverse is an identity, whose trace is the size.
    return _product_of_sizes((COLS[z], 1)) if monomial is None else (1, monomial)
