"""The gallery: one page per theorem, made from its two files and from the derivation that runs at build time."""

import ast
import importlib
import inspect
from pathlib import Path

import field_map
from sphinx.errors import ExtensionError
from sphinx.util import logging

from symicl.statements import all_theorems, prove
from symicl.typeset import Equation, display

LOG = logging.getLogger(__name__)
LONG = 6000
"""Characters of LaTeX after which a formula is folded away."""

VERY_LONG = 40_000
"""Characters after which a formula is left to `symicl latex`."""


def prose(text):
    """Text with mathematics between dollar signs as Markdown, in which nothing else is markup."""
    parts = text.split("$")
    for i in range(0, len(parts), 2):
        for mark in "\\`*_<[":
            parts[i] = parts[i].replace(mark, "\\" + mark)
    return "$".join(parts)


def body(latex):
    """A displayed formula without its delimiters."""
    return latex.strip().removeprefix("\\[").removesuffix("\\]").strip()


def math(formula):
    """A displayed formula; a long one is folded."""
    text = body(display(formula))
    if len(text) > VERY_LONG:
        return f"*(a closed form of {text.count(chr(10)) + 1} lines; the command `symicl latex` prints it)*"
    block = f"```{{math}}\n{text}\n```"
    if len(text) <= LONG:
        return block
    return f"````{{dropdown-formula}}\n{block}\n````"


def docstring(module):
    """The docstring of a file, as it stands."""
    return f"```text\n{inspect.getdoc(module)}\n```"


def code(module):
    """The file without its docstring, which stands above."""
    text = inspect.getsource(module)
    first = ast.parse(text).body[0]
    rest = "\n".join(text.splitlines()[first.end_lineno :]).strip()
    return f"````{{folded}} The file\n```python\n{rest}\n```\n````"


def steps(derivation):
    """Each step with its formulas and the checks that it has passed."""
    for number, step in enumerate(derivation.steps, 1):
        yield f"### {number}. {prose(step.title)}"
        yield from map(math, step.formulas)
        if step.note:
            yield prose(step.note)
        for check in dict.fromkeys((c.claim, c.rule) for c in step.checks):
            yield f"- ✓ {prose(check[0])} ({prose(check[1])})"


def page(theorem):
    """The page of a theorem; it is proved now, and an unproved one stops the build."""
    verdict = prove(theorem)
    if verdict.status != "proved":
        raise ExtensionError(f"{theorem.id} is {verdict.status}: {verdict.counterexample or verdict.reason}")
    proof = importlib.import_module(f"symicl.proofs.{theorem.id}")
    check = importlib.import_module(f"symicl.numeric_checks.{theorem.id}")
    derivation = verdict.derivation
    parts = [
        f"# {prose(theorem.title)}",
        f"`{theorem.id}` · {prose(theorem.citation)}",
        prose(theorem.statement),
        f"```{{admonition}} Proved\n:class: tip\n\n{len(derivation.checks)} checks in {len(derivation.steps)} "
        f"steps, and {len(theorem.claims)} stated quantities equal to the derived ones as rational functions, "
        "while this page was built.\n```",
        "## Assumptions, in the author's words",
        "\n".join(f"- {prose(a)}" for a in theorem.assumptions),
        "## What is stated",
        *[
            math(Equation(theorem.notation.get(name, rf"\mathrm{{{name}}}".replace("_", r"\_")), value))
            for name, value in theorem.states.items()
        ],
        "## In words, not checked",
        f"The head of `proofs/{theorem.id.replace('.', '/')}.py`:",
        docstring(proof),
        "## Derivation",
        *steps(derivation),
        "## Taken for granted",
        "\n".join(f"- {prose(axiom)}" for axiom in derivation.axioms) or "Nothing.",
        "## The experiment",
        f"The head of `numeric_checks/{theorem.id.replace('.', '/')}.py`:",
        docstring(check),
        "## Do it yourself",
        "```sh\n"
        + "\n".join(
            (
                f"symicl derive {theorem.id}",
                f"symicl prove {theorem.id} --certificate certificates",
                f"symicl latex {theorem.id} --standalone -o theorem.tex",
                f"symicl train {theorem.id}          # needs torch",
            )
        )
        + "\n```",
        code(proof),
    ]
    return "\n\n".join(parts) + "\n"


def contents(theorems):
    """The page that lists the others, by paper."""
    parts = [
        "# Gallery",
        "Every theorem of the catalogue. A page is made of the two files of its theorem, and of the derivation, "
        "which runs while the site is built: a theorem that is not proved stops the build. "
        "[The map](map.md) shows which is a special case of which.",
    ]
    last = None
    for theorem in theorems:
        if theorem.paper != last:
            last = theorem.paper
            parts.append(f"## {prose(last.authors)} ({last.year})")
            parts.append(f"*{prose(last.title)}*, arXiv:{last.arxiv}")
        parts.append(
            f"```{{admonition}} [{prose(theorem.title)}]({theorem.id}.md)\n:class: card\n\n"
            f"{prose(theorem.statement)}\n\n`{theorem.id}`\n```"
        )
    names = "\n".join(["map", *(theorem.id for theorem in theorems)])
    parts.append(f"```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{names}\n```")
    return "\n\n".join(parts) + "\n"


def write(app):
    """Write the pages into docs/gallery, which is not under version control."""
    folder = Path(app.srcdir) / "gallery"
    folder.mkdir(exist_ok=True)
    theorems = all_theorems()
    pages = {"index": contents(theorems), "map": field_map.page()}
    for theorem in theorems:
        LOG.info("deriving %s", theorem.id)
        pages[theorem.id] = page(theorem)
    for path in folder.glob("*.md"):
        if path.stem not in pages:
            path.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def setup(app):
    """Make the pages before Sphinx looks for them."""
    app.connect("builder-inited", write, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
