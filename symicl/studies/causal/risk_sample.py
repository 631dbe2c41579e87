"""The risk of a trained model on test sequences of one length: sampled, exact and as stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symicl.studies.kinds.estimate import Estimate


@dataclass(frozen=True)
class RiskSample:
    """The trained model on test sequences of one length.

    Attributes
    ----------
    law : str
    T_test, seed : int
    inputs : dict
    stated : dict of float
    exact : float
        The exact risk at the weights where the exact loss leads from the trained ones.
    mse, ratio : Estimate
        Per coordinate, of these weights: |ŷ_j − x_j|², and the real part of ŷ_j/x_j where x_j is not zero.
    """

    law: str
    T_test: int
    seed: int
    inputs: Mapping[str, Any]
    stated: Mapping[str, float]
    exact: float
    mse: Estimate
    ratio: Estimate

    @property
    def size(self) -> float:
        """Of squares of x_1."""
        return float(self.inputs["scale"]) ** 2

    def off(self, mse: float) -> float:
        """The exact risk minus a formula, relative to it or to the size of x_1."""
        return abs(self.exact - mse) / (self.size * max(abs(mse) / self.size, 1e-3))

    def sampled_off(self) -> float:
        """Standard errors between the sampled risk and the exact one; rounding is allowed for."""
        rounding = 1e-9 * self.size
        return abs(self.mse.below(self.exact)) if abs(self.mse.mean - self.exact) > rounding else 0.0
