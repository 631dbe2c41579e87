"""A proven lower bound for a polynomial that is biquadratic: quadratic in the products of entries of two unknowns.

With z = (1, b_1 a_1, b_1 a_2, …) such a polynomial is zᵀQz for many Q, since (b_i a_k)(b_j a_l) = (b_i a_l)(b_j a_k).
If one of them, less γ in its first entry, has no negative eigenvalue, γ is a lower bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np

from symicl.errors import UnsupportedError
from symicl.numeric.balls import negative_squares

Key = tuple[tuple[int, ...], tuple[int, ...]]
"""The numbers of the b and of the a in a monomial, ascending, as many of the one as of the other: none, one or two."""
Coefficients = Mapping[Key, Fraction]
SLACKS = (1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3)
ITERATIONS, OVER = 6000, 1.6
CLOSE = 1e-11
BITS = 48
BALL_BITS = 256


@dataclass(frozen=True)
class BiquadraticBound:
    """p − value = zᵀSz with a positive definite S.

    Attributes
    ----------
    value : Fraction
    gram : array of Fraction
        S.
    """

    value: Fraction
    gram: np.ndarray


def biquadratic_bound(
    coefficients: Coefficients, a: int, b: int, *, slacks: tuple[float, ...] = SLACKS, bits: int = BITS
) -> BiquadraticBound:
    """The greatest lower bound that a Gram matrix shows, but for a small slack.

    Parameters
    ----------
    coefficients : mapping
        From monomials to rational coefficients.
    a, b : int
        Numbers of entries of the two unknowns.
    slacks : tuple of float
        How much of the identity, relative to Q, is kept aside for rounding; the first that suffices is taken.
    bits : int
        To which S is rounded.

    Raises
    ------
    UnsupportedError
        If no Gram matrix is found that is positive definite.

    Notes
    -----
    Which matrix it is, alternating projections with relaxation find in floating point (Douglas and Rachford). Then it
    is rounded, its entries are shifted so that the polynomial is exactly the given one, and the signs of its pivots
    are decided in balls.
    """
    classes, count = _classes(a, b)
    exact = _gram(coefficients, classes, count)
    rough = exact.astype(float)
    size = len(rough)
    inner = np.diag(rough)[1:].max()
    scale = 2.0 ** round(np.log2(max(abs(rough[0, 1:]).max() / inner, 1e-9)))  # a power of two is exact
    weights = np.full(size, scale)
    weights[0] = 1
    scaled = rough * np.outer(weights, weights)
    unit = float(np.linalg.norm(scaled)) / size**0.5
    for slack in slacks:
        aside = slack * unit
        found, bound = _relaxed(scaled - aside * np.eye(size), classes, count, unit)
        target = (found + aside * np.eye(size)) / np.outer(weights, weights)
        value = Fraction(int(np.floor(bound * 2**bits)), 2**bits)
        gram = _exactly(exact, target, value, classes, count, bits)
        if is_positive_definite(gram):
            return BiquadraticBound(value, gram)
    raise UnsupportedError("no Gram matrix was found that shows a lower bound of the polynomial")


def is_positive_definite(gram: np.ndarray) -> bool:
    """True if all pivots of a symmetric rational matrix are certainly positive."""
    with flint.ctx.workprec(BALL_BITS):
        balls = [[flint.arb(flint.fmpq(x.numerator, x.denominator)) for x in row] for row in gram]
        return negative_squares(balls) == 0


def monomial(i: int, j: int, a: int) -> Key:
    """The monomial z_i z_j."""
    places = [divmod(x - 1, a) for x in (i, j) if x]
    return tuple(sorted(x for x, _ in places)), tuple(sorted(y for _, y in places))


def _classes(a: int, b: int) -> tuple[dict[Key, int], np.ndarray]:
    """A number for each monomial, and those of all z_i z_j."""
    size = 1 + a * b
    known: dict[Key, int] = {}
    table = np.zeros((size, size), int)
    for i in range(size):
        for j in range(size):
            table[i, j] = known.setdefault(monomial(i, j, a), len(known))
    return known, table


def _gram(coefficients: Coefficients, classes: Mapping[Key, int], table: np.ndarray) -> np.ndarray:
    """The coefficient of each monomial, in equal parts."""
    if unknown := coefficients.keys() - classes.keys():
        raise UnsupportedError(f"the polynomial is not biquadratic: it has {sorted(unknown)[0]}")
    times = np.bincount(table.ravel(), minlength=len(classes))
    parts = np.array(
        [Fraction(coefficients.get(key, Fraction(0))) / int(times[n]) for key, n in classes.items()],
        dtype=object,
    )
    return parts[table]


def _mean(matrix: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Each entry as the mean over those of the same monomial."""
    times = np.bincount(table.ravel())
    return (np.bincount(table.ravel(), matrix.ravel()) / times)[table]


def _relaxed(
    gram: np.ndarray, classes: Mapping[Key, int], table: np.ndarray, unit: float
) -> tuple[np.ndarray, float]:
    """Another Gram matrix of the same polynomial less a number, nearly without negative eigenvalues; and the number."""
    size = len(gram)
    cone, dual = np.eye(size) / 10, np.zeros((size, size))
    for step in range(ITERATIONS):
        moments = _mean(cone - dual - gram / unit, table)
        moments[0, 0] = 1
        over = OVER * moments + (1 - OVER) * cone
        values, vectors = np.linalg.eigh(over + dual)
        cone = (vectors * np.maximum(values, 0)) @ vectors.T
        dual = dual + over - cone
        if step % 50 == 49 and np.linalg.norm(moments - cone) < CLOSE:
            break
    found = -unit * dual
    rest = _mean(gram - found, table)
    bound = float(rest[0, 0])
    rest[0, 0] = 0
    return found + rest, bound


def _exactly(
    gram: np.ndarray,
    target: np.ndarray,
    value: Fraction,
    classes: Mapping[Key, int],
    table: np.ndarray,
    bits: int,
) -> np.ndarray:
    """A rational matrix near the target that is a Gram matrix of the polynomial less a number."""
    moved = target - gram.astype(float)
    rounded = np.array([[Fraction(round(x * 2**bits), 2**bits) for x in row] for row in moved], dtype=object)
    sums = [Fraction(0)] * len(classes)
    for n, x in zip(table.ravel(), rounded.ravel(), strict=True):
        sums[n] += x
    times = np.bincount(table.ravel())
    means = np.array([s / int(t) for s, t in zip(sums, times, strict=True)], dtype=object)
    exact = gram + rounded - means[table]
    exact[0, 0] -= value
    return exact
