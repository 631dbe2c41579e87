"""A rule of expectation is a file of its own: nobody else has to be told of it."""

import importlib
import json
import pkgutil
import re
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

import symicl as si
import symicl.expectation
from symicl.algebra import WRITERS, Polynomial, asserted_as, read_scalar, reported
from symicl.certificates import recording
from symicl.statements import CertificateWriter, Recorder

PACKAGE = Path(si.__file__).parent
ELSEWHERE = {"inverses rewritten"}
"""Rules of other rooms, which are no averages; they are there once their room is."""
n = si.dims("n")
x = sympy.Symbol("x", real=True)


@pytest.fixture
def coin(monkeypatch):
    """E over x, which is 0 or 1, of a polynomial without constant term in it."""
    claim, why = "an expectation over a coin", "x is 0 or 1, each with probability 1/2"
    monkeypatch.setitem(WRITERS, "a coin", asserted_as(claim, why))
    ((word,),) = read_scalar(x).terms

    @reported("a coin")
    def over_a_coin(polynomial):
        return Polynomial({tuple(w for w in m if w != word): Fraction(c, 2) for m, c in polynomial})

    return over_a_coin


def test_a_rule_of_ones_own_is_written_as_it_says(coin):
    step = Recorder()
    with recording() as found:
        step("a step")
        mean = coin(read_scalar(x) * read_scalar(n))
        step.check("the mean is n/2", mean + mean, read_scalar(n))
    writer = CertificateWriter(found, {})
    writer.write_facts()
    entries = [json.loads(line) for line in writer.lines]
    (asserted,) = (entry for entry in entries if entry.get("rule") == "asserted")
    assert (asserted["claim"], asserted["why"]) == (
        "an expectation over a coin",
        "x is 0 or 1, each with probability 1/2",
    )
    assert asserted["of"] in [entry["id"] for entry in entries if entry.get("rule") == "product"]
    (equal,) = (entry for entry in entries if entry.get("rule") == "equal")
    (left,) = (entry for entry in entries if entry.get("id") == equal["left"])
    assert left["parts"] == [asserted["id"]] * 2


def test_the_table_of_rules_is_complete_and_its_files_exist():
    for module in pkgutil.walk_packages(symicl.expectation.__path__, "symicl.expectation."):
        importlib.import_module(module.name)
    text = (PACKAGE.parent / "CONTRIBUTING.md").read_text()
    table = text.partition("| rule | computed")[2].partition("\n\n")[0].splitlines()[2:]
    rules, files = set(), []
    for row in table:
        rule, computed, by, checker, engine = row.strip("| ").split(" | ")
        rules |= set(re.findall("`([^`]*)`", rule))
        files += [PACKAGE / "expectation" / name for name in re.findall("`([^`]*)`", f"{computed} {by}")]
        files += [PACKAGE / "certificates" / name for name in re.findall("`([^`]*)`", f"{checker} {engine}")]
    assert rules == set(WRITERS) - ELSEWHERE
    assert len(files) > 10
    assert [str(file) for file in files if not file.exists()] == []
