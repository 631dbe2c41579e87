"""Exact expectations at given sizes, entry by entry, and what they say of other sizes: nothing."""

import pytest
import sympy
from sympy import Determinant, HadamardPower, HadamardProduct, Trace

import symicl as si
from oracle.gaussian import disagreement_at
from symicl.errors import InputError, UnsupportedError

n, d = si.dims("n d")
S, A, s = si.covariance("S", d), si.matrix("A", (d, d)), si.scalar("s", positive=True)
X, Z = si.gaussian("X", (n, d), col_cov=S), si.gaussian("Z", (n, d))
LAWS = {
    "gaussian": si.gaussian("X", (n, d), col_cov=S, mean=si.matrix("C", (n, d))),
    "two sides": si.gaussian("X", (n, d), row_cov=si.equicorrelated(n, s), col_cov=S),
    "moments": si.independent_entries(
        "X", (n, d), second=2, fourth=s + 4, sixth=si.scalar("six", positive=True)
    ),
    "signs": si.rademacher("X", (n, d)),
    "sphere": si.sphere("X", (n, d), radius2=3),
    "elliptical": si.elliptical("X", (n, d), cov=S, fourth=s),
}
INTEGRANDS = {
    "gram": lambda X: X.T * X,
    "square": lambda X: X.T * X * A * X.T * X,
    "entrywise": lambda X: HadamardProduct(X, X) * sympy.OneMatrix(d, 1),
    "odd": lambda X: Trace(X.T * X) * X,
    "single": lambda X: X[0, 1] ** 2 * X[1, 1] ** 2,
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("integrand", INTEGRANDS)
def test_by_the_second_engine_and_by_words(law, integrand):
    expression = INTEGRANDS[integrand](LAWS[law])
    assert disagreement_at(expression, {n: 2, d: 2}) == ""
    found = si.expect_at(expression, n=2, d=2)
    assert found.judge(si.expect(expression)).verdict == "proved at n = 2, d = 2"


def test_beyond_words():
    assert si.expect_at(Determinant(Z.T * Z), n=4, d=3).value == 24
    assert (
        si.expect_at(Determinant(X.T * X), n=2, d=2).judge(2 * Determinant(S)).verdict
        == "proved at n = 2, d = 2"
    )
    O = si.haar("O", d)
    assert si.expect_at(HadamardPower(O, 4), d=3).value == sympy.ones(3, 3) / 5
    assert si.expect_at(HadamardProduct(O, A)[0, 0] ** 2, d=2).value == A[0, 0] ** 2 / 2
    i = sympy.Symbol("i", integer=True)
    assert si.expect_at(sympy.Sum(Z[i, 0] ** 4, (i, 0, n - 1)), n=3, d=2).value == 9
    assert (
        si.expect_at(Trace(Z.T * Z / s * S.inv()), n=3, d=1).judge(n * Trace(S.inv()) / s).verdict
        == "proved at n = 3, d = 1"
    )


def test_sizes_that_are_numbers():
    k = si.gaussian("k", (2, 2))
    found = si.expect_at(k.as_explicit().det() ** 2)
    assert (
        found.value == 2 and repr(found) == "2, exact at the sizes as they are written and at no other sizes"
    )
    assert found.judge(2).verdict == "proved at the sizes as they are written"
    assert found.judge(3).verdict == "refuted"


def test_what_is_proved_is_proved_there_alone():
    """n (n − 1) and n d are equal at n = 3, d = 2: neither is called proved."""
    found = si.expect_at(Determinant(Z.T * Z), n=3, d=2)
    for stated in (n * (n - 1), n * d):
        verdict = found.judge(stated)
        assert verdict.verdict == "proved at n = 3, d = 2" and "other sizes are not decided" in verdict.reason
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(verdict)
    assert si.expect_at(Determinant(Z.T * Z), n=4, d=2).judge(n * d).verdict == "refuted"
    assert repr(found) == "6, exact at n = 3, d = 2 and at no other sizes"
    assert found.latex() == r"6\qquad\text{exact at }n=3,\ d=2\text{ alone}"
    assert not hasattr(found, "expr")


@pytest.mark.parametrize("factor", [2, sympy.Rational(100, 99), -1, 0])
def test_wrong_constants_are_refuted_by_an_instance(factor):
    expression = Trace(X.T * X * A * X.T * X)
    found = si.expect_at(expression, n=2, d=2)
    verdict = found.judge(factor * si.expect(expression))
    assert verdict.verdict == "refuted"
    assert "A[0, 1] =" in verdict.reason and "the stated value" in verdict.reason
    assert found.judge(si.expect(expression).subs(n, n + 1)).verdict == "refuted"


def test_letters_with_equations_are_not_refuted():
    P = si.projector("P", d, 1)
    found = si.expect_at(Trace(Z * P * Z.T), n=2, d=3)
    assert found.judge(n * Trace(P)).verdict == "proved at n = 2, d = 3"
    assert found.judge(n).verdict == "undecided"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: si.expect_at(Trace(Z.T * Z), n=3), InputError, "no number is given for d"),
        (lambda: si.expect_at(Trace(Z.T * Z), n=3, d=2, q=1), InputError, "q is no size"),
        (lambda: si.expect_at(Trace(Z.T * Z), n="3", d=2), InputError, "whole number"),
        (lambda: si.expect_at(Trace(Z.T * Z), n=0, d=2), InputError, "whole number"),
        (lambda: si.expect_at(Trace(Z.T * Z), n=10, d=10), UnsupportedError, "smaller sizes"),
        (lambda: si.expect_at((X.T * X) ** 4, n=5, d=4), UnsupportedError, "smaller sizes"),
        (lambda: si.expect_at(sympy.exp(Z[0, 0]), n=2, d=2), UnsupportedError, "no rational function"),
        (lambda: si.expect_at(1 / Trace(Z.T * Z), n=2, d=2), UnsupportedError, "divides by something random"),
        (lambda: si.expect_at((Z.T * Z).inv(), n=4, d=2), UnsupportedError, "divides by something random"),
        (lambda: si.expect_at(Z[2, 0], n=2, d=2), InputError, "no entry of a 2×2"),
        (lambda: si.expect_at(HadamardPower(LAWS["elliptical"], 6), n=1, d=1), UnsupportedError, "sixth moment of the"),
        (lambda: si.expect_at("Z", n=1), InputError, "no formula"),
        (lambda: si.expect_at(Trace(Z.T * Z), n=2, d=2).judge(Trace(Z.T * Z)), InputError, "random"),
        (lambda: si.expect_at(Trace(Z.T * Z), n=2, d=2).judge(S), InputError, "2×2, and the expectation 1×1"),
    ],
)  # fmt: skip
def test_bad_input(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
