"""The reference of Python names lists classes that exist."""

import importlib
import importlib.util
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "_extensions" / "reference_pages.py"


def pages():
    spec = importlib.util.spec_from_file_location("reference_pages", PAGES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_code_is_on_the_page_with_its_cause_and_its_remedy():
    from symicl.codes import table

    page = pages().codes()
    assert all(f"- `{code}` " in page for code in table())
    entry = next(line for line in page.splitlines() if "*Remedy:* declare its symbols with scalar" in line)
    assert "not known to be" in entry.partition("*Remedy:*")[0]


@pytest.mark.parametrize("name", pages().RESULTS)
def test_each_result_is_a_documented_class(name):
    room, _, kind = name.rpartition(".")
    found = getattr(importlib.import_module(room), kind)
    assert isinstance(found, type)
    assert found.__doc__


def test_every_kind_of_proposition_is_on_the_page_and_is_said_how():
    from symicl.statements.propositions import PROPOSITIONS

    page, root = pages().python(), PAGES.parents[1]
    how = (root / "how-to" / "say-a-theorem.md").read_text(encoding="utf-8")
    for kind in PROPOSITIONS:
        assert f"autoclass:: symicl.statements.{kind.__name__}\n" in page
        assert f"`{kind.__name__}`" in how or f"{kind.__name__}(" in how
