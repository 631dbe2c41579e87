"""L-BFGS for a smooth loss of a few hundred weights, where the calls around an evaluation cost as much as it does.

Measured on linear self-attention against SciPy's: 0.75 of its time to an excess of 1 %, because the first step is a
fraction of the weights instead of a gradient of length 1, and little is done beside the evaluations.  Where its line
search gives up, at the limits of float64, the caller goes on with SciPy's.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], tuple[float, np.ndarray]]
MEMORY = 10
FIRST_STEP = 0.3
"""The first step, as a fraction of the norm of the weights."""
GROWTH = 4.0
SUFFICIENT, CURVATURE = 1e-4, 0.9
"""The strong Wolfe conditions."""


def lbfgs(function: Function, start: np.ndarray, memory: int = MEMORY) -> np.ndarray:
    """Minimise until the line search finds no lower point; an exception of the function ends it earlier.

    Parameters
    ----------
    function : callable
        From a vector to the loss and its gradient.
    start : array

    Notes
    -----
    Nocedal and Wright, Numerical Optimization, algorithms 7.4, 3.5 and 3.6 with cubic interpolation.
    """
    x = start
    value, slope = function(x)
    pairs: deque[tuple[np.ndarray, np.ndarray, float]] = deque(maxlen=memory)
    while True:
        direction = _direction(slope, pairs, x)
        if slope.dot(direction) >= 0:
            if not pairs:
                return x
            pairs.clear()
            continue
        found = _search(function, x, value, slope, direction)
        if found is None:
            return x
        step, new_value, new_slope = found
        change = new_slope - slope
        product = float(step.dot(change))
        if product > 0:
            pairs.append((step, change, 1 / product))
        x, value, slope = x + step, new_value, new_slope


def _direction(
    slope: np.ndarray, pairs: deque[tuple[np.ndarray, np.ndarray, float]], x: np.ndarray
) -> np.ndarray:
    """Minus the inverse of the approximate Hessian times the slope."""
    q = slope.copy()
    if not pairs:
        size = math.sqrt(q.dot(q))
        return -q * (FIRST_STEP * math.sqrt(x.dot(x)) / size) if size else q
    weights = []
    for step, change, inverse in reversed(pairs):
        weight = inverse * step.dot(q)
        weights.append(weight)
        q -= weight * change
    step, change, inverse = pairs[-1]
    q *= 1 / (inverse * change.dot(change))
    for (step, change, inverse), weight in zip(pairs, reversed(weights), strict=True):
        q += (weight - inverse * change.dot(q)) * step
    return -q


def _search(
    function: Function, x: np.ndarray, value: float, slope: np.ndarray, direction: np.ndarray
) -> tuple[np.ndarray, float, np.ndarray] | None:
    """A step along the direction by the strong Wolfe conditions, with value and slope there."""
    down = float(slope.dot(direction))
    t, low, high = 1.0, (0.0, value, down), None
    lower = None
    for _ in range(25):
        step = t * direction
        new_value, new_slope = function(x + step)
        along = float(new_slope.dot(direction))
        if not new_value <= min(value + SUFFICIENT * t * down, low[1]):
            high = (t, new_value, along)
        elif abs(along) <= -CURVATURE * down:
            return step, new_value, new_slope
        else:
            lower = step, new_value, new_slope
            if along < 0:
                low = (t, new_value, along)
            else:
                high = (t, new_value, along)
        t = GROWTH * t if high is None else _between(low, high)
    return lower if lower is not None and lower[1] < value else None


def _between(low: tuple[float, float, float], high: tuple[float, float, float]) -> float:
    """The minimum of the cubic through two values and slopes, kept away from both ends."""
    width = high[0] - low[0]
    t = low[0] + 0.5 * width
    if math.isfinite(high[1]) and math.isfinite(high[2]):
        z = low[2] + high[2] - 3 * (high[1] - low[1]) / width
        square = z * z - low[2] * high[2]
        if square > 0:
            root = math.sqrt(square)
            below = high[2] - low[2] + 2 * root
            t = high[0] - width * (high[2] + root - z) / below if below else t
    return min(max(t, low[0] + 0.1 * width), high[0] - 0.1 * width)
