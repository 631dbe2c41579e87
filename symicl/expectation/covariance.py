"""Covariances as the engine takes them: a letter and a scalar factor."""

from __future__ import annotations

from typing import NamedTuple

from sympy.matrices.expressions import Identity, MatMul, MatrixExpr, ZeroMatrix

from symicl.algebra import NO_LETTER, ONE, MatrixPolynomial, Polynomial, letter, read_matrix, read_scalar


class Covariance(NamedTuple):
    """A covariance as a letter, `NO_LETTER` for the identity, and a scalar factor.

    Attributes
    ----------
    letter : int
    scale : Polynomial
    made_of : tuple of (letter, matrix)
        Of a sum or a product, what the letter stands for.
    """

    letter: int
    scale: Polynomial
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()

    @classmethod
    def of(cls, covariance: MatrixExpr) -> Covariance:
        """A SymPy expression as a covariance."""
        scale = Polynomial.constant(1)
        if isinstance(covariance, MatMul):
            coefficient, matrices = covariance.as_coeff_matrices()
            scale = read_scalar(coefficient)
            covariance = matrices[0] if len(matrices) == 1 else MatMul(*matrices)
        if isinstance(covariance, Identity):
            return cls(NO_LETTER, scale)
        if isinstance(covariance, ZeroMatrix):
            return cls(NO_LETTER, Polynomial())
        matrix = read_matrix(covariance)
        if matrix.rows == ONE:
            return cls(NO_LETTER, scale * matrix.trace())
        if len(matrix.terms) == 1:
            (((monomial, word), c),) = matrix.terms.items()
            if len(word) <= 1:
                return cls(word[0] if word else NO_LETTER, scale * Polynomial({monomial: c}))
        made = letter(("covariance", covariance), matrix.rows, matrix.rows, symmetric=True)
        return cls(made, scale, ((made, matrix),))
