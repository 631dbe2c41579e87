"""How a least loss by rank is written for the checkers: squares, and relations of a projector."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import mul
from typing import Any

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, letter_of, read_form, scalar_letter
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum, PositionalWeights
from symicl.statements.kinds.entry_minimiser_entry import factors_of, place_of, row_of, weights_of
from symicl.statements.kinds.minimiser_entry import Hypotheses
from symicl.statements.kinds.own_loss import parameters_at_one_time
from symicl.statements.proposition import PropositionWriter
from symicl.theory import Nonnegative, PairMinors

MORE = sympy.Symbol("ranks more", nonnegative=True)
HEADS = sympy.Symbol("number of heads that serve", nonnegative=True)


def write_least_by_rank(said: Any, writer: PropositionWriter, claim: str) -> None:
    """Write the entry of the rule `least_by_rank`.

    Parameters
    ----------
    said : LeastByRank
    writer : PropositionWriter
    claim : str

    Raises
    ------
    UnsupportedError
        If the rank is no number of its own, or the loss was not written as a sum of squares.
    """
    other, terms = writer.conclusion(said)
    proof, rank = other.proof, said.rank
    if not isinstance(rank, sympy.Symbol) or not rank.is_integer:
        raise UnsupportedError("the checkers know a rank that is a number")
    squares, minors = _minors(terms)
    plain = writer.shown_as(proof.loss)
    weights = weights_of(_positions(writer))
    early, given = read_form(weights[-1][2]), Hypotheses(writer, ())
    forms = [proof.loss, proof.projector.rank, *(part.form for part in (*terms_of(terms), *terms_of(plain)))]
    letters = {a for form in (*forms, *(v.form for v in proof.vanishing)) for a in form.letters()}
    sums = {a: MEANING[a] for a in sorted(letters) if isinstance(MEANING[a], EntrySum)}
    values = {x: read_form(value) for x, value in proof.weights.items()}
    writer.emit(
        "least_by_rank",
        claim=claim,
        of=writer.node(proof.loss),
        value=writer.data(said.form("value", writer.claims)),
        size=writer.letter_id(letter_of(read_form(proof.projector.d))),
        matrix=said.matrix,
        projector=proof.projector.name,
        most=writer.letter_id(scalar_letter(rank)),
        more=writer.letter_id(scalar_letter(MORE)),
        heads=writer.letter_id(scalar_letter(HEADS)),
        sums=[[writer.letter_id(a), factors_of(sum_)] for a, sum_ in sums.items()],
        positions=[[kind, k, writer.letter_id(scalar_letter(x))] for kind, k, x in weights],
        squares=[row_of(part, early, given) for part in squares],
        plain_squares=[row_of(part, early, given) for part in plain.parts],
        relations=[row for vanishing in proof.vanishing for row in _relations(vanishing, writer)],
        point=writer.pairs({scalar_letter(x): values.get(x, closed_form(0)) for _, _, x in weights}),
        **({"paired": True} if proof.projector.paired else {}),
        **({"minors": writer.node(minors)} if minors else {}),
    )


def terms_of(total: Nonnegative) -> list[Nonnegative]:
    """Each product by itself."""
    return [Nonnegative((part,)) for part in total.parts]


def _minors(terms: Nonnegative) -> tuple[list[Any], ClosedForm]:
    """The products without the minors of a projector at pairs, and what multiplies the sum of these over all i."""
    others: list[Any] = []
    factor = closed_form(0)
    for part in terms.parts:
        if not any(isinstance(reason, PairMinors) for reason in part):
            others.append(part)
            continue
        rest = [reason.form for reason in part if not isinstance(reason, PairMinors)]
        factor = factor + reduce(mul, rest, closed_form(1)) / 2  # each pair has two coordinates
    return others, factor


def _positions(writer: PropositionWriter) -> PositionalWeights:
    found = parameters_at_one_time(writer.ties).values()
    rows = next((p for p in found if isinstance(p, PositionalWeights)), None)
    if rows is None:
        raise UnsupportedError("the model has no positional weights")
    return rows


def _relations(vanishing: Any, writer: PropositionWriter) -> Iterator[list[Any]]:
    """A sum that vanishes, as the checkers take it: term by term of what multiplies the relation."""
    names = {i: k for k, i in enumerate(vanishing.over)}
    for coefficient, entries in vanishing.multiplier:
        form: ClosedForm = closed_form(coefficient)
        moved = [[name, *(place_of(names, i) for i in at)] for name, *at in entries]
        places = place_of(names, vanishing.row), place_of(names, vanishing.column)
        yield [writer.node(form), moved, vanishing.other, *places]
