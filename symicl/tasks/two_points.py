"""A number ≥ 0 with given first moments, as a law on two or three points: for samplers, where moments are all."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symicl.errors import InputError
from symicl.tasks.arrays import library
from symicl.tasks.draws import Draws

Points = list[tuple[float, float]]
"""Values and their probabilities."""


def points(moments: Sequence[Fraction]) -> Points:
    """A law on as few points as have the moments E t, E t², … (four at most).

    Raises
    ------
    InputError
        If no law on the numbers ≥ 0 has them.
    """
    numbers = [Fraction(1), *moments]
    if len(numbers) % 2:
        # One point is 0: the others have the moments of t dμ, and their weights are divided by t.
        found = [(t, w / t) for t, w in _gauss(numbers[1:])]
        found.append((0.0, 1.0 - sum(w for _, w in found)))
    else:
        found = _gauss(numbers)
    if any(t < -1e-12 or w < -1e-9 for t, w in found):
        raise InputError(f"no law has the moments {', '.join(map(str, moments))}")
    return [(max(t, 0.0), max(w, 0.0)) for t, w in found]


def _gauss(numbers: Sequence[Fraction]) -> Points:
    """Gauss's quadrature for a mass and its first moments: half as many points."""
    if len(numbers) == 2 or numbers[0] * numbers[2] == numbers[1] ** 2:
        if not numbers[0]:
            if any(numbers):
                raise InputError(f"no law has the moments {', '.join(map(str, numbers[1:]))}")
            return []
        node = numbers[1] / numbers[0]
        if any(x != numbers[0] * node**k for k, x in enumerate(numbers)):
            raise InputError(f"no law has the moments {', '.join(map(str, numbers[1:]))}")
        return [(float(node), float(numbers[0]))] if node else []
    m0, m1, m2, m3 = numbers
    det = m0 * m2 - m1**2
    # t² + b t + c is orthogonal to 1 and t.
    c, b = (m1 * m3 - m2**2) / det, (m1 * m2 - m0 * m3) / det
    square = b**2 / 4 - c
    if det < 0 or square <= 0:
        raise InputError(f"no law has the moments {', '.join(map(str, numbers[1:]))}")
    root = float(square) ** 0.5
    low, high = -float(b) / 2 - root, -float(b) / 2 + root
    weight = (float(m1) - float(m0) * low) / (high - low)
    return [(low, float(m0) - weight), (high, weight)]


def draw_points(draws: Draws, found: Points, *shape: int) -> Any:
    """Independent draws of a law on points."""
    if len(found) == 1:
        return draws.normal(*shape) * 0 + found[0][0]
    u, below, result = uniform_draws(draws, *shape), 0.0, 0.0
    for k, (value, probability) in enumerate(found):
        above = below + probability if k < len(found) - 1 else 2.0
        # In the precision of the draws.
        result = result + (0 * u + value) * ((u >= below) * (u < above))
        below = above
    return result


def uniform_draws(draws: Draws, *shape: int) -> Any:
    """Independent numbers that are uniform on [0, 1]: exp(−(a² + b²)/2) for normal a and b."""
    a, b = draws.normal(*shape), draws.normal(*shape)
    return library(a).exp(-(a**2 + b**2) / 2)
