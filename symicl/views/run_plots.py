"""Recorded runs drawn again: trajectories, and the weights of a single run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from symicl.errors import InputError
from symicl.studies import recorded, summary
from symicl.views.plots import DPI, FIGURE_SIZE, _pyplot, _write_entries


def draw_runs(
    rows: Sequence[dict[str, Any]], points: Sequence[Sequence[tuple[int, float]]], path: str | Path
) -> None:
    """One PNG: the excess loss of each run against steps; for one run also K(θ) beside K*, if it was recorded.

    Parameters
    ----------
    rows : sequence of dict
        Of the records.
    points : sequence of lists of (step, excess)
    path : path

    Raises
    ------
    InputError
        If no run has a trajectory.
    MissingDependencyError
        Without matplotlib.
    """
    drawn = [
        (row, [(step, e) for step, e in curve if e > 0]) for row, curve in zip(rows, points, strict=True)
    ]
    drawn = [(row, curve) for row, curve in drawn if curve]
    if not drawn:
        raise InputError(
            "none of these runs has a trajectory with a positive excess, so there is nothing to draw"
        )
    pyplot = _pyplot()
    document = drawn[0][0]["document"] or {}
    pair = [document.get("coefficient"), document.get("optimal_coefficient")]
    with_weights = len(rows) == 1 and all(pair)
    figure = pyplot.figure(figsize=FIGURE_SIZE if with_weights else (7.5, 4.8), layout="constrained")
    left, right = figure.subfigures(1, 2, width_ratios=(1.2, 1.0)) if with_weights else (figure, None)
    _trajectories(left, drawn)
    if right is not None:
        _weights(right, *(np.array(matrix) for matrix in pair))
        right.supxlabel(summary(recorded(document)), fontsize=8)
    figure.suptitle(", ".join(dict.fromkeys(row["theorem"] for row, _ in drawn)), fontsize=11)
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)


def _trajectories(figure: Any, drawn: Sequence[tuple[dict[str, Any], list[tuple[int, float]]]]) -> None:
    axes = figure.subplots()
    axis_labels: dict[str, None] = {}
    relative = all(row["numbers"].get("loss_at_optimum") for row, _ in drawn)
    for row, curve in drawn:
        steps, excess = zip(*curve, strict=True)
        evidence = recorded(row["document"])
        axis_labels.update(dict.fromkeys(one.axis for one in evidence))
        scale = row["numbers"]["loss_at_optimum"] if relative else 1.0
        at = ", ".join(f"{name} = {value}" for name, value in row["inputs"].items() if len(value) < 8)
        axes.plot(
            steps,
            np.array(excess) / scale,
            linewidth=1.5,
            marker="" if len(steps) > 1 else "o",
            label=f"run {row['id']}: {at}, seed {row['seed']}"
            + (f": {summary(evidence)}" if evidence else ""),
        )
    axes.set_yscale("log")
    axes.set_xlabel("; ".join(axis_labels) or "steps", fontsize=9)
    axes.set_ylabel("excess loss / minimal loss" if relative else "excess loss")
    axes.grid(alpha=0.25)
    figure.legend(loc="outside lower center", ncols=1, fontsize=7, frameon=False)


def _weights(figure: Any, trained: np.ndarray, derived: np.ndarray) -> None:
    limit = max(float(np.abs(trained).max()), float(np.abs(derived).max()), 1e-12)
    parts = figure.subplots(1, 2)
    for axes, matrix, title in zip(parts, (trained, derived), ("trained K(θ)", "derived K*"), strict=True):
        image = axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
        axes.set_title(title, fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
        if max(matrix.shape) <= 6:
            _write_entries(axes, matrix, limit)
    bar = figure.colorbar(image, ax=list(parts), location="bottom", shrink=0.6, aspect=40)
    bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2g}", "0", f"{limit:.2g}"])
