"""Inequalities that a referee expects to be decided: proved with a certificate, refuted where a little wrong."""

import pytest

import symicl
from checker.conftest import checker  # noqa: F401

DECLARED = """
dims n, d
A, B : matrix(d, d)
S, R : covariance(d)
K : covariance(1)
c, b : scalar
s, r : scalar(positive)
v, w, mu : vector(d)
Q : symmetric(d)
X ~ gaussian(n, d, col_cov = S)
"""

# True, and something near it that is false.
CASES = [
    ("(n - 2)^2 >= 0", "(n - 2)^2 > 0"),
    ("n^2 - 3 n + 2 >= 0", "n^2 - 3 n + 1 >= 0"),
    ("n^2 - 2 n + 2 > 0", "n^2 - 2 n + 1 > 0"),
    ("b^2 + c^2 >= 2 b c", "b^2 + c^2 >= 3 b c"),
    ("c^2 - c + 1 > 0", "c^2 - 2 c + 1 > 0"),
    ("c^4 - 2 c^2 + 1 >= 0", "c^4 - 3 c^2 + 2 >= 0"),
    ("b^2 + c^2 + s^2 >= b c + c s + s b", "b^2 + c^2 + s^2 >= b c + c s + 3 s b"),
    ("s + 1/s >= 2", "s + 1/s >= 3"),
    ("r/s + s/r >= 2", "r/s + s/r > 2"),
    ("s^2 + 1/s^2 >= 2", "s^2 + 1/s^2 > 2"),
    ("(mu' v)^2 <= ||mu||^2 ||v||^2", "2 (mu' v)^2 <= ||mu||^2 ||v||^2"),
    ("(v' S w)^2 <= v' S v w' S w", "(v' S w)^2 <= v' v w' S w"),
    ("(v' v)^2 <= v' S v v' inv(S) v", "(v' v)^2 <= v' S v v' S v"),
    ("2 <v, w> <= |v|^2 + |w|^2", "3 <v, w> <= |v|^2 + |w|^2"),
    ("Var[v' X' X v] >= 0", "Var[v' X' X v] > 0"),
    ("K > 0", "K > 1"),
    ("tr(S^2) <= tr(S)^2", "tr(S^2) < tr(S)^2"),
    ("tr(S^3) <= tr(S) tr(S^2)", "tr(S^3) <= tr(S)^2"),
    ("v' S v <= tr(S) v' v", "2 v' S v <= tr(S) v' v"),
    ("tr(S R) <= tr(S) tr(R)", "d tr(S R) <= tr(S) tr(R)"),
    ("tr(S R)^2 <= tr(S^2) tr(R^2)", "tr(S R)^2 <= tr(S) tr(R)"),
    ("d^2 <= tr(S) tr(inv(S))", "d^3 <= tr(S) tr(inv(S))"),
    ("tr(inv(S)) >= d^2/tr(S)", "tr(inv(S)) >= (d^2 + 1)/tr(S)"),
    ("tr(S)^2 <= d tr(S^2)", "tr(S)^2 <= n tr(S^2)"),
    ("tr(S)^3 <= d^2 tr(S^3)", "tr(S)^3 <= d tr(S^3)"),
    ("tr(S)^4 <= d^3 tr(S^4)", "tr(S)^4 <= d^2 tr(S^4)"),
    ("tr(S)^6 <= d^5 tr(S^6)", "tr(S)^6 <= d^4 tr(S^6)"),
    ("tr(S)^3 tr(S^2) <= d^3 tr(S^5)", "tr(S)^3 tr(S^2) <= d^2 tr(S^5)"),
    ("tr(S^2)^3 <= tr(S)^2 tr(S^4)", "tr(S^2)^3 <= tr(S)^2 tr(S^3)"),
    ("tr(A' A)^4 <= d^3 tr((A' A)^4)", "tr(A' A)^4 <= d^2 tr((A' A)^4)"),
    ("(c - 2)^2 >= 0", "(c - 2)(c - 3) >= 0"),
    ("s^3 - 3 s + 2 >= 0", "s^3 - 3 s + 19/10 >= 0"),
    ("(s - 1)^2 (s + 2) (b - c)^4 >= 0", "(s - 1)^2 (b - 2) >= 0"),
    ("c^4 - 2 c^3 + 2 c^2 - 2 c + 1 >= 0", "c^4 - 2 c^3 + 2 c^2 - 2 c + 1 > 0"),
    ("(s - 5/2)^2 + 1/1000000 > 0", "(s - 5/2)^2 >= 1/1000000"),
    ("(n - 2)(n - 3) >= 0", "(n - 2)(n - 4) >= 0"),
    ("(n - d)(n - d - 1) >= 0", "(n - d)(n - d - 2) >= 0"),
    ("(n - 1)(n - 2)(n - 3) >= 0", "(n - 2)(n - 3)(n - 4) >= 0"),
    ("(n d - 5)(n d - 6) >= 0", "(n d - 5)(n d - 7) >= 0"),
    ("2 n^2 - 9 n + 10 >= 0", "2 n^2 - 11 n + 12 >= 0"),
    ("tr(S) (n - 2)(3 - n) <= 0", "tr(S) (n - 2)(5 - n) <= 0"),
    ("(n^2 - 3)(n^2 - 4) >= 0", "(n^2 - 3)(n^2 - 5) >= 0"),
    ("(n^2 - n - 5)(n^2 - n - 6) >= 0", "(n^2 - n - 3)(n^2 - n - 1) >= 0"),
    ("tr(Q)^4 <= d^3 tr(Q^4)", "tr(Q)^4 <= d^2 tr(Q^4)"),
    ("tr(Q)^6 <= d^5 tr(Q^6)", "tr(Q)^6 <= d^4 tr(Q^6)"),
    ("tr(Q)^2 tr(Q^2) <= d^2 tr(Q^4)", "tr(Q)^2 tr(Q^2) <= d tr(Q^4)"),
    ("tr(S) tr(S^2) <= d tr(S^3)", "tr(S) tr(S^2) <= (d - 1) tr(S^3)"),
    ("tr(S^2)^2 <= tr(S) tr(S^3)", "tr(S^2)^2 <= tr(S^3)"),
    ("tr(A)^2 <= d tr(A' A)", "tr(A)^2 <= tr(A' A)"),
    ("tr(A^2) <= tr(A' A)", "tr(A' A) <= tr(A^2)"),
    ("E[tr(X' X)^2] >= E[tr(X' X)]^2", "E[tr(X' X)^2] >= 2 E[tr(X' X)]^2"),
    ("(1_d' v)^2 <= d v' v", "(1_d' v)^2 <= v' v"),
    ("v' v >= tr(v v')", "v' v > tr(v v')"),
    # the order of Loewner
    ("S + R >= S", "S >= S + R"),
    ("S + A A' ⪰ S", "S + A + A' ⪰ S"),
    ("S + R > S", "S + v v' > S"),
    ("S <= tr(S) I", "2 S <= tr(S) I"),
    ("v v' <= (v' v) I", "v v' < (v' v) I"),
    ("S + inv(S) >= 2 I", "S + inv(S) > 2 I"),
    ("(A - B) (A - B)' >= 0", "(A - B) (A - B)' > 0"),
    ("A' S A >= 0", "A' S A > 0"),
    ("S^2 >= 0", "S^2 >= S"),
]

FALSE = ["s >= 1/1000", "c < 10^20", "tr(S) >= 1/1000", "n < 10^9", "v' v < 10^12", "s < 10^9", "c^2 >= c",
         "d tr(S R) >= tr(S) tr(R)", "tr(Q)^3 <= d^2 tr(Q^3)", "v' S R v >= 0", "v' S w >= 0"]  # fmt: skip


def check(claim, **keywords):
    return symicl.check(f"{DECLARED}claim {claim}\n", **keywords)


@pytest.mark.parametrize("claim", [claim for claim, _ in CASES])
def test_true_with_a_certificate(checker, claim):  # noqa: F811
    result = check(claim, certificate=True)
    assert result.verdict == "proved", str(result)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == []
    assert len(running.stated) == 1


@pytest.mark.parametrize("claim", [*(claim for _, claim in CASES), *FALSE])
def test_false(claim):
    result = check(claim)[0]
    assert result.verdict == "refuted", str(result)
    assert result.counterexample is not None


@pytest.mark.parametrize(
    "claim", ["B = 0 minimises tr(B^2)", "c = 0 minimises -c^2", "A = 0 minimises -tr(A' S A)"]
)
def test_a_saddle_and_a_maximum_are_no_minima(claim):
    result = check(claim)[0]
    assert result.verdict == "refuted"
    assert "it is no minimum" in result.reason


def test_what_is_undecided_says_what_was_tried():
    reason = check("(n^2 - 4)(n^2 - 6) >= 0")[0].reason
    assert "completed squares" in reason
    assert "Cauchy-Schwarz" in reason
    assert "could decide it" in reason


def test_a_changed_certificate_is_rejected(checker):  # noqa: F811
    lines = check("tr(S^2) <= tr(S)^2", certificate=True).certificate.splitlines()
    changed = [line.replace('"products":[[[', '"products":[[[1,') for line in lines]
    assert changed != lines
    with pytest.raises(checker.Rejected):
        checker.Checker().check([(line + "\n").encode() for line in changed])


STRUCTURED = """
dims n, d, r
P : projector(d, r)
U : semi_orthogonal(n, r)
L : diagonal(d, positive)
S : covariance(d)
x ~ N(0, I_d)
"""


@pytest.mark.parametrize(
    "claim", ["r <= d", "E[x' P x] <= d", "tr(U U') <= n", "L S L >= 0", "tr(L S) <= tr(L) tr(S)"]
)
def test_instances_satisfy_the_equations_of_letters(claim):
    assert symicl.check(f"{STRUCTURED}claim {claim}\n").verdict != "refuted"


@pytest.mark.parametrize("claim", ["r < d", "d <= r", "d <= n", "E[x' P x] < d", "d tr(L S) >= tr(L) tr(S)"])
def test_what_they_do_not_say_is_refuted(claim):
    assert symicl.check(f"{STRUCTURED}claim {claim}\n").verdict == "refuted"


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("e' e = n", "proved"),
        ("U' U = 2 U' U", "refuted"),
        ("B' B = 2 B' B", "refuted"),
        ("B' inv(B B' + I_n) = inv(B' B + 2 I_d) B'", "refuted"),
        ("B' B > 0", "refuted"),
        ("tr(S) tr(inv(S)) >= d^2", "proved"),
        ("tr(B B')^2 <= d tr(B B' B B')", "proved"),
        ("tr(B B')^2 <= (d - 1) tr(B B' B B')", "refuted"),
        ("tr(S) I_d >= S", "proved"),
        ("tr(U U') = d", "proved"),
        ("e' e <= n - 1", "refuted"),
        ("tr(M) <= n", "refuted"),
        ("tr(M' M) = n", "refuted"),
    ],
)
def test_matrices_have_the_sizes_that_are_bounded(claim, verdict):
    """An instance is no counterexample, and no defect, because its n was raised behind a vector's back."""
    declared = "dims n, d\ne : ones(n)\nM : matrix(n, n)\nU : semi_orthogonal(n, d)\nB : matrix(n, d)\n"
    declared += "S : covariance(d)\nassume n > d + 5, d > 1\n"
    result = symicl.check(f"{declared}claim {claim}\n")[0]
    assert result.verdict == verdict, str(result)
