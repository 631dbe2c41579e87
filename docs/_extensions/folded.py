"""Parts of a page that are closed at first: `<details>`, which needs no JavaScript."""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective


class Folded(SphinxDirective):
    """`{folded} Title`, with anything inside."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    title = "The file"

    def run(self):
        """The content between the tags."""
        inside = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, inside)
        title = self.arguments[0] if self.arguments else self.title
        before = nodes.raw("", f'<details class="folded"><summary>{title}</summary>', format="html")
        return [before, *inside.children, nodes.raw("", "</details>", format="html")]


class FoldedFormula(Folded):
    """A formula that fills screens."""

    title = "A long closed form"


def setup(app):
    """Register the directives."""
    app.add_directive("folded", Folded)
    app.add_directive("dropdown-formula", FoldedFormula)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
