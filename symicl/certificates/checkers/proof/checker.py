"""The first checker: all lines of a certificate, one after the other.

After the header each line is an *entry*, with its line number as `id` and one `rule`. It
refers to earlier lines only, and what it says is computed anew from these and compared.
"""

import zlib

from ..reading import FORMAT, MALFORMED, Unreadable, need, of_this_version, readable
from .fields import KIND
from .origins import AVERAGES, Origins
from .report import report
from .rules import RULES

PRIME = 2**61 - 1
HEADER = {
    "format",
    "version",
    "theorem",
    "statement",
    "source",
    "assumptions",
    "axioms",
    "argued",
    "quantities",
    "propositions",
}
COMMON = {"id", "rule", "print"}  # fields that entries of all rules have
KEPT = {
    "rule",
    "of",
    "by",
    "letter",
    "letters",
    "parts",
    "F",
    "C",
    "solves",
    "loss",
    "square",
    "value",
    "at",
    "samples",
    "products",
    "phases",
    "state",
    "fresh",
    "powers",
    "tokens",
    "normals",
    "candidate",
}  # looked up later


class Checker(Origins):
    """Checks one certificate."""

    def __init__(self):
        super().__init__()
        self.id, self.rule = 1, "header"  # of the line that is read, or is missing
        self.steps = {}  # by line: the letter, the monomial in it, and its expectation
        self.scales = {}  # by letter: the law of the squared scales of rows, and their letter
        self.independent = {}  # by letter with independent entries: their law
        self.haar = set()  # letters from Haar's law
        self.unfinished = {}  # by line of an average over signs: letters that it is over, too
        self.fixed = set()  # letters in laws, with bounds, or that are moments
        self.bounded = set()  # numbers that have to be small for the scale of a law
        self.powers = {}  # by letter: the number n and the value b of which it is b^n
        self.recursions = []  # the tokens and steps of averages over a number of tokens
        self.stated = {}  # by name: what was proved, as text
        self.quantities = {}  # by name: the same, as a value
        self.attained = {}  # by line: what is known of a minimum over weights that attain it
        self.losses = {}  # by line: the loss of a prediction, what is squared, and parameters
        self.made = {}  # by line of a loss: what its parameters are in weights
        self.passes = {}  # by such a line: the prediction, its target, and what data are
        self.bounds = {}  # by line: what is at least 0, what that assumes, and where it is > 0
        self.kept = {}  # by the same line: letters that it is said of where they are something
        self.not_negative = {}  # by line of a value that is at least 0: what that assumes
        self.motions = {}  # by line: the velocity of each letter, and the roots of letters
        self.scalar_equations = {}  # by line: u, F with du/dt = F, and the roots of letters
        self.held = []  # letters that grow in a limit, and those that stay as they are
        self.made_of = {}  # by letter: those that it depends on, as another checker knows
        self.entrywise = set()  # letters for sums of entries and for weights of positions
        self.undeclared = set()  # letters that have to be none of these
        self.asserted = []  # what no checker computes
        self.averages = []  # what the other two compute

    def line(self, raw):
        need(self.rule != "verdict", "there are lines after the verdict")
        super().line(raw)

    def end(self):
        need(self.rule == "verdict", "the certificate ends without a verdict")

    def header(self, line):
        of_this_version(line)
        readable(line.keys() == HEADER, f"it is not a {FORMAT} with its fields")
        for key in line:
            self.read_as(KIND.get(key, "str"), line[key])
        for key in ("assumptions", "axioms", "argued", "quantities", "propositions"):
            for text in line[key]:
                self.read_as("str", text)
        self.header_fields = line

    def entry(self, line):
        self.line_fields, self.rule = line, str(line.get("rule"))[:20]
        numbered = type(line.get("id")) is int and line["id"] == self.id
        need(numbered, "its id is not the number of its line")
        readable(self.rule in RULES, "its rule is unknown")
        self.origins[self.id] = {self.rule} & AVERAGES
        try:
            value = RULES[self.rule](self, **self.fields(line))
            printed = (
                self.print(value) if value is not None and self.rule != "letter" else None
            )
        except MALFORMED:
            raise Unreadable("its fields are not those of its rule") from None
        need(printed == line.get("print"), "its value is not the one that was printed")
        if value is not None:
            self.values[self.id] = value
        self.lines[self.id] = {k: line[k] for k in line.keys() & KEPT}

    def fields(self, line):
        """The fields of an entry, read; those of a value together are `given`."""
        fields = {name: self.read(name, line[name]) for name in line.keys() - COMMON}
        if "terms" in fields:
            parts = (fields.pop(name) for name in ("rows", "cols", "terms"))
            fields["given"] = self.matrix(*parts)
        return fields

    # --- Prints prove nothing; they show where two programs differ that should agree ---------

    def print(self, value):
        """The value modulo a prime, where each word stands for a checksum."""
        self.spend(self.weight(value))
        return self.point(value.terms) * pow(self.point(value.den), -1, PRIME) % PRIME

    def point(self, terms):
        """The same for terms; an open word has a 0 at its end."""
        total = 0
        for (monomial, word), c in terms.items():
            term = c.numerator * pow(c.denominator, -1, PRIME)
            for w, k in (*monomial, ((*word, 0), 1)) if word else monomial:
                term = term * pow(1 + zlib.crc32(repr(w).encode()), k, PRIME) % PRIME
            total += term
        return total % PRIME

    def report(self):
        return report(self)
