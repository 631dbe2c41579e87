"""Expectations of P = X (XᵀX)⁻¹ Xᵀ, the hat matrix of least squares, for independent Gaussian rows.

Rows N(0, Σ) make X as likely as OX for every orthogonal O, so that P is the projector on a uniform subspace: it is UUᵀ
with U the first d columns of an orthogonal matrix from Haar's law, whatever Σ is.
"""

from __future__ import annotations

from functools import reduce
from operator import matmul

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    PARTNER,
    ROWS,
    MatrixPolynomial,
    Polynomial,
    Word,
    asserted_as,
    exact_size,
    inverse_letter,
    reported,
    symbol_letter,
    written,
)
from symicl.expectation.conditions import require
from symicl.expectation.gaussian import Gaussian, gram_letter
from symicl.expectation.orthogonal import HaarLaw, haar

HAT_MATRIX = written(
    "hat matrix",
    asserted_as(
        "an average over hat matrices", "the columns of Gaussian rows span a uniform subspace, by invariance"
    ),
)


def over_projector(polynomial: Polynomial, law: Gaussian) -> Polynomial | None:
    """E over X of a polynomial in X (XᵀX)⁻¹ Xᵀ; None if X stands otherwise.

    Raises
    ------
    InputError, UnsupportedError
        If XᵀX has no inverse, or is not known to have one.
    """
    z, v = law.letter, inverse_letter(gram_letter(law.letter))
    words = {word for monomial, _ in polynomial for word in monomial if {z, PARTNER[z], v} & set(word)}
    if any(_with_columns(word, z, v, z) is None for word in words):
        return None
    n, d = (exact_size(DIMENSIONS[side[z]]) for side in (ROWS, COLS))
    name = str(getattr(MEANING[z], "name", MEANING[z]))
    require(n, d - 1, f"({name}ᵀ{name})⁻¹ exists")
    return expectation(polynomial, law)


@reported(HAT_MATRIX)
def expectation(polynomial: Polynomial, law: Gaussian) -> Polynomial:
    """E over X of a polynomial in which X stands in X (XᵀX)⁻¹ Xᵀ alone."""
    z, v = law.letter, inverse_letter(gram_letter(law.letter))
    u = symbol_letter(haar(f"columns of {MEANING[z]}", (DIMENSIONS[ROWS[z]], DIMENSIONS[COLS[z]])))
    total = Polynomial()
    for monomial, c in polynomial:
        term = Polynomial.constant(c)
        for word in monomial:
            turned = _with_columns(word, z, v, u)
            term = term * (Polynomial({(word,): 1}) if turned is None else _trace(turned))
        total = total + term
    return HaarLaw(u).over(total)


def _trace(word: Word) -> Polynomial:
    return reduce(matmul, map(MatrixPolynomial.of, word)).trace()


def _with_columns(word: Word, z: int, v: int, u: int) -> Word | None:
    """A closed word with U Uᵀ in the place of X (XᵀX)⁻¹ Xᵀ; None if X or the inverse stand otherwise, or not at all."""
    places = [i for i, a in enumerate(word) if a == v]
    if len(places) != word.count(z) or len(places) != word.count(PARTNER[z]) or not places:
        return None
    start = (places[0] + 2) % len(word)  # no triple goes over the end
    word, out = word[start:] + word[:start], []
    i = 0
    while i < len(word):
        if word[i : i + 3] == (z, v, PARTNER[z]):
            out += [u, PARTNER[u]]
            i += 3
        elif word[i] in (z, v, PARTNER[z]):
            return None
        else:
            out.append(word[i])
            i += 1
    return tuple(out)
