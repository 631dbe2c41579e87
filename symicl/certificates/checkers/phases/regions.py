"""How many whole times there are in a region, for every t.

A *form* is a tuple (c, a, b, e) that stands for c + a t + b s + e r. A region is where forms
are >= 0; the summed times s, r are at the places 2 and 3 of a form.

Lemma. Let rows a_i of whole numbers be such that all their minors are -1, 0 or 1, and let the
set of real s with a_i s + b_i + c_i t >= 0 for all i be bounded, s having k parts. Let t0 be
such that no determinant of k + 1 rows (a_i, b_i + c_i t), which are affine in t, changes its
sign or vanishes from t0 on without vanishing identically. Then the number of whole s in it is
a polynomial in t of degree k at most from t0 on. (docs/certificates.md has the proof.)

So k + 1 values from t0 on give the polynomial, and what is below t0 is counted one by one.
"""

from fractions import Fraction
from itertools import chain, combinations
from math import comb, gcd

from ..reading import need, readable


def without(form, equation, i):
    """A form in which the time at place i, of the coefficient 1 or -1 in the equation, is
    replaced by what the equation says of it.
    """
    return tuple(x - form[i] * equation[i] * y for x, y in zip(form, equation, strict=True))


def eliminated(equations, forms, kept=()):
    """Forms that are >= 0 where equations hold, and others, in the times that are left.

    None if the equations never hold at whole times. A time with the coefficient 1 or -1 is
    eliminated, which keeps whole points whole.
    """
    while equations:
        common = [gcd(*e[1:]) for e in equations]
        both = list(zip(equations, common, strict=True))
        if any(e[0] % g if g else e[0] for e, g in both):
            return None
        equations = [tuple(x // (g or 1) for x in e) for e, g in both]
        units = ((e, i) for e in equations for i in (2, 3) if abs(e[i]) == 1)
        e, i = next(units, (None, 0))
        if not e:
            whole = not any(f[2] or f[3] for f in equations)
            readable(whole, "a time would be a fraction")
            negated = (tuple(-x for x in f) for f in equations)
            return [*forms, *equations, *negated], kept
        forms, kept = ([without(f, e, i) for f in part] for part in (forms, kept))
        equations = [without(f, e, i) for f in equations if f is not e]
    return forms, kept


def first_time(forms, live):
    """The t0 of the lemma, for the summed times at the places `live`.

    Forms without summed times are combined from pairs of forms, one time after the other:
    among them is every determinant of the lemma, times a whole number that is not zero.
    """
    minors = [f[2] * g[3] - f[3] * g[2] for f, g in combinations(forms, 2)]
    whole = all(abs(x) <= 1 for x in chain(minors, *(f[2:] for f in forms)))
    readable(whole, "a region has corners that are fractions")
    for i in live:
        forms = {
            tuple(f[i] * y - g[i] * x for x, y in zip(f, g, strict=True))
            for f, g in combinations(list(forms), 2)
        }
    return max([2, *(-f[0] // f[1] + 1 for f in forms if f[1])])


def points(forms, live, t):
    """The number of whole points at which forms are >= 0.

    Each time that is live has bounds of its own: forms without the other time.
    """
    forms, ranges = [(f[0] + f[1] * t, f[2], f[3]) for f in forms], []
    for i in (1, 2):
        alone = [(f[0], f[i]) for f in forms if not f[3 - i]]
        low, high = (min((c for c, a in alone if a == sign), default=0) for sign in (1, -1))
        ranges.append(range(-low, high + 1) if i + 1 in live else (0,))
    return sum(
        all(c + a * s + b * r >= 0 for c, a, b in forms) for s in ranges[0] for r in ranges[1]
    )


def in_time(values, first):
    """The polynomial in t - 1 through the values from a time on, and what single times add.

    The values are those at t = 2, 3, ...; what is returned is {("power", k): number} and, for
    times before the first one, {("time", t): number}.
    """
    times = range(first, max(values) + 1)
    powers = [Fraction(0)] * len(times)
    for t in times:
        basis = [Fraction(values[t])]  # Lagrange: values[t] at t, 0 at the other times
        for u in set(times) - {t}:
            shifted = zip([0, *basis], [*basis, 0], strict=True)
            basis = [(x - (u - 1) * y) / (t - u) for x, y in shifted]
        powers = [x + y for x, y in zip(powers, basis, strict=True)]
    found = {("power", k): c for k, c in enumerate(powers)}
    for t in range(2, first):
        found["time", t] = values[t] - sum(c * (t - 1) ** k for k, c in enumerate(powers))
    return {place: c for place, c in found.items() if c}


def power_sum(m):
    """The sum of n^m over n = 1..N as a polynomial in N, by powers, for m >= 0.

    It is F, of degree m + 1 at most, with F(0) = 0 and F(n+1) - F(n) = (n+1)^m as an identity.
    """
    values = {n + 1: sum(k**m for k in range(1, n + 1)) for n in range(1, m + 3)}
    through = in_time(values, 2)
    found = [through.get(("power", k), Fraction(0)) for k in range(m + 2)]
    step = [sum(comb(k, i) * c for k, c in enumerate(found)) - found[i] for i in range(m + 2)]
    right = [*(comb(m, i) for i in range(m + 1)), 0]
    need(not found[0] and step == right, "a sum of powers is wrong")
    return found
