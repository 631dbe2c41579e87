"""Rules that replace words by smaller ones, and how they are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symicl.algebra.letters import MEANING, PARTNER, ROWS
from symicl.algebra.one_matrix import put
from symicl.algebra.resolvents import is_inverse_of_sum, product
from symicl.algebra.tags import is_tagged
from symicl.algebra.words import Word

Form = Any
"""A `symicl.algebra.form.ClosedForm`; that module imports this one."""

MAX_WORDS = 2000
"""Words that one form is written in on the way."""


class TooManyWords(Exception):
    """A form is given up."""


def size_of_word(word: Word) -> tuple[int, int]:
    """The number of letters, and of inverses of letters among them: words are compared by these first."""
    return len(word), sum(isinstance(MEANING[min(a, PARTNER[a])], tuple) for a in word)


class Rules:
    """Rules that hold together.

    Parameters
    ----------
    standard : callable
        Gives what an inverse is by standard ones.
    tagged : bool
        The rules say what they follow from, see `symicl.algebra.tags`.

    Attributes
    ----------
    common : dict
        From inverses to what they are over common denominators.
    table : dict
        From inverses to what is put for them first.
    leads : dict
        From the lead of each rule to what it is equal to.
    longest : int
        The most letters in the lead of a rule.
    traces : dict
        From closed words to what they have been found to be.
    firsts : dict
        From closed words to the first one of their class.
    """

    def __init__(self, standard: Callable[[int, Rules], Form], *, tagged: bool) -> None:
        self._standard = standard
        self.common: dict[int, Form] = {}
        self.table: dict[int, Form] = {}
        self.tagged = tagged
        self.leads: dict[Word, Form] = {}
        self.longest = 0
        self.traces: dict[Word, Form] = {}
        self.firsts: dict[Word, Word] = {}
        self._ends: dict[int, list[Word]] = {}
        self._exchanges: list[tuple[Word, Word, Form]] | None = None
        self._images: dict[tuple[Word, int], Form] = {}

    def add(self, lead: Word, rest: Form) -> None:
        """One more rule."""
        self.leads[lead] = rest
        self._ends.setdefault(lead[-1], []).append(lead)
        self._images.clear()

    def remove(self, lead: Word) -> Form:
        """One rule less: what its lead was equal to."""
        self._ends[lead[-1]].remove(lead)
        return self.leads.pop(lead)

    def standardised(self, form: Form) -> Form:
        """A form in whose open words standard inverses stand, and one for all polynomials in one matrix."""
        letters = {a for _, word in form.terms if not self.is_settled(word) for a in word}
        for a in letters - self.table.keys():
            if is_inverse_of_sum(a):
                self.table[a] = self._standard(a, self)
        table = {a: self.table[a] for a in letters & self.table.keys()}
        return put(form, table, self.normal, self.is_settled)

    def is_settled(self, word: Word) -> bool:
        """True for a word with a tag, which stays as it is."""
        return self.tagged and is_tagged([word])

    def places(self, word: Word) -> Iterator[tuple[int, Word]]:
        """Where leads stand in a word."""
        if self.is_settled(word):
            return
        for i, a in enumerate(word):
            for lead in self._ends.get(a, ()):
                start = i + 1 - len(lead)
                if start >= 0 and word[start : i + 1] == lead:
                    yield start, lead

    def replaced(self, word: Word, start: int, lead: Word, rows: int) -> Form:
        """A word with what the lead at a place is equal to in its stead."""
        rest = self.leads[lead]
        before, after = word[:start], word[start + len(lead) :]
        return product(before, rows, type(rest)) @ rest @ product(after, rest.cols, type(rest))

    def exchanged(self, word: Word) -> Iterator[tuple[Word, Form]]:
        """The word with one of the same size in another one's place, and what is to be added."""
        if self._exchanges is None:
            self._exchanges = []
            for lead, rest in self.leads.items():
                words = [w for _, w in rest.terms if not self.is_settled(w)]
                alike = [w for w in words if size_of_word(w) == size_of_word(lead)]
                if len(words) == len(alike) == 1 and rest.coefficient(words[0]) == 1:
                    added = rest - product(words[0], rest.rows, type(rest))
                    self._exchanges += [(lead, words[0], added), (words[0], lead, -added)]
        for one, other, added in self._exchanges:
            for i in range(len(word) - len(one) + 1):
                if word[i : i + len(one)] == one:
                    before, after, kind = word[:i], word[i + len(one) :], type(added)
                    around = added and product(before, ROWS[word[0]], kind) @ added @ product(
                        after, added.cols, kind
                    )
                    yield before + other + after, around

    def image(self, word: Word, rows: int, kind: type[Form]) -> Form:
        """An open word as a sum of words without any lead."""
        key = word, rows
        if key not in self._images:
            found = next(self.places(word), None)
            if found is None:
                image = product(word, rows, kind)
            else:
                image = self.normal(self.replaced(word, *found, rows))
            self._images[key] = image
        return self._images[key]

    def normal(self, form: Form) -> Form:
        """A form in whose open words no lead occurs; traces stay."""
        kind = type(form)
        words = dict.fromkeys(word for _, word in form.terms)
        changed = [word for word in words if next(self.places(word), None) is not None]
        if not changed:
            return form
        kept = {key: c for key, c in form.terms.items() if key[1] not in changed}
        total = kind(form.rows, form.cols, form.field, kept, form.denominator)
        for word in changed:
            total = total + self.image(word, form.rows, kind) * form.coefficient(word)
            if len(total.terms) > MAX_WORDS:
                raise TooManyWords
        return total
