"""E sign(aᵀx) p(x) for a Gaussian vector x and an odd polynomial p, such as E|aᵀx| = √(2 aᵀΣa/π).

With τ² = aᵀΣa, the vector is x = Σa t + r with t = aᵀx/τ² and an independent r ~ N(0, Σ − Σa aᵀΣ/τ²), and
E sign(t) t^k = √(2/π) (k − 1)!! τ^(−k) for odd k.
"""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Polynomial,
    asserted_as,
    letter,
    reported,
    scalar_letter,
    write_scalar,
    written,
)
from symicl.errors import UnsupportedError
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.integrand import cut_out

Law = Any
ODD = written(
    "odd half-space",
    asserted_as(
        "an average over a half-space",
        "the absolute moments of a normal, and that a Gaussian vector is independent of its regression on another",
    ),
)


def over_one_vector(
    polynomial: Polynomial, s: int, z: MatrixPolynomial, rows: list[int], known: dict[int, Law]
) -> tuple[Polynomial, list[Law]]:
    """The average over the sign s of z = aᵀx, every term with it odd in x; and the law of the rest r of x.

    Raises
    ------
    UnsupportedError
        If x is not Gaussian, or a is random.
    """
    random = z.letters() & known.keys()
    law = known[min(rows[0], PARTNER[rows[0]])]
    x = law.letter
    if not isinstance(law, Gaussian) or len(random) > 1 or z.letters() & {b for b in random if b != x}:
        names = " and ".join(str(MEANING[b]) for b in sorted(random))
        raise UnsupportedError(
            f"the average of a product that is odd in {names} over the half-space where {MEANING[s][1]} is positive "  # type: ignore[index]
            "is known for one Gaussian vector and a constant direction; sample() takes it at numbers"
        )
    column = x if ROWS[x] != ONE or PARTNER[x] == x else PARTNER[x]
    cov, size = (law.row_cov, ROWS[column]) if column == x else (law.col_cov, ROWS[column])
    a = _direction(z, column)
    u = (a if cov == NO_LETTER else MatrixPolynomial.of(cov) @ a) * law.scale
    power = (a.T @ u).trace()
    value = _with_moments(polynomial, s, column, u, power)
    r = _rest_letter(column)
    square = write_scalar(power)
    whole = MatrixPolynomial.identity(size) if cov == NO_LETTER else MatrixPolynomial.of(cov)
    left = whole * law.scale - u @ u.T * Polynomial({((scalar_letter(1 / square),),): 1}) if square.free_symbols else (
        whole * law.scale - u @ u.T * _exact(1 / square)
    )  # fmt: skip
    if size == ONE:
        return value.substitute({r: MatrixPolynomial.zero(ONE, ONE)}) if r in value.letters() else value, []
    C = letter(("covariance of the rest", s, column), size, size, symmetric=True)
    fresh = Gaussian(r, C, NO_LETTER, made_of=(*law.made_of, (C, left)))
    return value, [fresh] if r in value.letters() else []


def _exact(value: sympy.Expr) -> Any:
    from fractions import Fraction

    return Fraction(int(value.p), int(value.q))


def _rest_letter(column: int) -> int:
    return letter(("rest", column), ROWS[column], ONE)


def _direction(z: MatrixPolynomial, column: int) -> MatrixPolynomial:
    """a with z = aᵀx."""
    return cut_out(z.trace(), column, ONE, ROWS[column]).T


@reported(ODD)
def _with_moments(
    polynomial: Polynomial, s: int, column: int, u: MatrixPolynomial, power: Polynomial
) -> Polynomial:
    """The polynomial at x = u t + r, with the absolute moments of t for its powers times the sign."""
    t = letter(("regression on", s), ONE, ONE)
    base = min(column, PARTNER[column])
    put = u * Polynomial({((t,),): 1}) + MatrixPolynomial.of(_rest_letter(column))
    put_in = Polynomial({m: c for m, c in polynomial if (s,) in m}).substitute(
        {base: put if base == column else put.T}
    )
    square = write_scalar(power)
    result = Polynomial()
    for monomial, c in polynomial:
        if (s,) not in monomial:
            result = result + Polynomial({monomial: c})
    for monomial, c in put_in:
        k = monomial.count((t,))
        if k % 2 == 0:
            continue
        rest = tuple(word for word in monomial if word not in ((t,), (s,)))
        moment = sympy.sqrt(2 / sympy.pi) * sympy.factorial2(k - 1) / sympy.sqrt(square) ** k
        result = result + Polynomial({tuple(sorted((*rest, (scalar_letter(moment),)))): c})
    return result
