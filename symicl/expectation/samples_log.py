"""Averages over samples in a certificate, stated in full so that the checker of samples recomputes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symicl.algebra import Call, Letters, Log, Polynomial, reciprocals_of

WHY_SAMPLES = (
    "moments of the samples: set partitions of the sample indices, and tensors that rotations leave alone"
)


def write(log: Log, call: Call) -> int:
    """An expectation over samples, as asserted, with what `symicl.certificates.checkers.samples` needs."""
    space, a = call.arguments
    of, full = log.node(a), statement(log.letters, space, a)
    part = {} if full is None else {"samples": {"integrand": log.given("data", a, of=of), **full}}
    return log.asserted(call.result, "an expectation over samples", WHY_SAMPLES, of=of, **part)


def statement(letters: Letters, space: Any, a: Polynomial) -> dict[str, Any] | None:
    """The field ``samples`` of an average but for its ``integrand``, or nothing if it cannot be stated.

    Parameters
    ----------
    letters : Letters
    space : symicl.expectation.samples.SampleSpace
        What was averaged over.
    a : Polynomial
        What was averaged.
    """
    if reciprocals_of(a.letters()):
        return None
    moments = []
    for pattern, value in sorted(_moments(space, a).items()):
        x = _single_letter(value)
        if x is None:
            return None
        moments.append([[list(sample) for sample in pattern], letters.id(x)])
    return {
        "X": letters.id(space.X),
        "y": letters.id(space.y),
        "x": letters.id(space.x),
        "y0": letters.id(space.y0),
        "noise": letters.closed_form(space.sigma2)["terms"],
        "moments": moments,
    }


def _moments(space: Any, a: Polynomial) -> dict[tuple[tuple[int, int], ...], Polynomial]:
    """The moments that the average takes."""
    asked: dict[tuple[tuple[int, int], ...], Polynomial] = {}

    def remembered(pattern: tuple[tuple[int, int], ...]) -> Polynomial:
        asked[pattern] = value = space.moment(pattern)
        return value

    replace(space, moment=remembered).expectation(a)
    return asked


def _single_letter(value: Polynomial) -> int | None:
    """The letter that is the whole value, if there is one."""
    x = min(value.letters(), default=None)
    return x if x is not None and value == Polynomial({((x,),): 1}) else None
