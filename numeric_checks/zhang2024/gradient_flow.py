"""The real GD-β, trained on prompts, arrives from everywhere, and its start error stays below the stated envelope.

Setting     The risk of GD-β at H, Ψ that are not diagonal. Four kinds of runs: plain gradient descent of β and Γ on
            fresh prompts, with small steps; the flow β̇ = −∇R, Γ̇ = −∇R with the derived gradient, by a stiff
            integrator (LSODA, tolerance 1e-10); gradient descent on the closed form, with torch's own derivatives;
            and, apart from these, Adam on all six matrices of the linear transformer block on fresh prompts.
            Starts: zero; nearby; far away; and with Γ(0) = (n/(n+2)) vvᵀ/(vᵀHv), δ(0) ∥ v, Hv = λ_min v, where the
            bound is sharp at t = 0. Where H is singular, δ is measured on its range and λ_min is its smallest positive
            eigenvalue; in its kernel β must not move.
Measured    ‖δ(t)‖/‖δ(0)‖, δ = β* − β, against exp(−4 λ_min(H) t/(n+2)); the final excess risk, exactly at the final
            weights, which must be below 1e-9 of R* without samples and below 1 % on prompts.
            A step η of descent multiplies δ by I − 2ηQ(Γ). Where 2ηλ_max(Q) ≤ 1, which is checked at every step,
            ‖I − 2ηQ‖ ≤ 1 − η·rate ≤ exp(−η·rate): for t = steps × η the envelope holds without any slack. On prompts
            the noise is allowed a quarter of the envelope while that is above 0.3.
            Along the flows also ‖Γ(t) − Γ*‖, against exp(−κt) (‖Γ(0) − Γ*‖ + 2Ct ‖δ(0)‖²).
Why it      Twice the rate, or n + 1 in place of n + 2, gives an envelope that some flow must cross, by more than ten
could fail  times its error; so does twice κ where Ψ = 0, H = I and σ² = 1. A rate that is too
            small is a weaker statement, not a wrong one: but some flow must come close to the stated one.
            The statement is on GD-β alone: the block is drawn apart and decides nothing. Some blocks stay where the
            last entry of W_VᵀW_Pv is 0 and attention has rank one, points that GD-β does not have.
"""

from fractions import Fraction

import numpy as np

from symicl.algebra import ClosedForm, symbol_letter
from symicl.models import LinearTransformerBlock
from symicl.numeric import smallest_positive_eigenvalue
from symicl.proofs.zhang2024.flow.q_lemma import quadratic_form
from symicl.proofs.zhang2024.gradient_flow import Gamma, H, lambda_min, n, theorem
from symicl.statements import Convergence
from symicl.studies import DrivenBound, FlowStudy, Start


def band(d, diagonal, beside):
    """A symmetric matrix with constants on its diagonal and beside it."""
    return [[diagonal if i == j else beside if abs(i - j) == 1 else 0 for j in range(d)] for i in range(d)]


def numbers(d):
    """Covariances that are not diagonal and a prior mean of mixed signs."""
    covariance = band(d, Fraction(3, 4), Fraction(1, 4))
    covariance[0][0] = Fraction(1)
    beta_star = [Fraction((-1) ** i, 1 + i) for i in range(d)]
    return {
        "n": 8,
        "sigma2": "1/4",
        "H": covariance,
        "Psi": band(d, Fraction(1), Fraction(1, 3)),
        "beta_star": beta_star,
    }


def starts(covariance, n, draws):
    """Zero, far away, and where the bound is sharp."""
    d = len(covariance)
    values, vectors = np.linalg.eigh(covariance)
    least = int(np.argmax(values > 1e-8 * values[-1]))
    v = vectors[:, least]
    sharp = n / (n + 2) * np.outer(v, v) / values[least]
    return [
        Start("zero", None, np.zeros((d, d)), descend=True, on_prompts=True),
        Start("the sharp start", 1e-2 * v, sharp, descend=True),
        Start(
            "nearby",
            draws.standard_normal(d),
            0.5 * draws.standard_normal((d, d)),
            descend=True,
            on_prompts=True,
        ),
        Start("far away", 5 * draws.standard_normal(d), 3 * draws.standard_normal((d, d))),
        Start("very far away", 15 * draws.standard_normal(d), 6 * draws.standard_normal((d, d))),
    ]


def check(of):
    """The check of a statement, which need not be the true one."""
    (said,) = (said for said in of.propositions if isinstance(said, Convergence))
    return FlowStudy(
        id=of.id,
        task=of.task,
        model=of.model,
        block=LinearTransformerBlock(),
        quadratic_form=quadratic_form(ClosedForm.of(symbol_letter(Gamma))),
        preconditioner=Gamma,
        rate=of.states["rate"],
        driven=DrivenBound(said.to, said.rate, said.constant),
        wrong_rates={"twice the rate": 8 * lambda_min / (n + 2), "n + 1 for n + 2": 4 * lambda_min / (n + 1)},
        auxiliary={lambda_min: lambda values: smallest_positive_eigenvalue(values[H])},
        theorem=of,
        numbers=numbers,
        starts=starts,
    )


experiment = check(theorem)
