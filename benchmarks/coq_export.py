"""Which exported files Coq accepts, and which wrong versions it refuses.

    python benchmarks/coq_export.py [ID…] [--mutants 1] [--limit 300] [--markdown docs/coq-table.md]

Of each theorem one wrong version is exported, too. It counts as refused only if the error stands in the theorem of the
quantity that was changed.  Exit code: 0 if all are accepted and all wrong versions refused, else 1.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from symicl.certificates.export import coq, translate
from symicl.certificates.export.names import identifier
from symicl.errors import SymiclError
from symicl.statements import Verdict, all_theorems, prove
from symicl.statements.certificate import Stated, write_certificate
from symicl.statements.mutate import Mutant, mutants

HEAD = """# What Coq says

Made by `python benchmarks/coq_export.py --markdown docs/coq-table.md`. What is checked: [coq.md](coq.md).

| theorem | lemmas | accepted | seconds of coqc | wrong versions refused |
|---|---|---|---|---|
"""


def compile_text(text: str, limit: int) -> tuple[str, str, float]:
    """accepted, refused or unknown (out of time); the statement of the error; seconds."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "exported.v")
        file.write_text(text, encoding="utf-8")
        try:
            command = ["coqc", "-q", file.name]
            run = subprocess.run(
                command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False
            )
        except subprocess.TimeoutExpired:
            return "unknown", "", time.perf_counter() - started
    seconds = time.perf_counter() - started
    if run.returncode == 0:
        return "accepted", "", seconds
    place = re.search(r"line (\d+)", run.stderr)
    above = "\n".join(text.splitlines()[: int(place[1]) if place else 0])
    names = re.findall(r"^(?:Lemma|Theorem) (\w+)", above, re.MULTILINE)
    return "refused", names[-1] if names else "", seconds


def wrong(verdict: Verdict, mutant: Mutant) -> str:
    """The log with one wrong statement, as if it had been proved."""
    assert verdict.theorem is not None and verdict.derivation is not None and verdict.recording is not None
    theorem, found = mutant.applied(verdict.theorem), verdict.derivation.found
    stated = {name: Stated(found[name], str(claim)) for name, claim in theorem.claims.items()}
    return write_certificate(theorem, verdict.derivation.axioms, stated, "proved", verdict.recording)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("ids", nargs="*", help="theorems; all if none is given")
    parser.add_argument("--mutants", type=int, default=1, help="wrong versions of each theorem")
    parser.add_argument("--limit", type=int, default=300, help="seconds for one file")
    parser.add_argument("--markdown", type=Path, help="write the table to this file as well")
    arguments = parser.parse_args()
    rows, good = [], True
    for theorem in all_theorems():
        if arguments.ids and theorem.id not in arguments.ids:
            continue
        verdict = prove(theorem, record=True)
        document = translate(verdict.proof_log)
        outcome, where, seconds = compile_text(coq(document), arguments.limit)
        tried, refused = 0, 0
        for mutant in mutants(theorem):
            if tried == arguments.mutants:
                break
            tried += 1
            name = identifier(f"{theorem.id}_{mutant.quantity}")
            try:
                text = coq(translate(wrong(verdict, mutant)))
            except SymiclError as error:
                print(f"{theorem.id}: {mutant.change}: not exported: {error}", file=sys.stderr)
                continue
            refused += compile_text(text, arguments.limit)[:2] == ("refused", name)
        good = good and outcome == "accepted" and refused == tried > 0
        outcome += f" ({where})" if where else ""
        row = (
            f"| `{theorem.id}` | {len(document.lemmas)} | {outcome} | {seconds:.0f} | {refused} of {tried} |"
        )
        print(row, flush=True)
        rows.append(row)
    if arguments.markdown is not None:
        arguments.markdown.write_text(HEAD + "\n".join(rows) + "\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
