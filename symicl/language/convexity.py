"""The squares of which an objective is a sum, read off its formula."""

from __future__ import annotations

from dataclasses import replace

from symicl.algebra import NO_LETTER, ClosedForm, Covariance, degree, meaning_of, symbol_letter
from symicl.language import library
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.reading import Reader
from symicl.language.value import Value, form_of, is_scalar
from symicl.theory import WeightedSquare, is_nonnegative, is_positive

Squares = list[WeightedSquare]


def degree_in(value: Value, a: int) -> int:
    """The degree in a letter; large if it stands in a denominator or inside another letter."""
    form, symbol = form_of(value), meaning_of(a)
    letters = form.letters()
    hidden = any(
        meaning_of(b) != symbol and symbol in getattr(meaning_of(b), "free_symbols", ()) for b in letters
    )
    inverted = any(b != a and meaning_of(b) == symbol for b in letters)
    if hidden or inverted or a in form.denominator_letters():
        return 1_000
    return degree(form, a)


def squares_in(node: t.Expr, a: int, reader: Reader) -> Squares | None:
    """The squares of a scalar formula that is seen to be a convex quadratic in a letter; None says nothing.

    What is affine has none. Squares and norms of it are some, and so are those of sums, non-negative multiples and
    expectations, and of a loss of the library that is quadratic.
    """
    if degree_in(reader.value(node), a) <= 1:
        return []
    if isinstance(node, t.Name):
        inner = reader.scope.entries[node.name].node if node.name in reader.scope.entries else None
        return None if inner is None else squares_in(inner, a, reader)
    if isinstance(node, t.Sum):
        return _sum(node, a, reader)
    if isinstance(node, t.Product):
        return _product(node, a, reader)
    if isinstance(node, t.Power):
        if node.exponent != 2 or not _is_affine_scalar(node.base, a, reader):
            return None
        return [WeightedSquare(form_of(reader.value(node.base)))]
    if isinstance(node, t.Norm):
        return _norm(node, a, reader)
    if isinstance(node, t.Expectation):
        return squares_in(node.base, a, reader)
    if isinstance(node, t.Library) and node.function == "loss" and degree_in(reader.value(node), a) <= 2:
        # The mean of a squared polynomial; if it has degree 2, the polynomial is affine almost surely.
        loss = library.loss_of(*library.things_of(node, reader.scope))
        return [WeightedSquare(loss.prediction, task=loss.task)]
    return None


def _is_affine_scalar(node: t.Expr, a: int, reader: Reader) -> bool:
    value = reader.value(node)
    return is_scalar(value) and degree_in(value, a) <= 1


def _sum(node: t.Sum, a: int, reader: Reader) -> Squares | None:
    total: Squares = []
    for sign, item in node.items:
        found = squares_in(item, a, reader) if sign == "+" else None
        if found is None and degree_in(reader.value(item), a) > 1:
            return None
        total += found or []
    return total


def _product(node: t.Product, a: int, reader: Reader) -> Squares | None:
    """One convex factor, the others scalars that are not negative."""
    depends = [(op, item) for op, item in node.items if degree_in(reader.value(item), a) > 0]
    if len(depends) != 1 or depends[0][0] == "/":
        return None
    found = squares_in(depends[0][1], a, reader)
    for operator, item in node.items:
        if found is None or item is depends[0][1]:
            continue
        value = reader.value(item)
        if not (isinstance(value, ClosedForm) and value.is_scalar):
            return None
        if not (is_positive(value) if operator == "/" else is_nonnegative(value)):
            return None
        if isinstance(item, t.Power) and item.exponent > 0 and item.exponent % 2 == 0 and operator != "/":
            half = form_of(reader.value(replace(item, exponent=item.exponent // 2)))
            found = [square.times(halves=[half]) for square in found]
        else:
            factor = form_of(v.divide_by(ClosedForm.number(1), value) if operator == "/" else value)
            found = [square.times(factors=[factor]) for square in found]
    return found


def _norm(node: t.Norm, a: int, reader: Reader) -> Squares | None:
    entry = reader.scope.entries.get(node.weight or "")
    if entry is not None and not isinstance(entry.symbol, Covariance):
        return None
    inner = reader.value(node.base)
    if degree_in(inner, a) > 1:
        return None
    weight = NO_LETTER if entry is None else symbol_letter(entry.symbol)
    return [WeightedSquare(form_of(inner), weight=weight)]
