"""A quadratic at numbers: one linear system in all entries of the unknowns, in exact arithmetic.

It knows nothing of how the symbolic equations are solved; only the gradients are evaluated, one entry after the other.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import flint
import sympy

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Covariance,
    Structured,
    SymmetricMatrix,
    meaning_of,
)
from symicl.errors import SymiclError, UnsupportedError
from symicl.numeric import (
    AtNumbers,
    ExactMatrix,
    Value,
    small_instances,
    structured_matrix,
    sympy_rational,
)
from symicl.theory.quadratic.problem import Quadratic

Values = dict[sympy.Basic, Value]

MAX_ENTRIES = 400
"""Of all unknowns together."""

NO_MINIMUM = "the objective has no minimum at these numbers: along some direction it falls for ever"

MAX_ENTRIES_COUNTED = 100
"""Up to which it is looked whether a point is the only one."""

MAX_ENTRIES_TRIED = 12
MAX_INSTANCES = 40
MAX_SIZE_TRIED = 8
"""How large and how many the instances are at which a direction is sought along which a quadratic falls."""


@dataclass(frozen=True)
class SolvedAtNumbers:
    """The minimum at numbers.

    Attributes
    ----------
    minimisers : dict
        From the symbol of each unknown to a number or an exact matrix.
    value : SymPy rational
    unique : bool
    """

    minimisers: Values
    value: sympy.Rational
    unique: bool


class QuadraticAt:
    """½ x'Hx + b'x + c in the entries x of the unknowns.

    Attributes
    ----------
    hessian : exact matrix
    slope : exact column
        b, the gradient at 0.
    """

    def __init__(self, problem: Quadratic, values: Values):
        self.problem, self.values = problem, values
        self._bases = {a: list(_basis(a, values)) for a in problem.unknowns}
        count = sum(map(len, self._bases.values()))
        if count > MAX_ENTRIES:
            raise UnsupportedError(
                f"the unknowns have {count} entries here; at most {MAX_ENTRIES} are solved"
            )
        zero = {a: _zero(a, values) for a in problem.unknowns}
        self._origin = zero
        start = self._gradient(zero)
        columns = []
        for a, basis in self._bases.items():
            for unit in basis:
                moved = self._gradient(zero | {a: unit})
                columns.append([x - y for x, y in zip(moved, start, strict=True)])
        self.hessian = flint.fmpq_mat([[column[i] for column in columns] for i in range(count)])
        self.slope = flint.fmpq_mat([[x] for x in start])

    def _gradient(self, point: Mapping[int, ExactMatrix]) -> list[flint.fmpq]:
        """The derivatives along all directions of the basis, up to one positive factor."""
        at = AtNumbers(self.values | {MEANING[a]: _exact(x) for a, x in point.items()})
        found = []
        for a, basis in self._bases.items():
            slope = at.matrix(self.problem.gradients[a])
            # By a symmetric matrix the whole gradient is kept, by others half of it.
            scale = flint.fmpq(1, 2) if PARTNER[a] == a and ROWS[a] != ONE else flint.fmpq(1)
            found += [scale * _inner(slope, unit) for unit in basis]
        return found

    def _sign(self) -> int:
        """Of the denominator of the objective, which the gradients are without."""
        below = AtNumbers(self.values).of(self.problem.objective.fraction()[1])
        if below == 0:
            raise ZeroDivisionError
        return 1 if below > 0 else -1

    @property
    def is_convex(self) -> bool:
        """True if no eigenvalue of the Hessian is negative."""
        coefficients = (self.hessian * self._sign()).charpoly().coeffs()
        size = self.hessian.nrows()
        return all((c if (size - k) % 2 == 0 else -c) >= 0 for k, c in enumerate(coefficients))

    def solve(self) -> SolvedAtNumbers:
        """The minimum.

        Raises
        ------
        UnsupportedError
            If there is none.
        """
        if not self.is_convex:
            raise UnsupportedError(NO_MINIMUM)
        size = self.hessian.nrows()
        system = flint.fmpq_mat(
            [[self.hessian[i, j] for j in range(size)] + [-self.slope[i, 0]] for i in range(size)]
        )
        reduced, rank = system.rref()
        pivots = [next(j for j in range(size + 1) if reduced[i, j] != 0) for i in range(rank)]
        if size in pivots:
            raise UnsupportedError(NO_MINIMUM)
        x = [flint.fmpq(0)] * size
        for i, j in enumerate(pivots):
            x[j] = reduced[i, size]
        point, at = dict(self._origin), 0
        for a, basis in self._bases.items():
            for unit in basis:
                point[a] = point[a] + unit * x[at]
                at += 1
        values = {MEANING[a]: _exact(matrix) for a, matrix in point.items()}
        value = AtNumbers(self.values | values).of(self.problem.objective)
        return SolvedAtNumbers(values, sympy_rational(value), rank == size)


def is_unique_at(problem: Quadratic, values: Values, *, generic: bool) -> bool:
    """True if a stationary point is the only one at numbers; of very many entries what holds in general is said."""
    count = sum(int(_size(ROWS[a], values)) * int(_size(COLS[a], values)) for a in problem.unknowns)
    if count > MAX_ENTRIES_COUNTED:
        return generic
    hessian = QuadraticAt(problem, values).hessian
    return bool(hessian.rank() == hessian.nrows())


def falling_instance(problem: Quadratic) -> Values | None:
    """A small instance at which the quadratic part is negative along some direction, if one is met."""
    unknowns = {MEANING[a] for a in problem.unknowns}
    symbols = symbols_of(problem) - unknowns
    for count, values in enumerate(small_instances(symbols)):
        if count == MAX_INSTANCES:
            break
        try:
            entries = sum(int(_size(ROWS[a], values)) * int(_size(COLS[a], values)) for a in problem.unknowns)
            if entries <= MAX_ENTRIES_TRIED and not QuadraticAt(problem, values).is_convex:
                return values
        except (SymiclError, ZeroDivisionError, OverflowError):
            continue
    return None


def is_defined(problem: Quadratic, found: Mapping[int, ClosedForm]) -> bool:
    """False if a solution is divided by zero at random instances of given sizes, as where A² is made of A and I.

    True says nothing where a size is a symbol or large.
    """
    symbols = symbols_of(problem) - {MEANING[a] for a in problem.unknowns}
    sizes: list[Any] = [DIMENSIONS[dim] for a in problem.unknowns for dim in (ROWS[a], COLS[a])]
    sizes += [size for symbol in symbols if isinstance(symbol, sympy.MatrixSymbol) for size in symbol.shape]
    sizes += [
        parameter for symbol in symbols if isinstance(symbol, Structured) for parameter in symbol.parameters
    ]
    if not all(isinstance(size, int | sympy.Integer) and size <= MAX_SIZE_TRIED for size in sizes):
        return True
    for seed in range(3):
        draws = random.Random(seed)
        at = AtNumbers({symbol: _drawn(symbol, draws) for symbol in sorted(symbols, key=str)})
        try:
            if all(at.of(form.fraction()[1]) != 0 and at.matrix(form) is not None for form in found.values()):
                return True
        except (SymiclError, ZeroDivisionError):
            continue
    return False


def _drawn(symbol: Any, draws: random.Random) -> Value:
    """A number or a matrix of a declared kind."""
    if not isinstance(symbol, sympy.MatrixSymbol):
        return sympy.Integer(draws.randint(2, 99))
    rows, cols = map(int, symbol.shape)
    matrix = flint.fmpq_mat([[flint.fmpq(draws.randint(-99, 99)) for _ in range(cols)] for _ in range(rows)])
    if isinstance(symbol, Structured):
        matrix = structured_matrix(symbol, {}, draws.randint(1, 99))
    elif isinstance(symbol, Covariance):
        matrix = matrix * matrix.transpose()
    elif isinstance(symbol, SymmetricMatrix):
        matrix = matrix + matrix.transpose()
    return _exact(matrix)


def symbols_of(problem: Quadratic) -> set[sympy.Basic]:
    """The symbols of an objective, the sizes of its matrices among them."""
    found: set[sympy.Basic] = set()
    for a in problem.objective.letters() | set(problem.unknowns):
        meaning = meaning_of(a)
        if isinstance(meaning, sympy.Basic):
            found |= {meaning} if isinstance(meaning, sympy.MatrixSymbol) else meaning.free_symbols
        for size in (DIMENSIONS[ROWS[a]], DIMENSIONS[COLS[a]]):
            found |= {size} if isinstance(size, sympy.Symbol) else set()
    return found


def _inner(a: ExactMatrix, b: ExactMatrix) -> flint.fmpq:
    rows, cols = a.nrows(), a.ncols()
    return sum((a[i, j] * b[i, j] for i in range(rows) for j in range(cols)), flint.fmpq(0))


def _size(dim: int, values: Values) -> Any:
    size: Any = DIMENSIONS[dim]
    return values.get(size, size)


def _zero(a: int, values: Values) -> ExactMatrix:
    rows, cols = (int(_size(dim, values)) for dim in (ROWS[a], COLS[a]))
    return flint.fmpq_mat(rows, cols)


def _basis(a: int, values: Values) -> Iterator[ExactMatrix]:
    zero = _zero(a, values)
    symmetric = PARTNER[a] == a
    for i in range(zero.nrows()):
        for j in range(i if symmetric else 0, zero.ncols()):
            unit = _zero(a, values)
            unit[i, j] = 1
            if symmetric:
                unit[j, i] = 1
            yield unit


def _exact(matrix: ExactMatrix) -> Value:
    """A 1×1 matrix as a number."""
    if matrix.nrows() == matrix.ncols() == 1:
        return sympy_rational(matrix[0, 0])
    return matrix
