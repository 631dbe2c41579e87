"""Numbers for the symbols of a law: what is accepted exactly, and what is refused in one sentence."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.numeric import exact_matrix, matrix_entries
from symicl.tasks import ScaledIdentity, exact_values, is_positive_definite
from symicl.tasks.values import is_positive_semidefinite

n, d = si.dims("n d")
Sigma, Psi = si.covariance("Sigma", d), si.symmetric("Psi", d)
v, sigma2 = si.vector("v", d), si.scalar("sigma2", nonnegative=True)
SYMBOLS = {"n": n, "d": d, "sigma2": sigma2, "Sigma": Sigma, "v": v}
GOOD = {"n": 2, "sigma2": 1, "Sigma": [[2, 1], [1, 3]], "v": [1, -2]}

ACCEPTED = [
    ("n", 3, 3),
    ("n", np.int64(3), 3),
    ("n", 10**40, 10**40),
    ("n", "7", 7),
    ("sigma2", 0, 0),
    ("sigma2", "1/4", Fraction(1, 4)),
    ("sigma2", 0.1, Fraction(0.1)),
    ("sigma2", Decimal("0.1"), Fraction(1, 10)),
    ("sigma2", sympy.Rational(2, 7), Fraction(2, 7)),
    ("sigma2", Fraction(2, 7), Fraction(2, 7)),
    ("Sigma", np.array([[2.0, 0.5], [0.5, 3.0]]), [[2, Fraction(1, 2)], [Fraction(1, 2), 3]]),
    ("Sigma", np.array([[2, 1], [1, 3]], dtype=object), [[2, 1], [1, 3]]),
    ("Sigma", [["2", "1/3"], ["1/3", 3]], [[2, Fraction(1, 3)], [Fraction(1, 3), 3]]),
    ("Sigma", ScaledIdentity(Fraction(1, 5)), [[Fraction(1, 5), 0], [0, Fraction(1, 5)]]),
    ("Sigma", exact_matrix([[2, 1], [1, 3]]), [[2, 1], [1, 3]]),
    ("v", np.array([1, 2]), [[1], [2]]),
    ("v", [[1], [2]], [[1], [2]]),
]


@pytest.mark.parametrize(("name", "given", "exact"), ACCEPTED)
def test_accepted(name, given, exact):
    value = exact_values(SYMBOLS, GOOD | {name: given})[SYMBOLS[name]]
    assert (
        matrix_entries(value) == exact
        if isinstance(exact, list)
        else Fraction(int(value.p), int(value.q)) == exact
    )


def test_the_dimension_is_read_off_a_matrix():
    assert exact_values(SYMBOLS, GOOD)[d] == 2
    assert exact_values({"Sigma": Sigma}, {"Sigma": np.eye(4)})[d] == 4


REFUSED = [
    ("n", 0, "positive integer"),
    ("n", -3, "positive integer"),
    ("n", 2.5, "positive integer"),
    ("n", "abc", "not a number"),
    ("n", "1/0", "not a number"),
    ("n", "", "not a number"),
    ("n", float("nan"), "not a number"),
    ("n", float("inf"), "not a number"),
    ("n", None, "not a number"),
    ("n", [1], "not a number"),
    ("n", 1j, "not a number"),
    ("sigma2", -1, "negative"),
    ("sigma2", "-1/1000000", "negative"),
    ("sigma2", sympy.oo, "not a number"),
    ("sigma2", sympy.sqrt(2), "not a number"),
    ("Sigma", [[1, 2], [3, 4]], "not symmetric"),
    ("Sigma", [[1, 2], [2, 1]], "not positive definite"),
    ("Sigma", [[1, 1], [1, 1]], "not positive definite"),
    ("Sigma", [[0, 0], [0, 0]], "not positive definite"),
    ("Sigma", ScaledIdentity(-1), "not positive definite"),
    ("Sigma", ScaledIdentity(0), "not positive definite"),
    ("Sigma", [[1, 2]], "1×2"),
    ("Sigma", [[1, 2], [3]], "equal length"),
    ("Sigma", [], "must be a matrix"),
    ("Sigma", [[]], "equal length"),
    ("Sigma", 5, "must be a matrix"),
    ("Sigma", "I", "must be a matrix"),
    ("Sigma", {1: 2}, "must be a matrix"),
    ("Sigma", np.array(3.0), "must be a matrix"),
    ("Sigma", [["a", 1], [1, 2]], "finite number"),
    ("Sigma", [["1/0", 1], [1, 2]], "finite number"),
    ("Sigma", [[None, 1], [1, 2]], "finite number"),
    ("Sigma", [[1, [2]], [2, 1]], "finite number"),
    ("Sigma", [[1.0, float("nan")], [0.0, 1.0]], "finite number"),
    ("Sigma", np.array([[1.0, np.inf], [np.inf, 1.0]]), "finite number"),
    ("Sigma", np.array([[1, 1j], [-1j, 1]]), "finite number"),
    ("Sigma", np.ones((2, 2, 2)), "finite number"),
    ("Sigma", np.array(["a", "b"]), "not a finite number"),
    ("Sigma", np.eye(3), "v is 2×1, but d = 3"),
    ("v", [1, 2, 3], "v is 3×1, but d = 2"),
    ("v", [[1, 2]], "1×2"),
    ("v", [], "must be a matrix"),
    ("v", 5, "must be a matrix"),
    ("q", 1, "q is not an input here; the inputs are n, d, sigma2, Sigma, v"),
]


@pytest.mark.parametrize(("name", "given", "words"), REFUSED)
def test_refused(name, given, words):
    with pytest.raises(si.InputError, match=words) as caught:
        exact_values(SYMBOLS, GOOD | {name: given})
    assert name in str(caught.value) or "v is" in str(caught.value)


def test_what_is_missing_is_named():
    with pytest.raises(si.InputError, match=r"no value is given for sigma2, v; add sigma2=… v=…"):
        exact_values(SYMBOLS, {"n": 2, "Sigma": [[1]]})
    with pytest.raises(si.InputError, match="size of Sigma"):
        exact_values({"Sigma": Sigma}, {"Sigma": ScaledIdentity(1)})


@pytest.mark.parametrize(
    ("entries", "definite", "semidefinite"),
    [
        ([[2, 1], [1, 3]], True, True),
        ([[1, 1], [1, 1]], False, True),
        ([[1, 2], [2, 4]], False, True),
        ([[1, 2], [2, 1]], False, False),
        ([[0, 0], [0, -1]], False, False),
        ([[0, 0], [0, 0]], False, True),
        ([[0, 1], [1, 0]], False, False),
        ([[1, 0, 0], [0, 1, 0], [0, 0, Fraction(-1, 10**12)]], False, False),
        ([[1, 0, 0], [0, 1, 0], [0, 0, Fraction(1, 10**12)]], True, True),
        ([[2, 1, 0], [1, 2, 1], [0, 1, Fraction(2, 3)]], False, True),
    ],
    ids=str,
)
def test_definiteness_is_exact(entries, definite, semidefinite):
    assert is_positive_definite(exact_matrix(entries)) is definite
    assert is_positive_semidefinite(exact_matrix(entries)) is semidefinite


def test_a_symmetric_symbol_may_be_singular_but_not_indefinite():
    symbols = {"Psi": Psi}
    assert exact_values(symbols, {"Psi": [[1, 1], [1, 1]]})
    with pytest.raises(si.InputError, match="negative eigenvalue"):
        exact_values(symbols, {"Psi": [[1, 2], [2, 1]]})


def test_a_row_of_numbers_is_the_diagonal_of_a_covariance():
    found = exact_values(SYMBOLS, GOOD | {"Sigma": [1, 2]})
    assert matrix_entries(found[Sigma]) == [[1, 0], [0, 2]]
