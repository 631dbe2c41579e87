"""Facts that summands show without any moment: their charges, and columns of matrices."""

from collections import Counter

from ..reading import need, readable
from .averages import Averages
from .coordinates import coincidences


class Terms(Averages):
    """Recomputes facts on summands; each is a sentence that is printed."""

    def by_charge(self, fields):
        """The products of matrices in the summands of each charge.

        Multiply all l_i by one z with |z| = 1: a summand is multiplied by z to the sum of its
        exponents, which does not depend on a summed time.
        """
        found, stated = {}, {}
        for _, _, data, entries, _, _ in map(self.summand, fields["summands"]):
            self.spend(10 + len(data) + len(entries))
            c, a, *summed = map(
                sum, zip((0, 0, 0, 0), *(form for form, _ in data), strict=True)
            )
            need(summed == [0, 0], "a charge depends on a summed time")
            named = all(type(what) is str for _, what in entries)
            readable(named, "a matrix has no name")
            found.setdefault((c, a), set()).add(tuple(sorted(what for _, what in entries)))
        for c, a, products in fields["charges"]:
            readable((c, a) not in stated, "a charge is there twice")
            stated[c, a] = {tuple(names) for names in products}
        need(found == stated, "the summands have other charges or other matrices")
        parts = [
            f"z^({a} t + {c}) with "
            + " or ".join(" ".join(names) or "none" for names in sorted(p))
            for (c, a), p in sorted(found.items(), reverse=True)
        ]
        return f"  line {self.id}: the summands and their matrices: {', '.join(parts)}"

    def even_columns(self, fields):
        """Each coordinate is the column of an even number of entries, and the matrices are
        there equally often, wherever the average over the phases does not vanish."""
        readable(fields["columns"] == "even", "it is not known what the columns are")
        for _, _, data, entries, region, positions in map(self.summand, fields["summands"]):
            full = all(type(what) is str and len(at) == 2 for at, what in entries)
            readable(full and not positions, "there are other things than full matrices")
            often = set(Counter(what for _, what in entries).values())
            for way in coincidences(len(data), False):
                self.spend(4 + 2 * (len(way) + len(region)))
                exponents, _ = self.of_blocks(data, way)
                if self.count(exponents.values(), region):
                    columns = Counter(way[at[1]] for at, _ in entries)
                    even = all(k % 2 == 0 for k in columns.values()) and len(often) <= 1
                    need(even, "a coordinate is the column of an odd number of entries")
        return f"  line {self.id}: each coordinate is the column of an even number of entries"
