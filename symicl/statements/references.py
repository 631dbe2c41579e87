"""References between the steps of a derivation, in the form of a text, a page or a LaTeX document."""

from __future__ import annotations

import re

REFERENCE = re.compile(r"\{step:([a-z0-9 -]+)\}")
"""A reference to another step, in prose."""


def label(theorem_id: str, number: int | str) -> str:
    """The name of a step in LaTeX."""
    return f"step:{theorem_id}:{number}"


def in_text(text: str) -> str:
    """``{step:4}`` as "step 4"."""
    return REFERENCE.sub(r"step \1", text)


def in_latex(text: str, theorem_id: str) -> str:
    """As a reference that LaTeX resolves."""
    return REFERENCE.sub(lambda match: rf"Step~\ref{{{label(theorem_id, match[1])}}}", text)


def in_html(text: str) -> str:
    """As a link to the step on the same page."""
    return REFERENCE.sub(r'<a href="#step-\1">step \1</a>', text)
