"""The prediction as a row vector times the query, derived from the model's own forward pass.

Guarantee: everything here is read off the polynomial of the prediction, each block of the parameters a letter.
Where every letter with a side of length n is X or y, each of these sides is joined to another one, so X and y
occur only in XᵀX, Xᵀy and yᵀy: the prediction is a function of the Gram matrix G = Σ zᵢzᵢᵀ of the context,
z = (x, y), and any context with the same G, of whatever length, gives the same prediction.

One layer is of degree one in G.  Its terms are factored into heads,

    f = (vᵀ + Σ_h u_hᵀ G M_h) x,     v: d × 1,  u_h: (d+1) × 1,  M_h: (d+1) × d,

in which a batch of contexts costs a few large products.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import sympy

from symicl.algebra import (
    COLS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Word,
    dimension_index,
    monomials_of,
    symbol_letter,
    transposed_word,
)
from symicl.errors import SymiclError, UnsupportedError
from symicl.models import Model
from symicl.tasks import LinearRegression

Part = tuple[str, int | None]
"""Where an entry of u, M or v comes from: "X" or "y", and a letter (None: the identity, or the number 1)."""


@dataclass
class Head:
    """One summand uᵀ G M.

    Attributes
    ----------
    left : list of (coefficient, part)
        The blocks of u; coefficients are functions of n and d.
    right : list of (coefficient, part)
        Those of M.
    """

    left: list[tuple[sympy.Expr, Part]]
    right: list[tuple[sympy.Expr, Part]]


@dataclass
class QueryRow:
    """f = (vᵀ + Σ_h u_hᵀ G M_h) x.

    Attributes
    ----------
    model : Model
    heads : list of Head
    skip : list of (coefficient, letter)
        The summands of v.
    """

    model: Model
    heads: list[Head]
    skip: list[tuple[sympy.Expr, int | None]] = field(default_factory=list)


def sees_gram_only(model: Model) -> bool:
    """True if the forward pass, all blocks of all weights symbolic, sees the context through its Gram matrix alone."""
    task = LinearRegression()
    try:
        forward = (
            model.forward(model.symbolic_weights(**model.sizes_on(task)), task.prompt()).single().trace()
        )
    except (SymiclError, TypeError, AttributeError):
        return False
    return only_grams(forward, task)


def only_grams(prediction: ClosedForm, task: LinearRegression) -> bool:
    """True if X and y are the only letters with a side of length n."""
    n = dimension_index(task.n)
    context = {symbol_letter(task.X), symbol_letter(task.y)}
    return all(min(a, PARTNER[a]) in context for a in prediction.letters() if n in (ROWS[a], COLS[a]))


def query_row(model: Model) -> QueryRow:
    """Derive v, u_h and M_h.

    Raises
    ------
    UnsupportedError
        If the prediction is not linear in the query, sees more of the context than G, or is not of degree one
        in it.
    """
    task = LinearRegression()
    prediction = (
        model.predict(model.symbolic_parameters(**model.sizes_on(task)), task.prompt()).single().trace()
    )
    if not (sees_gram_only(model) and only_grams(prediction, task)):
        raise UnsupportedError(f"{model} sees more of its context than the Gram matrix")
    reader = _Reader(model, task)
    table: dict[Part, dict[Part, sympy.Expr]] = {}
    skip = []
    num, den = prediction.fraction()
    for monomial, c in monomials_of(num).items():
        factor, left, right = reader.term(monomial, Fraction(c))
        factor = factor / den.expr
        if left is None:
            skip.append((factor, right[1]))
        else:
            table.setdefault(left, {})
            table[left][right] = table[left].get(right, 0) + factor
    return QueryRow(model, list(_factor(table)), skip)


def _factor(table: dict[Part, dict[Part, sympy.Expr]]) -> Iterator[Head]:
    """Rows of a table that are proportional belong to one head."""
    heads: list[Head] = []
    for left, row in table.items():
        for head in heads:
            reference = {part: c for c, part in head.right}
            if reference.keys() == row.keys():
                ratios = {sympy.cancel(row[part] / reference[part]) for part in row}
                if len(ratios) == 1:
                    head.left.append((ratios.pop(), left))
                    break
        else:
            heads.append(Head([(sympy.Integer(1), left)], [(c, part) for part, c in row.items()]))
    yield from heads


class _Reader:
    """Takes the terms of one prediction apart."""

    def __init__(self, model: Model, task: LinearRegression):
        self.model = model
        self.X, self.y, self.x = (symbol_letter(s) for s in (task.X, task.y, task.x))
        self.n = dimension_index(task.n)
        self.sizes = {task.n, task.d}

    def _refuse(self) -> UnsupportedError:
        return UnsupportedError(
            f"the prediction of {self.model} is not (vᵀ + Σ uᵀ G M) x with the blocks of its parameters in u, M and v"
        )

    def term(self, monomial: tuple[Word, ...], c: Fraction) -> tuple[sympy.Expr, Part | None, Part]:
        """The factor, the part of u (None for a term of v) and the part of M (or v)."""
        factor: sympy.Expr = sympy.Rational(c.numerator, c.denominator)
        row: Word | None = None
        context: list[Word] = []
        scalars: list[int] = []
        for word in monomial:
            meaning = MEANING[word[0]] if len(word) == 1 else None
            if self.x in word or PARTNER[self.x] in word:
                if row is not None:
                    raise UnsupportedError(f"the prediction of {self.model} is not linear in the query")
                row = self._row(word)
            elif any(self.n in (ROWS[a], COLS[a]) for a in word):
                context.append(word)
            elif isinstance(meaning, sympy.Expr) and meaning.free_symbols <= self.sizes:
                factor *= meaning
            elif len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
                scalars.append(word[0])
            else:
                raise self._refuse()
        if row is None:
            raise UnsupportedError(f"the prediction of {self.model} is not linear in the query")
        return (factor, *self._parts(row, context, scalars))

    def _row(self, word: Word) -> Word:
        """a of the closed word that says a x."""
        if self.x not in word:
            word = transposed_word(word)
        if sum(a in (self.x, PARTNER[self.x]) for a in word) != 1:
            raise UnsupportedError(f"the prediction of {self.model} is not linear in the query")
        at = word.index(self.x)
        return word[at + 1 :] + word[:at]

    def _parts(self, row: Word, context: list[Word], scalars: list[int]) -> tuple[Part | None, Part]:
        links = [i for i, a in enumerate(row) if COLS[a] == self.n]
        if len(links) + len(context) > 1:
            raise self._refuse()
        if not links and not context:
            if len(row) != 1 or scalars:
                raise self._refuse()
            return None, ("v", row[0])
        if links:
            (i,) = links
            left, first, right = row[:i], row[i], row[i + 2 :]
            end: Part = ("X", self._single(right, or_identity=True))
        else:
            left, first = self._towards_y(context[0])
            end = ("y", self._single(row))
        if PARTNER[first] == self.X:
            if scalars:
                raise self._refuse()
            return ("X", self._single(left)), end
        if left or len(scalars) > 1:
            raise self._refuse()
        return ("y", scalars[0] if scalars else None), end

    def _towards_y(self, word: Word) -> tuple[Word, int]:
        """A closed word as left · first · y."""
        for turned in (word, transposed_word(word)):
            for k in range(len(turned)):
                rotated = turned[k:] + turned[:k]
                if rotated[-1] == self.y and len(rotated) > 1 and COLS[rotated[-2]] == self.n:
                    return rotated[:-2], rotated[-2]
        raise self._refuse()

    def _single(self, word: Word, *, or_identity: bool = False) -> int | None:
        if not word and or_identity:
            return None
        if len(word) != 1:
            raise self._refuse()
        return word[0]
