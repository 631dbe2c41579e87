"""Limits of sizes that grow together, and of inverses of sums."""

import json

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
        ("limit c -> infinity of c inv(S + c I) = I", "limit c -> infinity of c inv(S + c I) = inv(S)"),
        (
            "limit c -> infinity of c^2 inv(S + c I) - c I = -S",
            "limit c -> infinity of c^2 inv(S + c I) - c I = S",
        ),
        (
            "limit c -> 0 of (inv(S + c I) - inv(S) + c inv(S)^2)/c^2 = inv(S)^3",
            "limit c -> 0 of (inv(S + c I) - inv(S) + c inv(S)^2)/c^2 = 2 inv(S)^3",
        ),
        ("limit c -> 0 of c inv(c S + c^2 I) = inv(S)", "limit c -> 0 of c inv(c S + c^2 I) = S"),
        (
            "limit c -> 0 of (inv(S + r I + c I) - inv(S + r I))/c = -inv(S + r I)^2",
            "limit c -> 0 of (inv(S + r I + c I) - inv(S + r I))/c = inv(S + r I)^2",
        ),
        (
            "limit n -> infinity of n inv(A' A + n S) A = inv(S) A",
            "limit n -> infinity of n inv(A' A + n S) A = A inv(S)",
        ),
    ],
)
def test_of_inverses(checker, right, wrong):  # noqa: F811
    result = check(right, certificate=True)
    assert result.verdict == "proved", str(result)
    assert accepted(checker, result.certificate.splitlines()) == []
    assert check(wrong).verdict == "refuted"


def accepted(checker, lines):  # noqa: F811
    """What is asserted in a certificate that the checker accepts."""
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in lines])
    return running.asserted


def test_what_a_certificate_cannot_show_is_asserted(checker):  # noqa: F811
    """A divisor with an inverse in it is not seen to be different from 0."""
    text = f"{DECLARED}claim limit c -> 0 of c/(tr(inv(S + c I)) - tr(inv(S))) = -1/tr(inv(S)^2)\nclaim tr(S) > 0\n"
    assert len(accepted(checker, symicl.check(text, certificate=True).certificate.splitlines())) == 1


@pytest.mark.parametrize("wrong", ["S", "nothing"])
def test_a_forged_limit_of_an_inverse_is_rejected(checker, monkeypatch, wrong):  # noqa: F811
    """The inverse of S + c I is S⁻¹ at c = 0, and nothing else; and c is not replaced beside it."""
    monkeypatch.setattr(checker.Checker, "print", lambda self, value: self.line_fields.get("print"))
    text = check("limit c -> 0 of inv(S + c I) + S = inv(S) + S", certificate=True).certificate
    lines = [json.loads(line) for line in text.splitlines()]
    (put,) = (line for line in lines if line.get("rule") == "substitute")
    letter = {line["id"]: line for line in lines if line.get("rule") == "letter"}
    place = next(i for i, (x, _) in enumerate(put["letters"]) if letter[x]["rows"] == "d")
    if wrong == "nothing":
        del put["letters"][place]
    else:
        put["letters"][place][1] = next(x for x, line in letter.items() if line["name"] == wrong)
    with pytest.raises(checker.Rejected, match="is inside of another letter, or an inverse"):
        accepted(checker, map(json.dumps, lines))


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
