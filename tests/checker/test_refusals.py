"""Files that are no certificates: a clear refusal, in bounded time and memory."""

import json
import time
import tracemalloc

import pytest

from checker.conftest import certificate_of

SMALLEST = "sander2024.unitary"
HEADER = {
    "format": "symicl-certificate", "version": 2, "theorem": "t", "statement": "s", "source": "p",
    "assumptions": [], "axioms": [], "quantities": ["q"],
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


UNREADABLE = {
    "empty object": [b"{}"],
    "not JSON": [b"certificate"],
    "binary": [bytes(range(256))],
    "a list": [b"[1, 2]"],
    "NaN": [json.dumps(HEADER).encode().replace(b'"t"', b"NaN")],
    "infinity as the version": [json.dumps(HEADER).encode().replace(b"2,", b"Infinity,", 1)],
    "a rounded version": [json.dumps(HEADER).encode().replace(b"2,", b"2.0,", 1)],
    "version 1": [json.dumps(HEADER | {"version": 1}).encode()],
    "version 3": [json.dumps(HEADER | {"version": 3}).encode()],
    "another format": [json.dumps(HEADER | {"format": "something"}).encode()],
    "a field more in the header": [json.dumps(HEADER | {"trust": "me"}).encode()],
    "a key twice": lines(b'{"id": 2, "rule": "step", "title": "a", "title": "b"}'),
    "deep nesting": lines(b'{"id": 2, "rule": "data", "terms": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "deep but balanced objects": lines(b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "a huge line": lines(b'{"id": 2, "rule": "step", "title": "' + b"a" * 2_000_000 + b'"}'),
    "a huge number": lines(b'{"id": 2, "rule": "step", "title": ' + b"9" * 100_000 + b"}"),
    "a number in exponent form": lines(
        {"id": 2, "rule": "data", "rows": 1, "cols": 1, "terms": [["1e9", [], []]]}
    ),
    "a number to a huge exponent": lines(
        letter(2), {"id": 3, "rule": "data", "rows": 1, "cols": 1, "terms": [["1e999999999/1", [], []]]}
    ),
    "a fraction over zero": lines({"id": 2, "rule": "data", "rows": 1, "cols": 1, "terms": [["1/0", [], []]]}),
    "no rule": lines({"id": 2}),
    "a rule that is a list": lines({"id": 2, "rule": ["sum"]}),
    "the name of a method": lines({"id": 2, "rule": "__init__"}),
    "a missing field": lines({"id": 2, "rule": "letter", "name": "a", "rows": 1}),
    "text for a list": lines(letter(2), {"id": 3, "rule": "sum", "parts": "22"}),
    "a list for a number": lines({"id": 2, "rule": "letter", "name": "a", "rows": [1], "cols": 1}),
    "true for a number": lines(letter(2), {"id": 3, "rule": "transpose", "of": True}),
    "a long word": lines(
        letter(2, rows=2, cols=2),
        {"id": 3, "rule": "data", "rows": 2, "cols": 2, "terms": [[1, [], [2] * 100_000]]},
    ),
    "many lines": lines(*({"id": id, "rule": "step", "title": ""} for id in range(2, 30_003))),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read(checker, name):
    start = time.perf_counter()
    with pytest.raises(checker.Unreadable, match=r"^line \d+, "):
        checker.Checker().check(UNREADABLE[name])
    assert time.perf_counter() - start < 20


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
        running.values[running.id] = getattr(running, f"rule_{line['rule']}")(**fields)
        running.lines[running.id] = line


def test_an_empty_file_proves_nothing(checker):
    with pytest.raises(checker.Rejected, match="without a verdict"):
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
