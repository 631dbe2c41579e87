"""The picture of a comparison of architectures: a point each, the best at the bottom."""

from __future__ import annotations

from pathlib import Path

from symicl.theory import Comparison
from symicl.views.plots import DPI, _pyplot

GREEK = {"sigma2": "σ²", "kappa": "κ", "norm2": "‖μ‖²"}
FILLED, HOLLOW = "#0b5a8a", "white"


def draw_comparison(found: Comparison, path: str | Path) -> None:
    """The least excess risks, on a logarithmic axis, as PNG.

    Parameters
    ----------
    found : Comparison
    path : path

    Raises
    ------
    MissingDependencyError
        Without matplotlib.
    """
    pyplot = _pyplot()
    rows = [row for row in found.rows if row.excess]
    figure, axes = pyplot.subplots(figsize=(9, 1.4 + 0.34 * len(rows)), layout="constrained")
    values = [float(row.excess) for row in rows]  # type: ignore[arg-type]
    colours = [FILLED if _is_attained(row.remark) else HOLLOW for row in rows]
    axes.scatter(values, range(len(rows)), s=46, color=colours, edgecolors=FILLED, zorder=2)
    axes.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=9)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(min(values) / 1.6, max(values) * 2.4)
    for place, row in enumerate(rows):
        axes.text(values[place] * 1.1, place, _label(row.value), va="center", fontsize=9)
    axes.set_xlabel("least excess risk E(f − ⟨w, x⟩)²")
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    at = ", ".join(f"{GREEK.get(name, name)} = {value}" for name, value in found.at.items())
    hollow = "; hollow: a lower bound" if HOLLOW in colours else ""
    absent = [row.name for row in found.rows if row.excess == 0]
    zero = f"; not drawn, as its risk is 0: {', '.join(absent)}" if absent else ""
    axes.set_title(f"{at}{hollow}{zero}", fontsize=10, loc="left", wrap=True)
    figure.savefig(path, dpi=DPI, format="png")
    pyplot.close(figure)


def _is_attained(remark: str) -> bool:
    return "lower bound" not in remark


def _label(value: str) -> str:
    return f"{float(value):.4g}"
