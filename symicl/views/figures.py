"""Results of training as figures in memory, for notebooks."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from symicl.errors import MissingDependencyError
from symicl.pictures import figure_of, png_of
from symicl.studies import StudyResult, TrainResult
from symicl.theory import ValueCurve
from symicl.views.plots import MIN_SHOWN_EXCESS, draw

MAX_MARKED = 60
"""Values up to which each is marked."""


def _figure(size: tuple[float, float]) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingDependencyError(
            "pictures need matplotlib; install it with: pip install 'symicl[plot]'"
        ) from error
    # Not through pyplot, which would keep it, show it twice in a notebook, and choose a backend.
    return Figure(figsize=size, layout="constrained")


@png_of.register
def _run_png(result: TrainResult) -> bytes:
    buffer = io.BytesIO()
    _run(result).savefig(buffer, format="png", dpi=110)
    return buffer.getvalue()


@png_of.register
def _png(result: StudyResult) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        draw(result, path)
        return path.read_bytes()


@figure_of.register
def _study(result: StudyResult) -> Any:
    figure = _figure((11.5, 5.2))
    from matplotlib.image import imread

    axes = figure.subplots()
    axes.imshow(imread(io.BytesIO(_png(result)), format="png"))
    axes.set_axis_off()
    return figure


@figure_of.register
def _curve(curve: ValueCurve) -> Any:
    figure = _figure((5.5, 3.6))
    axes = figure.subplots()
    axes.plot(curve.x, curve.y, marker="o" if len(curve.x) <= MAX_MARKED else None, markersize=3)
    axes.set_xlabel(_shown(curve.x_label))
    axes.set_ylabel(_shown(curve.y_label))
    return figure


def _shown(label: str) -> str:
    """LaTeX between dollar signs where matplotlib can set it, else as it is."""
    from matplotlib.mathtext import MathTextParser

    try:
        MathTextParser("path").parse(f"${label}$")
    except ValueError:
        return label
    return f"${label}$"


@figure_of.register
def _run(result: TrainResult) -> Any:
    """The excess loss against steps and, where one is derived, K(θ) beside K*."""
    pair = [np.atleast_2d(matrix) for matrix in (result.coefficient, result.optimal_coefficient)]
    has_maps = all(matrix.size for matrix in pair)
    figure = _figure((9.5, 3.6) if has_maps else (5.5, 3.6))
    curve, *maps = figure.subplots(1, 3, width_ratios=(1.6, 1, 1)) if has_maps else [figure.subplots()]
    steps, excess = zip(*result.trajectory, strict=True) if result.trajectory else ((), ())
    curve.plot(
        steps, np.maximum(np.array(excess, dtype=float) / (result.loss_at_optimum or 1.0), MIN_SHOWN_EXCESS)
    )
    curve.set_yscale("log")
    curve.set_xlabel(result.evidence.axis)
    curve.set_ylabel("exact excess loss / minimal loss")
    curve.set_title(f"{result.verdict}, seed {result.seed}: {result.evidence.text}", fontsize=10)
    curve.grid(alpha=0.25)
    if has_maps:
        limit = max(*(float(np.abs(matrix).max()) for matrix in pair), 1e-12)
        titles = ("trained K(θ)", "derived K*")
        shown = [_map(*parts, limit) for parts in zip(maps, pair, titles, strict=True)]
        figure.colorbar(shown[-1], ax=maps, shrink=0.7)
    return figure


def _map(axes: Any, matrix: np.ndarray, title: str, limit: float) -> Any:
    axes.set_title(title, fontsize=10)
    axes.set_xticks([])
    axes.set_yticks([])
    return axes.imshow(matrix, cmap="RdBu", vmin=-limit, vmax=limit)
