"""Retrieved examples and gates: stated values at numbers, and statements that are slightly wrong."""

from dataclasses import replace
from fractions import Fraction

import pytest
import sympy

from symicl.proofs.li2024 import retrieval
from symicl.proofs.li2025 import gating
from symicl.statements import GlobalMinimum, Inequality, Limit, evaluate_theorem, prove


def values(theorem, **given):
    """Stated values at numbers."""
    return {name: value["decimal"] for name, value in evaluate_theorem(theorem, given).values.items()}


@pytest.mark.parametrize(
    ("n", "d", "alpha", "sigma2", "excess", "error"),
    [
        (20, 20, "3/10", 0, 5.661723, -0.070),
        (20, 5, "3/5", "1/2", 1.052186, -0.575),
        (10, 5, "9/10", 0, 1.133668, -0.603),
    ],
)
def test_retrieval(n, d, alpha, sigma2, excess, error):
    """The excess, and how far off the published leading order is."""
    alpha, sigma2 = sympy.Rational(alpha), sympy.Rational(sigma2)
    found = values(retrieval.theorem, n=n, d=d, alpha=alpha, sigma2=sigma2)["excess"]
    assert found == pytest.approx(excess, abs=1e-6)
    at = {retrieval.n: n, retrieval.d: d, retrieval.alpha: alpha, retrieval.sigma2: sigma2}
    assert float(retrieval.leading_order.subs(at)) / found - 1 == pytest.approx(error, abs=1e-3)


def test_the_loss_on_retrieved_examples_does_not_vanish():
    wrong = replace(retrieval.theorem, propositions=(Limit("excess", sympy.Integer(0), (retrieval.n,)),))
    assert prove(wrong).status == "refuted"
    once = replace(retrieval.theorem, propositions=(GlobalMinimum("loss", once=True),))
    assert prove(once).status == "refuted"


def test_weights():
    """Equal weights are n examples, those of 1, 1/2, 1/4 are (7/4)²/(21/16) = 7/3; as a row and as a matrix."""
    assert values(gating.theorem, d=5, sigma2=0, weights=[1, 1])["n_eff"] == 2
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    row = values(gating.theorem, d=5, sigma2=0, weights=[1, half, quarter])
    assert row["n_eff"] == pytest.approx(7 / 3) and row["excess"] == pytest.approx(3.6)
    assert row == values(gating.theorem, d=5, sigma2=0, weights=[[1, 0, 0], [0, half, 0], [0, 0, quarter]])


def test_unequal_weights_are_not_worth_more():
    said = gating.theorem.propositions[2]
    wrong = replace(gating.theorem, propositions=(Inequality(said.larger, said.smaller),))
    assert prove(wrong).status == "refuted"
    other = {"trained_gates_loss": gating.theorem.corollaries["trained_gates_loss"] + 1}
    wrong = replace(gating.theorem, corollaries={**gating.theorem.corollaries, **other})
    assert prove(wrong).status == "refuted"
