"""How laws are declared in claims: sums and products of covariances, sizes such as n + 1, several names."""

import json

import pytest

import symicl as si
from checker.conftest import checker  # noqa: F401
from symicl.certificates.coordinates import recheck
from symicl.errors import ClaimError
from symicl.language import check

HEAD = """
dims n, d, k
S : covariance(d)
A : matrix(k, d)
s : scalar(nonnegative)
"""
SUM = (
    HEAD
    + "X ~ gaussian(n + 1, d, col_cov = S + s I_d)\n"
    + "claim E[X' X X' X] = ((n+1)^2 + n + 1) (S + s I)^2 + (n+1) tr(S + s I_d) (S + s I)\n"
)


def verdicts(*lines):
    return [claim.verdict for claim in si.check(HEAD + "\n".join(lines))]


@pytest.mark.parametrize(
    ("law", "right", "wrong"),
    [
        ("x ~ N(0, S + s I_d)", "E[x' x] = tr(S) + s d", "E[x' x] = tr(S) + s"),
        ("x ~ N(0, A S A')", "E[x' x] = tr(A S A')", "E[x' x] = tr(S)"),
        ("x ~ N(0, A A' + 2 A S S A')", "E[x x'] = A A' + 2 A S^2 A'", "E[x x'] = A A' + A S^2 A'"),
        ("x ~ gaussian(n + 1, d)", "E[x' x] = (n + 1) I", "E[x' x] = n I"),
        ("x ~ gaussian(2 n + d, k)", "E[tr(x' x)] = (2 n + d) k", "E[tr(x' x)] = 2 n + d k"),
        ("x, y ~ N(0, S)", "E[(x' y)^2] = tr(S^2)", "E[x' y] = tr(S)"),
        ("x ~ entries(n, d, fourth = 1 + s)", "E[(x' x)^2] = n(n - 1) I + n(d + s) I", "E[(x' x)^2] = n(n + d) I"),
        ("x ~ rademacher(n, d)", "E[(x' x)^2] = n(n - 1) I + n d I", "E[(x' x)^2] = n(n + d + 1) I"),
        ("x ~ uniform(n, d)", "E[(x' x)^2] = n(n + d - 1/5) I", "E[(x' x)^2] = n(n + d - 1) I"),
        ("x ~ sparse_signs(n, d, density = 1/3)", "E[(x' x)^2] = n(n + d + 1) I", "E[(x' x)^2] = n(n + d) I"),
        ("x ~ sphere(d, radius2 = 1)", "E[x x'] = I/d", "E[x x'] = I"),
        ("x ~ sphere(d)", "E[x x' S x x'] = d/(d + 2) (2 S + tr(S) I)", "E[x x' S x x'] = 2 S + tr(S) I"),
        ("x ~ elliptical(n, d, cov = S, fourth = 1 + s)", "E[(x' x)^2] = (n^2 + n + 2 n s) S^2 + n(1 + s) tr(S) S",
         "E[(x' x)^2] = (n^2 + n) S^2 + n tr(S) S"),
        ("x ~ haar(d)", "E[x S x'] = tr(S)/d I", "E[x S x'] = tr(S) I"),
        ("x ~ haar(d + k, d)", "E[x x'] = d/(d + k) I", "E[x x'] = I"),
        ("x ~ haar(d + 1)", "E[tr(x)^4] = 3", "E[tr(x)^4] = 1"),
        ("x ~ goe(d, variance = s)", "E[x^2] = (d + 1) s I", "E[x^2] = d s I"),
        ("x ~ gaussian(d + 1 + k, d, col_cov = S)", "E[inv(x' x)] = inv(S)/k", "E[inv(x' x)] = inv(S)/(k + 1)"),
        ("x ~ gaussian(d + 3 + k, d, col_cov = S)", "E[tr(S inv(x' x))] = d/(k + 2)", "E[tr(S inv(x' x))] = d/(k + 1)"),
        ("x, y, z ~ gaussian(n, d)", "E[x' y z' x] = 0", "E[x' x z' z] = n I"),
    ],
)  # fmt: skip
def test_right_claims_are_proved_and_wrong_ones_refuted(law, right, wrong):
    assert verdicts(law, f"claim {right}", f"claim {wrong}") == ["proved", "refuted"]


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ("x ~ N(0, S - s I_d)", "not known to be ≥ 0"),
        ("x ~ N(0, A S)", "must be k×k"),
        ("x ~ gaussian(n - 1, d)", "not negative"),
        ("x ~ gaussian(n/2, d)", "whole numbers"),
        ("x ~ gaussian(n + s, d)", "dimensions"),
        ("x, x ~ N(0, S)", "declared twice"),
        ("x ~ entries(d, fourth = s)", "not known to be that of a law"),
        ("x ~ entries(d, sixth = 1)", "not the one before it"),
        ("x ~ sparse_signs(d)", "needs density"),
        ("x ~ sparse_signs(d, density = 1 + s)", "density"),
        ("x ~ spheer(d)", "did you mean sphere"),
        ("x ~ elliptical(d, cov = A)", "must be"),
    ],
)
def test_laws_that_cannot_be_meant(law, words):
    with pytest.raises(ClaimError, match=words):
        check(HEAD + law + "\nclaim E[x] = 0")


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("E[(x' x)^3] = 1", "sixth moment of the entries of x"),
        ("E[tr(O)^4] = 3", "only if d > 1"),
        ("E[inv(Z' Z)] = inv(S)", "only if n > d + 1"),
        ("x' x = 1", "outside of E"),
        ("x' x >= 0", "outside of E"),
    ],
)
def test_what_is_not_known_of_a_law_is_undecided_by_name(claim, words):
    text = (
        HEAD
        + f"B : matrix(d, d)\nO ~ haar(d)\nZ ~ gaussian(n, d)\nx ~ entries(d, fourth = 1 + s)\nclaim {claim}"
    )
    (result,) = si.check(text)
    assert result.verdict == "undecided" and words in result.reason


def test_averages_over_other_laws_are_recomputed(checker):  # noqa: F811
    text = HEAD + "x ~ rademacher(d)\ny ~ sphere(d)\nclaim E[(x' x)^2] = d^2\nclaim E[(y' y)^2] = d^2"
    result = si.check(text, certificate=True)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == []
    assert any("length and the direction" in axiom for axiom in result[1].axioms)
    assert result[0].axioms != result[1].axioms


def test_certificates_of_such_laws_are_accepted_and_rechecked(checker):  # noqa: F811
    certificate = si.check(SUM, certificate=True).certificate
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in certificate.splitlines()])
    assert running.asserted == [] and len(running.stated) == 1
    agreement = recheck(certificate.splitlines())
    assert (agreement.expectations, agreement.moments) == (1, 3)


def test_a_certificate_with_another_covariance_is_rejected(checker):  # noqa: F811
    certificate = si.check(SUM, certificate=True).certificate
    lines = [json.loads(line) for line in certificate.splitlines()]
    at = next(i for i, line in enumerate(lines) if line.get("rule") == "substitute")
    (made_of,) = [value for _, value in lines[at]["letters"]]
    (total,) = [line for line in lines if line.get("id") == made_of]
    total["parts"] = total["parts"][:1]  # S in the place of S + s I
    with pytest.raises(checker.Rejected):
        checker.Checker().check([(json.dumps(line) + "\n").encode() for line in lines])
