"""Motion in time: the product rule, and numbers up to square roots of sizes.

Roots are a list of [r, d]: the letter r is the root of the letter d, which is at least 0.
"""

from functools import reduce

from ...reading import need
from ..values import Value
from ..words import SCALAR


def movable(log, letters):
    """No letter is random, in a law, bounded, in an inverse, or related to others."""
    need(log.fixed.isdisjoint(letters), "what moves is in a law, or bounded")
    plain(log, letters)


def plain(log, letters):
    """No letter is random, in an inverse, or related to others."""
    given = log.tied | log.inside(log.letters) | log.sums.keys() | log.powers.keys()
    given |= {x for x, z in log.letters.items() if z.random} | log.bounded
    free = given.isdisjoint(letters) and not any(x in log.inverse for x in letters)
    need(free, "a letter is random, in an inverse, or related to other letters")


def smooth(log, a, speeds):
    """No letter that moves is inside of another one, or in a denominator of several terms."""
    hidden = log.inside(log.mentioned(a)) | log.mentioned(Value(1, 1, a.den))
    need(
        hidden.isdisjoint(speeds),
        "what moves is in a sum that is divided by, or in an inverse",
    )


def along(log, a, speeds):
    """da/dt, by the product rule."""
    smooth(log, a, speeds)
    parts = [Value(*a[:2], {})]
    for (m, w), c in a.terms.items():
        for word, k in m:
            rest = Value(*(SCALAR if w else a[:2]), {(log.merge(m, ((word, -1),)), ()): c * k})
            tail = log.image(w, {}) if w else log.number(1)
            for j, y in enumerate(word):
                if abs(y) in speeds:
                    inner = [
                        speed_of(log, y, speeds),
                        *map(log.letter, word[j + 1 :] + word[:j]),
                    ]
                    changed = log.traced(reduce(log.product, inner))
                    parts.append(reduce(log.product, [changed, rest, tail]))
        for j, y in enumerate(w):
            if abs(y) in speeds:
                inner = [*map(log.letter, w[:j]), speed_of(log, y, speeds)]
                inner += map(log.letter, w[j + 1 :])
                parts.append(
                    log.product(Value(1, 1, {(m, ()): c}), reduce(log.product, inner))
                )
    total = log.sum(*parts)
    return log.over(a[:2], total.terms, log.times(total.den, a.den))


def speed_of(log, y, speeds):
    """The velocity of a letter or of its transpose."""
    return speeds[y] if y > 0 else log.transposed(speeds[-y])


def roots_of(log, rows, speeds):
    """From letters that are roots to the letters under them; the former are related to these
    from now on, and neither of them moves."""
    pairs = {log.read_letter(r): log.read_letter(d) for r, d in log.rows_of([*rows], 2)}
    need(len(pairs) == len(rows), "a letter is two roots")
    plain(log, pairs.keys())
    free = all(log.size(r) == log.size(d) == SCALAR for r, d in pairs.items())
    free = free and not any(log.letters[r].at_least for r in pairs)
    free = free and all(log.letters[d].at_least is not None for d in pairs.values())
    free = free and speeds.keys().isdisjoint([*pairs, *pairs.values()])
    need(
        free and pairs.keys().isdisjoint(pairs.values()), "it is no root of what is at least 0"
    )
    log.tied |= pairs.keys()
    return pairs


def alike(log, a, b, roots):
    """Equality, where r^2 stands for each letter d with a root r."""
    return log.same(rooted(log, a, roots), rooted(log, b, roots))


def rooted(log, a, roots):
    """A value with r^2 in the place of the number d; as the size of a matrix it stays."""
    root = {(d,): (r,) for r, d in roots.items()}
    log.spend(log.weight(a))

    def turned(terms):
        return log.add(((moved(m), w), c) for (m, w), c in terms.items())

    def moved(m):
        rest = tuple(f for f in m if f[0] not in root)
        return log.merge(rest, tuple((root[w], 2 * k) for w, k in m if w in root))

    return log.over(a[:2], turned(a.terms), turned(a.den))


def root_text(log, roots):
    """The roots, in words."""
    names = (f"{log.named((r,))} is the root of {log.named((d,))}" for r, d in roots.items())
    return f", where {' and '.join(names)}" if roots else ""
