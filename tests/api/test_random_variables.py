"""Random variables of `sympy.stats` are taken with their law or refused by name; they are never constants."""

import subprocess
import sys

import pytest
import sympy
from sympy import MatMul, Matrix, Rational, Symbol, Trace, exp, stats

import symicl as si
from oracle.sympy_moments import case

n, d = si.dims("n d")
Sigma = si.covariance("Sigma", d)
A = si.matrix("A", (d, d))
X = si.gaussian("X", (n, d), col_cov=Sigma)
mu, s = Symbol("mu"), Symbol("s", positive=True)

z, shifted = stats.Normal("z", 0, 1), stats.Normal("v", mu, s)
MEAN, ROWS, COLS = Matrix([[0, 1], [2, 3]]), Matrix([[1, 0], [0, 2]]), Matrix([[3, 0], [0, 5]])
M = stats.MatrixNormal("M", MEAN, ROWS, COLS)
SCALE = Matrix([[2, 1], [1, 3]])
W = stats.Wishart("W", n, SCALE)
K = Matrix([[1, 2], [3, 4]])

TAKEN = {
    "square": (z**2, 1),
    "odd": (z**3 * Trace(X.T * X), 0),
    "fourth power": (stats.Normal("v", 2, 3) ** 4, 2**4 + 6 * 2**2 * 9 + 3 * 81),
    "symbols in the law": (shifted**2, mu**2 + s**2),
    "beside a Gaussian": (z**2 * Trace(A * X.T * X), n * Trace(A * Sigma)),
    "as a factor of a matrix": (Trace(z**2 * A), Trace(A)),
    "two of them": (z**2 * shifted, mu),
    "expectation": (stats.Expectation(z**2) * z**2, 1),
    "nested": (stats.Expectation(z * stats.Expectation(shifted) * z), mu),
    "expectation of a Gaussian": (stats.Expectation(Trace(X.T * X)) ** 2, n**2 * Trace(Sigma) ** 2),
    "variance": (stats.Variance(shifted), s**2),
    "variance of a Gaussian": (stats.Variance(Trace(X.T * X)), 2 * n * Trace(Sigma**2)),
    "covariance": (stats.Covariance(shifted, shifted**2), 2 * mu * s**2),
    "Wishart trace": (Trace(W), 5 * n),
    "square of a Wishart trace": (Trace(W) ** 2, 25 * n**2 + 2 * n * 15),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_taken(name):
    expression, value = TAKEN[name]
    assert sympy.expand(si.expect(expression).doit() - value) == 0


MATRICES = {
    "matrix normal, right": (M * K * M.T, (K * COLS).trace() * ROWS + MEAN * K * MEAN.T),
    "matrix normal, left": (M.T * K * M, (K * ROWS).trace() * COLS + MEAN.T * K * MEAN),
    "its expectation": (MatMul(stats.Expectation(M), M.T), MEAN * MEAN.T),
    "Wishart": (W, n * SCALE),
    "Wishart squared": (
        W * K * W,
        n**2 * SCALE * K * SCALE + n * SCALE * K.T * SCALE + n * (K * SCALE).trace() * SCALE,
    ),
}


@pytest.mark.parametrize("name", MATRICES)
def test_matrices_are_taken(name):
    expression, value = MATRICES[name]
    assert (si.expect(expression).doit().as_explicit() - value).expand() == sympy.zeros(2)


def test_the_law_is_that_of_sympy():
    """The density of SymPy at a point, over that at the mean, has the variances that are used here."""
    point = MEAN + Matrix([[1, 2], [-1, 3]])
    ratio = stats.density(M)(point.as_immutable()) / stats.density(M)(MEAN.as_immutable())
    exponent = sum((point - MEAN)[i, j] ** 2 / (ROWS[i, i] * COLS[j, j]) for i in range(2) for j in range(2))
    assert sympy.simplify(ratio.doit() - exp(-exponent / 2)) == 0
    one = stats.Wishart("W", 3, Matrix([[2]]))
    x = Symbol("x", positive=True)
    density = stats.density(one)(Matrix([[x]]).as_immutable()).doit()
    for power, value in ((0, 1), (1, 6), (2, 60)):
        assert sympy.simplify(sympy.integrate(x**power * density, (x, 0, sympy.oo)) - value) == 0
        assert si.expect(Trace(one) ** power).doit() == value


REFUSED = {
    "Poisson": (stats.Poisson("p", 3) ** 2, "p is a random variable .*Poisson"),
    "inside a product": (z * stats.Poisson("p", 3) * Trace(X.T * X), "Poisson"),
    "factor of a matrix": (stats.Die("D", 6) * X.T * X, "D is a random variable .*Die"),
    "ensemble": (Trace(stats.GaussianUnitaryEnsemble("U", 2) ** 2), "U is .*GaussianUnitaryEnsemble"),
    "matrix gamma": (stats.MatrixGamma("G", 2, 1, Matrix([[1, 0], [0, 1]])), "MatrixGamma"),
    "compound": (stats.Normal("y", z, 1) ** 2, "y is .*Compound"),
    "process": (stats.WienerProcess("B")(3) ** 2, "stochastic process"),
    "conditional": (stats.Expectation(z, z > 0), "conditional"),
    "conditioned": (stats.given(z, z > 0), "z is a random variable"),
    "not a polynomial": (sympy.log(z), "log"),
    "probability": (stats.Probability(z > 0), "Probability"),
    "derivative": (sympy.Derivative(z**2, z), "Derivative"),
    "explicit matrix": (Matrix([[z, 0], [0, z]]).as_immutable() * K, "random entries"),
    "block": (sympy.BlockMatrix([[X, X * stats.Poisson("p", 1)]]), "Poisson"),
    "half a degree of freedom": (stats.Wishart("H", Rational(5, 2), sympy.eye(2)), "5/2"),
    "scale that is not symmetric": (stats.Wishart("H", n, sympy.MatrixSymbol("V", 2, 2)), "not symmetric"),
    "two laws of one name": (z * stats.Normal("z", 0, 2), "two different Gaussian matrices are called z"),
    "a symbol of that name": (z * Symbol("z"), "z is the name of two things"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    expression, words = REFUSED[name]
    with pytest.raises(si.SymiclError, match=words):
        si.expect(expression)


def test_laws_do_not_take_them_for_constants():
    with pytest.raises(si.InputError, match="another random"):
        si.gaussian("Q", (n, d), col_cov=z)
    with pytest.raises(si.InputError, match="another random"):
        si.LinearRegression(noise=z**2)
    with pytest.raises(si.InputError, match="another random"):
        si.LinearRegression(task_cov=z**2 * Sigma)


def test_how_to_declare_is_said():
    with pytest.raises(si.UnsupportedError, match=r"declare Gaussian matrices with si\.gaussian"):
        si.expect(stats.Poisson("p", 3))


def test_they_are_loaded_where_they_are_used():
    """A derivation without them does not load them; loaded later, they know Gaussian matrices."""
    code = (
        "import sys, symicl as si\nd = si.dims('d')\nx = si.gaussian('x', d)\nsi.expect(x.T * x)\n"
        "assert 'sympy.stats' not in sys.modules\nfrom sympy.stats.rv import is_random\nassert is_random(x)\n"
        "from sympy.stats import Normal\nassert si.expect(Normal('z', 0, 1) ** 2) == 1"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


PAIR = stats.MultivariateNormal("P", [1, 2], [[2, 1], [1, 3]])
LATER = {
    "entries of a vector": (PAIR[0] ** 2 * PAIR[1] ** 2, 31),
    "an inner mean of entries": (stats.Expectation(PAIR[0] * PAIR[1]) * PAIR[1], 6),
    "signs": ((1 + stats.Rademacher("r")) ** 4, 8),
    "uniform": (stats.Uniform("u", 0, 1) ** 4, Rational(1, 5)),
    "Laplace": (stats.Laplace("l", 0, 2) ** 4, 24 * 16),
    "log-normal": (exp(stats.Normal("v", 0, 1)), exp(Rational(1, 2))),
    "orthogonal ensemble": (Trace(stats.GaussianOrthogonalEnsemble("H", 3) ** 2), 4),
}


@pytest.mark.parametrize("name", LATER)
def test_other_laws_are_taken(name):
    expression, value = LATER[name]
    assert si.expect(expression) == value


def test_the_orthogonal_ensemble_is_that_of_sympy():
    """exp(−n tr H²/4): variance 2/n on the diagonal, 1/n beside it."""
    H = stats.GaussianOrthogonalEnsemble("H", 2)
    a, b, c = sympy.symbols("a b c", real=True)
    at = Matrix([[a, b], [b, c]])
    ratio = stats.density(H)(at.as_immutable()) / stats.density(H)(sympy.zeros(2).as_immutable())
    assert sympy.simplify(sympy.log(ratio.doit()) + (a**2 / 2 + b**2 + c**2 / 2)).equals(0)
    assert si.expect(Trace(H * Matrix([[1, 0], [0, 0]])) ** 2).doit() == 1
    assert si.expect(Trace(H * Matrix([[0, 1], [0, 0]])) ** 2).doit() == Rational(1, 2)


@pytest.mark.parametrize("seed", range(25))
def test_random_polynomials_have_the_means_of_sympy(seed):
    expression, mean = case(seed)
    assert sympy.expand(si.expect(expression) - mean) == 0
    assert sympy.expand(si.expect(expression + 1) - mean) == 1


def test_tasks_take_them():
    cov = Matrix([[2, 1], [1, 3]])
    own = si.LinearRegression(
        covariates=si.gaussian("X", (3, 2), col_cov=cov),
        task=si.gaussian("w", 2, row_cov=cov, mean=Matrix([1, 0])),
    )
    theirs = si.LinearRegression(
        covariates=stats.MatrixNormal("X", sympy.zeros(3, 2), sympy.eye(3), cov),
        task=stats.MultivariateNormal("w", [1, 0], cov),
    )
    losses = [si.expected_loss(si.OneStepGD(), task).closed_form for task in (own, theirs)]
    assert losses[0] == losses[1]
    with pytest.raises(si.UnsupportedError, match="Exponential"):
        si.LinearRegression(task=stats.Exponential("w", 1))


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (PAIR, "take its entries"),
        (stats.Bernoulli("b", Rational(1, 2)), "Bernoulli"),
        (stats.MultivariateT("T", [0, 0], [[1, 0], [0, 1]], 3)[0], "MultivariateT"),
        (stats.Uniform("u", 0, 1) ** 10, "tenth moment"),
        (stats.GaussianUnitaryEnsemble("H", 2), "GaussianUnitaryEnsemble"),
        (stats.Normal("z", stats.Normal("m", 0, 1), 1) ** 2, "whose expectations are not known"),
    ],
)
def test_others_are_named(expression, words):
    with pytest.raises(si.UnsupportedError, match=words):
        si.expect(expression)
