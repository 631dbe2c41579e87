"""The expected loss over all parameters against explicit coordinates at small sizes, exact rationals."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy

import symicl as si
from oracle.prompts import draw, loss
from oracle.substitution import block_values, value_at
from oracle.theory_cases import MODELS, NEURONS, TASKS, attention, derived, numeric_task, setting, task_values
from symicl.tasks import MOMENTS
from symicl.theory import expected_loss

d, sigma2 = si.dims("d"), si.scalar("sigma2", nonnegative=True)
SIZES = [(1, 1), (3, 1), (1, 2), (3, 2)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", MODELS)
def test_the_loss_at_random_weights(model, task, size):
    closed_form = derived(model, task)
    _, make, options = MODELS[model]
    at = setting(task, size)
    effective, predict = make(at.d, 40, **options)
    prompt = draw(at)
    values = task_values(at)
    for name, blocks in closed_form.parameters.items():
        values |= block_values(blocks, effective[name])
    assert value_at(closed_form.expr, values) == loss(predict(prompt), prompt)


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("model", MODELS)
def test_numbers_from_the_start(model, size):
    """Integer sizes, 1 among them, and explicit covariances instead of symbols."""
    at = setting("prior mean", size)
    closed_form = expected_loss(MODELS[model][0], numeric_task("prior mean", size))
    _, make, options = MODELS[model]
    effective, predict = make(at.d, 40, **options)
    values = {}
    for name, blocks in closed_form.parameters.items():
        values |= block_values(blocks, effective[name])
    prompt = draw(at)
    assert value_at(closed_form.expr, values) == loss(predict(prompt), prompt)


@pytest.mark.slow
@pytest.mark.parametrize("model", ["attention", "attention, both", "transformer block"])
def test_the_loss_at_larger_sizes(model):
    for size in ((4, 3), (2, 4)):
        test_the_loss_at_random_weights(model, "prior mean", size)


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (2, 3)], ids=str)
@pytest.mark.parametrize("options", [{}, {"query_in_context": True}, {"skip": True}], ids=str)
@pytest.mark.parametrize("neuron", NEURONS)
def test_the_loss_for_a_random_neuron(neuron, options, size):
    """The engine knows the neuron by its moments alone; the coordinates know it as a polynomial."""
    closed_form = expected_loss(si.LinearSelfAttention(**options), si.RotationInvariantRegression())
    at = setting("isotropic", size)
    effective, predict = attention(at.d, 40, **options)
    prompt = draw(at, NEURONS[neuron])
    values = task_values(at)
    for name, moment in si.find_neuron(neuron).moments(d).items():
        values[MOMENTS[name]] = value_at(moment, values)
    for name, blocks in closed_form.parameters.items():
        values |= block_values(blocks, effective[name])
    assert value_at(closed_form.expr, values) == loss(predict(prompt), prompt)


def test_the_comparison_can_fail():
    closed_form = derived("attention", "prior mean")
    at = setting("prior mean", (3, 2))
    effective, predict = attention(at.d, 40)
    prompt = draw(at)
    values = task_values(at) | {sigma2: at.deviation**2 + 1}
    for name, blocks in closed_form.parameters.items():
        values |= block_values(blocks, effective[name])
    assert value_at(closed_form.expr, values) != loss(predict(prompt), prompt)


@pytest.mark.parametrize(
    ("law", "taken"),
    [
        ({"task_mean": si.vector("a", d)}, "a"),
        ({"task_mean": si.vector("g", d)}, "g"),
        ({"task_mean": si.vector("m", d)}, "m"),  # a block that meets the zero of the query token
        ({"task_cov": si.covariance("B", d)}, "B"),
        ({"noise": si.scalar("c", nonnegative=True)}, "c"),
        ({"covariate_cov": si.covariance("X", d)}, "X"),
    ],
    ids=str,
)
def test_a_law_that_uses_a_name_of_the_model_is_refused(law, taken):
    """Otherwise a task mean called a would be the parameter a, and the loss would be wrong without a word."""
    with pytest.raises(
        si.InputError, match=rf"contains {taken}, .*rename|^{taken} is the name of two things"
    ):
        expected_loss(si.LinearSelfAttention(), si.LinearRegression(**law))


def test_no_random_letter_is_left_in_a_loss():
    for noise in (0, Fraction(1, 3), sigma2 / 2, 2 * sympy.Symbol("s", nonnegative=True)):
        polynomial = expected_loss(si.LinearSelfAttention(), si.LinearRegression(noise=noise))
        names = {symbol.name for symbol in polynomial.expr.free_symbols}
        assert names <= {"n", "d", "a", "B", "c", "g", "sigma2", "s"}
