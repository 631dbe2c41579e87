"""Independent coordinates: of their law only the fourth moment enters, and heavier tails cost more.

Setting     Entries of x₁…xₙ and of the query x independent with one symmetric law of variance 1 and fourth moment κ,
            w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². One layer of linear self-attention, all weights free.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = 1/(n + d + κ − 2 + σ²), and the least excess loss
            is d(d + κ − 2 + σ²)/(n + d + κ − 2 + σ²), not less than for Gaussian coordinates, κ = 3, where κ > 3,
            and not more where κ < 3; signs are κ = 1, and lose as much as tokens on a sphere.
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

import symicl as si
from symicl.algebra import ClosedForm, read_form
from symicl.errors import InputError
from symicl.proofs.tokens.paper import PAPER
from symicl.proofs.tokens.setting import MODEL, NOTATION, SIZES, WHERE, at, model, one_step
from symicl.statements import EveryMinimiser, GlobalMinimum, Inequality, Theorem
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise_over_features, trace_square

n, d = si.dims("n d")
kappa = si.scalar("kappa", positive=True)
task = LinearRegression(covariates=si.independent_entries("X", (n, d), fourth=kappa))
sigma2 = task.noise
eta = 1 / (n + d + kappa - 2 + sigma2)
excess = d * (d + kappa - 2 + sigma2) / (n + d + kappa - 2 + sigma2)
of_gaussian = d * (d + 1 + sigma2) / (n + d + 1 + sigma2)
SAID = (
    r"what the loss exceeds that of Gaussian coordinates by, times $\kappa-3$, is $(\kappa-3)^{2}$ times what is not "
    "negative"
)


def refuse_light_tails(values):
    """Refuse κ < 1: E z⁴ ≥ (E z²)².

    Raises
    ------
    InputError
    """
    if values[kappa] < 1:
        raise InputError(
            f"kappa = {values[kappa]} is the fourth moment of no law of variance 1; give kappa >= 1"
        )


theorem = Theorem(
    id="tokens.kurtosis",
    title="Independent coordinates: their fourth moment in the step",
    paper=PAPER,
    source="derived here, for its setting with independent coordinates of any symmetric law",
    assumptions=(
        r"coordinates of covariates independent with one symmetric law, variance $1$ and fourth moment $\kappa$, task "
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
        Inequality((kappa - 3) * of_gaussian, (kappa - 3) * excess),
    ),
    corollaries={
        "loss": sigma2 + excess,
        "noiseless_excess": d * (d + kappa - 2) / (n + d + kappa - 2),
        "gaussian_excess": of_gaussian,
        "sign_excess": d * (d - 1 + sigma2) / (n + d - 1 + sigma2),
    },
    notation=NOTATION
    | {
        "gaussian_excess": r"\kappa=3:\quad\mathcal{E}^{*}",
        "sign_excess": r"\kappa=1:\quad\mathcal{E}^{*}",
    },
    where=WHERE,
    refusals=(refuse_light_tails,),
)


@theorem.derivation
def derive(step):
    step.axiom(
        "independent entries of a symmetric law: a mean of a product is a product of means of even powers"
    )
    found = one_step(step, task, sigma2)
    gaussian = at(found["excess"], kappa, 3)
    more = found["excess"] - gaussian
    apart = read_form(kappa - 3)
    signs, sphere = at(found["excess"], kappa, 1), LinearRegression(covariates=si.sphere("X", (n, d)))
    step("Heavier tails cost more, and signs as little as tokens on a sphere")
    step.check(
        r"the loss at $\kappa=1$ is that of tokens on a sphere",
        signs + read_form(sigma2),
        minimise_over_features(expected_loss(model, sphere)).closed_form,
    )
    step.conclude(
        Inequality(ClosedForm.number(0), more * apart), trace_square(apart) * (more / apart), claim=SAID
    )
    return found | {"gaussian_excess": gaussian, "sign_excess": signs}
