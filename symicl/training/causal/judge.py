"""Verdicts on runs of causal attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from symicl.training.causal.case import Prediction
from symicl.training.causal.runs import FlowRun, SampledRun
from symicl.training.study import Measurement, Verdict

RESOLUTION = 2e-6
"""Largest deviation of a population flow that is attributed to the integrator."""
CLEAR = 10.0
"""By which factor a wrong prediction must exceed it."""
ERRORS = 4.0
"""Standard errors that a sampled mean may be off."""
BIAS = 0.01
"""Relative error of a sampled mean that is attributed to the finite size of the steps."""
APART = 6.0
"""Standard errors, beyond `BIAS`, by which a sampled mean must differ from a wrong prediction."""


class CausalJudge:
    """What follows from all runs.

    Parameters
    ----------
    flows, sampled : sequences of runs
    """

    def __init__(self, flows: Sequence[FlowRun], sampled: Sequence[SampledRun]):
        self.flows, self.sampled = flows, sampled
        of_flows = [self._of_flow(run) for run in flows]
        self._on_the_way = {
            id(run.case) for run, one in zip(flows, of_flows, strict=True) if one.verdict == "unfinished"
        }
        self.measurements = of_flows + [self._of_sample(run) for run in sampled]

    def _of_flow(self, run: FlowRun) -> Measurement:
        predicted = run.case.prediction
        curve, end = deviations(run, predicted)
        unit, best = run.case.unit, predicted.values["loss"]
        excess = run.end["loss"] - best
        if excess < -RESOLUTION * unit:
            outcome, reason = "contradicted", "the loss is below the claimed limit"
        elif curve > RESOLUTION:
            outcome, reason = "contradicted", f"ab leaves the predicted curve by {100 * curve:.2g} % of u*"
        elif abs(run.end["ab"] / predicted.values["ab"] - 1) > RESOLUTION and (
            predicted.has_curve or still_moving(run)
        ):
            # Near the saddle at zero weights a flow can stay for any time.
            outcome, reason = "unfinished", f"it has not arrived yet: the deviation is {end:.2g}"
        elif end > RESOLUTION:
            outcome, reason = "contradicted", f"it ends elsewhere: the deviation is {end:.2g}"
        elif predicted.has_curve:
            outcome, reason = (
                "reached",
                f"ab follows the predicted curve within {max(curve, 1e-16):.1g} of u*",
            )
        else:
            outcome, reason = "reached", f"it ends at the predicted numbers within {max(end, 1e-16):.1g}"
        name = f"{run.case.case.name}: population flow from {run.start[0]:g}, {run.start[1]:g}"
        return Measurement(
            name,
            0,
            len(run.times) - 1,
            outcome,
            reason,
            best,
            excess,
            excess / (best or unit),
            abs(run.end["ab"] / predicted.values["ab"] - 1),
        )

    def _of_sample(self, run: SampledRun) -> Measurement:
        predicted = run.case.prediction.values
        best, unit = predicted["loss"], run.case.unit
        excess = run.case.measure(run.pair)["loss"] - best
        worst = max(
            (distance(run, name, value) for name, value in predicted.items() if name in run.mean), default=0.0
        )
        text = f"ab = {run.mean['ab']:.5g} ± {run.error['ab']:.1g}, predicted {predicted['ab']:.5g}"
        if not np.isfinite(worst):
            outcome, reason = "unfinished", "the steps are too large, the weights grow"
        elif worst > APART and (id(run.case) in self._on_the_way or arrives_late(run)):
            outcome, reason = "unfinished", f"{text}: it has not arrived yet"
        elif worst > APART:
            outcome, reason = "contradicted", f"{text}: {worst:.1f} standard errors apart"
        elif worst > ERRORS:
            outcome, reason = "unfinished", f"{text}: {worst:.1f} standard errors apart"
        else:
            outcome, reason = "reached", text
        name = f"{run.case.case.name}: real model on sequences"
        relative = excess / (best or unit)
        return Measurement(
            name,
            run.seed,
            len(run.times),
            outcome,
            reason,
            best,
            excess,
            relative,
            abs(run.mean["ab"] / predicted["ab"] - 1),
        )

    def told_apart(self) -> dict[str, float]:
        """How clearly each wrong prediction fails: the least of (deviation/needed) over the runs that must tell."""
        found: dict[str, float] = {}
        cases = {id(run.case): run.case for run in self.flows}
        for case in cases.values():
            runs = [run for run in self.flows if run.case is case]
            for name, wrong in case.wrong.items():
                clear = max(max(deviations(run, wrong)) for run in runs) / (CLEAR * RESOLUTION)
                found[f"{case.case.name}: {name}"] = clear
        for run in self.sampled:
            for name in run.case.wrong.keys() & set(run.case.case.wrong_for_samples):
                values = run.case.wrong[name].values
                clear = (
                    max(distance(run, key, value) for key, value in values.items() if key in run.mean) / APART
                )
                key = f"{run.case.case.name}, sequences: {name}"
                found[key] = min(clear, found.get(key, clear))
        return found

    def verdict(self) -> tuple[Verdict, str]:
        """Contradicted by a single run; confirmed if all agree and every wrong prediction is told apart."""
        for one in self.measurements:
            if one.verdict == "contradicted":
                return "contradicted", f"{one.name}, seed {one.seed}: {one.reason}"
        for one in self.measurements:
            if one.verdict != "reached":
                return "inconclusive", f"{one.name}, seed {one.seed}: {one.reason}"
        for name, clear in self.told_apart().items():
            if not clear > 1:
                return "inconclusive", f"no run told the prediction apart from a wrong one: {name}"
        return "confirmed", (
            f"{len(self.flows)} population flows follow the theorem within {RESOLUTION:g}; {len(self.sampled)} runs of "
            "the real model on sequences end there within their errors"
        )


def still_moving(run: FlowRun) -> bool:
    """Whether ab has changed by more than a part in a thousand of itself over the last tenth of the record."""
    product = np.asarray(run.product)
    before, now = float(product[-max(2, len(product) // 10)]), float(product[-1])
    return abs(now - before) > 1e-3 * abs(now)


def arrives_late(run: SampledRun) -> bool:
    """Whether the population flow from the same start needs more than half of the time of the run.

    Near the saddle at zero weights the noise of the samples decides when a run leaves it.
    """
    predicted = run.case.prediction
    curve = predicted.flow.product(*run.start, run.times)
    arrived = np.abs(curve / predicted.values["ab"] - 1) < BIAS
    return not arrived[: max(1, len(arrived) // 2)].any()


def deviations(run: FlowRun, predicted: Prediction) -> tuple[float, float]:
    """The largest distance from the predicted curve in units of u*, and the deviation at the end."""
    curve = 0.0
    if predicted.has_curve:
        expected = predicted.flow.product(*run.start, run.times)
        curve = float(np.abs(run.product - expected).max() / predicted.values["ab"])
    return curve, run.case.deviation(run.end, predicted.values)


def distance(run: SampledRun, name: str, value: float) -> float:
    """By how many standard errors a sampled mean differs from a value, `BIAS` allowed for."""
    scale: Mapping[str, float] = {"ab": abs(value)}
    gap = abs(run.mean[name] - value) - BIAS * scale.get(name, abs(value))
    return max(gap, 0.0) / (run.error[name] + 1e-6 * max(1.0, abs(value)))
