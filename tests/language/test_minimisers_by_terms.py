"""Minimisers of objectives that are written out: traces, squares of traces, transposes of the unknown."""

from __future__ import annotations

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from checker.corruption import Certificate
from checker.test_corpus import outcomes

SETTING = """
dims d, n
L : covariance(d)
R : covariance(d)
A : matrix(d, d)
G : matrix(d, d)
s : scalar
"""

CLAIMS = {
    "a weighted norm": ("inv(L) A inv(R)", "tr(L G R G') - 2 tr(A' G) + s", "2 inv(L) A inv(R)"),
    "a sum": ("A inv(R + I)", "tr(G (R + I) G') - 2 tr(A' G)", "A inv(R + 2 I)"),
    "a trace": ("1/(n + d) I_d", "n tr(G G') + tr(G)^2 - 2 tr(G)", "1/n I_d"),
    "a trace with a weight": (
        "inv(L) - d/(d + tr(L)) I_d",
        "tr(G L G') + tr(G L)^2/d - 2 tr(G)",
        "inv(L)",
    ),
    "a transpose": ("3 A - A'", "3 tr(G G') + tr(G G) - 16 tr(A' G)", "2 A"),
    "a transpose and a negative trace": ("0 I_d", "n tr(G G') + n tr(G G) - n tr(G)^2/d", "I_d"),
}


@pytest.fixture(scope="module")
def checked():
    lines = [
        f'claim "{name}": G = {right} minimises {objective}' for name, (right, objective, _) in CLAIMS.items()
    ]
    return si.check(SETTING + "\n".join(lines), certificate=True)


@pytest.mark.parametrize("name", CLAIMS)
def test_proved(checked, name):
    (result,) = [claim for claim in checked.claims if claim.title == name]
    assert result.verdict == "proved", result.reason


@pytest.mark.parametrize("name", CLAIMS)
def test_a_wrong_minimiser_is_refuted_with_the_right_one(name):
    right, objective, wrong = CLAIMS[name]
    (result,) = si.check(f"{SETTING}claim G = {wrong} minimises {objective}").claims
    assert result.verdict == "refuted"
    assert result.counterexample is not None
    if name != "a transpose and a negative trace":  # more than one minimiser, of which another one is shown
        assert si.check(f"{SETTING}claim {right} = {result.document['truth']}").verdict == "proved"


def test_the_certificate_is_recomputed_without_an_asserted_step(checked, checker):  # noqa: F811
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in checked.certificate.splitlines()])
    assert len(running.stated) == len(CLAIMS)
    assert running.asserted == []


def test_every_corrupted_one_is_rejected(checker):  # noqa: F811
    right, objective, _ = CLAIMS["a trace"]
    real = Certificate(
        si.check(f"{SETTING}claim G = {right} minimises {objective}", certificate=True).certificate
    )
    cases = list(real.corruptions(per_kind=1))
    assert len(cases) > 100
    assert [name for name, text in outcomes(checker, real, cases).items() if text == "accepted"] == []


INDEFINITE = ["tr(G G)", "tr(G L G' R) - 2 tr(G L G L)", "tr(G G') - tr(G)^2"]


@pytest.mark.parametrize("objective", INDEFINITE)
def test_what_is_not_convex_is_not_proved(objective):
    """The gradient vanishes at 0, and there are directions in which the objective falls."""
    (result,) = si.check(f"{SETTING}claim G = 0 minimises {objective}").claims
    assert result.verdict == "refuted"
    assert "it is no minimum" in result.reason
    assert result.counterexample.right < result.counterexample.left


def test_a_stationary_point_is_not_called_the_true_minimiser():
    (result,) = si.check(f"{SETTING}claim G = 0 minimises tr(G G) - 2 tr(G)").claims
    assert result.verdict == "refuted"
    assert "need not be a minimum" in result.truth_is
