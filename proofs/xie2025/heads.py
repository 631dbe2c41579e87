"""Without an initial guess: the gap that any number of heads leaves on tasks with a mean, and how many heads it takes.

Setting     x ~ N(0, I_d), w ~ N(μ, ψI), noise of variance σ², r = ‖μ‖²; heads of linear self-attention, whose
            predictions are added, the query masked out of the sums.
Statement   Over any number of heads the least excess above gradient descent from μ is
            2r(d²ψ² + dnψ² + dψ² + 2dψσ² + σ⁴)/Δ, with Δ as below; d + 1 heads attain it. d heads do for 0 < r ≤ r*,
            one for r = 0, and d − 1 never for r > 0; without noise r* is infinite and the gap is 2r/(dn + 2).
Source      Xie et al. (2025), who bound the number of heads and observe a gap; both are derived here. The count
            rests on linear algebra that is named and not checked; the threshold is where its discriminant vanishes.
"""

from sympy import Integer, Trace

from symicl.algebra import closed_form, scalar_letter
from symicl.models import GDBeta, MultiHeadLinearAttention
from symicl.numeric import evaluate
from symicl.proofs.xie2025.paper import PAPER
from symicl.proofs.xie2025.setting import ASSUMPTIONS, best_excess, d, mean2, mu, n, psi, sigma2, task
from symicl.statements import (
    LeastOverHeads,
    NotDetermined,
    Theorem,
    derive_loss,
    least_over_heads,
    reduce_weights,
)
from symicl.theory import expected_loss, head_count, minimise, minimise_over_features
from symicl.typeset import Equation

model = MultiHeadLinearAttention()
Delta = psi**2 * (d**3 * n + d**2 * n**2 + d**2 * n + 2 * d**2 + 2 * d * n + 2 * d)
Delta += 2 * psi * sigma2 * (d**2 * n + 2 * d) + sigma2**2 * (d * n + n + 2)
kappa = 2 * (psi**2 * (d**2 + d * n + d) + 2 * d * psi * sigma2 + sigma2**2) / Delta
norm2 = Trace(mu.T * mu)
c2, c4 = sigma2 / Delta, psi / (psi * (d + n + 1) + sigma2)
c3 = (psi**2 * (d**2 + d * n + d) + 2 * d * psi * sigma2 - psi * sigma2 + sigma2**2) / Delta
largest = c4**2 / (4 * c2 * c3)


def least_count(values, digits):
    """How many heads attain the least loss of all."""
    if values[mean2] == 0:
        return Integer(1)
    enough = values[sigma2] == 0 or values[mean2] <= at_numbers(values, digits)
    return values[d] + (0 if enough else 1)


def at_numbers(values, digits):
    """r* at exact values."""
    if values[sigma2] == 0:
        raise NotDetermined("without noise it is infinite: d heads do for every prior mean")
    return evaluate(theorem.corollaries["threshold"], values)


theorem = Theorem(
    id="xie2025.heads",
    title="What heads without an initial guess leave of a prior mean, and how many it takes",
    paper=PAPER,
    source="the number of heads and the gap that remains; both are derived here",
    assumptions=(*ASSUMPTIONS, "heads whose predictions are added"),
    task=task,
    model=model,
    states={},
    propositions=(LeastOverHeads(sigma2 + best_excess + kappa * norm2, d + 1),),
    wording=(
        r"One head attains the least loss of all heads for $\mu=0$, $d$ heads do for $0<\lVert\mu\rVert^{2}\le r^{*}$, "
        r"$d+1$ above, and $d-1$ heads never for $\mu\ne0$."
    ),
    corollaries={
        "gap": kappa * norm2,
        "threshold": largest,
        "noiseless_gap": 2 * norm2 / (d * n + 2),
    },
    certified={
        "gap": lambda values, digits: evaluate(kappa * mean2, values),
        "threshold": at_numbers,
        "heads": least_count,
    },
    inputs={"n": n, "d": d, "sigma2": sigma2, "psi": psi, "mean2": mean2},
    notation={
        "gap": r"\min_{m}\min L_{m}-L_{\mathrm{GD}}",
        "threshold": "r^{*}",
        "noiseless_gap": r"\sigma^{2}=0:\quad\min_{m}\min L_{m}-L_{\mathrm{GD}}",
    },
    where={
        "L_{m}": r"is the loss of the sum of $m$ heads, each with its weights, for every $m\ge1$",
        "m": "is a number of heads",
        r"L_{\mathrm{GD}}": r"is the least loss of gradient descent from $\mu$",
        "r^{*}": r"is the largest $\lVert\mu\rVert^{2}$ for which $d$ heads do",
        "K": r"is the matrix that heads together have between $X^{\top}r$ and the query",
        "h": "numbers the heads of a basis",
        "c_2,c_3,c_4": r"multiply $r^{\top}r$, $X^{\top}X$ and $X^{\top}r$ in the best forms of heads",
        r"\alpha": "is a number",
        r"\mu": "is the prior mean",
        r"\psi": "is the variance of each coordinate of the task",
    },
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    step.axiom("covariates, task and noise are independent")
    reduce_weights(step, model, task)
    value = least_over_heads(step, minimise(derive_loss(step, model, task)))
    gd = minimise_over_features(expected_loss(GDBeta(), task))
    count = head_count(task)
    forms = count.forms
    gap = value - gd.closed_form
    step.show(
        "What is left above gradient descent from the prior mean",
        Equation(r"\min_{m}\min L_{m}-L_{\mathrm{GD}}", gap),
    )
    for fact in count.proof.axioms:
        step.axiom(fact)
    r_star = forms.threshold
    step.check(
        r"$c_3\lVert\mu\rVert^{2}\alpha^{2}+c_4\alpha+c_2$ has a double root at $\lVert\mu\rVert^{2}=r^{*}$",
        forms.c4**2,
        forms.c2 * forms.c3 * r_star * 4,
    )
    return {
        "gap": gap,
        "threshold": r_star,
        "noiseless_gap": gap.substitute({scalar_letter(sigma2): closed_form(0)}),
    }
