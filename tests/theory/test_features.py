"""The lift of a prediction to features: nothing is lost, and coefficients contract back to what they came from."""

from __future__ import annotations

import pytest
from sympy.matrices.expressions import Trace

import symicl as si
from oracle.theory_cases import MODELS, TASKS, derived
from symicl.algebra import ClosedForm, closed_form, read_form, symbol_letter
from symicl.theory.features import Feature, coefficient_of, lifted_features

n, d = si.dims("n d")
X, y, x = si.matrix("X", (n, d)), si.matrix("y", (n, 1)), si.matrix("x", (d, 1))
A, B = si.matrix("A", (d, d)), si.matrix("B", (d, d))
u, v, c = si.vector("u", d), si.vector("v", d), si.scalar("c")
PROMPT = {symbol_letter(s) for s in (X, y, x)}

PREDICTIONS = {
    "one step": x.T * A * X.T * y,
    "one step, transposed": y.T * X * A.T * x,
    "sum of words": x.T * (A + 2 * u * v.T) * X.T * y + c * x.T * B.T * X.T * y,
    "vector": u.T * X.T * y,
    "matrix": u.T * X.T * X * v,
    "matrix, asymmetric use": u.T * A * X.T * X * B * v + v.T * X.T * X * u,
    "query": x.T * u * c,
    "scalar": c * y.T * y,
    "scalar factor": Trace(y.T * y) * x.T * A * X.T * y,
    "two of a kind": x.T * A * x,
    "no parameter": x.T * X.T * y,
}


def check(prediction: ClosedForm, prompt: set[int]) -> dict[Feature, ClosedForm]:
    parts = lifted_features(prediction, prompt)
    assert sum(parts.values(), closed_form(0)) == prediction
    for feature, part in parts.items():
        if feature.is_matrix:
            assert feature.contracted(coefficient_of(feature, part)) == part
        else:
            with pytest.raises(si.UnsupportedError, match="open ends"):
                coefficient_of(feature, part)
    return parts


@pytest.mark.parametrize("name", PREDICTIONS)
def test_coefficients_contract_back(name):
    check(read_form(PREDICTIONS[name]).trace(), PROMPT)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("model", MODELS)
def test_coefficients_of_the_models_contract_back(model, task):
    loss = derived(model, task)
    prediction = loss.task.centred(loss.prediction)
    check(prediction, loss.task.prompt_letters())


def test_monomials_with_one_prompt_part_share_a_feature():
    prediction = x.T * A * X.T * y + u.T * X.T * y * 2 + x.T * u * (v.T * X.T * y)
    parts = lifted_features(read_form(prediction).trace(), PROMPT)
    assert sorted(len(feature.ends) for feature in parts) == [1, 2]
    assert {len(part) for part in parts.values()} == {1, 2}


def test_a_feature_with_a_probe_is_linear_in_it():
    for feature in check(read_form(PREDICTIONS["sum of words"]).trace(), PROMPT):
        probed = feature.probe("probe")
        assert len(probed) == 1 and probed.letters() - PROMPT


def test_the_coefficient_of_the_documented_kinds():
    """xᵀ K s for two vectors, kᵀ s for one, tr(K D) for a matrix."""
    two, one, matrix = (
        next(iter(lifted_features(read_form(PREDICTIONS[name]).trace(), PROMPT).items()))
        for name in ("one step", "vector", "matrix")
    )
    assert coefficient_of(*two) == read_form(A)
    assert coefficient_of(*one) == read_form(u)
    assert coefficient_of(*matrix) in (read_form(v * u.T), read_form(u * v.T))
