"""Fresh contexts of a linear regression with the predictions of a forward pass on them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from symicl.algebra import ClosedForm, read_form
from symicl.errors import SymiclError
from symicl.numeric import evaluate, float_matrix
from symicl.studies.regression.batch_means import BATCHES
from symicl.studies.regression.yardstick import Yardstick
from symicl.studies.runtime.draws import TorchDraws
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.runtime.sizes import MAX_CHUNK_SIZE, size_of_context
from symicl.tasks import LinearRegression, Prompt
from symicl.theory import query_row

MAX_SPARE_DRAWS = 20_000_000
"""Numbers beyond which no more contexts are drawn than are needed."""


class CheckContexts:
    """Fresh prompts with the predictions of the forward pass, in float64.

    Parameters
    ----------
    yardstick : Yardstick
    weights : dict of arrays
    seed : int
        Of the run that is checked.
    passes : int
        Forward passes to spend, about.
    pieces : int, optional
        Stop after so many pieces, to see how long they take.

    Attributes
    ----------
    raw_losses : array of length N
    rows : N × d array or None
        The prediction as a row, where it is linear in the query.
    integrated : array of length N or None
        The loss given the context.
    wanted : int
        How many contexts are drawn in all.
    """

    def __init__(
        self,
        yardstick: Yardstick,
        weights: Mapping[str, np.ndarray],
        seed: int,
        passes: int,
        pieces: int | None = None,
    ):
        torch = load_torch()
        model, task, d = yardstick.model, yardstick.task, yardstick.d
        digest = hashlib.sha256(f"fresh prompts for the check of seed {seed}".encode()).digest()
        draws = TorchDraws(int.from_bytes(digest[:6]), "float64")
        network = {name: torch.as_tensor(np.asarray(w, dtype=float)) for name, w in weights.items()}
        law = task.task
        linear = isinstance(law, LinearRegression) and _is_linear(yardstick)
        self.rows: Any = None
        self.integrated: Any = None
        n = size_of_context(task)
        count = max(20 * BATCHES, min(passes // d if linear else passes, MAX_SPARE_DRAWS // (n * d)))
        count -= count % BATCHES
        self.wanted, found = count, []
        piece = max(1, min(4000 // d if linear else 4000, MAX_CHUNK_SIZE // (n * d * (d if linear else 1))))
        if pieces is not None:
            count = min(count, pieces * piece)
        mean = (
            float_matrix(evaluate(law.task_mean, task.values))[:, 0]
            if isinstance(law, LinearRegression)
            else 0
        )
        unit = torch.eye(d, dtype=torch.float64).unsqueeze(-1)
        with torch.no_grad():
            for start in range(0, count, piece):
                size = min(piece, count - start)
                sample = task.sample(size, draws)
                prompt = sample.prompt
                if linear:
                    X, y = (z.repeat_interleave(d, 0) for z in (prompt.covariates, prompt.responses))
                    rows = model.forward(network, Prompt(X, y, unit.repeat(size, 1, 1))).reshape(size, d)
                    f = (rows * prompt.query[..., 0]).sum(1)
                    X, y = prompt.covariates.numpy(), prompt.responses[..., 0].numpy()
                    # Not the contexts themselves, whose size grows with n.
                    kept = [rows.numpy(), X.swapaxes(1, 2) @ X, np.einsum("bni,bn->bi", X, y - X @ mean)]
                else:
                    f, kept = model.forward(network, prompt), []
                error = f.reshape(size, -1) - sample.target.reshape(size, -1)
                found.append([error.square().sum(1).numpy(), *kept])
        joined = [np.concatenate(part) for part in zip(*found, strict=True)]
        self.raw_losses = joined[0]
        if not linear:
            return
        self.rows, gram, self.feature = joined[1:]
        assert isinstance(law, LinearRegression)
        values = task.values
        self.covariance = float_matrix(evaluate(law.covariate_cov, values))
        self.offset = float_matrix(evaluate(law.task_mean, values))[:, 0]
        prior, noise = float_matrix(evaluate(law.task_cov, values)), float(evaluate(law.noise, values))
        if noise > 0:
            gram = gram / noise
            # (I + ΨG)⁻¹Ψ = (Ψ⁻¹ + G)⁻¹, which a singular Ψ has as well.
            posterior = np.linalg.solve(np.eye(d) + prior @ gram, np.broadcast_to(prior, gram.shape))
            mean = self.offset + np.einsum("bij,bj->bi", posterior, self.feature) / noise
            self.posterior_mean, gap = mean, self.rows - mean
            known = np.einsum("ij,bji->b", self.covariance, posterior) + noise
            self.integrated = np.einsum("bi,ij,bj->b", gap, self.covariance, gap) + known

    def excess(self, target: np.ndarray) -> np.ndarray:
        """The excess of each context over the optimum with this coefficient."""
        best = self.offset + self.feature @ target.T
        both = self.rows + best - 2 * self.posterior_mean
        return np.einsum("bi,ij,bj->b", self.rows - best, self.covariance, both)


def _is_linear(yardstick: Yardstick) -> bool:
    """True if f is linear in the query, and the derived optimum is βᵀx + xᵀ K Xᵀ (y − Xβ)."""
    law = yardstick.task.task
    assert isinstance(law, LinearRegression)
    try:
        query_row(yardstick.model)
        letter = yardstick.optimum.problem.unknown
        K = ClosedForm.of(letter)
        form = (read_form(law.x.T) @ K @ read_form(law.X.T * law.r)).trace()
        plain = (read_form(law.x.T) @ K @ read_form(law.X.T * law.y)).trace()
    except SymiclError:
        return False
    offset = read_form(law.task_mean.T * law.x).trace()
    problem = yardstick.optimum.problem
    return problem.contracted() in (form, plain) and not (problem.offset - offset)
