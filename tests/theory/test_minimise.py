"""The derived optimum against exact least squares over all features, in explicit coordinates."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

import symicl as si
from oracle.prompts import (
    Entries,
    attention_features,
    draw,
    gd_beta,
    gram,
    least_squares,
    loss,
    one_step,
)
from oracle.substitution import value_at
from oracle.theory_cases import MODELS, NEURONS, TASKS, derived, numeric_task, setting, task_values
from symicl.algebra import ClosedForm, closed_form, is_inverse_of_sum
from symicl.certificates.coordinates import matrices
from symicl.tasks import MOMENTS
from symicl.theory import attaining_weights, excess_identity, expected_loss, minimise, relaxation

d = si.dims("d")

FEATURES = {
    "attention": {},
    "attention, query in context": {"query": True},
    "attention, skip": {"skip": True},
    "attention, both": {"query": True, "skip": True},
    "GD beta": {"skip": True},
    "transformer block": {"skip": True},
    "transformer block, no residual": {},
    "transformer block, no mask": {"query": True, "skip": True},
}
# With a prior mean one head of attention cannot reproduce E[w]ᵀx and the query must not attend to itself.
NOT_ATTAINED = {
    (model, "prior mean")
    for model in (
        "attention",
        "attention, query in context",
        "attention, both",
        "one step",
        "transformer block, no residual",
        "transformer block, no mask",
    )
}
SOLVED = [(model, task) for model in MODELS for task in TASKS if (model, task) not in NOT_ATTAINED]
SIZES = [(1, 1), (1, 2), (3, 2)]


def features(model: str, prompt: Entries) -> list:
    if model == "one step":
        moments = gram(prompt)
        return [x * row[-1] for (x,) in prompt.query for row in moments[:-1]]
    return attention_features(prompt, **FEATURES[model])


@pytest.mark.parametrize(("model", "task"), SOLVED)
def test_the_minimal_loss_is_that_of_exact_least_squares(model, task):
    optimum = minimise(derived(model, task))
    for size in SIZES:
        at = setting(task, size)
        prompt = draw(at)
        _, best = least_squares(features(model, prompt), prompt)
        assert value_at(optimum.value, task_values(at)) == best


def predicted(model: str, parameters: dict, prompt: Entries):
    """The prediction from effective parameters, in coordinates."""
    if model == "one step":
        return one_step(parameters["Gamma"], prompt)
    if model == "GD beta":
        return gd_beta(parameters["beta"], parameters["Gamma"], prompt)
    block = model.startswith("transformer")
    last = [*prompt.query, [0]]
    query = FEATURES[model].get("query", False)
    left = matrices.product(matrices.transpose(parameters["u" if block else "w"]), gram(prompt, query=query))
    value = matrices.product(left, matrices.product(parameters["M"], last))[0][0]
    if block:
        value = value * Fraction(1, len(prompt.covariates))
    if "v" in parameters:
        value = value + matrices.product(matrices.transpose(parameters["v"]), last)[0][0]
    if "b" in parameters:
        value = value + matrices.product(matrices.transpose(parameters["b"]), prompt.query)[0][0]
    return value


@pytest.mark.parametrize(("model", "task"), SOLVED)
def test_the_stated_parameters_attain_the_minimal_loss(model, task):
    optimum = minimise(derived(model, task))
    at = setting(task, (3, 2))
    prompt = draw(at)
    values = task_values(at)
    parameters = {name: value_at(matrix, values) for name, matrix in optimum.parameters.items()}
    assert loss(predicted(model, parameters, prompt), prompt) == value_at(optimum.value, values)


@pytest.mark.parametrize(("model", "task"), SOLVED)
def test_weights_of_the_full_size_attain_it_too(model, task):
    optimum = minimise(derived(model, task))
    weights = attaining_weights(optimum)
    assert weights.keys() == optimum.loss.model.weight_shapes().keys()
    predictor = optimum.problem.predictor()
    computed = optimum.loss.task.centred(
        optimum.loss.model.forward(weights, optimum.loss.task.prompt()).single().trace()
    )
    assert closed_form(computed - predictor) == 0


@pytest.mark.parametrize(("model", "task"), SOLVED)
def test_the_certificate_holds(model, task):
    optimum = minimise(derived(model, task))
    assert optimum.certificate.distance
    if optimum.equation is None or optimum.equation.has_scalar_factor:
        assert excess_identity(optimum) == 0


@pytest.mark.parametrize(("model", "task"), sorted(NOT_ATTAINED))
def test_what_is_not_attained_is_called_a_lower_bound(model, task):
    bound = minimise(derived(model, task))
    assert bound.attained == "lower bound" and bound.certificate
    for size in SIZES:
        at = setting(task, size)
        prompt = draw(at)
        _, best = least_squares(features(model, prompt), prompt)
        assert value_at(bound.value, task_values(at)) <= best


@pytest.mark.parametrize("model", ["attention", "transformer block, no residual"])
def test_several_features_are_solved_for_together(model):
    """One head cannot set its features independently; that any number of heads can is what least squares computes."""
    bound = minimise(derived(model, "prior mean"))
    assert len(bound.problem.summands) >= 2
    for size in SIZES:
        at = setting("prior mean", size)
        prompt = draw(at)
        assert value_at(bound.value, task_values(at)) == least_squares(features(model, prompt), prompt)[1]


@pytest.mark.parametrize("model", ["attention, both", "transformer block, no mask"])
def test_the_relaxation_alone_is_below_what_any_weights_reach(model):
    """Its features x·(x xᵀ) and x·(Σ v vᵀ) have coefficients of their own, which no weights give."""
    at = setting("prior mean", (2, 2))
    prompt = draw(at)
    _, best = least_squares(features(model, prompt), prompt)
    assert value_at(relaxation(derived(model, "prior mean")).value, task_values(at)) < best


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (2, 2)], ids=str)
@pytest.mark.parametrize("neuron", NEURONS)
def test_random_neurons(neuron, size):
    optimum = minimise(expected_loss(si.LinearSelfAttention(), si.RotationInvariantRegression()))
    at = setting("isotropic", size)
    prompt = draw(at, NEURONS[neuron])
    values = task_values(at)
    for name, moment in si.find_neuron(neuron).moments(d).items():
        values[MOMENTS[name]] = value_at(moment, values)
    coefficients, best = least_squares(attention_features(prompt), prompt)
    assert value_at(optimum.value, values) == best
    step = value_at(optimum.coefficient, values)
    if at.d == 2:
        # x_j times (xx, xy), (xx, yy) … in the order of `attention_features`; only x_j·(X'y)_j is used.
        per_query = len(coefficients) // at.d
        assert [c for c in coefficients if c] == [step[0][0], step[1][1]]
        assert coefficients[2] == coefficients[per_query + 4] == step[0][0]


def test_the_optimum_of_the_isotropic_task():
    optimum = minimise(derived("attention", "isotropic"))
    n, sigma2 = si.dims("n"), si.scalar("sigma2", nonnegative=True)
    eta = 1 / (n + d + 1 + sigma2)
    assert (optimum.solution.scalar_multiple_of_identity().expr - eta).equals(0)
    assert (optimum.value - sigma2 - d * (d + 1 + sigma2) * eta).equals(0)


@pytest.mark.parametrize(("n", "d", "sigma2"), [(1, 2, 0), (4, 3, Fraction(1, 4)), (20, 5, 4)])
def test_exact_numbers_instead_of_symbols_give_the_same(n, d, sigma2):
    number = minimise(
        expected_loss(si.LinearSelfAttention(), si.LinearRegression(n=n, d=d, noise=sigma2))
    ).value
    N, D, S = Fraction(n), Fraction(d), Fraction(sigma2)
    assert Fraction(str(number)) == S + D * (D + 1 + S) / (N + D + 1 + S)


@pytest.mark.parametrize("model", MODELS)
def test_explicit_covariances_instead_of_symbols_give_the_same(model):
    optimum = minimise(expected_loss(MODELS[model][0], numeric_task("general prior", (3, 2))))
    prompt = draw(setting("general prior", (3, 2)))
    assert optimum.certificate
    assert value_at(optimum.value, {}) == least_squares(features(model, prompt), prompt)[1]


@pytest.mark.parametrize("size", [(3, 1), (1, 1)])
def test_a_coefficient_that_is_a_number(size):
    optimum = minimise(expected_loss(si.LinearSelfAttention(), numeric_task("general prior", size)))
    prompt = draw(setting("general prior", size))
    assert optimum.attained == "weights" and optimum.certificate
    assert value_at(optimum.value, {}) == least_squares(features("attention", prompt), prompt)[1]


def test_a_tampered_optimum_is_not_certified():
    """n + d + 2 for n + d + 1, a wrong sign, a wrong numerator, a wrong normal equation: all are refused."""
    optimum = minimise(derived("attention", "isotropic"))
    equation, solution = optimum.equation, optimum.solution
    unit = ClosedForm.identity(equation.factor.rows)
    larger = replace(equation, factor=equation.factor + unit)
    negative = replace(equation, right_side=equation.right_side * -1)
    tampered = {
        "n + d + 2": replace(optimum, solution=larger.solution),
        "n + d + 2 in both": replace(optimum, solution=larger.solution, equation=larger),
        "sign": replace(optimum, solution=-solution),
        "sign in both": replace(optimum, solution=negative.solution, equation=negative),
        "normal equation": replace(
            optimum,
            problem=replace(optimum.problem, normal_equation=optimum.problem.normal_equation * 2),
        ),
        "shifted normal equation": replace(
            optimum,
            problem=replace(optimum.problem, normal_equation=optimum.problem.normal_equation + unit),
        ),
        "value": replace(optimum, explained=optimum.explained * 2),
        "value without the noise": replace(optimum, target_power=optimum.target_power - 1),
        "another loss": replace(
            optimum,
            problem=replace(optimum.problem, loss=derived("attention, query in context", "isotropic")),
        ),
    }
    for name, wrong in tampered.items():
        with pytest.raises(si.DerivationError):
            print(name, wrong.certificate)
    assert optimum.certificate


def test_a_tampered_solution_with_the_inverse_of_a_sum_is_not_certified():
    optimum = minimise(derived("GD beta", "general prior"))
    equation, solution = optimum.equation, optimum.solution
    assert any(map(is_inverse_of_sum, solution.letters())) and not equation.has_scalar_factor
    unit = ClosedForm.identity(equation.factor.rows)
    for wrong in (solution * 2, -solution, replace(equation, factor=equation.factor + unit).solution):
        with pytest.raises(si.DerivationError, match="does not solve"):
            print(replace(optimum, solution=wrong).certificate)
    # K* = Ψ [(n + 1) H Ψ + τ I]⁻¹ is symmetric, in whatever form.
    assert optimum.certificate and replace(optimum, solution=solution.T).certificate
