"""Covariates that lean towards the query: two ways to state the law, and the second engine."""

from fractions import Fraction

import pytest
import sympy
from sympy.matrices.expressions import Identity, OneMatrix

import symicl as si
from symicl.algebra import read_form
from symicl.language import check
from symicl.numeric import evaluate
from symicl.statements.entrywise_prompts import instances
from symicl.tasks import NumpyDraws

n, d = si.dims("n d")
alpha, sigma2 = si.scalar("alpha"), si.scalar("sigma2", nonnegative=True)


def declared() -> si.GaussianRegression:
    """The same law with the covariates as an expression in the query."""
    x, w = si.gaussian("x", d), si.gaussian("w", d)
    e, e0 = (si.gaussian(name, (size, 1), col_cov=sigma2) for name, size in (("e", n), ("e_0", 1)))
    X = alpha * OneMatrix(n, 1) * x.T + si.gaussian("U", (n, d), col_cov=(1 - alpha**2) * Identity(d))
    return si.GaussianRegression(X, x, responses=X * w + e, response=w.T * x + e0)


def one_step(task) -> sympy.Expr:
    """The loss of k xᵀXᵀy."""
    k = si.scalar("k")
    residual = read_form(k * sympy.Trace(task.x.T * task.X.T * task.y)) - task.target()
    return sympy.expand(task.expectation(residual * residual).expr)


def test_the_loss_of_one_step():
    A = d * n * (alpha**2 * d + alpha**2 + 1)
    fourth = n * d**2 - d**2 + 4 * n * d - 4 * d + 5 * n - 5
    second = d**2 + 2 * d * n + d * sigma2 + 3 * d + 2 * n + sigma2 + 4
    B = d * n * (alpha**4 * fourth + alpha**2 * second + d + n + sigma2 + 1)
    k = si.scalar("k")
    expected = sympy.expand(d + sigma2 - 2 * k * A + k**2 * B)
    assert sympy.expand(one_step(si.RetrievalRegression()) - expected) == 0
    assert sympy.expand(one_step(declared()) - expected) == 0
    assert sympy.expand(one_step(si.RetrievalRegression(alpha=0)) - expected.subs(alpha, 0)) == 0
    assert one_step(si.RetrievalRegression(alpha=0)) == one_step(si.LinearRegression())


def test_each_covariate_alone_has_the_law_of_the_query():
    task = si.RetrievalRegression()
    S = si.matrix("S", (d, d))
    mean = task.expectation(read_form(task.X.T * task.X) @ read_form(S)).expr
    assert sympy.simplify(mean - n * S).doit() == sympy.ZeroMatrix(d, d)


@pytest.mark.parametrize("task", [si.RetrievalRegression(), declared()], ids=["shipped", "declared"])
@pytest.mark.parametrize(
    "model", [si.LinearSelfAttention(query_in_context=True), si.LinearTransformerBlock()]
)
def test_the_second_engine_agrees(task, model):
    found = list(instances(task, model))
    assert len(found) == 4 and all(words == entries for *_, words, entries in found)


def test_the_same_sample_from_both():
    numbers = {"n": 3, "d": 2, "alpha": Fraction(3, 5), "sigma2": Fraction(1, 4)}
    for task in (si.RetrievalRegression(), declared()):
        sample = task.at(**numbers).sample(4000, NumpyDraws(0))
        lean = (sample.prompt.covariates @ sample.prompt.query).mean()
        assert abs(lean - evaluate(2 * alpha, task.at(**numbers).values)) < 0.1


def test_a_lean_of_each_covariate_and_a_spread():
    p, v = si.vector("p", n), si.scalar("v", nonnegative=True)
    task = si.RetrievalRegression(alpha=p, spread=v)
    lean = task.expectation(read_form(task.X * task.x))
    assert lean == read_form(p) * read_form(d)
    sample = task.at(n=2, d=3, v=0, p=[2, -1], sigma2=0).sample(4, NumpyDraws(0)).prompt
    assert abs(sample.covariates - [[2], [-1]] * sample.query.mT).max() < 1e-12
    special = {p: alpha * OneMatrix(n, 1), v: 1 - alpha**2}
    moment = task.expectation(read_form(sympy.Trace(task.y.T * task.X * task.x)) * task.target())
    of_all = si.RetrievalRegression()
    other = of_all.expectation(read_form(sympy.Trace(of_all.y.T * of_all.X * of_all.x)) * of_all.target())
    found = moment.expr.subs(special).doit().subs(sympy.Trace(OneMatrix(1, n) * OneMatrix(n, 1)), n)
    assert (
        sympy.expand(found.subs(sympy.Trace(alpha**2 * OneMatrix(1, 1) * n), alpha**2 * n) - other.expr) == 0
    )


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: si.RetrievalRegression(alpha=si.vector("p", n)), "needs spread="),
        (lambda: si.RetrievalRegression(alpha=si.vector("p", d), spread=1), "n×1 vector"),
        (lambda: si.RetrievalRegression(spread=si.scalar("t")), "the spread is t"),
    ],
)
def test_leans_and_spreads_that_are_none(make, words):
    with pytest.raises(si.InputError, match=words):
        make()


@pytest.mark.parametrize("number", [1, -1])
def test_covariates_that_are_the_query(number):
    task = si.RetrievalRegression(alpha=number, noise=0)
    sample = task.at(n=3, d=2).sample(5, NumpyDraws(0))
    assert (sample.prompt.covariates == number * sample.prompt.query.mT).all()
    expected = one_step(si.RetrievalRegression()).subs({alpha: number, sigma2: 0})
    assert sympy.expand(one_step(task) - expected) == 0


def test_a_claim_names_it():
    text = """
        tau : scalar(nonnegative)
        task T = RetrievalRegression(alpha = 0, noise = tau)
        model M = LinearSelfAttention()
        claim minimum(M, T) = tau + d (d + {} + tau)/(n + d + 1 + tau)
    """
    assert check(text.format(1)).proved
    assert not check(text.format(2)).proved


def test_its_documents_say_what_the_letters_mean():
    passage = si.RetrievalRegression().setting()
    assert r"x_i\mid x\sim N(\alpha x,(1 - \alpha^{2}) I_{d})" in passage.formulas[1].replace(
        r"\left", ""
    ).replace(r"\right", ""), passage.formulas
    assert r"X=" in declared().setting().formulas[0]
