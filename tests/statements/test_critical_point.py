"""Critical points and gradient domination: concluded from sums of terms, refuted by points, or undecided."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from sympy import Identity, Integer

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError
from symicl.statements import (
    GradientDominates,
    OnlyCriticalPoint,
    Recorder,
    certify,
    derive_loss,
    find,
    prove,
    solve,
)
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.theory import expected_loss, flow, minimise

TASK, MODEL = si.LinearRegression(), si.OneStepGD()
GAMMA = si.matrix("Gamma", (TASK.d, TASK.d))
BEST = Identity(TASK.d) / (TASK.n + TASK.d + 1 + TASK.noise)
RATE = 2 * TASK.n * (TASK.n + TASK.d + 1 + TASK.noise)
STEEP = GradientDominates({GAMMA: 2 * RATE}, near={})
ONLY = OnlyCriticalPoint({GAMMA: BEST})


def own(*said):
    return own_theorem(*said, task=TASK, model=MODEL)


def conclude(step, constant=2, number=1, at=BEST):
    """The gradient is RATE (Γ − BEST), and the excess loss half of RATE ‖Γ − BEST‖²."""
    loss = expected_loss(MODEL, TASK)
    motion, error = flow(loss), read_form(GAMMA) - read_form(at)
    step.conclude(
        GradientDominates({GAMMA: constant * RATE}, least=minimise(loss).closed_form, motion=motion)
    )
    room = read_form(RATE) * number
    step.conclude(
        OnlyCriticalPoint({GAMMA: at}, factors={GAMMA: error}, room={GAMMA: (room, 0)}, motion=motion)
    )


def test_a_theorem_of_ones_own_says_where_the_gradient_vanishes():
    theorem = own(STEEP, ONLY)

    @theorem.derivation
    def derive(step):
        certify(step, solve(step, derive_loss(step, MODEL, TASK)))
        conclude(step)
        return {}

    verdict = prove(theorem)
    assert verdict.status == "proved", verdict.reason
    steep, only = verdict.statements
    assert "L - L⋆ ≤ ‖∇_Γ L‖²/c_Γ" in steep.text
    assert only.text.endswith("and at no other effective parameters.")
    derivation = theorem.derive()
    elsewhere = replace(ONLY, only=False)
    for said, status in (
        (elsewhere, "refuted"),
        (replace(ONLY, at={GAMMA: 2 * BEST}), "refuted"),
        (replace(STEEP, constants={GAMMA: 3 * RATE}), "undecided"),
        (replace(STEEP, constants={GAMMA: 3 * RATE}, near={GAMMA: 3 * BEST}), "refuted"),
    ):
        (statement,) = judge_propositions(own(said), derivation)
        assert statement.comparison.status == status, said


def test_without_evidence_they_are_undecided():
    for said in (STEEP, ONLY, replace(ONLY, only=False)):
        (statement,) = judge_propositions(own(said))
        assert statement.comparison.status == "undecided", said


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"constant": 3}, "add up to"),
        ({"number": 2}, "add up to"),
        ({"number": -1}, "not seen to be positive"),
        ({"at": 2 * BEST}, "not seen to vanish"),
    ],
)
def test_a_wrong_conclusion_ends_the_derivation(wrong, message):
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match=message):
        conclude(step, **wrong)


def test_a_point_has_a_value_for_each_parameter():
    loss = expected_loss(si.GDBeta(), si.LinearRegression())
    step = Recorder()
    step("A step")
    (beta, _) = (flow(loss).unknowns[name] for name in ("beta", "Gamma"))
    said = OnlyCriticalPoint({beta: beta * 0}, factors={}, room={}, motion=flow(loss))
    with pytest.raises(DerivationError, match="a value for each effective parameter"):
        step.conclude(said)


FLOW = find("zhang2024.gradient_flow")


def test_wrong_versions_for_gd_beta():
    kinds = (GradientDominates, OnlyCriticalPoint)
    wrong = [w for w in wrong_propositions(FLOW) if isinstance(w.proposition, kinds)]
    assert {w.change for w in wrong} == {
        "three times the constant of beta", "three times the constant of Gamma", "at no other → at others, too",
        "twice beta", "twice Gamma", "the condition dropped",
    }  # fmt: skip


def test_the_constant_of_the_preconditioner_is_the_largest():
    """Where Ψ = 0 and β = β* the two sides are equal."""
    (said,) = (p for p in FLOW.propositions if isinstance(p, GradientDominates))
    more = {p: c * (sympy.Rational(101, 100) if str(p) == "Gamma" else 1) for p, c in said.constants.items()}
    wrong = replace(FLOW, propositions=(replace(said, constants=more),))
    (statement,) = judge_propositions(wrong)
    assert statement.comparison.status == "refuted"


def test_gradient_domination_in_numbers():
    """‖∇R‖² ≥ min{c_β, c_Γ} (R − R*), and with the sum of both, written out in NumPy at random points."""
    rng = np.random.default_rng(5)
    tightest = np.inf
    for _ in range(2000):
        d, n = int(rng.integers(1, 4)), int(rng.choice([1, 2, 5, 20]))
        a, p = rng.standard_normal((d, d)), rng.standard_normal((d, 1))
        H, Psi = a @ a.T / d + rng.choice([0.01, 0.3]) * np.eye(d), p @ p.T * rng.choice([0, 0.1, 10])
        noise, size = rng.random() * rng.choice([0.01, 1]), rng.choice([0.001, 0.1, 5], 2)

        def moment(S, H=H, n=n, noise=noise):
            return (n + 1) / n * H @ S @ H + (np.trace(H @ S) + noise) / n * H

        def risk(Gamma, S, H=H, noise=noise, moment=moment):
            return (
                noise
                + np.trace(H @ S)
                - 2 * np.trace(H @ Gamma @ H @ S)
                + np.trace(H @ Gamma @ moment(S) @ Gamma.T)
            )

        best = Psi @ H @ np.linalg.inv(moment(Psi))
        delta, Gamma = size[0] * rng.standard_normal((d, 1)), best + size[1] * rng.standard_normal((d, d))
        S = Psi + delta @ delta.T
        fourth = ((n + 1) * H @ Gamma.T @ H @ Gamma @ H + np.trace(H @ Gamma.T @ H @ Gamma) * H) / n
        of_beta = 2 * (H - H @ Gamma @ H - H @ Gamma.T @ H + fourth) @ delta
        of_Gamma = 2 * H @ (Gamma @ moment(S) - S @ H)
        least = np.linalg.eigvalsh(H)[0]
        c_beta = 16 * (n + 1) * least / ((2 * n + 1) * (n + 2) ** 2)
        c_Gamma = 4 * (np.trace(H @ Psi) + noise) * least**2 / n
        parts = (of_beta**2).sum() / c_beta + (of_Gamma**2).sum() / c_Gamma
        tightest = min(tightest, parts / (risk(Gamma, S) - risk(best, Psi)))
    assert 1 - 1e-6 < tightest < 1.01


def test_no_constant_is_left_out():
    motion = flow(expected_loss(MODEL, TASK))
    with pytest.raises(DerivationError, match="a constant is needed for each effective parameter"):
        GradientDominates({si.scalar("c"): Integer(1)}, least=closed_form(0), motion=motion).verify(())
