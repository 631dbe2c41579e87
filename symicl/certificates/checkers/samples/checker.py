"""The third checker: the asserted entries of a certificate that have a field `samples`."""

from ..reading import MALFORMED, Unreadable, is_plain, need, of_this_version, readable
from .averages import Averages
from .statements import in_words
from .traces import moment, monomial, total

FIELDS = {"integrand", "X", "y", "x", "y0", "noise", "moments"}


class Checker(Averages):
    """Checks one certificate, as far as averages over samples go."""

    rule = "samples"

    def __init__(self):
        super().__init__()
        self.data = {}  # entries of the rule `data` that say of what they are another form
        self.checked, self.asserted = 0, 0  # entries
        self.phases = False  # there are averages over phases

    def header(self, line):
        of_this_version(line)

    def entry(self, line):
        try:
            numbered = type(line["id"]) is int and line["id"] == self.id
            readable(numbered, "its id is not the number of its line")
            if line["rule"] == "letter":
                self.letter(line)
            elif line["rule"] == "data" and "of" in line:
                self.data[self.id] = line
            elif line["rule"] == "asserted":
                self.asserted += 1
                self.phases |= "phases" in line
                if "samples" in line:
                    self.statement(line, line["samples"])
                    self.checked += 1
                one = not (self.phases and self.checked)
                readable(one, "a file has averages over samples and over phases")
        except MALFORMED:
            raise Unreadable("its fields are not those of an average over samples") from None

    def end(self):
        readable(self.id, "the file is empty")

    def letter(self, line):
        name = line["name"]
        fits = type(name) is str and name not in self.names
        readable(fits, "two letters have one name, or it is no text")
        readable(is_plain(name), f"the name {name!a} can be taken for another one")
        # Lists and objects are not looked at, only whether they are there.
        known = {k: v if type(v) in (int, str, bool) else None for k, v in line.items()}
        self.letters[self.id], self.names[name] = known, self.id

    def statement(self, line, fields):
        """The average of the integrand is the value of the line."""
        readable(fields.keys() == FIELDS, "a field is missing, or there is one too many")
        readable(type(fields["integrand"]) is int, "it is not known what is averaged")
        data = self.data.get(fields["integrand"])
        readable(data, "what is averaged is no data that is checked against another line")
        readable(type(line["of"]) is int, "it is not known what is averaged")
        need(data["of"] == line["of"], "what is averaged is the value of another line")
        for part in (line, data):
            scalar = (part["rows"], part["cols"]) == (1, 1)
            readable(scalar, "an average is that of a scalar")
        self.read_samples(fields)
        moments = self.read_moments(fields["moments"])
        stated = self.polynomial(line["terms"])
        found, used = self.expectation(self.polynomial(data["terms"]))
        need(moments <= used, "a moment is not used")
        letters = {moment(key): (self.symbols[key],) for key in moments}
        renamed = (
            (monomial((letters.get(t, t), k) for t, k in m), c) for m, c in found.items()
        )
        need(total(renamed) == stated, "the average is another one")

    def report(self):
        """A summary of the steps recomputed, and of what they rest on."""
        steps = f"{self.checked} of {self.asserted} asserted steps were recomputed"
        yield f"{steps}, as averages over samples"
        if self.checked:
            X, y, x, y0 = (self.name(a) for a in self.samples)
            rows = f"  samples in the rows of {X}, {y}, another one in {x}, {y0}"
            yield f"{rows}: independent given the function f"
            variance = self.text(self.noise)
            yield f"  x ~ N(0, I), y = f(x) + e, e Gaussian of the variance {variance}"
            maps = "orthogonal maps of x, -I among them, do"
            fewer = "rotations of x do not, and one of x -> -x, f -> -f does"
            yield f"  f is random; {maps if self.reflections else fewer} not change its law"
        for x, pattern in sorted(self.meanings.items()):
            yield f"  {self.name(x)} = {in_words(pattern)}"
