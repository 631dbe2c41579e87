"""The second engine on depth at numbers: twenty examples in five dimensions, by their bidiagonal form."""

import json
from fractions import Fraction
from functools import cache

import pytest
import sympy

import symicl as si
from symicl.certificates.coordinates import Gaussians, bidiagonal, matrices, recheck
from symicl.certificates.coordinates.proof_log import ProofLog
from symicl.errors import EnginesDisagreeError

TASK = si.LinearRegression(n=20, d=5, noise=0)
RESULTS = {
    "two layers": lambda: si.depth(TASK, 2),
    "two layers of one step": lambda: si.depth(TASK, 2, tied=True),
    "three layers of one step": lambda: si.depth(TASK, 3, tied=True),
    "noise": lambda: si.depth(si.LinearRegression(n=20, d=5, noise=sympy.Rational(1, 4)), 2),
    "fewer examples than dimensions": lambda: si.depth(si.LinearRegression(n=3, d=5, noise=0), 2),
    "given steps": lambda: si.iterate(TASK, 2, step=[sympy.Rational(1, 2), sympy.Rational(1, 3)]),
}


@cache
def lines_of(name):
    return tuple(si.certificate(RESULTS[name]()).splitlines())


@pytest.mark.parametrize("name", RESULTS)
def test_the_engines_agree(name):
    log, found = ProofLog(lines_of(name)), recheck(lines_of(name))
    assert found.undetermined == 0
    assert found.expectations == len(log.rule("expectation")) > 0
    assert found.moments == len(log.rule("stein")) > 0


def wrong(name, letter, change):
    """One more in the first term of the last average over a letter."""
    lines = [json.loads(line) for line in lines_of(name)]
    ids = [line["id"] for line in lines if line.get("rule") == "letter" and line["name"] == letter]
    change([line for line in lines if line.get("rule") == "expectation" and line["letter"] in ids][-1])
    return list(map(json.dumps, lines))


@pytest.mark.parametrize("name", ["two layers", "two layers of one step", "noise"])
def test_a_wrong_moment_is_refused(name):
    def one_more(entry):
        entry["terms"][0][0] = str(Fraction(entry["terms"][0][0]) + 1)

    with pytest.raises(EnginesDisagreeError, match="the expectation over X"):
        recheck(wrong(name, "X", one_more))


@pytest.mark.parametrize(("rows", "cols"), [(2, 2), (3, 2), (2, 3)])
def test_the_form_has_the_moments_of_the_matrix(rows, cols):
    for k in (1, 2, 3):
        found = []
        for form in (False, True):
            gaussians = Gaussians()
            draw = bidiagonal.draw if form else lambda g, p, q, s: g.draw(p, q, None, None, s)
            X = draw(gaussians, rows, cols, Fraction(3, 2))
            W, power = matrices.product(matrices.transpose(X), X), matrices.identity(len(X[0]))
            for _ in range(k):
                power = matrices.product(power, W)
            found.append(gaussians.mean([[matrices.trace(power) * matrices.trace(W)]]))
        assert found[0] == found[1]


def test_a_matrix_beside_another_letter_has_no_form():
    assert bidiagonal.stands_alone(5, [[5, -5], [3]])
    assert not bidiagonal.stands_alone(5, [[5, -5], [5, 3, -5]])
