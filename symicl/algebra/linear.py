"""Linear systems over the rational functions, and the stationary points of quadratic forms that they give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from symicl.algebra.coefficients import Coefficient, Field
from symicl.algebra.differentiate import gradient
from symicl.algebra.form import ClosedForm, Operand, closed_form, lowest_terms, over_field
from symicl.algebra.letters import ONE
from symicl.algebra.provenance import unheard
from symicl.errors import DerivationError


@unheard
def solve(rows: Sequence[Sequence[Operand]], right: Sequence[Operand]) -> list[ClosedForm]:
    """The solution of a square linear system.

    Parameters
    ----------
    rows : sequence of sequences of scalars
    right : sequence of scalars

    Raises
    ------
    DerivationError
        If its determinant vanishes identically.

    Notes
    -----
    Gauss–Jordan elimination without fractions (Bareiss): every division is exact, and in the end each entry on the
    diagonal is the determinant. A certificate does not follow it; put the solution into the equations.

    Examples
    --------
    >>> import symicl as si
    >>> from symicl.algebra.form_reader import read_form
    >>> a, b = (read_form(si.scalar(name)) for name in "ab")
    >>> solve([[a, 1], [1, b]], [1, 0])
    [ClosedForm(b/(a*b - 1)), ClosedForm(-1/(a*b - 1))]
    """
    found = solutions(rows, right)
    if found is None or found.free or len(found.values) != len(rows):
        raise DerivationError("a linear system of a derivation has no unique solution")
    return found.values


@dataclass(frozen=True)
class Solutions:
    """A solution of a linear system.

    Attributes
    ----------
    values : list of ClosedForm
        0 for each unknown that is free.
    free : tuple of int
        The places of unknowns that the system leaves open.
    """

    values: list[ClosedForm]
    free: tuple[int, ...]


@unheard
def solutions(rows: Sequence[Sequence[Operand]], right: Sequence[Operand]) -> Solutions | None:
    """A solution of any linear system, None if there is none; see `solve`.

    Examples
    --------
    >>> solutions([[1, 2], [2, 4]], [3, 6])
    Solutions(values=[ClosedForm(3), ClosedForm(0)], free=(1,))
    >>> solutions([[1, 2], [2, 4]], [3, 5]) is None
    True
    """
    forms = [[closed_form(x) for x in (*row, value)] for row, value in zip(rows, right, strict=True)]
    field, matrix = _polynomials(forms)
    count = len(forms[0]) - 1 if forms else 0
    matrix, places, before = _eliminated(field, matrix, count)
    if any(row[-1] for row in matrix[len(places) :]):
        return None
    zero = ClosedForm.number(0)
    values = dict.fromkeys(range(count), zero)
    for column, row in zip(places, matrix, strict=False):
        if row[-1]:
            values[column] = lowest_terms(ONE, ONE, field, {((), ()): row[-1]}, before)
    return Solutions(list(values.values()), tuple(j for j in range(count) if j not in places))


@unheard
def kernel(rows: Iterable[Sequence[Operand]], size: int) -> list[list[ClosedForm]]:
    """A basis of the vectors that a homogeneous linear system maps to zero, over the rational functions.

    Parameters
    ----------
    rows : iterable of sequences of scalars
        The equations, each of ``size`` coefficients.
    size : int
        The number of unknowns.

    Returns
    -------
    list of lists of ClosedForm
        One vector for each unknown that the others determine no more, with a 1 in its place.

    Examples
    --------
    >>> import symicl as si
    >>> from symicl.algebra.form_reader import read_form
    >>> a = read_form(si.scalar("a"))
    >>> kernel([[a, 1, 0], [a * a, a, 0]], 3)
    [[ClosedForm(-1/a), ClosedForm(1), ClosedForm(0)], [ClosedForm(0), ClosedForm(0), ClosedForm(1)]]
    """
    field, matrix = _polynomials([[closed_form(x) for x in row] for row in rows])
    matrix, places, before = _eliminated(field, matrix, size)
    basis = []
    for free in (column for column in range(size) if column not in places):
        vector = [ClosedForm.number(int(column == free)) for column in range(size)]
        for row, column in zip(matrix, places, strict=False):
            entry = -row[free]
            vector[column] = lowest_terms(ONE, ONE, field, {((), ()): entry} if entry else {}, before)
        basis.append(vector)
    return basis


def _eliminated(
    field: Field, matrix: list[list[Coefficient]], count: int
) -> tuple[list[list[Coefficient]], list[int], Coefficient]:
    """Elimination of the first columns: the rows, the columns of the pivots, and the pivot, one for all rows."""
    before, places = field.one, list[int]()
    for column in range(count):
        k = len(places)
        if not _pivot(matrix, k, column):
            continue
        for i, other in enumerate(matrix):
            if i != k:
                matrix[i] = _reduced(other, matrix[k], column, before)
        before = matrix[k][column]
        places.append(column)
        matrix = [row for i, row in enumerate(matrix) if i <= k or any(row)]
    return matrix, places, before


def determinant(rows: Sequence[Sequence[Any]]) -> Any:
    """The determinant of a square matrix of polynomials of python-flint, by the same elimination."""
    matrix, before, sign = [list(row) for row in rows], None, 1
    for k in range(len(matrix) - 1):
        moved = _pivot(matrix, k, k)
        if not moved:
            return matrix[k][k]
        sign *= moved
        for i in range(k + 1, len(matrix)):
            matrix[i] = _reduced(matrix[i], matrix[k], k, before)
        before = matrix[k][k]
    return matrix[-1][-1] * sign


def _pivot(matrix: list[list[Any]], k: int, column: int) -> int:
    """Bring the shortest entry of a column, from row k on, into that row; the sign of the exchange, 0 if all vanish."""
    pivots = [i for i in range(k, len(matrix)) if matrix[i][column]]
    if not pivots:
        return 0
    best = min(pivots, key=lambda i: len(matrix[i][column]))
    matrix[k], matrix[best] = matrix[best], matrix[k]
    return 1 if best == k else -1


def _reduced(row: list[Any], by: list[Any], k: int, before: Any) -> list[Any]:
    """One row of Bareiss' elimination; the division by the pivot before is exact."""
    crossed = [by[k] * x - row[k] * y for x, y in zip(row, by, strict=True)]
    return crossed if before is None else [x / before for x in crossed]


def _polynomials(rows: list[list[ClosedForm]]) -> tuple[Field, list[list[Coefficient]]]:
    """Each row times its common denominator, over one field in which all traces are generators."""
    field = Field.of(())
    for form in (form for row in rows for form in row):
        field = field.join(form.field).join(Field.of({word for m, _ in form.terms for word in m}))
    found = []
    for row in rows:
        parts = [over_field(form, field) for form in row]
        common = field.one
        for part in parts:
            common = common / common.gcd(part.denominator) * part.denominator
        found.append([sum(part.terms.values(), field.zero) * (common / part.denominator) for part in parts])
    return field, found


@unheard
def stationary_point(quadratic: ClosedForm, letters: Sequence[int]) -> dict[int, ClosedForm]:
    """Where a scalar that is quadratic in some scalar letters is stationary in them.

    Raises
    ------
    DerivationError
        If there is no such point, or more than one.
    """
    slopes = [gradient(quadratic, a) for a in letters]
    origin = dict.fromkeys(letters, ClosedForm.number(0))
    rows = [[gradient(slope, a) for a in letters] for slope in slopes]
    return dict(zip(letters, solve(rows, [-slope.substitute(origin) for slope in slopes]), strict=True))
