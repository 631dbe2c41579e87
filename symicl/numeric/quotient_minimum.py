"""The least value of a quotient of forms over all directions, with proven digits.

Guarantee: on the boxes that are left out the numerator less a value that is attained times the denominator has positive
Bernstein coefficients, so that it is positive; on the hulls of the others the quotient is shown to be strongly convex,
so that a point with a small gradient is as good as the minimiser.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import sympy

from symicl.errors import UnsupportedError
from symicl.numeric.balls import negative_squares, proven_digits
from symicl.numeric.bernstein import Pieces
from symicl.numeric.intervals import Intervals
from symicl.numeric.jets import Jet

Function = Callable[[Sequence[Any], Callable[[flint.arb], Any]], Any]
"""From a point and from what makes a constant of a ball, to the value; of jets, balls or intervals alike."""
Form = Mapping[tuple[int, ...], flint.arb]
"""A homogeneous polynomial: from exponents to coefficients."""
MAX_BOXES = 40_000
"""Boxes in one chart; beyond them there are too many variables, or the minimiser is degenerate."""
ROUNDS = 120
FEW = 400
GROWTH = 0.1
"""By how much of its width a hull is enlarged on each side."""


@dataclass(frozen=True)
class Basin:
    """A box on which a function is strongly convex, and a point in it near the minimiser.

    Attributes
    ----------
    function : Function
    low, high, at : ndarray
    bend : float
        A lower bound for the eigenvalues of the Hessian on the box.
    """

    function: Function
    low: np.ndarray
    high: np.ndarray
    at: np.ndarray
    bend: float

    def enclose(self) -> flint.arb | None:
        """A ball around the minimum on the box, at the current precision; None if Newton's method leaves the box."""
        point = [flint.arb(float(x)) for x in self.at]
        for _ in range(60):
            jet = self.function(Jet.variables(point, 2), lambda ball: ball)
            step = newton(jet, len(point))
            if step is None:
                return None
            point = [flint.arb((x - s).mid()) for x, s in zip(point, step, strict=True)]
            if all(abs(s) < flint.arb(2) ** (-flint.ctx.prec // 2) for s in step):
                break
        ends = zip(point, self.low.tolist(), self.high.tolist(), strict=True)
        if not all(low <= x <= high for x, low, high in ends):
            return None
        jet = self.function(Jet.variables(point, 1), lambda ball: ball)
        loss = sum((g * g for g in jet.slope), flint.arb(0)) / (2 * flint.arb(self.bend))
        return (jet.value - loss).lower().union(jet.value.upper())


def least_value(
    numerator: Form,
    denominator: Form,
    charts: Sequence[Function],
    even: Sequence[bool],
    *,
    digits: int,
    what: str,
) -> sympy.Float:
    """min over x ≠ 0 of numerator(x)/denominator(x), two forms of one even degree.

    Parameters
    ----------
    numerator, denominator : dict
        The denominator is positive.
    charts : sequence of callables
        Function i is the quotient at x_i = 1, of the other coordinates.
    even : sequence of bool
        For each coordinate whether the quotient is even in it.
    digits : int
    what : str
        What is minimised, for messages.

    Raises
    ------
    UnsupportedError
        If the budget does not suffice, as where the minimiser is degenerate or there are many variables.
    """
    pieces = [Pieces.of(numerator, denominator, place, even) for place in range(len(charts))]
    basins = basins_of(charts, pieces, what)

    def enclose() -> list[flint.arb] | None:
        found = [basin.enclose() for basin in basins]
        if any(ball is None for ball in found):
            return None
        balls = [ball for ball in found if ball is not None]
        low, high = balls[0].lower(), balls[0].upper()
        for ball in balls[1:]:
            low = ball.lower() if ball.lower() < low else low
            high = ball.upper() if ball.upper() < high else high
        return [low.union(high)]

    (value,) = proven_digits(enclose, digits, what)
    return value


def basins_of(charts: Sequence[Function], pieces: Sequence[Pieces], what: str) -> list[Basin]:
    """Divide and discard until what is left lies in convex boxes."""
    bound, left = np.inf, list(pieces)
    for _ in range(ROUNDS):
        bound = min([bound, *(piece.least_seen() for piece in left if piece.count)])
        left = [piece.above(bound).divided() if piece.count else piece for piece in left]
        if max(piece.count for piece in left) > MAX_BOXES:
            break
        if sum(piece.count for piece in left) <= FEW:
            found = convex_hulls(charts, [(piece.low, piece.high) for piece in left])
            if found is not None:
                return found
    raise UnsupportedError(
        f"{what} could not be enclosed: it may be attained where the second derivative vanishes, or there are too many "
        "variables"
    )


def convex_hulls(
    functions: Sequence[Function], left: Sequence[tuple[np.ndarray, np.ndarray]]
) -> list[Basin] | None:
    """A basin around each group of boxes that touch; None if one is not seen to be convex."""
    found = []
    for function, (low, high) in zip(functions, left, strict=True):
        for one, two in hulls(low, high):
            basin = convex(function, one, two)
            if basin is None:
                return None
            found.append(basin)
    return found


def hulls(low: np.ndarray, high: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The hulls of boxes that touch each other."""
    rest = list(zip(low, high, strict=True))
    while rest:
        one, two = rest.pop()
        grown = True
        while grown:
            touching = [bool(np.all(a <= two) and np.all(b >= one)) for a, b in rest]
            grown = any(touching)
            for (a, b), touches in zip(rest, touching, strict=True):
                if touches:
                    one, two = np.minimum(one, a), np.maximum(two, b)
            rest = [box for box, touches in zip(rest, touching, strict=True) if not touches]
        yield one, two


def convex(function: Function, low: np.ndarray, high: np.ndarray) -> Basin | None:
    """The box, somewhat enlarged, if the Hessian is positive definite on it."""
    margin = GROWTH * (high - low) + 1e-9
    low, high = low - margin, high + margin
    size = len(low)
    centre = (low + high) / 2
    box = [Intervals(low[k : k + 1], high[k : k + 1]) for k in range(size)]
    curve = function(Jet.variables(box, 2), Intervals.around).curve
    if not all(np.isfinite(x.low).all() and np.isfinite(x.high).all() for row in curve for x in row):
        return None
    balls = [[ball(curve[max(i, j)][min(i, j)]) for j in range(size)] for i in range(size)]
    middle = np.array([[float(entry.mid()) for entry in row] for row in balls])
    bend = float(np.linalg.eigvalsh(middle)[0]) / 4
    if not bend > 0:
        return None
    rows = [[x - bend if i == j else x for j, x in enumerate(row)] for i, row in enumerate(balls)]
    if negative_squares(rows) != 0:
        return None
    basin = Basin(function, low, high, centre, bend)
    return basin if basin.enclose() is not None else None


def ball(interval: Intervals) -> flint.arb:
    """An interval as a ball."""
    return flint.arb(float(interval.low[0])).union(flint.arb(float(interval.high[0])))


def newton(jet: Jet, size: int) -> list[flint.arb] | None:
    """H⁻¹ times the gradient, at the centres of the balls."""
    hessian = flint.arb_mat(
        [[flint.arb(jet.curve[max(i, j)][min(i, j)].mid()) for j in range(size)] for i in range(size)]
    )
    try:
        found = hessian.solve(flint.arb_mat([[flint.arb(g.mid())] for g in jet.slope]))
    except ZeroDivisionError:
        return None
    return [found[i, 0] for i in range(size)]
