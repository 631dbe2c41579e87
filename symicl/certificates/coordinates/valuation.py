"""The entries of a proof log at one instance: sizes and numbers for all letters, every value an explicit matrix."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.duals import Dual
from symicl.certificates.coordinates.entries import BITS, MASK, Entry, Number
from symicl.certificates.coordinates.equations import NoInstance, definite_diagonal, satisfying
from symicl.certificates.coordinates.gaussian import reduced
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.proof_log import Line, ProofLog, Word

NUMBERS = [-3, -2, 2, 3, 5]
SCALARS = [Fraction(3, 2), Fraction(2, 3), Fraction(5, 4), Fraction(3), Fraction(7, 4)]

Table = Mapping[int, Matrix]


class Undetermined(Exception):
    """A value that this instance does not determine, such as a limit at infinity."""


class Valuation:
    """Numbers for the letters of a proof log, and what its entries are there.

    Parameters
    ----------
    log : ProofLog
    sizes : dict
        From the name of each size to a positive number.
    seed : int
        Of the asymmetric numbers, none of which is 0 or ±1.
    """

    def __init__(self, log: ProofLog, sizes: Mapping[str, int], seed: int = 0):
        self.log, self.sizes, self.seed = log, dict(sizes), seed
        self._values: dict[int, Matrix] = {}
        self._covariances = {
            line.get("law", {}).get(key, 0) for line in log.letters.values() for key in ("row_cov", "col_cov")
        }

    def size(self, side: int | str) -> int:
        """A size as a number."""
        return self.sizes[side] if isinstance(side, str) else side

    def value(self, target: int) -> Matrix:
        """The value of an entry.

        Raises
        ------
        Undetermined
            If there is none.
        """
        if target not in self._values:
            for i in self._needed(target, self._values):
                self._values[i] = self._computed(i, {}, self._values.__getitem__)
        return self._values[target]

    def with_letters(self, target: int, table: Table) -> Matrix:
        """The value of an entry with other values of some letters, which may have polynomials as entries."""
        if self.log.depends[target].isdisjoint(table):
            return self.value(target)
        known: dict[int, Matrix] = dict(table)

        def get(i: int) -> Matrix:
            found = known.get(i)
            return self.value(i) if found is None else found

        for i in self._needed(target, known, table):
            known[i] = self._computed(i, table, get)
        return known[target]

    def _needed(self, target: int, known: Mapping[int, Any], table: Table | None = None) -> list[int]:
        """The ids of the entries that have to be computed, in order."""
        needed: set[int] = set()
        pending = [target]
        while pending:
            i = pending.pop()
            if i in needed or i in known or (table and self.log.depends[i].isdisjoint(table)):
                continue
            needed.add(i)
            # What a substitution is made in is computed there, with other letters.
            line = self.log.entries[i]
            skipped = line["of"] if line["rule"] == "substitute" else 0
            pending += [j for j in self.log.inputs[i] if j != skipped]
        return sorted(needed)

    # --- letters -----------------------------------------------------------------------------------------

    def _letter(self, a: int, line: Line, get: Callable[[int], Matrix]) -> Matrix:
        if "inverse_of" in line:
            try:
                inverse = matrices.inverse(get(line["inverse_of"]))
            except (StopIteration, TypeError):
                raise Undetermined(f"{line['name']} does not exist here") from None
            return matrices.mapped(inverse, reduced)
        if "diagonal_of" in line:
            whole = get(line["diagonal_of"])
            return [[x if i == j else 0 for j, x in enumerate(row)] for i, row in enumerate(whole)]
        if a in self.log.powers:
            tokens, base = self.log.powers[a]
            return [[reduced(Fraction(self.value(base)[0][0]) ** self.value(tokens)[0][0])]]
        rows, cols = self.size(line["rows"]), self.size(line["cols"])
        source = random.Random(f"{self.seed} {a}")
        if (line["rows"], line["cols"]) == (1, 1):
            if line["name"] in self.sizes:
                return [[self.sizes[line["name"]]]]
            number = source.choice(SCALARS) + line.get("at_least", 0)
            return [[reduced(number)]]
        if "satisfies" in line:
            return self._satisfying(line, rows, cols, source, get)
        array: Matrix = [[source.choice(NUMBERS) for _ in range(cols)] for _ in range(rows)]
        if a in self._covariances or line.get("invertible"):
            # L D L', L unit lower triangular: never singular, and whole wherever it can be, which is quicker.
            lower = [[x if i > j else int(i == j) for j, x in enumerate(row)] for i, row in enumerate(array)]
            scaled = [[x * (abs(array[0][0]) if j == 0 else 1) for j, x in enumerate(row)] for row in lower]
            return matrices.product(scaled, matrices.transpose(lower))
        return matrices.add(array, matrices.transpose(array)) if line.get("symmetric") else array

    def _satisfying(
        self, line: Line, rows: int, cols: int, source: random.Random, get: Callable[[int], Matrix]
    ) -> Matrix:
        """A letter that satisfies an equation."""
        if line["satisfies"] == "diagonal" and (line.get("invertible") or line["id"] in self._covariances):
            return definite_diagonal(rows, source)
        value = self.size(line["rank"]) if "rank" in line else None
        if "square" in line:
            ((value,),) = get(line["square"])
        try:
            return satisfying(line["satisfies"], rows, cols, source, value)
        except NoInstance as error:
            raise Undetermined(str(error)) from None

    # --- values ------------------------------------------------------------------------------------------

    def _computed(self, i: int, table: Table, get: Callable[[int], Matrix]) -> Matrix:
        line = self.log.entries[i]
        rule = line["rule"]
        if rule == "letter":
            return self._letter(i, line, get)
        if "terms" in line:
            return self.terms(line, get)
        if rule == "sum":
            first, *rest = (get(p) for p in line["parts"])
            for part in rest:
                first = matrices.add(first, part)
            return first
        if rule == "product":
            first, *rest = (get(p) for p in line["parts"])
            for part in rest:
                first = product(first, part)
            return first
        if rule == "transpose":
            return matrices.transpose(get(line["of"]))
        if rule == "trace":
            return [[matrices.trace(get(line["of"]))]]
        if rule == "over":
            return divided(get(line["of"]), get(line["by"])[0][0])
        if rule in ("quotient", "recursion"):
            return get(line["result"])
        return self._substituted(line, table, get)

    def _substituted(self, line: Line, table: Table, get: Callable[[int], Matrix]) -> Matrix:
        replaced = {x: get(y) for x, y in line["letters"]}
        moved = {
            x
            for x, value in replaced.items()
            if self.log.letters[x]["name"] in self.sizes
            and value != [[self.sizes[self.log.letters[x]["name"]]]]
        }
        if moved and line["of"] not in self.log.formal:
            raise Undetermined("a size is replaced inside of a matrix expression")
        inner = {x: value for x, value in table.items() if x not in replaced} | replaced
        try:
            return self.with_letters(line["of"], inner)
        except Undetermined:
            ((x, value), *others) = replaced.items()
            if others or value != [[0]]:
                raise
        # 0/0: a polynomial in x is divided by a power of x first, then x = 0.
        step = Entry.variable(_free_variable(inner.values()))
        (shift,) = step.terms
        found = self.with_letters(line["of"], inner | {x: [[step]]})
        return matrices.mapped(found, lambda value: _without(value, shift))

    def terms(self, line: Line, get: Callable[[int], Matrix] | None = None) -> Matrix:
        """The value of an entry that gives its terms."""
        get = get or self.value
        rows, cols = self.size(line["rows"]), self.size(line["cols"])
        total: Matrix = [[0] * cols for _ in range(rows)]
        traces: dict[tuple[int, ...], Any] = {}
        for number, closed, word in line["terms"]:
            factor: Any = reduced(Fraction(number))
            for w in closed:
                key = tuple(w)
                if key not in traces:
                    traces[key] = self._closed(w, get)
                factor = factor * traces[key]
            if word:
                part = self.along(word, get)
                total = [
                    [x + y * factor for x, y in zip(r, s, strict=True)]
                    for r, s in zip(total, part, strict=True)
                ]
            else:
                for k in range(rows):
                    total[k][k] = total[k][k] + factor
        return total

    def _closed(self, word: Word, get: Callable[[int], Matrix]) -> Any:
        if word[0]:
            return matrices.trace(self.along(word, get))
        below = matrices.trace(self.along(word[1:], get))
        return divided([[1]], below)[0][0]

    def along(self, word: Word, get: Callable[[int], Matrix] | None = None) -> Matrix:
        """The product of the letters of a word."""
        get = get or self.value
        result: Matrix | None = None
        for a in word:
            factor = get(abs(a)) if a > 0 else matrices.transpose(get(-a))
            result = factor if result is None else matrices.product(result, factor)
        assert result is not None
        return result

    def shown(self, used: set[int]) -> str:
        """The sizes and the numbers of some letters, as text."""
        parts = [f"{name} = {size}" for name, size in self.sizes.items()]
        for a in sorted(used):
            line = self.log.letters[a]
            if line["name"] not in self.sizes and "law" not in line:
                parts.append(f"{line['name']} = {text(self.value(a))}")
        return ", ".join(parts)


def text(value: Matrix) -> str:
    """A matrix of numbers as text; a 1×1 matrix as its entry."""
    if matrices.shape(value) == (1, 1):
        return str(value[0][0])
    return "[" + ", ".join("[" + ", ".join(map(str, row)) + "]" for row in value) + "]"


def product(a: Matrix, b: Matrix) -> Matrix:
    """The product of two matrices; a 1×1 matrix that does not fit is a scalar."""
    if matrices.shape(a)[1] == matrices.shape(b)[0]:
        return matrices.product(a, b)
    return matrices.scaled(b, a[0][0]) if matrices.shape(a) == (1, 1) else matrices.scaled(a, b[0][0])


def divided(value: Matrix, by: Entry | Dual | Number) -> Matrix:
    """A matrix over a number, or over a monomial that divides all its entries.

    Raises
    ------
    Undetermined
        If it divides by zero, or leaves the polynomials.
    """
    if isinstance(by, Entry):
        terms = [(m, c) for m, c in by.terms.items() if c]
        if len(terms) != 1:
            raise Undetermined("it divides by zero, or by something random")
        ((shift, by),) = terms
        value = matrices.mapped(value, lambda x: _shifted(x, shift))
    if isinstance(by, Dual):
        if not by.value:
            raise Undetermined("it divides by zero")
        return matrices.scaled(value, by.reciprocal())
    if not by:
        raise Undetermined("it divides by zero")
    inverse = reduced(1 / Fraction(by))
    return matrices.mapped(value, lambda x: x * inverse)


def _shifted(value: Entry | Number, shift: int) -> Entry | Number:
    """A polynomial over a monomial."""
    if not shift:
        return value
    terms = value.terms if isinstance(value, Entry) else {0: value}
    found = {}
    for m, c in terms.items():
        if c:
            rest = shift
            position = 0
            while rest >> position:
                if (m >> position) & MASK < (rest >> position) & MASK:
                    raise Undetermined("it divides by something random")
                position += BITS
            found[m - shift] = c
    return Entry(found)


def _without(value: Entry | Number, shift: int) -> Entry | Number:
    """A polynomial at zero of one variable."""
    if not isinstance(value, Entry):
        return value
    mask = shift * MASK
    terms = {m: c for m, c in value.terms.items() if not m & mask and c}
    return Entry(terms) if any(terms) else terms.get(0, 0)


def _free_variable(used: Any) -> int:
    """The number of a variable beyond all that occur."""
    highest = max(
        (m for value in used for row in value for x in row if isinstance(x, Entry) for m in x.terms),
        default=0,
    )
    return highest.bit_length() // BITS + 1
