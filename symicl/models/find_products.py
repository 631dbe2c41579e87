"""Products of weights that enter a prediction as one matrix, found from the forward pass.

The pass is run on matrices that are known by name alone, and multiplied out. What stands between two parts of the
prompt is a product of weights, W_KᵀW_Q or W_Vᵀh: the prediction depends on the weights through these. Nothing is taken
on trust here: whoever derives a loss compares `FoundProducts.predict` at these products with the pass itself, every
block of every weight a letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from symicl.algebra import LAST_UNIT, Assembled, NamedMatrix, NamedTerm
from symicl.errors import UnsupportedError
from symicl.models.named_prompt import PARTS, named_prompt
from symicl.models.products import FoundProducts, FoundTerm, Place, Run, WeightProduct
from symicl.models.shapes import WeightShape
from symicl.tasks import Prompt

MAX_TERMS = 300
"""Terms of a pass in which products are looked for."""


def pass_size(shapes: Mapping[str, WeightShape], forward: Callable[[Mapping[str, Any], Prompt], Any]) -> int:
    """About how many terms a forward pass over blocks has, two for each matrix; 0 where names cannot follow it."""
    try:
        return int(_on_names(shapes, forward).size(2))
    except Exception:  # whatever a pass of a user's own does with names
        return 0


def _on_names(
    shapes: Mapping[str, WeightShape], forward: Callable[[Mapping[str, Any], Prompt], Any]
) -> NamedMatrix:
    found = forward({name: NamedMatrix.of(_tagged(name)) for name in shapes}, named_prompt())
    if not isinstance(found, NamedMatrix):
        raise UnsupportedError("a pass that gives something else than a matrix")
    return found


def find_products(
    shapes: Mapping[str, WeightShape], forward: Callable[[Mapping[str, Any], Prompt], Any]
) -> FoundProducts | None:
    """The products of weights that a forward pass depends on.

    Parameters
    ----------
    shapes : mapping
        Of the weights.
    forward : callable
        The pass, of weights and a prompt.

    Returns
    -------
    FoundProducts or None
        None for a pass that is too long, or does more than multiply, add, transpose and put matrices beside each
        other. The longest products if there are no more of them than of pairs that always occur together, otherwise
        these.
    """
    if any(")" in name for name in shapes):  # the end of diag(…)
        return None
    try:
        named_pass = _on_names(shapes, forward)
        if named_pass.size() > MAX_TERMS:
            return None
        terms = named_pass.expanded()
        apart = any("m" in shape.names for shape in shapes.values())
        cut = [list(_cut(term, apart=apart)) for term in terms]
    except Exception:  # whatever a pass of a user's own does with names
        return None
    longest = _collected(cut, shapes)
    together = _collected([[*_regrouped(places, _merged(cut))] for places in cut], shapes)
    diagonals = frozenset(name for name, shape in shapes.items() if shape.kind == "diagonal")
    chosen, places = min(longest, together, key=lambda found: len(found[0]))
    named = [
        FoundTerm(term.number, len(term.scalars), tuple(line))
        for term, line in zip(terms, places, strict=True)
    ]
    return FoundProducts(
        tuple(WeightProduct(run, _shape(run, shapes), diagonals) for run in chosen), tuple(named)
    )


def named_products(
    shapes: Mapping[str, WeightShape], effective: Callable[[Mapping[str, Any]], Any]
) -> dict[str, Run]:
    """The products of weights that a map to effective parameters takes.

    Raises
    ------
    UnsupportedError
        If one of them is something else than a product.
    """
    try:
        values = effective({name: NamedMatrix.of(_tagged(name)) for name in shapes}).items()
        lines = {name: [list(_cut(term, whole=True)) for term in value.expanded()] for name, value in values}
    except Exception:  # whatever a map of a user's own does with names
        raise UnsupportedError(
            "the effective parameters are no products of weights; define weights_for()"
        ) from None
    for name, places in lines.items():
        if len(places) != 1 or len(places[0]) != 1 or not _is_run(places[0][0][0]):
            raise UnsupportedError(
                f"the effective parameter {name} is no product of weights; define weights_for()"
            )
    return {name: places[0][0][0] for name, places in lines.items()}


def _tagged(name: str) -> str:
    """A name that no part of a prompt has."""
    return f"weight {name}"


def _cut(term: NamedTerm, *, whole: bool = False, apart: bool = False) -> Iterator[Place]:
    """The factors of a term, with the weights between two parts of the prompt in one; a unit vector ends a product.

    It stands ``apart`` from the weights where there may be several responses: it is then as many columns of the
    identity, and of numbers in a weight nobody knows how many of them belong to responses.
    """
    if any(scalar != PARTS["inverse_length"] for scalar in term.scalars):
        raise UnsupportedError("a scalar that is not 1/n")
    run: list[tuple[str, bool]] = []
    for what, turned in term.factors:
        if isinstance(what, Assembled):
            _refuse_weights(what)
        name = _weight(what)
        if name is None or (apart and name == LAST_UNIT):
            yield from _closed(run)
            run = []
            yield what, turned
            continue
        factor = (name, turned)
        if not whole and run[-1:] == [(LAST_UNIT, False)]:
            yield from _closed(run)
            run = []
        run.append(factor)
    yield from _closed(run)


def _weight(what: object) -> str | None:
    """The weight, or the unit vector, that a factor is."""
    if what == LAST_UNIT or not isinstance(what, str):
        return LAST_UNIT if what == LAST_UNIT else None
    tagged = re.fullmatch(rf"(?:\\operatorname{{diag}}\()?{_tagged('')}([^)]*)\)?", what)
    return tagged[1] if tagged else None


def _closed(run: list[tuple[str, bool]]) -> Iterator[Place]:
    if run and all(name == LAST_UNIT for name, _ in run):
        yield from run  # a constant, and no weight
    elif run:
        yield tuple(run), False


def _refuse_weights(whole: Assembled) -> None:
    for part in whole.parts:
        for term in part.expanded():
            for what, _ in term.factors:
                if isinstance(what, Assembled):
                    _refuse_weights(what)
                elif _weight(what) not in (None, LAST_UNIT):
                    raise UnsupportedError("weights are put beside each other")


def _turned(shape: WeightShape, turned: bool) -> WeightShape:
    return shape.T if turned else shape


def _reversed(run: Run) -> Run:
    return tuple((name, not turned) for name, turned in reversed(run))


def _shape(run: Run, shapes: Mapping[str, WeightShape]) -> WeightShape:
    if len(run) == 1 and shapes[run[0][0]].kind:
        return replace(shapes[run[0][0]], kind="symmetric")
    (first, first_turned), (last, last_turned) = run[0], run[-1]
    rows = (1,) if first == LAST_UNIT else _turned(shapes[first], first_turned).rows
    return WeightShape(rows, (1,) if last == LAST_UNIT else _turned(shapes[last], last_turned).cols)


def _is_run(what: object) -> bool:
    return isinstance(what, tuple)


def _standing(run: Run, shapes: Mapping[str, WeightShape]) -> bool:
    """False if the product is a row, to be turned into a column."""
    if len(run) == 1:
        return not run[0][1]
    if run[0][0] == LAST_UNIT:
        return False
    if run[-1][0] == LAST_UNIT:
        return True
    shape = _shape(run, shapes)
    return shape.rows != (1,) or shape.cols == (1,)


def _collected(
    cut: list[list[Place]], shapes: Mapping[str, WeightShape]
) -> tuple[list[Run], list[list[Place]]]:
    """The different runs, and the terms with their numbers in place of the runs."""
    numbers: dict[Run, int] = {}
    lines = []
    for places in cut:
        line: list[Place] = []
        for what, turned in places:
            if not _is_run(what):
                line.append((what, turned))
                continue
            back = _reversed(what)
            if back in numbers or (what not in numbers and not _standing(what, shapes)):
                line.append((numbers.setdefault(back, len(numbers)), not turned))
            else:
                line.append((numbers.setdefault(what, len(numbers)), turned))
        lines.append(line)
    return list(numbers), lines


def _merged(cut: list[list[Place]]) -> list[Run]:
    """Weights, together with those that always stand beside them."""
    runs = [what for places in cut for what, _ in places if _is_run(what)]
    groups: list[Run] = [((name, False),) for name in dict.fromkeys(name for run in runs for name, _ in run)]
    while True:
        pieces = [_pieces(run, groups) for run in runs]
        pair = next(_pairs(pieces, groups), None)
        if pair is None:
            return groups
        first, second = pair
        gone = {first, second, _reversed(first), _reversed(second)}
        groups = [first + second, *(group for group in groups if group not in gone)]


def _pairs(pieces: list[list[Run]], groups: list[Run]) -> Iterator[tuple[Run, Run]]:
    """Two groups of which neither stands anywhere without the other, in this order."""
    for group in [*groups, *map(_reversed, groups)]:
        after = {side for line in pieces for side in _neighbours(line, group)}
        other = after.pop() if len(after) == 1 else None
        if other is None or other in (group, _reversed(group)):
            continue
        before = {side for line in pieces for side in _neighbours(line, _reversed(other))}
        if before == {_reversed(group)}:
            yield group, other


def _pieces(run: Run, groups: list[Run]) -> list[Run]:
    """A run as a sequence of groups and of transposed groups."""
    pieces, start = [], 0
    while start < len(run):
        rest = run[start:]
        for group in groups:
            match = next((g for g in (group, _reversed(group)) if rest[: len(g)] == g), None)
            if match is not None:
                pieces.append(match)
                start += len(match)
                break
        else:
            raise UnsupportedError("a run that is not made of its groups")
    return pieces


def _neighbours(line: list[Run], group: Run) -> list[Run | None]:
    """The group after each occurrence of one, in a product or in its transpose."""
    found: list[Run | None] = []
    for turned in (line, [_reversed(piece) for piece in reversed(line)]):
        found += [
            turned[k + 1] if k + 1 < len(turned) else None for k, piece in enumerate(turned) if piece == group
        ]
    return found


def _regrouped(places: list[Place], groups: list[Run]) -> Iterator[Place]:
    for what, turned in places:
        if _is_run(what):
            for piece in _pieces(what, groups):
                if all(name == LAST_UNIT for name, _ in piece):
                    yield from piece
                else:
                    yield piece, False
        else:
            yield what, turned
