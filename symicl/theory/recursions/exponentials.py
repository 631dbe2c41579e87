"""Linear recursions u(t + 1) = M u(t) in closed form: sums of tʲ λᵗ with rational functions in front."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from sympy.utilities.iterables import strongly_connected_components

from symicl.algebra import ClosedForm
from symicl.theory.recursions.eigenvalues import ONE, ZERO, Spectrum, spectral_projectors
from symicl.theory.recursions.invariants import Row

Terms = dict[tuple[int, int], ClosedForm]
"""The coefficient of tʲ λᵗ by (number of the eigenvalue, j); none of them zero."""


@dataclass(frozen=True)
class LinearSolution:
    """u_i(t) = Σ c tʲ λᵗ for every t from ``start[i]`` on.

    Attributes
    ----------
    eigenvalues : tuple of ClosedForm
    terms : tuple of Terms
        One per component of u.
    start : tuple of int
        Zero for a component, unless an eigenvalue is identically zero.
    radicand : ClosedForm or None
        The square of `ROOT`, if it occurs.
    """

    eigenvalues: tuple[ClosedForm, ...]
    terms: tuple[Terms, ...]
    start: tuple[int, ...]
    radicand: ClosedForm | None = None

    def value(self, terms: Terms, t: int) -> ClosedForm:
        """Σ c tʲ λᵗ at a number t."""
        total = ZERO
        for (k, j), c in terms.items():
            total = total + c * t**j * self.eigenvalues[k] ** t
        return total


def solve(matrix: Sequence[Row], initial: Sequence[ClosedForm]) -> LinearSolution:
    """The closed form of u(t) with u(t + 1) = M u(t).

    Raises
    ------
    UnsupportedError
        If an eigenvalue is neither a rational function of the symbols nor one with one square root in it.
    """
    spectrum = Spectrum()
    terms: dict[int, Terms] = {}
    start: dict[int, int] = {}
    # Dependencies come first.
    blocks = strongly_connected_components(
        (range(len(matrix)), [(i, j) for i in range(len(matrix)) for j in matrix[i]])
    )
    for block in map(sorted, blocks):
        outside = sorted({j for i in block for j in matrix[i] if j not in block})
        since = max((start[j] for j in outside), default=0)
        drives = [combined((matrix[i][j], terms[j]) for j in outside if j in matrix[i]) for i in block]
        begun = unrolled(matrix, initial, since, block)
        solved, later = _solve_block(
            [[matrix[i].get(j, ZERO) for j in block] for i in block], drives, begun, since, spectrum
        )
        for i, found in zip(block, solved, strict=True):
            terms[i], start[i] = found, later
    size = range(len(matrix))
    return LinearSolution(
        tuple(spectrum.values),
        tuple(terms[i] for i in size),
        tuple(start[i] for i in size),
        spectrum.radicand,
    )


def unrolled(
    matrix: Sequence[Row], initial: Sequence[ClosedForm], t: int, wanted: Iterable[int]
) -> list[ClosedForm]:
    """Components of u(t) by t steps, one after the other."""
    u = list(initial)
    for _ in range(t):
        u = [apply(row, u) for row in matrix]
    return [u[i] for i in wanted]


def apply(row: Mapping[int, ClosedForm], u: Sequence[ClosedForm]) -> ClosedForm:
    """The product of a row and a column."""
    total = ZERO
    for j, entry in row.items():
        total = total + entry * u[j]
    return total


def combined(parts: Iterable[tuple[ClosedForm, Terms]]) -> Terms:
    """Σ c · u for scalars c and closed forms u."""
    total: Terms = {}
    for c, terms in parts:
        for key, value in terms.items():
            total[key] = total.get(key, ZERO) + c * value
    return {key: value for key, value in total.items() if value}


def _solve_block(
    block: list[list[ClosedForm]],
    drives: list[Terms],
    begun: list[ClosedForm],
    since: int,
    spectrum: Spectrum,
) -> tuple[list[Terms], int]:
    """Components that depend on each other, by the spectral projectors of their block."""
    if len(block) == 1:
        terms, later = _solve_scalar(block[0][0], drives[0], begun[0], since, spectrum)
        return [terms], later
    total: list[Terms] = [{} for _ in block]
    later = since
    for value, projector in spectral_projectors(block, spectrum):
        for i, row in enumerate(projector):
            first = sum((c * u for c, u in zip(row, begun, strict=True)), ZERO)
            part, start = _solve_scalar(
                value, combined(zip(row, drives, strict=True)), first, since, spectrum
            )
            total[i] = combined([(ONE, total[i]), (ONE, part)])
            later = max(later, start)
    return total, later


def _solve_scalar(
    eigenvalue: ClosedForm, drive: Terms, begun: ClosedForm, since: int, spectrum: Spectrum
) -> tuple[Terms, int]:
    """u(t + 1) = λ u(t) + drive(t) for t ≥ since, with u(since) given."""
    if not eigenvalue:
        return _delayed(drive, spectrum), since + 1
    own = spectrum.number(eigenvalue)
    terms: Terms = {}
    for k in {k for k, _ in drive}:
        degree = max(j for i, j in drive if i == k)
        right = [drive.get((k, j), ZERO) for j in range(degree + 1)]
        particular = (
            _resonant(right, eigenvalue) if k == own else _particular(right, spectrum.values[k], eigenvalue)
        )
        terms |= {(k, j): c for j, c in enumerate(particular) if c}
    values = LinearSolution(tuple(spectrum.values), (), ())
    rest = (begun - values.value(terms, since)) / eigenvalue**since
    if rest:
        terms[own, 0] = terms.get((own, 0), ZERO) + rest
    return {key: c for key, c in terms.items() if c}, since


def _delayed(drive: Terms, spectrum: Spectrum) -> Terms:
    """drive(t − 1): Σ c (t − 1)ʲ μᵗ⁻¹."""
    terms: Terms = {}
    for (k, j), c in drive.items():
        for i in range(j + 1):
            part = c * (comb(j, i) * (-1) ** (j - i)) / spectrum.values[k]
            terms[k, i] = terms.get((k, i), ZERO) + part
    return {key: c for key, c in terms.items() if c}


def _particular(right: list[ClosedForm], mu: ClosedForm, eigenvalue: ClosedForm) -> list[ClosedForm]:
    """The polynomial p with μ p(t + 1) − λ p(t) = right(t), μ ≠ λ, from the highest power down."""
    p = [ZERO] * len(right)
    for j in reversed(range(len(right))):
        known = sum((mu * p[k] * comb(k, j) for k in range(j + 1, len(right))), ZERO)
        p[j] = (right[j] - known) / (mu - eigenvalue)
    return p


def _resonant(right: list[ClosedForm], eigenvalue: ClosedForm) -> list[ClosedForm]:
    """The polynomial p with λ (p(t + 1) − p(t)) = right(t) and p(0) = 0."""
    p = [ZERO] * (len(right) + 1)
    for j in reversed(range(len(right))):
        known = sum((p[k] * comb(k, j) for k in range(j + 2, len(right) + 1)), ZERO)
        p[j + 1] = (right[j] / eigenvalue - known) / (j + 1)
    return p
