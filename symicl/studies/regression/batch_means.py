"""Means of heavy-tailed draws with intervals that cover: batch means, Student's t and Hotelling's T².

The loss of a linear attention layer on one prompt is of degree six in Gaussians: its kurtosis is about 100, and the
sample variance of raw draws is itself uncertain.  Means of equal batches are nearly normal; their spread gives the
standard error, and the quantiles of Student's t with B − 1 degrees of freedom account for its own error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from symicl.errors import InputError
from symicl.studies.runtime.lazy_scipy import load_special

BATCHES = 100
FLOAT_ROUNDING = 1e-12
"""Of the size of the draws: what float64 can add to a difference."""


def check_rate(rate: float) -> float:
    """A false-positive rate.

    Raises
    ------
    InputError
        If it is not between 0 and 1.
    """
    if not 0 < rate < 1:
        raise InputError(f"false_alarm={rate} must be between 0 and 1, for instance 1e-6")
    return rate


@dataclass(frozen=True)
class Mean:
    """A mean over independent draws.

    Attributes
    ----------
    mean, error : float
        Its standard error is that of the means of the batches.
    draws, batches : int
    effective : float
        2N/(κ − 1) for kurtosis κ, at most N: from as many Gaussian draws the error would be known as well.
    """

    mean: float
    error: float
    draws: int
    batches: int
    effective: float

    @classmethod
    def of(cls, draws: np.ndarray, batches: int = BATCHES) -> Mean:
        """Of N draws; those that do not fill a batch are left out."""
        batches = min(batches, len(draws) // 2)
        if batches < 2:
            raise InputError(f"{len(draws)} draws are too few for batch means; take at least 4")
        draws = draws[: len(draws) // batches * batches]
        means = draws.reshape(batches, -1).mean(1)
        centred = draws - draws.mean()
        variance = float((centred**2).mean())
        kurtosis = float((centred**4).mean()) / variance**2 if variance > 0 else 1.0
        effective = min(1.0, 2 / (kurtosis - 1)) if kurtosis > 1 else 1.0
        error = float(means.std(ddof=1)) / math.sqrt(batches)
        return cls(float(draws.mean()), error, len(draws), batches, len(draws) * effective)

    @classmethod
    def of_batches(cls, means: np.ndarray, draws: int) -> Mean:
        """Of the means of equal batches; how many draws count is not known then."""
        error = float(means.std(ddof=1)) / math.sqrt(len(means))
        return cls(float(means.mean()), error, draws, len(means), math.nan)

    def half_width(self, rate: float) -> float:
        """Half of the interval that misses the expectation at this rate."""
        return float(load_special().stdtrit(self.batches - 1, 1 - rate / 2)) * self.error

    def chance(self, expected: float, scale: float = 0.0) -> float:
        """The probability of a mean as far from this expectation or farther (two-sided).

        Parameters
        ----------
        expected : float
        scale : float
            Size of what was subtracted on the way to the draws, whose rounding is no deviation.
        """
        error = math.hypot(self.error, FLOAT_ROUNDING * max(scale, abs(expected)))
        gap = abs(self.mean - expected)
        return 2 * float(load_special().stdtr(self.batches - 1, -gap / error)) if error else float(gap == 0)


def joint_chance(draws: np.ndarray, scale: float, batches: int = BATCHES) -> float:
    """The probability of means as far from zero as those of the columns, or farther: Hotelling's T² of batch means.

    For many batches it is the chi-square test with as many degrees of freedom as columns.

    Parameters
    ----------
    draws : N × p array, p < batches
    scale : float
        As in `Mean.chance`.
    """
    size = len(draws) // batches
    means = draws[: size * batches].reshape(batches, size, -1).mean(1)
    p = means.shape[1]
    covariance = np.atleast_2d(np.cov(means.T)) / batches + (FLOAT_ROUNDING * scale) ** 2 * np.eye(p)
    centre = means.mean(0)
    if not centre.any():
        return 1.0
    # Columns of very different sizes are scaled before the inversion.
    root = np.sqrt(np.diag(covariance))
    squared = float(centre / root @ np.linalg.pinv(covariance / np.outer(root, root)) @ (centre / root))
    return float(load_special().fdtrc(p, batches - p, squared * (batches - p) / (p * (batches - 1))))
