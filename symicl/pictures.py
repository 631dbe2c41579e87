"""Pictures of results: results ask here, and whoever can draw registers here, so that neither imports the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch
from typing import Any

_loaders: list[Callable[[], object]] = []


def drawn_by(load: Callable[[], object]) -> None:
    """Name what imports the modules that register with `figure_of` and `png_of`; called at the first picture."""
    _loaders.append(load)


def _registered(function: Any, result: object) -> Any:
    while _loaders:
        _loaders.pop()()
    found = function.dispatch(type(result))
    if found is function.dispatch(object):
        from symicl.errors import InputError, kind

        raise InputError(f"{kind(result)} has no picture; give the result of a training")
    return found(result)


@singledispatch
def figure_of(result: object) -> Any:
    """A matplotlib figure of the result of a training.

    Raises
    ------
    InputError
        For anything else.
    MissingDependencyError
        Without matplotlib.
    """
    return _registered(figure_of, result)


@singledispatch
def png_of(result: object) -> bytes:
    """The same as a PNG file."""
    return bytes(_registered(png_of, result))
