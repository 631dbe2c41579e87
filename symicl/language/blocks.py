"""Block matrices: formulas of them are multiplied out, block by block, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from symicl.algebra import ONE, ClosedForm
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language import value as v
from symicl.language.reading import Reader
from symicl.language.value import Value

Blocks = tuple[tuple[t.Expr, ...], ...]

ZERO = t.Number(Fraction(0))
MAX_POWER = 4


def has_blocks(node: t.Expr, reader: Reader) -> bool:
    """True if a block matrix stands in a formula, or in an abbreviation in it."""
    return any(isinstance(inner, t.Block) for inner in reader.scope.inside(node))


def multiplied_out(node: t.Expr, reader: Reader) -> Blocks:
    """A formula as rows of blocks without block matrices in them; one row of one for what has none.

    Raises
    ------
    InputError
        If the blocks do not fit, or something is done with a block matrix that is not known here.
    """
    if not has_blocks(node, reader):
        return ((node,),)
    if isinstance(node, t.Name):
        inner = reader.scope.entries[node.name].node
        assert inner is not None
        return multiplied_out(inner, reader)
    if isinstance(node, t.Block):
        return _flat(node, reader)
    if isinstance(node, t.Sum):
        total: Blocks | None = None
        for sign, item in node.items:
            term = _each(multiplied_out(item, reader), lambda x, sign=sign: _signed(sign, x))  # type: ignore[misc]
            total = term if total is None else _sum(total, term)
        assert total is not None
        return total
    if isinstance(node, t.Product):
        return _product(node, reader)
    if isinstance(node, t.Power) and 0 < node.exponent <= MAX_POWER:
        base = multiplied_out(node.base, reader)
        found = base
        for _ in range(node.exponent - 1):
            found = _times(found, base)
        return found
    if isinstance(node, t.Transpose):
        inside = multiplied_out(node.base, reader)
        turned = tuple(zip(*inside, strict=True))
        return _each(turned, lambda x: x if x == ZERO else replace(node, base=x))
    if isinstance(node, t.Expectation):
        return _each(multiplied_out(node.base, reader), lambda x: x if x == ZERO else replace(node, base=x))
    if isinstance(node, t.Trace):
        inside = multiplied_out(node.base, reader)
        if len(inside) != len(inside[0]):
            raise InputError("a block matrix that is not square has no trace")
        diagonal = [inside[i][i] for i in range(len(inside))]
        return ((_added([replace(node, base=x) for x in diagonal if x != ZERO]),),)
    if isinstance(node, t.Moment):
        for part in node.parts:
            cells = [x for row in multiplied_out(part, reader) for x in row]
            columns = all(len(row) == 1 for row in multiplied_out(part, reader))
            if node.name not in ("Var", "Cov") or not (
                columns and all(_is_column(reader.value(x)) for x in cells)
            ):
                raise InputError(
                    "of blocks there are variances and covariances, of columns below one another"
                )
        return multiplied_out(node.spelled, reader)
    raise InputError(
        "block matrices are added, multiplied, transposed and averaged, and have traces; nothing else here"
    )


def _is_column(value: Value) -> bool:
    return isinstance(value, ClosedForm) and value.cols == ONE


def _flat(node: t.Block, reader: Reader) -> Blocks:
    widths = {len(row) for row in node.rows}
    if len(widths) > 1:
        raise InputError("the rows of a block matrix have as many blocks as one another")
    if any(has_blocks(x, reader) for row in node.rows for x in row):
        raise InputError("a block matrix stands inside of another one; write its blocks out")
    for lines, side in ((node.rows, "rows"), (tuple(zip(*node.rows, strict=True)), "cols")):
        for line in lines:
            values = [reader.value(x) for x in line if x != ZERO]
            sizes = {getattr(x, side) for x in values if isinstance(x, ClosedForm)}
            if len(sizes) > 1:
                raise InputError(
                    "the blocks of a matrix do not fit together: their heights or their widths differ"
                )
    return node.rows


def _each(blocks: Blocks, change: Callable[[t.Expr], t.Expr]) -> Blocks:
    return tuple(tuple(change(x) for x in row) for row in blocks)


def _signed(sign: str, node: t.Expr) -> t.Expr:
    return node if sign == "+" or node == ZERO else t.Sum((("-", node),), span=node.span)


def _added(terms: list[t.Expr]) -> t.Expr:
    """A sum without zeros, which have any shape."""
    terms = [x for x in terms if x != ZERO]
    if len(terms) < 2:
        return terms[0] if terms else ZERO
    return t.Sum(tuple(("+", x) for x in terms), span=terms[0].span)


def _sum(a: Blocks, b: Blocks) -> Blocks:
    if (len(a), len(a[0])) != (len(b), len(b[0])):
        raise InputError(f"cannot add {_shape(a)} and {_shape(b)}")
    return tuple(tuple(_added([x, y]) for x, y in zip(p, q, strict=True)) for p, q in zip(a, b, strict=True))


def _shape(a: Blocks) -> str:
    return f"a matrix of {len(a)}×{len(a[0])} blocks"


def _times(a: Blocks, b: Blocks) -> Blocks:
    if len(a[0]) != len(b):
        raise InputError(f"cannot multiply {_shape(a)} by {_shape(b)}")
    columns = tuple(zip(*b, strict=True))
    return tuple(
        tuple(_added([_pair(x, y) for x, y in zip(row, column, strict=True)]) for column in columns)
        for row in a
    )


def _pair(x: t.Expr, y: t.Expr) -> t.Expr:
    if ZERO in (x, y):
        return ZERO
    return t.Product((("", x), ("", y)), span=x.span)


def _product(node: t.Product, reader: Reader) -> Blocks:
    """Factors without blocks multiply every block, as scalars do."""
    found: Blocks | None = None
    for operator, item in node.items:
        factor = multiplied_out(item, reader)
        if operator == "/" and not _is_single(factor):
            raise InputError("cannot divide by a block matrix")
        found = factor if found is None else _combined(found, operator, factor, reader)
    assert found is not None
    return found


def _combined(a: Blocks, operator: str, b: Blocks, reader: Reader) -> Blocks:
    if operator == "/":
        return _each(a, lambda x: x if x == ZERO else t.Product((("", x), ("/", b[0][0]))))
    if _is_single(b) and v.is_scalar(reader.value(b[0][0])):
        return _each(a, lambda x: _pair(x, b[0][0]))
    if _is_single(a) and v.is_scalar(reader.value(a[0][0])):
        return _each(b, lambda x: _pair(a[0][0], x))
    return _times(a, b)


def _is_single(a: Blocks) -> bool:
    return len(a) == len(a[0]) == 1


def relations(body: t.Relation, reader: Reader) -> list[tuple[str, t.Relation]]:
    """An equality between block matrices as one for each block, with its place in words.

    Raises
    ------
    InputError
        If they have not as many blocks.
    """
    left, right = multiplied_out(body.left, reader), multiplied_out(body.right, reader)
    for one, other in ((left, right), (right, left)):
        if one == ((ZERO,),) and other != one:
            filled = _each(other, lambda _: ZERO)
            left, right = (filled, other) if one is left else (other, filled)
    if (len(left), len(left[0])) != (len(right), len(right[0])):
        raise InputError(f"the left side is {_shape(left)}, but the right side is {_shape(right)}")
    single = _is_single(left)
    found = []
    for i, (p, q) in enumerate(zip(left, right, strict=True)):
        for j, (x, y) in enumerate(zip(p, q, strict=True)):
            place = "" if single else f"block ({i + 1}, {j + 1})"
            found.append((place, replace(body, left=x, right=y)))
    return found
