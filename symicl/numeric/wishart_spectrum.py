"""Sums over the eigenvalues of a Wishart matrix at numbers: one Pfaffian and its derivative, at any sizes.

The eigenvalues of XᵀX, X with n × d entries N(0, 1) and n ≥ d, have the density

    c |∏_{i<j} (λ_i − λ_j)| ∏_i λ_i^((n−d−1)/2) e^(−λ_i/2).

By de Bruijn's formula E ∏ f(λ_i) is Pf A(f)/Pf A(1), where A(f)_ij is the integral of
sgn(y − x) φ_i(x) φ_j(y) f(x) f(y) for any basis φ of the polynomials of degree below d, times the weight; for odd d
a row of the integrals of φ_i f is added. At f = 1 + εg the derivative in ε is E Σ g(λ_i) = ½ tr(A(1)⁻¹ A′).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from symicl.errors import DerivationError

MAX_REFINEMENTS, TOLERANCE = 6, 1e-11
NODES = 24
"""Gauss–Legendre nodes of one panel."""
Array = np.ndarray


def mean_sum_over_eigenvalues(n: int, d: int, function: Callable[[Array], Array]) -> float:
    """E Σ g(λ) over the min(n, d) eigenvalues of XᵀX that are not zero by its rank.

    Parameters
    ----------
    n, d : int
        X has n rows N(0, I_d).
    function : callable
        g, smooth on λ > 0 and bounded by a power of λ; it takes and returns arrays.

    Returns
    -------
    float
        By quadrature, twice as fine until ten digits agree.

    Raises
    ------
    DerivationError
        If they do not, as for a function that changes too fast.
    """
    panels, before = 24 + min(n, d), float("nan")
    for _ in range(MAX_REFINEMENTS):
        found = _by_quadrature(n, d, function, panels)
        if abs(found - before) <= TOLERANCE * abs(found):
            return found
        panels, before = 2 * panels, found
    raise DerivationError(f"the mean over the spectrum at n = {n}, d = {d} did not settle")


def _by_quadrature(n: int, d: int, function: Callable[[Array], Array], panels: int) -> float:
    size, excess = min(n, d), abs(n - d)
    root, weight, integrate = _grid(2 * np.sqrt(n + d + 60.0), panels)
    basis = _laguerre_functions(size, excess, root**2)
    # dλ λ^(−1/2) = 2 d√λ: the factor 2 is the same in both matrices.
    plain, shifted = basis, basis * function(root**2)
    first = _skew(plain, plain, weight, integrate)
    second = _skew(plain, shifted, weight, integrate) + _skew(shifted, plain, weight, integrate)
    if size % 2:
        first, second = (_bordered(m, b @ weight) for m, b in ((first, plain), (second, shifted)))
    return float(np.trace(np.linalg.solve(first, second)) / 2)


def _grid(end: float, panels: int) -> tuple[Array, Array, Callable[[Array], Array]]:
    """Nodes and weights on (0, end), finer at 0, and the integral from 0 to each node of values at the nodes."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    edges = end * np.linspace(0, 1, panels + 1) ** 1.5
    half = np.diff(edges) / 2
    places = (edges[:-1] + half)[:, None] + half[:, None] * nodes
    # Values at the nodes of a panel → the integral of their polynomial from its left edge to each node.
    legendre = np.polynomial.legendre.legvander(nodes, NODES - 1)
    coefficients = np.linalg.inv(legendre)
    antiderivative = np.array(
        [
            np.polynomial.legendre.legval(nodes, np.polynomial.legendre.legint(column, lbnd=-1))
            for column in coefficients.T
        ]
    )

    def integrate(values: Array) -> Array:
        by_panel = values.reshape(-1, panels, NODES)
        before = np.cumsum((by_panel @ weights) * half, axis=1) - (by_panel @ weights) * half
        return ((by_panel @ antiderivative) * half[:, None] + before[:, :, None]).reshape(values.shape)

    return places.ravel(), (half[:, None] * weights).ravel(), integrate


def _laguerre_functions(count: int, alpha: int, x: Array) -> Array:
    """x^(α/2) e^(−x/2) times the first Laguerre polynomials of order α, orthonormal on x > 0; one row for each.

    Their span with the factor x^(−1/2) of the density is that of all polynomials times its weight.
    """
    start = np.zeros_like(x)
    positive = x > 0
    log_norm = 0.5 * sum(np.log(k) for k in range(1, alpha + 1))
    start[positive] = np.exp(0.5 * alpha * np.log(x[positive]) - x[positive] / 2 - log_norm)
    rows = [start]
    for k in range(1, count):
        before = rows[k - 2] * np.sqrt((k - 1) * (k - 1 + alpha)) if k > 1 else 0.0
        rows.append(((2 * k - 1 + alpha - x) * rows[k - 1] - before) / np.sqrt(k * (k + alpha)))
    return np.array(rows)


def _skew(left: Array, right: Array, weight: Array, integrate: Callable[[Array], Array]) -> Array:
    """∫∫ sgn(y − x) left_i(x) right_j(y), for all i and j."""
    below, total = integrate(left), left @ weight
    return (2 * below - total[:, None]) @ (right * weight).T


def _bordered(matrix: Array, border: Array) -> Array:
    return np.block([[matrix, border[:, None]], [-border[None, :], np.zeros((1, 1))]])
