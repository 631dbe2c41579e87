"""Gradient flow on exact population moments, and gradient descent of the real model on sampled sequences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from symicl.errors import InputError, UnsupportedError
from symicl.studies.causal.case import CaseAt, Numbers
from symicl.studies.causal.entry_loss import Matrices
from symicl.studies.evidence import Evidence
from symicl.studies.kinds.estimate import Estimate
from symicl.studies.kinds.fresh_descent import DESCENT, FreshSchedule, Part
from symicl.studies.kinds.runner import Runner
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.settle import Settled, settle
from symicl.studies.sequences.descent import (
    fitting_batch,
    fresh_loss,
    on_sequences,
    refuse_hopeless,
    sharpness,
)

Start = tuple[float, float]
"""a_0 and b_0."""

RECORDED_POINTS = 90
RTOL, ATOL = 1e-10, 1e-12
RESOLUTION = 2e-6
"""Largest deviation of a flow that is attributed to the integrator, from starts that are not far apart."""
DECAY_EXPONENT = 30.0
"""The flow is followed until exp(−rate · τ) has fallen by this exponent."""
MAX_STIFFNESS = 1e5
"""Largest quotient of the fastest and the slowest rate on the way of a flow that is followed."""
RATE_STEP = 0.15
"""Step size of descent times the largest rate K√(c² + 4u²) on its way."""
MAX_CURVATURE_STEP = 0.5
"""Largest step size of descent times the largest second derivative over all weights."""
DESCENT_DECAY_EXPONENT = 8.0
"""The same as `DECAY_EXPONENT` for the descent on sequences; what comes after is averaged over."""
AVERAGED_STEPS = 60
"""Steps that are averaged over."""
STEP_GROUPS = 6
"""Groups of successive steps whose means are taken as independent."""
FRESH_SEQUENCES, FRESH_SCORES = 2000, 50_000_000
"""Other sequences on which the forward pass is compared with its closed form, and times² of all of them."""


@dataclass(frozen=True)
class FlowRun:
    """The population flow from one start.

    Attributes
    ----------
    case : CaseAt
    start : Start
    times, product : arrays
        ab in time.
    end : Numbers
        The numbers at its end.
    weights : Matrices
        A and B at its end.
    """

    case: CaseAt
    start: Start
    times: np.ndarray
    product: np.ndarray
    end: Numbers
    weights: Matrices
    evidence: Evidence

    @property
    def resolution(self) -> float:
        """The largest deviation, in units of u*, that is attributed to the integrator."""
        size = max(map(abs, self.start))
        return max(RESOLUTION, 10 * ATOL * size * size / self.case.prediction.flow.u_star)


@dataclass(frozen=True)
class SampledRun:
    """Descent on fresh sequences at every step, all weights of the real model.

    Attributes
    ----------
    case : CaseAt
    start : Start
    seed : int
    times, product : arrays
        Steps times step size, and ab.
    mean, error : Numbers
        Over the last steps: ab and the ratios, with standard errors.
    inactive : float
        The largest entry of a block other than A and B, averaged over the last steps.
    weights : dict of arrays
        W_PV and W_KQ, averaged over the last steps.
    pair : Matrices
        A and B among them.
    settled : Settled
        Where the exact loss leads from there.
    fresh : Estimate
        The loss of the pair on other sequences, by the forward pass.
    evidence : Evidence
    """

    case: CaseAt
    start: Start
    seed: int
    times: np.ndarray
    product: np.ndarray
    mean: Numbers
    error: Numbers
    inactive: float
    weights: dict[str, np.ndarray]
    pair: Matrices
    settled: Settled
    fresh: Estimate
    evidence: Evidence


def population_flow(case: CaseAt, starts: Sequence[Start]) -> list[FlowRun]:
    """The flow of all entries of A and B from (a_0 I, b_0 I), by the exact gradient; all starts at once.

    At a saddle rounding errors would grow: there the flow is kept in the set of matrices that permutations of the
    coordinates leave alone, which the exact flow never leaves.

    Raises
    ------
    InputError
        If one of the starts is so far away that the flow is too stiff.
    UnsupportedError
        If the integrator gives up.
    """
    d = case.d
    for start in starts:
        refuse_stiff(case, start)
    first = np.array([[a * np.eye(d), b * np.eye(d)] for a, b in starts])
    rate = min(case.prediction.rate(*start) for start in starts)
    times = np.concatenate([[0.0], np.geomspace(1e-4, 1, RECORDED_POINTS)]) * DECAY_EXPONENT / rate

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        pairs = whole(flat)
        _, slopes = case.loss_and_slopes({"A": pairs[:, 0], "B": pairs[:, 1]})
        return part(-np.stack([slopes["A"], slopes["B"]], 1)).ravel()

    def whole(flat: np.ndarray) -> np.ndarray:
        if not case.is_saddle:
            return flat.reshape(*flat.shape[:-1], *first.shape)
        on, off = np.moveaxis(flat.reshape(*flat.shape[:-1], len(starts), 2, 2), -1, 0)
        return on[..., None, None] * np.eye(d) + off[..., None, None] * (1 - np.eye(d))

    def part(pairs: np.ndarray) -> np.ndarray:
        if not case.is_saddle:
            return pairs
        on = np.einsum("...ii->...", pairs) / d
        return np.stack([on, (pairs.sum((-1, -2)) - d * on) / (d * (d - 1))], -1)

    method = "LSODA" if case.is_saddle else "DOP853"
    solution = load_integrate().solve_ivp(
        velocity,
        (0.0, times[-1]),
        part(first).ravel(),
        method=method,
        t_eval=times,
        rtol=RTOL,
        atol=ATOL * float(np.abs(first).max()),
    )
    if not solution.success:
        raise UnsupportedError(f"the flow could not be integrated: {solution.message}")
    path = whole(solution.y.T)
    found = []
    for k, start in enumerate(starts):
        A, B = path[:, k, 0], path[:, k, 1]
        product = np.einsum("tii,tii->t", A, B) / d
        weights = {"A": A[-1], "B": B[-1]}
        found.append(
            FlowRun(case, start, times, product, case.measure(weights), weights, Evidence("flow", method))
        )
    return found


def _fastest(case: CaseAt, start: Start) -> float:
    """The largest rate K√(c² + 4u²) between a start and the end."""
    flow = case.prediction.flow
    c, product = start[0] ** 2 - start[1] ** 2, start[0] * start[1]
    return flow.K * max(math.hypot(c, 2 * product), math.hypot(c, 2 * flow.u_star))


def refuse_stiff(case: CaseAt, start: Start) -> None:
    """Refuse a start that is so far from the end that the flow cannot be followed in seconds."""
    if not _fastest(case, start) <= MAX_STIFFNESS * case.prediction.rate(*start):
        raise InputError(
            f"from a0={start[0]:g}, b0={start[1]:g} the flow is too stiff to be followed to its end; give initial "
            f"values of the size √(ab) = {math.sqrt(case.prediction.flow.u_star):.3g}"
        )


def schedule_of(case: CaseAt, start: Start, batch: int) -> FreshSchedule:
    """Plain descent with a step size that the fastest direction allows, until the slowest one has settled.

    Raises
    ------
    InputError
        If that would take minutes.
    """
    rate, count = case.prediction.rate(*start), fitting_batch(batch, case.T)

    def schedule(lr: float) -> FreshSchedule:
        part = Part(DESCENT, math.ceil(DESCENT_DECAY_EXPONENT / (lr * rate)) + AVERAGED_STEPS, lr)
        found = FreshSchedule(count, (part,), AVERAGED_STEPS)
        refuse_hopeless(found, case.T, case.d)
        return found

    lr = RATE_STEP / _fastest(case, start)
    schedule(lr)  # refused before anything is computed
    points = (start, case.prediction.flow.limits(*start))
    largest = max(
        sharpness(
            case.model, case.task, case.model.active(a * np.eye(case.d), b * np.eye(case.d)), count, 0.5
        )
        for a, b in points
    )
    return schedule(min(lr, MAX_CURVATURE_STEP / largest))


def descend_on_sequences(runner: Runner, case: CaseAt, start: Start, seed: int, batch: int) -> SampledRun:
    """Plain gradient descent of all 18 blocks through the model's own forward pass, fresh sequences at every step.

    Parameters
    ----------
    runner : Runner
    case : CaseAt
    start : Start
    seed : int
    batch : int
        Sequences in each step.
    """
    d, model = case.d, case.model
    schedule = schedule_of(case, start, batch)
    run = on_sequences(
        model,
        case.task,
        model.active(start[0] * np.eye(d), start[1] * np.eye(d)),
        seed,
        schedule,
        factor=0.5,
        level=case.prediction.values["loss"],
        masks=_masks(d) if case.case.masked else None,
        watch=lambda weights: {name: block.numpy().copy() for name, block in _pair(weights, d).items()},
    )
    path = runner.train(run).path
    A, B = (np.stack([pair[name] for pair in path.seen]) for name in "AB")
    times = schedule.parts[0].lr * np.arange(1, len(A) + 1)
    with np.errstate(over="ignore", invalid="ignore"):  # weights that have grown
        product = np.einsum("tii,tii->t", A, B) / d
        groups = [
            case.measure({"A": A[part].mean(0), "B": B[part].mean(0)})
            for part in np.array_split(np.arange(max(0, len(A) - AVERAGED_STEPS), len(A)), STEP_GROUPS)
        ]
        names = ("ab", "alpha_ratio", "beta_ratio")
        mean = {name: float(np.mean([g[name] for g in groups])) for name in names}
        error = {
            name: float(np.std([g[name] for g in groups], ddof=1)) / math.sqrt(STEP_GROUPS) for name in names
        }
    weights = path.average
    pair = _pair(weights, d)
    rest = {name: value.copy() for name, value in weights.items()}
    for block in _pair(rest, d).values():
        block[...] = 0
    if path.is_finite:
        settled = settle(case.loss_and_slopes, balanced(pair), case.unit)
        count = min(FRESH_SEQUENCES, max(100, FRESH_SCORES // case.T**2))
        active = model.active(pair["A"], pair["B"])
        fresh = fresh_loss(model, case.task, active, count, seed + 1_000_003, 0.5, fitting_batch(250, case.T))
    else:
        settled, fresh = Settled(pair, math.inf, math.inf), Estimate(math.inf, math.inf, 0)
    inactive = max(float(np.abs(value).max()) for value in rest.values())
    return SampledRun(
        case,
        start,
        seed,
        times,
        product,
        mean,
        error,
        inactive,
        weights,
        pair,
        settled,
        fresh,
        schedule.evidence,
    )


def balanced(pair: Matrices) -> Matrices:
    """A pair of the same loss, (sA, B/s), in which both matrices have one norm."""
    sizes = {name: float(np.linalg.norm(value)) for name, value in pair.items()}
    if not all(sizes.values()):
        return pair
    s = math.sqrt(sizes["B"] / sizes["A"])
    return {"A": s * pair["A"], "B": pair["B"] / s}


def _pair(weights: Any, d: int) -> dict[str, Any]:
    """A = W_KQ,32 and B = W_PV,12."""
    return {"A": weights["W_KQ"][2 * d :, d : 2 * d], "B": weights["W_PV"][:d, d : 2 * d]}


def _masks(d: int) -> dict[str, np.ndarray]:
    """Ones, and in the active pair ones on its diagonal alone."""
    masks = {name: np.ones((3 * d, 3 * d)) for name in ("W_KQ", "W_PV")}
    for block in _pair(masks, d).values():
        block[...] = np.eye(d)
    return masks
