"""The page of times from a cold start has a row for each task, with its limit, and a task that is wrong fails."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "instrument.py"


@pytest.fixture
def instrument(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    import instrument

    return instrument


def test_each_task_has_its_row(instrument):
    page = (ROOT / "docs" / "cold-start.md").read_text("utf-8")
    _, table, _ = page.split(instrument.MARK)
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.strip().splitlines()[2:]]
    expected = [[task.title, instrument.duration(task.bar)] for task in instrument.TASKS.values()]
    assert [[row[0], row[2]] for row in rows] == expected


def test_a_run_prints_seconds_of_the_processor():
    command = [sys.executable, str(SCRIPT), "--once", "delta-rule", "symicl"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found["seconds"] > 0


def test_another_answer_is_no_run(instrument, monkeypatch):
    import symicl as si

    recursion = si.recursion
    monkeypatch.setattr(
        si, "recursion", lambda **given: recursion(**{**given, "step": faster(given["step"])})
    )
    with pytest.raises(AssertionError):
        instrument.delta_rule()


def faster(step):
    ((letter, value),) = step.items()
    return {letter: 2 * value - letter}
