"""Every expectation of a proof log again, by explicit coordinates at small sizes, and by grid proofs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product as choices
from typing import Any

from symicl.certificates.coordinates import bidiagonal, matrices
from symicl.certificates.coordinates.claims import claims_of
from symicl.certificates.coordinates.entries import reduced
from symicl.certificates.coordinates.gaussian import Gaussians
from symicl.certificates.coordinates.grid import proved_for_all_sizes
from symicl.certificates.coordinates.inverse_gram import draw_inverse
from symicl.certificates.coordinates.matrices import Matrix
from symicl.certificates.coordinates.motion import Motion
from symicl.certificates.coordinates.products import Products
from symicl.certificates.coordinates.proof_log import Line, ProofLog, Word
from symicl.certificates.coordinates.row_scales import drawn_rows, reciprocals
from symicl.certificates.coordinates.tokens import after_tokens
from symicl.certificates.coordinates.valuation import Undetermined, Valuation, product, text
from symicl.errors import EnginesDisagreeError, UnsupportedError

SMALL_SIZES = (1, 2, 3)
MAX_SIZE_PRODUCT = 6
"""The product of the sizes of the default instances."""

AVERAGES = ("expectation", "scales", "independent_entries", "haar")
"""Rules of averages that are computed entry by entry."""

INVERSES = "inverse_gram"
"""The rule of averages over inverses of Gram matrices, which exist for many rows alone."""
ROWS_MORE, MAX_COLUMNS = 8, 2
"""Instances for these: with so many rows more than columns, and up to so many columns."""

RECHECKED_FACTS = (
    "equal",
    "stated",
    "data",
    "cut",
    "quotient",
    "factorised",
    "minimum",
    "sign",
    "recursion",
    "joint_minimum",
    "gradient_flow",
    "reduction",
    "equation",
    "solution",
)


@dataclass(frozen=True)
class Agreement:
    """The counts of what the second engine has recomputed without a difference.

    Attributes
    ----------
    expectations : int
        Expectations over one Gaussian letter.
    moments : int
        Expectations of the single monomials that they are made of.
    grid_proved : int
        Moments that agreement on a grid proves for all sizes and all values of the other letters.
    facts : int
        Equalities of closed forms and signs, stated quantities among them, that hold at every instance that determines
        them.
    undetermined : int
        Entries of all these kinds that no instance determines: limits, quotients by what vanishes.
    instances : tuple of dict
        The sizes; every other letter has asymmetric numbers.
    """

    expectations: int
    moments: int
    grid_proved: int
    facts: int
    undetermined: int
    instances: tuple[dict[str, int], ...]


def default_sizes(names: Sequence[str]) -> list[dict[str, int]]:
    """Small sizes, the smallest first."""
    if not names:
        return [{}]
    grid = [dict(zip(names, values, strict=True)) for values in choices(SMALL_SIZES, repeat=len(names))]
    return sorted(
        (s for s in grid if _volume(s) <= MAX_SIZE_PRODUCT), key=lambda s: (_volume(s), list(s.values()))
    )


def tall_sizes(log: ProofLog) -> Iterator[dict[str, int]]:
    """Sizes at which inverses of Gram matrices have means: many rows, and few columns."""
    found = {line["letter"] for line in log.rule(INVERSES)}
    rows = {log.letters[x]["rows"] for x in found} & log.size_letters.keys()
    for d in range(1, MAX_COLUMNS + 1):
        if found:
            yield {name: d + ROWS_MORE if name in rows else d for name in log.size_letters}


def _volume(sizes: Mapping[str, int]) -> int:
    total = 1
    for size in sizes.values():
        total *= size
    return total


def recheck(
    lines: Iterable[str], sizes: Sequence[Mapping[str, int]] | None = None, seed: int = 0
) -> Agreement:
    """Compute every expectation of a proof log entry by entry, and compare.

    Parameters
    ----------
    lines : iterable of str
        A proof log.
    sizes : sequence of dict, optional
        By default all with numbers up to 3 whose product is at most 6.
    seed : int
        Of the numbers for the letters.

    Raises
    ------
    EnginesDisagreeError
        With the smallest instance at which the two engines differ.
    InputError
        If the lines are not a proof log.
    """
    log = ProofLog(lines)
    instances = list(default_sizes(list(log.size_letters)) if sizes is None else sizes)
    determined: set[int] = set()
    for chosen in instances:
        at = Instance(log, chosen, seed)
        determined |= at.check_moments() | at.check_expectations() | at.check_inverses() | at.check_facts()
    for chosen in tall_sizes(log):
        determined |= Instance(log, chosen, seed).check_inverses()
    ids = {rule: [line["id"] for line in log.rule(rule)] for rule in ("stein", "expectation")}
    ids["expectation"] += [line["id"] for rule in (*AVERAGES[1:], INVERSES) for line in log.rule(rule)]
    ids["fact"] = [line["id"] for line in facts_of(log)]
    counts = {rule: len(determined.intersection(found)) for rule, found in ids.items()}
    return Agreement(
        counts["expectation"],
        counts["stein"],
        sum(proved_for_all_sizes(claim) for i, claim in claims_of(log) if i in determined),
        counts["fact"],
        sum(len(found) for found in ids.values()) - sum(counts.values()),
        tuple(dict(chosen) for chosen in instances),
    )


def facts_of(log: ProofLog) -> list[Line]:
    """The entries that say something about values of others."""
    return [line for rule in RECHECKED_FACTS for line in log.rule(rule) if rule != "data" or "of" in line]


class Instance:
    """A proof log at one instance.

    Parameters
    ----------
    log : ProofLog
    sizes : dict
    seed : int
    """

    def __init__(self, log: ProofLog, sizes: Mapping[str, int], seed: int = 0):
        self.log, self.at = log, Valuation(log, sizes, seed)
        self._laws: dict[tuple[int, bool], tuple[Gaussians, Matrix]] = {}
        self._moments: dict[int, Any] = {}

    def drawn(self, letter: int, words: Iterable[Word] | None = None) -> tuple[Gaussians, Matrix]:
        """The entries of a Gaussian letter; or its bidiagonal form, where these closed words have it alone."""
        alone = words is not None and bidiagonal.stands_alone(letter, words)
        key = letter, alone and bidiagonal.has_bidiagonal_form(self.log, letter)
        if key not in self._laws:
            gaussians = Gaussians()
            self._laws[key] = gaussians, self.drawn_from(gaussians, *key)
        return self._laws[key]

    def drawn_from(self, gaussians: Gaussians, letter: int, form: bool = False) -> Matrix:
        """The entries of a Gaussian letter or its bidiagonal form, beside others that are drawn already."""
        line = self.log.letters[letter]
        rows, cols, law = self.at.size(line["rows"]), self.at.size(line["cols"]), line["law"]
        if "haar" in law:
            if cols > rows:
                raise Undetermined("there are more columns than rows")
            return gaussians.draw_orthogonal(rows, cols)
        if "entries" in law:
            moments = tuple(self.at.value(i)[0][0] if i else 0 for i in law["entries"])
            return gaussians.draw_numbers(rows, cols, moments)
        if form:
            return bidiagonal.draw(gaussians, rows, cols, self.at.value(law["scale"])[0][0])
        U, V = (None if law[key] == 0 else self.at.value(law[key]) for key in ("row_cov", "col_cov"))
        return gaussians.draw(rows, cols, U, V, self.at.value(law["scale"])[0][0])

    # --- monomials ---------------------------------------------------------------------------------------

    def check_moments(self) -> set[int]:
        """Every monomial; of those that differ, the shortest is reported. Returns those that are determined."""
        determined, wrong = set(), []
        for line in self.log.rule("stein"):
            try:
                said, found = self.said_moment(line["id"]), self.moment(line)
            except Undetermined:
                continue
            determined.add(line["id"])
            if said != found:
                wrong.append((sum(map(len, line["words"])), line["id"], said, found))
        if wrong:
            _, i, said, found = min(wrong)
            line = self.log.entries[i]
            used = {abs(a) for word in line["words"] for a in word}
            law = self.log.letters[line["letter"]]["law"]
            used |= {law[key] for key in ("row_cov", "col_cov") if law[key]}
            of = " ".join(f"tr({self.log.word(word)})" for word in line["words"])
            self._disagree(line, f"E[{of}]", str(said), str(found), used)
        return determined

    def said_moment(self, i: int) -> Any:
        """The value of a monomial according to the log: the steps added up."""
        if i == 0:
            return 1
        if i not in self._moments:
            line = self.log.entries[i]
            total: Any = 0
            for number, words, smaller in line["equals"]:
                part = Fraction(number) * self.said_moment(smaller)
                for word in words:
                    part *= self.at.products.trace(word)
                total += part
            scale = self.at.value(self.log.letters[line["letter"]]["law"]["scale"])[0][0]
            self._moments[i] = reduced(total * scale)
        return self._moments[i]

    def moment(self, line: Line) -> Any:
        """The expectation of a monomial, entry by entry."""
        letter = line["letter"]
        gaussians, Z = self.drawn(letter, line["words"])
        products = Products(lambda _: Z, lambda a: a == letter, self.at.products)
        value: Any = 1
        for word in line["words"]:
            value = products.trace(word) * value
        return gaussians.mean([[value]])[0][0]

    # --- expectations ------------------------------------------------------------------------------------

    def check_expectations(self) -> set[int]:
        """Every expectation of a closed form; returns those that are determined."""
        determined = set()
        for line in [line for rule in AVERAGES for line in self.log.rule(rule)]:
            inner = self.log.entries[line["of"]] if line["rule"] == "scales" else line
            of, letter = inner["of"], inner["letter"]
            try:
                words = bidiagonal.words_of(self.log.entries[of])
                drawn = (
                    self.drawn(letter, words) if inner is line else drawn_rows(self.log, self.at, inner, line)
                )
                found = drawn[0].mean(self.at.with_letters(of, {letter: drawn[1]}))
                said = self.at.with_letters(line["id"], reciprocals(self.at, line))
            except Undetermined:
                continue
            determined.add(line["id"])
            if said != found:
                used = set(self.log.depends[of]) - {letter}
                what = f"the expectation over {self.log.letters[letter]['name']} of line {of}"
                self._disagree(line, what, text(said), text(found), used)
        return determined

    def check_inverses(self) -> set[int]:
        """Averages over X of what holds (c X'X)⁻¹, which is drawn in its place; returns those that are determined."""
        determined = set()
        for line in self.log.rule(INVERSES):
            x, v = line["letter"], line["inverted"]
            of = line["cancelled"] if "cancelled" in line else line["of"]
            try:
                gaussians, inverse = self.drawn_inverse(x, v)
                # No term that is left has both, so that they may be independent.
                X = self.drawn_from(gaussians, x) if "plain" in line else self.at.value(x)
                found = gaussians.mean(self.at.with_letters(of, {v: inverse, x: X}))
                said = self.at.with_letters(line["id"], reciprocals(self.at, line))
            except (Undetermined, UnsupportedError):
                continue
            determined.add(line["id"])
            if said != found:
                name = self.log.letters[v]["name"]
                used = set(self.log.depends[of]) - {x, v}
                self._disagree(
                    line, f"the expectation over {name} of line {of}", text(said), text(found), used
                )
        return determined

    def drawn_inverse(self, letter: int, inverse: int) -> tuple[Gaussians, Matrix]:
        """(c X'X)⁻¹ for the letter X."""
        line = self.log.letters[letter]
        rows, cols, law = self.at.size(line["rows"]), self.at.size(line["cols"]), line["law"]
        if rows <= cols:
            raise Undetermined("there are too few rows")
        unit = [[int(i == j) for j in range(cols)] for i in range(rows)]
        ((c, *_), *_) = self.at.with_letters(self.log.letters[inverse]["inverse_of"], {letter: unit})
        cov = self.at.value(law["col_cov"]) if law["col_cov"] else matrices.identity(cols)
        gaussians = Gaussians()
        scale = self.at.value(law["scale"])[0][0]
        drawn = draw_inverse(gaussians, rows, cov, scale)
        return gaussians, matrices.scaled(drawn, Fraction(1) / c)

    def check_facts(self) -> set[int]:
        """Equalities of closed forms, and signs; returns those that this instance determines."""
        determined = set()
        for line in facts_of(self.log):
            try:
                own = getattr(self, f"_{line['rule']}", None)
                said, found = own(line) if own else getattr(Motion(self.at), line["rule"])(line)
            except Undetermined:
                continue
            determined.add(line["id"])
            if said != found:
                named = line.get("claim") or line.get("name") or f"the entry of the rule {line['rule']}"
                self._disagree(line, repr(named), text(said), text(found), set())
        return determined

    def _equal(self, line: Line) -> tuple[Matrix, Matrix]:
        return self.at.value(line["left"]), self.at.value(line["right"])

    def _stated(self, line: Line) -> tuple[Matrix, Matrix]:
        return self.at.value(line["stated"]), self.at.value(line["derived"])

    def _data(self, line: Line) -> tuple[Matrix, Matrix]:
        return self.at.value(line["id"]), self.at.value(line["of"])

    def _cut(self, line: Line) -> tuple[Matrix, Matrix]:
        whole = product(self.at.value(line["id"]), self.at.value(line["letter"]))
        return [[matrices.trace(whole)]], self.at.value(line["of"])

    def _quotient(self, line: Line) -> tuple[Matrix, Matrix]:
        return product(self.at.value(line["result"]), self.at.value(line["by"])), self.at.value(line["of"])

    def _factorised(self, line: Line) -> tuple[Matrix, Matrix]:
        inner = product(self.at.value(line["letter"]), self.at.value(line["F"]))
        inner = matrices.add(inner, matrices.scaled(self.at.value(line["C"]), -1))
        if "L" in line:
            inner = product(self.at.value(line["L"]), inner)
        if "R" in line:
            inner = product(inner, self.at.value(line["R"]))
        return product(self.at.value(line["scale"]), inner), self.at.value(line["of"])

    def _minimum(self, line: Line) -> tuple[Matrix, Matrix]:
        """loss = candidate + square + 2 tr(normal' direction)."""
        inner = product(matrices.transpose(self.at.value(line["normal"])), self.at.value(line["direction"]))
        rest = matrices.add(self.at.value(line["candidate"]), self.at.value(line["square"]))
        return self.at.value(line["loss"]), matrices.add(rest, [[2 * matrices.trace(inner)]])

    def _joint_minimum(self, line: Line) -> tuple[Matrix, Matrix]:
        """loss = candidate + square + 2 Σ tr(normal' direction)."""
        rest = matrices.add(self.at.value(line["candidate"]), self.at.value(line["square"]))
        for _, _, normal, direction in line["normals"]:
            inner = product(matrices.transpose(self.at.value(normal)), self.at.value(direction))
            rest = matrices.add(rest, [[2 * matrices.trace(inner)]])
        return self.at.value(line["loss"]), rest

    def _sign(self, line: Line) -> tuple[Matrix, Matrix]:
        """As a value that is to be 1."""
        ((value,),) = self.at.value(line["of"])
        return [[1]], [[int(value > 0 or (value == 0 and not line["strict"]))]]

    def _recursion(self, line: Line) -> tuple[Matrix, Matrix]:
        return self.at.value(line["result"]), after_tokens(line, self.at, self.drawn_from)

    def _disagree(self, line: Line, what: str, said: str, found: str, used: set[int]) -> None:
        where = self.at.shown(used)
        raise EnginesDisagreeError(
            f"{self.log.name}: the two engines disagree on {what} at {where}: {said} by words, {found} entry by "
            f"entry (line {line['id']} of the proof log); this is a defect of symicl, and nothing is proved"
        )
