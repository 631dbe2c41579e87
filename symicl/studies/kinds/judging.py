"""The one rule by which runs become a verdict on a statement.

Each run has been measured by the exact closed form and compared with the statement: it has *reached* what is stated,
it *contradicts* it, or neither. Then

1. *contradicted* is what a run that the statement speaks of contradicts: its exact loss lies below the stated minimum,
   its exact descent ends elsewhere than stated, or its forward pass on fresh samples differs from its closed form by
   more than chance explains at the stated false-positive rate;
2. *inconclusive* is what was interrupted, and whatever lacks something: too few runs have reached it, or a wrong
   version of the statement could not be told apart;
3. *confirmed* is the rest, provided that a run of the real model on samples has reached it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from symicl.studies.evidence import MIN_RUNS, Verdict, demand_samples


class Outcome(Protocol):
    """A run that was measured."""

    @property
    def name(self) -> str: ...

    @property
    def seed(self) -> int: ...

    @property
    def verdict(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def samples(self) -> int: ...

    @property
    def is_claimed(self) -> bool: ...


@dataclass(frozen=True)
class Grounds:
    """The grounds of a verdict.

    Attributes
    ----------
    runs : sequence of measured runs
    confirmed : callable
        The sentence of a confirmation.
    lacking : iterable of str
        Why nothing can be confirmed, the weightiest reason first; asked for only until the first one.
    contradictions : iterable of str
        What contradicts the statement besides single runs.
    remedy : str
        How to get runs on samples, as the end of a sentence.
    """

    runs: Sequence[Outcome]
    confirmed: Callable[[], str]
    lacking: Iterable[str] = ()
    contradictions: Iterable[str] = ()
    remedy: str = field(default="", kw_only=True)


def judge(grounds: Grounds, *, interrupted: bool = False) -> tuple[Verdict, str]:
    """The verdict, and why in one sentence; see the rule above."""
    for run in grounds.runs:
        if run.is_claimed and run.verdict == "contradicted":
            return "contradicted", sentence(run)
    for reason in grounds.contradictions:
        return "contradicted", reason
    if interrupted:
        return "inconclusive", "training was interrupted"
    for reason in grounds.lacking:
        return "inconclusive", reason
    return demand_samples("confirmed", grounds.confirmed(), grounds.runs, grounds.remedy)


def sentence(run: Outcome) -> str:
    """The outcome of a run."""
    name = f"{run.name}, " if run.name else ""
    return f"{name}seed {run.seed}: {run.reason}"


def unreached(runs: Iterable[Outcome]) -> Iterator[str]:
    """The runs that have not reached what is stated, where all have to."""
    return (sentence(run) for run in runs if run.verdict != "reached")


def too_few(runs: Sequence[Outcome], what: str, least: int = MIN_RUNS) -> Iterator[str]:
    """That fewer runs than are needed have reached what is stated; all of them, where there are fewer."""
    left = [run for run in runs if run.verdict != "reached"]
    arrived = len(runs) - len(left)
    if arrived < min(least, max(1, len(runs))):
        yield "; ".join([f"only {arrived} of {len(runs)} {what} arrived", *map(sentence, left[:1])])


def not_told_apart(clear: Mapping[str, float], least: float = 1.0) -> Iterator[str]:
    """The wrong versions of the statement that no run has told apart from it.

    Parameters
    ----------
    clear : dict
        From the name of each to how clearly it fails.
    least : float
        How clearly it has to.
    """
    return (
        f"no run told the statement apart from a wrong one: {name}"
        for name, value in clear.items()
        if math.isnan(value) or value <= least
    )
