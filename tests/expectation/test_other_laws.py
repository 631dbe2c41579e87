"""Laws beyond Gaussian: words against explicit coordinates, against draws, and against known values."""

from fractions import Fraction

import pytest
import sympy
from sympy.matrices.expressions import OneMatrix, Trace

import symicl as si
from oracle.gaussian import disagreement
from symicl.errors import InputError, UnsupportedError
from symicl.expectation import given_moments
from symicl.tasks.two_points import points

n, d = si.dims("n d")
kappa, six = si.scalar("kappa", nonnegative=True), si.scalar("six", nonnegative=True)
A, B = si.matrix("A", (d, d)), si.symmetric("B", d)
M = si.matrix("M", (n, n))
w, one = si.vector("w", d), OneMatrix(n, 1)
DIMS = {n: 2, d: 3}

ROWS = {
    "moments": si.independent_entries("X", (n, d), second=2, fourth=kappa, sixth=six),
    "signs": si.rademacher("X", (n, d)),
    "uniform": si.uniform("X", (n, d)),
    "sparse": si.sparse_signs("X", (n, d), Fraction(1, 3)),
    "sphere": si.sphere("X", (n, d), radius2=Fraction(5, 2)),
    "elliptical": si.elliptical(
        "X", (n, d), cov=si.covariance("S", d), second=Fraction(3, 2), fourth=kappa, sixth=six
    ),
    "elliptical sum": si.elliptical("X", (n, d), cov=si.covariance("S", d) + B * B, second=2, fourth=kappa),
}
INTEGRANDS = {
    "second": lambda X: X.T * X * A,
    "with letters once": lambda X: X.T * X * w * w.T * A,
    "fourth": lambda X: X.T * X * X.T * X * A,
    "of a trace": lambda X: Trace(X.T * X) * X.T * X,
    "between traces": lambda X: Trace(X.T * X) ** 2,
    "rows": lambda X: X * X.T,
    "sums of columns": lambda X: X.T * one * one.T * X,
    "odd": lambda X: X.T * X * X.T,
}


@pytest.mark.parametrize("law", ROWS)
@pytest.mark.parametrize("integrand", INTEGRANDS)
def test_by_coordinates(law, integrand):
    expression = INTEGRANDS[integrand](ROWS[law])
    answer = si.expect(expression)
    assert disagreement(expression, answer, DIMS) is None


@pytest.mark.parametrize("law", ROWS)
def test_a_wrong_moment_is_seen(law):
    X = ROWS[law]
    right = si.expect(Trace(X.T * X) ** 2)
    assert disagreement(Trace(X.T * X) ** 2, right + 1, DIMS)
    assert disagreement(Trace(X.T * X) ** 2, right * Fraction(100, 99), DIMS)


@pytest.mark.parametrize("law", ["moments", "signs", "sphere"])
def test_the_sixth_moment_by_coordinates(law):
    X = ROWS[law]
    expression = Trace(X.T * X * X.T * X * X.T * X)
    assert disagreement(expression, si.expect(expression), {n: 2, d: 2}) is None


def test_columns_by_coordinates():
    for x in (si.sphere("x", d), si.elliptical("x", d, cov=si.covariance("S", d), fourth=kappa)):
        for expression in ((x.T * A * x) ** 2, x * x.T * A * x * x.T, (w.T * x) ** 4, x * x.T):
            assert disagreement(expression, si.expect(expression), {d: 3}) is None
    x = si.independent_entries("x", d, fourth=kappa)
    for expression in ((x.T * x) ** 2, x * x.T * x * x.T, x.T * A * x):
        assert disagreement(expression, si.expect(expression), {d: 3}) is None


def test_the_gaussian_is_a_case_of_each():
    Z = si.gaussian("X", (n, d))
    entries = si.independent_entries("X", (n, d), fourth=3, sixth=15, eighth=105)
    scaled = si.elliptical("X", (n, d), fourth=1, sixth=1)
    for X in (entries, scaled):
        assert si.expect(X.T * X * A * X.T * X) == si.expect(Z.T * Z * A * Z.T * Z)
        assert si.expect(Trace(X.T * X * X.T * X * X.T * X)) == si.expect(Trace(Z.T * Z * Z.T * Z * Z.T * Z))
    assert si.expect(Trace((entries.T * entries) ** 4)) == si.expect(Trace((Z.T * Z) ** 4))


def test_known_values():
    """The second moment of a Gram matrix for i.i.d. entries of fourth moment κ; points on a sphere have one norm."""
    X = si.independent_entries("X", (n, d), fourth=kappa)
    assert (
        sympy.expand(Trace(si.expect(X.T * X * X.T * X)).doit() / d - (n * (n - 1) + n * (d - 1 + kappa)))
        == 0
    )
    x = si.sphere("x", d)
    assert sympy.expand(si.expect((x.T * x) ** 3) - d**3) == 0
    X = si.sphere("X", (n, d), radius2=4)
    assert sympy.expand(si.expect(Trace(X * X.T) ** 2) - 16 * n**2) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: si.expect((ROWS["moments"].T * ROWS["moments"]) ** 4), "eighth moment of the entries of X"),
        (lambda: si.expect(Trace(ROWS["elliptical sum"].T * ROWS["elliptical sum"]) ** 3), "sixth moment of the scale"),
        (lambda: si.expect(Trace(ROWS["signs"].T * ROWS["signs"]) ** 6), "at most 10"),
        (lambda: si.expect(ROWS["signs"].T * ROWS["signs"] * ROWS["uniform"]), "name of two things|two different"),
    ],
)  # fmt: skip
def test_what_is_outside_is_named(call, words):
    with pytest.raises((UnsupportedError, InputError), match=words):
        call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: si.independent_entries("x", d, second=2, fourth=3), "at least 4"),
        (lambda: si.independent_entries("x", d, fourth=2, sixth=3), "at least 4"),
        (lambda: si.independent_entries("x", d, fourth=-1), "at least 1"),
        (lambda: si.independent_entries("x", d, fourth="3"), "give a number"),
        (lambda: si.independent_entries("x", (d, d, d)), "shape"),
        (lambda: si.independent_entries("x", 0), "size 0"),
        (lambda: si.sparse_signs("x", d, 2), "from 0 to 1"),
        (lambda: si.sphere("x", d, radius2=-1), "radius"),
        (lambda: si.elliptical("x", d, fourth=Fraction(1, 2)), "at least 1"),
        (lambda: si.elliptical("x", d, cov=A), "not symmetric"),
        (lambda: si.elliptical("x", d, second=si.gaussian("z", 1)), "moment"),
    ],
)  # fmt: skip
def test_impossible_laws(call, words):
    with pytest.raises(InputError, match=words):
        call()


# --- draws -----------------------------------------------------------------------------------------------

NUMBERS = {
    "moments": {"kappa": 5, "six": 14},
    "elliptical": {"kappa": 3, "six": 7, "S": [[2, 1, 0], [1, 3, 0], [0, 0, 1]]},
    "elliptical sum": {
        "kappa": 5,
        "S": [[2, 1, 0], [1, 3, 0], [0, 0, 1]],
        "B": [[2, 0, 1], [0, 1, 0], [1, 0, 1]],
    },
}


@pytest.mark.parametrize("law", ROWS)
def test_draws_agree_and_wrong_values_do_not(law):
    """At a false-alarm rate of 10⁻⁶ for each right value; a value that is 5 % off is contradicted."""
    X = ROWS[law]
    quantity = Trace(X.T * X * X.T * X)
    mean = si.sample(quantity, draws=200_000, **{"n": 2, "d": 3} | NUMBERS.get(law, {}))
    right = si.expect(quantity)
    assert mean.agrees_with(right, false_alarm=1e-6).verdict != "contradicted"
    assert mean.agrees_with(right * Fraction(105, 100), false_alarm=1e-6).verdict == "contradicted"


@pytest.mark.parametrize("moments", [(2,), (2, 5), (2, 5, 14), (1, 3, 15, 105)])
def test_the_points_of_a_sampler_have_the_moments(moments):
    found = points([Fraction(m) for m in moments])
    for k, m in enumerate((1, *moments)):
        assert sum(p * t**k for t, p in found) == pytest.approx(float(m))


@pytest.mark.parametrize("moments", [(2, 3), (2, 5, 12), (1, 1, 2), (0, 1)])
def test_moments_of_no_law_have_no_points(moments):
    with pytest.raises(InputError, match="no law has the moments"):
        points([Fraction(m) for m in moments])


HANKEL = Fraction(167, 5)


def test_numbers_that_are_moments_of_no_law_are_refused():
    """No one is too small for the two before it, and the determinant of E z^(2i + 2j), i, j ≤ 2, is −1/5."""
    with pytest.raises(InputError, match="orders 0 to 8 of an entry of x; the last one is at least 67/2"):
        si.independent_entries("x", 2, fourth=3, sixth=10, eighth=HANKEL)
    assert si.independent_entries("x", 2, fourth=3, sixth=10, eighth=HANKEL + Fraction(1, 10)).known[
        3
    ] == Fraction(67, 2)


@pytest.mark.parametrize("moments", [{"second": 1, "fourth": 1, "sixth": 2}, {"second": 0, "fourth": 1}])
def test_moments_behind_those_of_a_law_on_points_are_its_own(moments):
    right = f"the last one is {moments['second']}$"
    with pytest.raises(InputError, match=right):
        si.elliptical("x", 3, **moments)
    with pytest.raises(InputError, match=right):
        given_moments(3, {2 * k: m for k, m in enumerate(moments.values(), 1)})


def test_symbols_between_numbers_split_them():
    q = si.scalar("q", positive=True)
    assert si.elliptical("x", 3, second=1, fourth=q, sixth=2).known == (1, q, 2)


def test_a_gap_in_the_moments_is_not_sampled():
    x = si.independent_entries("x", 2, sixth=3)
    with pytest.raises(InputError, match="not the one before it"):
        si.sample(x.T * x, draws=100)


# --- recursions and minima -------------------------------------------------------------------------------


def test_one_step_on_tokens_of_any_kurtosis():
    """η = 1/(n + d + κ − 2 + s), by exact enumeration 2/3, 1, 2 for signs at (n, d) = (2, 2), (4, 3), (3, 4)."""
    s = si.scalar("s", nonnegative=True)
    X, x, u = (
        si.independent_entries("X", (n, d), fourth=kappa),
        si.independent_entries("x", d),
        si.gaussian("u", d),
    )
    e, K = si.gaussian("e", n, row_cov=s), si.matrix("K", (d, d))
    optimum = si.minimise((x.T * K * X.T * (X * u + e) - x.T * u) ** 2, [K])
    for n_, d_, k_, value in (
        (2, 2, 1, Fraction(2, 3)),
        (4, 3, 1, 1),
        (3, 4, 1, 2),
        (2, 3, 5, Fraction(9, 4)),
    ):
        assert optimum.at(n=n_, d=d_, kappa=k_, s=0).value == value


def test_the_delta_rule_on_the_sphere():
    beta, e, x = si.scalar("beta"), si.vector("e", d), si.sphere("x", d)
    rule = si.recursion(state={e: si.gaussian("u", d)}, step={e: e - beta * x * x.T * e}, tokens=n)
    after = rule.expect(e.T * e)
    assert str(after) == "d(d β² - 2β + 1)^n"
    with pytest.raises(UnsupportedError, match="certificates of recursions"):
        si.certificate(after)
