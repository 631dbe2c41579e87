"""Isotropic covariates and a task with a mean, w ~ N(μ, ψI)."""

from sympy import Identity

import symicl as si
from symicl.tasks import D, LinearRegression

mu, psi, mean2 = si.vector("mu", D), si.scalar("psi", positive=True), si.scalar("mean2", nonnegative=True)
task = LinearRegression(task_mean=mu, task_cov=psi * Identity(D))
n, d, sigma2 = task.n, task.d, task.noise
best_excess = psi * d * ((d + 1) * psi + sigma2) / ((n + d + 1) * psi + sigma2)
"""Of one step of gradient descent from μ."""
ASSUMPTIONS = (
    r"covariates $x\sim N(0,I_d)$, task $w\sim N(\mu,\psi I_d)$, noise $\varepsilon\sim N(0,\sigma^{2})$, "
    "all independent",
    "one layer of linear self-attention with residual connection, mask and $1/n$, all its weights free, no softmax",
)
