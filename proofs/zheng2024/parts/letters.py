"""Closed forms in scalar letters: coefficients of powers, derivatives, derivatives along a flow."""

from sympy import harmonic

from symicl.algebra import closed_form, dims, gradient, read_form, scalar, scalar_letter
from symicl.algebra import powers as powers_of_word
from symicl.tasks import T


def of(expression):
    """A SymPy scalar as a closed form."""
    return read_form(expression)


def put(form, values):
    """A closed form with others put in for symbols, harmonic numbers included.

    Parameters
    ----------
    form : ClosedForm
    values : mapping from SymPy scalars to ClosedForm
    """
    return form.substitute({scalar_letter(symbol): value for symbol, value in values.items()})


def powers(form, symbol):
    """The coefficient of each power of a symbol."""
    return powers_of_word(form, (scalar_letter(symbol),))


def slope(form, symbol):
    """∂/∂symbol."""
    return gradient(form, scalar_letter(symbol))


def along(form, velocities):
    """The derivative of a closed form along a flow.

    Parameters
    ----------
    form : ClosedForm
    velocities : mapping from SymPy scalars to ClosedForm
        Letters that are not among them stay constant.
    """
    return sum((slope(form, symbol) * velocity for symbol, velocity in velocities.items()), closed_form(0))


def divided(form, symbol, square):
    """Quotient and remainder by symbol² − square, where the symbol is not in the square."""
    letter, quotient, rest = of(symbol), closed_form(0), closed_form(0)
    for k, part in powers(form, symbol).items():
        rest = rest + part * square ** (k // 2) * letter ** (k % 2)
        for i in range(k // 2):
            quotient = quotient + part * letter ** (k - 2 - 2 * i) * square**i
    return quotient, rest


def positive_letters(form):
    """The form with T = N + 2 for a positive integer N, and with symbols ≥ 0 for the harmonic numbers."""
    numbers = {
        harmonic(T - 2): scalar("H_N", nonnegative=True),
        harmonic(T - 2, 2): scalar("G_N", nonnegative=True),
    }
    values = {symbol: of(plain) for symbol, plain in numbers.items()} | {T: of(dims("N") + 2)}
    return put(form, values)
