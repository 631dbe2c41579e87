"""Letters that satisfy an equation in claims: what is proved, what is refuted, and that answers read back."""

from __future__ import annotations

import pytest

import symicl as si
from symicl.errors import ClaimError

HEAD = """dims n, d, r
P : projector(d, r)
Q : projector(d, 2)
O : orthogonal(d)
U : semi_orthogonal(d, r)
D : diagonal(d)
L : diagonal(d, positive)
u : unit_vector(d)
c : positive
v : vector(d, norm = c)
w : vector(d, norm = 3)
e : ones(n)
A : matrix(d, d)
S : covariance(d)
x ~ N(0, I_d)
y ~ N(0, P)
z ~ N(u, L)
X ~ gaussian(n, d, col_cov = P)
"""

PROVED = [
    "E[(x' P x)^2] = r^2 + 2 r", "E[x' Q x] = 2", "E[y y'] = P", "E[(y' y)^2] = r (r + 2)", "P P A P = P A P",
    "tr(P A P) = tr(A P)", "O O' A = A", "inv(O) = O'", "tr(O A O') = tr(A)", "U' U = I_r", "tr(U U') = r",
    "(U U')^2 = U U'", "D L = L D", "tr(D A L) = tr(L D A)", "(D A L)' = L A' D", "u' u = 1", "w' w = 9",
    "E[(v' x)^2] = c^2", "E[z' z] = 1 + tr(L)", "e' e = n", "E[X' e e' X] = n P", "E[X' X X' X] = n (n + r + 1) P",
    "(I_n - e e'/n)^2 = I_n - e e'/n", "inv(P + c I) = I_d/c - P/(c (c + 1))", "inv(O S O') = O inv(S) O'",
    "v' P v >= 0", "(u' P x)^2 >= 0", "tr(P S) >= 0", "tr(P) >= 1",
    "tr(P) <= d", "r <= d", "d^2 >= r^2", "r (d - r) >= 0", "v' P v <= v' v", "v' U U' v <= v' v",
    "tr(P S) <= tr(S)", "(u' x)^2 <= x' x", "u' S u <= tr(S)", "E[x' x] >= E[x' P x]", "Var[x' P x] <= 2 d",
]  # fmt: skip
REFUTED = [
    "O A O' = A", "P A = A P", "tr(P) = d", "E[(x' P x)^2] = d^2 + 2 d", "E[y y'] = I_d", "O O = I_d", "O = O'",
    "U U' = I_d", "tr(U U') = d", "D A = A D", "L = D", "u u' = I_d", "v' v = c", "w' w = 3", "E[X' e e' X] = n I_d",
    "E[X' X X' X] = n (n + d + 1) P", "e e' = I_n", "v' v = 1", "u' A u = tr(A)", "inv(P + c I) = I_d/c + P",
    "v' D v >= 0", "tr(Q) = r", "E[O x x' O'] = P",
    "r >= d", "d > r", "d >= r + 1", "d <= 2", "v' P v >= v' v", "(u' x)^2 >= x' x",
]  # fmt: skip


@pytest.mark.parametrize("claim", PROVED)
def test_what_holds_is_proved(claim):
    (found,) = si.check(HEAD + f"claim {claim}\n")
    assert found.verdict == "proved", found.reason


@pytest.mark.parametrize("claim", REFUTED)
def test_what_does_not_hold_is_refuted_and_the_answer_reads_back(claim):
    (found,) = si.check(HEAD + f"claim {claim}\n")
    assert found.verdict == "refuted", found.reason
    if " = " in claim:
        left, _, _ = claim.partition(" = ")
        truth = found.document["truth"]
        (again,) = si.check(HEAD + f"claim {left} = {truth}\n")
        assert again.verdict == "proved", truth


WRONG = {
    "P : projector(d)": "projector(d, r) takes two sizes; 1 given",
    "P : projector(2, 3)": "the projector P of rank 3 is not of lower rank than its size 2",
    "U : semi_orthogonal(2, 3)": "U has 3 columns in 2 dimensions",
    "v : vector(d, norm = c - 1)": "the norm of v is c - 1",
    "v : vector(d, length = c)": "vector(…) takes sizes without names",
    "D : diagonal(d, negative)": "diagonal(d) takes one size; 2 given",
    "e : ones(n, d)": "ones(n) takes one size; 2 given",
    "P : projektor(d, r)": "unknown kind projektor",
    "O : orthogonal(d)\nx ~ N(0, O)": "is not",
    "D : diagonal(d)\nx ~ N(0, D)": "D is not known to be ≥ 0",
    "P : projector(d, r)\nclaim inv(P) = P": "P has no inverse, as its rank is less",
    "P : projector(d, r)\nclaim inv(2 P) = P": "P has no inverse",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_cannot_be_is_one_sentence(text):
    with pytest.raises(ClaimError, match=WRONG[text].replace("(", r"\(").replace(")", r"\)")) as error:
        si.check(f"dims n, d, r\nc : positive\n{text}\n")
    assert "Traceback" not in str(error.value)


def test_instances_of_a_refutation_satisfy_the_equations():
    """The first projector that does not commute with A is rational, and of rank 1 in two dimensions."""
    (found,) = si.check(HEAD + "claim P A P = A P\n")
    assert "P = [[9/25, -12/25], [-12/25, 16/25]]" in str(found)


def test_a_rank_bounds_its_size_only_where_it_is_declared():
    claim = "claim r <= d\n"
    assert [c.verdict for c in si.check("dims d, r\n" + claim)] == ["refuted"]
    assert [c.verdict for c in si.check("dims d, r\nP : projector(d, r)\n" + claim)] == ["proved"]
    assert [c.verdict for c in si.check("dims d, r\nP : projector(r, d)\n" + claim)] == ["refuted"]
    assert [c.verdict for c in si.check("dims d\nP : projector(d, 2)\nclaim d >= 2\nclaim d >= 3\n")] == [
        "proved",
        "refuted",
    ]


def test_the_bound_is_an_assumption_of_the_certificate():
    result = si.check("dims d, r\nP : projector(d, r)\nclaim tr(P) <= d\n", certificate=True)
    assert '"d >= r"' in result.certificate.splitlines()[0]
