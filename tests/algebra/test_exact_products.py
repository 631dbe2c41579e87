"""Products of open words, with links of size 1, against products of integer matrices; small pieces of the algebra."""

from __future__ import annotations

import random

import pytest

import symicl as si
from algebra.test_words import BOTH, LETTERS, VALUES, trace
from symicl.algebra import (
    COLS,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Polynomial,
    common_words,
    dimension_value,
    divide,
    inverse_letter,
    letter,
    symbol_letter,
    word_cols,
    word_rows,
)
from symicl.algebra.words import open_product
from symicl.errors import ShapeError, UnsupportedError

n, d = si.dims("n d")
A, B, S, M, *_, U, V, W = LETTERS


def words(first: int, length: int, source: random.Random) -> tuple[int, ...]:
    """A random open word that starts with a letter."""
    word = [first]
    while len(word) < length:
        word.append(source.choice([a for a in BOTH if ROWS[a] == COLS[word[-1]]]))
    return tuple(word)


def matrix(word, values):
    result = values[word[0]]
    for a in word[1:]:
        columns = list(zip(*values[a], strict=True))
        result = [[sum(x * y for x, y in zip(row, c, strict=True)) for c in columns] for row in result]
    return result


def scaled(c, rows):
    return [[c * x for x in row] for row in rows]


@pytest.mark.parametrize("seed", range(6))
def test_products_of_open_words_are_products_of_matrices(seed):
    source = random.Random(seed)
    for _ in range(300):
        left = words(source.choice(BOTH), source.randint(1, 4), source)
        right = words(
            source.choice([a for a in BOTH if ROWS[a] == COLS[left[-1]]]), source.randint(1, 4), source
        )
        # The arguments of the product are themselves products.
        pieces = [open_product((), w[:1], ROWS[w[0]]) for w in (left, right)]
        assert pieces == [((), w[:1]) for w in (left, right)]
        inner, word = open_product(left, right, COLS[left[-1]])
        for values in VALUES:
            scalar = 1
            for closed in inner:
                scalar *= trace(closed, values)
            exact = matrix(left + right, values)
            found = scaled(scalar, matrix(word, values)) if word else [[scalar]]
            assert found == exact


@pytest.mark.parametrize("seed", range(4))
def test_a_product_does_not_depend_on_where_it_is_bracketed(seed):
    source = random.Random(seed)
    for _ in range(300):
        word = words(source.choice(BOTH), 6, source)
        factors = [MatrixPolynomial.of(a) for a in word]
        from_left, from_right = factors[0], factors[-1]
        for factor in factors[1:]:
            from_left = from_left @ factor
        for factor in reversed(factors[:-1]):
            from_right = factor @ from_right
        middle = (factors[0] @ factors[1]) @ (factors[2] @ factors[3]) @ (factors[4] @ factors[5])
        assert from_left == from_right == middle


def test_words_that_are_left_have_at_most_one_link_of_size_one():
    outer = (
        MatrixPolynomial.of(U) @ MatrixPolynomial.of(V).T @ MatrixPolynomial.of(U) @ MatrixPolynomial.of(V).T
    )
    (((monomial, word), c),) = outer.terms.items()
    assert (c, word) == (1, (U, PARTNER[V]))
    assert monomial == open_product((PARTNER[V],), (U,), ROWS[V])[0]


def test_letters_cancel_across_a_product():
    inverse = inverse_letter(A)
    assert open_product((B, A), (inverse, B), ROWS[A]) == ((), (B, B))
    assert open_product((A,), (inverse,), ROWS[A]) == ((), ())
    assert open_product((), (inverse,), ROWS[A]) == ((), (inverse,))


def test_scalars_and_identities():
    x = letter("a scalar of products", ONE, ONE)
    assert MatrixPolynomial.of(x).terms == {(((x,),), ()): 1}
    assert MatrixPolynomial.of(x).trace() == Polynomial({((x,),): 1})
    assert MatrixPolynomial.identity(ROWS[A], 3).trace() == dimension_value(ROWS[A]) * 3
    assert Polynomial.word((A, inverse_letter(A)), ROWS[A]) == dimension_value(ROWS[A])
    assert Polynomial.word((A, B)) == Polynomial.word((B, A)) != Polynomial.word((A, PARTNER[B]))
    assert Polynomial.word((A, B)).terms == {((A, B),): 1}
    assert 3 - Polynomial.word((A,)) == -(Polynomial.word((A,)) - 3)


def test_the_degree_in_a_letter():
    assert Polynomial().degree(A) == 0
    assert Polynomial.constant(5).degree(A) == 0
    assert (Polynomial.word((A, B, PARTNER[A])) + Polynomial.word((A,))).degree(A) == 2


def test_letters_in_front_and_inside_are_both_found():
    product = MatrixPolynomial.of(A) * Polynomial.word((B, B))
    assert product.letters() == {A, B}


def test_equal_polynomials_have_one_hash_and_others_differ():
    one, other = (
        MatrixPolynomial.of(A) @ MatrixPolynomial.of(B),
        MatrixPolynomial.of(B) @ MatrixPolynomial.of(A),
    )
    assert hash(one) == hash(MatrixPolynomial.of(A) @ MatrixPolynomial.of(B)) != hash(other)
    assert hash(one.trace()) == hash(other.trace()) != hash(one.trace() * 2)


def test_rows_and_columns_of_a_word():
    for word, size in (
        ((U,), (ROWS[U], ONE)),
        ((U, PARTNER[W]), (ROWS[U], ROWS[W])),
        ((PARTNER[U], A, U), (ONE, ONE)),
    ):
        assert (word_rows(word), word_cols(word)) == size


def test_common_words():
    a, b = (A,), (B,)
    assert common_words([]) == ()
    assert common_words([(a, b)]) == (a, b)
    assert common_words([(a, a, b), (a, a)]) == (a, a)
    assert common_words([(a, b), (b,), (a,)]) == ()
    assert common_words([(a, b), (b, b), (a, b)]) == (b,)
    assert divide((a, a, b), (a,)) == (a, b)


def test_substitution_of_matrices():
    sigma = symbol_letter(si.covariance("Sigma", d))
    inverse = inverse_letter(sigma)
    x = letter("a factor of a replacement", ONE, ONE)
    identity = MatrixPolynomial.identity(ROWS[A])
    assert (identity * 2).substitute({A: MatrixPolynomial.of(B)}) == identity * 2
    both = MatrixPolynomial.of(sigma) + MatrixPolynomial.of(inverse)
    half = both.substitute({sigma: identity * 2})
    assert half.terms == {((), ()): pytest.approx(2.5)}
    for replacement in (identity * Polynomial({((x,),): 1}), identity + MatrixPolynomial.of(S)):
        assert MatrixPolynomial.of(sigma).substitute({sigma: replacement}) == replacement
        with pytest.raises(
            UnsupportedError, match=r"^a letter is replaced by a sum, whose inverse is not known but"
        ):
            both.substitute({sigma: replacement})
    exchanged = both.substitute({sigma: MatrixPolynomial.of(inverse), inverse: MatrixPolynomial.of(sigma)})
    assert exchanged == both
    with pytest.raises(ShapeError, match=r"^a letter and its replacement differ in shape \(d×1 given\)"):
        MatrixPolynomial.of(A).substitute({A: MatrixPolynomial.of(U)})


def test_a_letter_and_its_inverse_are_replaced_by_what_is_given_for_each():
    total, inverse = MatrixPolynomial.of(B) + MatrixPolynomial.of(S), inverse_letter(A)
    for other in (B, S):
        given = {inverse: MatrixPolynomial.of(other), A: total}
        assert MatrixPolynomial.of(inverse).substitute(given) == MatrixPolynomial.of(other)


def test_the_replacement_of_a_letter_reaches_the_inverse_of_its_transpose():
    inverse, other = inverse_letter(A), inverse_letter(B)
    turned = MatrixPolynomial.of(PARTNER[inverse])
    assert turned.substitute({A: MatrixPolynomial.of(B)}) == MatrixPolynomial.of(PARTNER[other])
    assert MatrixPolynomial.of(inverse).substitute({A: MatrixPolynomial.of(B)}) == MatrixPolynomial.of(other)
