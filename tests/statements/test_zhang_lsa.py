"""The gap of linear self-attention: numbers against independent computations, and against Monte Carlo."""

from fractions import Fraction

import numpy as np
import pytest

from symicl.proofs.zhang2024.lsa.one_head_at_numbers import gap_at_numbers
from symicl.statements import evaluate_theorem, find, task_values
from symicl.tasks import ScaledIdentity

GAP, BLOCK = find("zhang2024.lsa_gap"), find("zhang2024.ltb")
QUARTER = Fraction(1, 4)


def isotropic(n, d, sigma2, phi, beta):
    return {
        "n": n,
        "d": d,
        "sigma2": Fraction(sigma2),
        "H": ScaledIdentity(1),
        "Psi": ScaledIdentity(Fraction(phi)),
        "beta_star": beta,
    }


def values(given, digits=15):
    return {k: v["decimal"] for k, v in evaluate_theorem(GAP, given, digits=digits).values.items()}


def excess_by_projection(a, c, n, sigma2, Phi, beta):
    """R_LSA minimised over M at fixed u = (a, c), in residual coordinates with H = I, minus σ²."""
    d = len(beta)
    tau = np.trace(Phi) + sigma2
    m4 = tau**2 + 2 * np.trace(Phi @ Phi)
    N = (n + 1) / n * Phi + tau / n * np.eye(d)
    C = np.vstack([np.outer(a, beta) + c * Phi, (c * tau * beta + a @ Phi)[None]])
    corner = (n + 1) / n * np.outer(a, a) + a @ a / n * np.eye(d) + c**2 * N
    side = c * (tau * a + 2 / n * Phi @ a + N @ a)
    Q = np.block([[corner, side[:, None]], [side[None], np.array([[a @ N @ a + c**2 * (n + 2) / n * m4]])]])
    return np.trace(Phi) + beta @ beta - np.trace(C.T @ np.linalg.solve(Q, C))


def best_by_search(n, sigma2, Phi, beta, rng, starts=12):
    """Its minimum over u by many local searches with shrinking random steps."""
    d, best = len(beta), np.inf
    for start in range(starts):
        u = rng.normal(size=d + 1)
        if start == 0:
            u = np.append(beta, 1.0)
        value, width = excess_by_projection(u[:d], u[d], n, sigma2, Phi, beta), 1.0
        while width > 1e-9:
            moved = u + width * rng.normal(size=d + 1)
            new = excess_by_projection(moved[:d], moved[d], n, sigma2, Phi, beta)
            if new < value:
                u, value = moved, new
                width *= 1.5
            else:
                width *= 0.93
        best = min(best, value)
    return best


@pytest.mark.parametrize(
    ("n", "d", "sigma2", "phi", "beta"),
    [
        (4, 1, "1/2", 1, [5]),
        (20, 2, "1/4", 1, [1, 1]),
        (3, 3, "2", "1/3", [2, -1, 1]),
        (1, 2, "1/10", 2, [0, 3]),
    ],
)
def test_one_head_is_as_good_as_the_best_found_by_search(n, d, sigma2, phi, beta):
    given = isotropic(n, d, sigma2, phi, beta)
    block = evaluate_theorem(BLOCK, given).values["risk"]["decimal"]
    s2, phi = float(Fraction(sigma2)), float(Fraction(phi))
    found = best_by_search(n, s2, phi * np.eye(d), np.array(beta, dtype=float), np.random.default_rng(3)) + s2
    assert block + values(given)["single_head_gap"] == pytest.approx(found, rel=1e-8)


def general(n, sigma2, H, Psi, beta):
    return {"n": n, "sigma2": Fraction(sigma2), "H": H, "Psi": Psi, "beta_star": beta}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            general(
                3, "3/10", [[Fraction(3, 2), Fraction(2, 5)], [Fraction(2, 5), Fraction(4, 5)]],
                [[2, Fraction(7, 10)], [Fraction(7, 10), Fraction(1, 2)]], [1, -2],
            ),
            1.251989,
        ),
        (general(2, 0, [[1, 0], [0, 1]], [[3, 0], [0, 1]], [3, 3]), 9.250523),
    ],
)  # fmt: skip
def test_one_head_for_any_prior(given, expected):
    got = values(given)
    assert got["single_head_gap"] == pytest.approx(expected, abs=5e-7)
    assert got["lower_bound"] < got["single_head_gap"] < min(got["upper_bound"], got["gd_0_gap"])


@pytest.mark.parametrize(
    ("Psi", "beta"),
    [
        ([[2, 1], [1, 1]], [1, -2]),
        ([[1, 1], [1, 1]], [2, 1]),  # singular
        ([[2, 0], [0, 1]], [0, 3]),  # nothing of the mean in one eigenspace
        ([[2, 0, 0], [0, 2, 0], [0, 0, 1]], [1, 2, 1]),  # a double eigenvalue
    ],
)
def test_one_head_for_any_prior_is_as_good_as_the_best_found_by_search(Psi, beta):
    size = len(beta)
    given = general(4, "1/2", np.eye(size, dtype=int).tolist(), Psi, beta)
    block = evaluate_theorem(BLOCK, given).values["risk"]["decimal"]
    rng = np.random.default_rng(3)
    found = (
        best_by_search(4, 0.5, np.array(Psi, dtype=float), np.array(beta, dtype=float), rng, starts=20) + 0.5
    )
    assert block + values(given)["single_head_gap"] == pytest.approx(found, rel=1e-7)


def test_the_two_ways_to_one_head_agree_and_more_digits_continue_the_number():
    given = isotropic(3, 2, "1/2", 1, [1, 2])
    read, _ = task_values(GAP, given)
    assert float(gap_at_numbers(read, 20)) == pytest.approx(values(given)["single_head_gap"], rel=1e-14)
    skew = general(4, "1/2", [[1, 0], [0, 1]], [[2, 1], [1, 1]], [1, -2])
    few, many = values(skew, digits=20)["single_head_gap"], values(skew, digits=60)["single_head_gap"]
    assert many.startswith(few[:-1]) and len(many) > 55


@pytest.mark.parametrize("seed", range(4))
def test_both_lower_bounds_hold_for_covariances_that_are_not_multiples_of_each_other(seed):
    rng = np.random.default_rng(seed)
    d, n = 2, int(rng.integers(1, 6))
    root = rng.integers(-3, 4, size=(d, d))
    Psi = (root @ root.T).tolist()
    beta = rng.integers(1, 4, size=d).tolist()
    given = {"n": n, "sigma2": QUARTER, "H": ScaledIdentity(1), "Psi": Psi, "beta_star": beta}
    got = evaluate_theorem(GAP, given).values
    best = best_by_search(n, 0.25, np.array(Psi, dtype=float), np.array(beta, dtype=float), rng)
    gap = best + 0.25 - evaluate_theorem(BLOCK, given).values["risk"]["decimal"]
    assert gap >= got["lower_bound"]["decimal"] - 1e-9
    assert gap >= got["multi_head_gap"]["decimal"] - 1e-9


def test_published_values_and_digits():
    ones = values(isotropic(20, 5, "1/4", 1, [1] * 5))
    assert ones["single_head_gap"] + 121 / 84 == pytest.approx(2.2628, abs=5e-5)
    tens = values(isotropic(20, 5, "1/4", 1, [10] * 5))
    assert tens["single_head_gap"] + 121 / 84 == pytest.approx(49.7431, abs=5e-5)
    assert values(isotropic(2000, 5, "1/4", 1, [1] * 5))["single_head_gap"] * 2000 / 5 == pytest.approx(
        5.93, abs=5e-3
    )
    # d = 1: at a small prior mean one head is as good as many, at a large one it is not.
    small, large = (values(isotropic(4, 1, "1/2", 1, [b])) for b in (1, 5))
    assert small["single_head_gap"] == pytest.approx(0.325843, abs=5e-7)
    assert small["single_head_gap"] == pytest.approx(small["multi_head_gap"], rel=1e-14)
    assert large["single_head_gap"] / 25 == pytest.approx(0.331417, abs=5e-7)


def test_more_digits_continue_the_same_number():
    given = isotropic(20, 5, "1/4", 1, [10] * 5)
    few, many = values(given, digits=20)["single_head_gap"], values(given, digits=60)["single_head_gap"]
    assert many.startswith(few[:-1])


def test_what_is_not_known_is_said():
    given = isotropic(20, 4, "1/4", 1, [1, 1, 0, 0]) | {"Psi": np.diag([1, 2, 3, 4]).tolist()}
    result = evaluate_theorem(GAP, given)
    assert result.values["single_head_gap"] == {"exact": None, "decimal": None}
    assert "4 distinct eigenvalues" in result.notes[0]
    noiseless = evaluate_theorem(GAP, isotropic(20, 5, 0, 0, [1] * 5))
    assert noiseless.values["multi_head_gap"]["exact"] == "5/51"
    assert any("r = 0" in note for note in noiseless.notes)
    assert set(values(isotropic(20, 5, "1/4", 1, [0] * 5)).values()) == {0}


H = np.array([[2.0, 1.0, 0.0], [1.0, 3.0, -1.0], [0.0, -1.0, 1.0]])
PSI = np.array([[1.0, -0.5, 0.25], [-0.5, 2.0, 0.0], [0.25, 0.0, 0.5]])
BETA = np.array([1.0, -2.0, 0.5])
N_TOKENS, SIGMA2, DRAWS = 5, 0.5, 400_000


def rational(array):
    return [[Fraction(float(x)) for x in row] for row in np.atleast_2d(array)]


@pytest.fixture(scope="module")
def prompts():
    rng = np.random.default_rng(11)
    X = rng.normal(size=(DRAWS, N_TOKENS, 3)) @ np.linalg.cholesky(H).T
    w = BETA + rng.normal(size=(DRAWS, 3)) @ np.linalg.cholesky(PSI).T
    noise = SIGMA2**0.5 * rng.normal(size=(DRAWS, N_TOKENS))
    y = np.einsum("bij,bj->bi", X, w) + noise
    return X, w, y


def given():
    beta = [Fraction(x) for x in BETA]
    return {
        "n": N_TOKENS,
        "sigma2": Fraction(1, 2),
        "H": rational(H),
        "Psi": rational(PSI),
        "beta_star": beta,
    }


def test_gd_beta_agrees_with_monte_carlo(prompts):
    """E(f − y)² of the evaluated β and Γ; the query is integrated out: σ² + E‖w − estimate‖²_H."""
    X, w, y = prompts
    got = evaluate_theorem(find("zhang2024.gd_beta"), given()).values
    beta, Gamma = np.ravel(got["beta"]["decimal"]), np.array(got["Gamma"]["decimal"])
    step = np.einsum("bij,bi->bj", X, y - X @ beta) / N_TOKENS
    error = w - beta - step @ Gamma.T
    losses = SIGMA2 + np.einsum("bi,ij,bj->b", error, H, error)
    deviation = losses.std() / DRAWS**0.5
    assert abs(losses.mean() - got["risk"]["decimal"]) < 5 * deviation
    assert deviation < 0.005 * got["risk"]["decimal"]
    # Nearby matrices are worse, by more than can be chance.
    for factor in (0.8, 1.2):
        other = w - beta - step @ (factor * Gamma).T
        difference = np.einsum("bi,ij,bj->b", other, H, other) - (losses - SIGMA2)
        assert difference.mean() > 5 * difference.std() / DRAWS**0.5


def test_the_gap_of_many_heads_agrees_with_regression_on_samples(prompts):
    """κ is the residual of regressing 1 on the entries of XᵀX and rᵀr."""
    X, _, y = prompts
    r = y - X @ BETA
    gram = np.einsum("bij,bik->bjk", X, X)[:, *np.triu_indices(3)]
    features = np.column_stack([gram, np.einsum("bi,bi->b", r, r)])
    coefficients, *_ = np.linalg.lstsq(features, np.ones(DRAWS), rcond=None)
    kappa = np.mean((1 - features @ coefficients) ** 2)
    expected = evaluate_theorem(GAP, given()).values["multi_head_gap"]["decimal"] / (BETA @ H @ BETA)
    assert kappa == pytest.approx(expected, rel=0.01)
    wrong = 2 / (2 + (N_TOKENS + 1) * 3)  # n + 1 in place of n
    assert abs(kappa - expected) < 0.1 * abs(wrong - expected)
