"""Traces as sums over eigenvalues.

tr f(M) = Σ f(λ_i) over the eigenvalues λ_i of M, and u'f(M) v = Σ f(λ_i) u_i v_i with the components of u and v in an
orthonormal basis of eigenvectors of M. The first is applied to a trace in which all matrices are functions of one
matrix (and so commute), and to one that is a function of a product of two, such as H Ψ, which is similar to a
diagonal matrix though H and Ψ need not commute.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import sympy
from sympy.matrices.expressions import MatrixExpr

Letters = tuple[sympy.MatrixSymbol, ...]


class EigenSum(sympy.Expr):
    """Σ_i f(λ_i) over the eigenvalues of one matrix, or of a product of two.

    Its arguments are f, the symbol λ_i, the dimension, the matrices that are multiplied, and vectors whose components
    are in f.
    """

    precedence = 50  # that of a product
    is_commutative = True

    @property
    def body(self) -> sympy.Expr:
        return self.args[0]

    @property
    def eigenvalue(self) -> sympy.Symbol:
        return self.args[1]

    @property
    def dimension(self) -> sympy.Expr:
        return self.args[2]

    @property
    def letters(self) -> Letters:
        return tuple(m for m in self.args[3:] if m.shape[1] != 1)

    @property
    def vectors(self) -> Letters:
        """The vectors whose components in a basis of eigenvectors are in f."""
        return tuple(m for m in self.args[3:] if m.shape[1] == 1)

    def _latex(self, printer: Any) -> str:
        body = printer._print(self.body)
        if isinstance(self.body, sympy.Add):
            body = rf"\left({body}\right)"
        index = self.eigenvalue.name.rsplit("_", 1)[1]
        return rf"\sum_{{{index}=1}}^{{{printer._print(self.dimension)}}} {body}"


def component(vector: sympy.MatrixSymbol, index: str) -> sympy.Symbol:
    """The component of a vector along an eigenvector."""
    return sympy.Symbol(f"{vector.name}_{index}", real=True)


def eigenvalue_form(expression: sympy.Basic, *, components: bool = False) -> sympy.Basic | None:
    """The expression with its traces as sums over eigenvalues; None where no trace is one.

    With ``components`` bilinear forms u'f(M) v are sums as well.
    """
    _, outer = traces_as_sums(expression, components=components)
    if not outer:
        return None
    if isinstance(expression, MatrixExpr):
        return expression.xreplace(outer)
    return _merged(expression.xreplace(outer))


Sums = dict[sympy.Trace, EigenSum]


def traces_as_sums(expression: sympy.Basic, *, components: bool = False) -> tuple[Sums, Sums]:
    """The sum over eigenvalues that each trace is, by j where it stands within another trace, and by i."""
    traces = sorted(expression.atoms(sympy.Trace), key=lambda t: (sympy.count_ops(t), str(t)))
    found_letters = (_generators(t, components) for t in reversed(traces))
    letters = next((found for found in found_letters if found is not None), None)
    if letters is None:
        return {}, {}
    simple = [t for t in traces if not t.arg.atoms(sympy.Trace)]
    inner = {t: s for t in simple if (s := _sum(t, letters, "j", {}, components)) is not None}
    return inner, {t: s for t in traces if (s := _sum(t, letters, "i", inner, components)) is not None}


def _generators(trace: sympy.Trace, components: bool) -> Letters | None:
    """The matrix, or the two, that all of a trace is made of."""
    middle, _ = _bilinear(trace.arg) if components else (trace.arg, ())
    found = sorted(middle.atoms(sympy.MatrixSymbol), key=str)
    if not found or len(found) > 2 or any(m.shape[0] != m.shape[1] or m.shape[0] == 1 for m in found):
        return None
    letters = tuple(found)
    return letters if _symbolic(middle, letters, sympy.Dummy()) is not None else None


def _bilinear(matrix: MatrixExpr) -> tuple[MatrixExpr, Letters]:
    """M, u and v of a bilinear form u'M v; any other matrix by itself."""
    factors: tuple[Any, ...] = matrix.args if isinstance(matrix, sympy.MatMul) else ()
    first, last = (factors[0], factors[-1]) if len(factors) > 1 else (None, None)
    if (
        not isinstance(first, sympy.Transpose)
        or not isinstance(last, sympy.MatrixSymbol)
        or last.shape[1] != 1
    ):
        return matrix, ()
    if not isinstance(first.arg, sympy.MatrixSymbol) or first.shape[0] != 1:
        return matrix, ()
    size = last.shape[0]
    inner = factors[1:-1]
    middle = sympy.Identity(size) if not inner else inner[0] if len(inner) == 1 else sympy.MatMul(*inner)
    return middle, (first.arg, last)


def _sum(trace: sympy.Trace, letters: Letters, index: str, inner: dict, components: bool) -> EigenSum | None:
    name = "lambda" if len(letters) == 1 else "varphi"
    eigenvalue = sympy.Symbol(f"{name}_{index}", positive=True)
    middle, vectors = _bilinear(trace.arg) if components and len(letters) == 1 else (trace.arg, ())
    body = _symbolic(middle, letters, eigenvalue)
    if body is None:
        return None
    body = sympy.Mul(body, *(component(vector, index) for vector in vectors))
    body = sympy.factor(body.xreplace(inner)) if not inner else body.xreplace(inner)
    return EigenSum(body, eigenvalue, middle.shape[0], *letters, *dict.fromkeys(vectors))


def _symbolic(matrix: MatrixExpr, letters: Letters, value: sympy.Symbol) -> sympy.Expr | None:
    """The function of the eigenvalue that a matrix is; None if it is not a function of the one product."""
    if not matrix.atoms(sympy.MatrixSymbol) <= set(letters):
        return None
    factors = matrix.args if isinstance(matrix, sympy.MatMul) else (matrix,)
    scalar, word = sympy.Integer(1), []
    for factor in factors:
        if not isinstance(factor, MatrixExpr):
            scalar *= factor
        else:
            word += _flat(factor)
    if len(letters) == 1:
        for factor in word:
            part = _one(factor, letters[0], value)
            if part is None:
                return None
            scalar *= part
        return scalar
    first, second = letters
    plain = [f for f in word if f in letters]
    if any(f == g for f, g in zip(plain, plain[1:] + plain[:1], strict=True)) or len(plain) % 2:
        return None
    for k, factor in enumerate(word):
        if factor in letters or isinstance(factor, sympy.Identity):
            continue
        part = _block(factor, word[k + 1 :] + word[:k], first, second, value)
        if part is None:
            return None
        scalar *= part
    return scalar * value ** (len(plain) // 2)


def _flat(factor: MatrixExpr) -> list[MatrixExpr]:
    if isinstance(factor, sympy.MatPow) and isinstance(factor.exp, sympy.Integer):
        base = factor.base if factor.exp > 0 else sympy.Inverse(factor.base)
        return [base] * abs(int(factor.exp))
    return [factor]


def _one(factor: MatrixExpr, letter: sympy.MatrixSymbol, value: sympy.Symbol) -> sympy.Expr | None:
    """A matrix that is a rational function of one letter, which equals its transpose."""
    if factor == letter:
        return value
    if isinstance(factor, sympy.Identity):
        return sympy.Integer(1)
    if isinstance(factor, sympy.Inverse):
        part = _one(factor.arg, letter, value)
        return None if part is None else 1 / part
    if isinstance(factor, sympy.MatAdd):
        parts = [_symbolic(term, (letter,), value) for term in factor.args]
        return None if any(p is None for p in parts) else sympy.Add(*parts)
    if isinstance(factor, sympy.MatMul):
        return _symbolic(factor, (letter,), value)
    return None


def _block(
    factor: MatrixExpr,
    around: list[MatrixExpr],
    first: sympy.MatrixSymbol,
    second: sympy.MatrixSymbol,
    value: sympy.Symbol,
) -> sympy.Expr | None:
    """An inverse of a polynomial in H Ψ, which stands where H comes next, or in Ψ H, where Ψ does."""
    if not isinstance(factor, sympy.Inverse):
        return None
    terms = factor.arg.args if isinstance(factor.arg, sympy.MatAdd) else (factor.arg,)
    following = next((f for f in around if f in (first, second)), None)
    total: sympy.Expr = sympy.Integer(0)
    for term in terms:
        factors = term.args if isinstance(term, sympy.MatMul) else (term,)
        scalar = sympy.Mul(*(f for f in factors if not isinstance(f, MatrixExpr)))
        word = [g for f in factors if isinstance(f, MatrixExpr) for g in _flat(f)]
        word = [g for g in word if not isinstance(g, sympy.Identity)]
        if any(g not in (first, second) for g in word) or len(word) % 2:
            return None
        if any(f == g for f, g in pairwise(word)):
            return None
        if word and following is not None and word[0] != following:
            return None
        total += scalar * value ** (len(word) // 2)
    return 1 / total


def _merged(expression: sympy.Expr) -> sympy.Expr:
    """A sum of multiples of sums over the same eigenvalues, as one sum."""
    rest, multiples = multiples_of_sums(expression)
    if len(multiples) < 2:
        return expression
    body = sympy.factor(sympy.together(sympy.Add(*(factor * total.body for factor, total in multiples))))
    last = multiples[-1][1]
    vectors = dict.fromkeys(u for _, total in multiples for u in total.vectors)
    return sympy.Add(*rest, EigenSum(body, *last.args[1:3], *last.letters, *vectors))


def multiples_of_sums(
    expression: sympy.Expr,
) -> tuple[list[sympy.Expr], list[tuple[sympy.Expr, EigenSum]]]:
    """The terms of an expression that are no multiples of one sum over eigenvalues, and those that are."""
    rest, multiples = list[sympy.Expr](), list[tuple[sympy.Expr, EigenSum]]()
    for term in sympy.Add.make_args(expression):
        sums = [f for f in sympy.Mul.make_args(term) if isinstance(f, EigenSum)]
        if len(sums) != 1 or sympy.fraction(term)[1].atoms(EigenSum):
            rest.append(term)
        else:
            multiples.append((term / sums[0], sums[0]))
    return rest, multiples
