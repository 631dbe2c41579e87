"""The risk of the trained model on test sequences, sampled and exact, against stated formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symicl.models.causal_attention import CausalLinearAttention
from symicl.tasks.values import refuse_unknown
from symicl.training.causal.case import CausalCase
from symicl.training.causal.risk_runs import Formulas, RiskRuns, WrongRisk
from symicl.training.causal.runs import Start, schedule_of
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.studies.panel_study import PanelStudy
from symicl.training.study import StudyProgress

NAMES = ("d", "T", "law", "scale", "T_test")


@dataclass(frozen=True, kw_only=True)
class RiskStudy(PanelStudy):
    """The numeric check of exact test risks.

    Attributes
    ----------
    id : str
    model : CausalLinearAttention
    case_of : callable
        From a law and a scale to the training.
    formulas : callable
    wrong : sequence of WrongRisk
    laws : tuple of str
    lengths : tuple of int
        Values of T_test besides that of the inputs.
    d, T, T_test : int
    scale : Fraction
    start : (a_0, b_0)
        Of the training, in units of √(ab).
    batch : int
        Sequences in each step of training at the default T; fewer for longer sequences.
    thousands : int
        Test sequences for each law and length, in thousands.
    seeds : tuple of int
    """

    id: str
    model: CausalLinearAttention
    case_of: Callable[[str, Fraction], CausalCase]
    formulas: Formulas
    wrong: Sequence[WrongRisk]
    laws: tuple[str, ...]
    lengths: tuple[int, ...] = (2, 5, 20, 50)
    d: int = 4
    T: int = 20
    T_test: int = 31
    scale: Fraction = Fraction(1)
    start: Start = (0.8, 1.2)
    batch: int = 256
    thousands: int = 10
    seeds: tuple[int, ...] = (0, 1)

    def chosen(self, given: Mapping[str, Any]) -> RiskStudy:
        """The study with the inputs of the user in place of the defaults.

        Raises
        ------
        InputError
            For an unknown or impossible input, or one that would take minutes.
        """
        refuse_unknown(given, NAMES, self.id)
        sizes = {name: given[name] for name in ("d", "T", "T_test") if name in given}
        laws = (str(given["law"]),) if "law" in given else self.laws
        scale = Fraction(given.get("scale", self.scale))
        study = replace(self, **sizes, laws=laws, scale=scale)
        for law in laws:
            self.formulas(study.numbers(law, study.T_test))  # refuses what cannot be meant
        study = replace(study, d=int(study.d), T=int(study.T), T_test=int(study.T_test))
        size = max(32, min(self.batch, self.batch * self.T // study.T))
        study = replace(study, batch=size)
        for law in laws:
            at = self.case_of(law, scale).at(self.model, study.d, study.T)
            schedule_of(at, study.start_at(at.prediction.flow.u_star), size)
        return study

    def start_at(self, u_star: float) -> Start:
        """The start in units of √(ab)."""
        return self.start[0] * u_star**0.5, self.start[1] * u_star**0.5

    def numbers(self, law: str, T_test: int) -> dict[str, Any]:
        """The inputs of the formulas."""
        return {"d": self.d, "T": self.T, "law": law, "scale": self.scale, "T_test": T_test}

    def inputs(self, given: Mapping[str, Any]) -> dict[str, str]:
        study = self.chosen(given)
        return {name: str(value) for name, value in study.numbers(study.laws[0], study.T_test).items()}

    def settings(self) -> dict[str, Any]:
        return {
            "at": self.inputs({}),
            "laws": list(self.laws),
            "lengths": list(self.lengths),
            "thousands": self.thousands,
            "start": list(self.start),
            "batch": self.batch,
        }

    def begin(self, given: Mapping[str, Any], steps: int | None, progress: StudyProgress | None) -> RiskRuns:
        """Train, sample test sequences and compare; ``steps`` are thousands of sequences at each point."""
        load_torch()
        count = 1000 * (self.thousands if steps is None else steps)
        return RiskRuns(self.chosen(given), count, progress)
