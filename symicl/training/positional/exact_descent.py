"""Gradient descent, or Adam, on a loss in closed form: no sampling noise, several runs side by side, float64."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from symicl.training.positional.exact_loss import LossFunction
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread


@dataclass
class Path:
    """What a descent has gone through.

    Attributes
    ----------
    steps : list of int
        After how many steps something was recorded.
    losses : list of arrays, one number a run
    weights : dict of arrays
        At the end.
    start : dict of arrays
    interrupted : bool
    """

    start: dict[str, np.ndarray]
    steps: list[int] = field(default_factory=list)
    losses: list[np.ndarray] = field(default_factory=list)
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    interrupted: bool = False


def descend_exactly(
    function: LossFunction,
    start: Mapping[str, np.ndarray],
    steps: int,
    lr: float,
    *,
    adam: bool = False,
    fixed: Mapping[str, np.ndarray] | None = None,
    progress: Callable[[int, int, float], None] | None = None,
    records: int = 200,
) -> Path:
    """Plain gradient descent, or Adam with a step size that falls to zero, on a loss in closed form.

    Parameters
    ----------
    function : callable
        From weights to the losses of the runs.
    start : dict of arrays, runs × rows × cols
    steps : int
    lr : float
    adam : bool
    fixed : dict of arrays, optional
        Masks: entries where one is 0 keep a gradient of zero.
    progress : callable, optional
        Called with (step, total, largest loss).
    records : int
        About how many losses are kept.
    """
    torch = load_torch()
    weights = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in start.items()}
    masks = {k: torch.tensor(v, dtype=torch.float64) for k, v in (fixed or {}).items()}
    path = Path({k: np.array(v, dtype=float) for k, v in start.items()})
    leaves = list(weights.values())
    optimiser = torch.optim.Adam(leaves, lr=lr, betas=(0.9, 0.99)) if adam else None
    every = max(1, steps // records)
    try:
        with one_thread():
            for step in range(steps + 1):
                losses = function(weights)
                if step % every == 0 or step == steps:
                    path.steps.append(step)
                    path.losses.append(losses.detach().numpy().copy())
                    if progress is not None:
                        progress(step, steps, float(losses.detach().max()))
                if step == steps or not math.isfinite(path.losses[-1].max()):
                    break
                slopes = torch.autograd.grad(losses.sum(), leaves)
                with torch.no_grad():
                    for (key, w), slope in zip(weights.items(), slopes, strict=True):
                        w.grad = slope * masks[key] if key in masks else slope
                        if optimiser is None:
                            w -= lr * w.grad
                if optimiser is not None:
                    for group in optimiser.param_groups:
                        group["lr"] = lr * 0.5 * (1 + math.cos(math.pi * step / steps))
                    optimiser.step()
    except KeyboardInterrupt:
        path.interrupted = True
    path.weights = {k: w.detach().numpy().copy() for k, w in weights.items()}
    return path


def random_heads(
    seeds: Sequence[int], d: int, heads: int, longest: int, size: float, *, balanced: bool
) -> dict[str, np.ndarray]:
    """Initial weights, one run a seed: Gaussian of standard deviation ``size``, P zero where it is not used.

    Parameters
    ----------
    balanced : bool
        B = AQ with a random orthogonal Q, so that AAᵀ = BBᵀ.
    """
    runs = []
    for seed in seeds:
        draws = np.random.default_rng(seed)
        A = size * draws.standard_normal((heads, d))
        Q, R = np.linalg.qr(draws.standard_normal((d, d)))
        B = A @ (Q * np.sign(np.diag(R))) if balanced else size * draws.standard_normal((heads, d))
        P = np.tril(size * draws.standard_normal((longest, longest)), 1)
        P[-1] = 0  # the row of a query at the end, for which there is no target
        runs.append({"A": A, "B": B, "P": P})
    return {name: np.stack([run[name] for run in runs]) for name in runs[0]}
