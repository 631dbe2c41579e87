"""The results as a table."""

from __future__ import annotations

from families import TASKS
from measure import Measurement

ENGINES = ("symicl", "tensorgrad", "pairings")
Results = dict[str, dict[str, Measurement]]

HEADER = ["task", "terms", "symicl", "allowed", "tensorgrad", "ratio", "pairings", "ratio"]


def rows(results: Results, limit: float) -> list[list[str]]:
    table = []
    for name, measured in results.items():
        ours = measured.get("symicl")
        row = [TASKS[name].title, _terms(measured), _seconds(ours, limit), duration(TASKS[name].budget)]
        for peer in ENGINES[1:]:
            row += [_seconds(measured.get(peer), limit), _ratio(measured.get(peer), ours, limit)]
        table.append(row)
    return table


def markdown(results: Results, limit: float) -> str:
    lines = [HEADER, ["---"] + ["---:"] * (len(HEADER) - 1), *rows(results, limit)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def problems(results: Results) -> list[str]:
    """What must not be: a failure of ours, a missed budget, results of different size."""
    found = []
    for name, measured in results.items():
        ours = measured.get("symicl")
        if ours and ours.status != "done":
            found.append(f"{name}: symicl: {ours.error or ours.status}")
        if ours and ours.seconds and ours.seconds > TASKS[name].budget:
            found.append(
                f"{name}: {duration(ours.seconds)} is more than the {duration(TASKS[name].budget)} allowed"
            )
        found += [f"{name}: {peer}: {m.error}" for peer, m in measured.items() if m is not ours and m.error]
        terms = {engine: m.terms for engine, m in measured.items() if m.status == "done"}
        if len(set(terms.values())) > 1:
            found.append(f"{name}: the results differ in their number of terms, {terms}")
    return found


def duration(seconds: float) -> str:
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def _terms(measured: dict[str, Measurement]) -> str:
    return next((str(m.terms) for m in measured.values() if m.status == "done"), "")


def _seconds(measurement: Measurement | None, limit: float) -> str:
    if measurement is None:
        return "–"
    if measurement.status == "done" and measurement.seconds is not None:
        return duration(measurement.seconds)
    return f"> {limit:g} s" if measurement.status == "time limit" else "failed"


def _ratio(peer: Measurement | None, ours: Measurement | None, limit: float) -> str:
    if peer is None or ours is None or not ours.seconds or peer.status == "failed":
        return "–"
    if peer.seconds is None:
        return f"> {_two_digits(limit / ours.seconds)}"
    return _two_digits(peer.seconds / ours.seconds)


def _two_digits(ratio: float) -> str:
    return f"{float(f'{ratio:.2g}'):,.0f}" if ratio >= 10 else f"{ratio:.2g}"
