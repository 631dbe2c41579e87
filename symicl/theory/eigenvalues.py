"""`in_eigenvalues`: a closed form as sums over the eigenvalues of the matrix that it is a function of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

from symicl.algebra import ClosedForm, Covariance, SymmetricMatrix, exact_scalar, formula_of, read_form
from symicl.errors import InputError, UnsupportedError, brief, described
from symicl.tasks import exact_values
from symicl.typeset import (
    EigenSum,
    checked,
    component,
    display,
    eigenvalue_form,
    eigenvalues_of,
    formula_text,
    instance_value,
    pretty_ratio,
    renamed,
)


def in_eigenvalues(formula: Any) -> EigenvalueForm:
    """A scalar that depends on one symmetric matrix through its eigenvalues, as sums over these.

    Parameters
    ----------
    formula : SymPy expression, closed form, optimum or any other result with an ``expr``
        Traces of functions of one symmetric Λ, with inverses such as (a Λ + b I)⁻¹, and bilinear forms u'f(Λ) v; or
        traces of functions of one product H Ψ of two covariances. With vectors the components u_i are those in an
        orthonormal basis of eigenvectors of Λ.

    Returns
    -------
    EigenvalueForm

    Raises
    ------
    InputError
        If it is no scalar.
    UnsupportedError
        If a matrix is left: what is not a function of one matrix, or of one product of two, has no such form.
    DerivationError
        If the sums differ from the given formula at an exact instance, which would be a defect.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> d = si.dims("d")
    >>> H, a = si.covariance("H", d), si.scalar("a", positive=True)
    >>> effective = si.in_eigenvalues(sympy.Trace(H * (H + a * sympy.Identity(d)).inverse()))
    >>> print(effective)
    ∑_{i=1}^{d} λ_i/(a + λ_i)
    >>> effective.at(spectrum=[2, 1, "1/2"], a=1)
    3/2
    """
    found = formula_of(formula)
    form = found if isinstance(found, ClosedForm) else read_form(found)
    if not form.is_scalar:
        raise InputError(
            f"{described(formula)} is a {form.shape_text} matrix; give a scalar, such as a trace of it"
        )
    expression = pretty_ratio(form)
    _refuse_taken_names(expression)
    arranged = eigenvalue_form(expression, components=True)
    sums = set() if arranged is None else arranged.atoms(EigenSum)
    rest = expression if arranged is None else arranged.xreplace({s: sympy.Dummy() for s in sums})
    mixed = {m for s in sums for m in s.letters if not isinstance(m, _kind(s))}
    left = sorted(
        {m.name for m in mixed}
        | {a.name for trace in rest.atoms(sympy.Trace) for a in trace.atoms(sympy.MatrixSymbol)}
    )
    if left or not sums:
        what = f"a trace with {', '.join(left)} is not a function" if left else "nothing in it is a function"
        raise UnsupportedError(
            f"{what} of one symmetric matrix, or of one product of two covariances, so there is no sum over eigenvalues"
        )
    return EigenvalueForm(form, checked(expression, arranged))


def _kind(total: EigenSum) -> type[SymmetricMatrix]:
    """The kind of each matrix: a symmetric one, or covariances in a product, has real eigenvalues and a basis of
    eigenvectors."""
    return SymmetricMatrix if len(total.letters) == 1 else Covariance


def _refuse_taken_names(expression: sympy.Basic) -> None:
    """Refuse scalars that would read like an eigenvalue or a component."""
    vectors = {m.name for m in expression.atoms(sympy.MatrixSymbol) if m.shape[1] == 1}
    taken = {f"{name}_{index}" for name in {"lambda", "varphi", *vectors} for index in "ij"}
    for symbol in sorted(expression.free_symbols, key=str):
        if isinstance(symbol, sympy.Symbol) and symbol.name in taken:
            raise InputError(f"a scalar is called {symbol.name}, as a summand will be; give it another name")


@dataclass(frozen=True, repr=False, eq=False)
class EigenvalueForm:
    """A closed form as sums over eigenvalues; see `in_eigenvalues`.

    Attributes
    ----------
    closed_form : ClosedForm
        In traces, as it was given.
    expr : SymPy expression
        The same as sums over eigenvalues.
    """

    closed_form: ClosedForm
    expr: sympy.Expr

    @property
    def matrices(self) -> tuple[sympy.MatrixSymbol, ...]:
        """The symmetric matrix whose eigenvalues are summed over, or the two whose product has them."""
        found: tuple[sympy.MatrixSymbol, ...] = self._sums()[0].letters
        return found

    @property
    def vectors(self) -> tuple[sympy.MatrixSymbol, ...]:
        """The vectors whose components along eigenvectors stand in the sums."""
        return tuple(sorted({u for total in self._sums() for u in total.vectors}, key=str))

    def _sums(self) -> list[EigenSum]:
        return sorted(self.expr.atoms(EigenSum), key=str)

    def latex(self, *, notation: Mapping[str, str] | None = None) -> str:
        r"""The displayed formula with whose eigenvalues they are; ``notation`` as in `TypesetQuantity.latex`."""
        text = display(self.expr, where=eigenvalues_of(self.expr))
        return text if notation is None else renamed(text, sympy.Tuple(self.closed_form.expr), notation)

    def _repr_latex_(self) -> str:
        return self.latex()

    def __str__(self) -> str:
        return formula_text(self.expr)

    def __repr__(self) -> str:
        return f"EigenvalueForm({brief(str(self))})"

    def at(self, *, spectrum: Sequence[Any], **numbers: Any) -> sympy.Expr:
        """The exact value at eigenvalues, without a matrix.

        Parameters
        ----------
        spectrum : sequence of numbers
            All eigenvalues, each as often as it occurs; their number is the size of the matrix.
        **numbers
            The other symbols by name; for a vector its components along the eigenvectors, in the order of these.

        Raises
        ------
        InputError
            For an unknown, missing or impossible value; for an eigenvalue ≤ 0 of a covariance.
        ZeroDivisionError
            If a denominator vanishes there.
        """
        values = [_number(value, f"the eigenvalue {k}") for k, value in enumerate(spectrum, 1)]
        definite = all(isinstance(matrix, Covariance) for matrix in self.matrices)
        for value in values:
            if definite and value <= 0:
                raise InputError(f"the eigenvalue {value} is not positive, as those of a covariance are")
        if not values:
            raise InputError("spectrum is empty; give the eigenvalues, such as spectrum=[2, 1]")
        along = {u: _components(u, numbers.pop(u.name, None), len(values)) for u in self.vectors}
        env: dict[Any, Any] = {"eigenvalues": values, "size": len(values)}
        env |= {("components", u): found for u, found in along.items()}
        env |= self._scalars(len(values), numbers)
        found: sympy.Expr = instance_value(self.expr, env)
        if found.has(sympy.zoo, sympy.nan):
            raise ZeroDivisionError("a denominator vanishes at these eigenvalues")
        return found

    def _scalars(self, size: int, numbers: Mapping[str, Any]) -> dict[sympy.Basic, Any]:
        """The other symbols at numbers; the size of the matrix is that of the spectrum."""
        dimension = self._sums()[0].dimension
        bound = {total.eigenvalue for total in self._sums()}
        bound |= {component(u, index) for u in self.vectors for index in "ij"}
        symbols = {s for s in self.expr.free_symbols if isinstance(s, sympy.Symbol)} - bound
        names = {str(symbol): symbol for symbol in sorted(symbols, key=str)}
        given = dict(numbers)
        if isinstance(dimension, sympy.Symbol):
            if given.setdefault(str(dimension), size) != size:
                raise InputError(f"{dimension} is {given[str(dimension)]}, but there are {size} eigenvalues")
            names[str(dimension)] = dimension
        elif dimension != size:
            raise InputError(f"there are {size} eigenvalues of a matrix with {dimension} rows")
        return dict(exact_values(names, given))


def _number(value: Any, name: str) -> sympy.Rational:
    """An exact number; text is one, too, such as 1/2."""
    try:
        found = exact_scalar(Fraction(value) if isinstance(value, str) else value, name)
    except (ValueError, ZeroDivisionError):
        found = None
    if not isinstance(found, sympy.Rational):
        raise InputError(f"{name} is {brief(repr(value))}; give an integer or a fraction")
    return found


def _components(vector: sympy.MatrixSymbol, given: Any, size: int) -> list[sympy.Rational]:
    if given is None:
        raise InputError(f"no value is given for {vector.name}; add {vector.name}=[…], its components")
    found = [_number(value, f"a component of {vector.name}") for value in given]
    if len(found) != size:
        raise InputError(f"{vector.name} has {len(found)} components, but there are {size} eigenvalues")
    return found
