"""The Bayes risk of a regression with a Gaussian prior: a mean that is no rational function, as a scalar of its own."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint
import sympy

from symicl.algebra import ClosedForm, inverse_of, letter_of, read_form
from symicl.errors import InputError
from symicl.expectation import Gaussian
from symicl.numeric import evaluate

BITS = 128


class BayesRisk(sympy.Expr):
    """σ² + σ² E tr[HΨ(σ²I + XᵀXΨ)⁻¹], the risk of the mean of y₀ given the prompt; the algebra takes it as one letter.

    Parameters
    ----------
    n, sigma2 : SymPy scalars
    H, Psi : SymPy matrices, d × d
        The covariances of covariates and task.
    """

    is_letter = True
    is_commutative = True
    is_real = True
    is_nonnegative = True

    def __new__(cls, n: Any, sigma2: Any, H: Any, Psi: Any) -> Any:
        return sympy.Expr.__new__(cls, n, sigma2, H, Psi)

    @property
    def mean_of(self) -> ClosedForm:
        """That of which it is the mean over the covariates, with a letter for these."""
        _, sigma2, H, Psi = map(read_form, self.args)
        return sigma2 + (H @ Psi @ inverse_of(self.gram)).trace() * sigma2

    @property
    def covariates(self) -> Gaussian:
        """The law of X."""
        n, _, H, _ = self.args
        X = sympy.MatrixSymbol("covariates", n, H.shape[0])
        return Gaussian(letter_of(read_form(X)), col_cov=letter_of(read_form(H)))

    @property
    def gram(self) -> ClosedForm:
        """σ²I + XᵀXΨ."""
        sigma2, Psi, X = (
            read_form(self.args[1]),
            read_form(self.args[3]),
            ClosedForm.of(self.covariates.letter),
        )
        return ClosedForm.identity(Psi.rows) * sigma2 + X.T @ X @ Psi

    def between(self, values: Mapping[sympy.Basic, Any]) -> tuple[sympy.Rational, sympy.Rational]:
        """Rational bounds at numbers, for d = 1.

        There it is σ² + hψ E[1/(1 + sχ²)], s = hψ/σ², with n degrees of freedom, and this mean is
        (2s)^(−n/2) U(n/2, n/2, 1/(2s)), by the integral of Tricomi's function U.

        Raises
        ------
        InputError
            If d is not 1, or σ² or the covariance of the task is zero.
        """
        n, sigma2 = (evaluate(part, values) for part in self.args[:2])
        H, Psi = (evaluate(part, values) for part in self.args[2:])
        if H.nrows() != 1:
            raise InputError("the Bayes risk is enclosed for d = 1 alone; give covariances of size 1 × 1")
        power = H[0, 0] * Psi[0, 0]
        if not power > 0 or not sigma2 > 0:
            raise InputError("the Bayes risk is enclosed for noise and a task that varies")
        with flint.ctx.workprec(BITS):
            twice, half = _ball(2 * power / sigma2), flint.arb(int(n)) / 2
            mean = twice ** (-half) * (1 / twice).hypgeom_u(half, half)
            found = _ball(sigma2) + _ball(power) * mean
            return _end(found, -1), _end(found, 1)

    def _latex(self, printer: Any) -> str:
        _, sigma2, H, Psi = map(printer.doprint, self.args)
        return (
            rf"{sigma2} + {sigma2}\,\mathbb{{E}}\operatorname{{tr}}\left({H} {Psi} "
            rf"\left[{sigma2} I + X^{{\top}} X {Psi}\right]^{{-1}}\right)"
        )

    def _sympystr(self, printer: Any) -> str:
        return f"BayesRisk({', '.join(map(printer.doprint, self.args))})"


def _ball(number: Any) -> flint.arb:
    value = Fraction(int(number.p), int(number.q))
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


def _end(ball: flint.arb, sign: int) -> sympy.Rational:
    """An end of an enclosure, as a number."""
    middle, radius = (
        Fraction(int(m)) * Fraction(2) ** int(e) for m, e in (ball.mid().man_exp(), ball.rad().man_exp())
    )
    end = middle + sign * radius
    return sympy.Rational(end.numerator, end.denominator)
