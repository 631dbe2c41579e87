"""The average of a statement, computed and compared with what is stated."""

from fractions import Fraction
from itertools import chain

from ..reading import need, readable
from .coordinates import coincidences
from .polynomials import constant, letters_in
from .statements import Statements

FIELDS = {"summands", "paired", "size", "law", "powers", "times"}
OPTIONAL = {"entry", "sums", "squares", "weights", "reciprocals"}


def moment_of(degrees, given, free):
    """The exponents of a moment, and how many of its coordinates are not to be counted any
    more.

    The degrees are the powers of x_1 by (block, sign). Those of a given law are sorted. For
    any law, the ones at the given blocks stand for themselves, and the others are summed
    over.
    """
    if not free:
        return tuple(sorted((k for k in degrees.values() if k), reverse=True)), len(given)
    others = sorted((k for (b, _), k in degrees.items() if k and b not in given), reverse=True)
    marked = tuple(degrees[b, 1] for b in given)
    exponents = (marked, tuple(others)) if others or any(marked) else ()
    return exponents, len(given) + len(others)


class Averages(Statements):
    """Recomputes averages."""

    def average(self, fields):
        """The average, by places, if it equals the stated one.

        At each place the sum over the ways to coincide is
            factor * (d - taken) (d - taken - 1) ... * moment
        and is equal to what is stated, after multiplication with all that is divided by.
        """
        entry, paired, free = fields.get("entry"), fields["paired"], "free" in fields
        all_fields = FIELDS | {"free" if free else "moments"}
        readable(fields.keys() - OPTIONAL == all_fields, "it has other fields")
        known = type(paired) is bool and not (paired and (entry or free))
        readable(known, "it is not known what is paired")
        stated = self.stated(fields)
        size, step = self.polynomial(fields["size"]), 2 if paired else 1
        moments, reciprocals = self.moments(size, fields), self.reciprocals(fields)
        sums = self.entry_sums(fields, size, paired)
        squares = self.squares(fields, size, sums, paired)
        weights = self.weight_letters(fields)
        below = all(self.cleared(bottom, reciprocals) for _, bottom in moments.values())
        fits = all(reciprocals.values()) and below
        readable(fits, "a letter is no reciprocal, or a moment is divided by zero")
        summands = [self.summand(row) for row in fields["summands"]]
        if entry:
            parts = chain(
                *moments.values(), (c for c, *_ in summands), polynomials_of(summands)
            )
            self.derived |= letters_in(size, *parts)
        found = self.by_degrees(summands, paired, free, entry, sums, weights)
        used = {degrees for parts in found.values() for _, degrees, _ in parts}
        all_used = used - {()} == moments.keys() - {()}
        need(all_used, "a moment is missing, or one is not used")
        for place in found.keys() | stated.keys():
            total, den = {}, constant(1)
            for (blocks, degrees, taken), factor in found.get(place, {}).items():
                choices = [
                    self.plus(size, constant(step * k), -1) for k in range(taken, blocks)
                ]
                above, below = moments[degrees]
                part = self.times(factor, *choices, above)
                old, new = self.times(total, below), self.times(part, den)
                total, den = self.plus(old, new), self.times(den, below)
            claimed = self.multiplied_out(stated.get(place, {}), squares)
            rest = self.plus(total, self.times(claimed, den), -1)
            same = not self.cleared(rest, reciprocals)
            need(same, f"the average is another one, at the {place[0]} {place[1]}")
        return {
            place: value for place, value in stated.items() if self.cleared(value, reciprocals)
        }

    def by_degrees(self, summands, paired, free, entry, sums, weights):
        """The coefficient of each moment: by place, and by the number of blocks, the
        exponents, and how many blocks are not to be counted any more.
        """
        found = {}
        point = {name: self.polynomial(p) for name, p in entry[2]} if entry else {}
        self.derived |= letters_in(*point.values())
        for c, over, data, entries, region, positions in summands:
            names = {what for _, what in entries if type(what) is str}
            for way in coincidences(len(data), paired):
                self.spend(4 + 2 * (len(way) + len(region)))
                exponents, degrees = self.of_blocks(data, way)
                counted, factor = self.weighted(exponents.values(), region, positions, weights)
                if not counted:
                    continue
                valued = names <= point.keys() or not (entry or free)
                readable(valued, "no value is given for a matrix")
                products = self.entries(way, entries, entry, point, (sums, paired))
                for weight, given in products:
                    key = len(exponents), *moment_of(degrees, given, free)
                    weight = self.times(weight, factor)
                    for place, number in counted.items():
                        place, number = divided(place, number, over)
                        parts = found.setdefault(place, {})
                        part = self.times(constant(number), c, weight)
                        parts[key] = self.plus(parts.get(key, {}), part)
        return {
            place: {key: w for key, w in parts.items() if w} for place, parts in found.items()
        }

    def of_blocks(self, data, way):
        """The exponent of the phase of each block, and the power of x_1 of each coordinate."""
        exponents, degrees = {}, {}
        for (form, k), (block, sign) in zip(data, way, strict=True):
            old = exponents.get(block, (0, 0, 0, 0))
            added = (x + sign * y for x, y in zip(old, form, strict=True))
            exponents[block] = tuple(added)
            degrees[block, sign] = degrees.get((block, sign), 0) + k
        return exponents, degrees


def polynomials_of(summands):
    """The values of matrices in the entries of summands."""
    entries = chain.from_iterable(entries for _, _, _, entries, _, _ in summands)
    return chain.from_iterable(what for _, what in entries if type(what) is not str)


def divided(place, number, over):
    """A part of a count over (t-1)^over."""
    kind, at = place
    if kind == "power":
        return (kind, at - over), number
    return place, number / Fraction(at - 1) ** over
