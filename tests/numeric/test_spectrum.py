"""Extreme eigenvalues: exact, with as many digits as asked for, and fast."""

import time
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy

from symicl.errors import InputError, ShapeError
from symicl.numeric import (
    evaluate,
    exact_matrix,
    identity_matrix,
    largest_eigenvalue,
    matrix_entries,
    smallest_eigenvalue,
    smallest_positive_eigenvalue,
)


def gram(seed, d, scale=1):
    a = np.random.default_rng(seed).integers(-3, 4, (d, d))
    return exact_matrix([[Fraction(int(x), scale) for x in row] for row in a @ a.T])


def floats(matrix):
    return np.array([[float(x) for x in row] for row in matrix_entries(matrix)])


@pytest.mark.parametrize("d", [1, 2, 3, 4, 6, 9])
def test_agrees_with_numpy(d):
    A, B = gram(d, d, 7), gram(100 + d, d)
    w = np.sort(np.linalg.eigvals(floats(A) @ floats(B)).real)
    assert float(largest_eigenvalue(A, B).evalf(20)) == pytest.approx(w[-1], rel=1e-9)
    assert float(smallest_eigenvalue(A, B).evalf(20)) == pytest.approx(w[0], abs=1e-8 * w[-1])
    own = np.linalg.eigvalsh(floats(A))
    assert float(largest_eigenvalue(A).evalf(20)) == pytest.approx(own[-1], rel=1e-9)


def test_a_rational_spectrum_is_found_exactly():
    v = exact_matrix([[1], [2], [-2]])
    reflect = identity_matrix(3) - v * v.transpose() * 2 / 9
    A = reflect * exact_matrix(np.diag([5, 2, 3]).tolist()) / 7 * reflect.transpose()
    assert largest_eigenvalue(A) == sympy.Rational(5, 7)
    assert smallest_eigenvalue(A) == sympy.Rational(2, 7)


def test_square_roots_repeated_and_zero_eigenvalues():
    golden = exact_matrix([[2, 1], [1, 3]])
    assert largest_eigenvalue(golden) == (5 + sympy.sqrt(5)) / 2
    assert smallest_eigenvalue(golden) == (5 - sympy.sqrt(5)) / 2
    twice = exact_matrix([[2, 1, 0, 0], [1, 3, 0, 0], [0, 0, 2, 1], [0, 0, 1, 3]])
    assert largest_eigenvalue(twice) == (5 + sympy.sqrt(5)) / 2
    assert largest_eigenvalue(identity_matrix(4), identity_matrix(4)) == 1
    assert smallest_eigenvalue(exact_matrix([[1, 1], [1, 1]])) == 0
    assert largest_eigenvalue(identity_matrix(3) * 0) == 0


@pytest.mark.parametrize("pick", [largest_eigenvalue, smallest_eigenvalue])
def test_every_digit_of_a_root_is_right(pick):
    A = gram(5, 5)
    root = pick(A)
    assert isinstance(root, sympy.CRootOf)
    digits = 60
    with mpmath.workdps(2 * digits):
        value = mpmath.mpf(str(root.evalf(digits + 5)))
        matrix = mpmath.matrix([[mpmath.mpf(int(x)) for x in row] for row in matrix_entries(A)])
        eigenvalues = sorted(mpmath.eigsy(matrix, eigvals_only=True))
        expected = eigenvalues[-1 if pick is largest_eigenvalue else 0]
        assert abs(value - expected) < abs(expected) * mpmath.mpf(10) ** -digits


def test_it_is_the_root_that_sympy_finds():
    A = gram(8, 4)
    x = sympy.Symbol("x")
    polynomial = sympy.Matrix(4, 4, [int(a) for row in matrix_entries(A) for a in row]).charpoly(x)
    assert sympy.N(largest_eigenvalue(A) - sympy.CRootOf(polynomial.as_expr(), 3), 30) == pytest.approx(
        0, abs=1e-25
    )


def test_a_root_can_stand_in_a_closed_form():
    lam, n = sympy.symbols("lam n", positive=True)
    value = evaluate(4 * lam / (n + 2), {lam: smallest_eigenvalue(gram(3, 6)), n: sympy.Integer(20)})
    assert value.has(sympy.CRootOf)
    expected = 4 * np.linalg.eigvalsh(floats(gram(3, 6)))[0] / 22
    assert float(value.evalf(17)) == pytest.approx(expected, rel=1e-8)


def test_nearby_roots_of_different_factors_are_told_apart():
    """5/2 + √5/2 and a rational that differs from it in the 60th digit."""
    root = (5 + sympy.sqrt(5)) / 2
    near = sympy.Rational(str(root.evalf(60)))
    for shift, expected in ((sympy.Rational(1, 10**59), None), (-sympy.Rational(1, 10**57), root)):
        other = near + shift
        A = exact_matrix([[2, 1, 0], [1, 3, 0], [0, 0, Fraction(int(other.p), int(other.q))]])
        assert largest_eigenvalue(A) == (other if expected is None else expected)


def test_twenty_dimensions_take_a_fraction_of_a_second():
    rng = np.random.default_rng(0)
    a = rng.standard_normal((20, 20))
    A, B = exact_matrix((a @ a.T + (a @ a.T).T) / 2), gram(1, 20)
    started = time.perf_counter()
    value = largest_eigenvalue(A, B).evalf(50)
    assert time.perf_counter() - started < 2
    assert float(value) == pytest.approx(np.linalg.eigvals(floats(A) @ floats(B)).real.max(), rel=1e-9)


def test_what_has_no_real_spectrum_is_refused():
    with pytest.raises(InputError, match="not real"):
        largest_eigenvalue(exact_matrix([[0, 1], [-1, 0]]))
    with pytest.raises(InputError, match="3 matrices"):
        largest_eigenvalue(gram(1, 2), gram(2, 2), gram(3, 2))
    with pytest.raises(ShapeError):
        largest_eigenvalue(exact_matrix([[1, 2]]))
    with pytest.raises(ShapeError):
        largest_eigenvalue(gram(1, 2), gram(1, 3))


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([[1, 1, 0], [1, 1, 0], [0, 0, 1]], 1),
        ([[0, 0], [0, 3]], 3),
        ([[2, 1], [1, 3]], (5 - sympy.sqrt(5)) / 2),
        ([[2, 1, 0], [1, 3, 0], [0, 0, 0]], (5 - sympy.sqrt(5)) / 2),
    ],
)
def test_the_smallest_positive_eigenvalue_passes_over_zero(entries, expected):
    assert smallest_positive_eigenvalue(exact_matrix(entries)) == expected


def test_the_zero_matrix_has_no_positive_eigenvalue():
    with pytest.raises(InputError, match="no positive eigenvalue"):
        smallest_positive_eigenvalue(exact_matrix([[0, 0], [0, 0]]))
