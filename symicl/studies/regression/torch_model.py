"""A model as a torch module. Import this module only after `load_torch` has succeeded."""

from __future__ import annotations

import torch
from torch import nn

from symicl.models import Model
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.sizes import prompts_at_once
from symicl.tasks import Prompt, TaskAt

SHRINK, MAX_FACTORS = 0.9, 400
"""By which initial weights are multiplied, and how often at most."""


class TorchModel(nn.Module):
    """The trainable weights of a model; the forward pass is the model's own.

    Parameters
    ----------
    model : Model
    d : int
        Covariate dimension.
    draws : TorchDraws
        Source of the initial weights, standard normal.
    **others : int
        Other sizes that the weights have among their sides.
    """

    def __init__(self, model: Model, d: int, draws: TorchDraws, **others: int):
        super().__init__()
        self.model = model
        self.weights = nn.ParameterDict(
            {
                name: nn.Parameter(draws.normal(*size))
                for name, size in model.weight_sizes(d, **others).items()
            }
        )

    def forward(self, prompt: Prompt) -> torch.Tensor:
        """Predictions, batch × m × 1."""
        return self.model.forward(dict(self.weights.items()), prompt)

    @torch.no_grad()
    def shrink_to(self, task: TaskAt, draws: TorchDraws, prompts: int = 256) -> None:
        """Scale all weights by one factor so that predictions start at a tenth of the size of the targets.

        With weights of order one a prediction of degree four in the weights is orders of magnitude too large,
        and runs are thrown onto a plateau around a saddle; from small weights they rarely come near it.
        """
        sample = task.sample(prompts_at_once(task, prompts), draws)
        most = 0.01 * sample.target.square().mean()
        whole = {name: weight.clone() for name, weight in self.weights.items()}

        def is_small(factors: int) -> bool:
            """True once the weights have been shrunk by so many factors."""
            for name, weight in self.weights.items():
                weight.copy_(whole[name])
                for _ in range(factors):
                    weight.mul_(SHRINK)
            return bool(self(sample.prompt).square().mean() <= most)

        # Forward passes are what costs: the number of factors is bracketed and bisected.
        low, high = -1, 0
        while high < MAX_FACTORS and not is_small(high):
            low, high = high, min(2 * high + 1, MAX_FACTORS)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if is_small(middle) else (middle, high)
        is_small(high)
