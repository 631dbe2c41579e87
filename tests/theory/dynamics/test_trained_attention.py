"""Where gradient flow takes attention (beyond.md B1), and the plateaus of heads of rank one (B10)."""

from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy import Identity, Trace

import symicl as si
from symicl.algebra import read_form
from symicl.errors import InputError, UnsupportedError

n, d = si.dims("n d")
N, M = si.dims("N M")
p, v, C = si.scalar("p"), si.scalar("v"), si.scalar("C")
H = si.covariance("Lambda", d)
HALF = Fraction(1, 2)
GAMMA = (n + 1) / n * H + Trace(H) / n * Identity(d)


def same(one, other):
    return sympy.simplify(one - other) == 0


@pytest.fixture(scope="module")
def flow():
    task = si.LinearRegression(covariate_cov=H, noise=0)
    return si.flow(si.expected_loss(si.MultiHeadLinearAttention(), task), rate=HALF)


@pytest.fixture(scope="module")
def isotropic():
    task = si.LinearRegression(noise=0)
    return si.flow(si.expected_loss(si.MultiHeadLinearAttention(), task), rate=HALF)


def test_the_effective_step_converges_from_every_start(isotropic):
    """u = c·p with the conserved C = c² − d p²: u̇² = (C² + 4du²)(1 − gu)²."""
    line = isotropic.reduce({"a": 0, "g": 0, "B": p, "c": v})
    equation = line.squared_equation_of(v * p, "u", constants={"C": v**2 - d * p**2})
    u, g = equation.symbol, (n + d + 1) / n
    assert same(equation.expr, (C**2 + 4 * d * u**2) * (1 - g * u) ** 2)
    assert same(equation.limit, 1 / g)
    with pytest.raises(InputError, match="C is not conserved"):
        line.squared_equation_of(v * p, "u", constants={"C": v**2 + d * p**2})
    with pytest.raises(UnsupportedError, match="not seen to be a polynomial"):
        line.squared_equation_of(v * p + p, "u", constants={"C": v**2 - d * p**2})


def at_numbers(expression, values):
    from symicl.numeric import evaluate, exact_matrix

    exact = {s: exact_matrix(x) if isinstance(x, list) else sympy.Integer(x) for s, x in values.items()}
    return evaluate(expression, exact)


def test_no_limit_is_said_where_there_is_none_from_every_start():
    a, b = si.scalar("a"), si.scalar("b")
    # u = ab tends to 1 or to 3, depending on the start.
    two = si.flow((a * a * b * b - 4 * a * b + 3) ** 2, [a, b])
    equation = two.squared_equation_of(a * b, constants={"C": a**2 - b**2})
    with pytest.raises(UnsupportedError, match="not seen"):
        _ = equation.limit
    negative = si.flow((a * b + 1) ** 2, [a, b])
    with pytest.raises(UnsupportedError, match="not seen"):
        _ = negative.squared_equation_of(a * b, constants={"C": a**2 - b**2}).limit
    away = si.flow(-((a * b - 1) ** 2), [a, b])
    with pytest.raises(UnsupportedError, match="not seen"):
        _ = away.squared_equation_of(a * b, constants={"C": a**2 - b**2}).limit


def test_the_scale_of_the_limit_for_any_covariance(flow):
    """On c B = Γ⁻¹ nothing moves, and c² = (C + √(C² + 4 tr Γ⁻²))/2 for the conserved C = c² − ‖B‖²."""
    c = flow.unknowns["c"]
    line = flow.reduce({"a": 0, "g": 0, "B": GAMMA.inv() / c})
    assert line.is_stationary
    (conserved,) = flow.conserved()  # tr(BBᵀ) − c² and what stays zero
    found = line.point_where(conserved, -C)
    trace = Trace(GAMMA.inv() ** 2)
    values = {n: 7, d: 2, C: 3, H: [[2, 1], [1, 3]]}
    numbers = [float(at_numbers(e, values)) for e in (found, (C + sympy.sqrt(C**2 + 4 * trace)) / 2)]
    assert numbers[0] == pytest.approx(numbers[1], rel=1e-12)
    assert numbers[0] != pytest.approx(1.0)


@pytest.mark.parametrize("factor", [2, Fraction(1, 2), n / (n + 1)])
def test_other_multiples_of_the_limit_are_not_stationary(flow, factor):
    c = flow.unknowns["c"]
    with pytest.raises(InputError, match=r"leaves this ansatz: .*velocity of B"):
        flow.reduce({"a": 0, "g": 0, "B": factor * GAMMA.inv() / c})


def test_a_line_of_stationary_points_may_be_missed_by_no_or_two_points(isotropic):
    line = isotropic.reduce({"a": 0, "g": 0, "B": n / ((n + d + 1) * v), "c": v})
    assert line.is_stationary
    square = line.point_where(isotropic.conserved()[0], -C)
    assert same(square, C / 2 + sympy.sqrt(C**2 / 4 + d * n**2 / (n + d + 1) ** 2))
    c = isotropic.unknowns["c"]
    B = isotropic.unknowns["B"]
    with pytest.raises(UnsupportedError, match="exactly one v > 0"):
        line.point_where(Trace(B * B.T) + c**2, C)  # none or two
    moving = isotropic.reduce({"a": 0, "g": 0, "B": p, "c": v})
    assert not moving.is_stationary
    with pytest.raises(UnsupportedError, match="one parameter"):
        moving.point_where(c, 1)


@pytest.mark.parametrize("norm", [1, 2])
def test_the_numeric_flow_ends_there(flow, norm):
    sizes, sigma = {"n": 12, "d": 2, "Lambda": [[2, 1], [1, 3]]}, 0.4
    theta = np.array([[1.0, 0.3], [0.2, -0.5]])
    start = theta @ theta.T
    start *= norm / np.linalg.norm(start)
    path = si.follow(
        flow,
        {"a": [0, 0], "g": [0, 0], "B": sigma * start, "c": sigma},
        times=[0, 1, 60],
        **sizes,
    )
    covariance = np.array(sizes["Lambda"], dtype=float)
    gamma = 13 / 12 * covariance + np.trace(covariance) / 12 * np.eye(2)
    inverse = np.linalg.inv(gamma)
    constant = sigma**2 * (1 - norm**2)
    square = (constant + np.sqrt(constant**2 + 4 * np.trace(inverse @ inverse))) / 2
    assert path["c"][-1] ** 2 == pytest.approx(square, rel=1e-7)
    assert np.allclose(path["c"][-1] * path["B"][-1], inverse, atol=1e-7)
    if norm == 1:  # W_PV = tr(Γ⁻²)^¼
        assert path["c"][-1] == pytest.approx(np.trace(inverse @ inverse) ** 0.25, rel=1e-7)


# --- the risk of that limit --------------------------------------------------------------------------------


def risk(inverse, covariance, task):
    """E(x_qᵀ Γ⁻¹ (1/M) Σ yᵢxᵢ − wᵀx_q)² over M test tokens."""
    X, x = si.gaussian("X", (M, d), col_cov=covariance), si.gaussian("x", d, row_cov=covariance)
    residual = x.T * inverse * X.T * X * task / M - task.T * x
    return si.expect(Trace(residual * residual.T))


def test_the_risk_of_the_limit_for_a_fixed_task_and_for_another_covariance():
    w, other = si.vector("w", d), si.covariance("Omega", d)
    G = ((N + 1) / N * H + Trace(H) / N * Identity(d)).inv()

    def stated(test):
        sigma = test * w * w.T * test + Trace(w.T * test * w) * test
        bias = Identity(d) - G * test
        return Trace(sigma * G * test * G) / M + Trace(w.T * bias.T * test * bias * w)

    square = Trace(
        w.T * G**2 * H**3 * w + 2 * Trace(H) * w.T * G**2 * H**2 * w + Trace(H) ** 2 * w.T * G**2 * H * w
    )
    same_law = Trace((H * w * w.T * H + Trace(w.T * H * w) * H) * G**2 * H) / M + square / N**2
    # Inverses of sums cancel with these sums: proved for all sizes, beside the instance below.
    assert read_form(risk(G, H, w)) == read_form(same_law) == read_form(stated(H))
    assert read_form(risk(G, other, w)) == read_form(stated(other))
    assert read_form(risk(G, H, w)) != read_form(same_law + Trace(w.T * G * H * w) / N**2)
    values = {N: 5, M: 3, d: 2, H: [[2, 1], [1, 3]], other: [[3, -1], [-1, 1]], w: [[1], [-2]]}
    derived = at_numbers(risk(G, H, w), values)
    assert derived == at_numbers(same_law, values) == at_numbers(stated(H), values)
    moved = at_numbers(risk(G, other, w), values)
    assert moved == at_numbers(stated(other), values)
    assert moved != at_numbers(same_law.xreplace({H: other}), {**values, H: [[3, -1], [-1, 1]]})


def test_the_published_bound_is_loose_by_a_known_factor():
    """(d+1) d/M + (1 + 2d + d²) d/N² at Λ = I is the risk times (1 + (d+1)/N)²."""
    w = si.gaussian("w", d)
    scale = 1 / ((N + 1) / N + d / N)
    averaged = risk(scale * Identity(d), Identity(d), w)
    bound = (d + 1) * d / M + (1 + 2 * d + d**2) * d / N**2
    assert same(bound / averaged, (1 + (d + 1) / N) ** 2)
    assert not same(bound, averaged)


# --- heads of rank one -------------------------------------------------------------------------------------


def test_heads_of_rank_one_wait_on_plateaus():
    X, x, w = si.gaussian("X", (n, d), col_cov=H), si.gaussian("x", d, row_cov=H), si.gaussian("w", d)
    heads = [(si.scalar(f"v{h}"), si.vector(f"k{h}", d), si.vector(f"q{h}", d)) for h in (1, 2)]
    U = sum((v * k * q.T for v, k, q in heads[1:]), heads[0][0] * heads[0][1] * heads[0][2].T)
    residual = w.T * X.T * X * U * x / n - w.T * x
    loss = si.expect(Trace(residual * residual.T))
    flow = si.flow(loss / 2, [symbol for head in heads for symbol in head])
    # Three factors of each head are balanced in pairs.
    assert [str(q) for q in flow.conserved()] == [
        "k₁ᵀ k₁ - q₁ᵀ q₁",
        "k₂ᵀ k₂ - q₂ᵀ q₂",
        "k₁ᵀ k₁ - v₁²",
        "k₂ᵀ k₂ - v₂²",
    ]
    sizes = {"n": 20, "d": 2, "Lambda": [[3, 0], [0, 2]]}
    source = np.random.default_rng(0)
    start = {
        name: 0.02 * (source.normal() if name[0] == "v" else source.normal(size=2)) for name in flow.letters
    }
    path = si.follow(flow, start, np.linspace(0, 300, 151), **sizes)
    eigenvalues = [3, 2]
    levels = [5 - sum(e * (1 + (1 + 5 / e) / 20) ** -1 for e in eigenvalues[:m]) for m in range(3)]
    loss = 2 * path.loss
    waits = [int((np.abs(loss - level) < 0.01 * level).sum()) for level in levels]
    assert all(wait >= 5 for wait in waits)  # ten units of time on each, against jumps of a few
    assert min(np.abs(loss - levels[1])) < 1e-3
    assert loss[-1] == pytest.approx(levels[2], rel=1e-6)
    # On the plateau the flow stands still, and the linearisation does not say that it leaves.
    one = Fraction(20, 20 + 1 + Fraction(5, 3)) / 3
    plateau = flow.stability(**sizes, v1=one, k1=[1, 0], q1=[1, 0], v2=0, k2=[0, 0], q2=[0, 0])
    assert plateau.kind == "not decided by the linearisation"
    assert plateau.repelling == 0
