"""Nonnegative forms as expectations of squares, with every step of it recorded.

tr(B P A P') is E (u'P v)² for independent Gaussian vectors u and v with covariances B and A. The checker of
certificates computes this expectation anew, and needs no other reason for a sign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import matmul
from typing import Any

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    MEANING,
    NO_LETTER,
    ONE,
    ROWS,
    ClosedForm,
    Word,
    closed_form,
    inverse_letter,
    is_inverse_of_sum,
    letter,
    monomials_of,
    product_of_words,
    size_of,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import Gaussian, Law, average
from symicl.theory.quadratic.signs import is_definite, is_semidefinite_letter, is_square, word_sign
from symicl.verdicts import Evidence

MAX_SUMMANDS = 32
"""Of what is squared; the products are as many as the pairs."""

Root = tuple[ClosedForm, Sequence[Gaussian]]
"""Something Gaussian, with the laws of its letters; a form is shown to be ≥ 0 as its mean square."""


@dataclass(frozen=True, eq=False)
class Square(Evidence):
    """value ≥ bound, as the difference is the expectation of a square.

    Attributes
    ----------
    value, bound : ClosedForm
    mean : ClosedForm
        The expectation, as it was recorded.
    """

    value: ClosedForm
    bound: ClosedForm
    mean: ClosedForm

    @property
    def holds(self) -> bool:
        """True if the expectation is the difference."""
        return self.value - self.bound == self.mean


def gaussian(size: int, covariance: int = NO_LETTER, role: Hashable = "") -> Gaussian:
    """A centred Gaussian vector of a size; one for each covariance and role.

    Raises
    ------
    UnsupportedError
        If the covariance is the inverse of a sum, which whoever rechecks a certificate does not take for one.
    """
    if covariance != NO_LETTER and is_inverse_of_sum(covariance):
        raise UnsupportedError(f"{MEANING[covariance]} is not taken for a covariance in a certificate")
    what = "I" if covariance == NO_LETTER else MEANING[covariance]
    return Gaussian(letter(("gaussian", role, DIMENSIONS[size], what), size, ONE), row_cov=covariance)


def mean_square(root: ClosedForm, laws: Sequence[Law]) -> ClosedForm:
    """E[root²]."""
    return average(root * root, laws)


def at_least(value: ClosedForm, bound: ClosedForm, *roots: Root) -> Square:
    """That value ≥ bound: their difference is a sum of given squares and of terms that are seen to be ≥ 0.

    Parameters
    ----------
    value, bound : ClosedForm
        Scalars without a denominator.
    *roots
        What is squared and averaged, with the laws of its Gaussian letters; no two share a letter.

    Returns
    -------
    Square
        It does not hold if something is left that has no sign.

    Raises
    ------
    UnsupportedError
        If there is a denominator.
    """
    if any(form.fraction()[1] != 1 for form in (value, bound)):
        raise UnsupportedError(
            "an inequality with a denominator is not shown by squares; multiply both sides by it"
        )
    for a in {a for _, laws in roots for law in laws for a in (law.row_cov, law.col_cov)} - {NO_LETTER}:
        if not is_semidefinite_letter(a):
            raise UnsupportedError(
                f"{MEANING[a]} is not seen to be positive definite; declare it as a covariance"
            )
    rest, parts = value - bound, list(roots)
    for root, laws in roots:
        rest = rest - mean_square(root, laws)
    if rest:
        try:
            parts.append(root_of_sum(rest, "what is left "))
        except UnsupportedError:
            return Square(value, bound, closed_form(0))
    total = closed_form(0)
    all_laws: list[Gaussian] = []
    for i, (root, laws) in enumerate(parts):
        sign = gaussian(ONE, role=f"sign {i}")
        total = total + root * ClosedForm.of(sign.letter)
        all_laws += [sign, *laws]
    return Square(value, bound, mean_square(total, all_laws))


def root_of_norm(
    inner: ClosedForm, rows: int = NO_LETTER, cols: int = NO_LETTER, *, role: str, factor: Any = 1
) -> Root:
    """u'M v, whose mean square is ‖M‖² = tr(M'A M B), for the covariances A and B of u and v, times a factor.

    Parameters
    ----------
    inner : ClosedForm
        M.
    rows, cols : int
        Letters of A and B; nothing for the identity.
    role : str
        No two roots of one sum have the same.
    factor : ClosedForm or int
        A sum of terms that are seen to be ≥ 0, such as n + 2.
    """
    (values,), laws = _between([inner], rows, cols, role)
    return _scaled_root(values, laws, factor, role)


def lagrange(
    first: ClosedForm,
    second: ClosedForm,
    rows: int = NO_LETTER,
    cols: int = NO_LETTER,
    *,
    laws: Sequence[Gaussian] = (),
    factor: Any = 1,
) -> Root:
    """Something whose mean square is ‖M‖²‖N‖² − ⟨M, N⟩², by which Cauchy-Schwarz is an identity; times a factor.

    Here ⟨M, N⟩ = tr(M'A N B), as in `root_of_norm`; the laws are those of Gaussian letters in M and N.
    """
    (p, q), own = _between([first, second], rows, cols, "one ")
    (other_p, other_q), others = _between([first, second], rows, cols, "other ")
    half = closed_form(1) / 2
    return _scaled_root(p * other_q - other_p * q, [*laws, *own, *others], half * factor, "product ")


def _between(
    inner: Sequence[ClosedForm], rows: int, cols: int, role: str
) -> tuple[list[ClosedForm], list[Gaussian]]:
    """u'M v for each M, with one u and one v; a column needs no v."""
    laws = [gaussian(inner[0].rows, rows, f"{role}u")]
    found = [ClosedForm.of(laws[0].letter).T @ matrix for matrix in inner]
    if inner[0].cols != ONE:
        laws.append(gaussian(inner[0].cols, cols, f"{role}v"))
        found = [row @ ClosedForm.of(laws[1].letter) for row in found]
    return [form.trace() for form in found], laws


def _scaled_root(root: ClosedForm, laws: Sequence[Gaussian], factor: Any, role: str) -> Root:
    size, more = root_of_sum(closed_form(factor), f"{role}factor ")
    return root * size, [*laws, *more]


def _checked(square: Square) -> Square:
    if not square.holds:
        raise DerivationError("the expectation of a square is not what it was meant to be")
    return square


def square_of(word: Word, power: int) -> Square:
    """A closed word with a sign, or the square of any closed word, as the expectation of a square.

    Raises
    ------
    UnsupportedError
        If the word has no sign.
    """
    value, zero = product_of_words((word,) * power), closed_form(0)
    if power == 2:
        law = gaussian(ONE, role="g")
        root = product_of_words((word,)) * ClosedForm.of(law.letter)
        return _checked(Square(value, zero, mean_square(root, [law])))
    return _checked(Square(value, zero, mean_square(*root_of(word))))


def root_of(word: Word, role: str = "") -> tuple[ClosedForm, list[Gaussian]]:
    """u'P v for a word tr(B P A P'), whose mean square it is.

    Raises
    ------
    UnsupportedError
        If the word has no sign.
    """
    if len(word) == 1 and ROWS[word[0]] == COLS[word[0]] == ONE and word_sign(word):
        law = _scaled(f"{role}of variance {MEANING[word[0]]}", product_of_words((word,)))
        return ClosedForm.of(law.letter), [law]
    outer, half, inner = _factors(word)
    (u, v), laws = _pair(outer, half, inner, role)
    return ((u.T @ product_of(half) if half else u.T) @ v).trace(), laws


def _scaled(role: str, variance: ClosedForm) -> Gaussian:
    """A number with a variance."""
    return replace(gaussian(ONE, role=role), scale=variance.num)


def root_of_sum(form: ClosedForm, role: str) -> tuple[ClosedForm, list[Gaussian]]:
    """Something Gaussian with this mean square: terms with independent signs.

    Raises
    ------
    UnsupportedError
        If a term is not seen to be ≥ 0, as in n − 1, or there are many.
    """
    terms = monomials_of(form)
    if len(terms) > MAX_SUMMANDS or any(c < 0 for c in terms.values()):
        raise UnsupportedError("a factor of a square is no sum of a few terms that are not negative")
    total = closed_form(0)
    all_laws: list[Gaussian] = []
    for i, (monomial, c) in enumerate(terms.items()):
        law = _scaled(f"{role}{i} of variance {c}", closed_form(c))
        root, laws = ClosedForm.of(law.letter), [law]
        for j, (word, count) in enumerate(Counter(monomial).items()):
            root = root * product_of_words((word,) * (count // 2)) if count > 1 else root
            if count % 2:
                factor, more = root_of(word, f"{role}{i} {j} ")
                root, laws = root * factor, laws + more
        total, all_laws = total + root, all_laws + laws
    return total, all_laws


def strictly(word: Word) -> Square:
    """tr(S) tr(S⁻¹) ≥ d² for S a covariance, or a product AB of two: hence tr(S) is not 0. Twice of it, by Lagrange."""
    if not word or len(word) > 2 or not all(is_definite(a) for a in word):
        raise UnsupportedError("only the trace of one or two covariances is known to be positive")
    inverse = tuple(inverse_letter(a) for a in reversed(word))
    outer, inner = word[0], word[1] if len(word) == 2 else NO_LETTER
    size = ROWS[word[0]]
    pairs = []
    all_laws: list[Gaussian] = []
    for copy in ("", "copy of "):
        (u, v), laws = _pair(outer, (), inner, copy)
        all_laws += laws
        turned = product_of(tuple(inverse_letter(a) for a in word))
        pairs.append(((u.T @ v).trace(), (u.T @ turned @ v).trace()))
    (p, q), (other_p, other_q) = pairs
    value = product_of(word).trace() * product_of(inverse).trace() * 2
    bound = size_of(size) ** 2 * 2
    return _checked(Square(value, bound, mean_square(p * other_q - other_p * q, all_laws)))


def _factors(word: Word) -> tuple[int, Word, int]:
    """(B, P, A) for a word that is B P A P' up to rotation, where A and B may be absent.

    Raises
    ------
    UnsupportedError
    """
    if len(word) <= 2 and all(is_definite(a) for a in word):
        return word[0], (), word[1] if len(word) == 2 else NO_LETTER
    for i in range(len(word)):
        turned = word[i:] + word[:i]
        for outer, rest in ((NO_LETTER, turned), (turned[0], turned[1:])):
            if is_square(rest) and (outer == NO_LETTER or is_semidefinite_letter(outer)):
                half, odd = divmod(len(rest), 2)
                return outer, rest[:half], rest[half] if odd else NO_LETTER
    raise UnsupportedError("the trace is not one of a square")


def _pair(
    outer: int, half: Word, inner: int, copy: str
) -> tuple[tuple[ClosedForm, ClosedForm], list[Gaussian]]:
    rows = ROWS[half[0]] if half else ROWS[outer]
    cols = COLS[half[-1]] if half else rows
    laws = [gaussian(rows, outer, f"{copy}u"), gaussian(cols, inner, f"{copy}v")]
    u, v = (ClosedForm.of(law.letter) for law in laws)
    return (u, v), laws


def product_of(word: Word) -> ClosedForm:
    """The product of the letters of an open word."""
    return reduce(matmul, map(ClosedForm.of, word))
