"""Heads in floating point: the best forms that vanish on a space, and the factors of heads that give them."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np

from symicl.theory.heads.forms import HeadForms


def isotropic_space(mean: np.ndarray, heads: int, place: float | None) -> np.ndarray:
    """An orthonormal basis of N, (d + 1) × (d + 1 − heads): N₀ orthogonal to μ, and (αμ; 1).

    Parameters
    ----------
    mean : array, d
    heads : int
    place : float or None
        α; infinite for N in R^d, None for the largest N there is where μ = 0 or heads > d.
    """
    d = len(mean)
    if heads > d:
        return np.zeros((d + 1, 0))
    if place is None:  # no mean
        return np.eye(d + 1)[:, :d]
    along = mean / np.linalg.norm(mean)
    turned, _ = np.linalg.qr(np.column_stack([along, np.eye(d)]))
    aside = np.vstack([turned[:, 1 : d - heads + 1], np.zeros((1, d - heads))])
    line = np.append(along, 0) if np.isinf(place) else np.append(place * mean, 1)
    return np.column_stack([aside, line / np.linalg.norm(line)])


def heads_on(
    forms: HeadForms, mean: np.ndarray, space: np.ndarray, length: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """u and M, (d + 1) × 1 and (d + 1) × (d + 1), of heads whose forms are the best that vanish on a space."""
    d = len(mean)
    value = {name: float(form.expr) for name, form in vars(forms).items()}
    basis = _basis(d + 1)
    gram = _gram(basis, value)
    pairs = list(combinations_with_replacement(range(space.shape[1]), 2))
    at_space = np.array([[space[:, i] @ e @ space[:, j] for e in basis] for i, j in pairs]).reshape(
        len(pairs), len(basis)
    )
    spread = np.linalg.solve(gram, at_space.T)
    outside = np.linalg.svd(space, full_matrices=True)[0][:, space.shape[1] :]
    onto = outside @ outside.T
    columns = np.zeros((outside.shape[1], d + 1, d + 1))
    for k in range(d):
        best = np.zeros((d + 1, d + 1))
        best[:d, :d], best[d, d] = mean[k] * value["c3"] * np.eye(d), mean[k] * value["c2"]
        best[k, d] = best[d, k] = value["c4"] / 2
        if pairs:
            wanted = np.array([space[:, i] @ best @ space[:, j] for i, j in pairs])
            best = best - np.tensordot(spread @ np.linalg.solve(at_space @ spread, wanted), basis, axes=1)
        # sym(M Uᵀ) = Q for M = (2Q − PQ)U, P = UUᵀ, since Q vanishes on what is orthogonal to U.
        columns[:, :, k] = ((2 * best - onto @ best) @ outside).T
    back = np.eye(d + 1)  # T⁻ᵀ, from residual tokens to tokens
    back[:d, d] = -mean
    return [(back @ u[:, None], length * back @ M) for u, M in zip(outside.T, columns, strict=True)]


def _basis(size: int) -> np.ndarray:
    """The symmetric matrices with one entry, or two equal ones."""
    found = []
    for i, j in combinations_with_replacement(range(size), 2):
        matrix = np.zeros((size, size))
        matrix[i, j] = matrix[j, i] = 1
        found.append(matrix)
    return np.array(found)


def _gram(basis: np.ndarray, value: dict[str, float]) -> np.ndarray:
    """E⟨G, P⟩⟨G, Q⟩ for forms P and Q."""
    inner, mixed, last = basis[:, :-1, :-1], basis[:, :-1, -1], basis[:, -1, -1]
    trace = np.trace(inner, axis1=1, axis2=2)
    return (
        value["aa"] * np.outer(trace, trace)
        + value["tail"] * np.einsum("aij,bij->ab", inner, inner)
        + value["ab"] * (np.outer(trace, last) + np.outer(last, trace))
        + value["bb"] * np.outer(last, last)
        + 4 * value["cross"] * mixed @ mixed.T
    )
