"""The model is trained on sequences; then its risk is measured on test sequences and by the exact loss."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import chain

import numpy as np

from symicl.studies.causal.exact_risk import ExactRisk, value, with_slopes
from symicl.studies.causal.judge import MAX_EXCESS
from symicl.studies.causal.risk_panels import risk_panels
from symicl.studies.causal.risk_sample import RiskSample
from symicl.studies.causal.risk_setting import RiskSetting
from symicl.studies.causal.runs import SampledRun, balanced, descend_on_sequences
from symicl.studies.evidence import Evidence, summary
from symicl.studies.kinds.estimate import MAX_SIGMAS, Estimate
from symicl.studies.kinds.judging import Grounds, not_told_apart, unreached
from symicl.studies.kinds.runner import Runner
from symicl.studies.measurements import Findings, Measurement, PanelWork
from symicl.studies.runtime.settle import settle
from symicl.studies.runtime.sizes import MAX_CHUNK_SIZE
from symicl.tasks import AutoregressiveTask, NumpyDraws

DESCENT_TOLERANCE = 1e-5
"""Relative difference of exact numbers that is attributed to the end of the descent."""
MAX_RATIO_ERROR = 0.006
"""Largest relative standard error of the mean ratio with which it counts as measured."""
LONG_SAMPLE_FACTOR = 10
"""How many times as many test sequences the ratio of long sequences is averaged over."""
LONG_SEQUENCES = "long sequences"


def ratio_of(found: Sequence[RiskSample]) -> Estimate:
    """The mean ratio of several lengths together; its expectation is the same for all."""
    means = np.array([one.ratio.mean for one in found])
    errors = np.array([one.ratio.error for one in found])
    error = math.sqrt(float((errors**2).sum())) / len(found)
    return Estimate(float(means.mean()), error, sum(one.ratio.samples for one in found))


def ratio_off(estimate: Estimate, claimed: float) -> float:
    """Standard errors between a mean ratio and a formula."""
    return abs(estimate.below(claimed)) if abs(estimate.mean - claimed) > 1e-9 else 0.0


class RiskRuns(PanelWork):
    """All runs of a study with the inputs of the user.

    Parameters
    ----------
    study : RiskSetting
        From `symicl.studies.causal.risk.RiskStudy.chosen`.
    count : int
        Test sequences at each point for d ≥ 4; more for fewer coordinates.
    """

    def __init__(self, study: RiskSetting, count: int):
        self.study = study
        self.count = count * max(1, math.ceil(4 / study.d))  # ratios are averaged over coordinates, too
        self.found: dict[tuple[str, int], list[RiskSample]] = {}
        self.limits: dict[tuple[str, int], RiskSample] = {}
        self.trained: dict[tuple[str, int], SampledRun] = {}

    def measure(self, runner: Runner, seeds: list[int]) -> None:
        """For each law and seed the training, then each test length, then the limit of long sequences."""
        study = self.study
        exact = {law: ExactRisk(study.model, law, study.scale, study.d) for law in study.laws}
        for seed in seeds:
            draws = NumpyDraws(seed)
            for law in study.laws:
                case = study.case_of(law, study.scale).at(study.model, study.d, study.T)
                start = study.start_at(case.prediction.flow.u_star)
                run = descend_on_sequences(runner, case, start, seed, study.batch)
                self.trained[law, seed] = run
                if math.isfinite(run.settled.loss):
                    self._test(run, exact[law], draws)

    def _test(self, run: SampledRun, exact: ExactRisk, draws: NumpyDraws) -> None:
        """The test lengths at the settled weights; the limit where the loss of long training leads from them."""
        study, law, pair = self.study, run.case.case.law, run.settled.weights
        self.found[law, run.seed] = [
            self._sample(law, length, run.seed, pair, exact.at(pair, length), draws)
            for length in sorted({*study.lengths, study.T_test})
        ]
        mask = np.eye(study.d) if run.case.case.masked else None
        terms, unit = exact.long_terms, float(study.scale) ** 2
        long = settle(with_slopes(terms, mask), balanced(pair), unit).weights
        # The mean ratio does not depend on T_test, and short sequences cost least.
        self.limits[law, run.seed] = self._sample(
            law, 2, run.seed, long, value(terms, long), draws, LONG_SAMPLE_FACTOR
        )

    def _sample(
        self,
        law: str,
        T_test: int,
        seed: int,
        pair: Mapping[str, np.ndarray],
        exact: float,
        draws: NumpyDraws,
        times: int = 1,
    ) -> RiskSample:
        """The model on fresh test sequences."""
        study = self.study
        inputs = study.numbers(law, T_test)
        weights = study.model.active(pair["A"], pair["B"])
        task = AutoregressiveTask("unitary", law, study.scale).at(d=study.d, T=T_test + 1)
        at_once = max(1, MAX_CHUNK_SIZE // (3 * study.d * (T_test + 1)))
        errors, ratios = [], []
        for done in range(0, times * self.count, at_once):
            x = task.sample(min(at_once, times * self.count - done), draws).x
            predicted = study.model.predictions(weights, x[:, :-1], times=[T_test])[:, 0]
            truth = x[:, -1]
            errors.append((np.abs(predicted - truth) ** 2).mean(-1))
            there = truth != 0
            safe = np.where(there, truth, 1)
            ratios.append(((predicted / safe).real * there).sum(-1) / np.maximum(there.sum(-1), 1))
        parts = Estimate.of(np.concatenate(errors)), Estimate.of(np.concatenate(ratios))
        return RiskSample(law, T_test, seed, inputs, study.formulas(inputs), exact, *parts)

    # --- verdicts --------------------------------------------------------------------------------------

    @cached_property
    def _measurements(self) -> list[Measurement]:
        lines = [self._trained(law, seed) for law, seed in self.trained]
        return lines + [self._limit(law, seed) for law, seed in self.limits]

    def _trained(self, law: str, seed: int) -> Measurement:
        run, seen = self.trained[law, seed], self.found.get((law, seed), [])
        evidence = run.evidence
        if not seen:
            reason = "the steps are too large, the weights grow"
            return Measurement(
                f"{law}: trained, then tested", seed, len(run.times), "unfinished", reason, 0.0, math.inf, math.inf,
                None, evidence,
            )  # fmt: skip
        worst = max(seen, key=lambda one: one.off(one.stated["mse"]))
        stated, ratio = worst.stated, ratio_of(seen)
        apart = ratio_off(ratio, stated["ratio"])
        sampled = max(one.sampled_off() for one in seen)
        at_trained = run.case.measure(run.pair)["loss"] - run.settled.loss
        text = (
            f"at {len(seen)} test lengths the exact risk is the stated one within "
            f"{max(worst.off(stated['mse']), 1e-16):.1g}, "
            f"the sampled one is {sampled:.1f} standard errors from it at most ({self.count:,} sequences each); "
            f"ratio {ratio.mean:.4g} ± {ratio.error:.1g}, stated {stated['ratio']:.4g}"
        )
        if sampled > MAX_SIGMAS:
            verdict, reason = (
                "contradicted",
                f"the forward pass is {sampled:.1f} standard errors from its closed form",
            )
        elif not run.settled.is_stationary(run.case.unit) or at_trained > MAX_EXCESS * run.case.unit:
            verdict, reason = "unfinished", "training has not arrived at a stationary point"
        elif worst.off(stated["mse"]) > DESCENT_TOLERANCE:
            verdict = "contradicted"
            reason = (
                f"at T_test = {worst.T_test} the exact risk is {worst.exact:.6g}, stated {stated['mse']:.6g}"
            )
        else:
            verdict, reason = self._by_ratio(ratio, stated["ratio"], apart, text)
        return Measurement(
            f"{law}: trained, then tested", seed, len(run.times), verdict, reason, stated["mse"],
            worst.exact - stated["mse"], worst.off(stated["mse"]), None, evidence,
        )  # fmt: skip

    def _limit(self, law: str, seed: int) -> Measurement:
        one = self.limits[law, seed]
        stated, off = one.stated["limit_mse"], one.off(one.stated["limit_mse"])
        text = (
            f"exact risk {one.exact:.5g}, stated {stated:.5g}; ratio {one.ratio.mean:.4g} ± {one.ratio.error:.1g}, "
            f"stated {one.stated['limit_ratio']:.4g}"
        )
        if off > DESCENT_TOLERANCE:
            verdict, reason = "contradicted", text
        else:
            apart = ratio_off(one.ratio, one.stated["limit_ratio"])
            verdict, reason = self._by_ratio(one.ratio, one.stated["limit_ratio"], apart, text)
        return Measurement(
            f"{law}: {LONG_SEQUENCES}", seed, 0, verdict, reason, stated, one.exact - stated, off, None,
            Evidence("population", "L-BFGS"),
        )  # fmt: skip

    @staticmethod
    def _by_ratio(ratio: Estimate, claimed: float, apart: float, text: str) -> tuple[str, str]:
        if apart > MAX_SIGMAS:
            return "contradicted", f"{text}: {apart:.1f} standard errors apart"
        if ratio.error > MAX_RATIO_ERROR * abs(claimed) or apart > 4:
            return "unfinished", f"{text}: too noisy to say more"
        return "reached", text

    @cached_property
    def _apart(self) -> dict[str, float]:
        """How clearly each wrong formula fails where it does least; 1 is enough."""
        result: dict[str, float] = {}
        for wrong in self.study.wrong:
            for (law, _), seen in self.found.items():
                if law not in wrong.laws:
                    continue
                pairs = [(one, wrong.values(one.inputs)) for one in seen]
                if self._coincides(pairs):
                    continue
                exact = max(one.off(values["mse"]) for one, values in pairs) / (10 * DESCENT_TOLERANCE)
                ratio = ratio_off(ratio_of(seen), pairs[0][1]["ratio"]) / MAX_SIGMAS
                clear = max(exact, ratio)
                name = f"{law}: {wrong.name}"
                result[name] = min(clear, result.get(name, clear))
        return result

    @staticmethod
    def _coincides(pairs: Sequence[tuple[RiskSample, Mapping[str, float]]]) -> bool:
        return all(
            math.isclose(values[name], one.stated[name], rel_tol=1e-9, abs_tol=1e-12 * one.size)
            for one, values in pairs
            for name in ("mse", "ratio")
        )

    @property
    def _dropped(self) -> list[str]:
        """The wrong formulas that coincide with the stated ones at these inputs."""
        named = [
            (law, wrong.name) for wrong in self.study.wrong for law in wrong.laws if law in self.study.laws
        ]
        return [f"{law}: {name}" for law, name in named if f"{law}: {name}" not in self._apart]

    def grounds(self) -> Grounds:
        """Every risk and ratio is the stated one, and every wrong one is ruled out."""
        lacking = chain(unreached(self._measurements), not_told_apart(self._apart))
        return Grounds(self._measurements, self._confirmed, lacking)

    def _confirmed(self) -> str:
        runs = [self.trained[key].evidence for key in self.found]
        points = sum(map(len, self.found.values()))
        note = (
            f"; wrong formulas that coincide here are left out: {', '.join(self._dropped)}"
            if self._dropped
            else ""
        )
        return (
            f"the real model was trained in {summary(runs)}; at {points} points its risk and ratio on {self.count:,} "
            f"test sequences each are the stated ones, and so are the limits for long sequences{note}"
        )

    def findings(self) -> Findings:
        """One line for each law and seed, the pictures, and how clearly the wrong formulas fail."""
        seen = [one for found in self.found.values() for one in found]
        shows = tuple(
            run.evidence for run in self.trained.values() if run.seed == next(iter(self.trained))[1]
        )
        panels = risk_panels(self.study.laws, seen, shows, self.count) if seen else ()
        return Findings(self._measurements, panels, {"wrong": self._apart, "dropped": self._dropped})
