"""Gradient flow on GD-β: it converges to the optimum from everywhere, though the risk is not convex.

Setting     as in `gd_beta`; β̇ = −∇_β R, Γ̇ = −∇_Γ R from any β(0), Γ(0). Write δ = β* − β, S = Ψ + δδᵀ,
            Q(Γ) = E[(I − ΓA)ᵀH(I − ΓA)], M_S = E[ASA] + (σ²/n)H with A = XᵀX/n.
Statement   β̇ = 2Q(Γ)δ and Γ̇ = −2H(ΓM_S − SH). Q(Γ) ⪰ (2/(n+2))H for every Γ, with equality along v exactly at
            Γ = (n/(n+2)) vvᵀ/(vᵀHv). Hence, with ρ = 4 λ_min(H)/(n+2), ‖δ(t)‖ ≤ exp(−ρt) ‖δ(0)‖, and no larger ρ
            will do. With μ = 2τ λ_min(H)²/n, τ = tr(HΨ) + σ², and κ = min{μ, 2ρ},
            ‖Γ(t) − Γ*‖ ≤ exp(−κt) (‖Γ(0) − Γ*‖ + 2Ct ‖δ(0)‖²), C = ((n+2)/(n+1)) tr(H²), in Frobenius norms; where
            H = I, Ψ = 0, σ² = 1, from β(0) = β*, no larger κ will do.
            R − R* ≤ ‖∇_βR‖²/c_β + ‖∇_ΓR‖²/c_Γ, c_β = 16(n+1) λ_min(H)/((2n+1)(n+2)²), c_Γ = 2μ: the gradient dominates
            the excess risk, and where τ > 0 (β*, Γ*) is the only critical point.
            The risk is convex in β and in Γ, but in no problem jointly. Where H is singular, all of this holds for the
            flow on the range of H, and the rest stays put.
Source      Zhang, Wu, Bartlett (2024), the theorem on the optimisation of GD-β; the rate is derived here.
"""

from sympy import Identity, Integer, Trace, Transpose, ZeroMatrix

from symicl.algebra import (
    ClosedForm,
    SmallestEigenvalue,
    letter_of,
    matrix,
    read_form,
    scalar,
    scalar_letter,
    vector,
)
from symicl.models import GDBeta
from symicl.numeric import smallest_eigenvalue
from symicl.proofs.zhang2024.flow.bounds import (
    above_its_least_eigenvalue,
    curvature,
    frobenius,
    lambda_min,
    least_eigenvalue,
    of_the_metric,
    shown,
)
from symicl.proofs.zhang2024.flow.convexity import an_instance, convex_in_blocks, not_convex
from symicl.proofs.zhang2024.flow.dynamics import Flow, equations
from symicl.proofs.zhang2024.flow.landscape import gradient_dominates, only_critical_point
from symicl.proofs.zhang2024.flow.preconditioner import Distance, converges, exists_for_all_time
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, lower_bound, norm
from symicl.proofs.zhang2024.flow.singular import singular_covariates
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import (
    ASSUMPTIONS,
    WHERE,
    Gamma_star,
    H,
    Psi,
    beta_star,
    d,
    n,
    sigma2,
    task,
    tau,
)
from symicl.statements import (
    Convergence,
    ConvexIn,
    ExponentialDecay,
    GradientDominates,
    Inequality,
    NotConvex,
    OnlyCriticalPoint,
    SpecialCase,
    Theorem,
    certify,
    derive_loss,
    solve,
)
from symicl.tasks import is_positive_definite
from symicl.theory import rayleigh
from symicl.typeset import Equation

model = GDBeta()
beta, Gamma, v, s = vector("beta", d), matrix("Gamma", (d, d)), vector("v", d), scalar("s", positive=True)
error = beta_star - beta
stated_rate = 4 * lambda_min / (n + 2)
stated_Q = (
    H - H * Gamma * H - H * Transpose(Gamma) * H + (n + 1) / n * H * Transpose(Gamma) * H * Gamma * H
    + Trace(H * Transpose(Gamma) * H * Gamma) / n * H
)  # fmt: skip
sharp = n / ((n + 2) * Trace(v.T * H * v)) * v * v.T
"""The Γ of equality."""

theorem = Theorem(
    id="zhang2024.gradient_flow",
    title=r"Gradient flow on GD-$\beta$ converges from everywhere",
    propositions=(
        ExponentialDecay(
            error, stated_rate, fastest={H: Identity(d), Gamma: sharp.xreplace({v: error, H: Identity(d)})}
        ),
        Convergence(
            Gamma,
            Gamma_star,
            2 * tau * lambda_min**2 / n,
            error,
            stated_rate,
            (n + 2) / (n + 1) * Trace(H * H),
            fastest={H: Identity(d), Psi: ZeroMatrix(d, d), sigma2: Integer(1), beta: beta_star},
            resting={beta: beta_star, Gamma: Gamma_star},
        ),
        Inequality(2 / (n + 2) * Trace(v.T * H * v), Trace(v.T * stated_Q * v), equality={Gamma: sharp}),
        GradientDominates(
            {
                beta: 16 * (n + 1) * lambda_min / ((2 * n + 1) * (n + 2) ** 2),
                Gamma: 4 * tau * lambda_min**2 / n,
            },
            near={H: Identity(d), Psi: ZeroMatrix(d, d), beta: beta_star},
            also_near={
                n: Integer(1),
                H: Identity(d),
                Psi: ZeroMatrix(d, d),
                sigma2: Trace(error.T * error),
                Gamma: n / ((n + 3) * Trace(error.T * error)) * error * error.T,
            },
        ),
        OnlyCriticalPoint(
            {beta: beta_star, Gamma: Gamma_star},
            tau,
            degenerate={Psi: ZeroMatrix(d, d), sigma2: Integer(0), beta: beta_star},
        ),
        ConvexIn((beta,)),
        ConvexIn((Gamma,)),
        NotConvex(
            at={beta: beta_star - s * v, Gamma: ZeroMatrix(d, d)},
            along={beta: -2 * s * Trace(v.T * H * v) * v, Gamma: v * v.T},
            growing=s,
        ),
    ),
    meaning={lambda_min: SmallestEigenvalue(H)},
    paper=PAPER,
    source=r"the theorem on the optimisation of the GD-$\beta$ class, here with an explicit rate",
    assumptions=ASSUMPTIONS,
    task=task,
    model=model,
    states={"rate": stated_rate},
    corollaries={
        "preconditioner_rate": 2 * tau * lambda_min**2 / n,
        "forcing": (n + 2) / (n + 1) * Trace(H * H),
        "lemma_constant": 2 / (n + 2),
        "equality_coefficient": n / (n + 2),
        "Q": stated_Q,
        "M": (n + 1) / n * H * Psi * H + tau / n * H,
        "joint_curvature": -(3 * n - 2) / n,
    },
    notation={
        "rate": r"\rho",
        "preconditioner_rate": r"\mu",
        "forcing": "C",
        "lemma_constant": r"\min_{\Gamma,v}v^{\top}Q(\Gamma)v/\lVert v\rVert_H^{2}",
        "equality_coefficient": "c",
        "Q": r"Q(\Gamma)",
        "M": r"M_\Psi",
        "joint_curvature": r"\lim_{s\to\infty}\tfrac{1}{2s^{2}(v^{\top}Hv)^{3}}\,\partial^{2}\mathcal{R}[(e,E),(e,E)]",
    },
    where=WHERE
    | {
        "v,s": r"are any vector in $\mathbb{R}^{d}$ and any positive number",
        "t": r"$\ge0$ is the time of the flow $\dot\beta=-\nabla_\beta\mathcal{R}$, "
        r"$\dot\Gamma=-\nabla_\Gamma\mathcal{R}$",
        r"\dot\beta,\dot\Gamma": "are derivatives in time, as every dot is",
        r"\lambda_{\min}(H)": "is the smallest eigenvalue of $H$",
        r"\Gamma^{*}": r"is the $\Gamma$ of the minimiser $(\beta^{*},\Gamma^{*})$ of the risk",
        r"\rho": r"is the rate: $\lVert\beta(t)-\beta^{*}\rVert\le e^{-\rho t}\lVert\beta(0)-\beta^{*}\rVert$",
    },
    inputs={"n": n, "d": d, "H": H},
    auxiliary={lambda_min: lambda values: smallest_eigenvalue(values[H])},
    special_cases=(
        SpecialCase(
            applies=lambda values: not is_positive_definite(values[H]),
            note="H is singular: the part of beta in its kernel never moves and does not matter for the risk; on the "
            "range of H the bound holds with the smallest positive eigenvalue",
            singular=("H",),
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible and has a symmetric square root")

    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certify(step, optimum)
    flow = Flow(loss)
    equations(step, flow)
    least_eigenvalue(step)
    least = lower_bound(step, flow.Q, flow.Gamma)
    rate, decay, fall = start_error(step, flow, least)
    constant = curvature(step, flow)
    distance = Distance(flow)
    exists_for_all_time(step, distance, optimum)
    preconditioner_rate, pieces = converges(step, distance, constant, decay, fall)
    gradient_dominates(step, flow, optimum, least, pieces)
    only_critical_point(step, flow, decay.rate, fall, pieces)
    convex_in_blocks(step, flow)
    joint_curvature = not_convex(step, flow)
    an_instance(step, loss)
    singular_covariates(step, loss, flow)
    return {
        "rate": rate,
        "preconditioner_rate": preconditioner_rate,
        "forcing": pieces.forcing.constant,
        "lemma_constant": least.constant,
        "equality_coefficient": least.coefficient,
        "Q": flow.Q,
        "M": flow.M(flow.Psi),
        "joint_curvature": joint_curvature,
    }


def start_error(step, flow, least):
    """d‖δ‖²/dt = −4 δᵀQδ ≤ −(8 λ_min/(n+2)) ‖δ‖²; returns the rate of ‖δ‖, what is concluded, and the difference."""
    delta, lam = flow.delta, read_form(lambda_min)
    error = read_form(beta_star) - flow.beta
    change = flow.from_delta(flow.motion.derivative(frobenius(error)))
    slope = where_the_lemma_is_sharp(change, flow, least)
    rate = slope / norm(delta) * lam / -2
    step(
        r"The start error decays: $\lVert\delta(t)\rVert\le e^{-\rho t}\lVert\delta(0)\rVert$",
        r"\frac{d}{dt}\lVert\delta\rVert^{2}=-4\delta^{\top}Q\delta\le-\tfrac{8}{n+2}\lVert\delta\rVert_H^{2}"
        r"\le-2\rho\lVert\delta\rVert^{2}",
        Equation(r"\rho", rate),
    )
    step.check(
        r"$\frac{d}{dt}\lVert\delta\rVert^{2}=-4\,\delta^{\top}Q\delta$ along the flow",
        change,
        (delta.T @ flow.Q @ delta).trace() * -4,
    )
    least_of_H, v = SmallestEigenvalue(H), read_form(any_vector)
    decay = ExponentialDecay(error, of_the_metric(rate), motion=flow.motion)
    slow = shown(
        step,
        Inequality(frobenius(v) * decay.rate * 2, (v.T @ flow.Q @ v).trace() * 4),
        least.shown * 4,
        rayleigh(v, least_of_H) * (least.constant * 4),
        claim=r"$4v^{\top}Qv\ge2\rho\lVert v\rVert^{2}$ for every $v$",
    )

    def falls(x):
        return slow.at({letter_of(v): x})

    step.conclude(decay, falls(error))
    step(
        r"No larger rate holds from every start",
        r"\Gamma(0)=\tfrac{n}{n+2}\frac{\delta\delta^{\top}}{\delta^{\top}H\delta},\ H\delta=\lambda_{\min}(H)\delta"
        r"\quad\Rightarrow\quad t=0:\ \frac{d}{dt}\lVert\delta\rVert^{2}=-2\rho\lVert\delta\rVert^{2}",
    )
    excess = above_its_least_eigenvalue(norm(delta)) - frobenius(delta) * lam
    step.check(
        r"at this $\Gamma$ the derivative is $-2\rho\lVert\delta\rVert^{2}-\frac{8}{n+2}\lVert Y\delta\rVert^{2}$, and "
        r"$Y\delta=0$ for this $\delta$",
        above_its_least_eigenvalue(slope),
        frobenius(delta) * rate * -2 - excess * least.constant * 4,
    )
    return rate, decay, falls


def where_the_lemma_is_sharp(change, flow, least):
    """The derivative of ‖δ‖² at Γ = c δδᵀ/(δᵀHδ)."""
    size = scalar_letter(scalar("s"))
    there = change.substitute({flow.Gamma_letter: flow.delta @ flow.delta.T * ClosedForm.of(size)})
    return there.substitute({size: least.coefficient / norm(flow.delta)})
