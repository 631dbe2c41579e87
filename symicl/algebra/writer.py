"""SymPy expressions out: from polynomials in words to SymPy's matrix expressions.

Expressions are assembled without SymPy's own evaluation, which would cost milliseconds a term; they are in
canonical form already.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, cmp_to_key, lru_cache
from itertools import groupby

import sympy
from sympy.core.basic import Basic
from sympy.core.sorting import default_sort_key
from sympy.matrices.expressions import (
    Identity,
    Inverse,
    MatAdd,
    MatMul,
    MatPow,
    MatrixExpr,
    OneMatrix,
    Trace,
    Transpose,
)

from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ONE, PARTNER, ROWS, is_transposed
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial
from symicl.algebra.words import Monomial, Word, transposed_word


def rational(value: Number) -> sympy.Rational:
    """An exact coefficient as a SymPy number."""
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    return sympy.Integer(value)


# SymPy keeps the arguments of Add and Mul in this order; equality of expressions relies on it.
_canonical_order = cmp_to_key(Basic.compare)


@cache
def letter_symbol(index: int) -> sympy.Basic:
    """The SymPy object of a letter."""
    if is_transposed(index):
        mirrored = MEANING[PARTNER[index]]
        if isinstance(mirrored, OneMatrix):
            return OneMatrix(*reversed(mirrored.shape))
        return Basic.__new__(Transpose, letter_symbol(PARTNER[index]))
    meaning = MEANING[index]
    if isinstance(meaning, tuple) and meaning[0] == "inverse":
        return Inverse(meaning[1])
    if isinstance(meaning, sympy.Basic):
        return meaning
    raise TypeError(f"the letter {meaning!r} is internal and has no SymPy form")


@cache
def _sort_name(index: int) -> tuple[str, bool]:
    return str(MEANING[index]), is_transposed(index)


def readable(word: Word) -> Word:
    """The rotation of a closed word (or of its transpose) that reads best.

    A scalar form starts at its row vector. Otherwise few transposes come first, then alphabetical order.
    """
    directions = [(w, sum(map(is_transposed, w))) for w in (word, transposed_word(word))]
    fewest = min(count for _, count in directions)
    best: tuple[list[tuple[str, bool]], Word] | None = None
    for w, count in directions:
        if count > fewest:
            continue
        starts = [i for i, a in enumerate(w) if ROWS[a] == ONE]
        if not starts:
            first = min(w, key=_sort_name)
            starts = [i for i, a in enumerate(w) if a == first]
        for i in starts:
            turned = w[i:] + w[:i]
            names = [_sort_name(a) for a in turned]
            if best is None or names < best[0]:
                best = names, turned
    assert best is not None
    return best[1]


def _product(word: Word) -> MatrixExpr:
    """The product of the letters, equal neighbours as a power, as SymPy itself writes it."""
    factors: list[MatrixExpr] = []
    for a, run in groupby(word):
        count = len(list(run))
        symbol = letter_symbol(a)
        if isinstance(symbol, OneMatrix) and factors and isinstance(factors[-1], OneMatrix):
            factors[-1] = OneMatrix(factors[-1].shape[0], symbol.shape[1])
            continue
        factors.append(symbol if count == 1 else Basic.__new__(MatPow, symbol, sympy.Integer(count)))
    return factors[0] if len(factors) == 1 else Basic.__new__(MatMul, *factors)


def _is_plain(word: Word) -> bool:
    """Not a non-polynomial scalar such as 1/n, which SymPy has to combine with other factors."""
    return len(word) > 1 or ROWS[word[0]] != ONE or isinstance(MEANING[word[0]], sympy.Symbol | MatrixExpr)


@lru_cache(maxsize=100_000)
def closed_word(word: Word) -> sympy.Expr:
    """tr(word) as a SymPy scalar."""
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        symbol = letter_symbol(word[0])
        return Basic.__new__(Trace, symbol) if isinstance(symbol, MatrixExpr) else symbol
    return Basic.__new__(Trace, _product(readable(word)))


@lru_cache(maxsize=100_000)
def _power(word: Word, count: int) -> sympy.Expr:
    # Pow(word, 1) is the word, too, but looks at its assumptions first.
    return closed_word(word) if count == 1 else sympy.Pow(closed_word(word), count)


def write_monomial(monomial: Monomial, coefficient: Number = 1) -> sympy.Expr:
    """A coefficient times a product of closed words."""
    factors = [_power(word, monomial.count(word)) for word in dict.fromkeys(monomial)]
    if not all(map(_is_plain, monomial)):
        return sympy.Mul(rational(coefficient), *factors)
    factors.sort(key=_canonical_order)
    if coefficient != 1 or not factors:
        factors.insert(0, rational(coefficient))
    return factors[0] if len(factors) == 1 else sympy.Mul._from_args(factors, is_commutative=True)


def write_scalar(polynomial: Polynomial) -> sympy.Expr:
    """A polynomial as a SymPy scalar."""
    powers = {word: _as_power(word) for word in polynomial.words()}
    if None in powers.values():
        return sympy.Add(*[write_monomial(m, c) for m, c in polynomial])
    return _sum_of_powers(polynomial, powers)  # type: ignore[arg-type]


@lru_cache(maxsize=100_000)
def _as_power(word: Word) -> tuple[sympy.Expr, int] | None:
    """Base and exponent of a closed word, such as (n, -2) for 1/n²; None for what SymPy has to combine itself."""
    scalar = closed_word(word)
    if _is_plain(word):
        return scalar, 1
    if isinstance(scalar, sympy.Pow) and scalar.base.is_Symbol and scalar.exp.is_Integer:
        return scalar.base, int(scalar.exp)
    return None


def _sum_of_powers(polynomial: Polynomial, powers: Mapping[Word, tuple[sympy.Expr, int]]) -> sympy.Expr:
    """The sum in SymPy's order, without comparing its terms with each other.

    SymPy compares products by their length, then factor by factor. So the distinct factors are ranked once, and a
    product is the list of the ranks of its factors.
    """
    places: dict[sympy.Expr, int] = {}
    at = {word: (places.setdefault(base, len(places)), e) for word, (base, e) in powers.items()}
    collected: dict[tuple[tuple[int, int], ...], Number] = {}
    for monomial, c in polynomial:
        exponents: dict[int, int] = {}
        for word in monomial:
            place, e = at[word]
            exponents[place] = exponents.get(place, 0) + e
        key = tuple([pair for pair in exponents.items() if pair[1]])
        if len(key) > 1:
            key = tuple(sorted(key))
        collected[key] = collected.get(key, 0) + c
    bases = list(places)
    factors = {
        pair: bases[pair[0]] if pair[1] == 1 else sympy.Pow(bases[pair[0]], pair[1])
        for pair in {pair for key in collected for pair in key}
    }
    numbers = {c: rational(c) for c in {*collected.values()}}
    ordered = _in_canonical_order({*factors.values(), *numbers.values()})
    rank = {factor: i for i, factor in enumerate(ordered)}
    of_factor = {pair: rank[factor] for pair, factor in factors.items()}
    of_number = {c: rank[exact] for c, exact in numbers.items()}
    products: list[list[int]] = []
    single: list[int] = []
    for key, c in collected.items():
        if c and key:
            ranks = sorted([of_factor[pair] for pair in key])
            if c == 1 and len(ranks) == 1:
                single += ranks
            else:
                products.append(ranks if c == 1 else [of_number[c], *ranks])
    products.sort(key=lambda ranks: (len(ranks), ranks))
    terms = [ordered[i] for i in sorted(single)]
    if products:
        written = [
            sympy.Mul._from_args([ordered[i] for i in ranks], is_commutative=True) for ranks in products
        ]
        # Expressions of different classes are compared by their classes, so all products stand together.
        place = bisect(terms, _canonical_order(written[0]), key=_canonical_order)
        terms[place:place] = written
    constant = collected.get((), 0)
    if constant or not terms:
        terms.insert(0, rational(constant))
    return terms[0] if len(terms) == 1 else sympy.Add._from_args(terms, is_commutative=True)


def _in_canonical_order(factors: Iterable[sympy.Expr]) -> list[sympy.Expr]:
    """Different numbers, words and powers as SymPy sorts them: by class, numbers then by numerator and denominator."""
    by_class: dict[type, list[sympy.Expr]] = {}
    for factor in factors:
        by_class.setdefault(type(factor), []).append(factor)
    groups = sorted(by_class.values(), key=lambda group: _canonical_order(group[0]))
    for group in groups:
        group.sort(key=_numerator_first if group[0].is_Rational else _canonical_order)
    return [factor for group in groups for factor in group]


def _numerator_first(number: sympy.Rational) -> tuple[int, int]:
    return number.p, number.q


def write_matrix(matrix: MatrixPolynomial) -> MatrixExpr:
    """A matrix of polynomials as a SymPy matrix expression; terms with equal words are collected."""
    rows, cols = DIMENSIONS[matrix.rows], DIMENSIONS[matrix.cols]
    by_word: dict[Word, dict[Monomial, Number]] = {}
    for (m, w), c in matrix.terms.items():
        by_word.setdefault(w, {})[m] = c
    terms: list[MatrixExpr] = []
    for word, coefficients in by_word.items():
        coefficient = write_scalar(Polynomial(coefficients))
        body = _product(word) if word else Identity(rows)
        if coefficient == 1:
            terms.append(body)
        else:
            factors = body.args if isinstance(body, MatMul) else (body,)
            terms.append(Basic.__new__(MatMul, coefficient, *factors))
    if not terms:
        return sympy.ZeroMatrix(rows, cols)
    # SymPy's own order of terms, so that results compare equal to expressions typed in; MatAdd(...).doit()
    # would give it too, but asks many questions about the coefficients.
    terms.sort(key=default_sort_key)
    return terms[0] if len(terms) == 1 else Basic.__new__(MatAdd, *terms)


def write_entry(matrix: MatrixPolynomial) -> MatrixExpr:
    """A 1×1 matrix as SymPy writes it, each term a product that starts at a row vector where there is one."""
    terms: list[MatrixExpr] = []
    for (monomial, _), c in matrix.terms.items():
        words = sorted(monomial, key=lambda w: len(w) > 1)
        if not words or len(words[-1]) < 2:
            return write_matrix(matrix)
        body = _product(readable(words[-1]))
        coefficient = write_monomial(tuple(words[:-1]), c)
        factors = body.args if isinstance(body, MatMul) else (body,)
        terms.append(body if coefficient == 1 else Basic.__new__(MatMul, coefficient, *factors))
    terms.sort(key=default_sort_key)
    return terms[0] if len(terms) == 1 else Basic.__new__(MatAdd, *terms)
