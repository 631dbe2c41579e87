"""Averages with max(0, t), |t| and the sign of t, where t is linear in a matrix of symmetric rows.

max(0, t) = (t + |t|)/2, and |z| = S z with S the diagonal matrix of the signs of z. If the law of a row is that of its
negative, then the signs of z = X a are independent of what is even in each row, such as XᵀX, and are fair coins: so a
product with an odd number of signs of a row that is otherwise even in it has mean zero. What is left of an even
number of signs are sums over one row, Xᵀ S X ⊗ Xᵀ S X → Σ x_i x_iᵀ ⊗ x_i x_iᵀ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Monomial,
    Polynomial,
    Word,
    argument_of,
    closed,
    dimension_index,
    dimension_value,
    entrywise_of,
    letter,
    reported,
    written,
)
from symicl.errors import UnsupportedError
from symicl.expectation.entry_network import even_partitions
from symicl.expectation.gaussian import Gaussian
from symicl.expectation.half_spaces_log import write_half_spaces, write_signs
from symicl.expectation.odd_half_spaces import over_one_vector

Law = Any
"""A `symicl.expectation.integration.Law`; that module imports this one."""
Means = dict[int, MatrixPolynomial]
Integrate = Callable[[Polynomial, Iterable[Law]], Polynomial]

SIGNS = written("signs", write_signs)
HALF_SPACES = written("half-spaces", write_half_spaces)
MAX_SIGNS = 8
"""In one product; there are 105 ways to pair eight signs, and 379 partitions into even blocks."""


def average_with_signs(
    polynomial: Polynomial, laws: Sequence[Law], means: Means, integrate: Integrate
) -> Polynomial:
    """E of a polynomial in which functions of entries occur.

    Raises
    ------
    UnsupportedError
        If the rows are not symmetric, if something constant or random stands between their entries, for two
        half-spaces at once, and where the average is not polynomial.
    """
    known = {law.letter: law for law in laws}
    arguments: dict[int, MatrixPolynomial] = {}
    for a in sorted(a for a in polynomial.letters() if entrywise_of(a) is not None):
        arguments[_sign_letter(a)] = argument_of(a).substitute(means)
        if entrywise_of(a).kind == "sign":  # type: ignore[union-attr]
            _refuse_zero(a, arguments[_sign_letter(a)], known)
        polynomial = in_signs(polynomial, a, _sign_letter(a))
    if means:
        polynomial = polynomial.substitute(means)
    around = set().union(*(z.letters() for z in arguments.values())) & known.keys()
    polynomial = integrate(polynomial, [law for law in laws if law.letter not in around])
    _refuse_two(polynomial, arguments)
    fresh: list[Law] = []
    for s, z in sorted(arguments.items()):
        if s not in polynomial.letters():
            continue
        rows = _rows(z, known)
        if not rows:
            raise UnsupportedError(
                f"{_named(s)}: its argument is not linear in a random matrix with independent rows of mean zero, so "
                "its average is not known here; sample() takes it at numbers"
            )
        polynomial, own = _without_sign(polynomial, s, z, rows, known)
        fresh += own
    return integrate(polynomial, [*laws, *fresh])


def _sign_letter(a: int) -> int:
    size = ROWS[a]
    return letter(("signs", entrywise_of(a).arg), size, size, symmetric=True)  # type: ignore[union-attr]


@reported(SIGNS)
def in_signs(polynomial: Polynomial, a: int, s: int) -> Polynomial:
    """The polynomial with S z for |z|, (z + S z)/2 for max(0, z), and the number S for the sign of one number."""
    function, z, S = entrywise_of(a), argument_of(a), MatrixPolynomial.of(s)
    assert function is not None
    if COLS[a] != ONE:
        raise UnsupportedError(
            f"{function}: its argument is {z.shape_text}; the average of {function.kind} is known of a column, such as "
            "relu(X*x), and of a number, such as relu(a.T*x)"
        )
    if function.kind == "sign" and ROWS[a] != ONE:
        raise UnsupportedError(
            f"{function}: the average of a column of signs is not known here; sample() takes it at numbers"
        )
    kinds = {"sign": S, "absolute": S @ z, "relu": (z + S @ z) * Fraction(1, 2)}
    return polynomial.substitute({a: kinds[function.kind]})


def _rows(z: MatrixPolynomial, known: dict[int, Law]) -> list[int]:
    """The letters X, as they stand in z = X a, whose rows are flipped with the entries of z."""
    found: list[int] = []
    for a in sorted(z.letters() & known.keys()):
        for r in {a, PARTNER[a]}:
            if ROWS[r] != z.rows or not _is_symmetric(r, known[a]):
                continue
            if z.rows == ONE:
                odd = all(sum(word.count(r) + (r != PARTNER[r]) * word.count(PARTNER[r]) for word in m) % 2
                          for (m, _) in z.terms)  # fmt: skip
                if odd and not any(min(q, PARTNER[q]) == a for q in found):
                    found.append(r)
            elif all(
                w and w[0] == r and a not in {min(b, PARTNER[b]) for b in w[1:]} for _, w in z.terms
            ) and not any(a in word or PARTNER[a] in word for m, _ in z.terms for word in m):
                found.append(r)
    return found


def _is_symmetric(r: int, law: Law) -> bool:
    """True if rows of the letter may be flipped one by one."""
    if isinstance(law, Gaussian):
        between = law.row_cov if r == law.letter else law.col_cov
        return between == NO_LETTER or ROWS[r] == ONE
    return hasattr(law, "moments") and (r == law.letter or ROWS[r] == ONE)


def _without_sign(
    polynomial: Polynomial, s: int, z: MatrixPolynomial, rows: list[int], known: dict[int, Law]
) -> tuple[Polynomial, list[Law]]:
    """The average over the signs, and the laws of the letters that are new in it."""
    if ROWS[s] == ONE:
        even = over_one_sign(polynomial, s, rows)
        return over_one_vector(even, s, z, rows, known) if s in even.letters() else (even, [])
    r = rows[0]
    result = over_rows(polynomial, s, r)
    new = sorted(a for a in result.letters() if _is_made_of(a, r))
    return result, [_fresh_law(a, r, known[min(r, PARTNER[r])]) for a in new]


@reported(HALF_SPACES)
def over_one_sign(polynomial: Polynomial, s: int, rows: list[int]) -> Polynomial:
    """The average over the sign of one number, as far as parity gives it; other terms keep the sign."""
    result: dict[Monomial, Any] = {}
    for monomial, c in polynomial:
        rest = tuple(word for word in monomial if word != (s,))
        if (len(monomial) - len(rest)) % 2:
            if any(_degree(rest, r) % 2 == 0 for r in rows):
                continue
            rest = tuple(sorted((*rest, (s,))))
        result[rest] = result.get(rest, 0) + c
    return Polynomial({m: c for m, c in result.items() if c})


def _degree(monomial: Monomial, r: int) -> int:
    return sum(a in (r, PARTNER[r]) for word in monomial for a in word)


@reported(HALF_SPACES)
def over_rows(polynomial: Polynomial, s: int, r: int) -> Polynomial:
    """The average over the signs of independent rows: products of sums over rows, in rows that stand alone."""
    n, d = ROWS[r], COLS[r]
    gram = letter(("XᵀX", r), d, d, symmetric=True)
    result = Polynomial()
    for monomial, c in polynomial:
        if not any(s in word for word in monomial):
            result = result + Polynomial({monomial: c})
            continue
        words, links = _linked(monomial, s, r, gram)
        if links % 2:
            continue
        if links > MAX_SIGNS:
            raise UnsupportedError(
                f"{_named(s)} stands {links} times in a product; at most {MAX_SIGNS} times are taken"
            )
        for blocks in even_partitions(range(links), range(2, links + 1, 2)):
            block_of = {link: k for k, block in enumerate(blocks) for link in block}
            table = {}
            squares = MatrixPolynomial.zero(d, d)
            for k in range(len(blocks)):
                x = MatrixPolynomial.of(_row_letter(r, k, d))
                square = x @ x.T if d != ONE else MatrixPolynomial.identity(ONE, (x @ x).trace())
                table[_place_letter(r, k, d)] = square
                squares = squares + square
            others = _other_rows(r, len(blocks))
            table[gram] = squares if others is None else squares + others.T @ others
            factor = Polynomial.constant(c)
            for k in range(len(blocks)):
                factor = factor * (dimension_value(n) - k)
            if not factor:
                continue
            placed = [
                tuple(_place_letter(r, block_of[-a - 2], d) if a <= -2 else a for a in word) for word in words
            ]
            product: Polynomial = Polynomial.constant(1)
            for word in placed:
                closed_word = closed(word)
                product = product * (
                    Polynomial.product(closed_word)
                    if closed_word is not None
                    else dimension_value(ROWS[word[0]])
                )
            result = result + product.substitute(table) * factor
    return result


def _linked(monomial: Monomial, s: int, r: int, gram: int) -> tuple[list[Word], int]:
    """The words with one letter for each XᵀX, and −2, −3, … for each Xᵀ S X; and how many of these there are."""
    words, links = [], 0
    turned = PARTNER[r]
    for word in monomial:
        if s not in word and r not in word and turned not in word:
            words.append(word)
            continue
        start = next((i for i, a in enumerate(word) if a == turned), None)
        if start is None:
            _refuse_between(s, r)
        word = word[start:] + word[:start]
        out: list[int] = []
        i = 0
        while i < len(word):
            if word[i] == turned:
                j = i + 1
                while j < len(word) and word[j] == s:
                    j += 1
                if j == len(word) or word[j] != r:
                    _refuse_between(s, r)
                if (j - i - 1) % 2:
                    out.append(-2 - links)
                    links += 1
                else:
                    out.append(gram)
                i = j + 1
            elif word[i] in (r, s):
                _refuse_between(s, r)
            else:
                out.append(word[i])
                i += 1
        words.append(tuple(out))
    return words, links


def _row_letter(r: int, k: int, d: int) -> int:
    return letter(("row", k + 1, r), d, ONE)


def _place_letter(r: int, k: int, d: int) -> int:
    return letter(("row square", k + 1, r), d, d, symmetric=True)


def _other_rows(r: int, count: int) -> MatrixPolynomial | None:
    """The matrix of the rows that are left; None if none are."""
    size: Any = DIMENSIONS[ROWS[r]]
    if count == 0:
        return MatrixPolynomial.of(r)
    if isinstance(size, int) and size <= count:
        return None
    left = dimension_index(size - count)
    return MatrixPolynomial.of(letter(("other rows", count, r), left, COLS[r]))


def _is_made_of(a: int, r: int) -> bool:
    meaning = MEANING[a]
    return isinstance(meaning, tuple) and meaning[0] in ("row", "other rows") and meaning[2] == r


def _fresh_law(a: int, r: int, law: Law) -> Law:
    """The law of one row as a column, or of the other rows."""
    meaning: Any = MEANING[a]
    if not isinstance(law, Gaussian):
        return replace(law, letter=a)
    cov = law.col_cov if r == law.letter else law.row_cov
    if meaning[0] == "row":
        return replace(law, letter=a, row_cov=cov, col_cov=NO_LETTER)
    return replace(law, letter=a, row_cov=NO_LETTER, col_cov=cov)


def _named(s: int) -> str:
    meaning: Any = MEANING[s]
    return f"the signs of {meaning[1]}"


def _refuse_between(s: int, r: int) -> None:
    raise UnsupportedError(
        f"{_named(s)} meet something else of their size than {MEANING[min(r, PARTNER[r])]} in a product: an entrywise "
        "product, which is no product of matrices; sample() takes it at numbers"
    )


def _refuse_zero(a: int, z: MatrixPolynomial, known: dict[int, Law]) -> None:
    """The square of a sign is 1 where the number is almost never 0."""
    random = z.letters() & known.keys()
    if random and not any(isinstance(known[b], Gaussian) for b in random):
        raise UnsupportedError(
            f"{entrywise_of(a)}: its argument may be 0 with a positive probability, where the sign is 0; the average "
            "is known of numbers that are linear in a Gaussian vector, and relu() and absolute() of other laws"
        )


def _refuse_two(polynomial: Polynomial, arguments: dict[int, MatrixPolynomial]) -> None:
    for monomial, _ in polynomial:
        both = sorted(s for s in arguments if any(s in word for word in monomial))
        if len(both) > 1:
            raise UnsupportedError(
                f"{_named(both[0])} and {_named(both[1])} stand in one product: two half-spaces, whose average "
                "may be an angle, which is not polynomial; sample() takes it at numbers"
            )
