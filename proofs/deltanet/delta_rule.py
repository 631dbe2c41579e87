"""The delta rule on random examples: its exact risk after n tokens, its best constant gate, and attention beside it.

Setting     xᵢ, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². Fast weights S₀ = 0 learn from one token after the other,
            S ← S − βx(⟨S, x⟩ − y), which is one pass of stochastic gradient descent; e = S − w is their error.
Statement   E‖eₙ‖² = dρⁿ + dβ²σ²(1 − ρⁿ)/(1 − ρ) with ρ = 1 − 2β + (d + 2)β². Without noise the best constant gate is
            1/(d + 2) for every n, with d((d + 1)/(d + 2))ⁿ. The least excess loss of one layer of linear attention is
            d(d + 1)/(n + d + 1): the same at n = 1, and with each further token it falls by less.
Source      Yang et al. (2024) for the layer; the risk at finite n and d is derived here.
"""

from sympy import Integer

import symicl as si
from symicl.algebra import ClosedForm, closed_form, dimension_index, read_form, scalar_letter
from symicl.models import LinearSelfAttention
from symicl.numeric import evaluate
from symicl.proofs.deltanet.paper import DELTANET
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.tasks import LinearRegression
from symicl.theory import minimise, trace_square
from symicl.typeset import Equation

task, model = LinearRegression(), LinearSelfAttention()
n, d, sigma2, beta = task.n, task.d, task.noise, si.scalar("beta")
e, x, w = si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
noise = si.gaussian("epsilon", (1, 1), col_cov=sigma2)


def after_tokens(gate, *, noiseless=False):
    """The error of the delta rule with this gate after n tokens."""
    wrong = x.T * e if noiseless else x.T * e - noise
    return si.recursion(state={e: w}, step={e: e - gate * x * wrong}, tokens=n).expect(e.T * e)


rho, best_beta = 1 - 2 * beta + (d + 2) * beta**2, 1 / (d + 2)
excess = d * rho**n + d * beta**2 * sigma2 * (1 - rho**n) / (1 - rho)
best_excess, attention = d * ((d + 1) / (d + 2)) ** n, d * (d + 1) / (n + d + 1)
risk = after_tokens(beta)

theorem = Theorem(
    id="deltanet.delta_rule",
    title="What the delta rule learns from n tokens",
    paper=DELTANET,
    source="the delta rule as a layer; its risk at finite $n$ and $d$ is derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"fast weights from $0$ on, with a step $S\leftarrow S-\beta x(\langle S,x\rangle-y)$ at each of $n$ tokens",
        "beside them one layer of linear self-attention, all its weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"loss": sigma2 + d * (d + 1 + sigma2) / (n + d + 1 + sigma2)},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n + d + 1 + sigma2)),
        Inequality("best_rate", "rate", equality={beta: best_beta}),
        Inequality("best_rate", "rate_of_attention", strict=True),
    ),
    corollaries={
        "excess": excess,
        "rate": rho,
        "best_rate": (d + 1) / (d + 2),
        "best_beta": best_beta,
        "best_excess": best_excess,
        "attention": attention,
        "rate_of_attention": (n + d + 1) / (n + d + 2),
    },
    certified={
        "excess": lambda values, digits: risk.at(**{name: values[a] for name, a in risk.symbols.items()}),
        "best_beta": lambda values, digits: evaluate(best_beta, values),
        "best_excess": lambda values, digits: evaluate(best_excess, values),
    },
    inputs={"n": n, "d": d, "beta": beta, "sigma2": sigma2},
    optional={"sigma2": 0},
    notation={
        "loss": "L^{*}",
        "excess": r"E_n",
        "rate": r"\rho",
        "best_rate": r"\rho^{*}",
        "best_beta": r"\beta^{*}",
        "best_excess": r"E_n^{*}",
        "attention": r"A_n",
        "rate_of_attention": r"r",
    },
    where={
        "S": "are the fast weights",
        "e": "$=S-w$ is their error",
        r"\beta": "is the gate, the same for all tokens",
        "E_n": r"$=\mathbb{E}\lVert e\rVert^{2}$ after $n$ tokens, the excess risk",
        r"\rho": "is the factor of this mean by one token without noise",
        r"\rho^{*}": "is the least of these factors",
        r"\beta^{*}": "is the gate that has it",
        "E_n^{*}": "is the excess risk with that gate, without noise",
        "A_n": r"$=L^{*}$ at $\sigma^{2}=0$ is that of attention",
        "r": "is the factor of $A_n$ by one more token",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    optimum = minimise_over_weights(step, model, task)
    loss = minimal_value(step, optimum)
    without = loss.substitute({scalar_letter(sigma2): closed_form(0)})
    after_one_more = read_form(without.expr.xreplace({n: n + 1}))
    step.show("The error of the delta rule, by induction over the tokens", Equation("E_n", risk.expr))
    (rate,) = (read_form(entry) for entry in after_tokens(beta, noiseless=True).matrix)
    chosen = minimise(rate.expr, beta)
    best, least = (read_form(form) for form in (chosen.minimisers["beta"], chosen.value))
    best_risk = after_tokens(best.expr, noiseless=True)
    step("Without noise each token multiplies it by", Equation(r"\rho", rate))
    gap = ClosedForm.identity(dimension_index(1)) * (read_form(beta) - best)
    step.conclude(Inequality(least, rate, equality={beta: best.expr}), trace_square(gap) * read_form(d + 2))
    step.show(
        "Attention without noise, and its factor by one more token",
        Equation("A_n", without),
        Equation("r", after_one_more / without),
    )
    step.check(
        "after one token both are the same",
        read_form(best_risk.unrolled(1)),
        read_form(without.expr.xreplace({n: Integer(1)})),
    )
    return {
        "loss": loss,
        "excess": risk,
        "rate": rate,
        "best_rate": least,
        "best_beta": best,
        "best_excess": best_risk,
        "attention": without,
        "rate_of_attention": after_one_more / without,
    }
