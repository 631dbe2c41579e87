"""Second derivatives at matrices that permutations of the coordinates leave alone, one block for each kind of move.

The space of d × d matrices is a sum of irreducible representations of the permutations: twice the trivial one, three
times the standard one, and once each that of symmetric and of skew matrices whose rows add up to zero. A quadratic
form that permutations leave alone couples only moves of the same kind, by one number for each pair of copies
(Schur's lemma). That number is read off one move of unit length, and comes out as a polynomial in the entries and d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    Polynomial,
    closed_form,
    powers,
    read_scalar,
    reported,
    scalar_letter,
    unheard,
    written,
)
from symicl.errors import UnsupportedError
from symicl.expectation.phases.entry_sums import EntrySum, Factor
from symicl.expectation.phases.parameters import ExchangeableMatrix
from symicl.expectation.phases.permutation_log import writer

SECOND_VARIATION = written(
    "second variation", writer("a second derivative at matrices that permutations leave alone")
)
ENTRIES_PUT_IN = written(
    "entries put in", writer("a sum of entries at matrices that permutations leave alone")
)


@dataclass(frozen=True)
class Kind:
    """An irreducible representation, with its copies in the space of d × d matrices.

    Attributes
    ----------
    name : str
    copies : tuple of str
        The moves of a matrix: "I" and "J - I"; "diag(v)", "v1'" and "1v'" with Σv_i = 0, Σv_i² = 1; "S" symmetric and
        "K" skew with zero diagonal, zero row sums and Frobenius norm 1.
    dimension : callable
        From d to the dimension of the representation.
    """

    name: str
    copies: tuple[str, ...]
    dimension: Callable[[Any], Any]

    def independent(self, d: int) -> tuple[str, ...]:
        """The copies that exist at d and are linearly independent there."""
        if d == 2 and self is STANDARD:
            return self.copies[:2]  # v1' + 1v' is 2 diag(v)
        return self.copies if self.dimension(d) > 0 else ()


TRIVIAL = Kind("trivial", ("I", "J - I"), lambda d: d / d)
STANDARD = Kind("standard", ("diag(v)", "v1'", "1v'"), lambda d: d - 1)
SYMMETRIC = Kind("symmetric", ("S",), lambda d: d * (d - 3) / 2)
SKEW = Kind("skew", ("K",), lambda d: (d - 1) * (d - 2) / 2)
BLOCK_KINDS = (TRIVIAL, STANDARD, SYMMETRIC, SKEW)

Move = tuple[str, str]
"""The name of a matrix, and one of the copies of a kind."""


def moves_of(kind: Kind, names: Iterable[str]) -> dict[sympy.Symbol, Move]:
    """All copies of a kind in several matrices, each with a symbol for its size: z_0, z_1, …"""
    moves = [(name, copy) for name in names for copy in kind.copies]
    return {sympy.Symbol(f"z_{k}", real=True): move for k, move in enumerate(moves)}


@reported(SECOND_VARIATION)
def second_variation(
    form: ClosedForm,
    at: Mapping[str, ExchangeableMatrix],
    moves: Mapping[sympy.Symbol, Move],
    d: sympy.Expr,
) -> ClosedForm:
    """d²/dε² at ε = 0 with ε Σ z · (move) added to the matrices: a quadratic form in the sizes z.

    Parameters
    ----------
    form : ClosedForm
        In sums over coordinates of products of entries of full matrices.
    at : mapping from the names of all matrices to ExchangeableMatrix
    moves : mapping from the sizes z to moves of one kind
    d : SymPy expression
        The number of coordinates.
    """
    # The variation is kept for equal arguments; what is returned is a value of its own.
    return closed_form(_form(form.num, tuple(at.items()), tuple(moves.items()), d)) / closed_form(form.den)


@lru_cache(maxsize=64)
@unheard
def _form(
    polynomial: Polynomial,
    at: tuple[tuple[str, ExchangeableMatrix], ...],
    moves: tuple[tuple[sympy.Symbol, Move], ...],
    d: sympy.Expr,
) -> Polynomial:
    total = Polynomial()
    for k, (z, one) in enumerate(moves):
        for w, other in moves[k:]:
            times = 1 if z == w else 2
            total = total + _mixed(polynomial, dict(at), one, other, d) * (
                read_scalar(z) * read_scalar(w) * times
            )
    return total


def entries(form: ClosedForm, moves: Mapping[sympy.Symbol, Move]) -> dict[tuple[Move, Move], ClosedForm]:
    """The symmetric matrix of a quadratic form in the sizes of moves."""
    found = {}
    for z, one in moves.items():
        in_z = powers(form, (scalar_letter(z),))
        linear = in_z.get(1, closed_form(0))
        for w, other in moves.items():
            mixed = powers(linear, (scalar_letter(w),)).get(1, closed_form(0)) / 2
            found[one, other] = in_z.get(2, closed_form(0)) if z == w else mixed
    return found


def _mixed(
    polynomial: Polynomial, at: Mapping[str, ExchangeableMatrix], first: Move, second: Move, d: sympy.Expr
) -> Polynomial:
    """∂²/∂ε∂η at ε = η = 0 with ε times the first and η times the second move added."""
    values, size, total = _values(at), read_scalar(d), Polynomial()
    counts: dict[tuple[Factor, ...], Polynomial] = {}
    for monomial, coefficient in polynomial:
        factors, rest = _factors(monomial)
        if factors not in counts:
            count = Polynomial()
            for i, j in product(range(len(factors)), repeat=2):
                if i != j and factors[i].name == first[0] and factors[j].name == second[0]:
                    kept = [f for k, f in enumerate(factors) if k not in (i, j)]
                    moved = [(factors[i], first[1]), (factors[j], second[1])]
                    count = count + _summed(kept, moved, values, size)
            counts[factors] = count
        total = total + counts[factors] * Polynomial({rest: coefficient})
    return total


def _values(at: Mapping[str, ExchangeableMatrix]) -> dict[str, tuple[Polynomial, Polynomial]]:
    """The entries on the diagonal and off it."""
    return {name: (matrix.entry((0, 1), (0, 1)), matrix.entry((0, 1), (1, 1))) for name, matrix in at.items()}


@reported(ENTRIES_PUT_IN)
def at_exchangeable(form: ClosedForm, at: Mapping[str, ExchangeableMatrix], d: sympy.Expr) -> ClosedForm:
    """The closed form itself at these matrices."""
    values, size, total = _values(at), read_scalar(d), Polynomial()
    for monomial, coefficient in form.num:
        factors, rest = _factors(monomial)
        total = total + _summed(factors, [], values, size) * Polynomial({rest: coefficient})
    return closed_form(total) / closed_form(form.den)


def _factors(monomial: tuple) -> tuple[tuple[Factor, ...], tuple]:
    """The entries of all sums of a monomial, with coordinates of their own, and its other letters."""
    factors: list[Factor] = []
    rest, used = [], 0
    for word in monomial:
        meaning: Any = MEANING[word[0]] if len(word) == 1 else None
        if not isinstance(meaning, EntrySum):
            rest.append(word)
            continue
        if meaning.distinct or any(f.is_conjugate or len(f.nodes) != 2 for f in meaning.factors):
            raise UnsupportedError(f"{meaning} is not a sum over all coordinates of entries of real matrices")
        blocks = 1 + max(b for f in meaning.factors for b, _ in f.nodes)
        factors += [f._replace(nodes=tuple([(b + used, s) for b, s in f.nodes])) for f in meaning.factors]
        used += blocks
    return tuple(factors), tuple(rest)


Moved = tuple[Factor, str]


def _summed(
    kept: Sequence[Factor],
    moved: list[Moved],
    values: Mapping[str, tuple[Polynomial, Polynomial]],
    size: Polynomial,
) -> Polynomial:
    """Σ over all coordinates: entries that stay are other + (same − other)[i = j], moves are as `Kind` says."""
    nodes = sorted({b for f in (*kept, *(f for f, _ in moved)) for b, _ in f.nodes})
    choices: list[list[tuple[Polynomial, Factor | None]]] = []
    for f in kept:
        same, other = values[f.name]
        choices.append([(same - other, f), (other, None)])
    for f, copy in moved:
        if copy in ("I", "diag(v)"):
            choices.append([(Polynomial.constant(1), f)])
        elif copy == "J - I":
            choices.append([(Polynomial.constant(1), None), (Polynomial.constant(-1), f)])
    # Choices that make the same coordinates equal are added up before the next one is multiplied in.
    weights = {tuple(nodes): Polynomial.constant(1)}
    for choice in choices:
        grown: dict[tuple[int, ...], Polynomial] = {}
        for places, weight in weights.items():
            for value, equal in choice:
                met = (
                    places if equal is None else _made_equal(places, [nodes.index(b) for b, _ in equal.nodes])
                )
                grown[met] = grown.get(met, Polynomial()) + weight * value
        weights = grown
    total = Polynomial()
    for places, weight in weights.items():
        sign, bound = _moments(moved, dict(zip(nodes, places, strict=True)))
        if sign and weight:
            total = total + weight * sign * size ** (len(set(places)) - bound)
    return total


def _made_equal(places: tuple[int, ...], pair: list[int]) -> tuple[int, ...]:
    """Coordinates where two of them are the same; each has the least number of those that it equals."""
    low, high = sorted(places[i] for i in pair)
    return tuple([low if p == high else p for p in places])


def _moments(moved: list[Moved], place: Mapping[int, int]) -> tuple[int, int]:
    """Σ of the product of the moves over the coordinates that they are at: its value, and how many these are."""
    at: list[tuple[int, ...]] = []
    for f, copy in moved:
        row, column = (place[b] for b, _ in f.nodes)
        if copy in ("diag(v)", "v1'"):
            at.append((row,))
        elif copy == "1v'":
            at.append((column,))
        elif copy in ("S", "K"):
            at.append((row, column))
    if not at:
        return 1, 0
    one, other = at
    if len(one) == 1:
        return int(one == other), 1
    if one[0] == one[1] or other[0] == other[1]:
        return 0, 0
    if one == other:
        return 1, 2
    return (-1 if moved[0][1] == "K" else 1) if one == other[::-1] else 0, 2
