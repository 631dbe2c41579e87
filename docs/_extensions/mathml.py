"""Formulas as native MathML, as the report has them: they can be read without a network and without JavaScript."""

from docutils import nodes
from sphinx.errors import ExtensionError

from symicl.errors import UnsupportedError
from symicl.views.mathml import mathml as converted


def mathml(latex, *, block=False):
    """MathML of a formula.

    Raises
    ------
    ExtensionError
        For a formula that cannot be converted: a page never shows its source in place of it.
    """
    text = latex.strip().removeprefix(r"\[").removesuffix(r"\]").strip()
    try:
        return converted(text, block=block)
    except UnsupportedError as error:
        raise ExtensionError(str(error)) from error


def _inline(translator, node):
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator, node):
    # A long formula scrolls by itself and not with the page; with a key as well as with a finger.
    label = ' tabindex="0" role="group" aria-label="formula"'
    translator.body.append(f'<div class="formula"{label}>{mathml(node.astext(), block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app):
    """Register the renderer; `html_math_renderer = "mathml"` chooses it."""
    app.add_html_math_renderer("mathml", inline_renderers=(_inline, None), block_renderers=(_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
