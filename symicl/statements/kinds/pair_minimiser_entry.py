"""How minimisers of an active pair are written for the checkers: squares over coordinates, for any law and length."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import mul
from typing import Any

from symicl.algebra import MEANING, ClosedForm, closed_form, letter_of, read_form, scalar_letter
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum
from symicl.statements.kinds.entry_minimiser_entry import LABELS, entries_of, factors_of, form_of, point_of
from symicl.statements.kinds.fields import as_form
from symicl.statements.kinds.minimiser_entry import Hypotheses
from symicl.statements.proposition import PropositionWriter
from symicl.theory import (
    Coordinates,
    Deduction,
    EntrySquares,
    EntryZeros,
    Nonnegative,
    at_coordinates,
    entry_symbol,
)

AS_LABELS = {"j": "i", "k": "j"}
"""Coordinates of a proposition as the checkers call them."""


def write_pair_minimisers(said: Any, choices: Sequence[Any], writer: PropositionWriter, claim: str) -> None:
    """Write the entry of the rule `entry_minimisers`.

    Parameters
    ----------
    said : PairMinimalExactlyWhere
        Of its own loss.
    choices : sequence of PairMinimalExactlyWhere
        The same with one of each of the alternatives that are given.
    writer : PropositionWriter
    claim : str

    Raises
    ------
    UnsupportedError
        If something is no square of a form in entries, or a square is not seen to vanish.
    """
    found = [writer.conclusion(choice) for choice in choices]
    other, terms = found[0]
    either = _alternatives([one.positive()[: len(one.given)] for one, _ in found])
    sides = [(read_form(one), as_form(two, writer.claims)) for one, two in said.equations.items()]
    pairs = [(_renamed(other.placed(one)), _renamed(other.placed(two))) for one, two in sides]
    squares = _weighted(terms)
    zeros = EntryZeros(Coordinates(said.task.d), {})
    for one, two in pairs:
        zeros.learn(one - two)
    given = Hypotheses(writer, (), plain=True)
    back = [_renamed_step(step) for step in other.back]
    for step in back:
        zeros.deduce(step)
    for square in (square for square, _ in squares if len(square.over) <= len(LABELS)):
        for at in zeros.coordinates.assignments(tuple(square.over), distinct=square.distinct):
            root = zeros.reduced(*zeros.root_at(square, at))
            back += [_vanishing(root, zeros)] if root else []
    entries = entries_of(square for square, _ in squares)
    loss, value, write = other.loss, said.form("value", writer.claims), given.write
    sums = {a: MEANING[a] for a in loss.letters() if isinstance(MEANING[a], EntrySum)}
    table = {scalar_letter(s): form for s, form in other.letters_put.items()}
    table = {a: form for a, form in table.items() if a in loss.letters() | value.letters()}
    writer.emit(
        "entry_minimisers",
        claim=claim,
        of=writer.node(loss),
        value=writer.data(value),
        size=writer.letter_id(letter_of(read_form(said.task.d))),
        named=[[writer.letter_id(scalar_letter(entry_symbol(*e))), *e] for e in entries],
        sums=[[writer.letter_id(a), factors_of(sum_)] for a, sum_ in sorted(sums.items())],
        positions=[],
        squares=[
            [write(weight), 0, len(square.over), int(square.distinct), form_of(square, write)]
            for square, weight in squares
        ],
        equations=[[write(one), write(two)] for one, two in pairs],
        only=[given.step(_renamed_step(step)) for step in other.deductions],
        back=[given.step(step) for step in back],
        point=writer.pairs(point_of(pairs, entries, [])),
        counted=writer.pairs(table),
        either=[writer.letter_id(letter_of(form)) for form in either],
    )


def _alternatives(given: Sequence[Sequence[ClosedForm]]) -> list[ClosedForm]:
    """The letters of which one is positive, from what is given for each of the alternatives."""
    different = [forms for forms in zip(*given, strict=True) if any(form != forms[0] for form in forms)]
    if len(different) > 1:
        raise UnsupportedError("the checkers know one condition with alternatives")
    return list(different[0]) if different else []


def _renamed(form: ClosedForm) -> ClosedForm:
    return at_coordinates(form, AS_LABELS)


def _renamed_step(step: Deduction) -> Deduction:
    combination = tuple((_renamed(a), _renamed(z), _renamed(b)) for a, z, b in step.combination)
    return Deduction(tuple(map(_renamed, step.forms)), combination, step.factor, step.squared)


def _weighted(terms: Nonnegative) -> list[tuple[EntrySquares, ClosedForm]]:
    """Each square with all that it is multiplied by in the sum."""
    found: dict[Any, tuple[EntrySquares, ClosedForm]] = {}
    for part in terms.parts:
        squares = [reason for reason in part if isinstance(reason, EntrySquares)]
        if len(squares) != 1:
            raise UnsupportedError("a term is no square of a form in entries")
        weight = reduce(mul, (r.form for r in part if r is not squares[0]), closed_form(1))
        key = tuple((str(c), entries) for c, entries in squares[0].root), squares[0].over, squares[0].distinct
        first, total = found.get(key, (squares[0], closed_form(0)))
        found[key] = first, total + weight
    return list(found.values())


def _vanishing(form: ClosedForm, zeros: EntryZeros) -> Deduction:
    """That a form vanishes: entries that do are put to zero one after the other, what is left is a multiple."""
    one, rest, parts = closed_form(1), form, []
    for a in sorted(form.letters()):
        letter = ClosedForm.of(a)
        if letter in zeros.known:
            without = rest.substitute({a: closed_form(0)})
            if rest != without:
                parts.append(((rest - without) / letter, letter, one))
            rest = without
    if rest:
        step = zeros.multiple_of_known(rest)
        if step is None:
            raise UnsupportedError("a square is not seen to vanish where the equations hold")
        parts += step.combination
    return Deduction((form,), tuple(parts))
