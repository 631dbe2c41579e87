"""Training a causal model on fresh sequences at every step, through its own forward pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from symicl.errors import InputError
from symicl.models import CausalModel
from symicl.studies.kinds.estimate import MAX_SIGMAS, Estimate
from symicl.studies.kinds.fresh_descent import FreshDescent, FreshSchedule
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.sizes import MAX_CHUNK_SIZE
from symicl.studies.runtime.threads import one_thread
from symicl.tasks import ArraySequence, TaskAt

if TYPE_CHECKING:
    import torch

MAX_RUN_SIZE = 4e8
"""Complex numbers in the arrays of all steps of a run: about half a minute."""


def fitting_batch(wanted: int, length: int, width: int = 1) -> int:
    """As many sequences as wanted, or as fit into memory: width · length² numbers each."""
    return max(1, min(wanted, MAX_CHUNK_SIZE // (width * length * length)))


def affordable_batch(wanted: int, steps: int, length: int, width: int = 1) -> int:
    """As many sequences as wanted, or as half a minute allows, but at least four."""
    fits = fitting_batch(wanted, length, width)
    return max(min(4, fits), min(fits, int(MAX_RUN_SIZE / (steps * width * length * length))))


def refuse_hopeless(schedule: FreshSchedule, length: int, d: int, *, is_diagonal: bool = False) -> None:
    """Refuse a run that would take minutes, or more memory than a step may have.

    Parameters
    ----------
    schedule : FreshSchedule
    length, d : int
        Of the sequences.
    is_diagonal : bool
        True for d heads that see one coordinate each, False for matrices of weights.

    Raises
    ------
    InputError
        It names the sizes.
    """
    each = d * length * length if is_diagonal else length * length + length * d * d
    if each > MAX_CHUNK_SIZE or each * schedule.batch * schedule.steps > MAX_RUN_SIZE:
        raise InputError(
            f"training would take {schedule.steps:,} steps on {schedule.batch} sequences of length {length} in "
            f"{d} dimensions, which takes minutes or more; give smaller sizes, or initial values nearer to the end "
            "(symicl eval has no such limit)"
        )


def on_sequences(
    model: CausalModel,
    task: TaskAt,
    start: Mapping[str, np.ndarray],
    seed: int,
    schedule: FreshSchedule,
    *,
    factor: float = 1.0,
    level: float = 0.0,
    dtype: str = "float64",
    masks: Mapping[str, np.ndarray] | None = None,
    watch: Callable[[Mapping[str, torch.Tensor]], dict[str, np.ndarray]] | None = None,
) -> FreshDescent:
    """A descent on factor · Σ_{t≥2} ‖x̂_{t+1} − x_{t+1}‖², averaged over fresh sequences at every step.

    Parameters
    ----------
    model : CausalModel
    task : TaskAt
    start, seed, schedule, level, dtype, masks, watch
        See `FreshDescent`.
    factor : float
    """

    def losses(weights: Mapping[str, torch.Tensor], draws: TorchDraws, batch: int) -> torch.Tensor:
        return factor * _errors(model, weights, task.sample(batch, draws).x).mean(-1)

    about = f"{model}; {task}; {factor}"
    return FreshDescent(
        losses, start, seed, schedule, about, level=level, dtype=dtype, masks=masks, watch=watch
    )


def sharpness(
    model: CausalModel,
    task: TaskAt,
    weights: Mapping[str, np.ndarray],
    batch: int,
    factor: float = 1.0,
    rounds: int = 12,
) -> float:
    """The largest second derivative of the loss of one batch, over all weights, by power iteration."""
    torch = load_torch()
    draws = TorchDraws(0, "float64")
    leaves = [
        torch.tensor(np.asarray(value), dtype=torch.float64, requires_grad=True) for value in weights.values()
    ]
    with one_thread():
        x = task.sample(batch, draws).x
        loss = factor * _errors(model, dict(zip(weights, leaves, strict=True)), x).mean()
        slopes = torch.autograd.grad(loss, leaves, create_graph=True)
        direction, size = [draws.normal(*leaf.shape) for leaf in leaves], 1.0
        for _ in range(rounds):
            size = float(sum((part * part).sum() for part in direction)) ** 0.5
            if not 0 < size < math.inf:
                break
            direction = [part / size for part in direction]
            along = sum((slope * part).sum() for slope, part in zip(slopes, direction, strict=True))
            direction = list(torch.autograd.grad(along, leaves, retain_graph=True))
        return float(sum((part * part).sum() for part in direction)) ** 0.5


def fresh_loss(
    model: CausalModel,
    task: TaskAt,
    weights: Mapping[str, np.ndarray],
    count: int,
    seed: int,
    factor: float = 1.0,
    at_once: int = 250,
) -> Estimate:
    """The mean loss of one run's weights on other sequences, by the forward pass in float64."""
    torch = load_torch()
    draws = TorchDraws(seed, "float64")
    numbers = {name: torch.tensor(np.asarray(value), dtype=torch.float64) for name, value in weights.items()}
    found = []
    with one_thread(), torch.no_grad():
        for done in range(0, count, at_once):
            x = task.sample(min(at_once, count - done), draws).x
            found.append(factor * _errors(model, numbers, x).numpy())
    return Estimate.of(np.concatenate(found))


def mismatch(fresh: Estimate, exact: float, rounding: float) -> str:
    """How the loss of the forward pass differs from its closed form, as a sentence; empty where it does not.

    Parameters
    ----------
    fresh : Estimate
        See `fresh_loss`.
    exact : float
        The closed form at the same weights.
    rounding : float
        Difference that is attributed to rounding.
    """
    if abs(fresh.below(exact)) <= MAX_SIGMAS or abs(fresh.mean - exact) <= rounding:
        return ""
    return f"on fresh sequences the loss is {fresh.mean:.5g} ± {fresh.error:.1g}, its closed form gives {exact:.5g}"


def _errors(model: CausalModel, weights: Mapping[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Σ_t ‖x̂_{t+1} − x_{t+1}‖² for each run and sequence."""
    side_by_side = {name: value.unsqueeze(1) if value.ndim == 3 else value for name, value in weights.items()}
    predicted = model.forward(side_by_side, ArraySequence(x[..., :-1, :])).predictions
    return (predicted - x[..., 2:, :]).abs().square().sum((-1, -2))
