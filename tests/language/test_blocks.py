"""Matrices of blocks: equalities block by block, and what can be done with them."""

import re

import pytest

import symicl
from checker.conftest import checker  # noqa: F401

DECLARED = """
dims n, d
A, B : matrix(d, d)
S : covariance(d)
v, w : vector(d)
c : scalar
y ~ N(0, S)
z ~ N(0, I_d)
let M0 = [[A, B], [B, A]]
"""

CASES = [
    ("[[A, B], [B, A]]' = [[A', B'], [B', A']]", "[[A, B], [B, A]]' = [[A, B'], [B', A']]"),
    (
        "[[A, B], [B, A]]^2 = [[A A + B B, A B + B A], [B A + A B, B B + A A]]",
        "M0^2 = [[A A, B B], [B B, A A]]",
    ),
    ("M0 [[v], [w]] = [[A v + B w], [B v + A w]]", "M0 [[v], [w]] = [[A v + B w], [A v + B w]]"),
    (
        "[[v', w']] M0 [[v], [w]] = v' A v + v' B w + w' B v + w' A w",
        "[[v', w']] M0 [[v], [w]] = v' A v + w' A w",
    ),
    (
        "[[A, 0], [0, B]] [[A, 0], [0, B]] = [[A^2, 0], [0, B^2]]",
        "[[A, 0], [0, B]]^2 = [[A^2, A B], [0, B^2]]",
    ),
    ("c M0 - M0/2 = (c - 1/2) M0", "c M0 - M0 = (c - 1/2) M0"),
    ("A [[A, B]] = [[A A, A B]]", "A [[A, B]] = [[A A, B A]]"),
    ("tr(M0) = 2 tr(A)", "tr(M0) = tr(A) + tr(B)"),
    ("Cov[[[y], [z]], [[y], [z]]] = [[S, 0], [0, I]]", "Cov[[[y], [z]], [[y], [z]]] = [[S, 0], [0, S]]"),
    ("E[(y' y) M0] = tr(S) M0", "E[(y' y) M0] = d M0"),
    ("E[[[y], [z]]] = 0", "E[[[y], [v]]] = 0"),
    (
        r"latex \begin{bmatrix} v \\ w \end{bmatrix}^\top \begin{bmatrix} v \\ w \end{bmatrix} = \|v\|^2 + \|w\|^2.",
        r"latex \begin{bmatrix} v \\ w \end{bmatrix}^\top \begin{bmatrix} w \\ v \end{bmatrix} = \|v\|^2 + \|w\|^2.",
    ),
]


def check(claim, **keywords):
    return symicl.check(f"{DECLARED}claim {claim}\n", **keywords)


@pytest.mark.parametrize(("right", "wrong"), CASES)
def test_right_and_wrong(checker, right, wrong):  # noqa: F811
    result = check(right, certificate=True)
    assert result.verdict == "proved", str(result)
    running = checker.Checker()
    running.check([(line + "\n").encode() for line in result.certificate.splitlines()])
    assert running.asserted == []
    assert check(wrong).verdict == "refuted"


def test_the_block_that_is_wrong_is_named():
    assert check("[[A, B], [B, A]] = [[A, B], [A, B]]")[0].reason == "in block (2, 1)"


def test_square_brackets_inside_of_one_another_are_no_blocks():
    assert check("[[A + B] v] = A v + B v").verdict == "proved"


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        ("[[A, B], [B]] = 0", "as many blocks as one another"),
        ("[[v, A], [w', c]] = 0", "do not fit together"),
        ("A [[A], [B]] = 0", "cannot multiply a matrix of 1×1 blocks by a matrix of 2×1 blocks"),
        ("[[A], [B]] + [[A, B]] = 0", "cannot add"),
        ("[[A], [B]] = [[A, B]]", "the left side is a matrix of 2×1 blocks"),
        ("inv(M0) = M0", "nothing else"),
        ("[[A], [B]] <= 0", "compared by ="),
        ("tr([[A], [B]]) = 0", "not square"),
        ("Kurt[[[y], [z]]] = 3", "of blocks there are variances and covariances"),
        ("[[A, B], [B, A] = 0", "a row of blocks is followed"),
        ("latex \\begin{pmatrix} A = 0", "has no end"),
    ],
)
def test_refused(claim, sentence):
    with pytest.raises(symicl.ClaimError, match=re.escape(sentence)):
        check(claim)
