"""Closed forms with closed forms in the place of letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from symicl.algebra.coefficients import Coefficient, Field, lifted
from symicl.algebra.letters import INVERSE, NO_LETTER, ONE
from symicl.algebra.replacements import check_opaque, replaced_word, with_transposes
from symicl.algebra.words import Monomial, Word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

Table = dict[int, Form | None]
"""From letters to what replaces them; None stands for an inverse that is not known."""


def substitute(form: Form, replacements: Mapping[int, Form]) -> Form:
    """Replace letters by closed forms, everywhere and at once; their transposes and inverses with them.

    Parameters
    ----------
    form : ClosedForm
    replacements : mapping
        From untransposed letters to closed forms of the same shape.

    Raises
    ------
    ShapeError
        If a letter and its replacement differ in shape.
    UnsupportedError
        If something would be replaced inside a letter such as (A + B)⁻¹, or a symmetric letter by what is not.
    ZeroDivisionError
        If the denominator becomes zero.
    """
    letters = form.letters()
    check_opaque(letters, replacements)
    table = with_transposes(replacements, inverse_of_product)
    # The letters of a form stand untransposed here, and so do those of the replacements.
    if table.keys().isdisjoint(letters):
        return form
    return _Substitution(form, table).result()


class _Substitution:
    """One substitution: generators of the field first, then the words in the keys."""

    def __init__(self, form: Form, table: Table):
        self.form, self.table, self.kind = form, table, type(form)
        self._traces: dict[Word, Form] = {}
        self._images: dict[Monomial, Form] = {}
        words = form.field.words
        used = {word for poly in self._polynomials() for word in form.field.used(poly)}
        replaced = [i for i, word in enumerate(words) if word in used and not self._is_kept(word)]
        # Numbers go straight into the coefficients.
        exact = {i: number for i in replaced if (number := _number(self._trace(words[i]))) is not None}
        self._replaced = [i for i in replaced if i not in exact]
        images = [self._trace(words[i]) for i in self._replaced]
        kept = [word for word in words if word in used and self._is_kept(word)]
        self._target = reduce(Field.join, [image.field for image in images], Field.of(kept))
        # A replaced generator is top/below; with the powers of below that occur at most, everything is a polynomial.
        self._tops = [_polynomial(image) for image in images]
        self._belows = [lifted(image.denominator, image.field, self._target) for image in images]
        degrees = [poly.degrees() for poly in self._polynomials()]
        most = {i: max(int(d[i]) for d in degrees) for i in replaced}
        self._most = [most[i] for i in self._replaced]
        self._numbers = {
            i: [top**k * below ** (most[i] - k) for k in range(most[i] + 1)]
            for i, (top, below) in exact.items()
        }

    def result(self) -> Form:
        form = self.form
        scalars: dict[Word, list[Form]] = {}
        for (monomial, word), coefficient in form.terms.items():
            image = self._image(monomial)
            if image.terms:
                scalars.setdefault(word, []).append(self._put(coefficient) * image)
        parts = [
            (self._open(word) if word else _identity(form)) * _total(group) for word, group in scalars.items()
        ]
        total = _total(parts) if parts else self.kind.zero(form.rows, form.cols)
        return total / self._put(form.denominator)

    def _image(self, monomial: Monomial) -> Form:
        """The image of a product of traces; monomials have long beginnings in common."""
        if monomial not in self._images:
            if self._is_kept_whole(monomial):
                field = Field.of(())
                self._images[monomial] = self.kind(ONE, ONE, field, {(monomial, ()): field.one}, field.one)
            elif not all(self._trace(word).terms for word in monomial if not self._is_kept(word)):
                self._images[monomial] = self.kind.zero(ONE, ONE)
            else:
                *rest, last = sorted(monomial, key=self._is_kept, reverse=True)
                self._images[monomial] = self._image(tuple(rest)) * self._trace(last)
        return self._images[monomial]

    def _is_kept_whole(self, monomial: Monomial) -> bool:
        return all(map(self._is_kept, monomial))

    def _polynomials(self) -> Iterable[Coefficient]:
        return (*self.form.terms.values(), self.form.denominator)

    def _is_kept(self, word: Word) -> bool:
        return self.table.keys().isdisjoint(word)

    def _put(self, polynomial: Coefficient) -> Form:
        """A polynomial at the images, times the denominators of these to the powers that occur at most."""
        field, target = self.form.field, self._target
        places = [(i, target.place[word]) for i, word in enumerate(field.words) if word in target.place]
        places = [(i, place) for i, place in places if i not in self._replaced and i not in self._numbers]
        groups: dict[tuple[int, ...], dict[tuple[int, ...], int]] = {}
        for exponents, c in polynomial.terms():
            moved = [0] * len(target.words)
            for i, place in places:
                moved[place] = exponents[i]
            powers = tuple([int(exponents[i]) for i in self._replaced])
            number = int(c)
            for i, values in self._numbers.items():
                number *= values[int(exponents[i])]
            group, key = groups.setdefault(powers, {}), tuple(moved)
            group[key] = group.get(key, 0) + number
        parts = []
        for powers, terms in groups.items():
            coefficient = target.context.from_dict({key: c for key, c in terms.items() if c})
            if not coefficient:
                continue
            if not self._replaced and coefficient.is_constant():
                return self.kind.number(int(coefficient.leading_coefficient()))
            for below, power, most in zip(self._belows, powers, self._most, strict=True):
                coefficient = coefficient * below ** (most - power)
            term = self.kind(ONE, ONE, target, {((), ()): coefficient}, target.one)
            for top, power in zip(self._tops, powers, strict=True):
                term = term * top**power if power else term
            parts.append(term)
        return _total(parts) if parts else self.kind.zero(ONE, ONE)

    def _trace(self, word: Word) -> Form:
        """The image of a closed word."""
        if word not in self._traces:
            self._traces[word] = self._open(word).trace()
        return self._traces[word]

    def _open(self, word: Word) -> Form:
        return replaced_word(word, self.table, self.kind.of)


def _number(form: Form) -> tuple[int, int] | None:
    """Numerator and denominator of a number; None for anything else."""
    if not form.terms:
        return 0, 1
    if form.terms.keys() != {((), ())} or not form.denominator.is_constant():
        return None
    (top,) = form.terms.values()
    if not top.is_constant():
        return None
    return int(top.leading_coefficient()), int(form.denominator.leading_coefficient())


def _total(forms: list[Form]) -> Form:
    """The sum, of neighbours first: a running total would be copied once a summand."""
    while len(forms) > 1:
        odd = forms[-1:] if len(forms) % 2 else []
        forms = [a + b for a, b in zip(forms[::2], forms[1::2], strict=False)] + odd
    return forms[0]


def _polynomial(form: Form) -> Form:
    """The numerator of a scalar."""
    return type(form)(form.rows, form.cols, form.field, form.terms, form.field.one)


def _identity(form: Form) -> Form:
    return type(form).number(1) if form.is_scalar else type(form).identity(form.rows)


def inverse_of_product(form: Form) -> Form | None:
    """The inverse of a scalar times a product of letters with known inverses, else None."""
    words = {word for _, word in form.terms}
    if len(words) != 1:
        return None
    (word,) = words
    if any(INVERSE[a] == NO_LETTER for a in word):
        return None
    product = type(form).identity(form.rows)
    for a in reversed(word):
        product = product @ type(form).of(INVERSE[a])
    return product / form.coefficient(word)
