"""What is assumed of letters: true claims are proved with a certificate, and a little wrong ones refuted."""

import re

import pytest

import symicl
from checker.conftest import checker  # noqa: F401

DECLARED = """
dims n, d, m
A, B : matrix(d, d)
U : matrix(d, m)
P, Q : symmetric(d)
S, R : covariance(d)
v, mu : vector(d)
c : scalar
z ~ N(0, I_d)
y ~ N(0, S)
x ~ N(mu, R)
X ~ gaussian(n, d, col_cov = S)
"""

# What is assumed, what follows, and what does not.
CASES = [
    ("|v| = 1", "E[(z' v)^2 z z'] = 2 v v' + I", "E[(z' v)^2 z z'] = 2 v v' + 2 I"),
    ("||v||^2 = d", "E[(z' v)^2] = d", "E[(z' v)^2] = d^2"),
    ("v' v = 4", "|v|^4 = 16", "|v|^4 = 4"),
    ("P^2 = P", "Var[z' P z] = 2 rank_P", "Var[z' P z] = 2 d"),
    ("P P = P, tr(P) = m", "E[(z' P z)^2] = m (m + 2)", "E[(z' P z)^2] = m^2"),
    ("A' A = I", "A A' = I", "A^2 = I"),
    ("U' U = I", "tr(U U') = m", "tr(U U') = d"),
    ("A symmetric", "Var[y' A y] = 2 tr(A S A S)", "Var[y' A y] = 2 tr(A^2 S^2)"),
    ("A, B are symmetric", "(A B)' = B A", "(A B)' = A B"),
    ("P and Q commute", "(P Q)' = P Q", "P A Q = Q A P"),
    ("S R = R S", "tr(S R S R) = tr(S^2 R^2)", "tr(S R S R) = tr(S^2 R)"),
    ("n > d + 1", "1/(n - d - 1) <= 1", "1/(n - d - 1) <= 1/2"),
    ("n >= d, d > m", "n > m", "n > m + 1"),
    ("c > 0", "c + 1/c >= 2", "c + 1/c >= 3"),
    ("c nonnegative", "(1 + c)^2 >= 1", "(1 + c)^2 > 1"),
    ("S = I", "E[X' X] = n I", "E[X' X] = I"),
    ("mu = 0", "Var[x' P x] = 2 tr(P R P R)", "Var[x' P x] = 2 tr(P R)^2"),
]


def check(assumed, claim, **keywords):
    return symicl.check(f"{DECLARED}assume {assumed}\nclaim {claim}\n", **keywords)


@pytest.mark.parametrize(("assumed", "claim"), [(a, c) for a, c, _ in CASES])
def test_what_follows(checker, assumed, claim):  # noqa: F811
    result = check(assumed, claim, certificate=True)
    assert result.verdict == "proved", str(result)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == []
    without = symicl.check(f"{DECLARED}claim {claim.replace('rank_P', 'm')}\n")
    assert without.verdict != "proved"


@pytest.mark.parametrize(("assumed", "claim"), [(a, c) for a, _, c in CASES])
def test_what_does_not(assumed, claim):
    result = check(assumed, claim)
    assert result.verdict == "refuted", str(result)


def test_a_bound_under_which_an_expectation_exists():
    assert check("n > d + 1", "E[inv(X' X)] = inv(S)/(n - d - 1)").verdict == "proved"
    assert check("n > d + 1", "E[inv(X' X)] = inv(S)/(n - d)").verdict == "refuted"
    assert check("n > d", "E[inv(X' X)] = inv(S)/(n - d - 1)").verdict == "undecided"


@pytest.mark.parametrize(
    ("claim", "assumption"),
    [
        ("E[y' A y y' B y] - E[y' A y] E[y' B y] = 2 tr(A S B S)", "A symmetric"),
        ("Var[x' A x] = 2 tr(A R A R) + 4 mu' A R A mu", "A symmetric"),
        ("Var[x' P x] = 2 tr(P R P R)", "mu = 0"),
        ("E[X' X] = n I", "S = I_d"),
        ("Var[x' A x] = 2 tr(A R A R)", "A symmetric, mu = 0"),
        ("Cov[y' A y, y' B y] = 2 tr(A B)", "B symmetric, S = I_d"),
        ("Var[x' A x] = 2 tr(A A)", "A symmetric, mu = 0, R = I_d"),
        ("Var[x' A x] = 3 tr(A A)", ""),
        ("E[z' z] = d + 1", ""),
    ],
)
def test_what_mends_a_refuted_formula(claim, assumption):
    refuted = symicl.check(f"{DECLARED}claim {claim}\n")[0]
    assert refuted.verdict == "refuted"
    assert refuted.assumption == assumption
    if assumption:
        assert ("an assumption mends it", f"assume {assumption}") in refuted.details()
        assert refuted.document["assumption"] == assumption
        assert check(assumption, claim).verdict == "proved"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("assume A nice", "is assumed to be what"),
        ("assume x symmetric", "x is a random"),
        ("assume U symmetric", "U is not square"),
        ("assume A^2 = A", "A is not symmetric"),
        ("assume A = 3", "A is a d×d matrix, but this is a scalar"),
        ("assume P = A", "P is symmetric, but this is not known to be"),
        ("assume |v| = c", "the norm of v is c"),
        ("assume n > d, d > n", "not bounded by d"),
        ("assume S > 0", "S is a covariance"),
        ("assume A and B commute", "A is a matrix; matrices that commute are symmetric"),
        ("assume P and Q commute\nassume S and R commute", "one family"),
        ("assume tr(P) = m", "a rank belongs to a projector"),
        ("claim A = A\nassume A symmetric", "stands before the claims"),
        ("assume d = 3", "d is a dimension"),
    ],
)
def test_refused(text, sentence):
    with pytest.raises(symicl.ClaimError, match=re.escape(sentence)):
        symicl.check(f"{DECLARED}{text}\nclaim A = A\n")


def test_a_mean_is_centred_and_no_factor_of_a_covariance():
    """Everything is true where A = 0, which nobody assumes in passing."""
    declared = f"{DECLARED}k ~ N(0, U U')\nl ~ N(A mu, S)\n"
    assert symicl.check(f"{declared}claim E[k' k] = 2 tr(U U')")[0].assumption == ""
    assert symicl.check(f"{declared}claim E[l' l] = tr(S)")[0].assumption == "mu = 0"
