"""Features of different blocks of tokens that have one coefficient.

A model that treats all tokens alike has xᵀΓX_1ᵀy_1 + xᵀΓX_2ᵀy_2 with one Γ: the features X_kᵀy_k of all blocks are one
feature, their sum. Which coefficients are the same is seen by comparing them, every segment of the prompt replaced by a
letter of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations

from symicl.algebra import (
    COLS,
    PARTNER,
    ROWS,
    ClosedForm,
    Monomial,
    Number,
    Word,
    closed,
    from_monomials,
    letter,
    monomials_of,
    product_of_words,
    transposed_word,
)
from symicl.theory.features import Feature, runs_in

BlockLetters = Sequence[tuple[int, ...]]
"""For each block of tokens its letters, in the same order."""
Marked = tuple[tuple[int, ...], ...]
"""A word in which a letter of a block is known by the number of the block and its place in it."""


def tied(parts: Mapping[Feature, ClosedForm], blocks: BlockLetters) -> dict[Feature, ClosedForm]:
    """The features with those of other blocks that have the same coefficient in one.

    Parameters
    ----------
    parts : mapping
        From each feature to the part of the prediction that it carries.
    blocks : sequence
        Two or more; see `symicl.tasks.task.PromptTask.token_blocks`.

    Returns
    -------
    dict
        From each feature, with its ``others``, to the part that it carries without them.
    """
    letters = {b for block in blocks for a in block for b in (a, PARTNER[a])}
    leaders: dict[tuple, list[tuple[Feature, ClosedForm, ClosedForm]]] = {}
    for feature, part in parts.items():
        key, feature = _aligned(feature, blocks)
        coefficient = _with_holes(feature, part)
        same = leaders.setdefault(key, [])
        is_of_a_block = any(a in letters for word in (*feature.segments, *feature.scalars) for a in word)
        for k, (leader, own, its) in enumerate(same):
            if is_of_a_block and its == coefficient:
                same[k] = replace(leader, others=(*leader.others, feature)), own, its
                break
        else:
            same.append((feature, part, coefficient))
    return {feature: part for found in leaders.values() for feature, part, _ in found}


def summed(
    functions: Mapping[Monomial, ClosedForm], blocks: BlockLetters
) -> Iterator[tuple[frozenset[Monomial], ClosedForm]]:
    """Functions of the prompt, those of different blocks with the same coefficient added up."""
    groups: dict[tuple, list[tuple[list[Monomial], ClosedForm]]] = {}
    for words, coefficient in functions.items():
        key = _least(words, blocks) if len(blocks) > 1 else (words,)
        same = groups.setdefault(key, [])
        group = next((members for members, its in same if its == coefficient), None)
        if group is None:
            same.append(([words], coefficient))
        else:
            group.append(words)
    for same in groups.values():
        for members, _ in same:
            first, *rest = map(product_of_words, members)
            yield frozenset(members), sum(rest, first)


def _aligned(feature: Feature, blocks: BlockLetters) -> tuple[tuple, Feature]:
    """A key that features of different blocks share, and the feature with its segments in the order of the key."""
    renaming = min(_renamings((*feature.segments, *feature.scalars), blocks), key=lambda r: _key(feature, r))
    segments = sorted(
        (min(s, transposed_word(s), key=lambda word: _marked(word, renaming)) for s in feature.segments),
        key=lambda word: _marked(word, renaming),
    )
    return _key(feature, renaming), Feature(tuple(segments), feature.scalars)


def _key(feature: Feature, renaming: Mapping[int, tuple[int, ...]]) -> tuple:
    segments = sorted(
        min(_marked(s, renaming), _marked(transposed_word(s), renaming)) for s in feature.segments
    )
    return tuple(segments), _cyclic(feature.scalars, renaming)


def _least(words: Monomial, blocks: BlockLetters) -> tuple:
    return min(_cyclic(words, renaming) for renaming in _renamings(words, blocks))


def _cyclic(words: Monomial, renaming: Mapping[int, tuple[int, ...]]) -> tuple:
    """Closed words, whichever letter and direction they are read from."""
    return tuple(
        sorted(
            min(
                _marked(turned[k:] + turned[:k], renaming)
                for turned in (word, transposed_word(word))
                for k in range(len(word))
            )
            for word in words
        )
    )


def _marked(word: Word, renaming: Mapping[int, tuple[int, ...]]) -> Marked:
    return tuple(renaming.get(a, (a,)) for a in word)


def _renamings(words: Sequence[Word], blocks: BlockLetters) -> Iterator[dict[int, tuple[int, ...]]]:
    """All ways to number the blocks that occur."""
    used = {a for word in words for a in word}
    found = [block for block in blocks if any(a in used or PARTNER[a] in used for a in block)]
    for order in permutations(range(len(found))):
        renaming: dict[int, tuple[int, ...]] = {}
        for number, block in zip(order, found, strict=True):
            for place, a in enumerate(block):
                renaming[a], renaming[PARTNER[a]] = (-1, number, place, 0), (-1, number, place, 1)
        yield renaming


def _with_holes(feature: Feature, part: ClosedForm) -> ClosedForm:
    """The coefficient, as the part with a letter in the place of each segment of the prompt."""
    holes: dict[Word, int] = {}
    for segment in feature.segments:
        rows, cols = ROWS[segment[0]], COLS[segment[-1]]
        hole = letter(("segment", feature.segments.index(segment), rows, cols), rows, cols)
        holes[segment], holes[transposed_word(segment)] = hole, PARTNER[hole]
        if segment == transposed_word(segment):
            holes[segment] = hole
    prompt = {b for word in (*feature.segments, *feature.scalars) for a in word for b in (a, PARTNER[a])}
    num, den = part.fraction()
    terms: dict[Monomial, Number] = {}
    for monomial, c in monomials_of(num).items():
        kept = [word for word in monomial if not prompt.issuperset(word)]
        words = tuple(sorted(word for w in kept for word in closed(_filled(w, holes, prompt)) or ()))
        terms[words] = terms.get(words, 0) + c
    return from_monomials(terms) / den


def _filled(word: Word, holes: Mapping[Word, int], prompt: set[int]) -> Word:
    if prompt.isdisjoint(word):
        return word
    out: list[int] = []
    for run, is_prompt in runs_in(word, prompt):
        out += [holes[run]] if is_prompt else run
    return tuple(out)
