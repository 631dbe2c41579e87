"""The steps of the gap of linear self-attention refuse what is slightly wrong, and its bounds hold in numbers."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symicl.algebra import limit_at_infinity, read_form
from symicl.errors import DerivationError
from symicl.models import MultiHeadLinearAttention
from symicl.proofs.zhang2024.lsa import any_prior, upper_bounds
from symicl.proofs.zhang2024.lsa import best_direction as best
from symicl.proofs.zhang2024.lsa.gap_on_a_line import gap_on_a_line, s
from symicl.proofs.zhang2024.lsa.one_head import A, normalise, one_head, t
from symicl.proofs.zhang2024.lsa.parity import split_by_parity
from symicl.proofs.zhang2024.lsa.universal_bound import N, b2
from symicl.proofs.zhang2024.lsa.whole_bound import for_all_weights
from symicl.proofs.zhang2024.setting import task
from symicl.statements import LeastOverHeads, Recorder, evaluate_theorem, find, prove
from symicl.statements.statements import judge_propositions
from symicl.theory import expected_loss

GAP = find("zhang2024.lsa_gap")
A_, T = read_form(A), read_form(t)


@pytest.fixture(scope="module")
def derived():
    """The split, the risk and the profile of one head at Ψ = φH⁻¹."""
    step = Recorder()
    split, risk = split_by_parity(step, expected_loss(MultiHeadLinearAttention(), task))
    return split, risk, one_head(step, risk, split)


@pytest.fixture
def step():
    recorder = Recorder()
    recorder("a step")
    return recorder


def test_an_end_of_the_interval_is_best_only_where_the_value_is_affine(derived, step):
    split, _, profile = derived
    best.ends_of_the_interval(step, profile, split.a)
    with pytest.raises(DerivationError, match="is the mean of those"):
        best.ends_of_the_interval(step, profile + T**2, split.a)


def test_a_pole_is_not_overlooked(derived, step):
    _, _, profile = derived
    best.denominators_are_positive(step, profile)
    for wrong in (profile / (A_ - 1), profile / (A_**2 + 1)):
        with pytest.raises(DerivationError):
            best.denominators_are_positive(step, wrong)


@pytest.mark.parametrize(
    "wrong", [lambda gap: gap + 1, lambda gap: gap * 2, lambda gap: gap + 1 / read_form(s)]
)
def test_the_limit_is_that_of_a_head_without_the_responses(derived, step, wrong):
    split, risk, profile = derived
    gap = gap_on_a_line(profile, split.gd_beta)
    best.attained_at_infinity(step, gap, risk, split)
    moved = wrong(gap)
    if limit_at_infinity(moved, s) == limit_at_infinity(gap, s):
        return
    with pytest.raises(DerivationError):
        best.attained_at_infinity(step, moved, risk, split)


def test_scaling_needs_a_head_and_not_a_sum_with_its_square(derived, step):
    split, risk, _ = derived
    normalise(step, risk, split)
    for wrong in (risk + split.c, risk + (split.a.T @ split.a).trace() / split.c):
        with pytest.raises(DerivationError):
            normalise(step, wrong, split)


def test_the_prior_mean_is_taken_out_of_the_rows_that_are_derived(derived, step):
    split, risk, _ = derived
    rows = any_prior.rows_of(risk, split)
    any_prior.prior_mean_taken_out(step, rows)
    k, eta = any_prior.y, any_prior.eta
    for wrong in (
        replace(rows, weight=rows.weight + 1),
        replace(rows, q=rows.q + eta**2),
        replace(rows, q=rows.q + (k.T @ k).trace()),
        replace(rows, risk=rows.risk + (rows.g.T @ rows.g).trace()),
    ):
        with pytest.raises(DerivationError):
            any_prior.prior_mean_taken_out(step, wrong)
    with pytest.raises(DerivationError, match="other terms"):
        any_prior.coefficients(replace(rows, q=rows.q + eta * 3))


def test_what_a_rotation_would_change_is_not_left_to_the_lengths(derived, step):
    split, risk, _ = derived
    rows = any_prior.rows_of(risk, split)
    any_prior.along_the_prior_mean(step, rows)
    a, b, k = rows.a, any_prior.b, any_prior.y
    for wrong, message in (
        (replace(rows, weight=rows.weight + (b.T @ a).trace()), "and $w$"),
        (replace(rows, q=rows.q + (b.T @ k).trace() ** 2), "so is"),
        (replace(rows, risk=rows.risk + (any_prior.e.T @ rows.g).trace()), "is the same at"),
    ):
        with pytest.raises(DerivationError, match=message.replace("$", "[$]")):
            any_prior.along_the_prior_mean(step, wrong)
    odd = replace(rows, q=rows.q + (k.T @ any_prior.Phi @ any_prior.Phi @ k).trace())
    with pytest.raises(DerivationError, match="other terms"):
        any_prior.along_the_prior_mean(step, odd)


def test_the_coordinates_in_which_covariates_are_standard(derived, step):
    split, risk, _ = derived
    any_prior.whitened(step, risk, split)
    with pytest.raises(DerivationError):
        any_prior.whitened(step, risk + (split.a.T @ split.a).trace(), split)


def test_no_weight_of_the_responses_but_the_best_is_taken(derived, step):
    split, _, _ = derived
    upper_bounds.constant_from_the_responses(step, split)
    shifted = replace(split, even_risk=split.even_risk + split.c * (split.g.T @ split.g).trace())
    with pytest.raises(DerivationError):
        upper_bounds.constant_from_the_responses(step, shifted)


@pytest.mark.parametrize("name", ["upper_bound", "gd_0_gap"])
def test_wrong_upper_bounds_are_refuted(name):
    stated = {**GAP.states, name: GAP.states[name].subs(task.n, task.n + 1)}
    assert prove(replace(GAP, states=stated)).status == "refuted"


def of_heads():
    (place,) = (k for k, p in enumerate(GAP.propositions) if isinstance(p, LeastOverHeads))
    return place, GAP.propositions[place]


def test_the_least_risk_over_any_number_of_heads_is_a_proposition():
    place, said = of_heads()
    derivation = GAP.derive()
    assert not GAP.wording
    judged = judge_propositions(GAP, derivation)[place]
    assert judged.comparison.status == "proved"
    assert judged.text.endswith("and d + 1 heads attain it.")
    d = task.d
    for change, wrong, status in (
        *((change, wrong, "refuted") for change, wrong in said.wrong_versions()),
        ("more heads", replace(said, heads=d + 2), "proved"),
        ("one less", replace(said, heads=d), "undecided"),
    ):
        (statement,) = judge_propositions(replace(GAP, propositions=(wrong,)), derivation)
        assert statement.comparison.status == status, change
    (alone,) = judge_propositions(replace(GAP, propositions=(said,)))
    assert alone.comparison.status == "undecided"


def test_heads_that_miss_something_else_conclude_nothing():
    (true,) = (p for p in GAP.derive().concluded if isinstance(p, LeastOverHeads))
    proof = true.proof
    x, beta = read_form(task.x), read_form(task.task_mean)
    for changed, message in (
        ({"best": proof.best * 2}, "it is not this value"),
        ({"single": ()}, "as many as the vectors of a basis"),
        ({"basis": proof.single[0], "single": (proof.basis,)}, "quadratic forms in its vectors"),
    ):
        with pytest.raises(DerivationError, match=message):
            replace(true, proof=replace(proof, **changed)).verify(())
    other = replace(proof, best=(beta.T @ x).trace())
    with pytest.raises(DerivationError, match="orthogonal to the prediction of a head"):
        replace(true, value=other.loss, proof=other).verify(())
    with pytest.raises(DerivationError, match="it is not this value"):
        replace(true, attained=False).verify(())


def excess_of_descent(H, second, n, noise):
    """Σ h(s) over the eigenvalues of H^½ S H^½."""
    root = np.linalg.cholesky(H)
    s = np.linalg.eigvalsh(root.T @ second @ root)
    total = s.sum() + noise
    return float(np.sum(s * (s + total) / ((n + 1) * s + total)))


@pytest.mark.parametrize("seed", range(4))
def test_the_upper_bounds_in_numbers(seed):
    rng = np.random.default_rng(seed)
    d, n = int(rng.integers(1, 4)), int(rng.integers(1, 6))
    root, other = rng.integers(-2, 3, size=(2, d, d))
    H, Psi, beta = root @ root.T + np.eye(d, dtype=int), other @ other.T, rng.integers(-2, 3, size=d)
    given = {
        "n": n,
        "sigma2": Fraction(1, 3),
        "H": H.tolist(),
        "Psi": Psi.tolist(),
        "beta_star": beta.tolist(),
    }
    got = {k: v["decimal"] for k, v in evaluate_theorem(GAP, given).values.items()}
    best_of_gd_beta = excess_of_descent(H, Psi, n, 1 / 3)
    descent = excess_of_descent(H, Psi + np.outer(beta, beta), n, 1 / 3)
    assert got["gd_0_gap"] == pytest.approx(descent - best_of_gd_beta, rel=1e-9, abs=1e-12)
    # The best multiple of rᵀr for the constant 1, from its first two moments.
    mean, norm = np.trace(H @ Psi) + 1 / 3, beta @ H @ beta
    square = n * (n + 2) * (mean**2 + 2 * np.trace(H @ Psi @ H @ Psi))
    assert got["upper_bound"] == pytest.approx((1 - (n * mean) ** 2 / square) * norm, rel=1e-9, abs=1e-12)
    least = max(got["lower_bound"], got["multi_head_gap"])
    assert least <= min(got["upper_bound"], got["gd_0_gap"]) + 1e-12


def test_without_noise_and_spread_the_bounds_are_those_of_the_limit():
    given = {"n": 20, "sigma2": 0, "H": [[2, 1], [1, 3]], "Psi": [[0, 0], [0, 0]], "beta_star": [1, -1]}
    got = evaluate_theorem(GAP, given).values
    assert got["upper_bound"]["exact"] == got["gd_0_gap"]["exact"] == "3/11"


def test_the_bound_over_all_weights_adds_up_for_no_other_constant(step):
    loss = expected_loss(MultiHeadLinearAttention(), task)
    split, _ = split_by_parity(step, loss)
    bound = b2 / (N + 1)
    for_all_weights(step, loss, split, bound)
    for wrong in (b2 / N, bound * 2, bound + 1):
        with pytest.raises(DerivationError, match="the terms that are not negative add up to"):
            for_all_weights(step, loss, split, wrong)
