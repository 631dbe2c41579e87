"""Laws of rows s g whose direction g is Gaussian and whose length has another law; the sphere.

T is a letter for the squared scales of the rows of Z, T = diag(t_1, ..., t_n), or the number t
if Z is one column. Given T, the letter Z is Gaussian: its row covariance is T, or its scale
has the factor t. No other letter depends on T.
"""

from collections import namedtuple
from fractions import Fraction

from ...reading import bits, need, readable
from ..values import ONE, Value
from ..words import SCALAR

MAX_MOMENTS = 20


class Scales(namedtuple("Scales", "moments radius2 size owner")):
    """E t, E t^2, ..., None where it is not known; or the square of the radius of a sphere in
    so many dimensions. The owner is Z, 0 before it is there."""

    def moment(self, log, k):
        """E t^k. On the sphere, where x = r g/||g|| for a standard Gaussian g, and ||g|| is
        independent of g/||g||, E f(x) = E f(g) r^2k / E ||g||^2k for f of degree 2k, with
        E ||g||^2k = d (d + 2) ... (d + 2k - 2)."""
        if self.radius2 is None:
            return known_moment(self.moments, k, f"E t^{k} of the squared scales")
        readable(k <= MAX_MOMENTS, "a scale has a higher power than the limit")
        found = log.number(1)
        for j in range(k):
            side = log.sum(size_value(log, self.size), log.number(2 * j))
            found = log.divided(log.product(found, self.radius2), side)
        return found

    def text(self, log):
        """The law in words."""
        of = (
            f"squared scales of the rows of {log.letters[self.owner].name}"
            if self.owner
            else "unused"
        )
        if self.radius2 is not None:
            return f"{of}, uniform on a sphere of the squared radius {log.text(self.radius2)}"
        return f"{of}, independent, {told(log, self.moments, 't', 1)}"


def size_value(log, size):
    """A size as a value."""
    number, monomial = log.count(size)
    return Value(1, 1, {(monomial, ()): number})


def scales_of(log, raw, size, symmetric):
    """The law of a letter T: its `moments`, each the id of a scalar or 0 if it is not known,
    or a `sphere`, the id of the square of the radius, and the `size` of its space.

    The letters in them, which are returned, are not random.
    """
    need(symmetric and size[0] == size[1], "squared scales are no diagonal matrix")
    if raw.keys() == {"sphere", "size"}:
        law = Scales([], log.read_node(raw["sphere"]), log.read_size(raw["size"]), 0)
        inner = numbers_in(log, [law.radius2])
    else:
        readable(raw.keys() == {"moments"}, "it is no law that is known")
        moments, inner = moments_of(log, raw["moments"])
        law = Scales(moments, None, 0, 0)
    log.scales[log.id] = law
    return inner


def known_moment(moments, k, name):
    """One of the moments of a law."""
    known = k <= len(moments) and moments[k - 1]
    need(known, f"it needs {name}, of which nothing is said")
    return known


def told(log, moments, name, step):
    """The moments of a number or of a power of it, in words."""
    known = [(step * k, log.text(m)) for k, m in enumerate(moments, 1) if m]
    return ", ".join(f"E {name}^{k} = {text}".replace("^1 ", " ") for k, text in known)


def moments_of(log, raw):
    """E t, E t^2, ... of some t >= 0, None where it is not known, and the letters in them."""
    ids = log.read_as("list", raw)
    readable(len(ids) <= MAX_MOMENTS, "there are more moments than the limit")
    moments = [log.read_node(i) if i != 0 else None for i in ids]
    inner, run = numbers_in(log, [m for m in moments if m]), []
    for m in (log.number(1), *moments):
        number = m and constant(m)
        run = [] if number is None else [*run, number]
        log.spend(len(run) ** 2 * sum(map(bits, run)) // 100)
        need(is_moment_sequence(run), "no law has these moments")
    return moments, inner


def is_moment_sequence(series):
    """True if numbers are the integrals of 1, t, t^2, ... by some measure on t >= 0.

    By Stieltjes: S = sum m_k z^k is s/(1 - z S') for a series S' of the same kind, where s is
    the first of the numbers, s >= 0, and S is 0 if s is. That is to say that the matrices
    m_(i + j) and m_(i + j + 1) are positive semidefinite, and that a law on few points is one.
    """
    while series and series[0] > 0:
        inverse = [1 / Fraction(series[0])]
        for k in range(1, len(series)):
            total = sum(series[j] * inverse[k - j] for j in range(1, k + 1))
            inverse.append(-total / series[0])
        series = [-series[0] * x for x in inverse[1:]]
    return not any(series)


def numbers_in(log, values):
    """The letters in numbers that are at least 0 and not random, of which there is one."""
    fit = values and all(v[:2] == SCALAR and (constant(v) or 0) >= 0 for v in values)
    inner = log.mentioned(*values)
    fit = fit and not any(log.letters[x].random for x in inner)
    need(fit, "a moment is negative, random, or no number")
    return inner


def constant(value):
    """The number that a value is, or None."""
    plain = value.terms.keys() <= ONE.keys() and value.den == ONE
    return value.terms.get(((), ()), 0) if plain else None


def scaled(log, rows, cols, scale, size):
    """The scale of the law of Z at the scale 1 of its rows; that T is there as it has to be.

    On a sphere Z is standard Gaussian but for T, and its rows have the size of the space.
    """
    used = {*rows, *cols, *log.mentioned(scale)} & log.scales.keys()
    if not used:
        return scale
    t, fixed = min(used), scale
    law = log.scales[t]
    single = len(used) == 1 and not law.owner
    if size[1] == 1:
        lowered = {
            (tuple((w, k - (w == (t,))) for w, k in m if (w, k) != ((t,), 1)), w0): c
            for (m, w0), c in scale.terms.items()
        }
        fixed = Value(1, 1, lowered)
        single = single and t not in log.mentioned(fixed) and t not in (*rows, *cols)
        single = single and log.same(log.product(fixed, log.letter(t)), scale)
    else:
        single = single and rows == (t,) and t not in log.mentioned(scale)
    need(single, "squared scales stand in another place of a law, or of two")
    if law.radius2 is not None:
        space = size[0] if size[1] == 1 else size[1]
        plain = cols == () and (size[1] != 1 or rows == ()) and space == law.size
        need(plain and fixed.terms == ONE, "on a sphere rows have another law")
    log.scales[t] = law._replace(owner=log.id)
    return fixed
