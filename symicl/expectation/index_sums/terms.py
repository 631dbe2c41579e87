"""Products of entries of matrices under sums over indices, and how SymPy expressions are read as such.

A product of matrices joins two ends at each index. An entrywise product, a diagonal or an entry joins more of them, or
fixes one; a Kronecker product has two indices on a side. All of these are a `Term`: a coefficient, entries of matrices
at indices, and the indices that stay open, which are those of the rows and columns of the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy
from sympy.matrices.expressions import (
    Adjoint,
    DotProduct,
    HadamardPower,
    HadamardProduct,
    Identity,
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Trace,
    Transpose,
    ZeroMatrix,
)
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import Commutation, Vec, contains_random, has_kind
from symicl.errors import ShapeError, UnsupportedError, brief

ENTRYWISE = (
    HadamardProduct,
    HadamardPower,
    KroneckerProduct,
    DiagMatrix,
    DiagonalMatrix,
    DiagonalOf,
    Vec,
    Commutation,
    DotProduct,
)
"""Expressions of entries that are no products of matrices."""

MAX_READ = 2000
"""Terms that an expression is multiplied out into."""

LANE = "expect_at() takes it entry by entry at given sizes, and claims do that end in: at n = 3, d = 2"

Index = int


@dataclass(frozen=True)
class Factor:
    """An entry of a matrix; a side of size 1 has no index.

    Attributes
    ----------
    matrix : MatrixExpr or int
        An integer k is the k-th unit vector: it fixes its row index.
    row, col : int or None
    conjugate : bool
        The complex conjugate of the entry.
    """

    matrix: Any
    row: Index | None
    col: Index | None
    conjugate: bool = False


@dataclass(frozen=True)
class Term:
    """A product of entries, summed over all indices that are not open.

    Attributes
    ----------
    coefficient : SymPy scalar
        Constant.
    factors : tuple of Factor
    rows, cols : tuple of int
        Open indices, the first one the slowest; nothing for a side of size 1.
    inner : frozenset of int
        Indices that are summed over, also those at which nothing stands.
    """

    coefficient: sympy.Expr
    factors: tuple[Factor, ...]
    rows: tuple[Index, ...]
    cols: tuple[Index, ...]
    inner: frozenset[Index] = frozenset()


class Indices:
    """Makes indices, and knows the size of each.

    Attributes
    ----------
    size : dict
    kept : set
        Indices of sums that are being read: copies of a term share them.
    """

    def __init__(self) -> None:
        self.size: dict[Index, Any] = {}
        self.kept: set[Index] = set()

    def new(self, size: Any) -> Index:
        """One more index."""
        index = len(self.size)
        self.size[index] = size
        return index

    def side(self, size: Any) -> tuple[Index, ...]:
        """The index of a side of a matrix; none for the size 1."""
        return () if size == 1 else (self.new(size),)

    def joined(self, term: Term, pairs: Iterable[tuple[Index, Index]]) -> Term:
        """A term in which two indices are one, for each of the pairs.

        Raises
        ------
        ShapeError
            If their sizes differ.
        """
        root: dict[Index, Index] = {}

        def find(i: Index) -> Index:
            while i in root:
                i = root[i]
            return i

        for a, b in pairs:
            if self.size[a] != self.size[b]:
                raise ShapeError(f"an index of size {self.size[a]} meets one of size {self.size[b]}")
            a, b = find(a), find(b)
            if a != b:
                root[max(a, b)] = min(a, b)
        if not root:
            return term

        def moved(i: Index | None) -> Index | None:
            return None if i is None else find(i)

        factors = tuple(replace(f, row=moved(f.row), col=moved(f.col)) for f in term.factors)
        rows, cols = (tuple(find(i) for i in side) for side in (term.rows, term.cols))
        inner = frozenset(map(find, term.inner)) - {*rows, *cols}
        return Term(term.coefficient, factors, rows, cols, inner)

    def renewed(self, term: Term) -> Term:
        """The same with new indices."""
        table = {
            i: i if i in self.kept else self.new(self.size[i])
            for i in sorted({*term.rows, *term.cols, *term.inner})
        }
        factors = tuple(
            replace(
                f, row=None if f.row is None else table[f.row], col=None if f.col is None else table[f.col]
            )
            for f in term.factors
        )
        rows, cols = (tuple(table[i] for i in side) for side in (term.rows, term.cols))
        return Term(term.coefficient, factors, rows, cols, frozenset(table[i] for i in term.inner))


def closed(term: Term, rows: tuple[Index, ...], cols: tuple[Index, ...]) -> Term:
    """A term with other open indices; the rest is summed over."""
    return replace(term, rows=rows, cols=cols, inner=(term.inner | {*term.rows, *term.cols}) - {*rows, *cols})


def beside(a: Term, b: Term, rows: tuple[Index, ...], cols: tuple[Index, ...]) -> Term:
    """The product of two terms that share no index, with these open."""
    every = {*a.rows, *a.cols, *a.inner, *b.rows, *b.cols, *b.inner}
    return Term(
        a.coefficient * b.coefficient, a.factors + b.factors, rows, cols, frozenset(every) - {*rows, *cols}
    )


def _conjugated(term: Term) -> Term:
    """The complex conjugate; constant matrices are real."""
    factors = tuple(replace(f, conjugate=not f.conjugate) for f in term.factors)
    return replace(term, coefficient=sympy.conjugate(term.coefficient), factors=factors)


class Reader:
    """Reads SymPy expressions as sums of terms.

    Parameters
    ----------
    indices : Indices
    """

    def __init__(self, indices: Indices):
        self.indices = indices
        self._bound: dict[sympy.Symbol, Index] = {}

    def read(self, expression: Any) -> list[Term]:
        """A scalar or a matrix expression.

        Raises
        ------
        UnsupportedError
            For what is not polynomial in the entries of random matrices.
        """
        if isinstance(expression, MatrixExpr):
            return self._matrix(expression)
        if isinstance(expression, sympy.MatrixBase):
            return self._leaf(sympy.ImmutableMatrix(expression))
        return self._scalar(expression)

    def _scalar(self, expression: Any) -> list[Term]:
        constant = not contains_random(expression)
        if constant and not has_kind(expression, *ENTRYWISE, MatrixElement):
            return [Term(expression, (), (), ())]
        if constant and self._bound:
            if not expression.free_symbols.isdisjoint(self._bound):
                return self._constant_in_sum(expression)
            return [Term(expression, (), (), ())]
        if isinstance(expression, sympy.Add):
            return [term for part in expression.args for term in self.read(part)]
        if isinstance(expression, sympy.Mul):
            return self._times([self.read(part) for part in expression.args])
        if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
            return self._times([self.read(expression.base) for _ in range(int(expression.exp))])
        if isinstance(expression, Trace):
            return [
                closed(self._met(term, term.rows, term.cols, expression), (), ())
                for term in self.read(expression.arg)
            ]
        if isinstance(expression, MatrixElement):
            return self._entry(expression)
        if isinstance(expression, DotProduct):
            left, right = (x if x.shape[1] == 1 else x.T for x in expression.args)
            return self.read(left.T * right)
        if isinstance(expression, sympy.Sum):
            return self._sum(expression)
        if isinstance(expression, sympy.conjugate):
            return [_conjugated(term) for term in self.read(expression.args[0])]
        if constant:
            return [Term(expression, (), (), ())]
        raise UnsupportedError(
            f"{brief(expression)} is no polynomial in the entries of random matrices, so it is outside the exact "
            "calculus; sample() takes it at numbers"
        )

    def _constant_in_sum(self, expression: Any) -> list[Term]:
        """Entries of constant matrices at the index of a sum."""
        if isinstance(expression, MatrixElement):
            return self._entry(expression)
        if isinstance(expression, sympy.Add):
            return [term for part in expression.args for term in self._scalar(part)]
        if isinstance(expression, sympy.Mul):
            return self._times([self._scalar(part) for part in expression.args])
        if isinstance(expression, sympy.Pow) and expression.exp.is_Integer and expression.exp > 0:
            return self._times([self._scalar(expression.base) for _ in range(int(expression.exp))])
        raise UnsupportedError(
            f"{brief(expression)} depends on the index of a sum otherwise than by entries; {LANE}"
        )

    def _sum(self, expression: sympy.Sum) -> list[Term]:
        """A sum over all entries of a side, as SymPy writes an entry of a product."""
        found = {}
        for symbol, first, last in expression.limits:
            if first != 0:
                raise UnsupportedError(f"{brief(expression)} is no sum from 0 to the size less 1; {LANE}")
            found[symbol] = self.indices.new(sympy.expand(last + 1))
        before, self._bound = self._bound, {**self._bound, **found}
        self.indices.kept |= {*found.values()}
        try:
            terms = self.read(expression.args[0])
        finally:
            self._bound = before
            self.indices.kept -= {*found.values()}
        return [replace(term, inner=term.inner | {*found.values()}) for term in terms]

    def _entry(self, expression: MatrixElement) -> list[Term]:
        """An entry at numbers, or at indices of sums around it."""
        found = []
        for term in self.read(expression.parent):
            if len(term.rows) > 1 or len(term.cols) > 1:
                raise UnsupportedError(f"an entry of {brief(expression.parent)}: {LANE}")
            fixed, pairs = [], []
            for side, k in ((term.rows, expression.i), (term.cols, expression.j)):
                if k in self._bound:
                    pairs += [(index, self._bound[k]) for index in side]
                elif k.is_Integer:
                    fixed += [Factor(int(k), index, None) for index in side]
                else:
                    raise UnsupportedError(
                        f"the index of {expression} is no number; entries are counted from 0"
                    )
            placed = closed(replace(term, factors=(*term.factors, *fixed)), (), ())
            found.append(self.indices.joined(placed, pairs))
        return found

    def _times(self, parts: Sequence[list[Term]]) -> list[Term]:
        """The product of scalars."""
        result = [Term(sympy.S.One, (), (), ())]
        for terms in parts:
            self._check(len(result) * len(terms))
            result = [beside(a, self.indices.renewed(b), (), ()) for a in result for b in terms]
        return result

    def _matrix(self, expression: MatrixExpr) -> list[Term]:
        if isinstance(expression, Transpose):
            return [replace(x, rows=x.cols, cols=x.rows) for x in self.read(expression.arg)]
        if isinstance(expression, Adjoint):
            return [replace(_conjugated(x), rows=x.cols, cols=x.rows) for x in self.read(expression.arg)]
        if isinstance(expression, MatMul):
            return self._product(expression)
        if isinstance(expression, MatAdd):
            return [term for part in expression.args for term in self.read(part)]
        if isinstance(expression, MatPow) and expression.exp.is_Integer and expression.exp > 0:
            return self._chain([expression.base] * int(expression.exp), expression)
        if isinstance(expression, Identity):
            side = self.indices.side(expression.shape[0])
            return [Term(sympy.S.One, (), side, side)]
        if isinstance(expression, ZeroMatrix):
            return []
        if isinstance(expression, OneMatrix):
            rows, cols = map(self.indices.side, expression.shape)
            return [Term(sympy.S.One, (), rows, cols)]
        found = self._entrywise(expression)
        return self._leaf(expression) if found is None else found

    def _entrywise(self, expression: MatrixExpr) -> list[Term] | None:
        if isinstance(expression, HadamardPower) and expression.exp.is_Integer and expression.exp > 0:
            return self._hadamard([expression.base] * int(expression.exp), expression)
        if isinstance(expression, HadamardProduct):
            return self._hadamard(expression.args, expression)
        if isinstance(expression, KroneckerProduct):
            return self._folded(expression.args, lambda a, b: beside(a, b, a.rows + b.rows, a.cols + b.cols))
        if isinstance(expression, Commutation):
            m, n = (self.indices.side(size) for size in expression.args)
            return [Term(sympy.S.One, (), m + n, n + m)]
        if isinstance(expression, Vec):
            return [replace(x, rows=x.cols + x.rows, cols=()) for x in self.read(expression.arg)]
        if isinstance(expression, DiagMatrix):
            return [self._one_side(x, expression) for x in self.read(expression.args[0])]
        if isinstance(expression, DiagonalMatrix | DiagonalOf):
            found = [self._met(x, x.rows, x.cols, expression) for x in self.read(expression.arg)]
            if isinstance(expression, DiagonalOf):
                return [replace(x, cols=()) for x in found]
            return found
        return None

    def _one_side(self, term: Term, expression: MatrixExpr) -> Term:
        if term.rows and term.cols:
            raise UnsupportedError(
                f"{brief(expression)} is a diagonal matrix made from something that is no vector"
            )
        side = term.rows or term.cols
        return replace(term, rows=side, cols=side)

    def _leaf(self, expression: MatrixExpr) -> list[Term]:
        if not isinstance(expression, MatrixSymbol) and contains_random(expression):
            if isinstance(expression, sympy.MatrixBase):
                raise UnsupportedError(
                    f"{brief(expression)} is an explicit matrix with random entries; {LANE}"
                )
            raise UnsupportedError(
                f"{brief(expression)}: {type(expression).__name__} of a random matrix is no polynomial in its entries"
            )
        rows, cols = map(self.indices.side, expression.shape)
        factor = Factor(expression, rows[0] if rows else None, cols[0] if cols else None)
        return [Term(sympy.S.One, (factor,), rows, cols)]

    def _product(self, expression: MatMul) -> list[Term]:
        scalars = [x for x in expression.args if not isinstance(x, MatrixExpr | sympy.MatrixBase)]
        matrices = [x for x in expression.args if isinstance(x, MatrixExpr | sympy.MatrixBase)]
        factor, product = self._times([self.read(x) for x in scalars]), self._chain(matrices, expression)
        self._check(len(factor) * len(product))
        return [beside(self.indices.renewed(a), b, b.rows, b.cols) for a in factor for b in product]

    def _chain(self, matrices: Sequence[Any], what: Any) -> list[Term]:
        def times(a: Term, b: Term) -> Term:
            both = beside(a, b, a.rows + a.cols, b.rows + b.cols)
            met = self._met(both, a.cols, b.rows, what)
            return closed(met, met.rows[: len(a.rows)], met.cols[len(b.rows) :])

        return self._folded(matrices, times)

    def _hadamard(self, matrices: Sequence[Any], what: Any) -> list[Term]:
        def times(a: Term, b: Term) -> Term:
            both = beside(a, b, a.rows + b.rows, a.cols + b.cols)
            met = self._met(both, a.rows, b.rows, what)
            rows, cols = met.rows[: len(a.rows)], met.cols[: len(a.cols)]
            met = self._met(replace(met, rows=rows), met.cols[: len(a.cols)], met.cols[len(a.cols) :], what)
            return closed(met, met.rows, met.cols[: len(cols)])

        return self._folded(matrices, times)

    def _folded(self, parts: Sequence[Any], times: Any) -> list[Term]:
        first, *rest = parts
        result = self.read(first)
        for part in rest:
            terms = self.read(part)
            self._check(len(result) * len(terms))
            # Each product has indices of its own.
            result = [times(self.indices.renewed(a), self.indices.renewed(b)) for a in result for b in terms]
        return result

    def _met(self, term: Term, one: Sequence[Index], other: Sequence[Index], what: Any) -> Term:
        """Indices of two sides made one, in their order."""
        if len(one) != len(other):
            raise UnsupportedError(
                f"{brief(what)}: a side with the two indices of a Kronecker product meets one with a single index; "
                f"{LANE}"
            )
        return self.indices.joined(term, zip(one, other, strict=True))

    @staticmethod
    def _check(count: int) -> None:
        if count > MAX_READ:
            raise UnsupportedError(
                f"this multiplies out into {count} products of entries, more than {MAX_READ}; {LANE}"
            )
