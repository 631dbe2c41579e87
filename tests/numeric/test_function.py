"""`compile`: formulas as functions of arrays by name, held against exact values."""

import numpy as np
import pytest
import sympy
from sympy import Identity, Rational, Trace

import symicl as si
from symicl.algebra import DIMENSIONS
from symicl.errors import InputError, ShapeError, UnsupportedError
from symicl.numeric import compile as compiled
from symicl.numeric import evaluate, exact_matrix, float_matrix

n, d = si.dims("n d")
A, B = si.matrix("A", (d, d)), si.matrix("B", (d, n))
Sigma, v = si.covariance("Sigma", d), si.vector("v", d)
sigma2, c = si.scalar("sigma2", nonnegative=True), si.scalar("c", positive=True)

AT = {
    "A": [[1, 2], [-3, 5]],
    "B": [[1, 0, 2], [3, -1, 1]],
    "Sigma": [[2, 1], [1, 3]],
    "v": [[1], [-2]],
    "n": 3,
    "d": 2,
    "sigma2": Rational(1, 4),
    "c": Rational(5, 3),
}
SYMBOLS = {"A": A, "B": B, "Sigma": Sigma, "v": v, "n": n, "d": d, "sigma2": sigma2, "c": c}
EXACT = {SYMBOLS[k]: exact_matrix(x) if isinstance(x, list) else sympy.sympify(x) for k, x in AT.items()}
FLOATS = {k: np.array(x, dtype=float) if isinstance(x, list) else float(x) for k, x in AT.items()}

AT_NUMBERS = si.expected_loss(si.OneStepGD(), si.LinearRegression()).at(n=3, d=2, sigma2=1)
SEQUENCES = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask())

EXPRESSIONS = [
    sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
    Trace(A * Sigma * B * B.T) ** 2 - c * Trace(A),
    v.T * Sigma * v,
    (n * Sigma + c * Identity(d)).inv() * A.T - A * B * B.T,
    A**3 + Sigma ** (-2),
    (Sigma + v * v.T) * v,
    A[0, 1] * Sigma[1, 1],
    sympy.Matrix([[1, 2], [c, n]]).as_immutable() * A,
    sympy.OneMatrix(d, d) * A + sympy.ZeroMatrix(d, d),
    sympy.harmonic(n, 2) * c,
    sympy.Max(c, n - 5),
    sympy.Abs(-c) ** 3,
]


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_the_value_is_the_exact_one(expression):
    function = compiled(expression)
    exact = evaluate(expression, EXACT)
    wanted = float(exact) if isinstance(exact, sympy.Expr) else float_matrix(exact)
    needed = {k: x for k, x in FLOATS.items() if k in function.names}
    found = function(**needed)
    if np.shape(found) != np.shape(wanted):  # exact 1×1 matrices are matrices, here they are scalars
        wanted = wanted[0, 0]
    assert found == pytest.approx(wanted, rel=1e-13)
    # A wrong value would be seen.
    wrong = compiled(2 * expression)(**needed)
    assert np.abs(wrong - wanted).max() > 1e-3


@pytest.mark.parametrize(
    "expression, value",
    [
        (sympy.sqrt(c) + sympy.exp(-sigma2) * sympy.log(n), np.sqrt(5 / 3) + np.exp(-0.25) * np.log(3)),
        (c**n * sympy.cos(c * sympy.pi), (5 / 3) ** 3 * np.cos(5 / 3 * np.pi)),
        (sympy.Determinant(Sigma) * sympy.tanh(c), 5 * np.tanh(5 / 3)),
    ],
)
def test_functions_that_are_not_rational(expression, value):
    function = compiled(expression)
    assert function(**{k: x for k, x in FLOATS.items() if k in function.names}) == pytest.approx(value)


def test_blocks_and_diagonals():
    joined = sympy.BlockMatrix([[Sigma, v], [v.T, sympy.Matrix([[c]])]])
    found = compiled(joined)(Sigma=FLOATS["Sigma"], v=FLOATS["v"], c=7.0)
    assert found.tolist() == [[2, 1, 1], [1, 3, -2], [1, -2, 7]]
    scaled = sympy.DiagMatrix(v) * Sigma + sympy.HadamardProduct(Sigma, A)
    assert compiled(scaled)(**{k: FLOATS[k] for k in ("v", "Sigma", "A")}).tolist() == [[4, 3], [-5, 9]]


def test_batches_of_scalars_and_of_matrices():
    function = compiled(c * Trace(A * Sigma) + n)
    batch = np.arange(8.0).reshape(2, 2, 2)
    found = function(c=np.array([1.0, 3.0]), A=batch, Sigma=np.eye(2), n=np.array([10.0, 20.0]))
    assert found.tolist() == [10 + 3, 20 + 3 * 11]
    matrices = compiled(c * A)(c=np.array([1.0, 3.0]), A=np.eye(2))
    assert matrices.shape == (2, 2, 2) and matrices[1, 0, 0] == 3
    # Closed forms too, over more than one axis.
    form = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression())).closed_form
    grid = compiled(form)(n=np.full((3, 4), 20.0), d=5, sigma2=np.full((3, 4), 0.25))
    assert grid.shape == (3, 4) and grid[2, 3] == pytest.approx(121 / 84)


def test_a_loss_is_a_function_of_its_parameters_as_whole_matrices():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    function, exact = compiled(loss), loss.at(n=4, d=2, sigma2=Rational(1, 4))
    rng = np.random.default_rng(0)
    shapes = {
        name: [sum(2 if DIMENSIONS[i] == d else 1 for i in side) for side in (blocks.heights, blocks.widths)]
        for name, blocks in loss.parameters.items()
    }
    at = {name: rng.integers(-3, 4, shape).astype(float) / 4 for name, shape in shapes.items()}
    assert function(n=4, sigma2=0.25, **at) == pytest.approx(float(exact(**at)))
    many = {name: np.stack([x, 2 * x]) for name, x in at.items()}
    assert function(n=4, d=2, sigma2=0.25, **many)[1] == pytest.approx(
        float(exact(**{name: 2 * x for name, x in at.items()}))
    )


def test_an_optimum_is_its_least_loss_and_its_coefficient_a_matrix():
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))
    assert compiled(optimum)(n=20, d=5, sigma2=0.25) == pytest.approx(121 / 84)
    assert compiled(optimum.coefficient)(n=20, d=2, sigma2=2) == pytest.approx(np.eye(2) / 25)
    assert repr(compiled(optimum)) == "<a function of d, n and sigma2: scalar>"


def test_gradients_flow_in_torch_and_agree_with_the_closed_one():
    torch = pytest.importorskip("torch")
    X = si.gaussian("X", (n, d), col_cov=Sigma)
    value = si.expect(Trace(X.T * X * A * X.T * X * A.T))
    given = {k: torch.tensor(FLOATS[k]) for k in ("A", "Sigma")}
    given["A"].requires_grad_()
    compiled(value)(n=3, **given).backward()
    wanted = compiled(si.gradient(value, A))(n=3, **{k: FLOATS[k] for k in ("A", "Sigma")})
    assert given["A"].grad.numpy() == pytest.approx(wanted)
    batch = compiled(value)(n=np.array([3.0, 4.0]), A=given["A"], Sigma=FLOATS["Sigma"])
    assert batch.shape == (2,) and batch.requires_grad
    mixed = compiled(sympy.Max(c, sigma2) * A + n * A)
    found = mixed(A=given["A"], c=np.array([1.0, 2.0]), sigma2=torch.tensor([3.0, 0.0]), n=1)
    assert found.detach()[:, 0, 0].tolist() == [4, 3]
    s = torch.tensor(0.25, dtype=torch.float64, requires_grad=True)
    compiled(sympy.sqrt(sigma2) * Trace((Sigma + sigma2 * Identity(d)).inv()), backend="torch")(
        sigma2=s, Sigma=FLOATS["Sigma"]
    ).backward()
    h, at = 1e-6, lambda x: np.sqrt(x) * np.trace(np.linalg.inv(FLOATS["Sigma"] + x * np.eye(2)))
    assert s.grad.item() == pytest.approx((at(0.25 + h) - at(0.25 - h)) / (2 * h), rel=1e-6)


def test_sizes_are_read_off_matrices_and_columns_may_have_one_axis():
    assert compiled(d * v.T * v)(v=[1.0, 2.0, 2.0]) == 27


@pytest.mark.parametrize(
    "call, kind, sentence",
    [
        (lambda: compiled("n + 1"), InputError, "the text 'n \\+ 1' is no formula"),
        (lambda: compiled(AT_NUMBERS), InputError, "a LossAt has numbers already; call its own compile"),
        (lambda: compiled(SEQUENCES), UnsupportedError, "evaluate it with loss.at"),
        (lambda: compiled(n, backend="jax"), InputError, "no backend 'jax'; choose numpy or torch"),
        (lambda: compiled(n)(m=3), InputError, "m is not an argument here; the arguments are n"),
        (lambda: compiled(n + d)(n=3), InputError, "no value is given for d; add d=…"),
        (lambda: compiled(n)(n="3"), InputError, "n=3 is not a number"),
        (lambda: compiled(1 / n)(n=0), InputError, "a denominator is zero"),
        (lambda: compiled(A.inv())(A=np.zeros((2, 2))), InputError, "A\\*\\*\\(-1\\) is singular"),
        (lambda: compiled(A * B)(A=np.eye(2), B=np.ones((3, 2))), ShapeError, "B is 3×2"),
        (lambda: compiled(n + sympy.Symbol("n")), InputError, "two different symbols are called n"),
        (lambda: compiled(sympy.besselj(0, c)), UnsupportedError, "besselj is not computed at arrays"),
        (lambda: compiled(sympy.I * c)(c=1), InputError, "I is not a real number"),
        (lambda: compiled(Identity(n))(n=2.5), InputError, "needs a positive integer as its size"),
    ],
)
def test_bad_input_gets_one_sentence(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()


def test_batches_that_do_not_fit_are_named():
    n, d = si.dims("n d")
    A, X = si.matrix("A", (d, d)), si.gaussian("X", (n, d))
    moment = si.compile(si.expect(sympy.Trace(X.T * X * A * X.T * X * A.T)))
    with pytest.raises(ShapeError, match="batch do not fit: n has 3, A has 5"):
        moment(n=np.ones(3), A=np.ones((5, 2, 2)))
    loss = si.compile(si.expected_loss(si.OneStepGD(), si.LinearRegression()))
    with pytest.raises(ShapeError, match="batch do not fit"):
        loss(n=np.ones(3), sigma2=0.5, Gamma=np.ones((4, 2, 2)))
