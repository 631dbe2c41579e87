"""Averages over phases that are wrong in one place, made from the statements of real certificates."""

import copy
import json
from fractions import Fraction


def statements(certificate):
    """The entries that state an average in full."""
    return [e for e in certificate.entries if "powers" in e.get("phases", {})]


def parts(certificate):
    """The entries that take something from such a statement: a power of t − 1, a time, all places, or a sum over t."""
    return [e for e in certificate.entries if "of" in e.get("phases", {})]


def corruptions(entry, most=10**9, field="phases"):
    """Every number one more and one less, every list shorter or longer, every flag, name and value another one.

    If these are more than ``most``, only every second, third, … of them.
    """
    stated = {key: entry[key] for key in ("terms", field) if key in entry}
    found = [(path, *other) for path, value in _leaves(stated, ()) for other in _others(path, value)]
    for path, what, other in found[:: 1 + len(found) // most]:
        yield f"{'.'.join(map(str, path))}: {what}", replaced(entry, path, other)
    for key in entry[field]:
        yield f"{field}.{key}: left out", _without(entry, field, key)
    yield f"{field}: another field", replaced(entry, (field, "reason"), "trust me")


def replaced(entry, path, value):
    """The entry with another value at a path; what is not on the path is shared with it."""
    changed = copy.copy(entry)
    inner = changed
    for key in path[:-1]:
        inner[key] = inner = copy.copy(inner[key])
    inner[path[-1]] = value
    return changed


def _without(entry, field, left_out):
    return {**entry, field: {key: value for key, value in entry[field].items() if key != left_out}}


def _leaves(value, path):
    """All parts of a statement with their paths."""
    if path:
        yield path, value
    if isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(part, (*path, key))


def _others(path, value):
    if isinstance(value, bool):
        yield "the opposite", not value
    elif isinstance(value, int):
        yield from (
            ("one more", value + 1),
            ("one less", value - 1),
            ("text", str(value)),
            ("0.5 more", value + 0.5),
        )
    elif isinstance(value, str):
        number = "/" in value
        yield "another one", str(Fraction(value) + Fraction(1, 7)) if number else value + "2"
    elif isinstance(value, list):
        yield "nested", [value]
        if value:
            yield from (("one less", value[1:]), ("the last one twice", [*value, value[-1]]))
        if len(value) > 1 and value != value[::-1]:
            yield "another order", value[::-1]


def as_file(certificate, entry):
    """The header, the letters and the average that the entry refers to, and the entry, as lines with their numbers."""
    lines = [certificate.lines[0]]
    for old in certificate.entries[1 : entry["id"] - 1]:
        needed = old["rule"] == "letter" or old["id"] == entry["phases"].get("of")
        kept = old if needed else {"id": old["id"], "rule": "step", "title": ""}
        lines.append(json.dumps(kept).encode())
    return [*lines, json.dumps(entry).encode()]
