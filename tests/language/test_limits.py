"""Limits of sizes that grow together, and of inverses of sums."""

import pytest

import symicl
from checker.conftest import checker  # noqa: F401

DECLARED = """
dims n, d, m
A : matrix(d, d)
S : covariance(d)
c, r : scalar(positive)
t : scalar
"""
TOGETHER = "limit n, d -> infinity with d/n -> c of"


def check(claim, **keywords):
    return symicl.check(f"{DECLARED}claim {claim}\n", **keywords)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (f"{TOGETHER} d/(n + d) = c/(1 + c)", f"{TOGETHER} d/(n + d) = 1/(1 + c)"),
        (f"{TOGETHER} (d^2 + n)/n^2 = c^2", f"{TOGETHER} (d^2 + n)/n^2 = c"),
        (
            "limit n -> infinity with d/n -> 1/2 of d/(n + d) = 1/3",
            "limit n -> infinity with d/n -> 2 of d/(n + d) = 1/3",
        ),
        (
            "limit n, d, m -> infinity with d/n -> c, m/n -> r of (d + m)/n = c + r",
            "limit n, d, m -> infinity with d/n -> c, m/n -> r of (d + m)/n = c r",
        ),
        ("limit n, d -> infinity with n/d -> c of d/(n + d) = 1/(1 + c)", f"{TOGETHER} n d/(n + d) = c"),
        (r"latex \lim_{n, d\to\infty,\, d/n\to c} \frac{d}{n + d} = \frac{c}{1 + c}", f"{TOGETHER} n/d = c"),
    ],
)
def test_together(checker, right, wrong):  # noqa: F811
    result = check(right, certificate=True)
    assert result.verdict == "proved", str(result)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == []
    assert check(wrong).verdict == "refuted"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("limit c -> 0 of inv(S + c I) = inv(S)", "limit c -> 0 of inv(S + c I) = S"),
        ("limit n -> infinity of n inv(n S + I) = inv(S)", "limit n -> infinity of n inv(n S + I) = I"),
        ("limit c -> 0 of tr(S inv(S + c I)) = d", "limit c -> 0 of tr(S inv(S + c I)) = d - 1"),
    ],
)
def test_of_inverses(right, wrong):
    assert check(right).verdict == "proved"
    assert check(wrong).verdict == "refuted"


def test_what_a_certificate_cannot_show_is_asserted(checker):  # noqa: F811
    text = f"{DECLARED}claim limit c -> 0 of inv(S + c I) = inv(S)\nclaim tr(S) > 0\n"
    running = checker.Checker()
    running.check(
        [(line + "\n").encode() for line in symicl.check(text, certificate=True).certificate.splitlines()]
    )
    assert len(running.asserted) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("limit n, d -> infinity of d/n = 1", "how d grows beside n is not said"),
        ("limit n, d -> infinity with d/n -> t of d/n = t", "a positive exact number"),
        ("limit n, c -> infinity with c/n -> r of c/n = r", "c is a scalar; dimensions grow together"),
        ("limit n, d -> infinity with d/n -> c, n/d -> c of d/n = c", "all over n"),
        ("limit n, d -> infinity with d/m -> c of d/n = c", "how n grows beside m"),
        ("limit c -> 0 with d/n -> c of d/n = c", "sizes grow together"),
    ],
)
def test_refused(text, sentence):
    with pytest.raises(symicl.ClaimError, match=sentence):
        check(text)


def test_a_quotient_at_which_the_limit_depends_on_the_way_is_undecided():
    result = check("limit n, d -> infinity with d/n -> 1 of n/(n - d) = 1")
    assert result.verdict == "undecided"
    assert "how it is approached" in result[0].reason
