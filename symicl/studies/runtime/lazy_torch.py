"""torch, imported where it is used."""

from __future__ import annotations

from types import ModuleType

from symicl.errors import MissingDependencyError


def load_torch() -> ModuleType:
    """The module torch.

    Raises
    ------
    MissingDependencyError
        If it is not installed.
    """
    try:
        import torch
    except ImportError:
        raise MissingDependencyError(
            "training needs PyTorch; install it with: pip install 'symicl[train]'"
        ) from None
    return torch
