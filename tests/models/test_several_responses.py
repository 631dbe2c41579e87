"""Prompts with m responses to each covariate: losses, minima, training, certificates, and what is refused."""

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm, read_form, symbol_letter
from symicl.certificates.checkers import proof
from symicl.certificates.coordinates import recheck
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    reduce_weights,
    solve,
)
from symicl.statements.entrywise_prompts import instances
from symicl.tasks import NumpyDraws
from symicl.theory import broken_link

n, d, m = si.dims("n d m")
s = si.scalar("sigma2", nonnegative=True)


def law(size=m, rows=None, covariance=None):
    X = si.gaussian("X", (n, d), col_cov=covariance)
    x = si.gaussian("x", d, row_cov=covariance)
    W = si.gaussian("W", (size, d), row_cov=rows)
    E, e = si.gaussian("E", (n, size), col_cov=s), si.gaussian("e", (size, 1), row_cov=s)
    return si.GaussianRegression(X, x, responses=X * W.T + E, response=W * x + e)


TASK = law()
ETA = 1 / (n + d + 1 + s)
LEAST = m * (s + d * (d + 1 + s) * ETA)
MODELS = {
    "one step": si.OneStepGD(),
    "GD-beta": si.GDBeta(),
    "attention": si.Layers([si.Attention(merged=True)]),
    "heads": si.Layers([si.Residual(si.Heads(si.Attention(), 2))]),
    "block": si.Layers([si.Residual(si.Attention()), si.LinearMLP()]),
    "gates": si.Layers([si.Attention(merged=True, gates="diagonal")]),
}


@pytest.mark.parametrize("name", MODELS)
def test_every_model_attains_one_step_for_each_response(name):
    optimum = si.minimise(si.expected_loss(MODELS[name], TASK))
    assert optimum.attained == "weights" and optimum.symmetry in ("O(d)",)
    assert sympy.cancel(optimum.value - LEAST) == 0
    optimum.certificate  # noqa: B018
    (feature,) = optimum.features
    assert feature.function == read_form(TASK.direction.T * TASK.y.T * TASK.X * TASK.x).trace()
    assert sympy.cancel(feature.coefficient.expr - ETA) == 0


@pytest.mark.parametrize("name", MODELS)
def test_letters_entries_and_arrays_are_one_pass(name):
    assert broken_link(MODELS[name], TASK) == ""
    found = list(instances(TASK, MODELS[name]))[1:3]
    assert [sizes["m"] for sizes, *_ in found] == [2, 1] and found[0][0]["n"] == 1
    for _, _, exact, value in found:
        assert exact == value


def test_the_loss_is_the_squared_length_of_the_error():
    """The closed form at numbers against prompts in NumPy, whose m = 3 differs from n and d."""
    at = TASK.at(n=4, d=2, m=3, sigma2=1)
    Gamma = [[0.1, 0.05], [-0.02, 0.2]]
    sample = at.sample(200_000, NumpyDraws(1))
    error = si.OneStepGD().forward({"Gamma": np.array(Gamma)}, sample.prompt) - sample.target
    assert error.shape == (200_000, 3, 1)
    losses = (error**2).sum((1, 2))
    exact = float(si.expected_loss(si.OneStepGD(), TASK).at(n=4, d=2, m=3, sigma2=1)(Gamma=Gamma))
    assert abs(losses.mean() - exact) < 4 * losses.std() / len(losses) ** 0.5
    assert abs(exact / 3 - losses.mean()) > 1  # not that of one response


def test_a_number_of_responses_and_correlated_rows():
    two = si.minimise(si.expected_loss(si.OneStepGD(), law(2)))
    assert sympy.cancel(two.value - LEAST.subs(m, 2)) == 0
    S, H = si.covariance("S", m), si.covariance("H", d)
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), law(rows=S, covariance=H)))
    at = optimum.at(n=3, d=2, m=2, sigma2=1, S=[[2, 1], [1, 1]], H=[[1, 0], [0, 3]])
    tr, factor = (
        3,
        [3 * 4 * h + 4 * 3 + 2 for h in (1, 3)],
    )  # K = tr S [(n + 1) tr S · H + (tr H tr S + mσ²) I]⁻¹
    assert [at.coefficient[i, i] for i in range(2)] == [sympy.Rational(tr, f) for f in factor]
    assert at.coefficient[0, 1] == 0


def test_one_response_is_the_law_of_a_vector():
    one = si.minimise(si.expected_loss(MODELS["block"], si.LinearRegression()))
    assert sympy.cancel(one.value - LEAST.subs(m, 1)) == 0
    assert law(1).direction is None


def theorem(prediction=1, least=LEAST, model=MODELS["block"]):
    made = Theorem(
        id="mine.several_responses", title="t", paper=Paper("m", "M", "L", 2026, "none"), source="L",
        assumptions=("all that is drawn is isotropic",), task=TASK, model=model,
        propositions=(
            EveryMinimiser(prediction * ETA * TASK.direction.T * TASK.y.T * TASK.X * TASK.x), GlobalMinimum("loss"),
        ),
        states={"loss": least},
    )  # fmt: skip

    @made.derivation
    def derive(step):
        step.axiom("Stein's identity for centred Gaussians")
        reduce_weights(step, model, TASK)
        loss = derive_loss(step, model, TASK)
        optimum = solve(step, loss)
        certify(step, optimum)
        return {"loss": minimal_value(step, optimum)}

    return made


def test_a_theorem_is_proved_certified_and_recomputed_in_entries():
    verdict = si.prove(theorem(), record=True)
    assert verdict.status == "proved", verdict.reason
    lines, running = verdict.proof_log.splitlines(), proof.Checker()
    running.check(line.encode() + b"\n" for line in lines)
    assert set(running.stated) == {"loss"} and not running.asserted
    assert recheck(lines, [{"n": 1, "d": 2, "m": 3}, {"n": 2, "d": 1, "m": 1}]).facts


def test_gates_have_a_certificate_as_well():
    verdict = si.prove(theorem(model=si.Layers([si.Attention(merged=True, gates="full")])), record=True)
    assert verdict.status == "proved", verdict.reason
    running = proof.Checker()
    running.check(line.encode() + b"\n" for line in verdict.proof_log.splitlines())
    assert not running.asserted


@pytest.mark.parametrize(
    "wrong",
    [
        {"least": n * LEAST / m},
        {"least": LEAST / m},
        {"least": m * (s + d * (d + 2 + s) * ETA)},
        {"prediction": 2},
        {"prediction": m},
    ],
)
def test_wrong_versions_are_refuted(wrong):
    assert si.prove(theorem(**wrong)).status == "refuted"


class Peeking(si.Model):
    """A model that would see the direction."""

    def weight_shapes(self):
        return {"a": si.WeightShape(("m",), ("m",))}

    def forward(self, weights, prompt):
        v = type(prompt.query)([[ClosedForm.of(symbol_letter(TASK.direction))]])
        return weights["a"] @ v


class Named(si.Model):
    """A weight that is called like the direction."""

    def weight_shapes(self):
        return {"v": si.WeightShape(("m",), ("d",))}

    def forward(self, weights, prompt):
        return weights["v"] @ prompt.query


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Peeking(), "contains v, which is neither a weight nor a part of the prompt"),
        (Named(), "a parameter v, which is the direction"),
        (si.LinearSelfAttention(), "does not go with prompts of m responses"),
        (si.MultiHeadLinearAttention(2), "does not go with prompts of m responses"),
    ],
)
def test_what_does_not_go_together_is_refused(model, words):
    with pytest.raises(si.InputError, match=words):
        si.expected_loss(model, TASK)


def test_laws_that_do_not_fit_are_refused():
    X, x, W = TASK.X, TASK.x, si.gaussian("W", (m, d))
    with pytest.raises(si.InputError, match="response is"):
        si.GaussianRegression(X, x, responses=X * W.T, response=x.T * x)
    v = si.gaussian("v", (d, 1))
    with pytest.raises(si.InputError, match="v"):
        si.GaussianRegression(X, x, responses=X * W.T, response=W * v)


def test_training_reaches_the_minimum_and_contradicts_another():
    pytest.importorskip("torch")
    at = TASK.at(n=5, d=2, m=3, sigma2="1/2")
    run = si.train(si.OneStepGD(), at, seed=0, steps=30, batch=32, progress=False, minimum=LEAST)
    assert run.verdict == "confirmed" and run.samples == 30 * 32
    wrong = si.train(si.OneStepGD(), at, steps=5, batch=32, progress=False, minimum=LEAST * 101 / 100)
    assert wrong.verdict == "contradicted"
    with pytest.raises(si.InputError, match="does not go with prompts of m responses"):
        si.train(si.LinearSelfAttention(), at, progress=False, minimum=LEAST)


def test_the_formula_of_the_pass_has_its_letters_defined():
    passage = MODELS["block"].forward_pass(TASK)
    assert passage.formulas[0].startswith(r"\hat{y}_\theta = v^{\top} \left(P_{y}^{\top} W_{2}^{\top}")
    assert "P_{y}" in passage.where and any("d+m" in meaning for meaning in passage.where.values())
    assert "d+1" in str(MODELS["block"].forward_pass(si.LinearRegression()).where)
