"""The picture of a study of gradient flows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.flow.problem import MAX_POINTS, MIN_ENVELOPE_PART, Run

MIN_DRAWN = 1e-12
"""Nothing smaller is drawn; there the rounding of floats shows."""
RUN_STYLES = {
    "prompts": (2, "GD-β on fresh prompts"),
    "flow": (0, "gradient flow of GD-β on the closed form"),
    "descent": (1, "gradient descent of GD-β on the closed form"),
    "block": (4, "block on fresh prompts"),
}
"""Colour and label of each kind of run."""
MAX_FIRST_FALL = 0.9
"""A flow that falls to this part of the envelope at once is not drawn in the picture of its beginning."""
TIME_LABEL = "time t (steps × step size)"


def flow_panels(
    runs: Sequence[Run], rate: float, wrong: Mapping[str, float], where: str = ""
) -> tuple[Panel, ...]:
    """The start error below the envelope, its beginning where the envelope is sharp, and the excess risk.

    Parameters
    ----------
    runs : sequence of Run
    rate : float
        Of the stated envelope.
    wrong : dict
        Rates of wrong envelopes by name.
    where : str
        On what the start error is measured, if not everywhere.
    """
    horizon = math.log(1 / MIN_ENVELOPE_PART) / rate
    times = np.linspace(0.0, horizon, 50)
    envelope = Curve("stated envelope", times.tolist(), np.exp(-rate * times).tolist(), theory=True)
    own = [run for run in runs if run.kind != "block"]
    blocks = [run for run in runs if run.kind == "block"]
    panels = [
        Panel(
            f"distance of the start vector of GD-β from β*{where}",
            TIME_LABEL,
            "‖δ(t)‖ / ‖δ(0)‖",
            (*_curves(own, "distance", horizon), envelope),
            log_y=True,
            shows=_shows(own),
        ),
        _beginning(runs, rate, wrong, 0.2 / rate),
        Panel(
            "excess risk of GD-β",
            TIME_LABEL,
            "R − R*",
            tuple(_curves(own, "excess", horizon)),
            log_y=True,
            shows=_shows(own),
        ),
    ]
    if blocks:
        curves = tuple(_curves(blocks, "excess", math.inf))
        title = "not part of the statement: the block"
        axis = _shows(blocks)[0].axis
        panels.append(Panel(title, axis, "R − R*", curves, log_y=True, shows=_shows(blocks)))
    return tuple(panels)


def _shows(runs: Sequence[Run]) -> tuple[Evidence, ...]:
    return tuple([run.measurement.evidence for run in runs if run.measurement.evidence is not None])


def _curves(runs: Sequence[Run], what: str, horizon: float) -> list[Curve]:
    """One label for each kind; matplotlib leaves out those that begin with an underscore."""
    curves: list[Curve] = []
    for run in runs:
        group, label = RUN_STYLES[run.kind]
        y = getattr(run, what)
        end = int(np.argmax((y < MIN_DRAWN) | (run.times > horizon))) or len(y)
        stride = max(1, end // MAX_POINTS)
        curves.append(
            Curve(
                _label(run, label, [curve.label for curve in curves]),
                run.times[:end:stride].tolist(),
                y[:end:stride].tolist(),
                group=group,
            )
        )
    return curves


def _label(run: Run, label: str, taken: list[str]) -> str:
    """The label where it is new, else a name that the legend leaves out."""
    return label if label not in taken else f"_{run.measurement.name}, seed {run.measurement.seed}"


def _beginning(runs: Sequence[Run], rate: float, wrong: Mapping[str, float], end: float) -> Panel:
    """Where a flow from the sharp start touches the envelope, and crosses those of the wrong rates."""
    times = np.linspace(0.0, end, 30)
    envelopes = [
        Curve(f"envelope of {name}", times.tolist(), np.exp((rate - larger) * times).tolist(), group=3 + k)
        for k, (name, larger) in enumerate(wrong.items())
    ]
    flows: list[Curve] = []
    for run in [run for run in runs if run.kind == "flow"]:
        shown = run.times <= end
        y = run.distance[shown] * np.exp(rate * run.times[shown])
        if y.size and y.min() > MAX_FIRST_FALL:
            label = _label(run, run.measurement.name, [flow.label for flow in flows])
            flows.append(Curve(label, run.times[shown].tolist(), y.tolist(), group=0))
    return Panel(
        "the same at the beginning, divided by the envelope",
        "time t",
        "‖δ(t)‖ / ‖δ(0)‖ · exp(rate · t)",
        (*flows, *envelopes),
        levels=(Level("stated envelope", 1.0),),
        shows=_shows([run for run in runs if run.kind == "flow"]),
    )
