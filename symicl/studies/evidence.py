"""The evidence behind the numbers of a run: its method, its optimiser, and how many samples were drawn.

A confirmation means that the real model was trained on sampled data. Runs on the closed form of the loss, or along
its gradient flow, assume what they are meant to show; they stand beside it and never alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

MIN_RUNS = 2
"""Runs on samples that must reach what is stated before it is confirmed."""


Verdict = Literal["confirmed", "contradicted", "inconclusive"]

Method = Literal["tokens", "statistic", "population", "flow"]
METHODS: tuple[str, ...] = get_args(Method)
SAMPLED = ("tokens", "statistic")
"""Methods whose steps are computed from samples."""


@dataclass(frozen=True)
class Evidence:
    """How the numbers of a run came about.

    Attributes
    ----------
    method : "tokens", "statistic", "population" or "flow"
        Sampled prompts or sequences; statistics of them that are equal in law; the closed form of the loss; the
        integrated gradient flow of that closed form.
    optimiser : str
        As it is named to the reader, such as "Adam"; empty where nothing is trained and samples are averaged.
    samples : int
        Prompts or sequences that were drawn; 0 for "population" and "flow".
    unit : str
        What was drawn, in the plural.
    """

    method: Method
    optimiser: str
    samples: int = 0
    unit: str = "prompts"

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method={self.method} is not one of {', '.join(METHODS)}")
        if self.samples and self.method not in SAMPLED:
            raise ValueError(f"a run by {self.method} has no samples")

    @property
    def axis(self) -> str:
        """The label of an axis of steps or evaluations along which such a run is drawn."""
        match self.method:
            case "tokens":
                return f"steps of {self.optimiser} on fresh {self.unit}"
            case "statistic":
                return f"steps of {self.optimiser} on statistics of fresh {self.unit}"
            case "population":
                return f"evaluations of the closed-form loss by {self.optimiser}"
            case "flow":
                return f"evaluations of the closed-form loss by {self.optimiser} along its gradient flow"

    def to_json(self) -> dict[str, Any]:
        """The fields of each entry of ``runs``."""
        return {
            "method": self.method,
            "optimiser": self.optimiser,
            "samples": self.samples,
            "unit": self.unit,
        }

    @property
    def text(self) -> str:
        """In words, with the number of samples."""
        if not self.optimiser:
            return f"an average over {self.samples:,} sampled {self.unit}, nothing is trained"
        match self.method:
            case "tokens":
                return f"{self.optimiser} on {self.samples:,} sampled {self.unit}"
            case "statistic":
                return f"{self.optimiser} on the statistics of {self.samples:,} sampled {self.unit}"
            case "population":
                return f"{self.optimiser} on the closed form of the loss, no samples"
            case "flow":
                return f"gradient flow on the closed form of the loss ({self.optimiser}), no samples"


def recorded(document: Mapping[str, Any] | None) -> tuple[Evidence, ...]:
    """The evidence of a record: its own fields as `Evidence.to_json` writes them, or those of its ``runs``."""
    if not document:
        return ()
    if document.get("method") in METHODS:
        fields = {name: document[name] for name in ("optimiser", "samples", "unit") if name in document}
        return (Evidence(document["method"], **{"optimiser": "", **fields}),)
    return tuple(one for run in document.get("runs", ()) for one in recorded(run))


def summary(found: Iterable[Evidence | None]) -> str:
    """Several runs in words: how many there are of each method and optimiser, and on how many samples each."""
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for one in found:
        if one is not None:
            groups.setdefault((one.method, one.optimiser, one.unit), []).append(one)
    return "; ".join(map(_together, groups.values())) or "no runs"


def _together(runs: list[Evidence]) -> str:
    first, count = runs[0], f"{len(runs)} run{'s' * (len(runs) > 1)}"
    low, high = min(run.samples for run in runs), max(run.samples for run in runs)
    size = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    each = " each" * (len(runs) > 1)
    if not first.optimiser:
        points = f"{len(runs)} average{'s' * (len(runs) > 1)}"
        return f"{points} over {size} sampled {first.unit}{each}, nothing is trained"
    match first.method:
        case "tokens":
            return f"{count} of {first.optimiser} on {size} sampled {first.unit}{each}"
        case "statistic":
            return f"{count} of {first.optimiser} on the statistics of {size} sampled {first.unit}{each}"
        case "population":
            return f"{count} of {first.optimiser} on the closed form of the loss, no samples"
        case "flow":
            return f"{count} of gradient flow on the closed form of the loss ({first.optimiser}), no samples"


class Supporting(Protocol):
    """A run that may support a verdict."""

    @property
    def verdict(self) -> str: ...

    @property
    def samples(self) -> int: ...


def demand_samples(
    verdict: Verdict, reason: str, runs: Iterable[Supporting], remedy: str = ""
) -> tuple[Verdict, str]:
    """A verdict that is "confirmed" only where a run on samples has reached what was derived.

    Parameters
    ----------
    verdict, reason : str
        As the runs would have it without this demand.
    runs : iterable of runs
    remedy : str
        How to get a confirmation, as the end of a sentence.
    """
    if verdict != "confirmed" or any(run.samples > 0 for run in runs if run.verdict == "reached"):
        return verdict, reason
    why = "0 runs of the real model on samples support it, and a confirmation needs them"
    return "inconclusive", f"{reason}; but {why}" + (f": {remedy}" if remedy else "")
