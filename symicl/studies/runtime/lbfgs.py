"""SciPy's L-BFGS, taken up again where its line search gives up, as it does at the limits of float64."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from symicl.studies.runtime.lazy_scipy import load_optimize

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]
"""From a vector to the loss and its gradient."""
MEMORY = 20
"""Pairs of steps and changes of the gradient that are kept."""
NO_LIMIT = 10**6


def lbfgs(function: Function, start: np.ndarray, *, gain: float = 0.0, memory: int = MEMORY) -> np.ndarray:
    """The lowest point that is found; an exception of the function ends the search earlier.

    Parameters
    ----------
    function : callable
        See `Function`.
    start : array
    gain : float
        The search is taken up again as long as it lowers the loss by more than this fraction.
    memory : int
    """
    minimise = load_optimize().minimize
    options = {"maxiter": NO_LIMIT, "maxfun": NO_LIMIT, "maxcor": memory, "ftol": 0.0, "gtol": 0.0}
    highest = -math.inf

    def finite(vector: np.ndarray) -> tuple[float, np.ndarray]:
        """The function; where it overflows, a value from which the line search turns back."""
        nonlocal highest
        value, slope = function(vector)
        if math.isfinite(value):
            highest = max(highest, value)
            return value, slope
        return highest + abs(highest) + 1, np.zeros_like(slope)

    x, lowest = start, math.inf
    while True:
        found = minimise(finite, x, jac=True, method="L-BFGS-B", options=options)
        if not found.fun < lowest - gain * abs(found.fun):
            return x if found.fun >= lowest else found.x
        x, lowest = found.x, float(found.fun)
