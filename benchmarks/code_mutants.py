"""Whether the tests notice small changes of the code that verdicts rest on.

    python benchmarks/code_mutants.py [PART…] [--markdown docs/code-mutants.md]

mutmut makes the changes, one at a time, in a copy of the repository, and runs the tests that reach the changed
function.  A change that no test notices *survives*; `benchmarks/survivors.toml` explains those that make no
difference.  Exit code: 0 if every survivor of the checker is explained, else 1.  Finished changes are kept in
build/mutants, so an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
WORK = ROOT / "build" / "mutants"
EXPLAINED = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Part:
    """Files to change, and the tests that should notice.

    Attributes
    ----------
    title : str
    files : tuple of str
        Patterns, as `pathlib` takes them.
    tests : tuple of str
    must_explain : bool
        Whether a survivor without an explanation is an error.
    default : bool
        Whether it is run when no part is named.
    """

    title: str
    files: tuple[str, ...]
    tests: tuple[str, ...]
    must_explain: bool = False
    default: bool = True

    @property
    def sources(self) -> tuple[str, ...]:
        """The files, by name."""
        found = (path for pattern in self.files for path in ROOT.glob(pattern))
        return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found))


FIRST = (
    "tests/checker/test_rules.py",
    "tests/checker/test_forgeries.py",
    "tests/checker/test_related_letters.py",
    "tests/checker/test_refusals.py",
    "tests/checker/test_report.py",
    "tests/checker/test_corpus.py::test_real_certificates_are_accepted",
    "tests/checker/test_corpus.py::test_corrupted_certificates_are_rejected",
)
"""The tests of the first checker."""

CALCULUS = ("words", "values", "texts", "substitution", "divisors")
READING = ("reading", "proof/fields", "proof/checker", "proof/report")

PARTS = {
    "rules": Part(
        "the rules of the first checker",
        ("symicl/certificates/checkers/proof/rules/*.py",),
        FIRST,
        must_explain=True,
    ),
    "calculus": Part(
        "the calculus of the first checker",
        tuple(f"symicl/certificates/checkers/proof/{name}.py" for name in CALCULUS),
        FIRST,
        must_explain=True,
    ),
    "reading": Part(
        "what the first checker reads and prints",
        tuple(f"symicl/certificates/checkers/{name}.py" for name in READING),
        FIRST,
        must_explain=True,
    ),
    "phases": Part(
        "the checker of averages over phases",
        ("symicl/certificates/checkers/phases/*.py",),
        ("tests/checker/test_phases.py", "tests/checker/test_forged_averages.py"),
        default=False,
    ),
    "samples": Part(
        "the checker of averages over samples",
        ("symicl/certificates/checkers/samples/*.py",),
        ("tests/checker/test_samples.py",),
        default=False,
    ),
    "words": Part(
        "the algebra of words",
        ("symicl/algebra/words.py", "symicl/algebra/polynomial.py", "symicl/expectation/packing.py"),
        ("tests/algebra", "tests/expectation/test_packing.py"),
    ),
    "expectations": Part(
        "expectations",
        (
            "symicl/expectation/stein.py",
            "symicl/expectation/gaussian.py",
            "symicl/expectation/sympy_expectation.py",
        ),
        (
            "tests/expectation/test_recursions.py",
            "tests/expectation/test_known_formulas.py",
            "tests/expectation/test_refusals.py",
            "tests/expectation/test_random_expressions.py",
        ),
    ),
}

OUTCOMES = {0: "survived", 33: "not reached", 5: "not reached", 34: "skipped", 36: "killed", 24: "killed"}
"""What mutmut's exit codes mean; a change that hangs until the time limit is noticed, and so is any other code."""

MEMORY = 4 * 2**30

SURVIVED = (0, 33, 5)
"""Exit codes of changes that no test has noticed, or none has reached."""

HEAD = """# Changed code

[mutmut](https://mutmut.readthedocs.io) changes one thing in a function at a time: an operator, a number, a condition,
an argument. A change that no test notices survives. It shows a hole in the tests, unless it makes no difference; for
the checker, each survivor is explained below the table.

Made by `make mutants`, which goes through `benchmarks/code_mutants.py`.

| part | files | changes | killed | survived | explained | not reached |
|---|---|---|---|---|---|---|
"""


def prepare(name: str) -> Path:
    """A copy of the repository that is set up for one part."""
    folder, part = WORK / name, PARTS[name]
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for file in filter(None, tracked.stdout.split("\0")):
        source, target = ROOT / file, folder / file
        if source.is_file() and not (target.is_file() and target.read_bytes() == source.read_bytes()):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    settings = {
        "source_paths": ["symicl"],
        "only_mutate": list(part.sources),
        "also_copy": ["proofs", "numeric_checks", "docs", "README.md", "CONTRIBUTING.md", "pyproject.toml"],
        "pytest_add_cli_args_test_selection": list(part.tests),
        "pytest_add_cli_args": ["-p", "no:cacheprovider", "-m", "not slow"],
        # A forked copy of a process that has run the tests would find the right answers in its memo tables.
        "process_isolation": "forkserver",
        # Seconds of processor time that a change gets are 2 × 2 × those of the tests; its default is 2 × 15.
        "timeout_multiplier": 2.0,
    }
    text = (ROOT / "pyproject.toml").read_text()
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    (folder / "pyproject.toml").write_text("\n".join([text, "[tool.mutmut]", *lines, ""]))
    return folder


def run(name: str, workers: int) -> None:
    """Try all changes of a part that have no outcome yet."""
    folder = prepare(name)
    environment = os.environ | {"OMP_NUM_THREADS": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "build")}
    certificates = folder / "certificates"
    if not certificates.is_dir():
        command = [sys.executable, "-m", "symicl", "prove", "--all", "--certificate", certificates]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    environment["SYMICL_CERTIFICATES"] = str(certificates)
    # Which tests reach a function is found out anew: mutmut would ask only tests that it has not seen.
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    for file in PARTS[name].sources:
        forget_survivors(folder, folder / "mutants" / f"{file}.meta")
    log = folder / "mutmut.log"
    print(f"{name}: mutmut runs; its progress is in {log.relative_to(ROOT)}", flush=True)
    with log.open("w") as output:
        subprocess.run(
            [sys.executable, "-m", "mutmut", "run", "--max-children", str(workers)],
            cwd=folder,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=bound_memory,
        )


def remembered(name: str) -> dict[str, str]:
    """Outcomes by the name of the change."""
    folder, outcomes = WORK / name, {}
    log = folder / "mutmut.log"
    for file in PARTS[name].sources:
        meta = folder / "mutants" / f"{file}.meta"
        if not meta.is_file():
            sys.exit(f"mutmut has not made any changes of {file}; {log} says why")
        codes = json.loads(meta.read_text())["exit_code_by_key"]
        if None in codes.values():
            sys.exit(f"mutmut has stopped before its end; {log} says why, and the same command goes on")
        outcomes |= {key: OUTCOMES.get(code, "killed") for key, code in codes.items()}
    return outcomes


def bound_memory() -> None:
    """Let a change that fills the memory fail, for all processes that are started from here."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def forget_survivors(folder: Path, meta: Path) -> None:
    """Have survivors tried again that nothing explains: mutmut remembers outcomes, but there may be new tests."""
    if meta.is_file():
        kept, why = json.loads(meta.read_text()), explanations()
        for key, code in kept["exit_code_by_key"].items():
            if code in SURVIVED and change(folder, key) not in why:
                kept["exit_code_by_key"][key] = None
        meta.write_text(json.dumps(kept, indent=4))


def change(folder: Path, key: str) -> tuple[str, str]:
    """What a change has removed and added, without white space at the ends."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", key], cwd=folder, capture_output=True, text=True
    ).stdout.splitlines()
    sides = ("-", "---"), ("+", "+++")
    removed, added = (
        " ".join(line[1:].strip() for line in shown if line.startswith(mark) and not line.startswith(head))
        for mark, head in sides
    )
    return removed, added


def explanations() -> dict[tuple[str, str], str]:
    """Why a change makes no difference, by what it removes and adds."""
    groups = tomllib.loads(EXPLAINED.read_text())["group"] if EXPLAINED.is_file() else []
    return {tuple(pair): group["why"] for group in groups for pair in group["changes"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--markdown", type=Path, help="write the table to this file as well")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--remembered", action="store_true", help="only say what is known from the last run")
    arguments = parser.parse_args()
    for name in arguments.parts:
        if name not in PARTS:
            parser.error(f"there is no part {name}; there are {', '.join(PARTS)}")
    why, rows, notes, unexplained = explanations(), [], [], 0
    for name in arguments.parts or [name for name, part in PARTS.items() if part.default]:
        part = PARTS[name]
        if not arguments.remembered:
            run(name, arguments.workers)
        outcomes = remembered(name)
        counts, told, left = Counter(outcomes.values()), Counter[str](), []
        for key in (key for key, outcome in outcomes.items() if outcome == "survived"):
            pair = change(WORK / name, key)
            if pair in why:
                told[why[pair]] += 1
            else:
                left.append(f"`{key}`: `{pair[0]}` → `{pair[1]}`")
        files = ", ".join(f"`{file}`" for file in part.files)
        rows.append(
            f"| {part.title} | {files} | {len(outcomes)} | {counts['killed']} | {counts['survived']} "
            f"| {told.total()} | {counts['not reached']} |"
        )
        print(rows[-1], *left, sep="\n", flush=True)
        notes.append(f"\n## Survivors in {part.title}\n")
        notes += [f"- {count}: {reason}" for reason, count in told.most_common()]
        notes += [f"- {len(left)} without an explanation"] if left else []
        unexplained += len(left) if part.must_explain else 0
    if arguments.markdown is not None:
        arguments.markdown.write_text(HEAD + "\n".join(rows) + "\n" + "\n".join(notes) + "\n")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
