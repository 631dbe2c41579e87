"""Studies of several models: each against its own minimum, and verdicts that can say no."""

from dataclasses import replace
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")

from symicl.errors import InputError  # noqa: E402
from symicl.models.multi_head_attention import MultiHeadLinearAttention  # noqa: E402
from symicl.numeric_checks.zhang2024.lsa_gap import experiment, of_block, of_one_head  # noqa: E402
from symicl.training.regression.levels import Contender  # noqa: E402
from symicl.training.regression.schedule import Schedule  # noqa: E402

SMALL = {"n": 3, "d": 1, "sigma2": 1, "H": [[1]], "Psi": [[1]], "beta_star": [3]}
QUICK = Schedule(steps=300, batch=(64, 512), lr=0.05)


def study(minimum, wrong=None, **changes):
    contender = Contender(
        "one head", lambda values: MultiHeadLinearAttention(), minimum, wrong=wrong or {}, schedule=QUICK
    )
    return replace(experiment, contenders=(contender,), max_seeds=1, **changes)


def test_the_derived_minimum_is_reached_and_told_apart_from_that_of_the_block():
    result = study(of_one_head, {"that of the block": of_block}, tolerance=0.05).run(SMALL)
    assert result.verdict == "confirmed", result.reason
    assert result.runs[0].excess_loss > 0
    assert len(result.panels) == 1
    assert result.to_json()["runs"][0]["name"] == "one head"


def test_a_minimum_that_is_too_high_is_contradicted():
    result = study(lambda values: of_one_head(values) + Fraction(1, 2), tolerance=0.05).run(SMALL)
    assert result.verdict == "contradicted"
    assert "below the derived minimum" in result.reason


def test_a_minimum_that_is_too_low_is_not_confirmed():
    assert study(of_block).run(SMALL).verdict == "inconclusive"


def test_a_short_run_is_not_confirmed():
    assert study(of_one_head).run(SMALL, steps=3).verdict == "inconclusive"


def test_unknown_inputs_are_named():
    with pytest.raises(InputError, match="gamma is not an input"):
        experiment.inputs({"gamma": 1})


def test_the_exact_loss_can_be_trained_on():
    case = experiment.cases["β* = (10,…,10)"]
    one = replace(
        study(of_one_head),
        defaults={**experiment.defaults, **SMALL},
        cases={"many": replace(case, inputs={})},
    )
    result = one.run()
    assert result.verdict == "confirmed", result.reason
    assert result.runs[0].relative_excess < 1e-6
    assert one.run().runs == result.runs
