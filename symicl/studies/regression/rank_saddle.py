"""Saddles of low rank: where a product of weight matrices has not yet grown in all directions.

A model that forms its coefficient from a product of weights, such as W_KᵀW_Q, has stationary points that the loss as a
function of the effective parameters does not have: the product has rank k < d, and no weight moves into the other
directions to first order. For K* = ηI they are K = ηP with a projector P of rank k. Small initial weights pass near
them, and spend most of their time there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from symicl.numeric import ExactMatrix, float_matrix, identity_matrix
from symicl.studies.regression.exact_objective import ExactObjective
from symicl.studies.regression.yardstick import Reading, Yardstick
from symicl.theory import StationaryPoint

SADDLE_DISTANCE = 0.1
"""Relative distance from the predicted singular values, and slope left, within which a run counts as near."""


@dataclass(frozen=True)
class RankSaddle(StationaryPoint):
    """A saddle where the coefficient is ηP, P a projector of this rank."""

    rank: int = 1

    @property
    def text(self) -> str:
        return (
            f"saddle of rank {self.rank}, predicted loss {self.loss:.6g} (excess {self.excess:.4g}; "
            "the weights have not yet grown in the other directions)"
        )


def rank_saddle(
    yardstick: Yardstick, reading: Reading, weights: Mapping[str, np.ndarray]
) -> RankSaddle | None:
    """The saddle of low rank that a run is near: by its singular values, its excess and its gradient."""
    target, d = yardstick.target, yardstick.d
    eta = float(target[0, 0])
    if not eta or target != identity_matrix(d) * target[0, 0]:
        return None
    found = np.linalg.svd(float_matrix(reading.coefficient), compute_uv=False) / abs(eta)
    rank = int((found > 0.5).sum())
    if not 0 < rank < d or np.abs(found - (np.arange(d) < rank)).max() > SADDLE_DISTANCE:
        return None
    projected = identity_matrix(d) * target[0, 0]
    for i in range(rank, d):
        projected[i, i] = 0
    if not _is_stationary(yardstick, projected, rank):
        return None
    excess = float(yardstick.separation(projected, target))
    objective = ExactObjective(yardstick.loss, yardstick.task.values)
    flat = objective.pack(weights)
    _, slope = objective(flat)
    moving = float(np.linalg.norm(slope) * np.linalg.norm(flat))
    if abs(float(reading.excess) - excess) > SADDLE_DISTANCE * excess or moving > SADDLE_DISTANCE * excess:
        return None
    return RankSaddle("saddle", 0.0, float(yardstick.target_loss) + excess, excess, rank)


def _is_stationary(yardstick: Yardstick, point: ExactMatrix, rank: int) -> bool:
    """True if the slope by K vanishes, exactly, in each entry whose row or column the point reaches.

    One row and one column that it reaches stand for all: laws that give K* = ηI do not tell directions apart, and
    what they do not tell apart is checked in the last of them.
    """
    d, gap = yardstick.d, point - yardstick.target
    separation = yardstick.separation
    zero = identity_matrix(d) - identity_matrix(d)
    base = separation(gap, zero)
    for i in range(d):
        for j in range(d):
            if (i in (0, rank - 1) and j in (0, d - 1)) or (j in (0, rank - 1) and i in (0, d - 1)):
                entry = identity_matrix(d) - identity_matrix(d)
                entry[i, j] = 1
                if separation(gap + entry, zero) != base + separation(entry, zero):
                    return False
    return True
