"""Inequalities between traces, each of which is the mean of a square: Cauchy-Schwarz in all the ways that fit a word.

A closed word is an inner product tr(M'P N Q) in several ways, for definite P and Q. Two such give
|M|²|L|² − 2⟨M, N⟩⟨K, L⟩ + |N|²|K|² ≥ 0, which is Cauchy-Schwarz if they are the same, and Chebyshev's inequality for
sums if they are not. Averaged over Gaussian vectors it also gives tr(A) tr(B) ≥ tr(AB).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import matmul

from symicl.algebra import (
    COLS,
    NO_LETTER,
    ONE,
    ROWS,
    ClosedForm,
    Word,
    closed_form,
    inverse_letter,
    transposed_word,
)
from symicl.expectation import Gaussian
from symicl.theory.bounds.nonnegative import Nonnegative, mean_of_square
from symicl.theory.quadratic.signs import is_definite, is_square
from symicl.theory.quadratic.squares import gaussian


@dataclass(frozen=True)
class Candidate:
    """Something that is ≥ 0, and a way to show it.

    Attributes
    ----------
    form : ClosedForm
    show : callable
        Computes it as a mean of squares.
    """

    form: ClosedForm
    show: Callable[[], Nonnegative]


@dataclass(frozen=True)
class Pair:
    """⟨M, N⟩ = tr(M'P N Q), where P and Q are letters or absent.

    Attributes
    ----------
    first, second : ClosedForm
        M and N.
    rows, cols : int
        P and Q.
    """

    first: ClosedForm
    second: ClosedForm
    rows: int
    cols: int

    def inner(self, left: ClosedForm, right: ClosedForm) -> ClosedForm:
        """⟨left, right⟩"""
        between = right if self.rows == NO_LETTER else ClosedForm.of(self.rows) @ right
        product = left.T @ between
        return (product if self.cols == NO_LETTER else product @ ClosedForm.of(self.cols)).trace()

    @property
    def numbers(self) -> tuple[ClosedForm, ClosedForm, ClosedForm]:
        """|M|², ⟨M, N⟩ and |N|²."""
        return (
            self.inner(self.first, self.first),
            self.inner(self.first, self.second),
            self.inner(self.second, self.second),
        )

    def values(self, role: str) -> tuple[ClosedForm, ClosedForm, list[Gaussian]]:
        """u'M v and u'N v, for independent u ~ N(0, P) and v ~ N(0, Q)."""
        laws = [gaussian(self.first.rows, self.rows, f"{role}u")]
        row = ClosedForm.of(laws[0].letter).T
        found = [row @ self.first, row @ self.second]
        if self.first.cols != ONE:
            laws.append(gaussian(self.first.cols, self.cols, f"{role}v"))
            found = [form @ ClosedForm.of(laws[1].letter) for form in found]
        return found[0].trace(), found[1].trace(), laws


def pairs(word: Word, inserted: Collection[int] = ()) -> Iterator[Pair]:
    """The ways in which a closed word is an inner product of two different matrices.

    Parameters
    ----------
    word : tuple of letters
        Not empty.
    inserted : collection of int
        Definite letters D of which D D⁻¹ may be put between any two others.
    """
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        for rest, cols in ((turned, NO_LETTER), (turned[:-1], turned[-1])):
            if cols != NO_LETTER and not is_definite(cols):
                continue
            outer = ROWS[rest[0]] if rest else ROWS[cols]
            for cut in range(len(rest) + 1):
                left, right = rest[:cut], rest[cut:]
                link = COLS[left[-1]] if left else outer
                if link == outer == ONE:
                    continue  # a product of numbers
                ways = [(NO_LETTER, right)]
                if right and is_definite(right[0]):
                    ways.append((right[0], right[1:]))
                ways += [(a, (inverse_letter(a), *right)) for a in inserted if ROWS[a] == link]
                for rows, behind in ways:
                    first = _matrix(transposed_word(left), link, outer)
                    second = _matrix(behind, link, outer)
                    if first != second:
                        yield Pair(first, second, rows, cols)


def _matrix(word: Word, rows: int, cols: int) -> ClosedForm:
    """A product of letters; the empty one is the identity."""
    found = ClosedForm.identity(rows) if not word else reduce(matmul, map(ClosedForm.of, word))
    assert (found.rows, found.cols) == (rows, cols)
    return found


def sizes(letter: int) -> Pair:
    """d = tr(I S S⁻¹), as ⟨I, S⁻¹⟩ with the weight S."""
    one = ClosedForm.identity(ROWS[letter])
    return Pair(one, ClosedForm.of(inverse_letter(letter)), letter, NO_LETTER)


def crossed(one: Pair, other: Pair) -> Candidate:
    """|M|²|L|² − 2⟨M, N⟩⟨K, L⟩ + |N|²|K|² for ⟨M, N⟩ and ⟨K, L⟩."""
    (a, b, c), (p, q, r) = one.numbers, other.numbers

    def show() -> Nonnegative:
        m, n, laws = one.values("one ")
        k, l, others = other.values("other ")
        return mean_of_square(m * l - n * k, *laws, *others)

    return Candidate(a * r - 2 * b * q + c * p, show)


def apart(pair: Pair, factor: ClosedForm, sign: int) -> Candidate:
    """|f M ± N|² for a scalar f."""
    a, b, c = pair.numbers

    def show() -> Nonnegative:
        m, n, laws = pair.values("one ")
        return mean_of_square(factor * m + sign * n, *laws)

    return Candidate(factor * factor * a + 2 * sign * factor * b + c, show)


def traces(word: Word) -> Iterator[Candidate]:
    """tr(PA) tr(PB) − tr(PAPB), for the ways in which a word is tr(PAPB) with A and B = C D C'; P may be absent."""
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        for cut in range(1, len(turned)):
            first, second = turned[:cut], turned[cut:]
            weights = [(NO_LETTER, first, second)]
            if len(first) > 1 and len(second) > 1 and first[0] == second[0] and is_definite(first[0]):
                weights.append((first[0], first[1:], second[1:]))
            for weight, a, b in weights:
                if is_square(a) and is_square(b):
                    yield _traces(weight, a, b)


def _traces(weight: int, a: Word, b: Word) -> Candidate:
    size = ROWS[a[0]]
    A, B = (_matrix(word, size, size) for word in (a, b))
    P = ClosedForm.identity(size) if weight == NO_LETTER else ClosedForm.of(weight)

    def show() -> Nonnegative:
        (u, first), (v, second) = _column(a, "one"), _column(b, "other")
        laws = [gaussian(size, weight, "row"), gaussian(size, weight, "other row")]
        p, q = (ClosedForm.of(law.letter).T for law in laws)
        root = (p @ u).trace() * (q @ v).trace() - (p @ v).trace() * (q @ u).trace()
        return mean_of_square(root, *laws, first, second) * (closed_form(1) / 2)

    return Candidate((P @ A).trace() * (P @ B).trace() - (P @ A @ P @ B).trace(), show)


def _column(word: Word, role: str) -> tuple[ClosedForm, Gaussian]:
    """C g, whose second moment is the word C D C', with the law of g."""
    half, odd = divmod(len(word), 2)
    outer, middle = word[:half], word[half] if odd else NO_LETTER
    size = COLS[outer[-1]] if outer else ROWS[middle]
    law = gaussian(size, middle, role)
    column = ClosedForm.of(law.letter)
    return (_matrix(outer, ROWS[outer[0]], size) @ column if outer else column), law
