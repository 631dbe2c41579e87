"""Measures symicl against its peers, all in one run on one machine.

    python benchmarks/run.py                                  every task
    python benchmarks/run.py matrix-letter loss-gd-beta       these alone
    python benchmarks/run.py --engines symicl                 without the peers
    python benchmarks/run.py --markdown docs/benchmarks.md --json results/benchmarks.json

Peers: tensorgrad, the nearest library, by its fastest route that we know, in an environment of its own which
is made on the first run; and brute force over all pairings.  Exit code: 0 all well; 1 a task of symicl failed
or took longer than allowed, or two engines found results with different numbers of terms.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from closed_forms import TASKS as CLOSED_FORMS
from closed_forms import run, section
from families import TASKS
from measure import Measurement, measure
from peers.environment import TENSORGRAD, tensorgrad_python
from table import ENGINES, HEADER, Results, markdown, problems, rows

HERE = Path(__file__).resolve().parent


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure symicl against its peers.")
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"default: all of {', '.join(TASKS)}")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--repeats", type=int, default=5, help="runs per task, of which the fastest counts")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one run of one task")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the measurements here")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the page of the documentation here"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=HERE.parent / "build" / "peers",
        help="folder for the peers' environments",
    )
    parser.add_argument("--torch-index", metavar="URL", help="a further package index to find torch in")
    options = parser.parse_args(argv)
    if unknown := [name for name in options.tasks if name not in TASKS]:
        parser.error(f"no such task: {', '.join(unknown)}; the tasks are {', '.join(TASKS)}")
    if options.repeats < 1 or options.limit <= 0:
        parser.error("--repeats and --limit must be positive")
    for file in (options.json, options.markdown):
        if file and not file.parent.is_dir():
            parser.error(f"there is no folder {file.parent} to write {file.name} into")
    return options


def run_task(name: str, options: argparse.Namespace) -> dict[str, Measurement]:
    task, worker = TASKS[name], [sys.executable, str(HERE / "worker.py")]
    commands = {"symicl": [*worker, "symicl", name]}
    if task.tensorgrad and "tensorgrad" in options.engines:
        python = tensorgrad_python(options.cache, options.torch_index)
        commands["tensorgrad"] = [str(python), str(HERE / "peers" / "tensorgrad_peer.py"), *task.tensorgrad]
    if task.pairings:
        commands["pairings"] = [*worker, "pairings", name]
    return {
        engine: measure(command, options.repeats, options.limit)
        for engine, command in commands.items()
        if engine in options.engines
    }


def machine() -> dict[str, str]:
    try:
        ours = version("symicl")
    except PackageNotFoundError:
        ours = "not installed"
    return {
        "processor": processor(),
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
        "symicl": ours,
        "sympy": version("sympy"),
        "tensorgrad": TENSORGRAD.partition("==")[2],
        "date": datetime.date.today().isoformat(),
    }


def processor() -> str:
    """Its name, where the system tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def page(results: Results, options: argparse.Namespace) -> str:
    facts = ", ".join(f"{key} {value}" for key, value in machine().items())
    return f"""# Benchmarks

Made by `make bench`, that is `python benchmarks/run.py --markdown docs/benchmarks.md`, in one run on one
machine ({facts}).

{markdown(results, options.limit)}

X is n × d with Gaussian rows; n, d and all letters are symbols. Every run is a process of its own with
nothing computed before; a time is the best of {options.repeats} runs. That of symicl covers the way from a
SymPy expression to a SymPy expression, conversions included, imports not. *Allowed* is what the project
promises for it. A ratio is the peer's time over ours. *> {options.limit:g} s* means stopped at the time limit,
a dash that the peer has not been given the task.

- **tensorgrad** works with tensor networks and takes expectations one variable at a time
  (`benchmarks/peers/tensorgrad_peer.py`, with the fastest options that we found).
- **pairings** adds up all (2k−1)!! Wick pairings, in plain Python (`benchmarks/peers/pairings.py`). Its
  result is a count of words and needs no conversion, which is why it wins where there are few pairings.

The number of terms of the results is compared between the engines in every run, and a difference is an error.

{section({task: run(task, None, 3, 120.0) for task in CLOSED_FORMS})}"""


def show(results: Results, limit: float) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="symicl and its peers")
    for i, name in enumerate(HEADER):
        table.add_column(name, justify="right" if i else "left")
    for row in rows(results, limit):
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def main() -> int:
    options = arguments()
    results: Results = {}
    for name in options.tasks or TASKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        results[name] = run_task(name, options)
    show(results, options.limit)
    if options.json:
        measured = {name: {e: asdict(m) for e, m in by_engine.items()} for name, by_engine in results.items()}
        options.json.write_text(json.dumps({"machine": machine(), "tasks": measured}, indent=2) + "\n")
    if options.markdown:
        options.markdown.write_text(page(results, options), encoding="utf-8")
    found = problems(results)
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
