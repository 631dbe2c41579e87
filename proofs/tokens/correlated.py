"""Correlated examples: n rows with the correlations R are worth N = (tr R)²/tr R² independent ones.

Setting     X with independent columns N(0, R), R symmetric positive semidefinite, and a query x ~ N(0, I_d) independent
            of them; w ~ N(0, I_d), yᵢ = ⟨w, xᵢ⟩ + εᵢ, Var εᵢ = σ². One layer of linear self-attention.
Statement   Every global minimiser computes η ⟨Σ yᵢxᵢ, x⟩ with η = tr R/((tr R)² + (d + 1) tr R² + σ² tr R). The least
            excess loss is that of N = (tr R)²/tr R² independent examples with σ² tr R/tr R² in the place of σ². R = I
            gives n independent ones, R = 11ᵀ, one example n times, a single one.
Source      Derived here, for the setting of Mahankali, Hashimoto, Ma (2023), the main theorem on isotropic data.
"""

from sympy import Trace

import symicl as si
from symicl.algebra import ClosedForm, read_form, scalar_letter, symbol_letter
from symicl.proofs.tokens.paper import PAPER
from symicl.proofs.tokens.setting import MODEL, NOTATION, SIZES, WHERE, model, one_step
from symicl.statements import EveryMinimiser, GlobalMinimum, Theorem
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss, minimise_over_features
from symicl.typeset import Equation

n, d = si.dims("n d")
R = si.covariance("R", n)
task = LinearRegression(covariates=si.gaussian("X", (n, d), row_cov=R), test=si.gaussian("x", d))
sigma2 = task.noise
eta = Trace(R) / (Trace(R) ** 2 + (d + 1) * Trace(R**2) + sigma2 * Trace(R))
n_eff, louder = Trace(R) ** 2 / Trace(R**2), sigma2 * Trace(R) / Trace(R**2)
excess = d * (d + 1 + louder) / (n_eff + d + 1 + louder)

theorem = Theorem(
    id="tokens.correlated",
    title="Correlated examples count for fewer",
    paper=PAPER,
    source="derived here, for its setting with correlated rows",
    assumptions=(
        r"the columns of $X$ are independent with the law $N(0,R)$, the query $x\sim N(0,I_d)$, task $w\sim N(0,I_d)$, "
        r"noise $\varepsilon\sim N(0,\sigma^{2})$, all independent",
        SIZES,
        MODEL,
    ),
    task=task,
    model=model,
    states={"n_eff": n_eff, "excess": excess},
    propositions=(GlobalMinimum("loss"), EveryMinimiser(eta * task.x.T * task.X.T * task.y)),
    corollaries={
        "eta": eta,
        "loss": sigma2 + excess,
        "noiseless_excess": d * (d + 1) / (n_eff + d + 1),
        "independent_excess": d * (d + 1 + sigma2) / (n + d + 1 + sigma2),
    },
    notation=NOTATION | {"n_eff": "N", "independent_excess": r"R=I_n:\quad\mathcal{E}^{*}"},
    where=WHERE | {"N": "is the number of independent examples that are worth as much"},
)


@theorem.derivation
def derive(step):
    step.axiom("Stein's identity for centred Gaussians")
    found = one_step(step, task, sigma2)
    trace, square = read_form(Trace(R)), read_form(Trace(R**2))
    count, noise = trace * trace / square, read_form(sigma2) * trace / square
    plain = LinearRegression()
    independent = minimise_over_features(expected_loss(model, plain)).closed_form - read_form(plain.noise)
    step.show("The number of independent examples that are worth as much", Equation("N", count))
    step.check(
        r"the least excess loss is that of $N$ independent examples with the noise $\sigma^{2}\operatorname{tr}R/"
        r"\operatorname{tr}R^{2}$",
        found["excess"],
        independent.substitute({scalar_letter(plain.n): count, scalar_letter(plain.noise): noise}),
    )
    alone = found["excess"].substitute({symbol_letter(R): ClosedForm.identity(read_form(R).rows)})
    return found | {"n_eff": count, "independent_excess": alone}
