"""The limit of the unmasked flow as a point of the loss over all A, B: minimum or saddle, against plain enumeration."""

from fractions import Fraction
from itertools import product

import flint
import numpy as np
import pytest
import sympy
from scipy.linalg import eigh

from symicl.algebra.balls import negative_squares
from symicl.algebra.reader import read_scalar
from symicl.errors import UnsupportedError
from symicl.expectation.phases.entry_sums import entry_sum
from symicl.expectation.phases.permutation_blocks import (
    KINDS,
    STANDARD,
    at_exchangeable,
    moves_of,
    second_variation,
)
from symicl.proofs.zheng2024 import not_gd
from symicl.proofs.zheng2024.parts import stability
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_, four_parameters
from symicl.proofs.zheng2024.setting import H2, H, d
from symicl.tasks.autoregressive import T
from symicl.theorems.evaluation import evaluate_theorem


def values(**given):
    return {k: v["decimal"] for k, v in evaluate_theorem(not_gd.theorem, given).values.items()}


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
    notes = evaluate_theorem(not_gd.theorem, {"d": size, "T": length}).notes
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
    four = four_parameters().polynomial
    assert at_exchangeable(stability.loss_of_all().polynomial, stability.POINT, d) == four


def test_the_kinds_fill_the_space_of_matrices():
    for size in (2, 3, 4, 7):
        assert sum(len(k.independent(size)) * int(k.dimension(size)) for k in KINDS) == size**2


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
    sum_ = read_scalar(entry_sum([("A", "i", "j"), ("A", "i", "j")], distinct=True))
    with pytest.raises(UnsupportedError, match="over all coordinates"):
        second_variation(sum_, stability.POINT, moves_of(KINDS[0], "A"), d)


def test_one_coordinate_is_stable():
    assert values(d=1, T=9)["stable"] == 1
