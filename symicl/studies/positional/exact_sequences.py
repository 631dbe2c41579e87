"""Sequences over which a mean is an exact expectation: phases at the nodes of a quadrature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.models import CausalModel
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.tasks import ArraySequence

if TYPE_CHECKING:
    import torch


def arc(mu: float, length: int, nodes: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Sequences of one coordinate with λ = e^{iθ/μ}, θ at the nodes of Gauss-Legendre on [0, 2π], and the weights."""
    points, weights = np.polynomial.legendre.leggauss(nodes)
    theta = np.pi * (points + 1)
    return np.exp(1j * (theta / mu)[:, None, None] * np.arange(length)[None, :, None]), weights / 2


def mean_squared_error(
    model: CausalModel, weights: Mapping[str, Any], x: torch.Tensor, probabilities: torch.Tensor | None = None
) -> torch.Tensor:
    """Σ_{t=2}^{L−1} of the mean of ‖x̂_{t+1} − x_{t+1}‖², by the forward pass.

    Parameters
    ----------
    model : CausalModel
    weights : dict of tensors
    x : sequences × L × d
        The last vector is a target only.
    probabilities : tensor, optional
        Of the sequences; equal ones by default.
    """
    torch = load_torch()
    predicted = model.forward(weights, ArraySequence(x[:, :-1])).predictions
    errors = (predicted - x[:, 2:]).abs().square().sum((-2, -1))
    return errors.mean() if probabilities is None else torch.dot(errors, probabilities)
