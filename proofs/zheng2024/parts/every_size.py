"""Stability of the limit at one length T for every d at once.

At a given T the limit is a root p of a polynomial f(p; d), and the determinant of each block of the second derivative
is a polynomial in p and d there. As d grows, a sign can change only where a determinant vanishes together with f,
where f has a multiple root, or where a leading coefficient vanishes: at the real roots of a few polynomials in d. The
integers up to the largest of them, and the next one, are decided one by one; from there on nothing changes.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import flint
import sympy

from symicl.algebra import determinant, harmonic, unheard
from symicl.errors import DerivationError
from symicl.numeric import real_roots
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_, beta, beta_, derived_line, p
from symicl.proofs.zheng2024.parts.stability import hessian, inertia, number, transversal
from symicl.proofs.zheng2024.setting import H2, H, d
from symicl.tasks import T

GENERIC_SIZE = 4
"""The least d at which every kind of move exists."""


@dataclass(frozen=True)
class EverySize:
    """The kind of the limit at T = length, for every d ≥ 2.

    Attributes
    ----------
    saddles : tuple of bool
        Whether it is a strict saddle at d = 2, 3, …; the last entry holds for all larger d, too. Where it is no saddle
        it is a local minimum.
    """

    length: int
    saddles: tuple[bool, ...]

    @property
    def first_saddle(self) -> int | None:
        """The d from which on all are saddles, if none before is one; None if none is."""
        if not any(self.saddles):
            return None
        first = self.saddles.index(True)
        if not all(self.saddles[first:]):
            raise DerivationError(f"at T = {self.length} saddles and minima alternate")
        return first + 2


@cache
@unheard
def every_size(length: int) -> EverySize:
    """Decide stability at T = length ≥ 4 for all d.

    Raises
    ------
    DerivationError
        If a sign is undecided.
    NotDetermined
        If the limit of the flow is not certified to be the only one.
    """
    largest = max(_upper(root) for part in _critical(length) for root in real_roots(part))
    found = []
    for size in range(2, max(GENERIC_SIZE, largest + 1) + 1):
        signs = inertia(size, length)
        if not (signs.is_saddle or signs.is_minimum):
            raise DerivationError(f"at d = {size}, T = {length} the stability of the limit is undecided")
        found.append(signs.is_saddle)
    return EverySize(length, tuple(found))


def _upper(root: flint.arb) -> int:
    """An integer above a ball."""
    return int(root.upper().ceil().unique_fmpz())


def _critical(length: int) -> list[flint.fmpq_poly]:
    """Polynomials in d, one of which vanishes wherever a sign changes."""
    context = flint.fmpq_mpoly_ctx.get(("p", "d"), "lex")
    ratio, size = context.gens()
    one, none = context.constant(1), context.constant(0)
    exact = {T: sympy.Integer(length), H: harmonic(length - 2), H2: harmonic(length - 2, 2)}
    values: dict[sympy.Expr, Any] = {x: one * flint.fmpq(int(v.p), int(v.q)) for x, v in exact.items()}
    values |= {d: size, p: ratio}
    line = derived_line()
    Q0, Q1, Q2 = (number(part, values) for part in line.quadratic)
    linear = number(line.linear, values)
    D = 4 * Q0 * Q2 - Q1 * Q1
    slope = (_derivative(Q2) * linear + 2 * Q2 * _derivative(linear)) * D - Q2 * linear * _derivative(D)
    found = [_leading(part) for part in (D, Q2, slope)]
    for part in (D, Q2, slope):
        found += [_resultant(g, _derivative(g)) if _in_p(g) else _leading(g) for g, _ in part.factor()[1]]
    # β = 4 Q_2 ℓ/D and β' = −2 Q_1 ℓ/D; the moves of A are multiplied by D > 0, so that no denominators remain.
    at = values | {alpha: one, alpha_: ratio, beta: 4 * Q2 * linear, beta_: -2 * Q1 * linear}
    nowhere = values | {alpha: none, alpha_: none, beta: none, beta_: none}
    for kind, second in hessian().items():
        moves = transversal(kind, GENERIC_SIZE, length)
        rows = [[number(second[x, y], at) for y in moves] for x in moves]
        for i, x in enumerate(moves):
            for j, y in enumerate(moves):
                if x[0] != y[0]:
                    rows[i][j] += (D - 1) * number(second[x, y], nowhere)
        for g, _ in determinant(rows).factor()[1]:
            found += (
                [_resultant(g, f) for f, _ in slope.factor()[1] if _in_p(f)] if _in_p(g) else [_leading(g)]
            )
    if not all(found):
        raise DerivationError(f"at T = {length} a second derivative vanishes for every d")
    return found


def _derivative(part: Any) -> Any:
    return part.derivative(0)


def _in_p(part: Any) -> bool:
    return bool(part.degrees()[0] > 0)


def _leading(part: Any) -> flint.fmpq_poly:
    """The coefficient of the highest power of p."""
    degree = part.degrees()[0]
    return _in_d({j: c for (i, j), c in part.to_dict().items() if i == degree})


def _resultant(one: Any, other: Any) -> flint.fmpq_poly:
    """The polynomial in d that vanishes where the two have a common root p."""
    return _in_d({j: c for (_, j), c in one.resultant(other, "p").to_dict().items()})


def _in_d(coefficients: dict[int, Any]) -> flint.fmpq_poly:
    return flint.fmpq_poly(
        [coefficients.get(j, flint.fmpq(0)) for j in range(max(coefficients, default=0) + 1)]
    )
