"""The best sum of any number of heads, from the normal equations of all their features together."""

from symicl.algebra import ClosedForm
from symicl.proofs.zhang2024.lsa.universal_bound import b2
from symicl.statements import least_over_heads
from symicl.theory import minimise
from symicl.typeset import Equation


def many_heads(step, loss, split) -> ClosedForm:
    """κ: the part of β*ᵀx that the even features XᵀX and rᵀr do not explain."""
    kappa = (least_over_heads(step, minimise(loss)) - split.gd_beta.closed_form) / b2
    step.show(
        r"The least risk is $\mathcal{R}^{*}+\kappa\lVert\beta^{*}\rVert_H^{2}$", Equation(r"\kappa", kappa)
    )
    return kappa
