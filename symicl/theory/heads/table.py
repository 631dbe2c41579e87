"""The least loss of each number of heads at numbers, as the infimum of a rational function of one variable.

H heads reach the forms that vanish on a common space N of dimension d + 1 − H. Rotations keep the law of the
covariates, so that the gap at N is ‖μ‖² F₁ + 2 c4 ⟨μ, F₂⟩ + c4² F₃ with F₁, F₃ that no rotation changes and F₂ that
turns with N. If N lies in R^d then F₂ = 0. Otherwise N is spanned by N₀ in R^d and by (p; 1) with p orthogonal to N₀,
and F₂ is a multiple of p: it is best to turn p along ±μ. What is left is p = αμ with N₀ orthogonal to μ; N in R^d is
the limit α → ∞.
"""

from __future__ import annotations

from dataclasses import dataclass

import flint
import sympy

from symicl.numeric import CertifiedMinimum, evaluate, flint_rational, infimum
from symicl.theory.heads.forms import HeadForms

Rational = flint.fmpq
Poly = flint.fmpq_poly


@dataclass(frozen=True)
class Metric:
    """The moments of G and the best forms at numbers, with the inverse of E⟨G, Q⟩² on symmetric forms Q.

    Attributes
    ----------
    d : int
    norm2 : fmpq
        ‖μ‖².
    forms : dict
        The values of `HeadForms` by name.
    """

    d: int
    norm2: Rational
    forms: dict[str, Rational]

    @classmethod
    def of(cls, forms: HeadForms, d: int, norm2: sympy.Rational) -> Metric:
        """Of forms that are free of symbols."""
        values = {name: flint_rational(evaluate(form.expr, {})) for name, form in vars(forms).items()}
        return cls(d, flint_rational(norm2), values)

    def even(self, first: tuple[Poly, Poly], second: tuple[Poly, Poly]) -> Poly:
        """The inverse of the quadratic form in (tr S, ω), at two pairs (‖·‖² part over d, ω part)."""
        f, d = self.forms, Rational(self.d)
        p, q, s = f["aa"] + f["tail"] / d, f["ab"], f["bb"]
        determinant = p * s - q * q
        (a, b), (x, y) = first, second
        return (a * x * s - (a * y + b * x) * q + b * y * p) * (1 / determinant)


def gap(metric: Metric, heads: int) -> tuple[Poly, Poly]:
    """The least gap of heads that vanish on N(α), as a fraction of polynomials in α."""
    f, d, r = metric.forms, Rational(metric.d), metric.norm2
    q = Rational(metric.d - heads)  # dim N₀
    one, alpha = Poly([1]), Poly([0, 1])
    square = alpha * alpha * r
    traced, on_line = (one * (q / d), one * 0), (square * (1 / d), one)
    # Inverse Gram matrix of Q ↦ tr(Q on N₀) and Q ↦ Q(z, z), z = (αμ; 1), and their values at the best forms along μ.
    both = metric.even(traced, traced) + one * ((q - q * q / d) / f["tail"])
    mixed = metric.even(traced, on_line) - square * (q / d / f["tail"])
    alone = (
        metric.even(on_line, on_line)
        + square * square * ((1 - 1 / d) / f["tail"])
        + square * (1 / f["cross"])
    )
    first, second = one * (q * f["c3"]), square * f["c3"] + alpha * f["c4"] + one * f["c2"]
    if q == 0:
        above, below = second * second * r, alone
    else:
        above = (first * first * alone - first * second * mixed * 2 + second * second * both) * r
        below = both * alone - mixed * mixed
        # The d − H coordinates of the query along N₀, for which Q ↦ Q(w, z) has the value c4/2 at w = e_k.
        line = square * (1 / (2 * f["tail"])) + one * (1 / (4 * f["cross"]))
        above, below = above * line + below * (q * f["c4"] * f["c4"] / 4), below * line
    return above + below * (f["kappa"] * r), below


def least_gap(metric: Metric, heads: int, needed: int, digits: int) -> CertifiedMinimum | None:
    """The gap of a number of heads that is too small, certified; None where none is left but that of all heads."""
    if heads >= needed:
        return None
    return infimum(*gap(metric, heads), digits)
