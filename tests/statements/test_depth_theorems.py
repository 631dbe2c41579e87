"""Layers and loops: the values that `eval` gives, and slightly wrong versions of what is said of two passes."""

from dataclasses import replace

import pytest

import symicl as si
from symicl.errors import InputError
from symicl.proofs.ahn2023.depth import theorem as free
from symicl.proofs.gatmiry2024.looped import a, b, d, n, theorem, untied
from symicl.statements import Inequality, Limit, LossAtLeast, evaluate_theorem

UNTIED = (1.153846153846, 0.361239686054, 0.133608429383, 0.054952556720, 0.024781295360)
TIED = (1.153846153846, 0.499007388007, 0.268342217846, 0.163253381532, 0.107897041367)


def evaluated(of, **given):
    values = evaluate_theorem(of, given).values
    return {name: value["decimal"] for name, value in values.items()}


@pytest.mark.parametrize("layers", range(1, 6))
def test_the_least_losses_at_twenty_examples_in_five_dimensions(layers):
    at = {"n": 20, "d": 5, "layers": layers}
    assert evaluated(free, **at)["excess"] == pytest.approx(UNTIED[layers - 1], abs=1e-12)
    assert evaluated(theorem, **at)["excess"] == pytest.approx(TIED[layers - 1], abs=1e-12)
    steps = evaluated(free, **at)["steps"]
    assert steps == sorted(steps) and len(steps) == layers


def test_noise_in_layers():
    at = {"n": 20, "d": 5, "layers": 2}
    assert len(evaluated(free, **at, sigma2="4.2")["steps"]) == 2
    beyond = evaluate_theorem(free, {**at, "sigma2": 5})
    assert beyond.values["excess"]["decimal"] == pytest.approx(1.328163, abs=1e-6)
    assert beyond.values["steps"]["exact"] is None and "complex roots" in beyond.notes[0]


def test_too_many_layers_are_refused():
    for of in (free, theorem):
        with pytest.raises(InputError, match="at most 12"):
            evaluate_theorem(of, {"n": 20, "d": 5, "layers": 13})


def test_the_best_step_is_stationary_and_beats_its_neighbours():
    found = evaluated(theorem, n=20, d=5, layers=2)
    loss = theorem.corollaries["looped"].subs({n: 20, d: 5})
    step = found["step"]
    assert float(loss.subs(b, step)) == pytest.approx(found["excess"], rel=1e-12)
    assert all(float(loss.subs(b, step + h)) > found["excess"] for h in (-0.01, 0.01))


@pytest.mark.parametrize(
    "wrong",
    [
        LossAtLeast(2 * untied),
        LossAtLeast("untied", above=True),
        Inequality("looped", "tangent"),
        Inequality("tangent", "looped", strict=True, equality={b: a}),
        Limit(n**2 * theorem.corollaries["looped"].subs(b, 1), d * (d**2 + 3 * d + 4), (n,)),
    ],
)
def test_wrong_propositions_are_refuted(wrong):
    assert si.prove(replace(theorem, propositions=(wrong,))).status == "refuted"


def test_a_wrong_tangent_is_refuted():
    steeper = {**theorem.corollaries, "tangent": theorem.corollaries["tangent"] + b - 1}
    assert si.prove(replace(theorem, corollaries=steeper)).status == "refuted"
