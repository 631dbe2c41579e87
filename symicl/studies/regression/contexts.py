"""Contexts with the exact law of the Gram matrix Σ zᵢzᵢᵀ, z = (x, y), at a cost that does not grow with n.

With U an n × d matrix of standard normals and U = QR its QR decomposition, R is independent of Q, Rᵢᵢ² ~ χ²(n − i + 1)
(i = 1, …, d) and the entries above the diagonal are standard normal (Bartlett).  For X = U Σ^½ and y = X w + ε the
vector Qᵀε ~ N(0, σ² I_d) is independent of (R, w), and the part of ε outside the range of U has squared length σ²
χ²(n − d), independent of all of these.  Hence the d + 1 rows

    [R Σ^½ | R Σ^½ w + σ z],   [0 | σ χ(n − d)]

have the same Gram matrix in distribution as the n rows (xᵢ, yᵢ).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from symicl.algebra import exact_size
from symicl.errors import UnsupportedError
from symicl.numeric import evaluate, float_matrix
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.tasks import LinearRegression, TaskAt, square_root

BARTLETT_MARGIN = 20
"""Bartlett's decomposition pays from n = d + 20 on: measured n ≈ 25 at d = 5 and n ≈ 40 at d = 20."""


@dataclass(frozen=True)
class Contexts:
    """Contexts with the task vectors behind them.

    Attributes
    ----------
    covariates : batch × m × d
    responses : batch × m × 1
    w : batch × d × 1
    """

    covariates: Any
    responses: Any
    w: Any

    def part(self, cut: slice) -> Contexts:
        """Some of the contexts."""
        return Contexts(self.covariates[cut], self.responses[cut], self.w[cut])


class ContextSampler:
    """Draws contexts of a linear regression.

    Parameters
    ----------
    task : TaskAt
    draws : TorchDraws
    bartlett : bool, optional
        Draw d + 1 rows with the law of the Gram matrix in place of n rows; by default where it pays.

    Raises
    ------
    UnsupportedError
        For a task that is not a linear regression, or Bartlett's decomposition for n < d.
    """

    def __init__(self, task: TaskAt, draws: TorchDraws, bartlett: bool | None = None):
        law = task.task
        if type(law) is not LinearRegression:
            raise UnsupportedError(
                f"the statistic of a context is sampled for LinearRegression only, not for {type(law).__name__}; "
                "train on tokens or on the population loss"
            )
        self.n, self.d = (int(evaluate(exact_size(size), task.values)) for size in (law.n, law.d))
        self.bartlett = self.n >= self.d + BARTLETT_MARGIN if bartlett is None else bartlett
        if self.bartlett and self.n < self.d:
            raise UnsupportedError(f"Bartlett's decomposition needs n ≥ d, but n = {self.n} and d = {self.d}")
        self.draws = draws
        root, task_root = (
            square_root(evaluate(cov, task.values)) for cov in (law.covariate_cov, law.task_cov)
        )
        self._root = None if (root == np.eye(self.d)).all() else draws.array(root)
        self._task_root = None if (task_root == np.eye(self.d)).all() else draws.array(task_root)
        mean = float_matrix(evaluate(law.task_mean, task.values))
        self._mean = draws.array(mean) if mean.any() else None
        self.covariance = draws.array(root @ root)
        self.noise = float(evaluate(law.noise, task.values))

    @property
    def isotropic(self) -> bool:
        """True if covariates have the identity as their covariance."""
        return self._root is None

    def draw(self, batch: int) -> Contexts:
        """Draw contexts."""
        w = self.draws.normal(batch, self.d, 1)
        if self._task_root is not None:
            w = self._task_root @ w
        if self._mean is not None:
            w = self._mean + w
        rows = self._triangles(batch) if self.bartlett else self.draws.normal(batch, self.n, self.d)
        if self._root is not None:
            rows = rows @ self._root
        responses = rows @ w
        if self.noise:
            noise = self.draws.normal(batch, self.d + 1 if self.bartlett else self.n, 1)
            if self.bartlett:
                noise[:, self.d :] = self._chi(batch, [self.n - self.d]).unsqueeze(-1)
            responses = responses + self.noise**0.5 * noise
        return Contexts(rows, responses, w)

    def query(self, contexts: Contexts) -> tuple[Any, Any]:
        """Queries (batch × d × 1) for these contexts, and their noisy targets (batch × 1 × 1)."""
        query = self.draws.normal(len(contexts.w), self.d, 1)
        if self._root is not None:
            query = self._root @ query
        target = (contexts.w * query).sum(-2, keepdim=True)
        if self.noise:
            target = target + self.noise**0.5 * self.draws.normal(len(query), 1, 1)
        return query, target

    @property
    def numbers(self) -> int:
        """How many numbers one context takes."""
        return (self.d + 1 if self.bartlett else self.n) * (self.d + 1)

    def _triangles(self, batch: int) -> Any:
        torch = load_torch()
        rows = self.draws.normal(batch, self.d + 1, self.d).triu_(1)
        diagonal = torch.diagonal(rows, 0, -2, -1)
        diagonal.copy_(self._chi(batch, [self.n - i for i in range(self.d)]))
        return rows

    def _chi(self, batch: int, freedoms: list[int]) -> Any:
        """Square roots of chi-square variables, batch × len(freedoms)."""
        torch = load_torch()
        half = torch.tensor([0.5 * k for k in freedoms], dtype=self.draws.dtype, device=self.draws.device)
        shape = half.clamp(min=0.5).expand(batch, -1).contiguous()
        # The public sampler of torch takes no generator of one's own; a run is a function of its seed only with one.
        values = torch._standard_gamma(shape, generator=self.draws.generator)
        return (2 * values).sqrt() * (half > 0)
