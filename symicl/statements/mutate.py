"""Wrong versions of a statement, generated from the statement itself.

A verdict is worth something only if it can say no: every mutant that is not equal to the original must be
refuted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy
from sympy.matrices.expressions import Inverse, MatMul, MatPow, MatrixExpr, Transpose
from sympy.matrices.expressions.matexpr import MatrixSymbol

from symicl.algebra import SymmetricMatrix
from symicl.errors import InputError, ShapeError
from symicl.numeric import evaluate, instances, symbols_of
from symicl.statements.theorem import Theorem


@dataclass(frozen=True)
class Mutant:
    """A changed statement.

    Attributes
    ----------
    quantity : str
        Which stated quantity was changed.
    change : str
        What was done.
    expression : SymPy expression
    """

    quantity: str
    change: str
    expression: sympy.Basic

    def applied(self, theorem: Theorem) -> Theorem:
        """The theorem with the changed statement."""
        if self.quantity in theorem.states:
            return replace(theorem, states={**theorem.states, self.quantity: self.expression})
        return replace(theorem, corollaries={**theorem.corollaries, self.quantity: self.expression})


def mutants(theorem: Theorem) -> Iterator[Mutant]:
    """All single changes of every stated quantity, without repetitions.

    A change that leaves all values alone, such as tr(AB) to tr(BA), is not a wrong statement and is left out.
    """
    for quantity, stated in theorem.claims.items():
        seen = {stated}
        for change, expression in _changes(stated):
            if expression in seen or expression.has(sympy.zoo, sympy.nan):
                continue
            seen.add(expression)
            if _differs(stated, expression):
                yield Mutant(quantity, change, expression)


def _differs(stated: sympy.Basic, changed: sympy.Basic) -> bool:
    """True if two expressions differ somewhere on the small exact instances; a change whose shapes do not fit
    is no statement, nor is one that is defined nowhere."""
    for values in instances(symbols_of(stated) | symbols_of(changed), limit=4):
        try:
            if evaluate(stated, values) != evaluate(changed, values):
                return True
        except ShapeError:
            return False
        except (InputError, ZeroDivisionError):
            continue
    return False


def _changes(expression: sympy.Basic) -> Iterator[tuple[str, sympy.Basic]]:
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
    if isinstance(node, SymmetricMatrix):
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
    if isinstance(node, MatPow) and not isinstance(node, Inverse):
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
