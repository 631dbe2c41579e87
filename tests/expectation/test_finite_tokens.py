"""Tokens on a finite set: against the enumeration of all samples, the average entry by entry, and draws."""

from fractions import Fraction
from itertools import product

import pytest
import sympy
from sympy import HadamardProduct, Identity, Trace

import symicl as si
from symicl.errors import InputError, UnsupportedError
from symicl.numeric.exact import evaluate, exact_matrix, matrix_entries

n, d, K = si.dims("n d K")
V, p, A, w = si.matrix("V", (K, d)), si.vector("p", K), si.matrix("A", (d, d)), si.vector("w", d)
X, U = si.finite_tokens("X", n, V, weights=p), si.finite_tokens("X", n, V)
q, Q = si.finite_tokens("X", None, V), si.finite_tokens("X", None, V, weights=p)
VECTORS, WEIGHTS = [[2, -1], [3, 5], [-2, 1]], [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
NUMBERS = {V: VECTORS, p: [[x] for x in WEIGHTS], A: [[2, 3], [-1, 5]], w: [[3], [-2]]}

ROWS = {
    "mean": lambda X: X,
    "second": lambda X: X.T * X,
    "rows": lambda X: X * X.T,
    "odd": lambda X: X.T * X * w * w.T * X.T,
    "fourth": lambda X: X.T * X * A * X.T * X,
    "traces": lambda X: Trace(X.T * X * A) * Trace(X.T * X),
    "entries": lambda X: HadamardProduct(X, X) * w,
}
COLUMNS = {
    "mean": lambda x: x,
    "outer": lambda x: x * x.T,
    "third": lambda x: x * x.T * w * x.T,
    "fourth": lambda x: (x.T * A * x) ** 2,
}


def at(value, size):
    """The value as nested numbers."""
    point = {n: sympy.Integer(size), d: sympy.Integer(2), K: sympy.Integer(3)}
    found = evaluate(value, point | {m: exact_matrix(x) for m, x in NUMBERS.items()})
    entries = [[found]] if isinstance(found, sympy.Expr) else matrix_entries(found)
    return sympy.Matrix([[sympy.Rational(x) for x in row] for row in entries])


def enumerated(expression, z, size):
    """Σ over all samples of their probability times the expression."""
    total = None
    for chosen in product(range(3), repeat=1 if z.is_column else size):
        rows = [VECTORS[k] for k in chosen]
        value = sympy.ImmutableMatrix([[x] for x in rows[0]] if z.is_column else rows)
        weights = (Fraction(1, 3) if z.is_uniform else WEIGHTS[k] for k in chosen)
        found = at(expression.subs(z, value), size) * sympy.Mul(*map(sympy.Rational, weights))
        total = found if total is None else total + found
    return total


@pytest.mark.parametrize("z", [X, U], ids=["weights", "uniform"])
@pytest.mark.parametrize("name", ROWS)
def test_by_enumeration(name, z):
    expression = ROWS[name](z)
    found = si.expect(expression)
    for size in (1, 2):
        sized = ROWS[name](
            si.finite_tokens("X", size, z.vectors, weights=None if z.is_uniform else z.weights)
        )
        (letter,) = sized.atoms(type(z))
        right = enumerated(sized, letter, size)
        assert at(found, size) == right
        if not right.is_zero_matrix:
            assert at(found * 2, size) != right


@pytest.mark.parametrize("z", [q, Q], ids=["uniform", "weights"])
@pytest.mark.parametrize("name", COLUMNS)
def test_one_column_by_enumeration(name, z):
    expression = COLUMNS[name](z)
    assert at(si.expect(expression), 1) == enumerated(expression, z, 1)


@pytest.mark.parametrize("name", ROWS)
def test_entry_by_entry(name):
    expression = ROWS[name](X)
    found = si.expect_at(expression, n=2, d=2, K=2)
    assert found.judge(2 * si.expect(expression)).verdict == "refuted"
    # The weights are letters without a sum here, which words take to be 1.
    one = si.finite_tokens("X", n, V)
    expression = ROWS[name](one)
    assert (
        si.expect_at(expression, n=2, d=2, K=2).judge(si.expect(expression)).verdict.startswith("proved at")
    )


def test_one_hot_tokens():
    X = si.finite_tokens("X", n, Identity(d))
    assert si.expect(X.T * X) == n / d * Identity(d)
    assert sympy.expand(Trace(si.expect(X.T * X * X.T * X)).doit() - n - n * (n - 1) / d) == 0
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression(covariates=X)))
    assert str(optimum).splitlines()[0] == "K⋆ = d I_d/(n - 1 + d(1 + σ²))"


def test_explicit_vectors_become_numbers():
    weights = [[Fraction(1, 2)], [Fraction(1, 4)], [Fraction(1, 4)]]
    X = si.finite_tokens("X", n, [[1, 0], [0, 1], [-1, -1]], weights=weights)
    assert si.expect(Trace(X.T * X)) == 5 * n / 4
    assert si.expect_at(X.T * X, n=2).value == sympy.Matrix([[3, 1], [1, 2]]) / 2


def test_against_draws():
    """A right value is contradicted once in a million runs."""
    numbers = {"n": 3, "V": VECTORS, "p": [[x] for x in WEIGHTS], "draws": 40_000}
    expression = Trace(X.T * X * X.T * X)
    mean = si.sample(expression, **numbers)
    assert mean.agrees_with(si.expect(expression)).verdict == "confirmed"
    uniform = si.expect(Trace(U.T * U * U.T * U))
    del numbers["p"]
    mean = si.sample(Trace(U.T * U * U.T * U), **numbers)
    assert mean.agrees_with(uniform).verdict == "confirmed"
    assert mean.agrees_with(uniform * 11 / 10).verdict == "contradicted"


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: si.finite_tokens("X", n, V, weights=[[1], [2]]), InputError, "weights of X"),
        (lambda: si.finite_tokens("X", n, [[1, 2], [3, 4]], weights=[[2], [-1]]), InputError, "sum is 1"),
        (lambda: si.finite_tokens("X", n, [[1, 2], [3, 4]], weights=[[1], [1]]), InputError, "sum is 1"),
        (lambda: si.finite_tokens("X", n, [[1, 2], [3]]), InputError, "same length"),
        (lambda: si.finite_tokens("X", n, [["a", 2]]), InputError, "text"),
        (lambda: si.finite_tokens("X", n, [[0.5, 2]]), InputError, "exact"),
        (lambda: si.finite_tokens("X", "n", V), InputError, "dimension"),
        (lambda: si.finite_tokens("X", n, si.gaussian("G", (K, d))), InputError, "exact constants"),
        (lambda: si.finite_tokens("X", n, 3), InputError, "give a matrix"),
        (lambda: si.expect(Trace(X.T * X) ** 3), UnsupportedError, "6 times in a product; at most 4"),
        (lambda: si.sample(Trace(X.T * X), n=2, V=VECTORS, p=[[1], [1], [1]]), InputError, "sum 1"),
    ],
)
def test_bad_input(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_in_claims():
    text = """
    dims n, d, K
    V : matrix(K, d)
    A : matrix(d, d)
    w ~ N(0, I_d)
    X ~ finite_tokens(n, vectors = V)
    Y ~ finite_tokens(n, vectors = I_d)
    claim E[X' X] = (n/K) V' V
    claim E[X' X] = n V' V
    claim E[w' Y' Y w] = n
    claim E[w' Y' Y w] = n d
    claim E[Y' Y A Y' Y] = n (n - 1)/d^2 A + (n/d) diag(diag(A))
    claim E[Y' Y A Y' Y] = n (n - 1)/d^2 A + (n/d) A
    """
    assert [claim.verdict for claim in si.check(text)] == ["proved", "refuted"] * 3
    with pytest.raises(si.ClaimError, match="takes one size"):
        si.check("dims n, d\nX ~ finite_tokens(n, d)\nclaim E[X] = 0\n")
