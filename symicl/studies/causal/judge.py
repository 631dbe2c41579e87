"""Runs of causal attention, measured against the statement."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from symicl.studies.causal.case import CaseAt, Prediction
from symicl.studies.causal.runs import RESOLUTION, FlowRun, SampledRun
from symicl.studies.evidence import summary
from symicl.studies.kinds.judging import Grounds, not_told_apart, unreached
from symicl.studies.measurements import Measurement
from symicl.studies.sequences.descent import mismatch

MIN_FACTOR = 10.0
"""By which factor a wrong prediction must exceed it."""
MAX_END_DEVIATION = 1e-4
"""Largest deviation, from the end of the flow, of the point to which the exact loss leads from trained weights."""
MAX_EXCESS = 0.01
"""Largest exact excess loss of trained weights, relative to the loss of zero weights."""
MAX_ERROR_OF_MEAN = 4.0
"""Standard errors that a sampled mean may be off."""
BIAS = 0.01
"""Relative error of a sampled mean that is attributed to the finite size of the steps."""
MAX_PRODUCT_ERROR = 0.02
"""Largest relative standard error of the sampled product."""
MIN_SEPARATION = 6.0
"""Standard errors, beyond `BIAS`, by which a sampled mean must differ from a wrong prediction."""
MIN_DIFFERENCE = 0.1
"""Relative difference in ab from which on sampled runs are asked to tell a wrong prediction apart."""
LOSS_ROUNDING = 1e-9
"""Difference of two computations of a loss, relative to that of zero weights, that is attributed to rounding."""


class CausalJudge:
    """The verdict on all runs of a causal study.

    Parameters
    ----------
    flows, sampled : sequences of runs

    Notes
    -----
    Only stationary points contradict: ends of flows, and the points to which the exact loss leads from trained
    weights where the flow ends there, too. Both are measured by the exact loss, without samples.
    """

    def __init__(self, flows: Sequence[FlowRun], sampled: Sequence[SampledRun]):
        self.flows, self.sampled = flows, sampled
        of_flows = [self._of_flow(run) for run in flows]
        self._ends: dict[int, FlowRun] = {}
        for run, one in zip(flows, of_flows, strict=True):
            if one.verdict != "unfinished":
                self._ends.setdefault(id(run.case), run)
        self.measurements = [self._of_sample(run) for run in sampled] + of_flows

    def _of_flow(self, run: FlowRun) -> Measurement:
        predicted = run.case.prediction
        curve, end = deviations(run, predicted)
        unit, best = run.case.unit, predicted.values["loss"]
        excess = run.end["loss"] - best
        finest = run.resolution
        late = predicted.has_curve and abs(run.end["ab"] / predicted.values["ab"] - 1) > finest
        if predicted.has_curve and curve > finest:
            outcome, reason = "contradicted", f"ab leaves the stated curve by {100 * curve:.2g} % of u*"
        elif (late or end > finest) and (late or still_moving(run)):
            # Near the saddle at zero weights a flow can stay for any time.
            outcome, reason = "unfinished", f"it has not arrived yet: the deviation is {end:.2g}"
        elif end > finest:
            below = "; the loss is below the stated one" if excess < -finest * unit else ""
            outcome, reason = "contradicted", f"it ends elsewhere: the deviation is {end:.2g}{below}"
        elif predicted.stable is not None and run.case.d > 1 and predicted.stable == run.case.is_saddle:
            said, found = ("stable", "negative") if predicted.stable else ("a strict saddle", "not negative")
            outcome = "contradicted"
            reason = f"its end is said to be {said}, but the least second derivative there is {found}"
        elif predicted.has_curve:
            outcome, reason = "reached", f"ab follows the stated curve within {max(curve, 1e-16):.1g} of u*"
        else:
            outcome, reason = "reached", f"it ends at the stated numbers within {max(end, 1e-16):.1g}"
        name = f"{run.case.case.name}: from {run.start[0]:.3g}, {run.start[1]:.3g}"
        distance = abs(run.end["ab"] / predicted.values["ab"] - 1) if "ab" in predicted.values else None
        return Measurement(
            name,
            0,
            len(run.times) - 1,
            outcome,
            reason,
            best,
            excess,
            excess / (best or unit),
            distance,
            run.evidence,
        )

    def _of_sample(self, run: SampledRun) -> Measurement:
        best, unit = run.case.prediction.values["loss"], run.case.unit
        with np.errstate(over="ignore", invalid="ignore"):  # weights that have grown
            exact = run.case.measure(run.pair)["loss"]
        excess = exact - best
        outcome, reason = self._outcome(run, exact)
        predicted = run.case.prediction.values
        return Measurement(
            f"{run.case.case.name}: the model on sequences from {run.start[0]:.3g}, {run.start[1]:.3g}",
            run.seed,
            len(run.times),
            outcome,
            reason,
            best,
            excess,
            excess / (best or unit),
            abs(run.mean["ab"] / predicted["ab"] - 1) if "ab" in predicted else None,
            run.evidence,
        )

    def _outcome(self, run: SampledRun, exact: float) -> tuple[str, str]:
        case, predicted = run.case, run.case.prediction.values
        text = sampled_numbers(run)
        if not np.isfinite(exact):
            return "unfinished", "the steps are too large, the weights grow"
        if wrong := mismatch(run.fresh, exact, LOSS_ROUNDING * case.unit):
            return "contradicted", wrong
        if not run.settled.is_stationary(case.unit):
            return "unfinished", f"{text}; the exact loss leads to no stationary point from there"
        if case.is_saddle:
            lower = predicted["loss"] - run.settled.loss
            if lower > RESOLUTION * case.unit:
                return "reached", (
                    f"{text}; the stated end is a strict saddle, and the exact descent from these weights leaves it "
                    "for "
                    f"{run.settled.loss:.6g}, below {predicted['loss']:.6g}"
                )
            return "unfinished", f"{text}; from its weights the exact loss leads to the saddle"
        end = case.measure(run.settled.weights)
        flow = self._ends.get(id(case))
        off = case.deviation(end, predicted)
        if off > MAX_END_DEVIATION:
            if flow is None or case.deviation(end, {k: flow.end[k] for k in predicted}) > MAX_END_DEVIATION:
                return "unfinished", f"{text}; it has led to another stationary point than the flow"
            return "contradicted", (
                f"from its weights the exact loss leads to a stationary point that is {off:.2g} from the stated "
                f"numbers, where the loss is {end['loss']:.8g}"
            )
        if exact - predicted["loss"] > MAX_EXCESS * case.unit:
            return "unfinished", f"the exact loss is {exact:.5g}, still above {predicted['loss']:.5g}"
        worst = max((distance(run, k, value) for k, value in predicted.items() if k in run.mean), default=0.0)
        if worst > MAX_ERROR_OF_MEAN:
            return "unfinished", f"{text}: {worst:.1f} standard errors apart"
        if "ab" in predicted and run.error["ab"] > MAX_PRODUCT_ERROR * abs(predicted["ab"]):
            return "unfinished", f"{text}: too noisy to say more"
        return "reached", text

    def told_apart(self) -> dict[str, float]:
        """How clearly each wrong prediction fails: the least of (deviation/needed) over the runs that must tell."""
        found: dict[str, float] = {}
        for case in self.cases:
            runs = [run for run in self.flows if run.case is case]
            for name, wrong in case.wrong.items():
                clear = max(max(deviations(run, wrong)) / (MIN_FACTOR * run.resolution) for run in runs)
                found[f"{case.case.name}: {name}"] = clear
        for run in self.sampled:
            for name in run.case.wrong.keys() & set(run.case.case.wrong_for_samples):
                values = run.case.wrong[name].values
                if not seen_by_samples(run.case, values):
                    continue
                clear = (
                    max(distance(run, key, value) for key, value in values.items() if key in run.mean)
                    / MIN_SEPARATION
                )
                key = f"{run.case.case.name}, sequences: {name}"
                found[key] = min(clear, found.get(key, clear))
        return found

    @property
    def cases(self) -> list[CaseAt]:
        return list({id(run.case): run.case for run in self.flows}.values())

    @property
    def dropped(self) -> list[str]:
        """The wrong predictions that coincide with the right one at these inputs."""
        return [f"{case.case.name}: {name}" for case in self.cases for name in case.dropped]

    def grounds(self) -> Grounds:
        """All runs agree, and every wrong prediction is told apart."""
        lacking = chain(unreached(self.measurements), not_told_apart(self.told_apart()))
        return Grounds(self.measurements, self._confirmed, lacking)

    def _confirmed(self) -> str:
        sampled, flows = self.measurements[: len(self.sampled)], self.measurements[len(self.sampled) :]
        saddles = [run for run in self.sampled if run.case.is_saddle]
        done = (
            f"from {len(saddles)} of them the exact descent leaves the stated end, a strict saddle, as the statement "
            "says; the others end at the stated numbers within their errors"
            if saddles
            else "all end at the stated numbers within their errors"
        )
        finest = max(run.resolution for run in self.flows)
        return (
            f"the real model was trained in {summary(one.evidence for one in sampled)}: {done}; beside it, "
            f"{summary(one.evidence for one in flows)}: within {finest:.1g} of the statement"
        )


def sampled_numbers(run: SampledRun) -> str:
    """The trained numbers with their errors beside the stated ones."""
    predicted = run.case.prediction.values
    name = next((name for name in ("ab", "beta_ratio") if name in predicted), None)
    if name is None:
        return f"ab = {run.mean['ab']:.5g} ± {run.error['ab']:.1g}"
    label = {"ab": "ab", "beta_ratio": "β'/β"}[name]
    return f"{label} = {run.mean[name]:.5g} ± {run.error[name]:.1g}, stated {predicted[name]:.5g}"


def seen_by_samples(case: CaseAt, wrong: dict[str, float]) -> bool:
    """True if a wrong prediction is so far off that runs on samples must tell it apart."""
    right = case.prediction.values
    return "ab" in right and "ab" in wrong and abs(wrong["ab"] / right["ab"] - 1) > MIN_DIFFERENCE


def still_moving(run: FlowRun) -> bool:
    """True if ab has changed by more than a part in a thousand of itself over the last tenth of the record."""
    product = np.asarray(run.product)
    before, now = float(product[-max(2, len(product) // 10)]), float(product[-1])
    return abs(now - before) > 1e-3 * abs(now)


def deviations(run: FlowRun, predicted: Prediction) -> tuple[float, float]:
    """The largest distance from the predicted curve in units of u*, and the deviation at the end."""
    curve = 0.0
    if predicted.has_curve:
        expected = predicted.flow.product(*run.start, run.times)
        curve = float(np.abs(run.product - expected).max() / predicted.values["ab"])
    return curve, run.case.deviation(run.end, predicted.values)


def distance(run: SampledRun, name: str, value: float) -> float:
    """By how many standard errors a sampled mean differs from a value, `BIAS` of the value allowed for."""
    gap = abs(run.mean[name] - value) - BIAS * abs(value)
    return max(gap, 0.0) / (run.error[name] + 1e-6 * max(1.0, abs(value)))
