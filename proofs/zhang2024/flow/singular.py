"""Covariates that stay in a subspace: the flow there is that of a problem of lower dimension."""

from symicl.algebra import (
    ClosedForm,
    covariance,
    dims,
    letter,
    read_form,
    symbol_letter,
    symmetric,
    vector,
)
from symicl.proofs.zhang2024.setting import H, Psi, beta_star, n, sigma2
from symicl.tasks import LinearRegression
from symicl.theory import expected_loss
from symicl.theory import flow as flow_of


def singular_covariates(step, loss, flow):
    """H = UKUᵀ with orthonormal columns of U and K ≻ 0: risk and flow are those of Uᵀβ and UᵀΓU."""
    k = dims("k")
    K, prior, mean = covariance("K", k), symmetric("Psi_U", k), vector("beta_U", k)
    task = LinearRegression(covariate_cov=K, task_cov=prior, task_mean=mean, noise=sigma2, n=n, d=k)
    smaller = flow_of(expected_loss(loss.model, task))
    U = ClosedForm.of(letter("basis of the range of H", flow.dim, read_form(K).rows))
    inside = {symbol_letter(H): U @ read_form(K) @ U.T}
    below = {
        symbol_letter(prior): U.T @ read_form(Psi) @ U,
        symbol_letter(mean): U.T @ read_form(beta_star),
        smaller.letters["beta"]: U.T @ flow.beta,
        smaller.letters["Gamma"]: U.T @ flow.Gamma @ U,
    }
    step(
        r"Where $H$ is singular, the flow on its range is that of a problem with $K\succ0$",
        r"H=UKU^{\top},\ U^{\top}U=I_{k}:\qquad\mathcal{R}(\beta,\Gamma;H,\Psi,\beta^{*})"
        r"=\mathcal{R}(U^{\top}\beta,U^{\top}\Gamma U;K,U^{\top}\Psi U,U^{\top}\beta^{*})",
        r"\dot\beta=U\tfrac{d}{dt}(U^{\top}\beta),\qquad\dot\Gamma=U\tfrac{d}{dt}(U^{\top}\Gamma U)U^{\top}",
        where={
            "k": "is the rank of $H$",
            "U": r"$\in\mathbb{R}^{d\times k}$ has an orthonormal basis of the range of $H$ for columns",
            "K": r"$\in\mathbb{R}^{k\times k}$ is positive definite; its eigenvalues are those of $H$ other than $0$",
        },
    )
    step.axiom(
        r"a positive semidefinite $H$ of rank $k$ is $UKU^{\top}$ with $U^{\top}U=I_k$ and $K\succ0$ (spectral theorem)"
    )
    step.check(
        r"the risk is that of $U^{\top}\beta$ and $U^{\top}\Gamma U$ in the smaller problem",
        flow.risk.substitute(inside),
        smaller.loss_form.substitute(below),
    )
    step.check(
        r"$\dot\beta$ is $U$ times its velocity there: in the kernel of $H$, $\beta$ never moves",
        flow.motion.velocities["beta"].substitute(inside),
        U @ smaller.velocities["beta"].substitute(below),
    )
    step.check(
        r"$\dot\Gamma$ is $U$ times its velocity there times $U^{\top}$",
        flow.motion.velocities["Gamma"].substitute(inside),
        U @ smaller.velocities["Gamma"].substitute(below) @ U.T,
    )
