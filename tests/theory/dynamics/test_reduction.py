"""Reductions to sets that the flow does not leave, and closed solutions of what is left (beyond.md B10, B1)."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.errors import InputError, UnsupportedError

n, d = si.dims("n d")
p, v, q = si.scalar("p"), si.scalar("v"), si.scalar("q")
ROOT = sympy.sqrt(d)
G = (n + d + 1) / n
BALANCED = {"a": 0, "g": 0, "B": p, "c": ROOT * p}


@pytest.fixture(scope="module")
def head():
    return si.flow(
        si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression(noise=0)), rate=Fraction(1, 2)
    )


@pytest.fixture(scope="module")
def step(head):
    """The effective step u = v p of a balanced head."""
    return head.reduce(BALANCED).equation_of(ROOT * p**2)


def same(one, other):
    return sympy.simplify(one - other) == 0


def test_a_balanced_head_follows_the_logistic_equation(head, step):
    u = step.symbol
    assert same(step.expr, 2 * ROOT * u * (1 - G * u))
    line = head.reduce(BALANCED)
    c, B = head.unknowns["c"], head.unknowns["B"]
    assert same(line.restricted(c * sympy.Trace(B) / d), ROOT * p**2)
    x = ROOT * p**2
    assert same(line.loss, d * (1 - 2 * x + G * x**2))  # twice the L of the paper


def test_its_solution_limit_and_half_time(step):
    solution = step.solve()
    t, start = sympy.Symbol("t", nonnegative=True), solution.start
    assert same(solution.expr, 1 / (G + (1 / start - G) * sympy.exp(-2 * ROOT * t)))
    assert same(solution.limit, 1 / G)
    assert solution.latex().startswith("\\[\nu(t) = ")
    assert "N" in solution.latex(notation={"n": "N"})
    half = solution.value(solution.half_time, u_0=Fraction(1, 100), n=20, d=5)
    assert float(half) == pytest.approx(0.968155, abs=5e-7)
    assert same(solution.time(to=1 / (2 * G)), solution.half_time)
    at = {"u_0": Fraction(1, 100), "n": 20, "d": 5}
    assert float(solution.at(t=half, **at)) == pytest.approx(20 / 26 / 2, rel=1e-12)
    assert float(solution.at(t=0, **at)) == 0.01
    assert step.slope(0) == 2 * ROOT  # zero is left at this rate …
    assert same(step.slope(1 / G), -2 * ROOT)  # … and the limit approached at the same


def test_the_solution_solves_its_equation_by_sympy_as_well(step):
    solution = step.solve()
    t = sympy.Symbol("t", nonnegative=True)
    moved = sympy.diff(solution.expr, t) - step.expr.subs(step.symbol, solution.expr)
    assert sympy.simplify(moved) == 0


def test_the_flow_of_all_weights_agrees_in_time(head, step):
    solution, times = step.solve(), np.linspace(0, 4, 9)
    u0 = Fraction(1, 100)
    p0 = float(np.sqrt(float(u0) / np.sqrt(5)))
    exact = np.array([float(solution.at(t=Fraction(x), u_0=u0, n=20, d=5)) for x in times])
    start = {"a": [0] * 5, "g": [0] * 5, "B": p0 * np.eye(5), "c": np.sqrt(5) * p0}
    path = si.follow(head, start=start, times=times, n=20, d=5)
    c, B = head.unknowns["c"], head.unknowns["B"]
    assert np.abs(path.along(c * sympy.Trace(B) / d) - exact).max() < 2e-9
    assert np.abs(path["a"]).max() == 0
    line = si.follow(head.reduce(BALANCED), start={"p": p0}, times=times, n=20, d=5)
    assert np.abs(line.along(ROOT * p**2) - exact).max() < 2e-9
    assert path.loss[-1] == pytest.approx(1.153846153846, abs=1e-6)


@pytest.mark.parametrize(
    ("wrong", "component"),
    [
        ({"a": 0, "g": 0, "B": p, "c": 2 * p}, "velocity of c"),
        ({"a": 0, "g": 0, "B": p, "c": d * p}, "velocity of c"),
        ({"a": 0, "B": p, "c": v}, "velocity of a"),
        ({"B": p, "c": v}, "velocity of B"),
        ({"a": 0, "g": 0, "B": 0}, "velocity of B"),
        ({"a": 0, "g": 0, "B": p + 1, "c": 0}, "velocity of"),
    ],
)
def test_an_ansatz_that_the_flow_leaves_is_refused_with_the_component(head, wrong, component):
    with pytest.raises(InputError, match=f"leaves this ansatz: .*{component}"):
        head.reduce(wrong)


def test_only_the_right_rescaling_is_kept(head):
    for factor, kept in ((1, True), (-1, True), (2, False), (Fraction(1, 2), False)):
        ansatz = {**BALANCED, "c": factor * ROOT * p}
        if kept:
            assert list(head.reduce(ansatz).letters) == ["p"]
        else:
            with pytest.raises(InputError, match="velocity of c"):
                head.reduce(ansatz)


def test_two_scalars_are_balanced_by_what_is_conserved(head):
    line = head.reduce({"a": 0, "g": 0, "B": p, "c": v}).balanced()
    assert line.weights == {"p": p, "v": ROOT * p}
    assert same(line.velocity("p"), head.reduce(BALANCED).velocity("p"))
    with pytest.raises(UnsupportedError, match="no difference of two squares"):
        head.balanced()
    x, y = si.scalar("x"), si.scalar("y")
    with pytest.raises(UnsupportedError, match="no difference of two squares"):
        si.flow(x**2 + 2 * y**2, [x, y]).balanced()
    with pytest.raises(UnsupportedError, match="no difference of two squares"):
        si.flow((x - y) ** 2, [x, y]).balanced()


def test_symmetric_and_commuting_weights_stay_so():
    H, S = si.covariance("H", d), si.symmetric("S", d)
    loss = si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression(covariate_cov=H, noise=0))
    flow = si.flow(loss)
    assert set(flow.reduce({"a": 0, "g": 0}).letters) == {"B", "c"}
    with pytest.raises(InputError, match="antisymmetric part of S"):
        flow.reduce({"a": 0, "g": 0, "B": S})
    isotropic = si.flow(si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression(noise=0)))
    assert set(isotropic.reduce({"a": 0, "g": 0, "B": S}).letters) == {"S", "c"}
    with pytest.raises(InputError, match="velocity of B"):
        flow.reduce({"a": 0, "g": 0, "B": p, "c": v})  # not isotropic: B does not stay a multiple of I


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"a": p}, "a is d×1; a scalar such as p is no ansatz"),
        ({"q": 0}, "q does not move here; what moves is B, a, c, g"),
        ({"a": "0"}, "the ansatz of a is '0'"),
        ({}, "an ansatz is a dict"),
        ({"c": sympy.Float(0.5)}, "give an exact expression"),
        ({"B": si.matrix("A", (n, n))}, "B is d×d, and its ansatz A is n×n"),
        ({"c": sympy.Symbol("d")}, "two different symbols"),
    ],
)
def test_bad_entries_are_refused(head, wrong, words):
    with pytest.raises(InputError, match=words):
        head.reduce(wrong)


def test_what_is_not_determined_or_no_square_root_is_refused(head):
    with pytest.raises(UnsupportedError, match="does not determine"):
        head.reduce({"a": 0, "g": 0, "B": p * q, "c": ROOT * p * q})
    with pytest.raises(UnsupportedError, match="no square root of a positive symbol"):
        head.reduce({"c": p ** Fraction(1, 3)})
    with pytest.raises(UnsupportedError, match="no equation of its own"):
        head.reduce({"a": 0, "g": 0, "B": p, "c": v}).equation_of(v**3 * p)


def test_an_equation_is_found_only_where_the_quantity_closes(head):
    line = head.reduce(BALANCED)
    assert same(line.equation_of(p, "x").expr.subs(sympy.Symbol("x", real=True), p), line.velocity("p"))
    with pytest.raises(InputError, match="scalar quantity"):
        head.equation_of(head.unknowns["B"])
    with pytest.raises(InputError, match="not stationary at 1"):
        line.equation_of(ROOT * p**2).slope(1)


def test_linear_equations_and_those_that_do_not_converge():
    x, k = si.scalar("x"), si.scalar("k", positive=True)
    linear = si.flow((x - 3) ** 2 / 2, [x]).equation_of(x).solve()
    t = sympy.Symbol("t", nonnegative=True)
    assert same(linear.expr, 3 + (linear.start - 3) * sympy.exp(-t))
    assert linear.limit == 3
    with pytest.raises(UnsupportedError, match="decays exponentially"):
        _ = linear.half_time
    repelled = si.flow(-(x**2) / 2, [x]).equation_of(x).solve()
    assert same(repelled.expr, repelled.start * sympy.exp(t))
    with pytest.raises(UnsupportedError, match="does not follow from the signs"):
        _ = repelled.limit
    free = si.scalar("b")
    undecided = si.flow(free * x**2 / 2 + x**4 / 4, [x]).equation_of(x).solve()
    with pytest.raises(UnsupportedError, match="does not follow"):
        _ = undecided.limit  # 0 or √−b, depending on the sign of b
    cubic = si.flow(-k * x**2 / 2 + x**4 / 4, [x]).equation_of(x).solve()
    assert same(cubic.limit, sympy.sqrt(k))
    dying = si.flow(k * x**2 / 2 + x**4 / 4, [x]).equation_of(x).solve()
    assert dying.limit == 0
    with pytest.raises(UnsupportedError, match="neither linear nor"):
        si.flow((1 - x) ** 2 * x**2, [x]).equation_of(x).solve()
    with pytest.raises(InputError, match="no value is given for"):
        linear.at(t=1)
    with pytest.raises(InputError, match="s is not an input"):
        linear.at(s=1)


def test_values_that_a_solution_never_has_are_refused():
    x, k = si.scalar("x"), si.scalar("k", positive=True)
    logistic = si.flow(-k * x**2 / 2 + x**3 / 3, [x]).equation_of(x).solve()  # u̇ = ku − u²
    assert same(logistic.limit, k)
    assert float(logistic.value(logistic.time(to=1), u_0=Fraction(1, 2), k=2)) > 0
    for to in (2, 3):
        with pytest.raises(InputError, match="never has that value"):
            logistic.value(logistic.time(to=to), u_0=Fraction(1, 2), k=2)
    with pytest.raises(InputError, match="must be positive"):
        logistic.at(t=1, u_0=-1, k=2)
    explosive = si.flow(-k * x**2 / 2 - x**3 / 3, [x]).equation_of(x).solve()  # u̇ = ku + u²
    assert float(explosive.at(t=Fraction(1, 2), u_0=1, k=1)) > 1
    with pytest.raises(InputError, match="runs off to infinity before t = 2"):
        explosive.at(t=2, u_0=1, k=1)


def test_a_scalar_may_move_with_a_trace():
    A, P = si.matrix("A", (d, d)), si.matrix("P", (d, d))
    B = si.matrix("B", (d, d))
    flow = si.flow(sympy.Trace(P * P.T) * sympy.Trace((B - A) * (B - A).T), [P, B])
    line = flow.reduce({"B": p * A}, fixed=[A])
    assert same(line.velocity("p"), 2 * (1 - p) * sympy.Trace(P * P.T))
    with pytest.raises(InputError, match="velocity of B"):
        flow.reduce({"B": p * A.T}, fixed=[A])


def test_names_that_are_taken_are_refused():
    a, b, k = si.scalar("a"), si.scalar("b"), si.scalar("k")
    flow = si.flow(k * (a * b - 1) ** 2, [a, b])
    for name in ("k", "a"):
        with pytest.raises(InputError, match="the name of something else"):
            flow.squared_equation_of(a * b, name, constants={"C": a**2 - b**2})
        with pytest.raises(InputError, match="the name of something else"):
            flow.squared_equation_of(a * b, constants={name: a**2 - b**2})
        with pytest.raises(InputError, match="the name of something else"):
            flow.equation_of(a * b, name)


def test_noise_makes_the_step_smaller():
    noisy = si.flow(
        si.expected_loss(si.MultiHeadLinearAttention(), si.LinearRegression()), rate=Fraction(1, 2)
    )
    solution = noisy.reduce(BALANCED).equation_of(ROOT * p**2).solve()
    sigma2 = si.scalar("sigma2", nonnegative=True)
    assert same(solution.limit, n / (n + d + 1 + sigma2))  # n times one step of gradient descent


def test_sequences_end_at_one_step_of_gradient_descent():
    """ab tends to κ₁/(κ₂ + κ₃ H_{T−2}/(T−2)), κ = 3, 15, 3(d − 1) for a Gaussian x₁."""
    loss = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask(), family="two numbers")
    flow = si.flow(loss)
    a, T = flow.unknowns["a"], flow.symbols["T"]
    (conserved,) = flow.conserved()
    assert str(conserved) == "a² - b²"
    equation = flow.balanced().equation_of(a**2)
    stated = 3 / (15 + 3 * (d - 1) * sympy.harmonic(T - 2) / (T - 2))
    assert same(equation.solve(at_least={T: 3}).limit, stated)
    with pytest.raises(UnsupportedError, match="does not follow from the signs"):
        _ = equation.solve().limit  # at T = 1 the loss would have no minimum


def test_a_wrong_solution_or_equation_does_not_pass_its_check(step):
    from dataclasses import replace

    from symicl.errors import DerivationError
    from symicl.theory.dynamics import solution

    right = step.solve()
    solution._check(right, step.closed_form)
    for wrong in (
        replace(right, beta=right.beta * 2),
        replace(right, alpha=right.alpha * -1),
        replace(right, power=3),
    ):
        with pytest.raises(DerivationError):
            solution._check(wrong, step.closed_form)
    with pytest.raises(DerivationError):
        solution._check(right, step.closed_form * 2)
