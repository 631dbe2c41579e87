"""Attention that takes the mean off the labels: one function for symbols, entries, arrays and tensors."""

from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.certificates.checkers.command import main as check_certificates
from symicl.statements.entrywise_prompts import instances

n, d = si.dims("n d")


class CentredAttention(si.Model):
    def weight_shapes(self):
        return {"Gamma": si.WeightShape(("d",), ("d",))}

    def forward(self, weights, prompt):
        read = si.transpose(prompt.covariates) @ si.centred_columns(prompt.responses)
        return si.transpose(prompt.query) @ (weights["Gamma"] @ read)


def test_centring_costs_one_example():
    optimum = si.minimise(si.expected_loss(CentredAttention(), si.LinearRegression()))
    s = optimum.loss.task.noise
    assert sympy.simplify(optimum.value - s - d * (1 - (n - 1) / (n + d + s))) == 0
    assert optimum.certificate and optimum.attained == "weights"
    assert float(optimum.at(n=10, d=5, sigma2="1/4").value) == pytest.approx(2.049180 + 0.25, abs=1e-6)


def test_both_engines_agree_on_the_loss():
    found = list(instances(si.LinearRegression(), CentredAttention()))
    assert len(found) == 4 and all(closed == value for _, _, closed, value in found)


def test_a_certificate_is_written_for_a_number_of_examples_alone(tmp_path):
    with pytest.raises(si.UnsupportedError, match="n=10"):
        si.certificate(si.minimise(si.expected_loss(CentredAttention(), si.LinearRegression())))
    optimum = si.minimise(si.expected_loss(CentredAttention(), si.LinearRegression(n=10)))
    file = tmp_path / "centred.certificate.jsonl"
    file.write_text(str(si.certificate(optimum)))
    assert check_certificates([str(file)]) == 0


def test_arrays():
    t = np.array([[1.0, 2.0], [3.0, 6.0]])
    assert si.centred_columns(t).tolist() == [[-1, -2], [1, 2]]
    exact = si.centred_columns(np.array([[Fraction(1)], [Fraction(2)]], dtype=object))
    assert exact.tolist() == [[Fraction(-1, 2)], [Fraction(1, 2)]]
    X = si.matrix("X", (n, d))
    assert si.centred_columns(X).shape == (n, d)
    torch = pytest.importorskip("torch")
    assert si.centred_columns(torch.tensor([[1.0], [3.0]])).tolist() == [[-1], [1]]


def test_the_kurtosis_of_tokens_enters():
    """The diagonal of P is the number 1 − 1/n."""
    kappa = si.scalar("kappa", positive=True)
    task = si.LinearRegression(covariates=si.independent_entries("X", (n, d), fourth=kappa))
    optimum = si.minimise(si.expected_loss(CentredAttention(), task))
    s = task.noise
    step = 1 / (n + d + s + (kappa - 3) * (n - 1) / n)
    found = optimum.solution.scalar_multiple_of_identity().expr
    assert sympy.simplify(found - step) == 0
    assert all(closed == value for _, _, closed, value in instances(task, CentredAttention()))


@pytest.mark.slow
def test_the_real_model_reaches_it():
    pytest.importorskip("torch")
    result = si.train(CentredAttention(), si.LinearRegression().at(n=6, d=3, sigma2="1/4"), seed=0)
    assert result.verdict == "reached"
