"""The limit of the unmasked flow as a point of the loss over all A, B: minimum or saddle, against plain enumeration."""

from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest
import sympy
from scipy.linalg import eigh

from proved import derivation_of
from symicl.algebra import read_form
from symicl.errors import UnsupportedError
from symicl.expectation import BLOCK_KINDS, STANDARD, at_exchangeable, entry_sum, moves_of, second_variation
from symicl.numeric import negative_squares
from symicl.proofs.zheng2024 import not_gd
from symicl.proofs.zheng2024 import stability as theorem_file
from symicl.proofs.zheng2024.parts import stability
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_, flow_of_four, four_parameters
from symicl.proofs.zheng2024.setting import H2, H, d
from symicl.statements import Recorder, compare, evaluate_theorem, prove
from symicl.statements.mutate import mutants
from symicl.tasks import T


def values(**given):
    """Of the limit, and of which kind it is."""
    found = (evaluate_theorem(module.theorem, given).values for module in (not_gd, theorem_file))
    return {k: v["decimal"] for part in found for k, v in part.items()}


def enumerated(A, B, length):
    """The loss at A, B, its gradient and its Hessian: one coefficient for each product of powers of the phases."""
    size = len(A)
    loss, gradient, hessian = 0.0, np.zeros(2 * size**2), np.zeros((2 * size**2,) * 2)
    for n in range(1, length - 1):
        for i in range(size):
            terms = {}
            for s, k, l, m in product(range(1, n + 1), *[range(size)] * 3):
                powers = [0] * size
                powers[k] += s
                powers[l] -= s - 1
                powers[m] += n
                terms.setdefault(tuple(powers), []).append((k, l, m))
            terms.setdefault(tuple((n + 1) * (j == i) for j in range(size)), [])
            for powers, found in terms.items():
                residual = -1.0 * (powers[i] == n + 1 and sum(map(bool, powers)) == 1)
                slope, mixed = np.zeros_like(gradient), np.zeros_like(hessian)
                for k, l, m in found:
                    residual += B[i, k] * A[l, m] / n
                    a, b = l * size + m, size**2 + i * size + k
                    slope[a] += B[i, k] / n
                    slope[b] += A[l, m] / n
                    mixed[a, b] += 1 / n
                    mixed[b, a] += 1 / n
                loss += residual**2 / 2
                gradient += residual * slope
                hessian += np.outer(slope, slope) + residual * mixed
    return loss, gradient, hessian


def exchangeable(size, same, other):
    return (same - other) * np.eye(size) + other * np.ones((size, size))


def limit_point(size, length):
    found = values(d=size, T=length)
    p = found["alpha_ratio"] or 0.0
    u = found["ab"] or 2 / (2 * size - 1)
    q = found["beta_ratio"]
    return exchangeable(size, u, u * p), exchangeable(size, 1, q), found


TABLE = [
    # d, T, loss, negative eigenvalues
    (3, 3, 0.9, 2),
    (4, 3, 1.428571, 3),
    (5, 4, 3.574520, 0),
    (7, 4, None, 0),
    (8, 4, 6.580407, 7),
    (5, 20, 17.095594, 0),
    (2, 3, 1 / 3, 0),
]


@pytest.mark.parametrize(("size", "length", "loss", "negative"), TABLE)
def test_where_the_limit_is_a_saddle(size, length, loss, negative):
    found = values(d=size, T=length)
    assert found["stable"] == (negative == 0)
    assert stability.inertia(size, length).total == negative
    assert loss is None or found["loss"] == pytest.approx(loss, abs=1e-6)
    notes = evaluate_theorem(theorem_file.theorem, {"d": size, "T": length}).notes
    assert any("strict saddle" in note for note in notes) == (negative > 0)


@pytest.mark.parametrize(("size", "length"), [(2, 3), (3, 3), (4, 3), (2, 4), (3, 4), (4, 4), (3, 5)])
def test_stability_by_the_hessian_of_the_enumerated_loss(size, length):
    A, B, found = limit_point(size, length)
    loss, gradient, hessian = enumerated(A, B, length)
    assert loss == pytest.approx(found["loss"])
    assert abs(gradient).max() < 1e-12
    eigenvalues = np.linalg.eigvalsh(hessian)
    assert (eigenvalues < -1e-9).sum() == stability.inertia(size, length).total
    # Along (cA, B/c), and at T = 3 wherever the sums of the columns of A do not change, the loss is constant.
    flat = 1 + (size * (size - 1) if length == 3 else 0)
    assert (abs(eigenvalues) < 1e-9).sum() == flat


@pytest.mark.parametrize(("size", "length"), [(3, 4), (4, 3), (4, 4)])
def test_the_blocks_are_the_hessian_anywhere(size, length):
    """Not only at stationary points: all eigenvalues with their multiplicities."""
    point = {alpha: Fraction(3, 2), alpha_: Fraction(-1, 3), beta: Fraction(2, 3), beta_: Fraction(1, 5)}
    point |= {d: size, T: length, H: sympy.harmonic(length - 2), H2: sympy.harmonic(length - 2, 2)}
    numbers = {
        symbol: flint.fmpq(*map(int, Fraction(str(x)).as_integer_ratio())) for symbol, x in point.items()
    }
    A, B = exchangeable(size, 3 / 2, -1 / 3), exchangeable(size, 2 / 3, 1 / 5)
    _, _, hessian = enumerated(A, B, length)
    expected = []
    lengths = {
        "trivial": [[size, 0], [0, size * (size - 1)]],
        "standard": [[1, 1, 1], [1, size, 0], [1, 0, size]],
    }
    for kind, block in stability.hessian().items():
        copies = kind.independent(size)
        if not copies:
            continue
        moves = [(name, copy) for name in "AB" for copy in copies]
        rows = [
            [float(flint.arb(stability.number(block[x, y], numbers)).mid()) for y in moves] for x in moves
        ]
        gram = np.kron(np.eye(2), lengths.get(kind.name, [[1]]))
        expected += list(eigh(np.array(rows), gram, eigvals_only=True)) * int(kind.dimension(size))
    assert len(expected) == 2 * size**2
    assert np.linalg.eigvalsh(hessian) == pytest.approx(np.sort(expected), abs=1e-9)


def test_without_a_move_the_derivatives_are_those_of_the_four_parameters():
    four = four_parameters().closed_form
    assert at_exchangeable(stability.loss_of_all().closed_form, stability.POINT, d) == four


def test_the_kinds_fill_the_space_of_matrices():
    for size in (2, 3, 4, 7):
        assert sum(len(k.independent(size)) * int(k.dimension(size)) for k in BLOCK_KINDS) == size**2


def test_a_saddle_is_told_from_a_minimum_and_from_what_is_undecided():
    def of(*rows):
        return [[flint.arb(x) for x in row] for row in rows]

    assert negative_squares(of((2, 1), (1, 3))) == 0
    assert negative_squares(of((1, 2), (2, 1))) == 1
    assert negative_squares(of((-1, 0), (0, -2))) == 2
    assert negative_squares(of((1, 1), (1, 1))) is None
    assert negative_squares([[flint.arb(0, 1)]]) is None
    found = stability.Inertia(3, {STANDARD: None})
    assert not found.is_minimum and not found.is_saddle and found.total is None


def test_sums_over_distinct_coordinates_are_refused():
    sum_ = read_form(entry_sum([("A", "i", "j"), ("A", "i", "j")], distinct=True))
    with pytest.raises(UnsupportedError, match="over all coordinates"):
        second_variation(sum_, stability.POINT, moves_of(BLOCK_KINDS[0], "A"), d)


def test_one_coordinate_is_stable():
    assert values(d=1, T=9)["stable"] == 1


def test_each_entry_moves_with_its_own_gradient():
    """The flow of the four parameters against the gradient of the enumerated loss, entry by entry."""
    size, length = 3, 4
    at = {alpha: 0.7, alpha_: -0.2, beta: 1.1, beta_: 0.3}
    step = Recorder()
    velocities = flow_of_four(step, four_parameters())
    A, B = exchangeable(size, at[alpha], at[alpha_]), exchangeable(size, at[beta], at[beta_])
    _, gradient, _ = enumerated(A, B, length)
    of_A, of_B = gradient[: size**2].reshape(size, size), gradient[size**2 :].reshape(size, size)
    numbers = at | {d: size, T: length, H: 1 + 1 / 2, H2: 1 + 1 / 4}
    for symbol, slope in ((alpha, of_A[0, 0]), (alpha_, of_A[0, 1]), (beta, of_B[1, 1]), (beta_, of_B[2, 0])):
        assert float(velocities[symbol].expr.subs(numbers)) == pytest.approx(-slope)


@pytest.mark.parametrize(
    ("quantity", "wrong"),
    [
        ("second_variation_T_3", -theorem_file.theorem.claims["second_variation_T_3"]),
        ("loss_T_3", d / 2 - d / (2 * d + 1)),
        ("loss_T_3", d / 2 - sympy.Rational(2, 3)),
        ("loss_of_two_coordinates_T_3", d / 2 - d / (2 * d - 1)),
        ("beta_ratio_T_3", -1 / (2 * d)),
    ],
)
def test_wrong_statements_are_refuted(quantity, wrong, found):
    assert compare(found[quantity], wrong).status == "refuted"


@pytest.fixture(scope="module")
def found():
    return derivation_of(theorem_file.theorem.id).found


def test_every_wrong_version_of_what_is_stated_is_refuted(found):
    changed = list(mutants(theorem_file.theorem))
    assert len(changed) > 50
    for mutant in changed:
        assert compare(found[mutant.quantity], mutant.expression).status == "refuted", mutant


def test_flipped_signs_stop_the_derivation(monkeypatch):
    """With minima and saddles exchanged no step of the derivation says what it should."""
    from symicl.proofs.zheng2024.parts import shortest

    monkeypatch.setattr(shortest, "positive", lambda *given: False)
    verdict = prove(theorem_file.theorem)
    assert verdict.status == "undecided" and "it is negative for" in verdict.reason


def test_what_is_undecided_is_said(monkeypatch):
    """As if the sign of a pivot were never certain."""
    stability.inertia.cache_clear()
    monkeypatch.setattr(stability, "negative_squares", lambda rows: None)
    try:
        found = evaluate_theorem(theorem_file.theorem, {"d": 5, "T": 6})
    finally:
        stability.inertia.cache_clear()
    assert found.values["stable"] == {"exact": None, "decimal": None}
    assert any(note.startswith("stable: undecided") for note in found.notes)
