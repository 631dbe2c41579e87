"""A derivation on a page, and in full."""

import re
from dataclasses import replace

import pytest

from symicl.cli.derivation_text import LINES, WIDTH, Writer, in_full, on_a_page
from symicl.statements import find
from symicl.views import Typesetting

OF_THE_FIRST_PAPERS = (
    "mahankali2023.isotropic",
    "mahankali2023.preconditioned",
    "mahankali2023.nonlinear",
    "zhang2024.gd_beta",
    "zhang2024.ltb",
    "zhang2024.lsa_gap",
    "zhang2024.bayes",
    "zhang2024.gradient_flow",
    "zheng2024.limit",
    "zheng2024.capability",
    "zheng2024.not_gd",
    "zheng2024.stability",
    "sander2024.augmented",
    "sander2024.unitary",
)
# Their statements and titles of steps are longer than a page.
LONGER = {"zhang2024.gradient_flow": 62, "zheng2024.limit": 63}


@pytest.mark.parametrize("id", OF_THE_FIRST_PAPERS)
def test_it_fits_on_a_page_with_all_its_steps(id):
    theorem = find(id)
    derivation = theorem.derive()
    lines = on_a_page(theorem, derivation, None).split("\n")
    assert len(lines) <= LONGER.get(id, LINES) and max(map(len, lines)) <= WIDTH
    flat = " ".join(" ".join(lines).split())
    with Typesetting().of(theorem, derivation) as typeset:
        writer = Writer(theorem, derivation, typeset)
        statement = [line.strip(" -:") for line in (*writer.assumptions(), *writer.stated())]
    assert [line for line in statement if " ".join(line.split()) not in flat] == []
    numbers = [int(found[1]) for line in lines if (found := re.match(r"(\d+)\. ", line))]
    assert numbers == list(range(1, len(derivation.steps) + 1))
    assert lines[-1].endswith(f"symicl derive {id} --full")


def changed(derivation, change):
    """The derivation with other checks at its first step that has any."""
    steps = list(derivation.steps)
    at = next(i for i, step in enumerate(steps) if step.checks)
    steps[at] = replace(steps[at], checks=change(steps[at].checks))
    return replace(derivation, steps=tuple(steps))


def test_in_full_no_check_is_printed_twice():
    theorem = find("zhang2024.gd_beta")
    twice = changed(theorem.derive(), lambda checks: (checks[0], checks[0]))
    proof = in_full(theorem, twice, None).partition("\nProof\n")[2]
    for step in re.split(r"\n\n(?=\d+\. )", proof):
        checks = [line for line in step.split("\n") if line.strip().startswith("checked")]
        assert len(checks) == len(set(checks))
    assert "checked ×2: " in proof


def test_what_is_argued_is_counted_as_such():
    theorem = find("zhang2024.gd_beta")
    argued = changed(theorem.derive(), lambda checks: (replace(checks[0], argued=True),))
    assert "[1 argued, not checked]" in on_a_page(theorem, argued, None)
