"""Trained linear attention on covariates of any covariance: what is said, and what is refuted."""

from dataclasses import replace

import numpy as np
import pytest
from sympy import Identity, Inverse, Trace

from symicl.proofs.zhang2023 import optimum
from symicl.proofs.zhang2023.setting import Lambda, d, n, task
from symicl.statements import EveryMinimiser, Inequality, evaluate_theorem, prove

COVARIANCE = [[2, 1], [1, 3]]


def test_the_values_are_those_of_the_formula():
    values = evaluate_theorem(optimum.theorem, {"n": 7, "Lambda": COVARIANCE}).values
    L = np.array(COVARIANCE, dtype=float)
    inverse = np.linalg.inv(8 / 7 * L + np.trace(L) / 7 * np.eye(2))
    assert values["preconditioner"]["decimal"] == pytest.approx(inverse)
    assert values["loss"]["decimal"] == pytest.approx(np.trace(L) - np.trace(L @ L @ inverse))


@pytest.mark.parametrize(
    "wrong",
    [
        Inverse(Lambda),
        Inverse((n + 2) / n * Lambda + Trace(Lambda) / n * Identity(d)),
        Inverse((n + 1) / n * Lambda + 2 * Trace(Lambda) / n * Identity(d)),
    ],
)
def test_another_preconditioner_is_refuted(wrong):
    said = (EveryMinimiser(task.x.T * wrong * task.X.T * task.y / n),)
    assert prove(replace(optimum.theorem, propositions=said)).status == "refuted"
    assert (
        prove(replace(optimum.theorem, states={"preconditioner": wrong}, propositions=())).status == "refuted"
    )


def test_the_bound_fails_with_d_for_d_plus_1():
    said = (Inequality("loss", d * Trace(Lambda) / n),)
    assert prove(replace(optimum.theorem, propositions=said)).status == "refuted"
