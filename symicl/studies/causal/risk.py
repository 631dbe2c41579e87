"""The risk of the trained model on test sequences, sampled and exact, against stated formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symicl.studies.causal.risk_runs import RiskRuns
from symicl.studies.causal.risk_setting import RiskSetting
from symicl.studies.causal.runs import schedule_of
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.study import Study
from symicl.tasks import refuse_unknown

INPUT_NAMES = ("d", "T", "law", "scale", "T_test")


@dataclass(frozen=True, kw_only=True)
class RiskStudy(RiskSetting, Study):
    """The numeric check of exact test risks."""

    def chosen(self, given: Mapping[str, Any]) -> RiskStudy:
        """The study with the inputs of the user in place of the defaults.

        Raises
        ------
        InputError
            For an unknown or impossible input, or one that would take minutes.
        """
        refuse_unknown(given, INPUT_NAMES, self.id)
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

    def begin(self, given: Mapping[str, Any], steps: int | None) -> RiskRuns:
        """Train, sample test sequences and compare; ``steps`` are thousands of sequences at each point."""
        load_torch()
        return RiskRuns(self.chosen(given), 1000 * (self.thousands if steps is None else steps))
