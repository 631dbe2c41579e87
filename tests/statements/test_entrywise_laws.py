"""The loss of a task with declared laws, entry by entry: from the moments of each law, and against another law."""

from fractions import Fraction
from types import SimpleNamespace

import pytest
from sympy.matrices.expressions import OneMatrix

import symicl as si
from own_theorem import own_theorem
from symicl.errors import EnginesDisagreeError, UnsupportedError
from symicl.expectation import EllipticalMatrix
from symicl.statements.entrywise_losses import compare_losses
from symicl.statements.second_engine import second_opinion
from symicl.tasks import polynomial_draws

n, d = si.dims("n d")
kappa, p, q = (si.scalar(name, positive=True) for name in ("kappa", "p", "q"))
S, R, mu = si.covariance("S", d), si.covariance("R", n), si.vector("mu", d)

COVARIATES = {
    "sphere": si.sphere("X", (n, d)),
    "sphere of radius r": si.sphere("X", (n, d), radius2=q),
    "elliptical": si.elliptical("X", (n, d), cov=S, fourth=q),
    "signs": si.rademacher("X", (n, d)),
    "uniform": si.uniform("X", (n, d)),
    "sparse signs": si.sparse_signs("X", (n, d), p),
    "moments": si.independent_entries("X", (n, d), fourth=kappa),
    "mean": si.gaussian("X", (n, d), mean=OneMatrix(n, 1) * mu.T),
}
OTHERS = {
    "task of signs": {"task": si.rademacher("w", d)},
    "task on a sphere": {"task": si.sphere("w", d, radius2=3)},
    "uniform noise": {"noise": si.uniform("epsilon", n), "query_noise": q},
    "heteroscedastic": {"noise": si.gaussian("epsilon", n, row_cov=R)},
    "test apart": {"test": si.sphere("x", d)},
    "orthogonal ensemble": {"covariates": si.gaussian("Z", (n, d)) * si.goe("G", d), "test": si.gaussian("x", d)},
}  # fmt: skip
TASKS = {name: {"covariates": X} for name, X in COVARIATES.items()} | OTHERS


@pytest.mark.parametrize("law", TASKS)
@pytest.mark.parametrize("model", [si.OneStepGD(), si.LinearSelfAttention()])
def test_both_engines_have_the_same_loss(law, model):
    task = si.LinearRegression(**TASKS[law])
    assert compare_losses(own_theorem(task=task, model=model)) == 4


class Mistaken(si.GaussianRegression):
    """Says one law of the covariates and draws another."""

    def __init__(self, said, drawn):
        x, w = si.gaussian("x", d), si.gaussian("w", d)
        super().__init__(said, x, responses=said * w, response=w.T * x)
        self.drawn = drawn

    def sample(self, values, batch, draws):
        return si.LinearRegression(covariates=self.drawn, test=self.x, noise=0).sample(values, batch, draws)


@pytest.mark.parametrize("said", ["sphere", "signs", "uniform", "gaussian"])
@pytest.mark.parametrize("drawn", ["sphere", "signs", "uniform", "gaussian"])
def test_another_law_is_found_out(said, drawn):
    """Laws of one covariance, told apart by E ‖x‖² xxᵀ, which is the same on the sphere and for signs."""
    laws = COVARIATES | {"gaussian": si.gaussian("X", (n, d))}
    theorem = own_theorem(task=Mistaken(laws[said], laws[drawn]), model=si.OneStepGD())
    if said == drawn or {said, drawn} == {"sphere", "signs"}:
        assert compare_losses(theorem) == 4
    else:
        with pytest.raises(EnginesDisagreeError, match="Mistaken does something else in numbers"):
            compare_losses(theorem)


def test_a_slightly_wrong_moment_in_symbols_is_found_out(monkeypatch):
    right = EllipticalMatrix.known.fget

    def known(z):
        second, fourth, *others = right(z)
        return (second, fourth * Fraction(1001, 1000), *others)

    monkeypatch.setattr(EllipticalMatrix, "known", property(known))
    theorem = own_theorem(task=si.LinearRegression(covariates=si.sphere("X", (n, d))), model=si.OneStepGD())
    with pytest.raises(EnginesDisagreeError, match="defect of symicl"):
        compare_losses(theorem)


def test_what_is_no_polynomial_is_named():
    task = si.LinearRegression(covariates=si.haar("X", (1 + n, d)), test=si.gaussian("x", d))
    with pytest.raises(UnsupportedError, match="entries of X are no polynomials in independent numbers"):
        compare_losses(own_theorem(task=task, model=si.OneStepGD()))


def test_the_second_opinion_on_a_theorem(monkeypatch):
    """A draw that no moment of the law is known for is no agreement."""
    theorem = own_theorem(task=si.LinearRegression(covariates=si.sphere("X", (n, d))), model=si.OneStepGD())
    verdict = SimpleNamespace(theorem=theorem, proof_log="")
    assert "loss agreed at 4 instances" in second_opinion(verdict).sentence()
    monkeypatch.setattr(polynomial_draws, "HIGHEST", 1)
    found = second_opinion(verdict)
    assert "a moment of order 4 is needed and not known" in found.sentence()
    assert found.losses == 0
