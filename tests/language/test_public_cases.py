"""Formulas of papers, textbooks and forums that claims have to take, with what is right; the sources are named."""

import pytest

import symicl

DECLARED = r"""
dims n, d
A, B : matrix(d, d)
P, T : symmetric(d)
S, Sigma, H : covariance(d)
v, mu : vector(d)
a, g, s2, psi : scalar(positive)
x ~ N(mu, Sigma)
y ~ N(0, S)
z ~ N(0, I_d)
X ~ gaussian(n, d)
Z ~ gaussian(n, d, col_cov = H)
b ~ N(0, psi I_d)
w ~ N(0, H)
e ~ N(0, s2 I_n)
G : matrix(d, d)
"""

PROVED = [
    # The Matrix Cookbook (Petersen and Pedersen, 2012), 8.2: moments of quadratic forms.
    "Var[x' P x] = 2 tr(P Sigma P Sigma) + 4 mu' P Sigma P mu",
    "E[x' P x x' T x] - E[x' P x] E[x' T x] = 2 tr(P Sigma T Sigma) + 4 mu' P Sigma T mu",
    # Magnus (1978), The moments of products of quadratic forms in normal variables.
    "E[z' P z z' T z] = tr(P) tr(T) + 2 tr(P T)",
    "E[(y' y)^2] = tr(S)^2 + 2 tr(S^2)",
    "E[(v' y)^4] = 3 (v' S v)^2",
    "E[-2 z' P z - 2 z' T z] = -2 tr(P) - 2 tr(T)",
    # Wu et al. (2024), How many pretraining tasks are needed for in-context learning of linear regression?: resolvents.
    "(H + I) inv(H + I) = I_d",
    "H inv(H + a I) = inv(H + a I) H",
    # LaTeX of papers on in-context learning.
    r"latex \mathbb{E}[\|Ay\|_2^2] = \operatorname{tr}(A S A^\top)",
    r"latex \mathbb{E}\|Ay\|^2 = \operatorname{tr}(A S A^\top)",
    r"latex \langle y, v\rangle = v^\top y",
    # Horn and Johnson, Matrix Analysis: inequalities of positive matrices.
    "tr(S^2) <= tr(S)^2",
    "v' S v <= tr(S) v' v",
    # Textbook exercises.
    "(n - 2)^2 >= 0",
    "n^2 - 3 n + 2 >= 0",
    "g + 1/g >= 2",
]


@pytest.mark.parametrize("claim", PROVED)
def test_proved(claim):
    result = symicl.check(f"{DECLARED}claim {claim}\n")
    assert result.verdict == "proved", str(result)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("E[-2 z' P z - 2 z' T z] = 0", "-2 tr(P) - 2 tr(T)"),
        ("E[(v' y)^4] = 0", "3 (v' S v)^2"),
        ("E[(y' y)^2] = 0", "tr(S)^2 + 2 tr(S^2)"),
        ("Var[y' P y] = 0", "2 tr(P S P S)"),
        ("E[||A y||_2^2] = 0", "tr(A S A')"),
    ],
)
def test_the_true_side_is_right_and_is_read_back(text, right):
    refuted = symicl.check(f"{DECLARED}claim {text}\n")[0]
    question, _, _ = text.rpartition(" = ")
    document = refuted.document
    for side in (right, document["truth"]):
        assert symicl.check(f"{DECLARED}claim {question} = {side}\n").verdict == "proved"
    gap = f"0 - ({question}) = {document['difference']}"
    assert symicl.check(f"{DECLARED}claim {gap}\n").verdict == "proved"


def test_a_formula_of_textbooks_for_symmetric_matrices_says_so():
    refuted = symicl.check(
        f"{DECLARED}claim E[x' A x x' B x] - E[x' A x] E[x' B x] = 2 tr(A Sigma B Sigma) + 4 mu' A Sigma B mu\n"
    )[0]
    assert refuted.verdict == "refuted"
    assert refuted.assumption == "A symmetric, B symmetric"


def test_a_unit_vector():
    """The second moment along a direction, as in phase retrieval (Candès, Li and Soltanolkotabi, 2015)."""
    claim = "claim E[(z' v)^2 z z'] = 2 v v' + I\n"
    assert symicl.check(f"{DECLARED}assume |v| = 1\n{claim}").verdict == "proved"
    assert symicl.check(f"{DECLARED}{claim}").verdict == "refuted"


def test_what_is_cheap_is_taken_whatever_its_degree():
    """Four layers of a looped linear transformer (Gatmiry et al., 2024): degree 16, of millions of pairings."""
    refuted = symicl.check(f"{DECLARED}claim E[tr((I_d - (g/4) X' X/n)^8)] = 0\n")[0]
    assert refuted.verdict == "refuted"
    assert len(refuted.truth) > 100


def test_sizes_are_sums():
    assert symicl.check("dims n, d\nX ~ gaussian(n + 1, d)\nclaim E[X' X] = (n + 1) I\n").verdict == "proved"
    assert symicl.check("dims d\nX ~ gaussian(3, d)\nclaim E[X' X] = 3 I\n").verdict == "proved"
    assert symicl.check("X ~ gaussian(3, 2)\nclaim E[tr(X' X)^2] = 48\n").verdict == "proved"
