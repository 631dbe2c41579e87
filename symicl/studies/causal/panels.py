"""The pictures of a study of causal attention."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symicl.studies.causal.runs import FlowRun, SampledRun
from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.heatmap import Heatmap

CURVE_POINTS = 200


def causal_panels(flows: Sequence[FlowRun], sampled: Sequence[SampledRun]) -> tuple[Panel, ...]:
    """ab in time: population flows on their predicted curves, and the real model on sequences."""
    groups: dict[str, list[FlowRun]] = {}
    first = flows[0].case.case.law if flows else ""
    for run in flows:
        case = run.case
        if not case.prediction.has_curve:
            title = f"flow on the exact loss, {case.case.name}"
        elif case.case.law == first:
            title = f"flow on the exact loss, {first} start"
        else:
            title = "flow on the exact loss, other starts"
        groups.setdefault(title, []).append(run)
    panels = [_samples(sampled)] if sampled else []
    return (*panels, *[_flows(title, runs) for title, runs in groups.items()])


def _flows(title: str, runs: Sequence[FlowRun]) -> Panel:
    """Measured curves, one colour for each law; predicted ones dashed, or levels where no curve is predicted."""
    names = list(dict.fromkeys(run.case.case.name for run in runs))
    curves: list[Curve] = []
    levels: list[Level] = []
    labelled: set[str] = set()
    for run in runs:
        name = run.case.case.name
        later = run.times > 0
        group = names.index(name)
        curves.append(
            Curve(_once(name, labelled), run.times[later].tolist(), run.product[later].tolist(), group=group)
        )
        if run.case.prediction.has_curve:
            times = np.geomspace(run.times[1], run.times[-1], CURVE_POINTS)
            expected = run.case.prediction.flow.product(*run.start, times)
            label = _once("solution of the ODE, implicit form", labelled)
            curves.append(Curve(label, times.tolist(), expected.tolist(), theory=True))
        elif not levels and "ab" in run.case.prediction.values:
            levels.append(Level("certified limit of ab", run.case.prediction.values["ab"]))
    shows = tuple(run.evidence for run in runs)
    return Panel(title, "time τ", "ab", tuple(curves), tuple(levels), log_x=True, shows=shows)


def _once(label: str, taken: set[str]) -> str:
    """A label at its first use, afterwards a name that the legend leaves out."""
    if label in taken:
        return f"_{label}"
    taken.add(label)
    return label


def _samples(runs: Sequence[SampledRun]) -> Panel:
    """ab/u* against steps × step size × rate, so that laws of different sizes fit one picture."""
    names = list(dict.fromkeys(run.case.case.name for run in runs))
    curves = []
    labelled: set[str] = set()
    for run in runs:
        prediction = run.case.prediction
        best, rate = prediction.flow.u_star, prediction.flow.rate(*run.start)
        group = names.index(run.case.case.name)
        scaled = (run.times * rate).tolist()
        curves.append(
            Curve(_once(run.case.case.name, labelled), scaled, (run.product / best).tolist(), group=group)
        )
        if prediction.has_curve:
            expected = prediction.flow.product(*run.start, run.times) / best
            label = _once("solution of the ODE for the population", labelled)
            curves.append(Curve(label, scaled, expected.tolist(), theory=True))
    return Panel(
        "the real model, fresh sequences at every step",
        "steps × step size × rate KR*",
        "ab / u*",
        tuple(curves),
        (Level("stated limit", 1.0),),
        shows=tuple(run.evidence for run in runs),
    )


def weight_maps(runs: Sequence[SampledRun]) -> tuple[Heatmap, ...]:
    """W_KQ and W_PV of the first seed of each case, real parts."""
    maps = []
    for run in runs:
        if run.seed != runs[0].seed:
            continue
        for name, text in (("W_KQ", "W^KQ"), ("W_PV", "W^PV")):
            maps.append(
                Heatmap(
                    f"{run.case.case.name}: {text}",
                    f"largest inactive entry {run.inactive:.2g}",
                    run.weights[name],
                    blocks=run.case.d,
                    shows=(run.evidence,),
                )
            )
    return tuple(maps)
