"""The exact loss as a function of all trainable weights, flat and in float64, with its gradient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symicl.errors import InputError
from symicl.tasks.values import Values
from symicl.theory.gradient import BlockGradient
from symicl.theory.loss import Loss, LossAt
from symicl.training.regression.tape import Taped, pull_back
from symicl.training.runtime.lazy_torch import load_torch

DEAD = (
    "the gradient of the loss vanishes at these initial weights, so no training would move them; all-zero weights are "
    "such a point, where the second derivatives vanish as well: start from small random weights"
)


class ExactObjective:
    """L(θ(W)): the closed form of the loss after the model's own map from weights to effective parameters.

    Parameters
    ----------
    loss : Loss
    values : dict
        Of the symbols of the task.
    d : int
    """

    def __init__(self, loss: Loss, values: Values, d: int):
        self.model = loss.model
        self.shapes = loss.model.weight_sizes(d)
        self._loss = BlockGradient(loss.polynomial, values, loss.parameters)
        self.evaluations = 0

    def pack(self, weights: Mapping[str, np.ndarray]) -> np.ndarray:
        """All weights as one vector."""
        for name, shape in self.shapes.items():
            if name not in weights or tuple(weights[name].shape) != shape:
                raise InputError(f"the initial weights need {name} of size {shape[0]}×{shape[1]}")
        return np.concatenate([np.asarray(weights[name], dtype=float).ravel() for name in self.shapes])

    def unpack(self, flat: np.ndarray) -> dict[str, np.ndarray]:
        """The weight matrices in a vector."""
        out, start = {}, 0
        for name, (rows, cols) in self.shapes.items():
            out[name] = flat[start : start + rows * cols].reshape(rows, cols)
            start += rows * cols
        return out

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its gradient."""
        self.evaluations += 1
        weights = {name: Taped(w) for name, w in self.unpack(flat).items()}
        effective = self.model.effective(weights)
        value, slopes = self._loss({name: p.value for name, p in effective.items()})
        for name, parameter in effective.items():
            parameter.receive(slopes[name])
        pull_back(list(effective.values()))
        parts = [
            np.zeros(rows * cols) if weights[name].slope is None else weights[name].slope.ravel()
            for name, (rows, cols) in self.shapes.items()
        ]
        return value, np.concatenate(parts)

    def refuse_dead(self, flat: np.ndarray) -> None:
        """Refuse a start that nothing moves.

        Raises
        ------
        InputError
            If the gradient is zero.
        """
        _, slope = self(flat)
        self.evaluations = 0
        if not slope.any():
            raise InputError(DEAD)


class TorchObjective(ExactObjective):
    """The same by automatic differentiation, for a map to effective parameters that needs torch tensors."""

    def __init__(self, loss: Loss, values: Values, d: int):
        super().__init__(loss, values, d)
        self._function = LossAt(loss, values).compile("torch")

    def __call__(self, flat: np.ndarray) -> tuple[float, np.ndarray]:
        torch = load_torch()
        self.evaluations += 1
        weights = {
            name: torch.tensor(w, dtype=torch.float64, requires_grad=True)
            for name, w in self.unpack(flat).items()
        }
        value = self._function(self.model.effective(weights))
        slopes = torch.autograd.grad(value, list(weights.values()), allow_unused=True)
        parts = [
            np.zeros(w.numel()) if slope is None else slope.numpy().ravel()
            for w, slope in zip(weights.values(), slopes, strict=True)
        ]
        return float(value.detach()), np.concatenate(parts)


def exact_objective(loss: Loss, values: Values, d: int) -> ExactObjective:
    """The compiled gradient where the model's map to effective parameters allows it, else torch's."""
    objective = ExactObjective(loss, values, d)
    try:
        objective(np.ones(sum(rows * cols for rows, cols in objective.shapes.values())))
    except (TypeError, AttributeError, ImportError, ValueError):
        return TorchObjective(loss, values, d)
    objective.evaluations = 0
    return objective
