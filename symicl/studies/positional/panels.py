"""The pictures of a study of attention with positional weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.heatmap import Heatmap
from symicl.studies.kinds.fresh_descent import Path

MIN_DRAWN = 1e-14


def loss_panel(
    title: str,
    paths: Mapping[int, Path],
    rows: int,
    steps: int,
    minimum: float,
    shows: tuple[Evidence, ...],
) -> Panel:
    """The losses of the batches on the way."""
    curves = [
        Curve(f"seed {seed}", path.steps, [max(float(x[0]) / rows, MIN_DRAWN) for x in path.losses])
        for seed, path in paths.items()
    ]
    levels = (Level("stated minimum", minimum),) if minimum else ()
    label = f"steps on fresh sequences: {steps} of plain gradient descent, then Adam"
    return Panel(title, label, "loss of the batch, of one T", tuple(curves), levels, log_y=True, shows=shows)


def heads_panel(
    d: int, starts: int, found: Sequence[float], levels: Sequence[float], shows: tuple[Evidence, ...]
) -> Panel:
    """The least exact loss for each number of heads."""
    heads = range(1, d + 1)
    return Panel(
        f"fewer heads, d = {d}",
        "heads H",
        "least exact loss of one T",
        (
            Curve(f"trained, best of {starts} starts", heads, list(found)),
            Curve("stated", heads, list(levels), theory=True),
        ),
        shows=shows,
    )


def weight_maps(
    weights: Mapping[str, np.ndarray], seed: int, evidence: Evidence, *, paired: bool
) -> list[Heatmap]:
    """C and P of one run."""
    C = weights["B"].T @ weights["A"]
    return [
        Heatmap("trained C = B'A", f"seed {seed}", C, blocks=2 if paired else 0, shows=(evidence,)),
        Heatmap(
            "trained positional weights", f"row T - 1 is p; seed {seed}", weights["P"][:-1], shows=(evidence,)
        ),
    ]
