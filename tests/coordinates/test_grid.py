"""Grid proofs: moments for all sizes, wrong ones refused, and a bound that is one too low would accept a wrong one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from symicl.certificates.coordinates.claims import MomentClaim, Term
from symicl.certificates.coordinates.grid import GridProof, proved_for_all_sizes

X, A, B, S, U, V, a, b, W, V_inverse = range(1, 11)
SYMMETRIC = frozenset({S, U, V, V_inverse})
INVERSES = {V: V_inverse, V_inverse: V}
SHAPES = {
    X: ("n", "d"), A: ("d", "d"), B: ("d", "d"), S: ("d", "d"), U: ("n", "n"), V: ("d", "d"),
    a: ("d", 1), b: ("d", 1), W: ("d", "d"), V_inverse: ("d", "d"),
}  # fmt: skip


def claim(words, terms, letter=X, covariances=(0, 0)):
    """Terms as (number, power of n, power of d, words)."""
    stated = tuple(
        Term(
            Fraction(c), tuple((side, k) for side, k in (("d", q), ("n", p)) if k), tuple(map(tuple, traces))
        )
        for c, p, q, *traces in terms
    )
    return MomentClaim(
        letter, SHAPES[letter], covariances, tuple(map(tuple, words)), stated, SYMMETRIC, SHAPES, INVERSES
    )


RIGHT = {
    "tr X'X": ([[-X, X]], [(1, 1, 1)]),
    "tr (X'X)^2": ([[-X, X, -X, X]], [(1, 1, 2), (1, 2, 1), (1, 1, 1)]),
    "(tr X'X)^2": ([[-X, X], [-X, X]], [(1, 2, 2), (2, 1, 1)]),
    "tr (X'X)^3": (
        [[-X, X] * 3],
        [(1, 1, 3), (1, 3, 1), (3, 2, 2), (3, 1, 2), (3, 2, 1), (4, 1, 1)],
    ),
    "tr X'X A X'X B": (
        [[-X, X, A, -X, X, B]],
        [(1, 2, 0, [A, B]), (1, 1, 0, [A, -B]), (1, 1, 0, [A], [B])],
    ),
    "tr X'X A X'X A": ([[-X, X, A, -X, X, A]], [(1, 2, 0, [A, A]), (1, 1, 0, [A, -A]), (1, 1, 0, [A], [A])]),
    "a'X'X S X'X b": (
        [[-a, -X, X, S, -X, X, b]],
        [(1, 2, 0, [-a, S, b]), (1, 1, 0, [-a, S, b]), (1, 1, 0, [-a, b], [S])],
    ),
    "tr X A X'": ([[X, A, -X]], [(1, 1, 0, [A])]),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_right_moments(name):
    assert proved_for_all_sizes(claim(*RIGHT[name]))


def wrong_versions():
    for name, (words, terms) in RIGHT.items():
        for i, (c, p, q, *traces) in enumerate(terms):
            yield name, words, [*terms[:i], (c + 1, p, q, *traces), *terms[i + 1 :]]
            yield name, words, [*terms[:i], (c, p + 1, q, *traces), *terms[i + 1 :]]
            if len(terms) > 1:
                yield name, words, [*terms[:i], *terms[i + 1 :]]
            if p != q:
                yield name, words, [*terms[:i], (c, q, p, *traces), *terms[i + 1 :]]


@pytest.mark.parametrize(("name", "words", "terms"), list(wrong_versions()))
def test_wrong_moments(name, words, terms):
    assert not proved_for_all_sizes(claim(words, terms))


def test_transposes_and_the_order_of_letters_matter():
    words = [[-X, X, A, -X, X, B]]
    assert not proved_for_all_sizes(claim(words, [(1, 2, 0, [A, B]), (1, 1, 0, [A, B]), (1, 1, 0, [A], [B])]))
    assert not proved_for_all_sizes(
        claim(words, [(1, 2, 0, [A, -B]), (1, 1, 0, [A, B]), (1, 1, 0, [A], [B])])
    )
    # Where a letter is symmetric they do not.
    assert proved_for_all_sizes(
        claim([[-X, X, A, -X, X, S]], [(1, 2, 0, [A, S]), (1, 1, 0, [-A, S]), (1, 1, 0, [A], [S])])
    )


def test_covariances_stand_where_links_meet():
    words = [[-X, X, A, -X, X, B]]
    right = [(1, 2, 0, [V, A, V, B]), (1, 1, 0, [V, A, V, -B]), (1, 1, 0, [V, A], [V, B])]
    assert proved_for_all_sizes(claim(words, right, covariances=(0, V)))
    assert not proved_for_all_sizes(claim(words, RIGHT["tr X'X A X'X B"][1], covariances=(0, V)))
    both = [
        (1, 0, 0, [V, A, V, B], [U], [U]),
        (1, 0, 0, [V, A, V, -B], [U, U]),
        (1, 0, 0, [V, A], [V, B], [U, U]),
    ]
    assert proved_for_all_sizes(claim(words, both, covariances=(U, V)))
    assert not proved_for_all_sizes(claim(words, [both[0], both[2], both[2]], covariances=(U, V)))
    swapped = [(1, 0, 0, [V, A, V, B], [U, U]), (1, 0, 0, [V, A, V, -B], [U], [U]), both[2]]
    assert not proved_for_all_sizes(claim(words, swapped, covariances=(U, V)))


def test_a_covariance_cancels_its_inverse():
    law = dict(covariances=(0, V))
    assert proved_for_all_sizes(claim([[X, V_inverse, -X]], [(1, 1, 1)], **law))
    assert not proved_for_all_sizes(claim([[X, V_inverse, -X]], [(1, 1, 0)], **law))
    words = [[X, V_inverse, -X], [X, A, -X]]
    assert proved_for_all_sizes(claim(words, [(1, 2, 1, [V, A]), (2, 1, 0, [V, A])], **law))
    assert not proved_for_all_sizes(claim(words, [(1, 2, 1, [V, A]), (1, 1, 0, [V, A])], **law))
    assert not proved_for_all_sizes(claim(words, [(1, 1, 2, [V, A]), (2, 1, 0, [V, A])], **law))
    words = [[X, V_inverse, A, -X, X, B, V_inverse, -X]]
    right = [(1, 1, 0, [A], [B]), (1, 2, 0, [V_inverse, A, V, B]), (1, 1, 0, [A, -B])]
    # With the links P = V⁻¹A and Q = BV⁻¹: n tr(PV) tr(QV) + n² tr(PVQV) + n tr(PVQ'V).
    assert proved_for_all_sizes(claim(words, right, **law))
    assert not proved_for_all_sizes(claim(words, right[:2], **law))
    assert not proved_for_all_sizes(claim(words, [*right[:2], (1, 1, 0, [A, B])], **law))
    assert not proved_for_all_sizes(claim(words, [right[0], (1, 2, 0, [A, B]), right[2]], **law))


def test_square_gaussians_have_both_ends_of_one_size():
    assert proved_for_all_sizes(claim([[W, W]], [(1, 0, 1)], letter=W))
    assert proved_for_all_sizes(claim([[W, -W]], [(1, 0, 2)], letter=W))
    assert proved_for_all_sizes(claim([[W, A, W, B]], [(1, 0, 0, [A, -B])], letter=W))
    assert not proved_for_all_sizes(claim([[W, A, W, B]], [(1, 0, 0, [A, B])], letter=W))
    assert proved_for_all_sizes(claim([[W, W, W, W]], [(1, 0, 2), (2, 0, 1)], letter=W))
    assert not proved_for_all_sizes(claim([[W, W, W, W]], [(1, 0, 2), (1, 0, 1), (1, 0, 0)], letter=W))
    assert proved_for_all_sizes(claim([[W], [W]], [(1, 0, 1)], letter=W))


def test_what_the_method_does_not_treat_is_not_proved():
    """Terms that are not made of the links, and numbers above 1 as sizes."""
    right = claim([[-X, X, A]], [(1, 1, 0, [A])])
    assert proved_for_all_sizes(right)
    assert not proved_for_all_sizes(claim([[-X, X, A]], [(1, 1, 0, [B])]))
    assert GridProof.of(claim([[-X, X, A]], [(1, 1, 0, [A], [A])])) is None
    fixed = MomentClaim(
        X, (2, "d"), (0, 0), right.words, (Term(Fraction(2), (), ((A,),)),), SYMMETRIC, SHAPES
    )
    assert not proved_for_all_sizes(fixed)
    assert not proved_for_all_sizes(right, budget=0)


# --- the bound -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_bound_is_attained(k):
    """E (tr X'X)^k has the degree k in n and in d: Π_j (nd + 2j)."""
    polynomial = {(0, 0): 1}
    for j in range(k):
        step: dict[tuple[int, int], int] = {}
        for (p, q), c in polynomial.items():
            step[p + 1, q + 1] = step.get((p + 1, q + 1), 0) + c
            step[p, q] = step.get((p, q), 0) + 2 * j * c
        polynomial = step
    stated = claim([[-X, X]] * k, [(c, p, q) for (p, q), c in polynomial.items() if c])
    proof = GridProof.of(stated)
    assert proof is not None and proof.degrees == {"n": k, "d": k}
    assert proof.holds()


@pytest.mark.parametrize("name", ["tr X'X", "tr (X'X)^2", "(tr X'X)^2", "tr X'X A X'X B", "tr X'X A X'X A"])
def test_a_bound_one_too_low_would_accept_a_wrong_claim(name):
    """The right terms, plus one multiplied by Π (n − n_i) over the sizes of a grid with one point less."""
    words, terms = RIGHT[name]
    proof = GridProof.of(claim(words, terms))
    assert proof is not None
    low = sorted({sizes["n"] for sizes in proof.grid(points=0)})
    vanishing = {0: 1}
    for root in low:
        vanishing = {
            k: vanishing.get(k - 1, 0) - root * vanishing.get(k, 0) for k in range(max(vanishing) + 2)
        }
    traces = terms[-1][3:]
    wrong = claim(words, [*terms, *[(c, k, 0, *traces) for k, c in vanishing.items() if c]])
    false = GridProof.of(wrong)
    assert false is not None and false.degrees == proof.degrees, "its degree is within the bound"
    assert false.holds(points=0), "one size less in each direction does not see it"
    assert not false.holds(), "the grid of the lemma does"
    assert not proved_for_all_sizes(wrong)


def test_probes_read_off_single_coefficients():
    """Two links of size d: three probes, one for each of AB, AB' and (A)(B)."""
    proof = GridProof.of(claim(*RIGHT["tr X'X A X'X B"]))
    assert proof is not None
    sizes = {"n": 4, "d": 2}
    found = [(proof.expectation(units, sizes), proof.stated(units, sizes)) for units in proof.probes()]
    assert sorted(found) == [(4, 4), (4, 4), (16, 16)]


def test_the_grid_has_enough_points():
    proof = GridProof.of(claim(*RIGHT["tr X'X A X'X B"]))
    assert proof is not None and proof.degrees == {"n": 2, "d": 0}
    assert proof.grid() == [{"d": 2, "n": n} for n in (1, 2, 3)]
    pure = GridProof.of(claim(*RIGHT["tr (X'X)^3"]))
    assert pure is not None
    assert {(s["n"], s["d"]) for s in pure.grid()} == set(product(range(1, 5), repeat=2))
