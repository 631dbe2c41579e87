"""Pictures of a sweep: the loss, its excess and the step size against an input, weights, trajectories."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symicl.errors import SymiclError
from symicl.studies import Curve, Level, Panel, recorded, summary
from symicl.sweeps.summary import STUCK, Point
from symicl.views import ASIDE, CAPTION_WIDTH, NEUTRAL, Weights, draw_lines, draw_weights, replacing

if TYPE_CHECKING:
    from symicl.records import Records
    from symicl.statements import Theorem

MAX_PANELS = 6
MAX_GROUPS = 8
MAX_TRAJECTORIES = 8
MAX_DRAWN_WEIGHTS = 4
DENSE_POINTS = 60
MIN_EXCESS = 1e-16
"""Relative excess below which rounding decides."""


def _sum(row: dict[str, Any]) -> float:
    return float(row["numbers"]["loss_at_optimum"] + row["numbers"]["excess_loss"])


Theory = Callable[[Mapping[str, str]], dict[str, float]]
"""From inputs to the stated quantities that are numbers."""


def theory_of(theorem: Theorem) -> Theory:
    """The closed forms of a theorem at inputs as text; nothing where they are not determined."""
    from symicl.statements import evaluate_theorem, read_inputs

    def values(inputs: Mapping[str, str]) -> dict[str, float]:
        texts = [f"{k}={v}" for k, v in inputs.items() if k in theorem.symbols or k in theorem.options]
        try:
            found = evaluate_theorem(theorem, read_inputs(texts, theorem.symbols, theorem.options)).values
        except (SymiclError, ArithmeticError):
            return {}
        return {name: v["decimal"] for name, v in found.items() if isinstance(v["decimal"], int | float)}

    return values


@dataclass(frozen=True)
class Layout:
    """Which input is drawn along x, which in colours, which in panels.

    Attributes
    ----------
    x : str
    group : str or None
    rest : tuple of str
    """

    x: str
    group: str | None
    rest: tuple[str, ...]


def layout_of(points: Sequence[Point]) -> Layout | None:
    """The input with most values along x, n first among equals; None if no number varies."""
    values = {
        name: dict.fromkeys(point.inputs[name] for point in points)
        for name in (points[0].inputs if points else ())
    }
    varied = {name: list(found) for name, found in values.items() if len(found) > 1}
    numeric = [name for name, found in varied.items() if all(_number(text) is not None for text in found)]
    if not numeric:
        return None
    x = max(numeric, key=lambda name: (len(varied[name]), name == "n"))
    others = sorted((name for name in varied if name != x), key=lambda name: -len(varied[name]))
    return Layout(x, others[0] if others else None, tuple(others[1:]))


def _number(text: str) -> float | None:
    try:
        return float(Fraction(text))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None


def _spread(items: Sequence[Any], most: int) -> list[Any]:
    """At most so many of them, evenly, the first and the last among them."""
    if len(items) <= most:
        return list(items)
    return [items[round(k * (len(items) - 1) / (most - 1))] for k in range(most)]


class Pictures:
    """The pictures of one sweep.

    Parameters
    ----------
    theorem_id : str
    points : sequence of Point
    layout : Layout
    theory : callable or None
    """

    def __init__(self, theorem_id: str, points: Sequence[Point], layout: Layout, theory: Theory | None):
        self.id, self.points, self.layout, self.theory = theorem_id, points, layout, theory

    def _title(self, what: str, rows: Sequence[dict[str, Any]] | None = None) -> str:
        """A title, and below it method, optimiser and number of samples of the runs, by default of all."""
        shown = [row for point in self.points for row in point.rows] if rows is None else rows
        evidence = [one for row in shown for one in recorded(row["document"])]
        caption = textwrap.wrap(summary(evidence), CAPTION_WIDTH) if evidence else []
        return "\n".join([f"{self.id}: {what}", *caption])

    # --- the parts of a picture ------------------------------------------------------------------------

    def _panels(self) -> Iterator[tuple[str, list[tuple[str, list[Point]]]]]:
        """Titles, and in each panel labels with their points along x."""
        keys = dict.fromkeys(tuple(p.inputs[name] for name in self.layout.rest) for p in self.points)
        for key in _spread(list(keys), MAX_PANELS):
            inside = [p for p in self.points if tuple(p.inputs[name] for name in self.layout.rest) == key]
            title = ", ".join(f"{name} = {v}" for name, v in zip(self.layout.rest, key, strict=True))
            if self.layout.group is None:
                yield title, [("", inside)]
                continue
            group = self.layout.group
            labels = _spread(list(dict.fromkeys(p.inputs[group] for p in self.points)), MAX_GROUPS)
            yield title, [(f"{group} = {v}", [p for p in inside if p.inputs[group] == v]) for v in labels]

    def _x(self, point: Point) -> float:
        return _number(point.inputs[self.layout.x]) or 0.0

    @property
    def _log_x(self) -> bool:
        xs = sorted({self._x(point) for point in self.points})
        return xs[0] > 0 and xs[-1] >= 8 * xs[0]

    def _dense(self, points: Sequence[Point]) -> list[str]:
        """Values of x between the first and the last one, as exact text."""
        xs = sorted(self._x(point) for point in points)
        low, high = xs[0], xs[-1]
        whole = all(x == int(x) for x in xs)
        if self._log_x:
            between = [low * (high / low) ** (k / (DENSE_POINTS - 1)) for k in range(DENSE_POINTS)]
        else:
            between = [low + (high - low) * k / (DENSE_POINTS - 1) for k in range(DENSE_POINTS)]
        texts = [str(round(x)) if whole else str(Fraction(x).limit_denominator(10**6)) for x in between]
        return list(dict.fromkeys(texts))

    def _theory_curve(self, name: str, points: Sequence[Point], label: str, group: int) -> list[Curve]:
        if self.theory is None or not points:
            return []
        xs, ys = [], []
        for text in self._dense(points):
            value = self.theory({**points[0].inputs, self.layout.x: text}).get(name)
            if value is not None:
                xs.append(float(Fraction(text)))
                ys.append(value)
        return [Curve(label, xs, ys, theory=True, group=group)] if xs else []

    def _measured(
        self, points: Sequence[Point], value: Callable[[Point], tuple[float, float]], label: str, group: int
    ) -> list[Curve]:
        found = [(self._x(point), *value(point)) for point in points]
        found = [entry for entry in found if math.isfinite(entry[1])]
        if not found:
            return []
        x, y, errors = zip(*found, strict=True)
        return [Curve(label, x, y, errors=errors, group=group)]

    def _aside(
        self, points: Sequence[Point], value: Callable[[Point, dict[str, Any]], float], group: int
    ) -> list[Curve]:
        """Runs that ended in predicted local minima, one by one."""
        found = [(self._x(point), value(point, row)) for point in points for row in point.stuck]
        if not found:
            return []
        x, y = zip(*found, strict=True)
        return [Curve(ASIDE, x, y, group=group)]

    def _draw(
        self,
        path: Path,
        what: str,
        y_label: str,
        curves: Callable[[str, list[Point], int], list[Curve]],
        *,
        log_y: bool = True,
        levels: tuple[Level, ...] = (),
        lines: str = "derived",
        points: str = "trained",
    ) -> Path | None:
        panels = []
        for title, groups in self._panels():
            drawn = [c for k, (label, inside) in enumerate(groups) for c in curves(label, inside, k)]
            panels.append(
                Panel(title, self.layout.x, y_label, tuple(drawn), levels, log_x=self._log_x, log_y=log_y)
            )
        if not any(panel.curves for panel in panels):
            return None
        has_lines = any(curve.theory for panel in panels for curve in panel.curves)
        has_points = any(not curve.theory for panel in panels for curve in panel.curves)
        with replacing(path) as temporary:
            draw_lines(
                self._title(what),
                panels,
                temporary,
                lines=lines if has_lines else "",
                points=points if has_points else "",
            )
        return path

    # --- the pictures ----------------------------------------------------------------------------------

    def loss(self, path: Path) -> Path | None:
        """The trained loss on the derived minimal loss."""
        if self.theory is None:
            return None
        stated = self.theory(self.points[0].inputs)
        name = next((n for n in ("loss", "risk") if n in stated), None)
        if name is None:
            return None

        def total(point: Point) -> tuple[float, float]:
            return point.mean("loss_at_optimum") + point.mean("excess_loss"), point.error("excess_loss")

        def curves(label: str, inside: list[Point], k: int) -> list[Curve]:
            return [
                *self._theory_curve(name, inside, label, k),
                *self._measured(inside, total, label, k),
                *self._aside(inside, lambda _, row: _sum(row), k),
            ]

        return self._draw(path, "the loss of the trained model", "loss", curves, lines="derived minimal loss")

    def excess(self, path: Path, tolerance: float | None) -> Path | None:
        """The exact excess loss."""

        def value(point: Point) -> tuple[float, float]:
            return max(point.mean("relative_excess"), MIN_EXCESS), point.error("relative_excess")

        levels = () if tolerance is None else (Level(f"{100 * tolerance:g} %", tolerance),)
        return self._draw(
            path,
            "exact excess over the derived minimal loss",
            "excess loss / minimal loss",
            lambda label, inside, k: [
                *self._measured(inside, value, label, k),
                *self._aside(inside, lambda _, row: max(row["numbers"]["relative_excess"], MIN_EXCESS), k),
            ],
            levels=levels,
        )

    def step_size(self, path: Path) -> Path | None:
        """The trained step size on the derived one: the multiple of K*/η that is nearest to K(θ)."""
        if self.theory is None or "eta" not in self.theory(self.points[0].inputs):
            return None
        theory = self.theory

        def value(point: Point) -> tuple[float, float]:
            eta = theory(point.inputs).get("eta", math.nan)
            return eta * point.mean("scale"), eta * point.error("scale")

        def curves(label: str, inside: list[Point], k: int) -> list[Curve]:
            return [
                *self._theory_curve("eta", inside, label, k),
                *self._measured(inside, value, label, k),
                *self._aside(
                    inside,
                    lambda point, row: (
                        theory(point.inputs).get("eta", math.nan) * row["numbers"].get("scale", math.nan)
                    ),
                    k,
                ),
            ]

        return self._draw(path, "step size η", "η", curves, lines="derived η", points="trained η")

    def step_sizes(self, path: Path) -> Path | None:
        """The trained step size against the derived one; on the line they agree."""
        if self.theory is None:
            return None
        groups: dict[str, list[tuple[float, float, float]]] = {}
        for point in self.points:
            eta, scale = self.theory(point.inputs).get("eta"), point.mean("scale")
            if eta is not None and eta > 0 and math.isfinite(scale):
                name = self.layout.group
                label = "" if name is None else f"{name} = {point.inputs[name]}"
                groups.setdefault(label, []).append((eta, eta * scale, eta * point.error("scale")))
        if not groups:
            return None
        derived = [eta for found in groups.values() for eta, _, _ in found]
        ends = [min(derived), max(derived)]
        curves = [Curve("", ends, ends, theory=True, group=NEUTRAL)]
        for k, (label, found) in enumerate(list(groups.items())[:MAX_GROUPS]):
            x, y, errors = zip(*found, strict=True)
            curves.append(Curve(label, x, y, errors=errors, group=k))
        log = ends[1] >= 8 * ends[0]
        panel = Panel("", "derived η", "trained η", tuple(curves), log_x=log, log_y=log)
        with replacing(path) as temporary:
            title = self._title("trained against derived step size")
            draw_lines(title, [panel], temporary, lines="trained = derived", points="trained")
        return path

    def quantity(self, path: Path, name: str) -> Path | None:
        """A stated quantity, of an evaluation."""

        def value(point: Point) -> tuple[float, float]:
            return point.mean(name), 0.0

        def curves(label: str, inside: list[Point], k: int) -> list[Curve]:
            return [*self._theory_curve(name, inside, label, k), *self._measured(inside, value, label, k)]

        values = [v for point in self.points for v in point.values(name)]
        log_y = bool(values) and min(values) > 0 and max(values) >= 8 * min(values)
        return self._draw(
            path, name, name, curves, log_y=log_y, lines="closed form", points="points of the grid"
        )

    def weights(self, path: Path) -> Path | None:
        """Trained coefficients beside the derived ones, at a few points."""
        pairs = []
        for point in self.points:
            row = next(
                (r for r in point.rows if r["verdict"] != STUCK and (r["document"] or {}).get("coefficient")),
                None,
            )
            if row is not None and row["document"].get("optimal_coefficient"):
                pairs.append((point, row))
        pairs = _spread(
            [p for p in pairs if len(p[1]["document"]["coefficient"]) > 1] or pairs, MAX_DRAWN_WEIGHTS
        )
        chosen = [
            Weights(
                ",  ".join(f"{k} = {v}" for k, v in point.inputs.items() if len(v) < 10)
                + f",  seed {row['seed']}",
                np.array(row["document"]["coefficient"]),
                np.array(row["document"]["optimal_coefficient"]),
            )
            for point, row in pairs
        ]
        if not chosen:
            return None
        with replacing(path) as temporary:
            title = self._title("trained and derived weights", [row for _, row in pairs])
            draw_weights(title, chosen, temporary)
        return path

    def trajectories(self, path: Path, records: Records) -> Path | None:
        """The excess loss against steps, at a few points."""
        curves: list[Curve] = []
        drawn: list[dict[str, Any]] = []
        for point in _spread(self.points, MAX_TRAJECTORIES):
            label = ", ".join(f"{k} = {v}" for k, v in point.inputs.items() if len(v) < 10)
            for row in point.rows:
                steps = [
                    (s, e / row["numbers"]["loss_at_optimum"]) for s, e in records.points(row["id"]) if e > 0
                ]
                if len(steps) > 1 and row["numbers"].get("loss_at_optimum"):
                    x, y = zip(*steps, strict=True)
                    drawn.append(row)
                    curves.append(Curve(label, x, y, group=len({c.label for c in curves} - {label})))
        if not curves:
            return None
        axes = dict.fromkeys(one.axis for row in drawn for one in recorded(row["document"]))
        panel = Panel("", "; ".join(axes) or "steps", "excess loss / minimal loss", tuple(curves), log_y=True)
        with replacing(path) as temporary:
            title = self._title("excess loss against steps", drawn)
            draw_lines(title, [panel], temporary, lines="", points="")
        return path
