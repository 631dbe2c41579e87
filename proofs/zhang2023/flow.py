"""Gradient flow of all weights of one layer of linear attention: where it can end, in a scale that its start decides.

Setting     x ~ N(0, Λ), w ~ N(0, I_d), no noise; θ̇ = −½∇L on W_PV and W_KQ. The prediction depends on the last row
            (aᵀ, c) of W_PV and on the blocks B, gᵀ of W_KQ. The start is c = σ, B = σΘΘᵀ, ‖ΘΘᵀ‖_F = 1, all else 0.
            Γ = (1 + 1/n)Λ + (tr Λ/n)I, E = cB − Γ⁻¹.
Statement   a = g = 0 is kept, and C = c² − tr BBᵀ is conserved. Ḃ = −cΛΓEΛ, and the excess loss is tr(ΛΓEΛEᵀ). For all
            c and B the loss of zero weights exceeds L by at most c² tr Λ² + tr(BᵀΛ²B): where the loss starts below it,
            c stays away from 0. The flow rests with c ≠ 0 at B = Γ⁻¹/c alone, c⁴ − Cc² = tr Γ⁻², which is the optimum.
            That it converges there is Łojasiewicz's theorem on bounded paths, and no part of what is proved here.
            The start has a loss below that of zero weights where σ² < 2 tr(Λ²ΘΘᵀ)/tr(ΛΘΘᵀΛΓΘΘᵀ). The published
            condition is σ²‖Γ‖√d < 2: for Λ = I and ΘΘᵀ = I/√d it asks for a σ² that is d times as small.
Source      Zhang, Frei, Bartlett (2023), the theorem on the gradient flow; the condition is sharper here.
"""

from sympy import Identity, Inverse, Rational, Trace

from symicl.algebra import ClosedForm, read_form, symbol_letter
from symicl.numeric import evaluate
from symicl.proofs.zhang2023.paper import PAPER
from symicl.proofs.zhang2023.parts.path import (
    A,
    B,
    Gamma,
    Theta,
    c,
    how_it_starts,
    kept_plane,
    stays_away_from_zero,
    what_is_conserved,
    where_it_ends,
)
from symicl.proofs.zhang2023.setting import (
    ASSUMPTIONS,
    Gamma_inverse,
    Lambda,
    d,
    model,
    n,
    prediction,
    task,
)
from symicl.statements import EveryMinimiser, Inequality, Theorem, minimise_over_weights
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, flow, minimise_over_features

on_plane = Trace(Lambda) - 2 * c * Trace(Lambda**2 * B) + c**2 * Trace(Lambda * Gamma * B * Lambda * B.T)
fourth_power = n**2 * Trace(Inverse((n + 1) * Lambda + Trace(Lambda) * Identity(d)) ** 2)


def scale(values, digits):
    """(tr Γ⁻²)^¼."""
    return evaluate(fourth_power, values) ** Rational(1, 4)


theorem = Theorem(
    id="zhang2023.flow",
    title="Where the gradient flow of linear attention can end",
    paper=PAPER,
    source="the theorem on the gradient flow, with a sharper condition on the start",
    assumptions=(
        *ASSUMPTIONS,
        r"gradient flow $\dot\theta=-\frac12\nabla L$ of the merged weights, from $c=\sigma$, "
        r"$B=\sigma\Theta\Theta^{\top}$, all other weights $0$",
    ),
    task=task,
    model=model,
    states={"limit": Gamma_inverse},
    propositions=(
        EveryMinimiser(prediction),
        Inequality(
            2 * c * Trace(Lambda**2 * B) - c**2 * Trace(Lambda * Gamma * B * Lambda * B.T),
            c**2 * Trace(Lambda**2) + Trace(B.T * Lambda**2 * B),
            near={Lambda: Identity(d), B: Identity(d) / 10, c: Rational(1, 10)},
        ),
    ),
    corollaries={
        "plane_loss": on_plane,
        "on_the_line": c**2 - fourth_power / c**2,
        "threshold": 2 * Trace(Lambda**2 * A) / Trace(Lambda * Gamma * A * Lambda * A),
        "isotropic_threshold": 2 * n / (n + d + 1),
        "isotropic_scale": n**2 * d / (n + d + 1) ** 2,
    },
    certified={"scale": scale},
    inputs={"n": n, "d": d, "Lambda": Lambda},
    notation={
        "limit": r"\Gamma^{-1}",
        "plane_loss": "L_0",
        "on_the_line": r"B=\Gamma^{-1}/c:\quad c^{2}-\operatorname{tr}BB^{\top}",
        "threshold": r"\bar\sigma^{2}",
        "isotropic_threshold": r"\Lambda=I,\ \Theta\Theta^{\top}=I:\quad\bar\sigma^{2}",
        "isotropic_scale": r"\Lambda=I:\quad\operatorname{tr}\Gamma^{-2}",
    },
    where={
        r"\Gamma": r"$=\frac{n+1}{n}\Lambda+\frac{\operatorname{tr}\Lambda}{n}I$ is the matrix of the paper",
        "L_0": "is the loss where $a=0$ and $g=0$",
        "a,c": r"are the last row $(a^{\top},c)$ of the value matrix",
        "B,g": "are blocks of the key-query matrix, in the columns of the covariates",
        r"\Theta": r"$\in\mathbb{R}^{d\times d}$ decides the start",
        r"\sigma": "is the size of the start",
        r"\bar\sigma^{2}": r"is the value of $\sigma^{2}$ below which the start has a loss below that of zero weights",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates and task are independent")
    step.axiom(r"$\Lambda\succ0$ is invertible")
    optimum = minimise_over_weights(step, model, task)
    whole = optimum.loss
    limit = optimum.solution * read_form(n)
    motion = flow(whole, rate=Rational(1, 2))
    plane, moves = kept_plane(step, whole, motion)
    what_is_conserved(step, motion)
    stays_away_from_zero(step, plane)
    line = where_it_ends(step, plane, moves, limit, optimum.closed_form)
    threshold = how_it_starts(step, plane)
    plain = minimise_over_features(expected_loss(model, LinearRegression(noise=0)))
    one, small = ClosedForm.identity(limit.rows), plain.solution * read_form(n)
    return {
        "limit": limit,
        "plane_loss": plane,
        "on_the_line": line,
        "threshold": threshold,
        "isotropic_threshold": threshold.substitute({symbol_letter(z): one for z in (Lambda, Theta)}),
        "isotropic_scale": (small @ small).trace(),
    }
