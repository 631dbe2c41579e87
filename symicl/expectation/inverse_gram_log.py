"""Averages of inverses of Gram matrices as entries of a certificate: the means that solve the checker's equations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symicl.algebra import (
    NO_LETTER,
    Call,
    Log,
    Monomial,
    Polynomial,
    Word,
    closed,
    closed_form,
    inverse_letter,
    read_scalar,
    transposed_word,
    write_scalar,
)
from symicl.expectation.average_log import write_average

Mean = Callable[[Monomial, int, Any], Polynomial]
"""Of a product of words in V, for the letter V and the law of X."""


def write(log: Log, call: Call, mean: Mean) -> int:
    """An expectation over X of a polynomial in (XᵀX)⁻¹, with the means of all monomials that its equations meet."""
    polynomial, law, form, rest = call.arguments
    v, a = form.inverse, form.given
    one_over = read_scalar(1 / write_scalar(form.factor))
    cancelled = form.plain
    for m, c in form.with_inverse:
        cancelled = cancelled + Polynomial({_renamed(m, v, a): c}) * one_over ** _count(m, v)
    fields: dict[str, Any] = {"inverted": log.letters.id(a)}
    if cancelled != polynomial:
        fields["cancelled"] = log.data(cancelled)
    if law.letter in form.plain.letters():
        fields["plain"] = log.node(rest)
    between = () if law.col_cov == NO_LETTER else (inverse_letter(law.col_cov),)
    cores = {tuple(w for w in m if v in w) for m, _ in form.with_inverse}
    fields["means"] = [
        [
            log.letters.monomial(_renamed(core, v, a)),
            log.data(closed_form(mean(core, v, law) * form.factor ** _count(core, v))),
        ]
        for core in sorted(_met(cores, v, between))
    ]
    return write_average(log, call, "inverse_gram", law.letter, **fields)


def _count(monomial: Monomial, v: int) -> int:
    """How often a letter stands in a monomial."""
    return sum(word.count(v) for word in monomial)


def _renamed(monomial: Monomial, v: int, a: int) -> Monomial:
    """A monomial with another letter in the place of V."""
    words = [closed(tuple(a if x == v else x for x in word)) for word in monomial]
    return tuple(sorted(w for word in words for w in word or ()))


def _met(cores: set[Monomial], v: int, between: Word) -> set[Monomial]:
    """The monomials in V that equations for some of them lead to."""
    found, pending = set(cores), list(cores)
    while pending:
        for core in _contracted(pending.pop(), v, between):
            if core and core not in found:
                found.add(core)
                pending.append(core)
    return found


def _contracted(core: Monomial, v: int, between: Word) -> Iterator[Monomial]:
    """The monomials that contract each V in one with each other one, or leave it out."""
    for n, word in enumerate(core):
        others = core[:n] + core[n + 1 :]
        for i in (i for i, x in enumerate(word) if x == v):
            rest = word[i + 1 :] + word[:i]
            yield _closed(v, others, between + rest)
            for k in (k for k, x in enumerate(rest) if x == v):
                p, q = rest[:k], rest[k + 1 :]
                yield _closed(v, others, (v, *p), (v, *q))
                yield _closed(v, others, (v, *transposed_word(p), v, *q))
            for m, other in enumerate(others):
                for k in (k for k, x in enumerate(other) if x == v):
                    q = other[k + 1 :] + other[:k]
                    less = others[:m] + others[m + 1 :]
                    for end in (q, transposed_word(q)):
                        yield _closed(v, less, (v, *transposed_word(rest), v, *end))


def _closed(v: int, others: Monomial, *words: Word) -> Monomial:
    """The words with V of a product of traces."""
    found = [*others, *(w for word in words for w in closed(word) or ())]
    return tuple(sorted(w for w in found if v in w))
