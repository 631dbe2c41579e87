"""Matrix-valued expectations with general letters.

For the pairings a probe letter P closes the product to a trace, tr(M P); P occurs once in each term, so the
terms of the trace are those of the matrix.
"""

from __future__ import annotations

from collections.abc import Callable

from families.task import Task
from peers.pairings import IDENTITY, expected_trace


def letter_between_grams() -> Callable[[], list]:
    """E[XᵀX A XᵀX], rows N(0, Σ)."""
    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    X = si.gaussian("X", (n, d), col_cov=si.covariance("Sigma", d))
    A = si.matrix("A", (d, d))
    expression = X.T * X * A * X.T * X
    return lambda: [expect(expression)]


def letters_on_both_sides() -> Callable[[], list]:
    """E[XᵀAX B XᵀCX], rows N(0, Σ); A and C are n × n, B is d × d."""
    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    X = si.gaussian("X", (n, d), col_cov=si.covariance("Sigma", d))
    A, B, C = si.matrix("A", (n, n)), si.matrix("B", (d, d)), si.matrix("C", (n, n))
    expression = X.T * A * X * B * X.T * C * X
    return lambda: [expect(expression)]


TASKS = [
    Task(
        name="matrix-letter",
        title="E[XᵀX A XᵀX], rows N(0, Σ)",
        budget=0.02,
        symicl=letter_between_grams,
        tensorgrad=("grams_with_letter",),
        pairings=lambda: [expected_trace([IDENTITY] * 2, ["A", "P"], "Sigma")],
    ),
    Task(
        name="matrix-both-sides",
        title="E[XᵀAX B XᵀCX], rows N(0, Σ)",
        budget=0.02,
        symicl=letters_on_both_sides,
        pairings=lambda: [expected_trace(["A", "C"], ["B", "P"], "Sigma")],
    ),
]
