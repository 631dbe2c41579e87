"""Certificates that are wrong in one place, made from real ones.

Every field that is not prose is changed, in each way that makes the entry wrong: another number, another letter, a
transpose, another order, a reference to something else, to a later line, to itself, to nothing, a rule of another
kind, a missing entry, another claim. Changes that leave an entry true, such as contracting another occurrence of the
same letter or claiming less, are not made.
"""

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

PROSE = {"claim", "title", "why", "text", "statement", "source", "assumptions", "axioms"}
VALUES = {
    "data", "sum", "product", "transpose", "trace", "over", "substitute", "expectation", "scales", "cut", "quotient",
    "independent_entries", "haar", "inverse_gram", "signs", "half_spaces",
}  # fmt: skip
SWAPS = {
    "sum": "product", "product": "sum", "transpose": "sum", "trace": "sum", "expectation": "cut",
    "scales": "expectation", "independent_entries": "expectation", "haar": "expectation",
    "inverse_gram": "expectation", "signs": "data", "half_spaces": "data",
    "cut": "data", "data": "step", "over": "quotient", "quotient": "over",
    "substitute": "data", "stein": "equal", "equal": "sum", "factorised": "quotient", "minimum": "equal",
    "joint_minimum": "minimum", "stated": "equal", "sign": "trace", "verdict": "step", "letter": "data",
}  # fmt: skip


CLAIMS_MORE = {
    ("letter", "invertible"), ("letter", "at_least"), ("factorised", "invertible"), ("data", "of"),
    ("quotient", "solves"), ("quotient", "common"), ("asserted", "of"), ("asserted", "phases"),
    ("asserted", "samples"), ("letter", "symmetric"), ("inequality", "equality"), ("decay", "equality"),
    ("inequality", "strict"), ("data", "inverse"), ("converges", "equality"), ("settles", "place"),
}  # fmt: skip
"""Fields without which an entry claims less; what is left is true, as far as nothing else needs more.

Without a `common` factor Q of N = A Q and F = B Q the result A B⁻¹ times F is N, as B⁻¹ B = I; that F has an inverse
is a printed condition then, where Q had one without saying so."""


class Corrupted(NamedTuple):
    """A wrong certificate.

    Attributes
    ----------
    name : str
        The line, its rule and what was done.
    first : int
        The first line that differs, from 1.
    lines : list of bytes
    """

    name: str
    first: int
    lines: list[bytes]


class Certificate:
    """A real certificate, taken apart."""

    def __init__(self, text: str):
        self.text = text
        self.lines = [(line + "\n").encode() for line in text.splitlines()]
        self.entries = [json.loads(line) for line in self.lines]
        self.prints = {e["id"]: e["print"] for e in self.entries if "print" in e}
        self.used = {x for e in self.entries for x in _references(e)}
        self.letters = {e["id"]: e for e in self.entries if e.get("rule") == "letter"}

    def with_line(self, at: int, entry, what: str) -> Corrupted:
        """Line ``at`` replaced; text stays as it is."""
        raw = entry if isinstance(entry, bytes) else json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        rule = self.entries[at - 1].get("rule", "header")
        return Corrupted(f"line {at}, {rule}: {what}", at, [*self.lines[: at - 1], raw, *self.lines[at:]])

    def corruptions(self, per_kind: int = 3) -> Iterator[Corrupted]:
        """All ways to be wrong, each at a few lines of each rule."""
        seen: dict[tuple[str, str], int] = {}
        for at in self._spread():
            entry = self.entries[at - 1]
            for what, changed in self._changes(at, entry):
                kind = (entry.get("rule", "header"), what)
                if seen.get(kind, 0) < per_kind:
                    seen[kind] = seen.get(kind, 0) + 1
                    yield self.with_line(at, changed, what)
        yield from self._whole_file()

    def _spread(self) -> list[int]:
        """All lines, those in the middle first."""
        middle = len(self.lines) // 2
        return sorted(range(1, len(self.lines) + 1), key=lambda at: abs(at - middle))

    # --- one entry ---------------------------------------------------------------------------------------

    def _changes(self, at, entry):
        rule = entry.get("rule", "header")
        for field in [f for f in entry if f not in PROSE]:
            for what, value in self._field(at, entry, field):
                yield f"{field}: {what}", {**entry, field: value}
            if (rule, field) not in CLAIMS_MORE and (field != "given" or entry[field]):
                yield f"{field}: left out", {k: v for k, v in entry.items() if k != field}
        yield "another field", {**entry, "reason": "trust me"}
        zeros = entry.get("print") == 0 and rule in ("sum", "product")  # 0 + 0 is 0 · 0
        if rule in SWAPS and not zeros:
            yield f"rule: {SWAPS[rule]}", {**entry, "rule": SWAPS[rule]}
        yield "rule: unknown", {**entry, "rule": "believe"}
        if rule in VALUES | {"stein", "letter"} and at in self.used:
            yield "gone", {"id": at, "rule": "step", "title": "nothing"}

    def _field(self, at, entry, field):
        value, rule = entry[field], entry.get("rule", "header")
        if field == "id" or field == "print":
            yield from (("one more", value + 1), ("one less", value - 1), ("text", str(value)))
        elif field in ("version", "entries", "layers"):
            yield from (("one more", value + 1), ("one less", value - 1))
        elif field == "format":
            yield "another one", "certificate"
        elif field in ("quantities", "propositions"):
            yield "one more", [*value, "everything"]
            if value:
                yield "one less", value[1:]
        elif field == "verdict":
            yield from (("refuted", "refuted"), ("undecided", "undecided"))
        elif field == "name" and rule == "stated":
            yield "another one", value + "_2"
        elif field == "name" and at - 1 > min(self.letters):
            yield "taken", self.letters[min(self.letters)]["name"]
        elif field in ("rows", "cols"):
            yield from (("2", 2 if value == 1 else 1), ("unknown", "q"), ("zero", 0))
        elif field == "law":
            yield from self._law(at, value)
        elif field in ("terms",):
            yield from self._terms(value)
        elif field == "equals":
            yield from self._stein_terms(at, value)
        elif field == "words":
            yield from self._words(value)
        elif field == "place" and rule == "stein":
            yield from (("outside", [value[0], 10**4]), ("no such word", [len(entry["words"]), 0]))
            yield from self._other_letter(entry, value)
        elif field == "letters" and rule == "nonnegative":
            # Another value is another assumption, under which the sum is not negative either.
            changes = self._replacements(at, value, nothing=False)
            yield from (change for change in changes if change[0] != "another value")
        elif field == "letters":
            nothing = entry["print"] == 0 or self.prints.get(entry["of"]) in (0, entry["print"])
            yield from self._replacements(at, value, nothing=nothing)
        elif field == "inverse_of" and not self._is_found(at):
            # What the letter is the inverse of is a definition, as far as nothing is divided by it.
            yield from (change for change in self._reference(at, value) if change[0] != "another value")
        elif field == "normals":
            yield from self._normals(at, value)
        elif field == "steps" and rule == "limit":
            yield from self._limit_steps(at, value)
        elif field in ("parts", "steps"):
            yield from self._list_of_ids(at, value)
        elif rule == "asserted":
            yield from (("itself", at), ("nothing", 10**5)) if field == "of" else ()
        elif type(value) is int and (rule, field) not in {
            ("header", field),
            ("letter", "at_least"),
            ("sign", "of"),
        }:
            # A result in which the letter is gone, and what vanishes with it, is the same after a substitution.
            # Zero over anything is zero. A limit tends to itself. What is cancelled is the same value, as V X'X = I.
            kept = (rule, field) == ("substitute", "of") or (rule, field, entry.get("print")) == (
                "over",
                "by",
                0,
            )
            same = {entry["print"]} if kept else set()
            same |= {self.prints.get(entry["value"])} if (rule, field) == ("limit", "of") else set()
            before = self.entries[value - 1] if 0 < value <= len(self.entries) else {}
            if rule == "expectation" and before.get("rule") == rule and not before["steps"]:
                # What is odd in one letter is left out, which may be odd in the next one, too.
                same |= {self.prints.get(before["of"])}
            same |= {self.prints.get(entry["cancelled"])} if field == "of" and "cancelled" in entry else set()
            # The trace of a number is that number, and a value is equal to itself.
            same |= {entry["print"]} if rule == "trace" else set()
            same |= {self.prints.get(entry[side]) for side in ("left", "right")} if rule == "equal" else set()
            changes = self._reference(at, value, same)
            yield from (change for change in changes if 0 not in same or change[0] != "another value")
        elif (rule, field) == ("sign", "of"):
            yield from (change for change in self._reference(at, value) if change[0] != "another value")

    def _is_found(self, letter):
        """True if a quotient is this letter, or has it in a term."""
        results = [e["result"] for e in self.entries if e.get("rule") == "quotient"]
        return any(letter in {x, *_references(self.entries[x - 1])} for x in results)

    def _reference(self, at, value, same=frozenset()):
        """A reference to something else (of none of these prints), to itself, to a later line, to nothing."""
        yield from (("itself", at), ("a later line", at + 1), ("the header", 1), ("nothing", 10**5))
        yield from (("negative", -value), ("text", str(value)), ("a fraction", value + 0.5))
        mine = self.prints.get(value)
        for other in range(at - 1, 1, -1):
            rule = self.entries[other - 1]["rule"]
            if rule in VALUES and mine is not None and self.prints[other] not in {mine, *same}:
                yield "another value", other
                break
        for other in range(at - 1, 1, -1):
            line = self.entries[other - 1]
            if (
                line["rule"] not in VALUES | {"letter", self.entries[value - 1]["rule"]}
                and "print" not in line
            ):
                yield "a line without a value", other
                break

    def _list_of_ids(self, at, value):
        product = self.entries[at - 1]["rule"] == "product"
        for i, x in enumerate(value):
            rest = [*value[:i], *value[i + 1 :]]
            zero = product and any(self.prints.get(y) == 0 for y in rest)  # which any other part leaves zero
            for what, other in self._reference(at, x):
                if not (zero and what == "another value"):
                    yield f"{what} in place {min(i, 1)}", [*value[:i], other, *value[i + 1 :]]
            if i == 0 and not zero and self.prints.get(x) not in ((0, 1) if product else (0,)):
                yield "one less", rest
        if value:
            yield "nested", [value]

    def _normals(self, at, rows):
        """Another unknown, value, normal equation or direction, or one row less or twice."""
        for i, row in enumerate(rows):
            others = rows[:i], rows[i + 1 :]
            for k, part in enumerate(row):
                for what, other in self._reference(at, part):
                    changed = [*row[:k], other, *row[k + 1 :]]
                    yield f"{what} in place {k}", [*others[0], changed, *others[1]]
            yield "one less", [*others[0], *others[1]]
            yield "twice", [*rows, row]
        yield "nested", [rows]

    def _limit_steps(self, at, steps):
        """Other letters that grow, or none."""
        for i, (sizes, vanishing) in enumerate(steps):
            before, after = steps[:i], steps[i + 1 :]
            for j, (grows, small) in enumerate(sizes):
                others = [*sizes[:j], *sizes[j + 1 :]]
                for x in (at, 1, 10**5, -grows, str(grows), small):
                    yield "no letter that grows", [*before, [[*others, [x, small]], vanishing], *after]
                for x in (at, 1, 10**5, -small, str(small), grows):
                    yield "no letter that vanishes", [*before, [[*others, [grows, x]], vanishing], *after]
                twice = [*sizes, [grows, small]]
                yield "a letter twice", [*before, [twice, vanishing], *after]
            yield "nothing grows", [*before, [[], vanishing], *after]
            yield "one less", [*before, *after]
        yield "nested", [steps]

    def _law(self, at, law):
        for key, value in law.items():
            others = [x for x in self.letters if x < at and x != value and self.letters[x].get("symmetric")]
            if key != "scale" and others:
                yield f"{key}: another letter", {**law, key: others[0]}
            if key != "scale" and value:
                yield f"{key}: the identity", {**law, key: 0}
            yield f"{key}: itself", {**law, key: at}
            yield f"{key}: nothing", {**law, key: 10**5}
            yield f"{key}: left out", {k: v for k, v in law.items() if k != key}

    def _replacements(self, at, pairs, *, nothing):
        """Other replacements; what is put in the place of a letter that does not occur changes nothing."""
        for x, y in pairs:
            rest = [pair for pair in pairs if pair[0] != x]
            gone = nothing or any(
                self.prints.get(z) == 0 for _, z in rest
            )  # x may stand beside a letter that is 0
            for what, other in self._reference(at, y):
                if not (gone and what == "another value"):
                    yield what, [*rest, [x, other]]
            yield "a letter twice", [*pairs, [x, y]]
            yield "no letter", [*rest, [10**5, y]]
            zero = nothing or any(self.prints.get(other) == 0 for _, other in rest)
            if rest and not zero:  # a zero may do without the others
                yield "one less", rest

    # --- closed forms ------------------------------------------------------------------------------------

    def _terms(self, terms):
        for i, (c, words, word) in enumerate(terms):
            rest = [*terms[:i], *terms[i + 1 :]]
            yield "coefficient: one more", [*rest, [_plus_one(c), words, word]]
            yield "coefficient: negative", [*rest, [_negative(c), words, word]]
            yield "coefficient: rounded", [*rest, [float(Fraction(c)) + 0.25, words, word]]
            yield "a term less", rest
            yield "a term twice", [*terms, terms[i]]
            yield "a term without its word", [*rest, [c, words]]
            for j, closed in enumerate(words):
                others = [*words[:j], *words[j + 1 :]]
                yield "a factor less", [*rest, [c, others, word]]
                for what, changed in self._word(closed, closed=True):
                    yield f"{what} in a trace", [*rest, [c, [*others, changed], word]]
            for what, changed in self._word(word, closed=False):
                yield f"{what} in an open word", [*rest, [c, words, changed]]
        yield "a term more", [*terms, [1, [], terms[0][2]] if terms else [1, [], []]]

    def _word(self, word, *, closed):
        """Other products of letters, unless they are the same by transposition."""
        letters = [abs(a) for a in word]
        if all(x in self.letters for x in letters):
            for what, changed in self._other_words(word, letters):
                if self._normal(changed, closed=closed) != self._normal(word, closed=closed):
                    yield what, changed

    def _other_words(self, word, letters):
        for i, a in enumerate(word):
            kind = self._kind(abs(a))
            yield "a transpose", [*word[:i], -a, *word[i + 1 :]]
            for other in self.letters:
                if other != abs(a) and self._kind(other) == kind:
                    yield "another letter", [*word[:i], other if a > 0 else -other, *word[i + 1 :]]
                    break
            yield "a letter that is not there", [*word[:i], 10**5, *word[i + 1 :]]
            yield "the header as a letter", [*word[:i], 1, *word[i + 1 :]]
        if len(word) > 1:
            yield "a letter less", word[1:]
            yield "another order", word[::-1]

    def _kind(self, x):
        letter = self.letters[x]
        return letter["rows"], letter["cols"], letter.get("symmetric", letter["rows"] == letter["cols"] == 1)

    def _normal(self, word, *, closed):
        """A word up to what does not change it; for a trace, the least rotation of it or of its transpose."""
        word = [abs(a) if abs(a) in self.letters and self._kind(abs(a))[2] else a for a in word]
        turned = [a if abs(a) in self.letters and self._kind(abs(a))[2] else -a for a in reversed(word)]
        if not closed or not word:
            return word
        return min(w[i:] + w[:i] for w in (word, turned) for i in range(len(w)))

    def _stein_terms(self, at, terms):
        for i, (c, words, ref) in enumerate(terms):
            rest = [*terms[:i], *terms[i + 1 :]]
            yield "coefficient: one more", [*rest, [_plus_one(c), words, ref]]
            yield "coefficient: negative", [*rest, [_negative(c), words, ref]]
            yield "a term less", rest
            yield "a term twice", [*terms, terms[i]]
            yield "itself", [*rest, [c, words, at]]
            yield "a later line", [*rest, [c, words, at + 1]]
            if ref:
                yield "no further expectation", [*rest, [c, words, 0]]
            for other in range(at - 1, 1, -1):
                if self.entries[other - 1]["rule"] == "stein" and other != ref:
                    yield "another expectation", [*rest, [c, words, other]]
                    break
            for j, closed in enumerate(words):
                yield "a factor less", [*rest, [c, [*words[:j], *words[j + 1 :]], ref]]
                for what, changed in self._word(closed, closed=True):
                    yield f"{what} in a factor", [*rest, [c, [*words[:j], changed, *words[j + 1 :]], ref]]

    def _words(self, words):
        for i, word in enumerate(words):
            for what, changed in self._word(word, closed=True):
                yield what, [*words[:i], changed, *words[i + 1 :]]
            yield "a word less", [*words[:i], *words[i + 1 :]]
            yield "a word twice", [*words, word]

    def _other_letter(self, entry, place):
        i, _ = place
        for k, a in enumerate(entry["words"][i]):
            if abs(a) != entry["letter"]:
                yield "another letter", [i, k]
                break

    # --- the file ----------------------------------------------------------------------------------------

    def _whole_file(self):
        """Lines in another order, twice, or missing."""
        size = len(self.lines)
        for at in sorted({2, size // 3, size // 2, 2 * size // 3, size - 1}):
            before, after = self.lines[: at - 1], self.lines[at:]
            yield Corrupted(f"line {at}: left out", at, [*before, *after])
            yield Corrupted(f"line {at}: twice", at + 1, [*before, self.lines[at - 1], *self.lines[at - 1 :]])
            yield Corrupted(
                f"line {at}: swapped with the next", at, [*before, after[0], self.lines[at - 1], *after[1:]]
            )
            yield Corrupted(f"line {at}: the last one", at + 1, self.lines[:at])
            yield Corrupted(
                f"line {at}: cut off", at, [*before, self.lines[at - 1][: len(self.lines[at - 1]) // 2]]
            )
        yield Corrupted("a line after the verdict", size + 1, [*self.lines, self.lines[-1]])
        yield Corrupted("an empty line after the verdict", size + 1, [*self.lines, b"\n"])
        verdict = copy.deepcopy(self.entries[-1])
        short = {**verdict, "id": 2, "entries": 2}
        yield Corrupted("a verdict and nothing else", 2, [self.lines[0], json.dumps(short).encode()])


def _references(entry):
    """Every whole number in an entry that may be a reference."""
    pending = [value for field, value in entry.items() if field not in ("id", "print")]
    while pending:
        value = pending.pop()
        if isinstance(value, int):
            yield abs(value)
        elif isinstance(value, list | dict):
            pending.extend(value if isinstance(value, list) else value.values())


def _plus_one(c):
    value = Fraction(c) + 1
    return int(value) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def _negative(c):
    return -c if isinstance(c, int) else (c[1:] if c.startswith("-") else "-" + c)
