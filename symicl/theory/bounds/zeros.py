"""Where sums of terms that are not negative vanish, and what else vanishes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul

import sympy

from symicl.algebra import ClosedForm, closed_form
from symicl.errors import DerivationError
from symicl.theory.bounds.entries import indices_in
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Reason, TraceSquare
from symicl.theory.quadratic.signs import is_positive, word_sign
from symicl.typeset import formula_text


@dataclass(frozen=True)
class Zero:
    """A form that vanishes wherever the whole sum does, since a positive multiple of its square is a part of the sum.

    Attributes
    ----------
    form : ClosedForm
    square : Reason
        With weights that are positive definite; its factor in the sum is > 0.
    """

    form: ClosedForm
    square: Reason

    @property
    def covariances(self) -> tuple[sympy.Basic, ...]:
        """Those that are used to be positive definite."""
        return self.square.covariances if isinstance(self.square, TraceSquare) else ()


@dataclass(frozen=True)
class Deduction:
    """Forms that vanish where others do: a positive factor times the sum of their squares is a combination of those.

    Attributes
    ----------
    forms : tuple of ClosedForm
        What is deduced to vanish.
    combination : tuple of (ClosedForm, ClosedForm, ClosedForm)
        Products: something, a form that vanishes, something.
    factor : ClosedForm
        Seen to be positive, or a positive multiple of something that is given to be.
    squared : bool
        False if a single form itself, and not its square, times the factor is the combination.
    """

    forms: tuple[ClosedForm, ...]
    combination: tuple[tuple[ClosedForm, ClosedForm, ClosedForm], ...]
    factor: ClosedForm | int = 1
    squared: bool = False

    def verified(
        self, zeros: Sequence[ClosedForm], given: Sequence[ClosedForm] = ()
    ) -> tuple[ClosedForm, ClosedForm]:
        """The two sides of the identity.

        Raises
        ------
        DerivationError
            If it does not hold, or rests on something that does not vanish.
        """
        for _, zero, _ in self.combination:
            if all(zero not in _with_their_trace(known) for known in zeros):
                raise DerivationError(f"{formula_text(zero)} is not seen to vanish")
        factor = closed_form(self.factor)
        if not positive_given(factor, given):
            raise DerivationError(f"the factor {formula_text(factor)} is not seen to be positive")
        own, used = (
            {i.removeprefix("~") for form in forms for i in indices_in(form)}
            for forms in (self.forms, [form for part in self.combination for form in part])
        )
        if len(used - own) > (not own):  # there is one coordinate, or pair of them, at least
            other = max(used - own)
            raise DerivationError(f"there need not be a coordinate {other} beside those of what is deduced")
        for form in (*self.forms, *(form for product in self.combination for form in product)):
            if has_poles(form):
                raise DerivationError(f"the denominator of {formula_text(form)} is not seen to be positive")
        if self.squared:
            left = sum(((form.T @ form).trace() for form in self.forms), closed_form(0)) * factor
        else:
            (form,) = self.forms
            left = form * factor
        products = (first @ zero @ last for first, zero, last in self.combination)
        right = sum(products, ClosedForm.zero(left.rows, left.cols))
        if left != right:
            raise DerivationError(
                f"{formula_text(left)} is not the combination {formula_text(right)} of forms that vanish"
            )
        return left, right


def multiple(form: ClosedForm, zero: ClosedForm) -> Deduction | None:
    """That a form vanishes where another one does, as it is a multiple of it or of its transpose; None if it is not."""
    one = ClosedForm.identity(form.cols)
    for other in (zero, zero.T):
        if (form.rows, form.cols) != (other.rows, other.cols) or not form.terms or not other.terms:
            continue
        # What is left of these letters in the denominator is not seen to be positive.
        if not all(word_sign((a,)) for a in other.letters() - form.letters()):
            continue
        word = next(iter(other.terms))[1]
        below = other.coefficient(word)
        if not below:
            continue
        ratio = form.coefficient(word) / below
        if form == other * ratio and not has_poles(ratio):
            return Deduction((form,), ((ClosedForm.identity(form.rows) * ratio, other, one),))
    return None


def zeros(terms: Sequence[Nonnegative], given: Sequence[ClosedForm] = ()) -> tuple[Zero, ...]:
    """The forms that vanish wherever the sum of terms does.

    Each term is ≥ 0, so that all vanish together. What is squared vanishes if the weights of the square are positive
    definite and its factor in one of the terms, or added up over those in which it occurs, is positive.

    Parameters
    ----------
    terms : sequence of Nonnegative
    given : sequence of ClosedForm
        Scalars that are > 0 by hypothesis.
    """
    found: list[tuple[Reason, list[ClosedForm]]] = []
    for part in (part for term in terms for part in term.parts):
        squares = [reason for reason in part if reason.squared is not None and reason.is_definite]
        if len(squares) != 1:
            continue
        (square,) = squares
        weight = reduce(mul, (reason.form for reason in part if reason is not square), closed_form(1))
        same = next((w for s, w in found if s.squared == square.squared and s.form == square.form), None)
        if same is None:
            found.append((square, [weight]))
        else:
            same.append(weight)
    return tuple(
        Zero(form, square)
        for square, weights in found
        for form in square.everywhere()
        if any(positive_given(weight, given) for weight in (*weights, sum(weights, closed_form(0))))
    )


def positive_given(form: ClosedForm, given: Sequence[ClosedForm]) -> bool:
    """True if a scalar is seen to be > 0, or is a positive multiple of something that is."""
    return is_positive(form) or any(bool(g) and is_positive(form / g) for g in given)


def _with_their_trace(zero: ClosedForm) -> tuple[ClosedForm, ...]:
    """A form that vanishes, and what vanishes with it: its transpose, and its trace if it is square."""
    return (zero, zero.T, zero.trace()) if zero.rows == zero.cols else (zero, zero.T)


def has_poles(form: ClosedForm) -> bool:
    """True unless the denominator of a form is seen to be positive."""
    _, den = form.fraction()
    return den != 1 and not is_positive(den) and not is_positive(-den)
