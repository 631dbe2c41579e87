"""The entries of a proof log at one instance: sizes and numbers for all letters, every value an explicit matrix."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from symicl.certificates.coordinates import matrices
from symicl.certificates.coordinates.entries import (
    BITS,
    MASK,
    Entry,
    Number,
    Scaled,
    reduced,
    total_of,
)
from symicl.certificates.coordinates.equations import NoInstance, definite_diagonal, satisfying
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.products import Products
from symicl.certificates.coordinates.proof_log import Line, ProofLog
from symicl.certificates.coordinates.quotients import Undetermined, divided

NUMBERS = [-3, -2, 2, 3, 5]
SCALARS = [Fraction(3, 2), Fraction(2, 3), Fraction(5, 4), Fraction(3), Fraction(7, 4)]

Table = Mapping[int, Matrix]


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
        self.products = Products(self.value)
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
                self._values[i] = self._computed(i, {}, self._values.__getitem__, self.products)
        return self._values[target]

    def with_letters(self, target: int, table: Table) -> Matrix:
        """The value of an entry with other values of some letters, which may have polynomials as entries."""
        if self.log.depends[target].isdisjoint(table):
            return self.value(target)
        known: dict[int, Matrix] = dict(table)

        def get(i: int) -> Matrix:
            found = known.get(i)
            return self.value(i) if found is None else found

        products = self.products_with(table, get)
        for i in self._needed(target, known, table):
            known[i] = self._computed(i, table, get, products)
        return known[target]

    def products_with(self, table: Table, get: Callable[[int], Matrix]) -> Products:
        """Products of letters where some of them have other values, which others may depend on."""
        return Products(get, lambda a: not self.log.depends[a].isdisjoint(table), self.products)

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

    def _computed(self, i: int, table: Table, get: Callable[[int], Matrix], products: Products) -> Matrix:
        line = self.log.entries[i]
        rule = line["rule"]
        if rule == "letter":
            return self._letter(i, line, get)
        if "terms" in line:
            return self.terms(line, products)
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

    def terms(self, line: Line, products: Products | None = None) -> Matrix:
        """The value of an entry that gives its terms."""
        products = products or self.products
        rows, cols = self.size(line["rows"]), self.size(line["cols"])
        # Of each word, or of none: its factors, as terms of a sum.
        parts: dict[tuple[int, ...], list[Scaled]] = {}
        for number, closed, word in line["terms"]:
            above, below = _ratio(number)
            rest: Any = None
            for w in closed:
                value = products.trace(w) if w[0] else products.over_trace(w[1:])
                if isinstance(value, int | Fraction):
                    above, below = above * value.numerator, below * value.denominator
                else:
                    rest = value if rest is None else rest * value
            if above:
                parts.setdefault(tuple(word), []).append((rest, above, below))
        total: Matrix = [[0] * cols for _ in range(rows)]
        for word, scaled in parts.items():
            factor = total_of(scaled)
            if word:
                part = products.along(word)
                total = [
                    [x + y * factor for x, y in zip(r, s, strict=True)]
                    for r, s in zip(total, part, strict=True)
                ]
            else:
                for k in range(rows):
                    total[k][k] = total[k][k] + factor
        return total

    def shown(self, used: set[int]) -> str:
        """The sizes and the numbers of some letters, as text."""
        parts = [f"{name} = {size}" for name, size in self.sizes.items()]
        for a in sorted(used):
            line = self.log.letters[a]
            if line["name"] not in self.sizes and "law" not in line:
                parts.append(f"{line['name']} = {text(self.value(a))}")
        return ", ".join(parts)


def _ratio(number: str) -> tuple[int, int]:
    """The numerator and the denominator of a number of a proof log."""
    value = Fraction(number)
    return value.numerator, value.denominator


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


def _without(value: Entry | Number, shift: int) -> Entry | Number:
    """A polynomial at zero of one variable."""
    if not isinstance(value, Entry):
        return value
    mask = shift * MASK
    terms = {m: c for m, c in value.terms.items() if not m & mask and c}
    if any(terms):
        return Entry(terms, value.denominator)
    return reduced(Fraction(terms.get(0, 0), value.denominator))


def _free_variable(used: Any) -> int:
    """The number of a variable beyond all that occur."""
    highest = max(
        (m for value in used for row in value for x in row if isinstance(x, Entry) for m in x.terms),
        default=0,
    )
    return highest.bit_length() // BITS + 1
