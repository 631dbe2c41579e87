"""Linear regression under declared laws: derived optima, samplers against the exact loss, training, refusals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy
from sympy.matrices.expressions import OneMatrix, Trace

import symicl as si
from checker.conftest import checker  # noqa: F401
from symicl.algebra import read_form
from symicl.cli.app import run
from symicl.errors import InputError, UnsupportedError
from symicl.numeric import evaluate, exact_matrix
from symicl.tasks import NumpyDraws

n, d = si.dims("n d")
q, kappa, alpha = si.scalar("q", positive=True), si.scalar("kappa", positive=True), si.scalar("alpha")
s, mu, S, R = (
    si.scalar("sigma2", nonnegative=True),
    si.vector("mu", d),
    si.covariance("S", d),
    si.covariance("R", n),
)
one, K = OneMatrix(n, 1), si.matrix("K", (d, d))

LAWS = {
    "sphere": ({"covariates": si.sphere("X", (n, d))}, {}),
    "elliptical": ({"covariates": si.elliptical("X", (n, d), cov=S, fourth=q)}, {"S": [[2, 1], [1, 3]], "q": 2}),
    "signs": ({"covariates": si.rademacher("X", (n, d))}, {}),
    "kurtosis": ({"covariates": si.independent_entries("X", (n, d), fourth=kappa)}, {"kappa": 5}),
    "mean of covariates": ({"covariates": si.gaussian("X", (n, d), mean=one * mu.T)}, {"mu": [1, -2]}),
    "test apart": ({"test": si.gaussian("x", d, row_cov=S)}, {"S": [[2, 1], [1, 3]]}),
    "heteroscedastic": ({"noise": si.gaussian("epsilon", n, row_cov=R)}, {"R": [[1, 0, 0], [0, 2, 0], [0, 0, 4]]}),
    "correlated rows": (
        {"covariates": si.gaussian("X", (n, d), row_cov=R), "test": si.gaussian("x", d)},
        {"R": [[2, 1, 0], [1, 2, 1], [0, 1, 2]]},
    ),
    "leaning": (
        {"covariates": alpha * one * si.gaussian("x", d).T + si.gaussian("Z", (n, d)), "test": si.gaussian("x", d)},
        {"alpha": Fraction(1, 2)},
    ),
    "task of signs": ({"task": si.rademacher("w", d)}, {}),
    "task on a sphere": ({"task": si.sphere("w", d, radius2=3)}, {}),
    "noise of signs": ({"noise": si.rademacher("epsilon", n), "query_noise": s}, {}),
}  # fmt: skip


def numbers(task, given):
    every = {"n": 3, "d": 2, "sigma2": Fraction(1, 4)} | given
    return {name: every[name] for name in task.symbols()}


@pytest.mark.parametrize("law", LAWS)
def test_draws_have_the_derived_loss(law):
    """At a false-alarm rate of 10⁻⁶ for each law; a loss that is 20 % off is seen."""
    kind, given = LAWS[law]
    task = si.LinearRegression(**kind)
    at = task.at(**numbers(task, given))
    K_, k = exact_matrix([[1, 2], [-1, 3]]), np.array([[1.0, 2], [-1, 3]]) / 25
    error = read_form(task.x.T * K * task.X.T * task.y).trace() * Fraction(1, 25) - task.target()
    exact = float(evaluate(task.expectation(error * error).expr, at.values | {K: K_}))
    sample = at.sample(100_000, NumpyDraws(1))
    X, y, x = (sample.prompt.covariates, sample.prompt.responses, sample.prompt.query)
    losses = ((x.swapaxes(1, 2) @ k @ X.swapaxes(1, 2) @ y - sample.target) ** 2)[:, 0, 0]
    spread = losses.std() / len(losses) ** 0.5
    assert abs(losses.mean() - exact) < 5 * spread < exact / 5


@pytest.mark.parametrize(
    ("law", "step"),
    [
        ("sphere", 1 / (n + d - 1 + s)),
        ("kurtosis", 1 / (n + d + kappa - 2 + s)),
        ("signs", 1 / (n + d - 1 + s)),
        ("correlated rows", Trace(R) / ((d + 1) * Trace(R * R) + (Trace(R) + s) * Trace(R))),
        ("heteroscedastic", n / (n * (n + d + 1) + Trace(R))),
        ("task of signs", 1 / (n + d + 1 + s)),
    ],
)
def test_the_best_step(law, step):
    optimum = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression(**LAWS[law][0])))
    assert optimum.solution == read_form(step * sympy.Identity(d))
    assert optimum.solution != read_form(2 * step * sympy.Identity(d))


def test_values_of_the_literature():
    """Exact enumeration for signs at (n, d) = (2, 2), (4, 3), and the sphere and elliptical tokens at n = 10, d = 4."""
    cases = [
        ("signs", {"n": 2, "d": 2}, Fraction(2, 3)),
        ("signs", {"n": 4, "d": 3}, 1),
        ("kurtosis", {"n": 2, "d": 3, "kappa": 5}, Fraction(9, 4)),
        ("sphere", {"n": 10, "d": 4}, Fraction(12, 13)),
    ]
    for law, at, value in cases:
        task = si.LinearRegression(**LAWS[law][0], noise=0)
        assert si.minimise(si.expected_loss(si.OneStepGD(), task)).at(**at).value == value


def test_attention_over_all_weights_on_the_sphere():
    task = si.LinearRegression(covariates=si.sphere("X", (n, d)))
    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), task))
    assert optimum.attained == "weights"
    assert optimum.solution == read_form(1 / (n + d - 1 + s) * sympy.Identity(d))


class Zeros(NumpyDraws):
    """Normals that are all 0, as some are in single precision."""

    def normal(self, *shape):
        return 0 * super().normal(*shape)


@pytest.mark.parametrize("law", [si.rademacher, si.sphere])
@pytest.mark.parametrize("size", [1, 3])
def test_a_normal_that_is_zero_has_a_sign_and_a_direction(law, size):
    """One prompt without a number is enough to end a run at infinite weights."""
    task = si.LinearRegression(covariates=law("X", (n, d)), task=law("w", d))
    prompts = task.at(n=2, d=size, sigma2=0).sample(4, Zeros(0)).prompt
    for rows in (prompts.covariates, prompts.query.swapaxes(1, 2)):
        assert np.allclose((rows**2).sum(2), size)


def test_a_law_is_described_by_what_it_is():
    task = si.LinearRegression(covariates=si.sphere("X", (n, d)), task=si.rademacher("w", d))
    law = " ".join(map(str, task.setting().formulas))
    assert "uniform on the sphere" in law and r"\pm1" in law
    assert "elliptical" not in law


def test_in_claims():
    text = """
    dims n, d
    X ~ sphere(n, d)
    task T = LinearRegression(covariates = X)
    model M = LinearSelfAttention()
    claim coefficient(M, T) = 1/(n + d - 1 + σ²) I
    claim coefficient(M, T) = 1/(n + d + 1 + σ²) I
    """
    text = "\n".join(line.strip() for line in text.strip().splitlines())
    assert [claim.verdict for claim in si.check(text)] == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"covariates": "sphere"}, "give a law"),
        ({"covariates": si.matrix("A", (n, d))}, "give a law"),
        ({"covariates": si.sphere("X", (n, d)), "covariate_cov": S}, "two laws of one thing"),
        ({"task": si.sphere("w", d), "task_mean": mu}, "two laws of one thing"),
        ({"task": si.sphere("w", n)}, "has to be d×1"),
        ({"noise": si.rademacher("epsilon", d)}, "has to be n×1"),
        ({"covariates": si.gaussian("X", (n, d), row_cov=R)}, "not independent draws of one law"),
        ({"covariates": si.haar("X", (n, d))}, "not independent draws of one law"),
        ({"test": si.sphere("z", d)}, "called x"),
        ({"task": si.sphere("X", d)}, "a letter X, which is the name of the covariates"),
        ({"task": si.gaussian("x", d)}, "a letter x, which is the name of the query"),
        ({"task": si.sphere("y", d)}, "a letter y, which is the name of the labels"),
        ({"task": si.gaussian("epsilon", d), "n": d}, "a letter epsilon, which is the name of the noise"),
        ({"noise": si.gaussian("w", d), "n": d}, "a letter w, which is the name of the task"),
        ({"noise": si.gaussian("x", n)}, "a letter x, which is the name of the query"),
        ({"covariates": si.gaussian("w", (d, 1)), "d": 1}, "a letter w, which is the name of the task"),
        ({"covariates": one * si.gaussian("x", d).T + si.gaussian("Z", (n, d))}, "give the query .* test=x"),
        ({"query_noise": -1}, "not known to be ≥ 0"),
    ],
)
def test_laws_that_do_not_go_together(options, words):
    with pytest.raises(InputError, match=words):
        si.LinearRegression(**options)


def test_a_letter_of_the_query_is_meant_where_the_query_is_given():
    x = si.gaussian("x", d)
    leaning = si.LinearRegression(covariates=one * x.T + si.gaussian("Z", (n, d)), test=x)
    assert leaning.responses.has(x)


@pytest.mark.parametrize("name", ["v", "y"])
def test_letters_of_the_task_are_not_those_of_the_law(name):
    m = si.dims("m")
    X, x, W = si.gaussian("X", (n, d)), si.gaussian("x", d), si.gaussian("W", (m, d))
    common = si.gaussian(name, m)
    if name == "v":
        responses, response = X * W.T + si.ones(n) * common.T, W * x + common
    else:
        y = si.matrix("y", (n, 1))
        w = si.gaussian("w", d)
        responses, response = X * w + si.gaussian("e", n, mean=y), w.T * x
    with pytest.raises(InputError, match=f"a letter {name}, and the task has one of its own"):
        si.GaussianRegression(X, x, responses=responses, response=response)


def test_what_the_theory_does_not_take_is_named():
    task = si.LinearRegression(covariates=si.independent_entries("X", (n, d), fourth=kappa))
    with pytest.raises(
        UnsupportedError, match=r"entrywise product.*Attention is not taken, that of si.OneStepGD\(\) is$"
    ):
        si.minimise(si.expected_loss(si.LinearSelfAttention(query_in_context=True), task))
    assert si.expected_loss(si.OneStepGD(), task)
    task = si.LinearRegression(covariates=si.elliptical("X", (n, d)))
    with pytest.raises(UnsupportedError, match="fourth moment of the scale of X"):
        si.expected_loss(si.OneStepGD(), task)


def test_a_letter_that_is_taken_is_named_with_those_that_are():
    def task(name):
        mu = si.vector(name, d)
        return si.LinearRegression(covariates=si.gaussian("X", (n, d), mean=one * mu.T))

    with pytest.raises(
        InputError, match=r"contains m, .*; rename it to m_1 or another name than B, X, a, .*, m, "
    ):
        si.expected_loss(si.LinearSelfAttention(), task("m"))
    assert si.expected_loss(si.LinearSelfAttention(), task("m_1"))


THEOREM = '''"""Attention on tokens from a sphere: over all weights it is one step of gradient descent."""

import symicl as si
from symicl.statements import EveryMinimiser, GlobalMinimum, Paper, Theorem, certify, derive_loss, minimal_value
from symicl.statements import reduce_weights, solution_ratio, solve

n, d = si.dims("n d")
task, model = si.LinearRegression(covariates=si.sphere("X", (n, d))), si.LinearSelfAttention()
s = task.noise
theorem = Theorem(
    id="mine.sphere",
    title="Attention on tokens from a sphere",
    propositions=(GlobalMinimum(), EveryMinimiser(1 / (n + d - 1 + s) * task.x.T * task.X.T * task.y)),
    paper=Paper("mine", "Me", "Tokens from a sphere", 2026, "none"),
    source="Proposition 1",
    assumptions=(r"$x_i,x$ uniform on the sphere of radius $\\sqrt d$, $w\\sim N(0,I_d)$",),
    task=task,
    model=model,
    states={"step": 1 / (n + d - 1 + s), "loss": s + d * (d - 1 + s) / (n + d - 1 + s)},
    notation={"step": "k", "loss": "L^{*}"},
    where={"k": "is the step size"},
)


@theorem.derivation
def derive(step):
    step.axiom("the length and the direction of a Gaussian vector are independent")
    reduce_weights(step, model, task)
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    ratio = solution_ratio(optimum).scalar_multiple_of_identity()
    return {"step": ratio, "loss": minimal_value(step, optimum)}
'''


def test_a_theorem_on_the_sphere_and_its_certificate(checker, tmp_path):  # noqa: F811
    """Proved over all weights, and every average is recomputed, those over lengths, too."""
    (tmp_path / "own.py").write_text(THEOREM, encoding="utf-8")
    assert run(["prove", str(tmp_path / "own.py"), "--certificate", str(tmp_path), "--quiet"]) == 0
    (written,) = tmp_path.glob("*.jsonl")
    running = checker.Checker()
    running.check(written.read_bytes().splitlines(keepends=True))
    assert running.asserted == running.averages == []
    (tmp_path / "wrong.py").write_text(THEOREM.replace("n + d - 1 + s", "n + d + 1 + s"), encoding="utf-8")
    assert run(["prove", str(tmp_path / "wrong.py"), "--quiet"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "model", "given"),
    [
        ("sphere", si.LinearSelfAttention(), {"d": 3}),
        ("task of signs", si.LinearSelfAttention(), {"d": 3}),
        ("mean of covariates", si.OneStepGD(), {"mu": [1, 0]}),
    ],
)
def test_training_reaches_the_derived_optimum(law, model, given):
    task = si.LinearRegression(**LAWS[law][0])
    result = si.train(model, task.at(**numbers(task, {"n": 6} | given)), seed=0, steps=1500)
    assert result.verdict == "reached"


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"task_mean": si.vector("r", d)}, "r"),
        ({"task_mean": si.vector("x", d)}, "x"),
        ({"task_mean": si.vector("y", d)}, "y"),
    ],
)
def test_a_name_that_is_in_use_is_refused_with_the_names(options, name):
    with pytest.raises(InputError, match=rf"{name}.* the names X, .*x, y already$"):
        si.LinearRegression(**options)


def test_r_may_be_used_where_no_residual_is():
    assert si.LinearRegression(noise=si.scalar("r", positive=True))


def test_laws_of_several_vectors_have_a_remedy():
    S = si.covariance("S", d)
    with pytest.raises(InputError, match="declare a third vector by what it is given these"):
        si.joint_gaussian("x y z", sympy.BlockMatrix([[S, S], [S, S]]))
    with pytest.raises(si.ClaimError, match=r"is written .x; y. ~ N"):
        si.check("dims d\nS : covariance(d)\nx, y ~ joint_gaussian(S)\nclaim E[x y'] = S\n")
    found = si.check(
        "dims d, k\nS : covariance(d)\nV : covariance(k)\nA : matrix(k, d)\nx ~ N(0, S)\ne ~ N(0, V)\n"
        "let y = A x + e\nclaim Cov[x, y] = S A'\nclaim Var[y] = A S A' + V\nclaim Cov[x, y] = 2 S A'\n"
    )
    assert [found[k].verdict for k in range(3)] == ["proved", "proved", "refuted"]
