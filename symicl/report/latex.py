"""LaTeX of derivations and whole theorems, to be pasted into a document that loads amsmath."""

from __future__ import annotations

from symicl.theorems.derivation import Derivation, Step
from symicl.theorems.theorem import Theorem
from symicl.typeset.formula import Equation, display, escaped


def step_latex(step: Step, number: int) -> str:
    """One step: title, formula, note and the checks it passed."""
    parts = [rf"\paragraph{{Step {number}.}} {escaped(step.title)}."]
    for formula in step.formulas:
        parts.append(display(formula))
    if step.note:
        parts.append(escaped(step.note))
    if step.checks:
        claims = "; ".join(escaped(claim) for claim in dict.fromkeys(check.claim for check in step.checks))
        parts.append(rf"\emph{{Checked:}} {claims}.")
    return "\n".join(parts)


def statement_latex(theorem: Theorem) -> str:
    """The stated closed forms, displayed."""
    blocks = []
    for name, expression in theorem.states.items():
        left = theorem.notation.get(name, rf"\mathrm{{{name}}}")
        blocks.append(display(Equation(left, expression)))
    return "\n".join(blocks)


def theorem_latex(theorem: Theorem, derivation: Derivation, *, standalone: bool = False) -> str:
    """Statement, loss, optimum and proof of a theorem.

    Parameters
    ----------
    theorem, derivation : Theorem, Derivation
    standalone : bool
        A document that compiles as it is, instead of a fragment to paste.
    """
    assumptions = "\n".join(rf"\item {escaped(a)}." for a in theorem.assumptions)
    body = "\n\n".join(
        [
            rf"\section*{{{escaped(theorem.title)}}}",
            rf"\noindent {escaped(theorem.paper.authors)} ({theorem.paper.year}), "
            rf"\emph{{{escaped(theorem.paper.title)}}}, arXiv:{theorem.paper.arxiv}, {escaped(theorem.source)}.",
            "\\subsection*{Assumptions}\n\\begin{itemize}\n" + assumptions + "\n\\end{itemize}",
            r"\subsection*{Statement}" + "\n" + statement_latex(theorem),
            r"\subsection*{Derivation}",
            *[step_latex(step, i) for i, step in enumerate(derivation.steps, 1)],
        ]
    )
    if not standalone:
        return body + "\n"
    return (
        "\\documentclass[11pt]{article}\n\\usepackage{amsmath,amssymb}\n\\usepackage[margin=25mm]{geometry}\n"
        "\\begin{document}\n" + body + "\n\\end{document}\n"
    )
