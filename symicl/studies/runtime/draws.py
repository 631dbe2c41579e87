"""Standard normals as torch tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symicl.studies.runtime.lazy_torch import load_torch

if TYPE_CHECKING:
    import torch


class TorchDraws:
    """Draws in torch from a generator of their own; the global random state is left alone.

    Parameters
    ----------
    seed : int
    dtype : "float32" or "float64"
    device : str
    """

    def __init__(self, seed: int, dtype: str = "float32", device: str = "cpu"):
        self._torch = load_torch()
        self.dtype = getattr(self._torch, dtype)
        self.device = device
        self.generator = self._torch.Generator(device=device).manual_seed(seed)

    def normal(self, *shape: int) -> torch.Tensor:
        return self._torch.randn(shape, generator=self.generator, dtype=self.dtype, device=self.device)

    def array(self, values: np.ndarray) -> torch.Tensor:
        return self._torch.as_tensor(values, dtype=self.dtype, device=self.device)
