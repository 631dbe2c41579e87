"""Convexity of an objective in one letter, read off its form; False says nothing."""

from __future__ import annotations

from symicl.algebra import ClosedForm, Covariance, degree, meaning_of
from symicl.language import tree as t
from symicl.language.reading import Reader
from symicl.language.value import Value, form_of, is_scalar
from symicl.theory import is_nonnegative, is_positive


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


def is_convex(node: t.Expr, a: int, reader: Reader) -> bool:
    """True if a scalar formula is a convex function of a letter, for all values of the others.

    What is affine is convex, and so are squares and norms of it, sums, non-negative multiples and expectations
    of what is convex, and a loss of the library that is quadratic.
    """
    if degree_in(reader.value(node), a) <= 1:
        return True
    if isinstance(node, t.Name):
        inner = reader.scope.entries[node.name].node if node.name in reader.scope.entries else None
        return inner is not None and is_convex(inner, a, reader)
    if isinstance(node, t.Sum):
        return all(
            is_convex(item, a, reader) if sign == "+" else degree_in(reader.value(item), a) <= 1
            for sign, item in node.items
        )
    if isinstance(node, t.Product):
        return _product(node, a, reader)
    if isinstance(node, t.Power):
        return node.exponent == 2 and _is_affine_scalar(node.base, a, reader)
    if isinstance(node, t.Norm):
        weight = reader.scope.entries.get(node.weight or "")
        definite = weight is None or isinstance(weight.symbol, Covariance)
        return definite and degree_in(reader.value(node.base), a) <= 1
    if isinstance(node, t.Expectation):
        return is_convex(node.base, a, reader)
    # A loss is the mean of a squared polynomial; if it has degree 2, the polynomial is affine almost surely.
    return isinstance(node, t.Library) and node.function == "loss" and degree_in(reader.value(node), a) <= 2


def _is_affine_scalar(node: t.Expr, a: int, reader: Reader) -> bool:
    value = reader.value(node)
    return is_scalar(value) and degree_in(value, a) <= 1


def _product(node: t.Product, a: int, reader: Reader) -> bool:
    """One convex factor, the others scalars that are not negative."""
    depends = [(op, item) for op, item in node.items if degree_in(reader.value(item), a) > 0]
    if len(depends) != 1 or depends[0][0] == "/" or not is_convex(depends[0][1], a, reader):
        return False
    for operator, item in node.items:
        if item is depends[0][1]:
            continue
        value = reader.value(item)
        if not (isinstance(value, ClosedForm) and value.is_scalar):
            return False
        if not (is_positive(value) if operator == "/" else is_nonnegative(value)):
            return False
    return True
