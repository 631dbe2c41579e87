"""Reasons why a closed form cannot be negative: each is looked at, and written for whoever rechecks it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

import sympy

from symicl.algebra import (
    NO_LETTER,
    ONE,
    ROWS,
    ClosedForm,
    Covariance,
    Monomial,
    Number,
    SmallestEigenvalue,
    Word,
    closed_form,
    from_monomials,
    is_inverse_of_sum,
    letter,
    letter_of,
    meaning_of,
    monomials_of,
    product_of_words,
    read_form,
    scalar_letter,
)
from symicl.errors import DerivationError, UnsupportedError, brief
from symicl.expectation import Gaussian, average
from symicl.theory.quadratic.signs import is_nonnegative, is_positive, is_semidefinite, oriented, word_sign
from symicl.theory.quadratic.squares import Square, gaussian, square_of
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

    @property
    def assumes(self) -> dict[int, ClosedForm]:
        """Values that its products take some letters to have, which is no restriction."""
        return {}

    def products(self) -> list[Product]:
        """Products that add up to it, where letters are what it assumes, for whoever rechecks it.

        Each factor is, as it is computed here, the mean of a square, a square, or a scalar without matrices.

        Raises
        ------
        UnsupportedError
            If none are known.
        """
        raise UnsupportedError("no rule of the checkers is about it")

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Where no products are known: why, what it is that is ≥ 0, and a mean square that equals that, or None."""
        return self.why, self.form, None


class Decided(ABC):
    """A form of which an entry of a rule of its own says that it is ≥ 0.

    Attributes
    ----------
    form : ClosedForm
    """

    form: ClosedForm

    @abstractmethod
    def write(self, log: Any, of: int) -> None:
        """Write this entry, where the form stands in the entry ``of``."""

    def at(self, values: dict[int, ClosedForm]) -> Decided:
        """Itself.

        Raises
        ------
        DerivationError
            If something is put for one of its letters.
        """
        if values.keys() & set(self.form.letters()):
            raise DerivationError(f"nothing is put for the letters of {brief(formula_text(self.form))}")
        return self


@dataclass(frozen=True)
class Product:
    """A quotient of products of factors that are ≥ 0."""

    above: tuple[ClosedForm | Known | Decided, ...] = ()
    below: tuple[ClosedForm, ...] = ()

    def __mul__(self, other: Product) -> Product:
        return Product(self.above + other.above, self.below + other.below)

    def at(self, values: dict[int, ClosedForm]) -> Product:
        """With closed forms for some letters."""
        above = (f.at(values) if isinstance(f, Known | Decided) else _put(f, values) for f in self.above)
        return Product(tuple(above), tuple(_put(f, values) for f in self.below))


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

    @property
    def assumes(self) -> dict[int, ClosedForm]:
        """See `Rayleigh`."""
        least = (meaning_of(a) for a in self.general.letters())
        return {
            a: f for e in least if isinstance(e, SmallestEigenvalue) for a, f in above_least(e)[0].items()
        }

    def products(self) -> list[Product]:
        """Scalars times words, over the denominator if that is such a product, and else times it over its square."""
        general = self.general.substitute(_numbers(self.general))
        num, den = oriented(general, strict=False) or general.fraction()
        below = list(_products_of(den))
        if len(below) == 1:
            found = [Product(tuple(above), tuple(below[0])) for above in _products_of(num)]
        else:
            found = [Product(tuple(above), (den * den,)) for above in _products_of(num * den)]
        return [p.at(self.values) for p in found]

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

    def products(self) -> list[Product]:
        """E (uᵀMv)² for u and v of `ends`."""
        u, v = self.ends()
        root = (ClosedForm.of(u.letter).T @ self.inner @ ClosedForm.of(v.letter)).trace()
        return [Product((mean_over_prompts(root, (u, v)),))]

    def ends(self) -> tuple[Gaussian, Gaussian]:
        """Independent u ~ N(0, L) and v ~ N(0, R).

        Raises
        ------
        UnsupportedError
            If L or R is no single matrix.
        """
        u = _with_covariance("u", self.left, self.inner.rows)
        return u, _with_covariance("v", self.right, self.inner.cols)

    def weighted(self, inner: ClosedForm) -> ClosedForm:
        """L M R, for another M."""
        first = inner if self.left is None else self.left @ inner
        return first if self.right is None else first @ self.right

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return TraceSquare(self.inner.substitute(values), self.left, self.right, self.task)


class MeanOfSquare(Reason):
    """See `mean_of_square`."""

    why = "the mean of a square"

    def __init__(self, root: ClosedForm, form: ClosedForm):
        self.root, self.form = root, form
        self.squared = root

    def products(self) -> list[Product]:
        """The form itself, which was integrated in the derivation."""
        return [Product((self.form,))]

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        return MeanOfSquare(self.root.substitute(values), self.form.substitute(values))


class Known(Reason):
    """See `known`; perhaps with closed forms for letters that stand for any value.

    Attributes
    ----------
    general : ClosedForm
        The sum that was shown.
    values : dict
        Closed forms that are put for its letters.
    shown : Nonnegative
        Of which it is the sum.
    """

    why = "it was shown before"

    def __init__(self, form: ClosedForm, total: ClosedForm, shown: Any):
        if total != form:
            raise DerivationError(f"{brief(formula_text(form))} is not what was shown")
        self.general = self.form = form
        self.values: dict[int, ClosedForm] = {}
        self.shown = shown

    @property
    def assumes(self) -> dict[int, ClosedForm]:
        """As in what was shown."""
        assumed: dict[int, ClosedForm] = self.shown.assumes
        return assumed

    def products(self) -> list[Product]:
        """Itself: whoever writes it refers to what was shown."""
        return [Product((self,))]

    def at(self, values: dict[int, ClosedForm]) -> Known:
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

    @property
    def assumes(self) -> dict[int, ClosedForm]:
        """H = λ I + YY, for the symmetric square root Y of H − λ I."""
        return above_least(self.least)[0]

    def products(self) -> list[Product]:
        """‖YM‖², or tr(YMRMᵀY)."""
        return TraceSquare(above_least(self.least)[1] @ self.inner, None, self.right).products()

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """The same, where H stays as it is in M and R."""
        assumed, Y = above_least(self.least)
        number = assumed[scalar_letter(self.least)]
        above = ClosedForm.identity(Y.rows) * number + Y @ Y
        turned = self.inner if self.right is None else self.inner @ self.right
        there = (self.inner.T @ above @ turned).trace() - number * (self.inner.T @ turned).trace()
        ((mean,),) = (product.above for product in self.products())
        return self.why, there, mean if isinstance(mean, ClosedForm) else None

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

    def products(self) -> list[Product]:
        """The mean."""
        return [Product((self.square.mean,))]

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        square = self.square
        return Difference(
            Square(*(form.substitute(values) for form in (square.value, square.bound, square.mean)))
        )


def letters_in_inverses(form: ClosedForm) -> set[int]:
    """The letters inside of the inverses of sums in a form."""
    sums: list[Any] = [meaning_of(a) for a in form.letters() if is_inverse_of_sum(a)]
    return {b for meaning in sums for b in read_form(meaning.arg).letters()}


def is_hidden(form: ClosedForm, letters: Iterable[int]) -> bool:
    """True if one of some letters is inside of the inverse of a sum in a form."""
    return not letters_in_inverses(form).isdisjoint(letters)


def above_least(least: SmallestEigenvalue) -> tuple[dict[int, ClosedForm], ClosedForm]:
    """H = λ I + YY and λ for the smallest eigenvalue of H, as values of letters; and Y."""
    H, name = read_form(least.matrix), f"square root of {least.matrix} above it"
    Y = ClosedForm.of(letter(name, H.rows, H.rows, symmetric=True))
    (number,) = _numbers(ClosedForm.of(scalar_letter(least))).values()
    assumed = {scalar_letter(least): number}
    if len(H.letters()) == 1 and ClosedForm.of(letter_of(H)) == H:
        assumed[letter_of(H)] = ClosedForm.identity(H.rows) * number + Y @ Y
    return assumed, Y


def _numbers(form: ClosedForm) -> dict[int, ClosedForm]:
    """A symbol ≥ 0 for each smallest eigenvalue in a form."""
    found = {}
    for a in form.letters():
        if isinstance(least := meaning_of(a), SmallestEigenvalue):
            number = sympy.Symbol(f"least eigenvalue of {least.matrix}", nonnegative=True)
            found[a] = ClosedForm.of(scalar_letter(number))
    return found


def _one_after_the_other(
    first: Mapping[int, ClosedForm], second: dict[int, ClosedForm]
) -> dict[int, ClosedForm]:
    """Two substitutions as one."""
    return {**second, **{a: form.substitute(second) for a, form in first.items()}}


def is_covariance_of(task: Any, weight: ClosedForm) -> bool:
    """True for the covariance of something Gaussian in the prompts of a task, which is positive semidefinite."""
    laws = task.laws[0] if task is not None and hasattr(task, "laws") else ()
    gaussians = [law for law in laws if isinstance(law, Gaussian)]
    known = {a for law in gaussians for a in (law.row_cov, law.col_cov)} - {NO_LETTER}
    return any(weight == ClosedForm.of(a) for a in known)


def _is_positive_definite(weight: ClosedForm) -> bool:
    """True for a semidefinite sum in which I, a covariance or its inverse has a positive factor."""
    words = {word for _, word in weight.terms}
    return is_semidefinite(weight) and any(is_positive(weight.coefficient(word)) for word in words)


def _with_covariance(role: str, weight: ClosedForm | None, size: int) -> Gaussian:
    """A Gaussian vector whose covariance is a letter."""
    if weight is None:
        return gaussian(size, role=role)
    a = next(iter(weight.letters()), NO_LETTER)
    if a == NO_LETTER or weight != ClosedForm.of(a):
        raise UnsupportedError(f"{formula_text(weight)} is not written as the covariance of a vector")
    return gaussian(size, a, role)


def _products_of(form: ClosedForm) -> Iterator[list[ClosedForm]]:
    """For each product of words, signed scalars aside, what it is multiplied by, times the means that each word is."""
    groups: dict[Monomial, dict[Monomial, Number]] = {}
    for monomial, c in monomials_of(form).items():
        scalars = tuple(w for w in monomial if len(w) == 1 and ROWS[w[0]] == ONE and word_sign(w))
        words = tuple(word for word in monomial if word not in scalars)
        groups.setdefault(words, {})[scalars] = c
    for words, terms in groups.items():
        above = [from_monomials(terms)]
        for word, count in Counter(words).items():
            above += [square_of(word, 2).mean] * (count // 2) + [square_of(word, 1).mean] * (count % 2)
        yield above


def _put(form: ClosedForm, values: dict[int, ClosedForm]) -> ClosedForm:
    return form if form.letters().isdisjoint(values) else form.substitute(values)


def mean_over_prompts(root: ClosedForm, laws: Sequence[Gaussian], task: Any = None) -> ClosedForm:
    """E[root²] over Gaussian letters first, then over the prompts of a task."""
    num, den = root.fraction()
    # A letter in the place of 1/denominator: what is averaged is a square, for whoever rechecks it.
    q = letter("reciprocal of a denominator", ONE, ONE)
    whole = num if den == 1 else num * ClosedForm.of(q)
    mean = average(whole * whole, laws) if laws else whole * whole
    if task is not None:
        mean = task.expectation(mean)
    return mean if den == 1 else mean.substitute({q: 1 / den})


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
