"""Prompts of several blocks of tokens, such as those of several tasks: symbolic lengths, one coefficient for all."""

import numpy as np
import pytest
import sympy

import symicl as si
from own_theorem import deriving_the_least_loss, own_theorem
from symicl.algebra import symbol_letter
from symicl.certificates.checkers import proof
from symicl.certificates.coordinates import recheck
from symicl.statements import EveryMinimiser, GlobalMinimum
from symicl.statements.entrywise_prompts import instances
from symicl.tasks import NumpyDraws
from symicl.theory import broken_link
from symicl.theory.lift import lift

p, q, d = si.dims("p q d")
s = si.scalar("sigma2", nonnegative=True)
X1, X2, x = si.gaussian("X_1", (p, d)), si.gaussian("X_2", (q, d)), si.gaussian("x", d)
w1, w2 = si.gaussian("w_1", d), si.gaussian("w_2", d)
E1, E2, e = (
    si.gaussian("E_1", p, row_cov=s),
    si.gaussian("E_2", q, row_cov=s),
    si.gaussian("e", (1, 1), row_cov=s),
)


def Q(value):
    return sympy.Rational(int(value.p), int(value.q))


def law(second=w2, noise=1):
    return si.GaussianRegression(
        si.stack([X1, X2]),
        x,
        responses=si.stack([X1 * w1 + noise * E1, X2 * second + noise * E2]),
        response=w1.T * x + noise * e,
    )


TASK = law()
ETA = p / (p**2 + q**2 + (p + q) * (d + 1 + s))
LEAST = d + s - d * p * ETA
MODELS = {
    "one step": si.OneStepGD(),
    "GD-beta": si.GDBeta(),
    "attention": si.LinearSelfAttention(),
    "query in context": si.LinearSelfAttention(query_in_context=True),
    "block": si.Layers([si.Residual(si.Attention()), si.LinearMLP()]),
    "heads": si.Heads(si.OneStepGD(), 2),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_prompt_of_two_tasks(name):
    optimum = si.minimise(si.expected_loss(MODELS[name], TASK))
    assert optimum.attained == "weights" and sympy.cancel(optimum.value - LEAST) == 0
    optimum.certificate  # noqa: B018


@pytest.mark.parametrize("name", MODELS)
def test_letters_entries_and_arrays_are_one_pass(name):
    assert broken_link(MODELS[name], TASK) == ""
    found = list(instances(TASK, MODELS[name]))
    assert {(sizes["p"], sizes["q"]) for sizes, *_ in found} == {(1, 2), (2, 1)}
    for _, _, exact, value in found:
        assert exact == value


def test_blocks_of_one_task_are_a_longer_prompt():
    one = si.minimise(si.expected_loss(si.LinearSelfAttention(), law(second=w1)))
    whole = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))
    assert sympy.cancel(one.value - whole.value.subs(si.dims("n"), p + q)) == 0


def test_the_features_of_all_blocks_are_one():
    problem = lift(si.expected_loss(si.OneStepGD(), TASK))
    assert len(problem.parts) == 1 and len(problem.active.others) == 1 and not problem.orthogonal
    assert len(lift(si.expected_loss(si.LinearSelfAttention(), TASK)).parts) == 3  # as with one block


class Untied(si.Model):
    """A step for each block, which its place tells apart: the features have different coefficients."""

    def weight_shapes(self):
        square = si.WeightShape(("d",), ("d",))
        return {"A": square, "B": square}

    def forward(self, weights, prompt):
        cut = type(prompt.covariates) if hasattr(prompt.covariates, "grid") else None
        parts = [
            cut([[whole.grid[k][0]] for k in ks]) if cut else None
            for whole in (prompt.covariates, prompt.responses)
            for ks in ((0,), (1,))
        ]
        first = si.transpose(parts[0]) @ parts[2]
        second = si.transpose(parts[1]) @ parts[3]
        return si.transpose(prompt.query) @ (weights["A"] @ first + weights["B"] @ second)


def test_different_coefficients_are_not_tied():
    """Whoever tells the tasks apart reads the block of the query alone: the loss of a prompt of p tokens."""
    parts = lift(si.expected_loss(Untied(), TASK)).parts
    assert len(parts) == 2 and not any(feature.others for feature in parts)
    alone = si.minimise(si.expected_loss(Untied(), TASK))
    shorter = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression()))
    assert sympy.cancel(alone.value - shorter.value.subs(si.dims("n"), p)) == 0
    assert alone.value.subs({p: 3, q: 2, d: 2, s: 1}) < LEAST.subs({p: 3, q: 2, d: 2, s: 1})


class Weighed(Untied):
    """One weight for both blocks, but another function of it for each."""

    def __init__(self, second):
        self.second = second

    def weight_shapes(self):
        return {"A": si.WeightShape(("d",), ("d",))}

    def forward(self, weights, prompt):
        return super().forward({"A": weights["A"], "B": self.second(weights["A"])}, prompt)


@pytest.mark.parametrize("second", [si.transpose, lambda A: A * 2, lambda A: A @ A])
def test_other_functions_of_one_weight_are_not_tied(second):
    """What is derived bounds the loss of all weights from below, and is no minimum unless weights are found."""
    loss = si.expected_loss(Weighed(second), TASK)
    assert not any(feature.others for feature in lift(loss).parts)
    bound, at = si.minimise(loss), {"p": 3, "q": 2, "d": 2, "sigma2": 1}
    assert bound.attained == "lower bound"
    least = bound.at(**at).value
    for scale in (sympy.Rational(1, 9), sympy.Rational(1, 5)):
        assert loss.at(**at)(A=[[scale, 0], [0, scale]]) >= least


def test_a_covariance_for_each_block():
    H, G = si.covariance("H", d), si.covariance("G", d)
    A, B, z = (
        si.gaussian("X_1", (p, d), col_cov=H),
        si.gaussian("X_2", (q, d), col_cov=G),
        si.gaussian("x", d),
    )
    task = si.GaussianRegression(si.stack([A, B]), z, responses=si.stack([A * w1, B * w1]), response=w1.T * z)
    loss = si.expected_loss(si.OneStepGD(), task)
    numbers = {"p": 2, "q": 3, "d": 2, "H": [[1, 0], [0, 2]], "G": [[3, 0], [0, 1]]}
    optimum = si.minimise(loss).at(**numbers)
    at, K = loss.at(**numbers), [[Q(optimum.coefficient[i, j]) for j in (0, 1)] for i in (0, 1)]
    assert at(Gamma=K) == optimum.value
    for i, j in ((0, 0), (0, 1), (1, 1)):
        moved = [
            [K[a][b] + (sympy.Rational(1, 50) if (a, b) == (i, j) else 0) for b in (0, 1)] for a in (0, 1)
        ]
        assert at(Gamma=moved) > optimum.value


def test_the_sampler_stacks_the_blocks():
    sample = TASK.at(p=3, q=2, d=2, sigma2=0).sample(5, NumpyDraws(0))
    assert sample.prompt.covariates.shape == (5, 5, 2) and sample.prompt.responses.shape == (5, 5, 1)
    solved = [
        np.linalg.lstsq(X[:3], y[:3], rcond=None)[0]
        for X, y in zip(sample.prompt.covariates, sample.prompt.responses, strict=True)
    ]
    np.testing.assert_allclose(
        [(w.T @ z).item() for w, z in zip(solved, sample.prompt.query, strict=True)],
        sample.target.ravel(),
        rtol=1e-8,
    )


def theorem(eta=ETA, least=LEAST, second=1, model=MODELS["attention"]):
    Y1, Y2 = (block.y for block in TASK.blocks)
    every = EveryMinimiser(eta * x.T * (X1.T * Y1 + second * X2.T * Y2))
    made = own_theorem(every, GlobalMinimum("loss"), task=TASK, model=model, states={"loss": least})
    return deriving_the_least_loss(made)


def test_a_theorem_is_proved_certified_and_recomputed_in_entries():
    verdict = si.prove(theorem(model=si.OneStepGD()), record=True)
    assert verdict.status == "proved", verdict.reason
    lines, running = verdict.proof_log.splitlines(), proof.Checker()
    running.check(line.encode() + b"\n" for line in lines)
    assert set(running.stated) == {"loss"} and not running.asserted
    assert recheck(lines, [{"p": 1, "q": 2, "d": 1}]).facts


@pytest.mark.parametrize(
    "wrong",
    [
        {"least": LEAST.subs({p: q, q: p}, simultaneous=True)},
        {"least": d + s - d * q * ETA},
        {"eta": p / (p**2 + q**2 + (p + q) * (d + 2 + s))},
        {"second": 2},
        {"second": 0},
    ],
)
def test_wrong_versions_are_refuted(wrong):
    assert si.prove(theorem(**wrong)).status == "refuted"


def test_training_reaches_the_minimum_and_other_lengths():
    pytest.importorskip("torch")
    at = TASK.at(p=4, q=3, d=2, sigma2="1/2")
    run = si.train(si.OneStepGD(), at, steps=30, batch=32, progress=False, minimum=LEAST)
    assert run.verdict == "confirmed"
    assert run.under(TASK.at(p=2, q=9, d=2, sigma2="1/2")).verdict == "confirmed"


def test_training_contradicts_a_minimum_that_is_too_high():
    pytest.importorskip("torch")
    at = TASK.at(p=4, q=3, d=2, sigma2="1/2")
    run = si.train(si.OneStepGD(), at, steps=5, batch=32, progress=False, minimum=LEAST * 101 / 100)
    assert run.verdict == "contradicted"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: law_of(X1 * w1), "stacked of blocks of p, q examples"),
        (lambda: law_of(si.stack([X2 * w1, X1 * w1])), "stacked of blocks of p, q examples"),
        (lambda: law_of(si.stack([X1 * w1, E2]), si.stack([X1, si.matrix("A", (q, d))])), "X is A"),
        (lambda: law_of(X1 * w1, si.beside([X1, X1])), "stand below each other"),
        (lambda: si.expected_loss(si.Layers([si.Attention(merged=True, gates="full")]), TASK), "leave gates out"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(make, words):
    with pytest.raises(si.InputError, match=words):
        make()


def law_of(responses, covariates=None):
    stacked = si.stack([X1, X2]) if covariates is None else covariates
    return si.GaussianRegression(stacked, x, responses=responses, response=w1.T * x)


def test_the_letters_of_the_setting_are_defined():
    where = TASK.setting().where
    assert where["n"].startswith("$=p + q$") and where["p"] == "is a number of examples"
    assert symbol_letter(TASK.blocks[0].X) == symbol_letter(X1)
