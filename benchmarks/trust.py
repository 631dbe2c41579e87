"""All that speaks for the verdicts, measured on the whole catalogue, on one page.

    python benchmarks/trust.py [ID…] [--markdown docs/trust.md] [--no-coq]

Each theorem is proved by both engines; its certificate is rechecked, and corrupted in every way that the tests know;
its wrong statements are compared; its file for Coq is compiled, and one with a wrong statement, too.  With ids, only
their rows are measured, and the page keeps the others.  Exit code: 0 if everything that should be accepted is, and
everything that should be rejected is, else 1.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coq_export import compile_text, wrong
from symicl.certificates.checkers import phases, proof, samples
from symicl.certificates.export import coq, translate
from symicl.certificates.export.names import identifier
from symicl.errors import SymiclError
from symicl.statements import SecondOpinion, Theorem, Verdict, all_theorems, prove, second_opinion
from symicl.statements.mutate import mutants
from symicl.views import asserted_in
from wrong_statements import attack

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
COQ_SECONDS = 600

HEAD = """# What speaks for the verdicts

Made by `python benchmarks/trust.py --markdown docs/trust.md`, with ids for single rows. What the columns
mean: [the second engine](second-engine.md), [certificates](certificates.md), [wrong statements](wrong-statements.md),
[Coq](coq.md).

A dash: not measured. Nearly all theorems have gained steps since their row was measured. The numbers of averages and
of asserted steps are today's.

"""
MUTANTS = re.compile(r"(\| part \|.*?)\n\n", re.DOTALL)
FUZZ = re.compile(r"<!-- fuzz: [^>]*-->\n(.*?)<!-- end of fuzz -->", re.DOTALL)


@dataclass(frozen=True)
class Certificate:
    """What the checkers say of a certificate and of corrupted ones."""

    lines: int
    asserted: int
    recomputed: int
    seconds: float
    corrupted: int
    accepted: int


def recheck(log: str) -> Certificate:
    """Check a certificate and every corrupted one; the other checkers recompute averages."""
    from checker.corruption import Certificate as Real
    from checker.test_corpus import outcomes

    started = time.perf_counter()
    running = proof.Checker()
    lines = [(line + "\n").encode() for line in log.splitlines()]
    running.check(lines)
    recomputed = 0
    for other in (phases, samples):
        reader = other.Checker()
        reader.check(lines)
        recomputed += reader.checked
    seconds = time.perf_counter() - started
    real = Real(log)
    found = outcomes(proof, real, list(real.corruptions(per_kind=3)))
    accepted = sum(outcome == "accepted" for outcome in found.values())
    counted = asserted_in(lines)
    if recomputed != counted.recomputed or len(running.asserted) != len(counted.facts):
        raise AssertionError("the checkers count other steps than the report")
    return Certificate(running.id, len(counted.facts), recomputed, seconds, len(found), accepted)


def coq_says(verdict: Verdict, theorem: Theorem) -> tuple[str, str]:
    """Whether Coq accepts the file, and refuses one with a wrong statement in the theorem of that quantity."""
    try:
        document = translate(verdict.proof_log)
    except SymiclError:
        return "", ""
    if document.beyond:
        return "", ""  # which `symicl export` refuses
    outcome, _, seconds = compile_text(coq(document), COQ_SECONDS)
    mutant = next(mutants(theorem))
    try:
        text = coq(translate(wrong(verdict, mutant)))
    except SymiclError:
        return f"{outcome}, {seconds:.0f} s", "not exported"
    name = identifier(f"{theorem.id}_{mutant.quantity}")
    refused = compile_text(text, COQ_SECONDS)[:2] == ("refused", name)
    return f"{outcome}, {seconds:.0f} s", "refused" if refused else "not refused"


def row(
    theorem: Theorem,
    verdict: Verdict,
    opinion: SecondOpinion,
    found: Certificate,
    said: tuple[str, str],
) -> tuple[str, bool]:
    """One row of the table, and whether all is as it should be."""
    agreement = opinion.agreement
    agreed = "–" if agreement is None else f"{agreement.expectations} + {opinion.losses}"
    moments = "–" if agreement is None else f"{agreement.grid_proved} of {agreement.moments}"
    outcomes, left = attack(theorem)
    good = verdict.status == "proved" and opinion.verdict == "agreed" and not left and not found.accepted
    good = (
        good and said in (("", ""), (said[0], "refused")) and not said[0].startswith(("refused", "unknown"))
    )
    cells = [
        f"`{theorem.id}`", f"{verdict.status}, {verdict.seconds:.2f} s", f"{agreed}, {opinion.seconds:.1f} s", moments,
        f"{found.lines}, {found.seconds:.2f} s", f"{found.recomputed}", f"{found.asserted}",
        f"{found.corrupted - found.accepted} of {found.corrupted}",
        f"{outcomes['refuted']} of {outcomes.total()}", said[0] or "–", said[1] or "–",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |", good


TITLES = [
    "theorem", "words", "entry by entry: expectations + losses", "moments proved for all sizes",
    "certificate: lines, check", "averages recomputed by the checkers of averages", "steps asserted",
    "corrupted certificates rejected", "wrong statements refuted", "Coq", "wrong statement in Coq",
]  # fmt: skip


def in_all(rows: Iterable[str]) -> str:
    """The sums of what the rows say."""
    sums = Counter[str]()
    for line in rows:
        _, _, _, _, log, recomputed, asserted, corrupted, refuted, coq_file, wrong_file = line.strip(
            "| "
        ).split(" | ")
        lines, seconds = re.findall(r"[\d.]+", log)
        rejected, of_all = re.findall(r"\d+", corrupted) or (0, 0)
        found, versions = re.findall(r"\d+", refuted)
        sums.update(
            lines=int(lines), milliseconds=round(1000 * float(seconds)), recomputed=int(recomputed),
            asserted=int(asserted), rejected=int(rejected), corrupted=int(of_all), refuted=int(found),
            wrong=int(versions), accepted=coq_file.startswith("accepted"), refused=wrong_file == "refused",
        )  # fmt: skip
    return (
        f"In all: {sums['lines']} lines of certificates, checked in {sums['milliseconds'] / 1000:.1f} s; "
        f"{sums['rejected']} of {sums['corrupted']} corrupted certificates rejected; {sums['asserted']} steps "
        f"asserted and recomputed by no checker; {sums['recomputed']} averages recomputed by the other two checkers; "
        f"{sums['refuted']} of {sums['wrong']} wrong statements refuted; {sums['accepted']} files accepted by Coq, "
        f"{sums['refused']} wrong ones refused."
    )


def further() -> str:
    """What other pages have of the comparison of engines and of changed code."""
    fuzz = FUZZ.search((ROOT / "docs" / "second-engine.md").read_text())
    text = f"## Engine against engine\n\n{fuzz[1].strip()}\n" if fuzz else ""
    page = ROOT / "docs" / "code-mutants.md"
    changed = MUTANTS.search(page.read_text()) if page.is_file() else None
    if changed:
        text += f"\n## Changed code\n\nBy `make mutants`; [what survives](code-mutants.md).\n\n{changed[1]}\n"
    return text


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("ids", nargs="*", metavar="ID", help="measure these alone; the page keeps other rows")
    parser.add_argument("--markdown", type=Path, help="write the page to this file as well")
    parser.add_argument("--no-coq", action="store_true", help="leave Coq out")
    arguments = parser.parse_args()
    if not arguments.no_coq and shutil.which("coqc") is None:
        parser.error("coqc is missing (Debian: apt-get install coq); --no-coq leaves it out")
    rows: dict[str, str] = {}
    if arguments.ids and arguments.markdown is not None:
        rows = {
            line.split("`")[1]: line
            for line in arguments.markdown.read_text().splitlines()
            if line[:3] == "| `"
        }
    good = True
    for theorem in all_theorems():
        if arguments.ids and theorem.id not in arguments.ids:
            continue
        verdict = prove(theorem, record=True)
        opinion = second_opinion(verdict)
        found = recheck(verdict.proof_log)
        said = ("", "") if arguments.no_coq else coq_says(verdict, theorem)
        rows[theorem.id], fine = row(theorem, verdict, opinion, found, said)
        print(rows[theorem.id], flush=True)
        good = good and fine
    listed = [rows[theorem.id] for theorem in all_theorems() if theorem.id in rows]
    table = "\n".join(["| " + " | ".join(TITLES) + " |", "|" + "---|" * len(TITLES), *listed])
    if arguments.markdown is not None:
        arguments.markdown.write_text(f"{HEAD}{table}\n\n{in_all(listed)}\n\n{further()}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
