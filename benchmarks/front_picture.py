"""The picture of the front page: the derived matrix, the trained one, and how far the loss is from its minimum.

    python benchmarks/front_picture.py

trains linear self-attention on sampled prompts and writes docs/_static/front-light.svg and front-dark.svg.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

import symicl as si

FOLDER = Path(__file__).parents[1] / "docs" / "_static"
SIZE, EXAMPLES, NOISE = 4, 8, "1/4"
INK = {"light": "#1b1f24", "dark": "#e6edf3"}
LINE = {"light": "#0b5a8a", "dark": "#7cc4ee"}


def trained() -> object:
    d = si.dims("d")
    task = si.LinearRegression(covariate_cov=si.covariance("Lambda", d))
    rows = [[str(3 - abs(i - j)) if abs(i - j) < 3 else "0" for j in range(SIZE)] for i in range(SIZE)]
    at = task.at(n=EXAMPLES, d=SIZE, sigma2=NOISE, Lambda=rows)
    return si.train(si.LinearSelfAttention(), at, seed=1, method="statistic", steps=2000)


def picture(run: object, mode: str) -> None:
    ink = INK[mode]
    figure = Figure(figsize=(9.2, 3.3), layout="constrained")
    axes = figure.subplots(1, 3, width_ratios=(1, 1, 1.25))
    bound = max(np.abs(run.optimal_coefficient).max(), np.abs(run.coefficient).max())
    for ax, matrix, title in zip(
        axes, (run.optimal_coefficient, run.coefficient), ("derived:  K*", "trained:  K(θ)"), strict=False
    ):
        ax.imshow(matrix, vmin=-bound, vmax=bound, cmap="PuOr")
        for (i, j), value in np.ndenumerate(matrix):
            strong = abs(value) > 0.6 * bound
            text = f"{1000 * value:.1f}".replace("-", "−")
            ax.text(j, i, text, ha="center", va="center", fontsize=10, color="#fff" if strong else "#111")
        ax.set_title(title, fontsize=14, color=ink)
        ax.set_xlabel("entries × 1000", fontsize=11, color=ink)
        ax.set_xticks([])
        ax.set_yticks([])
    steps, excess = zip(*run.trajectory, strict=True)
    shown = np.maximum(np.array(excess) / run.loss_at_optimum, 1e-16)
    axes[2].semilogy(steps, shown, color=LINE[mode], linewidth=2)
    axes[2].set_title("excess loss, (L − L*)/L*", fontsize=14, color=ink)
    axes[2].set_xlabel("steps of training on sampled prompts", fontsize=11, color=ink)
    axes[2].tick_params(colors=ink, labelsize=11)
    axes[2].grid(alpha=0.3)
    for ax in axes:
        ax.set_facecolor("none")
        for side in ax.spines.values():
            side.set_color(ink)
    figure.savefig(FOLDER / f"front-{mode}.svg", transparent=True, metadata={"Date": None})


def main() -> None:
    matplotlib.rcParams["svg.hashsalt"] = "symicl"
    run = trained()
    print(run.verdict, run.relative_excess, np.abs(run.coefficient - run.optimal_coefficient).max())
    for mode in INK:
        picture(run, mode)


if __name__ == "__main__":
    main()
