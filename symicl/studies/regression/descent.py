"""Adam on fresh prompts or statistics of them, recorded by an exact closed form."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.models import Model
from symicl.studies.evidence import Evidence, Method
from symicl.studies.kinds.stepwise import Stepwise
from symicl.studies.regression.engines import make_engine
from symicl.studies.regression.schedule import Schedule
from symicl.studies.runtime.cost import Part
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.sizes import prompts_at_once
from symicl.tasks import TaskAt

if TYPE_CHECKING:
    from symicl.studies.regression.torch_model import TorchModel


SAMPLED_PROMPTS = 100_000


class Descent(Stepwise):
    """One run of Adam on fresh prompts, which can be stopped and taken up again.

    Parameters
    ----------
    model : Model
    task : TaskAt
    d : int
        Covariate dimension.
    schedule : Schedule
    seed : int
        Of the initial weights and of all prompts.
    excess : callable
        From weights to the exact excess loss, which is recorded about a hundred times.
    method : "tokens" or "statistic"
    device : str
    initial : dict of arrays, optional
        Initial weights in place of random ones.
    """

    def __init__(
        self,
        model: Model,
        task: TaskAt,
        d: int,
        schedule: Schedule,
        seed: int,
        excess: Callable[[dict[str, np.ndarray]], float],
        *,
        method: Method = "tokens",
        device: str = "cpu",
        initial: Mapping[str, np.ndarray] | None = None,
    ):
        super().__init__(seed, schedule.steps)
        self.method, self.device, self.initial = method, device, initial
        self.model, self.task, self.schedule, self.excess = model, task, schedule, excess
        self._blocks = schedule.blocks()
        self.draws = TorchDraws(seed, schedule.dtype, device)
        self.engine = make_engine(method, model, task, d, self.draws, initial)

    @property
    def description(self) -> str:
        """Everything that the run is a function of."""
        values = "; ".join(f"{symbol}={value}" for symbol, value in self.task.values.items())
        start = ""
        if self.initial is not None:
            parts = b"".join(np.ascontiguousarray(self.initial[k]).tobytes() for k in sorted(self.initial))
            start = f"; from {hashlib.sha256(parts).hexdigest()[:16]}"
        how = f"{self.method} ({self.engine.how}) on {self.device}"
        return f"{self.model}; {self.task.task}; {values}; {self.schedule}; seed {self.seed}; {how}{start}"

    @property
    def how(self) -> str:
        """How steps are computed, for the reader."""
        return self.engine.how

    @property
    def evidence(self) -> Evidence:
        """Method, optimiser and number of samples so far."""
        samples = sum(map(self.schedule.batch_at, range(self.step)))
        return Evidence(self.method, "Adam", samples)

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return self.engine.weights()

    def advance(self) -> int:
        """The next steps whose prompts are drawn together."""
        block = next(block for block in self._blocks if block.start == self.step)
        sizes = [self.schedule.batch_at(step) for step in block]
        self.engine.steps(sizes, [self.schedule.lr_at(step) for step in block])
        return len(block)

    def observe(self) -> float:
        """The exact excess loss."""
        return self.excess(self.weights())

    def state(self) -> dict[str, Any]:
        return {"engine": self.engine.state(), "random": self.draws.generator.get_state()}

    def restore(self, state: dict[str, Any]) -> None:
        self.engine.restore(state["engine"])
        self.draws.generator.set_state(state["random"])

    def parts(self, runs: int) -> Iterator[Part]:
        """The work of so many runs like this one, for an estimate of its time; this one is of no use afterwards."""
        prompts = sum(map(self.schedule.batch_at, range(self.schedule.steps)))
        few = min(prompts_at_once(self.task, 2048), prompts)
        yield lambda: self.engine.steps([few], [0.0]), prompts / few * runs

    def parts_of_loss(self, runs: int) -> Iterator[Part]:
        """The work of `sampled_loss` after so many runs."""
        count, _ = pieces_of_loss(self.task)
        network = self.engine.network()
        yield lambda: sampled_loss(network, self.task, self.draws, 1), count * runs

    def sampled_loss(self) -> tuple[float, float]:
        """Mean loss over fresh prompts, and its standard error."""
        return sampled_loss(self.engine.network(), self.task, self.draws)


def pieces_of_loss(task: TaskAt) -> tuple[int, int]:
    """In how many pieces fresh prompts are drawn for a mean loss, and of how many prompts each."""
    piece = prompts_at_once(task, 4000)
    return math.ceil(min(SAMPLED_PROMPTS, max(2000, 50 * piece)) / piece), piece


def sampled_loss(
    network: TorchModel, task: TaskAt, draws: TorchDraws, pieces: int | None = None
) -> tuple[float, float]:
    """Mean loss of a forward pass over fresh prompts, in so many pieces or all, and its standard error."""
    losses = sampled_draws(network, task, draws, pieces)
    return float(losses.mean()), float(losses.std() / len(losses) ** 0.5)


def sampled_draws(network: TorchModel, task: TaskAt, draws: TorchDraws, pieces: int | None = None) -> Any:
    """The losses of a forward pass on fresh prompts, one each."""
    torch = load_torch()
    parts = []
    with torch.no_grad():
        count, piece = pieces_of_loss(task)
        for _ in range(count if pieces is None else pieces):
            sample = task.sample(piece, draws)
            parts.append((network(sample.prompt) - sample.target).square().double().flatten(1).sum(1))
    return torch.cat(parts)
