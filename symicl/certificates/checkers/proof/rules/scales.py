"""Scales of laws that are positive for some letters only."""

from ..words import SCALAR


def is_somewhere_positive(log, scale):
    """True if the scale of a law is positive for some letters; that it is so, is assumed.

    Each term that is not positive has a number without a lower bound, which is no inverse and
    related to nothing. Where all of these are small enough, the other terms decide: these are
    positive together. Numbers in terms that are not positive are *bounded* from then on: no
    further assumption is made of them, and they do not grow.
    """
    less = [m for (m, _), c in scale.terms.items() if c < 0]
    if not less:
        return bool(scale.terms)
    small = {x for x in log.mentioned(scale) if is_small(log, x)}
    with_small = [any(w[0] in small for w, _ in m) for m, _ in scale.terms]
    decided = all(any(w[0] in small for w, _ in m) for m in less) and not all(with_small)
    log.bounded |= {w[0] for m in less for w, _ in m} & small
    return decided and all(k > 0 for m, _ in scale.terms for _, k in m)


def is_small(log, x):
    """True if a letter is a number of any sign, and may be as small as one likes."""
    letter = log.letters[x]
    free = letter.size == SCALAR and letter.at_least is None and not letter.invertible
    return free and not letter.inside and x not in log.tied and x not in log.sums
