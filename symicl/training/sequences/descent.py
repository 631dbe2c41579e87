"""Training a causal model on fresh sequences at every step, through its own forward pass."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symicl.errors import InputError
from symicl.models.causal import CausalModel
from symicl.tasks.arrays import ArraySequence
from symicl.tasks.task import TaskAt
from symicl.training.evidence import Evidence
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.sizes import MAX_CHUNK_SIZE
from symicl.training.runtime.threads import one_thread
from symicl.training.studies.estimate import MAX_SIGMAS, Estimate

if TYPE_CHECKING:
    import torch

Weights = dict[str, np.ndarray]
Optimiser = Literal["plain gradient descent", "Adam"]
DESCENT: Optimiser = "plain gradient descent"
RECORDED_POINTS = 200
MAX_RUN_SIZE = 4e8
"""Complex numbers in the arrays of all steps of a run: about half a minute."""


@dataclass(frozen=True)
class Part:
    """Some steps of one optimiser; the step size of Adam falls to zero along a half cosine."""

    optimiser: Optimiser
    steps: int
    lr: float


@dataclass(frozen=True)
class SequenceSchedule:
    """How a model is trained on sequences.

    Attributes
    ----------
    batch : int
        Fresh sequences in each step.
    parts : tuple of Part
        One after the other.
    averaged : int
        Last steps over which the weights are averaged; 1 for the weights at the end.
    """

    batch: int
    parts: tuple[Part, ...]
    averaged: int = 1

    @property
    def steps(self) -> int:
        return sum(part.steps for part in self.parts)

    @property
    def evidence(self) -> Evidence:
        """The evidence of a finished run."""
        names = ", then ".join(dict.fromkeys(part.optimiser for part in self.parts))
        return Evidence("tokens", names, self.batch * self.steps, "sequences")


@dataclass
class SequencePath:
    """The path of a run.

    Attributes
    ----------
    start, average : dict of arrays
        Weights before the first step, and averaged over the last ones.
    ends : list of dict of arrays
        Weights at the end of each part.
    steps : list of int
    losses : list of arrays
        Of the batch, after so many steps; one number for each run that goes along.
    seen : list
        What ``watch`` returned after each step.
    """

    start: Weights
    average: Weights = field(default_factory=dict)
    ends: list[Weights] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    losses: list[np.ndarray] = field(default_factory=list)
    seen: list[Any] = field(default_factory=list)

    @property
    def is_finite(self) -> bool:
        return all(bool(np.isfinite(value).all()) for value in self.average.values())


def fitting_batch(wanted: int, length: int, width: int = 1) -> int:
    """As many sequences as wanted, or as fit into memory: width · length² numbers each."""
    return max(1, min(wanted, MAX_CHUNK_SIZE // (width * length * length)))


def affordable_batch(wanted: int, steps: int, length: int, width: int = 1) -> int:
    """As many sequences as wanted, or as half a minute allows, but at least four."""
    fits = fitting_batch(wanted, length, width)
    return max(min(4, fits), min(fits, int(MAX_RUN_SIZE / (steps * width * length * length))))


def refuse_hopeless(schedule: SequenceSchedule, length: int, d: int, *, is_diagonal: bool = False) -> None:
    """Refuse a run that would take minutes, or more memory than a step may have.

    Parameters
    ----------
    schedule : SequenceSchedule
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


def train_on_sequences(
    model: CausalModel,
    task: TaskAt,
    start: Mapping[str, np.ndarray],
    seed: int,
    schedule: SequenceSchedule,
    *,
    factor: float = 1.0,
    dtype: str = "float64",
    masks: Mapping[str, np.ndarray] | None = None,
    watch: Callable[[Mapping[str, torch.Tensor]], Any] | None = None,
    progress: Callable[[int, int, float], None] | None = None,
) -> SequencePath:
    """Descend on factor · Σ_{t≥2} ‖x̂_{t+1} − x_{t+1}‖², averaged over fresh sequences at every step.

    Parameters
    ----------
    model : CausalModel
    task : TaskAt
    start : dict of arrays, rows × cols or runs × rows × cols
        Several runs go side by side on the same sequences.
    seed : int
        Of the sequences.
    schedule : SequenceSchedule
    factor : float
    dtype : "float32" or "float64"
        Of the weights.
    masks : dict of arrays, optional
        By which the gradients are multiplied; entries with 0 stay as they are.
    watch : callable, optional
        From the weights to what is kept of them after each step.
    progress : callable, optional
        Called about 200 times with (step, total, largest loss of the batch).

    Returns
    -------
    SequencePath
        After weights that are not finite, what was reached until then.
    """
    torch = load_torch()
    draws = TorchDraws(seed, dtype)
    weights = {
        name: torch.tensor(np.asarray(value), dtype=draws.dtype, requires_grad=True)
        for name, value in start.items()
    }
    fixed = {
        name: torch.tensor(np.asarray(value), dtype=draws.dtype) for name, value in (masks or {}).items()
    }
    path = SequencePath({name: np.array(value, dtype=float) for name, value in start.items()})
    leaves, total, done = list(weights.values()), schedule.steps, 0
    sums = {name: torch.zeros_like(value) for name, value in weights.items()}
    every = max(1, total // RECORDED_POINTS)
    with one_thread():
        for part in schedule.parts:
            optimiser, falling = _optimiser(part, leaves)
            for _ in range(part.steps):
                x = task.sample(schedule.batch, draws).x
                losses = factor * _errors(model, weights, x).mean(-1)
                slopes = torch.autograd.grad(losses.sum(), leaves)
                for (name, value), slope in zip(weights.items(), slopes, strict=True):
                    value.grad = slope * fixed[name] if name in fixed else slope
                optimiser.step()
                if falling is not None:
                    falling.step()
                done += 1
                with torch.no_grad():
                    if done > total - schedule.averaged:
                        for name, value in weights.items():
                            sums[name] += value / schedule.averaged
                    if watch is not None:
                        path.seen.append(watch(weights))
                if done % every == 0 or done == total:
                    path.steps.append(done)
                    path.losses.append(np.atleast_1d(losses.detach().double().numpy()))
                    if progress is not None:
                        progress(done, total, float(path.losses[-1].max()))
                    if not np.isfinite(path.losses[-1]).all():
                        path.average = {name: np.full_like(path.start[name], np.nan) for name in weights}
                        path.ends.append(path.average)
                        return path
            path.ends.append(
                {name: value.detach().double().numpy().copy() for name, value in weights.items()}
            )
    path.average = {name: value.double().numpy() for name, value in sums.items()}
    return path


def _optimiser(part: Part, leaves: list[torch.Tensor]) -> tuple[Any, Any]:
    """The optimiser of some steps, and what lowers its step size after each of them."""
    torch = load_torch()
    if part.optimiser == DESCENT:
        return torch.optim.SGD(leaves, lr=part.lr), None
    adam = torch.optim.Adam(leaves, lr=part.lr, betas=(0.9, 0.99))
    return adam, torch.optim.lr_scheduler.CosineAnnealingLR(adam, part.steps)


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
