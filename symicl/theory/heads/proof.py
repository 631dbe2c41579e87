"""The proof of the number of heads."""

from __future__ import annotations

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.theory.heads.forms import HeadForms, check_forms, check_pass, head_forms
from symicl.theory.proof_steps import CheckedProof, Step

HEAD_AXIOMS = (
    "linear algebra: the symmetric forms Σ u_h ⊙ m_h with given u_h and any m_h are those that vanish on the space N "
    "orthogonal to all u_h, whose dimension is at least d + 1 − H, and that is d + 1 − H for independent u_h",
    "a continuous function on the compact set of all spaces N of one dimension has a minimum",
    "x_1, …, x_d of the query are uncorrelated, of variance 1, and independent of the rest",
)
"""Facts that the proof rests on and does not check."""


def proved() -> CheckedProof:
    """Check every identity of the proof, in n, d, ψ and the variance of the noise.

    Raises
    ------
    DerivationError
        If one fails.
    """
    forms = head_forms()
    check_pass()
    check_forms(forms)
    check_threshold(forms, forms.threshold)
    return CheckedProof(
        (
            Step(
                "the sum of H heads is Σ_k x_k ⟨G, Q_k⟩ with Q_k = Σ_h u_h ⊙ m_hk: forms that vanish on one space N of "
                "dimension ≥ d + 1 − H, and all of these",
                "the forward pass of a head is run in residual tokens",
            ),
            Step(
                "the excess loss is Σ_k E(⟨G, Q_k⟩ − w_k)², a strictly convex function of the forms, with the unique "
                "minimiser Q_k(p, t) = μ_k (c3‖p‖² + c2 t²) + c4 t p_k, and c3, c4 > 0, c2 ≥ 0",
                "moments of the engine, normal equations, and signs of coefficients",
            ),
            Step(
                "the least loss of H heads is attained, so it is that of all heads exactly if all Q_k vanish on a "
                "space N of dimension d + 1 − H",
                "the axioms",
            ),
            Step(
                "for μ = 0 they vanish where t = 0, which has dimension d: one head",
                "Q_k(p, 0) = c3 μ_k ‖p‖²",
            ),
            Step(
                "for μ ≠ 0 they do not vanish at (p, 0), p ≠ 0, so N meets t = 0 in 0 and has dimension ≤ 1: d − 1 "
                "heads never do",
                "c3 > 0",
            ),
            Step(
                "d heads do exactly if c3‖p‖²μ + c2 μ + c4 p = 0 has a solution; then p = αμ with "
                "c3‖μ‖²α² + c4 α + c2 = 0, which has a real root exactly if ‖μ‖² ≤ r* = c4²/(4 c2 c3), and always "
                "where c2 = 0",
                "the discriminant vanishes at r* and decreases in ‖μ‖²",
            ),
            Step("d + 1 heads always do, since N = 0", "the axioms"),
            Step(
                "rotations keep the law, so that the least loss of H ≤ d heads is found at N spanned by (αμ; 1) and by "
                "d − H vectors orthogonal to μ: the infimum of a rational function of α",
                "the gap at N is ‖μ‖²F₁ + 2 c4⟨μ, F₂⟩ + c4²F₃; F₁ and F₃ do not turn with N, F₂ does and is along p",
            ),
        ),
        HEAD_AXIOMS,
    )


def check_threshold(forms: HeadForms, stated: ClosedForm) -> None:
    """That a stated r* is where the discriminant c4² − 4 c2 c3 r vanishes.

    Raises
    ------
    DerivationError
        If it is not.
    """
    if forms.c4**2 - forms.c2 * forms.c3 * stated * 4:
        raise DerivationError("the stated threshold is not where d heads cease to do")
