"""The risk of a trained model on test sequences, sampled, against exact formulas."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from symicl.models.causal_attention import CausalLinearAttention
from symicl.tasks.autoregressive import AutoregressiveTask
from symicl.tasks.draws import NumpyDraws
from symicl.tasks.values import refuse_unknown
from symicl.training.studies.estimate import Estimate
from symicl.training.studies.panel_study import Findings, PanelStudy
from symicl.training.study import Curve, Level, Measurement, Panel, StudyProgress, Verdict

FALSE_ALARM = 6.0
"""Standard errors by which a sampled mean must differ from a claim before the claim is contradicted."""
ROUNDING = 1e-12
"""Relative to the size of x_1."""
AT_ONCE = 4_000_000
"""Complex numbers that are held in memory at once."""
NAMES = ("d", "T", "law", "scale", "T_test")

Formulas = Callable[[Mapping[str, Any]], Mapping[str, float]]
"""From the inputs to "ab", "mse" and "ratio"; "ab" is not needed of a wrong version."""


@dataclass(frozen=True)
class WrongRisk:
    """A slightly wrong formula for "mse" or "ratio", which must fail for the laws named."""

    name: str
    values: Formulas
    laws: tuple[str, ...]


@dataclass(frozen=True)
class RiskSample:
    """The model on test sequences of one length.

    Attributes
    ----------
    law : str
    T_test, seed : int
    expected : dict of float
    mse, ratio : Estimate
        Per coordinate: |ŷ_j − x_j|², and the real part of ŷ_j/x_j where x_j is not zero.
    """

    law: str
    T_test: int
    seed: int
    inputs: Mapping[str, Any]
    expected: Mapping[str, float]
    mse: Estimate
    ratio: Estimate

    def violation(self, values: Mapping[str, float]) -> float:
        """By how many standard errors the formulas fail, the larger of the two; rounding is allowed for."""
        size = float(self.inputs["scale"]) ** 2
        pairs = [(self.mse, values["mse"], size), (self.ratio, values["ratio"], 1.0)]
        return max(
            abs(estimate.below(value)) if abs(estimate.mean - value) > ROUNDING * unit else 0.0
            for estimate, value, unit in pairs
        )


@dataclass(frozen=True, kw_only=True)
class RiskStudy(PanelStudy):
    """The numeric check of exact test risks.

    Attributes
    ----------
    id : str
    model : CausalLinearAttention
    formulas : callable
    wrong : sequence of WrongRisk
    laws : tuple of str
    lengths : tuple of int
        Values of T_test besides that of the inputs.
    d, T, T_test : int
    scale : Fraction
    thousands : int
        Sequences for each law and length, in thousands.
    seeds : tuple of int
    """

    id: str
    model: CausalLinearAttention
    formulas: Formulas
    wrong: Sequence[WrongRisk]
    laws: tuple[str, ...]
    lengths: tuple[int, ...] = (2, 5, 20, 50)
    d: int = 4
    T: int = 20
    T_test: int = 31
    scale: Fraction = Fraction(1)
    thousands: int = 20
    seeds: tuple[int, ...] = (0, 1)

    def chosen(self, given: Mapping[str, Any]) -> RiskStudy:
        """The study with the inputs of the user in place of the defaults.

        Raises
        ------
        InputError
            For an unknown or impossible input.
        """
        refuse_unknown(given, NAMES, self.id)
        sizes = {name: given[name] for name in ("d", "T", "T_test") if name in given}
        laws = (str(given["law"]),) if "law" in given else self.laws
        scale = Fraction(given.get("scale", self.scale))
        study = replace(self, **sizes, laws=laws, scale=scale)
        for law in laws:
            self.formulas(study.numbers(law, study.T_test))  # refuses what cannot be meant
        return replace(study, d=int(study.d), T=int(study.T), T_test=int(study.T_test))

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
        }

    def begin(
        self, given: Mapping[str, Any], steps: int | None, progress: StudyProgress | None
    ) -> RiskSamples:
        """Sample test sequences and compare; ``steps`` are thousands of sequences at each point."""
        count = 1000 * (self.thousands if steps is None else steps)
        return RiskSamples(self.chosen(given), count, progress)


class RiskSamples:
    """The samples of a study with the inputs of the user.

    Parameters
    ----------
    study : RiskStudy
        From `RiskStudy.chosen`.
    count : int
        Sequences at each point.
    progress : callable or None
    """

    def __init__(self, study: RiskStudy, count: int, progress: StudyProgress | None):
        self.study, self.count, self.progress = study, count, progress
        self.found: list[RiskSample] = []

    def measure(self, seeds: Sequence[int]) -> None:
        """Each law at each length, with each seed."""
        study = self.study
        points = [(law, length) for law in study.laws for length in sorted({*study.lengths, study.T_test})]
        for seed in seeds:
            draws = NumpyDraws(seed)
            for k, (law, length) in enumerate(points):
                one = sample_risk(study, law, length, seed, self.count, draws)
                self.found.append(one)
                if self.progress is not None:
                    self.progress(seed, k + 1, len(points), one.mse.mean - one.expected["mse"])

    @cached_property
    def _apart(self) -> dict[str, float]:
        return told_apart(self.study, self.found)

    def judge(self) -> tuple[Verdict, str]:
        """See `judge`; only after all measurements."""
        return judge(self.found, self._apart)

    def findings(self) -> Findings:
        """One line for each law and seed, the pictures, and how clearly the wrong formulas fail."""
        return Findings(measurements(self.found), risk_panels(self.study, self.found), {"wrong": self._apart})


def sample_risk(
    study: RiskStudy, law: str, T_test: int, seed: int, count: int, draws: NumpyDraws
) -> RiskSample:
    """Run the model with the weights that training ends at on fresh test sequences."""
    inputs = study.numbers(law, T_test)
    expected = study.formulas(inputs)
    size = math.sqrt(expected["ab"])
    weights = study.model.active(size * np.eye(study.d), size * np.eye(study.d))
    task = AutoregressiveTask("unitary", law, study.scale).at(d=study.d, T=T_test + 1)
    at_once = max(1, AT_ONCE // (3 * study.d * (T_test + 1)))
    errors, ratios = [], []
    for done in range(0, count, at_once):
        x = task.sample(min(at_once, count - done), draws).x
        predicted = study.model.predictions(weights, x[:, :-1], times=[T_test])[:, 0]
        truth = x[:, -1]
        errors.append((np.abs(predicted - truth) ** 2).mean(-1))
        there = truth != 0
        safe = np.where(there, truth, 1)
        ratios.append(((predicted / safe).real * there).sum(-1) / np.maximum(there.sum(-1), 1))
    return RiskSample(
        law,
        T_test,
        seed,
        inputs,
        expected,
        Estimate.of(np.concatenate(errors)),
        Estimate.of(np.concatenate(ratios)),
    )


def measurements(found: Sequence[RiskSample]) -> list[Measurement]:
    """One line for each law and seed: the point that is farthest from the formulas."""
    groups: dict[tuple[str, int], list[RiskSample]] = {}
    for one in found:
        groups.setdefault((one.law, one.seed), []).append(one)
    lines = []
    for (law, seed), seen in groups.items():
        worst = max(seen, key=lambda one: one.violation(one.expected))
        value, apart = worst.expected["mse"], worst.violation(worst.expected)
        text = f"{apart:.1f} standard errors from the formulas at most, at T_test = {worst.T_test}"
        lines.append(
            Measurement(
                name=f"{law}, {len(seen)} test lengths",
                seed=seed,
                steps=worst.mse.samples,
                verdict="contradicted" if apart > FALSE_ALARM else "reached",
                reason=text,
                loss_at_optimum=value,
                excess_loss=worst.mse.mean - value,
                relative_excess=(worst.mse.mean - value) / value if value else worst.mse.mean,
            )
        )
    return lines


def told_apart(study: RiskStudy, found: Sequence[RiskSample]) -> dict[str, float]:
    """By how many standard errors each wrong formula fails, for the law and seed where it does least."""
    result: dict[str, float] = {}
    for wrong in study.wrong:
        for law in wrong.laws:
            for seed in {one.seed for one in found if one.law == law}:
                seen = [one for one in found if one.law == law and one.seed == seed]
                clear = max(one.violation(wrong.values(one.inputs)) for one in seen)
                result[f"{law}: {wrong.name}"] = min(clear, result.get(f"{law}: {wrong.name}", clear))
    return result


def judge(found: Sequence[RiskSample], apart: Mapping[str, float]) -> tuple[Verdict, str]:
    """Contradicted where a formula fails, confirmed if every wrong one does."""
    for one in measurements(found):
        if one.verdict == "contradicted":
            return "contradicted", f"{one.name}, seed {one.seed}: {one.reason}"
    for name, clear in apart.items():
        if clear < FALSE_ALARM:
            return "inconclusive", f"the samples do not tell the formulas apart from a wrong one: {name}"
    return "confirmed", f"risk and ratio agree with the formulas at {len(found)} points; wrong ones fail"


def risk_panels(study: RiskStudy, found: Sequence[RiskSample]) -> tuple[Panel, ...]:
    """Risk and ratio against T_test, sampled with error bars, on the exact formulas."""
    panels = []
    for what, label in (("mse", "risk per coordinate"), ("ratio", "mean of ŷ_j / x_j")):
        curves, levels = [], []
        for group, law in enumerate(study.laws):
            seen = [one for one in found if one.law == law and one.seed == found[0].seed]
            estimates = [getattr(one, what) for one in seen]
            lengths = [float(one.T_test) for one in seen]
            curves.append(
                Curve(
                    law,
                    lengths,
                    [e.mean for e in estimates],
                    errors=[e.error for e in estimates],
                    group=group,
                )
            )
            label_of = "exact formulas" if group == 0 else f"_{law}"
            curves.append(Curve(label_of, lengths, [one.expected[what] for one in seen], theory=True))
            limit = [one.expected[f"limit_{what}"] for one in seen if f"limit_{what}" in one.expected]
            if limit and law == "gaussian":
                levels.append(Level(f"{law}: limit for T, T_test → ∞", limit[0], group=group))
        panels.append(Panel(label, "T_test", label, tuple(curves), tuple(levels), log_x=True))
    return tuple(panels)
