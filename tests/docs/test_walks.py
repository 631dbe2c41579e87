"""The walks through the code that the page of the architecture describes are those of today."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "walks.py"
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
MAX_FILES = {"A number n": (49, 21), "A claim": (49, 15)}
"""Files that take part, and those of them that calls enter from other rooms."""


def test_the_page_names_the_files_that_are_passed():
    printed = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True).stdout
    assert printed.strip() in PAGE, (
        f"run: python benchmarks/walks.py --markdown docs/architecture.md\n{printed}"
    )


def test_the_walks_are_short():
    for start, limits in MAX_FILES.items():
        (found,) = re.findall(rf"\*\*{start}.*\*\*: (\d+) files take part, (\d+) of them entered", PAGE)
        assert all(int(files) <= limit for files, limit in zip(found, limits, strict=True)), (start, found)


def test_a_file_that_is_passed_is_found():
    spec = importlib.util.spec_from_file_location("walks", SCRIPT)
    walks = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(walks)

    import symicl as si

    n, d = si.dims("n d")
    entered, all_files = walks.walk(lambda: si.expect((si.gaussian("X", (n, d)).T).doit()))
    assert Path("expectation/sympy_expectation.py") in entered
    assert Path("expectation/sympy_expectation.py") in all_files
    assert not any(path.parts[0] == "typeset" for path in all_files)
