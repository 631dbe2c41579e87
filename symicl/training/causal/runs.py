"""Gradient flow on exact population moments, and gradient descent of the real model on sampled sequences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from symicl.errors import UnsupportedError
from symicl.training.causal.case import CaseAt, Numbers
from symicl.training.causal.entry_gradient import Matrices
from symicl.training.runtime.draws import TorchDraws
from symicl.training.runtime.lazy_scipy import load_integrate
from symicl.training.runtime.lazy_torch import load_torch
from symicl.training.runtime.threads import one_thread

Start = tuple[float, float]
"""a_0 and b_0."""

POINTS = 90
RTOL, ATOL = 1e-10, 1e-12
ENDS = 30.0
"""The flow is followed until exp(−rate · τ) has fallen by this exponent."""
STRIDE = 0.15
"""Step size of descent times the largest rate K√(c² + 4u²) on its way."""
SETTLES = 8.0
"""The same as `ENDS` for the descent on sequences; what comes after is averaged over."""
AVERAGED = 60
"""Steps that are averaged over."""
GROUPS = 6
"""Groups of successive steps whose means are taken as independent."""


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
        The largest entry of a block other than A and B at the end.
    weights : dict of arrays
        W_PV and W_KQ at the end, complex.
    pair : Matrices
        A and B at the end, averaged over the last steps.
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


def population_flow(case: CaseAt, starts: Sequence[Start]) -> list[FlowRun]:
    """The flow of all entries of A and B from (a_0 I, b_0 I), by the exact gradient; all starts at once.

    Raises
    ------
    UnsupportedError
        If the integrator gives up.
    """
    d = case.d
    first = np.array([[a * np.eye(d), b * np.eye(d)] for a, b in starts])
    rate = min(case.prediction.rate(*start) for start in starts)
    times = np.concatenate([[0.0], np.geomspace(1e-4, 1, POINTS)]) * ENDS / rate

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        pairs = flat.reshape(first.shape)
        slopes = case.slopes({"A": pairs[:, 0], "B": pairs[:, 1]})
        return -np.stack([slopes["A"], slopes["B"]], 1).ravel()

    solution = load_integrate().solve_ivp(
        velocity,
        (0.0, times[-1]),
        first.ravel(),
        method="DOP853",
        t_eval=times,
        rtol=RTOL,
        atol=ATOL,
    )
    if not solution.success:
        raise UnsupportedError(f"the flow could not be integrated: {solution.message}")
    path = solution.y.T.reshape(len(times), *first.shape)
    found = []
    for k, start in enumerate(starts):
        A, B = path[:, k, 0], path[:, k, 1]
        product = np.einsum("tii,tii->t", A, B) / d
        weights = {"A": A[-1], "B": B[-1]}
        found.append(FlowRun(case, start, times, product, case.measure(weights), weights))
    return found


def step_size(case: CaseAt, start: Start) -> tuple[float, int]:
    """The step size of the descent on sequences, and after how many steps it has settled."""
    flow = case.prediction.flow
    c, product = start[0] ** 2 - start[1] ** 2, start[0] * start[1]
    fastest = flow.K * max(math.hypot(c, 2 * product), math.hypot(c, 2 * flow.u_star))
    return STRIDE / fastest, math.ceil(SETTLES * fastest / (STRIDE * case.prediction.rate(*start)))


def descend_on_sequences(
    case: CaseAt,
    start: Start,
    seed: int,
    batch: int,
    progress: Callable[[int, int, float], None] | None = None,
) -> SampledRun:
    """Plain gradient descent of all 18 blocks through the model's own forward pass, fresh sequences at every step.

    Parameters
    ----------
    case : CaseAt
    start : Start
    seed : int
    batch : int
        Sequences in each step.
    progress : callable, optional
        Called with (step, total, loss of the batch).
    """
    torch = load_torch()
    with one_thread():
        draws, d = TorchDraws(seed), case.d
        size, settled = step_size(case, start)
        eye = torch.eye(d, dtype=torch.complex64)
        weights = case.model.active(start[0] * eye, start[1] * eye)
        masks = _masks(torch, d) if case.case.masked else {}
        kept = []
        total = settled + AVERAGED
        for k in range(total):
            sample = case.task.sample(batch, draws)
            for value in weights.values():
                value.requires_grad_()
            error = case.model.predictions(weights, sample.x[..., :-1, :]) - sample.targets
            loss = (error.abs() ** 2).sum((-1, -2)).mean() / 2
            slopes = torch.autograd.grad(loss, list(weights.values()))
            weights = {
                name: (value - size * slope * masks.get(name, 1)).detach()
                for (name, value), slope in zip(weights.items(), slopes, strict=True)
            }
            kept.append(_pair(weights, d))
            if progress is not None:
                progress(k + 1, total, float(loss.detach()))
        return _summary(case, start, seed, size, settled, kept, weights)


def _pair(weights: dict, d: int) -> tuple[np.ndarray, np.ndarray]:
    """The real parts of A = W_KQ,32 and B = W_PV,12."""
    A, B = weights["W_KQ"][2 * d :, d : 2 * d], weights["W_PV"][:d, d : 2 * d]
    return A.real.numpy().astype(float), B.real.numpy().astype(float)


def _masks(torch, d: int) -> dict:  # type: ignore[no-untyped-def]
    """Ones, and in the active pair ones on its diagonal alone."""
    masks = {name: torch.ones(3 * d, 3 * d) for name in ("W_KQ", "W_PV")}
    masks["W_KQ"][2 * d :, d : 2 * d] = torch.eye(d)
    masks["W_PV"][:d, d : 2 * d] = torch.eye(d)
    return masks


def _summary(
    case: CaseAt,
    start: Start,
    seed: int,
    size: float,
    settled: int,
    kept: list[tuple[np.ndarray, np.ndarray]],
    weights: dict,
) -> SampledRun:
    A, B = (np.stack(parts) for parts in zip(*kept, strict=True))
    d = case.d
    product = np.einsum("tii,tii->t", A, B) / d
    groups = [
        case.measure({"A": A[part].mean(0), "B": B[part].mean(0)})
        for part in np.array_split(np.arange(settled, len(A)), GROUPS)
    ]
    names = ("ab", "alpha_ratio", "beta_ratio")
    mean = {name: float(np.mean([g[name] for g in groups])) for name in names}
    error = {name: float(np.std([g[name] for g in groups], ddof=1)) / math.sqrt(GROUPS) for name in names}
    found = {name: value.numpy() for name, value in weights.items()}
    inactive = {name: value.copy() for name, value in found.items()}
    inactive["W_KQ"][2 * d :, d : 2 * d] = 0
    inactive["W_PV"][:d, d : 2 * d] = 0
    return SampledRun(
        case,
        start,
        seed,
        size * np.arange(1, len(A) + 1),
        product,
        mean,
        error,
        max(float(np.abs(value).max()) for value in inactive.values()),
        found,
        {"A": A[settled:].mean(0), "B": B[settled:].mean(0)},
    )
