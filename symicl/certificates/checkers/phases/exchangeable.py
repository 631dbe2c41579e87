"""Sums of entries at matrices that permutations of the coordinates leave alone, and the second
derivative of these sums along moves."""

from itertools import combinations, product

from ..reading import need, readable
from .polynomials import constant, letters_in
from .terms import Terms

KINDS = ({"I", "J - I"}, {"diag(v)", "v1'", "1v'"}, {"S"}, {"K"})
"""The moves that stand together in one derivative."""
MAX_FACTORS = 8  # entries of matrices in a monomial
MAX_MOVES = 6
FIELDS = {"value", "sums", "size", "point"}
MEANING = {
    "v": "any v with 1'v = 0 and v'v = 1",
    "S": "any S = S' with S1 = 0, a zero diagonal and tr(S'S) = 1",
    "K": "any K = -K' with K1 = 0 and tr(K'K) = 1",
}


class Exchangeable(Terms):
    """Recomputes what such sums and derivatives are."""

    def __init__(self):
        super().__init__()
        self.data = {}  # entries of the rule `data` that say of what they are another form

    def put_in(self, line, fields):
        """A polynomial in letters for sums of entries, at matrices of the form
        (same - other) I + other J; or its second derivative there along moves.

        The derivative of a product of entries, each of which moves linearly, is the sum over
        the pairs of entries that move, twice; the others stay as they are. No other letter of
        the polynomial depends on an entry: see `consistent`.
        """
        readable(fields.keys() - {"moves"} == FIELDS, "a field is missing, or one too many")
        data = self.data.get(fields["value"])
        readable(data and "of" in line, "it is no data that is checked against another line")
        need(data["of"] == line["of"], "what is put in is the value of another line")
        scalars = all(e["rows"] == e["cols"] == 1 for e in (line, data))
        readable(scalars, "sums of entries are scalars")
        size = self.polynomial(fields["size"])
        sums = self.entry_sums(fields, size, paired=False)
        factors = {x: key for key, letter in sums.items() for x in letters_in(letter)}
        value, point = self.polynomial(data["terms"]), self.point_of(fields["point"])
        moves = self.moves_of(fields["moves"], point) if "moves" in fields else None
        self.derived |= letters_in(value) - factors.keys()
        self.derived |= letters_in(size, *(p for both in point.values() for p in both))
        self.derived |= letters_in(*(z for z, _, _ in moves or []))
        total, known = {}, {}
        for m, c in value.items():
            inside = tuple((w[0], k) for w, k in m if w[0] in factors)
            readable(all(k > 0 for _, k in inside), "it divides by a sum of entries")
            if inside not in known:
                entries = self.entries_of(inside, factors)
                known[inside] = self.at_point(entries, point, size, moves)
            rest = {tuple((w, k) for w, k in m if w[0] not in factors): c}
            total = self.plus(total, self.times(rest, known[inside]))
        need(total == self.polynomial(line["terms"]), "the value is another one")
        self.of_terms.append(self.in_words(line, point, moves))

    def point_of(self, rows):
        """The entries of each matrix: those on the diagonal and the others."""
        point = {name: (self.polynomial(p), self.polynomial(q)) for name, p, q in rows}
        readable(len(point) == len(rows), "a matrix has two values")
        return point

    def moves_of(self, rows, point):
        """The size of each move, the matrix that moves, and how; all of one kind."""
        moves = [(self.polynomial(z), name, copy) for z, name, copy in rows]
        fits = 0 < len(moves) <= MAX_MOVES and all(name in point for _, name, _ in moves)
        copies = {copy for _, _, copy in moves}
        fits = fits and any(copies <= kind for kind in KINDS)
        readable(fits, "it is not known what moves, or moves are of different kinds")
        return moves

    def entries_of(self, inside, factors):
        """The entries (name, row, column) in a product of sums, with coordinates of their
        own."""
        entries, first = [], 0
        for x, k in inside:
            single = factors[x]
            readable(all(len(f) == 3 for f in single), "an entry is not that of a full matrix")
            blocks = 1 + max(b for _, *at in single for b, _ in at)
            readable(len(entries) + k * len(single) <= MAX_FACTORS, "a product is too long")
            for _ in range(k):
                entries += [(f, i + first, j + first) for f, (i, _), (j, _) in single]
                first += blocks
        return entries

    def at_point(self, entries, point, size, moves):
        """The sum over all coordinates of the product of entries, or its second derivative."""
        readable(all(f in point for f, _, _ in entries), "no value is given for a matrix")
        if moves is None:
            return self.over_coordinates(entries, [], point, size)
        total = {}
        for i, j in combinations(range(len(entries)), 2):
            kept = [f for k, f in enumerate(entries) if k not in (i, j)]
            for (z, name, one), (w, also, other) in product(moves, repeat=2):
                if (entries[i][0], entries[j][0]) == (name, also):
                    moved = [(*entries[i][1:], one), (*entries[j][1:], other)]
                    part = self.times(z, w, self.over_coordinates(kept, moved, point, size))
                    total = self.plus(total, part, 2)
        return total

    def over_coordinates(self, kept, moved, point, size):
        """The sum over all coordinates of entries that stay, times moves at theirs.

        An entry that stays is `other`, and `same` - `other` more where its row is its column:
        so are I and J - I, and diag(v) is v_i there alone. After this each coordinate is free
        to be any of d, except those at which v, S or K stand.
        """
        choices = [
            (i, j, self.plus(same, other, -1), other)
            for (i, j), (same, other) in (((i, j), point[f]) for f, i, j in kept)
        ]
        choices += [
            (i, j, constant(-1 if copy == "J - I" else 1), constant(copy == "J - I"))
            for i, j, copy in moved
            if copy in ("I", "J - I", "diag(v)")
        ]
        used = {i for _, *at in kept for i in at} | {i for *at, _ in moved for i in at}
        weights = {tuple(range(1 + max(used, default=-1))): constant(1)}
        for i, j, equal, free in choices:
            grown = {}
            for places, weight in weights.items():
                low, high = sorted((places[i], places[j]))
                met = tuple(low if p == high else p for p in places)
                for there, factor in ((met, equal), (places, free)):
                    part = self.times(weight, factor)
                    grown[there] = self.plus(grown.get(there, {}), part)
            weights = grown
        total = {}
        for places, weight in weights.items():
            number, bound = mean_of(moved, places)
            if number:
                free = [size] * (len({places[i] for i in used}) - bound)
                total = self.plus(total, self.times(constant(number), weight, *free))
        return total

    def in_words(self, line, point, moves):
        """The values that were put in, as text."""
        at = ", ".join(
            f"{name} has ({self.text(same)}) on the diagonal and ({self.text(other)}) off it"
            for name, (same, other) in point.items()
        )
        if moves is None:
            return f"  line {line['id']}: the value of line {line['of']} where {at}"
        along = " and ".join(f"({self.text(z)}) {copy} of {name}" for z, name, copy in moves)
        kinds = (text for x, text in MEANING.items() if any(x in copy for *_, copy in moves))
        said = "".join(f", for {text}" for text in kinds)
        return (
            f"  line {line['id']}: the second derivative of the value of line {line['of']}"
            f" where {at}, along {along}{said}"
        )


def mean_of(moved, places):
    """The sum of two moves over the coordinates that they are at, each of them any of d; and
    how many coordinates these are.

    A coordinate at which a single v, or a single row or column of S or K, stands adds them up
    to 0. What is left is v'v, and tr(S'S) or tr(K'K), of which K' = -K changes the sign.
    """
    at = [
        (
            copy,
            tuple(
                places[i]
                for i in ((j,) if copy == "1v'" else (i, j) if copy in "SK" else (i,))
            ),
        )
        for i, j, copy in moved
        if copy not in ("I", "J - I")
    ]
    if not at:
        return 1, 0
    (copy, one), (_, other) = at
    if len(one) == 1:
        return int(one == other), 1
    if one[0] == one[1] or other[0] == other[1]:
        return 0, 0
    turned = -1 if copy == "K" else 1
    return 1 if one == other else turned if one == other[::-1] else 0, 2
