"""Certificates of minima of expressions: what they prove, corrupted ones, the second engine, refusals."""

from dataclasses import replace
from functools import cache

import pytest
import sympy
from sympy.matrices.expressions import Trace

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from symicl.certificates.coordinates import recheck

n, d = si.dims("n d")
S, P, H = (si.covariance(name, d) for name in ("Sigma", "Psi", "H"))
K, A = si.matrix("K", (d, d)), si.matrix("A", (d, d))
G = si.symmetric("G", d)
s, a = si.scalar("s", nonnegative=True), si.scalar("a")
X, x = si.gaussian("X", (n, d), col_cov=H), si.gaussian("x", (d, 1), row_cov=H)
w, e = si.gaussian("w", (d, 1)), si.gaussian("e", (n, 1), row_cov=s * sympy.Identity(n))

MINIMA = {
    "one step of descent": ((x.T * K * X.T * (X * w + e) - x.T * w) ** 2, [K]),
    "written out": (Trace(P * K * S * K.T) - 2 * Trace(A.T * K) + s, [K]),
    "a matrix and a number": (
        Trace(K * S * K.T) + (Trace(K * P) - a) ** 2 + n * a**2 - 2 * Trace(K * A) - a,
        [K, a],
    ),
    "two features": ((Trace(G * X.T * X) / n + a * Trace(e.T * e) - 1) ** 2, [G, a]),
    "a trace and a transpose": (3 * Trace(K * K.T) + Trace(K * K) + Trace(K) ** 2 - 2 * Trace(K * A), [K]),
    "flat": ((Trace(K) - 1) ** 2, [K]),
}


@cache
def minimum_of(name):
    return si.minimise(*MINIMA[name])


@cache
def certificate_of(name):
    return Certificate(si.certificate(minimum_of(name)))


@pytest.mark.parametrize("name", MINIMA)
def test_nothing_is_asserted(checker, name):
    running = checker.Checker()
    running.check(certificate_of(name).lines)
    assert running.asserted == running.averages == []
    assert list(running.stated) == ["minimum"]


@pytest.mark.parametrize("name", ["one step of descent", "a matrix and a number", "two features"])
def test_corrupted_certificates_are_rejected(checker, name):
    certificate = certificate_of(name)
    found = outcomes(checker, certificate, list(certificate.corruptions(per_kind=1)))
    assert len(found) >= 100
    assert [case for case, text in found.items() if text == "accepted"] == []


@pytest.mark.parametrize("name", ["one step of descent", "two features"])
def test_the_second_engine_agrees(name):
    found = recheck(certificate_of(name).text.splitlines())
    assert found.moments and found.expectations and found.facts


@pytest.mark.parametrize("name", MINIMA)
def test_a_wrong_point_has_none(name):
    minimum = minimum_of(name)
    letter = minimum.problem.unknowns[0]
    values = minimum.solution.values
    moved = replace(minimum.solution, values={**values, letter: values[letter] * 2})
    with pytest.raises(si.UnsupportedError, match="gradient does not vanish"):
        si.certificate(replace(minimum, solution=moved))


def test_a_stationary_point_has_none():
    saddle = Trace(K * S * K.T) + a * Trace(K) + n * a**2 - 2 * Trace(K * A) - a
    with pytest.raises(si.UnsupportedError, match="not known to be a minimum"):
        si.certificate(si.minimise(saddle, [K, a]))


def test_what_the_rules_do_not_reach_is_said():
    """n − 1 is no sum of terms that are not negative."""
    minimum = si.minimise(n * Trace(K * K.T) + Trace(K * K), [K])
    assert minimum.attained == "minimum"
    with pytest.raises(si.UnsupportedError, match="no sum of a few terms"):
        si.certificate(minimum)
