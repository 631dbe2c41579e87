"""A claim that says nothing is not proved, and says why; one that says something is judged as before."""

import pytest

import symicl

DECLARED = """
dims n, d
v : vector(d)
w : vector(n)
A : matrix(d, d)
B : matrix(n, d)
S : covariance(d)
t : scalar
"""


def claim(text):
    return symicl.check(f"{DECLARED}claim {text}")[0]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("v' inv(v v') v = 1", "inv(v vᵀ)"),
        ("inv(v v') v v' = I", "inv(v vᵀ)"),
        ("v' inv(v v') v >= 1", "inv(v vᵀ)"),
        ("inv(A v v') A v v' = I", "inv(A v vᵀ)"),
        ("v' (v v')^-1 v = 1", "(v vᵀ)⁻¹"),
        ("tr(v v' (v v')^-2 v v') = 1", "(v vᵀ)⁻²"),
        ("tr(inv(v v') v v') + w' inv(B B') w - w' inv(B B') w = 1", "inv(v vᵀ)"),
    ],
)
def test_an_inverse_that_exists_for_vectors_of_length_one_alone(text, what):
    found = claim(text)
    assert found.verdict == "undecided"
    assert found.reason.startswith(f"for d > 1 it says nothing: {what} exists at none of the instances tried")
    assert found.reason.endswith("it holds at the others, but no proof was found")


def test_what_algebra_proves_of_such_an_inverse_comes_with_a_remark():
    found = claim("inv(v v') = inv(v v')")
    assert found.verdict == "proved"
    assert found.details() == [
        ("remark", "for d > 1 it says nothing: inv(v vᵀ) exists at none of the instances tried")
    ]


@pytest.mark.parametrize(
    "text",
    ["inv(A v v' - A v v' + v v' A - v v' A + t v v' v v') = A", "inv(v v') + inv(v v') = 2 inv(v v')"],
)
def test_such_a_claim_is_never_proved_without_a_word(text):
    found = symicl.check(f"dims d\nv : vector(d)\nA : matrix(d, d)\nt : scalar\nclaim {text}")[0]
    assert found.verdict == "refuted" or "it says nothing" in found.reason


def test_an_inverse_that_never_exists_proves_nothing():
    """For d = 2 fixed no instance is left."""
    found = symicl.check("v : vector(2)\nclaim v' inv(v v') v = 1")[0]
    assert found.verdict == "undecided"
    assert found.reason.startswith("it says nothing: inv(v vᵀ) exists at none of the ")
    same = symicl.check("v : vector(2)\nclaim inv(v v') = inv(v v')")[0]
    assert same.verdict == "undecided" and same.proof is None


@pytest.mark.parametrize(
    "text", ["inv(S) S = I", "inv(A) A = I", "(v' v)/(v' v) = 1", "A A^-1 = I", "tr(v v')/tr(v v') = 1"]
)
def test_what_exists_somewhere_is_proved_without_a_remark(text):
    found = claim(text)
    assert (found.verdict, found.reason) == ("proved", "")


def test_a_refuted_claim_has_its_counterexample():
    found = claim("v' inv(v v') v = 2")
    assert found.verdict == "refuted" and "it says nothing" not in found.reason
