"""Decay over the prompt, and heads on tasks with a mean: known values, and slightly wrong versions."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import coth, log

import symicl as si
from symicl.proofs.jiang2025 import decay
from symicl.proofs.xie2025 import guess, heads
from symicl.statements import EveryMinimiser, Inequality, LeastOverHeads, Limit, evaluate_theorem


def values(theorem, **given):
    return {name: found["decimal"] for name, found in evaluate_theorem(theorem, given).values.items()}


def test_decay_at_fifty_examples():
    found = values(decay.theorem, n=50, d=4)
    assert found["excess"] == pytest.approx(0.376714488, abs=1e-9)
    assert found["n_eff"] == pytest.approx(float(coth(log(2) / 100) / 3), rel=1e-14)
    assert found["slack"] * found["excess"] == pytest.approx(3 * 4 * 5 / 100, rel=1e-14)
    assert values(decay.theorem, n=10**9, d=4)["slack"] == pytest.approx(1 / float(log(2)), rel=1e-6)


def test_heads_at_known_numbers():
    found = values(heads.theorem, n=3, d=2, psi=1, sigma2=1, mean2=6)
    assert found["threshold"] == pytest.approx(6.161033, abs=1e-6) and found["heads"] == 2
    assert values(heads.theorem, n=3, d=2, psi=1, sigma2=1, mean2=7)["heads"] == 3
    assert values(heads.theorem, n=3, d=2, psi=1, sigma2=0, mean2=2) == {
        "gap": 0.5,
        "threshold": None,
        "heads": 2,
    }
    other = {"n": 5, "d": 3, "psi": Fraction(4, 5), "sigma2": Fraction(1, 2)}
    assert values(heads.theorem, **other, mean2=0)["heads"] == 1
    assert values(heads.theorem, **other, mean2=1)["threshold"] == pytest.approx(31.957838, abs=1e-6)
    assert values(heads.theorem, n=3, d=2, psi=1, sigma2=1, mean2=2)["gap"] == pytest.approx(0.4892, abs=1e-4)


@pytest.mark.parametrize(
    ("module", "name", "wrong"),
    [
        (decay, "excess", decay.d * (decay.d + 1) / (3 * decay.n_eff + decay.d + 1)),
        (decay, "any_decay", decay.theorem.corollaries["any_decay"].subs(decay.n, decay.n + 1)),
        (decay, "slack", decay.slack * 2),
        (heads, "gap", heads.kappa * heads.norm2 * 2),
        (heads, "threshold", heads.largest / 2),
    ],
)
def test_slightly_wrong_closed_forms_are_refuted(module, name, wrong):
    theorem = module.theorem
    verdict = si.prove(replace(theorem, corollaries={**theorem.corollaries, name: wrong}))
    assert verdict.status == "refuted" and name in verdict.counterexample


TASK = guess.task


@pytest.mark.parametrize(
    ("module", "wrong"),
    [
        (decay, Inequality("excess", "half_life", equality={decay.eta: decay.best * 2})),
        (decay, Inequality("half_life", "excess")),
        (decay, Limit(decay.slack.subs(decay.h, decay.ell / decay.n), decay.ell, (decay.n,))),
        (guess, EveryMinimiser(guess.eta * TASK.x.T * TASK.X.T * TASK.y)),
        (heads, LeastOverHeads(heads.sigma2 + heads.best_excess, heads.d + 1)),
    ],
)
def test_wrong_propositions_are_refuted(module, wrong):
    assert si.prove(replace(module.theorem, propositions=(wrong,))).status == "refuted"
