"""Expectations of what is said entry by entry, with symbolic sizes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy
from sympy.matrices.expressions import (
    KroneckerProduct,
    MatAdd,
    MatMul,
    MatrixExpr,
    ZeroMatrix,
)
from sympy.matrices.expressions.matexpr import MatrixElement

from symicl.algebra import (
    RandomMatrix,
    contains_random,
    parts_of,
    read_form,
)
from symicl.errors import UnsupportedError
from symicl.expectation.circular import ComplexGaussian
from symicl.expectation.index_sums.averages import averaged
from symicl.expectation.index_sums.contraction import Product, tidy, written
from symicl.expectation.index_sums.terms import ENTRYWISE, LANE, Indices, Reader, Term

MAX_TERMS = 5_000


def is_entrywise(expression: sympy.Basic) -> bool:
    """True if something random in an expression is no product of matrices but a sum over entries, or is complex."""
    return any(
        (
            isinstance(part, (*ENTRYWISE, ComplexGaussian))
            or (isinstance(part, MatrixElement) and tuple(part.parent.shape) != (1, 1))
        )
        and contains_random(part)
        for part in parts_of(expression)
    )


def expect_entrywise(expression: Any) -> Any:
    """E of an expression in the entries of random matrices; see `symicl.expect`.

    Raises
    ------
    UnsupportedError
        If it is no polynomial in them, has too many factors, or an average is no product of matrices, entrywise
        products and Kronecker products.
    """
    indices = Indices()
    reader = Reader(indices)
    terms = reader.read(expression)
    random = sorted((z for z in parts_of(expression) if isinstance(z, RandomMatrix)), key=lambda z: z.name)
    for z in random:
        found: list[Term] = []
        for term in terms:
            found += averaged(term, z, reader)
            if len(found) > MAX_TERMS:
                raise UnsupportedError(
                    f"the average has more than {MAX_TERMS} ways in which its entries can meet; {LANE}"
                )
        terms = found
    products = [written(term, indices) for term in terms]
    if isinstance(expression, MatrixExpr) and tuple(expression.shape) != (1, 1):
        return _matrix(products, expression)
    return read_form(sympy.Add(*(product.scalar for product in products))).expr


def _matrix(products: list[Product], expression: MatrixExpr) -> MatrixExpr:
    """The sum of products."""
    sums: dict[Product, Any] = {}
    plain = []
    for product in products:
        if len(product.parts) == 1 and product.left is product.right is None:
            plain.append(MatMul(product.scalar, *product.parts))
        else:
            key = replace(product, scalar=sympy.S.One, parts=tuple(map(tidy, product.parts)))
            sums[key] = sums.get(key, 0) + product.scalar
    terms = []
    for key, scalar in sums.items():
        number = read_form(scalar).expr
        if number != 0:
            sides = [side for side in (key.left, _kronecker(key.parts), key.right) if side is not None]
            matrix = sides[0] if len(sides) == 1 else MatMul(*sides)
            terms.append(matrix if number == 1 else MatMul(number, *sides))
    if plain:
        terms.append(read_form(MatAdd(*plain)).expr)
    terms = [term for term in terms if not isinstance(term, ZeroMatrix)]
    return MatAdd(*terms).doit(deep=False) if terms else ZeroMatrix(*expression.shape)


def _kronecker(parts: tuple[MatrixExpr, ...]) -> MatrixExpr:
    """The Kronecker product; a column beside a row is their product."""
    if len(parts) == 2 and parts[0].shape[1] == parts[1].shape[0] == 1:
        return MatMul(*parts)
    return parts[0] if len(parts) == 1 else KroneckerProduct(*parts)
