"""One step of gradient descent on sequences whose matrices commute, and on Haar-distributed ones, which do not.

    python -m symicl.numeric_checks.sander2024.measured.non_commuting [d T_max]

Setting     A = aI, B = bI on augmented tokens, s_1 = (1, …, 1): ŝ_{t+1} = u Σ_{i<t} ⟨s_i, s_t⟩ s_{i+1}, for unitary
            phases, for conjugate pairs (d even) and for orthogonal W from the Haar measure.
Measured    The best u and the least loss over t = 2, …, T_max, from the means of Σ_t ‖g_t‖² and Σ_t ⟨g_t, s_{t+1}⟩ over
            sequences, g_t the sum above, with standard errors.
Theory      u* and ℓ* of `sander2024.augmented`. It speaks of commuting matrices alone: for Haar matrices the
            difference is the result.
"""

from __future__ import annotations

import sys

import numpy as np

from symicl.numeric import evaluate
from symicl.numeric_checks.sander2024.measured.rows import Row, quotient, show
from symicl.proofs.sander2024.augmented import task, theorem
from symicl.studies import Estimate
from symicl.tasks import AutoregressiveTask, NumpyDraws

KINDS = ("unitary", "orthogonal", "haar")
SEQUENCES = 40_000
AT_ONCE = 2_000


def moments(kind: str, d: int, length: int, sequences: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Σ_t ‖g_t‖² and Σ_t Re ⟨g_t, s_{t+1}⟩ of each sequence."""
    at, draws = AutoregressiveTask(kind, law="ones").at(d=d, T=length + 1), NumpyDraws(seed)
    squares, products = [], []
    for done in range(0, sequences, AT_ONCE):
        s = at.sample(min(AT_ONCE, sequences - done), draws).x
        scores = np.einsum("nid,ntd->nti", s[:, : length - 1].conj(), s[:, 1:length])
        scores = scores * np.tri(length - 1)  # ⟨s_i, s_t⟩ for i < t, t = 2, …, T_max
        g = scores @ s[:, 1:length]
        squares.append((abs(g) ** 2).sum((1, 2)))
        products.append((g.conj() * s[:, 2:]).sum((1, 2)).real)
    return np.concatenate(squares), np.concatenate(products)


def measure(
    d: int = 4, T_max: int = 10, sequences: int = SEQUENCES, seed: int = 0, stated=theorem
) -> list[Row]:
    """The best step and the least loss for each kind of matrices.

    Parameters
    ----------
    d, T_max : int
        d even for conjugate pairs, which are left out otherwise.
    sequences : int
        For each kind.
    seed : int
    stated : Theorem
        Whose u and loss are the theory.

    Returns
    -------
    list of Row
    """
    values = task.at(d=d, T_max=T_max).values
    best, least = (float(evaluate(stated.states[name], values)) for name in ("u", "loss"))
    rows = []
    for kind in KINDS:
        if kind == "orthogonal" and d % 2:
            continue
        squares, products = moments(kind, d, T_max, sequences, seed)
        u = quotient(products, squares)
        # The least loss is stationary in u, so that the error of u adds nothing to first order.
        loss = Estimate.of(d * (T_max - 1) - 2 * u.mean * products + u.mean**2 * squares)
        claimed = kind != "haar"
        rows.append(Row(f"{kind}: best u", u, best, claimed))
        rows.append(Row(f"{kind}: least loss of one step", loss, least, claimed))
    return rows


if __name__ == "__main__":
    sys.exit(show(measure, SEQUENCES, sys.argv[1:]))
