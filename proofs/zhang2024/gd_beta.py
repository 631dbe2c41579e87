"""GD-β: the optimal single step of gradient descent with trainable start and preconditioner.

Setting     x₁…xₙ, x ~ N(0, H), β̃ ~ N(β*, Ψ), yᵢ = ⟨β̃, xᵢ⟩ + εᵢ, Var εᵢ = σ²; all independent.
            f_{β,Γ} = ⟨β − (1/n) Γ Xᵀ(Xβ − y), x⟩.  Write τ = tr(HΨ) + σ².
Statement   The risk E(f − y)² is minimal exactly at β = β* and Γ* = Ψ[((n+1)/n) HΨ + (τ/n) I]⁻¹, with value
            σ² + tr(HΨ) − tr(HΓ*HΨ) = σ² + Σᵢ φᵢ(φᵢ + τ)/((n+1)φᵢ + τ), φᵢ the eigenvalues of H^½ΨH^½. It does not
            depend on β*, and is between σ² + ½Σ min(φᵢ, τ/n) and σ² + 2Σ min(φᵢ, τ/n).
Source      Zhang, Wu, Bartlett (2024), the characterisation of the GD-β class.
"""

from sympy import Identity, Integer, Inverse, Trace, ZeroMatrix

from symicl.algebra import (
    ONE,
    ClosedForm,
    closed_form,
    gradient,
    inverse_of,
    letter,
    letter_of,
    matrix,
    monomials_of,
    powers,
    read_form,
    scalar,
    scalar_letter,
    symbol_letter,
    vector,
)
from symicl.models import GDBeta
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, lower_bound, quadratic_form
from symicl.proofs.zhang2024.paper import PAPER
from symicl.proofs.zhang2024.setting import (
    ASSUMPTIONS,
    NOISELESS,
    SINGULAR,
    WHERE,
    Gamma_star,
    H,
    Psi,
    beta_star,
    d,
    n,
    prediction,
    risk,
    sigma2,
    task,
    tau,
)
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    MinimalExactlyWhere,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    solve,
)
from symicl.theory import gaussian, mean_of_square, nonnegative, right_quotient, trace_square
from symicl.typeset import Equation

model = GDBeta()
parameters = {"beta": vector("beta", d), "Gamma": matrix("Gamma", (d, d))}
phi, t = scalar("varphi", nonnegative=True), scalar("tau", nonnegative=True)
psi2 = scalar("psi2", positive=True)

theorem = Theorem(
    id="zhang2024.gd_beta",
    title=r"The optimal GD-$\beta$ predictor",
    paper=PAPER,
    source=r"the characterisation of the GD-$\beta$ class",
    assumptions=ASSUMPTIONS,
    task=task,
    model=model,
    states={"beta": beta_star, "Gamma": Gamma_star, "risk": risk},
    propositions=(
        GlobalMinimum("risk"),
        EveryMinimiser(prediction),
        MinimalExactlyWhere(
            "risk",
            {parameters["beta"]: beta_star, parameters["Gamma"]: "Gamma"},
            given=(H, tau),
            fails=({H: ZeroMatrix(d, d), sigma2: Integer(1)}, {Psi: ZeroMatrix(d, d), sigma2: Integer(0)}),
        ),
    ),
    corollaries={
        "Gamma_regular": Inverse((n + 1) / n * H + tau / n * Inverse(Psi)),
        "isotropic_step": 1 / (n + d + 1 + sigma2),
        "common_variance": Inverse((n + 1) / n * H + (Trace(H) + sigma2 / psi2) / n * Identity(d)),
        "excess_of_an_eigenvalue": phi * (phi + t) / ((n + 1) * phi + t),
    },
    notation={
        "beta": r"\beta",
        "Gamma": r"\Gamma^{*}",
        "risk": r"\mathcal{R}^{*}",
        "Gamma_regular": r"\Gamma^{*}",
        "isotropic_step": r"\tfrac1d\operatorname{tr}\tfrac1n\Gamma^{*}\text{ at }H=\Psi=I",
        "common_variance": r"\Gamma^{*}\text{ at }\Psi=\psi^{2}I",
        "excess_of_an_eigenvalue": r"h(\varphi)",
    },
    where=WHERE
    | {
        r"\Gamma^{*}": r"is the optimal $\Gamma$",
        r"\varphi": r"is any eigenvalue of $H^{1/2}\Psi H^{1/2}$",
        "h": r"$=h(\varphi)$ is the excess of the risk over $\sigma^{2}$ that belongs to it",
        r"\psi^{2}": r"is the variance of every coordinate of the task where $\Psi=\psi^{2}I$",
    },
    special_cases=(SINGULAR, NOISELESS),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    step.axiom(r"$H\succ0$ is invertible and has a symmetric square root")
    step.axiom(
        r"$\Psi$ is invertible where $\Gamma^{*}$ is written as $[\frac{n+1}{n}H+\frac{\tau}{n}\Psi^{-1}]^{-1}$, "
        "and there alone"
    )

    loss = derive_loss(step, model, task)
    optimum = solve(step, loss)
    certificate = certify(step, optimum)
    value = minimal_value(step, optimum)
    Gamma = optimum.solution * read_form(n)
    step.show("In the paper's normalisation", Equation(r"\Gamma^{*}", Gamma), note=r"$\Gamma^{*}=nK^{*}$.")
    step("The minimal risk does not depend on the prior mean")
    for part, name in zip(value.fraction(), ("numerator", "denominator"), strict=True):
        step.check(
            rf"$\beta^{{*}}$ does not occur in its {name}: the derivative vanishes",
            gradient(part, symbol_letter(beta_star)),
        )
    sum_of_squares(step, loss, optimum, certificate)
    eigenvalue = spectrum(step, optimum)
    two_sided_bound(step, eigenvalue)
    return {
        "beta": optimum.problem.offset_coefficient,
        "Gamma": Gamma,
        "risk": value,
        "Gamma_regular": Gamma,
        **special_cases(step, optimum),
        "excess_of_an_eigenvalue": eigenvalue,
    }


def sum_of_squares(step, loss, optimum, certificate):
    """R(β, Γ) − R* = δᵀQ(Γ)δ + tr[H(Γ/n − K*) M (Γ/n − K*)ᵀ], δ = β* − β."""
    (beta,), (Gamma,) = loss.parameters["beta"].grid[0], loss.parameters["Gamma"].grid[0]
    rows = Gamma.rows
    delta = ClosedForm.of(letter("start error", rows, ONE))
    K = ClosedForm.of(optimum.problem.unknown)
    Hm, Q = read_form(H), quadratic_form(Gamma)
    residual = read_form(task.X.T * task.r).substitute(task.definitions)
    M = task.expectation(residual @ residual.T)
    gap = Gamma * read_form(1 / n) - K
    squares = (delta.T @ Q @ delta).trace() + (Hm @ gap @ M @ gap.T).trace()
    step(
        "The excess risk is a sum of two squares",
        r"\mathcal{R}(\beta,\Gamma)-\mathcal{R}^{*}=\delta^{\top}Q(\Gamma)\delta"
        r"+\operatorname{tr}[H(\tfrac1n\Gamma-K^{*})M(\tfrac1n\Gamma-K^{*})^{\top}]",
        Equation(r"Q(\Gamma)", Q),
        Equation("M", M),
        where={
            r"\delta": r"$=\beta^{*}-\beta$ is the error of the start",
            "A": r"$=\frac1nX^{\top}X$",
            r"Q(\Gamma)": r"$=\mathbb{E}[(I-\Gamma A)^{\top}H(I-\Gamma A)]$",
            "M": r"$=\mathbb{E}[X^{\top}rr^{\top}X]$",
        },
        name="squares",
    )
    shifted = read_form(beta_star) - delta
    step.check(
        "the mean squared distance to the optimal predictor is this sum of squares",
        certificate.distance.substitute({letter_of(beta): shifted}) - squares,
        closed_form(0),
    )
    low = lower_bound(step, Q, Gamma)
    only_minimiser(step, loss, optimum, low, M)


def only_minimiser(step, loss, optimum, low, M):
    """Both squares vanish at β = β*, Γ = Γ* alone, by Q(Γ) ⪰ (2/(n+2)) H and M ⪰ nτH."""
    Hm, Psim, N = read_form(H), read_form(Psi), read_form(n)
    start, Gamma = read_form(parameters["beta"]), read_form(parameters["Gamma"])
    delta = read_form(beta_star) - start
    gap = Gamma * (1 / N) - optimum.solution
    x, theta = (gaussian(Gamma.rows, letter_of(S), role) for S, role in ((Hm, "x"), (Psim, "theta")))
    power = ((ClosedForm.of(x.letter).T @ ClosedForm.of(theta.letter)).trace(), x, theta)
    along = ((ClosedForm.of(x.letter).T @ gap @ Hm @ ClosedForm.of(theta.letter)).trace(), x, theta)
    step(
        r"Both squares of {step:squares} vanish only at the optimum",
        r"\delta^{\top}Q(\Gamma)\delta\ge\tfrac{2}{n+2}\delta^{\top}H\delta,\qquad"
        r"\operatorname{tr}(HGMG^{\top})\ge n\tau\operatorname{tr}(HGHG^{\top})",
        where={"G": r"$=\tfrac1n\Gamma-K^{*}$"},
    )
    step.check(
        r"$M=n(n+1)H\Psi H+n\tau H$",
        M,
        Hm @ Psim @ Hm * (N * (N + 1)) + Hm * (N * ((Hm @ Psim).trace() + read_form(sigma2))),
    )
    step.axiom(
        r"$(n+1)H\Psi+\tau I$ is invertible for $H\succ0$, $\Psi\succeq0$, $\tau>0$: it is similar to "
        r"$(n+1)H^{1/2}\Psi H^{1/2}+\tau I\succ0$"
    )
    size = trace_square(gap, Hm, Hm)
    step.conclude(
        MinimalExactlyWhere(
            optimum.closed_form,
            {parameters["beta"]: read_form(beta_star), parameters["Gamma"]: optimum.solution * N},
            given=(H, Trace(H * Psi) + sigma2),
            loss=loss.closed_form,
        ),
        low.shown.at({letter_of(read_form(any_vector)): delta}),
        trace_square(delta.T, right=Hm) * low.constant,
        mean_of_square(*along, task=task) * (N * (N + 1)),
        size * mean_of_square(*power, task=task) * N,
        size * read_form(n * sigma2),
        claim=r"the risk is least at $\beta=\beta^{*}$, $\Gamma=nK^{*}$ and nowhere else, if $H\succ0$ and $\tau>0$",
    )


def spectrum(step, optimum):
    """By whitening the minimal risk is a sum over the eigenvalues of Φ = H^½ΨH^½."""
    dim = optimum.equation.factor.rows
    S = ClosedForm.of(letter("symmetric square root of H", dim, dim, symmetric=True))
    Sinv = inverse_of(S)
    Phi = ClosedForm.of(letter("Phi", dim, dim, symmetric=True))
    whiten = {symbol_letter(H): S @ S, symbol_letter(Psi): Sinv @ Phi @ Sinv}
    level = Phi.trace() + read_form(sigma2)
    kernel = Phi * read_form(n + 1) + ClosedForm.identity(dim) * level
    step(
        r"Whitening: in these coordinates everything is a function of $\Phi$",
        r"K^{*}=S^{-1}\Phi[(n+1)\Phi+\tau I]^{-1}S^{-1},\qquad "
        r"\mathcal{R}^{*}-\sigma^{2}=\operatorname{tr}\Phi-n\operatorname{tr}(\Phi[(n+1)\Phi+\tau I]^{-1}\Phi)",
        where={
            "S": r"$=H^{1/2}$ is the symmetric square root",
            r"\Phi": r"$=S\Psi S$",
            "Z": r"$=SKS$ is the coefficient $K$ in these coordinates",
        },
        name="whitening",
    )
    step.check(
        r"the factor of the normal equation is $S[(n+1)\Phi+\tau I]S^{-1}$",
        optimum.equation.factor.substitute(whiten),
        S @ kernel @ Sinv,
    )
    right = optimum.equation.right_side.substitute(whiten)
    step.check(r"its right side is $S^{-1}\Phi S^{-1}$", right, Sinv @ Phi @ Sinv)
    Z = ClosedForm.of(letter("whitened coefficient", dim, dim))
    step.check(
        r"the explained part is $n\operatorname{tr}(Z\Phi)$ at $K=S^{-1}ZS^{-1}$",
        optimum.explained.substitute(whiten | {optimum.problem.unknown: Sinv @ Z @ Sinv}),
        (Z @ Phi).trace() * read_form(n),
    )
    step.check(
        r"the power of the target is $\operatorname{tr}\Phi+\sigma^{2}$",
        optimum.target_power.substitute(whiten),
        level,
    )
    step.axiom(
        r"$\Phi$ is diagonalisable by a rotation, so traces of functions of it are sums over eigenvalues"
    )
    power, gain = on_eigenvalue(Phi, Phi), on_eigenvalue(S @ right @ S, Phi) / on_eigenvalue(kernel, Phi)
    eigenvalue = power - gain * power * read_form(n)
    step.show(
        r"Each eigenvalue $\varphi$ of $\Phi$ contributes, with $\varphi$ for $\Phi$ and $\tau$ for "
        r"$\operatorname{tr}\Phi+\sigma^{2}$",
        Equation("h(\\varphi)", eigenvalue),
    )
    step.axiom(
        r"the eigenvalues of $\Phi\succeq0$ are not negative and add up to $\operatorname{tr}\Phi$, so that "
        r"$\varphi\le\operatorname{tr}\Phi\le\tau$ for each"
    )
    return eigenvalue


def on_eigenvalue(matrix, Phi):
    """A polynomial in Φ and tr Φ + σ² on the eigenspace of φ, as a rational function of φ and τ."""
    (trace,) = monomials_of(Phi.trace())  # tr Φ, which is τ − σ²
    level, result = read_form(t - sigma2), closed_form(0)
    for word in dict.fromkeys(word for _, word in matrix.terms):
        for k, coefficient in powers(matrix.coefficient(word), *trace).items():
            result = result + coefficient * level**k * read_form(phi) ** len(word)
    return result


def two_sided_bound(step, h):
    """½ min(φ, τ/n) ≤ h(φ) ≤ 2 min(φ, τ/n) for 0 ≤ φ ≤ τ."""
    f, T, N = read_form(phi), read_form(t), read_form(n)
    middle = f * T / (N * f + T)
    rest = ClosedForm.of(scalar_letter(scalar("rho", nonnegative=True)))
    tau_letter = scalar_letter(t)

    def at_least_zero(ratio, **tau_is):
        """That a ratio is ≥ 0 after τ = φ + ρ (or another substitution that says where we are)."""
        moved = ratio.substitute({tau_letter: tau_is.get("tau", f + rest)})
        return nonnegative(moved)

    step(
        r"Two-sided bound, for each eigenvalue $0\le\varphi\le\tau$",
        r"\tfrac12\min\{\varphi,\tfrac{\tau}{n}\}\le\frac{\varphi\tau}{n\varphi+\tau}\le h(\varphi)"
        r"\le\frac{2\varphi\tau}{n\varphi+\tau}\le2\min\{\varphi,\tfrac{\tau}{n}\}",
        where={r"\rho": r"$\ge0$ is any number, by which one side is larger than the other"},
        note=r"In the checks of the middle $\tau=\varphi+\rho$; the first inequality by cases, "
        r"$\tau=n\varphi+\rho$ or $n\varphi=\tau+\rho$.",
    )
    half = closed_form(1) / 2
    for claim, holds in (
        (r"$h\ge\varphi\tau/(n\varphi+\tau)$", at_least_zero(h - middle)),
        (r"$h\le2\varphi\tau/(n\varphi+\tau)$", at_least_zero(middle * 2 - h)),
        (r"$\varphi\tau/(n\varphi+\tau)\le\varphi$", at_least_zero(f - middle)),
        (r"$\varphi\tau/(n\varphi+\tau)\le\tau/n$", at_least_zero(T / N - middle)),
        (r"$\ge\varphi/2$ where $\tau\ge n\varphi$", at_least_zero(middle - f * half, tau=N * f + rest)),
        (
            r"$\ge\tau/(2n)$ where $n\varphi\ge\tau$",
            nonnegative((middle - T * half / N).substitute({scalar_letter(phi): (T + rest) / N})),
        ),
    ):
        step.require(claim, holds, rule="no negative coefficient after the substitution")


def special_cases(step, optimum):
    """β* = 0, H = Ψ = I is the isotropic optimum of linear attention; Ψ = ψ²I the matrix of Wu et al. (2024)."""
    equation = optimum.equation
    one = ClosedForm.identity(equation.factor.rows)

    def at(replacements):
        return right_quotient(
            equation.right_side.substitute(replacements), equation.factor.substitute(replacements)
        )

    isotropic = at({symbol_letter(H): one, symbol_letter(Psi): one})
    common = at({symbol_letter(Psi): one * read_form(psi2)}) * read_form(n)
    step.show(
        "Special cases",
        Equation(r"H=\Psi=I:\quad K^{*}", isotropic),
        Equation(r"\Psi=\psi^{2}I:\quad\Gamma^{*}", common),
    )
    return {
        "isotropic_step": isotropic.scalar_multiple_of_identity(),
        "common_variance": common,
    }
