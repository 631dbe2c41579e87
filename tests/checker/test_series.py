"""Certificates of series, hence of limits: what they prove, wrong coefficients, corrupted files, refusals."""

import json
from dataclasses import replace
from functools import cache

import pytest
import sympy

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcome, outcomes

n, d = si.dims("n d")
c, H = si.scalar("c", positive=True), si.covariance("H", d)
LEAST = si.minimise(si.expected_loss(si.OneStepGD(), si.LinearRegression())).value

SERIES = {
    "limit": lambda: si.series(LEAST, n, order=0),
    "two powers": lambda: si.series(LEAST, n),
    "in proportion": lambda: si.series(LEAST / d, n, order=1, proportional={d: c}),
    "growing": lambda: si.series(n**3 / (n + 1) + d, n),
    "a power without a term": lambda: si.series(1 + d / (n**2 + 1), n),
    "nothing is left": lambda: si.series(1 / n**5, n),
    "traces": lambda: si.series(sympy.Trace(H) / (n + sympy.Trace(H.inverse())), n),
}


@cache
def certificate_of(name):
    return Certificate(si.certificate(SERIES[name]()))


@pytest.mark.parametrize("name", SERIES)
def test_nothing_is_asserted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.asserted == running.averages == []


@pytest.mark.parametrize(("name", "limits"), [("limit", 1), ("two powers", 3), ("growing", 5)])
def test_every_power_has_its_limit(checker, name, limits):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    report = "\n".join(running.report())
    assert report.count("all other letters stay") == limits


@pytest.mark.parametrize("name", ["limit", "two powers", "in proportion"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=2)))
    assert len(found) >= 20
    assert [case for case, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize("name", ["limit", "two powers", "growing"])
def test_forged_limits_are_rejected(checker, name):
    """The formula itself is no limit of it."""
    lines = [json.loads(line) for line in certificate_of(name).lines]
    entry = next(line for line in lines if line.get("rule") == "limit")
    entry["value"] = entry["of"]
    changed = [json.dumps(line).encode() + b"\n" for line in lines]
    assert outcome(checker, changed).startswith("Rejected: ")


@pytest.mark.parametrize("power", [0, -1, -2])
def test_wrong_coefficients_have_none(power):
    series = SERIES["two powers"]()
    wrong = replace(series, terms={**series.terms, power: series.terms[power] * 2})
    with pytest.raises(si.DerivationError, match="is another one"):
        si.certificate(wrong)


def test_a_missing_term_has_none():
    series = SERIES["two powers"]()
    with pytest.raises(si.DerivationError, match=r"n\^-1 is another one"):
        si.certificate(replace(series, terms={p: x for p, x in series.terms.items() if p != -1}))


def test_a_missing_leading_term_has_none():
    series = SERIES["growing"]()
    with pytest.raises(si.DerivationError, match="is another one"):
        si.certificate(replace(series, terms={p: x for p, x in series.terms.items() if p < 2}))


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: si.series(LEAST, d, 0), si.UnsupportedError, "one at oo; put 1/d for d"),
        (lambda: si.series(H / (n + 1), n), si.UnsupportedError, "not of a matrix"),
        (
            lambda: si.series(sympy.Trace((n * H + sympy.Identity(d)).inverse()), n),
            si.UnsupportedError,
            "no rule of certificates takes this series",
        ),
        (lambda: si.limit(LEAST, n), si.InputError, "as the series of order 0"),
    ],
)
def test_refusals(ask, error, message):
    with pytest.raises(error, match=message):
        si.certificate(ask())
