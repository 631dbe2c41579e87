"""Averages over samples that are wrong in one place, made from the statements of real certificates."""

import copy
import json

from checker.phase_corruption import corruptions as corruptions_of
from checker.phase_corruption import replaced


def statements(certificate):
    """The entries that state an average in full."""
    return [e for e in certificate.entries if "samples" in e]


def as_file(certificate, entry):
    """The header, the letters, the integrand and the entry, as lines with their numbers."""
    lines = [certificate.lines[0]]
    for old in certificate.entries[1 : entry["id"] - 1]:
        needed = old["rule"] == "letter" or old["id"] == entry["samples"]["integrand"]
        kept = old if needed else {"id": old["id"], "rule": "step", "title": ""}
        lines.append(json.dumps(kept).encode())
    return [*lines, json.dumps(entry).encode()]


def corruptions(entry, most=10**9):
    """Every number, list and field changed; signs of letters; the letters of two fields exchanged; terms left out."""
    yield from corruptions_of(entry, most, "samples")
    fields = entry["samples"]
    for one, other in (("X", "y"), ("x", "y"), ("y", "y0"), ("X", "x"), ("x", "y0")):
        swapped = replaced(entry, ("samples", one), fields[other])
        yield f"{one} and {other} exchanged", replaced(swapped, ("samples", other), fields[one])
    for i, (pattern, x) in enumerate(fields["moments"]):
        for j in range(i):
            swapped = replaced(entry, ("samples", "moments", i, 1), fields["moments"][j][1])
            yield "the letters of two moments exchanged", replaced(swapped, ("samples", "moments", j, 1), x)
        for other in (
            [[0, 1]],
            [[2, 1]],
            [[0, 3]],
            [[1, 1], [1, 3]],
            [[0, 2], [1, 1], [1, 1]],
            [[1, 2], [1, 2]],
        ):
            if other != pattern:
                yield "another pattern", replaced(entry, ("samples", "moments", i, 0), other)
    yield from changed_terms(entry, ("terms",), most)
    for noise in ([], fields["noise"] * 2, [[2, *fields["noise"][0][1:]]], [[1, [], []]]):
        yield "another noise", replaced(entry, ("samples", "noise"), noise)


def changed_terms(entry, path, most=10**9):
    """Each term left out, doubled, with the opposite sign, with a factor more or less, or with a letter transposed."""
    terms = entry
    for key in path:
        terms = terms[key]
    found = [("a term more", [*terms, [1, [], []]])]
    for i, (c, words, rest) in enumerate(terms):
        others = [
            ("left out", []),
            ("twice", [terms[i]] * 2),
            ("the opposite", [[_opposite(c), words, rest]]),
        ]
        for j, word in enumerate(words):
            less = words[:j] + words[j + 1 :]
            others += [("a factor less", [[c, less, rest]]), ("a factor more", [[c, [*words, word], rest]])]
            for k, a in enumerate(word):
                turned = [*word[:k], -a, *word[k + 1 :]]
                others.append(("transposed", [[c, [*words[:j], turned, *words[j + 1 :]], rest]]))
        found += [(f"term {i}: {what}", terms[:i] + other + terms[i + 1 :]) for what, other in others]
    for what, other in found[:: 1 + len(found) // most]:
        yield what, replaced(entry, path, other)


def _opposite(c):
    return -c if isinstance(c, int) else c[1:] if c.startswith("-") else f"-{c}"


def with_integrand(lines, entry, data):
    """The file with another integrand."""
    changed = copy.copy(lines)
    changed[entry["samples"]["integrand"] - 1] = json.dumps(data).encode()
    return changed
