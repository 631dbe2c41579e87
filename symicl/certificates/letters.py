"""Letters, words and closed forms as they stand in a certificate; the format is that of ``docs/certificates.md``."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    DIAGONAL,
    DIAGONAL_PART,
    DIMENSIONS,
    INVERSE,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    Centring,
    ClosedForm,
    Coefficient,
    Covariance,
    Entrywise,
    LargestEigenvalue,
    Monomial,
    Number,
    OnesVector,
    OpenTerm,
    Orthogonal,
    PositivePart,
    Projector,
    SemiOrthogonal,
    Structured,
    Word,
    argument_of,
    dimension_index,
    in_words,
    is_inverse_of_sum,
    letter,
    product_of_letters,
    read_form,
    read_matrix,
    reciprocal_of,
    transposed_word,
)
from symicl.errors import UnsupportedError
from symicl.expectation import Gaussian, SquareSum, WrittenLaw
from symicl.theory import BayesRisk

PRIME = 2**61 - 1
STEP_SIZE, LIMIT_TIME = "step size", "t of a limit"
ENTRYWISE_FIELDS = {"relu": "relu_of", "absolute": "absolute_of"}
AUXILIARY = (STEP_SIZE, LIMIT_TIME)
"""Names of letters that are divided by before they are set to zero; the second one comes to it from above."""

Emit = Callable[..., int]
"""Writes an entry with a rule and its fields, and returns its id."""


def exact(c: Number) -> int | str:
    """A coefficient: a whole number, or a fraction as text."""
    if isinstance(c, Fraction) and c.denominator != 1:
        return f"{c.numerator}/{c.denominator}"
    return int(c)


class LogLetters:
    """The letters of a certificate, each written when it is first needed.

    Parameters
    ----------
    emit : callable
        Writes an entry.
    data : callable
        Writes a closed form as an entry of the rule ``data``.
    laws : dict
        The law of each random letter.
    """

    def __init__(self, emit: Emit, data: Callable[[Any], int], laws: dict[int, Gaussian | WrittenLaw]):
        self._emit, self._data, self._laws = emit, data, laws
        self._ids: dict[int, int] = {}
        self._name_of: dict[int, str] = {}
        self._words: dict[Word, list[int]] = {}
        self._numbers: dict[Word, int] = {}
        self._diagonal: set[int] = set()
        self._open_numbers: dict[Word, int] = {}

    def id(self, a: int) -> int:
        """The id of a letter; that of a transpose is negative."""
        if a not in self._ids:
            base = min(a, PARTNER[a])
            self._ids[base] = id = self._write(base)
            if PARTNER[base] != base:
                self._ids[PARTNER[base]] = -id
            if base in DIAGONAL:
                self._diagonal.add(id)
        return self._ids[a]

    def size(self, dim: int) -> int | str:
        """A dimension: a number or the name of a scalar letter."""
        size = DIMENSIONS[dim]
        if isinstance(size, int):
            return size
        a = letter(size, ONE, ONE)
        self.id(a)
        return self._name_of[a]

    def _write(self, a: int) -> int:
        meaning: Any = MEANING[a]
        rows, cols = self.size(ROWS[a]), self.size(COLS[a])
        fields: dict[str, Any] = {}
        if PARTNER[a] == a and ROWS[a] != ONE:
            fields["symmetric"] = True
        if isinstance(meaning, Structured | sympy.OneMatrix) or a in DIAGONAL:
            fields |= self._equation(a, meaning)
        if isinstance(meaning, Covariance) or meaning in AUXILIARY or _is_positive(a):
            fields["invertible"] = True
        if isinstance(meaning, tuple) and meaning[0] == "inverse" and INVERSE[a] != NO_LETTER:
            fields["inverse_of"] = self.id(INVERSE[a])
        elif isinstance(meaning, sympy.Inverse):
            base = read_matrix(meaning.arg)
            if any(map(is_inverse_of_sum, base.letters())):
                raise UnsupportedError(
                    "it has an inverse of a sum in which another one stands; no checker knows that it exists"
                )
            fields["inverse_of"] = self._data(base)
        elif a in self._laws:
            fields["law"] = self._law(self._laws[a])
        elif isinstance(meaning, BayesRisk):
            self._laws.setdefault(meaning.covariates.letter, meaning.covariates)
            fields["mean_of"] = self._data(meaning.mean_of)
        elif isinstance(meaning, LargestEigenvalue) and len(meaning.args) == 2:
            fields["largest_of"] = self._data(read_matrix(meaning.matrix))
        elif isinstance(meaning, PositivePart):
            fields["positive_part_of"] = self._data(read_form(meaning.args[0]))
        elif isinstance(meaning, Entrywise) and meaning.kind in ENTRYWISE_FIELDS:
            fields[ENTRYWISE_FIELDS[meaning.kind]] = self._data(argument_of(a))
        elif isinstance(meaning, tuple) and meaning[0] == "signs":
            fields["signs_of"] = self._data(read_form(meaning[1]))
        elif (isinstance(meaning, tuple) and meaning[0] == "above bound") or meaning == LIMIT_TIME:
            fields["at_least"] = 0
        elif ROWS[a] == COLS[a] == ONE and isinstance(meaning, sympy.Expr):
            if meaning.is_integer and meaning.is_positive:
                fields["at_least"] = 1
            elif isinstance(meaning, sympy.harmonic | SquareSum) or (
                meaning.is_Symbol and meaning.is_nonnegative
            ):
                fields["at_least"] = 0
        self._name_of[a] = name = self._unique(meaning)
        return self._emit("letter", name=name, rows=rows, cols=cols, **fields)

    def _equation(self, a: int, meaning: Any) -> dict[str, Any]:
        """The equation that a letter satisfies, as fields."""
        if isinstance(meaning, tuple):
            return {}  # the inverse of a diagonal letter, which is known from that
        if a in DIAGONAL_PART:
            word = DIAGONAL_PART[a]
            return {
                "satisfies": "diagonal",
                "diagonal_of": self._data(product_of_letters(ROWS[a], ROWS[a], word)),
            }
        if a in DIAGONAL:
            return {"satisfies": "diagonal"}
        if isinstance(meaning, Centring) and not meaning.rank.is_Integer:
            raise UnsupportedError(
                f"it centres columns, by a matrix of rank {meaning.rank}, which certificates do not write for a "
                "symbol; give the number of examples, such as n=10"
            )
        if isinstance(meaning, Projector):
            return {"satisfies": "projector", "rank": self.size(dimension_index(meaning.rank))}
        if isinstance(meaning, Orthogonal):
            return {"satisfies": "orthogonal"}
        if isinstance(meaning, SemiOrthogonal) and COLS[a] != ONE:
            return {"satisfies": "orthonormal"}
        if isinstance(meaning, sympy.OneMatrix | OnesVector):
            return {"satisfies": "ones"}
        transposed = ClosedForm.of(PARTNER[a])
        return {"satisfies": "norm", "square": self._data(transposed @ ClosedForm.of(a))}

    def _law(self, law: Gaussian | WrittenLaw) -> dict[str, Any]:
        if not isinstance(law, Gaussian):
            return law.fields(self, self._data)
        row_cov, col_cov = (0 if c == NO_LETTER else self.id(c) for c in (law.row_cov, law.col_cov))
        return {"row_cov": row_cov, "col_cov": col_cov, "scale": self._data(law.scale)}

    def _unique(self, meaning: Any) -> str:
        if isinstance(meaning, tuple):
            # A tag names letters and sizes by their numbers; other integers are too small to be one of these.
            name = " ".join(str(MEANING.get(p) or DIMENSIONS.get(p) or p) for p in meaning)
        else:
            name = str(meaning)
        if len(name) > 80:
            name = name[:77] + "..."
        found, count = name, 1
        while found in self._name_of.values():
            count += 1
            found = f"{name} ({count})"
        return found

    def word(self, word: Word) -> list[int]:
        """A word as a list of ids."""
        found = self._words.get(word)
        if found is None:
            found = self._words[word] = self._sorted([self.id(a) for a in word])
        return found

    def _sorted(self, word: list[int]) -> list[int]:
        """A word of ids in which diagonal letters that stand side by side are in the order of these."""
        runs = groupby(word, key=self._diagonal.__contains__)
        return [a for diagonal, run in runs for a in (sorted(run) if diagonal else run)]

    def _around(self, word: Word) -> list[int]:
        """The same for a closed word, which begins between two runs, if there are two."""
        starts = (i for i, a in enumerate(word) if a not in DIAGONAL)
        start = next(starts, 0)
        return self.word(word[start:] + word[:start])

    def monomial(self, monomial: Monomial) -> list[list[int]]:
        """Closed words; a 0 in front of one says that it is divided by."""
        words: list[list[int]] = []
        for word in monomial:
            reciprocal = reciprocal_of(word[0]) if len(word) == 1 else None
            if reciprocal is None:
                words.append(self.word(word))
            else:
                words += [[0, self.id(reciprocal[0])]] * reciprocal[1]
        return words

    def closed_form(self, value: Any) -> dict[str, Any]:
        """The fields of a closed form: its size and its terms, each a number, closed words, and an open word."""
        rows, cols, terms = in_words(value)
        written = [[exact(c), self.monomial(m), self.word(w)] for (m, w), c in terms.items()]
        return {"rows": self.size(rows), "cols": self.size(cols), "terms": written}

    def number(self, value: Any) -> int:
        """The print of a value: what it is where each word is its checksum, modulo a prime."""
        if not isinstance(value, ClosedForm):
            return self._at_point(in_words(value)[2])
        at = [self._closed(word) for word in value.field.words]
        total = 0
        for (monomial, word), c in value.terms.items():
            term = _at(c, at) * (self._open(word) if word else 1)
            for w in monomial:
                term = term * self._closed(w) % PRIME
            total += term
        return total * pow(_at(value.denominator, at), -1, PRIME) % PRIME

    def _at_point(self, terms: Mapping[OpenTerm, Number]) -> int:
        total = 0
        for (monomial, word), c in terms.items():
            term = c if isinstance(c, int) else c.numerator * pow(c.denominator, -1, PRIME)
            if word:
                term *= self._open(word)
            for w in monomial:
                term = term * self._closed(w) % PRIME
            total += term
        return total % PRIME

    def _closed(self, word: Word) -> int:
        found = self._numbers.get(word)
        if found is None:
            reciprocal = reciprocal_of(word[0]) if len(word) == 1 else None
            if reciprocal is not None:
                found = pow(self._closed((reciprocal[0],)), -reciprocal[1], PRIME)
            else:
                both = (self._around(w) for w in (word, transposed_word(word)))
                found = _checksum(min(w[i:] + w[:i] for w in both for i in range(len(w))))
            self._numbers[word] = found
        return found

    def _open(self, word: Word) -> int:
        found = self._open_numbers.get(word)
        if found is None:
            found = self._open_numbers[word] = _checksum([*self.word(word), 0])
        return found


def _is_positive(a: int) -> bool:
    """True if a letter is a positive scalar without a bound of its own."""
    meaning: Any = MEANING[a]
    return (
        ROWS[a] == COLS[a] == ONE
        and isinstance(meaning, sympy.Symbol)
        and bool(meaning.is_positive)
        and not meaning.is_integer
    )


def _at(polynomial: Coefficient, values: list[int]) -> int:
    """A polynomial at values of the generators, modulo the prime."""
    total = 0
    for exponents, c in polynomial.terms():
        term = int(c)
        for value, exponent in zip(values, exponents, strict=True):
            if exponent:
                term = term * pow(value, int(exponent), PRIME) % PRIME
        total += term
    return total % PRIME


def _checksum(ids: list[int]) -> int:
    return 1 + zlib.crc32(repr(tuple(ids)).encode())
