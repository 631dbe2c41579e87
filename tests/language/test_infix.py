"""∘, ⊙ and ⊗ between matrices, and their LaTeX."""

import pytest

import symicl
from symicl.errors import ClaimError

DECLARED = """
dims n, d, k
A, B, C, D : matrix(d, d)
L : matrix(d, n)
M : matrix(n, k)
N : matrix(k, d)
S, T : covariance(d)
u : vector(d)
c : scalar
x ~ N(0, S)
y ~ N(0, T)
X ~ gaussian(n, d)
"""


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("E[x ⊗ x] = vec(S)", "E[x ⊗ x] = 2 vec(S)"),
        (
            "E[x x' ⊗ x x'] = S ⊗ S + commutation(d, d) (S ⊗ S) + vec(S) vec(S)'",
            "E[x x' ⊗ x x'] = S ⊗ S + vec(S) vec(S)'",
        ),
        ("(A ⊗ B)(C ⊗ D) = A C ⊗ B D", "(A ⊗ B)(C ⊗ D) = A D ⊗ B C"),
        ("vec(L M N) = (N' ⊗ L) vec(M)", "vec(L M N) = (N' ⊗ L) (2 vec(M))"),
        ("vec(A B C) = (C' ⊗ A) vec(B)", "vec(A B C) = (C ⊗ A) vec(B)"),
        ("vec(A)' (B ⊗ C) vec(D) = tr(A' C D B')", "vec(A)' (B ⊗ C) vec(D) = tr(A' C D B)"),
        ("c A ⊗ B ⊗ C = c kron(A, kron(B, C))", "c A ⊗ B ⊗ C = c kron(B, kron(A, C))"),
        ("inv(S ⊗ T) = inv(S) ⊗ inv(T)", "inv(S ⊗ T) = inv(T) ⊗ inv(S)"),
        ("A ∘ B = B ⊙ A", "A ∘ B = A B"),
        ("u' (A ∘ B) u = tr(diag(u) A diag(u) B')", "u' (A ∘ B) u = tr(diag(u) A diag(u) B)"),
        ("E[X ∘ X] = 1_n 1_d'", "E[X ∘ X] = 2 (1_n 1_d')"),
        ("E[(x ∘ y)(x ∘ y)'] = S ∘ T", "E[(x ∘ y)(x ∘ y)'] = S T"),
        (
            r"latex \mathbb{E}[x \otimes x] = \operatorname{vec}(S)",
            r"latex \mathbb{E}[x \otimes x] = \operatorname{vec}(T)",
        ),
        (
            r"latex \mathbb{E}[(x \odot y)(x \circ y)^\top] = S \odot T",
            r"latex \mathbb{E}[(x \odot y)(x \circ y)^\top] = S \odot S",
        ),
        (
            r"latex (A \otimes B)^\top = A^\top \otimes B^\top",
            r"latex (A \otimes B)^\top = B^\top \otimes A^\top",
        ),
    ],
)
def test_infix_signs_and_false_neighbours(true, false):
    proved, refuted = symicl.check(f"{DECLARED}claim {true}\nclaim {false}\n")
    assert (proved.verdict, refuted.verdict) == ("proved", "refuted")


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("A B ∘ C = A", "two ways"),
        ("vec(A B C) = C' ⊗ A vec(B)", "two ways"),
        ("A ∘ B ⊗ C = A", "write brackets"),
        ("A ⊗ B/2 = A", "write brackets"),
        ("A ∘ u = A", "of one shape"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(claim, words):
    with pytest.raises(ClaimError, match=words):
        symicl.check(f"{DECLARED}claim {claim}\n")


def test_a_transpose_by_the_letter_t_where_t_is_a_matrix():
    assert symicl.check(f"{DECLARED}claim tr(A^T B) = tr(B^T A)\n").verdict == "proved"
    with pytest.raises(ClaimError, match="a power of the symbol T"):
        symicl.check("dims d\nT : scalar\nA : matrix(d, d)\nclaim A^T = A\n")
