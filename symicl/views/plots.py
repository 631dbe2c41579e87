"""Pictures of training runs beside the theory."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import MissingDependencyError
from symicl.studies import Heatmap

if TYPE_CHECKING:
    from symicl.studies import ExperimentResult, Panel, StudyResult, TrainResult

FIGURE_SIZE, DPI = (11.5, 5.4), 150
MIN_SHOWN_EXCESS = 1e-8
"""Smallest relative excess that is shown."""
GREYS = ("0.1", "0.35", "0.5", "0.65")
MAX_NUMBERS = 6
PER_ROW = 3
CAPTION_WIDTH = 84
"""Letters in a line of a caption."""


def _pyplot() -> Any:
    try:
        import matplotlib
    except ImportError as error:
        raise MissingDependencyError(
            "pictures need matplotlib; install it with: pip install 'symicl[plot]'"
        ) from error
    # No window is opened, so that pictures can be drawn on a machine without a screen.
    matplotlib.use("Agg")
    import matplotlib.pyplot

    return matplotlib.pyplot


@contextmanager
def _picture(result: StudyResult, size: tuple[float, float], path: str | Path) -> Iterator[Any]:
    """A figure that gets the verdict and the inputs as its title, and is written as PNG."""
    pyplot = _pyplot()
    figure = pyplot.figure(figsize=size, layout="constrained")
    yield figure
    inputs = ", ".join(f"{name} = {value}" for name, value in result.at.items() if len(value) < 12)
    figure.suptitle(f"{result.id}: {result.verdict}   ({inputs})", fontsize=11)
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)


def draw(result: StudyResult, path: str | Path) -> None:
    """The picture of a numeric check, as PNG; see `draw_experiment` and `draw_panels`."""
    panels = getattr(result, "panels", None)
    if panels is None:
        draw_experiment(result, path)  # type: ignore[arg-type]
    else:
        draw_panels(result, panels, path)


def draw_panels(result: StudyResult, panels: Sequence[Panel | Heatmap], path: str | Path) -> None:
    """One PNG with panels side by side, three in a row: measurements in colour, theory in black.

    Parameters
    ----------
    result : StudyResult
    panels : sequence of Panel or Heatmap
    path : path
        Written as PNG whatever its ending.

    Raises
    ------
    MissingDependencyError
        Without matplotlib.
    """
    columns = {4: 2, 7: 4, 8: 4}.get(len(panels), min(len(panels), PER_ROW))
    rows = -(-len(panels) // columns)
    size = (max(6.5, 5.75 * columns), (FIGURE_SIZE[1] + 0.6) * rows)
    with _picture(result, size, path) as figure:
        parts = figure.subfigures(rows, columns, squeeze=False).flatten()
        for part, panel in zip(parts, panels, strict=False):
            if isinstance(panel, Heatmap):
                _draw_heatmap(part, panel)
            else:
                _draw_panel(part, panel)


def _entitle(axes: Any, panel: Panel | Heatmap) -> None:
    """The title, and below it what is shown: method, optimiser, number of samples."""
    lines = textwrap.wrap(panel.caption, CAPTION_WIDTH)
    axes.set_title("\n".join(lines), fontsize=7, color="0.35")
    axes.figure.suptitle(panel.title, fontsize=10)


def _draw_heatmap(figure: Any, panel: Heatmap) -> None:
    axes = figure.subplots()
    image = axes.imshow(panel.matrix, cmap="RdBu", vmin=-panel.limit, vmax=panel.limit)
    rows, cols = panel.matrix.shape
    if panel.blocks:
        for k in range(panel.blocks, max(rows, cols), panel.blocks):
            axes.axhline(k - 0.5, color="0.4", linewidth=0.6)
            axes.axvline(k - 0.5, color="0.4", linewidth=0.6)
    axes.set_xticks([])
    axes.set_yticks([])
    _entitle(axes, panel)
    axes.set_xlabel(panel.label, fontsize=8)
    if max(rows, cols) <= MAX_NUMBERS:
        _write_entries(axes, panel.matrix, panel.limit)
    figure.colorbar(image, ax=axes, location="bottom", shrink=0.7, aspect=40)


def _draw_panel(figure: Any, panel: Panel) -> None:
    axes = figure.subplots()
    measured = 0
    for curve in panel.curves:
        colour = f"C{measured if curve.group is None else curve.group}"
        if curve.theory:
            axes.plot(curve.x, curve.y, color="0.1", linewidth=1.3, linestyle="--", label=curve.label)
            continue
        measured += 1
        if curve.errors is None:
            axes.plot(curve.x, curve.y, color=colour, linewidth=1.5, label=curve.label)
        else:
            axes.errorbar(
                curve.x, curve.y, yerr=curve.errors, color=colour, fmt="o", markersize=3, label=curve.label
            )
    for k, level in enumerate(panel.levels):
        colour = "0.1" if level.group is None else f"C{level.group}"
        style = ("--", ":", "-.", (0, (6, 2, 1, 2, 1, 2)))[k % 4]
        axes.axhline(level.value, color=colour, linewidth=1.1, linestyle=style, label=level.label)
    axes.set_xscale("log" if panel.log_x else "linear")
    axes.set_yscale("log" if panel.log_y else "linear")
    low, high = axes.get_ylim()
    if panel.log_y and high < 100 * low:
        # Within two decades powers of ten say less than numbers.
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}")
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    _entitle(axes, panel)
    axes.grid(alpha=0.25)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)


def draw_experiment(result: ExperimentResult, path: str | Path) -> None:
    """One PNG: the exact excess loss against steps with the wrong statements' levels, and K(θ) beside K*.

    Parameters
    ----------
    result : ExperimentResult
    path : path
        Written as PNG whatever its ending.

    Raises
    ------
    MissingDependencyError
        Without matplotlib.
    """
    with _picture(result, FIGURE_SIZE, path) as figure:
        curves, maps = figure.subfigures(1, 2, width_ratios=(1.2, 1.0))
        _draw_curves(curves, result)
        _draw_coefficients(maps, result)


def _draw_curves(figure: Any, result: ExperimentResult) -> None:
    """One part for each way of training, since steps of the one are no steps of the other."""
    ways: dict[str, list[TrainResult]] = {}
    for one in result.runs:
        ways.setdefault(one.result.evidence.axis, []).append(one.result)
    widths = [2 if runs[0].samples else 1 for runs in ways.values()]
    parts = figure.subplots(1, len(ways), squeeze=False, sharey=True, width_ratios=widths)[0]
    for axes, (label, runs) in zip(parts, ways.items(), strict=True):
        for run in runs:
            steps, excess = zip(*run.trajectory, strict=True)
            shown = np.maximum(
                np.array(excess, dtype=float) / (result.loss_at_optimum or 1.0), MIN_SHOWN_EXCESS
            )
            axes.plot(steps, shown, linewidth=1.6, label=f"seed {run.seed}: {run.evidence.text}")
        axes.set_xlabel(fill(label, 34 if len(ways) > 1 else 80), fontsize=9)
        axes.margins(x=0.01)
        axes.grid(alpha=0.25)
        _draw_levels(axes, result, labelled=axes is parts[0])
    parts[0].set_yscale("log")
    parts[0].set_ylabel("exact excess loss / minimal loss")
    parts[0].set_title(
        f"excess over the derived minimal loss {result.loss_at_optimum:.5g}; at the optimum it is 0",
        fontsize=10,
        loc="left",
    )
    # Outside the axes, where it covers nothing.
    figure.legend(loc="outside lower center", ncols=1, fontsize=7, frameon=False)


def _draw_levels(axes: Any, result: ExperimentResult, *, labelled: bool) -> None:
    """Where each wrong statement is ruled out."""
    required = [w for w in result.wrong if w.required and w.excess > 0]
    for k, wrong in enumerate(sorted(required, key=lambda w: w.excess)):
        # Below a quarter of a wrong statement's distance the trained model is provably nearer to the derived one.
        axes.axhline(
            wrong.excess / 4 / (result.loss_at_optimum or 1.0),
            color=GREYS[k % len(GREYS)],
            linewidth=1.2,
            linestyle=("--", ":", "-.", (0, (6, 2, 1, 2, 1, 2)))[k % 4],
            label=f"below: rules out {wrong.name}" if labelled else None,
        )


def _draw_coefficients(figure: Any, result: ExperimentResult) -> None:
    trained, derived = result.shown.coefficient, result.optimal_coefficient
    limit = max(float(np.abs(derived).max()), float(np.abs(trained).max()), 1e-12)
    left, right = figure.subplots(1, 2)
    for axes, matrix, title in ((left, trained, "trained K(θ)"), (right, derived, "derived K*")):
        image = axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
        axes.set_title(title, fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
        if max(matrix.shape) <= MAX_NUMBERS:
            _write_entries(axes, matrix, limit)
    bar = figure.colorbar(image, ax=(left, right), location="bottom", shrink=0.6, aspect=40, panchor=False)
    bar.set_ticks([-limit, 0, limit], labels=[f"{-limit:.2g}", "0", f"{limit:.2g}"])
    left.set_xlabel(
        fill(
            f"seed {result.shown.seed}, {result.shown.evidence.text}; relative distance "
            f"{result.shown.distance_to_optimum:.2g}",
            40,
        ),
        fontsize=8,
    )
    right.set_xlabel(r"prediction: $x^\top K\,X^\top y$", fontsize=8)


def _write_entries(axes: Any, matrix: np.ndarray, limit: float) -> None:
    """The numbers in the cells, the largest with three digits."""
    digits = max(0, 2 - int(np.floor(np.log10(limit))))
    for (i, j), entry in np.ndenumerate(matrix):
        text = f"{entry:.{digits}f}" if round(float(entry), digits) else "0"
        axes.text(
            j,
            i,
            text,
            ha="center",
            va="center",
            fontsize=6,
            color="white" if abs(entry) > 0.6 * limit else "0.25",
        )
