"""Vectors with a joint Gaussian law, [x; y] ~ N(0, [[S, C], [C', T]]).

Each is a sum of independent Gaussians: for every pair there is a vector p ~ N(0, I) with x = x₀ + p, y = y₀ + C'p, and
x₀ ~ N(0, S − I), y₀ ~ N(0, T − C'C). There are such x₀ and y₀ where S and T are large, and as moments are polynomials
in the covariance, what is found is right for all. No inverse of a block is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import sympy
from sympy.matrices.expressions import Identity

from symicl import algebra
from symicl.algebra import ClosedForm, Covariance, RandomMatrix, meaning_of, read_form
from symicl.errors import InputError, SymiclError
from symicl.language.value import Value, fitted, form_of, is_scalar, kind_of, sizes_of
from symicl.numeric import AtNumbers, ExactMatrix, is_semidefinite_matrix, sympy_rational
from symicl.tasks import Values

MAX_VECTORS = 6

JOINT = (
    "moments of a joint Gaussian law are polynomials in its covariance, so they are those of sums of independent "
    "Gaussians, which have this law where the covariance of each vector is large"
)


@dataclass(frozen=True, eq=False)
class JointLaw:
    """Vectors with a joint Gaussian law.

    Attributes
    ----------
    names : tuple of str
    vectors : tuple of ClosedForm
        Each as a sum of independent Gaussians.
    letters : tuple of RandomMatrix
        These Gaussians.
    blocks : tuple of tuples of ClosedForm
        The covariance.
    """

    names: tuple[str, ...]
    vectors: tuple[ClosedForm, ...]
    letters: tuple[RandomMatrix, ...]
    blocks: tuple[tuple[ClosedForm, ...], ...]

    @property
    def symbols(self) -> set[Any]:
        """The symbols of the covariance, without sizes."""
        letters = {a for row in self.blocks for block in row for a in block.letters()}
        found = {s for a in letters if isinstance(m := meaning_of(a), sympy.Basic) for s in m.free_symbols}
        return {s for s in found if not s.is_integer}

    def at(self, values: Values) -> Values | None:
        """Values at which there is such a law: these, or with larger covariances of the vectors; None without any."""
        for raised in (False, True):
            if raised:
                values = self._raised(values)
            if is_semidefinite_matrix(self._matrix(values), strict=False):
                return values
        return None

    def _matrix(self, values: Values) -> ExactMatrix:
        numbers = AtNumbers(values)
        rows: list[list[Any]] = []
        for line in self.blocks:
            found = [_as_matrix(numbers.of(block)) for block in line]
            rows += [[x for m in found for x in m.tolist()[i]] for i in range(found[0].nrows())]
        return flint.fmpq_mat(rows)

    def _raised(self, values: Values) -> Values:
        """The covariances of single vectors, where they are letters, with more than all that stands beside them."""
        entries = [abs(x) for x in self._matrix(values).entries()]
        more = flint.fmpq(1) + sum(entries, flint.fmpq(0))
        found = dict(values)
        for symbol in {s for i, row in enumerate(self.blocks) for s in _covariances(row[i])}:
            value = found[symbol]
            if isinstance(value, ExactMatrix):
                size = value.nrows()
                found[symbol] = value + flint.fmpq_mat(
                    size, size, [more * int(i == j) for i in range(size) for j in range(size)]
                )
            else:
                found[symbol] = value + sympy_rational(more)
        return found


def _as_matrix(value: Any) -> ExactMatrix:
    return value if isinstance(value, ExactMatrix) else flint.fmpq_mat(1, 1, [value])


def _covariances(block: ClosedForm) -> set[Any]:
    meanings = [meaning_of(a) for a in block.letters()]
    return {
        m
        for m in meanings
        if type(m) is Covariance or (isinstance(m, sympy.Symbol) and m.is_nonnegative and not m.is_integer)
    }


def joint_law(names: Sequence[str], rows: Sequence[Sequence[Value]], means: Sequence[Value]) -> JointLaw:
    """The law of several vectors.

    Parameters
    ----------
    names : sequence of str
    rows : sequence of sequences of Value
        The blocks of the covariance.
    means : sequence of Value
        Empty for 0.

    Raises
    ------
    InputError
        If the blocks are not those of a symmetric matrix of as many rows as names.
    """
    count = len(names)
    if count > MAX_VECTORS:
        raise InputError(f"{count} vectors have a joint law; at most {MAX_VECTORS} are taken here")
    if [len(row) for row in rows] != [count] * count:
        raise InputError(
            f"the covariance of {count} vectors has {count} rows of {count} blocks: [[S, C], [C', T]]"
        )
    sizes = [_size(names[i], [row[i] for row in rows], rows[i]) for i in range(count)]
    blocks = [[_shaped(x, sizes[i], sizes[j]) for j, x in enumerate(row)] for i, row in enumerate(rows)]
    for i in range(count):
        for j in range(i, count):
            if blocks[j][i] != blocks[i][j].T:
                raise InputError(
                    f"the covariance is not symmetric: block ({j + 1}, {i + 1}) is not the transpose of block "
                    f"({i + 1}, {j + 1})"
                )
    vectors: list[Any] = []
    letters: list[RandomMatrix] = []
    common = {
        (j, i): algebra.gaussian(f"common_{names[j]}_{names[i]}", sizes[j])
        for i in range(count)
        for j in range(i)
        if blocks[j][i]
    }
    for i, name in enumerate(names):
        rest = _expr(blocks[i][i])
        total: Any = None
        for (j, k), p in common.items():
            if i in (j, k):
                C = _expr(blocks[j][k]).T if i == k else Identity(sizes[j])
                rest = rest - C * C.T
                total = C * p if total is None else total + C * p
        own = algebra.gaussian(f"own_{name}", sizes[i], row_cov=rest)
        letters.append(own)
        total = own if total is None else own + total
        if means:
            total = total + _expr(_shaped(means[i], sizes[i], 1))
        vectors.append(read_form(total))
    letters += common.values()
    return JointLaw(tuple(names), tuple(vectors), tuple(letters), tuple(map(tuple, blocks)))


def _size(name: str, column: Sequence[Value], row: Sequence[Value]) -> Any:
    """The size of a vector by the blocks in its row and its column."""
    found = [sizes_of(x)[0] for x in row if isinstance(x, ClosedForm) and not x.is_scalar]
    found += [sizes_of(x)[1] for x in column if isinstance(x, ClosedForm) and not x.is_scalar]
    if not found and any(not isinstance(x, ClosedForm) for x in (*row, *column)):
        raise InputError(f"the size of {name} is not known; write I_d for I")
    if len(set(found)) > 1:
        raise InputError(
            f"the blocks of {name} do not fit together: their sizes are {found[0]} and {found[1]}"
        )
    return found[0] if found else sympy.Integer(1)


def _shaped(value: Value, rows: Any, cols: Any) -> ClosedForm:
    """A block in its size: 0 and multiples of I have none of their own."""
    zero = ClosedForm.zero(algebra.dimension_index(rows), algebra.dimension_index(cols))
    found = form_of(fitted(value, zero))
    if (rows, cols) != (1, 1) and (is_scalar(found) or sizes_of(found) != (rows, cols)):
        raise InputError(f"a block of {rows}×{cols} is {kind_of(value)}")
    return found


def _expr(block: ClosedForm) -> Any:
    """A block as a matrix expression."""
    expression = block.expr
    return expression * Identity(1) if block.is_scalar and not hasattr(expression, "shape") else expression


def possible(values: Values, laws: Iterable[JointLaw]) -> Values | None:
    """Values at which there are laws with these joint covariances; None if there are not."""
    found: Values | None = values
    for law in laws:
        if found is None:
            return None
        if law.symbols & found.keys():
            try:
                found = law.at(found)
            except (SymiclError, ZeroDivisionError, KeyError):
                return None
    return found
