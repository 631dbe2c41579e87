"""Letters for entries at coordinates, for sums over coordinates, and for weights."""

from itertools import permutations

from ...reading import need
from .equivalence import is_plain
from .sums import summed

LABELS = ("i", "j")
PARTNER = {"i": "~i", "j": "~j", "~i": "i", "~j": "j"}
WEIGHTS = {("last", 0), ("last", 1), *(("sum", k) for k in range(1, 8))}


class EntryLetters:
    """Letters for entries at i and j, for sums over coordinates, and for weights of positions.

    The letters of a file are `named`, [letter, name, label, ...], `sums` and `weights`, as
    in the field `phases`; `size` is the letter d. One of the numbers `either`, each of
    which is at least 0, is not 0, if there are any. If coordinates are `paired`, ~i and ~j
    are the partners of i and j, and a sign of -1 in a sum is that of a partner.
    """

    def __init__(self, log, named, sums, weights, size, either=(), paired=False):
        self.log, self.size, self.at, self.sums = log, log.letter(size), {}, {}
        self.paired, self.all = paired, (*LABELS, *("~i", "~j")[: 2 * paired])
        for x, name, *labels in named:
            key = log.read_as("str", name), *labels
            need({*labels} <= {*self.all} and key not in self.at, "an entry is there twice")
            self.at[key] = log.read_letter(x)
        for x, factors in sums:
            log.spend(20_000 if paired else 600)
            read = [(f, *(i if sign == 1 else ~i for i, sign in at)) for f, *at in factors]
            signs = {sign for _, *at in factors for _, sign in at}
            whole = signs <= {1, -1} if paired else signs <= {1}
            key = summed(read, paired)
            single = whole and len(key) == 1 and key[0] not in self.sums
            need(single, "a sum has two letters, or is a product of sums")
            self.sums[key[0]] = log.read_letter(x)
        self.weights = {(kind, k): log.read_letter(x) for kind, k, x in weights}
        known = all(type(k) is int for _, k in self.weights) and self.weights.keys() <= WEIGHTS
        need(known, "it is not known what a weight is")
        found = [*self.at.values(), *self.sums.values(), *self.weights.values()]
        self.own, once = {*found}, len(weights) == len(self.weights)
        plain = once and len(self.own) == len(found) and all(map(self.is_free, self.own))
        need(plain, "a letter has two meanings, or more is known of it")
        self.either = [log.read_letter(x) for x in either]
        known = all(log.letters[x].at_least == 0 and x not in log.tied for x in self.either)
        need(known and self.own.isdisjoint(self.either), "it is not known what is not 0")
        self.squares = self.weights.get(("sum", 2))
        self.turns = [*map(self.turn_of, self.renamings())]

    def renamings(self):
        """All ways to call i and j otherwise, different coordinates and no partners."""
        for i, j in permutations(self.all, 2):
            if PARTNER[i] != j:
                yield {"i": i, "j": j, "~i": PARTNER[i], "~j": PARTNER[j]}

    def turn_of(self, to):
        """The entries at other coordinates."""
        turned = {x: (name, *(to[i] for i in at)) for (name, *at), x in self.at.items()}
        need(all(k in self.at for k in turned.values()), "an entry is not there at j and i")
        return {x: self.log.letter(self.at[k]) for x, k in turned.items()}

    def is_free(self, x):
        """True if nothing else is known of a letter; a sum of squares is >= 0."""
        letter = self.log.letters[x]
        bound = (None, 0) if self.weights.get(("sum", 2)) == x else (None,)
        return is_plain(self.log, x) and letter.at_least in bound and not letter.invertible

    def meanings(self):
        """The meanings of the letters for sums and for weights, in words."""
        text, letters = "", self.log.letters
        for factors, x in self.sums.items():
            product = " ".join(
                f + "_" + "".join(str(i) if i >= 0 else f"{~i}'" for i in at)
                for f, *at in factors
            )
            text += (
                f"\n        {letters[x].name} is the sum over all coordinates 0, 1, ... of "
            )
            text += product
        if self.paired:
            text += "\n        where 0' is the partner of 0, ..., and ~i that of i"
        for (kind, k), x in self.weights.items():
            what = f"p_(t-{k})" if kind == "last" else f"the sum of p_s^{k} over s <= t-2"
            text += f"\n        {letters[x].name} is {what}, for real weights p_s of positions"
        return text

    def labels(self, *values):
        """The coordinates i and j that are in values."""
        used = self.log.mentioned(*values)
        found = {label for (_, *at), x in self.at.items() if x in used for label in at}
        return {label[-1] for label in found}
