"""Sums over indices of products of constant entries, written as SymPy expressions.

An index at which two matrices end is a product of matrices; parallel entries are an entrywise product, an entry M_ii is
the diagonal of M, and a single end is a sum over the rows. What cannot be taken apart like this is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import sympy
from sympy.matrices.expressions import (
    HadamardProduct,
    Identity,
    MatMul,
    MatrixExpr,
    MatrixSymbol,
    OneMatrix,
    Trace,
)
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalOf

from symicl.algebra import Commutation, SymmetricMatrix, Vec, has_kind, read_matrix, write_matrix
from symicl.errors import UnsupportedError
from symicl.expectation.index_sums.terms import LANE, Factor, Index, Indices, Term

Sides = tuple[tuple[Index, ...], tuple[Index, ...]]


@dataclass(frozen=True)
class Product:
    """A scalar times a Kronecker product, with commutation matrices on its sides.

    Attributes
    ----------
    scalar : SymPy scalar
    parts : tuple of MatrixExpr
        The factors of the Kronecker product; none for a scalar.
    left, right : Commutation or None
    """

    scalar: Any
    parts: tuple[MatrixExpr, ...] = ()
    left: Commutation | None = None
    right: Commutation | None = None


def written(term: Term, indices: Indices) -> Product:
    """A term without anything random.

    Raises
    ------
    UnsupportedError
        If it is no product of matrices, entrywise products and Kronecker products.
    """
    network = _Network(term, indices)
    network.reduce()
    for turn_left, turn_right in ((False, False), (True, False), (False, True)):
        rows, cols = term.rows, term.cols
        if (turn_left and len(rows) != 2) or (turn_right and len(cols) != 2):
            continue
        rows, cols = rows[::-1] if turn_left else rows, cols[::-1] if turn_right else cols
        segments = network.segments(rows, cols)
        if segments is not None:
            size = indices.size
            left = Commutation(size[rows[1]], size[rows[0]]) if turn_left else None
            right = Commutation(size[cols[0]], size[cols[1]]) if turn_right else None
            return Product(network.scalar, tuple(network.matrix(*s) for s in segments), left, right)
    raise UnsupportedError(
        f"the expectation has a part that is no Kronecker product of matrices, nor one with its two indices exchanged; "
        f"{LANE}"
    )


@dataclass
class _Network:
    """The factors of a term by their indices.

    Attributes
    ----------
    scalar : SymPy scalar
    weights : dict
        At each index the vectors whose entries stand there alone.
    edges : list of (matrix, row, col)
    """

    term: Term
    indices: Indices
    scalar: Any = sympy.S.One
    weights: dict[Index, list[MatrixExpr]] = field(default_factory=dict)
    edges: list[tuple[MatrixExpr, Index, Index]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scalar = self.term.coefficient
        self.open = {*self.term.rows, *self.term.cols}
        self.inner = set(self.term.inner)
        fixed = self._fixed()
        for f in self.term.factors:
            if not isinstance(f.matrix, int):
                self._add(f, fixed)
        self.inner -= fixed.keys()

    def _fixed(self) -> dict[Index, int]:
        """The indices at which unit vectors stand."""
        fixed: dict[Index, int] = {}
        for f in self.term.factors:
            if isinstance(f.matrix, int):
                assert f.row is not None
                if f.row in self.open:
                    raise UnsupportedError(f"an entry beside a matrix that it shares an index with: {LANE}")
                if fixed.setdefault(f.row, f.matrix) != f.matrix:
                    self.scalar = sympy.S.Zero
        return fixed

    def _add(self, f: Factor, fixed: dict[Index, int]) -> None:
        row, col, matrix = f.row, f.col, f.matrix
        free = [i for i in (row, col) if i is not None and i not in fixed]
        if not free:
            at = [0 if i is None else fixed[i] for i in (row, col)]
            at = sorted(at) if isinstance(matrix, SymmetricMatrix) else at
            self.scalar = self.scalar * (Trace(matrix) if row is col is None else matrix[tuple(at)])
        elif len(free) == 1 and (row in fixed or col in fixed):
            raise UnsupportedError(f"a row or a column of {matrix} at a given index: {LANE}")
        elif row is None or col is None:
            self._weigh(free[0], matrix if col is None else matrix.T)
        else:
            self.edges.append((matrix, row, col))

    def _weigh(self, index: Index, vector: MatrixExpr) -> None:
        self.weights.setdefault(index, []).append(tidy(vector))

    def reduce(self) -> None:
        """Sum over all indices that can be summed over, until none is left.

        Raises
        ------
        UnsupportedError
            If an index cannot be.
        """
        changed = True
        while changed:
            changed = self._loops() or self._parallel() or self._summed()
        if self.inner:
            sizes = ", ".join(sorted({str(self.indices.size[i]) for i in self.inner}))
            raise UnsupportedError(
                f"the expectation has a sum over an index of size {sizes} of entries of three matrices or more, which "
                f"is no product of matrices nor an entrywise one; {LANE}"
            )

    def _loops(self) -> bool:
        loops = [e for e in self.edges if e[1] == e[2]]
        for matrix, i, _ in loops:
            self._weigh(i, DiagonalOf(tidy(matrix)))
        self.edges = [e for e in self.edges if e[1] != e[2]]
        return bool(loops)

    def _parallel(self) -> bool:
        first: dict[frozenset[Index], int] = {}
        for k, (matrix, i, j) in enumerate(self.edges):
            ends = frozenset((i, j))
            if ends not in first:
                first[ends] = k
                continue
            other, a, b = self.edges[first[ends]]
            same = matrix if (a, b) == (i, j) else matrix.T
            if self._is_apart(ends):  # Σ_ij A_ij B_ij
                self.scalar = self.scalar * Trace(other * same.T)
                self.edges = [e for e in self.edges if not ends & {*e[1:]}]
                self.inner -= ends
                return True
            product = HadamardProduct(*_flat(tidy(other)), *_flat(tidy(same)))
            self.edges[first[ends]] = (product, a, b)
            del self.edges[k]
            return True
        return False

    def _is_apart(self, ends: frozenset[Index]) -> bool:
        """True if two inner indices are those of two entries, and of nothing else."""
        at = [e for e in self.edges if ends & {*e[1:]}]
        return ends <= self.inner and len(at) == 2 and ends.isdisjoint(self.weights)

    def _summed(self) -> bool:
        for i in sorted(self.inner):
            at = [e for e in self.edges if i in e[1:]]
            if len(at) > 2:
                continue
            vectors = self.weights.pop(i, [])
            self.inner.remove(i)
            self.edges = [e for e in self.edges if i not in e[1:]]
            if not at:
                self.scalar = self.scalar * self._total(vectors, i)
            elif len(at) == 1:
                matrix, row, col = at[0]
                turned = matrix if col == i else matrix.T
                vector = self._vector(vectors, i)
                self._weigh(row if col == i else col, turned * vector)
            else:
                (one, a, b), (two, c, e) = at
                left, start = (one, a) if b == i else (one.T, b)
                right, end = (two, e) if c == i else (two.T, c)
                middle = (DiagMatrix(self._vector(vectors, i)),) if vectors else ()
                self.edges.append((_evaluated(MatMul(left, *middle, right)), start, end))
            return True
        return False

    def _vector(self, vectors: list[MatrixExpr], i: Index) -> MatrixExpr:
        if not vectors:
            return OneMatrix(self.indices.size[i], 1)
        return vectors[0] if len(vectors) == 1 else HadamardProduct(*(x for v in vectors for x in _flat(v)))

    def _total(self, vectors: list[MatrixExpr], i: Index) -> Any:
        """Σ_i of a product of entries."""
        if not vectors:
            return self.indices.size[i]
        if len(vectors) == 1 and isinstance(vectors[0], DiagonalOf):
            return _evaluated(Trace(vectors[0].arg))
        *rest, last = vectors
        left = self._vector(rest, i).T if rest else OneMatrix(1, self.indices.size[i])
        return _evaluated(Trace(MatMul(left, last)))

    # --- open indices ------------------------------------------------------------------------------------

    def segments(self, rows: tuple[Index, ...], cols: tuple[Index, ...]) -> list[Sides] | None:
        """The open indices as those of Kronecker factors, one after the other; None if they are not such."""
        if not rows and not cols:
            return []
        groups = self._groups()
        for i, j in ((1, 1), (1, 0), (0, 1), (2, 0), (0, 2)):
            if len(rows) < i or len(cols) < j:
                continue
            taken = {*rows[:i], *cols[:j]}
            left = {*rows[i:], *cols[j:]}
            if any(group & taken and group & left for group in groups) or taken & left:
                continue
            rest = self.segments(rows[i:], cols[j:])
            if rest is not None:
                return [(rows[:i], cols[:j]), *rest]
        return None

    def _groups(self) -> list[set[Index]]:
        return [{i, j} for _, i, j in self.edges]

    def matrix(self, rows: tuple[Index, ...], cols: tuple[Index, ...]) -> MatrixExpr:
        """The Kronecker factor with these open indices."""
        if len(rows) == 2:
            return Vec(tidy(self.matrix(rows[1:], rows[:1])))
        if len(cols) == 2:
            return Vec(tidy(self.matrix(cols[1:], cols[:1]))).T
        if not cols:
            return self._vector(self.weights.get(rows[0], []), rows[0])
        if not rows:
            return self._vector(self.weights.get(cols[0], []), cols[0]).T
        (i,), (j,) = rows, cols
        if i == j:
            vectors = self.weights.get(i, [])
            return DiagMatrix(self._vector(vectors, i)) if vectors else Identity(self.indices.size[i])
        between = [
            matrix if (a, b) == (i, j) else matrix.T for matrix, a, b in self.edges if {a, b} == {i, j}
        ]
        if not between:
            left, right = (self._vector(self.weights.get(k, []), k) for k in (i, j))
            return left * right.T
        left, right = (
            [DiagMatrix(self._vector(self.weights[k], k))] if k in self.weights else [] for k in (i, j)
        )
        return reduce(lambda a, b: a * b, [*left, *between, *right])


def _flat(matrix: MatrixExpr) -> tuple[Any, ...]:
    """The factors of an entrywise product."""
    return matrix.args if isinstance(matrix, HadamardProduct) else (matrix,)


def tidy(matrix: MatrixExpr) -> MatrixExpr:
    """A constant matrix in one way of writing it."""
    matrix = _evaluated(matrix)
    return matrix if isinstance(matrix, sympy.MatrixBase) else write_matrix(read_matrix(matrix))


def _evaluated(matrix: Any) -> Any:
    """A product of explicit matrices alone as one of them, or as a number."""
    if not has_kind(matrix, sympy.MatrixBase) or has_kind(matrix, MatrixSymbol):
        return matrix
    ones = {x: x.as_explicit() for x in matrix.atoms(OneMatrix) if all(size.is_Integer for size in x.shape)}
    value = matrix.xreplace(ones).doit()
    return sympy.ImmutableMatrix(value) if isinstance(value, sympy.MatrixBase) else value
