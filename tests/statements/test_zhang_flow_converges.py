"""The flow of GD-β converges: its rates at exact instances that no faster one survives, and bounds that must hold."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from scipy.integrate import solve_ivp

from symicl.algebra import closed_form, read_form
from symicl.numeric import AtNumbers, exact_matrix
from symicl.proofs.zhang2024.flow import bounds, forcing, preconditioner, q_lemma
from symicl.proofs.zhang2024.gradient_flow import Gamma, beta, lambda_min, n, theorem
from symicl.statements import ConvexIn, prove
from symicl.statements.statements import judge_propositions
from symicl.theory import expected_loss, flow


def optimum(H, Psi, count, noise):
    """Γ* = Ψ((n+1)/n HΨ + (τ/n)I)⁻¹."""
    tau = (H * Psi).trace() + noise
    return Psi * (H * Psi * sympy.Rational(count + 1, count) + sympy.eye(H.rows) * tau / count).inv()


def velocities(H, Psi, count, noise, delta, Gamma):
    """β̇ and Γ̇ of the derived flow at β = −δ, β* = 0, in exact numbers."""
    moving = flow(expected_loss(theorem.model, theorem.task))
    matrices = {"H": H, "Psi": Psi, "beta": -delta, "Gamma": Gamma, "beta_star": delta * 0}
    table = {name: exact_matrix(M.tolist()) for name, M in matrices.items()}
    table |= {name: sympy.Rational(x) for name, x in {"n": count, "d": H.rows, "sigma2": noise}.items()}
    numbers = AtNumbers({symbol: table[name] for name, symbol in moving.symbols.items()})
    found = (numbers.matrix(moving.velocities[name]) for name in ("beta", "Gamma"))
    return [sympy.Matrix([[sympy.Rational(str(x)) for x in row] for row in M.tolist()]) for M in found]


@pytest.mark.parametrize("count", [1, 3, 8])
def test_no_faster_rate_of_the_start_error(count):
    """Along an eigenvector of λ_min = 1, at the Γ of equality, d‖δ‖²/dt = −2ρ‖δ‖²: a larger ρ fails at once."""
    H, Psi, delta = sympy.Matrix([[2, 1], [1, 2]]), sympy.diag(1, 3), sympy.Matrix([1, -1])
    sharp = sympy.Rational(count, count + 2) * delta * delta.T / (delta.T * H * delta)[0]
    beta_dot, _ = velocities(H, Psi, count, 1, delta, sharp)
    slope = -2 * delta.dot(beta_dot)
    rate = theorem.states["rate"].subs({lambda_min: 1, n: count})
    assert slope == -2 * rate * delta.dot(delta)
    assert slope > -2 * rate * sympy.Rational(1001, 1000) * delta.dot(delta)


@pytest.mark.parametrize("count", [1, 3, 8])
def test_no_faster_rate_of_the_preconditioner(count):
    """Where the prior has nothing in the last direction of H, d‖D‖²/dt = −2μ‖D‖² for D there and δ = 0."""
    H, Psi, noise = sympy.diag(2, 1), sympy.diag(3, 0), sympy.Rational(1, 2)
    D = sympy.diag(0, 5)
    start = optimum(H, Psi, count, noise) + D
    beta_dot, Gamma_dot = velocities(H, Psi, count, noise, sympy.zeros(2, 1), start)
    mu = 2 * (6 + noise) * 1 / count
    assert beta_dot == sympy.zeros(2, 1)
    assert 2 * (D.T * Gamma_dot).trace() == -2 * mu * (D.T * D).trace()


def test_the_envelope_of_the_preconditioner():
    """‖Γ(t) − Γ*‖ ≤ exp(−κt)(‖Γ(0) − Γ*‖ + 2Ct‖δ(0)‖²), by a stiff integrator; some flow crosses that of 3κ."""
    size, rng, crossed = np.linalg.norm, np.random.default_rng(3), 0
    for case in range(6):
        count, noise, far = int(rng.integers(1, 9)), rng.random(), (0.1, 1.0, 3.0)[case % 3]
        a = rng.standard_normal((2, 2))
        H, Psi = a @ a.T / 2 + 0.2 * np.eye(2), np.diag([rng.random(), 0.0])
        path, times, best, tau = integrated(H, Psi, count, noise, far, rng)
        least, around = np.linalg.eigvalsh(H)[0], H @ best @ H
        kappa = min(2 * tau * least**2 / count, 8 * least / (count + 2))
        C = (count + 2) / (count + 1) * size(H) ** 2
        assert size(H) * (size((count + 1) / count * around - H) + size(around) / count) <= C
        distance = np.array([size(z[2:].reshape(2, 2) - best) for z in path])
        room = distance[0] + 2 * C * times * size(path[0][:2]) ** 2
        assert (distance <= np.exp(-kappa * times) * room * (1 + 1e-6) + 1e-9).all()
        crossed += bool((distance > np.exp(-3 * kappa * times) * room * 1.01 + 1e-9).any())
    assert crossed


def integrated(H, Psi, count, noise, far, rng):
    """A path of (δ, Γ) from a random start, written out in NumPy, until 6 over the rate."""

    def moment(S):
        return (count + 1) / count * H @ S @ H + (np.trace(H @ S) + noise) / count * H

    def velocity(_, z):
        delta, Gamma = z[:2, None], z[2:].reshape(2, 2)
        S = Psi + delta @ delta.T
        fourth = ((count + 1) * H @ Gamma.T @ H @ Gamma @ H + np.trace(H @ Gamma.T @ H @ Gamma) * H) / count
        form = H - H @ Gamma @ H - H @ Gamma.T @ H + fourth
        return np.concatenate([-2 * form @ delta, -2 * H @ (Gamma @ moment(S) - S @ H)], axis=None)

    best, tau = Psi @ H @ np.linalg.inv(moment(Psi)), np.trace(H @ Psi) + noise
    start = np.concatenate(
        [far * rng.standard_normal(2), best + far * rng.standard_normal((2, 2))], axis=None
    )
    least = np.linalg.eigvalsh(H)[0]
    times = np.linspace(0, 6 / min(2 * tau * least**2 / count, 8 * least / (count + 2)), 60)
    path = solve_ivp(velocity, (0, times[-1]), start, method="LSODA", rtol=1e-9, atol=1e-12, t_eval=times)
    return path.y.T, times, best, tau


def twice(real):
    return lambda *args: real(*args) * 2


@pytest.mark.parametrize(
    ("module", "name", "change"),
    [
        (bounds, "above_its_least_eigenvalue", lambda real: lambda form: real(form) * read_form(1 - n)),
        (bounds, "with_root_of_prior", lambda real: lambda form: form),
        (preconditioner, "frobenius", twice),
        (forcing, "norm", twice),
        (forcing, "frobenius", twice),
        (forcing, "lagrange", lambda real: lambda *args, **options: (closed_form(0), [])),
        (q_lemma, "lagrange", lambda real: lambda *args, **options: (closed_form(0), [])),
    ],
)
def test_a_bound_that_is_not_seen_stops_the_derivation(monkeypatch, module, name, change):
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "does not hold" in verdict.reason or "add up to" in verdict.reason


def test_a_larger_constant_of_the_lemma_stops_the_derivation(monkeypatch):
    real = q_lemma.minimum_over_p

    def wrong(step, v, p):
        least, rest = real(step, v, p)
        return q_lemma.LowerBound(least.constant * 2, least.coefficient), rest

    monkeypatch.setattr(q_lemma, "minimum_over_p", wrong)
    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "does not hold" in verdict.reason


def test_nothing_of_the_flow_is_argued_in_notes():
    """What this theorem adds to the optimum of GD-β are checks and named theorems."""
    steps = theorem.derive().steps
    first = next(k for k, step in enumerate(steps) if "gradient of the risk" in step.title)
    assert [step.title for step in steps[first:] if step.note] == []
    assert [step.title for step in steps[first + 1 :] if not step.checks] == []


def test_where_H_is_singular_the_kernel_is_left_alone():
    """d = 2, H of rank one: no component of β or Γ outside of its range moves."""
    v, kernel = sympy.Matrix([1, 2]), sympy.Matrix([2, -1])
    Psi, Gamma = sympy.Matrix([[2, 1], [1, 3]]), sympy.Matrix([[1, 5], [-2, 4]])
    beta_dot, Gamma_dot = velocities(v * v.T, Psi, 3, 1, sympy.Matrix([7, 1]), Gamma)
    assert beta_dot.dot(kernel) == 0
    assert beta_dot.dot(v) != 0
    assert kernel.T * Gamma_dot == sympy.zeros(1, 2)
    assert Gamma_dot * kernel == sympy.zeros(2, 1)
    assert Gamma_dot * v != sympy.zeros(2, 1)


def test_a_faster_decay_and_joint_convexity_are_refuted():
    derivation = theorem.derive()
    decay = replace(theorem.propositions[0], rate=5 * lambda_min / (n + 2))
    for wrong in (decay, ConvexIn((beta, Gamma))):
        (statement,) = judge_propositions(replace(theorem, propositions=(wrong,)), derivation)
        assert statement.comparison.status == "refuted"
        assert "is false at" in statement.comparison.counterexample()
