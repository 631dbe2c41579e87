"""What the derivations of Mahankali, Hashimoto, Ma show beside the optimum, and wrong versions that they refuse."""

from dataclasses import replace

import flint
import pytest
import sympy
from sympy import Identity, Inverse

from proved import derivation_of
from symicl.algebra import ClosedForm, inverse_of, letter_of, read_form
from symicl.errors import DerivationError
from symicl.numeric import evaluate
from symicl.proofs.mahankali2023 import isotropic, preconditioned
from symicl.proofs.mahankali2023.parts import minimisers
from symicl.proofs.mahankali2023.parts.ridge import (
    Ridge,
    matrix_of_expectations,
    posterior_mean,
    ratio_of_expectations,
)
from symicl.statements import Recorder, prove
from symicl.statements.statements import judge_propositions
from symicl.theory import expected_loss, minimise

n, d, sigma2 = isotropic.n, isotropic.d, isotropic.sigma2


def heard():
    step = Recorder()
    step("what checks are attached to", name="squares")
    return step


def test_the_ridge_estimator_gives_the_step_size_in_symbols():
    ratio = ratio_of_expectations(
        heard(), posterior_mean(heard(), isotropic.task), Identity(d), read_form(isotropic.step_size)
    )
    assert ratio == read_form(1 / (n + d + 1 + sigma2))


@pytest.mark.parametrize("wrong", [n + d + sigma2, n + d + 2, n + d + 1 - sigma2, n + d + 1 + 2 * sigma2])
def test_another_step_size_is_refused(wrong):
    with pytest.raises(DerivationError, match="step size of the optimum"):
        ratio_of_expectations(heard(), Ridge(isotropic.task), Identity(d), read_form(1 / wrong))


@pytest.mark.parametrize("task", [isotropic.task, preconditioned.task, preconditioned.general])
def test_another_regularisation_is_not_the_posterior_mean(monkeypatch, task):
    right = Ridge.__init__

    def doubled(ridge, task):
        right(ridge, task)
        ridge.T = ridge.X.T @ ridge.X + read_form(Inverse(task.task_cov).doit()) * read_form(2 * task.noise)
        ridge.estimate = inverse_of(ridge.T) @ ridge.X.T @ ridge.y

    monkeypatch.setattr(Ridge, "__init__", doubled)
    with pytest.raises(DerivationError, match="uncorrelated"):
        posterior_mean(heard(), task)
    with pytest.raises(DerivationError, match="for fixed"):
        matrix_of_expectations(heard(), Ridge(task), minimise(expected_loss(isotropic.model, task)))


def test_the_preconditioner_of_the_ratio_is_the_inverse_covariance():
    ridge, rate = Ridge(preconditioned.task), read_form(preconditioned.eta)
    assert ratio_of_expectations(heard(), ridge, Inverse(preconditioned.Sigma), rate) == rate
    with pytest.raises(DerivationError, match="step size of the optimum"):
        ratio_of_expectations(heard(), ridge, Identity(d), rate)


def test_the_coefficient_of_a_general_prior_is_no_other():
    optimum = minimise(expected_loss(preconditioned.model, preconditioned.general))
    matrix_of_expectations(heard(), Ridge(preconditioned.general), optimum)
    for wrong in ({"factor": optimum.equation.factor * 2}, {"right_side": optimum.equation.right_side * 2}):
        with pytest.raises(DerivationError, match="this step does not hold"):
            matrix_of_expectations(
                heard(),
                Ridge(preconditioned.general),
                replace(optimum, equation=replace(optimum.equation, **wrong)),
            )


@pytest.fixture(scope="module")
def optimum():
    return minimise(expected_loss(isotropic.model, isotropic.task))


def test_a_distance_that_does_not_vanish_there_is_refused(optimum):
    blocks, distance = minimisers.Blocks(optimum), optimum.certificate.distance
    minimisers.conversely(heard(), optimum, distance, blocks)
    with pytest.raises(DerivationError, match="conversely"):
        minimisers.conversely(heard(), optimum, distance + blocks.c * blocks.c, blocks)


@pytest.mark.parametrize("name", ["Delta", "p", "q", "eta"])
def test_the_identity_behind_one_head_needs_each_of_its_terms(optimum, name):
    blocks = minimisers.Blocks(optimum)
    minimisers.one_head(heard(), blocks)
    setattr(blocks, name, getattr(blocks, name) * 2)
    with pytest.raises(DerivationError, match="the identity"):
        minimisers.one_head(heard(), blocks)


def test_another_distance_is_no_sum_of_these_squares(optimum):
    blocks, distance = minimisers.Blocks(optimum), optimum.certificate.distance
    with pytest.raises(DerivationError, match="sum of these parts"):
        minimisers.sum_of_squares(heard(), optimum, distance + minimisers.norm2(blocks.a), blocks)


def test_in_one_dimension_other_weights_have_distance_zero(optimum):
    """d = 1, a = s, B = c = 0, g = η/s: the minimisers that are stated are all of them for d ≥ 2 alone."""
    blocks, eta = minimisers.Blocks(optimum), sympy.Rational(2, 3)
    sizes = {n: sympy.Integer(4), d: sympy.Integer(1), sigma2: sympy.Rational(1, 2)}

    def distance(a, B, c, g):
        values = {blocks.c.expr: sympy.Rational(c), symbol_of(optimum.problem.unknown): one_by_one(eta)}
        for block, number in ((blocks.a, a), (blocks.B, B), (blocks.g, g)):
            values[symbol_of(letter_of(block))] = one_by_one(number)
        return evaluate(optimum.certificate.distance.expr, sizes | values)

    assert distance(0, eta / 3, 3, 0) == distance(3, 0, 0, eta / 3) == 0
    assert distance(3, 0, 0, eta / 2) > 0


def symbol_of(a):
    return ClosedForm.of(a).expr


def one_by_one(number):
    number = sympy.Rational(number)
    return flint.fmpq_mat([[flint.fmpq(int(number.p), int(number.q))]])


@pytest.mark.parametrize("theorem", [isotropic.theorem, preconditioned.theorem])
def test_the_theorems_are_proved_and_state_the_ratio(theorem):
    verdict = prove(theorem)
    assert verdict.proved
    assert verdict.comparisons["ratio_of_expectations"].proved


def test_in_one_dimension_there_are_more_minimisers():
    """For d = 1 weights with c = 0, B = 0 and ga = η are minimisers, too."""
    theorem, place = isotropic.theorem, 2
    said = theorem.propositions[place]
    derivation = derivation_of(theorem.id)
    (statement,) = judge_propositions(replace(theorem, propositions=(said,)), derivation)
    assert statement.comparison.status == "proved"
    assert statement.text.startswith(
        "If d > 1, the loss has its least value L⋆ exactly where a = 0, g = 0 and c B ="
    )
    (without,) = judge_propositions(replace(theorem, propositions=(replace(said, given=()),)), derivation)
    assert without.comparison.status != "proved"
