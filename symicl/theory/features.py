"""The lift: a prediction is linear in coefficients of features of the prompt.

Every monomial of a prediction is cut into what comes from the prompt (segments such as Xᵀy or x, and closed
scalars such as yᵀy) and what comes from the parameters. Monomials with the same prompt part share one
feature; their parameter parts add up to its coefficient.
"""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import (
    COLS,
    ENTRYWISE,
    MEANING,
    ONE,
    PARTNER,
    ROWS,
    Centring,
    ClosedForm,
    Monomial,
    Number,
    Word,
    closed,
    entrywise_of,
    from_monomials,
    from_terms,
    functions_of,
    letter,
    monomials_of,
    product_of_letters,
    product_of_words,
    seen_through,
    transposed_word,
)
from symicl.errors import UnsupportedError


@dataclass(frozen=True)
class Feature:
    """A function of the prompt with open ends, to be contracted with a coefficient.

    Attributes
    ----------
    segments : tuple of words
        Products of prompt letters with at least one end that is not a scalar.
    scalars : tuple of closed words
        Scalar factors that depend on the prompt alone.
    others : tuple of Feature
        Features of other blocks of tokens that have the same coefficient, with their segments in the same order; the
        function is the sum with these.
    """

    segments: tuple[Word, ...]
    scalars: Monomial
    others: tuple[Feature, ...] = ()

    @property
    def ends(self) -> list[int]:
        """Dimensions of the open ends."""
        return [dim for s in self.segments for dim in (ROWS[s[0]], COLS[s[-1]]) if dim != ONE]

    def probe(self, tag: str) -> ClosedForm:
        """The feature contracted with a vector letter at each open end; these span all coefficients."""
        product = product_of_words(self.scalars)
        for i, segment in enumerate(self.segments):
            left = letter((tag, i, "left", ROWS[segment[0]]), ROWS[segment[0]], ONE)
            right = letter((tag, i, "right", COLS[segment[-1]]), COLS[segment[-1]], ONE)
            word = segment
            if ROWS[segment[0]] != ONE:
                word = (PARTNER[left], *word)
            if COLS[segment[-1]] != ONE:
                word = (*word, right)
            product = product * product_of_words(closed(word) or ())
        return sum((other.probe(tag) for other in self.others), product)

    @property
    def columns(self) -> tuple[ClosedForm, ClosedForm] | None:
        """s₁ and s₂ where the feature is s₂ᵀ K s₁ without further factors, otherwise None."""
        if len(self.segments) != 2 or len(self.ends) != 2 or self.scalars:
            return None
        first, second = self.segments
        pairs = [(self._column(first), self._column(second)), *(other.columns for other in self.others)]
        first_columns, second_columns = zip(*(pair for pair in pairs if pair is not None), strict=True)
        if len(first_columns) == len(pairs) and all(s == second_columns[0] for s in second_columns):
            return sum(first_columns[1:], first_columns[0]), second_columns[0]
        if len(first_columns) == len(pairs) and all(s == first_columns[0] for s in first_columns):
            return first_columns[0], sum(second_columns[1:], second_columns[0])
        return None

    def contracted(self, coefficient: ClosedForm) -> ClosedForm:
        """The feature with a coefficient: xᵀ K s for two vectors, kᵀ s for one, tr(K D) for a matrix."""
        own = self._contracted(coefficient)
        return sum((other.contracted(coefficient) for other in self.others), own)

    def _contracted(self, coefficient: ClosedForm) -> ClosedForm:
        vectors = [self._column(s) for s in self.segments]
        scalars = product_of_words(self.scalars)
        if len(self.ends) == 2 and len(vectors) == 2:
            return (vectors[1].T @ coefficient @ vectors[0]).trace() * scalars
        if len(self.ends) == 2:
            return (coefficient @ _open(self.segments[0])).trace() * scalars
        if len(self.ends) == 1:
            return (coefficient.T @ vectors[0]).trace() * scalars
        if not self.ends:
            return coefficient.trace() * scalars
        raise UnsupportedError(f"a feature with {len(self.ends)} open ends has no matrix coefficient")

    @property
    def coefficient_shape(self) -> tuple[int, int]:
        """Dimension indices of the matrix coefficient."""
        ends = self.ends
        if len(ends) == 2 and len(self.segments) == 2:
            return ends[1], ends[0]
        if len(ends) == 2:
            return ends[1], ends[0]
        return (ends[0], ONE) if ends else (ONE, ONE)

    @property
    def is_matrix(self) -> bool:
        """True if the coefficient is a matrix, a vector or a scalar rather than a tensor."""
        return len(self.ends) <= 2

    def _column(self, segment: Word) -> ClosedForm:
        matrix = _open(segment)
        return matrix if matrix.cols == ONE else matrix.T


def _open(segment: Word) -> ClosedForm:
    return product_of_letters(ROWS[segment[0]], COLS[segment[-1]], segment)


def seen_in(prediction: ClosedForm, prompt: set[int]) -> set[int]:
    """The letters of a prompt, centring, and the functions of entries that depend on the prompt alone.

    Raises
    ------
    UnsupportedError
        If one of these functions depends on weights as well.
    """
    letters = prediction.letters()
    functions = letters & ENTRYWISE
    prompt = prompt | {a for a in letters if isinstance(MEANING[a], Centring)}
    if not functions:
        return prompt
    found = functions_of(functions, prompt)
    for a in sorted(functions - found):
        if not prompt.isdisjoint(seen_through({a})):
            raise UnsupportedError(
                f"{entrywise_of(a)} depends on the prompt and on weights, so the prediction is not linear in features "
                "of the prompt; minimise the expectation over the weights instead, si.minimise((f - y) ** 2, [M])"
            )
    return prompt | found


def lifted_features(prediction: ClosedForm, prompt_letters: set[int]) -> dict[Feature, ClosedForm]:
    """Group a prediction by features.

    Parameters
    ----------
    prediction : ClosedForm
        In the letters of the prompt and of the parameters.
    prompt_letters : set of int
        Untransposed letters of the prompt.

    Returns
    -------
    dict
        From each feature to the part of the prediction that it carries.
    """
    both = prompt_letters | {PARTNER[a] for a in prompt_letters}
    grouped: dict[Feature, dict[Monomial, Number]] = {}
    num, den = prediction.fraction()
    for monomial, c in monomials_of(num).items():
        segments: list[Word] = []
        scalars: list[Word] = []
        for word in monomial:
            if both.isdisjoint(word):
                continue
            if both.issuperset(word):
                scalars.append(word)
            else:
                segments.extend(_segments(word, both))
        feature = Feature(tuple(sorted(segments, key=lambda s: (-len(s), s))), tuple(sorted(scalars)))
        grouped.setdefault(feature, {})[monomial] = c
    return {feature: from_monomials(terms) / den for feature, terms in grouped.items()}


def _segments(word: Word, prompt: set[int]) -> list[Word]:
    """Maximal runs of prompt letters in a closed word, cut at scalar links, least of run and transpose."""
    return [min(run, transposed_word(run)) for run, is_prompt in runs_in(word, prompt) if is_prompt]


def runs_in(word: Word, prompt: set[int]) -> list[tuple[Word, bool]]:
    """A closed word, read from a letter of the parameters on: runs of prompt letters, cut at scalar links, and others.

    Parameters
    ----------
    word : Word
        With a letter that is not in the prompt.
    prompt : set of int
        Letters and their transposes.

    Returns
    -------
    list of (word, bool)
        Each run, and whether it is one of prompt letters.
    """
    start = next(i for i, a in enumerate(word) if a not in prompt)
    runs: list[tuple[list[int], bool]] = []
    for a in word[start:] + word[:start]:
        inside = a in prompt
        if runs and runs[-1][1] == inside and not (inside and ROWS[a] == ONE):
            runs[-1][0].append(a)
        else:
            runs.append(([a], inside))
    return [(tuple(run), inside) for run, inside in runs]


def coefficient_of(feature: Feature, part: ClosedForm) -> ClosedForm:
    """The matrix coefficient K with part = feature contracted with K.

    Raises
    ------
    UnsupportedError
        If the coefficient is a tensor with more than two ends.
    """
    if not feature.is_matrix:
        raise UnsupportedError(f"a feature with {len(feature.ends)} open ends has no matrix coefficient")
    rows, cols = feature.coefficient_shape
    num, den = part.fraction()
    terms: dict = {}
    for monomial, c in monomials_of(num).items():
        rest, word = _parameter_part(feature, monomial)
        key = (rest, word)
        terms[key] = terms.get(key, 0) + c
    return from_terms(rows, cols, {k: v for k, v in terms.items() if v}) / den


def _parameter_part(feature: Feature, monomial: Monomial) -> tuple[Monomial, Word]:
    """Scalar factors and the open word of parameters that one monomial contributes to K."""
    remaining = list(monomial)
    for word in feature.scalars:
        remaining.remove(word)
    if not feature.segments:
        return tuple(remaining), ()
    if len(feature.segments) == 1 and len(feature.ends) == 2:
        holder, rest = _find(remaining, feature.segments[0])
        return rest, holder
    right, rest = _find(remaining, feature.segments[0])
    if len(feature.segments) == 1:
        return rest, transposed_word(right)
    # f = vᵀ K u with u the first and v the second segment: either one word vᵀ K u or two, (vᵀg)(aᵀu).
    v = feature.segments[1]
    inner = _inside(right, v)
    if inner is not None:
        return rest, inner
    left, rest = _find(list(rest), v)
    return rest, transposed_word(left) + right


def _find(words: list[Word], segment: Word) -> tuple[Word, Monomial]:
    """The word that holds the segment, read so that the segment comes last, without it; and the others."""
    size = len(segment)
    column = segment if COLS[segment[-1]] == ONE or ROWS[segment[0]] != ONE else transposed_word(segment)
    for k, word in enumerate(words):
        for direction in (word, transposed_word(word)):
            for i in range(len(direction)):
                turned = direction[i:] + direction[:i]
                if turned[-size:] == column:
                    return turned[:-size], tuple(words[:k] + words[k + 1 :])
    raise UnsupportedError("a monomial does not contain its own feature; this is a bug in symicl")


def _inside(word: Word, segment: Word) -> Word | None:
    """The rest after the segment (as a row) at the start of an open word, or None."""
    row = segment if ROWS[segment[0]] == ONE else transposed_word(segment)
    return word[len(row) :] if word[: len(row)] == row else None
