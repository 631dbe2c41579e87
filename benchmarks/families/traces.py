"""Traces of products of the Gram matrix XᵀX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from families.task import Task
from peers.pairings import IDENTITY, expected_trace


def gram_powers(powers: range, cov: str | None = None) -> Callable[[], Callable[[], list]]:
    """E tr((XᵀX)^k) for each k of the range; the rows are N(0, I) or N(0, cov)."""

    def declare() -> Callable[[], list]:
        import sympy

        import symicl as si
        from symicl import expect

        n, d = si.dims("n d")
        X = si.gaussian("X", (n, d), col_cov=si.covariance(cov, d) if cov else None)
        expressions = [sympy.Trace((X.T * X) ** k) for k in powers]
        return lambda: [expect(expression) for expression in expressions]

    return declare


def letters(count: int) -> Callable[[], list]:
    """E tr(XᵀX A₁ XᵀX A₂ ⋯), rows N(0, Σ), general letters."""
    import sympy

    import symicl as si
    from symicl import expect

    n, d = si.dims("n d")
    X = si.gaussian("X", (n, d), col_cov=si.covariance("Sigma", d))
    product = sympy.Identity(d)
    for i in range(1, count + 1):
        product = product * X.T * X * si.matrix(f"A{i}", (d, d))
    expression = sympy.Trace(product)
    return lambda: [expect(expression)]


def gram_power_pairings(power: int, cov: str = IDENTITY) -> Counter:
    return expected_trace([IDENTITY] * power, [IDENTITY] * power, cov)


def _isotropic(power: int) -> Task:
    return Task(
        name=f"trace-{power}",
        title=f"E tr((XᵀX)^{power})",
        budget=0.02,
        symicl=gram_powers(range(power, power + 1)),
        tensorgrad=("gram_power", str(power)) if power <= 4 else None,
        pairings=lambda: [gram_power_pairings(power)],
    )


TASKS = [
    *(_isotropic(power) for power in (1, 2, 3, 4, 6, 8)),
    Task(
        name="trace-1-to-20",
        title="E tr((XᵀX)^k), k = 1, …, 20, in all",
        budget=0.5,
        symicl=gram_powers(range(1, 21)),
        pairings=lambda: [gram_power_pairings(power) for power in range(1, 21)],
    ),
    Task(
        name="trace-8-cov",
        title="E tr((XᵀX)^8), rows N(0, Σ)",
        budget=0.05,
        symicl=gram_powers(range(8, 9), "Sigma"),
        pairings=lambda: [gram_power_pairings(8, "Sigma")],
    ),
    Task(
        name="trace-5-letters",
        title="E tr(XᵀXA₁ ⋯ XᵀXA₅), rows N(0, Σ)",
        budget=0.3,
        symicl=lambda: letters(5),
        pairings=lambda: [expected_trace([IDENTITY] * 5, [f"A{i}" for i in range(1, 6)], "Sigma")],
    ),
]
