"""Formulas as native MathML: they can be read without a network and without JavaScript."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError

REWRITE = (
    (r"\begin{aligned}", r"\begin{split}"),
    (r"\end{aligned}", r"\end{split}"),
    (r"\lVert", r"\|"),
    (r"\rVert", r"\|"),
    (r"\tfrac", r"\frac"),
)
"""What the converter does not know, in words that it knows."""


def mathml(latex, display="inline"):
    """MathML of a formula.

    Raises
    ------
    ExtensionError
        For a formula that cannot be converted: a page never shows its source in place of it.
    """
    text = latex.strip().removeprefix(r"\[").removesuffix(r"\]").strip()
    for before, after in REWRITE:
        text = text.replace(before, after)
    try:
        found = convert(text, display=display)
    except Exception as error:
        raise ExtensionError(f"this formula cannot be converted to MathML: {latex}") from error
    # What the converter does not know it passes on as letters.
    if any(sign in found for sign in ("<mtext>\\", "<mi>\\", "<mi>&</mi>", "<mi>&amp;</mi>")):
        raise ExtensionError(f"this formula contains a command that has no MathML: {latex}")
    return found


def _inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator, node):
    # A long formula scrolls by itself and not with the page; with a key as well as with a finger.
    label = ' tabindex="0" role="group" aria-label="formula"'
    translator.body.append(f'<div class="formula"{label}>{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register the renderer; `html_math_renderer = "mathml"` chooses it."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
