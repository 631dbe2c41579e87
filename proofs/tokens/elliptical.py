"""Elliptical tokens: only their mean fourth power of the length enters, and a heavier tail costs more.

Setting     x = ρz with z ~ N(0, I_d) and an independent factor ρ ≥ 0, E ρ² = 1, E ρ⁴ = q; the query x and x₁…xₙ alike,
            w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². One layer of linear self-attention, all weights free.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = 1/(n − 1 + (d + 2)q + σ²), and the least excess loss
            is d((d + 2)q − 1 + σ²)/(n − 1 + (d + 2)q + σ²), not less than for Gaussian tokens, which are q = 1. Without
            noise it takes n((d + 2)q − 1)/(d + 1) elliptical examples to do as well as n Gaussian ones. At
            q = d/(d + 2), which no such ρ has, these are the formulas of the sphere.
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

import symicl as si
from symicl.algebra import ClosedForm, read_form
from symicl.errors import InputError
from symicl.proofs.tokens.paper import PAPER
from symicl.proofs.tokens.setting import MODEL, NOTATION, SIZES, WHERE, at, model, one_step
from symicl.statements import EveryMinimiser, GlobalMinimum, Inequality, Theorem
from symicl.tasks import LinearRegression
from symicl.theory import trace_square

n, d = si.dims("n d")
q = si.scalar("q", positive=True)
task = LinearRegression(covariates=si.elliptical("X", (n, d), fourth=q))
sigma2 = task.noise
eta = 1 / (n - 1 + (d + 2) * q + sigma2)
excess = d * ((d + 2) * q - 1 + sigma2) / (n - 1 + (d + 2) * q + sigma2)
of_gaussian = d * (d + 1 + sigma2) / (n + d + 1 + sigma2)


SAID = r"what the loss exceeds that of Gaussian tokens by, times $q-1$, is $(q-1)^{2}$ times what is not negative"


def refuse_light_tails(values):
    """Refuse q < 1: E ρ⁴ ≥ (E ρ²)².

    Raises
    ------
    InputError
    """
    if values[q] < 1:
        raise InputError(f"q = {values[q]} is the mean of ρ⁴ of no ρ with the mean of ρ² at 1; give q >= 1")


theorem = Theorem(
    id="tokens.elliptical",
    title="Elliptical tokens: one step of gradient descent",
    paper=PAPER,
    source="derived here, for its setting with elliptical tokens",
    assumptions=(
        r"covariates $x=\rho z$, $z\sim N(0,I_d)$, $\mathbb{E}\rho^{2}=1$, $\mathbb{E}\rho^{4}=q$, task "
        r"$w\sim N(0,I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        SIZES,
        MODEL,
    ),
    task=task,
    model=model,
    states={"eta": eta, "excess": excess},
    propositions=(
        GlobalMinimum("loss"),
        EveryMinimiser(eta * task.x.T * task.X.T * task.y),
        Inequality((q - 1) * of_gaussian, (q - 1) * excess),
    ),
    corollaries={
        "loss": sigma2 + excess,
        "noiseless_excess": d * ((d + 2) * q - 1) / (n - 1 + (d + 2) * q),
        "gaussian_excess": of_gaussian,
        "sphere_excess": d * (d - 1 + sigma2) / (n + d - 1 + sigma2),
        "as_many_examples_excess": d * (d + 1) / (n + d + 1),
    },
    notation=NOTATION
    | {
        "gaussian_excess": r"q=1:\quad\mathcal{E}^{*}",
        "sphere_excess": r"q=\tfrac{d}{d+2}:\quad\mathcal{E}^{*}",
        "as_many_examples_excess": r"\sigma^{2}=0,\ n((d+2)q-1)/(d+1)\text{ examples}:\quad\mathcal{E}^{*}",
    },
    where=WHERE,
    refusals=(refuse_light_tails,),
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    found = one_step(step, task, sigma2)
    light = at(found["excess"], q, 1)
    more = found["excess"] - light
    squared, apart = read_form(q - 1), more / read_form(q - 1)
    step("Heavier tails cost more")
    step.conclude(Inequality(ClosedForm.number(0), more * squared), trace_square(squared) * apart, claim=SAID)
    return found | {
        "gaussian_excess": light,
        "sphere_excess": at(found["excess"], q, d / (d + 2)),
        "as_many_examples_excess": at(found["noiseless_excess"], n, n * ((d + 2) * q - 1) / (d + 1)),
    }
