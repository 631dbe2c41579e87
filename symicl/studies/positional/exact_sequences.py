"""Sequences over which a mean is an exact expectation: phases at roots of unity, or at the nodes of a quadrature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.models import CausalModel
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.tasks import ArraySequence

if TYPE_CHECKING:
    import torch

MAX_SEQUENCES = 20_000


def roots_of_unity(d: int, length: int, order: int) -> np.ndarray | None:
    """x_1, …, x_length with x_1 = (1, …, 1) and every choice of d phases among the roots of unity of an order.

    A mean over them of monomials λ^m with |m| < order is the expectation over uniform phases.

    Returns
    -------
    array, order^d × length × d, or None if these are too many
    """
    if order**d > MAX_SEQUENCES:
        return None
    angles = 2 * np.pi * np.arange(order) / order
    grids = np.stack(np.meshgrid(*[angles] * d, indexing="ij"), -1).reshape(-1, d)
    return np.exp(1j * grids[:, None, :] * np.arange(length)[None, :, None])


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
