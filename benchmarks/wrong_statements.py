"""How many wrong versions of each statement are refuted.

    python benchmarks/wrong_statements.py --markdown docs/wrong-statements.md

Every stated closed form of the catalogue is changed in every single way that `symicl.statements.mutate` knows, and each
change that makes a difference is compared with what the derivation finds. So is every proposition, quantifiers and all.
Exit code: 0 if all closed forms are refuted and no proposition is undecided, else 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from symicl.statements import Theorem, all_theorems, compare, judge_propositions
from symicl.statements.mutate import mutants, wrong_propositions

HEAD = """# Wrong statements

Each statement of the catalogue is changed in every single way that the generator knows: coefficients and powers
± 1, a term or a factor dropped, a sign flipped, two symbols exchanged or one put for the other, a matrix transposed
or inverted, factors reversed, the whole doubled, halved, ± 1. Changes that leave all values alone are left out. A wrong
version is *refuted* by an instance in exact numbers; *undecided* ones would be listed below the table.

Made by `python benchmarks/wrong_statements.py --markdown docs/wrong-statements.md`.

| theorem | claims | wrong versions | refuted | undecided | seconds |
|---|---|---|---|---|---|
"""


def attack(theorem: Theorem) -> tuple[Counter[str], list[str]]:
    """Outcomes over all wrong versions, and those that were not refuted."""
    found, outcomes, left = theorem.derive().found, Counter[str](), []
    for mutant in mutants(theorem):
        outcome = compare(found[mutant.quantity], mutant.expression)
        outcomes[outcome.status] += 1
        if outcome.status != "refuted":
            left.append(
                f"{theorem.id}, {mutant.quantity}: {mutant.change}: {outcome.status}, {outcome.reason}"
            )
    return outcomes, left


PROPOSITIONS = """
## Propositions

What a theorem says besides its closed forms is changed, too: *every* to *not every*, *attained* to *not attained*, and
each prediction in the ways above. A change that alters no value, such as tr(HΨ) to tr(ΨH), is *true again* and proved.

| theorem | propositions | wrong versions | refuted | true again | undecided |
|---|---|---|---|---|---|
"""


def attack_propositions(theorem: Theorem) -> tuple[Counter[str], list[str]]:
    """Outcomes over all changes of what a theorem says besides its closed forms, and those that are undecided."""
    wrong = list(wrong_propositions(theorem))
    changed = replace(theorem, propositions=tuple(w.proposition for w in wrong))
    judged = judge_propositions(changed, theorem.derive())
    left = [
        f"{theorem.id}, {w.change}: undecided, {s.comparison.reason}"
        for w, s in zip(wrong, judged, strict=True)
        if s.comparison.status == "undecided"
    ]
    return Counter(s.comparison.status for s in judged), left


def proposition_rows(theorems: list[Theorem]) -> tuple[list[str], list[str]]:
    """The second table, and what is undecided."""
    rows, left, total = [], [], Counter[str]()
    for theorem in theorems:
        if not theorem.propositions:
            continue
        outcomes, undecided = attack_propositions(theorem)
        rows.append(f"| `{theorem.id}` | {len(theorem.propositions)} | {_cells(outcomes)} |")
        left += undecided
        total += outcomes
    return [*rows, f"| all | | {_cells(total)} |"], left


def _cells(outcomes: Counter[str]) -> str:
    counts = (outcomes.total(), outcomes["refuted"], outcomes["proved"], outcomes["undecided"])
    return " | ".join(map(str, counts))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", type=Path, help="write the table to this file as well")
    arguments = parser.parse_args()
    rows, left, total = [], [], Counter[str]()
    for theorem in all_theorems():
        started = time.perf_counter()
        outcomes, undecided = attack(theorem)
        seconds = time.perf_counter() - started
        row = (
            f"| `{theorem.id}` | {len(theorem.claims)} | {outcomes.total()} | {outcomes['refuted']} | "
            f"{outcomes.total() - outcomes['refuted']} | {seconds:.1f} |"
        )
        print(row, flush=True)
        rows.append(row)
        left += undecided
        total += outcomes
    rows.append(f"| all | | {total.total()} | {total['refuted']} | {total.total() - total['refuted']} | |")
    said, undecided = proposition_rows(all_theorems())
    print(rows[-1], *left, *said, *undecided, sep="\n")
    if arguments.markdown is not None:
        notes = "".join(f"\n- {line}" for line in left)
        further = "".join(f"\n- {line}" for line in undecided)
        arguments.markdown.write_text(
            HEAD + "\n".join(rows) + "\n" + notes + PROPOSITIONS + "\n".join(said) + "\n" + further
        )
    return 1 if left or undecided else 0


if __name__ == "__main__":
    sys.exit(main())
