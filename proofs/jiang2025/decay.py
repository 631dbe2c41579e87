"""A state that decays while it adds up n examples, to one half: its exact excess, and how loose the published bound is.

Setting     xᵢ, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩. The state decays by a and adds up examples, S ← aS + yx; it predicts
            η⟨S, x⟩. The half-life is the number of examples: aⁿ = 1/2, a = 1/(1 + h) with h = 2^(1/n) − 1.
Statement   At any a and η the excess is d((ηΣ − 1)² + (d + 1)η²Q), Σ = (1 − aⁿ)/(1 − a), Q = (1 − a²ⁿ)/(1 − a²). At the
            half-life the least over η is d(d + 1)/(N + d + 1) with N = (2 + h)/(3h) = coth(ln 2/(2n))/3.
            The published bound 3d(d + 1)/(2n) is loose by ((2 + h)/h + 3(d + 1))/(2n), which tends to 1/ln 2.
Source      Jiang et al. (2025), the loss of the trained layer, by content; excess and factor are derived here.
"""

from sympy import Rational

import symicl as si
from symicl.algebra import ClosedForm, dimension_index, read_form
from symicl.models import LinearSelfAttention
from symicl.numeric import evaluate
from symicl.proofs.jiang2025.paper import PAPER
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Limit,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.tasks import LinearRegression
from symicl.theory import minimise, trace_square
from symicl.typeset import Equation

task, model = LinearRegression(noise=0), LinearSelfAttention()
n, d, a, eta = task.n, task.d, si.scalar("a"), si.scalar("eta")
h, ell = si.scalar("h", positive=True), si.scalar("ell", positive=True)
S, x, w = si.vector("S", d), si.gaussian("x", d), si.gaussian("w", d)
rule = si.recursion(state={S: 0 * w}, step={S: a * S + x * x.T * w}, tokens=n, constant=[w])
risk = rule.expect((eta * S - w).T * (eta * S - w))


def excess_of(total, squares):
    """The excess at a sum of the weights and a sum of their squares."""
    return d * ((eta * total - 1) ** 2 + (d + 1) * eta**2 * squares)


half = excess_of((1 + h) / (2 * h), 3 * (1 + h) ** 2 / (4 * h * (2 + h)))
n_eff = (2 + h) / (3 * h)
best = 2 * h / (1 + h) * n_eff / (n_eff + d + 1)
excess = d * (d + 1) / (n_eff + d + 1)
slack = ((2 + h) / h + 3 * (d + 1)) / (2 * n)
HALF_LIFE = {h: 2 ** (1 / n) - 1}


def at_half_life(form):
    """A closed form in h at numbers, with its value there."""
    return lambda values, digits: evaluate(form.xreplace(HALF_LIFE), values)


theorem = Theorem(
    id="jiang2025.decay",
    title="Decay to one half over the prompt",
    paper=PAPER,
    source="the loss of the trained layer; the exact excess and how loose the bound is are derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, no noise, all independent",
        r"a state from $0$ on, with $S\leftarrow aS+yx$ at each of $n$ examples and $a^{n}=\frac12$",
        "beside it one layer of linear self-attention, all its weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"loss": d * (d + 1) / (n + d + 1)},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n + d + 1)),
        Inequality("excess", "half_life", equality={eta: best}),
        Limit(slack.subs(h, ell / n), 1 / ell, (n,)),
    ),
    corollaries={
        "any_decay": excess_of((1 - a**n) / (1 - a), (1 - a ** (2 * n)) / (1 - a**2)),
        "half_life": half,
        "n_eff": n_eff,
        "excess": excess,
        "slack": slack,
    },
    certified={
        name: at_half_life(form) for name, form in (("n_eff", n_eff), ("excess", excess), ("slack", slack))
    },
    inputs={"n": n, "d": d},
    notation={
        "loss": "L^{*}",
        "any_decay": "E",
        "half_life": r"E_{h}",
        "n_eff": "N",
        "excess": "E^{*}",
        "slack": r"\gamma",
    },
    where={
        "S": "is the state",
        "a": "is the decay",
        r"\eta": "is the step size with which the state predicts",
        "E": r"$=\mathbb{E}\lVert\eta S-w\rVert^{2}$ is the excess at any decay",
        "h": r"$=1/a-1$, which is $2^{1/n}-1$ at the half-life $a^{n}=\frac12$",
        "E_{h}": "is the excess there",
        "N": "is the number of examples without decay that are worth as much",
        "E^{*}": "is the least excess over all step sizes",
        r"\gamma": r"$=\frac{3d(d+1)}{2n}/E^{*}$ is the factor by which the published bound is loose",
        r"\ell": r"$=nh$, which tends to $\ln2$ as $n$ grows",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom(r"$n(2^{1/n}-1)\to\ln2$ as $n$ grows")
    optimum = minimise_over_weights(step, model, task)
    loss = minimal_value(step, optimum)
    step.show("The excess with decay, by induction over the examples", Equation("E", risk.expr))
    at = read_form(
        risk.expr.xreplace({a**n: Rational(1, 2), a ** (2 * n): Rational(1, 4)}).xreplace({a: 1 / (1 + h)})
    )
    step.show("At the half-life", Equation("E_{h}", at))
    chosen = minimise(at.expr, eta)
    closest, least = (read_form(form) for form in (chosen.minimisers["eta"], chosen.value))
    number = read_form(d * (d + 1)) / least - read_form(d + 1)
    front = read_form(d * (1 + h) ** 2 / (4 * h**2)) * (1 + read_form(d + 1) / number)
    away = ClosedForm.identity(dimension_index(1)) * (read_form(eta) - closest)
    step.conclude(Inequality(least, at, equality={eta: closest.expr}), trace_square(away) * front)
    bound = read_form(3 * d * (d + 1) / (2 * n))
    step.show("How loose the published bound is", Equation(r"\gamma", bound / least))
    return {
        "loss": loss,
        "any_decay": risk,
        "half_life": at,
        "n_eff": number,
        "excess": least,
        "slack": bound / least,
    }
