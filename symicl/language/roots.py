"""A square root of a convex quadratic: something random and linear in the unknown whose mean square it is.

The form by which an objective is seen to be convex says what it is. Sums become sums with independent signs, a norm is
a mean square by a Gaussian vector, and a factor that is not negative is the variance of a Gaussian.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    SymmetricMatrix,
    closed_form,
    homogeneous,
    letter,
    meaning_of,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import UnsupportedError
from symicl.expectation import Gaussian, Means, average, law_of
from symicl.language import library
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.convexity import degree_in
from symicl.language.randomness import random_symbols
from symicl.language.reading import Reader
from symicl.language.value import Value
from symicl.theory import gaussian, mean_square, oriented, root_of_sum

MAX_ROOT = 100
"""Terms of what is squared."""


class Root:
    """Finds a root of the quadratic part of an objective.

    Parameters
    ----------
    reader : Reader
    unknown, step : int
        The letter K in which the objective is quadratic, and the one that stands for a change of it.

    Attributes
    ----------
    laws : list of Gaussian
        Of the letters that were introduced.
    """

    def __init__(self, reader: Reader, unknown: int, step: int):
        self._reader, self._a, self._step = reader, unknown, step
        self.laws: list[Gaussian] = []
        self._tasks: list[Any] = []

    def mean_square(self, node: t.Expr) -> ClosedForm:
        """The quadratic part of an objective, at the change in the place of the unknown, as E[root²].

        Raises
        ------
        UnsupportedError
            If no root is known.
        """
        root = self._of(node)
        if root.letters().isdisjoint(law.letter for law in self.laws):
            root = root * self._sign()
        if len(root) > MAX_ROOT:
            raise UnsupportedError("the root of the objective has many terms")
        # A letter in the place of 1/denominator: what is averaged is a square, for whoever rechecks it.
        num, den = root.fraction()
        q = letter("reciprocal of a denominator", ONE, ONE)
        square = self._averaged(num if den == 1 else num * ClosedForm.of(q))
        return square if den == 1 else square.substitute({q: 1 / den})

    def _averaged(self, root: ClosedForm) -> ClosedForm:
        # First what was introduced, since a factor may itself be random.
        square = mean_square(root, self.laws)
        if self._tasks:
            return self._tasks[0].expectation(square)
        means: Means = {}
        laws: list[Gaussian] = []
        for z in sorted(random_symbols(square), key=lambda z: z.name):
            law, mean = law_of(z)
            laws.append(law)
            if mean is not None:
                means[symbol_letter(z)] = mean
        return average(square, laws, means)

    def _of(self, node: t.Expr) -> ClosedForm:
        if degree_in(self._reader.value(node), self._a) <= 1:
            return closed_form(0)
        if isinstance(node, t.Name):
            inner = self._reader.scope.entries[node.name].node
            assert inner is not None
            return self._of(inner)
        if isinstance(node, t.Sum):
            roots = [root for root in (self._of(item) for _, item in node.items) if root]
            if len(roots) == 1:
                return roots[0]
            total = closed_form(0)
            for root in roots:
                total = total + root * self._sign()
            return total
        if isinstance(node, t.Product):
            return self._product(node)
        if isinstance(node, t.Power):
            return self._linear(self._reader.value(node.base)).trace()
        if isinstance(node, t.Norm):
            return self._norm(node)
        if isinstance(node, t.Expectation):
            return self._of(node.base)
        assert isinstance(node, t.Library)
        return self._loss(node)

    def _sign(self) -> ClosedForm:
        law = gaussian(ONE, role=f"sign {len(self.laws) + 1}")
        self.laws.append(law)
        return ClosedForm.of(law.letter)

    def _product(self, node: t.Product) -> ClosedForm:
        root = closed_form(1)
        for operator, item in node.items:
            value = self._reader.value(item)
            if degree_in(value, self._a) > 0:
                root = root * self._of(item)
            elif (
                isinstance(item, t.Power) and item.exponent > 0 and item.exponent % 2 == 0 and operator != "/"
            ):
                half = self._reader.value(replace(item, exponent=item.exponent // 2))
                assert isinstance(half, ClosedForm)
                root = root * self._determined(half)
            else:
                factor = v.divide_by(ClosedForm.number(1), value) if operator == "/" else value
                root = root * self._deviation(v.form_of(factor))
        return root

    def _deviation(self, factor: ClosedForm) -> ClosedForm:
        """Something Gaussian whose mean square is a factor that is not negative: N/D = N D/D²."""
        signs = oriented(factor, strict=False)
        if signs is None:
            raise UnsupportedError("a factor of a square is not seen to be at least 0")
        num, den = signs
        root, laws = root_of_sum(num if den == 1 else num * den, f"factor {len(self.laws) + 1} ")
        self.laws += laws
        return self._determined(root / den)

    @staticmethod
    def _determined(form: ClosedForm) -> ClosedForm:
        """A form whose denominator is not random."""
        _, den = form.fraction()
        if random_symbols(den):
            raise UnsupportedError("a denominator is random")
        return form

    def _linear(self, value: Value) -> ClosedForm:
        """The part of degree 1, at the change."""
        part = homogeneous(self._determined(v.form_of(value)), [self._a], 1)
        return part.substitute({self._a: ClosedForm.of(self._step)})

    def _norm(self, node: t.Norm) -> ClosedForm:
        inner = self._linear(self._reader.value(node.base))
        weight = NO_LETTER
        if node.weight is not None and not (node.weight == "F" and "F" not in self._reader.scope.entries):
            weight = symbol_letter(self._reader.scope.entries[node.weight].symbol)
        laws = [gaussian(inner.rows, weight, f"u {len(self.laws) + 1}")]
        if inner.cols != ONE:
            laws.append(gaussian(inner.cols, NO_LETTER, f"v {len(self.laws) + 1}"))
        self.laws += laws
        root = ClosedForm.of(laws[0].letter).T @ inner
        if len(laws) == 2:
            root = root @ ClosedForm.of(laws[1].letter)
        return root.trace()

    def _loss(self, node: t.Library) -> ClosedForm:
        loss = library.loss_of(*library.things_of(node, self._reader.scope))
        if self._tasks and self._tasks != [loss.task]:
            raise UnsupportedError("two tasks stand in one objective")
        self._tasks = [loss.task]
        return self._linear(loss.prediction).trace()


def beside(a: int, role: str) -> int:
    """Another letter of the same shape; no symbol of a file has a space in its name."""
    symbol: Any = meaning_of(a)
    name = f"{role} {symbol}"
    if ROWS[a] == COLS[a] == ONE:
        return scalar_letter(sympy.Symbol(name))
    rows, cols = (DIMENSIONS[size] for size in (ROWS[a], COLS[a]))
    if PARTNER[a] == a:
        return symbol_letter(SymmetricMatrix(name, rows, rows))
    return symbol_letter(sympy.MatrixSymbol(name, rows, cols))
