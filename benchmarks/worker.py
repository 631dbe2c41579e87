"""Does one task once and prints one JSON object: seconds, terms.  Started by run.py, in a process of its own.

python benchmarks/worker.py symicl|pairings NAME
"""

from __future__ import annotations

import json
import sys
import time

from families import TASKS


def symicl_terms(results: list) -> int:
    import sympy

    return sum(len(sympy.Add.make_args(sympy.expand(result))) for result in results)


def pairings_terms(results: list) -> int:
    return sum(len(result) for result in results)


def main(engine: str, name: str) -> None:
    """Only the work is timed: imports and the writing of the question are not, and nothing is warmed up."""
    task = TASKS[name]
    if engine == "symicl":
        work, count_terms = task.symicl(), symicl_terms
    else:
        work, count_terms = task.pairings, pairings_terms
    start = time.perf_counter()
    results = work()
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "terms": count_terms(results)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
