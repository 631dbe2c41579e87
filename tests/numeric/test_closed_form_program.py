"""Compiled closed forms: exact, NumPy and torch agree with each other and with SymPy."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import ONE, ClosedForm, letter, read_form
from symicl.errors import InputError, ShapeError
from symicl.numeric import compile_matrix, compile_scalar, evaluate, exact_matrix
from symicl.numeric.closed_form_program import scalar_program

n, d = si.dims("n d")
H, Psi, beta = si.covariance("H", d), si.covariance("Psi", d), si.vector("beta_star", d)
A, B, u = si.matrix("A", (d, d)), si.matrix("B", (d, d)), si.vector("u", d)
s = si.scalar("s")

NUMBERS = {
    "n": 4,
    "sigma2": Fraction(5, 7),
    "H": [[3, 1, 0], [1, 2, -1], [0, -1, 4]],
    "Psi": [[1, Fraction(1, 3), 0], [Fraction(1, 3), 2, 0], [0, 0, Fraction(3, 5)]],
    "beta_star": [1, -2, 3],
}
GENERAL = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(H, beta, Psi))


def parameters(seed=0, *batch):
    rng = np.random.default_rng(seed)
    return {"w": rng.standard_normal((*batch, 4, 1)), "M": rng.standard_normal((*batch, 4, 4))}


def test_a_size_is_not_taken_for_a_letter():
    """Letters are small integers: the value of letter 1 is not that of the dimension 1."""
    matrix, vector = read_form(beta), read_form(beta * beta.T * beta)
    values = {d: 2, 1: 7.0, beta: np.array([[1.0], [2.0]])}
    assert compile_matrix(matrix)(values).tolist() == [[1.0], [2.0]]
    assert compile_matrix(vector)(values).tolist() == [[5.0], [10.0]]
    assert compile_matrix(vector - vector)(values).shape == (2, 1)


def integers(seed, *shape):
    return np.random.default_rng(seed).integers(-3, 4, shape).tolist()


def test_numpy_and_exact_agree_on_the_loss_over_all_parameters():
    at = GENERAL.at(**NUMBERS)
    given = parameters()
    assert at.compile("numpy")(given) == pytest.approx(float(at(**given)), rel=1e-12)


def test_exact_values_are_those_of_the_sympy_expression():
    expression = (
        sympy.Trace(A * B.T * A) * s**2
        + sympy.Trace(u.T * A * H * A.T * u) / 3
        + n * d
        - sympy.Trace(H.inv())
    )
    values = {
        A: exact_matrix(integers(1, 3, 3)),
        B: exact_matrix(integers(2, 3, 3)),
        u: exact_matrix(integers(3, 3, 1)),
        H: exact_matrix(NUMBERS["H"]),
        s: sympy.Rational(2, 7),
        n: sympy.Integer(4),
        d: sympy.Integer(3),
    }
    value = compile_scalar(read_form(expression), "exact")(values)
    assert isinstance(value, Fraction)
    assert value == Fraction(int(evaluate(expression, values).p), int(evaluate(expression, values).q))


def test_the_loss_at_the_optimal_weights_is_the_minimum_exactly():
    loss = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
    eta = Fraction(4, 105)
    matrix = [[eta * (i == j) for j in range(6)] for i in range(6)]
    value = loss.at(n=20, d=5, sigma2=Fraction(1, 4))(w=[[0]] * 5 + [[1]], M=matrix)
    assert value == Fraction(1, 4) + Fraction(5 * 25, 105)


def test_integers_of_numpy_are_numbers_too():
    at = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()).at(n=3, d=1, sigma2=1)
    w, matrix = np.array([[1], [2]]), np.array([[1, 0], [0, 3]])
    assert at(w=w, M=matrix) == at(w=w.tolist(), M=matrix.tolist()) == at(w=w * 1.0, M=matrix * 1.0)


def test_leading_axes_are_a_batch():
    call = GENERAL.at(**NUMBERS).compile("numpy")
    given = parameters(5, 2, 3)
    one_by_one = [[call({name: p[i, j] for name, p in given.items()}) for j in range(3)] for i in range(2)]
    assert np.allclose(call(given), one_by_one, rtol=1e-12)


def test_gradients_flow_through_torch():
    torch = pytest.importorskip("torch")
    at, given = GENERAL.at(**NUMBERS), parameters()
    tensors = {name: torch.tensor(p, requires_grad=True) for name, p in given.items()}
    value = at.compile("torch")(tensors)
    value.backward()
    assert value.item() == pytest.approx(float(at(**given)), rel=1e-12)
    # Central differences of a quadratic in w are exact, but w ± step is rounded.
    step = Fraction(1, 64)
    for i in range(4):
        up, down = ({**given, "w": given["w"] + sign * float(step) * np.eye(4)[:, [i]]} for sign in (1, -1))
        slope = float((at(**up) - at(**down)) / (2 * step))
        assert float(tensors["w"].grad[i, 0]) == pytest.approx(slope, rel=1e-9)


def test_matrices_of_polynomials():
    expression = (n + 2) * A * H.inv() * A.T + sympy.Trace(B) * sympy.Identity(d) - B
    values = {A: integers(1, 3, 3), B: integers(2, 3, 3), H: exact_matrix(NUMBERS["H"]), n: 4, d: 3}
    exact = compile_matrix(read_form(expression), "exact")(values)
    a, b, h = (np.array(m, dtype=float) for m in (values[A], values[B], NUMBERS["H"]))
    expected = 6 * a @ np.linalg.inv(h) @ a.T + np.trace(b) * np.eye(3) - b
    assert np.allclose(
        [[float(exact[i, j].p) / float(exact[i, j].q) for j in range(3)] for i in range(3)], expected
    )
    assert np.allclose(compile_matrix(read_form(expression), "numpy")(values), expected)


def test_an_irrational_scalar_stays_exact():
    square = ClosedForm.of(letter(s, ONE, ONE)) ** 2 * 3
    assert compile_scalar(square, "exact")({s: 1 / sympy.sqrt(sympy.pi)}) == 3 / sympy.pi
    assert compile_scalar(square, "exact")({s: sympy.sqrt(2)}) == 6


def test_words_share_their_products():
    # The order in which letters are met decides from which end a word is read, so these have names of their own.
    v, P, Q, R = si.vector("v_shared", d), *(si.matrix(f"{name}_shared", (d, d)) for name in "PQR")
    words = (
        sympy.Trace(v.T * P * Q * P * v) + sympy.Trace(v.T * P * Q * Q * v) + sympy.Trace(v.T * P * Q * R * v)
    )
    program, _ = scalar_program(read_form(words))
    # vᵀP, vᵀPQ and three last factors, where one by one would be nine products.
    assert sum(kind == "product" for kind, _, _ in program.steps) <= 5


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({A: [[1, 2], [3, 4]]}, InputError, "B"),
        ({A: [[1, 2], [3, 4]], B: [[1, 2, 3]], d: 2}, ShapeError, "1×3"),
    ],
)
def test_missing_and_misshapen_values_are_named(values, error, message):
    with pytest.raises(error, match=message):
        compile_scalar(read_form(sympy.Trace(A * B)), "exact")(values)


def test_a_singular_matrix_is_not_inverted():
    with pytest.raises(InputError, match="singular"):
        compile_scalar(read_form(sympy.Trace(H.inv() * A)), "exact")(
            {H: [[1, 1], [1, 1]], A: [[1, 2], [3, 4]]}
        )


def test_parameters_must_be_complete_and_fit():
    at = GENERAL.at(**NUMBERS)
    given = parameters()
    with pytest.raises(InputError, match="parameter M"):
        at(w=given["w"])
    with pytest.raises(InputError, match="Gamma"):
        at(**given, Gamma=given["M"])
    with pytest.raises(ShapeError, match="5×1"):
        at(w=np.zeros((5, 1)), M=given["M"])


def test_unknown_backends_are_refused():
    with pytest.raises(InputError, match="jax"):
        GENERAL.at(**NUMBERS).compile("jax")(parameters())
    with pytest.raises(InputError, match="torch tensor"):
        GENERAL.at(**NUMBERS).compile("torch")(parameters())
