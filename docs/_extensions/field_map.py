"""The map of the field: which theorem is a special case of which, drawn from relations that are checked here."""

import ast
import importlib
import inspect
from html import escape

from sphinx.errors import ExtensionError

from symicl.proofs.relations import relations
from symicl.statements import all_theorems, shipped_ids
from symicl.typeset import formula_text

BOX_WIDTH, BOX_HEIGHT, ACROSS, DOWN = 236, 30, 282, 46
SOLVERS = {
    "minimise",
    "minimise_expression",
    "minimise_over_features",
    "relaxation",
    "solve",
    "certify",
    "flow",
    "depth",
    "iterate",
    "recursion",
    "head_count",
    "depth_limit",
    "in_eigenvalues",
    "limit",
    "limit_at_infinity",
    "series",
    "expect",
    "derive_loss",
    "derive_sequence_loss",
}
"""Names of the instrument that a proof may import; those that it does are listed."""


def said(relation):
    """Under which values the one is the other, as text."""
    values = ", ".join(
        f"{formula_text(symbol)} = {formula_text(value)}"
        for symbol, value in relation.at.items()
        if symbol.name != getattr(value, "name", "")
    )
    return "; ".join(filter(None, (values, relation.words))) or "equal"


def levels(nodes, edges):
    """The column of each node: 0 for the most general, each special case right of what it is one of."""
    found = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for special, general in edges:
            found[special] = max(found[special], found[general] + 1)
    return found


def rows(nodes, edges, column):
    """The row of each node: columns in order, each node near the mean row of those it is connected with."""
    found = {}
    for level in range(max(column.values()) + 1):
        here = [node for node in nodes if column[node] == level]

        def wanted(node):
            near = [found[general] for special, general in edges if special == node and general in found]
            return sum(near) / len(near) if near else len(nodes)

        taken = -1.0
        for node in sorted(here, key=wanted) if level else here:
            goal = wanted(node) if level else taken + 1
            taken = max(taken + 1, goal if goal < len(nodes) else taken + 1)
            found[node] = taken
    return found


def drawing(edges, labels):
    """The graph as SVG; each box is a link to the page of its theorem."""
    nodes = [name for name in shipped_ids() if any(name in edge for edge in edges)]
    column = levels(nodes, edges)
    row = rows(nodes, edges, column)
    place = {name: (10 + column[name] * ACROSS, 10 + row[name] * DOWN) for name in nodes}
    width = max(x for x, _ in place.values()) + BOX_WIDTH + 10
    height = max(y for _, y in place.values()) + BOX_HEIGHT + 10
    lines = [
        f'<svg class="field-map" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" role="img" '
        'aria-label="Special cases to the right of what they are special cases of; the table below says the same.">'
    ]
    for special, general in edges:
        (x2, y2), (x1, y1) = place[special], place[general]
        x1, y1, y2 = x1 + BOX_WIDTH, y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2
        bend = (x2 - x1) / 2
        lines.append(
            f'<path d="M{x1:.0f} {y1:.0f} C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}">'
            f"<title>{escape(labels[special, general])}</title></path>"
        )
    for name, (x, y) in place.items():
        lines.append(
            f'<a href="{name}.html"><rect x="{x:.0f}" y="{y:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5"/>'
            f'<text x="{x + BOX_WIDTH / 2:.0f}" y="{y + 20:.0f}">{escape(name)}</text></a>'
        )
    return "\n".join([*lines, "</svg>"])


def sources(theorem_id):
    """The names that a proof imports from the instrument, and the other theorems whose files it uses."""
    tree = ast.parse(inspect.getsource(importlib.import_module(f"symicl.proofs.{theorem_id}")))
    solvers, theorems = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            solvers |= {alias.name for alias in node.names} & SOLVERS
            used = node.module.removeprefix("symicl.proofs.")
            theorems |= {used} & set(shipped_ids())
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "si":
            solvers |= {node.attr} & SOLVERS
    return sorted(solvers), sorted(theorems - {theorem_id})


def relation_rows(found):
    """The relations as rows of a table."""
    for r in found:
        names = ", ".join(r.quantities)
        yield f"| {link(r.special)} | {link(r.general)} | {said(r)} | {names} |"


def source_rows(theorem_ids):
    """The solvers and the files of other theorems that each proof uses, as rows of a table."""
    for name in theorem_ids:
        solvers, used = ([f"`{item}`" for item in items] for items in sources(name))
        yield f"| {link(name)} | {', '.join(solvers) or '–'} | {', '.join(used) or '–'} |"


def link(theorem_id):
    """The id as a link to its page."""
    return f"[`{theorem_id}`]({theorem_id}.md)"


def page():
    """The page; a relation that does not hold stops the build."""
    found = list(relations())
    for relation in found:
        if not relation.holds():
            raise ExtensionError(
                f"{relation.special} is no special case of {relation.general} at {said(relation)}"
            )
    labels = {(r.special, r.general): said(r) for r in found}
    shipped = [theorem.id for theorem in all_theorems() if theorem.ships]
    alone = [name for name in shipped if not any(name in edge for edge in labels)]
    svg = drawing(list(labels), labels)
    parts = [
        "# Map of the field",
        "Which result is a special case of which. To the right of a theorem stand its special cases. Each line is an "
        "equation between what the two theorems state, all other symbols free, which is checked while this page is "
        "built; nothing else is drawn.",
        f'```{{raw}} html\n<div class="wide">\n{svg}\n</div>\n```',
        "\n".join(["| special case | of | where | the same |\n|---|---|---|---|", *relation_rows(found)]),
        "No other theorem contains these, nor they another: " + ", ".join(map(link, alone)) + ".",
        "## What the proofs are built on",
        "The solvers that the file of each theorem calls, and the other theorems whose files it uses, read from its "
        "imports.",
        "\n".join(["| theorem | solvers | theorems |\n|---|---|---|", *source_rows(shipped)]),
    ]
    return "\n\n".join(parts) + "\n"
