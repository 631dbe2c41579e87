"""An average over tokens again: the state as polynomials in all that is drawn, one token after the other."""

from __future__ import annotations

from collections.abc import Callable

from symicl.certificates.coordinates.gaussian import Gaussians
from symicl.certificates.coordinates.matrices import Matrix, shape
from symicl.certificates.coordinates.proof_log import Line
from symicl.certificates.coordinates.valuation import Undetermined, Valuation

MAX_UNROLLED_ENTRIES = 4
"""Tokens times entries of the state; beyond it the polynomials are too long."""

Draw = Callable[[Gaussians, int], Matrix]
"""Draws a Gaussian letter once more."""


def after_tokens(line: Line, at: Valuation, draw: Draw) -> Matrix:
    """The expectation that an entry of the rule ``recursion`` speaks of.

    Raises
    ------
    Undetermined
        If there are too many tokens for the size of the state.
    """
    log, gaussians = at.log, Gaussians()
    count = int(at.value(line["tokens"])[0][0])
    values = [line["of"], *(value for _, *both in line["state"] for value in both)]
    random = sorted(
        {a for v in values for a in log.depends[v] if "law" in log.letters[a]} - set(line["fresh"])
    )
    once = {a: draw(gaussians, a) for a in random}
    state = {x: at.with_letters(before, once) for x, before, _ in line["state"]}
    entries = sum(rows * cols for rows, cols in map(shape, state.values()))
    if count * entries > MAX_UNROLLED_ENTRIES:
        raise Undetermined("the entries of the state are polynomials that are too long")
    for _ in range(count):
        drawn = once | state | {z: draw(gaussians, z) for z in line["fresh"]}
        state = {x: at.with_letters(after, drawn) for x, _, after in line["state"]}
    return gaussians.mean(at.with_letters(line["of"], once | state))
