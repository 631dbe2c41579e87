"""Printed formulas read back: text and LaTeX by the language of claims, the formula itself by SymPy's tree."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import flint
import sympy
from sympy.matrices.expressions import MatMul, MatrixExpr
from sympy.matrices.expressions.diagonal import DiagonalMatrix

from symicl.algebra import ClosedForm, SymmetricMatrix, read_form
from symicl.language.declarations import Declarer
from symicl.language.numbers import ScaledI, at_numbers
from symicl.language.parser import parse
from symicl.language.reading import Reader
from symicl.language.scope import Scope
from symicl.language.source import Source
from symicl.numeric import ExactMatrix
from symicl.typeset.eigenvalues import EigenSum

UNREAD = (sympy.harmonic, sympy.Max, sympy.Function, EigenSum)


def closed_forms(theorem, derivation) -> Iterator[object]:
    """All closed forms of a theorem; of a matrix of blocks each of these, since claims read it in relations alone."""
    found = [*theorem.claims.values(), *derivation.found.values()]
    found += [formula for step in derivation.steps for formula in step.formulas]
    for formula in found:
        formula = getattr(formula, "right", formula)
        formula = getattr(formula, "closed_form", formula)
        if isinstance(formula, sympy.BlockMatrix):
            yield from (block for block in formula.blocks if not block.is_ZeroMatrix)
        elif not isinstance(formula, str):
            yield formula


class Readable:
    """A closed form whose letters a claim file can declare.

    Letters that stand for what the language has no words for (𝔼‖g‖², H_{T-2}, sums of entries) become others.
    """

    def __init__(self, formula):
        self.letters = {}
        atoms = sorted(_atoms(formula), key=str)
        for i, atom in enumerate(a for a in atoms if not _is_plain(a)):
            self.letters[atom] = _letter(atom, f"q_{i}")
        self.formula = _mapped(formula, self.letters)
        self.expression = _written(self.formula)
        self.symbols = sorted(_atoms(self.formula), key=str)

    def declarations(self) -> str:
        dims = sorted(self.sizes)
        lines = [f"dims {', '.join(dims)}"] if dims else []
        for symbol in self.symbols:
            if not isinstance(symbol, MatrixExpr):
                if str(symbol) not in dims:
                    lines.append(f"{symbol.name} : scalar")
            elif isinstance(symbol, SymmetricMatrix):
                lines.append(f"{symbol.name} : symmetric({symbol.shape[0]})")
            else:
                lines.append(f"{symbol.name} : matrix({symbol.shape[0]}, {symbol.shape[1]})")
        return "\n".join(lines) + "\n"

    @property
    def sizes(self):
        units = self.expression.atoms(sympy.Identity, sympy.ZeroMatrix)
        return {str(s) for m in [*self.matrices, *units] for s in m.shape if isinstance(s, sympy.Symbol)}

    @property
    def matrices(self):
        return [s for s in self.symbols if isinstance(s, MatrixExpr)]

    def numbers(self, shift=0):
        """Exact values by name; dimensions are small, and no two letters have the same."""
        sizes, values = self.sizes, {}
        for i, name in enumerate(sorted(sizes | {s.name for s in self.symbols})):
            values[name] = (
                Fraction(2 + (i + shift) % 2) if name in sizes else Fraction(101 + 30 * i + shift, 37)
            )
        for k, matrix in enumerate(self.matrices):
            rows, cols = (int(values[str(s)]) if str(s) in values else int(s) for s in matrix.shape)
            entries = [[_entry(i, j, k, shift) for j in range(cols)] for i in range(rows)]
            if isinstance(matrix, SymmetricMatrix):
                entries = [[_entry(min(i, j), max(i, j), k, shift) for j in range(cols)] for i in range(rows)]
            values[matrix.name] = sympy.Matrix(entries)
        return values

    def value_read(self, text: str, values) -> sympy.Matrix:
        """What the language of claims makes of a text at these numbers."""
        source = Source(f"{self.declarations()}claim {text} = 0\n")
        scope = Scope(source)
        reader = Reader(source, scope)
        declarer = Declarer(reader)
        *declared, claim = parse(source)
        for statement in declared:
            declarer.run(statement)
        if len(text) < 300:
            reader.value(claim.body.left)  # it has a meaning in algebra, too
        by_symbol = {entry.symbol: _exact(values[name]) for name, entry in scope.entries.items()}
        return _as_matrix(at_numbers(claim.body.left, by_symbol, reader))

    def value_meant(self, values) -> sympy.Matrix:
        """The value of the formula, read off SymPy's tree."""
        return (
            sympy.Matrix([[meant(self.expression, values)]])
            if not isinstance(self.expression, MatrixExpr)
            else meant(self.expression, values)
        )


def meant(expression, values):
    """The value of a SymPy expression at exact numbers."""
    if isinstance(expression, MatrixExpr) and expression.is_Identity:
        return sympy.eye(_size(expression.shape[0], values))
    if isinstance(expression, sympy.ZeroMatrix):
        return sympy.zeros(*(_size(s, values) for s in expression.shape))
    if isinstance(expression, sympy.Symbol | sympy.MatrixSymbol):
        value = values[expression.name]
        return sympy.Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else value
    if isinstance(expression, sympy.Number):
        return expression
    arguments = [meant(a, values) for a in expression.args if not isinstance(a, sympy.core.symbol.Str)]
    if isinstance(expression, sympy.Trace):
        return arguments[0].trace()
    if isinstance(expression, sympy.Transpose):
        return arguments[0].T
    if isinstance(expression, sympy.Inverse):
        return arguments[0].inv()
    if isinstance(expression, sympy.Pow | sympy.MatPow):
        return arguments[0] ** arguments[1]
    if isinstance(expression, DiagonalMatrix):
        return sympy.diag(*arguments[0].diagonal())
    assert isinstance(expression, sympy.Add | sympy.Mul | sympy.MatAdd | MatMul), type(expression)
    total = arguments[0]
    for argument in arguments[1:]:
        total = total + argument if isinstance(expression, sympy.Add | sympy.MatAdd) else total * argument
    return total


def _size(size, values) -> int:
    return int(values[str(size)]) if str(size) in values else int(size)


def _entry(i, j, k, shift) -> sympy.Rational:
    return sympy.Rational((3 * i + 5 * j + 7 * k + shift) % 11 - 4 + 8 * (i == j), 3)


def _exact(value):
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return flint.fmpq_mat(value.rows, value.cols, [flint.fmpq(int(x.p), int(x.q)) for x in value])


def _as_matrix(value) -> sympy.Matrix:
    if isinstance(value, ScaledI):
        value = value.factor
    if isinstance(value, ExactMatrix):
        return sympy.Matrix(value.nrows(), value.ncols(), lambda i, j: _rational(value[i, j]))
    return sympy.Matrix([[_rational(value)]])


def _rational(value) -> sympy.Rational:
    return sympy.Rational(int(value.p), int(value.q))


def _parts(formula):
    return formula.fraction() if isinstance(formula, ClosedForm) else (formula,)


def _written(formula):
    return formula.expr if isinstance(formula, ClosedForm) else sympy.sympify(formula)


def _atoms(formula) -> set:
    found = set()
    todo = [_written(part) for part in _parts(formula)]
    while todo:
        node = todo.pop()
        if isinstance(node, sympy.Symbol | sympy.MatrixSymbol):
            found.add(node)
        elif isinstance(node, UNREAD) or type(node).__module__.startswith("symicl"):
            found.add(node)
            continue
        todo += node.args if not isinstance(node, sympy.MatrixSymbol) else node.shape
    return {a for a in found if not isinstance(a, sympy.Integer)}


def _is_plain(atom) -> bool:
    """Whether text and LaTeX of a letter are words that claims can declare under its own name."""
    plain = {
        "sigma2",
        "beta",
        "Gamma",
        "Sigma",
        "Psi",
        "delta",
        "mu",
        "tau",
        "kappa_1",
        "kappa_2",
        "kappa_3",
        "m_2",
    }
    name = getattr(atom, "name", "")
    return isinstance(atom, sympy.Symbol | sympy.MatrixSymbol) and (
        name in plain or (len(name) == 1 and name not in "EI")
    )


def _letter(atom, name):
    if isinstance(atom, SymmetricMatrix):
        return type(atom)(name, *atom.shape)
    if isinstance(atom, MatrixExpr):
        return sympy.MatrixSymbol(name, *atom.shape)
    return sympy.Symbol(name, positive=True, **({"integer": True} if atom.is_integer else {}))


def _mapped(formula, letters):
    if isinstance(formula, ClosedForm):
        return read_form(formula.expr.xreplace(letters))
    return sympy.sympify(formula).xreplace(letters)
