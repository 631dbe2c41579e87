"""The risk of the Bayes predictor: ridge regression with penalty σ²."""

from __future__ import annotations

import sympy

from symicl.numeric import mean_sum_over_eigenvalues, np
from symicl.theory.architectures.risk import Risk
from symicl.theory.architectures.setting import Setting

NAME = "Bayes: ridge regression with penalty σ²"
DRAWS, BATCH = 4000, 500
SEED = 0


def bayes_risk(setting: Setting) -> Risk:
    """E tr(H (XᵀX/σ² + I)⁻¹), and at σ² = 0 its limit, the part of w outside of the examples.

    With H = I it is an integral over the eigenvalues of a Wishart matrix; otherwise a mean over sampled X.
    """
    outside = max(setting.d - setting.n, 0)
    if not setting.is_isotropic:
        return _sampled(setting)
    if setting.sigma2 == 0:
        return Risk(NAME, sympy.Integer(outside), "exact")
    noise = float(setting.sigma2)
    inside = mean_sum_over_eigenvalues(setting.n, setting.d, lambda value: noise / (value + noise))
    return Risk(NAME, sympy.Float(outside + inside, 10), "digits")


def _sampled(setting: Setting) -> Risk:
    """The mean over draws of X, each with the exact variance of w given X; its standard error is the remark."""
    if setting.sigma2 == 0 and setting.n >= setting.d:
        return Risk(NAME, sympy.Integer(0), "exact")
    random, noise = np.random.default_rng(SEED), float(setting.sigma2)
    law = np.sqrt(np.array([float(value) for value in setting.eigenvalues]))
    found = np.concatenate([_posterior(random, setting, law, noise) for _ in range(DRAWS // BATCH)])
    error = float(found.std(ddof=1) / np.sqrt(len(found)))
    return Risk(NAME, sympy.Float(float(found.mean()), 6), "sampled", f"± {error:.1g} (standard error)")


def _posterior(random: np.random.Generator, setting: Setting, law: np.ndarray, noise: float) -> np.ndarray:
    """tr H(I − Xᵀ(XXᵀ + σ²I)⁻¹X) for a batch of X."""
    tokens = random.standard_normal((BATCH, setting.n, setting.d)) * law
    kernel = tokens @ tokens.transpose(0, 2, 1) + noise * np.eye(setting.n)
    solved = np.linalg.solve(kernel, tokens)
    return np.sum(law**2) - np.einsum("bnd,bnd->b", tokens * law**2, solved)
