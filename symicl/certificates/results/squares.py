"""The least value over one common step, enclosed: the excess less a number below is a sum of squares."""

from __future__ import annotations

from fractions import Fraction

import flint

from symicl.algebra import ONE, ClosedForm, Polynomial, letter, scalar_letter
from symicl.certificates.operations import OperationLog
from symicl.expectation import Gaussian, expect_form
from symicl.numeric import sum_of_squares, sympy_rational
from symicl.theory import ETA, Loop

BOUND_DIGITS = 15
"""Significant digits of the number below."""


class LeastExcess:
    """A number below the excess of every step, and the squares that it exceeds it by; made while a recording runs.

    Attributes
    ----------
    below : Fraction
    at : Fraction
        A step, rounded, whose excess is next to it.
    """

    def __init__(self, result: Loop):
        best = result.best_step()
        digits = BOUND_DIGITS - len(str(int(best.value))) if best.value >= 1 else BOUND_DIGITS
        scale = 10**digits
        self.below = Fraction(int(best.value * scale) - 1, scale)
        self.at = Fraction(best.parameter).limit_denominator(10**9)
        self.excess = result.excess_form
        eta = ClosedForm.of(scalar_letter(ETA))
        polynomial = result.objective({}) - flint.fmpq(self.below.numerator, self.below.denominator)
        total, laws = ClosedForm.number(0), []
        for k, (c, q) in enumerate(sum_of_squares(polynomial)):
            sign = letter(f"z_{k}", ONE, ONE)
            laws.append(Gaussian(sign, scale=Polynomial.constant(_fraction(c))))
            powers = (eta**j * _fraction(a) for j, a in enumerate(q.coeffs()))
            total = total + ClosedForm.of(sign) * sum(powers, ClosedForm.number(0))
        self.square = expect_form(total * total, laws)

    def write(self, log: OperationLog, excess: int, name: str) -> None:
        """That no step has less, and that the rounded one has little more."""
        below = log.data(ClosedForm.number(self.below))
        line = log.at_least("no step has a smaller excess", excess, below, log.node(self.square))
        log.emit(
            "stated",
            name=name,
            text=f"by entry {line} no step has less than {float(self.below)!r}",
            stated=below,
            derived=below,
        )
        table = {scalar_letter(ETA): ClosedForm.number(self.at)}
        there = self.excess.substitute(table)
        name = attained_at(self.at)
        text = f"{float(sympy_rational(flint.fmpq(*_pair(there))))!r}"
        log.emit("stated", name=name, text=text, stated=log.data(there), derived=log.put(excess, table, there))


def attained_at(step: Fraction) -> str:
    """The name of the excess at a step."""
    return f"excess at eta = {step}"


def _fraction(number: flint.fmpq) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _pair(form: ClosedForm) -> tuple[int, int]:
    value = form.expr
    return int(value.p), int(value.q)
