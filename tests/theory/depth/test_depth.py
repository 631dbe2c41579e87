"""Depth and descent: pins, second opinions by other means, wrong versions, refusals."""

import itertools
import subprocess
import sys
from fractions import Fraction

import flint
import numpy as np
import pytest
import sympy
from sympy import Rational

import symicl as si
from symicl.algebra import ClosedForm
from symicl.numeric import evaluate
from symicl.tasks import exact_values
from symicl.theory.layers.depth import check_normal_equations
from symicl.theory.layers.gram import SpectralGram, WordGram, gram_of

n, d = si.dims("n d")
sigma2, eta = si.scalar("sigma2", nonnegative=True), si.scalar("eta")
CLEAN, NOISY = si.LinearRegression(noise=0), si.LinearRegression()
SIZES = {"n": 20, "d": 5}
Sigma, Psi = si.covariance("Sigma", d), si.covariance("Psi", d)
GENERAL = si.LinearRegression(covariate_cov=Sigma, task_cov=Psi)


# --- untied ----------------------------------------------------------------------------------------------


def test_one_layer_is_the_optimal_attention():
    one = si.depth(NOISY, 1)
    assert sympy.simplify(one.excess - d * (d + 1 + sigma2) / (n + d + 1 + sigma2)) == 0
    assert sympy.simplify(one.steps[0] - n / (n + d + 1 + sigma2)) == 0
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), NOISY))
    assert sympy.simplify(one.loss - optimum.value) == 0


def test_two_layers_in_symbols():
    two = si.depth(CLEAN, 2)
    Q = (
        d**3 * n + d**3 + d**2 * n**2 + 5 * d**2 * n + 10 * d**2 + d * n**3 + 5 * d * n**2 + 17 * d * n + 17 * d
        + n**3 + 10 * n**2 + 17 * n + 4
    )  # fmt: skip
    stated = (
        2 * n * (d**2 * n + d**2 + d * n**2 + 4 * d * n + 7 * d + n**2 + 7 * n + 8) / Q,
        n**2 * (d * n + d + n + 3) / Q,
    )
    loss = d * (d**3 * n + d**3 + 4 * d**2 * n + 10 * d**2 + 7 * d * n + 17 * d + 4 * n + 4) / Q
    assert [sympy.cancel(a - b) for a, b in zip(two.symmetric_functions, stated, strict=True)] == [0, 0]
    assert sympy.cancel(two.excess - loss) == 0
    assert sympy.cancel(two.excess - loss - d / Q) != 0
    assert [float(s.subs({n: 20, d: 5})) for s in two.steps] == pytest.approx(
        [float(s) for s in two.at(**SIZES).steps]
    )


UNTIED = [1.153846153846, 0.361239686054, 0.133608429383, 0.054952556720, 0.024781295360]
TIED = [1.153846153846, 0.499007388007, 0.268342217846, 0.163253381532, 0.107897041367]


@pytest.mark.parametrize("layers", range(1, 6))
def test_published_digits(layers):
    free, tied = si.depth(CLEAN, layers).at(**SIZES), si.depth(CLEAN, layers, tied=True).at(**SIZES)
    assert float(free.excess) == pytest.approx(UNTIED[layers - 1], abs=6e-13)
    assert float(tied.excess) == pytest.approx(TIED[layers - 1], abs=6e-13)
    assert free.attained == "steps"
    assert si.depth(CLEAN, layers).excess.subs({n: 20, d: 5}) == free.excess


@pytest.mark.parametrize("layers", [1, 2, 3, 4, 6])
def test_the_loss_is_a_quotient_of_hankel_determinants(layers):
    m = si.depth(CLEAN, layers).gram.at(
        2 * layers + 1, {CLEAN.n: sympy.Integer(20), CLEAN.d: sympy.Integer(5)}
    )[0]
    size = layers + 1
    above = flint.fmpq_mat(size, size, [m[i + j] for i in range(size) for j in range(size)])
    below = flint.fmpq_mat(layers, layers, [m[i + j + 2] for i in range(layers) for j in range(layers)])
    found = si.depth(CLEAN, layers).at(**SIZES).excess
    assert found == Rational(*map(int, ((above.det() / below.det()).p, (above.det() / below.det()).q)))


@pytest.mark.parametrize("layers", [2, 3, 5, 12])
def test_steps_give_the_loss(layers):
    at = si.depth(CLEAN, layers).at(**SIZES)
    assert list(at.steps) == sorted(at.steps) and len(set(at.steps)) == layers and at.steps[0] > 0
    exact = [Fraction(str(step)) for step in at.steps]
    again = si.iterate(CLEAN, layers, step=exact).at(**SIZES)
    assert float(again.excess) == pytest.approx(float(at.excess), rel=1e-12)
    assert again.excess >= at.excess
    moved = si.iterate(CLEAN, layers, step=[exact[0] + Fraction(1, 100), *exact[1:]]).at(**SIZES)
    assert moved.excess > again.excess


def test_more_layers_than_dimensions_leave_nothing_only_in_the_limit():
    values = [si.depth(CLEAN, layers).at(n=4, d=1).excess for layers in range(1, 6)]
    assert all(a > b > 0 for a, b in itertools.pairwise(values))


# --- noise -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layers", "below", "above"), [(2, "4.2", "4.3"), (3, "1.9", "2"), (4, "1.1", "1.2")]
)
def test_with_noise_the_steps_become_complex(layers, below, above):
    assert si.depth(NOISY, layers).at(**SIZES, sigma2=below).attained == "steps"
    beyond = si.depth(NOISY, layers).at(**SIZES, sigma2=above)
    assert beyond.attained == "lower bound"
    assert (beyond.excess is None) == (layers > 3)


def test_the_best_real_steps_where_the_bound_is_not_attained():
    at = si.depth(NOISY, 2).at(**SIZES, sigma2=5)
    assert float(at.lower_bound) == pytest.approx(1.325477, abs=5e-7)
    assert float(at.excess) == pytest.approx(1.328163, abs=5e-7)
    three = si.depth(NOISY, 3).at(**SIZES, sigma2=5)
    draws = np.random.default_rng(0).uniform(-0.5, 2, size=(40_000, 3))
    products = [np.ones(len(draws))]
    for column in draws.T:
        still, moved = [*products, 0 * products[0]], [0 * products[0], *products]
        products = [a - column * b for a, b in zip(still, moved, strict=True)]
    g = np.array([[float(x) for x in row] for row in three_gram()])
    sampled = np.einsum("ki,kj,ij->k", np.array(products).T, np.array(products).T, g)
    assert three.lower_bound < three.excess <= sampled.min() < 1.02 * three.excess


def three_gram():
    values = {NOISY.n: sympy.Integer(20), NOISY.d: sympy.Integer(5), NOISY.noise: sympy.Integer(5)}
    return si.depth(NOISY, 3).gram.at(4, values)


def test_the_bordered_determinant_with_noise():
    g = three_gram()
    whole = flint.fmpq_mat(4, 4, [x for row in g for x in row])
    inner = flint.fmpq_mat(3, 3, [g[i][j] for i in range(1, 4) for j in range(1, 4)])
    ratio = whole.det() / inner.det()
    assert si.depth(NOISY, 3).at(**SIZES, sigma2=5).lower_bound == Rational(int(ratio.p), int(ratio.q))


# --- descent ---------------------------------------------------------------------------------------------


def test_one_step():
    best = si.iterate(CLEAN, 1).best_step()
    assert sympy.simplify(best.value - d * (d + 1) / (n + d + 1)) == 0
    assert sympy.simplify(best.parameter - n / (n + d + 1)) == 0


def test_descent_is_the_polynomial_and_the_noise():
    two = si.iterate(NOISY, 2)
    X, w, noise = NOISY.X, NOISY.w, NOISY.noises
    first = eta * X.T * (X * w + noise) / n
    second = first + eta * X.T * (X * w + noise - X * first) / n
    assert sympy.expand(si.expect((second - w).T * (second - w)) - two.excess) == 0
    assert sympy.expand(two.risk - two.excess - sigma2) == 0


def test_sampled_descent():
    draws, runs, size, examples, noise = np.random.default_rng(3), 20_000, 3, 6, 0.5
    X, w = draws.normal(size=(runs, examples, size)), draws.normal(size=(runs, size, 1))
    y = X @ w + noise**0.5 * draws.normal(size=(runs, examples, 1))
    learned = np.zeros_like(w)
    steps = [0.3, 0.5, 0.2]
    for step in steps:
        learned = learned + step * X.swapaxes(1, 2) @ (y - X @ learned) / examples
    squares = ((learned - w) ** 2).sum((1, 2))
    exact = float(si.iterate(NOISY, 3, step=steps).at(n=examples, d=size, sigma2=noise).excess)
    assert abs(squares.mean() - exact) < 4 * squares.std() / runs**0.5


def test_the_best_constant_step_is_least():
    loop = si.iterate(NOISY, 4)
    best = loop.best_step(**SIZES, sigma2=1)
    around = [loop.at(**SIZES, sigma2=1, eta=best.parameter + x).excess for x in (-0.01, 0, 0.01)]
    assert around[1] < min(around[0], around[2])
    assert float(around[1]) == pytest.approx(float(best.value), rel=1e-12)
    assert loop.at(**SIZES, sigma2=1).steps == (best.parameter,) * 4


# --- covariances and preconditioners ---------------------------------------------------------------------


def test_whitening():
    whitened = si.depth(GENERAL, 2, preconditioner=Sigma.inv())
    assert isinstance(whitened.gram, SpectralGram)
    values = {
        "n": 6,
        "sigma2": Rational(1, 2),
        "Sigma": [[2, 1], [1, 3]],
        "Psi": [[1, 0], [0, Rational(1, 2)]],
    }
    prior = Rational(2 + Fraction(3, 2)) / 2  # tr(ΣΨ)/d
    same = si.depth(si.LinearRegression(task_cov=prior * sympy.Identity(2), d=2), 2).at(
        n=6, sigma2=Rational(1, 2)
    )
    assert whitened.at(**values).excess == same.excess
    assert si.depth(GENERAL, 2).at(**values).excess != same.excess


def test_the_prior_that_whitens_makes_it_optimal():
    matched = si.LinearRegression(covariate_cov=Sigma, task_cov=Sigma.inv(), noise=0)
    assert (
        sympy.cancel(si.depth(matched, 2, preconditioner=Sigma.inv()).excess - si.depth(CLEAN, 2).excess) == 0
    )


def test_a_mean_counts_as_a_part_of_the_prior():
    mean = si.vector("mu", d)
    task = si.LinearRegression(task_mean=mean, noise=0)
    assert si.depth(task, 1).at(n=20, mu=[1, 0, 2]).excess == Rational(8, 3) * Rational(3 * 4, 24)


def test_general_covariances_by_samples():
    draws, runs = np.random.default_rng(8), 40_000
    covariance, prior = np.array([[2.0, 1.0], [1.0, 3.0]]), np.diag([1.0, 0.5])
    root, square_root = np.linalg.cholesky(covariance), np.sqrt(prior)
    X = draws.normal(size=(runs, 5, 2)) @ root.T
    w = square_root @ draws.normal(size=(runs, 2, 1))
    learned = np.zeros_like(w)
    for step in (0.1, 0.3):
        learned = learned + step * X.swapaxes(1, 2) @ (X @ w - X @ learned) / 5
    error = learned - w
    squares = (error.swapaxes(1, 2) @ covariance @ error)[:, 0, 0]
    task = si.LinearRegression(covariate_cov=Sigma, task_cov=Psi, noise=0)
    exact = si.iterate(task, 2, step=[Fraction(1, 10), Fraction(3, 10)]).at(
        n=5, Sigma=covariance.tolist(), Psi=prior.tolist()
    )
    assert abs(squares.mean() - float(exact.excess)) < 4 * squares.std() / runs**0.5
    assert isinstance(gram_of(task, None), WordGram)


def test_alternating_layers_by_their_moments():
    """Two layers whose second one has a factor (I − cS)²: the published value needs one more parameter than steps."""
    one, two, three = Rational("0.51676238"), Rational("3.47466352"), Rational("0.44878716")
    x = sympy.Symbol("x")
    p = sympy.Poly((1 - one * x) * (1 - two * x * (1 - three * x) ** 2), x)
    X = si.gaussian("X", (20, 5))
    loss = sum(
        c * (si.expect(sympy.Trace((X.T * X) ** k)) / 20**k if k else 5) for (k,), c in (p * p).terms()
    )
    assert float(loss) == pytest.approx(0.057501, abs=5e-7)
    assert (
        float(si.depth(CLEAN, 4).at(**SIZES).excess)
        < float(loss)
        < float(si.depth(CLEAN, 3).at(**SIZES).excess)
    )


def test_long_closed_forms_are_written_as_they_are():
    three = si.depth(GENERAL, 3)
    values = {"n": 6, "sigma2": 1, "Sigma": [[2, 1], [1, 3]], "Psi": [[1, 0], [0, 2]]}
    assert len(three.excess_form) > 1100
    exact = exact_values(three.symbols, values)
    assert evaluate(three.excess, exact) == three.at(**values).lower_bound


# --- slightly wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", [CLEAN, NOISY, GENERAL], ids=["clean", "noisy", "general"])
def test_wrong_coefficients_are_refused(task):
    two = si.depth(task, 2)
    check_normal_equations(two.gram, two.coefficients)
    for k in range(3):
        for wrong in (
            two.coefficients[k] + Fraction(1, 10**9),
            two.coefficients[k] * 2,
            ClosedForm.number(0),
        ):
            changed = (*two.coefficients[:k], wrong, *two.coefficients[k + 1 :])
            with pytest.raises(si.DerivationError):
                check_normal_equations(two.gram, changed)


@pytest.mark.parametrize("wrong", [{"variance": sympy.Integer(2)}, {"front": n}, {"noise": sigma2}])
def test_wrong_whitening_is_refused(wrong):
    parts = {"variance": sympy.Integer(1), "front": sympy.Integer(1), "noise": sigma2 / n}
    SpectralGram(NOISY, None, **parts)
    with pytest.raises(si.DerivationError):
        SpectralGram(NOISY, None, **(parts | wrong))


# --- refusals and views ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: si.depth(CLEAN, 0), si.InputError, "from 1 on"),
        (lambda: si.depth(CLEAN, True), si.InputError, "from 1 on"),
        (lambda: si.depth(CLEAN, n), si.InputError, "depth_limit"),
        (lambda: si.depth(CLEAN, 13), si.UnsupportedError, "at most 12"),
        (lambda: si.depth(GENERAL, 5), si.UnsupportedError, "at most 4"),
        (lambda: si.depth(si.AutoregressiveTask(), 2), si.InputError, "derived for LinearRegression"),
        (lambda: si.depth(CLEAN, 2, preconditioner=si.vector("p", d)), si.InputError, "d×d matrix"),
        (lambda: si.depth(CLEAN, 2, preconditioner=sympy.ZeroMatrix(d, d)), si.InputError, "is zero"),
        (lambda: si.depth(CLEAN, 6).excess, si.UnsupportedError, "at numbers"),
        (lambda: si.depth(GENERAL, 4).excess, si.UnsupportedError, "at most 3"),
        (lambda: si.depth(CLEAN, 3).steps, si.UnsupportedError, "symmetric_functions"),
        (lambda: si.depth(CLEAN, 3).at(n=20), si.InputError, "no value is given for d"),
        (lambda: si.iterate(CLEAN, 2, step=[1, 2, 3]), si.InputError, "3 step sizes"),
        (lambda: si.iterate(CLEAN, 2, step="1"), si.InputError, "a step size"),
        (lambda: si.iterate(CLEAN, 1.5), si.InputError, "number of steps"),
        (lambda: si.iterate(CLEAN, 2, step=1).best_step(), si.UnsupportedError, "leave out step="),
        (lambda: si.iterate(CLEAN, 2).best_step(), si.UnsupportedError, "give numbers"),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error, match=message):
        ask()


def test_latex():
    assert r"\min_{\eta_{1}}\mathbb{E}(f-\langle w,x\rangle)^{2} =" in si.depth(NOISY, 1).latex()
    assert r"^{2}\ge" in si.depth(NOISY, 2).latex().replace(" ", "")
    assert r"^{2}\ge" not in si.depth(CLEAN, 2).latex().replace(" ", "")
    assert "N" in si.depth(CLEAN, 1).latex(notation={"n": "N"})
    assert si.iterate(CLEAN, 1)._repr_latex_() == si.iterate(CLEAN, 1).latex()
    assert si.depth(CLEAN, 1).expr == si.depth(CLEAN, 1).excess and "d(d + 1)" in str(si.depth(CLEAN, 1))
    assert repr(si.depth(CLEAN, 2)).startswith("Depth(2 layers on LinearRegression(")


def test_torch_is_not_loaded():
    code = (
        "import sys, symicl as si\ntask = si.LinearRegression(noise=0)\nsi.depth(task, 3).excess\n"
        "assert len(si.depth(task, 12).at(n=20, d=5).steps) == 12\nassert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
