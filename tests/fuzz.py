"""Random expressions, engine against engine: `make fuzz`, or `python tests/fuzz.py --count 20000`.

Chunks of examples, each with its own seed, so that a run can be interrupted and resumed and every chunk repeated. What
differs is shrunk by hypothesis, printed, and kept in tests/oracle/disagreements.jsonl, which the tests replay.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap

from hypothesis import HealthCheck, Verbosity, given, seed, settings

from oracle.cases import KINDS, Case, cases, keep, outcome

CHUNK = 250
START, END = "<!-- fuzz: written by make fuzz -->", "<!-- end of fuzz -->"


@dataclass
class Tally:
    """What was tried."""

    tried: int = 0
    refused: int = 0
    trivial: int = 0
    kinds: Counter = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    failing: Case | None = None

    def check(self, case: Case) -> None:
        """Ask both engines."""
        found = outcome(case)
        if found is None:
            self.refused += 1
            return
        self.tried += 1
        self.kinds[case["kind"]] += 1
        self.trivial += found.trivial
        self.seen.add(json.dumps([case["kind"], case.get("expression") or case["model"]], sort_keys=True))
        if found:
            self.failing = case
        assert not found, found


def run_chunk(number: int, base: int, tally: Tally, kinds: Sequence[str] = KINDS) -> None:
    """One chunk; an AssertionError leaves the smallest case in ``tally.failing``."""
    kind = kinds[number % len(kinds)]
    deep = number // len(kinds) % 2

    @seed(base * 1_000_000 + number)
    @settings(
        max_examples=CHUNK,
        deadline=None,
        database=None,
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(cases(kind, degree=6, depth=2 + deep))
    def examples(case: Case) -> None:
        tally.check(case)

    examples()


def table(tally: Tally, seconds: float, base: int) -> str:
    """The result as Markdown."""
    kinds = ", ".join(f"{tally.kinds[kind]:,} {kind}" for kind in KINDS if tally.kinds[kind])
    text = (
        f"`make fuzz` with the seed {base}: {len(tally.seen):,} different expressions and models, in {tally.tried:,} "
        f"cases with their sizes and numbers ({kinds}), in {seconds:.0f} s of one process, no disagreement. "
        f"{tally.trivial:,} of the expectations are plain numbers, mostly zero; {tally.refused:,} further models are "
        "refused by the first engine."
    )
    return "\n".join([START, *wrap(text, 118, break_on_hyphens=False), END])


def main() -> int:
    """Run until the count is reached; 1 if the engines disagree."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20_000, help="different expressions to try")
    parser.add_argument(
        "--kinds", nargs="+", choices=KINDS, default=KINDS, help="of expressions; by default all"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=int, default=0, help="the chunk to begin with, to resume")
    parser.add_argument("--markdown", type=Path, help="write the result between the marks of this file")
    chosen = parser.parse_args()
    tally, chunk, start = Tally(), chosen.start, time.perf_counter()
    try:
        while len(tally.seen) < chosen.count:
            run_chunk(chunk, chosen.seed, tally, chosen.kinds)
            chunk += 1
            seconds = time.perf_counter() - start
            print(
                f"chunk {chunk}: {len(tally.seen)} of {chosen.count} different expressions, {seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    except KeyboardInterrupt:
        print(f"interrupted; go on with --seed {chosen.seed} --start {chunk}", file=sys.stderr)
        return 130
    except AssertionError as error:
        assert tally.failing is not None
        keep(tally.failing, f"found by tests/fuzz.py, seed {chosen.seed}, chunk {chunk}")
        print(f"the engines disagree in chunk {chunk} of the seed {chosen.seed}: {error}", file=sys.stderr)
        print(json.dumps(tally.failing, ensure_ascii=False))
        return 1
    result = table(tally, time.perf_counter() - start, chosen.seed)
    print("\n".join(result.splitlines()[1:-1]))
    if chosen.markdown:
        text = chosen.markdown.read_text("utf-8")
        before, _, rest = text.partition(START)
        _, _, after = rest.partition(END)
        chosen.markdown.write_text(before + result + after, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
