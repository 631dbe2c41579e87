"""Sums of positional weights over the solutions of equations between times."""

from __future__ import annotations

from functools import lru_cache

from symicl.algebra import Polynomial, read_scalar, unheard
from symicl.errors import UnsupportedError
from symicl.expectation.phases.affine import FREE, Affine, time
from symicl.expectation.phases.diophantine import Region, count_points, count_solutions, solve
from symicl.expectation.phases.in_time import InTime
from symicl.expectation.phases.parameters import PositionalWeights
from symicl.expectation.phases.terms import Position


@lru_cache(maxsize=4096)
@unheard
def sum_over_solutions(
    equations: frozenset[Affine], region: Region, positions: tuple[Position, ...]
) -> InTime:
    """Σ over the integer points of a region in which the equations hold of a product of positional weights.

    Without weights it is the number of the points. Weights at positions below 1 count as zero.

    Raises
    ------
    UnsupportedError
        If the weights enter otherwise than through single ones and sums of powers up to a position t − c.
    """
    if not positions:
        return count_solutions(equations, region)
    marked = {v for p in positions for v in p.time.variables()}
    solved = solve(sorted(equations), region, keep=marked)
    if solved is None:
        return InTime()
    region, values = solved
    factor = Polynomial.constant(1)
    groups: dict[int, list[Position]] = {}
    for position in positions:
        at = position.time
        for variable, form in values.items():
            at = at.replaced(variable, form)
        variables = at.variables()
        if not variables:
            factor = factor * read_scalar(_single(position.weights, at))
        elif len(variables) == 1 and at.coefficient(min(variables)) == 1 and not at.coefficient(FREE):
            groups.setdefault(min(variables), []).append(Position(position.weights, at))
        else:
            raise UnsupportedError("a positional weight stands at a sum of times, which is not supported")
    others = []
    bounds: dict[int, list[Affine]] = {variable: [] for variable in groups}
    for form in region:
        inside = form.variables() & groups.keys()
        if not inside:
            others.append(form)
        elif len(form.variables()) == 1:
            bounds[min(inside)].append(form)
        else:
            raise UnsupportedError("the range of one weighted position depends on another one")
    for variable, group in groups.items():
        factor = factor * _range_sum(variable, group, bounds[variable])
    return count_points(tuple(others)) * factor


def _single(weights: PositionalWeights, at: Affine) -> object:
    """The weight at t − c or at a fixed position."""
    if not at.terms:
        return weights.first(at.constant)
    if at.terms != ((FREE, 1),):
        raise UnsupportedError("a positional weight stands at a multiple of t, which is not supported")
    return weights.last(-at.constant)


def _range_sum(variable: int, group: list[Position], bounds: list[Affine]) -> Polynomial:
    """Σ over the range of one time of a power of the weights at it."""
    weights, at = group[0]
    if any(position != group[0] for position in group):
        raise UnsupportedError(
            "products of weights at different distances do not reduce to sums of powers of the weights"
        )
    power = len(group)
    # In terms of the position k = variable + shift: first ≤ k ≤ t + end.
    shift = at.constant
    first, ends = None, []
    for form in bounds:
        c = form.coefficient(variable)
        rest = form.plus(time(variable).times(-c))
        if c == 1 and not rest.terms:
            first = max(-rest.constant + shift, -rest.constant + shift if first is None else first)
        elif c == -1 and rest.terms == ((FREE, 1),):
            ends.append(rest.constant + shift)
        else:
            raise UnsupportedError("the range of a weighted position must be from a number to t − c")
    if first is None or not ends:
        raise UnsupportedError("a weighted position has no bounds; sum over it with the sequence's own sum")
    end, cut = min(ends), -weights.separate
    total = read_scalar(weights.earlier(power))
    for back in range(cut + 1, end + 1):
        total = total + read_scalar(weights.last(-back)) ** power
    for back in range(end + 1, cut + 1):
        total = total - read_scalar(weights.last(-back)) ** power
    for position in range(1, first):
        total = total - read_scalar(weights.first(position)) ** power
    return total
