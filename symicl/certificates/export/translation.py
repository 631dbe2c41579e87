"""A proof log as definitions and lemmas on real numbers.

Closed words become real variables, scalar entries real functions of them, matrices one such function for each open
word. An expectation becomes a function with an assumption that says what it is; everything after it is a definition
that mirrors its entry: sums, products, quotients; a substitution uses a function at other arguments.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import sympy

from symicl.certificates.export.document import Document, Equation, Minimum, Relation
from symicl.certificates.export.equations import SAID
from symicl.certificates.export.formulas import (
    ONE,
    Formula,
    Functions,
    Number,
    Use,
    Variable,
    add,
    formula_of,
    multiply,
    replaced,
    variables_of,
)
from symicl.certificates.export.lemmas import Lemmas
from symicl.certificates.export.names import identifier
from symicl.certificates.export.words import Letter, Matrix, Words
from symicl.errors import InputError, UnsupportedError

FORMAT = ("symicl-certificate", 3)
MAX_ENTRIES = 2_500
AVERAGES = {
    "expectation": "Stein's identity",
    "scales": "moments of scales",
    "independent_entries": "cumulants of independent entries",
    "haar": "Weingarten's functions",
    "inverse_gram": "integration by parts for the inverse of a Gram matrix",
    "signs": "max(0, z) = (z + |z|)/2",
    "half_spaces": "the signs of symmetric rows",
}
"""Rules of averages, and by what."""
"""A document translates facts until they need this many entries; further ones are left to the checkers, by name."""
TRANSLATED_FACTS = ("equal", "sign", "factorised", "minimum", "stated")
# Which fields of a rule refer to other entries; an expectation and what is asserted are taken as given.
REFERENCES = {
    "sum": ("parts",), "product": ("parts",), "transpose": ("of",), "trace": ("of",), "over": ("of", "by"),
    "data": ("of",), "substitute": ("of",), "cut": ("of",), "quotient": ("of", "by", "result", "common", "solves"),
    "equal": ("left", "right"), "sign": ("of",), "stated": ("stated", "derived"),
    "factorised": ("of", "scale", "L", "R", "F", "C"),
    "recursion": ("of", "result"),
    "minimum": ("loss", "candidate", "square", "normal", "direction", "at", "power", "explained", "value"),
}  # fmt: skip


def translate(log: str) -> Document:
    """A proof log as a document.

    Parameters
    ----------
    log : str
        As in `docs/certificates.md`.

    Raises
    ------
    InputError
        If it is not a log of this version, or is not complete.
    """
    return Translation(log).run()


class Translation:
    """Reads one log, entry by entry."""

    def __init__(self, log: str):
        self.header, self.lines = _read(log)
        texts = {key: self.header[key] for key in ("theorem", "statement", "source", "assumptions", "axioms")}
        self.document = Document(**texts)
        self.words, self.functions = Words(), Functions()
        self.lemmas = Lemmas(self.words, self.functions, self.document)
        self.values: dict[int, Matrix] = {}
        self.simple: dict[tuple[int, tuple[int, ...]], Formula] = {}
        self.inverse_values: dict[int, int] = {}

    def run(self) -> Document:
        """The document."""
        needed, announced = self._needed(), set(self.header["propositions"])
        for line in self.lines.values():
            rule = line["rule"]
            if rule == "letter":
                self._letter(line)
            elif rule == "step":
                self.document.items.append(line["title"])
            elif rule == "asserted" and "terms" not in line:
                self.document.asserted.append(f"entry {line['id']}: {line['claim']} ({line['why']})")
            elif rule == "nonnegative" or (line.get("claim") in announced and rule not in TRANSLATED_FACTS):
                why = "a proposition, which is not written for proof assistants"
                self.document.asserted.append(f"entry {line['id']}: {line['claim']} ({why})")
            elif rule == "joint_minimum":
                why = "a minimum over several unknowns, which is not written for proof assistants"
                self.document.asserted.append(f"entry {line['id']}: {line['claim']} ({why})")
            elif line["id"] in needed and rule not in ("stein", "verdict"):
                value: Callable[..., Matrix | None] = getattr(self, f"_{rule}")
                if (matrix := value(line)) is not None:
                    self.values[line["id"]] = self._named(line, matrix)
        missing = set(self.header["quantities"]) - self.document.quantities.keys()
        if missing or not self.document.quantities:
            raise InputError(
                f"the log of {self.header['theorem']} does not prove {', '.join(sorted(missing)) or 'anything'}"
            )
        self.document.words = [
            f"{variable.name} = {self._text(word)}"
            for word, variable in self.words.variables.items()
            if len(word) > 1 or self.words.size(word[0]) != (1, 1)
        ]
        return self.document

    def _needed(self) -> set[int]:
        """The entries that stated quantities depend on, then one fact after the other up to `MAX_ENTRIES`."""
        needed: set[int] = set()
        facts = [line["id"] for line in self.lines.values() if line["rule"] in TRANSLATED_FACTS]
        for id_ in sorted(facts, key=lambda id_: self.lines[id_]["rule"] != "stated"):
            more = self._below(id_, needed)
            if self.lines[id_]["rule"] == "stated" or len(needed) + len(more) <= MAX_ENTRIES:
                needed |= more
        for line in self.lines.values():
            if "inverse_of" in line:
                needed |= self._below(line["inverse_of"], needed)
        why = f"left to the checkers, as the log has {len(self.lines)} entries"
        for id_ in facts:
            if id_ not in needed:
                claim = self.lines[id_].get("claim", self.lines[id_]["rule"])
                self.document.asserted.append(f"entry {id_}: {claim} ({why})")
        return needed

    def _below(self, id_: int, known: set[int]) -> set[int]:
        """An entry and those that it refers to, but for what is known."""
        found: set[int] = set()
        pending = [id_]
        while pending:
            line = self.lines[pending.pop()]
            if line["id"] in known or line["id"] in found:
                continue
            found.add(line["id"])
            for key in REFERENCES.get(line["rule"], ()):
                part = line.get(key, [])
                pending += part if isinstance(part, list) else [part]
            pending += [value for _, value in line.get("letters", [])]
            if line["rule"] == "recursion":
                pending += [id for pair in line["powers"] for id in pair]
                pending += [id for _, *entries in line["means"] for id in entries]
            if "inverse_of" in line:
                pending.append(line["inverse_of"])
        return found

    def _text(self, word: tuple[int, ...]) -> str:
        letters = (self.words.letters[abs(x)].name + "'" * (x < 0) for x in word)
        return f"tr({' . '.join(letters)})"

    def _named(self, line: dict[str, Any], matrix: Matrix) -> Matrix:
        """Each coefficient that is more than a number, a variable or a name gets a name."""
        given = line["rule"] in AVERAGES or line["rule"] == "asserted"
        terms, scalar = dict(matrix.terms), matrix.size == (1, 1)
        if given and scalar:
            terms.setdefault((), Number(_fraction(0)))
        for k, (word, c) in enumerate(terms.items()):
            plain = isinstance(c, Number | Variable | Use)
            if plain and not given:
                continue
            name = f"{'mean' if given else 'entry'}_{line['id']}" + ("" if scalar else f"_{k}")
            of = "" if scalar else f"coefficient of {self._open(word)}: "
            definition = self.functions.define(name, c, of + self._remark(line), given=given)
            self.document.items.append(self.functions.definitions[name])
            terms[word] = definition
        return Matrix(matrix.rows, matrix.cols, terms)

    def _open(self, word: tuple[int, ...]) -> str:
        return " . ".join(self.words.letters[abs(x)].name + "'" * (x < 0) for x in word) or "the identity"

    def _remark(self, line: dict[str, Any]) -> str:
        if line["rule"] == "asserted":
            return f"{line['claim']}: {line['why']}"
        if line["rule"] in AVERAGES:
            letters, ways, inner = [], [], line
            while inner["rule"] in AVERAGES or inner["rule"] == "substitute":
                if inner["rule"] != "substitute":
                    letters.append(self.words.letters[inner["letter"]].name)
                    ways.append(AVERAGES[inner["rule"]])
                inner = self.lines[inner["of"]]
            by = ", and by ".join(dict.fromkeys(reversed(ways)))
            return f"E of entry {inner['id']} over {', '.join(dict.fromkeys(reversed(letters)))}, by {by}"
        return line["rule"]

    # Rules that make a value ---------------------------------------------------------------------------

    def _letter(self, line: dict[str, Any]) -> None:
        letter = Letter(
            line["id"], line["name"], line["rows"], line["cols"],
            line.get("symmetric", False) or (line["rows"], line["cols"]) == (1, 1),
            line.get("at_least"), "row_cov" in line.get("law", {}),
        )  # fmt: skip
        base = line.get("inverse_of")
        self.words.declare(letter, base)
        if base in self.values and base not in self.words.letters:
            self.inverse_values[letter.id] = base
        self.values[letter.id] = self.words.letter(letter.id)
        size = "a number" if (letter.rows, letter.cols) == (1, 1) else f"{letter.rows} x {letter.cols}"
        notes = ", symmetric" * (line.get("symmetric", False)) + ", invertible" * line.get(
            "invertible", False
        )
        notes += f", the inverse of entry {base}" * (base is not None) + ", Gaussian" * letter.random
        if "satisfies" in line:
            notes += f", {self._equation(line)}"
        low = letter.at_least
        notes += "" if low is None else f", at least {low}"
        self.document.letters.append(f"{letter.name}: {size}{notes}")

    def _equation(self, line: dict[str, Any]) -> str:
        """Let words be shorter by the equation of a letter; the equation in words."""
        satisfies, number = line["satisfies"], self.words.number_of(line["rows"])
        if satisfies == "orthonormal":
            number = self.words.number_of(line["cols"])
        if "rank" in line:
            number = self.words.number_of(line["rank"])
        if "square" in line:
            number = self.values[line["square"]].terms[()]
        self.words.equations.enter(line["id"], satisfies, number)
        return SAID[satisfies].format(line.get("rank", f"entry {line.get('square')}"))

    def _given(self, line: dict[str, Any]) -> Matrix:
        return self.words.given(line["rows"], line["cols"], line["terms"])

    _expectation = _scales = _independent_entries = _haar = _inverse_gram = _given
    _signs = _half_spaces = _asserted = _given

    def _data(self, line: dict[str, Any]) -> Matrix:
        value = self._given(line)
        if "of" in line:
            self.lemmas.equal(
                f"form_{line['id']}", "the same in another form", (value, self.values[line["of"]])
            )
        return value

    def _parts(self, line: dict[str, Any]) -> list[Matrix]:
        return [self.values[part] for part in line["parts"]]

    def _sum(self, line: dict[str, Any]) -> Matrix:
        return self.words.plus(*self._parts(line))

    def _product(self, line: dict[str, Any]) -> Matrix:
        return self.words.times(*self._parts(line))

    def _transpose(self, line: dict[str, Any]) -> Matrix:
        return self.words.transposed(self.values[line["of"]])

    def _trace(self, line: dict[str, Any]) -> Matrix:
        return Matrix(1, 1, {(): self.words.trace(self.values[line["of"]])})

    def _over(self, line: dict[str, Any]) -> Matrix:
        return self.words.over(self.values[line["of"]], self._scalar(line["by"]))

    def _scalar(self, id: int) -> Formula:
        return self.values[id].terms.get((), Number(_fraction(0)))

    def _substitute(self, line: dict[str, Any]) -> Matrix:
        return self.put(line["of"], {x: self.values[y] for x, y in line["letters"]})

    def put(self, id: int, table: dict[int, Matrix]) -> Matrix:
        """A value with matrices in the place of letters.

        Where that divides by zero, as at infinity, the value is reduced to lowest terms before, which is a lemma.
        """
        return self.substituted(self.values[id], table, id)

    def substituted(self, of: Matrix, table: dict[int, Matrix], id: int = 0) -> Matrix:
        """A matrix with others in the place of letters; with the id of its entry, `put`."""
        parts = []
        for word, c in of.terms.items():
            changed = self._changed(c, table)
            if id and sympy.S.Zero in self.functions.divisors(changed):
                changed = self._changed(self._lowest_terms(id, word, c), table)
            image = self.words.image(word, table, of.rows)
            parts.append(self.words.times(Matrix(1, 1, {(): changed}), image))
        return self.words.plus(Matrix(*of.size, {}), *parts)

    def _changed(self, c: Formula, table: dict[int, Matrix]) -> Formula:
        by_variable = {variable: word for word, variable in self.words.variables.items()}
        images = {}
        for variable in variables_of(c):
            word = by_variable[variable]
            if any(abs(x) in table for x in word):
                images[variable] = self.words.trace(self.words.image(word, table, 1))
        return replaced(c, images)

    def _lowest_terms(self, id: int, word: tuple[int, ...], c: Formula) -> Formula:
        if (id, word) not in self.simple:
            variables = {variable.name: variable for variable in self.words.variables.values()}
            body = formula_of(self.functions.value(c), variables)
            name = f"simple_{id}" + (f"_{len(self.simple)}" if word else "")
            use = self.functions.define(name, body, f"entry {id} in lowest terms")
            self.document.items.append(self.functions.definitions[name])
            self.lemmas.equal(f"lowest_{name[7:]}", "where both are defined", (_of(c), _of(use)))
            self.simple[id, word] = use
        return self.simple[id, word]

    def _recursion(self, line: dict[str, Any]) -> Matrix:
        """A mean after n tokens, by induction: each invariant at first and after one more token is a lemma."""
        powers: dict[Any, Formula] = {
            self._scalar(power): self._scalar(base) for power, base in line["powers"]
        }
        tokens = self._scalar(line["tokens"])
        one: Formula = Number(_fraction(1))
        at_first: dict[Any, Formula] = dict.fromkeys(powers, one) | {tokens: Number(_fraction(0))}
        once_more: dict[Any, Formula] = {power: multiply(power, base) for power, base in powers.items()} | {
            tokens: add(tokens, one)
        }
        means = {
            self.words.given(1, 1, [[1, words, []]]).terms[()]: [self._scalar(id) for id in entries]
            for words, *entries in line["means"]
        }
        if not all(isinstance(invariant, Variable) for invariant in means):
            raise UnsupportedError(
                "an average over tokens of products of traces is not written for proof assistants; a certificate has it"
            )
        values: dict[Any, Formula] = {invariant: value for invariant, (value, _, _) in means.items()}
        of = self._scalar(line["of"])
        for k, (value, first, token) in enumerate(means.values(), 1):
            name = f"{line['id']}_{k}"
            self.lemmas.equal(
                f"first_{name}", "before the first token", (_of(replaced(value, at_first)), _of(first))
            )
            self.lemmas.equal(
                f"token_{name}",
                "one more token",
                (_of(replaced(value, once_more)), _of(replaced(token, values))),
            )
        result = self.values[line["result"]]
        self.lemmas.equal(
            f"mean_after_{line['id']}", "the mean after n tokens", (_of(replaced(of, values)), result)
        )
        return result

    def _cut(self, line: dict[str, Any]) -> Matrix:
        value = self._given(line)
        traced = self.words.trace(self.words.times(value, self.words.letter(line["letter"])))
        name = self.words.letters[line["letter"]].name
        remark = f"the trace with {name} is entry {line['of']}"
        self.lemmas.equal(f"cut_{line['id']}", remark, (_of(traced), self.values[line["of"]]))
        return value

    def _quotient(self, line: dict[str, Any]) -> Matrix:
        remark = f"the quotient of entries {line['of']} and {line['by']}"
        self.lemmas.equal(f"quotient_{line['id']}", remark, *self._multiplied_out(line))
        return self.values[line["result"]]

    def _multiplied_out(self, line: dict[str, Any]) -> list[tuple[Matrix, Matrix]]:
        """The equations that define a quotient: R F = N; or R = A B^-1 with B Q = F and A Q = N."""
        of, by, result = (self.values[line[key]] for key in ("of", "by", "result"))
        if "common" not in line:
            return [(self.words.times(result, by), of)]
        common, (base, _) = self.values[line["common"]], self._inverse_of_sum(line)
        rest = Matrix(result.rows, base.rows, {word[:-1]: c for word, c in result.terms.items()})
        return [(self.words.times(base, common), by), (self.words.times(rest, common), of)]

    def _inverse_of_sum(self, line: dict[str, Any]) -> tuple[Matrix, int]:
        """The sum B with whose inverse the result of a quotient ends, and the letter that is the inverse."""
        last = {word[-1] if word else 0 for word in self.values[line["result"]].terms}
        if len(last) != 1 or not last <= self.inverse_values.keys():
            raise InputError(f"entry {line['id']} does not end with the inverse of a sum")
        (letter,) = last
        return self.values[self.inverse_values[letter]], letter

    # Rules that state a fact ---------------------------------------------------------------------------

    def _equal(self, line: dict[str, Any]) -> None:
        sides = (self.values[line["left"]], self.values[line["right"]])
        self.lemmas.equal(f"equal_{line['id']}", line["claim"], sides)

    def _sign(self, line: dict[str, Any]) -> None:
        self.lemmas.sign(f"sign_{line['id']}", line["claim"], self._scalar(line["of"]), line["strict"])

    def _factorised(self, line: dict[str, Any]) -> None:
        words, (scale, F, C) = self.words, (self.values[line[key]] for key in ("scale", "F", "C"))
        inner = words.plus(words.times(words.letter(line["letter"]), F), words.scaled(-1, C))
        for side, key in ((0, "L"), (1, "R")):
            if key in line:
                factors = [self.values[line[key]], inner]
                inner = words.times(*(reversed(factors) if side else factors))
        remark = f"entry {line['of']} in factors: {line.get('claim', '')}"
        product = words.times(scale, inner)
        self.lemmas.equal(f"factorised_{line['id']}", remark, (product, self.values[line["of"]]))

    def _minimum(self, line: dict[str, Any]) -> None:
        if not self._is_square(line["square"]):
            raise InputError(f"entry {line['square']} is not the expectation of a square")
        words, value, id = self.words, self.values, line["id"]
        keys = ("loss", "candidate", "square", "normal", "direction", "power", "explained", "value")
        loss, candidate, square, normal, direction, power, explained, least = (
            value[line[key]] for key in keys
        )
        turned = words.transposed(normal)
        twice = _of(words.trace(words.times(turned, direction)))
        remark = "loss = candidate + square + 2 tr(N' direction), for all parameters"
        rest = words.plus(candidate, square, words.scaled(2, twice))
        self.lemmas.equal(f"pythagoras_{id}", remark, (loss, rest))
        letter = words.letter(line["letter"])
        with_letter = _of(words.trace(words.times(turned, letter)))
        remark = "the loss of a candidate, by its normal equation"
        sides = (words.plus(candidate, explained), words.plus(power, with_letter))
        self.lemmas.equal(f"candidate_{id}", remark, sides)
        table = {line["letter"]: value[line["at"]]}
        relations = self._relations(line, words.plus(words.scaled(2, direction), letter), table)
        if not relations:
            zero = self.put(line["normal"], table)
            self.lemmas.equal(f"solution_{id}", "the solution solves N = 0", (zero, Matrix(*zero.size, {})))
        best = words.plus(power, words.scaled(-1, self.put(line["explained"], table)))
        self.lemmas.equal(f"value_{id}", "the minimal value", (least, best))
        at = self.put(line["square"], table).terms.get((), Number(_fraction(0)))
        minimum = Minimum(self._scalar(line["loss"]), self._scalar(line["value"]), at, relations)
        self.lemmas.minimum(f"minimum_{id}", line["claim"], minimum)

    def _relations(
        self, line: dict[str, Any], direction: Matrix, table: dict[int, Matrix]
    ) -> tuple[Relation, ...]:
        """Where K* = A B^-1 and F = B Q: tr(N' D) = s tr(Q R D' L A (B^-1 B - I)), word by word; else nothing."""
        at = self.lines[line["at"]]
        if "common" not in at:
            return ()
        words, form, base, inverse = self.words, self.lines[line["factorised"]], *self._inverse_of_sum(at)
        without = Matrix(
            base.rows, base.cols, {word[:-1]: c for word, c in self.values[at["result"]].terms.items()}
        )
        parts = [self.values[at["common"]], *([self.values[form["R"]]] if "R" in form else [])]
        parts += [words.transposed(self.substituted(direction, table))]
        parts += [*([self.values[form["L"]]] if "L" in form else []), without]
        found = []
        for word, c in words.times(self.values[form["scale"]], *parts).terms.items():
            around = Matrix(base.cols, base.rows, {word: ONE})
            left = words.trace(words.times(around, words.letter(inverse), base))
            found.append(Relation(Equation(left, words.trace(around)), c))
        return tuple(found)

    def _is_square(self, id: int) -> bool:
        averaged, line = False, self.lines[id]
        while line["rule"] in (*AVERAGES, "substitute", "asserted") and "of" in line:
            averaged, line = averaged or line["rule"] not in ("substitute", "signs"), self.lines[line["of"]]
        parts = line.get("parts", [])
        return averaged and line["rule"] == "product" and len(parts) == 2 and parts[0] == parts[1]

    def _stated(self, line: dict[str, Any]) -> None:
        derived = self.lines[line["derived"]]
        self.document.quantities[line["name"]] = line["text"]
        sides = [(self.values[line["stated"]], self.values[line["derived"]])]
        if derived["rule"] == "quotient":
            sides = [*self._multiplied_out(derived), *sides]
        name = identifier(f"{self.header['theorem']}_{line['name']}")
        self.lemmas.equal(name, f"{line['name']} = {line['text']}", *sides, quantity=line["name"])


def _of(formula: Formula) -> Matrix:
    return Matrix(1, 1, {(): formula})


def _fraction(value: int) -> Any:
    from fractions import Fraction

    return Fraction(value)


def _read(log: str) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    try:
        first, *rest = [json.loads(line) for line in log.splitlines()]
        lines = {line["id"]: line for line in rest}
        known = (first["format"], first["version"]) == FORMAT
    except (ValueError, KeyError, TypeError, RecursionError):
        known = False
    if not known:
        raise InputError(f"this is not a proof log of the format {FORMAT[0]}, version {FORMAT[1]}")
    return first, lines
