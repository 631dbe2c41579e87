"""Canonical forms of words: equal exactly when the functions are equal, whatever the way they were written."""

from __future__ import annotations

import random
from itertools import product

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import symicl as si
from symicl.algebra import (
    COLS,
    INVERSE,
    ONE,
    PARTNER,
    ROWS,
    closed,
    inverse_letter,
    letter,
    symbol_letter,
    transposed_word,
)
from symicl.algebra.words import canonical, reduce

quick = settings(derandomize=True, deadline=None, database=None, max_examples=200)

n, d, p = si.dims("n d p")
SIZE = {1: 1, n: 2, d: 3, p: 4}
LETTERS = [
    symbol_letter(s)
    for s in (
        si.matrix("A", (d, d)),
        si.matrix("B", (d, d)),
        si.symmetric("S", d),
        si.matrix("M", (n, d)),
        si.matrix("N", (d, p)),
        si.matrix("P", (p, n)),
        si.vector("u", d),
        si.vector("v", d),
        si.vector("w", n),
    )
]
BOTH = sorted({b for a in LETTERS for b in (a, PARTNER[a])})


@st.composite
def closed_words(draw: st.DrawFn, longest: int = 7) -> tuple[int, ...]:
    """Words whose ends fit, over general, symmetric and rectangular letters and vectors."""
    word = [draw(st.sampled_from(BOTH))]
    for _ in range(draw(st.integers(0, longest - 1))):
        word.append(draw(st.sampled_from([a for a in BOTH if ROWS[a] == COLS[word[-1]]])))
    if COLS[word[-1]] != ROWS[word[0]]:
        bridges = [a for a in BOTH if ROWS[a] == COLS[word[-1]] and COLS[a] == ROWS[word[0]]]
        if bridges:
            word.append(draw(st.sampled_from(bridges)))
        else:
            word += [*transposed_word(tuple(word))]
    return tuple(word)


def numbers(seed: int) -> dict[int, list[list[int]]]:
    """Random integer matrices for the letters."""
    source = random.Random(seed)
    values: dict[int, list[list[int]]] = {}
    for a in LETTERS:
        rows, cols = (SIZE[_dimension(i)] for i in (ROWS[a], COLS[a]))
        matrix = [[source.randint(-4, 5) for _ in range(cols)] for _ in range(rows)]
        if PARTNER[a] == a:
            matrix = [[matrix[min(i, j)][max(i, j)] for j in range(cols)] for i in range(rows)]
        values[a] = matrix
        values[PARTNER[a]] = [list(column) for column in zip(*matrix, strict=True)]
    return values


def _dimension(index: int) -> object:
    from symicl.algebra import DIMENSIONS

    return DIMENSIONS[index]


def trace(word: tuple[int, ...], values: dict[int, list[list[int]]]) -> int:
    result = values[word[0]]
    for a in word[1:]:
        result = [
            [sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*values[a], strict=True)]
            for row in result
        ]
    return sum(result[i][i] for i in range(len(result)))


VALUES = [numbers(seed) for seed in range(3)]


@quick
@given(closed_words(), st.integers(0, 10), st.booleans())
def test_rotations_and_transposes_have_one_normal_form(word, turn, mirror):
    turned = word[turn % len(word) :] + word[: turn % len(word)]
    assert closed(transposed_word(turned) if mirror else turned) == closed(word)


@quick
@given(closed_words())
def test_the_normal_form_has_the_value_of_the_word(word):
    for values in VALUES:
        value = 1
        for part in closed(word):
            value *= trace(part, values)
        assert value == trace(word, values)


@quick
@given(closed_words())
def test_the_normal_form_is_its_own_normal_form(word):
    for part in closed(word):
        assert closed(part) == (part,)


def all_words(alphabet: list[int], longest: int) -> list[tuple[int, ...]]:
    words: list[tuple[int, ...]] = []
    for length in range(1, longest + 1):
        for word in product(alphabet, repeat=length):
            links = zip(word, (*word[1:], word[0]), strict=True)
            if all(COLS[a] == ROWS[b] for a, b in links):
                words.append(word)
    return words


@pytest.mark.parametrize(
    ("names", "longest"),
    [("A B", 5), ("A S", 6), ("A M", 5), ("M N P", 6), ("A u v", 5), ("M u w", 6)],
)
def test_words_are_equal_as_functions_exactly_when_their_normal_forms_are(names, longest):
    """Every closed word over small alphabets: as many values at random integer matrices as normal forms."""
    chosen = [a for a in LETTERS if str(_meaning(a)) in names.split()]
    alphabet = sorted({b for a in chosen for b in (a, PARTNER[a])})
    values_of: dict[object, set] = {}
    forms_of: dict[object, set] = {}
    words = all_words(alphabet, longest)
    assert len(words) > 20
    for word in words:
        form, value = closed(word), tuple(trace(word, values) for values in VALUES)
        values_of.setdefault(form, set()).add(value)
        forms_of.setdefault(value, set()).add(form)
    assert all(len(found) == 1 for found in values_of.values()), "one form, two values"
    assert all(len(found) == 1 for found in forms_of.values()), "one value, two forms"


def _meaning(a: int) -> object:
    from symicl.algebra import MEANING

    return MEANING[a]


def test_a_letter_and_its_inverse_cancel_everywhere():
    sigma = symbol_letter(si.covariance("Sigma", d))
    inverse = inverse_letter(sigma)
    a, b = LETTERS[0], LETTERS[1]
    assert INVERSE[inverse] == sigma and INVERSE[sigma] == inverse and PARTNER[inverse] == inverse
    assert reduce((a, sigma, inverse, b)) == (a, b)
    assert reduce((a, sigma, sigma, inverse, inverse, b)) == (a, b)
    assert closed((sigma, a, inverse)) == closed((a,))
    assert closed((sigma, inverse)) is None
    assert closed((sigma, sigma, a, inverse, b, inverse)) == closed((sigma, a, inverse, b))


def test_the_inverse_of_a_transpose_is_the_transpose_of_the_inverse():
    a = LETTERS[0]
    inverse = inverse_letter(a)
    assert inverse_letter(PARTNER[a]) == PARTNER[inverse]
    assert reduce((PARTNER[inverse], PARTNER[a])) == ()
    assert reduce((PARTNER[inverse], a)) == (PARTNER[inverse], a)
    assert inverse_letter(inverse) == a


def test_letters_are_interned_once():
    symbol = si.matrix("once", (n, d))
    assert symbol_letter(symbol) == symbol_letter(si.matrix("once", (n, d)))
    assert symbol_letter(symbol) != symbol_letter(si.matrix("once", (d, n)))
    assert symbol_letter(si.matrix("twice", (d, d))) != symbol_letter(si.symmetric("twice", d))
    assert PARTNER[letter("a scalar", ONE, ONE)] == letter("a scalar", ONE, ONE)


def test_a_symmetric_letter_is_recognised_however_it_is_built():
    explicit = sympy.ImmutableMatrix([[1, 2], [2, 5]])
    a = symbol_letter(explicit)
    assert PARTNER[a] == a
    b = symbol_letter(sympy.ImmutableMatrix([[1, 2], [3, 5]]))
    assert PARTNER[b] != b
    assert canonical((b, b)) != canonical((b, PARTNER[b]))
