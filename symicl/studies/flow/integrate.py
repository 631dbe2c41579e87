"""Gradient flow of a derived risk, and gradient descent on it, in float64.

The flow uses the compiled gradient of the closed form, the descent torch's automatic differentiation; they share the
risk and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import count

import numpy as np

from symicl.errors import UnsupportedError
from symicl.models import Model
from symicl.numeric import LossGradient
from symicl.studies.runtime.lazy_scipy import load_integrate
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.threads import one_thread
from symicl.tasks import TaskAt
from symicl.theory import Loss, LossAt

Arrays = dict[str, np.ndarray]
"""Parameters by name; after `integrate` and `descend` with the time as a first axis."""

RTOL, ATOL = 1e-10, 1e-14
GRADIENT_TOLERANCE = 1e-9
"""Gradient at which a flow has arrived; the excess risk is of the order of its square."""
MAX_FLOW_EVALUATIONS = 100_000


class GradientField:
    """−∇R as a vector field on the effective parameters.

    Parameters
    ----------
    loss : Loss
    task : TaskAt
        Fixes the numbers.
    """

    def __init__(self, loss: Loss, task: TaskAt):
        self.loss, self.values = loss, task.values
        self._function = LossGradient(loss.closed_form, task.values, loss.parameters)

    def gradient(self, parameters: Mapping[str, np.ndarray]) -> Arrays:
        """∇R at parameters given as full matrices."""
        return self._function(parameters)[1]

    def sharpness(self, parameters: Mapping[str, np.ndarray]) -> float:
        """The largest eigenvalue of the second derivative of R, by differences of the gradient."""
        flat = np.concatenate([np.ravel(value) for value in parameters.values()])
        width = 1e-5 * max(1.0, float(np.abs(flat).max()))
        columns = []
        for direction in np.eye(len(flat)) * width:
            up, down = (self._flat(flat + sign * direction, parameters) for sign in (1, -1))
            columns.append((up - down) / (2 * width))
        hessian = np.array(columns)
        return float(np.linalg.eigvalsh((hessian + hessian.T) / 2)[-1])

    def _flat(self, vector: np.ndarray, like: Mapping[str, np.ndarray]) -> np.ndarray:
        """∇R at a vector of all parameters, as such a vector."""
        slopes = self.gradient(unpack(vector, like))
        return np.concatenate([slopes[name].ravel() for name in like])

    def integrate(
        self, start: Mapping[str, np.ndarray], times: np.ndarray, centre: Mapping[str, np.ndarray]
    ) -> tuple[np.ndarray, Arrays]:
        """The flow from ``start`` at increasing times, the first of which is 0, until the gradient is tiny.

        Parameters
        ----------
        start : dict of arrays
        times : array
        centre : dict of arrays
            A point that the flow may come close to: tolerances are relative to the distance from it.

        Returns
        -------
        times : array
            Those that were reached; beyond the last one the gradient is below 1e-9.
        path : dict of arrays
            Parameters minus ``centre``; time is the first axis.

        Raises
        ------
        MissingDependencyError
            Without SciPy.
        UnsupportedError
            If the integrator gives up, or takes too long.

        Notes
        -----
        LSODA, which changes between a stiff and a non-stiff method by itself, with relative tolerance 1e-10.
        """
        middle, first = (
            np.concatenate([np.asarray(point[name], dtype=float).ravel() for name in start])
            for point in (centre, start)
        )
        reached, path = trajectory(
            lambda vector: -self._flat(middle + vector, start),
            first - middle,
            times,
            rounding=max(1.0, float(np.abs(middle).max())),
            stop=True,
        )
        return reached, unpack(path, start)


def trajectory(
    field: Callable[[np.ndarray], np.ndarray],
    first: np.ndarray,
    times: np.ndarray,
    *,
    rounding: float = 1.0,
    stop: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """A solution of ẋ = field(x) at increasing times.

    Parameters
    ----------
    field : callable
        From a vector to its velocity.
    first : array
        The vector at the first of the times.
    times : array
    rounding : float
        The size of what the field rounds, in units of which 1e-14 is an absolute error.
    stop : bool
        Stop where the field is below 1e-9. Close to a saddle that is too early.

    Returns
    -------
    times, path : arrays
        The times that were reached; without ``stop`` all of them.

    Raises
    ------
    MissingDependencyError
        Without SciPy.
    UnsupportedError
        If the integrator gives up, or takes too long.
    """
    evaluations = count()

    def moved(_: float, vector: np.ndarray) -> np.ndarray:
        if next(evaluations) > MAX_FLOW_EVALUATIONS:
            raise UnsupportedError(
                "the flow is too stiff to be integrated: it has rates that differ too much, such as eigenvalues of a "
                "covariance"
            )
        return field(vector)

    def still_moves(time: float, vector: np.ndarray) -> float:
        return float(np.linalg.norm(moved(time, vector))) - GRADIENT_TOLERANCE

    still_moves.terminal = True  # type: ignore[attr-defined]
    solution = load_integrate().solve_ivp(
        moved,
        (times[0], times[-1]),
        first,
        method="LSODA",
        t_eval=times,
        events=still_moves if stop else None,
        rtol=RTOL,
        atol=ATOL * rounding,
    )
    if not solution.success:
        raise UnsupportedError(f"the flow could not be integrated: {solution.message}")
    return solution.t, solution.y.T


def unpack(vectors: np.ndarray, like: Mapping[str, np.ndarray]) -> Arrays:
    """Vectors of all parameters cut into matrices of given shapes; leading axes are kept."""
    parts, at = {}, 0
    for name, value in like.items():
        shape = np.shape(value)
        size = int(np.prod(shape))
        parts[name] = vectors[..., at : at + size].reshape(*vectors.shape[:-1], *shape)
        at += size
    return parts


def descend(
    model: Model,
    loss: Loss,
    task: TaskAt,
    start: Mapping[str, np.ndarray],
    step_size: np.ndarray | float,
    records: Sequence[int],
    progress: Callable[[int, int, float], None] | None = None,
) -> Arrays:
    """Plain gradient descent on the exact population risk, over all weights of a model.

    Parameters
    ----------
    model : Model
        Its weights are trained: the risk is the closed form at ``model.effective(weights)``.
    loss : Loss
        That of the same model.
    task : TaskAt
    start : dict of arrays, runs × rows × cols
        Several runs at once.
    step_size : array of length runs, or float
    records : increasing sequence of int
        After how many steps the weights are kept.
    progress : callable, optional
        Called with (step, total, mean risk) at each record.

    Returns
    -------
    dict of arrays, records × runs × rows × cols
    """
    torch = load_torch()
    with one_thread():
        risk = LossAt(loss, task.values).compile("torch")
        weights = {name: torch.tensor(value, dtype=torch.float64) for name, value in start.items()}
        rates = torch.as_tensor(step_size, dtype=torch.float64).reshape(-1, 1, 1)
        kept: dict[str, list[np.ndarray]] = {name: [] for name in weights}
        wanted = set(records)
        for k in range(records[-1] + 1):
            if k in wanted:
                for name, value in weights.items():
                    kept[name].append(value.numpy().copy())
            if k == records[-1]:
                break
            for value in weights.values():
                value.requires_grad_()
            risks = risk(model.effective(weights))
            slopes = torch.autograd.grad(risks.sum(), list(weights.values()))
            weights = {
                name: (value - rates * slope).detach()
                for (name, value), slope in zip(weights.items(), slopes, strict=True)
            }
            if progress is not None and k in wanted:
                progress(k, records[-1], float(risks.detach().mean()))
        return {name: np.stack(values) for name, values in kept.items()}
