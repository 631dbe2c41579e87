"""What of the catalogue is argued and not checked.

    python benchmarks/argued.py --markdown docs/argued.md

Every theorem is derived and proved, its certificate written, and what nothing decides is counted, and listed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from symicl.statements import Step, Theorem, Verdict, all_theorems, in_text, prove
from symicl.typeset import plain
from symicl.views import asserted_in

HEAD = """# Argued, not checked

What a theorem says or rests on, and nothing decides. `symicl prove` counts it beside the verdict and lists it, `prove
--json` has it under `argued`, certificates in their header, reports on each page. It is

- *decided by the derivation*: a fact that is a plain `True` of the derivation, or evidence of a class that stands
  beside it and not in symicl;
- *in prose*: a step that claims something and has no check, conclusion or evidence attached. A step that only shows a
  value, a definition or a remark says so (`step.show`), and counts all the same if its title or note infers, as with
  *hence*, *since* or *so*;
- *in words*: what an author says in `wording` and not in propositions.

The other columns are no part of that count. *Not rechecked* are steps that symicl has decided and no checker of
[certificates](certificates.md) recomputes, and propositions that symicl has decided and no checker decides again.
*Named* are values that the derivation computes and that `prove` does not find in an optimum by itself, such as a bound
or a rate: that the number is what its name says is for a reader of the derivation. *Axioms* are named facts with their
sources, which a derivation rests on. *Inferences* are notes that draw a conclusion in words beside a step that has
checks: some only say what the checks show, some more than that, and which ones is not decided by looking for words.

Made by `python benchmarks/argued.py --markdown docs/argued.md`.

"""
COLUMNS = {
    "argued": "argued",
    "decided": "decided by the derivation",
    "prose": "in prose",
    "words": "in words",
    "steps": "steps not rechecked",
    "propositions": "propositions not rechecked",
    "named": "values named",
    "axioms": "axioms",
    "inferences": "inferences",
}


@dataclass(frozen=True)
class Found:
    """What of one theorem nothing decides."""

    theorem: Theorem
    counts: Counter[str]
    argued: tuple[str, ...]
    inferences: tuple[str, ...]

    @property
    def row(self) -> str:
        """Of the table."""
        return f"| `{self.theorem.id}` | {cells(self.counts)} |"


def found_in(verdict: Verdict) -> Found:
    """Count it for a proved theorem."""
    theorem, derivation = verdict.theorem, verdict.derivation
    assert theorem is not None and derivation is not None
    checks = {check for check in derivation.checks if check.argued}
    prose = sum(check.is_prose for check in checks)
    lines = verdict.proof_log.splitlines()
    rules = Counter(json.loads(line).get("rule") for line in lines)
    inferences = tuple(_inferences(derivation.steps))
    counts = Counter(
        argued=len(verdict.argued), decided=len(checks) - prose, prose=prose, words=int(bool(theorem.wording)),
        steps=len(asserted_in(lines).facts), propositions=rules["proposition"], axioms=len(derivation.axioms),
        named=sum(statement.named for statement in verdict.statements), inferences=len(inferences),
    )  # fmt: skip
    return Found(theorem, counts, tuple(map(_text, verdict.argued)), tuple(map(_text, inferences)))


def _inferences(steps: tuple[Step, ...]) -> Iterator[str]:
    for number, step in enumerate(steps, 1):
        if step.infers and not any(check.is_prose for check in step.checks):
            yield f"step {number}, {step.title}: {step.note}"


def _text(sentence: str) -> str:
    return plain(in_text(sentence)).replace("|", r"\|")


def cells(counts: Counter[str]) -> str:
    """The cells of a row."""
    return " | ".join(str(counts[name]) for name in COLUMNS)


def page(theorems: list[Theorem]) -> str:
    """The page of the docs."""
    found = [found_in(prove(theorem, record=True)) for theorem in theorems]
    total = sum((one.counts for one in found), Counter[str]())
    rows = [f"| theorem | {' | '.join(COLUMNS.values())} |", "|---" * (1 + len(COLUMNS)) + "|"]
    rows += [one.row for one in found]
    argued = _listed([(one.theorem.id, one.argued) for one in found]) or "Nothing.\n"
    inferences = _listed([(one.theorem.id, one.inferences) for one in found]) or "None.\n"
    table = "\n".join([*rows, f"| all | {cells(total)} |"])
    return f"{HEAD}{table}\n\n## What is argued\n\n{argued}\n## Inferences beside checks\n\n{inferences}"


def _listed(entries: list[tuple[str, tuple[str, ...]]]) -> str:
    lines = [f"- `{name}`: {sentence}\n" for name, sentences in entries for sentence in sentences]
    return "".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--markdown", type=Path, help="write the page to this file")
    arguments = parser.parse_args()
    text = page(all_theorems())
    if arguments.markdown is None:
        print(text)
    else:
        arguments.markdown.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
