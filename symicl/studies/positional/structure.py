"""The structure of trained heads: the scale and the blocks of C, the positional weights, and the conserved quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import sympy

from symicl.numeric import evaluate

Weights = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Structure:
    """One run against C = c ⊕(1 r; r 1) (r = 0 without pairs, r = 1 with them) and p = (0, …, −r/(1+r), 1)/c.

    Attributes
    ----------
    scale : float
        c, the mean over the diagonal of C.
    distance : float
        The largest of ‖C/c − ⊕‖/‖⊕‖, |c p_T − 1|, |c p_{T−1} + r/(1+r)| and |c p_t|, t ≤ T − 2, over the rows.
    energy, energy_at_start : float
        ‖A‖² − ‖P‖².
    """

    scale: float
    distance: float
    energy: float
    energy_at_start: float


def structure_of(weights: Weights, start: Weights, *, paired: bool) -> Structure:
    """The structure of the weights of one run, and its conserved quantity at its start."""
    C, P = weights["B"].T @ weights["A"], weights["P"][:-1]
    d, ratio = len(C), 0.5 if paired else 0.0
    shape = np.kron(np.eye(d // 2), np.ones((2, 2))) if paired else np.eye(d)
    scale = float(np.diag(C).mean())
    if scale == 0 or not np.isfinite(scale):
        return Structure(scale, float("inf"), float("nan"), _energy(start))
    distance = max(
        float(np.linalg.norm(C / scale - shape) / np.linalg.norm(shape)),
        float(abs(scale * np.diag(P, 1) - 1).max()),
        float(abs(scale * np.diag(P) + ratio).max()),
        float(abs(scale * np.tril(P, -1)).max()),
    )
    return Structure(scale, distance, _energy(weights), _energy(start))


def _energy(weights: Weights) -> float:
    return float((weights["A"] ** 2).sum() - (weights["P"] ** 2).sum())


def scale_at(
    form: sympy.Expr, scale: sympy.Symbol, values: Mapping[sympy.Basic, sympy.Expr], energy: float
) -> float:
    """The c > 0 at which a form that increases with c has a value, by bisection."""
    low, high = 1e-6, 1.0

    def value(c: float) -> float:
        return float(evaluate(form, {**values, scale: sympy.Float(c)}))

    while value(high) < energy:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) < energy else (low, middle)
    return (low + high) / 2
