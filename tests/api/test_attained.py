"""What `minimise` returns is attained by weights that are shown, or calls itself a lower bound."""

from dataclasses import dataclass, field
from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.algebra import transpose
from symicl.models import Model, WeightShape
from symicl.statements import Recorder, certify, minimal_value
from symicl.theory import Optimum, attaining_weights, minimise_over_features
from symicl.theory.optimum import LowerBound


@dataclass(frozen=True)
class Factored(Model):
    """G = U V with an inner size that may be too small."""

    inner: tuple = ("d",)
    flipped: bool = False
    named: dict = field(default_factory=dict, hash=False, compare=False)

    def weight_shapes(self):
        return {"U": WeightShape(("d",), self.inner), "V": WeightShape(self.inner, ("d",))}

    def effective_shapes(self):
        return {"G": WeightShape(("d",), ("d",))}

    def effective(self, weights):
        product = weights["U"] @ weights["V"]
        return {"G": transpose(product) if self.flipped else product}

    def forward(self, weights, prompt):
        return self.predict(self.effective(weights), prompt)

    def predict(self, parameters, prompt):
        return transpose(prompt.query) @ (parameters["G"] @ (transpose(prompt.covariates) @ prompt.responses))


def solved(model):
    return si.minimise(si.expected_loss(model, si.LinearRegression()))


def bounded_below():
    return minimise_over_features(si.expected_loss(Factored((2,)), si.LinearRegression()))


def test_a_rank_that_is_too_small_gives_a_lower_bound_over_features():
    """The truth at rank 2 is 45/13; the full-rank value 15/13 was returned as the minimum, with a certificate."""
    bound = bounded_below()
    assert type(bound) is LowerBound and bound.attained == "lower bound"
    at = bound.at(n=20, d=5, sigma2=0)
    assert at.value == sympy.Rational(15, 13) and at.attained == "lower bound"
    for text in (str(bound), bound.latex(), bound._repr_latex_()):
        assert "lower bound" in text and "L^*" not in text and "L^{*}" not in text
    assert "L^{*}" not in at._repr_latex_()
    with pytest.raises(si.UnsupportedError, match="lower bound"):
        bound.parameters  # noqa: B018


@pytest.mark.parametrize("flipped", [False, True])
def test_the_minimum_at_that_rank_is_found(flipped):
    optimum = solved(Factored((2,), flipped))
    assert optimum.attained == "weights" and optimum.rank == 2
    assert optimum.at(n=20, d=5, sigma2=0).value == sympy.Rational(45, 13)
    assert "lower bound" not in str(optimum) + optimum.latex()
    assert optimum.certificate.steps[-1].sentence.startswith("weights of that rank")


def test_the_truth_at_that_rank_is_above_the_bound():
    """Rank 2: G = ηP with a projection P of rank 2, by the exact loss at these weights."""
    loss = si.expected_loss(Factored((2,)), si.LinearRegression()).at(n=20, d=5, sigma2=0)
    step = Fraction(1, 26)
    at_rank_two = loss(G=[[step * (i == j and i < 2) for j in range(5)] for i in range(5)])
    assert at_rank_two == Fraction(45, 13) > Fraction(15, 13)


@pytest.mark.parametrize("flipped", [False, True])
def test_a_product_that_is_large_enough_attains(flipped):
    optimum = solved(Factored(("d",), flipped))
    assert type(optimum) is Optimum and optimum.attained == "weights"
    weights = attaining_weights(optimum)
    assert set(weights) == {"U", "V"}
    assert "lower bound" not in str(optimum) + optimum.latex()


@pytest.mark.parametrize(
    "model",
    [
        si.LinearSelfAttention(),
        si.LinearSelfAttention(query_in_context=True, skip=True),
        si.OneStepGD(),
        si.GDBeta(),
        si.LinearTransformerBlock(),
        si.MultiHeadLinearAttention(2),
    ],
    ids=str,
)
def test_the_models_of_the_catalogue_attain(model):
    assert solved(model).attained == "weights"


@dataclass(frozen=True)
class WrongWeights(Factored):
    """Names weights that do not give the effective parameters."""

    def weights_for(self, parameters, d):
        return {"U": parameters["G"], "V": parameters["G"]}


@dataclass(frozen=True)
class MissingWeights(Factored):
    """Names one of two matrices."""

    def weights_for(self, parameters, d):
        return {"U": parameters["G"]}


@dataclass(frozen=True)
class PromptWeights(Factored):
    """Names weights that look at the prompt: U = X'X V with V = (X'X)⁻¹ would be another model."""

    def weights_for(self, parameters, d):
        X = si.LinearRegression().prompt().covariates
        return {"U": parameters["G"] @ transpose(X) @ X, "V": parameters["G"]}


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (PromptWeights(), "depends on the prompt"),
        (WrongWeights(), "do not compute"),
        (MissingWeights(), "give the weight"),
    ],
)
def test_weights_are_put_in_and_compared(model, words):
    bound = solved(model)
    assert bound.attained == "lower bound" and words in bound.reason


def test_training_does_not_call_a_bound_the_minimal_loss():
    run = si.train(
        Factored((2,)), si.LinearRegression().at(n=6, d=3, sigma2=1), method="population", progress=False
    )
    assert run.verdict == "unfinished" and "lower bound" in run.reason and "minimal" not in run.reason


@pytest.mark.parametrize("step", [certify, minimal_value])
def test_a_derivation_cannot_state_a_bound_as_the_minimum(step):
    bound = bounded_below()
    with pytest.raises(si.DerivationError, match="lower bound"):
        step(Recorder(), bound)
    with pytest.raises(si.DerivationError, match="lower bound"):
        Recorder().minimum("hence it is minimal", bound)
