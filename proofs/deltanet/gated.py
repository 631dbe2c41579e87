"""The gated delta rule: its exact risk, the best gates of all, that decay adds nothing to them, and attention.

Setting     xᵢ, w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². Fast weights S₀ = 0 forget and learn,
            S ← αS(I − βxxᵀ) + βyx, with gates α and β.
Statement   E‖S − w‖² after n tokens in closed form, for constant gates. Over one token, from fast weights of the best
            scale (E⟨S, S − w⟩ = 0) with the mean square error v per coordinate, no numbers κ, μ, ν lead with
            S ← κS − μx⟨S, x⟩ + νyx to less than g(v) = v − v²/((d + 2)v + σ²), which the delta rule with the gate
            v/((d + 2)v + σ²) attains. g increases, so that these gates are the best of all and decay adds nothing.
            The least excess Aₙ of linear attention has g(Aₙ/d) < Aₙ₊₁/d: from the second token on it is larger.
Source      Yang, Kautz, Hatamizadeh (2024) for the layer; its risk and the best gates are derived here.
"""

from sympy import Integer

import symicl as si
from symicl.algebra import ClosedForm, dimension_index, read_form
from symicl.expectation import expected_form
from symicl.models import LinearSelfAttention
from symicl.proofs.deltanet.delta_rule import d, n, noise, sigma2, task, w, x
from symicl.proofs.deltanet.paper import GATED
from symicl.statements import (
    EveryMinimiser,
    GlobalMinimum,
    Inequality,
    Theorem,
    minimal_value,
    minimise_over_weights,
)
from symicl.theory import minimise, trace_square
from symicl.typeset import Equation

model = LinearSelfAttention()
alpha, beta = si.scalar("alpha"), si.scalar("beta")
kappa, mu, nu = (si.scalar(name) for name in ("kappa", "mu", "nu"))
v, h, p = si.scalar("v", positive=True), si.scalar("h", positive=True), si.scalar("p", nonnegative=True)
S = si.vector("S", d)
fast, error = si.gaussian("F", (d, 1), col_cov=p), si.gaussian("u", (d, 1), col_cov=v)
rule = si.recursion(
    state={S: 0 * w},
    step={S: alpha * S - alpha * beta * x * x.T * S + beta * x * (x.T * w + noise)},
    tokens=n,
    constant=[w],
)
risk = rule.expect((S - w).T * (S - w))
turned = (kappa - 1) * fast - error - mu * x * x.T * fast + nu * x * (x.T * (fast + error) + noise)

rho, decay, kept = 1 - 2 * beta + (d + 2) * beta**2, 1 - alpha, alpha * (1 - beta)
along = decay * (1 - beta) / (1 - kept)
slow = 2 * alpha * decay * rho * (1 - along) / (kept - alpha**2 * rho)
level = (decay**2 * rho + beta**2 * sigma2 + 2 * alpha * decay * rho * along) / (1 - alpha**2 * rho)
gate = v / ((d + 2) * v + sigma2)
following, attention = v - v * gate, d * (d + 1 + sigma2) / (n + d + 1 + sigma2)

EQUAL = {kappa: Integer(1), mu: gate, nu: gate}

theorem = Theorem(
    id="deltanet.gated",
    title="The gated delta rule, and the best gates of all",
    paper=GATED,
    source="the gated delta rule as a layer; its risk and the best gates are derived here",
    assumptions=(
        r"covariates $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        r"fast weights that start at $0$, with $S\leftarrow\alpha S(I-\beta xx^{\top})+\beta yx$ at each of $n$ tokens",
        "beside them one layer of linear self-attention, all its weights free, no softmax",
    ),
    task=task,
    model=model,
    states={"loss": sigma2 + attention},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(task.x.T * task.X.T * task.y / (n + d + 1 + sigma2)),
        Inequality(d * following, "one_token", equality=EQUAL),
        Inequality(following, following.subs(v, v + h), strict=True),
        Inequality(d * following.subs(v, attention / d), attention.subs(n, n + 1), strict=True),
    ),
    corollaries={
        "excess": d * (level + slow * kept**n + (1 - level - slow) * (alpha**2 * rho) ** n),
        "one_token": d * (v - 2 * nu * v + nu**2 * ((d + 2) * v + sigma2))
        + d * p * ((1 - kappa + mu - nu) ** 2 + (d + 1) * (nu - mu) ** 2),
    },
    certified={
        "excess": lambda values, digits: risk.at(**{name: values[s] for name, s in risk.symbols.items()})
    },
    inputs={"n": n, "d": d, "sigma2": sigma2, "alpha": alpha, "beta": beta},
    notation={"loss": "L^{*}", "excess": "E_n", "one_token": "E_1"},
    where={
        "S": "are the fast weights",
        r"\alpha": "is the gate of decay",
        r"\beta": "is that of the delta rule",
        "E_n": r"$=\mathbb{E}\lVert S-w\rVert^{2}$ after $n$ tokens with constant gates, the excess risk",
        "E_1": r"is the same after one token, $S\leftarrow\kappa S-\mu x\langle S,x\rangle+\nu yx$",
        r"\kappa,\mu,\nu": "are any numbers",
        "v": r"is the variance of each entry of $w-S$ before it",
        "p": r"is that of each entry of $S$, which is not correlated with $w-S$",
        "h": "is any increase of $v$",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    optimum = minimise_over_weights(step, model, task)
    loss = minimal_value(step, optimum)
    step.show("The error with constant gates, by induction over the tokens", Equation("E_n", risk.expr))
    after, best = expected_form(turned.T * turned), read_form(gate)
    least = minimise(after.expr, [kappa, mu, nu])
    step.show("One token with any numbers", Equation("E_1", after))
    one, front = ClosedForm.identity(dimension_index(1)), read_form(d)
    step.conclude(
        Inequality(read_form(least.value), after, equality=EQUAL),
        trace_square(one * (read_form(nu) - best)) * read_form((d + 2) * v + sigma2) * front,
        trace_square(one * read_form(1 - kappa + mu - nu)) * read_form(p) * front,
        trace_square(one * read_form(nu - mu)) * read_form(p * (d + 1)) * front,
    )
    return {"loss": loss, "excess": risk, "one_token": after}
