"""Architectures side by side: each row against a value of another origin."""

from fractions import Fraction
from math import log, tanh

import pytest

import symicl as si
from symicl.errors import InputError
from symicl.theory.architectures import least_squares
from symicl.theory.architectures.rows import ARCHITECTURES
from symicl.theory.architectures.setting import Setting


def rows(**given):
    return {row.name: row for row in si.compare(**given).rows}


def test_the_isotropic_setting_has_the_published_and_derived_values():
    found = rows(n=20, d=5, sigma2="1/4")
    n, d, s = 20, 5, Fraction(1, 4)
    attention = d * (d + 1 + s) / (n + d + 1 + s)
    assert Fraction(str(found["linear attention, one layer"].excess)) == attention
    assert Fraction(str(found["GD-β, linear transformer block"].excess)) == attention
    assert float(found["delta rule, a step size per token"].excess) == pytest.approx(0.363763847, rel=1e-8)
    assert float(found["one layer looped 2 times"].excess) == pytest.approx(0.541925037, rel=1e-8)
    # N_eff = coth(ln 2/(2n))/3 tokens with decay 2^(−1/n), read at their best scale
    effective = 1 / tanh(log(2) / (2 * n)) / 3
    decay = d * (d + 1 + float(s)) / (effective + d + 1 + float(s))
    assert float(found["attention with decay 2^(-1/n) per token"].excess) == pytest.approx(decay, rel=1e-12)


def test_without_noise_the_layers_have_the_known_values():
    found = rows(n=20, d=5)
    untied = [found[f"{count} layers, a step each"] for count in (2, 3, 4)]
    assert [float(row.excess) for row in untied] == pytest.approx(
        [0.361239686054, 0.133608429383, 0.05495255672]
    )
    tied = [found[f"one layer looped {count} times"] for count in (2, 3, 4)]
    assert [float(row.excess) for row in tied] == pytest.approx(
        [0.499007388007, 0.268342217846, 0.163253381532]
    )
    assert float(found["delta rule, one step size"].excess) == pytest.approx(5 * (6 / 7) ** 20)
    assert found["Bayes: ridge regression with penalty σ²"].excess == 0
    assert str(found["one step of rank 2 (2 heads of key dimension 1)"].excess) == "45/13"


def test_a_prior_mean_costs_heads_and_not_the_block():
    found = rows(n=3, d=2, sigma2=1, norm2="6.17")
    block = found["GD-β, linear transformer block"].excess
    one, two, three = (
        next(row for name, row in found.items() if name.startswith(f"linear attention, {count}"))
        for count in ("1 head", "2 heads", "3 heads")
    )
    assert one.excess > two.excess > three.excess > block
    assert "more are no better" in three.name


def test_much_noise_makes_the_steps_complex_and_the_row_a_lower_bound():
    found = rows(n=20, d=5, sigma2=5)
    assert found["2 layers, a step each"].remark == ""
    assert float(found["2 layers, a step each"].excess) == pytest.approx(1.328163, rel=1e-6)
    assert "lower bound" in found["4 layers, a step each"].remark


@pytest.mark.parametrize("size", [(20, 5), (3, 6)])
def test_the_sampled_bayes_risk_is_the_integral(size):
    setting = Setting(*size, Fraction(1, 4), Fraction(1), Fraction(0))
    sampled, exact = least_squares._sampled(setting), least_squares.bayes_risk(setting)
    error = float(sampled.remark.split()[1])
    assert abs(float(sampled.excess) - float(exact.excess)) < 6 * error


def test_no_architecture_beats_bayes_and_none_is_worse_than_no_examples():
    for given in ({"n": 6, "d": 3, "sigma2": "1/3"}, {"n": 6, "d": 3, "sigma2": "1/3", "kappa": 5}):
        found = si.compare(**given).rows
        known = [row for row in found if row.excess is not None]
        assert known[0].name.startswith("no examples")
        assert known[-1].name.startswith("Bayes")


def test_the_delta_rule_searched_is_the_proven_one():
    from symicl.theory.architectures import rows as module

    setting = Setting(12, 4, Fraction(1, 4), Fraction(3), Fraction(0))
    proven = next(module.delta_rule(setting))
    before, module.MAX_PROVEN = module.MAX_PROVEN, 0
    try:
        searched = next(module.delta_rule(setting))
    finally:
        module.MAX_PROVEN = before
    assert (proven.kind, searched.kind) == ("proven digits", "searched")
    assert float(searched.excess) == pytest.approx(float(proven.excess), rel=1e-6)


def test_progress_names_every_architecture():
    seen = []
    si.compare(2, 1, progress=seen.append)
    assert len(seen) == len(ARCHITECTURES)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"n": 0, "d": 5}, "n is 0; give an integer from 1 to 200"),
        ({"n": 20, "d": 2.5}, "d is 2.5; give an integer"),
        ({"n": 20, "d": 5, "sigma2": -1}, "sigma2 is -1; give a number that is not negative"),
        ({"n": 20, "d": 5, "sigma2": "import os"}, "give a number such as"),
        ({"n": 20, "d": 5, "kappa": 0.5}, "no condition number"),
        ({"n": 20, "d": 5, "kappa": 2, "norm2": 1}, "norm2 is taken with kappa=1 only"),
        ({"n": 20, "d": 60, "kappa": 2}, "d=60 is too large with kappa=2"),
    ],
)
def test_what_cannot_be_compared_is_refused(given, said):
    with pytest.raises(InputError, match=said):
        si.compare(**given)
