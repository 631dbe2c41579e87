"""The runs of a sweep gathered by point: means over seeds, with their spread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, stdev
from typing import Any

STUCK = "local minimum"


@dataclass
class Point:
    """All runs at one point.

    Attributes
    ----------
    inputs : dict
        Exact text by name.
    rows : list of dict
        Of the records.
    """

    inputs: dict[str, str]
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def stuck(self) -> list[dict[str, Any]]:
        """Runs that ended in a predicted local minimum; they say nothing about the optimum."""
        return [row for row in self.rows if row["verdict"] == STUCK]

    def values(self, name: str) -> list[float]:
        """A number of every run that has it and did not end in a predicted local minimum."""
        found = (row["numbers"].get(name) for row in self.rows if row["verdict"] != STUCK)
        return [float(value) for value in found if value is not None and math.isfinite(value)]

    def mean(self, name: str) -> float:
        """The mean over the runs; nan where there is none."""
        values = self.values(name)
        return fmean(values) if values else math.nan

    def error(self, name: str) -> float:
        """The standard error of the mean; 0 for one run."""
        values = self.values(name)
        return stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0

    def verdicts(self) -> dict[str, int]:
        """How many runs ended how."""
        ended = [row["verdict"] or row["state"] for row in self.rows]
        return {verdict: ended.count(verdict) for verdict in dict.fromkeys(ended)}


def by_point(rows: Iterable[dict[str, Any]]) -> list[Point]:
    """The points in the order in which they come."""
    points: dict[tuple[tuple[str, str], ...], Point] = {}
    for row in rows:
        key = tuple(row["inputs"].items())
        points.setdefault(key, Point(dict(row["inputs"]))).rows.append(row)
    return list(points.values())


def counts(points: Sequence[Point]) -> dict[str, int]:
    """How many runs of all points ended how."""
    total: dict[str, int] = {}
    for point in points:
        for verdict, count in point.verdicts().items():
            total[verdict] = total.get(verdict, 0) + count
    return total
