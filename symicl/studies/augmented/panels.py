"""The pictures of a study of augmented tokens."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.fresh_descent import Path

Shows = tuple[Evidence, ...]


def loss_panel(title: str, paths: Mapping[int, Path], levels: Mapping[str, float], shows: Shows) -> Panel:
    """The losses of the batches on the way, above the exact minima."""
    curves = [
        Curve(f"seed {seed}", path.steps, [float(x[0]) for x in path.losses]) for seed, path in paths.items()
    ]
    return Panel(
        title,
        shows[0].axis if shows else "steps",
        "loss of the batch",
        tuple(curves),
        tuple([Level(name, value, group=k or None) for k, (name, value) in enumerate(levels.items())]),
        log_y=True,
        shows=shows,
    )


def products_panel(
    products: Mapping[int, np.ndarray], u: float, wrong: Mapping[str, float], shows: Shows
) -> Panel:
    """a_j b_j after training, beside the stated value and the wrong ones."""
    return Panel(
        "products of the trained diagonal weights",
        "coordinate",
        "a_j b_j",
        tuple(
            [
                Curve(f"seed {seed}", range(1, len(found) + 1), found.tolist())
                for seed, found in products.items()
            ]
        ),
        (
            Level("stated: u*", u),
            *[Level(f"wrong: {name}", value, group=k + 1) for k, (name, value) in enumerate(wrong.items())],
        ),
        shows=shows,
    )


def haar_panel(found: Mapping[tuple[str, int], Path], levels: Mapping[int, float], shows: Shows) -> Panel:
    """Stacked layers beside steps of descent."""
    curves = []
    for (name, depth), one in found.items():
        curves.append(Curve(name, one.steps, [float(x[0]) for x in one.losses], group=depth))
    return Panel(
        "not part of the statement: stacked layers on Haar-orthogonal W",
        shows[0].axis if shows else "steps",
        "mean squared error",
        tuple(curves),
        tuple([Level(f"{k} step{'s' * (k > 1)} of descent", value, group=k) for k, value in levels.items()]),
        log_y=True,
        shows=shows,
    )
