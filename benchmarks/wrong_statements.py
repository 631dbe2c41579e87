"""How many wrong versions of each statement are refuted.

    python benchmarks/wrong_statements.py --markdown docs/wrong-statements.md

Every stated closed form of the catalogue is changed in every single way that `symicl.statements.mutate` knows, and each
change that makes a difference is compared with what the derivation finds. So is every proposition, quantifiers and all;
what is undecided of these is listed with its reason. Exit code: 0 if all closed forms are refuted, else 1.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from symicl.algebra import ClosedForm
from symicl.statements import Derivation, Theorem, all_theorems, compare, judge_propositions
from symicl.statements.mutate import FORMULA, SORTS, mutants, wrong_propositions
from symicl.statements.own_results import compare_again
from symicl.theory import AfterTokens

HEAD = """# Wrong statements

Each statement of the catalogue is changed in every single way that the generator knows: coefficients and powers
± 1, a term or a factor dropped, a sign flipped, two symbols exchanged or one put for the other, a matrix transposed
or inverted, factors reversed, the whole doubled, halved, ± 1. Changes that leave all values alone are left out. A wrong
version is *refuted* by an instance in exact numbers; *undecided* ones would be listed below the table.

Made by `python benchmarks/wrong_statements.py --markdown docs/wrong-statements.md`.

| theorem | claims | wrong versions | refuted | undecided | seconds of CPU |
|---|---|---|---|---|---|
"""


def attack(theorem: Theorem, derivation: Derivation | None = None) -> tuple[Counter[str], list[str]]:
    """Outcomes over all wrong versions of closed forms, and those that were not refuted."""
    found, outcomes, left = (derivation or theorem.derive()).found, Counter[str](), []
    for mutant in mutants(theorem):
        derived = found[mutant.quantity]
        if isinstance(derived, AfterTokens):
            outcome, _ = compare_again(derived, mutant.expression)
        else:
            form = derived if isinstance(derived, ClosedForm) else derived.closed_form
            outcome = compare(form, mutant.expression)
        outcomes[outcome.status] += 1
        if outcome.status != "refuted":
            left.append(
                f"{theorem.id}, {mutant.quantity}: {mutant.change}: {outcome.status}, {outcome.reason}"
            )
    return outcomes, left


PROPOSITIONS = """
## Propositions

What a theorem says besides its closed forms is changed, too: whom it speaks of, in which direction, where, in which
order, how fast, and its formulas in the ways above. A change that alters nothing, such as tr(HΨ) to tr(ΨH), or that
says less, such as one direction of an equivalence, is *true again*, and proved.

"""
SORTED = """
### By sort of change

Changes of a quantifier, a relation, a range, a set or a rate; those of a formula in a proposition are in the last row
and not in the sum above it.

"""
UNDECIDED = """
### Undecided

Neither proved nor refuted, with the reason that the verdict gives.

"""


@dataclass
class Attack:
    """Outcomes over all changes of propositions.

    Attributes
    ----------
    theorems, sorts : dict of Counter
        By theorem, and by sort of change.
    undecided : list of str
    """

    theorems: dict[str, Counter[str]] = field(default_factory=dict)
    sorts: dict[str, Counter[str]] = field(default_factory=lambda: {sort: Counter() for sort in SORTS})
    undecided: list[str] = field(default_factory=list)

    def on(self, theorem: Theorem, derivation: Derivation) -> None:
        """Change every proposition of a theorem."""
        wrong = list(wrong_propositions(theorem))
        changed = replace(theorem, propositions=tuple(w.proposition for w in wrong))
        self.theorems[theorem.id] = Counter()
        for w, statement in zip(wrong, judge_propositions(changed, derivation), strict=True):
            found = statement.comparison
            self.theorems[theorem.id][found.status] += 1
            self.sorts[w.sort][found.status] += 1
            if found.status == "undecided":
                kind = theorem.propositions[w.place].kind
                self.undecided.append(f"`{theorem.id}`, {kind}: {w.change}: {found.reason}")

    def tables(self, theorems: list[Theorem]) -> str:
        """The part of the page on propositions."""
        said = {t.id: len(t.propositions) for t in theorems if t.propositions}
        rows = [
            table("theorem", "propositions"),
            *(f"| `{name}` | {number} | {_cells(self.theorems[name])} |" for name, number in said.items()),
            f"| all | {sum(said.values())} | {_cells(_sum(self.theorems.values()))} |",
        ]
        quantifiers = {sort: found for sort, found in self.sorts.items() if sort != FORMULA and found}
        sorts = [
            table("sort of change"),
            *(f"| {sort} | {_cells(found)} |" for sort, found in quantifiers.items()),
            f"| all of these | {_cells(_sum(quantifiers.values()))} |",
            f"| {FORMULA} | {_cells(self.sorts[FORMULA])} |",
        ]
        undecided = UNDECIDED + "\n".join(f"- {line}" for line in self.undecided) + "\n"
        parts = [PROPOSITIONS, "\n".join(rows), "\n", SORTED, "\n".join(sorts), "\n"]
        return "".join(parts) + (undecided if self.undecided else "")


def table(*names: str) -> str:
    """The head of a table of outcomes."""
    names = (*names, "wrong versions", "refuted", "true again", "undecided")
    return f"| {' | '.join(names)} |\n{'|---' * len(names)}|"


def _sum(counts: Iterable[Counter[str]]) -> Counter[str]:
    return sum(counts, Counter[str]())


def _cells(outcomes: Counter[str]) -> str:
    counts = (outcomes.total(), outcomes["refuted"], outcomes["proved"], outcomes["undecided"])
    return " | ".join(map(str, counts))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", type=Path, help="write the tables to this file as well")
    arguments = parser.parse_args()
    rows, left, total, further = [], [], Counter[str](), Attack()
    for theorem in all_theorems():
        derivation = theorem.derive()
        started = time.process_time()
        outcomes, undecided = attack(theorem, derivation)
        seconds = time.process_time() - started
        row = (
            f"| `{theorem.id}` | {len(theorem.claims)} | {outcomes.total()} | {outcomes['refuted']} | "
            f"{outcomes.total() - outcomes['refuted']} | {seconds:.1f} |"
        )
        print(row, flush=True)
        rows.append(row)
        left += undecided
        total += outcomes
        if theorem.propositions:
            further.on(theorem, derivation)
    rows.append(f"| all | | {total.total()} | {total['refuted']} | {total.total() - total['refuted']} | |")
    tables = further.tables(all_theorems())
    print(rows[-1], *left, tables, sep="\n")
    if arguments.markdown is not None:
        notes = "".join(f"\n- {line}" for line in left)
        arguments.markdown.write_text(f"{HEAD}{chr(10).join(rows)}\n{notes}{tables}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
