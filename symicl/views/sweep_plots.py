"""Pictures of sweeps: theory as lines, runs as points with error bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symicl.studies import Curve, Panel
from symicl.views.plots import DPI, MAX_NUMBERS, _pyplot, _write_entries

MAX_COLUMNS = 3
WIDTH, HEIGHT = 4.6, 3.7
NEUTRAL = 10
"""A group that is drawn in grey."""
ASIDE = "predicted local minimum"
"""The label of runs that are shown beside the others, as hollow points."""


@dataclass(frozen=True)
class Weights:
    """Trained weights beside the derived ones."""

    label: str
    trained: np.ndarray
    derived: np.ndarray


def draw_lines(title: str, panels: Sequence[Panel], path: str | Path, *, lines: str, points: str) -> None:
    """Panels side by side with common axes; curves of one group share a colour and one entry of the legend.

    Parameters
    ----------
    title : str
    panels : sequence of Panel
    path : path
        Written as PNG whatever its ending.
    lines, points : str
        What the lines and the points stand for; empty where there are none.

    Raises
    ------
    MissingDependencyError
        Without matplotlib.
    """
    pyplot = _pyplot()
    columns = 2 if len(panels) == 4 else min(len(panels), MAX_COLUMNS)
    rows = -(-len(panels) // columns)
    size = (max(6.5, WIDTH * columns), HEIGHT * rows + 1.1)
    figure, grid = pyplot.subplots(
        rows, columns, figsize=size, layout="constrained", squeeze=False, sharex=True, sharey=True
    )
    groups: dict[int, tuple[str, Any]] = {}
    for axes, panel in zip(grid.flat, panels, strict=False):
        for curve in panel.curves:
            group = 0 if curve.group is None else curve.group
            colour = _colour(group)
            _draw_curve(axes, curve, colour)
            if curve.label and curve.label != ASIDE:
                groups.setdefault(group, (curve.label, colour))
        for level in panel.levels:
            axes.axhline(level.value, color="0.4", linewidth=1.0, linestyle=":")
        axes.set_title(panel.title, fontsize=10)
        axes.grid(alpha=0.25)
    _scales(grid, panels)
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_visible(False)
    for column in range(columns):  # the lowest visible one, which sharex would leave without numbers
        used = [grid[row][column] for row in range(rows) if row * columns + column < len(panels)]
        used[-1].tick_params(labelbottom=True)
        used[-1].set_xlabel(panels[0].x_label)
    for row in range(rows):
        grid[row][0].set_ylabel(panels[0].y_label)
    figure.suptitle(title, fontsize=11)
    aside = any(curve.label == ASIDE for panel in panels for curve in panel.curves)
    levels = dict.fromkeys(level.label for panel in panels for level in panel.levels)
    _legend(figure, groups, lines, points, aside=aside, levels=list(levels))
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)


def _colour(group: int) -> Any:
    return f"C{group}" if group < NEUTRAL else "0.4"


def _draw_curve(axes: Any, curve: Curve, colour: Any) -> None:
    if curve.theory:
        axes.plot(curve.x, curve.y, color=colour, linewidth=1.4, alpha=0.8, zorder=1)
    elif curve.label == ASIDE:
        axes.plot(
            curve.x,
            curve.y,
            color=colour,
            linewidth=0,
            marker="o",
            markersize=5,
            markerfacecolor="none",
            alpha=0.6,
        )
    elif curve.errors is None:
        axes.plot(curve.x, curve.y, color=colour, linewidth=1.2)
    else:
        axes.errorbar(
            curve.x,
            curve.y,
            yerr=curve.errors,
            color=colour,
            fmt="o",
            markersize=4,
            capsize=2,
            linewidth=1,
            zorder=2,
        )


def _scales(grid: Any, panels: Sequence[Panel]) -> None:
    axes, panel = grid[0][0], panels[0]
    xs = sorted({x for p in panels for c in p.curves if not c.theory for x in c.x})
    if panel.log_x:
        axes.set_xscale("log")
        if len(xs) <= 10 and all(x == int(x) for x in xs):
            for each in grid.flat:
                each.set_xticks(xs, labels=[f"{int(x)}" for x in xs])
                each.set_xticks([], minor=True)
    if panel.log_y:
        axes.set_yscale("log")
        low, high = axes.get_ylim()
        if high < 100 * low:
            # Within two decades powers of ten say less than numbers.
            for each in grid.flat:
                each.yaxis.set_major_formatter("{x:g}")
                each.yaxis.set_minor_formatter("{x:g}")
                each.tick_params(axis="y", which="minor", labelsize=7)


def _legend(
    figure: Any,
    groups: dict[int, tuple[str, Any]],
    lines: str,
    points: str,
    *,
    aside: bool,
    levels: Sequence[str],
) -> None:
    """Below the axes, where it covers nothing."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color="0.2", linewidth=1.4, label=lines)] if lines else []
    if points:
        handles.append(Line2D([], [], color="0.2", marker="o", markersize=4, linewidth=0, label=points))
    handles += [Line2D([], [], color="0.4", linewidth=1.0, linestyle=":", label=label) for label in levels]
    if aside:
        handles.append(
            Line2D(
                [],
                [],
                color="0.2",
                marker="o",
                markerfacecolor="none",
                markersize=5,
                linewidth=0,
                label=ASIDE,
            )
        )
    for _, (label, colour) in sorted(groups.items()):
        handles.append(Line2D([], [], color=colour, marker="s", markersize=7, linewidth=0, label=label))
    longest = max(len(str(handle.get_label())) for handle in handles)
    columns = max(
        1, int(figure.get_figwidth() / (0.085 * longest + 0.6))
    )  # inches a letter, and for the mark
    figure.legend(
        handles=handles,
        loc="outside lower center",
        ncols=min(columns, len(handles)),
        fontsize=9,
        frameon=False,
    )


def draw_weights(title: str, pairs: Sequence[Weights], path: str | Path) -> None:
    """Heat maps of trained coefficients above the derived ones, each pair on one scale.

    Raises
    ------
    MissingDependencyError
        Without matplotlib.
    """
    pyplot = _pyplot()
    figure = pyplot.figure(figsize=(max(6.5, 3.1 * len(pairs)), 6.6), layout="constrained")
    parts = figure.subfigures(1, len(pairs), squeeze=False).flatten()
    for part, pair in zip(parts, pairs, strict=True):
        limit = max(float(np.abs(pair.trained).max()), float(np.abs(pair.derived).max()), 1e-12)
        upper, lower = part.subplots(2, 1)
        for axes, matrix, name in (
            (upper, pair.trained, "trained K(θ)"),
            (lower, pair.derived, "derived K*"),
        ):
            image = axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
            axes.set_title(name, fontsize=9)
            axes.set_xticks([])
            axes.set_yticks([])
            if max(matrix.shape) <= MAX_NUMBERS:
                _write_entries(axes, matrix, limit)
        bar = part.colorbar(image, ax=(upper, lower), location="bottom", shrink=0.8, aspect=30)
        bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2g}", "0", f"{limit:.2g}"])
        part.suptitle(pair.label, fontsize=9)
    figure.suptitle(title, fontsize=11)
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)
