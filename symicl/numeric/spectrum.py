"""Exact eigenvalues of rational matrices, all of them or the extreme ones.

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


def eigenvalues(*factors: ExactMatrix) -> tuple[sympy.Expr, ...]:
    """All eigenvalues of A or of A B, ascending, each as often as its multiplicity; see `largest_eigenvalue`.

    A and B may be any matrices whose product is similar to a symmetric matrix.
    """
    parts = _irreducible(factors)
    found: list[sympy.Expr] = []
    seen: dict[int, int] = {}
    for at in _holders([part for part, _ in parts]):
        index = seen[at] = seen.get(at, -1) + 1
        part, multiplicity = parts[at]
        found += [_root(part, index)] * multiplicity
    return tuple(found)


def _extreme(factors: tuple[ExactMatrix, ...], *, largest: bool, positive: bool = False) -> sympy.Expr:
    parts = [part for part, _ in _irreducible(factors)]
    parts = [part for part in parts if not (positive and part.degree() == 1 and not part[0])]
    outermost = parts[_holders(parts)[-1 if largest else 0]]
    return _root(outermost, outermost.degree() - 1 if largest else 0)


def _irreducible(factors: tuple[ExactMatrix, ...]) -> list[tuple[flint.fmpz_poly, int]]:
    """The irreducible factors of the characteristic polynomial, with their multiplicities."""
    if len(factors) not in (1, 2):
        raise InputError(f"the eigenvalues of a product of {len(factors)} matrices need not be real")
    sizes = {size for m in factors for size in (m.nrows(), m.ncols())}
    if len(sizes) != 1:
        raise ShapeError("eigenvalues of a product are defined for square matrices of one size")
    product = factors[0] if len(factors) == 1 else factors[0] * factors[1]
    _, parts = product.charpoly().numer().factor()
    return parts


def _holders(parts: list[flint.fmpz_poly]) -> list[int]:
    """For each of the distinct roots, ascending, which of the polynomials it is a root of."""
    radical = parts[0]
    for part in parts[1:]:
        radical = radical * part
    bits = 2 * GUARD_BITS
    while True:
        # The balls of different roots are disjoint, so that their order is that of the roots.
        roots = _real_roots(radical, bits)
        with flint.ctx.workprec(bits):
            holders = [[k for k, part in enumerate(parts) if part(ball).contains(0)] for ball in roots]
        if all(len(holder) == 1 for holder in holders):
            return [holder[0] for holder in holders]
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


def _root(part: flint.fmpz_poly, index: int) -> sympy.Expr:
    """A root of an irreducible polynomial, counted from the smallest."""
    coefficients = [sympy.Integer(int(c)) for c in part.coeffs()]
    if part.degree() == 1:
        return -coefficients[0] / coefficients[1]
    if part.degree() == 2:
        c, b, a = coefficients
        sign = 1 if (a > 0) == (index == 1) else -1
        return (-b + sign * sympy.sqrt(b**2 - 4 * a * c)) / (2 * a)
    x = sympy.Dummy("x")
    return EigenvalueRoot._new(sympy.PurePoly(sympy.Poly(coefficients[::-1], x)), index)
