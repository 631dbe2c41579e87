"""Where training ends and how long it takes: known values, and slightly wrong versions."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Rational, Trace

import symicl as si
from symicl.proofs.saxe2025.dynamics import theorem as dynamics
from symicl.proofs.saxe2025.setting import Gamma, S, of_heads
from symicl.proofs.zhang2023.flow import theorem as flow
from symicl.proofs.zhang2023.setting import Lambda, d, n
from symicl.statements import Inequality, evaluate_theorem


def test_the_half_time_at_twenty_examples_in_five_dimensions():
    found = evaluate_theorem(dynamics, {"n": 20, "d": 5, "u0": "1/100"}).values["half_time"]
    assert found["decimal"] == pytest.approx(0.968155, abs=5e-7)


def test_a_start_above_half_has_no_half_time():
    found = evaluate_theorem(dynamics, {"n": 20, "d": 5, "u0": "1/2"})
    assert found.values["half_time"]["exact"] is None and "half of its limit" in found.notes[0]


def test_the_limit_and_its_scale():
    law = [["2", "1/2"], ["1/2", "1"]]
    found = evaluate_theorem(flow, {"n": 4, "d": 2, "Lambda": law}).values
    inverse = np.linalg.inv(1.25 * np.array([[2, 0.5], [0.5, 1]]) + 0.75 * np.eye(2))
    assert np.allclose(found["limit"]["decimal"], inverse, atol=1e-14)
    assert found["scale"]["decimal"] == pytest.approx(np.trace(inverse @ inverse) ** 0.25, rel=1e-14)
    assert found["scale"]["decimal"] == pytest.approx(0.800727, abs=5e-7)


def test_the_plateaus_by_their_formula():
    """tr Λ − Σ λ/(1 + (1 + tr Λ/λ)/n) over the heads that have learned."""
    eigenvalues, examples = np.array([2.0, 1.0, 0.5]), 8
    pulls = ((examples + 1) * eigenvalues + eigenvalues.sum()) / examples
    for learned in (1, 2, 3):
        lost = eigenvalues / (1 + (1 + eigenvalues.sum() / eigenvalues) / examples)
        own = (eigenvalues**2 / pulls)[:learned].sum()
        assert own == pytest.approx(lost[:learned].sum(), rel=1e-14)


@pytest.mark.parametrize(
    ("theorem", "name", "factor"),
    [
        (dynamics, "effective_step", 2),
        (dynamics, "half_factor", Rational(1, 2)),
        (dynamics, "plateau", Rational(11, 10)),
        (flow, "threshold", Rational(11, 10)),
        (flow, "on_the_line", 2),
        (flow, "isotropic_threshold", d),
    ],
)
def test_slightly_wrong_closed_forms_are_refuted(theorem, name, factor):
    wrong = {**theorem.corollaries, name: theorem.corollaries[name] * factor}
    verdict = si.prove(replace(theorem, corollaries=wrong))
    assert verdict.status == "refuted" and name in verdict.counterexample


@pytest.mark.parametrize(
    ("theorem", "wrong"),
    [
        (dynamics, Inequality(of_heads, "all_learned")),
        (dynamics, replace(dynamics.propositions[2], larger=of_heads - Trace(Gamma * S**2))),
        (flow, replace(flow.propositions[1], larger=flow.propositions[1].larger / 2)),
        (
            flow,
            replace(
                flow.propositions[1], smaller=flow.propositions[1].larger, larger=flow.propositions[1].smaller
            ),
        ),
    ],
)
def test_wrong_inequalities_are_refuted(theorem, wrong):
    assert si.prove(replace(theorem, propositions=(wrong,))).status == "refuted"


def test_the_published_condition_asks_for_a_start_that_is_smaller_than_needed():
    """At Λ = I and ΘΘᵀ = I/√d it is σ² < 2/(‖Γ‖√d), the derived one σ² < 2√d/‖Γ‖."""
    gamma = (n + d + 1) / n
    threshold = flow.corollaries["isotropic_threshold"] * d ** Rational(1, 2)  # of ΘΘᵀ = I, rescaled
    published = 2 / (gamma * d ** Rational(1, 2))
    assert (threshold / published).simplify() == d
    assert Lambda.name == "Lambda"
