"""How a step on sampled prompts is computed: by automatic differentiation of the forward pass, or through the query
row that is derived from it. Both start from the same weights and see the same law of the prompts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from symicl.errors import InputError, UnsupportedError
from symicl.models.model import Model
from symicl.tasks.linear_regression import LinearRegression
from symicl.tasks.task import TaskAt
from symicl.training.regression.contexts import ContextSampler
from symicl.training.regression.row_gradient import RowGradient
from symicl.training.regression.tape import Taped, pull_back
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.sizes import DRAWN_TOGETHER, prompts_at_once

if TYPE_CHECKING:
    from symicl.training.regression.torch_model import TorchModel

Weights = Mapping[str, np.ndarray]


class Engine(Protocol):
    """The weights of one run, and how they take steps of Adam."""

    how: str

    def weights(self) -> dict[str, np.ndarray]:
        """The weight matrices as they are now."""

    def steps(self, sizes: Sequence[int], rates: Sequence[float]) -> None:
        """One step for each batch size and step size."""

    def network(self) -> TorchModel:
        """The model as a torch module with these weights."""

    def state(self) -> dict[str, Any]:
        """The state that a continued run needs, besides that of the random numbers."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state."""


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


class AsWritten:
    """Automatic differentiation of the forward pass, for any model and task.

    Parameters
    ----------
    network : TorchModel
    task : TaskAt
    draws : TorchDraws
    """

    how = "the forward pass as written"

    def __init__(self, network: TorchModel, task: TaskAt, draws: TorchDraws):
        self._network, self._task, self._draws = network, task, draws
        self._optimiser = load_torch().optim.Adam(network.parameters())

    def weights(self) -> dict[str, np.ndarray]:
        return {name: w.detach().cpu().numpy().copy() for name, w in self._network.weights.items()}

    def steps(self, sizes: Sequence[int], rates: Sequence[float]) -> None:
        piece = prompts_at_once(self._task, DRAWN_TOGETHER)
        for size, rate in zip(sizes, rates, strict=True):
            for group in self._optimiser.param_groups:
                group["lr"] = rate
            self._optimiser.zero_grad()
            # Large batches are drawn in pieces, so that memory does not grow with them.
            for start in range(0, size, piece):
                sample = self._task.sample(min(piece, size - start), self._draws)
                loss = (self._network(sample.prompt) - sample.target).square().sum() / size
                loss.backward()
            self._optimiser.step()

    def network(self) -> TorchModel:
        return self._network

    def state(self) -> dict[str, Any]:
        return {
            "network": dict(self._network.state_dict()),
            "optimiser": self._optimiser.state_dict(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        self._network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])


class ThroughRows:
    """The derivative of the query row by hand, and Adam on one flat vector.

    Parameters
    ----------
    network : TorchModel
        At the initial weights.
    task : TaskAt
        Of a linear regression.
    draws : TorchDraws
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
        self._network, self._draws, self._statistic = network, draws, statistic
        self._sampler = ContextSampler(task, draws, bartlett if statistic else False)
        self._row = RowGradient(network.model, self._sampler.n, self._sampler.d)
        if not statistic:
            self.how = "the query row alone"
        elif self._sampler.bartlett:
            self.how = "Gram matrices by Bartlett's decomposition, the query integrated out"
        else:
            self.how = "contexts of n examples, where n is too small for more, the query integrated out"
        arrays = {name: w.detach().cpu().numpy() for name, w in network.weights.items()}
        self._shapes = {name: a.shape for name, a in arrays.items()}
        self._flat = np.concatenate([a.ravel() for a in arrays.values()])
        self._first, self._second = np.zeros_like(self._flat), np.zeros_like(self._flat)
        self._count = 0

    def weights(self) -> dict[str, np.ndarray]:
        return {name: w.copy() for name, w in self._views().items()}

    def _views(self) -> dict[str, np.ndarray]:
        out, start = {}, 0
        for name, (rows, cols) in self._shapes.items():
            out[name] = self._flat[start : start + rows * cols].reshape(rows, cols)
            start += rows * cols
        return out

    def steps(self, sizes: Sequence[int], rates: Sequence[float]) -> None:
        for size, rate in zip(sizes, rates, strict=True):
            with load_torch().no_grad():
                self._adam(self.gradient(size), rate)

    def gradient(self, batch: int) -> np.ndarray:
        """The gradient of the mean loss of a fresh batch, flat.

        Large batches are drawn in pieces, so that memory does not grow with them.
        """
        piece = max(1, DRAWN_TOGETHER // self._sampler.numbers)
        weights = {name: Taped(w) for name, w in self._views().items()}
        effective = self._network.model.effective(weights)
        values = {name: p.value for name, p in effective.items()}
        left = batch
        while left:
            size = min(left, piece)
            slopes = self._slopes(values, size)
            for name, parameter in effective.items():
                parameter.receive(slopes[name] * (size / batch))
            left -= size
        pull_back(list(effective.values()))
        parts = []
        for name, shape in self._shapes.items():
            slope = weights[name].slope
            parts.append(np.zeros(shape[0] * shape[1]) if slope is None else slope.ravel())
        return np.concatenate(parts)

    def _slopes(self, values: Weights, batch: int) -> dict[str, Any]:
        s = self._sampler
        c = s.draw(batch)
        if self._statistic:
            covariance = None if s.isotropic else s.covariance
            return self._row.statistic(values, c.covariates, c.responses, c.w, covariance)
        query, target = s.query(c)
        return self._row.tokens(values, c.covariates, c.responses, query, target)

    def _adam(self, slope: np.ndarray, rate: float) -> None:
        slope = slope.astype(self._flat.dtype, copy=False)
        self._count += 1
        self._first += 0.1 * (slope - self._first)
        self._second += 0.001 * (slope * slope - self._second)
        scale = rate / (1 - 0.9**self._count)
        root = np.sqrt(self._second / (1 - 0.999**self._count))
        self._flat -= scale * self._first / (root + 1e-8)

    def network(self) -> TorchModel:
        torch = load_torch()
        with torch.no_grad():
            for name, value in self._views().items():
                self._network.weights[name].copy_(torch.as_tensor(value))
        return self._network

    def state(self) -> dict[str, Any]:
        arrays = {"flat": self._flat, "first": self._first, "second": self._second}
        return {**{k: load_torch().as_tensor(a.copy()) for k, a in arrays.items()}, "count": self._count}

    def restore(self, state: Mapping[str, Any]) -> None:
        self._flat, self._first, self._second = (state[k].numpy() for k in ("flat", "first", "second"))
        self._count = int(state["count"])


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
    build: Callable[[bool], Engine] = lambda statistic: ThroughRows(  # noqa: E731
        network, task, draws, statistic=statistic
    )
    if method == "statistic":
        return build(True)
    if type(task.task) is LinearRegression:
        try:
            return build(False)
        except UnsupportedError:
            pass
    return AsWritten(network, task, draws)
