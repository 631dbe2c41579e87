"""A numeric check that trains on one law and tests under another confirms the stated risk and contradicts others."""

from dataclasses import replace

import pytest
from sympy import Rational

from symicl.models import GDBeta
from symicl.numeric_checks.zhang2023.test_risk import experiment, trained
from symicl.studies import Schedule

INPUTS = {"n": 4, "m": 6, "d": 2, "Lambda": [[1, 0], [0, 2]], "w": [1, -1]}


def study(**states):
    """With GD-β, which has no local minima, and with other states."""
    schedule = Schedule(lr=0.05, steps=200, batch=(64, 512))
    theorem = replace(experiment.theorem, states={**experiment.theorem.states, **states})
    return replace(
        experiment,
        theorem=theorem,
        tolerance=0.05,
        trained=replace(trained, model=GDBeta(), schedule=schedule),
    )


@pytest.mark.parametrize(("states", "verdict"), [({}, "confirmed"), ("wrong", "contradicted")])
def test_the_stated_risk(states, verdict):
    if states == "wrong":
        states = {"risk": experiment.theorem.states["risk"] + Rational(1, 50)}
    found = study(**states).run(INPUTS)
    assert found.verdict == verdict, found.reason
    assert len(found.runs) == 6 and {run.seed for run in found.runs} == {0, 1}


def test_a_wrong_risk_that_is_the_stated_one_is_not_told_apart():
    same = replace(study(), wrong={"itself": experiment.theorem.states["risk"]})
    found = same.run(INPUTS)
    assert found.verdict == "inconclusive" and "itself" in found.reason
