"""Depth where n and d grow together, d/n → c: the least loss and the steps for every number of layers, proved.

Let μ be the limit of the spectrum of XᵀX/n and Q_k the polynomials with Q₀ = 1, Q₁ = λ − 1 − c,
Q_{k+1} = (λ − 1 − c) Q_k − c Q_{k−1}. Under λ = 1 + c + 2√c cos θ the measure λ dμ becomes (2/π) sin² θ dθ and
Q_k = c^{k/2} sin((k+1)θ)/sin θ, so the Q_k are orthogonal for λ dμ: the best polynomial is Q_L/Q_L(0), and its loss is
∫Q_L dμ/Q_L(0). Both are linear recursions in L, closed and proved by induction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy

from symicl.algebra import ClosedForm, dims, read_form, scalar
from symicl.errors import DerivationError
from symicl.theory.layers.gram import moment
from symicl.theory.proof_steps import Step
from symicl.theory.recursions.eigenvalues import ONE, ZERO
from symicl.theory.recursions.exponentials import LinearSolution, combined, solve
from symicl.theory.recursions.induction import check_induction
from symicl.theory.recursions.invariants import Row

RATIO = scalar("c", positive=True)
ROOT, TURN = (read_form(sympy.Symbol(name)) for name in ("r", "u"))
"""r = √c, and u = e^{iθ}."""
DIAGONAL = ROOT * (TURN + 1 / TURN)
"""λ − 1 − c = 2√c cos θ."""
MAX_MOMENT = 6
"""Order up to which moments of the engine are compared with those of the limit."""

AXIOMS = (
    "Marchenko–Pastur: as n → ∞ with d/n → c, E tr Sᵏ/d tends to the k-th moment of the measure with the density "
    "√((λ₊ − λ)(λ − λ₋))/(2πcλ) between λ± = (1 ± √c)², and the mass 1 − 1/c at zero if c > 1",
    "∫ sin((j+1)θ) sin((k+1)θ) dθ over (0, π) is π/2 for j = k and 0 otherwise",
)
"""Facts that the proof rests on and does not check."""


@dataclass(frozen=True)
class Proof:
    """The recursions of the limit, solved, and the steps that have been checked.

    Attributes
    ----------
    at_zero, integral : LinearSolution
        Q_L(0) and Q_{L+1}(0), and the same of ∫Q_L dμ, by L; the first component is that of L.
    sines : LinearSolution
        Q_k and Q_{k+1} by k, in r = √c and u = e^{iθ}.
    steps : tuple of Step
    """

    at_zero: LinearSolution
    integral: LinearSolution
    sines: LinearSolution
    steps: tuple[Step, ...]


def prove() -> Proof:
    """All identities of the proof.

    Raises
    ------
    DerivationError
        If one of them fails.
    """
    c = read_form(RATIO)
    at_zero = jacobi(-1 - c, c, [ONE, -1 - c])
    # ∫Q₀ dμ = 1, ∫Q₁ dμ = m₁ − 1 − c = −c; for k ≥ 1 the term λQ_k integrates to zero, so that λ drops out.
    integral = jacobi(-1 - c, c, [ONE, -c])
    _check_values(at_zero, integral, c)
    sines = jacobi(DIAGONAL, ROOT**2, [ONE, DIAGONAL])
    return Proof(
        at_zero,
        integral,
        sines,
        (
            _substitution(),
            _sines(sines),
            Step(
                "Q_L/Q_L(0) is orthogonal to λ, …, λᴸ for μ, hence least; its loss is ∫Q_L dμ/Q_L(0)",
                "linear algebra",
            ),
            Step("Q_L(0) = (−1)ᴸ(1 + c + … + cᴸ)", "induction over L, base and step as identities in c"),
            Step("∫Q_L dμ = (−c)ᴸ", "induction over L, base and step as identities in c"),
            _moments(c),
        ),
    )


def jacobi(diagonal: ClosedForm, below: ClosedForm, begun: Sequence[ClosedForm]) -> LinearSolution:
    """The closed form of v_{k+1} = diagonal · v_k − below · v_{k−1}, proved by induction; v₀ and v₁ are given.

    The components of the solution at t are v_t and v_{t+1}.
    """
    matrix: list[Row] = [{1: ONE}, {0: -below, 1: diagonal}]
    found = solve(matrix, begun)
    check_induction(matrix, begun, found)
    return found


def _check_values(at_zero: LinearSolution, integral: LinearSolution, c: ClosedForm) -> None:
    """That the solutions are (−1)ᴸ(c·cᴸ − 1)/(c − 1) and (−c)ᴸ, by their coefficients of each power."""
    difference = combined([(1 - c, at_zero.terms[0])])
    expected = {_place(at_zero, -ONE): ONE, _place(at_zero, -c): -c}
    if difference != expected or integral.terms[0] != {_place(integral, -c): ONE}:
        raise DerivationError("the polynomials of the proportional limit have other values")


def _place(solution: LinearSolution, eigenvalue: ClosedForm) -> tuple[int, int]:
    place = next((k for k, value in enumerate(solution.eigenvalues) if value == eigenvalue), None)
    if place is None:
        raise DerivationError("an eigenvalue of the proportional limit is missing")
    return place, 0


def _substitution() -> Step:
    """λ dμ under λ = 1 + c + r(u + 1/u), with u = exp(iθ) and r = √c."""
    r, u = ROOT, TURN
    low, high, point = (1 - r) ** 2, (1 + r) ** 2, 1 + r**2 + DIAGONAL
    # sin θ = (u − 1/u)/2i, so 4 r² sin² θ = −r²(u − 1/u)²; dλ = −2r sin θ dθ.
    if (high - point) * (point - low) != -(r**2) * (u - 1 / u) ** 2:
        raise DerivationError("the substitution of the proportional limit fails")
    return Step(
        "λ dμ = (2/π) sin² θ dθ with λ = 1 + c + 2√c cos θ, where (λ₊ − λ)(λ − λ₋) = 4c sin² θ",
        "an identity in √c and e^{iθ}",
    )


def _sines(found: LinearSolution) -> Step:
    """Q_k = r^k (u^{k+1} − u^{−k−1})/(u − 1/u) by induction; its zeros are those of sin((k + 1)θ)."""
    r, u = ROOT, TURN
    span = u - 1 / u
    expected = {_place(found, r * u): u / span, _place(found, r / u): -1 / (u * span)}
    if found.terms[0] != expected:
        raise DerivationError("the polynomials of the proportional limit are not those of Chebyshev")
    return Step(
        "Q_k = c^{k/2} sin((k+1)θ)/sin θ, orthogonal for λ dμ, with the zeros θ = jπ/(k+1)",
        "induction over k, base and step as identities in √c and e^{iθ}",
    )


def _moments(c: ClosedForm) -> Step:
    """Not needed by the proof, and a test of its first axiom: moments of the engine tend to those of the Q_k."""
    n, d = dims("n d")
    for k in range(1, MAX_MOMENT + 1):
        scaled = sympy.cancel(moment(n, d, k).subs(d, RATIO * n) / (RATIO * n))
        if read_form(sympy.limit(scaled, n, sympy.oo)) != limit_moment(c, k):
            raise DerivationError(f"the moment of order {k} tends to another limit")
    return Step(
        f"E tr Sᵏ/d tends to the k-th moment of μ for k = 1, …, {MAX_MOMENT}", "the moments of the engine"
    )


def limit_moment(c: ClosedForm, k: int) -> ClosedForm:
    """The k-th moment of μ, k ≥ 1: the coefficient of Q₀ in λᵏ⁻¹, by λQ_j = Q_{j+1} + (1 + c)Q_j + cQ_{j−1}."""
    row = [ONE]
    for _ in range(k - 1):
        raised = [ZERO, *row]
        kept = [(1 + c) * a for a in row] + [ZERO]
        lowered = [c * a for a in row[1:]] + [ZERO, ZERO]
        row = [x + y + z for x, y, z in zip(raised, kept, lowered, strict=True)]
    return row[0]
