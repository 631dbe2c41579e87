"""The least loss over all real A and B: what is left above it is a sum of squares with coefficients ≥ 0."""

from dataclasses import dataclass

from symicl.algebra import ClosedForm, closed_form, scalar
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.quadratic import Quadratic
from symicl.proofs.zheng2024.parts.squares import InSquares, loss_in_squares, mu, nu
from symicl.proofs.zheng2024.setting import H2, H, N, d, k2, k3
from symicl.statements import Recorder
from symicl.tasks import T
from symicl.theory import nonnegative
from symicl.typeset import Equation

gap, harmonic_gap, above, second = (scalar(name, nonnegative=True) for name in ("g", "g'", "e", "H''"))
"""(T − 2) − H, H − H^{(2)}, κ₂ − μ and H^{(2)}."""
IN_MU = {k3: of(mu) * of(d - 1)}


@dataclass(frozen=True)
class AboveMinimum:
    """2(L − L*) = (K/d)(Σ_j u_j − d u*)² + Σ coefficient · sum of squares.

    Attributes
    ----------
    loss : InSquares
    quadratic : Quadratic
        The loss at A = aI, B = bI, with κ₃ = (d − 1)μ.
    coefficients : dict of ClosedForm
        By the names of the sums of squares.
    """

    loss: InSquares
    quadratic: Quadratic
    coefficients: dict[str, ClosedForm]

    @property
    def square(self):
        """(K/d)(Σ_j u_j − d u*)²."""
        best = self.quadratic
        return best.K / of(d) * (self.loss.trace - of(d) * best.u_star) ** 2

    def rest(self):
        """The sums of squares with their coefficients."""
        return sum((c * self.loss.letter(name) for name, c in self.coefficients.items()), closed_form(0))


def with_mu(found):
    """The quadratic on the plane with κ₃ = (d − 1)μ."""
    return Quadratic(
        *(put(part, IN_MU) for part in (found.K, found.u_star, found.L_star)),
        tuple(put(part, IN_MU) for part in found.coefficients),
    )


def coefficients():
    """The factor of each sum of squares in 2(L − L*)."""
    h, h2, μ, ν = map(of, (H, H2, mu, nu))
    diagonal, left = of(N) * of(k2) - h * μ, (of(N) - h) * μ
    half = h * μ / 2
    return {
        "V": diagonal / of(2 * d),
        "Q_6": diagonal,
        **dict.fromkeys(("Q_7", "Q_8", "Q_{10}"), left),
        **dict.fromkeys(("Q_1", "Q_2", "Q_3", "Q_4", "Q_5"), half),
        **dict.fromkeys(("Q_9", "Q_{11}"), h * μ),
        "Q_{12}": (h - h2) * ν,
        "Q_{13}": h2 * ν / 2,
    }


def in_differences(form):
    """The form in κ₂ − μ, (T − 2) − H, H − H^{(2)} and H^{(2)}, which are not negative."""
    of_H = of(second) + of(harmonic_gap)
    return put(form, {T: of_H + of(gap) + 2, H: of_H, H2: of(second), k2: of(mu) + of(above)})


def minimum_over_all(step: Recorder, found: Quadratic):
    """L(A, B) − L* for all real A, B.

    Returns
    -------
    AboveMinimum
    """
    loss = loss_in_squares()
    result = AboveMinimum(loss, with_mu(found), coefficients())
    step(
        r"No real matrices $A$, $B$ have a smaller loss than $(aI,bI)$ with $ab=u^{*}$",
        r"\begin{aligned}2(L-L^{*})={}&\tfrac Kd\Big(\sum_ju_j-du^{*}\Big)^{2}"
        r"+\big((T-2)\kappa_2-\mu H_{T-2}\big)\Big(\tfrac1{2d}V+Q_6\Big)\\"
        r"&+\mu\,\big(T-2-H_{T-2}\big)\big(Q_7+Q_8+Q_{10}\big)\\"
        r"&+\mu H_{T-2}\Big(\tfrac12\big(Q_1+Q_2+Q_3+Q_4+Q_5\big)+Q_9+Q_{11}\Big)\\"
        r"&+\nu\,\big(H_{T-2}-H_{T-2}^{(2)}\big)Q_{12}+\tfrac12\nu H_{T-2}^{(2)}Q_{13}\end{aligned}",
        *[Equation(name, of(square)) for name, square in loss.squares.items()],
        where={
            "u_j": "$=A_{jj}B_{jj}$",
            "V,Q_i": "are the sums of squares below",
            "i,j,k,l": "are coordinates",
        },
        name="squares",
        note=r"The average over the phases leaves few products of different entries; each of them is a part of one "
        r"of these squares. For the signs of the coefficients see {step:moments}, for the other weights of the model "
        r"{step:charges}, and for $A=aI$, $B=bI$ with $ab=u^{*}$ {step:quadratic}.",
    )
    step.check(
        "the identity, the loss of all real $A$ and $B$ being written in these squares",
        (loss.loss - result.quadratic.L_star) * 2,
        result.square + result.rest(),
    )
    step.check(
        r"$(T-2)\kappa_2-\mu H_{T-2}=(T-2)(\kappa_2-\mu)+\mu\,(T-2-H_{T-2})$",
        result.coefficients["Q_6"],
        of(N) * (of(k2) - of(mu)) + (of(N) - of(H)) * of(mu),
    )
    step.require(
        r"the sums of squares have no negative coefficient: in $\kappa_2-\mu$, $T-2-H_{T-2}$, "
        r"$H_{T-2}-H_{T-2}^{(2)}$, $\mu$, $\nu$",
        nonnegative(in_differences(result.rest())),
        rule="no negative coefficient",
    )
    return result
