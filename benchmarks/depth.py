"""How long depth and recursions over tokens take: `python benchmarks/depth.py`.

Each is timed in a process of its own, without torch: in seconds of the processor from the start of Python to the answer
("cold"), for importing SymPy, and for everything else. The best of three is printed as JSON with the time limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

REPEATS = 3


def delta_rule() -> None:
    import symicl as si

    n, d = si.dims("n d")
    beta, e, x, w = si.scalar("beta"), si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
    rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
    assert rule.expect(e.T * e).best(beta).parameter == 1 / (d + 2)


def ten_thousand_gates() -> None:
    from fractions import Fraction

    import symicl as si

    n, d = si.dims("n d")
    beta, e, x, w = si.scalar("beta"), si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
    rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
    gates = [Fraction(1, 7 + i) for i in range(10_000)]
    assert 0 < rule.expect(e.T * e).at(n=10_000, d=5, beta=gates) < 1


def three_layers() -> None:
    import symicl as si

    n, d = si.dims("n d")
    three = si.depth(si.LinearRegression(noise=0), layers=3)
    assert (
        {n, d}
        == three.excess.free_symbols
        == set().union(*(f.free_symbols for f in three.symmetric_functions))
    )


def twelve_layers() -> None:
    import symicl as si

    at = si.depth(si.LinearRegression(noise=0), layers=12).at(n=20, d=5)
    assert at.attained == "steps" and len(at.steps) == 12


def every_depth() -> None:
    import symicl as si

    assert si.depth_limit().at(c="1/4", layers=2).fraction * 21 == 1


TASKS = {
    "three layers with a step each, in symbols": (three_layers, 2.0),
    "twelve layers with a step each, at n = 20, d = 5": (twelve_layers, 2.0),
    "the limit for every number of layers, with its proof": (every_depth, 2.0),
    "the delta rule in symbols, with its best gate": (delta_rule, 0.5),
    "ten thousand tokens with a gate each, exactly": (ten_thousand_gates, 1.0),
}


def run(task: str) -> None:
    start = time.process_time()
    import sympy  # noqa: F401

    imported = time.process_time() - start
    TASKS[task][0]()
    if "torch" in sys.modules:
        raise SystemExit("torch is loaded")
    cold = time.process_time()
    print(json.dumps({"cold": cold, "sympy": imported, "derived": cold - start - imported}))


def main() -> None:
    if sys.argv[1:]:
        run(sys.argv[1])
        return
    for task, (_, limit) in TASKS.items():
        command = [sys.executable, str(Path(__file__)), task]
        found = [subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(REPEATS)]
        runs = [json.loads(process.stdout) for process in found]
        best = {key: round(min(run[key] for run in runs), 3) for key in runs[0]}
        print(json.dumps({"task": task, "limit": limit, **best}))


if __name__ == "__main__":
    main()
