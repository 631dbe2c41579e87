"""`follow`: the numeric flow beside a derived one, from a stated start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from symicl.algebra import COLS, ROWS
from symicl.errors import InputError, ShapeError, brief, described
from symicl.numeric import compile_matrix, compile_scalar, float_matrix, sizes_at
from symicl.studies.flow.integrate import trajectory, unpack
from symicl.tasks import exact_values
from symicl.theory import System

if TYPE_CHECKING:
    from symicl.algebra import ClosedForm


def follow(flow: System, start: Mapping[str, Any], times: Sequence[float], **numbers: Any) -> Path:
    """Integrate a gradient flow, or what it was reduced to, numerically.

    Parameters
    ----------
    flow : Flow or Reduction
        What `flow` returns, or its ``reduce``.
    start : dict
        The value of each letter that moves, by name: numbers, lists or arrays.
    times : increasing sequence of floats
        From 0 on.
    **numbers
        Exact values of the sizes and of the parameters of the law, such as ``n=20, d=5``.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        For a missing or unknown start or number, or times that do not increase from 0.
    ShapeError
        If a start has the wrong shape.
    UnsupportedError
        If the integrator gives up.
    MissingDependencyError
        Without SciPy.

    Notes
    -----
    LSODA in float64 with relative tolerance 1e-10, on velocities compiled from the closed forms. What a path
    shows is a number and no proof: an end of it may be a plateau.

    Examples
    --------
    >>> import symicl as si
    >>> p, v = si.scalar("p"), si.scalar("v")
    >>> flow = si.flow((1 - p * v) ** 2, [p, v])
    >>> path = si.follow(flow, start={"p": 0.1, "v": 0.1}, times=[0, 1, 10])
    >>> [round(float(loss), 6) for loss in path.loss]
    [0.9801, 0.415431, 0.0]
    """
    if not isinstance(flow, System):
        raise InputError(f"follow() takes what si.flow() returns, not {described(flow)}")
    grid = np.asarray(times, dtype=float)
    if grid.ndim != 1 or len(grid) < 2 or grid[0] != 0 or not (np.diff(grid) > 0).all():
        raise InputError("times must increase from 0, such as numpy.linspace(0, 10, 50)")
    fixed = {name: s for name, s in flow.symbols.items() if name not in flow.letters}
    values = exact_values(fixed, numbers)
    values |= {r: sympy.sqrt(values[s]) for s, r in flow.roots.of.items() if s in values}
    first = _starts(flow, start, values)
    velocities = {name: _compiled(flow.velocities[name]) for name in flow.letters}
    constants = {s: _float(x) for s, x in values.items()}

    def at(parts: Mapping[str, np.ndarray]) -> dict[Any, Any]:
        return constants | {a: _plain(parts[name]) for name, a in flow.letters.items()}

    def field(vector: np.ndarray) -> np.ndarray:
        here = at(unpack(vector, first))
        return np.concatenate([np.ravel(velocity(here)) for velocity in velocities.values()])

    vector = np.concatenate([value.ravel() for value in first.values()])
    _, path = trajectory(field, vector, grid)
    return Path(flow, grid, unpack(path, first), at)


@dataclass(frozen=True, eq=False, repr=False)
class Path:
    """A numeric flow at given times.

    Attributes
    ----------
    flow : System
    times : array
    values : dict of arrays
        By name of the letter; time is the first axis, and matrices, vectors and scalars have two more, one or none.
    """

    flow: System
    times: np.ndarray
    arrays: dict[str, np.ndarray]
    _at: Callable[[Mapping[str, np.ndarray]], dict[Any, Any]]

    @property
    def values(self) -> dict[str, np.ndarray]:
        return {name: _squeezed(value) for name, value in self.arrays.items()}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self.arrays:
            raise InputError(f"{brief(name)} is not on the path; what moves is {', '.join(self.arrays)}")
        return _squeezed(self.arrays[name])

    @property
    def loss(self) -> np.ndarray:
        """The loss at each time."""
        return self._along(self.flow.loss_form)

    def along(self, quantity: Any) -> np.ndarray:
        """A scalar or matrix quantity of the letters that move, at each time.

        Raises
        ------
        InputError, UnsupportedError
            As ``flow.along``.
        """
        return self._along(self.flow.read(quantity))

    def _along(self, form: ClosedForm) -> np.ndarray:
        function = _compiled(form)
        found = [
            function(self._at({name: value[k] for name, value in self.arrays.items()}))
            for k in range(len(self.times))
        ]
        return np.array(found, dtype=float)

    def __repr__(self) -> str:
        return f"Path({', '.join(self.arrays)}; {len(self.times)} times from 0 to {self.times[-1]:g})"


def _compiled(form: ClosedForm) -> Callable[[Any], Any]:
    return compile_scalar(form) if form.is_scalar else compile_matrix(form)


def _starts(flow: System, start: Mapping[str, Any], values: Mapping[Any, Any]) -> dict[str, np.ndarray]:
    for name in start:
        if name not in flow.letters:
            raise InputError(f"{brief(name)} does not move here; what moves is {', '.join(flow.letters)}")
    first = {}
    for name, a in flow.letters.items():
        if name not in start:
            raise InputError(f"no start is given for {name}")
        rows, cols = (sizes_at([side], dict(values))[0] for side in (ROWS[a], COLS[a]))
        try:
            value = np.asarray(start[name], dtype=float)
        except (TypeError, ValueError):
            raise InputError(f"the start of {name} is {brief(start[name])}; give real numbers") from None
        if value.size != rows * cols or (value.ndim == 2 and value.shape != (rows, cols)):
            shape = "×".join(map(str, value.shape)) or "a number"
            raise ShapeError(f"the start of {name} is {shape}, but it must be {rows}×{cols}")
        first[name] = value.reshape(rows, cols)
    return first


def _float(value: Any) -> Any:
    return float_matrix(value) if hasattr(value, "entries") else value


def _plain(value: np.ndarray) -> Any:
    return value[0, 0] if value.shape == (1, 1) else value


def _squeezed(value: np.ndarray) -> np.ndarray:
    rows, cols = value.shape[1:]
    return value[:, 0, 0] if rows == cols == 1 else value[:, :, 0] if cols == 1 else value
