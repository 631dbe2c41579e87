"""What the numbers of a run rest on: its method, its optimiser, and how many samples were drawn.

A confirmation means that the real model was trained on sampled data. Runs on the closed form of the loss, or along
its gradient flow, assume what they are meant to show; they stand beside it and never alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args

if TYPE_CHECKING:
    from symicl.training.study import Verdict

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
        As it is named to the reader, such as "Adam".
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
        """The label of an axis along which such a run is drawn."""
        match self.method:
            case "tokens":
                return f"steps of {self.optimiser} on fresh {self.unit}"
            case "statistic":
                return f"steps of {self.optimiser} on statistics of fresh {self.unit}"
            case "population":
                return f"evaluations of the closed-form loss by {self.optimiser}"
            case "flow":
                return "time of gradient flow on the closed-form loss"

    def to_json(self) -> dict[str, Any]:
        """The fields of each entry of ``runs``."""
        return {"method": self.method, "optimiser": self.optimiser, "samples": self.samples}

    @property
    def text(self) -> str:
        """In words, with the number of samples."""
        match self.method:
            case "tokens":
                return f"{self.optimiser} on {self.samples:,} sampled {self.unit}"
            case "statistic":
                return f"{self.optimiser} on the statistics of {self.samples:,} sampled {self.unit}"
            case "population":
                return f"{self.optimiser} on the closed form of the loss, no samples"
            case "flow":
                return f"gradient flow on the closed form of the loss ({self.optimiser}), no samples"


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
