"""Features of more than two open ends whose best coefficient is an identity on two of them.

With m responses a prediction such as vᵀA yᵀX B x has a coefficient A ⊗ B. Where the law does not distinguish between
responses, the best one is I ⊗ K: the ends of size m are joined, and K is the coefficient of yᵀX v and x. This is tried,
and what the joined feature leaves of the target has to be orthogonal to every feature.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from symicl.algebra import (
    COLS,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    Monomial,
    Number,
    Word,
    closed,
    from_monomials,
    letter,
    monomials_of,
    product_of_letters,
    size_of,
    transposed_word,
)
from symicl.expectation import Gaussian, average
from symicl.theory.features import Feature, runs_in


def joined(feature: Feature) -> Iterator[tuple[Feature, Word, Word]]:
    """The features of two ends in which a vector v is joined to a matrix M of the same size, as M v, with M and v."""
    if feature.others or feature.scalars or len(feature.segments) != 3:
        return
    for first, second, rest in permutations(feature.segments):
        if COLS[second[-1]] != ONE or COLS[rest[-1]] != ONE:
            continue
        for matrix in (first, transposed_word(first)):
            if ONE not in (ROWS[matrix[0]], COLS[matrix[-1]]) and COLS[matrix[-1]] == ROWS[second[0]]:
                yield Feature((matrix + second, rest), ()), matrix, second


def joined_part(part: ClosedForm, matrix: Word, vector: Word) -> ClosedForm:
    """The part of the prediction that the joined feature carries: the coefficient's mean over the two ends.

    With p ~ N(0, I) in the place of v and of the end of M that v is joined to, the average over p takes the trace of
    what stands between them, of which an identity has as many as there are.
    """
    p = letter(("joined end", ROWS[vector[0]]), ROWS[vector[0]], ONE)
    hole = letter(("joined", ROWS[matrix[0]]), ROWS[matrix[0]], ONE)
    fill = {matrix: (hole, PARTNER[p]), vector: (p,)}
    fill |= {transposed_word(word): transposed_word(by) for word, by in fill.items()}
    prompt = {a for word in fill for a in word}
    num, den = part.fraction()
    terms: dict[Monomial, Number] = {}
    for monomial, c in monomials_of(num).items():
        words: list[Word] = []
        for word in monomial:
            out: list[int] = []
            for run, inside in [(word, False)] if prompt.isdisjoint(word) else runs_in(word, prompt):
                out += fill[run] if inside else run
            words += closed(tuple(out)) or ()
        key = tuple(sorted(words))
        terms[key] = terms.get(key, 0) + c
    mean = average(from_monomials(terms) / den, [Gaussian(p)]) / size_of(ROWS[p])
    return mean.substitute({hole: product_of_letters(ROWS[hole], ONE, matrix + vector)})
