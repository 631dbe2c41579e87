"""Exact extreme eigenvalues of rational matrices.

An eigenvalue is a rational number, an expression with a square root, or a root of an irreducible polynomial
that is refined by ball arithmetic to as many digits as one asks for. Nothing is ever taken from a float.
"""

from __future__ import annotations

from typing import Any

import flint
import sympy

from symicl.errors import InputError, ShapeError
from symicl.numeric.balls import real_roots
from symicl.numeric.exact import ExactMatrix

GUARD_BITS = 32
"""Bits beyond the wanted precision with which roots are first computed; doubled until they suffice."""


class EigenvalueRoot(sympy.CRootOf):
    """A real root of an irreducible integer polynomial of which all roots are real.

    It is SymPy's root object with another evaluation: SymPy isolates the roots of a polynomial of degree 20
    in seconds, ball arithmetic in milliseconds. ``index`` counts the roots from the smallest.
    """

    def _eval_is_real(self) -> bool:
        return True

    def _eval_is_imaginary(self) -> bool:
        return False

    def _eval_evalf(self, prec: int, **options: Any) -> sympy.Float:
        ball = self._ball(prec)
        mantissa, exponent = (int(part) for part in ball.mid().man_exp())
        sign = int(mantissa < 0)
        return sympy.Float((sign, abs(mantissa), exponent, abs(mantissa).bit_length()), precision=prec)

    def _ball(self, prec: int) -> flint.arb:
        """An enclosure with at least ``prec`` correct bits."""
        polynomial = flint.fmpz_poly([int(c) for c in reversed(self.poly.all_coeffs())])
        bits = prec + GUARD_BITS
        while True:
            ball = _real_roots(polynomial, bits)[self.index]
            if ball.rel_accuracy_bits() >= prec:
                return ball
            bits *= 2


def smallest_eigenvalue(*factors: ExactMatrix) -> sympy.Expr:
    """The smallest eigenvalue of A or of A B; see `largest_eigenvalue`."""
    return _extreme(factors, largest=False)


def smallest_positive_eigenvalue(matrix: ExactMatrix) -> sympy.Expr:
    """The smallest eigenvalue of a symmetric positive semidefinite matrix that is not zero.

    Raises
    ------
    InputError
        For the zero matrix, which has none.
    """
    if not any(matrix.entries()):
        raise InputError("the zero matrix has no positive eigenvalue")
    return _extreme((matrix,), largest=False, positive=True)


def largest_eigenvalue(*factors: ExactMatrix) -> sympy.Expr:
    """The largest eigenvalue of A or of A B, for symmetric positive semidefinite A and B.

    Parameters
    ----------
    *factors : one or two d × d exact matrices

    Returns
    -------
    SymPy number
        Rational, with a square root, or a `sympy.CRootOf`; ``evalf(k)`` gives k correct digits.

    Raises
    ------
    ShapeError
        If the matrices are not square and of one size.
    InputError
        If an eigenvalue is not real, so that the matrices cannot be what they should be.

    Notes
    -----
    The eigenvalues of A B are those of A^½ B A^½, hence real and ≥ 0.
    """
    return _extreme(factors, largest=True)


def _extreme(factors: tuple[ExactMatrix, ...], *, largest: bool, positive: bool = False) -> sympy.Expr:
    if len(factors) not in (1, 2):
        raise InputError(f"the eigenvalues of a product of {len(factors)} matrices need not be real")
    sizes = {size for m in factors for size in (m.nrows(), m.ncols())}
    if len(sizes) != 1:
        raise ShapeError("eigenvalues of a product are defined for square matrices of one size")
    product = factors[0] if len(factors) == 1 else factors[0] * factors[1]
    _, parts = product.charpoly().numer().factor()
    irreducible = [part for part, _ in parts if not (positive and part.degree() == 1 and not part[0])]
    radical = irreducible[0]
    for part in irreducible[1:]:
        radical = radical * part
    bits = 2 * GUARD_BITS
    while True:
        # The balls of different roots are disjoint, so the outermost one holds the outermost root.
        roots = _real_roots(radical, bits)
        ball = roots[-1 if largest else 0]
        with flint.ctx.workprec(bits):
            holders = [part for part in irreducible if part(ball).contains(0)]
        if len(holders) == 1:
            return _root(holders[0], last=largest)
        bits *= 2


def _real_roots(polynomial: flint.fmpz_poly, bits: int) -> list[flint.arb]:
    """Enclosures of all roots of a square-free polynomial, in ascending order."""
    with flint.ctx.workprec(bits):
        roots = real_roots(flint.fmpq_poly(polynomial))
    if len(roots) != polynomial.degree():
        raise InputError(
            "an eigenvalue is not real: the matrices must be symmetric and positive semidefinite"
        )
    return sorted(roots, key=lambda ball: ball.mid())


def _root(part: flint.fmpz_poly, *, last: bool) -> sympy.Expr:
    """The first or the last root of an irreducible polynomial."""
    coefficients = [sympy.Integer(int(c)) for c in part.coeffs()]
    if part.degree() == 1:
        return -coefficients[0] / coefficients[1]
    if part.degree() == 2:
        c, b, a = coefficients
        sign = 1 if (a > 0) == last else -1
        return (-b + sign * sympy.sqrt(b**2 - 4 * a * c)) / (2 * a)
    x = sympy.Dummy("x")
    polynomial = sympy.Poly(coefficients[::-1], x)
    return EigenvalueRoot._new(sympy.PurePoly(polynomial), part.degree() - 1 if last else 0)
