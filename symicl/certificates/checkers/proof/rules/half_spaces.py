"""Averages with max(0, z) and |z|, where z is odd in symmetric rows: over the signs of z."""

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .averages import over_den
from .operations import rule_data
from .sign_products import Number, Rows, degree


def rule_half_spaces(log, of, letter, flipped, apart, given):
    """A value with the same mean over Z, and over rows of it set `apart`, as the value has
    over Z and S, whatever all other letters are; S is the `letter`, the signs of z.

    If z is a number, it is odd in each of the letters `flipped`, which have the laws of their
    negatives. With these S changes its sign, and its square is 1. So a product of an odd
    number of S that is even in one of them has the mean 0.

    If z = Z a is a column, the rows of Z are independent, and each has the law of its
    negative: s_i is a fair coin, independent of all s_j for other j and of what is even in
    each row. A product of k sums Z'S Z = sum over i of s_i z_i z_i' has the mean of the sum
    over all partitions of the k into blocks of even size, the rows in a block being one; those
    of different blocks are copies x_1, x_2, ... of a row, n (n - 1) ... in number.
    """
    field, z = log.functions.get(letter, ("", None))
    need(field == "signs_of", "the letter is for no signs")
    flips = log.rows_of([flipped], len(flipped))[0]
    rows = [
        -log.read_letter(-a) if type(a) is int and a < 0 else log.read_letter(a) for a in flips
    ]
    used = log.mentioned(of) - {letter}
    hidden = {letter, *map(abs, rows)} & (
        log.inside(used) | log.mentioned(Value(1, 1, of.den))
    )
    need(rows and not hidden, "a letter is in a denominator, or part of another one")
    if z[:2] == SCALAR:
        need(not apart, "of one number no rows are set apart")
        for a in rows:
            need(
                is_odd(log, z, a),
                "the signs are those of what is not odd in a symmetric letter",
            )
        mean = Number(log, letter, rows).mean
    else:
        single = len(rows) == 1 and begins_all(log, z, rows[0])
        need(single, "the signs are not those of Z a for one letter Z")
        mean = Rows(log, letter, rows[0], copies_of(log, rows[0], apart, of)).mean
    mean = averaged_signs(log, of, {letter, *map(abs, rows)}, letter, mean)
    log.unfinished[log.id] = {letter, *map(abs, rows), *apart}
    return rule_data(log, given, mean)


def is_odd(log, z, a):
    """True if a number is odd in a letter of a symmetric law, and else free of it."""
    x, used = abs(a), log.mentioned(z)
    plain = x not in log.mentioned(Value(1, 1, z.den)) | log.inside(used)
    random = bool(log.letters[x].law) or x in log.independent
    return random and plain and all(degree(m, x) % 2 for m, _ in z.terms)


def begins_all(log, z, r):
    """True if z = Z a with independent symmetric rows of Z, and a free of them; r is Z, or the
    negative number of Z'."""
    x = abs(r)
    law, plain = log.letters[x].law, x not in log.inside(log.mentioned(z))
    between = law[int(r < 0)] if law else ()
    independent = x in log.independent or (law and log.scales.keys() >= {*between})
    plain = plain and x not in log.mentioned(Value(1, 1, z.den))
    once = all(
        w and w[0] == r and degree(m, x) == 0 and x not in map(abs, w[1:]) for m, w in z.terms
    )
    return bool(independent and plain and once and z.terms)


def copies_of(log, r, apart, of):
    """The letters for rows, as columns, with the law of a row; none occurs before."""
    ids = [log.read_letter(x) for x in apart]
    x = abs(r)
    size = log.size(x)[int(r > 0)], 1
    used = log.mentioned(of)
    used |= log.inside(used) | {x}
    for y in ids:
        fresh = y not in used and log.size(y) == size
        if x in log.independent:
            fresh = fresh and log.independent.get(y) == log.independent[x]
        else:
            fresh = fresh and is_row(log, y, r, used)
        need(fresh, "a row that is set apart has another law, or occurs before")
    need(len(set(ids)) == len(ids), "one row is set apart twice")
    return ids


def is_row(log, y, r, used):
    """True if a column has the law of a Gaussian row, its scale that of the scale of a row."""
    law, (between, across) = (
        log.letters[y].law,
        log.letters[abs(r)].law[:2][:: 1 - 2 * (r < 0)],
    )
    scale = log.letters[abs(r)].law[2]
    if between:
        t = next((t for t, found in log.scales.items() if found.owner == y), 0)
        alike = t and t not in used
        alike = alike and log.scales[t]._replace(owner=0) == log.scales[between[0]]._replace(
            owner=0
        )
        if not alike:
            return False
        scale = log.product(scale, log.letter(t))
    return bool(law) and law[:2] == (across, ()) and log.same(law[2], scale)


def averaged_signs(log, of, inner, signs, mean):
    """The mean of a scalar: of each monomial in these letters, where there is a sign in it."""
    parts, known = [log.number(0)], {}
    for (m, w), c in of.terms.items():
        need(of[:2] == SCALAR and not w, "it is no scalar")
        core = tuple(f for f in m if not inner.isdisjoint(map(abs, f[0])))
        rest = tuple(f for f in m if inner.isdisjoint(map(abs, f[0])))
        if core not in known:
            need(
                all(k > 0 for _, k in core),
                "a letter is in a denominator, or part of another one",
            )
            signed = any(signs in word for word, _ in core)
            known[core] = mean(core) if signed else Value(1, 1, {(core, ()): 1})
        parts.append(log.product(Value(1, 1, {(rest, ()): c}), known[core]))
    return over_den(log, log.sum(*parts), of.den)
