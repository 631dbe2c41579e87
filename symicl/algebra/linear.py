"""Linear systems over the rational functions, and the stationary points of quadratic forms that they give."""

from __future__ import annotations

from collections.abc import Sequence

from symicl.algebra.closed_form import ClosedForm, Operand, closed_form, lowest_terms, over_field
from symicl.algebra.coefficients import Coefficient, Field
from symicl.algebra.differentiate import derivative
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
    forms = [[closed_form(x) for x in (*row, value)] for row, value in zip(rows, right, strict=True)]
    field, matrix = _polynomials(forms)
    before = field.one
    for k in range(len(matrix)):
        pivots = [i for i in range(k, len(matrix)) if matrix[i][k]]
        if not pivots:
            raise DerivationError("a linear system of a derivation has no unique solution")
        best = min(pivots, key=lambda i: len(matrix[i][k]))
        matrix[k], matrix[best] = matrix[best], matrix[k]
        row, pivot = matrix[k], matrix[k][k]
        for i, other in enumerate(matrix):
            if i != k:
                matrix[i] = [(pivot * x - other[k] * y) / before for x, y in zip(other, row, strict=True)]
        before = pivot
    return [lowest_terms(ONE, ONE, field, {((), ()): row[-1]} if row[-1] else {}, before) for row in matrix]


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
    slopes = [derivative(quadratic, a) for a in letters]
    origin = dict.fromkeys(letters, ClosedForm.number(0))
    rows = [[derivative(slope, a) for a in letters] for slope in slopes]
    return dict(zip(letters, solve(rows, [-slope.substitute(origin) for slope in slopes]), strict=True))
