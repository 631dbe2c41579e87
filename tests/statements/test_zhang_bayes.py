"""The comparison with the Bayes risk: its statement, its numbers, its exceptional inputs."""

import math
import time
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from sympy import Identity, Integer, Inverse, Rational, Trace

from symicl.algebra import LargestEigenvalue, read_form
from symicl.errors import DerivationError, InputError
from symicl.numeric import ExactMatrix
from symicl.proofs.zhang2024 import bayes
from symicl.proofs.zhang2024.bayes import MANY_EXAMPLES as NEAR
from symicl.proofs.zhang2024.bayes import H, Psi, constant, d, n, phi_max, sigma2, theorem
from symicl.proofs.zhang2024.bayes import bayes as bayes_risk
from symicl.statements import Inequality, evaluate_theorem, prove
from symicl.statements.mutate import Mutant, wrong_propositions
from symicl.statements.statements import judge_propositions
from symicl.theory import BayesRisk, jensen, over_eigenvalues, top_eigenvalue

INPUTS = {
    "n": 7,
    "sigma2": Fraction(3, 4),
    "H": [[2, 1, 0], [1, 3, Fraction(1, 2)], [0, Fraction(1, 2), 1]],
    "Psi": [[1, Fraction(-1, 2), 0], [Fraction(-1, 2), 1, Fraction(1, 4)], [0, Fraction(1, 4), 2]],
}


def values(**changes):
    found = evaluate_theorem(theorem, {**INPUTS, **changes}).values
    return {name: entry["decimal"] for name, entry in found.items()}


def independent(n, sigma2, H, Psi):
    """From the eigenvalues of HΨ, in floating point."""
    noise = float(sigma2)
    phi = np.linalg.eigvals(np.array(H, dtype=float) @ np.array(Psi, dtype=float)).real
    tau = phi.sum() + noise
    return {
        "risk": noise + (phi * (phi + tau) / ((n + 1) * phi + tau)).sum(),
        "bayes_lower_bound": noise + (phi * noise / (n * phi + noise)).sum(),
        "ratio_bound": 1 + (phi.max() + phi.sum()) / noise,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"n": 1},
        {"n": 200, "sigma2": 5},
        {"Psi": [[1, 1, 0], [1, 1, 0], [0, 0, 0]]},
        {"H": [[1, 1, 0], [1, 1, 0], [0, 0, 2]]},
        {"H": [[2, 1], [1, 1]], "Psi": [[3, 1], [1, 1]]},
    ],
)
def test_the_closed_forms_at_numbers(changes):
    assert values(**changes) == pytest.approx(independent(**{**INPUTS, **changes}), rel=1e-12)


def test_fifty_digits_of_a_bound_that_contains_a_root():
    entry = evaluate_theorem(theorem, INPUTS, digits=50).values["ratio_bound"]
    assert entry["exact"] is None
    assert len(entry["decimal"].replace(".", "")) == 50
    assert float(entry["decimal"]) == pytest.approx(independent(**INPUTS)["ratio_bound"], rel=1e-14)


def test_the_chain_of_inequalities():
    """Lower bound ≤ R*, and R* − σ² ≤ C (lower bound − σ²), which is what is proved term by term."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        d, noise = int(rng.integers(1, 4)), float(rng.random() + 0.01)
        a, b = rng.standard_normal((2, d, d))
        H, Psi = ((m + m.T) / 2 for m in (a @ a.T + np.eye(d) / 8, b @ b.T + np.eye(d) / 8))
        at = values(n=int(rng.integers(1, 30)), sigma2=noise, H=H, Psi=Psi)
        assert at["bayes_lower_bound"] <= at["risk"]
        assert at["risk"] - noise <= at["ratio_bound"] * (at["bayes_lower_bound"] - noise)


def test_without_noise_no_ratio_is_stated():
    result = evaluate_theorem(theorem, {**INPUTS, "sigma2": 0})
    assert result.values["ratio_bound"] == {"exact": None, "decimal": None}
    assert result.values["bayes_lower_bound"]["exact"] == "0"
    assert result.values["risk"]["decimal"] > 0
    (note,) = result.notes
    assert "no ratio bound" in note


def test_without_noise_and_signal_all_risks_vanish():
    result = evaluate_theorem(theorem, {**INPUTS, "sigma2": 0, "Psi": [[0] * 3] * 3})
    assert result.values["risk"]["exact"] == result.values["bayes_lower_bound"]["exact"] == "0"
    assert "every Gamma is optimal" in result.notes[0]


def test_without_signal_the_bounds_meet():
    found = values(Psi=[[0] * 3] * 3)
    assert found == {"risk": 0.75, "bayes_lower_bound": 0.75, "ratio_bound": 1}


def test_a_singular_covariance_is_remarked_on():
    result = evaluate_theorem(theorem, {**INPUTS, "H": [[1, 1, 0], [1, 1, 0], [0, 0, 2]]})
    assert result.notes == ("H is singular: covariates stay in its range, where the statement holds",)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"Psi": [[1, 2, 0], [2, 1, 0], [0, 0, 1]]}, "Psi has a negative eigenvalue"),
        ({"H": [[-1, 0, 0], [0, 1, 0], [0, 0, 1]]}, "H has a negative eigenvalue"),
        ({"sigma2": -1}, "sigma2=-1 is negative"),
        ({"Psi": [[1, 0], [0, 1]]}, "Psi is 2×2, but d = 3"),
        ({"beta_star": [1, 1, 1]}, "beta_star is not an input"),
    ],
)
def test_bad_inputs(changes, message):
    with pytest.raises(InputError, match=message):
        evaluate_theorem(theorem, {**INPUTS, **changes})


@pytest.mark.parametrize(
    ("quantity", "wrong"),
    [
        ("ratio_bound", 1 + phi_max / sigma2),
        ("bayes_lower_bound", theorem.states["bayes_lower_bound"].xreplace({n: n - 1})),
        ("ratio_of_an_eigenvalue", theorem.corollaries["ratio_with_many_examples"]),
    ],
)
def test_named_mistakes_are_refuted(quantity, wrong):
    verdict = prove(Mutant(quantity, "by hand", wrong).applied(theorem))
    assert verdict.status == "refuted"
    assert verdict.counterexample.startswith(quantity)


def test_a_bound_that_does_not_hold_for_all_eigenvalues_stops_the_derivation(monkeypatch):
    real = bayes.limit_at_infinity
    monkeypatch.setattr(bayes, "limit_at_infinity", lambda r, s: real(r, s) * bayes.closed_form(1, 2))
    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "does not hold" in verdict.reason


def test_a_wrong_posterior_stops_the_derivation(monkeypatch):
    class Wrong(bayes.Posterior):
        def __init__(self, dim):
            super().__init__(dim)
            self.noise = self.noise * 2

    monkeypatch.setattr(bayes, "Posterior", Wrong)
    assert prove(theorem).status == "undecided"


def test_a_matrix_that_is_not_seen_to_be_definite_stops_the_derivation(monkeypatch):
    class Wrong(bayes.Posterior):
        def __init__(self, dim):
            super().__init__(dim)
            less = bayes.ClosedForm.identity(dim) * self.noise * 2
            self.error = replace(self.error, T=self.T - less)

    monkeypatch.setattr(bayes, "Posterior", Wrong)
    verdict = prove(theorem)
    assert verdict.status == "undecided"
    assert "positive definite" in verdict.reason


def inequalities():
    return [(k, p) for k, p in enumerate(theorem.propositions) if isinstance(p, Inequality)]


def test_the_two_bounds_are_propositions():
    assert not theorem.wording
    derivation = theorem.derive()
    judged = judge_propositions(theorem, derivation)
    for place, said in inequalities():
        assert judged[place].comparison.status == "proved"
        for change, wrong in said.wrong_versions():
            changed = replace(theorem, propositions=(wrong,))
            (statement,) = judge_propositions(changed, derivation)
            assert statement.comparison.status == "refuted", change
    low, ratio = (judged[place].text for place, _ in inequalities())
    assert low.startswith(
        "If σ² > 0, for all values of the letters ℛ_J ≤ ℛ_Bayes. Here ℛ_Bayes = σ² + σ² 𝔼 tr("
    )
    assert "ℛ⋆ ≤ C(ℛ_Bayes - σ²) + σ². Here C = 1 + (tr(H Ψ) + λ_max(H Ψ))/σ²." in ratio


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        (sigma2 + constant * (bayes_risk - sigma2) / 2, NEAR),
        (sigma2 + (constant - 1) * (bayes_risk - sigma2), {n: Integer(2), sigma2: Integer(100)}),
        (constant * (bayes_risk - sigma2), NEAR),
    ],
    ids=["half the constant", "one less", "without the noise"],
)
def test_smaller_constants_are_refuted(wrong, near):
    (_, (_, said)) = inequalities()
    changed = replace(theorem, propositions=(replace(said, larger=wrong, near=near),))
    (statement,) = judge_propositions(changed, theorem.derive())
    assert statement.comparison.status == "refuted"


def test_without_the_derivation_they_are_undecided():
    for _, said in inequalities():
        (statement,) = judge_propositions(replace(theorem, propositions=(said,)))
        assert statement.comparison.status == "undecided"


def test_the_bayes_risk_at_numbers_is_enclosed():
    """Against the mean of hψ/(1 + sχ²) by quadrature."""
    risk = BayesRisk(n, sigma2, H, Psi)
    for count, noise, h, psi in ((1, Rational(1), 1, 1), (7, Rational(1, 3), 2, 3), (40, Rational(5), 3, 1)):
        low, high = risk.between({n: Integer(count), sigma2: noise, H: one(h), Psi: one(psi)})
        assert low < high < low * (1 + Rational(1, 10**20))
        x, step = np.linspace(1e-12, 400, 4_000_001, retstep=True)
        chi = np.exp((count / 2 - 1) * np.log(x) - x / 2 - count / 2 * math.log(2) - math.lgamma(count / 2))
        if count == 1:  # substitute x = z² at the singular end
            z, step = np.linspace(-20, 20, 400_001, retstep=True)
            x, chi = z**2, np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
        mean = (chi / (1 + float(h * psi / noise) * x)).sum() * step
        assert float(noise) + h * psi * mean == pytest.approx(float(low), rel=1e-6)
    with pytest.raises(InputError, match="for d = 1 alone"):
        risk.between({n: Integer(3), sigma2: Rational(1), H: one(1, 2), Psi: one(1, 2)})


def one(*diagonal):
    size = len(diagonal)
    return ExactMatrix([[diagonal[i] if i == j else 0 for j in range(size)] for i in range(size)])


def test_a_sum_over_eigenvalues_says_no():
    product, trace = H * Psi, Trace(H * Psi)
    top = LargestEigenvalue(H, Psi)
    resolvent = Trace(Inverse(n * product + sigma2 * Identity(d)) * product)
    assert over_eigenvalues(read_form(sigma2 * resolvent), H, Psi, task=bayes.task)
    assert over_eigenvalues(
        read_form((top + trace) * resolvent - n * Trace(product * product) * 0), H, Psi, task=bayes.task
    )
    assert over_eigenvalues(read_form(trace - sigma2 * resolvent), H, Psi, task=bayes.task)
    for wrong, message in (
        (trace - 2 * sigma2 * resolvent, "is not seen to be at least 0"),
        (resolvent * resolvent, "is no sum over the eigenvalues"),
        (1 + resolvent, "is no sum over the eigenvalues"),
        (Trace(H), "is no sum over the eigenvalues"),
    ):
        with pytest.raises(DerivationError, match=message):
            over_eigenvalues(read_form(wrong), H, Psi, task=bayes.task)


def test_eigenvalues_of_what_may_be_negative_are_no_evidence():
    """The largest eigenvalue of −I is −1."""
    for evidence in (
        lambda: over_eigenvalues(read_form(Trace(H * Psi)), H, Psi),
        lambda: top_eigenvalue(H, Psi),
    ):
        with pytest.raises(DerivationError, match="Psi is not seen to be positive semidefinite"):
            evidence()


def test_jensens_inequality_says_no():
    posterior = bayes.Posterior(read_form(H).rows)
    error, P = posterior.error, posterior.P
    root = {bayes.symbol_letter(Psi): P @ P}
    factor = read_form(n * H * Psi + sigma2 * Identity(d))
    name = BayesRisk(n, sigma2, H, Psi)
    assert jensen(error, name, factor, read_form(Psi), root)
    for changed, wrong, message in (
        (error, factor * 2, "does not pass through"),
        (replace(error, least=error.least * 2), factor, "not seen to be positive definite"),
        (replace(error, weight=-error.weight), factor, "not seen to be positive semidefinite"),
    ):
        with pytest.raises(DerivationError, match=message):
            jensen(changed, name, wrong, read_form(Psi), root)


def test_nothing_of_the_comparison_is_argued_in_notes():
    steps = theorem.derive().steps
    first = next(k for k, step in enumerate(steps) if "Bayes predictor" in step.title)
    assert [step.title for step in steps[first:] if step.note or not step.checks] == []


def test_the_limit_that_is_stated_has_wrong_versions():
    wrong = [w for w in wrong_propositions(theorem) if "once" not in w.change and "beta = 0" not in w.change]
    assert {"half the limit", "attained → not attained"} <= {w.change for w in wrong}
    judged = judge_propositions(replace(theorem, propositions=tuple(w.proposition for w in wrong)))
    assert {statement.comparison.status for statement in judged} == {"refuted"}


def test_it_is_quick():
    prove(theorem)
    start = time.process_time()
    prove(theorem)
    assert time.process_time() - start < 1
