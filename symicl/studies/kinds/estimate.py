"""A sampled mean with its error, and claims that it can contradict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from symicl.tasks import Values

MAX_SIGMAS = 6.0
"""Standard errors by which a sampled mean must differ from a claim before the claim is contradicted."""


@dataclass(frozen=True)
class Estimate:
    """A mean with its standard error.

    Attributes
    ----------
    mean, error : float
    samples : int

    Notes
    -----
    The error is itself an estimate, whose relative error is √((κ − 1)/(4N)) for kurtosis κ; the reported one is
    larger by twice that, so that rare large samples do not make it look too small.
    """

    mean: float
    error: float
    samples: int

    @classmethod
    def of(cls, samples: np.ndarray) -> Estimate:
        """From independent samples."""
        size = len(samples)
        centred = samples - samples.mean()
        variance = float((centred**2).mean())
        if variance == 0:
            return cls(float(samples.mean()), 0.0, size)
        kurtosis = float((centred**4).mean()) / variance**2
        inflation = 1 + 2 * math.sqrt(max(kurtosis - 1, 0.0) / (4 * size))
        return cls(float(samples.mean()), math.sqrt(variance / max(size - 1, 1)) * inflation, size)

    def below(self, value: float) -> float:
        """By how many standard errors the mean is below a value."""
        gap = value - self.mean
        rounding = 1e-12 * abs(value)
        if not gap:
            return 0.0
        return gap / (self.error + rounding) if self.error + rounding else math.copysign(math.inf, gap)


@dataclass(frozen=True)
class Bound:
    """A claim on a mean at numbers: mean ≥ value, or mean ≤ value.

    Attributes
    ----------
    name : str
    value : callable
        From exact values to float.
    is_lower : bool
        Whether the value is a lower bound of the mean.
    """

    name: str
    value: Callable[[Values], float]
    is_lower: bool

    def violation(self, estimate: Estimate, values: Values) -> float:
        """By how many standard errors the claim fails; negative where it holds."""
        below = estimate.below(self.value(values))
        return below if self.is_lower else -below
