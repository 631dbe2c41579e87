"""Augmented tokens: with diagonal weights the best linear attention layer is one step of gradient descent.

Setting     s_{t+1} = W s_t, W = diag(λ_1, …, λ_d), λ independent uniform on the unit circle (or in conjugate pairs),
            s_1 = (1, …, 1). Tokens (0, s_t, s_{t−1}), one causal linear attention layer without normalisation; A is
            the block of W_Kᵀ W_Q between the query s_t and the keys s_{i−1}, B that of W_V from s_i to the prediction,
            all other blocks are 0. Loss Σ_{t=2}^{T_max} E‖ŝ_{t+1} − s_{t+1}‖².
Statement   Among real diagonal A and B the loss is minimal exactly where A = a diag(ε), B = b diag(ε) with signs ε and
            ab = u* = 3/(2T_max + 3d − 4) ~ 3/(2T_max); for equal signs this is one step of gradient descent on
            ½ Σ‖s_{i+1} − W s_i‖² from W = 0 with step size u*. Among all matrices A, B it is not even stationary; their
            least loss is enclosed at numbers of d ≤ 3 and T_max ≥ 3, from above by matrices that permutations leave
            alone, from below by a positive definite form.
Source      Sander, Giryes, Suzuki, Blondel, Peyré (2024), the proposition on augmented tokens; the finite-T_max value,
            the certificate and the counterexample are derived here.
"""

from fractions import Fraction

from sympy import Integer, Rational

from symicl.algebra import closed_form, dims, limit_at_infinity, read_form, scalar, scalar_letter
from symicl.expectation import InTime, ScalarMatrix, inner, kappa_law
from symicl.models import CausalLinearAttention
from symicl.proofs.sander2024.paper import PAPER
from symicl.proofs.sander2024.parts.all_weights import least_loss_at_least, written_out
from symicl.proofs.sander2024.parts.diagonal import DIAGONAL, EXAMPLES, certify_diagonal, equations, paired
from symicl.proofs.sander2024.parts.inputs import impossible
from symicl.proofs.sander2024.parts.setting import AUGMENTED, sequence
from symicl.proofs.sander2024.parts.unrestricted import gradients, symmetric_loss, warn
from symicl.statements import (
    Limit,
    MinimalAtEntries,
    NotDetermined,
    SpecialCase,
    Theorem,
    certify,
    minimal_value,
    solution_ratio,
    solve,
)
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss
from symicl.typeset import Equation

d, T_max = dims("d T_max")
a, b = scalar("a"), scalar("b")
task = AutoregressiveTask("unitary", law="ones", d=d, T=T_max + 1)
model = CausalLinearAttention(normalised=False)


def least_symmetric(values, digits):
    """The least loss over A, B that permutations of the coordinates leave alone: an upper bound for all A, B."""
    if values[d] == 1:
        raise NotDetermined("d = 1: there is nothing off the diagonal")
    return symmetric_loss(model, task, values, digits)


def below_all(values, digits):
    """A number that the loss of no matrices A, B is below: with `least_symmetric` it encloses the least loss."""
    return least_loss_at_least(model, task, values, digits)


step_size = 3 / (2 * T_max + 3 * d - 4)

theorem = Theorem(
    id="sander2024.augmented",
    title="Augmented tokens: one step of gradient descent",
    paper=PAPER,
    source=r"the proposition on augmented tokens; the value at finite $T_{\max}$ is derived here",
    assumptions=(
        r"$W=\operatorname{diag}(\lambda_1,\dots,\lambda_d)$, $\lambda_j$ independent uniform on the unit "
        r"circle, or in "
        r"conjugate pairs; $s_1=(1,\dots,1)$",
        r"tokens $(0,s_t,s_{t-1})$, one head, no normalisation, only the blocks $A$ and $B$ are not zero, and "
        r"they are "
        r"real diagonal matrices",
        r"$T_{\max}\ge2$",
    ),
    task=task,
    model=model,
    states={
        "u": step_size,
        "loss": d * (T_max - 1) * (T_max + 6 * d - 8) / (2 * (2 * T_max + 3 * d - 4)),
    },
    propositions=(
        MinimalAtEntries(
            "loss", equations(step_size), among=DIAGONAL, least=((T_max, 3),), examples=EXAMPLES
        ),
        Limit(T_max * step_size, Rational(3, 2), (T_max,)),
    ),
    corollaries={
        "limit_of_T_max_u": Rational(3, 2),
        "limit_of_loss_over_T_max": d / 4,
        "u_for_one_coordinate": 3 / (2 * T_max - 1),
        "u_for_one_term": 1 / d,
        "gradient_A": 2 * (T_max - 1) * (T_max - 2) / (2 * T_max + 3 * d - 4),
        "gradient_B": 3 * T_max * (T_max - 1) / (2 * T_max + 3 * d - 4),
    },
    setting=(sequence(r"T_{\max}"), AUGMENTED),
    where={
        "i,j": "are coordinates",
        r"\hat{y}_t": r"$=\hat{s}_{t+1}$ is the prediction at time $t$",
    },
    notation={
        "u": "u^{*}",
        "loss": r"\ell^{*}",
        "limit_of_T_max_u": r"\lim_{T_{\max}\to\infty}T_{\max}u^{*}",
        "limit_of_loss_over_T_max": r"\lim_{T_{\max}\to\infty}\ell^{*}/T_{\max}",
        "u_for_one_coordinate": r"d=1:\quad u^{*}",
        "u_for_one_term": r"T_{\max}=2:\quad u^{*}",
        "gradient_A": r"\frac{1}{b}\frac{\partial\ell}{\partial A_{lm}}",
        "gradient_B": r"\frac{1}{a}\frac{\partial\ell}{\partial B_{jk}}",
    },
    certified={"symmetric_loss": least_symmetric, "lower_bound_over_all_weights": below_all},
    refusals=(impossible(task),),
    special_cases=(
        SpecialCase(
            applies=lambda values: values[T_max] == 2,
            note="T_max = 2: the minimum is also attained where only the mean of a_i b_i is u and the ratios a_i "
            ": b_i "
            "are all equal",
        ),
    ),
)


@theorem.derivation
def derive(step):
    step.axiom(
        r"$\mathbb{E}\prod_r\lambda_r^{m_r}=\prod_r[m_r=0]$ for independent uniform phases and any integers $m_r$"
    )

    gradient_descent(step)
    loss = autoregressive_loss(model, task, model.active(ScalarMatrix(a), ScalarMatrix(b)))
    step.show("The loss of these multiples of the identity", Equation(r"\ell", loss.closed_form))
    optimum = solve(step, loss)
    certify(step, optimum)
    solution, minimum = solution_ratio(optimum), minimal_value(step, optimum)
    limits = limits_of(step, solution, minimum)
    step.check(
        "conjugate pairs of phases have the same loss",
        autoregressive_loss(model, paired(task), loss.in_time.parameters).closed_form,
        loss.closed_form,
    )
    certify_diagonal(step, model, task, solution, minimum)
    off_A, off_B = gradients(step, model, task, a, b, solution)
    warn(step, model, task, minimum)
    written_out(step, model, task)
    from_other_laws(step, loss, solution)
    return {"u": solution, "loss": minimum, **limits, "gradient_A": off_A, "gradient_B": off_B}


def gradient_descent(step):
    """A = aI and B = bI give one step on the in-context least squares."""
    sequence = task.sequence()
    now, s = sequence.now, sequence.context(first=2)
    predicted = model.predict(model.active(ScalarMatrix(a), ScalarMatrix(b)), sequence)
    gradient_step = sequence.sum(s.x() * inner(s.x(1), now.x()), s) * (a * b)
    step(
        r"With $A=aI$, $B=bI$ the prediction is one step of gradient descent, with step size $u=ab$",
        r"\hat s_{t+1}=B\sum_{i<t}s_{i+1}s_i^{*}\,As_t=-u\,\nabla\mathcal{L}_t(0)\,s_t,\qquad"
        r"\mathcal{L}_t(W)=\tfrac12\sum_{i<t}\lVert s_{i+1}-Ws_i\rVert^2",
        note=r"The step starts at $W=0$. Without the factor $\frac12$ in front of the inner objective the "
        "step size is $u/2$.",
    )
    step.check(
        r"$\mathbb{E}\lVert\hat s_{t+1}-u\sum_{i<t}s_{i+1}s_i^{*}s_t\rVert^2=0$ for every $t\ge2$",
        task.expectation((predicted - gradient_step).norm2()),
        InTime(),
    )


def limits_of(step, solution, minimum):
    """T_max → ∞, one coordinate, one term of the loss."""
    length = read_form(T_max)
    found = {
        "limit_of_T_max_u": limit_at_infinity(solution * length, T_max),
        "limit_of_loss_over_T_max": limit_at_infinity(minimum / length, T_max),
        "u_for_one_coordinate": solution.substitute({scalar_letter(d): closed_form(1)}),
        "u_for_one_term": solution.substitute({scalar_letter(T_max): closed_form(2)}),
    }
    step(
        r"Limits and special cases",
        Equation(r"\lim_{T_{\max}\to\infty}T_{\max}u^{*}", found["limit_of_T_max_u"]),
        Equation(r"\lim_{T_{\max}\to\infty}\ell^{*}/T_{\max}", found["limit_of_loss_over_T_max"]),
        Equation(r"d=1:\quad u^{*}", found["u_for_one_coordinate"]),
        Equation(r"T_{\max}=2:\quad u^{*}", found["u_for_one_term"]),
        note=r"A quarter of the power of the target is left for every $t$: one $u$ cannot fit all $t$. The "
        r"normalisation "
        r"$1/(t-1)$ removes that.",
    )
    return found


def from_other_laws(step, loss, solution):
    """The setting of Zheng et al. with ρ = 1 and moments κ; x_1 = (1, …, 1) has κ = (1, 1, d − 1)."""
    general = AutoregressiveTask("unitary", law=kappa_law(d), d=d, T=task.T)
    other = autoregressive_loss(model, general, loss.in_time.parameters, factor=Fraction(1, 2))
    moments = {f"kappa_{k}": value for k, value in ((1, Integer(1)), (2, Integer(1)), (3, d - 1))} | {
        "m_2": Integer(1)
    }
    at = {
        scalar_letter(symbol): read_form(moments[symbol.name])
        for symbol in general.symbols().values()
        if symbol.name in moments
    }
    step(
        "The same as a special case of the setting of Zheng et al. (2024)",
        Equation(r"\ell_{\kappa}", other.closed_form),
        where={
            "x_{1j}": "are the coordinates of a first vector of any law with enough symmetry, in the place of $s_1$",
            "m_2": r"$=\mathbb{E}x_{1j}^2$",
            r"\kappa_1": r"$=\mathbb{E}x_{1j}^4$",
            r"\kappa_2": r"$=\mathbb{E}x_{1j}^6$",
            r"\kappa_3": r"$=\sum_{r\ne j}\mathbb{E}x_{1j}^2x_{1r}^4$",
            r"\ell_{\kappa}": r"is the loss with that paper's factor $\frac12$",
        },
    )
    step.check(
        r"twice this loss at $m_2=\kappa_1=\kappa_2=1$, $\kappa_3=d-1$ is the loss here",
        other.closed_form.substitute(at) * 2,
        loss.closed_form,
    )
