"""Wrong calls end in one sentence that names the thing and the remedy: a table, and everything against everything."""

import sys

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.models import Model

n, d = si.dims("n d")
X = si.gaussian("X", (n, d))
plain = sympy.Symbol("d")
LOSS = si.expected_loss(si.LinearSelfAttention(), si.LinearRegression())
SEQUENCES = si.expected_loss(si.CausalLinearAttention(), si.AutoregressiveTask())
AT_NUMBERS = si.expected_loss(si.OneStepGD(), si.LinearRegression()).at(n=3, d=2, sigma2=1)
AT = si.LinearRegression().at(n=3, d=2, sigma2=1)

TABLE = {
    "class for a model": (lambda: si.expected_loss(si.OneStepGD, si.LinearRegression()), r"write OneStepGD\(\)"),
    "class for a task": (lambda: si.expected_loss(si.OneStepGD(), si.LinearRegression), r"write LinearRegression\(\)"),
    "the other way round": (lambda: si.expected_loss(si.LinearRegression(), si.OneStepGD()), "model comes first"),
    "text for a model": (lambda: si.expected_loss("attention", si.LinearRegression()), "the text 'attention'"),
    "prompts and sequences": (lambda: si.expected_loss(si.OneStepGD(), si.AutoregressiveTask()), "causal model"),
    "minimise an expression": (lambda: si.minimise(sympy.Trace(X.T * X)), "over which letters"),
    "minimise sequences": (lambda: si.minimise(SEQUENCES), "loss of sequences"),
    "minimise a model": (lambda: si.minimise(si.OneStepGD()), "not a OneStepGD"),
    "minimise nothing": (lambda: si.minimise(None), "not None"),
    "prove an unknown id": (lambda: si.prove("mahankali2023.isotropc"), "did you mean mahankali2023.isotropic"),
    "prove a model": (lambda: si.prove(si.OneStepGD()), "a Theorem or its id"),
    "find a number": (lambda: si.find(3), "the id of a theorem"),
    "check an expression": (lambda: si.check(sympy.Trace(X)), "the text of a claim file"),
    "train a class": (lambda: si.train(si.OneStepGD, AT), r"write OneStepGD\(\)"),
    "train sequences on their closed form": (
        lambda: si.train(si.CausalLinearAttention(), si.AutoregressiveTask().at(d=2, T=4), method="population"),
        "models of sequences are trained on fresh sequences",
    ),
    "train sequences with steps as text": (
        lambda: si.train(si.CausalLinearAttention(), si.AutoregressiveTask().at(d=2, T=4), steps="9"),
        "steps=9 must be",
    ),
    "train without numbers": (lambda: si.train(si.OneStepGD(), si.LinearRegression()), r"task\.at\(n=20"),
    "train with a fractional seed": (lambda: si.train(si.OneStepGD(), AT, seed=1.5), "seed=1.5 must be an integer"),
    "train with steps as text": (lambda: si.train(si.OneStepGD(), AT, steps="9"), "steps=9 must be"),
    "plain symbol in a sum": (
        lambda: si.expect(sympy.Trace(X.T * X) + plain), "two different symbols are called d",
    ),
    "plain symbol in a shape": (lambda: si.matrix("A", (plain, d)), "two different symbols are called d"),
    "plain symbol in a law": (
        lambda: si.gaussian("Z", (n, d), col_cov=si.covariance("S", plain)), "two different symbols are called d",
    ),
    "plain symbol in a task": (
        lambda: si.LinearRegression(covariate_cov=si.covariance("S", plain)), "two different symbols are called d",
    ),
    "n named d": (lambda: si.LinearRegression(n=plain), "two different symbols are called d"),
    "a switch as text": (lambda: si.LinearSelfAttention(query_in_context="no"), "must be True or False"),
    "a switch of sequences": (lambda: si.CausalLinearAttention(normalised="no"), "must be True or False"),
    "heads as a switch": (lambda: si.MultiHeadLinearAttention(True), "heads=True"),
    "a truth value as a size": (lambda: si.vector("v", True), "size True"),
    "something random as a size": (lambda: si.vector("v", sympy.Trace(X.T * X)), "a dimension is"),
    "a truth value as a variance": (lambda: si.LinearRegression(noise=True), "noise variance is True"),
    "a truth value as a number": (lambda: LOSS.at(n=True, d=2, sigma2=1), "n=True is not a number"),
    "a neuron as text": (lambda: si.RotationInvariantRegression("relu"), "find_neuron"),
    "a neuron as a list": (lambda: si.find_neuron(["relu"]), "is not known"),
    "a notation as text": (lambda: LOSS.latex(notation="N"), "a notation is a dict"),
    "LaTeX of a result": (lambda: si.latex(si.depth_limit()), r"call its own latex\(\)"),
    "LaTeX of nothing": (lambda: si.latex(None), "None is no formula"),
    "loss at nothing": (lambda: AT_NUMBERS(Gamma=None), "Gamma is None"),
    "loss at text": (lambda: AT_NUMBERS(Gamma="I"), "Gamma is the text"),
    "loss at nan": (lambda: AT_NUMBERS(Gamma=[[float("nan"), 0], [0, 1]]), "finite real number"),
    "loss at infinity": (lambda: AT_NUMBERS(Gamma=[[float("inf"), 0], [0, 1]]), "finite real number"),
    "loss at a symbol": (lambda: AT_NUMBERS(Gamma=[[plain, 0], [0, 1]]), "finite real number"),
    "loss at rows of two lengths": (lambda: AT_NUMBERS(Gamma=[[1], [0, 1]]), "must be 2×2|different lengths"),
    "loss in a backend that is not there": (lambda: AT_NUMBERS.compile("jax"), "choose numpy, torch or exact"),
    "expectation of a function": (lambda: si.expect(sympy.Lambda(n, n)), "neither a scalar nor a matrix"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
def test_wrong_call(name):
    call, words = TABLE[name]
    with pytest.raises(si.SymiclError, match=words) as caught:
        call()
    text = str(caught.value)
    assert "\n" not in text and not text.endswith(".")


def test_an_id_is_enough_to_prove():
    assert si.prove("zhang2024.bayes").proved


class Forgetful(Model):
    """Its forward pass adds a vector of weights that the effective parameters leave out."""

    def weight_shapes(self):
        return si.GDBeta().weight_shapes()

    effective_shapes = weight_shapes

    def effective(self, weights):
        return dict(weights)

    def forward(self, weights, prompt):
        return si.GDBeta().forward(weights, prompt)

    def predict(self, parameters, prompt):
        return si.OneStepGD().predict(parameters, prompt)


def test_a_forward_pass_that_is_not_the_reduced_one_is_refused():
    with pytest.raises(si.InputError, match="not the loss of this model"):
        si.expected_loss(Forgetful(), si.LinearRegression())


JUNK = [
    "text", 3.5, None, -3, 0, True, [1], {}, b"x", object(), np.eye(2), float("nan"), si.LinearRegression, si.OneStepGD,
    si.OneStepGD(), si.LinearRegression(), LOSS, SEQUENCES, sympy.Trace(X.T * X), X, sympy.Matrix([[1]]), sympy.nan,
    sympy.Float(0.5), sympy.Tuple(1, 2), sympy.true, lambda x: x, si.find("zhang2024.bayes"),
]  # fmt: skip
PUBLIC = {
    "expect": si.expect,
    "minimise": si.minimise,
    "model": lambda j: si.expected_loss(j, si.LinearRegression()),
    "task": lambda j: si.expected_loss(si.OneStepGD(), j),
    "prove": lambda j: None if isinstance(j, si.Theorem) else si.prove(j),
    "find": si.find,
    "check": si.check,
    "latex": si.latex,
    "dims": si.dims,
    "vector": lambda j: si.vector("v", j),
    "matrix": lambda j: si.matrix("M", j),
    "covariance": lambda j: si.covariance("S", j),
    "gaussian": lambda j: si.gaussian("Z", j),
    "gaussian, covariance": lambda j: si.gaussian("Z", (n, d), col_cov=j),
    "gaussian, mean": lambda j: si.gaussian("Z", (n, d), mean=j),
    "task, covariance": lambda j: si.LinearRegression(covariate_cov=j),
    "task, noise": lambda j: si.LinearRegression(noise=j),
    "task, mean": lambda j: si.LinearRegression(task_mean=j),
    "loss at": lambda j: LOSS.at(n=j, d=2, sigma2=1),
    "neuron": si.find_neuron,
    "heads": si.MultiHeadLinearAttention,
    "switch": si.LinearSelfAttention,
    "notation": lambda j: LOSS.latex(notation=j),
}


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("junk", JUNK, ids=lambda j: type(j).__name__)
def test_junk_is_taken_or_refused_in_one_sentence(name, junk):
    try:
        PUBLIC[name](junk)
    except si.SymiclError as error:
        assert "\n" not in str(error) or isinstance(error, si.ClaimError), error


def test_torch_is_not_loaded_by_wrong_calls():
    before = "torch" in sys.modules
    with pytest.raises(si.InputError):
        si.train(None, None)
    assert ("torch" in sys.modules) is before
