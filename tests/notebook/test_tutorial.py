"""The tutorial notebook runs from its first cell to its last."""

from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "docs" / "notebooks" / "tutorial.py"


def test_the_notebook_runs():
    jupytext, nbclient = pytest.importorskip("jupytext"), pytest.importorskip("nbclient")
    notebook = jupytext.read(SOURCE)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = [o for cell in notebook.cells for o in cell.get("outputs", []) if "data" in o]
    assert any("text/latex" in o["data"] for o in shown)
    html = [o["data"].get("text/html", "") for o in shown]
    assert any("proved" in text for text in html)
    assert any("<progress" in text for text in html)
    assert any("data:image/png" in text for text in html)
