"""Inverses of Gram matrices in explicit coordinates, by Bartlett's decomposition.

For n independent rows of X with the covariance s S and S = L D L', X'X = L T T' L' with a lower triangular T, whose
entries are independent: those below the diagonal normal with the variances s D_i, and T_ii² = s D_i χ² with n − i + 1
degrees of freedom. So the entries of (X'X)⁻¹ are polynomials in these normals and in u_i = 1/T_ii, with
E u_i^(2k) = (s D_i)^(−k)/((m − 2)(m − 4)⋯(m − 2k)) for m = n − i + 1 > 2k. A random sign of each column of T changes
nothing.
"""

from __future__ import annotations

from fractions import Fraction

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Entry, Number
from symicl.certificates.coordinates.gaussian import Gaussians, standard_form
from symicl.certificates.coordinates.matrices import Matrix

MAX_ORDER = 8


def draw_inverse(gaussians: Gaussians, rows: int, cov: Matrix, scale: Number) -> Matrix:
    """(X'X)⁻¹ for so many rows N(0, scale · cov)."""
    L, D = standard_form(cov)
    size = len(L)
    below: Matrix = [[0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            ((below[i][j],),) = gaussians.draw(1, 1, None, None, Fraction(scale) * D[i])
        ((below[i][i],),) = gaussians.draw_numbers(1, 1, inverse_moments(rows - i, Fraction(scale) * D[i]))
    inverse: Matrix = [[0] * size for _ in range(size)]  # of T, where T_ii is given as 1/T_ii
    for i in range(size):
        inverse[i][i] = below[i][i]
        for j in range(i):
            total = Entry.constant(0)
            for k in range(j, i):
                total = total + below[i][k] * inverse[k][j]
            inverse[i][j] = total * below[i][i] * -1
    R = matrices.product(inverse, matrices.inverse(L))
    return matrices.product(matrices.transpose(R), R)


def inverse_moments(degrees: int, scale: Fraction) -> tuple[Number, ...]:
    """E (scale χ²)^(−k) for k = 1, 2, …, as long as they are finite."""
    found: list[Number] = []
    value = Fraction(1)
    for k in range(1, MAX_ORDER + 1):
        if degrees <= 2 * k:
            break
        value /= (degrees - 2 * k) * scale
        found.append(value)
    return tuple(found)
