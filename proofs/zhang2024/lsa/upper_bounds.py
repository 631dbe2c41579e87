"""Two heads that anyone can write down bound one head from above: rᵀr as a constant, and descent from zero."""

from symicl.algebra import (
    ONE,
    Blocks,
    ClosedForm,
    closed_form,
    letter,
    letter_of,
    read_form,
    scalar,
    scalar_letter,
    stationary_point,
    symbol_letter,
    symmetric,
)
from symicl.models import GDBeta, MultiHeadLinearAttention
from symicl.proofs.zhang2024.lsa.parity import beta, only, r
from symicl.proofs.zhang2024.lsa.universal_bound import b2
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, d, n, sigma2, task, tau
from symicl.tasks import D
from symicl.theory import expected_loss, right_quotient
from symicl.typeset import Equation

Hm, N = read_form(H), read_form(n)
Psi_0, tau_1, tau_0 = (
    symmetric("Psi_0", D),
    scalar("tau", nonnegative=True),
    scalar("tau_0", nonnegative=True),
)
"""The second moment of the task, and tr(HΨ) + σ², tr(HΨ₀) + σ²."""
NO_MEAN = {symbol_letter(beta_star): ClosedForm.zero(beta.rows, ONE)}
SECOND_MOMENT = {symbol_letter(Psi_0): read_form(Psi) + beta @ beta.T}
"""The meaning of Ψ₀."""


def centred_with(covariance, total):
    """The law of a task with mean 0 and this covariance, as a substitution, with σ² written as total − tr(H cov)."""
    Psi_form = read_form(covariance)
    noise = read_form(total) - (Hm @ Psi_form).trace()
    return NO_MEAN | {symbol_letter(Psi): Psi_form, scalar_letter(sigma2): noise}


def optimum_in(optimum, law):
    """Both sides of the normal equation of GD-β under a law, their solution and the risk there."""
    factor, right_side = (
        side.substitute(law) for side in (optimum.equation.factor, optimum.equation.right_side)
    )
    solution = right_quotient(right_side, factor)
    explained = optimum.explained.substitute(law).substitute({optimum.problem.unknown: solution})
    return factor, right_side, solution, optimum.target_power.substitute(law) - explained


def constant_from_the_responses(step, split) -> ClosedForm:
    """The excess of the head that makes β*ᵀx out of rᵀr alone, divided by ‖β*‖²_H."""
    unknown = letter("weight of the constant", ONE, ONE)
    weight = ClosedForm.of(unknown)
    best_odd = ClosedForm.of(split.gd_beta.problem.unknown).T * N
    head = {
        only(split.a): ClosedForm.zero(beta.rows, ONE),
        letter_of(split.c): closed_form(1),
        only(split.B): best_odd,
        only(split.g): beta * weight,
    }
    excess = split.even_risk.substitute(head)
    best = stationary_point(excess, [unknown])[unknown]
    ratio = excess.substitute({unknown: best}) / b2
    step(
        r"An upper bound: the head with $a=0$, $c=1$, $B=nK^{*\top}$ and $g=\omega\beta^{*}$ is optimal in its odd "
        r"part and makes $\beta^{*\top}x$ out of $r^{\top}r$",
        Equation(r"\omega", best),
        Equation(r"(\mathcal{R}-\mathcal{R}^{*})/\lVert\beta^{*}\rVert_H^{2}", ratio),
        where={r"\omega": "is the number that is best for this head"},
        name="constant",
    )
    coefficient = (split.B.T * split.c + split.g @ split.a.T) * read_form(1 / n)
    step.check(
        r"its odd part is that of the optimum, $K(\theta)=K^{*}$",
        coefficient.substitute(head),
        ClosedForm.of(split.gd_beta.problem.unknown),
    )
    step.check(
        r"for every number $k$ in place of $\omega$ its excess is that at $\omega$ and "
        r"$\tfrac{1}{n^{2}}\mathbb{E}[(r^{\top}r)^{2}]\lVert\beta^{*}\rVert_H^{2}(k-\omega)^{2}$",
        excess - ratio * b2,
        task.expectation((r.T @ r).trace() ** 2) * b2 * (weight - best) ** 2 / N**2,
    )
    return ratio


def descent_from_zero(step, split) -> ClosedForm:
    """R − R* for the best GD-β with β = 0, which is one head: the optimum of a centred task with the same moments."""
    loss, optimum = expected_loss(GDBeta(), task), split.gd_beta
    (start,), (Gamma,) = loss.parameters["beta"].grid[0], loss.parameters["Gamma"].grid[0]
    from_zero = loss.closed_form.substitute({only(start): ClosedForm.zero(start.rows, ONE)})
    law, own_law = centred_with(Psi_0, tau_0), centred_with(Psi, tau_1)
    factor, right_side, solution, value = optimum_in(optimum, law)
    own_factor, _, _, own_value = optimum_in(optimum, own_law)
    step(
        r"An upper bound: descent from zero, GD-$0$, is one head, and has the risk that GD-$\beta$ has for a centred "
        r"task with covariance $\Psi_0$",
        r"\hat{y}_{0,\Gamma}=\tfrac1n\,x^{\top}\Gamma X^{\top}y",
        Equation("K_0", solution),
        Equation(r"\mathcal{R}(0,nK_0)", value),
        where={
            r"\hat{y}_{0,\Gamma}": r"is the prediction of GD-$0$ and $\mathcal{R}(0,\Gamma)$ its risk",
            "K_0": r"is the $\Gamma/n$ of its minimiser",
        },
        name="from zero",
    )
    one_head_computes_it(step, Gamma)
    step.check(
        r"$\mathcal{R}(0,\Gamma)$ is the risk of GD-$\beta$ at $\beta=\beta^{*}=0$ and $\Psi_0$ in place of $\Psi$",
        from_zero.substitute(law).substitute(SECOND_MOMENT).substitute(second_level()),
        from_zero,
    )
    step.check(
        r"$\mathcal{R}^{*}$ is written with $\tau$ in the same way: with $\operatorname{tr}(H\Psi)+\sigma^{2}$ in its "
        r"place the factor of the normal equation is that of GD-$\beta$",
        own_factor.substitute({scalar_letter(tau_1): read_form(tau)}),
        optimum.equation.factor,
    )
    step.check("$K_0$ solves the normal equation of this task", solution @ factor, right_side)
    K = Gamma * read_form(1 / n)
    rest, M = K - solution, moment_of_the_gradient().substitute(law)
    step.check(
        r"$\mathcal{R}(0,\Gamma)=\mathcal{R}(0,nK_0)+\operatorname{tr}[H(\tfrac1n\Gamma-K_0)M_0(\tfrac1n\Gamma-K_0)"
        r"^{\top}]$ with $M_0=\mathbb{E}[X^{\top}yy^{\top}X]\succeq0$: no $\Gamma$ does better",
        from_zero.substitute(law),
        value + (Hm @ rest @ M @ rest.T).trace(),
    )
    step.check(
        r"$\mathcal{R}(0,\Gamma)-\mathcal{R}(\beta^{*},\Gamma)=\mathbb{E}[(x^{\top}(I-\tfrac1n\Gamma X^{\top}X)"
        r"\beta^{*})^{2}]\ge0$: what descent from zero pays, for every $\Gamma$",
        from_zero - loss.closed_form.substitute({only(start): beta}),
        price_of_the_start(K),
    )
    return value - own_value


def second_level():
    """The value of τ₀."""
    return {scalar_letter(tau_0): (Hm @ (read_form(Psi) + beta @ beta.T)).trace() + read_form(sigma2)}


def one_head_computes_it(step, Gamma):
    """u = e_{d+1}, M = (Γᵀ, 0; 0, 0)."""
    model, prompt = MultiHeadLinearAttention(), task.prompt()
    row, column, nothing = (
        ClosedForm.zero(ONE, Gamma.rows),
        ClosedForm.zero(Gamma.rows, ONE),
        ClosedForm.zero(ONE, ONE),
    )
    weights = model.weights_for(
        {
            "u": Blocks([[column], [ClosedForm.identity(ONE)]]),
            "M": Blocks([[Gamma.T, column], [row, nothing]]),
        },
        d,
    )
    gd_beta = GDBeta().predict({"beta": Blocks([[column]]), "Gamma": Blocks([[Gamma]])}, prompt)
    step.check(
        r"the head with $u=e_{d+1}$ and $M=(\Gamma^{\top},0;\,0,0)$ computes $\hat{y}_{0,\Gamma}$",
        model.forward(weights, prompt).single().trace(),
        gd_beta.single().trace(),
    )


def moment_of_the_gradient():
    """E[XᵀyyᵀX]."""
    gradient_at_zero = read_form(task.X.T * task.y).substitute(task.definitions)
    return task.expectation(gradient_at_zero @ gradient_at_zero.T)


def price_of_the_start(K):
    """E[(xᵀ(I − KXᵀX)β*)²]."""
    X, x = read_form(task.X), read_form(task.x)
    rest = (x.T @ (beta - K @ X.T @ X @ beta)).trace()
    return task.expectation(rest * rest)
