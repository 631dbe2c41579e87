"""The interface of every numeric check: inputs, a call of it, and a verdict."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sympy

from symicl.errors import InputError
from symicl.studies.evidence import Verdict
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
