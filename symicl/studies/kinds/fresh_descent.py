"""Descent of real weights on fresh samples at every step, through a forward pass in torch."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symicl.studies.evidence import Evidence
from symicl.studies.kinds.stepwise import Stepwise
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch

if TYPE_CHECKING:
    import torch

Weights = dict[str, np.ndarray]
Optimiser = Literal["plain gradient descent", "Adam"]
DESCENT: Optimiser = "plain gradient descent"
Losses = Callable[[Mapping[str, "torch.Tensor"], TorchDraws, int], "torch.Tensor"]
"""From weights, random draws and the size of a batch to the mean loss of a fresh one, a number per run."""


@dataclass(frozen=True)
class Part:
    """Some steps of one optimiser.

    Attributes
    ----------
    optimiser : str
    steps : int
    lr : float
        The step size of Adam falls to zero along a half cosine.
    constant : float
        The part of the steps after which that of plain gradient descent falls linearly to zero.
    """

    optimiser: Optimiser
    steps: int
    lr: float
    constant: float = 1.0

    def lr_at(self, step: int) -> float:
        """The step size."""
        if self.optimiser == "Adam":
            return self.lr * 0.5 * (1 + math.cos(math.pi * step / self.steps))
        if self.constant == 1:
            return self.lr
        return self.lr * min(1.0, (self.steps - step) / (self.steps * (1 - self.constant)))


@dataclass(frozen=True)
class FreshSchedule:
    """How a model is trained on fresh samples.

    Attributes
    ----------
    batch : int
        Fresh samples in each step.
    parts : tuple of Part
        One after the other.
    averaged : int
        Last steps over which the weights are averaged; 1 for the weights at the end.
    unit : str
        What is sampled, in the plural.
    """

    batch: int
    parts: tuple[Part, ...]
    averaged: int = 1
    unit: str = "sequences"

    @property
    def steps(self) -> int:
        return sum(part.steps for part in self.parts)

    @property
    def evidence(self) -> Evidence:
        """The evidence of a finished run."""
        return self.evidence_at(self.steps)

    def evidence_at(self, steps: int) -> Evidence:
        """The evidence of a run of so many steps."""
        names = ", then ".join(dict.fromkeys(part.optimiser for part in self.parts))
        return Evidence("tokens", names, self.batch * steps, self.unit)

    def locate(self, step: int) -> tuple[Part, int]:
        """The part that a step belongs to, and its number there."""
        for part in self.parts:
            if step < part.steps:
                return part, step
            step -= part.steps
        raise IndexError(step)


@dataclass
class Path:
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
    seen : list of dict of arrays
        What ``watch`` returned.
    """

    start: Weights
    average: Weights = field(default_factory=dict)
    ends: list[Weights] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    losses: list[np.ndarray] = field(default_factory=list)
    seen: list[Weights] = field(default_factory=list)

    @property
    def is_finite(self) -> bool:
        return all(bool(np.isfinite(value).all()) for value in self.average.values())


class FreshDescent(Stepwise):
    """Descent on the mean loss of fresh samples at every step.

    Parameters
    ----------
    losses : callable
    start : dict of arrays, rows × cols or runs × rows × cols
        Several runs go side by side on the same samples.
    seed : int
        Of the samples.
    schedule : FreshSchedule
    about : str
        The model and the task, for the checkpoint.
    level : float
        The derived minimum of the loss, from which the progress counts.
    dtype : "float32" or "float64"
        Of the weights.
    masks : dict of arrays, optional
        By which the gradients are multiplied; entries with 0 stay as they are.
    watch : callable, optional
        From the weights to what is kept of them.
    always : bool
        True if ``watch`` is asked after each step, else where the loss is recorded.

    Attributes
    ----------
    path : Path
        After weights that are not finite, what was reached until then.
    """

    records = 200
    observes_start = False

    def __init__(
        self,
        losses: Losses,
        start: Mapping[str, np.ndarray],
        seed: int,
        schedule: FreshSchedule,
        about: str,
        *,
        level: float = 0.0,
        dtype: str = "float64",
        masks: Mapping[str, np.ndarray] | None = None,
        watch: Callable[[Mapping[str, torch.Tensor]], Weights] | None = None,
        always: bool = True,
    ):
        super().__init__(seed, schedule.steps)
        torch = load_torch()
        self._losses, self.schedule, self._about, self._level = losses, schedule, about, level
        self._watch, self._always = watch, always
        self._draws = TorchDraws(seed, dtype)
        self._weights = {
            name: torch.tensor(np.asarray(value), dtype=self._draws.dtype, requires_grad=True)
            for name, value in start.items()
        }
        self._masks = {
            name: torch.tensor(np.asarray(value), dtype=self._draws.dtype)
            for name, value in (masks or {}).items()
        }
        self._sums = {name: torch.zeros_like(value) for name, value in self._weights.items()}
        self._optimiser: Any = None
        self._last: Any = None
        self.path = Path({name: np.array(value, dtype=float) for name, value in start.items()})

    @property
    def description(self) -> str:
        start = _digest({**self.path.start, **{f"mask {k}": v.numpy() for k, v in self._masks.items()}})
        return f"{self._about}; {self.schedule}; seed {self.seed}; {self._draws.dtype}; from {start}"

    @property
    def evidence(self) -> Evidence:
        """Method, optimiser and number of samples so far."""
        return self.schedule.evidence_at(self.step)

    def advance(self) -> int:
        """One step."""
        torch = load_torch()
        part, k = self.schedule.locate(self.step)
        leaves = list(self._weights.values())
        if k == 0:
            self._optimiser = self._begin(part)
        losses = self._losses(self._weights, self._draws, self.schedule.batch)
        slopes = torch.autograd.grad(losses.sum(), leaves)
        for (name, value), slope in zip(self._weights.items(), slopes, strict=True):
            value.grad = slope * self._masks[name] if name in self._masks else slope
        for group in self._optimiser.param_groups:
            group["lr"] = part.lr_at(k)
        self._optimiser.step()
        self._last = losses.detach()
        self._after(self.step + 1, ends_part=k == part.steps - 1)
        return 1

    def _begin(self, part: Part) -> Any:
        """The optimiser of a part."""
        optim, leaves = load_torch().optim, list(self._weights.values())
        if part.optimiser == "Adam":
            return optim.Adam(leaves, lr=part.lr, betas=(0.9, 0.99))
        return optim.SGD(leaves, lr=part.lr)

    def _after(self, done: int, *, ends_part: bool) -> None:
        """Average, watch, and keep the end of a part."""
        with load_torch().no_grad():
            if done > self.total - self.schedule.averaged:
                for name, value in self._weights.items():
                    self._sums[name] += value / self.schedule.averaged
            if self._watch is not None and (
                self._always or done % self.record_every == 0 or done == self.total
            ):
                self.path.seen.append(self._watch(self._weights))
        if ends_part:
            self.path.ends.append(_arrays(self._weights))
        if done == self.total:
            self.path.average = _arrays(self._sums)

    def observe(self) -> float:
        """The largest excess loss of the batch."""
        self.path.steps.append(self.step)
        self.path.losses.append(np.atleast_1d(self._last.double().numpy()))
        if not np.isfinite(self.path.losses[-1]).all():
            self.path.average = {name: np.full_like(value, np.nan) for name, value in self.path.start.items()}
            self.path.ends.append(self.path.average)
            return math.inf
        return float(self.path.losses[-1].max()) - self._level

    def state(self) -> dict[str, Any]:
        path = self.path
        return {
            "weights": {name: value.detach().clone() for name, value in self._weights.items()},
            "sums": self._sums,
            "optimiser": None if self._optimiser is None else self._optimiser.state_dict(),
            "random": self._draws.generator.get_state(),
            "average": _tensors(path.average),
            "ends": [_tensors(end) for end in path.ends],
            "steps": path.steps,
            "losses": [load_torch().as_tensor(losses) for losses in path.losses],
            "seen": [_tensors(seen) for seen in path.seen],
        }

    def restore(self, state: dict[str, Any]) -> None:
        torch = load_torch()
        with torch.no_grad():
            for name, value in self._weights.items():
                value.copy_(state["weights"][name])
        self._sums = state["sums"]
        if state["optimiser"] is not None:
            part, _ = self.schedule.locate(self.step - 1)
            self._optimiser = self._begin(part)
            self._optimiser.load_state_dict(state["optimiser"])
        self._draws.generator.set_state(state["random"])
        self.path = Path(
            self.path.start,
            _arrays(state["average"]),
            [_arrays(end) for end in state["ends"]],
            list(state["steps"]),
            [losses.numpy() for losses in state["losses"]],
            [_arrays(seen) for seen in state["seen"]],
        )


def _arrays(tensors: Mapping[str, torch.Tensor]) -> Weights:
    return {name: value.detach().double().numpy().copy() for name, value in tensors.items()}


def _tensors(arrays: Weights) -> dict[str, torch.Tensor]:
    return {name: load_torch().as_tensor(value) for name, value in arrays.items()}


def _digest(arrays: Mapping[str, np.ndarray]) -> str:
    parts = b"".join(np.ascontiguousarray(arrays[name]).tobytes() for name in sorted(arrays))
    return hashlib.sha256(parts).hexdigest()[:16]
