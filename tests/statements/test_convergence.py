"""Convergence along a gradient flow: limit, rate, constant and starts are judged, and refuted where they are wrong."""

from dataclasses import replace

import pytest
import sympy
from sympy import Identity, Integer

import symicl as si
from own_theorem import own_theorem
from symicl.algebra import closed_form, read_form
from symicl.errors import DerivationError, InputError
from symicl.proofs.zheng2024.parts.quadratic import scalar_loss
from symicl.proofs.zheng2024.setting import H, N, a, b, d, k1, k2, k3
from symicl.proofs.zheng2024.setting import model as attention
from symicl.proofs.zheng2024.setting import task as sequences
from symicl.statements import (
    ABOVE,
    BALANCE,
    BELOW,
    SHARE,
    Convergence,
    ConvergenceUnless,
    Recorder,
    certify,
    derive_loss,
    find,
    prove,
    solve,
)
from symicl.statements.mutate import wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.theory import expected_loss, flow, seen, trace_square

TASK, MODEL = si.LinearRegression(), si.OneStepGD()
GAMMA = si.matrix("Gamma", (TASK.d, TASK.d))
BEST = Identity(TASK.d) / (TASK.n + TASK.d + 1 + TASK.noise)
RATE = 2 * TASK.n * (TASK.n + TASK.d + 1 + TASK.noise)
TO_ONE_STEP = Convergence(GAMMA, BEST, RATE, GAMMA - BEST, RATE, Integer(0), resting={GAMMA: BEST})
"""Γ moves straight to its limit, and is driven by nothing."""


def own(*said, task=TASK, model=MODEL):
    return own_theorem(*said, task=task, model=model)


def straight(step, factor=1):
    """Γ̇ = −RATE (Γ − BEST)."""
    motion, error = flow(expected_loss(MODEL, TASK)), read_form(GAMMA) - read_form(BEST)
    rate, q = read_form(RATE) * factor, read_form(BALANCE)
    said = Convergence(read_form(GAMMA), read_form(BEST), rate, error, rate, closed_form(0), motion=motion)
    return step.conclude(said, trace_square(error) * (q * q * 2))


def test_a_theorem_of_ones_own_says_where_the_flow_goes():
    theorem = own(TO_ONE_STEP)

    @theorem.derivation
    def derive(step):
        certify(step, solve(step, derive_loss(step, MODEL, TASK)))
        straight(step)
        return {}

    verdict = prove(theorem)
    assert verdict.status == "proved", verdict.reason
    (said,) = verdict.statements
    assert "from every start, Γ → (1/(n + d + 1 + σ²)) I_d exponentially" in said.text
    assert any("comparison theorem" in fact for fact in verdict.derivation.axioms)


def test_without_evidence_it_is_undecided_and_a_wrong_limit_is_refuted():
    for said, status in (
        (TO_ONE_STEP, "undecided"),
        (replace(TO_ONE_STEP, resting=None), "undecided"),
        (replace(TO_ONE_STEP, to=2 * BEST), "refuted"),
        (replace(TO_ONE_STEP, to=Identity(TASK.d) / (TASK.n + TASK.d + TASK.noise)), "refuted"),
    ):
        (statement,) = judge_propositions(own(said))
        assert statement.comparison.status == status, said


@pytest.mark.parametrize("factor", [2, closed_form(11) / 10])
def test_a_faster_rate_is_not_concluded(factor):
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match="add up to"):
        straight(step, factor)


def test_a_number_of_the_bound_does_not_move():
    """Along the flow the rate of a bound is a number; ‖Γ‖² is none."""
    motion, form = flow(expected_loss(MODEL, TASK)), read_form(GAMMA)
    moving, error = (form.T @ form).trace(), form - read_form(BEST)
    zero = closed_form(0)
    said = Convergence(form, read_form(BEST), zero, error, zero, moving, motion=motion)
    falls, p, q = read_form(RATE) * 2, read_form(SHARE), read_form(BALANCE)
    size = trace_square(error)
    terms = size * (falls * (p + q) + q * q * 2), size * size * trace_square(form) * trace_square(form) * 2
    with pytest.raises(DerivationError, match="moves along the flow"):
        said.verify(terms)


GRADIENT_FLOW = find("zhang2024.gradient_flow")
PLACE = next(i for i, said in enumerate(GRADIENT_FLOW.propositions) if isinstance(said, Convergence))


def test_wrong_versions_for_the_preconditioner():
    assert {w.change for w in wrong_propositions(GRADIENT_FLOW) if w.place == PLACE} == {
        "a rate 11/10 times as large", "a rate 2 times as large", "half the rate, said to be the largest",
        "a third of the constant", "twice the limit", "minus the limit",
    }  # fmt: skip


def test_the_constant_is_nearly_the_least_one_in_one_dimension():
    """At d = 1, Ψ = 0 it is (n+2)/(n+1) times what the start error can do."""
    said = GRADIENT_FLOW.propositions[PLACE]
    wrong = replace(GRADIENT_FLOW, propositions=(replace(said, constant=said.constant / 2),))
    (statement,) = judge_propositions(wrong)
    assert statement.comparison.status == "refuted"
    assert "d = 1" in statement.comparison.counterexample()


K, BEST_U = (sympy.Symbol(name, positive=True) for name in ("K", "u^{*}"))
TO_THE_PRODUCT = ConvergenceUnless(
    a * b,
    BEST_U,
    2 * K * BEST_U,
    K / 2,
    a + b,
    resting={b: BEST_U / a},
    trapped={a: Integer(0), b: Integer(0)},
    near={a: Integer(1), b: Integer(1), k1: Integer(3), k2: Integer(2), k3: Integer(2)},
    given={K: N * k2 + H * k3, BEST_U: k1 / (k2 + k3 * H / N)},
    along=flow(scalar_loss(), rate=1 / d),
)
"""On the plane A = aI, B = bI of causal linear attention."""


def on_the_plane(step, rate=2 * K * BEST_U):
    motion = flow(K / 2 * (a * b - BEST_U) ** 2, [a, b])
    A, B, k, best = map(read_form, (a, b, K, BEST_U))
    error, both = A * B - best, A + B
    said = ConvergenceUnless(
        A * B, best, read_form(rate), k / 2, both, motion=motion,
        above=seen(k * 2) * trace_square(error), below=seen(k) * trace_square(both),
    )  # fmt: skip
    apart = trace_square((A - B) * error)
    return step.conclude(said, apart * (read_form(ABOVE) * k), apart * (read_form(BELOW) * k / 2))


def concluded(*arguments):
    theorem = own(task=sequences, model=attention)

    @theorem.derivation
    def derive(step):
        step("A step")
        on_the_plane(step, *arguments)
        return {}

    return theorem.derive()


def judged(said, derivation=None):
    (statement,) = judge_propositions(own(said, task=sequences, model=attention), derivation)
    return statement


def test_convergence_from_all_starts_but_a_line():
    statement = judged(TO_THE_PRODUCT, concluded())
    assert statement.comparison.status == "proved", statement.comparison.reason
    assert "from every start with a + b ≠ 0, a b → u⋆" in statement.text
    assert "at a = 0, b = 0 the flow stays" in statement.text
    assert judged(TO_THE_PRODUCT).comparison.status == "undecided"


def test_wrong_exceptions_limits_and_rates_are_refuted():
    derivation = concluded()
    wrong = dict(TO_THE_PRODUCT.wrong_versions())
    assert wrong.keys() == {
        "the exception dropped", "twice the rate", "twice the slope", "twice the limit", "minus the limit",
    }  # fmt: skip
    for change, said in wrong.items():
        comparison = judged(said, derivation).comparison
        assert comparison.status == "refuted", (change, comparison.reason)
    elsewhere = replace(TO_THE_PRODUCT, unless=a - b)
    assert judged(elsewhere, derivation).comparison.status == "undecided"
    no_trap = replace(TO_THE_PRODUCT, trapped={a: Integer(1), b: Integer(-1)})
    assert judged(no_trap, derivation).comparison.status == "refuted"


def test_the_flow_is_that_of_the_loss_of_the_theorem():
    other = replace(TO_THE_PRODUCT, along=flow(K / 2 * (a * b - BEST_U) ** 2, [a, b]))
    comparison = judged(other, concluded()).comparison
    assert comparison.status == "undecided"
    assert "no flow of the loss of this model" in comparison.reason
    faster = replace(TO_THE_PRODUCT, along=flow(scalar_loss()))
    assert judged(faster, concluded()).comparison.status != "proved"


def test_what_is_not_positive_is_no_rate():
    step = Recorder()
    step("A step")
    with pytest.raises(DerivationError, match="add up to"):
        on_the_plane(step, 3 * K * BEST_U)
    with pytest.raises(InputError, match="positive symbols"):
        replace(TO_THE_PRODUCT, given={si.scalar("c"): k1})
