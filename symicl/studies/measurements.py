"""Numeric checks that consist of measurements and panels."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from symicl.studies.curves import Panel
from symicl.studies.evidence import Evidence, Verdict
from symicl.studies.heatmap import Heatmap
from symicl.studies.study import StudyResult, Work
from symicl.verdicts import Judged


@dataclass(frozen=True)
class Measurement(Judged):
    """One run of a study.

    Attributes
    ----------
    name : str
        What was run, such as a model.
    seed, steps : int
    verdict : "reached", "contradicted" or "unfinished"
    reason : str
        One sentence.
    loss_at_optimum, excess_loss, relative_excess : float
        The derived value, what was measured minus it, and the quotient.
    distance_to_optimum : float or None
    evidence : Evidence
        Method, optimiser and number of samples.
    is_claimed : bool
        Whether the statement speaks about such a run; others are drawn apart and decide nothing.
    """

    name: str
    seed: int
    steps: int
    verdict: str
    reason: str
    loss_at_optimum: float
    excess_loss: float
    relative_excess: float
    distance_to_optimum: float | None = None
    evidence: Evidence | None = None
    is_claimed: bool = True

    @property
    def samples(self) -> int:
        """How many prompts or sequences were drawn."""
        return 0 if self.evidence is None else self.evidence.samples

    def to_json(self) -> dict[str, Any]:
        fields = {name: value for name, value in vars(self).items() if name != "evidence"}
        return fields | ({} if self.evidence is None else self.evidence.to_json())


@dataclass(frozen=True)
class Findings:
    """The measurements.

    Attributes
    ----------
    runs : sequence of Measurement
    panels : sequence of Panel or Heatmap
    extra : dict
        Further numbers for the document.
    main : str
        The name of the runs among which that is which stands for all; "" for all runs.
    """

    runs: Sequence[Measurement]
    panels: Sequence[Panel | Heatmap]
    extra: dict[str, Any] = field(default_factory=dict)
    main: str = ""


@dataclass(frozen=True)
class PanelResult(StudyResult):
    """The result of a study that consists of measurements and panels."""

    id: str
    verdict: Verdict
    reason: str
    at: dict[str, str]
    runs: tuple[Measurement, ...]
    panels: tuple[Panel | Heatmap, ...]
    seconds: float
    interrupted: bool = False
    extra: dict[str, Any] = field(default_factory=dict)
    """Further numbers for the document."""
    main: str = ""
    """The name of the runs among which that is which stands for all."""

    @property
    def shown(self) -> Measurement:
        """The run whose numbers stand for all: that of the largest relative excess."""
        main = [run for run in self.runs if run.name == self.main] or self.runs
        return max(main, key=lambda run: abs(run.relative_excess))

    def shown_json(self) -> dict[str, Any]:
        shown = self.shown.to_json() if self.runs else {}  # nothing, where it was interrupted at once
        return {k: v for k, v in shown.items() if k not in ("name", "verdict", "reason")}

    def runs_json(self) -> list[dict[str, Any]]:
        return [run.to_json() for run in self.runs]

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | self.extra

    def document(self) -> dict[str, Any]:
        return self.to_json() | {"panels": [panel.to_json() for panel in self.panels]}

    def lines(self) -> list[str]:
        return [*map(_line, self.runs), *self.extra.get("notes", ())]


class PanelWork(Work):
    """Work that ends in measurements and panels."""

    @abstractmethod
    def findings(self) -> Findings:
        """The measurements and the pictures."""

    def result(self, verdict: Verdict, reason: str, **common: Any) -> PanelResult:
        found = self.findings()
        runs, panels = tuple(found.runs), tuple(found.panels)
        return PanelResult(
            verdict=verdict,
            reason=reason,
            runs=runs,
            panels=panels,
            extra=found.extra,
            main=found.main,
            **common,
        )


def _line(run: Measurement) -> str:
    evidence = run.evidence
    how = f"{run.steps} steps" if evidence is None or evidence.optimiser else ""
    by = "" if evidence is None else evidence.text
    aside = "" if run.is_claimed else "(not part of the statement) "
    return f"{aside}{run.name}, seed {run.seed}: {run.reason}, {' of '.join(filter(None, (how, by)))}"
