"""The common setting: covariates N(0, H), task N(β*, Ψ), noise σ², and the published optimum Γ*."""

from sympy import Identity, Inverse, Trace

from symicl.algebra import covariance, symmetric, vector
from symicl.statements import SpecialCase
from symicl.tasks import D, LinearRegression

H, Psi, beta_star = covariance("H", D), symmetric("Psi", D), vector("beta_star", D)
task = LinearRegression(covariate_cov=H, task_cov=Psi, task_mean=beta_star)
n, d, sigma2 = task.n, task.d, task.noise

tau = Trace(H * Psi) + sigma2
Gamma_star = Psi * Inverse((n + 1) / n * H * Psi + tau / n * Identity(d))
prediction = task.x.T * (beta_star + Gamma_star * task.X.T * (task.y - task.X * beta_star) / n)
risk = sigma2 + Trace(H * Psi) - Trace(H * Gamma_star * H * Psi)

WHERE = {
    r"\mathcal{R}": "$=L$ is the risk as a function of the weights",
    r"\mathcal{R}^{*}": r"$=L^{*}$ is the minimal risk",
    r"\tau": r"$=\operatorname{tr}(H\Psi)+\sigma^{2}$",
    r"\lVert v\rVert_H^{2}": r"$=v^{\top}Hv$ for every $v\in\mathbb{R}^{d}$",
    r"\langle u,v\rangle_H": r"$=u^{\top}Hv$ for every $u$ and $v$",
}
"""Letters of all statements on this setting."""

ASSUMPTIONS = (
    r"covariates $x\sim N(0,H)$ with $H\succ0$, task $w\sim N(\beta^{*},\Psi)$ with $\Psi\succeq0$, noise "
    r"$\varepsilon\sim N(0,\sigma^{2})$, all independent",
    r"$\operatorname{tr}(H\Psi)+\sigma^{2}>0$, $n\ge1$ context tokens",
)


def is_singular(values):
    """True if H has no inverse."""
    return values[H].det() == 0


def is_noiseless(values):
    """True if τ = tr(HΨ) + σ² vanishes: the responses are Xβ* exactly."""
    product = values[H] * values[Psi]
    return values[sigma2] == 0 and sum(product[i, i] for i in range(product.nrows())) == 0


SINGULAR = SpecialCase(
    applies=is_singular,
    note="H is singular: beta and Gamma are determined only up to the kernel of H (the values given are one choice); "
    "the risk is unique",
    singular=("H",),
)
NOISELESS = SpecialCase(
    applies=is_noiseless,
    note="tr(H Psi) + sigma2 = 0: the responses are X beta_star exactly, so any Gamma is optimal together with "
    "beta_star",
    replaces={"Gamma": None, "risk": sigma2},
)
