"""Exponentials of Gaussian columns: by words, by matchings of numbers, and by draws."""

import random
from fractions import Fraction

import pytest
import sympy
from sympy import Trace, exp

import symicl as si
from symicl.numeric import evaluate, exact_matrix

n, d = si.dims("n d")
S, A, b, mu = si.covariance("S", d), si.matrix("A", (d, d)), si.vector("b", d), si.vector("mu", d)
x, g, h = si.gaussian("x", d, row_cov=S), si.gaussian("g", d), si.gaussian("h", d)
t = si.scalar("t", positive=True)
SIZE = 2


def inner(u, v, matrix):
    return sum(u[i] * matrix[i][j] * v[j] for i in range(SIZE) for j in range(SIZE))


def over_matchings(items, single, double):
    """Σ over all ways to match some of the items in pairs."""
    if not items:
        return Fraction(1)
    first, *rest = items
    total = single(first) * over_matchings(rest, single, double)
    for k, other in enumerate(rest):
        total += double(first, other) * over_matchings(rest[:k] + rest[k + 1 :], single, double)
    return total


def case(seed):
    """A product of linear forms times exp(bᵀx): its mean over exp(bᵀSb/2) by words, and by numbers."""
    rng = random.Random(seed)
    count = rng.randint(1, 5)
    forms = [si.vector(f"a_{k}", d) for k in range(count)]
    values = [[Fraction(rng.randint(-4, 4), rng.randint(1, 2)) for _ in range(SIZE)] for _ in forms]
    at_b = [Fraction(rng.randint(-3, 3), 2) for _ in range(SIZE)]
    p, q, r = rng.randint(1, 4), rng.randint(-1, 1), rng.randint(2, 5)
    cov = [[Fraction(p), Fraction(q)], [Fraction(q), Fraction(r)]]
    expression = exp(Trace(b.T * x)) * sympy.Mul(*[Trace(a.T * x) for a in forms])
    found = sympy.expand(si.expect(expression) / exp(Trace(b.T * S * b) / 2))
    numbers = {d: sympy.Integer(SIZE), S: exact_matrix(cov), b: exact_matrix([[z] for z in at_b])}
    numbers |= {a: exact_matrix([[z] for z in v]) for a, v in zip(forms, values, strict=True)}
    right = over_matchings(values, lambda u: inner(u, at_b, cov), lambda u, v: inner(u, v, cov))
    return evaluate(found, numbers), right


@pytest.mark.parametrize("seed", range(30))
def test_by_matchings(seed):
    found, right = case(seed)
    assert found == right
    assert found + 1 != right


def test_known_values():
    whole = exp(Trace(b.T * S * b) / 2)
    assert si.expect(exp(Trace(b.T * x))) == whole
    assert si.expect(exp(Trace(b.T * x)) * x) == whole * (S * b)
    assert (
        si.expect(exp(Trace(b.T * x)) * Trace(x.T * A * x) + 1)
        == (Trace(A * S) + Trace(b.T * S * A * S * b)) * whole + 1
    )
    shifted = si.gaussian("m", d, row_cov=S, mean=mu)
    assert si.expect(exp(Trace(b.T * shifted))) == exp(Trace(b.T * mu) + Trace(b.T * S * b) / 2)
    assert si.expect(exp(-Trace(g.T * g) / 2)) == 2 ** (-d / 2)
    assert si.expect(exp(sympy.sqrt(t / (1 + t)) * Trace(g.T * h))) == (1 + t) ** (d / 2)
    s = sympy.Rational(1, 2)
    found = si.expect(exp(s * Trace(g.T * h)) * g.T * h)
    assert sympy.simplify(found - d * s / (1 - s**2) * (1 - s**2) ** (-d / 2)) == 0


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (exp(t * Trace(g.T * h)), "finite only if"),
        (exp(Trace(g.T * h)), "infinite"),
        (exp(Trace(g.T * g)), "infinite"),
        (exp(Trace(g.T * A * g)), "squared length"),
        (exp(Trace(x.T * g)), "a multiple of I"),
        (exp(-Trace(x.T * x)), "a multiple of I"),
        (exp(Trace(b.T * x) ** 3), "3 times"),
        (exp(Trace(b.T * si.rademacher("r", d))), "linear in Gaussian columns"),
        (exp(exp(Trace(b.T * x))), "exponential|function|exp"),
        (1 / (1 + exp(Trace(b.T * x))), "as a factor of a polynomial alone"),
    ],
)
def test_what_is_not_known_is_named(expression, words):
    with pytest.raises((si.UnsupportedError, si.InputError), match=words):
        si.expect(expression)


def test_draws_agree_and_a_wrong_value_does_not():
    """Five standard errors: a false alarm in 1.7 million for each."""
    for expression, numbers in (
        (exp(Trace(b.T * x)) * Trace(x.T * x), {"b": [0.3, -0.2], "S": [[2, 1], [1, 3]], "d": 2}),
        (exp(Trace(g.T * h) / 4) * Trace(g.T * h), {"d": 3}),
    ):
        mean = si.sample(expression, **numbers)
        found = si.expect(expression)
        names = {str(s) for s in found.free_symbols}
        right = float(si.compile(found)(**{k: v for k, v in numbers.items() if k in names}))
        assert abs(mean.mean - right) < 5 * mean.error
        assert abs(mean.mean - 1.2 * right) > 5 * mean.error
