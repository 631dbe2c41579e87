"""Studies that consist of measurements and pictures: the run that all of them share."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

from symicl.training.evidence import demand_samples
from symicl.training.heatmap import Heatmap
from symicl.training.study import Measurement, Panel, PanelResult, Study, StudyProgress, Verdict


@dataclass(frozen=True)
class Findings:
    """The measurements.

    Attributes
    ----------
    runs : sequence of Measurement
    panels : sequence of Panel or Heatmap
    extra : dict
        Further numbers for the document.
    """

    runs: Sequence[Measurement]
    panels: Sequence[Panel | Heatmap]
    extra: dict[str, Any] = field(default_factory=dict)


class Measuring(Protocol):
    """The work of one call of `PanelStudy.run`, at fixed inputs."""

    def measure(self, seeds: list[int]) -> None:
        """Do all runs; what was measured before a KeyboardInterrupt stays."""

    def judge(self) -> tuple[Verdict, str]:
        """The verdict on what was measured, and why in one sentence."""

    def findings(self) -> Findings:
        """The measurements."""


class PanelStudy(Study):
    """A study that keeps nothing between calls, since a run takes seconds or half a minute."""

    result_type: ClassVar[type[PanelResult]] = PanelResult

    @abstractmethod
    def begin(self, given: Mapping[str, Any], steps: int | None, progress: StudyProgress | None) -> Measuring:
        """Prepare the work: load what it needs and check the inputs.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        MissingDependencyError
            Without a library that the study needs.
        """

    def run(
        self,
        given: Mapping[str, Any] | None = None,
        *,
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
        progress: StudyProgress | None = None,
        checkpoint: str | Path | None = None,
    ) -> PanelResult:
        """Measure and judge; see `Study.run`. Nothing is kept in ``checkpoint``."""
        started = time.perf_counter()
        work = self.begin(given or {}, steps, progress)
        interrupted = False
        try:
            work.measure(list(self.seeds if seeds is None else seeds))
        except KeyboardInterrupt:
            interrupted = True
        verdict, reason = work.judge()
        if interrupted:
            verdict, reason = "inconclusive", "it was interrupted"
        findings = work.findings()
        verdict, reason = demand_samples(verdict, reason, findings.runs)
        return self.result_type(
            id=self.id,
            verdict=verdict,
            reason=reason,
            at=self.inputs(given or {}),
            runs=tuple(findings.runs),
            panels=tuple(findings.panels),
            seconds=time.perf_counter() - started,
            interrupted=interrupted,
            extra=findings.extra,
        )
