"""Random causal models on random phases: one description, read by the engine and by explicit coordinates."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from oracle.causal import times
from symicl.certificates.coordinates import phases
from symicl.certificates.coordinates.phases import Laurent
from symicl.expectation import DiagonalMatrix, FullMatrix, ScalarMatrix
from symicl.models import CausalModel
from symicl.tasks import AutoregressiveTask
from symicl.theory import autoregressive_loss

SCALE = Fraction(3, 2)
LAWS = ("gaussian", "rademacher", "uniform", "sparse", "ones")
KINDS = ("scalar", "diagonal", "full")

Description = dict[str, Any]
"""A model, a law and sizes, as JSON."""


@st.composite
def descriptions(draw: st.DrawFn) -> Description:
    """One or two summands: a lagged vector, attention, or an entrywise product summed over the context."""
    paired = draw(st.booleans())
    parts = []
    for _ in range(draw(st.integers(1, 2))):
        kind = draw(st.sampled_from(("now", "attend", "attend", "ratio")))
        lag = st.integers(0, 2)
        first, last = draw(st.integers(1, 2)), draw(st.integers(0, 1))
        parts.append(
            {
                "kind": kind,
                "matrix": draw(st.sampled_from(KINDS)),
                "inner": draw(st.sampled_from(KINDS)),
                "lags": [draw(st.integers(-1, 1) if last else lag), draw(lag), draw(st.integers(0, 1))],
                "first": first,
                "last": last,
                "normalised": draw(st.booleans()),
            }
        )
    return {
        "parts": parts,
        "paired": paired,
        "law": draw(st.sampled_from(LAWS)),
        "d": draw(st.sampled_from((2,) if paired else (1, 2))),
        "T": draw(st.integers(3, 5)),
        "seed": draw(st.integers(0, 9)),
    }


@dataclass(frozen=True)
class Described(CausalModel):
    """The model of a description."""

    parts: tuple[Any, ...]

    def weight_shapes(self) -> dict:
        return {}

    def predict(self, parameters: Mapping[str, Any], sequence: Any) -> Any:
        total = None
        for k, part in enumerate(self.parts):
            outer, inner = parameters[f"M{k}"], parameters[f"A{k}"]
            one, two, query = part["lags"]
            now = sequence.now
            if part["kind"] == "now":
                term = outer @ now.x(two)
            else:
                s = sequence.context(first=part["first"], last=part["last"])
                if part["kind"] == "attend":
                    term = outer @ sequence.attend(s.x(one), s.x(two), inner @ now.x(query), s)
                else:
                    term = outer @ sequence.sum(s.x(one) * s.x(two).conj() * now.x(query), s)
                if part["normalised"]:
                    term = term * sequence.inverse_length
            total = term if total is None else total + term
        return total


def numbers(description: Description) -> dict[str, Any]:
    """The matrices of a description: a number, a diagonal or a nested list each."""
    source = random.Random(description["seed"])
    d = description["d"]

    def one() -> Fraction:
        return Fraction(source.choice((-3, -2, 2, 3, 5)), source.choice((1, 2, 3)))

    made: dict[str, Any] = {}
    for k, part in enumerate(description["parts"]):
        for name, kind in ((f"M{k}", part["matrix"]), (f"A{k}", part["inner"])):
            if kind == "scalar":
                made[name] = one()
            elif kind == "diagonal":
                made[name] = [one() for _ in range(d)]
            else:
                made[name] = [[one() for _ in range(d)] for _ in range(d)]
    return made


def full(value: Any, d: int) -> list[list[Fraction]]:
    """A number, a diagonal or a matrix as a matrix."""
    if not isinstance(value, list):
        value = [value] * d
    if not isinstance(value[0], list):
        return [[x if i == j else Fraction(0) for j in range(d)] for i, x in enumerate(value)]
    return value


def prediction(description: Description, made: Mapping[str, Any], t: int) -> list[Laurent]:
    """x̂_{t+1} in explicit coordinates."""
    d, paired = description["d"], description["paired"]

    def x(time: int) -> list[Laurent]:
        return phases.vector(d, time, paired=paired)

    total = [Laurent()] * d
    for k, part in enumerate(description["parts"]):
        outer, inner = full(made[f"M{k}"], d), full(made[f"A{k}"], d)
        one, two, query = part["lags"]
        if part["kind"] == "now":
            found = x(t - two)
        else:
            found = [Laurent()] * d
            for s in range(part["first"], t - part["last"] + 1):
                if part["kind"] == "attend":
                    score = phases.inner(x(s - two), times(inner, x(t - query)))
                    found = [a + b * score for a, b in zip(found, x(s - one), strict=True)]
                else:
                    triples = zip(x(s - one), x(s - two), x(t - query), strict=True)
                    found = [a + u * v.conj() * w for a, (u, v, w) in zip(found, triples, strict=True)]
            if part["normalised"]:
                found = [a * Fraction(1, t - 1) for a in found]
        total = [a + b for a, b in zip(total, times(outer, found), strict=True)]
    return total


def phase_disagreement(description: Description) -> str | None:
    """Why the two engines differ on a description; None if they agree.

    Raises
    ------
    UnsupportedError
        If the engine refuses the model.
    """
    d, length, paired = description["d"], description["T"], description["paired"]
    made = numbers(description)
    parameters: dict[str, Any] = {}
    for name, value in made.items():
        if not isinstance(value, list):
            parameters[name] = ScalarMatrix(value)
        else:
            parameters[name] = (FullMatrix if isinstance(value[0], list) else DiagonalMatrix)(name)
    task = AutoregressiveTask("orthogonal" if paired else "unitary", description["law"], SCALE)
    loss = autoregressive_loss(Described(tuple(description["parts"])), task, parameters)
    given = {name: value for name, value in made.items() if isinstance(value, list)}
    found = loss.at(d=d, T=length)(**given)
    said = Fraction(int(found.p), int(found.q))
    moment = phases.law(description["law"], d, SCALE)
    value = sum(
        phases.squared_error(prediction(description, made, t), d, t, moment, paired=paired)
        for t in range(2, length)
    )
    return (
        None
        if said == value
        else f"the loss of {description} is {said} by the engine, {value} by coordinates"
    )
