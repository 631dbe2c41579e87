"""The limit of the unmasked flow at numbers, with proven digits, and that it is the only one.

At numbers d and T the loss on the line of `all_ones` is a rational function of p = α'/α. Its stationary points are the
real roots of a polynomial. All its complex roots are isolated in balls, which tells the real ones for certain.
"""

from dataclasses import dataclass
from functools import lru_cache

import flint
import sympy

from symicl.algebra import harmonic, in_one_variable, scalar_letter, unheard
from symicl.errors import DerivationError
from symicl.numeric import proven_digits, real_roots, sympy_rational, value_at
from symicl.proofs.zheng2024.parts.all_ones import derived_line, p
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.setting import H2, H, d
from symicl.statements import NotDetermined
from symicl.tasks import T


@dataclass(frozen=True)
class Line:
    """Q_0, Q_1, Q_2, ℓ and the constant as polynomials in p with rational coefficients."""

    Q0: flint.fmpq_poly
    Q1: flint.fmpq_poly
    Q2: flint.fmpq_poly
    linear: flint.fmpq_poly
    constant: flint.fmpq_poly

    @property
    def discriminant(self):
        """4 Q_0 Q_2 − Q_1²."""
        return 4 * self.Q0 * self.Q2 - self.Q1 * self.Q1

    @property
    def slope(self):
        """The numerator of the derivative of Q_2 ℓ²/(4Q_0Q_2 − Q_1²), without its factor ℓ."""
        D, Q2, linear = self.discriminant, self.Q2, self.linear
        return (Q2.derivative() * linear + 2 * Q2 * linear.derivative()) * D - Q2 * linear * D.derivative()


def line_at(size, length):
    """The line at d = size and T = length."""
    T_value = sympy.Integer(length)
    values = {
        d: sympy.Integer(size),
        T: T_value,
        H: harmonic(length - 2),
        H2: harmonic(length - 2, 2),
    }
    found = derived_line()
    at = {symbol: of(value) for symbol, value in values.items()}

    def in_p(polynomial):
        return in_one_variable(put(polynomial, at), scalar_letter(p))[0]

    return Line(*map(in_p, found.quadratic), in_p(found.linear), in_p(found.constant))


def check_unique(line):
    """Check that the flow has one limit below the loss of zero weights, up to scaling.

    Raises
    ------
    NotDetermined
        If the certificate fails.

    Notes
    -----
    4Q_0Q_2 − Q_1² and Q_2 have no real root and are positive, also at infinity: the quadratic form E‖ŷ‖² is positive
    definite. Then the loss and the conserved quantity bound the flow. Where L < (T−2)d/2, ℓ and u differ from zero, and
    the stationary points are the roots of `Line.slope`: one, if it has one real root and its full degree 5, which
    excludes p = ∞.
    """
    D, Q2 = line.discriminant, line.Q2
    definite = (
        D.degree() == 4 and Q2.degree() == 2 and all(part(0) > 0 and not real_roots(part) for part in (D, Q2))
    )
    if not definite:
        raise NotDetermined("the mean square of the prediction is not certified to be positive definite")
    if line.slope.degree() != 5 or len(real_roots(line.slope)) != 1:
        raise NotDetermined("the flow may have several limits at these sizes")


@lru_cache(maxsize=8)
@unheard
def limit_of_flow(size, length, digits):
    """αβ, α'/α, β'/β and the loss at the limit of the flow, as Floats whose digits are proven.

    Raises
    ------
    NotDetermined
        For d = 1, where there is nothing off the diagonal, and if the limit is not certified to be the only one.
    """
    line = line_at(size, length)
    check_unique(line)
    return proven_digits(lambda: enclosed(line), digits, "the limit")


def enclosed(line):
    """Balls around the four numbers, at the current precision."""
    (ratio,) = real_roots(line.slope)
    Q1, Q2, D, linear, constant = (
        value_at(part, ratio) for part in (line.Q1, line.Q2, line.discriminant, line.linear, line.constant)
    )
    product = 4 * Q2 * linear / D
    return product, ratio, -Q1 / (2 * Q2), (constant - product * linear) / 2


def certified(place):
    """One of the four numbers, as a `Certified` quantity of a theorem."""

    def compute(values, digits):
        size, length = int(values[d]), int(values[T])
        if size == 1:
            return alone(place)
        if length == 3:
            return single_pair(size, place)
        return limit_of_flow(size, length, digits)[place]

    return compute


def alone(place):
    """d = 1: nothing is off the diagonal, and the one coordinate is predicted exactly."""
    if place in (1, 2):
        raise NotDetermined("for d = 1 there is nothing off the diagonal")
    return sympy.Integer(1 if place == 0 else 0)


def single_pair(size, place):
    """T = 3: the loss is the same for every p, since the prediction depends on A through α + (d−1)α' alone."""
    line = line_at(size, 3)
    gained, D = 4 * line.Q2 * line.linear * line.linear, line.discriminant
    if not is_multiple(gained, D) or not is_multiple(line.Q1, line.Q2):
        raise DerivationError("the loss at T = 3 depends on α'/α")
    if place < 2:
        raise NotDetermined(
            "for T = 3 the prediction depends on alpha + (d - 1) alpha' alone, so the limits of alpha and alpha' "
            "depend "
            "on a_0 and b_0"
        )
    if place == 2:
        return sympy_rational(-line.Q1(0) / (2 * line.Q2(0)))
    return sympy_rational((line.constant(0) - gained(0) / D(0)) / 2)


def is_multiple(one, other):
    """True if two polynomials, the second one not zero at 0, differ by a number as factor."""
    return one * other(0) == other * one(0)
