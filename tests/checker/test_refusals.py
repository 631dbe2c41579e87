"""Files that are no certificates: a clear refusal, in bounded time and memory."""

import json
import re
import time
import tracemalloc

import pytest

from checker.conftest import certificate_of
from symicl.certificates.checkers.proof.rules import RULES

SMALLEST = "sander2024.unitary"
HEADER = {
    "format": "symicl-certificate", "version": 3, "theorem": "t", "statement": "s", "source": "p",
    "assumptions": [], "axioms": [], "argued": [], "quantities": ["q"], "propositions": [],
}  # fmt: skip


def lines(*entries):
    return [entry if isinstance(entry, bytes) else json.dumps(entry).encode() for entry in (HEADER, *entries)]


def letter(id, **more):
    return {"id": id, "rule": "letter", "name": f"a{id}", "rows": 1, "cols": 1, **more}


def bomb(levels):
    """(a + b + c)² squared again and again."""
    entries = [letter(2), letter(3), letter(4), {"id": 5, "rule": "sum", "parts": [2, 3, 4]}]
    for id in range(6, 6 + levels):
        entries.append({"id": id, "rule": "product", "parts": [id - 1, id - 1]})
    return entries


VERSION = "it is of version %s, and version 3 alone is read here"
FORMAT = "it is not a ('symicl-certificate', 3) with its fields"
NATURAL = "a natural number is needed"
FIELDS = "its fields are not those of its rule"
UNKNOWN = "its rule is unknown"
LONG = "the line or the file is too long"


def data(*terms, size=1):
    return {"id": 3, "rule": "data", "rows": size, "cols": size, "terms": list(terms)}


UNREADABLE = {
    "empty object": (FORMAT, [b"{}"]),
    "not JSON": ("it is not a line of JSON (JSONDecodeError)", [b"certificate"]),
    "binary": ("it is not a line of JSON (JSONDecodeError)", [bytes(range(256))]),
    "a list": ("it is not a JSON object", [b"[1, 2]"]),
    "NaN": ("it has something else where a str is needed", [json.dumps(HEADER).encode().replace(b'"t"', b"NaN")]),
    "infinity as the version": (VERSION % "inf", [json.dumps(HEADER).encode().replace(b"3,", b"Infinity,", 1)]),
    "a rounded version": (NATURAL, [json.dumps(HEADER).encode().replace(b"3,", b"3.0,", 1)]),
    "an older version": (VERSION % 2, [json.dumps(HEADER | {"version": 2}).encode()]),
    "a newer version": (VERSION % 4, [json.dumps(HEADER | {"version": 4}).encode()]),
    "propositions that are no text": (
        "it has something else where a str is needed", [json.dumps(HEADER | {"propositions": [1]}).encode()],
    ),
    "another format": (FORMAT, [json.dumps(HEADER | {"format": "something"}).encode()]),
    "a field more in the header": (FORMAT, [json.dumps(HEADER | {"trust": "me"}).encode()]),
    "a title in two lines": (
        "it has something else where a str is needed", lines({"id": 2, "rule": "step", "title": "a\n b"}),
    ),
    "an axiom with an escape": (
        "it has something else where a str is needed", [json.dumps(HEADER | {"axioms": ["\x1b[2K"]}).encode()],
    ),
    "an assumption with an escape": (
        "it has something else where a str is needed",
        [json.dumps(HEADER | {"assumptions": ["a", "\x1b[2K"]}).encode()],
    ),
    "a quantity that is a number": (
        "it has something else where a str is needed", [json.dumps(HEADER | {"quantities": ["q", 1]}).encode()],
    ),
    "a statement that is a list": (
        "it has something else where a str is needed", [json.dumps(HEADER | {"statement": ["s"]}).encode()],
    ),
    "a key twice": ("a key occurs twice", lines(b'{"id": 2, "rule": "step", "title": "a", "title": "b"}')),
    "deep nesting": (
        "it is not a line of JSON (RecursionError)",
        lines(b'{"id": 2, "rule": "data", "terms": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ),
    "deep but balanced objects": (
        "it is not a line of JSON (RecursionError)", lines(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    ),
    "a huge line": (LONG, lines(b'{"id": 2, "rule": "step", "title": "' + b"a" * 2_000_000 + b'"}')),
    "a huge number": (
        "it is not a line of JSON (ValueError)", lines(b'{"id": 2, "rule": "step", "title": ' + b"9" * 100_000 + b"}"),
    ),
    "a number in exponent form": (
        "it has something else where an exact number is needed", lines(letter(2), data(["1e9", [], []])),
    ),
    "a number to a huge exponent": (FIELDS, lines(letter(2), data(["1e999999999/1", [], []]))),
    "a number that is none": (
        "it has something else where an exact number is needed", lines(letter(2), data([None, [], []])),
    ),
    "a fraction over zero": (FIELDS, lines(letter(2), data(["1/0", [], []]))),
    "no rule": (UNKNOWN, lines({"id": 2})),
    "a rule that is a list": (UNKNOWN, lines({"id": 2, "rule": ["sum"]})),
    "the name of a method": (UNKNOWN, lines({"id": 2, "rule": "__init__"})),
    "a missing field": (FIELDS, lines({"id": 2, "rule": "letter", "name": "a", "rows": 1})),
    "text for a list": (
        "it has something else where a list is needed", lines(letter(2), {"id": 3, "rule": "sum", "parts": "22"}),
    ),
    "a list for a number": (NATURAL, lines({"id": 2, "rule": "letter", "name": "a", "rows": [1], "cols": 1})),
    "true for a number": (NATURAL, lines(letter(2), {"id": 3, "rule": "transpose", "of": True})),
    "text for the letter of a word": (NATURAL, lines(letter(2), data([1, [["2"]], []]))),
    "a term of two parts": ("a list has something else than 3 parts", lines(letter(2), data([1, []]))),
    "a term that is a text": ("a list has something else than 3 parts", lines(letter(2), data("abc"))),
    "a long word": (
        "a word is longer than the limit", lines(letter(2, rows=2, cols=2), data([1, [], [2] * 501], size=2)),
    ),
    "a long monomial": (
        "a monomial is longer than the limit",
        lines(*(letter(id) for id in range(2, 503)), data([1, [[id] for id in range(2, 503)], []]) | {"id": 503}),
    ),
    "many lines": (LONG, lines(*({"id": id, "rule": "step", "title": ""} for id in range(2, 30_003)))),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(checker, name):
    start = time.perf_counter()
    sentence, raw = UNREADABLE[name]
    with pytest.raises(checker.Unreadable, match=rf"^line \d+, .+: {re.escape(sentence)}$"):
        checker.Checker().check(raw)
    assert time.perf_counter() - start < 20


def ends(checker, raw):
    """What is wrong with a file, which has no verdict in any case."""
    with pytest.raises((checker.Rejected, checker.Unreadable)) as caught:
        checker.Checker().check(raw)
    return str(caught.value).split(": ", 1)[1]


def test_words_and_monomials_as_long_as_the_limit(checker, monkeypatch):
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    missing = "the certificate ends without a verdict"
    word = data([1, [], [2] * 500], size=2) | {"print": 1}
    assert ends(checker, lines(letter(2, rows=2, cols=2), word)) == missing
    letters = [letter(id) for id in range(2, 502)]
    monomial = data([1, [[id] for id in range(2, 502)], []]) | {"id": 502, "print": 1}
    assert ends(checker, lines(*letters, monomial)) == missing


def test_a_file_as_long_as_the_limit(checker):
    raw = lines(*({"id": id, "rule": "step", "title": ""} for id in range(2, 30_001)))
    assert ends(checker, raw) == "the certificate ends without a verdict"


def test_a_power_as_high_as_the_limit(checker, monkeypatch):
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    for power, sentence in (
        (64, "the certificate ends without a verdict"),
        (65, "a power is higher than the limit"),
    ):
        high = data([1, [[2]] * power + [[3]] * 65, []]) | {"id": 4, "print": 1}
        other = {"id": 5, "rule": "substitute", "of": 4, "letters": [[2, 3]], "print": 1}
        raw = lines(letter(2), letter(3), high, other)
        assert ends(checker, raw) == sentence
        with pytest.raises(checker.Unreadable if power > 64 else checker.Rejected):
            checker.Checker().check(raw)


@pytest.mark.parametrize(("more", "sentence"), [(0, "the certificate ends without a verdict"),
                                                 (1, "a value is larger than the limit")])  # fmt: skip
def test_numbers_as_large_as_the_limit(checker, monkeypatch, more, sentence):
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    for text in ("{}/1", "1/{}"):
        numbers = [text.format(2 ** (2047 + k)) for k in (0, more)]
        one, other = (
            {"rule": "data", "rows": 1, "cols": 1, "terms": [[c, [], []]], "print": 1} for c in numbers
        )
        raw = lines(
            {**one, "id": 2}, {**other, "id": 3}, {"id": 4, "rule": "product", "parts": [2, 3], "print": 1}
        )
        assert ends(checker, raw) == sentence
        with pytest.raises(checker.Unreadable if more else checker.Rejected):
            checker.Checker().check(raw)


def test_as_many_terms_as_the_limit(checker, monkeypatch):
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    letters = [letter(id) for id in range(2, 653)]
    one, other = list(range(2, 252)), list(range(252, 652))
    entries = [
        {"id": 653, "rule": "sum", "parts": one, "print": 1}, {"id": 654, "rule": "sum", "parts": other, "print": 1},
        {"id": 655, "rule": "product", "parts": [653, 654], "print": 1},
        {"id": 656, "rule": "sum", "parts": [655, 652], "print": 1},
    ]  # fmt: skip
    assert ends(checker, lines(*letters, *entries[:3])) == "the certificate ends without a verdict"
    assert ends(checker, lines(*letters, *entries)) == "a value is larger than the limit"


def test_work_is_added_up(checker, monkeypatch):
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    raw = lines(*(entry | {"print": 1} if entry["rule"] != "letter" else entry for entry in bomb(3)))
    running = checker.Checker()
    with pytest.raises(checker.Rejected, match="without a verdict"):
        running.check(raw)
    monkeypatch.setattr(checker.Checker, "MAX_WORK", running.work)
    assert ends(checker, raw) == "the certificate ends without a verdict"
    monkeypatch.setattr(checker.Checker, "MAX_WORK", running.work - 1)
    with pytest.raises(checker.Unreadable, match=r"it takes more work than the limit allows$"):
        checker.Checker().check(raw)


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"id": 7, "rule": "step", "title": ""}, "its id is not the number of its line"),
        ({"id": 2.0, "rule": "step", "title": ""}, "its id is not the number of its line"),
        ({"id": 2, "rule": "data", "rows": 1, "cols": 1, "terms": [[1, [], []]], "print": 5},
         "its value is not the one that was printed"),
        ({"id": 2, "rule": "data", "rows": 1, "cols": 1, "terms": [[1, [], []]]},
         "its value is not the one that was printed"),
        ({"id": 2, "rule": "step", "title": "", "print": 1}, "its value is not the one that was printed"),
        ({"id": 2, "rule": "twenty_letters_long_x", "title": ""}, "its rule is unknown"),
    ],
)  # fmt: skip
def test_an_entry_that_is_not_what_it_says(checker, entry, sentence):
    assert ends(checker, lines(entry)) == sentence


def test_a_value_that_grows_and_grows(checker):
    start = time.perf_counter()
    with pytest.raises(checker.Unreadable, match="limit"):
        explode(checker, lines(*bomb(30)))
    assert time.perf_counter() - start < 20


@pytest.mark.slow
def test_memory_is_bounded(checker):
    tracemalloc.start()
    with pytest.raises(checker.Unreadable, match="limit"):
        explode(checker, lines(*bomb(30)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500 * 2**20


def explode(checker, raw):
    """Apply the rules of a file that has no prints."""
    running = checker.Checker()
    for running.id, line in enumerate(map(json.loads, raw[1:]), 2):
        running.origins[running.id] = set()
        fields = {name: value for name, value in line.items() if name not in ("id", "rule")}
        running.values[running.id] = RULES[line["rule"]](running, **fields)
        running.lines[running.id] = line


def test_an_empty_file_proves_nothing(checker):
    with pytest.raises(checker.Rejected, match=r"^line 1, header: the certificate ends without a verdict$"):
        checker.Checker().check([])


def test_a_header_alone_proves_nothing(checker):
    with pytest.raises(checker.Rejected, match="without a verdict"):
        checker.Checker().check(lines())


def test_a_verdict_without_quantities_proves_nothing(checker):
    header = json.dumps(HEADER | {"quantities": []}).encode()
    verdict = json.dumps({"id": 2, "rule": "verdict", "verdict": "proved", "entries": 2}).encode()
    with pytest.raises(checker.Rejected, match="does not prove"):
        checker.Checker().check([header, verdict])


def test_an_undecided_verdict_is_rejected(checker):
    text = certificate_of(SMALLEST).text.replace('"verdict":"proved"', '"verdict":"undecided"')
    with pytest.raises(checker.Rejected, match="does not prove"):
        checker.Checker().check(text.encode().splitlines())
