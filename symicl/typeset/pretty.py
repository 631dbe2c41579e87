"""Closed forms arranged for reading; every rearrangement is exact."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy.matrices.expressions import Identity, MatrixExpr

from symicl.algebra.closed_form import ClosedForm
from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ONE, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial
from symicl.algebra.words import Monomial, Word
from symicl.algebra.writer import write_matrix, write_monomial, write_scalar
from symicl.typeset.arrange import shortened
from symicl.typeset.notation import EXPECTATION, symbol_rank


def _is_coefficient(word: Word) -> bool:
    """Dimensions, variances and moments are coefficients; parameters are not."""
    if len(word) != 1 or ROWS[word[0]] != ONE or COLS[word[0]] != ONE:
        return False
    meaning = MEANING[word[0]]
    if isinstance(meaning, sympy.Pow):  # a reciprocal such as 1/n
        meaning = meaning.base
    return isinstance(meaning, sympy.Symbol) and bool(meaning.is_nonnegative)


@lru_cache(maxsize=64)
def collected(polynomial: Polynomial) -> list[tuple[sympy.Expr, sympy.Expr]]:
    """(coefficient, structure) pairs: terms with the same parameters are collected and factored."""
    groups: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in polynomial:
        structure = tuple(w for w in monomial if not _is_coefficient(w))
        coefficient = tuple(w for w in monomial if _is_coefficient(w))
        groups.setdefault(structure, {})[coefficient] = c
    pairs = [
        (shortened(sympy.factor(write_scalar(Polynomial(terms)))), write_monomial(structure))
        for structure, terms in groups.items()
    ]
    return sorted(pairs, key=lambda pair: _reading_order(pair[1]))


def _reading_order(structure: sympy.Expr) -> tuple:
    """Few parameters first, so that a loss starts with the power of its target."""
    factors = [
        f for f in sympy.preorder_traversal(structure) if f.is_Symbol or isinstance(f, sympy.MatrixSymbol)
    ]
    return structure != 1, len(factors), str(structure)


def pretty_ratio(ratio: ClosedForm) -> sympy.Expr:
    """num/den factored, with variances and moments split off as summands where that shortens it."""
    return _pretty_fraction(ratio.expr)


@lru_cache(maxsize=256)  # each formula of a derivation is written several times
def _pretty_fraction(expression: sympy.Expr) -> sympy.Expr:
    fraction = sympy.factor(expression)
    if fraction.has(MatrixExpr) or sympy.fraction(fraction)[1].is_number:
        return shortened(fraction)
    best, split, rest = fraction, sympy.Integer(0), fraction
    for symbol in sorted(fraction.free_symbols, key=symbol_rank, reverse=True):
        if symbol_rank(symbol)[0] < EXPECTATION:
            continue
        shorter = sympy.factor(fraction - split - symbol)
        if sympy.count_ops(shorter) < sympy.count_ops(fraction - split if split == 0 else best - split):
            split += symbol
            best, rest = split + shorter, shorter
    if split == 0:
        return shortened(rest)
    return sympy.Add(*sympy.Add.make_args(split), shortened(rest), evaluate=False)


def pretty_matrix(matrix: MatrixPolynomial) -> MatrixExpr:
    """A matrix polynomial with factored coefficients."""
    by_word: dict[Word, dict[Monomial, Number]] = {}
    for (m, w), c in matrix.terms.items():
        by_word.setdefault(w, {})[m] = c
    terms = []
    for word, coefficients in by_word.items():
        body = (
            write_matrix(MatrixPolynomial(matrix.rows, matrix.cols, {((), word): 1}))
            if word
            else Identity(DIMENSIONS[matrix.rows])
        )
        coefficient = shortened(sympy.factor(write_scalar(Polynomial(coefficients))))
        terms.append(body if coefficient == 1 else sympy.MatMul(coefficient, *_factors(body)))
    if not terms:
        return write_matrix(matrix)
    terms.sort(
        key=lambda term: -sum(isinstance(f, sympy.MatrixSymbol) for f in sympy.preorder_traversal(term))
    )
    return terms[0] if len(terms) == 1 else sympy.MatAdd(*terms, evaluate=False)


def _factors(body: MatrixExpr) -> tuple[sympy.Basic, ...]:
    return body.args if isinstance(body, sympy.MatMul) else (body,)


def _factored_inside(matrix: MatrixExpr) -> MatrixExpr:
    """The coefficients in inverses of sums, factored."""
    inverses = {}
    for inverse in matrix.atoms(sympy.Inverse):
        if isinstance(inverse.arg, sympy.MatAdd):
            parts = [term.as_coeff_matrices() for term in inverse.arg.args if isinstance(term, sympy.MatMul)]
            rest = [term for term in inverse.arg.args if not isinstance(term, sympy.MatMul)]
            terms = [sympy.MatMul(shortened(sympy.factor(c)), *matrices) for c, matrices in parts]
            inverses[inverse] = sympy.Inverse(sympy.MatAdd(*terms, *rest))
    return matrix.xreplace(inverses)


def pretty_matrix_ratio(ratio: ClosedForm) -> MatrixExpr:
    """Common scalar factors cancelled between numerator and denominator."""
    numerator = _factored_inside(pretty_matrix(ratio.num))
    scalar, body = sympy.Integer(1), numerator
    if isinstance(numerator, sympy.MatMul):
        scalar, matrices = numerator.as_coeff_matrices()
        body = matrices[0] if len(matrices) == 1 else sympy.MatMul(*matrices)
    factor = shortened(sympy.factor(scalar / write_scalar(ratio.den)))
    return body if factor == 1 else sympy.MatMul(factor, *_factors(body))
