"""The gradient of the risk is large where the risk is, and vanishes at the optimum alone."""

from sympy import Identity, Inverse

from symicl.algebra import (
    ClosedForm,
    SmallestEigenvalue,
    letter_of,
    read_form,
    scalar_letter,
)
from symicl.proofs.zhang2024.flow.bounds import shown
from symicl.proofs.zhang2024.flow.forcing import level
from symicl.proofs.zhang2024.flow.q_lemma import any_vector, norm
from symicl.proofs.zhang2024.setting import Gamma_star, H, Psi, beta_star, d, n, sigma2, task, tau
from symicl.statements import GradientDominates, Inequality, OnlyCriticalPoint, displacement
from symicl.theory import rayleigh, seen, trace_square

least_of_H = SmallestEigenvalue(H)


def error_of_the_best(step, flow):
    """τ (((2n+1)/(n+1)) vᵀHv − vᵀQ(Γ*)v) ≥ 0 for every v; a function that puts in v."""
    Hm, prior, v = flow.H, flow.Psi, read_form(any_vector)
    N, k, t = read_form(n), read_form(n + 1), level()
    Y = read_form(Inverse((n + 1) * H * Psi + tau * Identity(d)))
    V, H_inverse = Y @ Hm, read_form(Inverse(H))
    at_best = flow.Q.substitute({flow.Gamma_letter: read_form(Gamma_star)})
    P = Hm @ prior @ V * k
    step(
        r"At $\Gamma^{*}$ the start error costs less than twice its norm",
        r"\delta^{\top}Q(\Gamma^{*})\delta\le\tfrac{2n+1}{n+1}\lVert\delta\rVert_H^{2}",
        name="best",
    )
    spread = (
        seen(read_form(sigma2))
        + trace_square(prior @ Y @ Hm, Hm, prior, task=task) * (k * k)
        + trace_square(prior @ Y, Hm, Hm) * t * k
        + trace_square(V, prior, H_inverse, task=task) * t * t
    )
    step.check(
        r"$\tau-(n+1)\tau\operatorname{tr}((H\Psi J)^{2})$ is a sum of terms that are at least $0$",
        t.form * (1 - (Hm @ prior @ Y @ Hm @ prior @ Y).trace() * k),
        spread.form,
    )
    found = shown(
        step,
        Inequality((v.T @ at_best @ v).trace() * t.form, norm(v) * t.form * read_form((2 * n + 1) / (n + 1))),
        trace_square(P @ v, H_inverse) * t * (N / k),
        trace_square(V @ v, prior, task=task) * t * t * (N * 2),
        spread * trace_square(v, Hm) * (N / k),
        claim=r"$\tau\,v^{\top}Q(\Gamma^{*})v\le\tau\,\frac{2n+1}{n+1}\lVert v\rVert_H^{2}$ for every $v$",
    )
    return lambda x: found.at({letter_of(v): x})


def gradient_dominates(step, flow, optimum, least, pieces):
    """L − L* ≤ ‖∇_β‖²/c_β + ‖∇_Γ‖²/c_Γ, c_Γ = 4τλ²/n, c_β = 16(n+1)λ/((2n+1)(n+2)²); returns the two.

    Parameters
    ----------
    least : LowerBound
        vᵀQ(Γ)v ≥ q vᵀHv.
    pieces : Pieces
    """
    motion, N = flow.motion, read_form(n)
    best = error_of_the_best(step, flow)
    error, away = displacement(flow.symbol("beta")), flow.Gamma - read_form(Gamma_star)
    lam = ClosedForm.of(scalar_letter(least_of_H))
    q, a = least.constant, level() * (lam * lam / N)
    of_beta = q * q * lam * read_form(4 * (n + 1) / (2 * n + 1))
    of_Gamma = a.form * 4
    step(
        "The gradient is large where the risk is",
        r"\mathcal{R}-\mathcal{R}^{*}\le\lVert\nabla_\beta\mathcal{R}\rVert^{2}/c_\beta"
        r"+\lVert\nabla_\Gamma\mathcal{R}\rVert_F^{2}/c_\Gamma",
        r"\mathcal{R}(\beta,\Gamma)-\mathcal{R}(\beta,\Gamma^{*})=\operatorname{tr}(D^{\top}\nabla_\Gamma\mathcal{R})"
        r"-\operatorname{tr}(D^{\top}HDM_S),\qquad"
        r"\mathcal{R}(\beta,\Gamma^{*})-\mathcal{R}^{*}=\delta^{\top}Q(\Gamma^{*})\delta",
        where={
            r"c_\Gamma,c_\beta": r"$=4\frac{\tau}{n}\lambda_{\min}(H)^{2},\,\frac{16(n+1)}{(2n+1)(n+2)^{2}}"
            r"\lambda_{\min}(H)$"
        },
        name="domination",
    )
    risk, delta, best_Gamma = flow.from_delta(flow.risk), flow.delta, read_form(Gamma_star)
    at_best = risk.substitute({flow.Gamma_letter: best_Gamma})
    step.check(
        r"the difference of the two risks at one $\beta$ is this",
        risk - at_best,
        -(away.T @ flow.Gamma_dot).trace() - (away.T @ flow.H @ away @ flow.M(flow.S())).trace(),
    )
    step.check(
        r"the risk at $\Gamma^{*}$ less $\mathcal{R}^{*}$ is this",
        at_best - optimum.closed_form,
        (delta.T @ flow.Q.substitute({flow.Gamma_letter: best_Gamma}) @ delta).trace(),
    )
    v = read_form(any_vector)
    moved = flow.Q @ v
    steep = shown(
        step,
        Inequality(norm(v) * q * q * lam * 4, (moved.T @ moved).trace() * 4),
        trace_square(moved - v * (q * lam)) * 4,
        least.shown * (q * lam * 8),
        rayleigh(v, least_of_H) * (q * q * lam * 4),
        claim=r"$\lVert2Qv\rVert^{2}\ge\frac{16}{(n+2)^{2}}\lambda_{\min}(H)\lVert v\rVert_H^{2}$ for every $v$",
    )
    gradient = flow.Gamma_dot.substitute({flow.delta_letter: error}) * -1
    step.conclude(
        GradientDominates(
            {flow.symbol("beta"): of_beta.expr, flow.symbol("Gamma"): of_Gamma.expr},
            least=optimum.closed_form,
            motion=motion,
            origins={flow.symbol("beta"): beta_star},
        ),
        pieces.square(gradient, away * (a.form * -2)) * of_beta,
        pieces.bent(away, error) * a * of_beta,
        steep.at({letter_of(v): error}) * a * 4,
        best(error) * (lam * lam / N * 4) * of_beta,
    )
    return of_beta, of_Gamma


def only_critical_point(step, flow, rate, falls, pieces):
    """∇R = 0 at (β*, Γ*), and for τ > 0 nowhere else.

    Parameters
    ----------
    rate : ClosedForm
        ρ.
    falls : callable
        4δᵀQδ − 2ρ‖δ‖², of δ.
    pieces : Pieces
    """
    motion, N, v = flow.motion, read_form(n), letter_of(read_form(any_vector))
    error, away = displacement(flow.symbol("beta")), flow.Gamma - read_form(Gamma_star)
    lam = ClosedForm.of(scalar_letter(least_of_H))
    a, C = level() * (lam * lam / N), pieces.forcing.constant
    weight = seen(1) + trace_square(error) * (C * C * read_form(n + 2))
    beta, Gamma = flow.symbol("beta"), flow.symbol("Gamma")
    step(
        r"The only critical point is $(\beta^{*},\Gamma^{*})$",
        r"-w\,\delta^{\top}\nabla_\beta\mathcal{R}+4\lambda a\operatorname{tr}(D^{\top}\nabla_\Gamma\mathcal{R})"
        r"\ge\rho\lVert\delta\rVert^{2}+4\lambda a^{2}\lVert D\rVert_F^{2}",
        where={
            r"\lambda": r"$=\lambda_{\min}(H)$",
            "a": r"$=\frac{\tau}{n}\lambda^{2}$",
            "w": r"$=1+(n+2)C^{2}\lVert\delta\rVert^{2}$",
        },
    )
    step.conclude(
        OnlyCriticalPoint(
            {beta: beta_star, Gamma: Gamma_star},
            tau,
            factors={beta: error * weight.form * -1, Gamma: away * (a.form * lam * 4)},
            room={beta: (rate, 0), Gamma: (lam**5 * read_form(4 / n**2), 2)},
            motion=motion,
            origins={flow.symbol("beta"): beta_star},
        ),
        falls(error) * weight * (ClosedForm.number(1) / 2),
        pieces.bent(away, error) * a * (lam * 2),
        pieces.square(away * a.form, pieces.forcing.value.substitute({v: error})) * (lam * 4),
        pieces.forcing.room.at({v: error}) * (lam * 4),
    )
