"""Normal equations F (K G − D) = 0 whose factor F on the left is a sum, such as a covariance S + s I."""

from __future__ import annotations

from symicl.algebra import COLS, PARTNER, ROWS, ClosedForm, Word, inverse_of, product_of_letters
from symicl.errors import UnsupportedError

MAX_STEPS = 200


def solution_of_sums(normal: ClosedForm, unknown: int) -> ClosedForm:
    """The solution K = D G⁻¹ of an equation F K G = F D, where F is divided out exactly.

    Parameters
    ----------
    normal : ClosedForm
        Linear in the unknown.
    unknown : letter

    Raises
    ------
    UnsupportedError
        If the equation is not of this form.
    """
    normal, _ = normal.fraction()
    if unknown not in {a for word in _coefficients(normal) for a in word}:
        normal = normal.T
    sides: dict[Word, ClosedForm] = {}
    constant = ClosedForm.zero(normal.rows, normal.cols)
    for word, c in _coefficients(normal).items():
        if c.letters() & {unknown, PARTNER[unknown]} or sum(
            a in (unknown, PARTNER[unknown]) for a in word
        ) > (unknown in word):
            raise UnsupportedError("the unknown does not stand once in each product")
        if unknown not in word:
            constant = constant - product_of_letters(normal.rows, normal.cols, word) * c
            continue
        at = word.index(unknown)
        right = product_of_letters(COLS[unknown], normal.cols, word[at + 1 :]) * c
        sides[word[:at]] = sides[word[:at]] + right if word[:at] in sides else right
    first = max(sides, key=lambda word: (len(word), word))
    factor = sides[first]
    left = ClosedForm.zero(normal.rows, ROWS[unknown])
    for word, side in sides.items():
        left = left + product_of_letters(normal.rows, ROWS[unknown], word) * _ratio(side, factor)
    right_side = _quotient(constant, left)
    if right_side is None:
        raise UnsupportedError("the sides of the equation have no common factor on the left")
    # K = D (G₁ D)⁻¹ = G₁⁻¹, where D is a factor of G that has an inverse.
    rest = _quotient(factor.T, right_side.T) if right_side.rows == right_side.cols else None
    return right_side @ inverse_of(factor) if rest is None else inverse_of(rest.T)


def _coefficients(form: ClosedForm) -> dict[Word, ClosedForm]:
    return {word: form.coefficient(word) for word in dict.fromkeys(word for _, word in form.terms)}


def _ratio(form: ClosedForm, other: ClosedForm) -> ClosedForm:
    """The scalar c with form = c · other.

    Raises
    ------
    UnsupportedError
        If there is none.
    """
    word = next(iter(_coefficients(other)))
    c = form.coefficient(word) / other.coefficient(word)
    if form != other * c:
        raise UnsupportedError("the unknown is multiplied by different sums")
    return c


def _quotient(form: ClosedForm, factor: ClosedForm) -> ClosedForm | None:
    """The matrix M with form = factor · M, or None: division with remainder, from the longest words on."""
    lead, c = max(_coefficients(factor).items(), key=lambda item: (len(item[0]), item[0]))
    found = ClosedForm.zero(factor.cols, form.cols)
    for _ in range(MAX_STEPS):
        left = _coefficients(form)
        if not left:
            return found
        word = max(left, key=lambda word: (len(word), word))
        if word[: len(lead)] != lead:
            return None
        term = product_of_letters(factor.cols, form.cols, word[len(lead) :]) * (left[word] / c)
        found, form = found + term, form - factor @ term
    return None
