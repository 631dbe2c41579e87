"""How a step on sampled prompts is computed: by automatic differentiation of the forward pass, or through the query
row that is derived from it. Both start from the same weights and see the same law of the prompts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import InputError, UnsupportedError
from symicl.models.model import Model
from symicl.tasks.linear_regression import LinearRegression
from symicl.tasks.task import TaskAt
from symicl.training.regression.contexts import ContextSampler
from symicl.training.regression.row_gradient import Batch, RowGradient, on_statistic, on_tokens
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.sizes import DRAWN_TOGETHER, prompts_at_once

if TYPE_CHECKING:
    from symicl.training.regression.torch_model import TorchModel

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
    def _differentiate(self, batch: int) -> None:
        """Put the gradient of the mean loss of a fresh batch into that of the weights.

        Large batches are drawn in pieces, so that memory does not grow with them.
        """

    def gradient(self, batch: int) -> np.ndarray:
        """The gradient of the mean loss of a fresh batch, flat."""
        self._differentiate(batch)
        return self._slope.cpu().numpy().copy()

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
    from symicl.training.regression.torch_model import TorchModel

    torch = load_torch()
    network = TorchModel(model, d, draws)
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

    def _differentiate(self, batch: int) -> None:
        self._slope.zero_()
        piece = prompts_at_once(self._task, DRAWN_TOGETHER)
        for start in range(0, batch, piece):
            sample = self._task.sample(min(piece, batch - start), self._draws)
            loss = (self._network(sample.prompt) - sample.target).square().sum() / batch
            loss.backward()


class ThroughRows(Engine):
    """The derivative of the query row by hand.

    Parameters
    ----------
    network, task, draws
        See `Engine`; the task is a linear regression.
    statistic : bool
        Draw contexts with the law of the Gram matrix where that pays, and integrate the query out.
    bartlett : bool, optional
        Force or forbid Bartlett's decomposition.

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
        self._sampler = ContextSampler(task, draws, bartlett if statistic else False)
        self._row = RowGradient(network.model, self._sampler.n, self._sampler.d)
        super().__init__(network, task, draws)
        if not statistic:
            self.how = "the query row alone"
        elif self._sampler.bartlett:
            self.how = "Gram matrices by Bartlett's decomposition, the query integrated out"
        else:
            self.how = "contexts of n examples, where n is too small for more, the query integrated out"

    def _differentiate(self, batch: int) -> None:
        torch = load_torch()
        weights = {name: w.detach().cpu().numpy() for name, w in self._network.weights.items()}
        with torch.no_grad():
            slopes = self._row(weights, self._batches(batch))
        self._slope.copy_(torch.from_numpy(np.concatenate([slopes[name].ravel() for name in weights])))

    def _batches(self, batch: int) -> Iterator[Batch]:
        s = self._sampler
        piece = max(1, DRAWN_TOGETHER // s.numbers)
        for start in range(0, batch, piece):
            size = min(piece, batch - start)
            c = s.draw(size)
            if self._statistic:
                covariance = None if s.isotropic else s.covariance
                yield on_statistic(c.covariates, c.responses, c.w, covariance, size / batch)
            else:
                yield on_tokens(c.covariates, c.responses, *s.query(c), size / batch)


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
