"""Long closed forms as text in the language itself, term by term and without SymPy, which would take minutes."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

from symicl.algebra.letters import COLS, DIMENSIONS, MEANING, ONE, PARTNER, ROWS, is_transposed
from symicl.algebra.polynomial import MatrixPolynomial, Number, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio
from symicl.algebra.words import Monomial, Word
from symicl.algebra.writer import readable
from symicl.typeset.text import expression_text


def long_text(ratio: Ratio | MatrixRatio) -> str:
    """A closed form on one line, its terms as they are."""
    top = _sum(ratio.num)
    if ratio.den == 1:
        return top
    bottom = f"({_sum(ratio.den)})"
    return f"({top})/{bottom}" if isinstance(ratio, Ratio) else f"1/{bottom} ({top})"


def _sum(part: Polynomial | MatrixPolynomial) -> str:
    terms: list[tuple[Number, list[str]]]
    if isinstance(part, Polynomial):
        terms = [(c, _scalars(monomial)) for monomial, c in part]
    else:
        unit = f"I_{DIMENSIONS[part.rows]}"
        terms = [
            (c, [*_scalars(monomial), " ".join(map(_letter, word)) if word else unit])
            for (monomial, word), c in part.terms.items()
        ]
    text = "".join(f" {'-' if c < 0 else '+'} {_term(c if c > 0 else -c, factors)}" for c, factors in terms)
    return text.removeprefix(" + ").removeprefix(" ") or "0"


def _term(c: Number, factors: list[str]) -> str:
    number = [] if c == 1 and factors else [str(c) if c.denominator == 1 else f"({c})"]
    return " ".join([*number, *factors])


def _scalars(monomial: Monomial) -> list[str]:
    counted = Counter(monomial)
    return [_closed(word) + (f"^{count}" if count > 1 else "") for word, count in counted.items()]


@cache
def _closed(word: Word) -> str:
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE:
        return _letter(word[0])
    text = " ".join(map(_letter, readable(word)))
    return f"({text})" if ROWS[readable(word)[0]] == ONE else f"tr({text})"


@cache
def _letter(a: int) -> str:
    if is_transposed(a):
        return _letter(PARTNER[a]) + "'"
    meaning: Any = MEANING[a]
    if isinstance(meaning, tuple):
        return f"{meaning[1]}^-1"
    return str(meaning) if meaning.is_Symbol or meaning.is_symbol else f"({expression_text(meaning)})"
