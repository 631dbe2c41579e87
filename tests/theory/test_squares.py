"""One side is at least the other by the mean of a square: the identities of norms, and what must not hold."""

import pytest
from sympy import MatMul, Trace

from symicl.algebra import (
    ClosedForm,
    closed_form,
    covariance,
    dims,
    matrix,
    read_form,
    scalar,
    symbol_letter,
    symmetric,
    vector,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.statements.derivation import Recorder
from symicl.theory import at_least, gaussian, lagrange, mean_square, root_of_norm

d, k, n = dims("d k n")
H, K = covariance("H", d), covariance("K", k)
M, N, v = matrix("M", (d, k)), matrix("N", (d, k)), matrix("v", (k, 1))
s = scalar("s", nonnegative=True)
WEIGHTS = symbol_letter(H), symbol_letter(K)


def trace(*factors):
    return read_form(Trace(MatMul(*factors)))


def norm(A):
    """‖A‖² = tr(A'H A K)."""
    return trace(A.T, H, A, K)


def test_the_root_of_a_norm():
    root = root_of_norm(read_form(M), *WEIGHTS, role="", factor=read_form(n + 2))
    assert mean_square(*root) == norm(M) * read_form(n + 2)
    assert mean_square(*root_of_norm(read_form(v), role="")) == trace(v.T, v)


def test_cauchy_schwarz_is_an_identity():
    gap = norm(M) * norm(N) - trace(M.T, H, N, K) ** 2
    assert mean_square(*lagrange(read_form(M), read_form(N), *WEIGHTS)) == gap
    assert mean_square(*lagrange(read_form(M), read_form(N), *WEIGHTS, factor=3)) == gap * 3
    u = gaussian(read_form(M).rows, role="u of a test")
    row = read_form(M).T @ ClosedForm.of(u.letter)
    averaged = trace(M.T, M) * trace(v.T, v) - trace(v.T, M.T, M, v)
    assert mean_square(*lagrange(row, read_form(v), laws=[u])) == averaged


def test_what_is_at_least_something():
    product, between = norm(M) * norm(N), trace(M.T, H, N, K) ** 2
    cauchy_schwarz = lagrange(read_form(M), read_form(N), *WEIGHTS)
    assert at_least(product, between, cauchy_schwarz).holds
    assert at_least(product + norm(M) * read_form(s), between, cauchy_schwarz).holds
    assert at_least(norm(M), norm(M)).holds


@pytest.mark.parametrize(
    ("value", "bound", "roots"),
    [
        (norm(M), norm(N), ()),
        (norm(M), norm(M) + closed_form(1), ()),
        (norm(M) * norm(N), trace(M.T, H, N, K) ** 2 * 2, (lagrange(read_form(M), read_form(N), *WEIGHTS),)),
        (norm(M) * norm(N), trace(M.T, H, N, K) ** 2, ()),
        (norm(M) * norm(N), trace(M.T, H, N, K) ** 2, (lagrange(read_form(M), read_form(N)),)),
        (trace(M.T, N), closed_form(0), ()),
    ],
)
def test_what_is_not_seen_to_hold(value, bound, roots):
    found = at_least(value, bound, *roots)
    assert not found.holds
    step = Recorder()
    step("a step")
    with pytest.raises(DerivationError, match="does not hold: one side is larger"):
        step.require("one side is larger", found, rule="the mean of a square")


def test_a_denominator_is_refused():
    with pytest.raises(UnsupportedError, match="multiply both sides"):
        at_least(norm(M) / read_form(n), closed_form(0))


def test_what_is_no_covariance_has_no_gaussian():
    """vᵀSv is no mean of a square for every symmetric S."""
    S, w = symmetric("S", d), vector("w", d)
    root = root_of_norm(read_form(w), symbol_letter(S), role="")
    with pytest.raises(UnsupportedError, match="S is not seen to be positive definite"):
        at_least(read_form(Trace(w.T * S * w)), closed_form(0), root)
