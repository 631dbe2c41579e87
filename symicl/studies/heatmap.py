"""Matrices as pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symicl.studies.evidence import Evidence, summary


@dataclass(frozen=True)
class Heatmap:
    """A matrix of trained weights.

    Attributes
    ----------
    title, label : str
        Above and below the picture.
    matrix : array
        Real; drawn with a diverging colour map that is symmetric about zero.
    blocks : int
        Lines are drawn after every so many rows and columns; 0 for none.
    shows : tuple of Evidence
        What the weights rest on.
    """

    title: str
    label: str
    matrix: np.ndarray
    blocks: int = 0
    shows: tuple[Evidence, ...] = ()

    @property
    def caption(self) -> str:
        """Method, optimiser and number of samples of the training."""
        return summary(self.shows) if self.shows else ""

    @property
    def limit(self) -> float:
        """The largest absolute entry, for the colour bar."""
        return max(float(np.abs(self.matrix).max()), 1e-12)

    def to_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "label": self.label,
            "caption": self.caption,
            "matrix": self.matrix.tolist(),
        }
