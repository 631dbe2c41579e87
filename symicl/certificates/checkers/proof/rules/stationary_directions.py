"""The directions (a, a') between which all stationary points of `stability` are."""

from itertools import pairwise

from ...reading import need
from .definite import Arc, by_powers, slope
from .vanishing import difference, is_positive, multiplied


def directions(log, place, s, ways, saddle):
    """The inner arcs, between which all stationary points are."""
    low, read, high = (
        [[log.put(log.read_node(x), place.at) for x in v] for v in log.rows_of(part, 2)]
        for part in log.rows_of([ways], 3)[0]
    )
    need(min(map(len, (low, read, high))) > 1, "the directions are not all that there are")
    used = log.mentioned(*(x for v in (*read, *low, *high) for x in v))
    fresh = log.letters[s].at_least == 0 and s not in used and s not in place.at
    fresh = fresh and {*place.a, *place.b}.isdisjoint(used)
    need(fresh and s not in log.mentioned(*place.at.values()), "a direction depends on s")
    right = is_positive(log, read[0][0]) and is_positive(log, read[-1][0])
    meet = low[-1] == read[0] and high[0] == read[-1]
    ends = not low[0][0].terms and not high[-1][0].terms
    ends = ends and is_positive(log, log.product(log.number(-1), low[0][1]))
    ends = ends and is_positive(log, high[-1][1])
    need(right and meet and ends, "the directions are not all that there are")
    between = [*low[1:-1], *read, *high[1:-1]]
    need(all(is_positive(log, v[0]) for v in between), "a direction is turned round")
    a = place.a
    forms = by_powers(log, place.r, a)
    c, m, e = (forms.get(k, log.number(0)) for k in ((2, 0), (1, 1), (0, 2)))
    bent = difference(log, multiplied(log, [log.number(4), c, e]), log.product(m, m))
    need(is_positive(log, e) and is_positive(log, bent), "a form of degree 2 may vanish")
    f = stationary_form(log, place)
    below, inside, above = (
        [Arc(log, a, s, v, w) for v, w in pairwise(part)] for part in (low, read, high)
    )
    upwards = dict(zip(a, high[-1], strict=True))
    sign = 1 if is_positive(log, log.put(f, upwards)) else -1
    f = log.product(log.number(sign), f)
    need(is_positive(log, log.put(f, upwards)), "it may be stationary where a is 0")
    for arc in above:
        arc.positive(f)
    for arc in below:
        arc.positive(log.product(log.number(-1), f))
    if not saddle:
        # The second derivative of the least value in a' is -d s a f'/(2 D^2) where f = 0.
        rises = slope(log, f, a[1])
        bends = multiplied(log, [log.number(-sign), place.s, log.letter(a[0])])
        for arc in inside:
            arc.positive(rises)
            arc.positive(bends)
    return inside


def stationary_form(log, place):
    """f, with a f = (r' s + 2 r s') D - r s D', where ' is the derivative in a'."""
    a, other = place.a
    r, s, D = place.r, place.s, place.D
    r_, s_, D_ = (slope(log, form, other) for form in (r, s, D))
    inner = log.sum(log.product(r_, s), multiplied(log, [log.number(2), r, s_]))
    whole = difference(log, log.product(inner, D), multiplied(log, [r, s, D_]))
    parts = [log.number(0)]
    for (k,), part in by_powers(log, whole, (a,)).items():
        need(k > 0, "a is no factor of the derivative")
        parts.append(multiplied(log, [part, *[log.letter(a)] * (k - 1)]))
    return log.sum(*parts)


def at_one(log, F, phases, place):
    """The point a = 1, a' = 0, if in each sum the row of an entry of A is that of no other
    entry."""
    sums, (A, _) = dict(phases["sums"]), place.letters
    for x in sums.keys() & log.mentioned(log.put(F, place.at)):
        used = [i for _, *at in sums[x] for i, _ in at]
        rows = [at[0][0] for name, *at in sums[x] if name == A]
        need(all(used.count(i) == 1 for i in rows), "it depends on more than sums of columns")
    arc = Arc(log, (), None, (), ())
    arc.table = {place.a[0]: log.number(1), place.a[1]: log.number(0)}
    arc.positive(place.r)
    return [arc]
