"""How a step on sampled prompts is computed: by automatic differentiation of the forward pass, or through the query
row that is derived from it. Both start from the same weights and see the same law of the prompts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import InputError, UnsupportedError
from symicl.models import Model
from symicl.studies.regression.contexts import ContextSampler
from symicl.studies.regression.query_row import Rows
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.sizes import DRAWN_TOGETHER, prompts_at_once
from symicl.tasks import LinearRegression, TaskAt

if TYPE_CHECKING:
    import torch

    from symicl.studies.regression.torch_model import TorchModel

Weights = Mapping[str, np.ndarray]


class Engine(ABC):
    """The weights of one run, and how they take steps of Adam.

    Parameters
    ----------
    network : TorchModel
        At the initial weights.
    task : TaskAt
    draws : TorchDraws

    Attributes
    ----------
    how : str
        How steps are computed, for the reader.
    """

    how: str

    def __init__(self, network: TorchModel, task: TaskAt, draws: TorchDraws):
        torch = load_torch()
        self._network, self._task, self._draws = network, task, draws
        # All weights lie in one vector, and so do their slopes: Adam then updates one tensor.
        weights = list(network.weights.values())
        flat = torch.cat([w.detach().flatten() for w in weights])
        self._slope = flat.grad = torch.zeros_like(flat)
        sizes = [w.numel() for w in weights]
        for w, value, slope in zip(weights, flat.split(sizes), self._slope.split(sizes), strict=True):
            w.data, w.grad = value.view(w.shape), slope.view(w.shape)
        self._adam = torch.optim.Adam([flat])

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""
        return {name: w.detach().cpu().numpy().copy() for name, w in self._network.weights.items()}

    def steps(self, sizes: Sequence[int], rates: Sequence[float]) -> None:
        """One step for each batch size and step size."""
        for size, rate in zip(sizes, rates, strict=True):
            self._adam.param_groups[0]["lr"] = rate
            self._differentiate(size)
            self._adam.step()

    @abstractmethod
    def _piece(self) -> int:
        """How many prompts are drawn together, at most, so that memory does not grow with a batch."""

    @abstractmethod
    def _loss(self, count: int) -> torch.Tensor:
        """The sum of the losses of fresh prompts."""

    def _differentiate(self, batch: int) -> None:
        """Put the gradient of the mean loss of a fresh batch into that of the weights."""
        self._slope.zero_()
        piece = self._piece()
        for start in range(0, batch, piece):
            (self._loss(min(piece, batch - start)) / batch).backward()

    def gradient(self, batch: int) -> dict[str, np.ndarray]:
        """The gradient of the mean loss of a fresh batch, by each weight matrix."""
        self._differentiate(batch)
        return {name: w.grad.cpu().numpy().copy() for name, w in self._network.weights.items()}

    def network(self) -> TorchModel:
        """The model as a torch module with these weights."""
        return self._network

    def state(self) -> dict[str, Any]:
        """The state that a continued run needs, besides that of the random numbers."""
        return {"network": dict(self._network.state_dict()), "optimiser": self._adam.state_dict()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state."""
        self._network.load_state_dict(state["network"])
        self._adam.load_state_dict(state["optimiser"])


def start_network(
    model: Model, task: TaskAt, d: int, draws: TorchDraws, initial: Weights | None = None
) -> TorchModel:
    """The model at its initial weights: given ones, or random ones that predict little.

    Raises
    ------
    InputError
        If a given weight is missing or has a wrong size.
    """
    from symicl.studies.regression.torch_model import TorchModel

    torch = load_torch()
    sizes = {**model.sizes_on(task), "d": d}
    network = TorchModel(model, sizes.pop("d"), draws, **sizes)
    if initial is None:
        network.shrink_to(task, draws)
        return network
    with torch.no_grad():
        for name, weight in network.weights.items():
            if name not in initial or tuple(initial[name].shape) != tuple(weight.shape):
                rows, cols = weight.shape
                raise InputError(f"the initial weights need {name} of size {rows}×{cols}")
            weight.copy_(torch.as_tensor(np.asarray(initial[name], dtype=float)))
    return network


class AsWritten(Engine):
    """Automatic differentiation of the forward pass, for any model and task."""

    how = "the forward pass as written"

    def _piece(self) -> int:
        return prompts_at_once(self._task, DRAWN_TOGETHER)

    def _loss(self, count: int) -> torch.Tensor:
        sample = self._task.sample(count, self._draws)
        return (self._network(sample.prompt) - sample.target).square().sum()


class ThroughRows(Engine):
    """Automatic differentiation of the query row.

    Parameters
    ----------
    network, task, draws
        See `Engine`; the task is a linear regression.
    statistic : bool
        Draw contexts with the law of the Gram matrix where that pays, and integrate the query out.
    bartlett : bool, optional
        Force or forbid Bartlett's decomposition.

    Attributes
    ----------
    sampler : ContextSampler

    Raises
    ------
    UnsupportedError
        If the model is not of the form, or the task no linear regression.
    """

    def __init__(
        self,
        network: TorchModel,
        task: TaskAt,
        draws: TorchDraws,
        *,
        statistic: bool,
        bartlett: bool | None = None,
    ):
        self._statistic = statistic
        self.sampler = ContextSampler(task, draws, bartlett if statistic else False)
        self._rows = Rows(network.model, self.sampler.n, self.sampler.d)
        super().__init__(network, task, draws)
        if not statistic:
            self.how = "the query row alone"
        elif self.sampler.bartlett:
            self.how = "Gram matrices by Bartlett's decomposition, the query integrated out"
        else:
            self.how = "contexts of n examples, where n is too small for more, the query integrated out"

    def _piece(self) -> int:
        return max(1, DRAWN_TOGETHER // self.sampler.numbers)

    def _loss(self, count: int) -> torch.Tensor:
        s = self.sampler
        with load_torch().no_grad():
            c = s.draw(count)
            given = None if self._statistic else s.query(c)
        effective = self._network.model.effective(dict(self._network.weights.items()))
        row = self._rows(effective, c.covariates, c.responses)
        if given is not None:
            query, target = given
            return ((row * query[..., 0]).sum(-1) - target[:, 0, 0]).square().sum()
        error = row - c.w[..., 0]
        return error.square().sum() if s.isotropic else ((error @ s.covariance) * error).sum()


def make_engine(
    method: str,
    model: Model,
    task: TaskAt,
    d: int,
    draws: TorchDraws,
    initial: Weights | None = None,
) -> Engine:
    """The engine of a method, "tokens" or "statistic".

    Raises
    ------
    UnsupportedError
        If the statistic is not sampled for this model and task, with the reason.
    """
    network = start_network(model, task, d, draws, initial)
    if method == "statistic":
        return ThroughRows(network, task, draws, statistic=True)
    if type(task.task) is LinearRegression:
        with suppress(UnsupportedError):
            return ThroughRows(network, task, draws, statistic=False)
    return AsWritten(network, task, draws)
