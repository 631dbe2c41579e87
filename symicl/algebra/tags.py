"""Why something is zero: names for what vanishes, which arithmetic carries along.

For R = P⁻¹ one *tag* stands for P R − I, another one for R P − I. Where P R = I + tag is put instead of P R = I, what
is derived holds as an identity of words, and a form that becomes 0 becomes a sum of terms with a tag in each. With what
the tags stand for in their place, the form is a sum of terms, each of which vanishes by one equation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from symicl.algebra.coefficients import Coefficient, Field
from symicl.algebra.letters import ONE, PARTNER, ROWS, letter
from symicl.algebra.resolvents import base_of, product
from symicl.algebra.words import Word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

_inverses: dict[int, tuple[int, bool]] = {}
_meanings: dict[int, Form] = {}


@dataclass(frozen=True)
class Vanishing:
    """A form that vanishes by one equation.

    Attributes
    ----------
    form : ClosedForm
    inverse : int or None
        The letter R = P⁻¹ with P R = I; None for an equation of another kind, which then is all of it.
    first : bool
        The equation is P R = I, and not R P = I.
    turned : bool
        It is the transpose of that.
    left, right : ClosedForm
        What the difference of both sides is multiplied by.
    factor : ClosedForm or None
        What the trace of that product is multiplied by, if the form is made of its trace.
    """

    form: Form
    inverse: int | None = None
    first: bool = True
    turned: bool = False
    left: Form = None
    right: Form = None
    factor: Form = None


def tag_of_inverse(a: int, kind: type[Form], *, first: bool) -> Form:
    """The tag of P R − I for an inverse R of P, or else of R P − I."""
    base = min(a, PARTNER[a])
    plain = first if a == base else not first
    tag = letter(f"{'P R' if plain else 'R P'} - I of letter {base}", ROWS[a], ROWS[a])
    if tag not in _meanings:
        inner, inverse = base_of(base, kind), kind.of(base)
        _meanings[tag] = (inner @ inverse if plain else inverse @ inner) - kind.identity(ROWS[a])
        _inverses[tag] = base, plain
    return kind.of(tag if a == base else PARTNER[tag])


def tag_of_scalar(name: str, value: Form) -> Form:
    """The tag of a scalar that vanishes by an equation of its own."""
    tag = letter(name, ONE, ONE)
    _meanings[tag] = value
    return type(value).of(tag)


def is_tagged(words: Iterable[Word]) -> bool:
    """True if a letter of the words is a tag."""
    return any(min(a, PARTNER[a]) in _meanings for word in words for a in word)


def vanishing_terms(form: Form) -> list[Vanishing] | None:
    """The meaning of each term of a form with tags; None if a term has none."""
    found = []
    for (monomial, word), c in form.terms.items():
        term = type(form)(form.rows, form.cols, form.field, {(monomial, word): c}, form.denominator)
        one = _vanishing(term, monomial, word)
        if one is None:
            return None
        found.append(one)
    return found


def _vanishing(term: Form, monomial: tuple[Word, ...], word: Word) -> Vanishing | None:
    kind = type(term)
    if is_tagged([word]):
        i = _place(word)
        left = product(word[:i], term.rows, kind) * term.coefficient(word)
        right = product(word[i + 1 :], ROWS[word[i]], kind)
        return _at(word[i], term, left, right, None)
    trace = next((w for w in monomial if is_tagged([w])), None)
    if trace is not None:
        i = _place(trace)
        rest = list(monomial)
        rest.remove(trace)
        coefficient = kind(
            term.rows,
            term.cols,
            term.field,
            {(tuple(rest), word): term.terms[monomial, word]},
            term.denominator,
        )
        if len(trace) == 1 and ROWS[trace[0]] == ONE:
            return Vanishing(_plain(term))
        right = product(trace[i + 1 :] + trace[:i], ROWS[trace[i]], kind)
        return _at(trace[i], term, kind.identity(ROWS[trace[i]]), right, coefficient)
    return Vanishing(_plain(term)) if _is_tagged_throughout(term, term.terms[monomial, word]) else None


def _is_tagged_throughout(term: Form, coefficient: Coefficient) -> bool:
    """True if each term of a coefficient has a tag that is a scalar."""
    places = [
        i for i, w in enumerate(term.field.words) if len(w) == 1 and ROWS[w[0]] == ONE and is_tagged([w])
    ]
    return all(any(exponents[i] for i in places) for exponents, _ in coefficient.terms())


def _at(tag: int, term: Form, left: Form, right: Form, factor: Form) -> Vanishing:
    plain = min(tag, PARTNER[tag])
    inverse, first = _inverses[plain]
    return Vanishing(
        _plain(term), inverse, first, tag != plain, _plain(left), _plain(right), factor and _plain(factor)
    )


def _place(word: Word) -> int:
    return next(i for i, a in enumerate(word) if is_tagged([(a,)]))


def _plain(form: Form) -> Form:
    """A form with what its tags stand for, over a field without tags."""
    plain = form.substitute({a: _meanings[a] for a in form.letters() if a in _meanings})
    kind = type(plain)
    field = Field.of(w for c in (*plain.terms.values(), plain.denominator) for w in plain.field.used(c))
    terms = {key: c.project_to_context(field.context) for key, c in plain.terms.items()}
    return kind(plain.rows, plain.cols, field, terms, plain.denominator.project_to_context(field.context))
