"""The second checker: the asserted entries of a certificate that have a field `phases`."""

from ..reading import MALFORMED, Unreadable, is_plain, need, of_this_version, readable
from .exchangeable import Exchangeable
from .polynomials import constant, letters_in
from .regions import power_sum


class Checker(Exchangeable):
    """Checks one certificate, as far as averages over phases go."""

    rule = "phases"

    def __init__(self):
        super().__init__()
        self.averages = {}  # by line: what they are, by places
        self.sums = []  # the last time of each sum over t, and what it is at least
        self.of_terms = []  # by line: what was found of terms
        self.checked, self.asserted = 0, 0  # entries

    def header(self, line):
        of_this_version(line)

    def entry(self, line):
        try:
            if line["rule"] == "letter":
                name = line["name"]
                readable(is_plain(name), f"the name {name!a} can be taken for another one")
                # Lists and objects are not looked at, only whether they are there.
                known = {k: v if type(v) in (int, str) else None for k, v in line.items()}
                self.letters[self.id] = known
            elif line["rule"] == "data" and "of" in line:
                self.data[self.id] = line
            elif line["rule"] == "recursion":
                self.powers |= {x for x, _ in line["powers"]}
            elif line["rule"] == "equivalence":
                self.of_law(line["of_law"], line["moments"])
            elif line["rule"] in ("entry_minimisers", "least_by_rank"):
                size = self.polynomial([[1, [[line["size"]]], []]])
                self.entry_sums(
                    {"sums": line["sums"]}, size, line.get("paired", False) is True
                )
                self.weight_letters({"weights": line["positions"]})
                readable(line["size"] not in self.meanings, "a size has a meaning")
            elif line["rule"] == "asserted":
                self.asserted += 1
                if "phases" in line:
                    self.statement(line, line["phases"])
                    self.checked += 1
        except MALFORMED:
            raise Unreadable("its fields are not those of an average over phases") from None

    def of_law(self, number, moments):
        """That letters are the moments of one coordinate of x_1, under a law of averages."""
        law = self.laws.get(self.whole(number), {})
        for x, k in moments:
            letter = self.polynomial([[1, [[x]], []]])
            known = law.get((self.whole(k, 1),)) == (letter, constant(1))
            need(known, "a letter is no such moment of the law")

    def end(self):
        readable(self.id, "the file is empty")
        self.consistent()

    def statement(self, line, fields):
        """An average, a value that is taken from one, or where one is not zero."""
        if "value" in fields:
            self.put_in(line, fields)
            return
        readable("of" not in line, "an average over phases is not that of another line")
        if "of" not in fields:
            readable("terms" not in line, "an average in all t is not one value")
            if fields.keys() == {"summands", "charges"}:
                self.of_terms.append(self.by_charge(fields))
                return
            if fields.keys() == {"summands", "columns"}:
                self.of_terms.append(self.even_columns(fields))
                return
            self.averages[self.id] = self.average(fields)
            return
        stated = self.averages[fields["of"]]
        if fields.keys() == {"of", "places"}:
            places = {(kind, at) for kind, at in fields["places"]}
            same = stated.keys() == places and "terms" not in line
            need(same, "the average has other powers or times")
            return
        readable(line["rows"] == line["cols"] == 1, "an average is a scalar")
        value = self.polynomial(line["terms"])
        if fields.keys() == {"of", "last", "harmonic"}:
            reach = max((at for kind, at in stated if kind == "time"), default=2)
            self.sums.append((self.polynomial(fields["last"]), reach))
            need(value == self.sum_over_t(stated, fields), "the sum over t is another one")
        else:
            fits = fields.keys() == {"of", "place"}
            readable(fits, "a field is missing, or there is one too many")
            kind, at = fields["place"]
            readable(kind in ("power", "time"), "the place is neither a power nor a time")
            need(value == stated.get((kind, at), {}), "the value is another one")

    def sum_over_t(self, stated, fields):
        """The sum of an average over t = 2..last.

        With n = t - 1 and N = last - 1, the sum of n^m over n = 1..N is a polynomial in N if
        m >= 0, and else the harmonic letter of -m. Single times add what they are.
        """
        upper = self.plus(self.polynomial(fields["last"]), constant(1), -1)
        readable(upper.keys() - {()}, "the last time of a sum is a number")
        self.summed |= letters_in(upper, *stated.values())
        letters, total = {}, {}
        for x, order in fields["harmonic"]:
            order = self.whole(order, 1)
            readable(order not in letters, "a sum has two letters")
            sentence = f"the sum of 1/n^{order} over n = 1, ..., {self.text(upper)}"
            letters[order] = self.meant(x, ("harmonic", order, upper), sentence, 0)
        orders = {-m for kind, m in stated if kind == "power" and m < 0}
        need(orders == letters.keys(), "another sum of powers")
        for (kind, m), value in stated.items():
            factor = constant(1) if kind == "time" else letters.get(-m, {})
            if kind == "power" and m >= 0:
                for c in reversed(power_sum(m)):  # at N, by Horner's rule
                    factor = self.plus(self.times(factor, upper), constant(c))
            total = self.plus(total, self.times(value, factor))
        return total

    def report(self):
        """A summary of the steps recomputed, and of what they rest on."""
        steps = f"{self.checked} of {self.asserted} asserted steps were recomputed"
        yield f"{steps}, as averages over phases"
        complete = f"{len(self.averages)} averages over phases, complete in t"
        yield f"  {complete}, and {len(self.sums)} sums over t"
        yield from self.of_terms
        yield from dict.fromkeys(
            f"  up to {self.text(last)}, which is at least {t}" for last, t in self.sums
        )
        for number, law in sorted(self.laws.items()):
            for exponents, (above, below) in sorted(law.items()):
                powers = " ".join(f"x_{i}^{k}" for i, k in enumerate(exponents, 1))
                under = f" / ({self.text(below)})" * (below != constant(1))
                what = f"E[{powers}]" if exponents else "d"
                yield f"  law {number}: {what} = ({self.text(above)}){under}"
        for x, (_, sentence) in sorted(self.meanings.items()):
            yield f"  {self.letters[x]['name']} is {sentence}"
