"""Is the point where the flow among symmetric pairs ends stable under all changes of A and B?

The exact loss of all-ones starts does not change when the coordinates are permuted. Its second derivative at a pair
(αI + α'(J − I), βI + β'(J − I)) commutes with permutations, so by Schur's lemma it is known from one matrix of each
kind: multiples of I and J − I; diag(v), v1ᵀ and 1vᵀ with Σv = 0; symmetric and antisymmetric matrices without a
diagonal and with sums of rows zero. These 14 directions stand for all 2d².
"""

from __future__ import annotations

import numpy as np

from symicl.studies.causal.entry_loss import EntryLoss, Matrices
from symicl.studies.runtime.settle import settle

DIFFERENCE_WIDTH = 1e-4
"""Of the differences of the gradient, relative to the weights."""


def kinds(d: int) -> list[np.ndarray]:
    """For each kind of matrix an orthonormal basis of what permutations mix with it, bases × d × d."""
    eye, ones = np.eye(d), np.ones((d, d))
    beside = ones - eye
    found = [[eye, beside]]
    if d >= 2:
        v = eye[0] - eye[1]
        found.append([np.diag(v), beside * v[:, None], beside * v[None, :]])
    if d >= 3:
        cycle = np.zeros((d, d))
        cycle[[0, 1, 2], [1, 2, 0]] = 1
        found.append([cycle - cycle.T])
    if d >= 4:
        product = np.outer(eye[0] - eye[1], eye[2] - eye[3])
        found.append([product + product.T])
    return [_orthonormal(np.stack(matrices)) for matrices in found]


def _orthonormal(matrices: np.ndarray) -> np.ndarray:
    _, sizes, rows = np.linalg.svd(matrices.reshape(len(matrices), -1), full_matrices=False)
    return rows[sizes > 1e-9 * sizes.max()].reshape(-1, *matrices.shape[1:])


def lowest_curvature(loss: EntryLoss, d: int, scale: float) -> float:
    """The least second derivative of the loss at its symmetric stationary point, relative to the largest one.

    Parameters
    ----------
    loss : EntryLoss
    d : int
    scale : float
        Size of the loss.
    """
    # From a small multiple of the identity all steps are combinations of symmetric gradients.
    size = 0.1 / np.sqrt(d)
    start = {"A": size * np.eye(d), "B": size * np.eye(d)}
    end = settle(loss, start, scale).weights
    low, high = curvatures(loss, d, end)
    return low / high


def curvatures(loss: EntryLoss, d: int, end: Matrices) -> tuple[float, float]:
    """The least second derivative at a symmetric pair, and the largest one in absolute value."""
    width = DIFFERENCE_WIDTH * max(float(np.abs(value).max()) for value in end.values())
    low, high = np.inf, 0.0
    for basis in kinds(d):
        zero = np.zeros_like(basis)
        moved = {"A": np.concatenate([basis, zero]), "B": np.concatenate([zero, basis])}
        up, down = (
            loss.gradient({name: end[name] + sign * width * moved[name] for name in end}) for sign in (1, -1)
        )
        block = sum(
            np.einsum("kij,lij->kl", (up[name] - down[name]) / (2 * width), moved[name]) for name in end
        )
        values = np.linalg.eigvalsh((block + np.transpose(block)) / 2)
        low, high = min(low, float(values[0])), max(high, float(np.abs(values).max()))
    return low, high
