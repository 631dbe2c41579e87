"""The problem of a study of gradient flows, and the records of its runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import sympy
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import ClosedForm
from symicl.models import Model
from symicl.studies.measurements import Measurement
from symicl.tasks import LinearRegression, Values

MAX_POINTS = 240
"""Points of a curve that are recorded and drawn."""


RELATIVE, ABSOLUTE = 1e-8, 1e-12
"""Errors of a distance from β* that are attributed to the integrator and to rounding: the second in units of β*."""
DRIVEN_ERROR = 1e-9
"""Error of a distance of Γ from its limit, in units of the largest one; Γ is not integrated from its limit on."""
MIN_ENVELOPE_PART = 1e-7
"""The envelope is looked at until it has fallen to this part of its start."""


@dataclass(frozen=True)
class Start:
    """A start of the flow: δ(0) = β* − β(0), or None for β(0) = 0; and Γ(0)."""

    name: str
    delta: np.ndarray | None
    Gamma: np.ndarray
    descend: bool = False
    """True if gradient descent is run from here too; from far away its steps would have to be tiny."""
    on_prompts: bool = False
    """True if it is run on fresh prompts too; a start error below their noise would show nothing."""


@dataclass(frozen=True)
class DrivenBound:
    """‖D(t)‖ ≤ exp(−κt) (‖D(0)‖ + 2Ct ‖δ(0)‖²) for D = Γ − Γ*, κ = min{μ, 2ρ}, where ρ is the rate of δ.

    Attributes
    ----------
    limit, rate, constant : expression
        Γ*, μ and C.
    """

    limit: sympy.Basic
    rate: sympy.Basic
    constant: sympy.Basic


@dataclass(frozen=True, kw_only=True)
class FlowProblem:
    """A gradient flow, and the bound that it has to satisfy.

    Attributes
    ----------
    task : LinearRegression
    model : Model
        With effective parameters ``beta`` and ``Gamma``; the bound is about β.
    block : Model
        The real model whose weights are trained by gradient descent; ``v`` holds its own start vector.
    quadratic_form, preconditioner : ClosedForm, matrix symbol
        Q(Γ), whose largest eigenvalue limits the step of gradient descent, and Γ.
    rate : expression
        ‖δ(t)‖ ≤ exp(−rate t) ‖δ(0)‖.
    driven : DrivenBound
        The bound on the distance of Γ from its limit.
    wrong_rates : dict
        Rates that are too large; a run has to tell each of them apart.
    auxiliary : dict
        Symbols of the rates with the computation of each; where the covariance is singular, on its range, since the
        part of β in its kernel never moves.
    starts : callable
        From (H, n, Generator) to the starts of one seed.
    steps, batch : int
        Of plain gradient descent of GD-β on fresh prompts; more steps where the flow takes longer.
    block_steps, block_starts : int
        Of Adam on the block on fresh prompts, and how many starts a seed has.
    """

    task: LinearRegression
    model: Model
    block: Model
    quadratic_form: ClosedForm
    preconditioner: MatrixSymbol
    rate: sympy.Expr
    driven: DrivenBound
    wrong_rates: Mapping[str, sympy.Expr]
    auxiliary: Mapping[sympy.Symbol, Callable[[Values], sympy.Expr]]
    starts: Callable[[np.ndarray, int, np.random.Generator], Sequence[Start]]
    steps: int = 1500
    batch: int = 256
    block_steps: int = 600
    block_starts: int = 2


@dataclass(frozen=True)
class Run:
    """How far the start vector and the risk are from the optimum, in time.

    Attributes
    ----------
    measurement : Measurement
    kind : "flow", "descent", "prompts" or "block"
    times : array
        Sums of step sizes for the descents; steps for the block.
    distance : array
        ‖δ(t)‖ / ‖δ(0)‖, on the range of the covariance.
    excess : array
        R − R*, in floating point.
    error : float
        Absolute error of ``distance``.
    driven : array
        ‖Γ(t) − Γ*‖, on the range of the covariance; nothing where it is not measured.
    start : float
        ‖δ(0)‖.
    """

    measurement: Measurement
    kind: str
    times: np.ndarray
    distance: np.ndarray
    excess: np.ndarray
    error: float
    driven: np.ndarray = field(default_factory=lambda: np.empty(0))
    start: float = math.nan

    def driven_overshoot(self, rate: float, constant: float) -> float:
        """By how many times its error ‖Γ(t) − Γ*‖ rises above its bound at most; negative if it never does."""
        if not len(self.driven):
            return -math.inf
        falling = np.exp(-rate * self.times)
        bound = falling * (self.driven[0] + 2 * constant * self.times * self.start**2)
        seen = falling >= MIN_ENVELOPE_PART
        seen[0] = False  # at t = 0 they agree
        if not seen.any():
            return -math.inf
        scale = max(1.0, float(self.driven.max()))
        return float(((self.driven - bound)[seen] / (RELATIVE * bound[seen] + DRIVEN_ERROR * scale)).max())

    def overshoot(self, rate: float) -> float:
        """By how many times its error the distance rises above exp(−rate t) at most; negative if it never does."""
        envelope = np.exp(-rate * self.times)
        seen = envelope >= MIN_ENVELOPE_PART
        seen[0] = False  # at t = 0 they agree
        if not seen.any():
            return -math.inf
        gap = self.distance[seen] - envelope[seen]
        return float((gap / (RELATIVE * envelope[seen] + self.error)).max())

    def above(self, rate: float, seen: float) -> float:
        """The largest distance above exp(−rate t), as a part of it, while that is at least ``seen``."""
        envelope = np.exp(-rate * self.times)
        here = envelope >= seen
        return float((self.distance[here] / envelope[here] - 1).max())
