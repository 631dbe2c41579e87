"""Averages by sums over indices of what is written in words: for laws whose averages are no recursion on words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr, MatrixSymbol

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Monomial,
    Polynomial,
    RandomMatrix,
    SymmetricMatrix,
    asserted_as,
    letter_symbol,
    meaning_of,
    read_scalar,
    reported,
    symbol_letter,
    written,
)
from symicl.expectation.entry_network import EntrywiseProduct, averaged
from symicl.expectation.index_sums.averages import averaged as averaged_term
from symicl.expectation.index_sums.contraction import written as in_sympy
from symicl.expectation.index_sums.terms import Factor, Index, Indices, Reader, Term

INDEX_SUMS = written(
    "index sums",
    asserted_as(
        "an expectation over rows from a finite set",
        "joint cumulants of the rows, over partitions of the factors",
        lambda call: call.arguments[1].letter,
    ),
)


@dataclass(frozen=True)
class IndexSums:
    """A law whose averages are sums over indices.

    Attributes
    ----------
    letter : int
    matrix : RandomMatrix
    """

    letter: int
    matrix: RandomMatrix
    made_of: tuple[tuple[int, MatrixPolynomial], ...] = ()
    last = True

    def over(self, polynomial: Polynomial) -> Polynomial:
        """E of a polynomial over this letter.

        Raises
        ------
        UnsupportedError
            For an entrywise product with the result, or too many factors.
        """
        return expectation(polynomial, self)


@reported(INDEX_SUMS)
def expectation(polynomial: Polynomial, law: IndexSums) -> Polynomial:
    """E of a polynomial over one letter, the others held fixed."""
    return averaged(polynomial, law.letter, lambda core: _mean(core, law))


def _mean(core: Monomial, law: IndexSums) -> Polynomial:
    indices, stands_for = Indices(), dict[Any, int]()
    reader, factors, inner = Reader(indices), list[Factor](), set[Index]()
    for word in core:
        # Between two letters stands an index, none on a side of size 1.
        links = [None if COLS[a] == ONE else indices.new(DIMENSIONS[COLS[a]]) for a in word]
        inner |= {i for i in links if i is not None}
        for k, a in enumerate(word):
            row, col = links[k - 1], links[k]
            base = min(a, PARTNER[a])
            matrix = law.matrix if base == law.letter else _matrix(base, stands_for)
            factors.append(Factor(matrix, row, col) if a == base else Factor(matrix, col, row))
    term = Term(sympy.S.One, tuple(factors), (), (), frozenset(inner))
    total = sympy.Add(*(in_sympy(found, indices).scalar for found in averaged_term(term, law.matrix, reader)))
    result = read_scalar(total)
    table = {symbol_letter(m): MatrixPolynomial.of(a) for m, a in stands_for.items()}
    for a in result.letters():
        meaning = MEANING[a]
        inside = meaning.atoms(MatrixSymbol) if isinstance(meaning, sympy.Basic) else set()
        if min(a, PARTNER[a]) not in table and not inside.isdisjoint(stands_for):
            raise EntrywiseProduct(
                f"the average over {law.matrix.name} is an entrywise product with what is to be found, which is no "
                "product of matrices; expect_at() takes it at given sizes"
            )
    return result.substitute(table) if table else result


def _matrix(base: int, stands_for: dict[Any, int]) -> Any:
    """A letter as SymPy has it, or a symbol that stands for it."""
    if isinstance(meaning_of(base), MatrixExpr):
        return letter_symbol(base)
    kind = SymmetricMatrix if PARTNER[base] == base else MatrixSymbol
    made = kind(f"letter {base}", DIMENSIONS[ROWS[base]], DIMENSIONS[COLS[base]])
    stands_for[made] = base
    return made
