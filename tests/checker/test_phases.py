"""The second checker recomputes averages over phases; wrong ones are rejected, by the word of the engine."""

import copy
import json
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

import pytest
import sympy

from checker.conftest import certificate_of
from checker.phase_corruption import as_file, corruptions, parts, replaced, statements
from symicl.algebra import Polynomial, scalar_letter
from symicl.certificates.checkers import phases
from symicl.certificates.checkers.phases import averages, polynomials, regions, times
from symicl.expectation import (
    AnyLaw,
    DiagonalMatrix,
    ExchangeableLaw,
    ExchangeableMatrix,
    FullMatrix,
    MixedMoment,
    PhaseScalar,
    PositionalWeights,
    entry_derivative,
    entry_sum,
    expect_phases,
)
from symicl.expectation.phases.affine import Affine
from symicl.expectation.phases.terms import Data, Entry, Position, Term
from symicl.statements import all_theorems

RECOMPUTED = {
    "zheng2024.limit": (28, 46, 14), "zheng2024.capability": (4, 13, 1), "zheng2024.not_gd": (7, 16, 6),
    "zheng2024.stability": (2, 15, 3),
    "sander2024.augmented": (15, 38, 13), "sander2024.unitary": (5, 5, 0), "sander2024.orthogonal": (5, 5, 0),
    "sander2024.positions": (4, 4, 0),
}  # fmt: skip
"""Averages, what is taken from them (values, places), and sums over t."""

CASES = [
    ("zheng2024.capability", 0, 1), ("zheng2024.capability", -1, 1), ("sander2024.augmented", 4, 7),
    ("zheng2024.not_gd", 0, 12), ("zheng2024.not_gd", 2, 12), ("zheng2024.limit", 15, 12), ("zheng2024.limit", 24, 12),
    ("sander2024.unitary", 0, 2), ("sander2024.unitary", 1, 2), ("sander2024.orthogonal", 0, 7),
    ("sander2024.orthogonal", 1, 7), ("sander2024.augmented", 3, 2), ("sander2024.augmented", 5, 2),
    ("zheng2024.limit", 12, 5), ("zheng2024.limit", 13, 6), ("zheng2024.limit", 18, 3),
]  # fmt: skip
"""Theorem, statement, and of how many changes one is made."""

ZERO = [("zheng2024.limit", 2, 2), ("zheng2024.limit", 16, 4), ("sander2024.orthogonal", 2, 9)]
"""Averages that vanish, as far as they are changed: fewer changes make them wrong."""


def accepts(lines):
    try:
        phases.Checker().check(lines)
    except (phases.Rejected, phases.Unreadable) as error:
        assert str(error).startswith(f"line {len(lines)}, phases: ")
        return False
    return True


# --- the word of the engine ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Known(ExchangeableLaw):
    """Given moments; the others, which the value in question does not need, are any number."""

    known: tuple

    def moment(self, exponents):
        return dict(self.known).get(exponents, Fraction(sum(exponents), 1 + len(exponents)))


def letter_value(x, values=None):
    """A number for a letter; large enough for a dimension."""
    return (values or {}).get(x, 100 + 7 * x)


def reciprocals_of(fields):
    """The numbers of letters that are reciprocals."""
    return {x: 1 / number_of(p) for x, p in fields.get("reciprocals", [])}


def number_of(terms, values=None):
    """At given numbers for letters, or at numbers for all."""
    total = Fraction(0)
    for c, words, _ in terms:
        term = Fraction(c)
        for word in words:
            term = (
                term / letter_value(word[1], values) if word[0] == 0 else term * letter_value(word[0], values)
            )
        total += term
    return total


def form_of(form):
    constant, *rest = form
    return Affine(constant, tuple((v, c) for v, c in enumerate(rest) if c))


def term_of(summand):
    c, over, data, entries, region, *rest = summand
    read = []
    for e in entries:
        if isinstance(e[0], str):
            matrix = FullMatrix if len(e) == 3 else DiagonalMatrix
            # The conjugate of a complex matrix is a matrix of its own.
            read.append(Entry(matrix(e[0].replace(" ", "_")), tuple(e[1:])))
        else:
            same, partner, other = (sympy.Rational(*number_of(p).as_integer_ratio()) for p in e[2:])
            read.append(Entry(ExchangeableMatrix(same, other, partner), tuple(e[:2])))
    positions = [f for part in rest for f in part]
    used = {v for f in [*region, *positions, *(f for f, _ in data)] for v in (1, 2) if f[v + 1]}
    return Term(
        Polynomial.constant(number_of(c)),
        tuple(Data(form_of(f), k) for f, k in data),
        tuple(read),
        positions=tuple(Position(PositionalWeights(), form_of(f)) for f in positions),
        region=tuple(form_of(f) for f in region),
        bound=frozenset(used),
        over=over,
    )


def is_true(entry):
    """Whether the engine finds all values that an entry states, and no others, at numbers for all letters."""
    fields = entry["phases"]
    moments = {tuple(k): number_of(a) / number_of(b) for k, a, b in fields.get("moments", [])}
    size = int(number_of(fields["size"]))
    law = AnyLaw(size) if "free" in fields else Known(size, tuple(moments.items()))
    found = expect_phases(PhaseScalar([term_of(s) for s in fields["summands"]]), paired=fields["paired"])
    if "entry" in fields:
        name, diagonal, point = fields["entry"]
        at = {key: number_of(value) for key, value in point}
        function = entry_derivative(found, law, name, at, diagonal=diagonal)
    else:
        function = found.over(law)
    known = {scalar_letter(sum_of(factors)): letter_value(x) for x, factors in fields.get("sums", [])}
    weights = PositionalWeights()
    for kind, k, x in fields.get("weights", []):
        known[scalar_letter((weights.last if kind == "last" else weights.earlier)(k))] = letter_value(x)
    for x, *exponents in fields.get("free", []):
        known[scalar_letter(MixedMoment(*(sympy.Tuple(*part) for part in exponents)))] = letter_value(x)
    for name, values in (("powers", function.powers), ("times", function.exceptions)):
        stated = {k: number_of(v, reciprocals_of(fields)) for k, v in fields[name]}
        found = {k: number_at(v, known) for k, v in values.items()}
        if {k: v for k, v in stated.items() if v} != {k: v for k, v in found.items() if v}:
            return False
    return True


def sum_of(factors):
    """A sum of entries as the engine writes it."""
    return entry_sum([(f, *(("" if sign > 0 else "~") + "ijkl"[b] for b, sign in at)) for f, *at in factors])


def number_at(polynomial, known):
    """At numbers for letters of the engine."""
    return sum((c * prod(known[a] for (a,) in monomial) for monomial, c in polynomial), Fraction(0))


# --- certificates --------------------------------------------------------------------------------------------


def test_averages_of_the_catalogue_are_recomputed():
    certificates = {theorem.id: certificate_of(theorem.id).lines for theorem in all_theorems()}
    start = time.perf_counter()
    for theorem_id, lines in certificates.items():
        reader = phases.Checker()
        reader.check(lines)
        found = (
            len(reader.averages),
            reader.checked - len(reader.averages) - len(reader.sums),
            len(reader.sums),
        )
        assert found == RECOMPUTED.get(theorem_id, (0, 0, 0)), theorem_id
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(("theorem_id", "which", "step"), CASES + ZERO)
def test_wrong_averages_are_rejected(theorem_id, which, step):
    certificate = certificate_of(theorem_id)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)
    assert accepts(lines)
    assert is_true(entry)
    changed = list(corruptions(entry))[::step]
    wrong = 0
    for what, other in changed:
        if accepts([*lines[:-1], json.dumps(other).encode()]):
            # Another order, or a bound that follows from the others: still true.
            assert is_true(other), what
        else:
            wrong += 1
    assert wrong >= (30 if (theorem_id, which, step) in ZERO else 60)


@pytest.mark.parametrize(("theorem_id", "which", "step"), CASES)
def test_a_value_that_is_slightly_wrong_is_rejected(theorem_id, which, step):
    certificate = certificate_of(theorem_id)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)[:-1]
    at, terms = entry["phases"]["powers"][0]
    c, words, rest = terms[0]
    double = str(Fraction(c) * 2) if Fraction(c).denominator > 2 else int(2 * Fraction(c))
    for wrong in (terms[1:], [[double, words, rest], *terms[1:]], [*terms, [1, [], []]]):
        other = json.dumps(replaced(entry, ("phases", "powers", 0), [at, wrong])).encode()
        with pytest.raises(phases.Rejected, match="average is another one"):
            phases.Checker().check([*lines, other])


@pytest.mark.parametrize(("kind", "at"), [("powers", 9), ("powers", -5), ("times", 2), ("times", 40)])
def test_a_power_or_time_that_does_not_occur_is_rejected(kind, at):
    certificate = certificate_of("zheng2024.capability")
    entry = statements(certificate)[0]
    lines = as_file(certificate, entry)[:-1]
    more = [*entry["phases"][kind], [at, [[1, [], []]]]]
    with pytest.raises(phases.Rejected, match="average is another one"):
        phases.Checker().check([*lines, json.dumps(replaced(entry, ("phases", kind), more)).encode()])


@pytest.mark.parametrize("kind", ["powers", "times"])
def test_a_power_or_time_that_is_left_out_is_rejected(kind):
    certificate = certificate_of("zheng2024.not_gd")
    entry = next(e for e in statements(certificate) if e["phases"]["times"])
    lines = as_file(certificate, entry)[:-1]
    for i in range(len(entry["phases"][kind])):
        left = entry["phases"][kind][:i] + entry["phases"][kind][i + 1 :]
        with pytest.raises(phases.Rejected, match="average is another one"):
            phases.Checker().check([*lines, json.dumps(replaced(entry, ("phases", kind), left)).encode()])


# --- what is taken from an average -----------------------------------------------------------------------------


def part_is_true(certificate, entry):
    """Whether a value is that of the place, or the sum over t of numbers, for four T."""
    stated = {e["id"]: e["phases"] for e in statements(certificate)}[entry["phases"]["of"]]
    if "place" in entry["phases"]:
        kind, at = entry["phases"]["place"]
        value = dict(stated["powers" if kind == "power" else "times"]).get(at, [])
        return number_of(value) == number_of(entry["terms"])
    if "places" in entry["phases"]:
        known = {("power", m) for m, _ in stated["powers"]} | {("time", t) for t, _ in stated["times"]}
        return set(map(tuple, entry["phases"]["places"])) == known
    letters = {e["id"]: e["name"] for e in certificate.entries if e.get("rule") == "letter"}
    first = max([3, *(t + 1 for t, _ in stated["times"])])
    for length in range(
        first + 2, 40
    ):  # a last time that is changed by one or two is still at least the first
        values = {x: Fraction(length) for x, name in letters.items() if name in ("T", "T_max")}
        last = number_of(entry["phases"]["last"], values)
        if last.denominator != 1 or last < first - 1:
            return False
        for x, order in entry["phases"]["harmonic"]:
            values[x] = sum(Fraction(1, n**order) for n in range(1, int(last)))
        total = sum(number_of(p, values) for t, p in stated["times"])
        for m, p in stated["powers"]:
            total += number_of(p, values) * sum(Fraction(n) ** m for n in range(1, int(last)))
        if total != number_of(entry["terms"], values):
            return False
    return True


@pytest.mark.parametrize("theorem_id", RECOMPUTED)
def test_wrong_parts_are_rejected(theorem_id):
    certificate = certificate_of(theorem_id)
    wrong = 0
    for entry in parts(certificate):
        lines = as_file(certificate, entry)
        shared = phases.Checker()
        shared.check(lines[:-1])
        assert part_is_true(certificate, entry)
        for what, other in corruptions(entry, most=60):
            reader = copy.copy(shared)
            reader.meanings = dict(shared.meanings)
            reader.sums = list(shared.sums)
            try:
                reader.line(json.dumps(other).encode())
            except (phases.Rejected, phases.Unreadable):
                wrong += 1
            else:
                assert part_is_true(certificate, other), what
    assert wrong >= 60


def sums_with_harmonic_numbers(certificate):
    return [e for e in parts(certificate) if e["phases"].get("harmonic")]


def test_a_letter_is_one_sum_and_not_another_one():
    certificate = certificate_of("zheng2024.not_gd")
    entry = sums_with_harmonic_numbers(certificate)[-1]
    lines = as_file(certificate, entry)
    (x, order), *_ = entry["phases"]["harmonic"]
    for other in (("harmonic", order + 1, {(): Fraction(1)}), ("harmonic", order, {(): Fraction(1)})):
        reader = phases.Checker()
        reader.check(lines[:-1])
        reader.meanings[x] = other, ""
        with pytest.raises(phases.Rejected, match="two different sums"):
            reader.line(lines[-1])


@pytest.mark.parametrize("more", [{"at_least": 1}, {"symmetric": True}, {"inverse_of": 2}, {"cols": "d"}])
def test_nothing_else_is_known_of_a_sum(more):
    certificate = certificate_of("zheng2024.capability")
    (entry,) = sums_with_harmonic_numbers(certificate)
    lines = as_file(certificate, entry)
    (x, _), *_ = entry["phases"]["harmonic"]
    lines[x - 1] = json.dumps({**json.loads(lines[x - 1]), **more}).encode()
    with pytest.raises(phases.Unreadable):
        phases.Checker().check(lines)


@pytest.mark.parametrize("m", range(8))
def test_sums_of_powers(m):
    found = regions.power_sum(m)
    assert [sum(c * n**k for k, c in enumerate(found)) for n in range(20)] == [
        sum(k**m for k in range(1, n + 1)) for n in range(20)
    ]


def test_a_sum_of_powers_that_is_wrong_is_rejected(monkeypatch):
    right = regions.in_time
    monkeypatch.setattr(
        regions, "in_time", lambda values, first: {**right(values, first), ("power", 1): Fraction(1, 3)}
    )
    with pytest.raises(phases.Rejected, match="sum of powers"):
        regions.power_sum(3)


def test_one_law_has_one_size_and_one_value_of_each_moment():
    certificate = certificate_of("zheng2024.capability")
    second = statements(certificate)[1]
    again = {**second, "id": second["id"] + 1}
    lines = as_file(certificate, second)
    assert accepts([*lines, json.dumps(again).encode()])
    for path, value, sentence in (
        (("phases", "size"), [[3, [], []]], "two sizes"),
        (("phases", "moments", 0, 1), [[7, [], []]], "two moments"),
    ):
        other = replaced(again, path, value)
        with pytest.raises(phases.Rejected, match=sentence):
            phases.Checker().check([*lines, json.dumps(other).encode()])


# --- any law, reciprocals, places ------------------------------------------------------------------------------


def statement_with(certificate, *fields):
    return next(e for e in statements(certificate) if all(e["phases"].get(field) for field in fields))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda free: [[x, given[::-1], others] for x, given, others in free], "a moment is missing"),
        (
            lambda free: [[x, given, [k + 1 for k in others]] for x, given, others in free],
            "a moment is missing",
        ),
        (lambda free: [[x, given, [*others, 2]] for x, given, others in free], "a moment is missing"),
        (lambda free: [[free[0][0], *others] for _, *others in free], "two different sums"),
        (lambda free: free[1:], "a moment is missing"),
        (lambda free: [*free, [free[0][0], [0, 0], []]], "a moment twice, or of nothing"),
    ],
)
def test_a_letter_is_the_sum_of_one_moment(change, sentence):
    certificate = certificate_of("zheng2024.limit")
    derived = [e for e in statements(certificate) if {"free", "entry"} <= e["phases"].keys()]
    entry = next(e for e in derived if any(given[1:] and others for _, given, others in e["phases"]["free"]))
    lines = as_file(certificate, entry)
    assert accepts(lines)
    other = replaced(entry, ("phases", "free"), change(entry["phases"]["free"]))
    with pytest.raises((phases.Rejected, phases.Unreadable), match=sentence):
        phases.Checker().check([*lines[:-1], json.dumps(other).encode()])


def test_moments_of_any_law_are_of_coordinates_that_are_given_by_one_entry():
    """Without a derivative in an entry the blocks of a full matrix are summed over, and the moments differ."""
    certificate = certificate_of("zheng2024.limit")
    entry = copy.deepcopy(statement_with(certificate, "free", "entry"))
    lines = as_file(certificate, entry)
    del entry["phases"]["entry"]
    with pytest.raises(phases.Unreadable, match="no value is given"):
        phases.Checker().check([*lines[:-1], json.dumps(entry).encode()])


def test_moments_of_any_law_with_given_and_other_coordinates():
    degrees = {(0, 1): 3, (1, 1): 0, (2, 1): 1, (3, 1): 2, (4, 1): 4}
    assert averages.moment_of(degrees, [2, 0], True) == (((1, 3), (4, 2)), 4)
    assert averages.moment_of(degrees, [1], True) == (((0,), (4, 3, 2, 1)), 5)
    assert averages.moment_of({(0, 1): 0, (1, 1): 0}, [0], True) == ((), 1)
    assert averages.moment_of(degrees, [2, 0], False) == ((4, 3, 2, 1), 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x, p: [[x, [*p, [-1, [], []]]]], "average is another one"),
        (lambda x, p: [[x, [[2 * c, *rest] for c, *rest in p]]], "average is another one"),
        (lambda x, p: [[x, []]], "no reciprocal"),
        (lambda x, p: [[x, [[1, [[x]], []]]]], "average is another one"),
        (lambda x, p: [], "average is another one"),
    ],
)
def test_a_letter_is_the_reciprocal_of_one_polynomial(change, sentence):
    certificate = certificate_of("zheng2024.limit")
    entry = statement_with(certificate, "reciprocals")
    lines = as_file(certificate, entry)
    ((x, p),) = entry["phases"]["reciprocals"]
    other = replaced(entry, ("phases", "reciprocals"), change(x, p))
    with pytest.raises((phases.Rejected, phases.Unreadable), match=sentence):
        phases.Checker().check([*lines[:-1], json.dumps(other).encode()])
    again = replaced({**entry, "id": entry["id"] + 1}, ("phases", "reciprocals"), [[x, [*p, [1, [], []]]]])
    with pytest.raises(phases.Rejected, match="two different sums"):
        phases.Checker().check([*lines, json.dumps(again).encode()])


def test_a_reciprocal_of_a_reciprocal_is_refused():
    """With y = 1/d, the reciprocal of y d − 1 is one of zero, and would accept every value."""
    certificate = certificate_of("zheng2024.limit")
    entry = statement_with(certificate, "reciprocals")
    lines = as_file(certificate, entry)
    ((y, p),) = entry["phases"]["reciprocals"]
    x = next(e["id"] for e in certificate.entries if e.get("name") == "u")
    zero = [*([c, [*words, [y]], rest] for c, words, rest in p), [-1, [], []]]
    for pairs in ([[x, zero], [y, p]], [[y, p], [x, zero]]):
        other = replaced(entry, ("phases", "reciprocals"), pairs)
        other = replaced(other, ("phases", "powers", 0, 1), [[1, [[x], [x]], []]])
        with pytest.raises(
            (phases.Rejected, phases.Unreadable), match=r"of one with a meaning|is another one"
        ):
            phases.Checker().check([*lines[:-1], json.dumps(other).encode()])


def test_letters_are_cleared_by_what_they_are_reciprocals_of():
    x, d = ({(((i,), 1),): Fraction(1)} for i in (2, 1))
    p = polynomials.plus(d, polynomials.constant(3))
    reader = phases.Checker()
    zero = polynomials.plus(polynomials.product(x, x, p, p), polynomials.constant(1), -1)
    assert zero and not reader.cleared(zero, {2: p})
    assert reader.cleared(polynomials.plus(zero, x), {2: p}) == p
    assert reader.cleared(zero, {2: d}) != {}


@pytest.mark.parametrize(
    "change",
    [lambda p: p[1:], lambda p: [*p, ["time", 2]], lambda p: [["power", 7]], lambda p: [["speed", 0]]],
)
@pytest.mark.parametrize("theorem_id", ["zheng2024.capability", "zheng2024.not_gd"])
def test_other_places_are_rejected(theorem_id, change):
    certificate = certificate_of(theorem_id)
    entry = next(e for e in parts(certificate) if "places" in e["phases"])
    lines = as_file(certificate, entry)
    assert accepts(lines)
    places = change(entry["phases"]["places"])
    if set(map(tuple, places)) != set(map(tuple, entry["phases"]["places"])):
        with pytest.raises(phases.Rejected, match="other powers or times"):
            phases.Checker().check(
                [*lines[:-1], json.dumps(replaced(entry, ("phases", "places"), places)).encode()]
            )


# --- checkers that look at nothing ----------------------------------------------------------------------------


def wrong_about(accepting):
    """Statements on which a checker errs, real ones and corrupted ones."""
    wrong = []
    for theorem_id, which, step in CASES[:2]:
        certificate = certificate_of(theorem_id)
        entry = statements(certificate)[which]
        lines = as_file(certificate, entry)
        if not accepting(lines):
            wrong.append(theorem_id)
        for what, other in list(corruptions(entry))[:: 3 * step]:
            if accepting([*lines[:-1], json.dumps(other).encode()]) and not still_true(other):
                wrong.append(what)
    return wrong


def still_true(entry):
    """Whether a changed statement can be read and is true."""
    try:
        return is_true(entry)
    except Exception:  # The engine says no to what is malformed in ways of its own.
        return False


def test_a_checker_that_always_says_yes_fails():
    assert len(wrong_about(lambda lines: True)) >= 100


def test_a_checker_that_always_says_no_fails():
    assert wrong_about(lambda lines: False) == [theorem_id for theorem_id, *_ in CASES[:2]]


def test_the_checker_itself_is_wrong_about_nothing():
    assert wrong_about(lambda lines: accepts(lines)) == []


# --- the lemma -----------------------------------------------------------------------------------------------

BOX = [(-1, 0, 1, 0), (-1, 1, -1, 0)]
TRIANGLE = [*BOX, (0, 0, -1, 1), (-2, 1, 0, -1)]
ONCE = [*BOX, (-4, 1, 0, 0), (4, -1, 0, 0)]
REGIONS = {
    "box": BOX, "triangle": TRIANGLE, "once": ONCE, "late": [*BOX, (-9, 0, 1, 0)], "never": [*BOX, (-5, 0, 0, 0)],
    "strip": [*TRIANGLE, (3, 0, 1, -1)], "no times": [(-6, 1, 0, 0)], "short": [*BOX, (9, 0, -1, 0)],
}  # fmt: skip


def by_hand(forms, t):
    """All whole points in a cube, without any bounds."""
    sides = [range(-30, 31) if any(f[i] for f in forms) else (0,) for i in (2, 3)]
    return sum(all(f[0] + f[1] * t + f[2] * s + f[3] * r >= 0 for f in forms) for s, r in product(*sides))


def value_at(found, t):
    total = found.get(("time", t), Fraction(0))
    return total + sum(c * (t - 1) ** k for (kind, k), c in found.items() if kind == "power")


@pytest.mark.parametrize("name", REGIONS)
def test_counts_are_right_at_every_time(name):
    found = phases.Checker().count([], REGIONS[name])
    for t in range(2, 24):
        assert value_at(found, t) == by_hand(REGIONS[name], t)


def test_a_bound_one_too_low_accepts_a_wrong_count(monkeypatch):
    right = times.first_time
    assert value_at(phases.Checker().count([], ONCE), 9) == by_hand(ONCE, 9) == 0
    monkeypatch.setattr(times, "first_time", lambda forms, live: right(forms, live) - 1)
    assert value_at(phases.Checker().count([], ONCE), 9) != 0


def test_a_degree_one_too_low_accepts_a_wrong_count(monkeypatch):
    right = times.in_time
    monkeypatch.setattr(
        times,
        "in_time",
        lambda values, first: right({t: n for t, n in values.items() if t < max(values)}, first),
    )
    assert value_at(phases.Checker().count([], TRIANGLE), 12) != by_hand(TRIANGLE, 12)


@pytest.mark.parametrize(
    ("equations", "forms", "sentence"),
    [
        ([(0, 1, -2, 0)], BOX, "fraction"),
        ([], [*BOX, (0, 1, -2, 0)], "corners"),
        ([], [(-1, 0, 1, 0), (-1, 1, -1, 0), (-1, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, -1)], "corners"),
        ([], [*BOX, (-64, 1, 0, 0), (-60, 0, 1, 0)], "limit"),
    ],
)
def test_what_the_lemma_does_not_cover_is_refused(equations, forms, sentence):
    with pytest.raises(phases.Unreadable, match=sentence):
        phases.Checker().count(equations, forms)


# --- weights of positions and sums of entries ------------------------------------------------------------------

# p_s² or p_s p_r p_t over 1 ≤ s ≤ t − 1 or so, with equations between the times.
WEIGHTED = {
    "one": ([], [(-1, 0, 1, 0), (0, 1, -1, 0)], [(0, 0, 1, 0)]),
    "square": ([(0, 0, 1, -1)], [(-1, 0, 1, 0), (-1, 1, -1, 0), (-1, 0, 0, 1)], [(0, 0, 1, 0), (0, 0, 0, 1)]),
    "both": ([], [*BOX, (-1, 0, 0, 1), (-2, 1, 0, -1)], [(0, 0, 1, 0), (0, 0, 0, 1)]),
    "last": (
        [(0, 1, -1, 0)],
        [(-1, 0, 1, 0), (0, 1, -1, 0), (-1, 0, 0, 1), (0, 1, 0, -1)],
        [(0, 0, 1, 0), (-1, 1, 0, 0)],
    ),
    "shifted": ([], [(-2, 0, 1, 0), (0, 1, -1, 0)], [(-1, 0, 1, 0), (-1, 0, 1, 0), (-1, 0, 1, 0)]),
    "before": ([], [(0, 0, 1, 0), (0, 1, -1, 0), (-1, 0, 0, 1), (0, 1, 0, -1)], [(-1, 0, 1, 0)]),
}  # fmt: skip


def weight(s):
    return Fraction(3 * s + 1, s + 2) if s > 0 else 0


def weighted_by_hand(equations, forms, positions, t):
    """Over all whole points of a cube, as in the definition."""
    total = 0
    for s, r in product(range(-2, 14), repeat=2):
        values = [c + a * t + b * s + e * r for c, a, b, e in (*forms, *equations, *positions)]
        inside, exact = values[: len(forms)], values[len(forms) : len(forms) + len(equations)]
        at = values[len(forms) + len(equations) :]
        both = any(f[3] for f in (*equations, *forms, *positions))
        if min(inside) >= 0 and not any(exact) and (both or r == 0):
            total += prod(weight(x) for x in at)
    return total


def weighted_value(found, t):
    counted, factor = found
    letters = {("last", b): weight(t - b) for b in (0, 1)}
    letters |= {("sum", k): sum(weight(s) ** k for s in range(1, t - 1)) for k in range(1, 8)}
    value = sum(c * prod(letters[word[1]] ** power for word, power in m) for m, c in factor.items())
    return value_at(counted, t) * value


@pytest.mark.parametrize("name", WEIGHTED)
def test_sums_of_weights_are_right_at_every_time(name):
    found = phases.Checker().weighted(*WEIGHTED[name], {})
    assert any(weighted_value(found, t) for t in range(2, 9))
    for t in range(2, 9):
        assert weighted_value(found, t) == weighted_by_hand(*WEIGHTED[name], t)


@pytest.mark.parametrize(
    ("forms", "positions"),
    [
        ([(-2, 0, 1, 0), (0, 1, -1, 0)], [(0, 0, 1, 0)]),
        ([(-1, 0, 1, 0), (-3, 1, -1, 0)], [(0, 0, 1, 0)]),
        ([(-1, 0, 1, 0), (1, 1, -1, 0)], [(0, 0, 1, 0)]),
        ([(-1, 0, 1, 0), (0, 1, -1, 0)], [(0, 0, 1, 0), (-1, 0, 1, 0)]),
        ([(-1, 0, 1, 0), (0, 1, -1, 0)], [(0, 1, -1, 0)]),
        ([*BOX, (0, 0, -1, 1), (-1, 1, 0, -1)], [(0, 0, 1, 0)]),
        ([*BOX], [(-2, 1, 0, 0)]),
        ([*BOX], [(3, 0, 0, 0)]),
    ],
)
def test_weights_that_are_not_covered_are_refused(forms, positions):
    with pytest.raises(phases.Unreadable, match="weight stands"):
        phases.Checker().weighted([], forms, positions, {})


ENTRIES = [
    ([("C", (0, 1), (1, 1)), ("C", (0, 1), (2, 1))], False),
    ([("C", (0, 1), (0, 1)), ("c", (1, 1)), ("C", (2, 1), (1, 1))], False),
    ([("c", (0, 1)), ("c", (1, 1)), ("b", (2, 1))], False),
    ([("C", (0, 1), (1, -1)), ("C", (1, 1), (2, 1))], True),
    ([("C", (0, 1), (0, -1)), ("C", (1, 1), (1, 1))], True),
]
SIZE = 6
VALUES = {"c": lambda i: i * i + 2, "b": lambda i: 3 - i, "C": lambda i, j: 2 * i - j * j + 1}


def entries_by_hand(factors, different, paired):
    """Over all coordinates, those of some blocks being different, or in different pairs."""
    blocks = sorted({b for _, *at in factors for b, _ in at})
    total = 0
    for choice in product(range(SIZE), repeat=len(blocks)):
        pair = [i // 2 if paired else i for b, i in enumerate(choice) if b in different]
        if len(set(pair)) == len(pair):
            total += prod(
                VALUES[f](*(choice[b] if s > 0 else choice[b] ^ 1 for b, s in at)) for f, *at in factors
            )
    return total


@pytest.mark.parametrize(("factors", "paired"), ENTRIES)
def test_sums_over_different_coordinates(factors, paired):
    found = phases.Checker().different(
        factors, {0, 1, 2} & {b for _, *at in factors for b, _ in at}, {}, paired
    )
    value = 0
    for m, c in found.items():
        value += c * prod(entries_by_hand(word[1], (), paired) ** power for word, power in m)
    assert value == entries_by_hand(factors, {0, 1, 2}, paired) != entries_by_hand(factors, (), paired)


def test_partners_that_are_forgotten_accept_a_wrong_sum():
    factors, paired = ENTRIES[3]
    right, wrong = (phases.Checker().different(factors, {0, 1, 2}, {}, p) for p in (paired, False))
    assert right != wrong


# --- hostile input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("phases", "summands"), "many"),
        (("phases", "summands", 0, 2), [[[0, 0, 0, 0], 1]] * 50),
        (("phases", "summands", 0, 2, 0, 1), 10**6),
        (("phases", "summands", 0, 1), 10**9),
        (("phases", "summands", 0, 4), [[k, 1, 0, 0] for k in range(64)]),
        (("phases", "powers"), [[10**30, []]]),
        (("phases", "law"), 10**30),
        (("phases", "size"), [[float("nan"), [], []]]),
        (("phases", "size"), [[1, [[10**6]], []]]),
        (("phases", "moments"), {"2": 1}),
        (("phases",), [[[[]]]]),
    ],
)
def test_hostile_statements_are_refused_at_once(path, value):
    certificate = certificate_of("zheng2024.capability")
    entry = statements(certificate)[0]
    lines = as_file(certificate, entry)
    start = time.perf_counter()
    with pytest.raises(phases.Unreadable, match=r"^line \d+, phases: "):
        phases.Checker().check([*lines[:-1], json.dumps(replaced(entry, path, value)).encode()])
    assert time.perf_counter() - start < 5


def test_many_summands_are_beyond_the_limit():
    certificate = certificate_of("zheng2024.not_gd")
    entry = statements(certificate)[0]
    many = replaced(entry, ("phases", "summands"), entry["phases"]["summands"] * 2000)
    start = time.perf_counter()
    with pytest.raises(phases.Unreadable, match=r"limit|long"):
        phases.Checker().check([*as_file(certificate, entry)[:-1], json.dumps(many).encode()])
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"format":1}', b'{"a":1,"a":2}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_certificate_is_unreadable(raw):
    with pytest.raises(phases.Unreadable, match="phases"):
        phases.Checker().check([raw])


def test_what_it_prints(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(certificate_of("zheng2024.capability").lines))
    assert phases.main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "18 of 18" in out and "law 0: E[x_1^4] = (1 kappa_1)\n" in out
    assert "up to 1 T + -1, which is at least 2\n" in out
    path.write_text(path.read_text().replace('"place":["power",0]', '"place":["power",-1]'))
    assert phases.main([str(path)]) in (1, 2)
    assert phases.main([str(tmp_path / "missing")]) == 2
