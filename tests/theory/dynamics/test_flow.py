"""Velocities of all weights, what is not a flow, and linear stability."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import compile_matrix, compile_scalar

n, d = si.dims("n d")
HALF = Fraction(1, 2)


@pytest.fixture(scope="module")
def head():
    """One head with merged key-query, isotropic and without noise; θ̇ = −∇L with L = ½E(f − ⟨w, x⟩)²."""
    return si.flow(si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression(noise=0)), rate=HALF)


def test_velocities_are_minus_the_rate_times_the_gradients(head):
    for name in "aBcg":
        moved = head.velocities[name] + head.source.gradient(name) * HALF
        assert not moved
    assert list(head.letters) == ["B", "a", "c", "g"]  # the blocks of M that meet a zero do not move


def test_the_velocities_are_the_derivatives_at_numbers(head):
    sizes = {"n": 4, "d": 2}
    source = np.random.default_rng(0)
    shapes = {"a": (2, 1), "B": (2, 2), "c": (1, 1), "g": (2, 1)}
    at = {name: source.normal(size=shape) for name, shape in shapes.items()}
    path = si.follow(head, start=at, times=[0, 1e-6], **sizes)
    loss = head.source.at(**sizes).compile()

    def value(parts):
        u = np.vstack([parts["a"], parts["c"]])
        M = np.block([[parts["B"], np.zeros((2, 1))], [parts["g"].T, np.zeros((1, 1))]])
        return float(loss({"u": u, "M": M})) / 2

    for name, shape in shapes.items():
        for index in np.ndindex(shape):
            step = np.zeros(shape)
            step[index] = 1e-5
            slope = (value({**at, name: at[name] + step}) - value({**at, name: at[name] - step})) / 2e-5
            moved = path.arrays[name][1][index] - path.arrays[name][0][index]
            assert moved / 1e-6 == pytest.approx(-slope, rel=1e-3, abs=1e-3)


def test_latex_has_one_equation_for_each_letter(head):
    text = head.latex()
    assert all(rf"\dot{{{name}}}" in text for name in "aBcg")
    assert r"\frac{n + d + 1}{n} c \lVert B\rVert_{F}^{2}" in text
    assert r"\dot{\beta}" in si.flow(si.scalar("beta") ** 2, [si.scalar("beta")]).latex()
    assert "N" in head.latex(notation={"n": "N"})


def test_a_flow_of_an_expression():
    A, W = si.matrix("A", (d, d)), si.matrix("W", (d, d))
    X = si.gaussian("X", (n, d))
    loss = si.expect(sympy.Trace((W - A).T * X.T * X * (W - A)))
    flow = si.flow(loss, [W])
    assert (flow.velocity("W") - (2 * n * A - 2 * n * W)).doit().expand() == sympy.ZeroMatrix(d, d)
    rate = si.scalar("eta", positive=True)
    assert "eta" in str(si.flow(loss, [W], rate=rate).velocity(W))


def test_all_weights_of_a_model_move():
    flow = si.flow(si.expected_loss(si.GDBeta(), si.LinearRegression()), weights=True)
    assert set(flow.letters) == {"beta", "Gamma"}
    attention = si.flow(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()), weights=True)
    assert {"W_K_11", "W_Q_11", "W_V_21", "h_2"} <= set(attention.letters)


def test_sequences_flow_too():
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(d=5, T=6), family="two numbers")
    assert len(si.flow(loss).letters) == 2


X = si.gaussian("X", (n, d))
W = si.matrix("W", (d, d))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: si.flow("x**2", [si.scalar("x")]), "takes a loss or a SymPy expression"),
        (lambda: si.flow(sympy.Trace(W), None), "name what moves"),
        (lambda: si.flow(sympy.Trace(W * X.T * X), [W]), "take the expectation first"),
        (lambda: si.flow(sympy.Trace(W), [si.scalar("q")]), "does not depend on q"),
        (lambda: si.flow(sympy.Trace(W), [W.T]), "cannot move"),
        (lambda: si.flow(sympy.Trace(W), [W], weights=True), "needs the loss of a model"),
        (lambda: si.flow(sympy.Trace(W), [W], rate="1"), "the rate"),
        (lambda: si.flow(sympy.Trace(W), [W], rate=-1), "the rate is -1"),
        (lambda: si.flow(si.scalar("x") ** 2, [si.scalar("x")], rate=si.scalar("x")), "the rate is x"),
        (lambda: si.flow(W, [W]), "a loss is a scalar"),
        (lambda: si.flow(si.scalar("x") ** 2, [sympy.Symbol("x")]), "two different symbols"),
    ],
)
def test_what_is_no_flow_is_refused(call, words):
    with pytest.raises(InputError, match=words):
        call()


def test_stationary_is_not_stable(head):
    zero, g = [0, 0], Fraction(23, 20)
    minimum = head.stability(n=20, d=2, c=1, B=[[1 / g, 0], [0, 1 / g]], a=zero, g=zero)
    assert (minimum.attracting, minimum.neutral, minimum.repelling) == (8, 1, 0)
    assert minimum.kind == "not decided by the linearisation"  # the minima form a curve: (c, B) → (c/t, t B)
    origin = head.stability(n=20, d=2, c=0, B=[[0, 0], [0, 0]], a=zero, g=zero)
    assert origin.kind == "strict saddle"
    assert origin.repelling == 3
    with pytest.raises(InputError, match="not stationary: B moves"):
        head.stability(n=20, d=2, c=1, B=[[1, 0], [0, 1 / g]], a=zero, g=zero)


def test_stability_agrees_with_eigenvalues_of_known_forms():
    x, y = si.scalar("x"), si.scalar("y")
    assert si.flow(x**2 + 3 * y**2 + x * y, [x, y]).stability(x=0, y=0).kind == "linearly stable"
    assert si.flow(x**2 - y**2, [x, y]).stability(x=0, y=0).kind == "strict saddle"
    assert si.flow(-(x**2) - y**2, [x, y]).stability(x=0, y=0).kind == "maximum"
    assert si.flow(x**2 + y**4, [x, y]).stability(x=0, y=0).kind == "not decided by the linearisation"


def test_rates_at_stationary_points_in_symbols(head):
    p, v = si.scalar("p"), si.scalar("v")
    line = head.reduce({"a": 0, "g": 0, "B": p, "c": v})
    origin = line.jacobian({"p": 0, "v": 0})
    assert origin == sympy.ImmutableMatrix([[0, 1], [d, 0]])
    assert set(origin.eigenvals()) == {sympy.sqrt(d), -sympy.sqrt(d)}  # left at the rate √d
    minimum = line.jacobian({"p": n / (n + d + 1) / v, "v": v})
    assert sympy.simplify(minimum.det()) == 0  # along the minima nothing moves
    assert sympy.simplify(minimum.trace() + v**2 * (n + d + 1) / n + d * n / (n + d + 1) / v**2) == 0
    with pytest.raises(InputError, match="not stationary: p moves"):
        line.jacobian({"p": 1, "v": 1})
    with pytest.raises(InputError, match="no value is given for v"):
        line.jacobian({"p": 0})
    with pytest.raises(UnsupportedError, match="B is a matrix"):
        head.jacobian({"B": 0, "a": 0, "c": 0, "g": 0})


def test_the_flow_of_all_weights_goes_down_the_loss_of_the_model():
    """Against differences of the loss at the effective parameters, which `flow` does not compute."""
    model, sizes = si.LinearSelfAttention(), {"n": 4, "d": 2, "sigma2": Fraction(1, 4)}
    loss = si.expected_loss(model, si.LinearRegression())
    flow, value = si.flow(loss, weights=True), loss.at(**sizes).compile()
    source = np.random.default_rng(0)
    weights = {name: source.normal(size=shape) for name, shape in model.weight_sizes(2).items()}
    cuts = {"1": slice(0, 2), "2": slice(2, 3)}

    def block(name):
        matrix, _, place = name.rpartition("_")
        return weights[matrix][cuts[place[0]], cuts[place[1]] if len(place) == 2 else slice(None)]

    numbers = {symbol: sizes[name] for name, symbol in flow.symbols.items() if name in sizes}
    numbers |= {
        a: block(name) if block(name).size > 1 else block(name)[0, 0] for name, a in flow.letters.items()
    }
    assert compile_scalar(flow.loss_form)(numbers) == pytest.approx(float(value(model.effective(weights))))
    for name in ("W_K_11", "W_Q_21", "W_V_22", "h_1"):
        velocity = flow.velocities[name]
        compiled = (compile_scalar if velocity.is_scalar else compile_matrix)(velocity)
        moved = np.reshape(compiled(numbers), block(name).shape)
        part = block(name)  # a view of the weights
        for index in np.ndindex(part.shape):
            kept = part[index]
            ends = []
            for sign in (1, -1):
                part[index] = kept + sign * 1e-5
                ends.append(float(value(model.effective(weights))))
            part[index] = kept
            assert moved[index] == pytest.approx(-(ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-4)
