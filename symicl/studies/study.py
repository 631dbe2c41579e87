"""The interface of every numeric check: inputs, runs, a verdict, and data for a picture."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.studies.evidence import Evidence, Verdict, summary
from symicl.studies.heatmap import Heatmap
from symicl.studies.kinds.judging import Grounds, judge
from symicl.studies.kinds.runner import Runner, StudyProgress
from symicl.studies.notebook import Pictured, picture_html
from symicl.typeset import badge, items, paragraphs, prose
from symicl.verdicts import Judged


class Work(ABC):
    """One call of a study at fixed inputs: the runs, and what is measured of them."""

    @abstractmethod
    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """Do all runs by the runner; what was measured before a KeyboardInterrupt stays."""

    @abstractmethod
    def grounds(self) -> Grounds:
        """The grounds of the verdict."""

    @abstractmethod
    def result(self, verdict: Verdict, reason: str, **common: Any) -> StudyResult:
        """The result; ``common`` has its ``id``, ``at``, ``seconds`` and ``interrupted``."""


class Study(ABC):
    """The numeric check of a theorem.

    Attributes
    ----------
    id : str
        Of the theorem.
    seeds : tuple of int
        The seeds that are used where the user names none.
    """

    id: str
    seeds: tuple[int, ...]

    @property
    def further_inputs(self) -> dict[str, sympy.Basic]:
        """Numeric inputs besides those of the theorem, such as initial values."""
        return {}

    @abstractmethod
    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        """All inputs as exact text, the defaults standing in for what is not given.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """All that a finished run depends on besides code, versions and seeds, as JSON."""

    def expected_seconds(
        self, given: Mapping[str, Any], *, seeds: Sequence[int] | None = None, steps: int | None = None
    ) -> float | None:
        """CPU time that `run` will take about, measured on small parts of it; None where it always takes the same.

        Raises
        ------
        InputError
            For an impossible input.
        """
        return None

    def trained_by(self, **options: str) -> Study:
        """The study trained in another way: by a ``method``, on a ``device``, in a ``dtype``.

        Raises
        ------
        InputError
            Where it has no such choice.
        """
        if options:
            raise InputError(
                f"the numeric check of {self.id} has no choice of {', '.join(options)}; leave it out"
            )
        return self

    @abstractmethod
    def begin(self, given: Mapping[str, Any], steps: int | None) -> Work:
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
    ) -> StudyResult:
        """Measure and judge.

        Parameters
        ----------
        given : dict, optional
            Inputs by name that replace the defaults.
        seeds : sequence of int, optional
        steps : int, optional
            Steps of each run.
        progress : callable, optional
            Called with (seed, step, total, excess).
        checkpoint : path, optional
            A folder that keeps the state of each run; the same call takes them up again.

        Raises
        ------
        InputError
            For an impossible input.
        """
        runner = Runner(self.id, progress, None if checkpoint is None else Path(checkpoint))
        return self.run_by(runner, given or {}, seeds, steps)

    def run_by(
        self,
        runner: Runner,
        given: Mapping[str, Any],
        seeds: Sequence[int] | None = None,
        steps: int | None = None,
    ) -> StudyResult:
        """The same by a runner, which may be that of a study of which this one is a part."""
        started = time.perf_counter()
        work = self.begin(given, steps)
        interrupted = False
        try:
            work.measure(runner, list(dict.fromkeys(self.seeds if seeds is None else seeds)))
        except KeyboardInterrupt:
            interrupted = True
        verdict, reason = judge(work.grounds(), interrupted=interrupted)
        at, seconds = self.inputs(given), time.perf_counter() - started
        return work.result(verdict, reason, id=self.id, at=at, seconds=seconds, interrupted=interrupted)


class StudyResult(Pictured, Judged, ABC):
    """The verdict on a theorem from numbers.

    Attributes
    ----------
    id : str
    verdict : "confirmed", "contradicted" or "inconclusive"
    reason : str
        One sentence.
    at : dict
        The inputs, as text.
    seconds : float
    interrupted : bool
        Whether it was stopped before its end.
    """

    id: str
    verdict: Verdict
    reason: str
    at: dict[str, str]
    seconds: float
    interrupted: bool

    @abstractmethod
    def shown_json(self) -> dict[str, Any]:
        """The numbers of the run that stands for all."""

    @abstractmethod
    def runs_json(self) -> list[dict[str, Any]]:
        """One entry for each run."""

    def to_json(self) -> dict[str, Any]:
        """The document of ``symicl train --json``."""
        return {
            **self.shown_json(),
            "id": self.id,
            "verdict": self.verdict,
            "reason": self.reason,
            "seconds": self.seconds,
            "interrupted": self.interrupted,
            "at": self.at,
            "runs": self.runs_json(),
        }

    def document(self) -> dict[str, Any]:
        """The same with the data of the picture."""
        return self.to_json()

    def _repr_html_(self) -> str:
        head = f"{badge(self.verdict)} {prose(self.reason)}"
        return paragraphs([head, items(map(prose, self.lines())), picture_html(self)])

    @abstractmethod
    def lines(self) -> list[str]:
        """The lines that ``symicl train`` prints below the verdict."""


@dataclass(frozen=True)
class Curve:
    """Points of a picture.

    Attributes
    ----------
    label : str
    x, y : sequences of float
    errors : sequence of float, optional
        Standard errors of y.
    theory : bool
        Drawn as theory (black, dashed) rather than as a measurement.
    group : int
        Curves of one group share a colour.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    errors: Sequence[float] | None = None
    theory: bool = False
    group: int | None = None


@dataclass(frozen=True)
class Level:
    """A derived value, drawn as a horizontal line."""

    label: str
    value: float
    group: int | None = None


@dataclass(frozen=True)
class Panel:
    """One picture beside others.

    Attributes
    ----------
    title, x_label, y_label : str
    curves, levels : tuples
    log_x, log_y : bool
    shows : tuple of Evidence
        What the runs rest on whose numbers are drawn.
    """

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()
    log_x: bool = False
    log_y: bool = False
    shows: tuple[Evidence, ...] = ()

    @property
    def caption(self) -> str:
        """Method, optimiser and number of samples of what is drawn."""
        return summary(self.shows) if self.shows else ""

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "caption": self.caption,
            "curves": [{"label": c.label, "x": list(c.x), "y": list(c.y)} for c in self.curves],
            "levels": [{"label": level.label, "value": level.value} for level in self.levels],
        }


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
