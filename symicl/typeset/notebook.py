"""Pieces of HTML for notebooks; mathematics stays LaTeX, which the notebook typesets."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from symicl.typeset.formula import Equation, display

COLOURS = {
    **dict.fromkeys(("proved", "confirmed", "reached"), "#1a7f37"),
    **dict.fromkeys(("refuted", "contradicted"), "#b3261e"),
}
"""Of verdicts; every other one is amber."""

MAX_UNFOLDED = 6000
"""Characters of LaTeX after which a formula is folded away."""


def prose(text: str) -> str:
    """Text with mathematics between dollar signs."""
    return escape(text, quote=False)


def mathematics(formula: Any) -> str:
    """A closed form or an equation, displayed; a long one is folded."""
    latex = escape(display(formula), quote=False)
    if len(latex) <= MAX_UNFOLDED:
        return latex
    return f"<details><summary>a long closed form</summary>\n{latex}\n</details>"


def badge(verdict: str) -> str:
    """A verdict in its colour; the word says it all, the colour nothing more."""
    return f'<strong style="color:{COLOURS.get(verdict, "#9a6700")}">{escape(verdict)}</strong>'


def paragraphs(parts: Iterable[str]) -> str:
    """Each part in a block of its own."""
    return "\n".join(f"<div>{part}</div>" for part in parts if part)


def items(parts: Iterable[str]) -> str:
    """A list."""
    return "<ul>" + "".join(f"<li>{part}</li>" for part in parts) + "</ul>"


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values; both are HTML already."""
    lines = "".join(
        f'<tr><th scope="row" style="text-align:left">{name}</th><td style="text-align:left">{value}</td></tr>'
        for name, value in rows
    )
    return f"<table>{lines}</table>"


def stated(left: str, value: Any) -> str:
    """A stated quantity, displayed."""
    return mathematics(Equation(left, value))


def described(thing: Any) -> str:
    """An object by its representation and the first line of its documentation."""
    first = (type(thing).__doc__ or "").strip().partition("\n")[0].replace("``", "")
    return paragraphs([f"<code>{escape(repr(thing))}</code>", escape(first)])
