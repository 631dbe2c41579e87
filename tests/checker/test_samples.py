"""The third checker recomputes averages over samples; wrong ones are rejected, by the word of explicit coordinates."""

import copy
import json
import random
import time
from fractions import Fraction

import pytest

from checker.conftest import certificate_of
from checker.phase_corruption import replaced
from checker.sample_corruption import as_file, changed_terms, corruptions, statements, with_integrand
from checker.sample_instances import Instance
from symicl.certificates.checkers import samples
from symicl.certificates.checkers.reading import MAX_LINE
from symicl.certificates.checkers.samples import averages, traces, ways
from symicl.certificates.checkers.samples.statements import is_square
from symicl.cli.commands import check_certificate
from symicl.statements import all_theorems

THEOREM = "mahankali2023.nonlinear"
AVERAGES = 17
RECOMPUTED = f"{AVERAGES} of {AVERAGES} asserted steps were recomputed, as averages over samples"
INSTANCES = [(3, 2, (1, 2, 1)), (2, 3, (0, 3, -1))]
"""n, d, and the numbers c_j of a function Σ c_j (u·x)^j, with even and odd powers."""


def accepts(lines):
    try:
        samples.Checker().check(lines)
    except (samples.Rejected, samples.Unreadable) as error:
        assert str(error).startswith(f"line {len(lines)}, samples: ")
        return False
    return True


def is_true(lines, entry=None):
    """Whether the last line of a file holds in explicit coordinates, for two functions at two sizes."""
    entries = [json.loads(line) for line in lines]
    entry = entry or entries[-1]
    letters = {e["id"]: e for e in entries[1:] if e["rule"] == "letter"}
    data = entries[entry["samples"]["integrand"] - 1]
    assert data["of"] == entry["of"]
    for n, d, f in INSTANCES:
        instance = Instance(letters, entry["samples"], n, d, f)
        if instance.average(data["terms"]) != instance.number(entry["terms"]):
            return False
    return True


# --- certificates --------------------------------------------------------------------------------------------


def test_averages_of_the_catalogue_are_recomputed():
    for theorem in all_theorems():
        reader = samples.Checker()
        reader.check(certificate_of(theorem.id).lines)
        assert reader.checked == (AVERAGES if theorem.id == THEOREM else 0)
        if theorem.id == THEOREM:
            assert reader.asserted == AVERAGES


def test_averages_of_the_catalogue_hold_in_coordinates():
    certificate = certificate_of(THEOREM)
    for entry in statements(certificate):
        assert is_true(as_file(certificate, entry))


def test_the_marks_say_what_is_recomputed(checker):
    running = checker.Checker()
    running.check(certificate_of(THEOREM).lines)
    assert (len(running.asserted), len(running.averages)) == (0, AVERAGES)


def judged(shared, entry):
    """Whether a statement is accepted after the lines that a reader has read."""
    reader = copy.copy(shared)
    reader.id, reader.averages, reader.symbols, reader.meanings = shared.id + 1, {}, {}, {}
    try:
        reader.line(json.dumps(entry).encode())
    except (samples.Rejected, samples.Unreadable):
        return False
    return True


@pytest.mark.parametrize("which", range(AVERAGES))
def test_wrong_averages_are_rejected(which):
    certificate = certificate_of(THEOREM)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)
    shared = samples.Checker()
    shared.check(lines[:-1])
    assert judged(shared, entry)
    wrong = 0
    for what, other in corruptions(entry, most=70):
        if judged(shared, other):
            # Another order, a transposed factor of a trace that is the same, or a moment of no effect: still true.
            assert is_true(lines, other), what
        else:
            wrong += 1
    assert wrong >= 40


@pytest.mark.parametrize("which", range(AVERAGES))
def test_averages_of_something_else_are_rejected(which):
    certificate = certificate_of(THEOREM)
    entry = statements(certificate)[which]
    lines = as_file(certificate, entry)
    data = json.loads(lines[entry["samples"]["integrand"] - 1])
    wrong = 0
    for what, other in [*changed_terms(data, ("terms",), 25), ("another of", {**data, "of": data["of"] - 1})]:
        changed = with_integrand(lines, entry, other)
        if accepts(changed):
            assert is_true(changed), what
        else:
            wrong += 1
    assert wrong >= 3


# --- checkers that look at nothing ----------------------------------------------------------------------------


def wrong_about(accepting):
    """Statements on which a checker errs, real ones and corrupted ones."""
    wrong, certificate = [], certificate_of(THEOREM)
    for entry in (statements(certificate)[i] for i in (4, 6, 9)):
        lines = as_file(certificate, entry)
        shared = samples.Checker()
        shared.check(lines[:-1])
        if not accepting(shared, entry):
            wrong.append("right")
        for what, other in corruptions(entry, most=40):
            if accepting(shared, other) and not still_true(lines, other):
                wrong.append(what)
    return wrong


def still_true(lines, entry):
    """Whether a changed statement can be read and is true."""
    try:
        return is_true(lines, entry)
    except Exception:  # Coordinates say no to what is malformed in ways of their own.
        return False


def test_a_checker_that_always_says_yes_fails():
    assert len(wrong_about(lambda shared, entry: True)) >= 100


def test_a_checker_that_always_says_no_fails():
    assert wrong_about(lambda shared, entry: False) == ["right"] * 3


def test_the_checker_itself_is_wrong_about_nothing():
    assert wrong_about(lambda shared, entry: judged(shared, entry)) == []


# --- by hand ---------------------------------------------------------------------------------------------------

HEADER = {"format": "symicl-certificate", "version": 3}
LETTERS = {
    "n": (1, 1, {"at_least": 1}), "d": (1, 1, {"at_least": 1}), "X": ("n", "d", {}), "y": ("n", 1, {}),
    "x": ("d", 1, {}), "y0": (1, 1, {}), "A": ("d", "d", {}), "S": ("d", "d", {"symmetric": True}),
    "a": ("d", 1, {}), "c": (1, 1, {}), "s2": (1, 1, {"at_least": 0}), "g2": (1, 1, {"at_least": 0}),
    "xf2": (1, 1, {"at_least": 0}), "f2": (1, 1, {"at_least": 0}), "f2f2": (1, 1, {"at_least": 0}),
    "f4": (1, 1, {"at_least": 0}), "f1": (1, 1, {}), "f1f2": (1, 1, {}), "C": ("n", "n", {}), "B": ("d", 4, {}),
    "m": (1, 1, {}),
}  # fmt: skip
ID = {name: i for i, name in enumerate(LETTERS, 2)}
FIRST, ENTRY = len(LETTERS) + 2, len(LETTERS) + 5
PATTERNS = {
    "g2": [[1, 1], [1, 1]], "xf2": [[2, 2]], "f2": [[0, 2]], "f2f2": [[0, 2], [0, 2]], "f4": [[0, 4]],
    "f1": [[0, 1]], "f1f2": [[0, 1], [0, 2]],
}  # fmt: skip


def word(text):
    """``X' y`` as ids; ``/ d`` divides by d."""
    ids = [0 if a == "/" else -ID[a[:-1]] if a.endswith("'") else ID[a] for a in text.split()]
    return ids


def terms(text):
    """``2 [n] [y' X A X' y] - 1/2 [d]`` as terms."""
    found = []
    for part in text.replace("- ", "+ -").split("+ "):
        c, *words = part.strip().split("[")
        c = c.strip().replace(" ", "")
        number = Fraction({"": "1", "-": "-1"}.get(c, c))
        exact = int(number) if number.denominator == 1 else str(number)
        found.append([exact, [word(w.strip().rstrip("]")) for w in words], []])
    return found


def example(integrand, average, **changes):
    """A file with one statement; ``changes`` to its entry are (path, value), to letters or other lines (id, fields)."""
    letters = [
        {"id": ID[name], "rule": "letter", "name": name, "rows": rows, "cols": cols, **more}
        for name, (rows, cols, more) in LETTERS.items()
    ]
    average = terms(average)
    used = {a for _, words, _ in average for w in words for a in w}
    fields = {
        "integrand": FIRST + 1, **{key: ID[key] for key in ("X", "y", "x", "y0")}, "noise": [[1, [[ID["s2"]]], []]],
        "moments": [[pattern, ID[name]] for name, pattern in PATTERNS.items() if ID[name] in used],
    }  # fmt: skip
    size = {"rows": 1, "cols": 1}
    data = {"id": FIRST + 1, "rule": "data", "of": FIRST, **size, "terms": terms(integrand)}
    entry = {"id": ENTRY, "rule": "asserted", "claim": "", "why": "", "of": FIRST, **size, "terms": average}
    entries = [HEADER, *letters, {"id": FIRST, "rule": "product"}, data, {"id": FIRST + 2, "rule": "step"}]
    entries.append({**entry, "samples": fields | changes.pop("fields", {})})
    for line, more in changes.pop("lines", {}).items():
        entries[line - 1] = {**entries[line - 1], **more}
    assert not changes
    return [json.dumps(e).encode() for e in entries]


BY_HAND = {
    "responses": ("[y' y]", "[n] [f2] + [n] [s2]", ["[n] [f2]", "[n] [f2] + [n] [n] [s2]"]),
    "two samples": (
        "[y' X A X' y]",
        "[n] [n] [g2] [A] - [n] [g2] [A] + [n] [xf2] [A] + [n] [s2] [A]",
        [
            "[n] [n] [g2] [A] + [n] [xf2] [A] + [n] [s2] [A]",
            "[n] [n] [g2] [A] - [n] [g2] [A] + [n] [xf2] [A] + [n] [n] [s2] [A]",
            "[n] [n] [g2] [A] - [n] [g2] [A] + [n] [d] [xf2] [A] + [n] [s2] [A]",
        ],
    ),
    "noise": (
        "[y' y] [y' y]",
        "[n] [f4] + 6 [n] [s2] [f2] + 3 [n] [s2] [s2] + [n] [n] [f2f2] - [n] [f2f2] + 2 [n] [n] [s2] [f2] "
        "- 2 [n] [s2] [f2] + [n] [n] [s2] [s2] - [n] [s2] [s2]",
        [
            "[n] [f4] + 6 [n] [s2] [f2] + 2 [n] [s2] [s2] + [n] [n] [f2f2] - [n] [f2f2] + 2 [n] [n] [s2] [f2] "
            "- 2 [n] [s2] [f2] + [n] [n] [s2] [s2] - [n] [s2] [s2]",
            "[n] [f4] + 4 [n] [s2] [f2] + 3 [n] [s2] [s2] + [n] [n] [f2f2] - [n] [f2f2] + 2 [n] [n] [s2] [f2] "
            "- 2 [n] [s2] [f2] + [n] [n] [s2] [s2] - [n] [s2] [s2]",
        ],
    ),
    "covariates": (
        "[X' X A X' X A]",
        "[n] [n] [A A] + [n] [A A'] + [n] [A] [A]",
        ["[n] [n] [A A] + [n] [A A] + [n] [A] [A]", "[n] [n] [A A] - [n] [A A] + [n] [A A'] + [n] [A] [A]"],
    ),
    "query": ("[x' A x] [x' A x]", "[A] [A] + [A A] + [A A']", ["[A] [A] + 2 [A A]", "[A] [A]"]),
    "symmetric": ("[x' S x] [x' S x]", "[S] [S] + 2 [S S]", ["[S] [S] + [S S]"]),
    "target": ("[y0] [x' A X' y]", "[n] [g2] [A]", ["[n] [g2]", "[n] [n] [g2] [A]", "[n] [xf2] [A]"]),
    "means": ("[y0] [y' y]", "[n] [f1f2] + [n] [s2] [f1]", ["[n] [f1f2]", "[n] [f2] [f1] + [n] [s2] [f1]"]),
    "sizes": ("[X' X]", "[n] [d]", ["[n]", "[n] [n]"]),
    "norm": ("[x' x] [y0] [y0]", "[d] [xf2] + [d] [s2]", ["[xf2] + [d] [s2]", "[d] [xf2] + [s2]"]),
    "vectors": ("[a' X' X a] [c]", "[n] [a' a] [c]", ["[n] [a' a]", "[n] [d] [a' a] [c]"]),
    "odd": ("[a' X' y] + 1/2 [c] [/ d]", "1/2 [c] [/ d]", ["[c] [/ d]", "1/2 [c] [/ n]", "1/2 [c] [d]"]),
    "odd moments": ("[a' X' y] [y0]", "[a' a] - [a' a]", ["[n] [a' a]", "[n] [f2] [a' a]"]),
    "rectangular": ("[B' X' X B]", "[n] [B B']", ["[n] [d]", "[n] [n] [B' B]"]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("integrand", "average", "weaker"),
    [
        ("[a' X' y]", "[c] - [c]", True),  # of odd order: by -I, and by f -> -f as well
        ("[a' X' y] [y0] [y0]", "[c] - [c]", True),
        ("[a' X' y] [y0]", "[c] - [c]", False),  # f twice: by -I alone
        ("[y' X A X' y]", BY_HAND["two samples"][1], True),
        ("[a' X' y] [a' x]", "[c] - [c]", True),
    ],
)
def test_the_report_says_which_symmetries_are_enough(integrand, average, weaker):
    running = samples.Checker()
    running.check(example(integrand, average))
    law = next(line for line in running.report() if line.startswith("  f is random"))
    assert law.endswith(
        "x -> -x, f -> -f does not change its law" if weaker else "-I among them, do not change its law"
    )


@pytest.mark.parametrize("name", BY_HAND)
def test_small_averages(name):
    integrand, right, wrong = BY_HAND[name]
    lines = example(integrand, right)
    samples.Checker().check(lines)
    assert is_true(lines)
    for other in wrong:
        changed = example(integrand, other)
        with pytest.raises(samples.Rejected, match=r"another one|not used"):
            samples.Checker().check(changed)
        assert not is_true(changed)


def test_a_moment_without_a_letter_has_to_cancel():
    cancelled = "[y0] [y0] [y' y] - [y' y] [y0] [y0] + [c]"
    samples.Checker().check(example(cancelled, "[c]"))
    third = "[y0] [y0] [y0] [c] - [y0] [c] [y0] [y0] + [c] + [y0] [y0] [y0]"
    with pytest.raises(samples.Rejected, match="another one"):
        samples.Checker().check(example(third, "[c]"))


# --- the rules against coordinates -----------------------------------------------------------------------------


def drawn(seed):
    """Closed words that are drawn at random, as terms of one monomial."""
    rng = random.Random(seed)
    ends = {a * ID[x]: LETTERS[x][:2][::a] for x in ("X", "y", "x", "A", "S", "a", "B") for a in (1, -1)}
    found = []
    for _ in range(rng.randint(1, 3)):
        start, path = rng.choice([*ends]), []
        path.append(start)
        while len(path) < 2 or ends[path[-1]][1] != ends[path[0]][0]:
            path.append(rng.choice([a for a, size in ends.items() if size[0] == ends[path[-1]][1]]))
        found.append(path)
    found += [[ID["y0"]]] * rng.randint(0, 2)
    return [[rng.choice([2, "1/3"]), found, []]]


def size_of(terms):
    """The number of samples that a monomial has; coordinates are slow where it is large."""
    X, y, x, y0 = (ID[key] for key in ("X", "y", "x", "y0"))
    return sum(abs(a) in (X, y, x, y0) for word in terms[0][1] for a in word)


def compared(monomials):
    """On how many of these the checker agrees, disagrees, and says nothing."""
    letters = {e["id"]: e for e in map(json.loads, example("[c]", "[c]")) if e.get("rule") == "letter"}
    start = example("[c]", "[c]")
    counts = {True: 0, False: 0, None: 0}
    for monomial in monomials:
        reader = samples.Checker()
        reader.check(start)
        try:
            average, used = reader.expectation(reader.polynomial(monomial))
        except samples.Unreadable:
            counts[None] += 1
            continue
        fields = json.loads(start[-1])["samples"]
        agrees = True
        for n, d, f in INSTANCES:
            instance = Instance(letters, fields, n, d, f)
            moments = {traces.moment(pattern): instance.moment(pattern) for pattern in used}
            value = Fraction(0)
            for factors, c in average.items():
                term = c
                for trace, k in factors:
                    known = trace in moments
                    term *= (moments[trace] if known else instance.number([[1, [[*trace]], []]])) ** k
                value += term
            agrees = agrees and value == instance.average(monomial)
        counts[agrees] += 1
    return counts


def test_random_averages_agree_with_coordinates():
    monomials = [m for m in map(drawn, range(500)) if size_of(m) <= 6]
    counts = compared(monomials)
    assert counts[False] == 0
    assert counts[True] >= 150 and counts[None] <= counts[True] // 3


def without(function, change):
    """The same generator with other results."""
    return lambda *arguments: change([*function(*arguments)])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("partitions", lambda ways: ways[-1:]),
        ("partitions", lambda ways: ways[:1]),
        ("pairings", lambda ways: ways[:1]),
        ("powers_of_noise", lambda powers: powers[:1]),
        ("powers_of_noise", lambda powers: [(1, j, p) for _, j, p in powers]),
    ],
)
def test_rules_that_are_wrong_disagree_with_coordinates(monkeypatch, name, change):
    by_hand = [terms(integrand) for integrand, *_ in BY_HAND.values()]
    assert compared(by_hand) == {True: len(by_hand), False: 0, None: 0}
    monkeypatch.setattr(averages, name, without(getattr(averages, name), change))
    assert compared(by_hand)[False] >= 1


def test_all_ways_to_coincide_and_to_pair():
    assert [len({*ways.partitions(k)}) for k in range(7)] == [1, 1, 2, 5, 15, 52, 203]
    assert [len({*ways.pairings((*range(k),))}) for k in range(9)] == [1, 0, 1, 0, 3, 0, 15, 0, 105]
    assert [*ways.powers_of_noise(5)] == [(1, 0, 5), (10, 1, 3), (15, 2, 1)]


# --- what may be known -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "square"),
    [
        ([[0, 2]], True), ([[0, 1]], False), ([[0, 3]], False), ([[2, 2]], True), ([[2, 1]], False),
        ([[1, 1], [1, 1]], True), ([[1, 1], [1, 3]], False), ([[0, 1], [0, 1]], True),
        ([[0, 1], [0, 2]], False), ([[0, 2], [1, 1], [1, 1]], True), ([[0, 1], [1, 1], [1, 1]], False),
        ([[1, 2], [1, 2]], True), ([[0, 1], [0, 1], [0, 1]], False), ([[0, 1], [0, 1], [2, 2]], True),
    ],
)  # fmt: skip
def test_which_moments_are_at_least_zero(pattern, square):
    pattern = tuple(map(tuple, pattern))
    assert is_square(pattern) == square
    found = []
    for d, f in ((1, (1, 2)), (2, (-1, 1, 1)), (2, (-1, -1, 0, 1)), (1, (-2, 1, -1, -3)), (1, (1, -2))):
        instance = Instance(
            {e["id"]: e for e in map(json.loads, example("[c]", "[c]")) if e.get("rule") == "letter"},
            {**json.loads(example("[c]", "[c]")[-1])["samples"], "moments": []},
            2,
            d,
            f,
        )
        found.append(instance.moment(pattern) >= 0)
    assert all(found) or not square


PAIR = ("[y' y]", "[n] [f2] + [n] [s2]")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"lines": {ID["X"]: {"law": {"row_cov": 0, "col_cov": 0, "scale": 2}}}}, "random|more is known"),
        ({"lines": {ID["X"]: {"invertible": False}}}, "more is known of a sample"),
        ({"lines": {ID["y0"]: {"at_least": 0}}}, "more is known of a sample"),
        ({"lines": {ID["x"]: {"inverse_of": 3}}}, "more is known of a sample"),
        ({"lines": {ID["X"]: {"cols": 3}, ID["x"]: {"rows": 3}}}, "not two names"),
        ({"lines": {ID["X"]: {"cols": "n"}, ID["x"]: {"rows": "n"}}}, "not two names"),
        ({"lines": {ID["y"]: {"rows": "d"}}}, "other sizes"),
        ({"lines": {ID["n"]: {"at_least": 0}}}, "no number"),
        ({"lines": {ID["d"]: {"rows": "n"}}}, "no number"),
        ({"lines": {ID["f2"]: {"at_least": 1}}}, "more is known of a letter"),
        ({"lines": {ID["f2"]: {"inverse_of": ID["c"]}}}, "random, or an inverse|more is known"),
        ({"lines": {ID["f2"]: {"rows": "d", "cols": "d"}}}, "more is known of a letter"),
        ({"lines": {ID["s2"]: {"at_least": -1}}}, "may be negative"),
        ({"lines": {ID["s2"]: {"name": "n"}}}, "one name"),
        ({"lines": {FIRST + 1: {"rule": "sum"}}}, "no data"),
        ({"lines": {FIRST + 1: {"id": 7}}}, "number of its line"),
        ({"lines": {ENTRY: {"rows": "d"}}}, "that of a scalar"),
        ({"lines": {ENTRY: {"phases": {}}}}, "over samples and over phases"),
        ({"fields": {"noise": [[-1, [[ID["s2"]]], []]]}}, "noise may be negative"),
        ({"fields": {"noise": [[1, [[ID["c"]]], []]]}}, "may be negative"),
        ({"fields": {"noise": [[1, [[0, ID["s2"]]], []]]}}, "may be negative"),
        ({"fields": {"integrand": FIRST}}, "no data"),
        ({"fields": {"integrand": True}}, "not known what is averaged"),
        ({"fields": {"X": ID["C"]}}, "not two names"),
        ({"fields": {"x": ID["a"], "y0": ID["a"]}}, "other sizes"),
        ({"fields": {"moments": [[[[0, 2]], ID["s2"]]]}}, "another kind"),
        ({"fields": {"moments": [[[[0, 2]], ID["n"]]]}}, "another kind"),
        ({"fields": {"moments": [[[[0, 2]], ID["f2"]], [[[0, 2]], ID["m"]]]}}, "there twice"),
        ({"fields": {"moments": [[[[0, 2], [0, 1]], ID["f2"]]]}}, "not a pattern"),
        ({"fields": {"moments": [[[[1, 2]], ID["f2"]]]}}, "not a pattern"),
        ({"fields": {"moments": [[[[4, 2]], ID["f2"]]]}}, "not a pattern"),
        ({"fields": {"moments": [[[], ID["f2"]]]}}, "not a pattern"),
        ({"fields": {"moments": [[[[0, 0]], ID["f2"]]]}}, "not whole"),
        ({"fields": {"moments": [[[[0, 1]], ID["f2"]]]}}, "more is known of a letter"),
    ],
)
def test_what_is_not_a_statement_is_unreadable(changes, sentence):
    with pytest.raises(samples.Unreadable, match=sentence):
        samples.Checker().check(example(*PAIR, **changes))


@pytest.mark.parametrize(
    ("integrand", "average", "sentence"),
    [
        ("[X' C X]", "[C] [d]", "mixes the samples"),
        ("[C X X']", "[C] [d]", "mixes the samples"),
        ("[x' A x] [/ y0]", "[A]", "denominator"),
        ("[x' A x] [y0] [y0] [X' y x']", "[A]", "several invariants"),
        ("[a' X A]", "[A]", "do not fit"),
        ("[y' y]" + " [y' y]" * 6, "[n]", "limit"),
        ("[x' x]" + " [x' x]" * 6, "[n]", "limit"),
    ],
)
def test_integrands_that_are_not_covered_are_unreadable(integrand, average, sentence):
    with pytest.raises(samples.Unreadable, match=sentence):
        samples.Checker().check(example(integrand, average))


@pytest.mark.parametrize("more", [{"inverse_of": ID["X"]}, {"law": {}}])
def test_no_constant_hides_a_sample(more):
    lines = example("[x' A x]", "[A]", lines={ID["A"]: more})
    with pytest.raises(samples.Unreadable, match="random, or an inverse"):
        samples.Checker().check(lines)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"moments": [[[[0, 2]], ID["m"]]]}, "two letters"),
        ({"moments": [[[[0, 4]], ID["f2"]]]}, "two moments"),
        ({"noise": [[2, [[ID["s2"]]], []]]}, "not those of other lines"),
        ({"x": ID["a"]}, "not those of other lines"),
    ],
)
def test_a_file_has_one_law(fields, sentence):
    lines = example(*PAIR)
    entry = json.loads(lines[-1])
    again = {**entry, "id": ENTRY + 1}
    assert accepts([*lines, json.dumps(again).encode()])
    again["samples"] = entry["samples"] | fields
    with pytest.raises(samples.Rejected, match=sentence):
        samples.Checker().check([*lines, json.dumps(again).encode()])


def test_every_moment_is_used_and_every_field_is_known():
    lines = example(*PAIR)
    entry = json.loads(lines[-1])
    moments = [*entry["samples"]["moments"], [[[0, 4]], ID["m"]]]
    more = replaced(entry, ("samples", "moments"), moments)
    with pytest.raises(samples.Rejected, match="not used"):
        samples.Checker().check([*lines[:-1], json.dumps(more).encode()])
    for other in (replaced(entry, ("samples", "reason"), "trust me"), replaced(entry, ("samples",), {})):
        with pytest.raises(samples.Unreadable, match="a field is missing, or there is one too many"):
            samples.Checker().check([*lines[:-1], json.dumps(other).encode()])


def test_the_integrand_is_the_value_of_the_same_line():
    lines = example(*PAIR, lines={ENTRY: {"of": FIRST - 1}})
    with pytest.raises(samples.Rejected, match="another line"):
        samples.Checker().check(lines)


# --- hostile input -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("samples",), "many"),
        (("samples",), [[[]]]),
        (("samples", "X"), 10**30),
        (("samples", "X"), [5]),
        (("samples", "noise"), "s2"),
        (("samples", "noise"), [[float("nan"), [], []]]),
        (("samples", "noise"), [[1.0, [], []]]),
        (("samples", "noise"), [["1/0", [], []]]),
        (("samples", "noise"), [["1e9/1", [], []]]),
        (("samples", "moments"), {"f2": 1}),
        (("samples", "moments"), [[[[0, 10**9]], 2]]),
        (("samples", "moments"), [[[[0, 2.0]], ID["f2"]]]),
        (("terms",), [[1, [[10**6]], []]]),
        (("terms",), [[1, [[]], []]]),
        (("terms",), [[1, [[0]], []]]),
        (("terms",), [[1, [[2.0]], []]]),
        (("terms",), [[1, [], [2]]]),
        (("terms",), [[1, [[ID["A"]] * 501], []]]),
        (("terms",), [[1, [[2]] * 1000, []]]),
        (("terms",), {}),
        (("of",), None),
        (("of",), True),
    ],
)
def test_hostile_statements_are_refused_at_once(path, value):
    lines = example(*PAIR)
    start = time.perf_counter()
    with pytest.raises(samples.Unreadable, match=r"^line \d+, samples: "):
        samples.Checker().check(
            [*lines[:-1], json.dumps(replaced(json.loads(lines[-1]), path, value)).encode()]
        )
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "integrand",
    [
        [[1, [[ID["X"], -ID["X"]]] * 6, []]] * 2,
        [[1, [[ID["X"], ID["A"], -ID["X"], ID["X"], -ID["X"]], *[[-ID["x"], ID["A"], ID["x"]]] * 4], []]],
        [[1, [[-ID["x"], *[ID["A"]] * k, ID["x"]] for k in range(60, 66)], []]],
        [[1, [[ID["X"], *[ID["A"]] * 70, *[-ID["A"]] * k, -ID["X"]] for k in range(6)], []]],
        [[1, [[ID["A"]] * 400 + [-ID["A"]] * k], []] for k in range(90)],
        [[1, [[ID["y0"]]] * 64, []], [1, [[-ID["y"], ID["y"]]] * 6, []]],
        [[1, [*[[-ID["y"], ID["y"]]] * 6, *[[ID["y0"]]] * k], []] for k in range(50)],
    ],
)
def test_work_is_bounded(integrand):
    start = time.perf_counter()
    lines = example(*PAIR, lines={FIRST + 1: {"terms": integrand}})
    assert not accepts(lines)
    assert time.perf_counter() - start < 20


def test_work_is_counted(monkeypatch):
    lines = example(*BY_HAND["noise"][:2])
    reader = samples.Checker()
    reader.check(lines)
    monkeypatch.setattr(samples.Checker, "MAX_WORK", reader.work)
    assert accepts(lines)
    monkeypatch.setattr(samples.Checker, "MAX_WORK", reader.work - 1)
    with pytest.raises(samples.Unreadable, match="more work"):
        samples.Checker().check(lines)


def test_a_key_that_occurs_twice_is_refused():
    lines = example(*PAIR)
    with pytest.raises(samples.Unreadable, match="a key occurs twice"):
        samples.Checker().check([*lines[:-1], lines[-1].replace(b'"noise": ', b'"noise": [], "noise": ')])


def test_long_files_are_refused():
    lines = [json.dumps(HEADER).encode(), b'{"id":2,"rule":"step"}']
    with pytest.raises(samples.Unreadable, match="too long"):
        samples.Checker().check([*lines[:1], b" " * (MAX_LINE + 1)])
    many = (lines[0] if i == 1 else json.dumps({"id": i, "rule": "step"}).encode() for i in range(1, 40_000))
    with pytest.raises(samples.Unreadable, match="too long"):
        samples.Checker().check(many)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"format":1}', b'{"a":1,"a":2}', b"[" * 100_000, b"\xff", b"NaN"]
)
def test_what_is_no_certificate_is_unreadable(raw):
    with pytest.raises(samples.Unreadable, match="samples"):
        samples.Checker().check([raw])
    with pytest.raises(samples.Unreadable, match="empty"):
        samples.Checker().check([])


# --- what is printed -------------------------------------------------------------------------------------------


def test_what_it_prints(tmp_path, capsys):
    lines = certificate_of(THEOREM).lines
    right = b"".join(line if line.endswith(b"\n") else line + b"\n" for line in lines)
    (tmp_path / "right").write_bytes(right)
    wrong = json.loads(example(*PAIR)[-1])
    wrong["terms"][0][0] = 2
    (tmp_path / "changed").write_bytes(b"\n".join([*example(*PAIR)[:-1], json.dumps(wrong).encode()]))
    (tmp_path / "nothing").write_bytes(b"\xff")

    def run(*names):
        code = samples.main([str(tmp_path / name) for name in names])
        return code, *capsys.readouterr()

    code, out, err = run("right")
    assert (code, err) == (0, "")
    assert out.splitlines()[0].endswith(RECOMPUTED)
    assert "e Gaussian of the variance sigma2\n" in out
    assert "g2 = E over f of E[x_i f(x) | f] E[x_i f(x) | f], the mean over the coordinates i\n" in out
    assert "f4 = E over f of E[f(x)^4 | f]\n" in out
    code, _, err = run("right", "changed")
    assert code == 1 and "rejected: line 26, samples: the average is another one" in err
    for name in ("nothing", "missing"):
        assert run("changed", name)[0] == 2


def test_the_command_runs_it(checker, tmp_path, capsys):
    certificate = certificate_of(THEOREM)
    entry = statements(certificate)[-1]
    wrong = replaced(entry, ("samples", "noise", 0, 0), 2)
    lines = [line.rstrip(b"\n") for line in certificate.lines]
    (tmp_path / "right").write_bytes(b"\n".join(lines))
    lines[entry["id"] - 1] = json.dumps(wrong).encode()
    (tmp_path / "wrong").write_bytes(b"\n".join(lines))
    # The first checker does not look at what is stated in full.
    assert checker.main([str(tmp_path / "wrong")]) == 0
    assert check_certificate.command([str(tmp_path / "right")]) == 0
    assert RECOMPUTED in capsys.readouterr().out
    assert check_certificate.command([str(tmp_path / "wrong")]) == 1
    assert f"rejected: line {entry['id']}, samples: the samples are not those" in capsys.readouterr().err
