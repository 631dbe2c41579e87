"""Pictures of training runs beside the theory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import MissingDependencyError

if TYPE_CHECKING:
    from symicl.training.experiment import ExperimentResult

SIZE, DPI = (11.0, 4.2), 150


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
    pyplot = _pyplot()
    figure = pyplot.figure(figsize=SIZE, layout="constrained")
    curves, maps = figure.subfigures(1, 2, width_ratios=(1.35, 1.0))
    _draw_curves(curves.subplots(), result)
    _draw_coefficients(maps, result)
    inputs = ", ".join(f"{name} = {value}" for name, value in result.at.items() if len(value) < 12)
    figure.suptitle(f"{result.id}: {result.verdict}   ({inputs})", fontsize=11)
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)


def _draw_curves(axes: Any, result: ExperimentResult) -> None:
    floor = 1e-8
    for run in result.runs:
        steps, excess = zip(*run.result.trajectory, strict=True)
        shown = np.maximum(np.array(excess, dtype=float) / result.loss_at_optimum, floor)
        axes.plot(steps, shown, linewidth=1.6, label=f"trained, seed {run.result.seed}")
    required = [w for w in result.wrong if w.required and w.excess > 0]
    for k, wrong in enumerate(sorted(required, key=lambda w: w.excess)):
        # Below a quarter of a wrong statement's distance the trained model is provably nearer to the derived one.
        level = wrong.excess / 4 / result.loss_at_optimum
        axes.axhline(level, color="0.35", linewidth=1.0, linestyle=("--", ":", "-.")[k % 3])
        # Curves fall from the upper left to the lower right: low labels go left, high ones right.
        low = level < 0.05
        axes.annotate(
            f"rules out {wrong.name}",
            xy=(0.015 if low else 0.985, level),
            xycoords=("axes fraction", "data"),
            xytext=(0, 3 if k % 2 else -3),
            textcoords="offset points",
            ha="left" if low else "right",
            va="bottom" if k % 2 else "top",
            fontsize=8,
            color="0.25",
        )
    axes.set_yscale("log")
    axes.set_xlabel("steps of Adam on fresh prompts")
    axes.set_ylabel("exact excess loss / minimal loss")
    axes.set_title(f"minimal loss {result.loss_at_optimum:.5g}, from the closed form", fontsize=10)
    axes.grid(alpha=0.25)
    axes.legend(loc="center left", fontsize=8)


def _draw_coefficients(figure: Any, result: ExperimentResult) -> None:
    trained, derived = result.shown.coefficient, result.optimal_coefficient
    limit = max(float(np.abs(derived).max()), float(np.abs(trained).max()), 1e-12)
    left, right = figure.subplots(1, 2)
    for axes, matrix, title in ((left, trained, "trained K(θ)"), (right, derived, "derived K*")):
        image = axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
        axes.set_title(title, fontsize=10)
        axes.set_xticks([])
        axes.set_yticks([])
    figure.colorbar(image, ax=(left, right), shrink=0.7, location="bottom")
    left.set_xlabel(
        f"seed {result.shown.seed}, relative distance {result.shown.distance_to_optimum:.2g}", fontsize=8
    )
    right.set_xlabel(r"prediction: $x^\top K\,X^\top y$", fontsize=8)
