"""Which recursion takes an expectation, and the corners that long random expressions rarely reach."""

from math import prod

import pytest
import sympy
from sympy import BlockMatrix
from sympy.matrices.expressions import Trace

import symicl as si
from symicl.algebra import COLS, NO_LETTER, ROWS, Polynomial, call_of, read_scalar, symbol_letter
from symicl.certificates import recording
from symicl.errors import DerivationError
from symicl.expectation import Gaussian
from symicl.expectation.gaussian import integrate_one
from symicl.expectation.stein import SteinRecursion, WishartRecursion
from symicl.expectation.sympy_expectation import expect_polynomial

n, d = si.dims("n d")
Sigma, Theta = si.covariance("Sigma", d), si.covariance("Theta", n)
A, C = si.matrix("A", (d, d)), si.matrix("C", (n, n))
a, b = si.vector("a", d), si.vector("b", d)
X = si.gaussian("X", (n, d), col_cov=Sigma)
w = si.gaussian("w", d)


@pytest.mark.parametrize(
    ("integrand", "law", "kind"),
    [
        (Trace(X.T * X * A * X.T * X), Gaussian(symbol_letter(X), NO_LETTER, symbol_letter(Sigma)), WishartRecursion),
        (Trace(A * X.T * X) ** 2, Gaussian(symbol_letter(X), NO_LETTER, symbol_letter(Sigma)), WishartRecursion),
        (Trace(X.T * X), Gaussian(symbol_letter(X), NO_LETTER, symbol_letter(Sigma)), WishartRecursion),
        (Trace(X.T * C * X), Gaussian(symbol_letter(X), NO_LETTER, symbol_letter(Sigma)), SteinRecursion),
        (Trace(X.T * X), Gaussian(symbol_letter(X), symbol_letter(Theta), NO_LETTER), SteinRecursion),
        (Trace(w.T * A * w), Gaussian(symbol_letter(w)), SteinRecursion),
    ],
)  # fmt: skip
def test_products_of_gram_matrices_go_to_the_faster_recursion_and_all_that_is_done_is_noted(
    integrand, law, kind
):
    polynomial = read_scalar(integrand)
    with recording() as found:
        expected = integrate_one(polynomial, law)
    call = call_of(expected)
    given, of, recursion, rewritten = call.arguments
    assert (call.rule, given, of) == ("expectation", polynomial, law)
    assert [fact.arguments for fact in found.of("law")] == [(law,)]
    assert type(recursion) is kind
    assert (rewritten == polynomial) == (kind is SteinRecursion)


@pytest.mark.parametrize("k", [1, 2, 6, 9])
def test_powers_of_a_dimension_have_room(k):
    """E |w|^2k = d (d + 2) ... (d + 2k - 2) has the highest power of d that k factors can have."""
    expected = prod(d + 2 * i for i in range(k))
    assert sympy.expand(si.expect(Trace(w.T * w) ** k) - expected) == 0


def test_what_is_known_is_kept():
    z = symbol_letter(w)
    recursion = SteinRecursion(z, NO_LETTER, NO_LETTER, 4)
    ((monomial, _),) = read_scalar(Trace(w.T * w) ** 2)
    found = recursion.expectation(monomial)
    assert recursion.memo[monomial] is found is recursion.expectation(monomial)
    assert (ROWS[z], COLS[z]) == tuple(recursion.shift)


@pytest.mark.parametrize("shape", [(1, 2), (2, 1)])
def test_blocks_of_what_has_a_mean(shape):
    z = si.gaussian("z", (d, d), col_cov=Sigma, mean=A)
    blocks = [z.T * z, z]
    expected = [si.expect(block) for block in blocks]
    assert expected == [A.T * A + d * Sigma, A]
    rows = [blocks] if shape == (1, 2) else [[block] for block in blocks]
    found = si.expect(BlockMatrix(rows))
    assert found.blockshape == shape
    assert [found.blocks[i, j] for i in range(shape[0]) for j in range(shape[1])] == expected


def test_a_gaussian_without_a_law_is_not_left_behind():
    with pytest.raises(DerivationError, match="the law of X is not known, so it was not averaged over"):
        expect_polynomial(read_scalar(Trace(X.T * X)), [])
    assert expect_polynomial(read_scalar(Trace(A)), []) == Polynomial.word((symbol_letter(A),))
