"""Changed versions of a formula, the most usual slips first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from symicl.language import tree as t
from symicl.language.scope import Scope
from symicl.language.writing import write

TRANSPOSE = "a transpose"
INVERSE_MATRIX = "a matrix or its inverse"
SQUARE = "a standard deviation or a variance"
CONTEXT_NORMALISATION = "1/n or not"
HALF_LOSS = "the factor 1/2 in the loss"
FACTOR_TWO = "a factor 2"
QUERY_COUNTED = "{0} or {0} + 1, as when the query token is counted"
SIGN = "a sign"
ORDER = "the order of factors"
OFF_BY_ONE = "a number off by one"
MISSING_TERM = "a term too few or too many"
MISSING_FACTOR = "a factor too few or too many"


@dataclass(frozen=True)
class Variation:
    """A changed formula.

    Attributes
    ----------
    convention : str
    sentence : str
        What was changed, to follow "the claim holds".
    expression : Expr
    """

    convention: str
    sentence: str
    expression: t.Expr


Step = Callable[[t.Expr], Iterator[tuple[t.Expr, str]]]


def variations(stated: t.Expr, scope: Scope, *, of_a_loss: bool) -> Iterator[Variation]:
    """All versions with one change, without repetitions.

    Parameters
    ----------
    stated : Expr
        What is changed.
    scope : Scope
    of_a_loss : bool
        Whether a factor 2 may come from a ½ in the loss.
    """
    kinds = _Kinds(scope)
    half = HALF_LOSS if of_a_loss else FACTOR_TWO
    seen = {stated}
    steps: list[tuple[str, Step]] = [
        (TRANSPOSE, kinds.transposed),
        (INVERSE_MATRIX, kinds.inverted),
        (SQUARE, kinds.squared),
    ]
    everything = [
        *(v for convention, step in steps for v in _everywhere(stated, convention, step)),
        *_scaled(stated, kinds, half),
        *(v for convention, step in kinds.counts(stated) for v in _everywhere(stated, convention, step)),
        *(v for convention, step in steps for v in _somewhere(stated, convention, step)),
        *(v for convention, step in kinds.counts(stated) for v in _somewhere(stated, convention, step)),
        *_somewhere(stated, OFF_BY_ONE, _numbers),
        *_somewhere(stated, SIGN, _signs),
        *_somewhere(stated, ORDER, _orders),
        *_somewhere(stated, MISSING_TERM, kinds.terms),
        *_somewhere(stated, MISSING_FACTOR, kinds.factors),
    ]
    for variation in everything:
        if variation.expression not in seen:
            seen.add(variation.expression)
            yield variation


def _number(value: Fraction | int) -> t.Expr:
    value = Fraction(value)
    if value < 0:
        return t.Sum((("-", _number(-value)),))
    if value.denominator == 1:
        return t.Number(value)
    return t.Product(
        (("", t.Number(Fraction(value.numerator))), ("/", t.Number(Fraction(value.denominator))))
    )


Change = Callable[[t.Expr], t.Expr]


def _by(symbol: t.Expr) -> tuple[Change, Change]:
    """Division and multiplication by something."""
    return (
        lambda x: t.Product((("", x), ("/", symbol))),
        lambda x: t.Product((("", symbol), ("", x))),
    )


def _negative(node: t.Expr) -> t.Expr:
    return t.Sum((("-", node),))


def _factors(kinds: _Kinds, half: str) -> Iterator[tuple[str, Change, str]]:
    """Convention, change and words of each factor."""
    symbols = [
        (CONTEXT_NORMALISATION if name in kinds.lengths else MISSING_FACTOR, t.Name(name))
        for name in kinds.dimensions
    ]
    symbols += [(MISSING_FACTOR, t.Name(name)) for name in kinds.scalars]
    for convention, symbol in symbols[: len(kinds.dimensions)]:
        for change, word in zip(_by(symbol), ("divided", "multiplied"), strict=True):
            yield convention, change, f"{word} by {symbol.name}"
    for change, word in zip(_by(_number(2)), ("divided", "multiplied"), strict=True):
        yield half, change, f"{word} by 2"
    yield SIGN, _negative, "with the opposite sign"
    for convention, symbol in symbols[len(kinds.dimensions) :]:
        for change, word in zip(_by(symbol), ("divided", "multiplied"), strict=True):
            yield convention, change, f"{word} by {symbol.name}"


def _scaled(stated: t.Expr, kinds: _Kinds, half: str) -> Iterator[Variation]:
    """The whole side, then each of its terms, times a factor."""
    factors = list(_factors(kinds, half))
    for convention, change, words in factors:
        yield Variation(convention, f"with the side {words}", change(stated))
    if isinstance(stated, t.Sum) and len(stated.items) > 1:
        for i, (sign, item) in enumerate(stated.items):
            for convention, change, words in factors:
                items = (*stated.items[:i], (sign, change(item)), *stated.items[i + 1 :])
                convention = FACTOR_TWO if convention == HALF_LOSS else convention
                yield Variation(
                    convention, f"with the term {write(item)} {words}", replace(stated, items=items)
                )


def _everywhere(stated: t.Expr, convention: str, step: Step) -> Iterator[Variation]:
    """Each change of a piece, made wherever that piece occurs."""
    seen = set()
    for node in t.nodes(stated):
        for new, words in step(node):
            if (node, new) not in seen:
                seen.add((node, new))
                yield Variation(convention, words, t.replaced(stated, node, new))


def _somewhere(stated: t.Expr, convention: str, step: Step) -> Iterator[Variation]:
    """Each change of a piece, made in one place."""
    for path, node in _paths(stated):
        for new, words in step(node):
            yield Variation(convention, words, _at(stated, path, new))


def _paths(node: t.Expr, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], t.Expr]]:
    yield path, node
    for i, child in enumerate(t.children(node)):
        yield from _paths(child, (*path, i))


def _at(node: t.Expr, path: tuple[int, ...], new: t.Expr) -> t.Expr:
    if not path:
        return new
    if isinstance(node, t.Sum | t.Product):
        items = list(node.items)
        operator, item = items[path[0]]
        items[path[0]] = (operator, _at(item, path[1:], new))
        return replace(node, items=tuple(items))
    if isinstance(node, t.Block):
        return node
    if isinstance(node, t.Moment):
        return _at(node.spelled, path[1:], new)
    assert not isinstance(node, t.Number | t.Name | t.Constant | t.Library)
    if isinstance(node, t.Entrywise) and path[0] == 1 and node.second is not None:
        return replace(node, second=_at(node.second, path[1:], new))
    return replace(node, base=_at(node.base, path[1:], new))


def _numbers(node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
    if isinstance(node, t.Number):
        for value in (node.value - 1, node.value + 1):
            yield _number(value), f"with {value} in place of {node.value}"
        yield _number(node.value * 2), f"with {node.value * 2} in place of {node.value}"
        yield _number(node.value / 2), f"with {node.value / 2} in place of {node.value}"
    if isinstance(node, t.Power) and node.exponent > 0:
        for exponent in (node.exponent - 1, node.exponent + 1):
            yield (
                replace(node, exponent=exponent),
                f"with the exponent {exponent} in place of {node.exponent}",
            )


def _signs(node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
    if isinstance(node, t.Sum):
        for i, (sign, item) in enumerate(node.items):
            flipped = (*node.items[:i], ("-" if sign == "+" else "+", item), *node.items[i + 1 :])
            yield replace(node, items=flipped), f"with the opposite sign of {write(item)}"


def _orders(node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
    """A product backwards, and with two neighbours exchanged."""
    if not isinstance(node, t.Product) or any(operator == "/" for operator, _ in node.items):
        return
    factors = [item for _, item in node.items]
    swapped = [[*factors[:i], factors[i + 1], factors[i], *factors[i + 2 :]] for i in range(len(factors) - 1)]
    for order in [factors[::-1], *swapped]:
        new = replace(node, items=tuple(("", item) for item in order))
        yield new, f"with {write(new)} in place of {write(node)}"


def _items(node: t.Expr) -> list[t.Name]:
    """The names that are terms of a sum."""
    return [item for _, item in node.items if isinstance(item, t.Name)] if isinstance(node, t.Sum) else []


def _other_numbers(node: t.Sum) -> Iterator[tuple[t.Expr, str]]:
    """A sum with a number in it off by one."""
    for i, (sign, item) in enumerate(node.items):
        if isinstance(item, t.Number):
            for value in (item.value - 1, item.value + 1):
                rest = ((sign, _number(value)),) if value else ()
                items = (*node.items[:i], *rest, *node.items[i + 1 :])
                new = items[0][1] if len(items) == 1 and items[0][0] == "+" else replace(node, items=items)
                yield new, f"with {write(new)} in place of {write(node)}"


def _lengths(scope: Scope) -> set[Any]:
    """The sizes that count examples: rows of random matrices, and the n of a task."""
    shapes = [
        e.symbol.shape for e in scope.entries.values() if e.kind == "random" and 1 not in e.symbol.shape
    ]
    others = {
        size for e in scope.entries.values() if e.kind != "random" for size in getattr(e.symbol, "shape", ())
    }
    examples = {rows for rows, _ in shapes} - {cols for _, cols in shapes} - others
    return examples | {getattr(e.thing, "n", None) for e in scope.entries.values() if e.kind == "task"} - {
        None
    }


class _Kinds:
    """The declared symbols by kind, and the changes that depend on it."""

    def __init__(self, scope: Scope):
        self.scope = scope
        self.dimensions = [name for name, e in scope.entries.items() if e.kind == "dimension"]
        self.scalars = [name for name, e in scope.entries.items() if e.kind == "scalar"]
        self.lengths = [name for name in self.dimensions if scope.entries[name].symbol in _lengths(scope)]

    def kind(self, node: t.Expr) -> str:
        entry = self.scope.entries.get(node.name) if isinstance(node, t.Name) else None
        return entry.kind if entry else ""

    def transposed(self, node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
        if isinstance(node, t.Transpose):
            yield node.base, f"with {write(node.base, 2)} in place of {write(node, 2)}"
        if self.kind(node) in ("matrix", "random"):
            yield t.Transpose(node), f"with {write(t.Transpose(node))} in place of {write(node)}"

    def inverted(self, node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
        if isinstance(node, t.Power) and node.exponent == -1:
            yield node.base, f"with {write(node.base, 2)} in place of {write(node, 2)}"
        if isinstance(node, t.Inverse):
            yield node.base, f"with {write(node.base, 2)} in place of its inverse"
        if self.kind(node) in ("covariance", "matrix", "symmetric"):
            yield t.Power(node, -1), f"with {write(t.Power(node, -1))} in place of {write(node)}"

    def squared(self, node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
        if isinstance(node, t.Power) and node.exponent == 2 and self.kind(node.base) == "scalar":
            yield node.base, f"with {write(node.base)} in place of {write(node)}"
        if (
            isinstance(node, t.Power)
            and isinstance(node.base, t.Name)
            and node.base.name not in self.scope.entries
        ):
            # σ^4 where only σ² is declared.
            for exponent in {2: (4,), 4: (2,)}.get(node.exponent, ()):
                new = replace(node, exponent=exponent)
                yield new, f"with {write(new)} in place of {write(node)}"
        if self.kind(node) == "scalar":
            yield t.Power(node, 2), f"with {write(t.Power(node, 2))} in place of {write(node)}"

    def counts(self, stated: t.Expr) -> list[tuple[str, Step]]:
        """One more or one less of a size; a query token can only be one more of the examples.

        In a moment such as n d (n + d + 1) a number off by one need not belong to n; the optimum of a model on a task
        has a query.
        """
        has_query = any(entry.kind == "task" for entry in self.scope.entries.values())
        sums = [
            {name.name for name in _items(node) if self.kind(name) == "dimension"} for node in t.nodes(stated)
        ]
        beside_others = {name for names in sums if not names <= set(self.lengths) for name in names}
        examples = [name for name in self.lengths if has_query or name not in beside_others]
        others = set(self.dimensions) - set(examples)
        return [
            *((QUERY_COUNTED.format(name), self._counted({name})) for name in examples),
            (OFF_BY_ONE, self._counted(others)),
        ]

    def _counted(self, names: set[str]) -> Step:
        """Changes of a size of these names, and of a number beside one."""

        def step(node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
            if isinstance(node, t.Sum) and names & {name.name for name in _items(node)}:
                yield from _other_numbers(node)
            if isinstance(node, t.Name) and node.name in names:
                for sign in "+-":
                    new = t.Sum((("+", node), (sign, _number(1))))
                    yield new, f"with {write(new)} in place of {write(node)}"

        return step

    def terms(self, node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
        """A scalar term more, or a term less, in a sum."""
        if not isinstance(node, t.Sum):
            return
        for name in [*self.scalars, *self.dimensions]:
            if all(item != t.Name(name) for _, item in node.items):
                yield (
                    replace(node, items=(*node.items, ("+", t.Name(name)))),
                    f"with {name} added to {write(node)}",
                )
        yield replace(node, items=(*node.items, ("+", _number(1)))), f"with 1 added to {write(node)}"
        if len(node.items) > 1:
            for i, (_, item) in enumerate(node.items):
                rest = node.items[:i] + node.items[i + 1 :]
                new = rest[0][1] if len(rest) == 1 and rest[0][0] == "+" else replace(node, items=rest)
                yield new, f"without the term {write(item)}"

    def factors(self, node: t.Expr) -> Iterator[tuple[t.Expr, str]]:
        """A factor less in a product."""
        if isinstance(node, t.Product):
            for i, (operator, item) in enumerate(node.items):
                rest = node.items[:i] + node.items[i + 1 :]
                if i == 0:
                    rest = (("", rest[0][1]), *rest[1:]) if rest[0][0] != "/" else (("", _number(1)), *rest)
                new = rest[0][1] if len(rest) == 1 else replace(node, items=rest)
                yield new, f"without the {'divisor' if operator == '/' else 'factor'} {write(item)}"
