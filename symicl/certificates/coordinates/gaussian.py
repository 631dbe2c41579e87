"""Gaussian matrices in explicit coordinates, without square roots.

With U = L D Lᵀ and V = R E Rᵀ, L and R unit lower triangular, Z = L G Rᵀ has E Z_ia Z_jb = s U_ij V_ab if the entries
G_ia are independent with variances s D_i E_a. These are rational, whatever the rational covariances are.
"""

from __future__ import annotations

from fractions import Fraction

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import Entry, Law, Number, entry, reduced
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.orthogonal import OrthogonalEntry
from symicl.errors import InputError


def standard_form(covariance: Matrix) -> tuple[Matrix, list[Number]]:
    """L and the diagonal of D with covariance = L D Lᵀ.

    Raises
    ------
    InputError
        If a leading minor vanishes and the row does not.
    """
    size = len(covariance)
    L: Matrix = matrices.identity(size)
    D: list[Number] = []
    for j in range(size):
        D.append(covariance[j][j] - sum(L[j][k] ** 2 * D[k] for k in range(j)))
        for i in range(j + 1, size):
            rest = covariance[i][j] - sum(L[i][k] * L[j][k] * D[k] for k in range(j))
            if rest and not D[j]:
                raise InputError("a covariance has a leading minor that vanishes; take other numbers")
            L[i][j] = reduced(Fraction(rest) / D[j]) if rest else 0
    return L, D


class Gaussians:
    """Independent Gaussian matrices, and expectations over all of them.

    Attributes
    ----------
    variances : list
        Of the independent normals that the entries are made of; of other numbers their even moments, and of entries of
        orthogonal matrices their places.
    """

    def __init__(self) -> None:
        self.variances: list[Law] = []

    def draw(
        self, rows: int, cols: int, row_cov: Matrix | None, col_cov: Matrix | None, scale: Number
    ) -> Matrix:
        """The entries of a centred Gaussian matrix; None is the identity."""
        L, D = standard_form(matrices.identity(rows) if row_cov is None else row_cov)
        R, E = standard_form(matrices.identity(cols) if col_cov is None else col_cov)
        G: Matrix = []
        for x in D:
            G.append([Entry.variable(len(self.variances) + a) for a in range(cols)])
            self.variances += [x * y * scale for y in E]
        return matrices.product(matrices.product(L, G), matrices.transpose(R))

    def draw_numbers(self, rows: int, cols: int, moments: tuple[Number, ...]) -> Matrix:
        """Independent entries of a symmetric law with the given second, fourth, … moments."""
        first = len(self.variances)
        self.variances += [moments] * (rows * cols)
        return [[Entry.variable(first + i * cols + a) for a in range(cols)] for i in range(rows)]

    def draw_orthogonal(self, rows: int, cols: int) -> Matrix:
        """The first columns of an orthogonal matrix of Haar's law."""
        first = len(self.variances)
        self.variances += [OrthogonalEntry(first, rows, i, a) for i in range(rows) for a in range(cols)]
        return [[Entry.variable(first + i * cols + a) for a in range(cols)] for i in range(rows)]

    def draw_elliptical(self, rows: int, cols: int, cov: Matrix, moments: tuple[Number, ...]) -> Matrix:
        """Independent rows s g with g ~ N(0, cov), and scales s with the given second, fourth, … moments."""
        scales = self.draw_numbers(rows, 1, moments)
        g = self.draw(rows, cols, None, cov, 1)
        return [[s * x for x in row] for (s,), row in zip(scales, g, strict=True)]

    def mean(self, value: Matrix) -> Matrix:
        """E, entry by entry."""
        return matrices.mapped(value, lambda x: reduced(entry(x).mean(self.variances)))
