"""Closed forms arranged for reading; every rearrangement is exact.

Sums are written in the shortest of a few forms: (T − 2) κ₂ + κ₃ H instead of T κ₂ + κ₃ H − 2 κ₂.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import Any

import sympy
from sympy.matrices.expressions import Identity, MatrixExpr

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Monomial,
    Number,
    SymmetricMatrix,
    Word,
    from_monomials,
    monomials_of,
    product_of_letters,
    terms_of,
    write_monomial,
)
from symicl.errors import DerivationError
from symicl.typeset.notation import EXPECTATION, OTHER, symbol_rank

MAX_ARRANGED_TERMS = 40
"""Terms up to which a sum is rearranged."""
MAX_SYMBOLS = 7
"""Symbols up to which each one alone is tried: the work doubles with every further one."""


def _is_coefficient(word: Word) -> bool:
    """Dimensions, variances and moments are coefficients; parameters are not."""
    if len(word) != 1 or ROWS[word[0]] != ONE or COLS[word[0]] != ONE:
        return False
    meaning = MEANING[word[0]]
    if isinstance(meaning, sympy.Pow):  # a reciprocal such as 1/n
        meaning = meaning.base
    return isinstance(meaning, sympy.Symbol) and bool(meaning.is_nonnegative)


def _is_of_the_law(word: Word) -> bool:
    """True for coefficients, and for traces of covariances and of inverses made of these."""
    return _is_coefficient(word) or all(_is_symmetric(MEANING[min(a, PARTNER[a])]) for a in word)


def _is_symmetric(meaning: Any) -> bool:
    if isinstance(meaning, tuple):
        return meaning[0] == "inverse" and _is_symmetric(meaning[1])
    if isinstance(meaning, sympy.Inverse):
        return all(map(_is_symmetric, meaning.atoms(sympy.MatrixSymbol)))
    return isinstance(meaning, SymmetricMatrix)


Pairs = list[tuple[sympy.Expr, sympy.Expr]]


def collected(form: ClosedForm) -> Pairs | None:
    """(coefficient, structure) pairs: terms with the same parameters are collected and factored.

    None where there is nothing to collect: a quotient by more than dimensions and variances, or a function of these
    and of covariances alone, which reads best as one fraction.
    """
    num, den = form.fraction()
    terms, below = monomials_of(num), monomials_of(den)
    if not all(map(_is_coefficient, chain(*below))):
        return None
    if all(map(_is_of_the_law, chain(*terms))):
        return None
    pairs = _collected(frozenset(terms.items()), frozenset(below.items()))
    coefficients = {coefficient for coefficient, _ in pairs}
    # A coefficient that all terms share reads best in front of their sum.
    shared = len(pairs) > 1 and len(coefficients) == 1 and not coefficients.pop().is_number
    return None if shared else pairs


@lru_cache(maxsize=64)  # each formula of a derivation is written several times
def _collected(
    terms: Collection[tuple[Monomial, Number]], below: Collection[tuple[Monomial, Number]]
) -> Pairs:
    groups: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in terms:
        structure = tuple(w for w in monomial if not _is_coefficient(w))
        coefficient = tuple(w for w in monomial if _is_coefficient(w))
        groups.setdefault(structure, {})[coefficient] = c
    den = from_monomials(dict(below))
    pairs = [
        (shortened(sympy.factor((from_monomials(part) / den).expr)), write_monomial(structure))
        for structure, part in groups.items()
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


def pretty_matrix(matrix: ClosedForm) -> MatrixExpr:
    """A matrix as a sum of products, its coefficients factored."""
    num, den = matrix.fraction()
    by_word: dict[Word, dict[Monomial, Number]] = {}
    for (m, w), c in terms_of(num).items():
        by_word.setdefault(w, {})[m] = c
    terms = []
    for word, coefficients in by_word.items():
        body = (
            product_of_letters(matrix.rows, matrix.cols, word).expr
            if word
            else Identity(DIMENSIONS[matrix.rows])
        )
        coefficient = shortened(sympy.factor((from_monomials(coefficients) / den).expr))
        terms.append(body if coefficient == 1 else sympy.MatMul(coefficient, *_factors(body)))
    if not terms:
        return matrix.expr
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
    num, den = ratio.fraction()
    if len(den) == 1 and all(map(_is_coefficient, chain(*monomials_of(den)))):
        return _factored_inside(pretty_matrix(ratio))
    numerator = _factored_inside(pretty_matrix(num))
    scalar, body = sympy.Integer(1), numerator
    if isinstance(numerator, sympy.MatMul):
        scalar, matrices = numerator.as_coeff_matrices()
        body = matrices[0] if len(matrices) == 1 else sympy.MatMul(*matrices)
    factor = shortened(sympy.factor(scalar / den.expr))
    return body if factor == 1 else sympy.MatMul(factor, *_factors(body))


# --- sums ---------------------------------------------------------------------------------------------------


# What is left of a sum when one symbol and then another one is taken out is the same in either order.
@lru_cache(maxsize=2**14)
def shortened(expression: sympy.Expr) -> sympy.Expr:
    """A product whose sums are collected where that makes them shorter.

    Parameters
    ----------
    expression : SymPy scalar
        Factored already.

    Raises
    ------
    DerivationError
        If a sum changed its value, which would be a defect.
    """
    if isinstance(expression, sympy.Add):
        return _sum(expression)
    if isinstance(expression, sympy.Mul):
        return _product(*map(shortened, expression.args))
    if isinstance(expression, sympy.Pow) and isinstance(expression.base, sympy.Add):
        return sympy.Pow(_sum(expression.base), expression.exp, evaluate=False)
    return expression


def _sum(total: sympy.Add) -> sympy.Expr:
    if not 2 < len(total.args) <= MAX_ARRANGED_TERMS:
        return total
    letters = {f: sympy.Dummy() for f in _generators(total) if not f.is_Symbol}
    plain = total.xreplace(letters)
    names = {dummy: f for f, dummy in letters.items()}
    if not plain.is_polynomial():
        return total
    best = min(_forms(plain, set(names)), key=_cost)
    if best is plain:
        return total
    if sympy.expand(best - plain) != 0:
        raise DerivationError(f"a sum changed its value when it was collected: {str(total)[:80]}")
    return _put_back(best, names)


def _cost(expression: sympy.Expr) -> int:
    """Operations, and letters that are written."""
    letters = sum(1 for node in sympy.preorder_traversal(expression) if node.is_Symbol)
    return int(sympy.count_ops(expression)) + letters


def _generators(total: sympy.Add) -> set[sympy.Expr]:
    """The generators of the sum as a polynomial: symbols, traces, harmonic numbers, sums over an index."""
    found = set()
    for term in total.args:
        for factor in sympy.Mul.make_args(term):
            base = factor.base if isinstance(factor, sympy.Pow) and factor.exp.is_Integer else factor
            if not base.is_number:
                found.add(base)
    return {g for g in found if not isinstance(g, sympy.Add | MatrixExpr)}


def _forms(plain: sympy.Expr, letters: set[sympy.Dummy]) -> Iterator[sympy.Expr]:
    """The sum itself, then collected in all parameters at once, and, if there are few, in each symbol."""
    yield plain
    symbols = sorted(plain.free_symbols, key=lambda s: (s not in letters, symbol_rank(s)))
    parameters = [s for s in symbols if s in letters or symbol_rank(s)[0] >= OTHER]
    single = reversed(symbols) if len(symbols) <= MAX_SYMBOLS else ()
    for chosen in [parameters, *([s] for s in single)]:
        if chosen:
            yield _collected_by(plain, chosen)


def _collected_by(plain: sympy.Expr, symbols: Iterable[sympy.Symbol]) -> sympy.Expr:
    """Σ monomial · coefficient, with the coefficients factored."""
    terms = []
    for powers, coefficient in sympy.Poly(plain, *symbols).terms():
        monomial = sympy.Mul(*(s**k for s, k in zip(symbols, powers, strict=True)))
        factored = shortened(_factored(coefficient))
        if monomial == 1 and isinstance(factored, sympy.Add):
            terms += factored.args
        else:
            terms.append(_product(factored, monomial))
    return terms[0] if len(terms) == 1 else sympy.Add(*terms, evaluate=False)


@lru_cache(maxsize=2**14)
def _factored(coefficient: sympy.Expr) -> sympy.Expr:
    return sympy.factor(coefficient)


def _product(*factors: sympy.Expr) -> sympy.Expr:
    """A flat product in which nothing is multiplied out."""
    flat = [f for factor in factors for f in sympy.Mul.make_args(factor) if f != 1]
    if not flat or not any(isinstance(f, sympy.Add) for f in flat):
        return sympy.Mul(*flat)
    return flat[0] if len(flat) == 1 else sympy.Mul(*flat, evaluate=False)


def _put_back(expression: sympy.Expr, names: dict[sympy.Dummy, sympy.Expr]) -> sympy.Expr:
    """The letters replaced, without multiplying out anything."""
    if expression in names:
        return names[expression]
    if not names or not expression.has(*names):
        return expression
    return expression.func(*(_put_back(a, names) for a in expression.args), evaluate=False)
