"""How minimisers entry by entry are written for the checkers: squares over coordinates, and steps between entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, letter_of, read_form, scalar_letter
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum
from symicl.statements.kinds.minimiser_entry import Hypotheses, Step
from symicl.statements.proposition import PropositionWriter
from symicl.theory import EntrySquares, at_coordinates, entry_symbol

LABELS = ("i", "j")


def write_entry_minimisers(said: Any, writer: PropositionWriter, claim: str) -> None:
    """Write the entry of the rule `entry_minimisers`.

    Parameters
    ----------
    said : MinimalAtEntries
    writer : PropositionWriter
    claim : str

    Raises
    ------
    UnsupportedError
        If coordinates come in pairs, or equations hold for some numbers.
    """
    other, terms = writer.conclusion(said)
    squares = [r for part in terms.parts for r in part if isinstance(r, EntrySquares)]
    if not squares:
        raise UnsupportedError("a loss is no sum of squares over coordinates")
    paired = squares[0].paired
    rows = said.positions
    weights = [] if rows is None else weights_of(rows)
    early = None if rows is None else read_form(rows.earlier(2))
    given = Hypotheses(writer, ())
    pairs = [(said.counted(read_form(a)), said.counted(read_form(b))) for a, b in said.equations]
    written = [row_of(part, early, given) for part in terms.parts]
    zeros = other.zeros_of([terms])
    zeros.learn_terms([terms])
    only = []
    for deduction in other.deductions:
        only.append(given.step(deduction))
        zeros.deduce(deduction)
    only += _multiples(said.gaps_at_minimisers(zeros.coordinates), zeros, given)
    there = other.zeros_of([terms])
    for a, b in pairs:
        there.learn(a - b)
    back = []
    for deduction in other.back:
        back.append(given.step(deduction))
        there.deduce(deduction)
    for square in squares:
        for at in there.coordinates.assignments(tuple(square.over), distinct=square.distinct):
            back += _multiples([there.reduced(*there.root_at(square, at))], there, given)
    entries = entries_of(squares, zeros.coordinates.labels)
    point = dict(point_of(pairs, entries, weights, said.some))
    some = {scalar_letter(x): said.counted(read_form(value)) for x, value in said.some}
    loss = other.loss
    sums = {a: MEANING[a] for a in loss.letters() if isinstance(MEANING[a], EntrySum)}
    sizes = {scalar_letter(s): said.counted(read_form(s)) for s, number in said.least if number > 1}
    (size,) = {square.d for square in squares}
    counted = writer.pairs({a: form for a, form in sizes.items() if a in loss.letters()})
    writer.emit(
        "entry_minimisers",
        claim=claim,
        of=writer.node(loss),
        value=writer.data(said.form("value", writer.claims)),
        size=writer.letter_id(letter_of(read_form(size))),
        named=[[writer.letter_id(scalar_letter(entry_symbol(*e))), *e] for e in entries],
        sums=[[writer.letter_id(a), factors_of(sum_)] for a, sum_ in sorted(sums.items())],
        positions=[[kind, k, writer.letter_id(scalar_letter(x))] for kind, k, x in weights],
        squares=written,
        equations=[[writer.node(a), writer.node(b)] for a, b in pairs],
        only=only,
        back=back,
        point=writer.pairs(point),
        **({"counted": counted} if counted else {}),
        **({"some": writer.pairs(some)} if some else {}),
        **({"paired": True} if paired else {}),
    )


def weights_of(rows: Any) -> list[tuple[str, int, sympy.Symbol]]:
    """The letters for weights of positions, as the checkers call them."""
    return [("last", k, rows.last(k)) for k in range(2)] + [("sum", k, rows.earlier(k)) for k in (1, 2)]


def factors_of(sum_: Any) -> list[Any]:
    """The entries of a sum, each with its name and its coordinates with signs."""
    if sum_.distinct or any(f.is_conjugate for f in sum_.factors):
        raise UnsupportedError("the checkers know sums over all coordinates of products of real entries")
    return [[f.name, *map(list, f.nodes)] for f in sum_.factors]


def row_of(part: Sequence[Any], early: ClosedForm | None, given: Hypotheses) -> list[Any]:
    """A product of reasons, as the checkers take it."""
    node = given.writer.node
    square = next((r for r in part if isinstance(r, EntrySquares)), None)
    weight = reduce(mul, (r.form for r in part if r is not square), closed_form(1))
    power = int(early is not None and bool(early.letters() & weight.letters()))
    if power and early is not None:
        weight = weight / early
    c, _ = given.weight(weight)
    if square is None:
        return [c, power, 0, 0, [[node(closed_form(1)), []]]]
    return [c, power, len(square.over), int(square.distinct), form_of(square, node)]


def form_of(square: EntrySquares, node: Callable[[ClosedForm], int]) -> list[Any]:
    """The root of a square, as the checkers take it."""
    names = {i: k for k, i in enumerate(square.over)}
    form = []
    for coefficient, found in square.root:
        for _, *indices in found:
            for i in indices:
                names.setdefault(i.removeprefix("~"), len(names))
        form.append([node(coefficient), [[name, *(place_of(names, i) for i in at)] for name, *at in found]])
    return form


def place_of(names: Mapping[str, int], index: str) -> int:
    """The number of a coordinate; that of its partner is −1 less it."""
    return -1 - names[index[1:]] if index.startswith("~") else names[index]


def _multiples(forms: Iterable[ClosedForm], zeros: Any, given: Hypotheses) -> Iterator[Step]:
    """Forms as multiples of what is known to vanish."""
    for form in forms:
        step = zeros.multiple_of_known(form) if form else None
        if step is not None:
            yield given.step(step)


def entries_of(squares: Iterable[EntrySquares], labels: Sequence[str] = LABELS) -> list[tuple[str, ...]]:
    """All entries that occur, at all choices of two coordinates, and of their partners."""
    shapes = {(name, len(at)) for square in squares for _, found in square.root for name, *at in found}
    return [(name, *at) for name, number in sorted(shapes) for at in product(labels, repeat=number)]


def point_of(
    pairs: Iterable[tuple[ClosedForm, ClosedForm]],
    entries: Sequence[tuple[str, ...]],
    weights: Sequence[tuple[str, int, sympy.Symbol]],
    some: Iterable[tuple[sympy.Symbol, sympy.Expr]] = (),
) -> Mapping[int, ClosedForm]:
    """Values at which the equations hold: ones, zeros off the diagonal, and what follows from the equations."""
    found: dict[int, ClosedForm] = {}
    for name, *at in entries:
        number = 1 if len(set(at)) == 1 else 0
        found[scalar_letter(entry_symbol(name, *at))] = closed_form(number)
    for kind, k, x in weights:
        found[scalar_letter(x)] = closed_form(int(kind == "last" and k == 0))
    for x, value in some:
        form = read_form(value)
        found[scalar_letter(x)] = form.substitute({a: v for a, v in found.items() if a in form.letters()})
    for one, other in pairs:
        gap = one - other
        there = gap.substitute({a: v for a, v in found.items() if a in gap.letters()})
        if there:
            _solve(gap, found)
    return found


def _solve(gap: ClosedForm, found: dict[int, ClosedForm]) -> None:
    """Give the last letter of an equation, in which it is linear, another value, at both coordinates."""
    for a in sorted((x for x in gap.letters() if x in found), reverse=True):
        rest = gap.substitute({x: v for x, v in found.items() if x in gap.letters() and x != a})
        at = {number: rest.substitute({a: closed_form(number)}) for number in (0, 1, 2)}
        slope = at[1] - at[0]
        if slope and at[2] - at[1] == slope:
            value = -at[0] / slope
            turned = at_coordinates(ClosedForm.of(a), {"i": "j", "j": "i"})
            found[a] = found[letter_of(turned)] = value
            return
    raise UnsupportedError("no values are found at which the equations hold")
