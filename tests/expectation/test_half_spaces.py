"""max(0, t), |t| and signs: by words, by enumeration, by draws, and against known values."""

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.half_spaces import by_enumeration, degree_in, random_case, values_of
from symicl.errors import UnsupportedError
from symicl.numeric import evaluate

n, d = si.dims("n d")
S = si.covariance("S", d)
a, b = si.vector("a", d), si.vector("b", d)
x, X, q = si.gaussian("x", d, row_cov=S), si.gaussian("X", (n, d)), si.gaussian("q", d)


@pytest.mark.parametrize("seed", range(60))
def test_by_enumeration(seed):
    law, expression, sizes = random_case(seed)
    values = values_of(sizes, seed)
    try:
        found = si.expect(expression)
    except UnsupportedError as error:
        assert "entrywise product" in str(error) or "entries" in str(error), error
        return
    assert evaluate(found, values) == by_enumeration(
        law, expression, values, degree_in(expression, values, law)
    )


def test_enumeration_sees_a_value_that_is_slightly_wrong():
    wrong = 0
    for seed in range(40):
        law, expression, sizes = random_case(seed)
        values = values_of(sizes, seed)
        try:
            found = evaluate(si.expect(expression), values)
        except UnsupportedError:
            continue
        right = by_enumeration(law, expression, values, degree_in(expression, values, law))
        wrong += bool(right) and found * sympy.Rational(101, 100) != right
    assert wrong > 10


def test_known_values():
    power = Trace(a.T * S * a)
    root = sympy.sqrt(2) * sympy.sqrt(power) / sympy.sqrt(sympy.pi)
    assert si.expect(si.absolute(a.T * x)) == root
    assert sympy.simplify(si.expect(si.relu(a.T * x)) - root / 2) == 0
    assert si.expect(x * si.relu(a.T * x)) == S * a / 2
    assert si.expect(si.relu(a.T * x) ** 2) == power / 2
    assert sympy.simplify(si.expect(si.relu(a.T * x) ** 3) - 2 * root**3 / 2 * sympy.pi / 2) == 0
    assert si.expect(si.sign(a.T * x) ** 2) == 1
    assert si.expect(si.sign(a.T * x)) == 0
    z = si.gaussian("z", 1)
    assert si.expect(si.absolute(z)) == sympy.sqrt(2) / sympy.sqrt(sympy.pi)
    assert si.expect(Trace(si.absolute(z)) * Trace(z) ** 2) == 2 * sympy.sqrt(2) / sympy.sqrt(sympy.pi)


def test_multiples_of_one_argument_share_a_letter():
    assert si.expect(si.relu(-X * a).T * si.relu(X * a)) == 0
    assert si.expect(si.relu(X * a).T * si.absolute(X * a)) == n * Trace(a.T * a) / 2
    assert si.expect(si.relu(3 * X * a).T * X * a) == 3 * n * Trace(a.T * a) / 2
    assert si.expect(Trace(si.sign(-a.T * x)) * Trace(si.sign(2 * a.T * x))) == -1


def test_the_published_step_of_relu_attention():
    optimum = si.minimise(si.expected_loss(si.ReLUAttention(), si.LinearRegression()))
    at = optimum.at(n=6, d=4, sigma2=0)
    assert (at.coefficient, at.value) == (sympy.Rational(2, 17), sympy.Rational(44, 17))
    assert optimum.certificate and optimum.attained == "weights"


def test_no_matrix_inside_is_better():
    w, M = si.gaussian("w", d), si.matrix("M", (d, d))
    f = w.T * X.T * si.relu(X * M * q)
    found = si.minimise((f - w.T * q) ** 2, [M])
    assert str(found) == "M⋆ = 2I_d/(n + 2d + 3)\nL⋆ = d(2d + 3)/(n + 2d + 3)"


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (si.relu(X * a).T * si.relu(X * b), "two half-spaces"),
        (si.ones(n).T * si.relu(X * a), "entrywise product"),
        (si.relu(x), "not linear in a random matrix with independent rows"),
        (si.relu(X), "known of a column"),
        (si.sign(X * a), "a column of signs"),
        (si.sign(a.T * si.rademacher("s", d)) ** 2, "may be 0 with a positive probability"),
        (si.relu(q.T * x), "a constant direction"),
        (si.relu(a.T * si.gaussian("m", d, mean=b)), "mean zero"),
        (si.relu(a.T * x + sympy.Identity(1)), "mean zero"),
        (si.relu(X * a).T * si.gaussian("X", (n, d), row_cov=si.covariance("R", n)) * a, "two different"),
        (si.absolute(a.T * si.rademacher("s", d)), "one Gaussian vector"),
    ],
)
def test_what_is_not_known_is_named(expression, words):
    with pytest.raises((UnsupportedError, si.InputError), match=words):
        si.expect(expression)


DRAWS = {
    "relu": si.relu(a.T * x),
    "absolute cubed": Trace(si.absolute(a.T * x)) ** 3,
    "with a factor": Trace(si.absolute(a.T * x)) * Trace(b.T * x) ** 2,
    "a column": (si.relu(X * q).T * X * a) * (si.relu(X * q).T * X * a),
    "sign": Trace(si.sign(a.T * x)) * Trace(b.T * x),
    "on a sphere": Trace(si.relu(si.sphere("X", (n, d)) * q).T * si.relu(si.sphere("X", (n, d)) * q)) ** 2,
    "entries": Trace(si.relu(si.uniform("X", (n, d)) * a).T * si.absolute(si.uniform("X", (n, d)) * a)),
}


@pytest.mark.parametrize("name", DRAWS)
def test_draws_agree_and_a_wrong_value_does_not(name):
    """Five standard errors: a false alarm in 1.7 million for each."""
    numbers = {"n": 3, "d": 2, "S": [[2, 1], [1, 3]], "a": [1, -2], "b": [3, 1]}
    expression = DRAWS[name]
    used = {
        k: v for k, v in numbers.items() if k in {str(s) for s in expression.free_symbols} | _laws(expression)
    }
    mean = si.sample(expression, **used)
    right = float(si.compile(si.expect(expression))(**_only(si.expect(expression), used)))
    assert abs(mean.mean - right) < 5 * mean.error
    assert abs(mean.mean - 1.1 * right) > 5 * mean.error


def _laws(expression):
    parts = [z for z in sympy.preorder_traversal(expression) if hasattr(z, "law_parts")]
    found = {s for z in parts for part in z.law_parts for s in part.free_symbols}
    return {str(s) for s in found | {size for z in parts for size in z.shape}}


def _only(expression, numbers):
    names = {str(s) for s in expression.free_symbols}
    names |= {str(k) for s in expression.free_symbols for k in getattr(s, "shape", ())}
    return {k: v for k, v in numbers.items() if k in names}
