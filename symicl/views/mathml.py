"""LaTeX of formulas and prose as HTML with native MathML, which browsers show without any script."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from xml.etree import ElementTree

from symicl.errors import MissingDependencyError, UnsupportedError

WIDE_FORMULA = 50
"""Characters of LaTeX from which a formula in running text may be wider than a phone."""

_PUNCTUATION = re.compile(r"[,.;:)]+")
_PARTS = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "mover": 2,
    "munder": 2,
    "mroot": 2,
    "msubsup": 3,
    "munderover": 3,
}

_NORM = re.compile(r"\\[lr]Vert(?![A-Za-z])")
_LEFTOVER = re.compile(r">\s*(\\[^<]+)<")
# The converter knows align*, not aligned.
_ALIGN = re.compile(r"\\(begin|end)\{(?:aligned|align|split)\}")

_NAMED = r"<mo>(tr|diag|rank|range|min|max|inf|sup|det|cos|sin|ln|log|exp|Re|Im|Var|Cov)</mo>"
_BEFORE_SIGN = (
    r"(<(?:math|mrow|msqrt|mfrac)(?: [^<>]*)?>"
    r"|<mo[^<>]*>(?:&#x0003D;|&#x00028;|\(|&#x0002C;|&#x02264;|&#x02265;|\[|&#x0005B;|&#x021A6;|&#x02192;|&#x02260;)</mo>)"
)
_MENDED = (
    (r"<mi>&#x0007E;</mi>", "<mo>&#x223C;</mo>"),  # the relation, not the ASCII tilde
    (r"<mi>&#x027E8;</mi>", '<mo form="prefix" stretchy="false">&#x27E8;</mo>'),
    (r"<mi>&#x027E9;</mi>", '<mo form="postfix" stretchy="false">&#x27E9;</mo>'),
    (r"<mo>(?:&#x0002A;|\*)</mo>", "<mo>&#x2217;</mo>"),  # the star on the axis, as TeX sets it
    (r"<mo>(?:&#x0002F;|/)</mo>", '<mo lspace="0" rspace="0">/</mo>'),
    (_NAMED + r"(?=<mo[^<>]*>(?:&#x00028;|\())", r'<mo lspace="0.1667em" rspace="0">\1</mo>'),
    (_NAMED, r'<mo lspace="0.1667em" rspace="0.1667em">\1</mo>'),
    # A minus that opens a term stands close to it.
    (
        _BEFORE_SIGN + r"<mo>(&#x02212;|&#x0002B;|&#x000B1;)</mo>",
        r'\1<mo form="prefix" lspace="0" rspace="0">\2</mo>',
    ),
    (r"<mi>(:|;|&#x027F9;|&#x027FA;|&#x02AB0;|&#x02A01;)</mi>", r"<mo>\1</mo>"),
    (r"<mi>(?:‖|&#x02016;)</mi>", '<mo stretchy="false" lspace="0" rspace="0">‖</mo>'),
    (r"<mo>&#x022A4;</mo>", '<mo lspace="0" rspace="0">&#x22A4;</mo>'),
    (r'<mn mathvariant="bold">1</mn>', "<mn>&#x1D7CF;</mn>"),
    (r"<mo>\|</mo>", '<mo stretchy="false" lspace="0" rspace="0">|</mo>'),
    (r"<mi ?/>", ""),  # left behind by an alignment mark
)
"""Defects of the converter's output, and their corrections."""


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
    # The converter takes the double bar as a character everywhere, also behind \big.
    source = _ALIGN.sub(r"\\\1{align*}", _NORM.sub("‖", latex))
    try:
        element = str(convert(source, display="block" if block else "inline"))
    except Exception as error:  # the converter raises bare exceptions of many kinds
        raise UnsupportedError(f"this formula cannot be turned into MathML: {latex[:60]}") from error
    for pattern, better in _MENDED:
        element = re.sub(pattern, better, element)
    if not _well_formed(element):
        raise UnsupportedError(f"this formula cannot be turned into MathML: {latex[:60]}")
    left = _LEFTOVER.search(element)
    if left:
        raise UnsupportedError(f"MathML has no {left[1]}, which stands in the formula {latex[:60]}")
    return element


def _well_formed(element: str) -> bool:
    """True if an element is XML in which every fraction and script has its parts, and no brace is left over."""
    try:
        root = ElementTree.fromstring(element)
    except ElementTree.ParseError:
        return False
    for node in root.iter():
        name = node.tag.rsplit("}", 1)[1]
        if name in _PARTS and len(node) != _PARTS[name]:
            return False
        if name == "mi" and node.text in ("{", "}"):
            return False
    return True


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
    pieces = []
    for i, part in enumerate(parts):
        if i % 2:
            # No line break between a formula and the punctuation that follows it.
            mark = _PUNCTUATION.match(parts[i + 1])
            following = html.escape(mark[0]) if mark else ""
            formula = _inline(part) + following
            pieces.append(
                f'<span class="together">{formula}</span>' if mark and len(part) <= WIDE_FORMULA else formula
            )
            parts[i + 1] = parts[i + 1][len(mark[0]) :] if mark else parts[i + 1]
        else:
            pieces.append(html.escape(part))
    return "".join(pieces)


def _inline(latex: str) -> str:
    try:
        element = mathml(latex)
    except UnsupportedError:
        return f"<code>{html.escape(latex)}</code>"
    # Browsers do not break formulas: a long one scrolls where the line is too short for it.
    return f'<span class="long" tabindex="0">{element}</span>' if len(latex) > WIDE_FORMULA else element
