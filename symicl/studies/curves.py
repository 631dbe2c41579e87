"""Pictures of numeric checks as data: panels of curves and levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symicl.studies.evidence import Evidence, summary


@dataclass(frozen=True)
class Curve:
    """Points of a picture.

    Attributes
    ----------
    label : str
    x, y : sequences of float
    errors : sequence of float, optional
        Standard errors of y.
    theory : bool
        Drawn as theory (black, dashed) rather than as a measurement.
    group : int
        Curves of one group share a colour.
    """

    label: str
    x: Sequence[float]
    y: Sequence[float]
    errors: Sequence[float] | None = None
    theory: bool = False
    group: int | None = None


@dataclass(frozen=True)
class Level:
    """A derived value, drawn as a horizontal line."""

    label: str
    value: float
    group: int | None = None


@dataclass(frozen=True)
class Panel:
    """One picture beside others.

    Attributes
    ----------
    title, x_label, y_label : str
    curves, levels : tuples
    log_x, log_y : bool
    shows : tuple of Evidence
        What the runs rest on whose numbers are drawn.
    """

    title: str
    x_label: str
    y_label: str
    curves: tuple[Curve, ...]
    levels: tuple[Level, ...] = ()
    log_x: bool = False
    log_y: bool = False
    shows: tuple[Evidence, ...] = ()

    @property
    def caption(self) -> str:
        """Method, optimiser and number of samples of what is drawn."""
        return summary(self.shows) if self.shows else ""

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "caption": self.caption,
            "curves": [{"label": c.label, "x": list(c.x), "y": list(c.y)} for c in self.curves],
            "levels": [{"label": level.label, "value": level.value} for level in self.levels],
        }
