"""Sources of randomness for the samplers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import sympy
from sympy.matrices.expressions import Identity, MatrixExpr, ZeroMatrix

from symicl.algebra import GaussianMatrix, RandomMatrix
from symicl.errors import InputError
from symicl.numeric import ExactMatrix, evaluate, float_matrix, np
from symicl.tasks.values import is_positive_semidefinite


class Draws(Protocol):
    """Standard normals as arrays of one library (NumPy, torch), and constants as arrays of the same kind.

    A source may have ``gaussian`` and ``constant`` of its own, with the arguments of the functions of this module, and
    ``numbers`` and ``elliptical``: the second engine draws polynomials in independent numbers with exact coefficients.
    """

    def normal(self, *shape: int) -> Any:
        """Independent standard normals."""

    def array(self, values: np.ndarray) -> Any:
        """A constant."""


class NumpyDraws:
    """Draws in NumPy float64 from a seed."""

    def __init__(self, seed: int):
        self._rng = np.random.default_rng(seed)

    def normal(self, *shape: int) -> np.ndarray:
        return self._rng.standard_normal(shape)

    def array(self, values: np.ndarray) -> np.ndarray:
        return values


def constant(draws: Draws, value: ExactMatrix) -> Any:
    """An exact matrix as an array."""
    if hasattr(draws, "constant"):
        return draws.constant(value)
    return draws.array(float_matrix(value))


def gaussian(
    draws: Draws,
    batch: int,
    rows: int,
    cols: int,
    *,
    row_cov: ExactMatrix | None = None,
    col_cov: ExactMatrix | None = None,
    variance: Any = 1,
) -> Any:
    """Centred Gaussian matrices Z, batch × rows × cols, with E Z_ia Z_jb = variance · row_cov_ij col_cov_ab.

    Parameters
    ----------
    draws : Draws
    batch, rows, cols : int
    row_cov, col_cov : exact matrix, optional
        Identities where they are not given.
    variance : exact number
    """
    if hasattr(draws, "gaussian"):
        return draws.gaussian(batch, rows, cols, row_cov, col_cov, variance)
    z = draws.normal(batch, rows, cols)
    if row_cov is not None:
        z = draws.array(square_root(row_cov)) @ z
    if col_cov is not None:
        z = z @ draws.array(square_root(col_cov))
    return z if variance == 1 else float(variance) ** 0.5 * z


def draw_gaussian(z: GaussianMatrix, values: Any, batch: int, draws: Draws) -> Any:
    """Draws of a declared Gaussian matrix at exact values of the symbols of its law, batch × rows × cols."""
    rows, cols = shape_at(z, values)
    factors, covariances = [], []
    for covariance in (z.row_cov, z.col_cov):
        # A multiple of the identity needs no square root of a matrix.
        number, rest = covariance.as_coeff_mmul()
        plain = isinstance(rest.doit(), Identity)
        factors.append(number if plain else 1)
        covariances.append(None if plain else covariance_at(z, covariance, values))
    variance = evaluate(sympy.Mul(*factors), values)
    found = gaussian(
        draws, batch, rows, cols, row_cov=covariances[0], col_cov=covariances[1], variance=variance
    )
    return found if isinstance(z.mean, ZeroMatrix) else constant(draws, evaluate(z.mean, values)) + found


def shape_at(z: RandomMatrix, values: Any) -> tuple[int, int]:
    """Numbers of rows and columns."""
    rows, cols = (int(evaluate(size, values)) for size in z.shape)
    return rows, cols


def number_at(value: Any, values: Any) -> Fraction:
    """A parameter of a law at numbers.

    Raises
    ------
    InputError
        If it is not rational there.
    """
    found = evaluate(value, values)
    if not isinstance(found, sympy.Rational):
        raise InputError(f"{value} is {found}, which is no rational number")
    return Fraction(int(found.p), int(found.q))


def covariance_at(z: RandomMatrix, covariance: MatrixExpr, values: Any) -> ExactMatrix:
    """A covariance at numbers; that of a symbol has been looked at with its values.

    Raises
    ------
    InputError
        If a sum or product has a negative eigenvalue.
    """
    found = evaluate(covariance, values)
    if not covariance.is_symbol and not is_positive_semidefinite(found):
        raise InputError(
            f"the covariance {covariance} of {z.name} has a negative eigenvalue at these numbers"
        )
    return found


def square_root(covariance: ExactMatrix) -> np.ndarray:
    """The symmetric square root; unlike a Cholesky factor it exists for singular covariances too."""
    eigenvalues, vectors = np.linalg.eigh(float_matrix(covariance))
    return (vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))) @ vectors.T
