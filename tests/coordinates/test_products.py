"""Products of words and entries over one denominator, against the same computed one by one."""

from fractions import Fraction
from itertools import product

import pytest

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Entry, total_of
from symicl.certificates.coordinates.products import Products
from symicl.certificates.coordinates.quotients import Undetermined

LETTERS = {1: matrices.numbers(2, 3, 1), 2: matrices.numbers(3, 2, 2), 3: matrices.numbers(2, 2, 3)}
RANDOM = [[Entry.variable(2 * i + j) * Fraction(1, i + 2) for j in range(3)] for i in range(2)]


def one_by_one(word, letters):
    first, *others = (letters[a] if a > 0 else matrices.transpose(letters[-a]) for a in word)
    for other in others:
        first = matrices.product(first, other)
    return first


def as_numbers(value):
    return [[x.coefficients() if isinstance(x, Entry) else x for x in row] for row in value]


@pytest.mark.parametrize("word", [(3,), (1, 2), (1, 2, 3, 3), (3, -3, 1, 2), (1, -1, 3, -3, 1, 2, -2, -1)])
def test_words_where_a_letter_moves(word):
    fixed = Products(LETTERS.__getitem__)
    moved = Products((LETTERS | {1: RANDOM}).__getitem__, {1}.__contains__, fixed)
    for products, letters in ((fixed, LETTERS), (moved, LETTERS | {1: RANDOM}), (fixed, LETTERS)):
        assert as_numbers(products.along(word)) == as_numbers(one_by_one(word, letters))
        trace = [[matrices.trace(one_by_one(word, letters))]]
        assert as_numbers([[products.trace(word)]]) == as_numbers(trace)


def test_one_over_a_trace_that_vanishes_is_undetermined():
    products = Products({1: [[1, 2], [3, -1]], 2: [[2, 0], [0, 3]]}.__getitem__)
    assert products.over_trace([2]) == Fraction(1, 5)
    with pytest.raises(Undetermined, match="divides by zero"):
        products.over_trace([1])


def test_entries_are_fractions_over_one_denominator():
    x, y = Entry.variable(0) * Fraction(2, 3), Entry.variable(1) * Fraction(3, 4) + Fraction(1, 6)
    assert ((x + y) * (x + y)).mean() == Fraction(4, 9) + Fraction(9, 16) + Fraction(1, 36)
    assert (x - x).coefficients() == {}
    for a, b in product((Fraction(1, 2), Fraction(-3), Fraction(0)), repeat=2):
        said = total_of([(x, a.numerator, a.denominator), (y, b.numerator, b.denominator)])
        assert (x * a + y * b).coefficients() == said.coefficients()


def test_a_sum_of_numbers_polynomials_and_nothing():
    x = Entry.variable(0) * Fraction(1, 2)
    assert total_of([(None, 1, 2), (None, 1, 6)]) == Fraction(2, 3)
    assert total_of([]) == 0
    assert total_of([(None, 1, 3), (x, 3, 5), (x, 1, 5)]).coefficients() == {
        0: Fraction(1, 3),
        1: Fraction(2, 5),
    }
