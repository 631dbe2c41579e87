"""The verdict rules themselves, on made-up runs and on real ones against a wrong claim."""

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from sympy import Identity

import symicl as si
from symicl.errors import InputError
from symicl.numeric import identity_matrix
from symicl.numeric_checks.zhang2024.gd_beta import experiment as gd_beta
from symicl.studies import Experiment, TrainResult
from symicl.studies.kinds import judging
from symicl.studies.regression.experiment_result import Comparison, Run, WrongStatement
from symicl.studies.regression.judging import grounds_of
from symicl.studies.regression.statement import Falsehood, Statement
from symicl.theory import StationaryPoint

NEAR = WrongStatement("near", Fraction(1, 100), True, identity_matrix(2))
FAR = WrongStatement("far", Fraction(1), True, identity_matrix(2))
SAME = WrongStatement("the same", Fraction(0), True, identity_matrix(2))
OPTIONAL = WrongStatement("optional", Fraction(1, 10**6), False, identity_matrix(2))


def run(verdict="reached", *, seed=0, excess=1e-4, apart=True, interrupted=False, method="statistic"):
    samples = 1000 if method in ("tokens", "statistic") else 0
    result = TrainResult(
        id="",
        verdict=verdict,
        reason="why",
        seed=seed,
        steps=1,
        seconds=0.0,
        loss_at_optimum=1.0,
        excess_loss=excess,
        relative_excess=excess,
        distance_to_optimum=0.0,
        coefficient=np.eye(2),
        optimal_coefficient=np.eye(2),
        trajectory=[(0, 1.0)],
        weights={},
        parameters={},
        interrupted=interrupted,
        method=method,
        samples=samples,
    )
    near = Comparison("near", ratio=0.5, position=0.0, told_apart=apart)
    far = Comparison("far", ratio=0.5, position=0.0, told_apart=True)
    return Run(result, (near, far, Comparison("optional", 30.0, 0.1, False)), Fraction(1) + Fraction(excess))


WRONG = (NEAR, FAR, OPTIONAL)


def judge(*found):
    """The verdict on runs beside wrong statements and a stated one."""
    return judging.judge(grounds_of(*found))


@pytest.mark.parametrize(
    ("runs", "verdict"),
    [
        ([run(), run(seed=1)], "confirmed"),
        ([run()], "inconclusive"),
        ([run(), run("unfinished", seed=1)], "inconclusive"),
        ([run(), run("unfinished", seed=1), run(seed=2)], "confirmed"),
        ([run(), run("local minimum", seed=1), run(seed=2)], "confirmed"),
        ([run("local minimum"), run("local minimum", seed=1)], "inconclusive"),
        ([run(), run(seed=1, apart=False)], "inconclusive"),
        ([run(apart=False), run(seed=1, apart=False)], "inconclusive"),
        ([run(), run(seed=1), run("contradicted", seed=2)], "contradicted"),
        ([run(), run(seed=1), run(seed=2, interrupted=True)], "inconclusive"),
    ],
)
def test_verdicts(runs, verdict):
    assert judge(runs, WRONG)[0] == verdict


def exact(verdict="reached", **options):
    return run(verdict, method="population", **options)


@pytest.mark.parametrize(
    ("runs", "verdict"),
    [
        ([exact(), exact(seed=1)], "inconclusive"),
        ([exact(), exact(seed=1), run()], "inconclusive"),
        ([run(), run(seed=1), exact(), exact("unfinished", seed=1)], "confirmed"),
        ([run("unfinished"), run("unfinished", seed=1), exact(), exact(seed=1)], "inconclusive"),
        ([run(), run(seed=1), exact("contradicted")], "contradicted"),
    ],
)
def test_runs_on_the_closed_form_stand_beside_and_never_alone(runs, verdict):
    found, reason = judge(runs, WRONG)
    assert found == verdict
    if len(runs) == 2:
        assert "0 runs of the real model on samples" in reason and "--method" in reason


def test_the_sentence_says_what_became_of_the_other_runs():
    _, reason = judge([run(), run("unfinished", seed=1), run(seed=2), exact()], WRONG)
    for part in ("2 of 3 runs of the real model on samples", "not that every run finds it", "seed 1: why"):
        assert part in reason
    assert "besides, 1 of 1 runs by Adam on the closed form of the loss, no samples" in reason


def stated(loss, name="loss"):
    return Statement((name,), (), (Falsehood(name, "the theorem states x", loss, Fraction(1)),))


def test_a_false_statement_is_contradicted_only_where_a_run_has_arrived():
    arrived, lost = [run(), run(seed=1)], [run("unfinished"), run("unfinished", seed=1)]
    verdict, reason = judge(arrived, WRONG, stated(Fraction(101, 100)))
    assert verdict == "contradicted"
    assert "seed 0 has the exact loss 1.0001, below it" in reason
    assert "no model has less" in judge(arrived, WRONG, stated(Fraction(99, 100)))[1]
    assert judge(lost, WRONG, stated(Fraction(101, 100)))[0] == "inconclusive"


def test_a_statement_of_which_nothing_can_be_measured_is_not_confirmed():
    verdict, reason = judge([run(), run(seed=1)], WRONG, Statement((), ("rate",), ()))
    assert (verdict, "rate" in reason) == ("inconclusive", True)


def test_nothing_is_confirmed_where_no_wrong_statement_differs():
    assert judge([run(), run(seed=1)], (SAME, OPTIONAL))[0] == "inconclusive"


def test_a_wrong_statement_that_says_the_same_here_is_not_asked_for():
    verdict, reason = judge([run(), run(seed=1)], (*WRONG, SAME))
    assert verdict == "confirmed"
    assert "the same" not in reason


def test_a_stationary_point_in_words():
    point = StationaryPoint("local minimum", 22.7577, 0.93479, 0.78914)
    assert point.text == "local minimum at s = 22.76, predicted loss 0.93479 (excess 0.7891)"


# --- real runs -------------------------------------------------------------------------------------------

TASK = si.LinearRegression()
n, d, sigma2 = TASK.n, TASK.d, TASK.noise


def small(**changes):
    """One dimension, where every minimum is global, and few examples, where a change by one is large."""
    pytest.importorskip("torch")
    from symicl.studies import Schedule

    return Experiment(
        id="a.test",
        task=TASK,
        model=si.LinearSelfAttention(),
        defaults={"n": 2, "d": 1, "sigma2": Fraction(1, 4)},
        nearest_wrong={"n + d + 2": 1 / (n + d + 2 + sigma2) * Identity(d)},
        schedule=Schedule(steps=250, batch=(64, 2048), lr=0.02),
        **changes,
    )


def test_the_true_optimum_is_confirmed_and_the_numbers_fit_together():
    seen = []
    result = small().run(progress=lambda *report: seen.append(report))
    assert result.verdict == "confirmed", result.reason
    assert {seed for seed, _, _, _ in seen} == {run.result.seed for run in result.runs}
    for run in result.runs:
        (comparison,) = run.comparisons
        e, e_w = run.result.excess_loss, result.wrong[0].excess
        assert comparison.ratio == pytest.approx(2 * (e / e_w) ** 0.5)
        assert abs(comparison.position) <= (e / e_w) ** 0.5 + 1e-12
        assert run.result.relative_excess == pytest.approx(e / result.loss_at_optimum)
        if run.samples:
            assert abs(run.result.sampled_loss - e - result.loss_at_optimum) < 6 * run.result.sampled_error
    document = result.to_json()
    names = "id verdict seed steps seconds loss_at_optimum excess_loss relative_excess distance_to_optimum"
    assert set(names.split()) <= document.keys()
    assert document["at"] == {"n": "2", "d": "1", "sigma2": "1/4"}


def test_a_wrong_optimum_is_contradicted_by_a_lower_loss():
    claim = 1 / (n + d + 2 + sigma2) * Identity(d)
    truth = {"n + d + 1": 1 / (n + d + 1 + sigma2) * Identity(d)}
    result = dataclasses.replace(small(), claim=claim, nearest_wrong=truth).run()
    assert result.verdict == "contradicted"
    assert "lower loss than the claimed minimum" in result.reason


def test_a_sampler_that_disagrees_with_the_symbols_is_not_confirmed():
    class Louder(si.LinearRegression):
        """Samples twice the noise that its symbols say."""

        def sample(self, values, batch, draws):
            return super().sample({**values, sigma2: 2 * values[sigma2]}, batch, draws)

    result = dataclasses.replace(small(), task=Louder()).run({"sigma2": 1})
    assert result.verdict != "confirmed"


def test_more_seeds_are_drawn_while_some_runs_end_in_a_local_minimum():
    result = small(max_seeds=5).run({"n": 1, "d": 2, "sigma2": 4}, seeds=(0,))
    sampled = [run for run in result.runs if run.samples]
    assert len(sampled) > 1
    assert [run.result.seed for run in sampled] == list(range(len(sampled)))


def test_unknown_inputs_are_refused():
    with pytest.raises(InputError, match="Sigma"):
        small().at({"Sigma": [[1]]})


NOISELESS = {"n": 8, "sigma2": 0, "H": [[2, 1], [1, 3]], "Psi": [[0, 0], [0, 0]]}


def test_without_noise_and_spread_the_prior_mean_is_told_from_a_longer_one():
    """The responses are Xβ* there, so that no coefficient can be wrong; the offset can."""
    result = gd_beta.run({**NOISELESS, "beta_star": [1, 2]})
    assert result.verdict == "confirmed"
    assert "apart from an offset 1.1 times as large" in result.reason
    # 0.01 β*ᵀHβ*
    assert result.wrong[-1].separation == Fraction(18, 100)


def test_where_nothing_can_be_learned_the_verdict_says_so():
    result = gd_beta.run({**NOISELESS, "beta_star": [0, 0]}, steps=5)
    assert result.verdict == "inconclusive"
    assert "nothing can be learned" in result.reason
