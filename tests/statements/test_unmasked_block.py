"""Without the mask no block attains R*: each step refuses what is slightly wrong, and a search finds nothing lower."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.models import GDBeta, LinearTransformerBlock
from symicl.proofs.zhang2024.block import unmasked
from symicl.proofs.zhang2024.ltb import explicit_weights
from symicl.proofs.zhang2024.setting import task
from symicl.statements import Recorder
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise, relaxation


@pytest.fixture(scope="module")
def masked():
    return minimise(expected_loss(LinearTransformerBlock(), task))


@pytest.fixture(scope="module")
def loss():
    return expected_loss(LinearTransformerBlock(mask=False), task)


@pytest.fixture
def step():
    recorder = Recorder()
    recorder("a step", name="explicit")
    return recorder


@pytest.fixture(scope="module")
def found(loss):
    recorder = Recorder()
    recorder("a step", name="explicit")
    return unmasked.by_degree(recorder, loss, relaxation(loss))


def test_the_argument_as_it_is(step, masked):
    unmasked.without_mask(step, masked, explicit_weights)
    assert len(step.steps) == 8 and len(step.axioms) == 3
    first = next(k for k, one in enumerate(step.steps) if one.name == "four parts")
    assert all(one.checks for one in step.steps[first:])


def test_the_bound_is_that_of_the_same_law_and_no_other(step, loss):
    law = {"covariate_cov": task.covariate_cov, "task_cov": task.task_cov, "task_mean": task.task_mean}
    noisier = LinearRegression(noise=1, **law)
    with pytest.raises(DerivationError):
        unmasked.is_a_bound(step, relaxation(loss), minimise(expected_loss(GDBeta(), noisier)))


def test_with_the_mask_the_query_has_no_part_of_its_own(step, masked):
    with pytest.raises(DerivationError, match="is their sum"):
        unmasked.by_degree(step, expected_loss(LinearTransformerBlock(), task), masked)


@pytest.mark.parametrize("name", ["constant", "covariates", "mixed", "responses"])
def test_a_part_that_vanishes_elsewhere_is_noticed(step, found, name):
    unmasked.mean_squares(step, found)
    wrong = {**found.parts, name: found.parts[name] * 2}
    with pytest.raises(DerivationError):
        unmasked.mean_squares(step, replace(found, parts=wrong))


def test_what_need_not_vanish_is_not_said_to(found):
    _, _, third, fourth = unmasked.means_of_squares(found.b, found.a, found.B, found.B, found.g)
    unmasked.vanishes_only_where("third", third, found.B)
    for terms, zero in ((third[:1], found.B), (third, found.a), (fourth[3:], found.g), (fourth[:1], found.g)):
        with pytest.raises(DerivationError, match="may vanish although"):
            unmasked.vanishes_only_where("a part", terms, zero)


def test_a_query_that_leaves_no_trace_is_no_contradiction(step, found, masked):
    step("two steps", name="four parts")
    step("and three", name="fifth part")
    for wrong in (found.parts["query"] * 0, found.parts["query"] * 2):
        other = replace(found, parts={**found.parts, "query": wrong})
        with pytest.raises(DerivationError):
            unmasked.the_query_alone(step, other)
        with pytest.raises(DerivationError):
            unmasked.contradiction(step, other, masked)


def test_weights_that_attain_it_somewhere_else_are_refused(step):
    def weights(beta, Gamma):
        return explicit_weights(beta + beta @ beta.T @ beta, Gamma + ClosedForm.identity(Gamma.rows))

    unmasked.where_it_is_attained(step, explicit_weights)
    with pytest.raises(DerivationError, match="the same with and without"):
        unmasked.where_it_is_attained(step, weights)


NUMBERS = {"n": 2, "d": 2, "sigma2": Fraction(1, 2), "H": [[2, 1], [1, 1]]}


@pytest.mark.parametrize(
    ("Psi", "beta", "above"),
    [
        ([[1, 0], [0, 2]], [1, -1], True),
        ([[1, 1], [1, 1]], [1, 2], True),
        ([[1, 0], [0, 2]], [0, 0], False),
        ([[0, 0], [0, 0]], [1, -1], False),
    ],
)
def test_what_a_search_finds(Psi, beta, above):
    """Sampled normal equations of v and M at fixed u, over many u: the best of them against R*."""
    rng = np.random.default_rng(5)
    H, Psi, beta = (
        np.array(NUMBERS["H"], dtype=float),
        np.array(Psi, dtype=float),
        np.array(beta, dtype=float),
    )
    draws, length, noise = 40_000, NUMBERS["n"], 0.5
    root = np.linalg.cholesky(H)
    covariates = rng.normal(size=(draws, length, 2)) @ root.T
    query = rng.normal(size=(draws, 2)) @ root.T
    spread = rng.multivariate_normal(np.zeros(2), Psi, size=draws)
    responses = np.einsum("bij,bj->bi", covariates, beta + spread) + noise**0.5 * rng.normal(
        size=(draws, length)
    )
    target = np.einsum("bi,bi->b", query, beta + spread)
    tokens = np.concatenate([covariates, responses[..., None]], axis=2)
    own = np.concatenate([query, np.zeros((draws, 1))], axis=1)
    gram = np.einsum("bij,bik->bjk", tokens, tokens) + np.einsum("bj,bk->bjk", own, own)

    def risk(u):
        read = (gram @ u)[:, :, None] * query[:, None, :] / length
        features = np.concatenate([query, read.reshape(draws, -1)], axis=1)
        rest = target - features @ np.linalg.lstsq(features, target, rcond=None)[0]
        return rest @ rest / draws

    attained = risk(np.append(-beta, 1.0))
    candidates = [np.append(-beta, 1.0), *rng.normal(size=(25, 3))]
    least = min(map(risk, candidates))
    errors = spread - (
        np.einsum("bij,bi->bj", covariates, responses - covariates @ beta) @ best_step(H, Psi, length, noise)
    )
    bound = np.mean(np.einsum("bi,bi->b", query, errors) ** 2)
    if above:
        assert least > 1.02 * bound
    else:
        assert attained == pytest.approx(bound, rel=0.01)


def best_step(H, Psi, length, noise):
    """(K*)ᵀ = ((n+1)ΨH + τI)⁻¹Ψ."""
    level = np.trace(H @ Psi) + noise
    return np.linalg.solve((length + 1) * Psi @ H + level * np.eye(2), Psi)
