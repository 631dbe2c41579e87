"""Two layers with a step each: known values, and slightly wrong versions."""

from dataclasses import replace

import pytest
from sympy import Integer

import symicl as si
from symicl.proofs.ahn2023.depth import Q, d, n, theorem
from symicl.statements import Inequality

TWO = theorem.corollaries["two_layers"]


def test_the_values_at_twenty_examples_in_five_dimensions():
    at = {n: 20, d: 5}
    assert float(theorem.corollaries["loss"].subs(at)) == pytest.approx(1.153846153846, abs=1e-12)
    assert float(TWO.subs(at)) == pytest.approx(0.361239686054, abs=1e-12)
    steps = si.depth(theorem.task, 2).at(n=20, d=5).steps
    total, product, gap = (
        float(theorem.corollaries[name].subs(at))
        for name in ("sum_of_steps", "product_of_steps", "discriminant")
    )
    assert float(sum(steps)) == pytest.approx(total, rel=1e-14)
    assert float(steps[0] * steps[1]) == pytest.approx(product, rel=1e-14)
    assert float(steps[0] - steps[1]) ** 2 == pytest.approx(gap, rel=1e-14)


@pytest.mark.parametrize(
    ("name", "wrong"), [("two_layers", TWO + d / Q), ("sum_of_steps", 2 * n / (n + d + 1))]
)
def test_slightly_wrong_closed_forms_are_refuted(name, wrong):
    verdict = si.prove(replace(theorem, corollaries={**theorem.corollaries, name: wrong}))
    assert verdict.status == "refuted" and name in verdict.counterexample


@pytest.mark.parametrize(
    "wrong",
    [
        Inequality("loss", "two_layers"),
        Inequality("discriminant", Integer(0)),
        Inequality("two_layers", TWO / 2),
    ],
)
def test_wrong_inequalities_are_refuted(wrong):
    assert si.prove(replace(theorem, propositions=(wrong,))).status == "refuted"
