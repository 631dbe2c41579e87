"""Every proposition, quantity and law of the newer theorems, forged in each field: refused, or visible in the report.

Unlike those of `semantic_forgeries`, these changes are not thought of one by one but made from the fields: a value is
doubled, another line is named, a part of a list is left out, a word of yes and no is turned around, a law is that of
another letter. Some of each theorem are tried by default, all of them in the slow tests.
"""

import pytest

from checker.conftest import certificate_of
from checker.semantic_forgeries import ALSO_SAID, SAID, File
from checker.test_semantic_forgeries import forged, real_report, without_words
from symicl.certificates.checkers import proof
from symicl.certificates.checkers.proof.fields import KIND
from symicl.cli.catalogue_comparison import differences

THEOREMS = (
    "ahn2023.depth", "attention.centred", "letey2025.mismatch", "li2024.retrieval", "li2025.gating", "tokens.sphere",
    "tokens.elliptical", "tokens.correlated", "tokens.kurtosis", "wu2023.excess", "zhang2023.optimum",
    "zhang2023.test_risk",
)  # fmt: skip
PROPOSITIONS = {*SAID, *ALSO_SAID}
RULES = PROPOSITIONS | {"predicted", "minimum", "joint_minimum", "stated"}
EACH = 10
"""Of each theorem by default."""
TRUE_AS_WELL = (
    ("attained", "parameters"),  # which no more are needed of, or in another order
    ("attained", "weights"),
    ("joint_minimum", "normals"),
)
"""Fields of which a part, or the order, may be left out, and the entry says the same."""


def changes(entries):
    """What is changed, the place of the entry, the field and its new value, a list with the node that is doubled."""
    for place, entry in enumerate(entries):
        if entry["rule"] == "letter":
            yield from of_a_letter(entries, place, entry)
        elif entry["rule"] in RULES:
            for field, value in entry.items():
                if field not in ("id", "rule", "claim", "print"):
                    yield from of_a_field(entries, place, entry, field, value)


def of_a_letter(entries, place, letter):
    """Another bound, no symmetry, or another law."""
    name = f"letter {letter['name']}"
    if "at_least" in letter:
        yield f"{name}: its bound", place, "at_least", letter["at_least"] + 1
    if (letter["rows"], letter["cols"]) != (1, 1):
        for field in ("symmetric", "invertible"):
            yield f"{name}: {field}", place, field, not letter.get(field, False)
    for key, value in letter.get("law", {}).items():
        others = (
            e["id"]
            for e in entries[:place]
            if type(value) is int
            and e["rule"] == "letter"
            and e["id"] != value
            and e["rows"] == letter["rows"]
        )
        for other in list(others)[:1]:
            yield f"{name}: {key} of its law", place, "law", letter["law"] | {key: other}
        if type(value) is list and value:
            yield f"{name}: less of its law", place, "law", letter["law"] | {key: value[:-1]}


def of_a_field(entries, place, entry, field, value):
    """What a field of a proposition or of a quantity may be instead."""
    kind, name = KIND.get(field, "node"), f"{entry['rule']} {entry['id']}: {field}"
    if kind == "node":
        yield f"{name} doubled", place, field, [value]
    if kind in ("node", "id"):
        for other in (value - 1, value + 1):
            yield f"{name} is another line, {other}", place, field, other
    if kind == "bool":
        yield f"{name} turned around", place, field, not value
    if kind == "letter":
        other = next((e["id"] for e in entries[:place] if e["rule"] == "letter" and e["id"] != value), value)
        yield f"{name} is another letter", place, field, other
    if type(value) is list:
        for k in range(min(len(value), 4)):
            yield f"{name} without {k}", place, field, value[:k] + value[k + 1 :]
        if len(value) > 1:
            yield f"{name} reversed", place, field, value[::-1]
    if field == "name":
        others = (e["name"] for e in entries if e["rule"] == "stated" and e["name"] != value)
        yield from ((f"{name} is {other}", place, field, other) for other in list(others)[:1])


def file_with(theorem, place, field, value):
    """The forged file, with the lines behind what is doubled moved behind it."""
    file = File(certificate_of(theorem).text)
    entry = file.entries[place]
    if type(value) is list and len(value) == 1 and KIND.get(field, "node") == "node":
        value = file.put("product", parts=[file.number(2), *value])
        behind = file.said_after(entry) if entry["rule"] in PROPOSITIONS else []
        file.later(entry | {field: value}, *behind)
    else:
        entry[field] = value
    file.entries[-1] |= {"id": len(file.entries) + 1, "entries": len(file.entries) + 1}
    return file


def outcome(theorem, place, field, value):
    """ "refused", "shown" or "unnoticed"."""
    try:
        running = forged(theorem, file_with(theorem, place, field, value))
    except (proof.Rejected, proof.Unreadable):
        return "refused"
    report, real = (without_words(lines) for lines in (tuple(running.report()), real_report(theorem)))
    return "shown" if differences(real, report) else "unnoticed"


def is_the_same(theorem, place, field, value):
    """True if the changed entry says what the real one does: 0 doubled, or a list with more than is needed."""
    entries = certificate_of(theorem).entries[1:]
    if type(value) is list and len(value) == 1 and KIND.get(field, "node") == "node":
        return entries[value[0] - 2].get("terms") == []
    return (entries[place]["rule"], field) in TRUE_AS_WELL


def check(theorem, found):
    name, *change = found
    assert outcome(theorem, *change) != "unnoticed" or is_the_same(theorem, *change), name


@pytest.mark.parametrize("theorem", THEOREMS)
def test_some_changes_are_refused_or_seen(theorem):
    found = list(changes(certificate_of(theorem).entries[1:]))
    assert len(found) >= EACH
    for change in found[:: len(found) // EACH][:EACH]:
        check(theorem, change)


@pytest.mark.slow
@pytest.mark.parametrize("theorem", THEOREMS)
def test_all_changes_are_refused_or_seen(theorem):
    for change in changes(certificate_of(theorem).entries[1:]):
        check(theorem, change)
