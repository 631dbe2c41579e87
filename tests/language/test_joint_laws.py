"""Vectors with a joint Gaussian law, [x; y] ~ N(0, [[S, C], [C', T]])."""

import itertools

import pytest
import sympy

import symicl
from symicl.errors import ClaimError

DECLARED = """
dims d, k, m
S : covariance(d)
T : covariance(k)
U : covariance(m)
C : matrix(d, k)
B : matrix(d, m)
A : matrix(k, m)
P : symmetric(d)
Q : symmetric(k)
mu : vector(d)
r : scalar
[x; y] ~ N(0, [[S, C], [C^T, T]])
[u; v; w] ~ N(0, [[S, C, B], [C', T, A], [B', A', U]])
[f; g] ~ N(0, [[1, r], [r, 1]])
[a; b] ~ N([mu; 0], [[S, 0], [0, T]])
"""

CLAIMS = [
    ("E[x y'] = C", "E[x y'] = 2 C"),
    ("E[x x'] = S", "E[x x'] = S + C C'"),
    ("Cov[x' P x, y' Q y] = 2 tr(P C Q C')", "Cov[x' P x, y' Q y] = tr(P C Q C')"),
    ("E[[x; y] [x; y]'] = [[S, C], [C', T]]", "E[[x; y] [x; y]'] = [[S, C], [C', 2 T]]"),
    ("E[v w'] = A", "E[v w'] = A + C' B"),
    (
        "E[(u' C v)(v' A w)] = tr(C C') tr(A A') + tr(A A' C' C) + tr(A B' C T)",
        "E[(u' C v)(v' A w)] = tr(C C') tr(A A') + 2 tr(A A' C' C)",
    ),
    ("Var[u' C v] = tr(C T C' S) + tr(C' C C' C)", "Var[u' C v] = tr(C T C' S)"),
    ("E[f^2 g^2] = 1 + 2 r^2", "E[f^2 g^2] = 1 + 3 r^2"),
    ("Corr[f, g] = r", "Corr[f, g] = r^2"),
    ("E[a b'] = 0", "E[a a'] = S"),
    ("E[a' a] = tr(S) + mu' mu", "E[a' a] = tr(S)"),
    ("E[kron(x, y)] = vec(C')", "E[kron(x, y)] = vec(C)"),
    ("E_{x, y}[y' y] = tr(T)", "E_{x, y}[y' y] = tr(S)"),
]


@pytest.mark.parametrize(("true", "false"), CLAIMS)
def test_claims_on_joint_laws_and_false_neighbours(true, false):
    proved, refuted = symicl.check(f"{DECLARED}claim {true}\nclaim {false}\n")
    assert (proved.verdict, refuted.verdict) == ("proved", "refuted")
    assert refuted.counterexample is not None


def test_counterexamples_are_at_covariances():
    found = symicl.check(f"{DECLARED}claim tr(S) + tr(T) >= 3 tr(C C')\n")[0]
    values = {str(k): v for k, v in found.counterexample.values.items()}
    joint = [values["S"].tolist(), values["C"].tolist(), values["T"].tolist()]
    S, C, T = (sympy.Matrix([[sympy.Rational(int(x.p), int(x.q)) for x in row] for row in m]) for m in joint)
    whole = sympy.Matrix(sympy.BlockMatrix([[S, C], [C.T, T]]))
    minors = itertools.chain.from_iterable(
        itertools.combinations(range(whole.rows), size) for size in range(1, whole.rows + 1)
    )
    assert all(whole.extract(list(rows), list(rows)).det() >= 0 for rows in minors)
    # 2 + 2 r < 0 at r = -2, which is no correlation.
    assert symicl.check(f"{DECLARED}claim E[(f + g)^2] >= 0\n").verdict != "refuted"
    assert symicl.check(f"{DECLARED}claim E[(f + g)^2] <= 3\n").verdict == "refuted"


def test_three_joint_vectors_by_moments_in_entries():
    """E u_1² v_1 w_1 by Isserlis' theorem, at size 1."""
    found = symicl.check(
        """
        s, t, q : scalar(positive)
        a, b, c : scalar
        [u; v; w] ~ N(0, [[s, a, b], [a, t, c], [b, c, q]])
        claim E[u^2 v w] = s c + 2 a b
        claim E[u^2 v^2 w^2] = s t q + 2 (s c^2 + t b^2 + q a^2) + 8 a b c
        claim E[u^2 v^2 w^2] = s t q + 2 (s c^2 + t b^2 + q a^2) + 6 a b c
        """
    )
    assert [claim.verdict for claim in found] == ["proved", "proved", "refuted"]


def test_the_best_linear_predictor_of_one_from_the_other():
    declared = DECLARED + "G : matrix(k, d)\n"
    found = symicl.check(
        f"{declared}claim G = C' inv(S) minimises E[||y - G x||^2]\nclaim G = C' minimises E[||y - G x||^2]\n"
    )
    assert [claim.verdict for claim in found] == ["proved", "refuted"]


def test_a_certificate_says_what_it_rests_on():
    text = symicl.check(
        "dims d\nS, T : covariance(d)\nC : matrix(d, d)\n[x; y] ~ N(0, [[S, C], [C', T]])\n"
        "claim E[x' x y' y] = tr(S) tr(T) + 2 tr(C C')\n",
        certificate=True,
    ).certificate
    assert "moments of a joint Gaussian law are polynomials in its covariance" in text
    assert '"rule":"asserted"' not in text


@pytest.mark.parametrize(
    ("law", "words"),
    [
        ("[x; y] ~ N(0, [[S, C], [C, S]])", "not the transpose of block"),
        ("[x; y] ~ N(0, [[I_d, 2 I_d], [2 I_d, I_d]])", "no such law"),
        ("[x; y] ~ N(0, [[I, 0], [0, I]])", "the size of x is not known"),
        ("[x; y] ~ N(0, S)", "a matrix of blocks"),
        ("[x; y] ~ N(0, [[S, S]])", "2 rows of 2 blocks"),
        ("[x; y] ~ N(v, [[S, S], [S, S]])", "0 or a column"),
        ("[x; y] ~ gaussian(0, [[S, S], [S, S]])", "is written"),
        ("[x; x] ~ N(0, [[S, S], [S, S]])", "declared twice"),
        ("x ~ joint(d)", "is written [x; y] ~ N"),
        ("[x; y] ~ N(0, [[S, S], [S, S]])\nz ~ N(x, S)", "depends on something random"),
        ("[x; y] ~ N(0, [[S, S], [S, S]])\nassume x = 0", "a jointly Gaussian vector"),
        ("[x; y] ~ N(0, [[S, S], [S, S]])\nclaim E_{x}[x x'] = S", "the average is over all of them"),
        ("[x; y] ~ N(0, [[S, S], [S, S]])\nclaim x = y", "stand outside of E"),
    ],
)
def test_what_is_no_joint_law_is_refused(law, words):
    with pytest.raises(ClaimError) as caught:
        symicl.check(f"dims d\nS : covariance(d)\nC : matrix(d, d)\nv : vector(d)\n{law}\nclaim 1 = 1\n")
    assert words in str(caught.value)
