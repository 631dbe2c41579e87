"""Notebooks: a progress bar, and pictures beside the numbers."""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any

from symicl import pictures

UPDATE_SECONDS = 0.2
"""Seconds between two updates of the bar."""


def in_notebook() -> bool:
    """True if a Jupyter kernel runs this."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


def bar_html(step: int, total: int, value: float, seconds: float, name: str = "excess loss") -> str:
    """The bar as HTML, which needs no widget, with the present value of a quantity."""
    left = seconds * (total - step) / step if step else 0.0
    text = f"step {step} of {total}, {name} {value:.3g}, {left:.0f} s left"
    return f'<progress value="{step}" max="{total}" aria-label="training"></progress> {escape(text)}'


def notebook_progress(name: str = "excess loss") -> Callable[..., None] | None:
    """A bar, called with (step, total, value of the named quantity); None outside of notebooks."""
    if not in_notebook():
        return None
    from IPython.display import HTML, display

    started, last = time.monotonic(), [0.0]
    handle = display(HTML(bar_html(0, 1, float("nan"), 0.0, name)), display_id=True)

    def report(step: int, total: int, value: float) -> None:
        now = time.monotonic()
        if step >= total or now - last[0] > UPDATE_SECONDS:
            last[0] = now
            handle.update(HTML(bar_html(step, total, value, now - started, name)))

    return report


class Pictured:
    """A result that can be drawn."""

    def plot(self) -> Any:
        """A matplotlib figure of the run beside the theory.

        Raises
        ------
        MissingDependencyError
            Without matplotlib.
        """
        return pictures.figure_of(self)

    def _repr_png_(self) -> bytes | None:
        from symicl.errors import MissingDependencyError

        try:
            return pictures.png_of(self)
        except MissingDependencyError:
            return None  # the numbers are shown without a picture


def picture_html(result: Pictured) -> str:
    """The picture within the HTML, since a notebook shows either; empty without matplotlib."""
    png = result._repr_png_()
    if png is None:
        return ""
    return (
        f'<img alt="the run beside the theory" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
    )
