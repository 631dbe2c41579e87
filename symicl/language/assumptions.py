"""Assumptions on letters: each is put into their declaration, or into the values that they can have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from symicl import algebra
from symicl.algebra import ClosedForm
from symicl.errors import ClaimError, InputError
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.assumption_builder import described
from symicl.language.bounded_letters import Bound
from symicl.language.kinds import structured_symbol
from symicl.language.randomness import random_symbols
from symicl.language.reading import Reader
from symicl.language.scope import Entry, value_of
from symicl.language.source import Source

BOUNDS = (">", ">=")
SQUARE = ("symmetric", "diagonal", "commute", "projector")


def in_order(statements: Sequence[t.Statement], source: Source) -> list[t.Statement]:
    """The statements of a file, each assumption directly behind the declarations that it needs.

    Raises
    ------
    ClaimError
        If a claim stands before an assumption, which would be about it as well.
    """
    ordered: list[t.Statement] = []
    for statement in statements:
        if not isinstance(statement, t.Assume):
            ordered.append(statement)
            continue
        if any(isinstance(other, t.Claim) for other in ordered):
            raise source.error(statement.span, "an assumption stands before the claims, which it is about")
        ranks = [part for part in statement.parts if part.kind == "rank"]
        for part in statement.parts:
            if part.kind == "rank":
                continue
            own = [rank for rank in ranks if part.kind == "projector" and rank.names == part.names]
            part = replace(part, value=own[0].value) if own else part
            ranks = [rank for rank in ranks if rank not in own]
            ordered.insert(_place(part, ordered), t.Assume((part,), span=part.span))
        if ranks:
            raise source.error(ranks[0].span, "a rank belongs to a projector: assume P^2 = P, tr(P) = r")
    return ordered


def _place(part: t.Assumption, ordered: Sequence[t.Statement]) -> int:
    """Behind the last declaration of a name in it, and behind other assumptions there."""
    used = {name.name for name in part.names}
    for node in t.nodes(part.value) if part.value else ():
        if isinstance(node, t.Name | t.Constant):
            used.add(node.name if isinstance(node, t.Name) else node.size or "")
    at = max(
        (i + 1 for i, statement in enumerate(ordered) if _declared(statement) & used), default=len(ordered)
    )
    while at < len(ordered) and isinstance(ordered[at], t.Assume):
        at += 1
    return at


def _declared(statement: t.Statement) -> set[str]:
    if isinstance(statement, t.Dims | t.Declaration | t.JointLaw):
        return {name.name for name in statement.names}
    if isinstance(statement, t.Law | t.Let | t.Construction):
        return {statement.name.name}
    return set()


def assume(part: t.Assumption, reader: Reader) -> None:
    """Make an assumption: letters are declared anew.

    Raises
    ------
    ClaimError
        If it does not fit to them, or they have been used before.
    """
    scope = reader.scope
    entries = [scope.find(name) for name in part.names]
    if part.kind in BOUNDS and entries[0].kind == "dimension":
        _bound(part, reader)
        return
    for name, entry in zip(part.names, entries, strict=True):
        if entry.symbol is None or entry.kind == "random":
            raise reader.source.error(
                name.span,
                f"{name.name} is a {entry.kind}; assumptions are about symbols that are declared with a kind",
            )
        _refuse_used(name, entry, reader)
    if part.kind == "commute":
        _commuting(part, entries, reader)
        return
    for name, entry in zip(part.names, entries, strict=True):
        try:
            scope.entries[name.name] = _restricted(part, name, entry, reader)
        except InputError as error:
            if isinstance(error, ClaimError):
                raise
            raise reader.source.error(part.span, str(error)) from None


def _refuse_used(name: t.Name, entry: Entry, reader: Reader) -> None:
    for other, used in reader.scope.entries.items():
        parts: Iterable[Any] = getattr(used.symbol, "law_parts", ())
        letters = set() if used.value is None else v.form_of(used.value).letters()
        inside = any(part.has(entry.symbol) for part in parts) or (
            used.node is not None and letters & _letters(entry)
        )
        if used is not entry and inside:
            raise reader.source.error(
                name.span,
                f"{name.name} is used in {other}, which is declared before all that is assumed of it",
            )


def _letters(entry: Entry) -> set[int]:
    return v.form_of(entry.value).letters() if entry.value is not None else set()


def _restricted(part: t.Assumption, name: t.Name, entry: Entry, reader: Reader) -> Entry:
    """The entry of a letter of which more is known.

    Raises
    ------
    InputError
    """
    kind, symbol = part.kind, entry.symbol
    if kind in ("positive", "nonnegative", *BOUNDS):
        return _signed(part, entry, reader)
    if kind == "value":
        return _replaced(part, name, entry, reader)
    shape = getattr(symbol, "shape", (1, 1))
    if entry.kind == "scalar":
        raise InputError(f"{name.name} is a scalar, of which {described(part)} cannot be assumed")
    if kind in SQUARE and shape[0] != shape[1]:
        raise InputError(f"{name.name} is not square")
    if entry.kind not in ("matrix", "vector", "symmetric") and kind != "diagonal":
        raise InputError(f"{name.name} is a {entry.kind}, of which {described(part)} cannot be assumed")
    if kind == "symmetric":
        return _made("symmetric", algebra.symmetric(name.name, shape[0]), entry)
    if kind == "diagonal":
        return _made(
            *structured_symbol(name.name, kind, shape[:1], positive=entry.kind == "covariance"), entry
        )
    if kind == "orthogonal":
        kind, sizes = ("orthogonal", shape[:1]) if shape[0] == shape[1] else ("semi_orthogonal", shape)
        return _made(*structured_symbol(name.name, kind, sizes), entry)
    if kind == "projector":
        if entry.kind != "symmetric":
            raise InputError(
                f"{name.name} is not symmetric, and projectors that are not orthogonal are not in the language; "
                f"declare {name.name} : symmetric(…)"
            )
        return _made(*structured_symbol(name.name, kind, [shape[0], _rank(part, name, reader)]), entry)
    if shape[1] != 1:
        raise InputError(f"{name.name} is no vector")
    assert part.value is not None
    norm = v.form_of(reader.value(part.value)).expr
    norm = sympy.sqrt(norm) if kind == "square" else norm
    return _made(*structured_symbol(name.name, "vector", shape[:1], norm=norm), entry)


def _made(kind: str, symbol: Any, entry: Entry) -> Entry:
    return replace(entry, kind=kind, symbol=symbol, value=value_of(symbol))


def _rank(part: t.Assumption, name: t.Name, reader: Reader) -> Any:
    """The rank of a projector as it is given, or as a new dimension rank_P."""
    if part.value is not None:
        rank = v.form_of(reader.value(part.value)).expr
        dimensions = [e.symbol for e in reader.scope.entries.values() if e.kind == "dimension"]
        if not (rank.is_Integer or rank in dimensions):
            raise InputError(f"the rank of {name.name} is a dimension or a whole number")
        return rank
    new = f"rank_{name.name}"
    symbol = sympy.Symbol(new, positive=True, integer=True)
    reader.scope.declare(
        replace(name, name=new, spelled=new), Entry("dimension", None, symbol, value_of(symbol))
    )
    return symbol


def _signed(part: t.Assumption, entry: Entry, reader: Reader) -> Entry:
    name = part.names[0].name
    zero = part.value is None or not v.form_of(reader.value(part.value))
    if entry.kind != "scalar" or not zero:
        raise InputError(
            f"bounds are assumed of dimensions, n > d + 1, and of scalars s > 0 or s >= 0; {name} is a {entry.kind}"
        )
    positive = part.kind in ("positive", ">")
    return _made("scalar", algebra.scalar(name, positive=positive, nonnegative=not positive), entry)


def _replaced(part: t.Assumption, name: t.Name, entry: Entry, reader: Reader) -> Entry:
    """A letter that has a value: an abbreviation from here on."""
    assert part.value is not None and entry.value is not None
    if entry.kind == "dimension":
        raise InputError(f"{name.name} is a dimension; give its value where it is declared")
    value = v.fitted(reader.value(part.value), entry.value)
    if not v.same_shape(value, entry.value):
        raise InputError(f"{name.name} is {v.kind_of(entry.value)}, but this is {v.kind_of(value)}")
    if _letters(entry) & v.form_of(value).letters() or random_symbols(value):
        raise InputError(f"the value of {name.name} depends on itself, or on something random")
    if entry.kind in ("symmetric", "covariance") and v.form_of(value) != v.form_of(value).T:
        raise InputError(f"{name.name} is symmetric, but this is not known to be")
    # No file can declare a name with a blank, so it is free; 0 times it has the shape that 0 and I leave open.
    before = f"{name.name} before"
    reader.scope.entries[before] = entry
    shape = t.Product((("", t.Number(Fraction(0))), ("", t.Name(before))))
    return Entry("let", entry.span, value=value, node=t.Sum((("+", shape), ("+", part.value))))


def _commuting(part: t.Assumption, entries: Sequence[Entry], reader: Reader) -> None:
    """Symmetric matrices that commute are diagonal in a common basis, and nothing else is known of that basis."""
    scope = reader.scope
    if any("diagonal" in entry.kind for entry in scope.entries.values()):
        raise reader.source.error(
            part.span, "one family of matrices that commute with one another is taken in a file"
        )
    if len({entry.symbol.shape for entry in entries}) > 1 or len(entries) < 2:
        raise reader.source.error(part.span, "two or more square matrices of one size commute")
    for name, entry in zip(part.names, entries, strict=True):
        if entry.kind not in ("symmetric", "covariance"):
            raise reader.source.error(
                name.span,
                f"{name.name} is a {entry.kind}; matrices that commute are symmetric or covariances here",
            )
        positive = entry.kind == "covariance"
        made = structured_symbol(name.name, "diagonal", entry.symbol.shape[:1], positive=positive)
        scope.entries[name.name] = _made(*made, entry)


def _bound(part: t.Assumption, reader: Reader) -> None:
    assert part.value is not None
    name = part.names[0]
    entry = reader.scope.find(name)
    form = v.form_of(reader.value(part.value))
    dimensions = {e.symbol: n for n, e in reader.scope.entries.items() if e.kind == "dimension"}
    inside = [algebra.meaning_of(a) for a in form.letters()]
    known = (
        form.is_scalar and all(meaning in dimensions for meaning in inside) and form.denominator.is_constant()
    )
    depends = {entry.symbol}
    for bound in reader.scope.bounds:
        depends |= {bound.symbol} if depends & bound.letters else set()
    if (
        not known
        or depends & set(inside)
        or any(bound.symbol == entry.symbol for bound in reader.scope.bounds)
    ):
        raise reader.source.error(
            part.span,
            f"a bound of {name.name} is one formula in dimensions that are not bounded by {name.name}",
        )
    least = form + 1 if part.kind == ">" else form
    reader.scope.bounds.append(Bound(entry.symbol, ClosedForm.of(algebra.scalar_letter(entry.symbol)), least))
