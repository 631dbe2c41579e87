"""The loss of α, α', β, β' as a quadratic in β, β', and its least value for a direction (α : α').

    L = (d/2)(h_0 β² + 2(d−1) h_1 ββ' + (d−1) h_2 β'²) − d g β + c,    Δ = h_0 h_2 − (d−1) h_1²,

with forms h_k of degree 2 and g of degree 1 in α, α'. It is least at β = h_2 g/Δ, β' = −h_1 g/Δ, where it is
c − (d/2) h_2 g²/Δ; the derivative of this in α' is −(d/2) gF/Δ².
"""

from dataclasses import dataclass

from symicl.algebra import ClosedForm, closed_form, scalar
from symicl.errors import DerivationError
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_
from symicl.proofs.zheng2024.parts.letters import of, put, slope
from symicl.proofs.zheng2024.setting import d

DIRECTION = (alpha, alpha_)
NO_B = {beta: closed_form(0), beta_: closed_form(0)}


@dataclass(frozen=True)
class Profile:
    """h_0, h_1, h_2, g, c and d."""

    h0: ClosedForm
    h1: ClosedForm
    h2: ClosedForm
    g: ClosedForm
    constant: ClosedForm
    size: ClosedForm

    @property
    def determinant(self):
        """Δ, of degree 4."""
        return self.h0 * self.h2 - self.h1**2 * (self.size - 1)

    @property
    def best(self):
        """Δβ and Δβ' where the loss is least, of degree 3."""
        return self.h2 * self.g, -self.h1 * self.g

    @property
    def equation(self):
        """F = (∂h_2 g + 2h_2 ∂g)Δ − h_2 g ∂Δ with ∂ = ∂/∂α', of degree 6."""
        slopes = [slope(part, alpha_) for part in (self.h2, self.g, self.determinant)]
        return slope_of_profile(self.h2, self.g, self.determinant, *slopes)

    @property
    def loss(self):
        """L itself."""
        return quadratic(self.h0, self.h1, self.h2, self.g) + self.constant

    def at(self, values):
        """The same with numbers put in for d and T."""
        parts = (self.h0, self.h1, self.h2, self.g, self.constant, self.size)
        return Profile(*(put(part, values) for part in parts))


def quadratic(h0, h1, h2, g):
    """L − c."""
    x, y, size = of(beta), of(beta_), of(d)
    return (h0 * x**2 + (h1 * x * y * 2 + h2 * y**2) * (size - 1)) * size / 2 - g * x * size


def slope_of_profile(h2, g, determinant, h2_slope, g_slope, determinant_slope):
    """F from these and their derivatives."""
    return (h2_slope * g + h2 * g_slope * 2) * determinant - h2 * g * determinant_slope


def profile_of(loss):
    """The parts of a loss of α, α', β, β'."""
    size, others = of(d), of(d) * of(d - 1)
    in_beta, in_other = slope(loss, beta), slope(loss, beta_)
    return Profile(
        divided(slope(in_beta, beta), size),
        divided(slope(in_beta, beta_), others),
        divided(slope(in_other, beta_), others),
        divided(-put(in_beta, NO_B), size),
        put(loss, NO_B),
        size,
    )


def divided(form, by):
    """A quotient that is a polynomial.

    Raises
    ------
    DerivationError
        If it is not.
    """
    quotient, rest = (form / by).fraction()
    if rest != closed_form(1):
        raise DerivationError("the loss of the four parameters is not divisible by the number of its entries")
    return quotient


def in_letters():
    """h_0, h_1, h_2, g as letters, and letters for their derivatives in α'."""
    names = ("h_0", "h_1", "h_2", "g")
    return tuple([of(scalar(name)) for name in names]), tuple([of(scalar(f"{name}_slope")) for name in names])
