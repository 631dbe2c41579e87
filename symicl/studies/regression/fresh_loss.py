"""The loss of trained weights on fresh prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from symicl.models import Model
from symicl.studies.regression.batch_means import Mean
from symicl.studies.regression.descent import sampled_draws
from symicl.studies.regression.engines import start_network
from symicl.studies.runtime.draws import TorchDraws
from symicl.tasks import TaskAt

PIECES = 6
"""Of fresh prompts, some thousand each, that a forward pass is tested on."""
FRESH_SEED = 1_000_003
"""Added to the seed of a run for prompts that the training has not seen."""


def fresh_loss(model: Model, task: TaskAt[Any], weights: Mapping[str, np.ndarray], seed: int) -> Mean:
    """The mean loss of the forward pass on prompts that the training of this seed has not seen."""
    draws = TorchDraws(seed + FRESH_SEED, "float64")
    network = start_network(model, task, task.d, draws, dict(weights))
    return Mean.of(sampled_draws(network, task, draws, PIECES).numpy())
