"""The heads that a prior mean needs: pins, exact losses at weights, all subspaces, wrong versions, refusals."""

import itertools
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from scipy.optimize import minimize
from sympy import Rational, Trace

import symicl as si
from symicl.statements import evaluate_theorem, find
from symicl.theory.heads.forms import HeadForms, check_forms, head_forms, is_positive
from symicl.theory.heads.proof import check_threshold
from symicl.theory.heads.weights import _basis, _gram

n, d = si.dims("n d")
psi, sigma2, mu = si.scalar("psi", positive=True), si.scalar("sigma2", nonnegative=True), si.vector("mu", d)
TASK = si.LinearRegression(task_mean=mu, task_cov=psi * sympy.Identity(d))
ONE = {"n": 3, "d": 2, "psi": 1, "sigma2": 1}
TWO = {"n": 5, "d": 3, "psi": "4/5", "sigma2": "1/2"}


def count():
    return si.head_count(TASK)


# --- in symbols ------------------------------------------------------------------------------------------

DELTA = (
    d**3 * n * psi**2 + d**2 * n**2 * psi**2 + d**2 * n * psi**2 + 2 * d**2 * n * psi * sigma2 + 2 * d**2 * psi**2
    + 2 * d * n * psi**2 + d * n * sigma2**2 + 2 * d * psi**2 + 4 * d * psi * sigma2 + n * sigma2**2 + 2 * sigma2**2
)  # fmt: skip
C2, C4 = sigma2 / DELTA, psi / (d * psi + n * psi + psi + sigma2)
C3 = (d**2 * psi**2 + d * n * psi**2 + d * psi**2 + 2 * d * psi * sigma2 - psi * sigma2 + sigma2**2) / DELTA


def test_the_threshold_and_the_gap_of_all_heads():
    assert sympy.cancel(count().threshold - C4**2 / (4 * C2 * C3)) == 0
    r = Trace(mu.T * mu)
    gap = 2 * r * (C3 * DELTA + psi * sigma2) / DELTA
    assert sympy.cancel(count().gap - gap) == 0
    clean = si.LinearRegression(task_mean=mu, task_cov=psi * sympy.Identity(d), noise=0)
    assert si.head_count(clean).threshold == sympy.oo
    assert sympy.cancel(si.head_count(clean).gap - 2 * r / (d * n + 2)) == 0
    assert "∞" in str(si.head_count(clean)) and r"\infty" in si.head_count(clean).latex()
    with pytest.raises(si.UnsupportedError, match="infinite"):
        si.head_count(clean).closed_form  # noqa: B018


def test_the_gap_is_that_of_the_theorem():
    values = {"n": 3, "sigma2": Rational(1, 2), "H": [[1, 0], [0, 1]], "Psi": [[3, 0], [0, 3]]}
    stated = evaluate_theorem(find("zhang2024.lsa_gap"), values | {"beta_star": [1, 2]}).values
    at = count().at(n=3, d=2, psi=3, sigma2=Rational(1, 2), mu=[1, 2])
    assert str(at.gaps[3]) == stated["multi_head_gap"]["exact"]
    assert float(at.gaps[1]) == pytest.approx(stated["single_head_gap"]["decimal"], rel=1e-12)


def test_the_proof_checks_its_identities():
    proof = count().proof
    assert len(proof.steps) == 8 and len(proof.axioms) == 3
    assert "d − 1 heads never do" in str(proof)


@pytest.mark.parametrize("name", ["c2", "c3", "c4", "kappa", "a", "bb", "along"])
def test_wrong_forms_are_refused(name):
    forms = head_forms()
    check_forms(forms)
    with pytest.raises(si.DerivationError, match="normal equations"):
        check_forms(replace(forms, **{name: getattr(forms, name) * 2}))


@pytest.mark.parametrize("factor", [2, Fraction(1, 4), Fraction(101, 100)])
def test_a_wrong_threshold_is_refused(factor):
    forms = head_forms()
    check_threshold(forms, forms.threshold)
    with pytest.raises(si.DerivationError, match="stated threshold"):
        check_threshold(forms, forms.threshold * factor)


def test_what_is_not_positive_is_not_seen_to_be():
    from symicl.algebra import read_form
    from symicl.theory.heads.forms import NOISE, PSI, D

    for expression, expected in [
        (D * PSI + NOISE, True),
        (D * PSI - NOISE, False),
        (NOISE, False),
        (PSI - NOISE, False),
        ((D - 1) * PSI + NOISE, False),
        (PSI**2 / (PSI + NOISE), True),
        (PSI + NOISE**2 + PSI**2, False),
    ]:
        assert is_positive(read_form(expression)) == expected


# --- at numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("values", "threshold"), [(ONE, 6.161033), (TWO, 31.957838)])
def test_the_count(values, threshold):
    at = count().at(**values, norm2=0)
    size = values["d"]
    assert float(at.threshold) == pytest.approx(threshold, abs=5e-7) and at.needed == 1
    assert set(at.gaps.values()) == {0} and list(at.gaps) == list(range(1, size + 2))
    for share, needed in [(Rational(1, 100), size), (1, size), (Rational(101, 100), size + 1)]:
        at = count().at(**values, norm2=share * at.threshold)
        assert at.needed == needed
        gaps = list(at.gaps.values())
        assert all(a > b for a, b in itertools.pairwise(gaps[:needed]))
        assert gaps[needed - 1] == gaps[-1] and gaps[-1].is_Rational


def test_without_noise():
    at = count().at(n=3, d=2, psi=1, sigma2=0, norm2=2)
    assert at.gaps[3] == Rational(1, 2) and at.needed == 2 and at.threshold == sympy.oo
    assert "threshold=inf" in repr(at)


@pytest.mark.parametrize(
    ("heads", "mean"), [(1, [1, 2]), (2, [1, 1]), (2, [-2, Rational(9, 5)]), (3, [2, 2])]
)
def test_weights_attain_the_table_by_their_exact_loss(heads, mean):
    """Rational weights near the best ones: their exact loss is the table's but for rounding, and not below it."""
    at = count().at(**ONE, mu=mean)
    loss = si.expected_loss(si.MultiHeadLinearAttention(heads), TASK).at(**ONE, mu=mean)
    weights = {k: [[Fraction(float(x)) for x in row] for row in v] for k, v in at.weights(heads).items()}
    assert abs(float(loss(**weights) - at.losses[heads])) < 1e-18
    away = {k: [[x * Fraction(101, 100) for x in row] for row in v] for k, v in weights.items()}
    assert loss(**away) > at.losses[heads] + Rational(1, 10**5)
    best = si.minimise(si.expected_loss(si.GDBeta(), TASK)).at(**ONE, mu=mean).value
    assert abs(float(best + at.gaps[heads] - at.losses[heads])) < 1e-18


def test_all_heads_reach_the_bound_that_several_features_give():
    bound = si.minimise(si.expected_loss(si.MultiHeadLinearAttention(2), TASK))
    assert bound.attained == "lower bound"
    assert bound.at(**ONE, mu=[1, 2]).value == count().at(**ONE, mu=[1, 2]).losses[3]


def test_the_table_as_latex():
    text = count().at(**ONE, norm2=2).latex()
    assert r"1 & 0.835263122590" in text and r"2 & \frac{68}{139}\approx 0.489208633094" in text


def test_more_heads_than_needed_and_no_mean():
    at = count().at(**ONE, mu=[0, 0])
    weights = at.weights(3)
    assert list(weights) == ["u_1", "M_1", "u_2", "M_2", "u_3", "M_3"] and not weights["u_2"].any()
    loss = si.expected_loss(si.MultiHeadLinearAttention(1), TASK).at(**ONE, mu=[0, 0])
    exact = {k: [[Fraction(float(x)) for x in row] for row in v] for k, v in at.weights(1).items()}
    assert float(loss(**exact)) == pytest.approx(float(at.losses[1]), abs=1e-15)


def least_over_spaces(values, norm2, heads):
    """By descent over all spaces of dimension d + 1 − heads, from random ones."""
    size = values["d"]
    law = [sympy.sympify(Rational(values[k])) for k in ("n", "d", "psi", "sigma2")]
    forms: HeadForms = head_forms().with_law(*law)
    value = {name: float(form.expr) for name, form in vars(forms).items()}
    basis = _basis(size + 1)
    inverse = np.linalg.inv(_gram(basis, value))
    targets = []
    for k in range(size):
        target = np.zeros((size + 1, size + 1))
        target[k, size] = target[size, k] = value["c4"] / 2
        if k == 0:
            target += norm2**0.5 * np.diag([value["c3"]] * size + [value["c2"]])
        targets.append(target)

    def gap(entries):
        space, _ = np.linalg.qr(entries.reshape(size + 1, size + 1 - heads))
        rows, cols = np.triu_indices(size + 1 - heads)
        at_space = np.array([(space.T @ e @ space)[rows, cols] for e in basis]).T
        wanted = np.array([(space.T @ t @ space)[rows, cols] for t in targets])
        return np.sum(wanted * np.linalg.solve(at_space @ inverse @ at_space.T, wanted.T).T)

    draws = np.random.default_rng(heads)
    starts = draws.normal(size=(4, (size + 1) * (size + 1 - heads)))
    return min(minimize(gap, start, method="BFGS").fun for start in starts) + value["kappa"] * norm2


@pytest.mark.parametrize(
    ("values", "norm2", "heads"),
    [(ONE, 2, 1), (ONE, 7, 2), (TWO, 20, 1), (TWO, 20, 2), (TWO, 33, 3), (TWO | {"d": 4}, 40, 2)],
)
def test_no_space_is_better_than_those_of_the_table(values, norm2, heads):
    certified = count().at(**values, norm2=norm2).gaps[heads]
    assert least_over_spaces(values, norm2, heads) == pytest.approx(float(certified), rel=1e-9)


@pytest.mark.parametrize(("share", "is_enough"), [(0.99, True), (1.1, False)])
def test_the_threshold_by_descent(share, is_enough):
    norm2 = share * 6.161033
    rest = float(count().at(**ONE, norm2=Fraction(norm2)).gaps[3])
    assert (least_over_spaces(ONE, norm2, 2) < rest + 1e-9) == is_enough


def test_unmasked_heads_have_another_gap():
    """All features that are invariant under rotations that fix μ; by convexity the best of all heads is among them."""
    X, x = si.gaussian("X", (n, d)), si.gaussian("x", (d, 1))
    w, e = si.gaussian("w", (d, 1), mean=mu), si.gaussian("epsilon", (n, 1))
    y, along = X * w + e, Trace(mu.T * x)

    def at_numbers(scalar):
        found = si.expect(scalar)
        return found.xreplace(dict.fromkeys(found.atoms(Trace), 2)).subs({n: 3, d: 2})

    def least(S):
        features = [along * Trace(S), Trace(mu.T * S * x), along * Trace(mu.T * S * mu), Trace(x.T * X.T * y)]
        features += [along * Trace(mu.T * X.T * y), along * Trace(y.T * y)]
        gram = sympy.Matrix(6, 6, lambda i, j: at_numbers(features[i] * features[j]) if i <= j else 0)
        gram = gram + gram.T - sympy.diag(*gram.diagonal())
        right = sympy.Matrix([at_numbers(f * Trace(w.T * x)) for f in features])
        # At d = 2 one feature is a combination of the others.
        weights = gram.pinv() * right
        assert gram * weights == right
        return at_numbers(Trace(w.T * x) ** 2) - (right.T * weights)[0]

    best = si.minimise(si.expected_loss(si.GDBeta(), TASK)).at(**ONE, mu=[1, 1]).value - 1
    assert least(X.T * X) - best == count().at(**ONE, mu=[1, 1]).gaps[3] == Rational(68, 139)
    assert float(least(X.T * X + x * x.T) - best) == pytest.approx(0.4566, abs=5e-5)


# --- refusals --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task", "kind", "words"),
    [
        ("LinearRegression", si.InputError, "takes a si.LinearRegression"),
        (
            si.LinearRegression(covariate_cov=si.covariance("H", d)),
            si.UnsupportedError,
            "isotropic covariates",
        ),
        (
            si.LinearRegression(task_cov=si.covariance("Psi", d)),
            si.UnsupportedError,
            "multiple of the identity",
        ),
        (si.LinearRegression(task_cov=sigma2 * sympy.Identity(d)), si.InputError, "positive=True"),
    ],
)
def test_other_laws(task, kind, words):
    with pytest.raises(kind, match=words):
        si.head_count(task)


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ({}, "no value is given for mu"),
        ({"mu": [1, 2], "norm2": 3}, "mu is not an input"),
        ({"norm2": -1}, "negative"),
        ({"mu": [1, 2, 3]}, "must be 2×1"),
    ],
)
def test_numbers_that_do_not_fit(numbers, words):
    with pytest.raises(si.InputError, match=words):
        count().at(**ONE, **numbers)


@pytest.mark.parametrize("digits", [0, -3, "many", True, 10**6])
def test_numbers_of_digits(digits):
    with pytest.raises(si.InputError, match="digits is"):
        count().at(**ONE, norm2=1, digits=digits)


def test_a_length_stands_for_a_mean_that_is_not_known():
    """Not for one that is, and the variance may stand in the mean as well."""
    prior = psi * sympy.Identity(d)
    two = si.LinearRegression(d=2, task_mean=sympy.ImmutableMatrix([1, 2]), task_cov=psi * sympy.Identity(2))
    for task in (si.LinearRegression(task_cov=prior), two):
        numbers = {name: value for name, value in ONE.items() if name != "d" or task is not two}
        with pytest.raises(si.InputError, match="norm2 cannot stand for it"):
            si.head_count(task).at(**numbers, norm2=3)
    scaled = si.head_count(si.LinearRegression(task_mean=psi * si.vector("mu", d), task_cov=prior))
    assert scaled.at(**ONE, norm2=5).gaps == count().at(**ONE, norm2=5).gaps


@pytest.mark.parametrize("heads", [0, -1, True, 1.5, "2"])
def test_numbers_of_heads(heads):
    with pytest.raises(si.InputError, match="heads is"):
        count().at(**ONE, norm2=1).weights(heads)
