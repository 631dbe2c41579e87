"""Each example of the page runs alone, in at most fifteen lines, and there are fifteen of them."""

import doctest
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "in-fifteen-lines.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^## (.*?)\n.*?```python\n(.*?)```", PAGE, re.MULTILINE | re.DOTALL))


def test_there_are_fifteen():
    assert len(EXAMPLES) == PAGE.count("```python") == 15


@pytest.mark.parametrize("title", EXAMPLES)
def test_it_is_short_and_runs_alone(title):
    lines = [line for line in EXAMPLES[title].splitlines() if line.startswith((">>> ", "... "))]
    assert len(lines) <= 15
    if "torch" in EXAMPLES[title] or "si.train" in EXAMPLES[title]:
        pytest.importorskip("torch")
    test = doctest.DocTestParser().get_doctest(EXAMPLES[title] + "\n", {}, title, None, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    assert runner.run(test).failed == 0
