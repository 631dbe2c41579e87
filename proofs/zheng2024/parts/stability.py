"""The limit of the unmasked flow: a minimum of the loss over all A and B, or a saddle.

The loss over all A, B is derived once more, without symmetry, and differentiated twice at A = (α − α')I + α'J,
B = (β − β')I + β'J. Permutations leave this form alone, so it falls into one block for each kind of move; see
`symicl.expectation.phases.permutation_blocks`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import flint
import sympy

from symicl.algebra import MEANING, ClosedForm, harmonic, monomials_of, unheard
from symicl.expectation import (
    BLOCK_KINDS,
    STANDARD,
    TRIVIAL,
    FullMatrix,
    Kind,
    Move,
    entries,
    moves_of,
    second_variation,
)
from symicl.numeric import negative_squares
from symicl.proofs.zheng2024.parts.all_ones import POINT, alpha, alpha_, beta, beta_, task
from symicl.proofs.zheng2024.parts.stationary import certified, check_unique, enclosed, line_at
from symicl.proofs.zheng2024.setting import H2, HALF, H, d, model
from symicl.statements import NotDetermined
from symicl.tasks import T
from symicl.theory import autoregressive_loss

MAX_ENCLOSURE_BITS = 8_192
LOSS = certified(3)
EIGENVALUE_DIGITS = 30
Block = Mapping[tuple[Move, Move], ClosedForm]


def loss_of_all():
    """L for all real matrices A and B."""
    pair = model.active(FullMatrix("A"), FullMatrix("B"))
    return autoregressive_loss(model, task, pair, factor=HALF)


def second_variations(loss):
    """For each kind of move of A and B its sizes, and the second variation as a quadratic form in them."""
    return {kind: second_variation_of(loss, kind) for kind in BLOCK_KINDS}


def second_variation_of(loss, kind: Kind):
    """The sizes of all moves of a kind, and the second variation as a quadratic form in them."""
    sizes = moves_of(kind, POINT)
    return sizes, second_variation(loss, POINT, sizes, d)


@cache
@unheard
def hessian() -> dict[Kind, Block]:
    """The second derivatives of the loss over all A, B, for each kind of move."""
    found = second_variations(loss_of_all().closed_form)
    return {kind: entries(form, sizes) for kind, (sizes, form) in found.items()}


def transversal(kind: Kind, size: int, length: int) -> list[Move]:
    """Moves that span all of a kind together with those along which the loss is constant.

    The loss is constant on (cA, B/c), a move with α-part α ≠ 0: the move I of A is left out. At T = 3 it depends on
    A through the sums of its columns alone: of the moves of A those change by diag(v) only, up to scaling.
    """
    copies = kind.independent(size)
    moves_of_A = {TRIVIAL: copies[1:]}.get(kind, copies)
    if length == 3:
        moves_of_A = copies[:1] if kind is STANDARD else ()
    return [("A", copy) for copy in moves_of_A] + [("B", copy) for copy in copies]


@dataclass(frozen=True)
class Inertia:
    """The negative eigenvalues of the second derivative over all A and B.

    Attributes
    ----------
    negative : dict
        From each kind of move that exists to how many are negative, each as often as the dimension of the kind says;
        None where a sign could not be decided.
    """

    size: int
    negative: dict[Kind, int | None]

    @property
    def is_saddle(self) -> bool:
        """True if some direction lowers the loss; certain also if other signs are undecided."""
        return any(self.negative.values())

    @property
    def is_minimum(self) -> bool:
        """True if every direction along which the loss is not constant raises it."""
        return all(count == 0 for count in self.negative.values())

    @property
    def total(self) -> int | None:
        """How many eigenvalues are negative, with multiplicity."""
        if None in self.negative.values():
            return None
        return sum(int(kind.dimension(self.size)) * (count or 0) for kind, count in self.negative.items())


@lru_cache(maxsize=8)
@unheard
def inertia(size: int, length: int) -> Inertia:
    """Signs at the limit of the flow for d ≥ 2, with rational numbers at T = 3 and in balls otherwise.

    Raises
    ------
    NotDetermined
        If the limit is not certified to be the only one.
    """
    line = line_at(size, length)
    if length > 3:
        check_unique(line)
    found: dict[Kind, int | None] = {}
    bits = 128
    while bits <= MAX_ENCLOSURE_BITS:
        with flint.ctx.workprec(bits):
            values = at_limit(line, size, length)
            for kind, second in hessian().items():
                moves = transversal(kind, size, length)
                if moves and found.get(kind) is None:
                    rows = [[number(second[one, other], values) for other in moves] for one in moves]
                    found[kind] = negative_squares(rows)
        if None not in found.values() or length == 3:
            break
        bits *= 2
    return Inertia(size, found)


def at_limit(line, size: int, length: int) -> dict[sympy.Expr, Any]:
    """d, T, the harmonic numbers and the four parameters at the limit, scaled to α = 1; at T = 3 with α' = 0."""
    exact = {d: sympy.Integer(size), T: sympy.Integer(length)}
    exact |= {H: harmonic(length - 2), H2: harmonic(length - 2, 2)}
    values: dict[sympy.Expr, Any] = {x: flint.fmpq(int(value.p), int(value.q)) for x, value in exact.items()}
    if length == 3:
        ratio = flint.fmpq(0)
        Q1, Q2, D, linear = (part(0) for part in (line.Q1, line.Q2, line.discriminant, line.linear))
        product, other_ratio = 4 * Q2 * linear / D, -Q1 / (2 * Q2)
    else:
        product, ratio, other_ratio, _ = enclosed(line)
    return values | {alpha: flint.fmpq(1), alpha_: ratio, beta: product, beta_: product * other_ratio}


def number(form: ClosedForm, values: Mapping[sympy.Expr, Any]) -> Any:
    """A polynomial in scalar letters at balls or rational numbers."""
    total: Any = flint.fmpq(0)
    for monomial, coefficient in monomials_of(form).items():
        term: Any = flint.fmpq(coefficient.numerator, coefficient.denominator)
        for word in monomial:
            term = term * values[MEANING[word[0]]]
        total = total + term
    return total


def stable(values, digits):
    """1 if the limit of the flow is a local minimum over all real A and B, 0 if it is a strict saddle.

    Raises
    ------
    NotDetermined
        If a second derivative may vanish along which the loss is not known to be constant.
    """
    size, length = int(values[d]), int(values[T])
    if size == 1:
        return sympy.Integer(1)  # the loss is zero there
    found = inertia(size, length)
    if found.is_saddle or found.is_minimum:
        return sympy.Integer(0 if found.is_saddle else 1)
    raise NotDetermined(
        "undecided: a second derivative may vanish where the loss is not known to be constant"
    )


def ends_at_saddle(values):
    """True if the limit of the flow is proven to be a strict saddle."""
    try:
        return stable(values, 0) == 0
    except NotDetermined:
        return False


def is_not_global(values):
    """True if the limit is proven to be a local minimum, and weights on d − 1 coordinates to have a smaller loss."""
    size, length = int(values[d]), int(values[T])
    try:
        return size > 1 and stable(values, 0) == 1 and fewer_coordinates_are_better(size, length)
    except NotDetermined:
        return False


def fewer_coordinates_are_better(size: int, length: int) -> bool:
    """True if the limit of d − 1 coordinates, with nothing for the last one, has a smaller loss than that of all d."""
    of_all, of_fewer = (
        LOSS({d: sympy.Integer(k), T: sympy.Integer(length)}, EIGENVALUE_DIGITS) for k in (size, size - 1)
    )
    gain = of_all - of_fewer - sympy.Rational(length - 2, 2)
    return bool(gain > sympy.Rational(1, 10 ** (EIGENVALUE_DIGITS - 10)))
