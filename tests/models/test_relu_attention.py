"""Attention with the ReLU: one forward pass for symbols, entries, arrays and tensors."""

from fractions import Fraction

import numpy as np
import pytest

import symicl as si
from symicl.statements.entrywise_prompts import instances
from symicl.tasks import NumpyDraws

task, model = si.LinearRegression(), si.ReLUAttention()


def test_both_engines_agree_on_the_loss_and_would_not_on_another():
    found = list(instances(task, model))
    assert len(found) == 4
    for sizes, _, closed_form, value in found:
        assert closed_form == value, sizes

    class Linear(si.ReLUAttention):
        def predict(self, parameters, prompt):
            scores = prompt.covariates @ prompt.query
            return (si.transpose(prompt.responses) @ scores) @ parameters["eta"]

    with pytest.raises(si.InputError, match="forward pass"):
        si.expected_loss(Linear(), task)


def test_draws_have_the_loss():
    """Five standard errors: a false alarm in 1.7 million."""
    at = task.at(n=5, d=3, sigma2="1/2")
    sample = at.sample(40_000, NumpyDraws(1))
    eta = np.array([[0.1]])
    errors = ((model.forward({"eta": eta}, sample.prompt) - sample.target) ** 2).ravel()
    loss = float(si.expected_loss(model, task).at(n=5, d=3, sigma2="1/2")(eta=[[Fraction(0.1)]]))
    assert abs(errors.mean() - loss) < 5 * errors.std() / 200
    assert abs(errors.mean() - 1.1 * loss) > 5 * errors.std() / 200


def test_arrays_and_tensors():
    t = np.array([[-1.5], [0.0], [2.0]])
    assert si.relu(t).tolist() == [[0], [0], [2]] and si.absolute(t).tolist() == [[1.5], [0], [2]]
    assert si.sign(t).tolist() == [[-1], [0], [1]]
    exact = si.relu(np.array([[Fraction(-1, 3), Fraction(2, 7)]], dtype=object))
    assert exact.tolist() == [[0, Fraction(2, 7)]]
    torch = pytest.importorskip("torch")
    assert si.relu(torch.tensor([[-1.0, 3.0]])).tolist() == [[0, 3]]
    with pytest.raises(si.InputError, match="takes a matrix"):
        si.relu("x")


def test_weights_inside_are_refused_with_the_remedy():
    class Inside(si.Model):
        def weight_shapes(self):
            return {"M": si.WeightShape(("d",), ("d",))}

        def forward(self, weights, prompt):
            scores = si.relu(prompt.covariates @ weights["M"] @ prompt.query)
            return si.transpose(prompt.responses) @ scores

    loss = si.expected_loss(Inside(), task)
    assert len(loss) == 7
    with pytest.raises(si.UnsupportedError, match="minimise the expectation over the weights"):
        si.minimise(loss)
