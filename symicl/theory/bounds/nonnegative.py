"""Closed forms that cannot be negative, each for a reason that is looked at, and sums of them.

What is said of a closed form is said for all values of its letters: dimensions are at least 1, covariances are
positive semidefinite, and a scalar has the sign that it was declared with.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    NO_LETTER,
    ONE,
    ROWS,
    ClosedForm,
    Covariance,
    LargestEigenvalue,
    SmallestEigenvalue,
    Word,
    closed_form,
    letter,
    meaning_of,
    monomials_of,
    product_of_words,
    read_form,
    scalar_letter,
)
from symicl.errors import DerivationError, UnsupportedError, brief
from symicl.expectation import Gaussian, average
from symicl.theory.quadratic.signs import is_nonnegative, is_positive, is_semidefinite, word_sign
from symicl.theory.quadratic.squares import Square, gaussian, mean_square, root_of_sum
from symicl.typeset import formula_text


class Reason(ABC):
    """Why one closed form is ≥ 0.

    Attributes
    ----------
    form : ClosedForm
    why : str
        In words.
    """

    form: ClosedForm
    why: str
    squared: ClosedForm | None = None
    """That which is squared, so that the form vanishes where this does."""
    is_definite: bool = False
    """True if what is squared vanishes, the other way round, where the form does."""

    def everywhere(self) -> list[ClosedForm]:
        """That which is squared, at all coordinates of which it is said."""
        return [] if self.squared is None else [self.squared]

    @abstractmethod
    def at(self, values: dict[int, ClosedForm]) -> Reason:
        """The same with closed forms for some letters."""

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Why, with what it is that is ≥ 0, and a mean square that equals it, computed anew; None if there is none."""
        return self.why, self.form, None


@dataclass(frozen=True)
class Nonnegative:
    """A sum of terms each of which is ≥ 0 for all values of the letters.

    Attributes
    ----------
    parts : tuple of tuples of Reason
        Each is a product.
    """

    parts: tuple[tuple[Reason, ...], ...]

    @property
    def form(self) -> ClosedForm:
        """The sum."""
        products = (reduce(mul, (reason.form for reason in part)) for part in self.parts)
        return sum(products, closed_form(0))

    def at(self, values: Mapping[int, ClosedForm]) -> Nonnegative:
        """The same with closed forms for some of its letters, which stand for any value of theirs.

        Raises
        ------
        DerivationError
            If one of the letters is not free to take any value, such as a covariance.
        """
        for a in values:
            _refuse_bounded(a)
        table = dict(values)
        return Nonnegative(tuple(tuple(reason.at(table) for reason in part) for part in self.parts))

    def __add__(self, other: Nonnegative) -> Nonnegative:
        return Nonnegative(self.parts + other.parts)

    def __mul__(self, factor: Any) -> Nonnegative:
        """With a factor on the right: a scalar that is seen to be ≥ 0, or another sum of terms that are.

        Raises
        ------
        DerivationError
            If it is not seen.
        """
        weights = factor.parts if isinstance(factor, Nonnegative) else ((Seen(closed_form(factor)),),)
        return Nonnegative(tuple((*weight, *part) for weight in weights for part in self.parts))


def seen(form: Any) -> Nonnegative:
    """A scalar whose sign is seen from its coefficients, traces of squares included.

    Raises
    ------
    DerivationError
        If it is not seen.
    """
    return _one(Seen(closed_form(form)))


def trace_square(
    inner: ClosedForm, left: ClosedForm | None = None, right: ClosedForm | None = None, *, task: Any = None
) -> Nonnegative:
    """tr(L M R Mᵀ) for positive semidefinite L and R.

    Parameters
    ----------
    inner : ClosedForm
        M, of any shape.
    left, right : ClosedForm, optional
        L and R; the identity by default.
    task : GaussianRegression, optional
        Whose covariances L and R may be, singular ones as well.

    Raises
    ------
    DerivationError
        If L or R is not seen to be positive semidefinite.
    """
    return _one(TraceSquare(inner, left, right, task))


def rayleigh(inner: ClosedForm, least: SmallestEigenvalue, right: ClosedForm | None = None) -> Nonnegative:
    """tr(MᵀHMR) − λ_min(H) tr(MᵀMR) ≥ 0: the smallest eigenvalue is the least value of the Rayleigh quotient.

    Parameters
    ----------
    inner : ClosedForm
        M, with as many rows as H.
    least : SmallestEigenvalue
    right : ClosedForm, optional
        R, positive semidefinite; the identity by default.

    Raises
    ------
    DerivationError
        If R is not seen to be positive semidefinite.
    """
    return _one(Rayleigh(inner, least, right))


def mean_of_square(root: ClosedForm, *laws: Gaussian, task: Any = None) -> Nonnegative:
    """E[root²] of a scalar, over Gaussian letters and the prompts of a task.

    Parameters
    ----------
    root : ClosedForm
    *laws : Gaussian
        Of letters beside those of the task, over which is averaged first. Their covariances are such by declaration, or
        in the task.
    task : PromptTask, optional

    Raises
    ------
    DerivationError
        If a covariance is not seen to be positive semidefinite, as nothing Gaussian has it then.
    """
    for a in {a for law in laws for a in (law.row_cov, law.col_cov)} - {NO_LETTER}:
        weight = ClosedForm.of(a)
        if not (is_semidefinite(weight) or is_covariance_of(task, weight)):
            raise DerivationError(
                f"{meaning_of(a)} is not seen to be positive semidefinite; declare it as a covariance, or give task="
            )
    return _one(MeanOfSquare(root, _mean_square(root, laws, task)))


def difference(square: Square) -> Nonnegative:
    """The two sides of what `at_least` shows, subtracted.

    Raises
    ------
    DerivationError
        If it does not hold.
    """
    return _one(Difference(square))


def known(shown: Nonnegative, form: ClosedForm) -> Nonnegative:
    """A sum as one term, written in a shorter way; a certificate does not show it again, nor at other values.

    Raises
    ------
    DerivationError
        If the form is not the sum.
    """
    return _one(Known(shown, form))


def add_up(difference: ClosedForm, terms: Sequence[Nonnegative]) -> Nonnegative:
    """That a difference is ≥ 0, as it is the sum of terms that are.

    Terms may be undefined where a form such as vᵀHv vanishes. A difference that is defined there is ≥ 0 there as well,
    since it is continuous, and such a form vanishes nearly nowhere.

    Raises
    ------
    DerivationError
        If the terms do not add up to it, or its own denominator is not seen to be positive; for terms that others have
        made up.
    """
    if any(
        not type(reason).__module__.startswith("symicl.")
        for term in terms
        for part in term.parts
        for reason in part
    ):
        raise DerivationError(
            "a term is not of those that symicl has shown to be at least 0, such as trace_square(…)"
        )
    _, den = difference.fraction()
    if not is_positive(den) and not is_positive(-den):
        raise DerivationError(f"the denominator {formula_text(den)} is not seen to be positive")
    total = sum(terms, Nonnegative(()))
    if total.form != difference:
        raise DerivationError(
            f"the terms that are not negative add up to {formula_text(total.form)}, and not to "
            f"{formula_text(difference)}"
        )
    return total


def is_nearly_positive(form: ClosedForm) -> bool:
    """True if a scalar is seen to be > 0 for nearly all values of its vectors and matrices.

    It is a positive number, in dimensions and signed scalars, times traces that are ≥ 0 and not zero throughout.
    """
    num, _ = form.fraction()
    if not num:
        return False
    monomial = next(iter(monomials_of(num)))
    words = [word for word in monomial if len(word) > 1 or ROWS[word[0]] != ONE]
    common = reduce(mul, (product_of_words((word,)) for word in words), closed_form(1))
    return all(map(_vanishes_nearly_nowhere, words)) and is_positive(form / common)


class Seen(Reason):
    """See `seen`; perhaps with closed forms for letters that stand for any value.

    Attributes
    ----------
    general : ClosedForm
        Of which the sign is seen.
    values : dict
        What is put for its letters.
    """

    why = "no coefficient is negative, and what is multiplied is a trace of a square"

    def __init__(self, general: ClosedForm, values: dict[int, ClosedForm] | None = None):
        self.general, self.values = general, values or {}
        self.form = general.substitute(self.values)
        if not _is_seen(general):
            raise DerivationError(f"{formula_text(general)} is not seen to be at least 0")

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Of numerator times denominator; none of a polynomial in scalars, whose sign is seen from its coefficients.

        A smallest eigenvalue, which is no such scalar, becomes the square of a letter.
        """
        num, den = self.general.fraction()
        product = _with_roots(num * den)
        if product == num * den and all(
            len(word) == 1 and ROWS[word[0]] == ONE for m in monomials_of(product) for word in m
        ):
            return self.why, product, None
        try:
            return self.why, product, mean_square(*root_of_sum(product, "sign "))
        except UnsupportedError:
            return self.why, product, None

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        inside = {a: form for a, form in values.items() if a in self.general.letters()}
        return Seen(self.general, _one_after_the_other(self.values, inside))


class TraceSquare(Reason):
    """See `trace_square`."""

    why = "the trace of a square"

    def __init__(
        self,
        inner: ClosedForm,
        left: ClosedForm | None = None,
        right: ClosedForm | None = None,
        task: Any = None,
    ):
        for weight in (left, right):
            if weight is not None and not (is_semidefinite(weight) or is_covariance_of(task, weight)):
                raise DerivationError(
                    f"the weight {formula_text(weight)} of a square is not seen to be positive semidefinite"
                )
        self.inner, self.left, self.right, self.task = inner, left, right, task
        self.squared = inner
        self.is_definite = all(weight is None or _is_positive_definite(weight) for weight in (left, right))
        first = inner if left is None else left @ inner
        second = inner.T if right is None else right @ inner.T
        self.form = (first @ second).trace()

    @property
    def covariances(self) -> tuple[sympy.Basic, ...]:
        """Those in L and R, which are positive definite by their declaration."""
        letters = (a for weight in (self.left, self.right) if weight is not None for a in weight.letters())
        return tuple(dict.fromkeys(m for m in map(meaning_of, sorted(letters)) if isinstance(m, Covariance)))

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """E (uᵀMv)² for independent u ~ N(0, L) and v ~ N(0, R), where L and R are single matrices."""
        u = _with_covariance("u", self.left, self.inner.rows)
        v = _with_covariance("v", self.right, self.inner.cols)
        if u is None or v is None:
            return self.why, self.form, None
        root = (ClosedForm.of(u.letter).T @ self.inner @ ClosedForm.of(v.letter)).trace()
        return self.why, self.form, _mean_square(root, (u, v))

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return TraceSquare(self.inner.substitute(values), self.left, self.right, self.task)


class MeanOfSquare(Reason):
    """See `mean_of_square`."""

    why = "the mean of a square"

    def __init__(self, root: ClosedForm, form: ClosedForm):
        self.root, self.form = root, form
        self.squared = root

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The form itself, which was integrated in the derivation."""
        return self.why, self.form, self.form

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return MeanOfSquare(self.root.substitute(values), self.form.substitute(values))


class Known(Reason):
    """See `known`; perhaps with closed forms for letters that stand for any value.

    Attributes
    ----------
    general : ClosedForm
        What was shown.
    values : dict
        What is put for its letters.
    """

    why = "it was shown before"

    def __init__(self, shown: Nonnegative, form: ClosedForm):
        if shown.form != form:
            raise DerivationError(f"{brief(formula_text(form))} is not what was shown")
        self.general = self.form = form
        self.values: dict[int, ClosedForm] = {}

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        found = copy(self)
        found.values = _one_after_the_other(self.values, values)
        found.form = self.general.substitute(found.values)
        return found


class Rayleigh(Reason):
    """See `rayleigh`."""

    why = "the smallest eigenvalue is the least value of the Rayleigh quotient"

    def __init__(self, inner: ClosedForm, least: SmallestEigenvalue, right: ClosedForm | None = None):
        self.inner, self.least, self.right = inner, least, right
        if right is not None and not is_semidefinite(right):
            raise DerivationError(f"{formula_text(right)} is not seen to be positive semidefinite")
        H, smallest = read_form(least.matrix), ClosedForm.of(scalar_letter(least))
        turned = inner if right is None else inner @ right
        self.form = (inner.T @ H @ turned).trace() - smallest * (inner.T @ turned).trace()

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """With H = λ I + YY, for the symmetric square root Y of H − λ I, it is ‖YM‖², or tr(YMRMᵀY).

        Where H stands in M or R, too, it stays as it is.
        """
        H, name = read_form(self.least.matrix), f"least eigenvalue of {self.least.matrix}"
        number = ClosedForm.of(letter(name, ONE, ONE))
        Y = ClosedForm.of(
            letter(f"square root of {self.least.matrix} above it", H.rows, H.rows, symmetric=True)
        )
        above = ClosedForm.identity(H.rows) * number + Y @ Y
        turned = self.inner if self.right is None else self.inner @ self.right
        there = (self.inner.T @ above @ turned).trace() - number * (self.inner.T @ turned).trace()
        return self.why, there, TraceSquare(Y @ self.inner, None, self.right).mean_square()[2]

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return Rayleigh(self.inner.substitute(values), self.least, self.right)


class Difference(Reason):
    """value − bound of a `Square`, whose mean square was recorded."""

    why = "the mean of a square"

    def __init__(self, square: Square):
        if not square.holds:
            raise DerivationError(
                "this bound does not hold: the difference is not the mean of the given squares"
            )
        self.square, self.form = square, square.value - square.bound

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The difference, and the mean."""
        return self.why, self.form, self.square.mean

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        square = self.square
        return Difference(
            Square(*(form.substitute(values) for form in (square.value, square.bound, square.mean)))
        )


def _is_positive_definite(weight: ClosedForm) -> bool:
    """True for a semidefinite sum in which I, a covariance or its inverse has a positive factor."""
    words = {word for _, word in weight.terms}
    return is_semidefinite(weight) and any(is_positive(weight.coefficient(word)) for word in words)


def _one_after_the_other(
    first: Mapping[int, ClosedForm], second: dict[int, ClosedForm]
) -> dict[int, ClosedForm]:
    """Two substitutions as one."""
    return {**second, **{a: form.substitute(second) for a, form in first.items()}}


def _with_roots(form: ClosedForm) -> ClosedForm:
    """The same with the square of a letter in the place of each smallest eigenvalue, which is ≥ 0."""
    least = {a: meaning_of(a) for a in form.letters() if isinstance(meaning_of(a), SmallestEigenvalue)}
    roots = {a: ClosedForm.of(letter(f"square root of {meaning}", ONE, ONE)) for a, meaning in least.items()}
    return form.substitute({a: root * root for a, root in roots.items()})


def is_covariance_of(task: Any, weight: ClosedForm) -> bool:
    """True for the covariance of something Gaussian in the prompts of a task, which is positive semidefinite."""
    laws = task.laws[0] if task is not None and hasattr(task, "laws") else ()
    known = {a for law in laws for a in (law.row_cov, law.col_cov)} - {NO_LETTER}
    return any(weight == ClosedForm.of(a) for a in known)


def _with_covariance(role: str, weight: ClosedForm | None, size: int) -> Gaussian | None:
    """A Gaussian vector whose covariance is a letter; None for any other covariance."""
    if weight is None:
        return gaussian(size, role=role)
    a = next(iter(weight.letters()), NO_LETTER)
    return gaussian(size, a, role) if a != NO_LETTER and weight == ClosedForm.of(a) else None


def _mean_square(root: ClosedForm, laws: Sequence[Gaussian], task: Any = None) -> ClosedForm:
    """E[root²] over Gaussian letters first, then over the prompts of a task."""
    num, den = root.fraction()
    # A letter in the place of 1/denominator: what is averaged is a square, for whoever rechecks it.
    q = letter("reciprocal of a denominator", ONE, ONE)
    whole = num if den == 1 else num * ClosedForm.of(q)
    mean = average(whole * whole, laws) if laws else whole * whole
    if task is not None:
        mean = task.expectation(mean)
    return mean if den == 1 else mean.substitute({q: 1 / den})


def _one(reason: Reason) -> Nonnegative:
    return Nonnegative(((reason,),))


def _refuse_bounded(a: int) -> None:
    """Refuse to put anything for a letter that does not stand for all matrices or real numbers of its shape."""
    meaning = meaning_of(a)
    is_bounded = isinstance(meaning, Covariance | SmallestEigenvalue | LargestEigenvalue)
    if ROWS[a] == COLS[a] == ONE and isinstance(meaning, sympy.Symbol):
        is_bounded = meaning.is_nonnegative is not None
    if is_bounded:
        raise DerivationError(f"{meaning} does not stand for just any value, so none can be put for it")


def _is_seen(form: ClosedForm) -> bool:
    """True if a form is seen to be ≥ 0 where it is defined, which has to be nearly everywhere."""
    if is_nonnegative(form):
        return True
    num, den = form.fraction()
    (monomial, c), *others = monomials_of(den).items()
    return not others and is_nonnegative(num * c) and all(map(_vanishes_nearly_nowhere, monomial))


def _vanishes_nearly_nowhere(word: Word) -> bool:
    """True for what is > 0, or ≥ 0 with a matrix in it; d − 1 is no such thing, and 0 at d = 1."""
    sign = word_sign(word)
    return sign == "positive" or (sign == "nonnegative" and (len(word) > 1 or ROWS[word[0]] != ONE))
