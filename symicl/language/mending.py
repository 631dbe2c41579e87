"""Usual assumptions under which a refuted formula is true: a symmetric matrix, a centred vector, isotropy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain, combinations, islice

from symicl.errors import SymiclError
from symicl.language import tree as t
from symicl.language.assumption_builder import described
from symicl.language.assumptions import in_order
from symicl.language.declarations import Declarer
from symicl.language.reading import Reader
from symicl.language.scope import Scope

MAX_TRIES = 16


def mending_assumption(body: t.Relation, reader: Reader, proves: Callable[[t.Relation, Reader], bool]) -> str:
    """The first assumption under which a refuted equality is proved, as a file states it; empty if none is known.

    Parameters
    ----------
    body : Relation
    reader : Reader
        Of the file, which stays as it is.
    proves : callable
        A predicate: True if the equality is proved by another reader.
    """

    def is_enough(parts: list[t.Assumption]) -> bool:
        try:
            other = Reader(reader.source, Scope(reader.source))
            declarer = Declarer(other)
            extra = [t.Assume((part,), span=part.span) for part in parts]
            for statement in in_order([*reader.statements, *extra], reader.source):
                declarer.run(statement)
            return proves(body, other)
        except (SymiclError, ZeroDivisionError):
            return False

    for parts in islice(_usual(body, reader), MAX_TRIES):
        if is_enough(parts):
            for part in [*parts] if len(parts) > 1 else ():
                fewer = [other for other in parts if other is not part]
                parts = fewer if fewer and is_enough(fewer) else parts
            return ", ".join(map(described, parts))
    return ""


def _usual(body: t.Relation, reader: Reader) -> Iterator[list[t.Assumption]]:
    """Assumptions to be tried, one letter at a time, then all letters of a kind, then those of two kinds and of all."""
    entries = reader.scope.entries
    used = [
        node.name
        for node in chain(reader.scope.inside(body.left), reader.scope.inside(body.right))
        if isinstance(node, t.Name) and node.name in entries
    ]
    laws = [e.symbol for name, e in entries.items() if e.kind == "random" and name in used]
    parts = [part for symbol in laws for part in getattr(symbol, "law_parts", ())]
    within = [
        name for name, e in entries.items() if e.symbol is not None and any(p.has(e.symbol) for p in parts)
    ]
    names = list(dict.fromkeys([*used, *within]))

    def spelled(name: str) -> t.Name:
        entry = entries[name]
        return t.Name(name, reader.source.piece(entry.span) if entry.span else "")

    square = [n for n in names if entries[n].kind == "matrix" and len(set(entries[n].symbol.shape)) == 1]
    centres = [symbol.mean for symbol in laws if hasattr(symbol, "mean")]
    means = [
        n
        for n in within
        if entries[n].kind in ("vector", "matrix") and any(m.has(entries[n].symbol) for m in centres)
    ]
    means.sort(key=lambda n: entries[n].kind != "vector")
    covariances = [n for n in names if entries[n].kind == "covariance"]
    symmetric = [t.Assumption("symmetric", (spelled(n),)) for n in square]
    centred = [t.Assumption("value", (spelled(n),), t.Number(Fraction(0))) for n in means]
    isotropic = [
        t.Assumption("value", (spelled(n),), t.Identity(str(entries[n].symbol.shape[0]))) for n in covariances
    ]
    for group in (symmetric, centred, isotropic):
        yield from ([part] for part in group)
        if len(group) > 1:
            yield group
    kinds = [group for group in (symmetric, centred, isotropic) if group]
    yield from ([*one, *other] for one, other in combinations(kinds, 2))
    if len(kinds) == 3:
        yield [*symmetric, *centred, *isotropic]
