"""How long it takes to compare closed forms, beside SymPy's field and python-flint alone.

    python benchmarks/closed_forms.py                                    the table
    python benchmarks/closed_forms.py --markdown docs/benchmarks.md      and into that page, as `make bench` does
    python benchmarks/closed_forms.py --before ../old/.venv/bin/python   and the same in another environment

Every run is a process of its own, imports not included; the fastest of three counts, in seconds of the processor, so
that other processes on the machine matter little. Runs of both versions take turns.  Exit code: 0 if each is within
its bar, else 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import sympy

from measure import Measurement, measure
from table import duration

SIX = sympy.symbols("a b c e f g", positive=True)
FIVE = (
    "a/(1 + a + 2 b + 3 c)^3",
    "b/(b + c + 1)^3",
    "c/(a + c + 2 b + 5)^3",
    "a b/(a + 2 b + 1)^3",
    "1/(2 + a + b + c)^3",
)
TITLE = "## Comparing closed forms"


def squares(count: int, symbols: tuple[sympy.Symbol, ...], pairs: bool) -> list[sympy.Expr]:
    """((linear)/(linear))² with different denominators: all symbols in each, or two neighbours."""
    found = []
    for k in range(count):
        weights = [(k * 5 + 3 * i) % 7 + 1 for i in range(len(symbols))]
        chosen = [symbols[k % len(symbols)], symbols[(k + 1 + k // len(symbols)) % len(symbols)]]
        inside = chosen if pairs else symbols
        below = sum((w * x for w, x in zip(weights, inside, strict=False)), sympy.Integer(k + 1))
        above = sum((x for x in islice(symbols, k % len(symbols), None)), sympy.Integer(1))
        found.append((above / below) ** 2)
    return found


# Each of these makes the question and returns the work that is timed, which returns the size of the answer.
Work = Callable[[], int]


def by_symicl(terms: list[sympy.Expr]) -> Work:
    """Is a sum the same in the other order, and not the same with a little more? The number of terms."""
    from symicl.algebra import ClosedForm, read_form

    def work() -> int:
        forms = [read_form(term) for term in terms]
        left, right = sum(forms, ClosedForm.number(0)), sum(reversed(forms), ClosedForm.number(0))
        _decided(left == right and left != right + ClosedForm.number(1))
        return len(left)

    return work


def by_field_of_sympy(terms: list[sympy.Expr]) -> Work:
    """The same by `sympy.field`, with rational coefficients."""
    _, *generators = sympy.field(SIX, sympy.QQ)
    functions = [sympy.lambdify(SIX, term) for term in terms]

    def work() -> int:
        values = [function(*generators) for function in functions]
        left, right = sum(values), sum(reversed(values))
        _decided(left == right and left != right + 1)
        return len(left.numer.terms())

    return work


def by_flint(terms: list[sympy.Expr]) -> Work:
    """The same by polynomials of python-flint alone: over the product of all denominators, nothing cancelled."""
    import flint

    context = flint.fmpz_mpoly_ctx.get(tuple(map(str, SIX)), flint.Ordering.lex)
    generators = context.gens()
    fractions = [[sympy.lambdify(SIX, side) for side in sympy.fraction(term)] for term in terms]

    def total(parts: list) -> tuple:
        above, below = context.constant(0), context.constant(1)
        for p, q in parts:
            above, below = above * q + p * below, below * q
        return above, below

    def work() -> int:
        parts = [(above(*generators), below(*generators)) for above, below in fractions]
        (p, q), (r, s) = total(parts), total(parts[::-1])
        _decided(q == s and p == r and p != r + s)
        return len(p)

    return work


def check() -> Work:
    """Five fractions in another order, by the language of claims."""
    import symicl as si

    si.check("a : scalar\nclaim a = a")  # the making of the parser is not measured
    text = f"a, b, c : scalar(positive)\nclaim {' + '.join(FIVE)} = {' + '.join(reversed(FIVE))}"

    def work() -> int:
        _decided(si.check(text)[0].proved)
        return len(FIVE)

    return work


def wrong_versions(theorem_id: str) -> Work:
    """All wrong versions of a theorem's statements are refuted; the number of them."""
    from symicl.statements import all_theorems, compare
    from symicl.statements.mutate import mutants

    (theorem,) = [theorem for theorem in all_theorems() if theorem.id == theorem_id]
    found, changed = theorem.derive().found, list(mutants(theorem))

    def work() -> int:
        _decided(all(compare(found[m.quantity], m.expression).status == "refuted" for m in changed))
        return len(changed)

    return work


def scalar_steps(count: int) -> Work:
    """The excess risk of that many gradient steps, from SymPy to SymPy; the number of terms."""
    from families.losses import scalar_steps_risk

    expectation = scalar_steps_risk(count)
    return lambda: len(expectation()[0].args)


def _decided(rightly: bool) -> None:
    if not rightly:
        raise SystemExit("not decided rightly")


@dataclass(frozen=True)
class Comparison:
    """A task, the seconds that symicl may take, and other ways to do it."""

    title: str
    bar: float | None
    ways: Mapping[str, Callable[[], Work]]


OTHERS = ("SymPy", "python-flint")
SMALL, LARGE = squares(6, SIX[:4], False), squares(12, SIX, True)
TASKS = {
    "six-squares": Comparison(
        "equality of a sum of six squared quotients in four symbols",
        0.05,
        {
            "symicl": lambda: by_symicl(SMALL),
            "SymPy": lambda: by_field_of_sympy(SMALL),
            "python-flint": lambda: by_flint(SMALL),
        },
    ),
    "five-fractions": Comparison("five reordered fractions, by `symicl check`", 0.05, {"symicl": check}),
    "twelve-squares": Comparison(
        "equality of a sum of twelve squared quotients with linear denominators in six symbols",
        4.0,
        {"symicl": lambda: by_symicl(LARGE)},
    ),
    **{
        f"wrong-{name}": Comparison(
            f"all wrong versions of `zheng2024.{name}` refuted",
            None,
            {"symicl": lambda name=name: wrong_versions(f"zheng2024.{name}")},
        )
        for name in ("capability", "not_gd", "limit")
    },
    "scalar-steps-4": Comparison(
        "excess risk of four steps of sizes η₁, …, η₄", 0.02, {"symicl": lambda: scalar_steps(4)}
    ),
    "scalar-steps-6": Comparison(
        "excess risk of six steps of sizes η₁, …, η₆", 0.4, {"symicl": lambda: scalar_steps(6)}
    ),
}


def run(task: str, before: Path | None, repeats: int, limit: float) -> dict[str, Measurement]:
    """Every way to do a task; runs of this version and of another one take turns."""
    pythons = {"symicl": Path(sys.executable), **({"before": before} if before else {})}
    ours: dict[str, list[Measurement]] = {name: [] for name in pythons}
    for _ in range(repeats):
        for name, python in pythons.items():
            ours[name].append(measure([str(python), __file__, "--once", task, "symicl"], 1, limit))
    best = {name: min(runs, key=lambda m: m.seconds or limit) for name, runs in ours.items()}
    for way in OTHERS:
        if way in TASKS[task].ways:
            best[way] = measure([sys.executable, __file__, "--once", task, way], repeats, limit)
    return best


def table(measured: Mapping[str, Mapping[str, Measurement]], before: bool) -> str:
    ways = ["symicl", *(["before"] if before else []), *OTHERS]
    lines = [
        "| task | size | " + " | ".join(["symicl", "allowed", *ways[1:]]) + " |",
        "| --- |" + " ---: |" * (2 + len(ways)),
    ]
    for task, found in measured.items():
        bar = TASKS[task].bar
        cells = [_seconds(found.get(way)) for way in ways]
        cells.insert(1, duration(bar) if bar else "–")
        lines.append(f"| {TASKS[task].title} | {found['symicl'].terms or ''} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _seconds(found: Measurement | None) -> str:
    if found is None or found.status == "failed":
        return "–"
    return duration(found.seconds) if found.seconds is not None else "> time limit"


def section(measured: Mapping[str, Mapping[str, Measurement]], before: bool = False) -> str:
    """The part of the page on benchmarks."""
    return f"""{TITLE}

Made by `python benchmarks/closed_forms.py --markdown docs/benchmarks.md`: seconds of the processor, the best of three
runs in processes of their own. *SymPy* is `sympy.field`; *python-flint* is its polynomials alone, over the product of
all denominators, nothing cancelled. The size is the number of terms, fractions or wrong versions.

{table(measured, before)}
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"default: all of {', '.join(TASKS)}")
    parser.add_argument(
        "--before", type=Path, metavar="PYTHON", help="an interpreter with another version of symicl"
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one run, imports included")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="replace the section of this page")
    parser.add_argument("--once", nargs=2, metavar=("TASK", "WAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        task, way = options.once
        work = TASKS[task].ways[way]()
        start = time.process_time()
        terms = work()
        print(json.dumps({"seconds": time.process_time() - start, "terms": terms}))
        return 0
    measured = {}
    for task in options.tasks or TASKS:
        print(f"{task} …", file=sys.stderr, flush=True)
        measured[task] = run(task, options.before, options.repeats, options.limit)
    print(table(measured, options.before is not None))
    if options.markdown is not None:
        page = options.markdown.read_text(encoding="utf-8").partition(TITLE)[0].rstrip()
        added = section(measured, options.before is not None)
        options.markdown.write_text(f"{page}\n\n{added}", encoding="utf-8")
    return int(any(_too_slow(TASKS[task].bar, found["symicl"]) for task, found in measured.items()))


def _too_slow(bar: float | None, found: Measurement) -> bool:
    return found.seconds is None or (bar is not None and found.seconds > bar)


if __name__ == "__main__":
    sys.exit(main())
