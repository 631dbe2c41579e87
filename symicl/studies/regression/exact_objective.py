"""The exact loss as a function of all trainable weights, flat and in float64, with its gradient."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from symicl.errors import InputError, UnsupportedError
from symicl.numeric import LossGradient
from symicl.studies.runtime.settle import LossWithSlopes, by_torch
from symicl.tasks import Values
from symicl.theory import Loss, LossAt

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
    """

    def __init__(self, loss: Loss, values: Values):
        model = loss.model
        self.shapes = model.weight_sizes(**model.sizes_on(loss.task.at_values(values)))
        try:
            self.function: LossWithSlopes = LossGradient(
                loss.closed_form, values, loss.parameters, model.effective, self.shapes
            )
        except UnsupportedError:
            self.function = torch_objective(loss, values)

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
        value, slopes = self.function(self.unpack(flat))
        return value, np.concatenate([slopes[name].ravel() for name in self.shapes])

    def refuse_dead(self, flat: np.ndarray) -> None:
        """Refuse a start that nothing moves.

        Raises
        ------
        InputError
            If the gradient is zero.
        """
        _, slope = self(flat)
        if not slope.any():
            raise InputError(DEAD)


def torch_objective(loss: Loss, values: Values) -> LossWithSlopes:
    """The same by torch, for a map to effective parameters that only its tensors go through."""
    function = LossAt(loss, values).compile("torch")
    return by_torch(lambda weights: function(loss.model.effective(weights)))
