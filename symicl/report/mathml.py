"""LaTeX of formulas and prose as HTML with native MathML, which browsers show without any script."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from symicl.errors import MissingDependencyError, UnsupportedError

_NORM = re.compile(r"\\[lr]Vert(?![A-Za-z])")
_LEFTOVER = re.compile(r">\s*(\\[A-Za-z]+)\s*<")
_ALIGN = re.compile(r"\\(begin|end)\{align\*\}")


@lru_cache(maxsize=4096)
def mathml(latex: str, *, block: bool = False) -> str:
    r"""One formula as a ``<math>`` element.

    Parameters
    ----------
    latex : str
        Without its dollar signs or ``\[ \]``.
    block : bool
        A displayed formula instead of one in running text.

    Raises
    ------
    MissingDependencyError
        Without latex2mathml.
    UnsupportedError
        For LaTeX that cannot be turned into MathML.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError as error:
        raise MissingDependencyError(
            "the HTML report needs latex2mathml and jinja2; install them with: pip install 'symicl[html]'"
        ) from error
    # MathML names the double bar by its character; the converter knows it as \|.
    source = _ALIGN.sub(r"\\\1{aligned}", _NORM.sub(r"\\|", latex))
    try:
        element = str(convert(source, display="block" if block else "inline"))
    except Exception as error:  # the converter raises bare exceptions of many kinds
        raise UnsupportedError(f"this formula cannot be turned into MathML: {latex[:60]}") from error
    left = _LEFTOVER.search(element)
    if left:
        raise UnsupportedError(f"MathML has no {left[1]}, which stands in the formula {latex[:60]}")
    return element


def block(latex: str) -> str:
    r"""A displayed formula, given with its ``\[ \]`` or ``align*``, as a ``<math>`` element."""
    body = latex.strip()
    if body.startswith(r"\[") and body.endswith(r"\]"):
        body = body[2:-2].strip()
    return mathml(body, block=True)


def prose(text: str) -> str:
    """Text with mathematics between dollar signs as HTML; everything outside of it is escaped.

    A formula that is not valid LaTeX, as a user's own text may hold, is shown as it was typed.
    """
    parts = text.split("$")
    if len(parts) % 2 == 0:  # a lone dollar sign is not mathematics
        return html.escape(text)
    return "".join(html.escape(part) if i % 2 == 0 else _inline(part) for i, part in enumerate(parts))


def _inline(latex: str) -> str:
    try:
        return mathml(latex)
    except UnsupportedError:
        return f"<code>{html.escape(latex)}</code>"
