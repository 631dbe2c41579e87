"""Single changes of an expression, most of which make a statement wrong."""

from __future__ import annotations

from collections.abc import Iterator

import sympy
from sympy.matrices.expressions import Inverse, MatMul, MatPow, MatrixExpr, Transpose
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import Projector, SymmetricMatrix


def changes(expression: sympy.Basic) -> Iterator[tuple[str, sympy.Basic]]:
    """Each change in words, with the changed expression; some leave all values alone."""
    yield from _at_root(expression)
    for path, node in _nodes(expression):
        for change, new in _local(node):
            yield f"{change} at {node}", _replaced(expression, path, new)
    yield from _swaps(expression)


def _at_root(expression: sympy.Basic) -> Iterator[tuple[str, sympy.Basic]]:
    yield "sign flipped", -expression
    yield "doubled", 2 * expression
    yield "halved", expression / 2
    if not isinstance(expression, MatrixExpr):
        yield "one added", expression + 1
        yield "one subtracted", expression - 1


Path = tuple[int, ...]


def _nodes(expression: sympy.Basic, path: Path = ()) -> Iterator[tuple[Path, sympy.Basic]]:
    yield path, expression
    if isinstance(expression, MatrixSymbol | sympy.Identity):
        return
    for i, arg in enumerate(expression.args):
        if isinstance(arg, sympy.Expr):
            yield from _nodes(arg, (*path, i))


def _replaced(expression: sympy.Basic, path: Path, new: sympy.Basic) -> sympy.Basic:
    if not path:
        return new
    args = list(expression.args)
    args[path[0]] = _replaced(args[path[0]], path[1:], new)
    return expression.func(*args)


def _local(node: sympy.Basic) -> Iterator[tuple[str, sympy.Basic]]:
    if isinstance(node, sympy.Integer) and node != -1:
        yield "coefficient + 1", node + 1
        yield "coefficient - 1", node - 1
    if isinstance(node, sympy.Pow):
        for step in (1, -1):
            if node.exp + step != 0:
                yield f"power {step:+d}", node.base ** (node.exp + step)
    if isinstance(node, sympy.Symbol):
        yield "coefficient doubled", 2 * node
        yield "squared", node**2
    # SymPy's MatAdd and MatMul are subclasses of Add and Mul, so node.func rebuilds either kind.
    if isinstance(node, sympy.Add):
        for i, term in enumerate(node.args):
            rest = node.func(*[t for j, t in enumerate(node.args) if j != i])
            yield f"term {term} dropped", rest
            yield f"sign of {term} flipped", rest - term
    if isinstance(node, sympy.Mul):
        for i, factor in enumerate(node.args):
            kept = [t for j, t in enumerate(node.args) if j != i]
            if isinstance(node, MatMul) and not any(isinstance(t, MatrixExpr) for t in kept):
                kept.append(sympy.Identity(node.shape[0]))
            yield f"factor {factor} dropped", node.func(*kept)
    if isinstance(node, SymmetricMatrix) and not isinstance(node, Projector):
        yield "inverted", Inverse(node)
    if isinstance(node, Inverse):
        yield "inverse dropped", node.arg
    if isinstance(node, MatMul):
        matrices = [a for a in node.args if isinstance(a, MatrixExpr)]
        if len(matrices) > 1:
            scalars = [a for a in node.args if not isinstance(a, MatrixExpr)]
            yield "factors reversed", MatMul(*scalars, *reversed(matrices))
    if (
        isinstance(node, MatrixSymbol)
        and not isinstance(node, SymmetricMatrix)
        and node.shape[0] == node.shape[1]
    ):
        yield "transposed", Transpose(node)
    if isinstance(node, MatPow) and not isinstance(node, Inverse) and not isinstance(node.base, Projector):
        yield "power + 1", node.base ** (node.exp + 1)


def _swaps(expression: sympy.Basic) -> Iterator[tuple[str, sympy.Basic]]:
    """Exchange two scalar symbols, everywhere outside matrix shapes and at each single place."""
    scalars = sorted({node for _, node in _nodes(expression) if isinstance(node, sympy.Symbol)}, key=str)
    for a in scalars:
        for b in scalars:
            if a is b:
                continue
            for path, node in _nodes(expression):
                if node == a:
                    yield f"{a} replaced by {b}", _replaced(expression, path, b)
    for i, a in enumerate(scalars):
        for b in scalars[i + 1 :]:
            if not expression.has(MatrixExpr):
                yield f"{a} and {b} exchanged", expression.xreplace({a: b, b: a})
