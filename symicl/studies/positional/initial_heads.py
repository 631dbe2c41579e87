"""Initial weights of attention with positional weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def random_heads(
    seeds: Sequence[int], d: int, heads: int, longest: int, size: float, *, balanced: bool
) -> dict[str, np.ndarray]:
    """Initial weights, one run per seed: Gaussian of standard deviation ``size``, P zero where it is not used.

    Parameters
    ----------
    balanced : bool
        B = AQ with a random orthogonal Q, so that AAᵀ = BBᵀ.
    """
    runs = []
    for seed in seeds:
        draws = np.random.default_rng(seed)
        A = size * draws.standard_normal((heads, d))
        Q, R = np.linalg.qr(draws.standard_normal((d, d)))
        B = A @ (Q * np.sign(np.diag(R))) if balanced else size * draws.standard_normal((heads, d))
        P = np.tril(size * draws.standard_normal((longest, longest)), 1)
        P[-1] = 0  # the row of a query at the end, for which there is no target
        runs.append({"A": A, "B": B, "P": P})
    return {name: np.stack([run[name] for run in runs]) for name in runs[0]}
