"""Student's law: the moments that exist, the ones that do not by name, coordinates, and draws."""

import pytest
import sympy
from sympy import HadamardPower, HadamardProduct, Rational, Trace

import symicl as si
from oracle.gaussian import disagreement
from symicl.errors import InputError, UnsupportedError

n, d = si.dims("n d")
S, A, t = si.covariance("S", d), si.matrix("A", (d, d)), si.scalar("t", positive=True)
X, x = si.student("X", (n, d), 9, cov=S), si.student("x", d, 5)
Y, c = si.student("Y", (n, d), 4 + t), si.student("c", d, 1)


@pytest.mark.parametrize(
    "expression",
    [X.T * X, X.T * X * A * X.T * X, Trace(X.T * X) ** 2, HadamardProduct(X, X), X.T * X * X.T, x * x.T],
)
def test_by_coordinates(expression):
    found = si.expect(expression)
    for at in ({n: 2, d: 2}, {n: 1, d: 3}):
        assert disagreement(expression, found, at) is None
    if not isinstance(found, sympy.ZeroMatrix):
        assert disagreement(expression, 2 * found, {n: 2, d: 2})


def test_known_values():
    assert si.expect(x * x.T) == Rational(5, 3) * sympy.Identity(d)
    assert sympy.expand(si.expect((x.T * x) ** 2) - Rational(25, 3) * d * (d + 2)) == 0
    one = si.student("z", 1, 7)
    assert si.expect(Trace(one) ** 6) == 15 * 7**3 / Rational(5 * 3 * 1)
    y = si.student("y", d, 4 + t)
    assert sympy.simplify(si.expect((y.T * y) ** 2) - (4 + t) ** 2 * d * (d + 2) / ((2 + t) * t)) == 0


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ((x.T * x) ** 3, "sixth moment of the scale of x"),
        (c * c.T, "second moment of the scale of c"),
        (c, "moment of order 1 of c; Student's law of 1 degrees"),
        (x * x.T * x * x.T * x, "moment of order 5 of x"),
        (HadamardProduct(c, c), "second moment"),
        (HadamardPower(c, 3), "moment of order 3 of c"),
        (Trace(Y.T * Y) ** 3, "sixth moment of the scale of Y"),
    ],
)
def test_missing_moments_are_named(expression, words):
    with pytest.raises(UnsupportedError, match=words):
        si.expect(expression)
    sizes = {"n": 1, "d": 2} if expression.has(Y) else {"d": 2}
    with pytest.raises(UnsupportedError, match=words):
        si.expect_at(expression, **sizes)


@pytest.mark.parametrize("degrees", [0, -1, "5", si.scalar("a"), si.gaussian("g", 1)])
def test_bad_degrees(degrees):
    with pytest.raises(InputError):
        si.student("x", d, degrees)


def test_against_draws():
    """A right value is contradicted once in a million runs."""
    expression = Trace(X.T * X * X.T * X)
    value = si.expect(expression)
    mean = si.sample(expression, n=3, S=[[2, 1], [1, 3]], draws=200_000)
    assert mean.agrees_with(value).verdict != "contradicted"
    assert mean.agrees_with(value * 4 / 5).verdict == "contradicted"
    mean = si.sample(x.T * x, d=3, draws=200_000)
    assert mean.agrees_with(5).verdict == "confirmed" and mean.agrees_with(3).verdict == "contradicted"
    with pytest.raises(InputError, match="whole number"):
        si.sample(Trace(Y), n=2, d=2, t=Rational(1, 2), draws=100)


def test_in_a_task():
    task = si.LinearRegression(covariates=si.student("X", (n, d), 5))
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), task))
    # m₂/((n − 1) m₂² + (d + 2) m₄ + σ² m₂) for m₂ = 5/3, m₄ = 25/3
    assert str(optimum).splitlines()[0] == "K⋆ = 3I_d/(5n + 15d + 25 + 3σ²)"


def test_in_claims():
    text = """
    dims n, d
    t : scalar(positive)
    x ~ student(d, degrees = 5)
    y ~ student(d, degrees = 4 + t)
    claim E[x x'] = 5/3 I
    claim E[x x'] = I
    claim E[(y' y)^2] = (4 + t)^2 d (d + 2)/((2 + t) t)
    claim E[(y' y)^2] = (4 + t)^2 d (d + 2)/(2 + t)^2
    claim E[(x' x)^3] = 1
    """
    found = si.check(text)
    assert [claim.verdict for claim in found] == ["proved", "refuted", "proved", "refuted", "undecided"]
    assert "sixth moment" in found[4].reason
    with pytest.raises(si.ClaimError, match="needs degrees"):
        si.check("dims d\nx ~ student(d)\nclaim E[x] = 0\n")
