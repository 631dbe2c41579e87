"""Equalities whose sides are too large to be expanded: proved in factors, refuted at numbers, else undecided."""

import time

import pytest
from typer.testing import CliRunner

import symicl as si
from checker.conftest import checker  # noqa: F401
from language.test_evidence import recheck
from symicl.cli.app import app

HEAD = "a, b, c : scalar(positive)\nA : matrix(d, d)\n"
TERMS = (
    "a/(1 + a + 2 b + 3 c)^3",
    "b/(b + c + 1)^3",
    "c/(a + c + 2 b + 5)^3",
    "a b/(a + 2 b + 1)^3",
    "1/(2 + a + b + c)^3",
)


def claim(left, right, head=HEAD):
    return si.check(f"dims d\n{head}claim {left} = {right}")[0]


def test_five_fractions_in_another_order_are_proved():
    assert claim(" + ".join(TERMS), " + ".join(reversed(TERMS))).proved


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3 c", "4 c"),
        ("5)^3", "6)^3"),
        ("a b/", "2 a b/"),
        ("1/(2 + a", "-1/(2 + a"),
        ("b/(b + c + 1)^3", "b/(b + c + 1)^2"),
    ],
)
def test_a_slightly_wrong_one_is_refuted(old, new):
    left, right = " + ".join(TERMS), " + ".join(reversed(TERMS)).replace(old, new, 1)
    result = claim(left, right)
    assert result.verdict == "refuted" and result.counterexample is not None


def test_multiples_of_one_denominator_and_traces_are_recognised():
    left = "tr(A)^2 (" + " + ".join(TERMS) + " + 2/(2 a + 4 b + 6)^3 + 1/(c + a b + 1)^3)"
    right = "(1/(1 + a b + c)^3 + 1/(4 (a + 2 b + 3)^3) + " + " + ".join(TERMS) + ") tr(A) tr(A)"
    assert claim(left, right).proved
    assert claim(left, right.replace("4 (a", "8 (a")).verdict == "refuted"


def test_forms_of_vectors_are_scalars_too():
    head = HEAD + "v : vector(d)\nS : covariance(d)\n"
    left = "v' S v/(1 + v' S v)^3 + " + " + ".join(TERMS)
    right = " + ".join(reversed(TERMS)) + " + v' S v/(v' S v + 1)^3"
    assert claim(left, right, head).proved
    assert claim(left, right.replace("v' S v/", "v' v/"), head).verdict == "refuted"


def test_abbreviations_differences_and_negative_powers():
    head = HEAD + "let q = 1/(1 + a + 2 b + 3 c)^3\nσ² : scalar(nonnegative)\n"
    rest = " - ".join(TERMS[1:])
    left = f"a q - {rest} + σ²/(1 + σ² + a + b)^3"
    right = f"σ^2 (1 + b + σ² + a)^-3 - {rest} + {TERMS[0]}"
    assert claim(left, right, head).proved
    assert claim(left, right.replace("σ^2 (", "σ^4 ("), head).verdict == "refuted"


def test_too_large_even_for_that_is_undecided_with_exit_code_3(tmp_path):
    names = "p, q, r, s, t, u"
    total = "(1 + p + q + r + s + t + u)"
    other = total.replace("u", "2 u")
    text = f"{names} : scalar\nclaim {total}^24 {other}^24 = {other}^24 {total}^24"
    (tmp_path / "large.claim").write_text(text)
    outcome = CliRunner().invoke(app, ["check", str(tmp_path / "large.claim")], standalone_mode=False)
    assert outcome.return_value == 3
    result = si.check(text)[0]
    assert result.verdict == "undecided" and "terms" in result.reason


@pytest.mark.parametrize(
    "text",
    [
        "dims n, d\nA : matrix(d, d)\nv : vector(d)\nclaim (n + d + tr(A) + tr(A A) + tr(A^3) + v' v)^24 = 1",
        "a, b : scalar\nclaim (1 + a^2 + b^2 + a b)^24 (1 + a^4 + b^2)^24 = 1",
    ],
)
def test_what_is_too_large_to_expand_is_refuted_at_numbers(text):
    assert si.check(text)[0].verdict == "refuted"


@pytest.mark.parametrize(
    "tower",
    [
        "((((((2^24)^24)^24)^24)^24)^24)^24",
        "((((((a^24)^24)^24)^24)^24)^24)^24",
        "(((((((2 + a)^24)^24)^24)^24)^24)^24)^24",
    ],
)
def test_towers_of_powers_end_at_once(tower):
    start = time.process_time()
    large = "(1 + a + b + a b + c)^24 (2 + a + 3 b + c)^24 (1 + b + 7 a + c)^24"
    try:
        assert si.check(f"a, b, c : scalar\nclaim {large} + {tower} = {large}")[0].verdict != "proved"
    except si.ClaimError as error:
        assert "digits" in str(error)
    assert time.process_time() - start < 10


def test_a_certificate_holds_it(checker):  # noqa: F811
    text = f"{HEAD.splitlines()[0]}\nclaim {' + '.join(TERMS)} = {' + '.join(reversed(TERMS))}\n"
    running = recheck(checker, si.check(text, certificate=True).certificate)
    assert running.asserted == [] and len(running.stated) == 1


def test_a_certificate_does_not_pretend_to_hold_what_is_larger():
    more = ["1/(a + b + 7 c)^3", "a/(5 a + b + c + 9)^3", "b/(a b + c + 3)^3", "e/(a + e + 1)^3"]
    terms = [*TERMS, *more]
    text = f"{HEAD.splitlines()[0]}\ne : scalar(positive)\nclaim {' + '.join(terms)} = {' + '.join(reversed(terms))}\n"
    result = si.check(text + "claim a + b = b + a\n", certificate=True)
    assert result.verdict == "proved"
    assert "too large to be written out" in result.certificate
