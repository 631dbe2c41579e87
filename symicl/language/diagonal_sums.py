"""1'D L 1 = tr(D L) for diagonal matrices: the sum of all entries of a diagonal matrix is its trace."""

from __future__ import annotations

from functools import reduce
from operator import matmul, mul

from sympy.matrices.expressions import OneMatrix

from symicl.algebra import (
    DIAGONAL,
    MEANING,
    ClosedForm,
    OnesVector,
    Word,
    from_terms,
    terms_of,
)

SUMS = "; a sum of the entries of a diagonal matrix is its trace"
WHY_UNWRITTEN = "no rule of a certificate makes a trace of the sum of the entries of a diagonal matrix"


def as_traces(form: ClosedForm) -> ClosedForm:
    """A closed form in which no word 1'D L 1 is left; itself if there is none."""
    num, den = form.fraction()
    words = {word for part in (num, den) for monomial, _ in terms_of(part) for word in monomial}
    return _polynomial(num) / _polynomial(den) if any(map(_between, words)) else form


def _polynomial(num: ClosedForm) -> ClosedForm:
    total = ClosedForm.zero(num.rows, num.cols)
    for (monomial, word), c in terms_of(num).items():
        inner = [_between(w) for w in monomial]
        kept = tuple(w for w, found in zip(monomial, inner, strict=True) if not found)
        term = from_terms(num.rows, num.cols, {(kept, word): c})
        total = total + reduce(mul, (_trace(found) for found in inner if found), term)
    return total


def _trace(word: Word) -> ClosedForm:
    return reduce(matmul, map(ClosedForm.of, word)).trace()


def _between(word: Word) -> Word:
    """The diagonal letters of a closed word 1'D L 1; none for another one."""
    ones = [a for a in word if _is_ones(a)]
    rest = tuple(a for a in word if not _is_ones(a))
    return rest if len(ones) == 2 and rest and DIAGONAL.issuperset(rest) else ()


def _is_ones(a: int) -> bool:
    meaning = MEANING[a]
    return isinstance(meaning, OnesVector) or (isinstance(meaning, OneMatrix) and 1 in meaning.shape)
