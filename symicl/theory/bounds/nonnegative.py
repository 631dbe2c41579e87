"""Closed forms that cannot be negative, as sums of products, each for a reason that is looked at.

What is said of a closed form is said for all values of its letters: dimensions are at least 1, covariances are
positive semidefinite, and a scalar has the sign that it was declared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
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
    closed_form,
    meaning_of,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import Gaussian
from symicl.theory.bounds.reasons import (
    Difference,
    Known,
    MeanOfSquare,
    Product,
    Rayleigh,
    Reason,
    Seen,
    TraceSquare,
    is_covariance_of,
    is_hidden,
    mean_over_prompts,
)
from symicl.theory.quadratic.signs import is_positive, is_semidefinite
from symicl.theory.quadratic.squares import Square
from symicl.typeset import formula_text


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

    @property
    def assumes(self) -> dict[int, ClosedForm]:
        """See `Reason`."""
        return {a: form for part in self.parts for reason in part for a, form in reason.assumes.items()}

    def products(self) -> list[Product] | str:
        """See `Reason`; or why there are none, in words."""
        found: list[Product] = []
        hidden = is_hidden(self.form, self.assumes)
        own = (reason for part in self.parts for reason in part if not isinstance(reason, Known | Seen))
        if hidden and any(reason.assumes for reason in own):
            return "a matrix whose smallest eigenvalue is taken is inside of an inverse"
        for part in self.parts:
            try:
                sums = [reason.products() for reason in part]
            except UnsupportedError as error:
                return f"{' times '.join(reason.why for reason in part)}: {error}"
            found += [reduce(mul, choice, Product()) for choice in product(*sums)]
        return found

    def squares(self) -> list[tuple[Any, ...]]:
        """For each factor why, what is ≥ 0, products or a mean square that equals it or None, and what is assumed."""
        found: list[Any] = []
        for reason in (reason for part in self.parts for reason in part if not isinstance(reason, Known)):
            try:
                if is_hidden(reason.form, reason.assumes):
                    raise UnsupportedError("a letter is inside of an inverse")
                found.append((reason.why, reason.form, reason.products(), reason.assumes))
            except UnsupportedError:
                found.append((*reason.mean_square(), {}))
        return found

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
    return _one(MeanOfSquare(root, mean_over_prompts(root, laws, task)))


def difference(square: Square) -> Nonnegative:
    """The two sides of what `at_least` shows, subtracted.

    Raises
    ------
    DerivationError
        If it does not hold.
    """
    return _one(Difference(square))


def known(shown: Nonnegative, form: ClosedForm) -> Nonnegative:
    """A sum as one term, written in a shorter way; a certificate refers to where it was shown.

    Raises
    ------
    DerivationError
        If the form is not the sum.
    """
    return _one(Known(form, shown.form, shown))


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
