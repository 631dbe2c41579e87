"""Does training end where the theorem says, along the curve that it predicts?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import scalar
from symicl.errors import InputError
from symicl.models import CausalLinearAttention
from symicl.studies.causal.case import CaseAt, CausalCase
from symicl.studies.causal.judge import CausalJudge
from symicl.studies.causal.panels import causal_panels, weight_maps
from symicl.studies.causal.runs import (
    FlowRun,
    SampledRun,
    Start,
    descend_on_sequences,
    population_flow,
    refuse_stiff,
    schedule_of,
)
from symicl.studies.curves import Panel
from symicl.studies.heatmap import Heatmap
from symicl.studies.kinds.judging import Grounds
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, PanelWork
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import LAWS, AutoregressiveTask, refuse_unknown

INPUT_NAMES = ("d", "T", "law", "scale", "a0", "b0")


@dataclass(frozen=True, kw_only=True)
class CausalFlowStudy(Study):
    """The numeric check of the limit of gradient flow on autoregressive sequences.

    Attributes
    ----------
    id : str
    model : CausalLinearAttention
    cases : sequence of CausalCase
        The first one stands for the inputs.
    case_of : callable, optional
        From a law and a scale of the user's to the only case; without it these are no inputs.
    starts : sequence of (a_0, b_0)
        Of the population flow, at the defaults; for other inputs they are scaled as √(ab) is.
    start : (a_0, b_0)
        Of the descent on sequences; likewise.
    d, T : int
    batch : int
        Sequences in each step of the descent at the default T; fewer for longer sequences.
    seeds : tuple of int
    with_maps : bool
        Whether the trained weights are shown.
    """

    id: str
    model: CausalLinearAttention
    cases: Sequence[CausalCase]
    case_of: Callable[[str, Fraction], CausalCase] | None = None
    starts: Sequence[Start] = ((0.1, 0.1), (0.5, 1.5), (2.0, 2.0))
    start: Start = (0.5, 1.5)
    d: int = 5
    T: int = 20
    batch: int = 256
    seeds: tuple[int, ...] = (0, 1)
    with_maps: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs that can be given."""
        return (
            INPUT_NAMES
            if self.case_of is not None
            else tuple(n for n in INPUT_NAMES if n not in ("law", "scale"))
        )

    def chosen(self, given: Mapping[str, Any]) -> CausalFlowStudy:
        """The study with the inputs of the user in place of the defaults.

        Raises
        ------
        InputError
            For an unknown input, T < 3, an unknown law, or a_0 = −b_0.
        """
        refuse_unknown(given, self.names, self.id)
        numbers = AutoregressiveTask(law="ones").at(d=given.get("d", self.d), T=given.get("T", self.T)).values
        d, T = (int(numbers[symbol]) for symbol in sorted(numbers, key=str, reverse=True))
        study = replace(self, d=d, T=T)
        if "law" in given or "scale" in given:
            first = self.cases[0]
            law = str(given.get("law", first.law))
            if law not in LAWS:
                raise InputError(f"law={law} is not known; choose one of {', '.join(LAWS)}")
            scale = Fraction(given.get("scale", first.scale))
            if scale <= 0:
                raise InputError(f"scale={scale} must be positive")
            assert self.case_of is not None
            study = replace(study, cases=(self.case_of(law, scale),))
        if "a0" in given or "b0" in given:
            start = float(given.get("a0", self.start[0])), float(given.get("b0", self.start[1]))
            study.first.prediction.flow.check(*start)
            study = replace(study, starts=(start,), start=start)
        elif given:
            size = math.sqrt(study.first.prediction.flow.u_star / self.first.prediction.flow.u_star)
            study = replace(
                study,
                starts=[(size * a, size * b) for a, b in self.starts],
                start=(size * self.start[0], size * self.start[1]),
            )
        return study

    def refuse_hopeless(self) -> None:
        """Refuse what would not end in a minute.

        Raises
        ------
        InputError
        """
        for case in self.cases:
            at = case.at(self.model, self.d, self.T)
            schedule_of(at, self.start, self.batch_at(None))
            for start in self.starts:
                refuse_stiff(at, start)

    def batch_at(self, wanted: int | None) -> int:
        """Sequences in each step; fewer of longer ones."""
        return max(32, min(self.batch, self.batch * type(self).T // self.T)) if wanted is None else wanted

    @property
    def first(self) -> CaseAt:
        """The first case at numbers."""
        return self.cases[0].at(self.model, self.d, self.T)

    @property
    def further_inputs(self) -> dict[str, sympy.Basic]:
        return {name: scalar(name) for name in ("a0", "b0")}

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        study = self.chosen(given)
        study.refuse_hopeless()
        found = {"d": str(study.d), "T": str(study.T)}
        if self.case_of is not None:
            found |= {"law": study.cases[0].law, "scale": str(study.cases[0].scale)}
        return found | {name: str(given[name]) for name in ("a0", "b0") if name in given}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "cases": [f"{case.name}{' masked' if case.masked else ''}" for case in self.cases],
            "starts": [list(start) for start in self.starts],
            "start": list(self.start),
            "batch": self.batch,
        }

    def begin(self, given: Mapping[str, Any], steps: int | None) -> CausalRuns:
        """Follow the population flow, descend on sequences, and judge; ``steps`` are sequences per step."""
        load_torch()
        load_integrate()
        study = self.chosen(given)
        study.refuse_hopeless()
        return CausalRuns(study, study.batch_at(steps))


class CausalRuns(PanelWork):
    """All runs of a study with the inputs of the user.

    Parameters
    ----------
    study : CausalFlowStudy
        From `CausalFlowStudy.chosen`.
    size : int
        Sequences in each step of the descent.
    """

    def __init__(self, study: CausalFlowStudy, size: int):
        self.study, self.size = study, size
        self.flows: list[FlowRun] = []
        self.sampled: list[SampledRun] = []

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """The population flows, then the descents on sequences."""
        study = self.study
        cases = [case.at(study.model, study.d, study.T) for case in study.cases]
        for case in cases:
            self.flows += population_flow(case, study.starts)
        for seed in seeds:
            for case in cases:
                self.sampled.append(descend_on_sequences(runner, case, study.start, seed, self.size))

    @cached_property
    def _judge(self) -> CausalJudge:
        return CausalJudge(self.flows, self.sampled)

    def grounds(self) -> Grounds:
        """See `CausalJudge.grounds`; only after all measurements."""
        return self._judge.grounds()

    def findings(self) -> Findings:
        """All runs, the pictures, and how clearly the wrong predictions fail."""
        panels: list[Panel | Heatmap] = [*causal_panels(self.flows, self.sampled)]
        if self.study.with_maps:
            panels += weight_maps(self.sampled)
        judge = self._judge
        return Findings(judge.measurements, panels, {"wrong": judge.told_apart(), "dropped": judge.dropped})
