"""Functions of entries in claims, such as diag, vec, hadamard, kron and entry, and averages of these."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import sympy
from sympy.matrices.expressions import HadamardProduct, KroneckerProduct, MatrixExpr, Trace
from sympy.matrices.expressions.diagonal import DiagMatrix, DiagonalOf
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import Commutation, RandomMatrix, Vec, parts_of, read_form
from symicl.errors import InputError, ShapeError, UnsupportedError
from symicl.expectation import expect_entrywise
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.value import MultipleOfI, Value

Reader = Any
"""A `symicl.language.reading.Reader`; that module imports this one."""

WHY_UNWRITTEN = "no rule of a certificate takes averages of entries"


def entrywise_value(node: t.Expr, reader: Reader) -> Value:
    """The value of a formula with functions of entries, averages in it taken.

    Raises
    ------
    UnsupportedError
        If an average is no product of matrices, entrywise products and Kronecker products.
    """
    reader.unwritten[node] = WHY_UNWRITTEN
    if isinstance(node, t.Expectation):
        if node.over:
            raise UnsupportedError(
                "functions of entries are averaged over all that is random at once, not over some letters only"
            )
        return read_form(expect_entrywise(sympy_of(node.base, reader)))
    expression = sympy_of(node, reader)
    if any(isinstance(part, RandomMatrix) for part in parts_of(expression)):
        raise UnsupportedError("a function of the entries of something random stands outside of E[…]")
    return read_form(expect_entrywise(expression))


def sympy_of(node: t.Expr, reader: Reader, average: Callable[[t.Expectation], Any] | None = None) -> Any:
    """A formula as a SymPy expression.

    Parameters
    ----------
    node : Expr
    reader : Reader
    average : callable, optional
        Takes the expectations in it; by default these have the value that the reader gives them.
    """

    def inner(child: t.Expr) -> Any:
        return sympy_of(child, reader, average)

    if isinstance(node, t.Name) and (entry := reader.scope.entries.get(node.name)) and entry.node is not None:
        return inner(entry.node)
    if isinstance(node, t.Moment):
        return inner(node.spelled)
    if isinstance(node, t.Expectation) and average is not None:
        return average(node)
    whole = not reader.scope.has_entries(node) and (
        average is None or not any(isinstance(x, t.Expectation) for x in reader.scope.inside(node))
    )
    if whole or isinstance(node, t.Expectation | t.Library | t.Limit):
        value = reader.value(node)
        if isinstance(value, MultipleOfI):
            return value
        return v.form_of(value).expr
    if isinstance(node, t.Entrywise):
        if node.beside:
            _refuse_two_readings(node.name, [[inner(x) for x in group] for group in node.beside])
        return _applied(node, [inner(part) for part in t.children(node)])
    if isinstance(node, t.Sum):
        return _sum([(sign, inner(item)) for sign, item in node.items])
    if isinstance(node, t.Product):
        return _product(node, inner)
    if isinstance(node, t.Power):
        return inner(node.base) ** node.exponent
    if isinstance(node, t.Transpose):
        base = inner(node.base)
        return base.T if _is_matrix(base) else base
    if isinstance(node, t.Inverse):
        base = inner(node.base)
        return base**-1 if _is_matrix(base) else 1 / base
    if isinstance(node, t.Trace):
        base = inner(node.base)
        return Trace(base) if _is_matrix(base) else base
    if isinstance(node, t.Norm) and node.weight in (None, "2", "F"):
        base = inner(node.base)
        return Trace(base.T * base) if _is_matrix(base) else base**2
    raise UnsupportedError("this does not stand beside functions of entries")


def _sum(terms: list[tuple[str, Any]]) -> Any:
    """A sum, in which an identity has the size of what it is added to."""
    shape = next((tuple(x.shape) for _, x in terms if _is_matrix(x)), None)
    found = []
    for sign, x in terms:
        if isinstance(x, MultipleOfI):
            if shape is None or shape[0] != shape[1]:
                raise InputError("beside functions of entries an identity needs its size; write I_d")
            x = x.factor.expr * sympy.Identity(shape[0])
        if shape is not None and not _is_matrix(x) and x == 0:
            continue
        if (tuple(x.shape) if _is_matrix(x) else None) != shape:
            raise ShapeError("cannot add two things of different shapes")
        found.append(-x if sign == "-" else x)
    return sympy.Add(*found) if shape is None else sympy.MatAdd(*found).doit(deep=False)


def _product(node: t.Product, inner: Callable[[t.Expr], Any]) -> Any:
    result: Any = sympy.S.One
    for operator, item in node.items:
        factor = inner(item)
        if isinstance(factor, MultipleOfI):
            factor = factor.factor.expr
        if operator == "/":
            if _is_matrix(factor):
                raise ShapeError("a division by a matrix; write its inverse on the side where it belongs")
            factor = 1 / factor
        if _is_matrix(result) and _is_matrix(factor) and result.shape[1] != factor.shape[0]:
            raise ShapeError(f"the inner dimensions {result.shape[1]} and {factor.shape[0]} differ")
        result = _scalar(result * factor)
    return result


def _is_matrix(expression: Any) -> bool:
    return isinstance(expression, MatrixExpr | sympy.MatrixBase)


def _scalar(expression: Any) -> Any:
    """A 1×1 matrix as a scalar."""
    is_one = _is_matrix(expression) and tuple(expression.shape) == (1, 1)
    return Trace(expression) if is_one else expression


def _refuse_two_readings(name: str, groups: list[list[Any]]) -> None:
    """A B ⊗ C is (A B) ⊗ C to most, unless A (B ⊗ C) is possible as well.

    Raises
    ------
    InputError
    """
    shapes = [[tuple(x.shape) for x in group if _is_matrix(x)] for group in groups]
    if all(len(group) < 2 for group in shapes):
        return
    chain = list(shapes[0])
    for group in shapes[1:]:
        if not chain or not group:
            return
        (a, b), (c, e) = chain.pop(), group[0]
        if name == "hadamard" and (a, b) != (c, e):
            return
        chain += [(a, b) if name == "hadamard" else (a * c, b * e), *group[1:]]
    if all(left[1] == right[0] for left, right in pairwise(chain)):
        sign = "∘" if name == "hadamard" else "⊗"
        raise InputError(
            f"a product beside {sign} can be read in two ways here; write brackets, A (B {sign} C)"
        )


def _applied(node: t.Entrywise, parts: list[Any]) -> Any:
    name, first = node.name, parts[0]
    if name == "commutation":
        for size in parts:
            if _is_matrix(size) or not (size.is_integer and size.is_positive):
                raise InputError("commutation(m, n) takes two sizes")
        return Commutation(*parts)
    if any(isinstance(part, MultipleOfI) for part in parts):
        raise InputError(f"an identity in {name}(…) needs its size; write I_d")
    if not all(map(_is_matrix, parts)):
        raise InputError(f"{name}(…) takes matrices")
    rows, cols = first.shape
    if name == "diag":
        if cols == 1 != rows:
            return DiagMatrix(first)
        if rows != cols:
            raise ShapeError(f"diag(…) takes a square matrix or a column, not a {rows}×{cols} matrix")
        return DiagonalOf(first)
    if name == "vec":
        return Vec(first)
    if name == "hadamard":
        if tuple(first.shape) != tuple(parts[1].shape):
            raise ShapeError("hadamard(A, B) takes two matrices of one shape")
        return HadamardProduct(*parts)
    if name == "kron":
        return KroneckerProduct(*parts)
    i, j = node.numbers
    for k, size in ((i, rows), (j, cols)):
        if k < 1 or (size.is_Integer and k > size):
            raise InputError(
                f"entry(…, {i}, {j}) is no entry of a {rows}×{cols} matrix; entries are counted from 1"
            )
    return MatrixElement(first, sympy.Integer(i - 1), sympy.Integer(j - 1))
