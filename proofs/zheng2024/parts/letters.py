"""Polynomials in scalar letters: coefficients of powers, derivatives, derivatives along a flow."""

from sympy import harmonic

from symicl.algebra.closed_form import closed_form
from symicl.algebra.differentiate import derivative, gradient
from symicl.algebra.polynomial import Polynomial
from symicl.algebra.reader import read_scalar, scalar_letter
from symicl.algebra.symbols import dims, scalar
from symicl.tasks.autoregressive import T


def of(expression):
    """A SymPy scalar as a rational function, letters such as 1/(d − 1) written as fractions."""
    return closed_form(read_scalar(expression))


def put(polynomial, values):
    """A polynomial with rational functions put in for symbols, harmonic numbers included.

    Parameters
    ----------
    polynomial : Polynomial or ClosedForm
    values : mapping from SymPy scalars to ClosedForm
    """
    closed = closed_form(polynomial)
    return closed.substitute({scalar_letter(symbol): value for symbol, value in values.items()})


def powers(polynomial, symbol):
    """The coefficient of each power of a symbol."""
    word = (scalar_letter(symbol),)
    found = {}
    for monomial, c in polynomial:
        rest = tuple(w for w in monomial if w != word)
        k = len(monomial) - len(rest)
        found[k] = found.get(k, Polynomial()) + Polynomial({rest: c})
    return found


def slope(polynomial, symbol):
    """∂/∂symbol of a polynomial."""
    return gradient(polynomial, scalar_letter(symbol)).trace()


def along(ratio, velocities):
    """The derivative of a rational function along a flow.

    Parameters
    ----------
    ratio : ClosedForm
    velocities : mapping from SymPy scalars to ClosedForm
        Letters that are not among them stay constant.
    """
    total = closed_form(0)
    for symbol, velocity in velocities.items():
        total = total + derivative(ratio, scalar_letter(symbol)) * velocity
    return total


def divided(polynomial, symbol, square):
    """Quotient and remainder by symbol² − square, where the symbol is not in the square."""
    letter, quotient, rest = read_scalar(symbol), Polynomial(), Polynomial()
    for k, part in powers(polynomial, symbol).items():
        rest = rest + part * square ** (k // 2) * letter ** (k % 2)
        for i in range(k // 2):
            quotient = quotient + part * letter ** (k - 2 - 2 * i) * square**i
    return quotient, rest


def positive_letters(polynomial):
    """The polynomial with T = N + 2 for a positive integer N, and with symbols ≥ 0 for the harmonic numbers."""
    numbers = {
        harmonic(T - 2): scalar("H_N", nonnegative=True),
        harmonic(T - 2, 2): scalar("G_N", nonnegative=True),
    }
    values = {symbol: of(plain) for symbol, plain in numbers.items()} | {T: of(dims("N") + 2)}
    return put(polynomial, values).num
