"""The points that `stability` is about: their letters, sizes, and forms there."""

from collections import namedtuple
from fractions import Fraction

from ...reading import need
from .definite import by_powers
from .vanishing import difference, multiplied

COUNTS = ("half", "", "half", ""), ("", "d - 1", "d - 1", "")
Place = namedtuple("Place", "letters at d size a b p q r s D")


def harmonic_numbers(log, phases, table):
    """That letters for harmonic numbers are put in as what they are."""
    need(phases.keys() == {"of", "last", "harmonic"}, "it is no sum over t")
    last = log.put(log.matrix(1, 1, phases["last"]), table)
    number = last.terms.get(((), ()), 0) if not log.mentioned(last) else 0
    whole = number == int(number) and 2 <= number <= 1000
    need(whole, "it is not known how long the sum over t is")
    for x, order in phases["harmonic"]:
        right = sum(Fraction(1, n**order) for n in range(1, int(number)))
        need(
            x in table and log.same(table[x], log.number(right)),
            "a harmonic number is another",
        )


def smallest_of(log, a):
    """The least value of a polynomial that grows with its letters."""
    terms = log.excess(a)
    need(all(c > 0 for c in terms.values()), "it is not known how large d is")
    return terms.get(((), ()), 0)


def place_of(log, phases, value, table, size, forms):
    """The parts p, q, r, s of F at A = (a - a') I + a' J and B = (b - b') I + b' J."""
    need(phases["size"] == [[1, [[size]], []]], "it is of another number of coordinates")
    letters = {}
    for name, *both in phases["point"]:
        parts = [log.matrix(1, 1, p) for p in both]
        found = [x for part in parts for x in log.mentioned(part)]
        plain = len(found) == 2 and all(map(log.same, parts, map(log.letter, found)))
        need(plain, "the entries of a matrix are no letters of their own")
        letters[log.read_as("str", name)] = tuple(found)
    need(len(letters) == 2, "there are other matrices than two")
    (a, b), other = letters.values(), {*table}
    own = {*a, *b}
    free = len(own) == 4 and own.isdisjoint(other | log.mentioned(*table.values()))
    free = free and all(log.letters[x].at_least is None for x in own)
    need(free and not own & log.fixed, "something is known of the entries")
    whole = by_powers(log, log.put(value, table), b)
    zero = log.number(0)
    parts = [whole.pop(k, zero) for k in ((2, 0), (1, 1), (0, 2), (1, 0), (0, 0))]
    c = parts.pop()
    need(not whole and {*a}.isdisjoint(log.mentioned(c)), "it has another form in b and b'")
    d, half = table[size], log.number(Fraction(1, 2))
    m = log.sum(d, log.number(-1))
    forms = [log.put(log.read_node(x), table) for x in log.rows_of([forms], 4)[0]]
    for part, form, *factors in zip(parts, forms, *COUNTS, strict=True):
        known = {"half": half, "d - 1": m, "": log.number(1)}
        whole = multiplied(log, [d, form, *(known[k] for k in factors)])
        need(log.same(part, whole), "it is another form in b and b'")
    for form, degree in zip(forms, (2, 2, 2, 1), strict=True):
        need(all(sum(k) == degree for k in by_powers(log, form, a)), "it is no form in a, a'")
    p, q, r, s = forms
    D = difference(log, log.product(p, r), multiplied(log, [m, q, q]))
    return Place(letters, table, size, d, a, b, p, q, r, s, D)


def balanced(log, value, phases, place):
    """That each term of F has as many entries of A as of B, in sums that are in no
    denominator and in no law."""
    sums, names = {}, list(place.letters)
    for x, factors in phases["sums"]:
        counts = [sum(f == name for f, *_ in factors) for name in names]
        need(sum(counts) == len(factors), "a sum has entries of other matrices")
        sums[x] = counts[0] - counts[1]
    for powers in by_powers(log, value, tuple(sums)):
        excess = sum(k * e for k, e in zip(powers, sums.values(), strict=True))
        need(excess == 0, "it is not constant along (cA, B/c)")
    own = {*place.a, *place.b}
    need(own.isdisjoint(log.mentioned(value)), "it depends on the entries by themselves")
