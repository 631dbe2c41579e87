"""Studies of several models: each against its own minimum, and verdicts that can say no."""

from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Rational

torch = pytest.importorskip("torch")

from symicl.errors import InputError  # noqa: E402
from symicl.models import LinearTransformerBlock, MultiHeadLinearAttention  # noqa: E402
from symicl.numeric_checks.zhang2024.lsa_gap import experiment, of_block, of_many_heads, of_one_head  # noqa: E402
from symicl.studies import Contender, Schedule  # noqa: E402
from symicl.studies.kinds.judging import judge  # noqa: E402
from symicl.studies.regression.level_bench import grounds_of  # noqa: E402
from symicl.studies.regression.population import Population  # noqa: E402

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
    assert [panel.x_label for panel in result.panels] == [
        "steps of Adam on statistics of fresh prompts",
        "evaluations of the closed-form loss by L-BFGS",
    ]
    runs = result.to_json()["runs"]
    assert [(run["name"], run["method"], run["samples"] > 0) for run in runs] == [
        ("one head", "statistic", True),
        ("one head", "population", False),
    ]


def test_a_minimum_that_is_too_high_is_contradicted():
    result = study(lambda values: of_one_head(values) + Fraction(1, 2), tolerance=0.05).run(SMALL)
    assert result.verdict == "contradicted"
    assert "below the derived minimum" in result.reason


def test_a_minimum_that_is_too_low_is_not_confirmed():
    assert study(of_block).run(SMALL).verdict == "inconclusive"


@pytest.mark.parametrize("factor", ["99/100", "101/100"])
def test_a_stated_gap_that_is_one_per_cent_off_is_never_confirmed(factor):
    def minimum(values):
        return of_block(values) + (of_one_head(values) - of_block(values)) * Rational(factor)

    result = study(minimum, tolerance=0.05).run(SMALL)
    assert result.verdict == ("inconclusive" if factor == "99/100" else "contradicted"), result.reason
    assert result.verdict == "contradicted" or "without noise, it ends" in result.reason


def test_a_stated_lower_bound_that_is_too_high_is_contradicted():
    above = {"the bound": lambda values: of_one_head(values) * Rational(101, 100)}
    contender = replace(study(of_one_head).contenders[0], bounds=above)
    result = replace(study(of_one_head, tolerance=0.05), contenders=(contender,)).run(SMALL)
    assert (result.verdict, "below the bound" in result.reason) == ("contradicted", True)


def test_a_wrong_minimum_that_is_right_at_these_numbers_is_left_out_with_a_note():
    # At d = n = 1 one head and many heads have the same minimum, of which one is known to digits only.
    given = {"n": 1, "d": 1, "sigma2": 1, "H": [[1]], "Psi": [[1]], "beta_star": [1]}
    result = study(of_one_head, {"that of many heads": of_many_heads}, tolerance=0.05).run(given)
    assert result.verdict == "confirmed", result.reason
    assert any("that of many heads says the same" in note for note in result.extra["notes"])


def test_a_contender_whose_minimum_is_not_known_is_left_out_with_a_note():
    diagonal = [[k + 1 if j == k else 0 for j in range(4)] for k in range(4)]
    given = {"n": 3, "sigma2": 1, "H": diagonal, "Psi": [[int(j == k) for j in range(4)] for k in range(4)]}
    given["beta_star"] = [1, 1, 1, 1]
    with pytest.raises(InputError, match="H"):  # nothing is left here, which is said before any training
        study(of_one_head).run(given)
    block = replace(
        study(of_block).contenders[0], name="block", model=lambda values: LinearTransformerBlock()
    )
    both = replace(study(of_one_head), contenders=(study(of_one_head).contenders[0], block))
    result = both.run(given, steps=2)
    assert {run.name for run in result.runs} == {"block"}
    assert any(note.startswith("one head is left out") for note in result.extra["notes"])


def test_a_short_run_is_not_confirmed():
    assert study(of_one_head).run(SMALL, steps=3).verdict == "inconclusive"


def test_unknown_inputs_are_named():
    with pytest.raises(InputError, match="gamma is not an input"):
        experiment.inputs({"gamma": 1})


def test_the_closed_form_alone_never_confirms():
    runs = study(of_one_head, tolerance=0.05).run(SMALL).runs
    assert judge(grounds_of(runs))[0] == "confirmed"
    verdict, reason = judge(grounds_of([run for run in runs if not run.samples]))
    assert verdict == "inconclusive"
    assert "0 runs of the real model on samples" in reason


def test_without_noise_and_spread_models_whose_minimum_is_known_are_trained_and_the_others_named():
    given = {"n": 8, "sigma2": 0, "H": [[2, 1], [1, 3]], "Psi": [[0, 0], [0, 0]], "beta_star": [1, 2]}
    result = experiment.run(given)
    assert result.verdict == "confirmed"
    assert "d + 1 heads" in result.reason
    assert "one head is left out" in result.reason
    assert any("d + 1 heads: that of one head has no value" in line for line in result.lines())


def test_every_case_of_the_gap_of_attention_is_trained_on_samples():
    short = {label: replace(case, schedule=Schedule(steps=3)) for label, case in experiment.cases.items()}
    result = replace(experiment, cases=short, population=Population(evaluations=3), max_seeds=1).run()
    for label in experiment.cases:
        assert any(run.samples for run in result.runs if run.name.endswith(label))
