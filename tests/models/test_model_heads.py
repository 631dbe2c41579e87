"""Heads of a whole model: the sum of copies with weights of their own."""

import copy
import pickle
from dataclasses import replace

import numpy as np
import pytest
import sympy

import symicl as si
from own_theorem import deriving_the_least_loss, own_theorem
from symicl.certificates.checkers import proof
from symicl.statements import GlobalMinimum
from symicl.statements.entrywise_prompts import instances
from symicl.theory import broken_link

TASK = si.LinearRegression()
n, d, s = TASK.n, TASK.d, TASK.noise
ONE_STEP = s + d * (d + 1 + s) / (n + d + 1 + s)
INSIDE = {
    "one step": si.OneStepGD(),
    "attention": si.LinearSelfAttention(),
    "block": si.LinearTransformerBlock(),
    "initial guess": si.InitialGuessAttention(),
    "layers": si.Layers([si.Residual(si.Attention())]),
    "two heads": si.MultiHeadLinearAttention(2),
}
PRIOR = si.LinearRegression(
    task_mean=si.vector("mu", d), task_cov=si.scalar("psi", positive=True) * sympy.Identity(d), noise=s
)


@pytest.mark.parametrize("name", INSIDE)
def test_a_sum_of_heads_has_the_minimum_of_one(name):
    model = si.Heads(INSIDE[name], 2)
    optimum = si.minimise(si.expected_loss(model, TASK))
    assert optimum.attained == "weights" and sympy.cancel(optimum.value - ONE_STEP) == 0
    optimum.certificate  # noqa: B018


@pytest.mark.parametrize("name", INSIDE)
def test_letters_entries_and_arrays_are_one_pass(name):
    model = si.Heads(INSIDE[name], 2)
    assert broken_link(model, TASK) == ""
    for _, _, exact, value in list(instances(TASK, model))[:2]:
        assert exact == value


def test_the_forward_pass_is_the_sum_and_no_multiple():
    inside, model = si.LinearSelfAttention(), si.Heads(si.LinearSelfAttention(), 3)
    source = np.random.default_rng(2)
    weights = {name: source.normal(size=size) for name, size in model.weight_sizes(d=2).items()}
    prompt = TASK.at(n=4, d=2, sigma2=1).sample(2, si.tasks.NumpyDraws(0)).prompt
    heads = [{name: weights[f"{name}_{h}"] for name in inside.weight_shapes()} for h in (1, 2, 3)]
    outs = [inside.forward(w, prompt) for w in heads]
    np.testing.assert_allclose(model.forward(weights, prompt), sum(outs), rtol=1e-12)
    assert not np.allclose(model.forward(weights, prompt), 3 * outs[0])


@pytest.mark.parametrize("heads", [si.Heads(si.Attention(), 2), si.Heads(si.OneStepGD(), 2)])
def test_heads_are_copied_and_changed(heads):
    assert pickle.loads(pickle.dumps(heads)) == copy.copy(heads) == heads
    number = "count" if isinstance(heads, si.Part) else "heads"
    assert len(replace(heads, **{number: 3}).weight_shapes()) == len(heads.weight_shapes()) * 3 // 2


def test_one_copy_is_the_model():
    one = si.Heads(si.OneStepGD(), 1)
    assert one.weight_shapes() == si.OneStepGD().weight_shapes()


@pytest.mark.parametrize("inside", [si.MultiHeadLinearAttention(), INSIDE["layers"]])
def test_a_prior_mean_needs_as_many_as_multi_head_attention(inside):
    shipped = si.minimise(si.expected_loss(si.MultiHeadLinearAttention(2), PRIOR))
    bound = si.minimise(si.expected_loss(si.Heads(inside, 2), PRIOR))
    assert bound.attained == "lower bound" and bound.heads == d + 1
    assert sympy.cancel(bound.value - shipped.value) == 0


def test_the_weights_of_a_head_count_are_those_of_heads():
    numbers = {"n": 4, "d": 2, "psi": 1, "sigma2": 1}
    count = si.head_count(PRIOR).at(mu=[2, 1], **numbers)
    loss = si.expected_loss(si.Heads(si.MultiHeadLinearAttention(), 2), PRIOR).at(mu=[2, 1], **numbers)
    assert float(loss(**count.weights(2))) == pytest.approx(float(count.losses[2]), rel=1e-9)
    one = si.expected_loss(si.MultiHeadLinearAttention(), PRIOR).at(mu=[2, 1], **numbers)
    assert float(count.losses[1]) > float(count.losses[2]) + 0.1
    assert float(one(**count.weights(1))) == pytest.approx(float(count.losses[1]), rel=1e-9)


def theorem(least):
    model = si.Heads(si.OneStepGD(), 2)
    made = own_theorem(GlobalMinimum("loss"), task=TASK, model=model, states={"loss": least})
    return deriving_the_least_loss(made)


def test_a_theorem_on_heads_is_proved_certified_and_its_wrong_versions_refuted():
    verdict = si.prove(theorem(ONE_STEP), record=True)
    assert verdict.status == "proved", verdict.reason
    running = proof.Checker()
    running.check(line.encode() + b"\n" for line in verdict.proof_log.splitlines())
    assert not running.asserted
    for wrong in (ONE_STEP / 2, ONE_STEP + s, s + d * (d + 1 + s) / (2 * n + d + 1 + s)):
        assert si.prove(theorem(wrong)).status == "refuted"


def test_heads_are_trained():
    pytest.importorskip("torch")
    at, model = TASK.at(n=4, d=2, sigma2="1/2"), si.Heads(si.OneStepGD(), 2)
    run = si.train(model, at, steps=30, batch=32, progress=False, minimum=ONE_STEP)
    assert run.verdict == "confirmed" and set(run.weights) == {"Gamma_1", "Gamma_2"}
    wrong = si.train(model, at, steps=5, batch=32, progress=False, minimum=ONE_STEP * 99 / 100)
    assert wrong.verdict == "contradicted"


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: si.Heads(si.CausalLinearAttention(), 2), si.UnsupportedError, "reads sequences"),
        (lambda: si.Heads(si.OneStepGD(), 0), si.InputError, "positive integer"),
        (lambda: si.Heads(si.OneStepGD(), True), si.InputError, "positive integer"),
        (lambda: si.Heads("attention", 2), si.InputError, "Heads takes parts"),
        (lambda: si.Residual(si.OneStepGD()), si.InputError, "Residual takes parts"),
        (lambda: si.Layers([si.Heads(si.OneStepGD(), 2)]), si.InputError, "Layers takes parts"),
    ],
)
def test_what_is_no_head_is_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()
