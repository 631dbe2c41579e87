"""Sources of randomness for the samplers."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Draws(Protocol):
    """Standard normals as arrays of one library (NumPy, torch), and constants as arrays of the same kind."""

    def normal(self, *shape: int) -> Any:
        """Independent standard normals."""

    def array(self, values: np.ndarray) -> Any:
        """A constant."""


class NumpyDraws:
    """Draws in NumPy float64 from a seed."""

    def __init__(self, seed: int):
        self._rng = np.random.default_rng(seed)

    def normal(self, *shape: int) -> np.ndarray:
        return self._rng.standard_normal(shape)

    def array(self, values: np.ndarray) -> np.ndarray:
        return values
