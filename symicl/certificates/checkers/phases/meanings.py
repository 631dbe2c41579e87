"""The meanings of letters.

A letter means one thing in the whole file, and no two letters mean the same. Nothing else is
known of it. What it means is made of letters without a meaning and without a law: with y =
1/z a reciprocal of y z - 1, which is zero, would prove everything.
"""

from fractions import Fraction

from ..reading import need, readable
from .polynomials import Polynomials, letters_in

KNOWN = {"id", "rule", "name", "rows", "cols", "at_least"}
"""The fields of the entry of a letter that has a meaning."""

LAST = {("last", b): (f"the weight p_(t-{b})", None) for b in (0, 1)}
SUMS = {
    ("sum", k): (f"the sum of p_s^{k} over s = 1, ..., t-2", None if k % 2 else 0)
    for k in range(1, 8)
}
WEIGHTS = LAST | SUMS
"""Letters for weights: what is printed, and the lower bound that may be known."""


def named(letters, what):
    """The letter for something, or what no letter stands for."""
    return letters.get(what, {(((0, what), 1),): Fraction(1)})


class Meanings(Polynomials):
    """The letters of a file that stand for something."""

    def __init__(self):
        super().__init__()
        self.meanings = {}  # by letter: the meaning and the sentence that is printed
        self.made = set()  # letters of which meanings are made
        self.summed = set()  # letters in what is summed over t
        self.derived = set()  # letters in what is derived in an entry of a matrix, or put in
        self.powers = set()  # letters that are a power of something

    def meant(self, x, meaning, sentence, least=None):
        """A letter, as a polynomial, that has this meaning."""
        letter = self.letters[x]
        free = letter.keys() <= KNOWN and letter.get("at_least") in (None, least)
        free = free and letter["rows"] == letter["cols"] == 1
        readable(free, "more is known of a letter than that it is a sum")
        self.made |= letters_in(*(part for part in meaning if type(part) is dict))
        known, _ = self.meanings.setdefault(x, (meaning, sentence))
        need(known == meaning, "a letter is two different sums")
        self.spend(len(self.meanings))
        alone = all(x == y or other != meaning for y, (other, _) in self.meanings.items())
        need(alone, "two letters are one sum, between which there is a relation")
        return {(((x,), 1),): Fraction(1)}

    def consistent(self):
        """At the end of the file: what meanings are made of has none, and no law.

        The weights of positions depend on t, so that no sum over t is one of them. Sums of
        entries depend on these, and so may what is max(0, g), an inverse, random or a power:
        no derivative in an entry is one of them.
        """
        moving = {x for x, (what, _) in self.meanings.items() if what[0] in ("last", "sum")}
        readable(
            self.summed.isdisjoint(moving),
            "a sum over t is one of weights, which depend on t",
        )
        sums, related = (
            ("entries", "squares"),
            {"positive_part_of", "mean_of", "largest_of", "inverse_of", "law"},
        )
        entries = {x for x, (what, _) in self.meanings.items() if what[0] in sums}
        entries |= self.powers | {x for x, z in self.letters.items() if related & z.keys()}
        readable(
            self.derived.isdisjoint(entries),
            "a derivative is one of what may depend on entries",
        )
        law = {x for x, letter in self.letters.items() if "law" in letter}
        readable(
            self.made.isdisjoint(law | self.meanings.keys()),
            "a letter is made of one with a meaning",
        )

    def cleared(self, value, reciprocals):
        """A polynomial without reciprocals, times powers of what they are reciprocals of."""
        for x, p in reciprocals.items():
            total, most = {}, max((dict(m).get((x,), 0) for m in value), default=0)
            for m, c in value.items():
                rest = {tuple(f for f in m if f[0] != (x,)): c}
                missing = most - dict(m).get((x,), 0)
                total = self.plus(total, self.times(rest, *[p] * missing))
            value = total
        return value
