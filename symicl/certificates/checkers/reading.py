"""How every checker reads a file: line by line, within limits, refusing what it does not know.

A file is refused in two ways. *Rejected*: something that it says does not hold. *Unreadable*:
it is no certificate, or beyond the limits, and nothing can be said about it. Nothing else is
ever done with a file: its text is read by `json`, its numbers by `Fraction`, and none of it
is run.
"""

import json
import sys
from fractions import Fraction

FORMAT = ("symicl-certificate", 3)
MAX_LINE = 2**20  # bytes
MAX_LINES = 30_000
MAX_BITS = 4_096  # of a number: those of its numerator and of its denominator together
MAX_NAME = 100  # characters
GREEK = "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ"  # unlike Latin letters

MALFORMED = (
    TypeError,
    LookupError,
    ValueError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""Exceptions that Python raises where a field is missing or of another type."""


class Unreadable(Exception):
    """Not a certificate of this version, or beyond the limits: nothing can be said about
    it."""


class Rejected(Exception):
    """A certificate with an entry that does not hold."""


def need(holds, sentence):
    """Reject the file with this sentence unless something holds."""
    if not holds:
        raise Rejected(sentence)


def readable(holds, sentence):
    """Refuse the file as unreadable with this sentence unless something holds."""
    if not holds:
        raise Unreadable(sentence)


def of_this_version(line):
    """Refuse a header of something else, and tell older files apart."""
    name, version = line.get("format"), line.get("version")
    other = f"it is of version {version!a:.9}, and version {FORMAT[1]} alone is read here"
    readable(name != FORMAT[0] or version == FORMAT[1], other)
    readable((name, version) == FORMAT, f"it is not a {FORMAT} with its fields")


def bits(number):
    """The length of a number."""
    return number.numerator.bit_length() + number.denominator.bit_length()


def exact(value):
    """The number that a field holds: a whole one, or a fraction as text."""
    fits = type(value) is int or (type(value) is str and "/" in value and value.isascii())
    readable(fits, "it has something else where an exact number is needed")
    return Fraction(value)


def is_plain(name):
    """True if no other name looks the same."""
    plain = type(name) is str and len(name) <= MAX_NAME and name == " ".join(name.split())
    return plain and all(c.isascii() or c in GREEK for c in name)


def pairs(items):
    """An object of JSON, in which no key occurs twice."""
    readable(len(dict(items)) == len(items), "a key occurs twice")
    return dict(items)


class Reader:
    """One file. A checker says in `header`, `entry` and `end` what its lines have to mean."""

    MAX_WORK = 0  # steps, in units of about a microsecond
    rule = ""  # what an error names beside the number of the line

    def __init__(self):
        self.id = 0  # the number of the line that is read
        self.work = 0  # the steps that were made

    def spend(self, amount):
        """Count work before it is done, so that no file takes long."""
        self.work += amount
        readable(self.work <= self.MAX_WORK, "it takes more work than the limit allows")

    def check(self, lines):
        """Check all lines; what is wrong is raised with the line and the rule in front."""
        try:
            for self.id, raw in enumerate(lines, 1):
                self.line(raw)
            self.end()
        except (Unreadable, Rejected) as error:
            raise type(error)(f"line {self.id}, {self.rule}: {error}") from None

    def line(self, raw):
        """Check one line."""
        line = self.parse(raw)
        (self.header if self.id == 1 else self.entry)(line)

    def parse(self, raw):
        """The JSON object in a line."""
        self.spend(len(raw) // 8)
        fits = len(raw) <= MAX_LINE and self.id <= MAX_LINES
        readable(fits, "the line or the file is too long")
        try:
            line = json.loads(raw, object_pairs_hook=pairs)
        except (ValueError, RecursionError) as error:
            kind = type(error).__name__
            raise Unreadable(f"it is not a line of JSON ({kind})") from None
        readable(isinstance(line, dict), "it is not a JSON object")
        return line


def check_files(checker, paths, with_path=False):
    """Check files and print what the checker says of each; the exit code is the worst outcome.

    0: all are accepted; 1: one is rejected; 2: one is unreadable.
    """
    code = 0
    for path in paths:
        running = checker()
        try:
            with open(path, "rb") as file:
                running.check(iter(lambda read=file.readline: read(MAX_LINE + 1), b""))
            label = f"{path}: " if with_path else ""
            print("\n".join(label + text for text in running.report()))
        except (Unreadable, Rejected, OSError) as error:
            kind = "rejected" if isinstance(error, Rejected) else "unreadable"
            code = max(code, 1 + (kind == "unreadable"))
            print(f"{path}: {kind}: {error}", file=sys.stderr)
    return code
