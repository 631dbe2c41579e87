"""Zeros that are seen only after inverses of sums have been cancelled against these sums."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from symicl.algebra import (
    MEANING,
    PARTNER,
    ClosedForm,
    Word,
    product_of_letters,
    product_of_words,
    read_form,
    terms_of,
    transposed_word,
    word_cols,
    word_rows,
)

MAX_PASSES = 60
"""How often inverses are cancelled."""


@dataclass(frozen=True)
class _Rule:
    """word = stands_for, for a word such as L (aL + B)⁻¹, which is (1 − B (aL + B)⁻¹)/a."""

    word: Word
    stands_for: ClosedForm


def vanishes(form: ClosedForm, at: Mapping[int, ClosedForm]) -> bool:
    """True if a form is seen to be zero when letters are replaced; inverses of sums cancel against the sums."""
    result = form.substitute({a: value for a, value in at.items() if a in form.letters()})
    for _ in range(MAX_PASSES):
        if not result:
            return True
        rules = [rule for a in sorted(result.letters()) for rule in _rules(a)]
        result, before = _cancelled(result.fraction()[0], rules), result
        if result == before:
            return False
    return False


def _rules(a: int) -> list[_Rule]:
    """The longest word of a sum in front of its inverse, and behind it."""
    meaning = MEANING[a]
    if not isinstance(meaning, sympy.Inverse):
        return []
    base, inverse = read_form(meaning.arg), ClosedForm.of(a)
    words = list(dict.fromkeys(word for _, word in base.terms))
    longest = max(words, key=lambda word: (len(word), word))
    if not longest:
        return []
    factor = base.coefficient(longest)
    rest = base - product_of_letters(base.rows, base.cols, longest) * factor
    one = ClosedForm.identity(base.rows)
    rules = [
        _Rule((*longest, a), (one - rest @ inverse) / factor),
        _Rule((a, *longest), (one - inverse @ rest) / factor),
    ]
    if PARTNER[a] != a:
        rules += [_Rule(transposed_word(rule.word), rule.stands_for.T) for rule in rules]
    return rules


def _cancelled(form: ClosedForm, rules: list[_Rule]) -> ClosedForm:
    """A form without a denominator, one rule used in each term."""
    total = ClosedForm.zero(form.rows, form.cols)
    for (monomial, word), c in terms_of(form).items():
        factors = [_closed(w, rules) for w in monomial]
        opened = _opened(word, rules) if word else ClosedForm.identity(form.rows)
        for factor in factors:
            opened = opened * factor
        total = total + opened * c
    return total


def _opened(word: Word, rules: list[_Rule]) -> ClosedForm:
    for rule in rules:
        size = len(rule.word)
        for i in range(len(word) - size + 1):
            if word[i : i + size] == rule.word:
                before, after = word[:i], word[i + size :]
                middle = rule.stands_for
                if before:
                    middle = product_of_letters(word_rows(before), middle.rows, before) @ middle
                if after:
                    middle = middle @ product_of_letters(middle.cols, word_cols(after), after)
                return middle
    return product_of_letters(word_rows(word), word_cols(word), word)


def _closed(word: Word, rules: list[_Rule]) -> ClosedForm:
    for turned in (word, transposed_word(word)):
        for i in range(len(turned)):
            rotated = turned[i:] + turned[:i]
            for rule in rules:
                if rotated[: len(rule.word)] == rule.word:
                    rest = rotated[len(rule.word) :]
                    middle = rule.stands_for
                    if rest:
                        middle = middle @ product_of_letters(middle.cols, word_cols(rest), rest)
                    return middle.trace()
    return product_of_words((word,))
