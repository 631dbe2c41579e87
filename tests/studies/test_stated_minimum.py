"""A minimum that was derived by hand is confirmed by training, and one that is slightly wrong is contradicted."""

from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.errors import InputError
from symicl.studies import StatedMinimumResult, TrainResult
from symicl.studies.regression import stated_minimum

pytest.importorskip("torch")

task, model = si.LinearRegression(), si.LinearSelfAttention()
n, d, sigma2 = task.n, task.d, task.noise
AT = task.at(n=6, d=2, sigma2="1/2")
RIGHT = sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2)


def run(minimum, seed=1, **options):
    return si.train(model, AT, minimum=minimum, seed=seed, **options)


def test_a_right_minimum_is_confirmed_on_samples():
    result = run(RIGHT, steps=60, batch=256)
    assert isinstance(result, StatedMinimumResult)
    assert result.verdict == "confirmed", result
    assert result.samples == 60 * 256 and result.method in ("tokens", "statistic")
    assert 0 <= result.excess_loss < 1e-6 and abs(result.sampled_loss - result.loss_at_optimum) < 0.1
    assert isinstance(result, TrainResult) and result.to_json()["verdict"] == "confirmed"
    pytest.importorskip("matplotlib")
    assert len(result.plot().axes) == 1 and "minimal loss, stated" in result._repr_html_()
    assert repr(result).startswith("confirmed: the exact loss at the trained weights is above")
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(result)


@pytest.mark.parametrize("factor", [1 + Fraction(1, 10**5), 1 + Fraction(1, 50)])
def test_one_that_is_too_high_is_undercut_exactly(factor):
    result = run(RIGHT * factor, method="population")
    assert result.verdict == "contradicted" and "below the stated minimum" in result.reason
    assert result.excess_loss < 0


@pytest.mark.parametrize("factor", [1 - Fraction(1, 10**5), 1 - Fraction(1, 50)])
def test_one_that_is_too_low_is_below_a_derived_bound(factor):
    result = run(RIGHT * factor, method="population")
    assert result.verdict == "contradicted" and "a derived lower bound" in result.reason


def test_without_a_bound_one_that_is_too_low_is_not_confirmed(monkeypatch):
    monkeypatch.setattr(stated_minimum.StatedMinimum, "bound", None)
    monkeypatch.setattr(stated_minimum.StatedMinimum, "derived", None)
    result = run(RIGHT * (1 - Fraction(1, 10**5)), method="population")
    assert result.verdict == "inconclusive" and "no weights are known that attain it" in result.reason
    assert run(RIGHT, method="population").verdict == "confirmed"


def test_a_run_that_ends_in_a_local_minimum_names_a_seed_that_does_not_and_contradicts_all_the_same(
    monkeypatch,
):
    monkeypatch.setattr(stated_minimum.StatedMinimum, "derived", None)
    result = run(RIGHT, seed=0, method="population")
    assert result.verdict == "inconclusive" and result.reason.endswith("seed=1 leads to it")
    too_high = run(RIGHT * (1 + Fraction(1, 10**5)), seed=0, method="population")
    assert too_high.verdict == "contradicted" and "from the start of seed 1 have the loss" in too_high.reason


@pytest.mark.parametrize("off", [Fraction(1, 10**13), -Fraction(1, 10**13), Fraction(1, 10**30)])
def test_one_that_no_training_tells_apart_is_refuted_by_the_derivation(off):
    result = run(RIGHT + sympy.Rational(off.numerator, off.denominator), method="population")
    assert result.verdict == "contradicted" and "by 1e-" in result.reason


def test_what_is_confirmed_is_said_to_be_derived_or_consistent(monkeypatch):
    assert run(RIGHT, method="population").reason.endswith(
        "The derived minimal loss is exactly the stated one"
    )
    rounded = run(float(Fraction(1, 2) + Fraction(14, 19)), method="population")
    assert rounded.verdict == "confirmed" and rounded.reason.endswith("as far as that is rounded")
    monkeypatch.setattr(stated_minimum.StatedMinimum, "derived", None)
    alone = run(RIGHT + sympy.Rational(1, 10**9), method="population", seed=1)
    assert alone.verdict == "contradicted" and "below the stated minimum" in alone.reason
    assert "consistent with the training to 1e-06 of it" in run(RIGHT, method="population").reason


def test_a_wrong_formula_of_the_catalogue_is_contradicted():
    forgot_the_query_noise = d * (d + 1 + sigma2) / (n + d + 1 + sigma2)
    counts_the_query = sigma2 + d * (d + 1 + sigma2) / (n + d + 2 + sigma2)
    for wrong in (forgot_the_query_noise, counts_the_query):
        assert run(wrong, method="population").verdict == "contradicted"


def test_numbers_and_closed_forms_are_taken():
    form = si.minimise(si.expected_loss(model, task)).closed_form
    for minimum in (form, float(Fraction(1, 2) + Fraction(14, 19))):
        assert run(minimum, method="population").verdict == "confirmed"


@dataclass(frozen=True)
class TwoNumbers(si.Model):
    """f = (a + b) ⟨Xᵀy, x⟩: as good as one number."""

    def weight_shapes(self):
        return {"a": si.WeightShape((1,), (1,)), "b": si.WeightShape((1,), (1,))}

    def forward(self, weights, prompt):
        score = si.transpose(prompt.query) @ (si.transpose(prompt.covariates) @ prompt.responses)
        return score @ weights["a"] + score @ weights["b"]


def test_a_model_of_ones_own():
    result = si.train(TwoNumbers(), AT, minimum=RIGHT, seed=1, steps=60, batch=256)
    assert result.verdict == "confirmed", result


def test_a_forward_pass_that_is_another_one_confirms_nothing(monkeypatch):
    honest = stated_minimum.StatedMinimum.fresh
    monkeypatch.setattr(
        stated_minimum.StatedMinimum,
        "fresh",
        lambda self, weights, seed: replace(honest(self, weights, seed), mean=1.4),
    )
    result = run(RIGHT, method="population")
    assert result.verdict == "inconclusive" and "not the one whose loss was derived" in result.reason


@pytest.mark.parametrize(
    "minimum, sentence",
    [
        (
            RIGHT + sympy.Symbol("k"),
            "the minimum depends on k, for which the task has no number; it has n, d, sigma2",
        ),
        ("sigma2", "the text 'sigma2' is no formula"),
        (sympy.sqrt(-sigma2), "is not a real number"),
        (sympy.Identity(d), "is not a real number"),
    ],
)
def test_what_is_no_minimum_gets_one_sentence(minimum, sentence):
    with pytest.raises(InputError, match=sentence):
        run(minimum)


def test_a_yardstick_beside_a_minimum_is_refused_in_a_sentence():
    from symicl.studies.regression.yardstick import Yardstick

    with pytest.raises(InputError, match="minimum and yardstick both say"):
        run(RIGHT, yardstick=Yardstick(model, AT))


@dataclass(frozen=True)
class ScaledAttention(si.CausalModel):
    """x̂_{t+1} = (a/(t−1)) Σ_s x_s ⟨x_{s−1}, x_t⟩."""

    def weight_shapes(self):
        return {"a": si.WeightShape((1,), (1,))}

    def forward(self, weights, sequence):
        s, now = sequence.context(), sequence.now
        return sequence.attend(s.x(), s.x(1), now.x(), s) * sequence.inverse_length * weights["a"]


def test_sequences():
    sequences = si.AutoregressiveTask()
    least = si.minimise(si.expected_loss(ScaledAttention(), sequences)).value
    for factor, verdict in (
        (1, "confirmed"),
        (1 + Fraction(1, 10**5), "contradicted"),
        (1 - Fraction(1, 10**5), "contradicted"),
    ):
        result = si.train(ScaledAttention(), sequences.at(d=3, T=6), minimum=least * factor, steps=40, seed=0)
        assert result.verdict == verdict, result
        assert result.samples == 40 * 256


def test_sequences_with_too_many_weights_to_be_followed_are_not_confirmed():
    at = si.AutoregressiveTask().at(d=2, T=4)
    low, high = (
        si.train(si.CausalLinearAttention(), at, minimum=minimum, steps=5, seed=0) for minimum in (1, 100)
    )
    assert low.verdict == "inconclusive" and low.reason.endswith("no weights are known that attain it")
    assert high.verdict == "contradicted" and low.bound is None
