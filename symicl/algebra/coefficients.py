"""Coefficients of closed forms: polynomials over python-flint in scalars, dimensions and chosen traces.

A field is known by the words that are its generators: scalar letters such as n or σ², and those traces, such as
tr(HΨ), by which something has been divided. Fields are interned, and the order of their generators depends on names
alone, so that a result never depends on what the process met before.

python-flint compares polynomials of different contexts as unequal and maps a generator that the target lacks to 0,
both without a word. Hence no polynomial leaves its field but by `lifted`, which goes from a field to a larger one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count

import flint
import sympy

from symicl.algebra.letters import COLS, MEANING, NUMBERS, ONE, ROWS, is_transposed
from symicl.algebra.words import Monomial, Word, transposed_word

Coefficient = flint.fmpz_mpoly

# Lexicographic order survives an extension of the field and is several times faster here than orders by degree.
_ORDER = flint.Ordering.lex

_fields: dict[frozenset[Word], Field] = {}
_joins: dict[tuple[Field, Field], Field] = {}
_more_traces: dict[tuple[Field, Field], bool] = {}
_places: dict[tuple[Field, Field], list[int]] = {}
# Names of generators inside flint: one for each word, so that no two fields share a context.
_names: dict[Word, str] = {}
_serial = count()

MAX_TERMWISE = 200
"""Terms up to which a polynomial is lifted faster term by term than by flint's own projection."""


class Field:
    """The rational functions of some words; made by `Field.of` only.

    Attributes
    ----------
    words : tuple of Word
        The generators, in their order.
    context : flint.fmpz_mpoly_ctx
    place : dict
        From each generator to its place.
    one, zero : polynomials
    """

    __slots__ = ("context", "one", "place", "words", "zero")

    def __init__(self, words: Iterable[Word]):
        self.words = tuple(sorted(words, key=_name))
        for word in self.words:
            _names.setdefault(word, f"g{next(_serial)}")
        self.context = flint.fmpz_mpoly_ctx.get(tuple(_names[word] for word in self.words), _ORDER)
        self.place = {word: i for i, word in enumerate(self.words)}
        self.one, self.zero = self.context.constant(1), self.context.constant(0)

    @classmethod
    def of(cls, words: Iterable[Word]) -> Field:
        """The field of these words, the same object for the same words."""
        key = frozenset(words)
        if key not in _fields:
            _fields[key] = cls(key)
        return _fields[key]

    def join(self, other: Field) -> Field:
        """The least field that holds both."""
        if self is other:
            return self
        if (self, other) not in _joins:
            _joins[self, other] = Field.of((*self.words, *other.words))
        return _joins[self, other]

    def has_more_traces(self, other: Field) -> bool:
        """True if a trace is a generator here and not there."""
        found = _more_traces.get((self, other))
        if found is None:
            found = any(not is_scalar(word) and word not in other.place for word in self.words)
            _more_traces[self, other] = found
        return found

    def monomial(self, powers: Mapping[int, int]) -> Coefficient:
        """A product of generators, from their places to natural powers."""
        return self.context.from_dict({tuple([powers.get(i, 0) for i in range(len(self.words))]): 1})

    def generator(self, word: Word) -> Coefficient:
        """A generator as a polynomial."""
        return self.monomial({self.place[word]: 1})

    def used(self, polynomial: Coefficient) -> list[Word]:
        """The generators that occur in a polynomial."""
        return [word for word, degree in zip(self.words, polynomial.degrees(), strict=True) if degree > 0]

    def in_words(self, polynomial: Coefficient) -> list[tuple[Monomial, int]]:
        """The terms of a polynomial, generators as words."""
        return [
            (
                tuple(sorted(w for w, e in zip(self.words, exponents, strict=True) for _ in range(e))),
                int(c),
            )
            for exponents, c in polynomial.terms()
        ]

    def split(self, monomial: Monomial) -> tuple[Coefficient | None, Monomial]:
        """The generators in a product of words as a polynomial (None: there are none), and the other words."""
        powers: dict[int, int] = {}
        rest, number = [], 1
        for word in monomial:
            place = self.place.get(word)
            if place is not None:
                powers[place] = powers.get(place, 0) + 1
            elif word in NUMBERS:
                number *= NUMBERS[word]
            else:
                rest.append(word)
        if len(rest) == len(monomial):
            return None, monomial
        return self.monomial(powers) * number, tuple(rest)


def lifted(polynomial: Coefficient, source: Field, target: Field) -> Coefficient:
    """The same polynomial over a field that holds its own."""
    if source is target:
        return polynomial
    if polynomial.is_constant():  # most are
        if polynomial.is_one():
            return target.one
        return target.context.constant(polynomial.leading_coefficient()) if polynomial else target.zero
    if len(polynomial) > MAX_TERMWISE:
        return polynomial.project_to_context(target.context)
    places = _places.get((source, target))
    if places is None:
        assert all(word in target.place for word in source.words), (
            "a polynomial is lifted into a smaller field"
        )
        places = _places[source, target] = [source.place.get(word, -1) for word in target.words]
    return target.context.from_dict(
        {tuple([e[i] if i >= 0 else 0 for i in places]): c for e, c in polynomial.terms()}
    )


def is_scalar(word: Word) -> bool:
    """True for a scalar letter or a dimension, False for a trace of matrices."""
    return len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE


def _name(word: Word) -> tuple[bool, tuple[tuple[str, bool], ...]]:
    """Scalars first, then traces, each by the names of its letters; which rotation a word stands in depends on
    the order in which its letters were met, so the least one by name counts."""
    letters = [word_name(turned) for turned in (word, transposed_word(word))]
    rotations = (tuple(names[i:] + names[:i]) for names in letters for i in range(len(names)))
    return not is_scalar(word), min(rotations)


def word_name(word: Word) -> list[tuple[str, bool]]:
    """The letters of an open word by name, an order that does not depend on history."""
    return [(_letter_name(a), is_transposed(a)) for a in word]


@cache
def _letter_name(a: int) -> str:
    meaning = MEANING[a]
    return sympy.srepr(meaning) if isinstance(meaning, sympy.Basic) else repr(meaning)
