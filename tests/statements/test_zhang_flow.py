"""Gradient flow on GD-β: the rate at numbers, the lemma and the gradients against NumPy, and wrong versions."""

import time
from fractions import Fraction

import numpy as np
import pytest
import sympy

from symicl.errors import InputError
from symicl.proofs.zhang2024 import gradient_flow
from symicl.proofs.zhang2024.flow import convexity, q_lemma
from symicl.proofs.zhang2024.gradient_flow import lambda_min, n, tau, theorem
from symicl.statements import evaluate_theorem, prove
from symicl.statements.mutate import Mutant
from symicl.studies.flow.integrate import GradientField
from symicl.theory import expected_loss

H = [[2, 1, 0], [1, 3, Fraction(1, 2)], [0, Fraction(1, 2), 1]]
NUMBERS = {
    "n": 7,
    "sigma2": Fraction(3, 4),
    "H": H,
    "Psi": [[1, Fraction(-1, 2), 0], [Fraction(-1, 2), 1, Fraction(1, 4)], [0, Fraction(1, 4), 2]],
    "beta_star": [1, -2, Fraction(1, 2)],
}


def arrays():
    return [np.array(NUMBERS[name], dtype=float) for name in ("H", "Psi", "beta_star")]


def Q(Gamma, H, n):
    """Q(Γ) from the Gaussian fourth moment E[ABA] = ((n+1)HBH + tr(HB)H)/n, entry by entry in NumPy."""
    fourth = ((n + 1) * H @ Gamma.T @ H @ Gamma @ H + np.trace(H @ Gamma.T @ H @ Gamma) * H) / n
    return H - H @ Gamma @ H - H @ Gamma.T @ H + fourth


def test_the_rate_at_numbers():
    value = evaluate_theorem(theorem, {"n": 7, "H": H}).values["rate"]["decimal"]
    assert value == pytest.approx(4 * np.linalg.eigvalsh(np.array(H, dtype=float))[0] / 9, rel=1e-13)
    digits = evaluate_theorem(theorem, {"n": 7, "H": H}, digits=40).values["rate"]["decimal"]
    assert float(digits) == pytest.approx(value, rel=1e-14)
    assert evaluate_theorem(theorem, {"n": 20, "H": [[2, 1], [1, 3]]}).values["rate"]["exact"] == str(
        4 * (5 - sympy.sqrt(5)) / 2 / 22
    )


def test_a_singular_covariance_leaves_a_direction_undetermined():
    result = evaluate_theorem(theorem, {"n": 3, "H": [[1, 1], [1, 1]]})
    assert result.values["rate"]["exact"] == "0"
    (note,) = result.notes
    assert "kernel" in note and "smallest positive eigenvalue" in note


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"n": 3, "H": [[1, 2], [2, 1]]}, "H has a negative eigenvalue"),
        ({"n": 3, "H": [[1, 2], [0, 1]]}, "H is not symmetric"),
        ({"n": 3, "H": [[1]], "sigma2": 1}, "sigma2 is not an input"),
        ({"H": [[1]]}, "no value is given for n"),
    ],
)
def test_bad_inputs(given, message):
    with pytest.raises(InputError, match=message):
        evaluate_theorem(theorem, given)


def test_the_derived_gradient_is_that_of_the_risk():
    """Against central differences of the risk of GD-β written out in NumPy."""
    H, Psi, mean = arrays()
    count, noise = 7, 0.75

    def risk(beta, Gamma):
        delta = mean[:, None] - beta
        S = Psi + delta @ delta.T
        M = (count + 1) / count * H @ S @ H + (np.trace(H @ S) + noise) / count * H
        return noise + np.trace(H @ S) - 2 * np.trace(H @ Gamma @ H @ S) + np.trace(H @ Gamma @ M @ Gamma.T)

    at = theorem.task.at(**NUMBERS)
    field = GradientField(expected_loss(theorem.model, theorem.task), at)
    rng = np.random.default_rng(0)
    point = {"beta": rng.standard_normal((3, 1)), "Gamma": rng.standard_normal((3, 3))}
    found = field.gradient(point)
    for name, value in point.items():
        for index in np.ndindex(value.shape):
            up, down = ({k: x.copy() for k, x in point.items()} for _ in range(2))
            up[name][index] += 1e-5
            down[name][index] -= 1e-5
            slope = (risk(**up) - risk(**down)) / 2e-5
            assert found[name][index] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_the_lemma_holds_for_random_preconditioners_and_is_attained_at_the_stated_one():
    H, _, _ = arrays()
    rng = np.random.default_rng(1)
    for count in (1, 2, 7, 50):
        for scale in (0.1, 1, 10):
            form = Q(scale * rng.standard_normal((3, 3)), H, count)
            assert np.linalg.eigvalsh(form - 2 / (count + 2) * H)[0] > -1e-9 * np.abs(form).max()
        v = rng.standard_normal((3, 1))
        norm = float((v.T @ H @ v)[0, 0])
        sharp = count / (count + 2) * v @ v.T / norm
        attained = float((v.T @ Q(sharp, H, count) @ v)[0, 0])
        assert attained == pytest.approx(2 / (count + 2) * norm, rel=1e-12)


def test_the_exact_instance_is_not_convex():
    """Two points and the one half-way between them, by the risk in NumPy."""
    count, noise = convexity.INSTANCE["n"], float(convexity.INSTANCE["sigma2"])
    H, Psi, mean = (np.array(convexity.INSTANCE[k], dtype=float) for k in ("H", "Psi", "beta_star"))

    def risk(beta, Gamma):
        delta = (mean - beta)[:, None]
        S = Psi + delta @ delta.T
        M = (count + 1) / count * H @ S @ H + (np.trace(H @ S) + noise) / count * H
        return noise + np.trace(H @ S) - 2 * np.trace(H @ Gamma @ H @ S) + np.trace(H @ Gamma @ M @ Gamma.T)

    ends = [{k: np.array(x, dtype=float) for k, x in end.items()} for end in convexity.ENDPOINTS]
    middle = {k: (ends[0][k] + ends[1][k]) / 2 for k in ends[0]}
    assert (risk(**ends[0]) + risk(**ends[1])) / 2 - risk(**middle) == pytest.approx(-93 / 50)


@pytest.mark.parametrize(
    ("quantity", "wrong"),
    [
        ("rate", 8 * lambda_min / (n + 2)),
        ("rate", 4 * lambda_min / (n + 1)),
        ("preconditioner_rate", 4 * tau * lambda_min**2 / n),
        ("preconditioner_rate", 2 * tau * lambda_min / n),
        ("preconditioner_rate", 2 * tau * lambda_min**2 / (n + 1)),
        ("lemma_constant", 2 / (n + 1)),
        ("equality_coefficient", n / (n + 1)),
    ],
)
def test_named_mistakes_are_refuted(quantity, wrong):
    verdict = prove(Mutant(quantity, "by hand", wrong).applied(theorem))
    assert verdict.status == "refuted"
    assert verdict.counterexample.startswith(quantity)


def test_a_gradient_with_a_wrong_sign_stops_the_derivation(monkeypatch):
    from symicl.theory.dynamics import flow

    real = flow.gradient
    monkeypatch.setattr(flow, "gradient", lambda form, a: real(form, a) * -1)
    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "does not hold" in verdict.reason


def test_a_form_without_its_trace_term_stops_the_derivation(monkeypatch):
    real = q_lemma.quadratic_form

    def without_trace(Gamma):
        form = real(Gamma)
        kept = {(m, w): c for (m, w), c in form.terms.items() if all(len(word) == 1 for word in m)}
        return type(form)(form.rows, form.cols, form.field, kept, form.denominator)

    monkeypatch.setattr("symicl.proofs.zhang2024.flow.dynamics.quadratic_form", without_trace)
    assert prove(theorem).status == "undecided"


def test_a_convex_instance_is_not_passed_off_as_an_example(monkeypatch):
    same = convexity.ENDPOINTS[0]
    monkeypatch.setattr(convexity, "ENDPOINTS", (same, same))
    assert prove(theorem).status == "undecided"


def test_it_is_quick():
    prove(gradient_flow.theorem)
    start = time.process_time()
    prove(gradient_flow.theorem)
    assert time.process_time() - start < 2
