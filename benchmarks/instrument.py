"""How long a first answer takes from a cold start, with retrieval, depth, recursions and a test risk.

    python benchmarks/instrument.py                                      the table
    python benchmarks/instrument.py --markdown docs/cold-start.md        and into that page

Every run is a process of its own without torch, in seconds of the processor from the start of Python to the checked
answer. The fastest of a few runs counts. The other ways, SymPy's import among them, take turns with ours.
Exit code: 0 if each is within its bar, else 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from measure import Measurement, measure
from table import duration

MARK = "<!-- made by benchmarks/instrument.py -->"
RETRIEVAL = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "retrieval.md"


def sympy_alone() -> None:
    """What every answer in SymPy waits for."""
    import sympy  # noqa: F401


def retrieval() -> None:
    import symicl as si

    optimum = si.minimise(si.expected_loss(si.LinearSelfAttention(), si.RetrievalRegression()))
    assert optimum.attained == "weights" and len(optimum.certificate.distance) > 0
    value = optimum.at(n=20, d=20, alpha="3/10", sigma2=0).value
    assert abs(float(value) - 5.661723) < 1e-6


def retrieval_as_a_theorem() -> None:
    """The theorem file of the page on retrieval: proved, and its certificate written."""
    from symicl.statements import load_file, prove

    (code,) = re.findall(r"```python\n(\"\"\".*?)```", RETRIEVAL.read_text(encoding="utf-8"), re.DOTALL)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "retrieval.py"
        file.write_text(code, encoding="utf-8")
        (theorem,) = load_file(file)
        verdict = prove(theorem, record=True)
        assert verdict.status == "proved"
        (Path(folder) / "retrieval.certificate.jsonl").write_text(verdict.proof_log, encoding="utf-8")


def retrieval_expanded() -> None:
    """The loss of one step on these examples as one expectation; nothing is minimised, and no weights but K appear."""
    import sympy

    import symicl as si

    n, d = si.dims("n d")
    alpha, spread = si.scalar("alpha"), si.scalar("v", nonnegative=True)
    K, ones = si.matrix("K", (d, d)), sympy.OneMatrix(n, 1)
    x, w, Z = si.gaussian("x", d), si.gaussian("w", d), si.gaussian("Z", (n, d), col_cov=spread)
    X = alpha * ones * x.T + Z
    noise = si.gaussian("epsilon", n, row_cov=si.scalar("sigma2", nonnegative=True))
    gap = x.T * K * X.T * (X * w + noise) - x.T * w
    assert si.expect(gap * gap.T).has(sympy.Trace)


def three_layers() -> None:
    import symicl as si

    n, d = si.dims("n d")
    three = si.depth(si.LinearRegression(noise=0), layers=3)
    assert (
        {n, d}
        == three.excess.free_symbols
        == set().union(*(f.free_symbols for f in three.symmetric_functions))
    )


def three_layers_expanded() -> None:
    """The loss as a polynomial in three steps; nothing is minimised."""
    import sympy

    import symicl as si

    n, d = si.dims("n d")
    X, error = si.gaussian("X", (n, d)), sympy.Identity(d)
    for name in ("eta_1", "eta_2", "eta_3"):
        error = error * (sympy.Identity(d) - si.scalar(name) / n * X.T * X)
    assert si.scalar("eta_3") in si.expect(sympy.Trace(error * error.T)).free_symbols


def twelve_layers() -> None:
    import symicl as si

    at = si.depth(si.LinearRegression(noise=0), layers=12).at(n=20, d=5)
    assert at.attained == "steps" and len(at.steps) == 12
    assert f"{float(at.excess):.12g}" == "0.00044300790054"


def twelve_layers_by_determinants() -> None:
    """Moments up to E tr S²⁴ by `expect`, then two Hankel determinants by SymPy: the loss alone, no steps."""
    import sympy

    import symicl as si

    X = si.gaussian("X", (20, 5))
    m = [sympy.Integer(5)]
    m += [si.expect(sympy.Trace((X.T * X) ** k)) / sympy.Integer(20) ** k for k in range(1, 25)]
    above = sympy.Matrix(13, 13, lambda i, j: m[i + j]).det(method="bareiss")
    below = sympy.Matrix(12, 12, lambda i, j: m[i + j + 2]).det(method="bareiss")
    assert f"{float(above / below):.12g}" == "0.00044300790054"


def every_depth() -> None:
    import symicl as si

    assert si.depth_limit().at(c="1/4", layers=2).fraction * 21 == 1


def delta_rule() -> None:
    import symicl as si

    n, d = si.dims("n d")
    beta, e, x, w = si.scalar("beta"), si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
    rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
    assert rule.expect(e.T * e).best(beta).parameter == 1 / (d + 2)


def four_tokens_expanded() -> None:
    """Four tokens of the delta rule, one Gaussian vector each: no symbolic n, and nothing is minimised."""
    import sympy

    import symicl as si

    d, beta = si.dims("d"), si.scalar("beta")
    error = si.gaussian("w", d)
    for name in ("x_1", "x_2", "x_3", "x_4"):
        x = si.gaussian(name, d)
        error = error - beta * x * x.T * error
    found = si.expect(error.T * error)
    assert sympy.expand(found - d * (1 - 2 * beta + (d + 2) * beta**2) ** 4) == 0


def ten_thousand_gates() -> None:
    import symicl as si

    n, d = si.dims("n d")
    beta, e, x, w = si.scalar("beta"), si.vector("e", d), si.gaussian("x", d), si.gaussian("w", d)
    rule = si.recursion(state={e: w}, step={e: e - beta * x * x.T * e}, tokens=n)
    gates = [Fraction(1, 7 + i) for i in range(10_000)]
    assert 0 < rule.expect(e.T * e).at(n=10_000, d=5, beta=gates) < 1


def expected_test_risk():
    """E(f − ⟨w, x⟩)² of attention trained on N tokens, on M tokens, and Γ⁻¹, the covariance and w in it."""
    from sympy import Identity, Trace

    import symicl as si

    N, M, d = si.dims("N M d")
    Lam, w = si.covariance("Lambda", d), si.vector("w", d)
    G = ((1 + 1 / N) * Lam + Trace(Lam) / N * Identity(d)).inverse()
    X, x = si.gaussian("X", (M, d), col_cov=Lam), si.gaussian("x", d, row_cov=Lam)
    gap = x.T * G * X.T * X * w / M - w.T * x
    return si.expect(Trace(gap * gap.T)), G, Lam, w, N, M


def test_risk() -> None:
    """Equal to the published formula, in which Γ⁻¹ stands in other places, and not to twice that."""
    from sympy import Trace

    from symicl.algebra import read_form

    risk, G, Lam, w, N, M = expected_test_risk()
    trace, spread = Trace(Lam), Lam * w * w.T * Lam + Trace(w.T * Lam * w) * Lam
    bias = Trace(w.T * G**2 * Lam**3 * w) + 2 * trace * Trace(w.T * G**2 * Lam**2 * w)
    bias += trace**2 * Trace(w.T * G**2 * Lam * w)
    stated = Trace(spread * G**2 * Lam) / M + bias / N**2
    assert read_form(risk) == read_form(stated) != read_form(2 * stated)


def test_risk_expanded() -> None:
    """The expectation alone, compared with nothing."""
    assert expected_test_risk()[0] != 0


@dataclass(frozen=True)
class Task:
    """A question, the seconds that its answer may take, and the same without a solver."""

    title: str
    bar: float
    work: Callable[[], None]
    otherwise: Callable[[], None] | None = None


TASKS = {
    "retrieval": Task(
        "retrieval, the optimum over all weights with its identity", 1.0, retrieval, retrieval_expanded
    ),
    "retrieval-theorem": Task(
        "the same as a theorem file, proved, with its certificate", 1.0, retrieval_as_a_theorem
    ),
    "three-layers": Task(
        "three layers with a step each, in symbols", 2.0, three_layers, three_layers_expanded
    ),
    "twelve-layers": Task(
        "twelve layers with a step each, n = 20, d = 5", 2.0, twelve_layers, twelve_layers_by_determinants
    ),
    "every-depth": Task("the limit for every number of layers, with its proof", 2.0, every_depth),
    "delta-rule": Task(
        "the delta rule in symbols, with its best gate", 0.5, delta_rule, four_tokens_expanded
    ),
    "gates": Task("ten thousand tokens with a gate each, exactly", 1.0, ten_thousand_gates),
    "test-risk": Task("the test risk on M tokens equals its formula", 3.0, test_risk, test_risk_expanded),
}


def once(task: str, way: str) -> None:
    """One run, in this process."""
    ways = {"symicl": TASKS[task].work, "SymPy": sympy_alone, "otherwise": TASKS[task].otherwise}
    work = ways[way]
    assert work is not None
    work()
    if "torch" in sys.modules:
        raise SystemExit("torch is loaded")
    print(json.dumps({"seconds": time.process_time(), "terms": None}))


def run(task: str, repeats: int, limit: float) -> dict[str, Measurement]:
    """The fastest run of each way; the ways take turns."""
    ways = ["symicl", "SymPy", *(["otherwise"] if TASKS[task].otherwise else [])]
    runs: dict[str, list[Measurement]] = {way: [] for way in ways}
    for _ in range(repeats):
        for way in ways:
            runs[way].append(measure([sys.executable, __file__, "--once", task, way], 1, limit))
    return {way: min(found, key=lambda m: m.seconds or limit) for way, found in runs.items()}


def table(measured: Mapping[str, Mapping[str, Measurement]]) -> str:
    """A row for each task."""
    lines = [
        "| task | symicl | allowed | `import sympy` | ratio | without a solver | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for task, found in measured.items():
        cells = [_seconds(found["symicl"]), duration(TASKS[task].bar)]
        for way in ("SymPy", "otherwise"):
            cells += [_seconds(found.get(way)), _ratio(found["symicl"], found.get(way))]
        lines.append(f"| {TASKS[task].title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _seconds(found: Measurement | None) -> str:
    if found is None:
        return "–"
    return duration(found.seconds) if found.seconds is not None else found.status


def _ratio(ours: Measurement, other: Measurement | None) -> str:
    if other is None or ours.seconds is None or other.seconds is None:
        return "–"
    return f"{ours.seconds / other.seconds:.2g}"


def _too_slow(task: str, found: Measurement) -> bool:
    return found.seconds is None or found.seconds > TASKS[task].bar


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help=f"default: all of {', '.join(TASKS)}")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds for one run")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the table into this page")
    parser.add_argument("--once", nargs=2, metavar=("TASK", "WAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        once(*options.once)
        return 0
    # Compiled files are kept, as after an installation; the first run makes them.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    measured = {}
    for task in options.tasks or TASKS:
        print(f"{task} …", file=sys.stderr, flush=True)
        measured[task] = run(task, options.repeats, options.limit)
    print(table(measured))
    for task, found in measured.items():
        for way, measurement in found.items():
            if measurement.status != "done":
                print(f"{task}, {way}: {measurement.status} {measurement.error or ''}", file=sys.stderr)
    if options.markdown is not None:
        before, _, after = options.markdown.read_text(encoding="utf-8").split(MARK)
        page = f"{before}{MARK}\n\n{table(measured)}\n\n{MARK}{after}"
        options.markdown.write_text(page, encoding="utf-8")
    return int(any(_too_slow(task, found["symicl"]) for task, found in measured.items()))


if __name__ == "__main__":
    sys.exit(main())
