"""`expect_at`: an exact expectation at given sizes, entry by entry, of more than products of matrices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr, MatrixSymbol

from symicl.algebra import (
    Covariance,
    Diagonal,
    DiagonalCovariance,
    OnesVector,
    RandomMatrix,
    Structured,
    SymmetricMatrix,
    check_law,
    formula_of,
    parts_of,
    refuse_foreign,
    refuse_namesakes,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.expectation.at_sizes.explicit import Explicit, Grid
from symicl.expectation.at_sizes.instances import instance_of_difference
from symicl.expectation.at_sizes.laws import mean_of, moment_of, places
from symicl.expectation.at_sizes.quotients import Exponents, Quotient, Variables
from symicl.verdicts import PROVED_AT, REFUTED, UNDECIDED, Judged

MAX_SIZE = 12
MAX_DRAWN = 40
"""Entries that are drawn, of all random matrices together."""
MAX_MONOMIALS = 40_000
"""Of all entries of what is averaged together."""
MAX_FIXED = 400
"""Entries of constant matrices, and scalars."""


def expect_at(expression: Any, **sizes: int) -> ExactAtSizes:
    """The exact expectation of an expression at given sizes, computed entry by entry.

    Parameters
    ----------
    expression : SymPy scalar or matrix expression
        A polynomial in the *entries* of declared random matrices: beside sums, products, powers, transposes and traces
        also Hadamard and Kronecker products, entrywise powers, `sympy.DiagonalOf`, `sympy.DiagMatrix`, `vec`, single
        entries ``X[i, j]`` (counted from 0), determinants, and sums over entries.
    **sizes : int
        A number for each size, by name. Scalars and entries of constant matrices stay symbols.

    Returns
    -------
    ExactAtSizes
        Its ``value`` holds at these sizes alone.

    Raises
    ------
    InputError
        If a size is missing, unknown or no number from 1 to `MAX_SIZE`.
    UnsupportedError
        If too much would have to be multiplied out, a law has no moments entry by entry, or the expression is no
        polynomial in what is drawn.

    Notes
    -----
    The calculus of `expect` is not used: each matrix is a grid of variables, the expression is multiplied out, and
    each monomial is averaged by the moments of its entries.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> n, d = si.dims("n d")
    >>> X = si.gaussian("X", (n, d))
    >>> found = si.expect_at(sympy.Determinant(X.T * X), n=3, d=2)
    >>> found
    6, exact at n = 3, d = 2 and at no other sizes
    >>> found.judge(n * (n - 1)).verdict, found.judge(n * d).verdict, found.judge(n).verdict
    ('proved at n = 3, d = 2', 'proved at n = 3, d = 2', 'refuted')
    """
    formula = formula_of(expression)
    if not isinstance(formula, sympy.Basic):
        formula = formula.expr
    computation = _Computation((formula,), sizes)
    return ExactAtSizes(formula, computation.sizes, computation.written(computation.mean(formula)))


def judged_at(value: Any, stated: Any, sizes: dict[str, int]) -> AtSizes:
    """Compare two expressions without anything random at given sizes, all that may occur in them.

    Raises
    ------
    InputError
        If they differ in shape.
    """
    computation = _Computation((value, stated), sizes, exactly=False)
    left, right = computation.grid(value), computation.grid(stated)
    where = _where(sizes)
    if (len(left), len(left[0])) != (len(right), len(right[0])):
        raise InputError(
            f"the stated value is {len(right)}×{len(right[0])}, and the expectation {len(left)}×{len(left[0])}"
        )
    pairs = [(x, y) for r, s in zip(left, right, strict=True) for x, y in zip(r, s, strict=True)]
    wrong = [(x, y) for x, y in pairs if x != y]
    if not wrong:
        return AtSizes(
            f"{PROVED_AT}{where}",
            f"equal as rational functions of all entries at {where}; other sizes are not decided",
        )
    if computation.related:
        names = ", ".join(computation.related)
        return AtSizes(
            UNDECIDED,
            f"the entries of {names} satisfy equations, which are not used here; at {where} the two differ unless "
            "these make them equal",
        )
    return AtSizes(REFUTED, f"at {where}{instance_of_difference(*wrong[0], computation.kinds)}")


def _where(sizes: Mapping[Any, int]) -> str:
    """The sizes as text; there are none to name where all of them are numbers."""
    return ", ".join(f"{name} = {size}" for name, size in sizes.items()) or "the sizes as they are written"


def average_at(expression: Any, sizes: dict[str, int]) -> Any:
    """The value of `expect_at`, where some of the sizes need not occur in the expression."""
    computation = _Computation((expression,), sizes, exactly=False)
    return computation.written(computation.mean(expression))


@dataclass(frozen=True, eq=False, repr=False)
class ExactAtSizes:
    """An expectation at given sizes; nothing is said of others.

    Attributes
    ----------
    expression : SymPy expression
        What was averaged.
    sizes : dict
        From each size to its number.
    value : SymPy scalar or explicit matrix
        In scalars and in entries of constant matrices.
    """

    expression: Any
    sizes: dict[sympy.Symbol, int]
    value: Any

    @property
    def where(self) -> str:
        """The sizes as text."""
        return _where(self.sizes)

    def judge(self, stated: Any) -> AtSizes:
        """Compare with a stated value at these sizes.

        Parameters
        ----------
        stated : SymPy expression or closed form
            Free of what is random.

        Raises
        ------
        InputError
            If it is random or of another shape.
        """
        formula = formula_of(stated)
        formula = formula if isinstance(formula, sympy.Basic) else formula.expr
        if any(isinstance(part, RandomMatrix) for part in parts_of(formula)):
            raise InputError(f"the stated value {brief(formula)} is random; state its expectation")
        return judged_at(self.value, formula, {str(symbol): size for symbol, size in self.sizes.items()})

    def latex(self) -> str:
        """LaTeX of the value, with the sizes at which it holds."""
        where = r",\ ".join(f"{sympy.latex(symbol)}={size}" for symbol, size in self.sizes.items())
        where = where or r"\text{the sizes as they are written}"
        return rf"{sympy.latex(self.value)}\qquad\text{{exact at }}{where}\text{{ alone}}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __repr__(self) -> str:
        return f"{self.value}, exact at {self.where} and at no other sizes"


@dataclass(frozen=True)
class AtSizes(Judged):
    """A comparison at given sizes.

    Attributes
    ----------
    verdict : str
        "proved at n = 3, d = 2", which says nothing of other sizes; "refuted"; or "undecided".
    reason : str
    """

    verdict: str
    reason: str

    def __repr__(self) -> str:
        return f"{self.verdict}: {self.reason}"


class _Computation:
    """The letters of some expressions as grids at given sizes.

    Attributes
    ----------
    sizes : dict
    kinds : dict
        From each constant variable to "off the diagonal", "positive" or nothing, for instances.
    related : list of str
        Matrices whose entries satisfy equations that are not used.
    """

    def __init__(self, formulas: tuple[sympy.Basic, ...], sizes: dict[str, Any], *, exactly: bool = True):
        refuse_namesakes(*formulas)
        for formula in formulas:
            refuse_foreign(formula)
        self.random = _random(formulas)
        laws = [part for z in self.random for part in (*z.shape, *z.law_parts)]
        symbols = _symbols((*formulas, *laws))
        self.sizes = _checked_sizes(symbols, sizes, exactly=exactly)
        scalars = {s: s for s in symbols if isinstance(s, sympy.Symbol) and s not in self.sizes}
        bare = Explicit(Variables({}, []), self.sizes, {})
        constants = [m for m in symbols if isinstance(m, MatrixSymbol)]
        shapes = {m: tuple(map(bare.size, m.shape)) for m in (*constants, *self.random)}
        where = {z: places(z, *shapes[z]) for z in self.random}
        drawn = [(z, place) for z in self.random for place in where[z]]
        entries = {key: m[key[1]] for m in constants for key in _entries(m, shapes[m]).values() if key}
        if len(drawn) > MAX_DRAWN or len(entries) + len(scalars) > MAX_FIXED:
            raise UnsupportedError(
                f"{len(drawn)} random and {len(entries)} constant entries are more than are taken entry by entry "
                f"({MAX_DRAWN} and {MAX_FIXED}); take smaller sizes"
            )
        variables = Variables({**scalars, **entries}, list(drawn))
        letters: dict[MatrixExpr, Grid] = {}
        self._explicit = Explicit(variables, self.sizes, letters)
        for m in constants:
            letters[m] = _constant_grid(m, shapes[m], variables)
        self._moments = []
        for z in self.random:
            rows, cols = shapes[z]
            grid = [
                [variables.of((z, (i, j) if (i, j) in where[z] else (j, i))) for j in range(cols)]
                for i in range(rows)
            ]
            mean = mean_of(z)
            if mean is not None:
                shift = self._explicit.matrix(mean)
                grid = [[x + y for x, y in zip(r, s, strict=True)] for r, s in zip(grid, shift, strict=True)]
            self._moments.append((len(where[z]), moment_of(z, where[z], self._explicit)))
            letters[z] = grid
        self.kinds = {key: _kind(key) for key in variables.fixed}
        entrywise = (Diagonal, DiagonalCovariance, OnesVector)
        related = [m for m in constants if isinstance(m, Structured) and not isinstance(m, entrywise)]
        self.related = [str(m.name) for m in related]

    def grid(self, formula: sympy.Basic) -> Grid:
        """An expression entry by entry."""
        if isinstance(formula, MatrixExpr | sympy.MatrixBase):
            return self._explicit.matrix(formula)
        return [[self._explicit.scalar(formula)]]

    def mean(self, formula: sympy.Basic) -> Grid:
        """E of it."""
        grid = self.grid(formula)
        total = sum(len(x.num) for row in grid for x in row)
        if total > MAX_MONOMIALS:
            raise UnsupportedError(
                f"entry by entry this has {total} monomials, and at most {MAX_MONOMIALS} are averaged; smaller sizes "
                "have fewer"
            )
        return [[x.mean(self._moment) for x in row] for row in grid]

    def _moment(self, exponents: Exponents) -> Quotient:
        result, start = self._explicit.variables.number(1), 0
        for count, moment in self._moments:
            part = exponents[start : start + count]
            start += count
            if result and any(part):
                result = result * moment(part)
        return result

    @staticmethod
    def written(grid: Grid) -> Any:
        """A scalar, or an explicit matrix."""
        entries = [[x.written() for x in row] for row in grid]
        return entries[0][0] if len(grid) == len(grid[0]) == 1 else sympy.ImmutableMatrix(entries)


def _random(formulas: tuple[sympy.Basic, ...]) -> list[RandomMatrix]:
    found: set[Any] = {z for formula in formulas for z in parts_of(formula) if isinstance(z, RandomMatrix)}
    for z in found:
        check_law(z)
    return sorted(found, key=lambda z: z.name)


def _symbols(parts: Any) -> list[Any]:
    """Constant symbols by name; indices of sums are none."""
    found = {s for part in parts for s in part.free_symbols if not isinstance(s, RandomMatrix)}
    sizes = {s for m in found if isinstance(m, MatrixSymbol) for size in m.shape for s in size.free_symbols}
    inner = {s for m in found | sizes for s in getattr(m, "free_symbols", ()) if isinstance(s, sympy.Symbol)}
    return sorted(found | sizes | inner, key=lambda s: (isinstance(s, MatrixSymbol), s.name))


def _checked_sizes(symbols: list[Any], given: dict[str, Any], *, exactly: bool) -> dict[sympy.Symbol, int]:
    wanted = {s.name: s for s in symbols if isinstance(s, sympy.Symbol) and s.is_integer and s.is_positive}
    for name, size in given.items():
        if name not in wanted and exactly:
            known = f"; the sizes are {', '.join(wanted)}" if wanted else "; it has no sizes"
            raise InputError(f"{name} is no size of this expression{known}")
        if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_SIZE:
            raise InputError(f"{name}={brief(size)} is no size; give a whole number from 1 to {MAX_SIZE}")
    missing = [name for name in wanted if name not in given]
    if missing:
        raise InputError(f"no number is given for {', '.join(missing)}; add {missing[0]}=2, for example")
    return {wanted[name]: given[name] for name in given if name in wanted}


def _entries(m: MatrixSymbol, shape: tuple[int, ...]) -> dict[tuple[int, int], Any]:
    """The key of the variable of each entry; None for 0 and for 1."""

    def key(i: int, j: int) -> Any:
        if isinstance(m, OnesVector) or (isinstance(m, Diagonal | DiagonalCovariance) and i != j):
            return None
        return m, ((j, i) if isinstance(m, SymmetricMatrix) and i > j else (i, j))

    return {(i, j): key(i, j) for i in range(shape[0]) for j in range(shape[1])}


def _constant_grid(m: MatrixSymbol, shape: tuple[int, ...], variables: Variables) -> Grid:
    rows, cols = shape
    bare = variables.number(int(isinstance(m, OnesVector)))
    keys = _entries(m, shape)
    return [[variables.of(keys[i, j]) if keys[i, j] else bare for j in range(cols)] for i in range(rows)]


def _kind(key: Any) -> str:
    """The range of a constant in an instance."""
    if isinstance(key, sympy.Symbol):
        return "positive" if key.is_positive or key.is_nonnegative else ""
    m, (i, j) = key
    if isinstance(m, Covariance):
        return "positive" if i == j else "off the diagonal"
    return ""
