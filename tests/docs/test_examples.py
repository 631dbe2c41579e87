"""The examples of the README, the docs and the docstrings are executed and their output compared."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import symicl

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "docs" / "guide").glob("*.md")),
    *sorted((ROOT / "docs" / "how-to").glob("*.md")),
]
MADE = re.compile(r"(^|/)(gallery|generated)/")
"""Pages that are made when the site is built; the build checks links to them."""
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_page(page):
    assert doctest.testfile(str(page), module_relative=False, optionflags=OPTIONS).failed == 0


def test_the_readme_has_examples():
    assert (
        doctest.testfile(str(ROOT / "README.md"), module_relative=False, optionflags=OPTIONS).attempted >= 8
    )


def light_modules():
    for module in pkgutil.walk_packages(symicl.__path__, "symicl."):
        if ".training" not in module.name and "__main__" not in module.name:
            yield module.name


@pytest.mark.parametrize("name", list(light_modules()))
def test_docstrings(name):
    assert doctest.testmod(importlib.import_module(name), optionflags=OPTIONS).failed == 0


def test_links_of_the_pages_exist():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            assert MADE.search(target) or (page.parent / target).exists(), (
                f"{page.name} links to {target}, which does not exist"
            )


def test_the_theorem_in_contributing_is_proved_and_its_wrong_version_refuted(tmp_path):
    from symicl.statements import load_file, prove

    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.S)
    for text, verdict in ((code, "proved"), (code.replace("n + d + 1 +", "n + d + 2 +"), "refuted")):
        path = tmp_path / f"{verdict}.py"
        path.write_text(text)
        (theorem,) = load_file(path)
        assert prove(theorem).status == verdict
