"""SciPy's parts, imported where they are used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from symicl.errors import MissingDependencyError


def load_integrate() -> ModuleType:
    """The module scipy.integrate; see `_load`."""
    return _load("integrate", "gradient flows are integrated")


def load_optimize() -> ModuleType:
    """The module scipy.optimize; see `_load`."""
    return _load("optimize", "the exact loss is minimised")


def load_special() -> ModuleType:
    """The module scipy.special; see `_load`."""
    return _load("special", "quantiles of test statistics are computed")


def _load(part: str, what: str) -> ModuleType:
    """A part of SciPy.

    Raises
    ------
    MissingDependencyError
        If SciPy is not installed.
    """
    try:
        return import_module(f"scipy.{part}")
    except ImportError:
        raise MissingDependencyError(
            f"{what} with SciPy; install it with: pip install 'symicl[train]'"
        ) from None
