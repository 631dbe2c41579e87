"""The second checker recomputes averages over phases; wrong ones are rejected, by the word of the engine."""

import importlib.util
import json
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
import sympy

import symicl
from checker.conftest import certificate_of
from checker.phase_corruption import as_file, corruptions, replaced, statements
from symicl.algebra.polynomial import Polynomial
from symicl.expectation.phases.affine import Affine
from symicl.expectation.phases.expect_phases import expect_phases
from symicl.expectation.phases.expressions import PhaseScalar
from symicl.expectation.phases.in_time import InTime
from symicl.expectation.phases.marked import entry_derivative
from symicl.expectation.phases.moments import ExchangeableLaw
from symicl.expectation.phases.parameters import ExchangeableMatrix, FullMatrix
from symicl.expectation.phases.terms import Data, Entry, Term
from symicl.theorems.catalogue import all_theorems

FILE = Path(symicl.__file__).with_name("phase_checker.py")
RECOMPUTED = {
    "zheng2024.limit": 12, "zheng2024.capability": 6, "zheng2024.not_gd": 11, "sander2024.augmented": 16,
}  # fmt: skip
CASES = [
    ("zheng2024.capability", 0, 1), ("zheng2024.capability", -1, 1), ("sander2024.augmented", 3, 1),
    ("zheng2024.not_gd", 0, 12), ("zheng2024.limit", 2, 12), ("zheng2024.limit", 3, 12),
]  # fmt: skip
"""Theorem, statement, and of how many changes one is made."""


@pytest.fixture(scope="module")
def phases():
    """The module, without the package around it."""
    spec = importlib.util.spec_from_file_location("standalone_phase_checker", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def accepts(phases, lines):
    try:
        phases.Reader().check(lines)
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


def letter_value(x):
    """A number for a letter; large enough for a dimension."""
    return 100 + 7 * x


def number_of(terms):
    total = Fraction(0)
    for c, words, _ in terms:
        term = Fraction(c)
        for word in words:
            term = term / letter_value(word[1]) if word[0] == 0 else term * letter_value(word[0])
        total += term
    return total


def form_of(form):
    constant, *rest = form
    return Affine(constant, tuple((v, c) for v, c in enumerate(rest) if c))


def term_of(summand):
    c, over, data, entries, region = summand
    read = []
    for e in entries:
        if isinstance(e[0], str):
            read.append(Entry(FullMatrix(e[0]), tuple(e[1:])))
        else:
            same, partner, other = (sympy.Rational(*number_of(p).as_integer_ratio()) for p in e[2:])
            read.append(Entry(ExchangeableMatrix(same, other, partner), tuple(e[:2])))
    used = {v for f in [*region, *(f for f, _ in data)] for v in (1, 2) if f[v + 1]}
    return Term(
        Polynomial.constant(number_of(c)),
        tuple(Data(form_of(f), k) for f, k in data),
        tuple(read),
        region=tuple(form_of(f) for f in region),
        bound=frozenset(used),
        over=over,
    )


def is_true(entry):
    """Whether the engine finds the value that an entry states, at numbers for all letters."""
    fields = entry["phases"]
    moments = {tuple(k): number_of(a) / number_of(b) for k, a, b in fields["moments"]}
    law = Known(int(number_of(fields["size"])), tuple(moments.items()))
    found = expect_phases(PhaseScalar([term_of(s) for s in fields["summands"]]), paired=fields["paired"])
    if "entry" in fields:
        name, diagonal, point = fields["entry"]
        at = {key: number_of(value) for key, value in point}
        function = entry_derivative(found, law, name, at, diagonal=diagonal)
    else:
        function = found.over(law)
    return place_of(function, fields["place"]) == Polynomial.constant(number_of(entry["terms"]))


def place_of(function: InTime, place):
    kind, at = place
    return (function.powers if kind == "power" else function.exceptions).get(at, Polynomial())


# --- certificates --------------------------------------------------------------------------------------------


def test_averages_of_the_catalogue_are_recomputed(phases):
    start = time.perf_counter()
    for theorem in all_theorems():
        reader = phases.Reader()
        reader.check(certificate_of(theorem.id).lines)
        assert reader.checked == RECOMPUTED.get(theorem.id, 0), theorem.id
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(("theorem_id", "which", "step"), CASES)
def test_wrong_averages_are_rejected(phases, theorem_id, which, step):
    certificate = certificate_of(theorem_id)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)
    assert accepts(phases, lines)
    assert is_true(entry)
    changed = list(corruptions(entry))[::step]
    wrong = 0
    for what, other in changed:
        if accepts(phases, [*lines[:-1], json.dumps(other).encode()]):
            # Another order, or a bound that only matters for another power of t − 1: still true.
            assert is_true(other), what
        else:
            wrong += 1
    assert wrong >= 60


@pytest.mark.parametrize(("theorem_id", "which", "step"), CASES)
def test_a_value_that_is_slightly_wrong_is_rejected(phases, theorem_id, which, step):
    certificate = certificate_of(theorem_id)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)[:-1]
    c, words, rest = entry["terms"][0]
    double = str(Fraction(c) * 2) if Fraction(c).denominator > 2 else int(2 * Fraction(c))
    for terms in (
        entry["terms"][1:],
        [[double, words, rest], *entry["terms"][1:]],
        [*entry["terms"], [1, [], []]],
    ):
        other = json.dumps({**entry, "terms": terms}).encode()
        with pytest.raises(phases.Rejected, match="average is another one"):
            phases.Reader().check([*lines, other])


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
def test_counts_are_right_at_every_time(phases, name):
    found = phases.Reader().count([], REGIONS[name])
    for t in range(2, 24):
        assert value_at(found, t) == by_hand(REGIONS[name], t)


def test_a_bound_one_too_low_accepts_a_wrong_count(phases, monkeypatch):
    right = phases.first_time
    assert value_at(phases.Reader().count([], ONCE), 9) == by_hand(ONCE, 9) == 0
    monkeypatch.setattr(phases, "first_time", lambda forms, live: right(forms, live) - 1)
    assert value_at(phases.Reader().count([], ONCE), 9) != 0


def test_a_degree_one_too_low_accepts_a_wrong_count(phases, monkeypatch):
    right = phases.in_time
    monkeypatch.setattr(
        phases,
        "in_time",
        lambda values, first: right({t: n for t, n in values.items() if t < max(values)}, first),
    )
    assert value_at(phases.Reader().count([], TRIANGLE), 12) != by_hand(TRIANGLE, 12)


@pytest.mark.parametrize(
    ("equations", "forms", "sentence"),
    [
        ([(0, 1, -2, 0)], BOX, "fraction"),
        ([], [*BOX, (0, 1, -2, 0)], "corners"),
        ([], [(-1, 0, 1, 0), (-1, 1, -1, 0), (-1, 0, 0, 1), (0, 1, 1, 1), (0, 1, 1, -1)], "corners"),
        ([], [*BOX, (-64, 1, 0, 0), (-60, 0, 1, 0)], "limit"),
    ],
)
def test_what_the_lemma_does_not_cover_is_refused(phases, equations, forms, sentence):
    with pytest.raises(phases.Unreadable, match=sentence):
        phases.Reader().count(equations, forms)


# --- hostile input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("phases", "summands"), "many"),
        (("phases", "summands", 0, 2), [[[0, 0, 0, 0], 1]] * 50),
        (("phases", "summands", 0, 2, 0, 1), 10**6),
        (("phases", "summands", 0, 1), 10**9),
        (("phases", "summands", 0, 4), [[k, 1, 0, 0] for k in range(64)]),
        (("phases", "place"), ["power", 10**30]),
        (("phases", "size"), [[float("nan"), [], []]]),
        (("phases", "size"), [[1, [[10**6]], []]]),
        (("phases", "moments"), {"2": 1}),
        (("phases",), [[[[]]]]),
    ],
)
def test_hostile_statements_are_refused_at_once(phases, path, value):
    certificate = certificate_of("zheng2024.capability")
    entry = statements(certificate)[0]
    lines = as_file(certificate, entry)
    start = time.perf_counter()
    with pytest.raises(phases.Unreadable, match=r"^line \d+, phases: "):
        phases.Reader().check([*lines[:-1], json.dumps(replaced(entry, path, value)).encode()])
    assert time.perf_counter() - start < 5


def test_many_summands_are_beyond_the_limit(phases):
    certificate = certificate_of("zheng2024.not_gd")
    entry = statements(certificate)[0]
    many = replaced(entry, ("phases", "summands"), entry["phases"]["summands"] * 2000)
    start = time.perf_counter()
    with pytest.raises(phases.Unreadable, match=r"limit|long"):
        phases.Reader().check([*as_file(certificate, entry)[:-1], json.dumps(many).encode()])
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"format":1}', b'{"a":1,"a":2}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_certificate_is_unreadable(phases, raw):
    with pytest.raises(phases.Unreadable, match="phases"):
        phases.Reader().check([raw])


def test_it_runs_alone(phases, tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join(certificate_of("zheng2024.capability").lines))
    assert phases.main([str(path)]) == 0
    assert "6 of 9" in capsys.readouterr().out
    path.write_text(path.read_text().replace('"place":["power",0]', '"place":["power",-1]'))
    assert phases.main([str(path)]) in (1, 2)
    assert phases.main([str(tmp_path / "missing")]) == 2
    imports = [line for line in FILE.read_text().splitlines() if line.startswith(("import", "from"))]
    assert not any("symicl" in line for line in imports)
