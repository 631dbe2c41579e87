"""Words of a proof log: products of letters, their transposes, and traces, as `docs/certificates.md` defines them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from symicl.certificates.export.equations import Equations
from symicl.certificates.export.formulas import (
    ONE,
    ZERO,
    Formula,
    Number,
    Variable,
    add,
    divide,
    multiply,
    power,
)
from symicl.certificates.export.names import Names

Word = tuple[int, ...]
Size = int | str


@dataclass(frozen=True)
class Letter:
    """A letter of the log."""

    id: int
    name: str
    rows: Size
    cols: Size
    symmetric: bool
    at_least: int | None
    random: bool


@dataclass(frozen=True)
class Matrix:
    """A matrix: real coefficients of open words. Of a scalar the word is empty."""

    rows: Size
    cols: Size
    terms: dict[Word, Formula]

    @property
    def size(self) -> tuple[Size, Size]:
        return self.rows, self.cols


class Words:
    """Letters, the real variables that closed words are, and matrices over open words."""

    def __init__(self) -> None:
        self.letters: dict[int, Letter] = {}
        self.ids: dict[str, int] = {}
        self.inverse: dict[int, int] = {}
        self.variables: dict[Word, Variable] = {}
        self.equations = Equations()
        self.names = Names()

    def declare(self, letter: Letter, inverse_of: int | None) -> None:
        """Add a letter, perhaps the inverse of another one."""
        self.letters[letter.id], self.ids[letter.name] = letter, letter.id
        if inverse_of in self.letters:
            x, y = letter.id, inverse_of
            self.inverse |= {x: y, y: x, -x: -y, -y: -x}

    def size(self, x: int) -> tuple[Size, Size]:
        """Rows and columns of a letter or a transposed letter."""
        a = self.letters[abs(x)]
        return (a.rows, a.cols) if x > 0 else (a.cols, a.rows)

    def variable(self, word: Word) -> Variable:
        """The real variable that a closed word in canonical form is."""
        if word not in self.variables:
            scalar = len(word) == 1 and self.size(word[0]) == (1, 1)
            parts = [self.letters[abs(x)].name + " t" * (x < 0) for x in word]
            name = self.names.fresh(parts[0] if scalar else "tr " + " ".join(parts))
            self.variables[word] = Variable(len(self.variables), name)
        return self.variables[word]

    def letter(self, x: int) -> Matrix:
        """A letter as a matrix."""
        if self.size(x) == (1, 1):
            return Matrix(1, 1, {(): self.variable((abs(x),))})
        return Matrix(*self.size(x), {(x,): ONE})

    def turn(self, word: Word) -> Word:
        """The transpose of a word."""
        turned = tuple(x if self.letters[abs(x)].symmetric else -x for x in reversed(word))
        return turned if self.equations.diagonal.isdisjoint(turned) else self.reduced(turned)

    def reduced(self, word: Iterable[int]) -> Word:
        """A word in which no two neighbours have a shorter product; a symmetric letter is its transpose."""
        out: list[int] = []
        for x in word:
            x = abs(x) if self.letters[abs(x)].symmetric else x
            if out and (self.inverse.get(x) == out[-1] or (out[-1], x) in self.equations.dropped):
                out.pop()
            elif out and {out[-1], x} <= self.equations.diagonal:
                self.equations.sort_in(out, x, self.inverse.get(x))
            elif not out or (out[-1], x) not in self.equations.absorbed:
                out.append(x)
        return tuple(out)

    def _around(self, word: Word, size: Size) -> tuple[Word, Size]:
        """A word reduced across its ends, and the size of the identity that is left where it vanishes."""
        equations = self.equations
        while len(word) > 1:
            first, last = word[0], word[-1]
            if self.inverse.get(first) == last or (last, first) in equations.dropped:
                word, size = word[1:-1], self.size(last)[0]
            elif (last, first) in equations.absorbed:
                word = word[:-1]
            elif {first, last} <= equations.diagonal and not equations.diagonal.issuperset(word):
                inner = next(i for i, x in enumerate(word) if x not in equations.diagonal)
                word = self.reduced(word[inner:] + word[:inner])
            else:
                break
        return word, size

    def trace_of(self, word: Word, size: Size) -> Formula:
        """The trace of a word; of an empty one it is the size of the identity."""
        word = self.reduced(word)
        word, size = self._around(word, self.size(word[0])[0] if word else size)
        if not word:
            return self.number_of(size)
        cuts = [i for i, x in enumerate(word) if self.size(x)[0] == 1] or [0]
        word = word[cuts[0] :] + word[: cuts[0]]
        ends = [i - cuts[0] for i in cuts] + [len(word)]
        return multiply(*(self._closed(self._least(word[i:j])) for i, j in pairwise(ends)))

    def number_of(self, size: Size) -> Formula:
        """A size as a formula."""
        return self.variable((self.ids[size],)) if isinstance(size, str) else _number(size)

    def _closed(self, word: Word) -> Formula:
        """A closed word in canonical form: the variable that it is, or what an equation says that it is."""
        known = self.equations.counted.get(word)
        return self.variable(word) if known is None else known

    def _least(self, word: Word) -> Word:
        return min(w[k:] + w[:k] for w in (word, self.turn(word)) for k in range(len(word)))

    def joined(self, word: Word) -> tuple[Formula, Word]:
        """An open word as the traces that close between links of size 1, and the rest of the word."""
        word = self.reduced(word)
        cuts = [i for i, x in enumerate(word) if self.size(x)[0] == 1]
        cuts += [len(word)] if word and self.size(word[-1])[1] == 1 else []
        if len(cuts) < 2:
            return ONE, word
        return self.trace_of(word[cuts[0] : cuts[-1]], 1), word[: cuts[0]] + word[cuts[-1] :]

    # Matrices -----------------------------------------------------------------------------------------

    def given(self, rows: Size, cols: Size, terms: list[list]) -> Matrix:
        """A matrix from the terms of an entry."""
        found: dict[Word, list[Formula]] = {}
        for number, closed, open_word in terms:
            inner, rest = self.joined(tuple(open_word))
            above = [self.trace_of(tuple(w), 1) for w in closed if w[0] != 0]
            below = [self.trace_of(tuple(w[1:]), 1) for w in closed if w[0] == 0]
            term = multiply(_number(number), inner, *_powers(above))
            found.setdefault(rest, []).append(divide(term, multiply(*_powers(below))))
        return _matrix(rows, cols, found)

    def plus(self, *parts: Matrix) -> Matrix:
        """A sum."""
        found: dict[Word, list[Formula]] = {}
        for part in parts:
            for word, c in part.terms.items():
                found.setdefault(word, []).append(c)
        return _matrix(parts[0].rows, parts[0].cols, found)

    def times(self, *parts: Matrix) -> Matrix:
        """A product, from the left to the right."""
        return reduce(self._times, parts)

    def _times(self, a: Matrix, b: Matrix) -> Matrix:
        rows, cols = b.size if a.size == (1, 1) else (a.rows, a.cols if b.size == (1, 1) else b.cols)
        found: dict[Word, list[Formula]] = {}
        for v, c in a.terms.items():
            for w, e in b.terms.items():
                inner, word = self.joined(v + w) if v and w else (ONE, v or w)
                found.setdefault(word, []).append(multiply(c, e, inner))
        return _matrix(rows, cols, found)

    def scaled(self, c: int, a: Matrix) -> Matrix:
        """A multiple."""
        return Matrix(a.rows, a.cols, {w: multiply(_number(c), e) for w, e in a.terms.items()})

    def over(self, a: Matrix, by: Formula) -> Matrix:
        """A matrix over a scalar."""
        return Matrix(a.rows, a.cols, {w: divide(c, by) for w, c in a.terms.items()})

    def transposed(self, a: Matrix) -> Matrix:
        """The transpose."""
        return Matrix(a.cols, a.rows, {self.turn(w): c for w, c in a.terms.items()})

    def trace(self, a: Matrix) -> Formula:
        """The trace."""
        return add(*(multiply(c, self.trace_of(w, a.rows)) for w, c in a.terms.items()))

    def image(self, word: Word, table: dict[int, Matrix], size: Size) -> Matrix:
        """A word with matrices in the place of letters; an empty one is the identity."""
        if not word:
            return Matrix(size, size, {(): ONE})
        return self.times(*(self._put(x, table) for x in word))

    def _put(self, x: int, table: dict[int, Matrix]) -> Matrix:
        if abs(x) not in table:
            return self.letter(x)
        return table[x] if x > 0 else self.transposed(table[-x])


def _matrix(rows: Size, cols: Size, found: dict[Word, list[Formula]]) -> Matrix:
    sums = {word: add(*parts) for word, parts in found.items()}
    return Matrix(rows, cols, {word: c for word, c in sums.items() if c != ZERO})


def _number(value: int | str) -> Number:
    from fractions import Fraction

    return Number(Fraction(value))


def _powers(factors: list[Formula]) -> list[Formula]:
    return [power(factor, factors.count(factor)) for factor in dict.fromkeys(factors)]
