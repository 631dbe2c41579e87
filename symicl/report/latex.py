"""LaTeX of derivations and whole theorems, to be pasted into a document that loads amsmath."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from symicl.errors import InputError
from symicl.report.parts import Typesetter, Typesetting
from symicl.theorems.derivation import Derivation, Step
from symicl.theorems.theorem import Theorem
from symicl.typeset.formula import Equation, escaped


class Part(StrEnum):
    """What of a theorem is typeset."""

    statement = "statement"
    loss = "loss"
    optimum = "optimum"
    value = "value"
    proof = "proof"
    all = "all"


VALUES = ("loss", "risk", "mse", "gap", "bound", "ratio", "regression")
"""Quantities whose name contains one of these are values that the optimum attains; all others make the optimum."""

LOSS_LEFTS = ("L", "L(a,b)", r"\ell", r"\mathcal{E}")
OPTIMUM_LEFTS = ("K^{*}", r"\Gamma^{*}", "u^{*}", "p_TC")
VALUE_LEFTS = ("L^{*}", r"\ell^{*}", r"\mathcal{R}^{*}", r"\min\ell")


def step_latex(step: Step, number: int, typeset: Typesetter) -> str:
    """One step: title, formula, note and the checks it passed."""
    parts = [rf"\paragraph{{Step {number}.}} {escaped(typeset.prose(step.title))}."]
    for formula in step.formulas:
        parts.append(typeset.display(formula))
    if step.note:
        parts.append(escaped(typeset.prose(step.note)))
    if step.checks:
        claims = (typeset.prose(claim) for claim in dict.fromkeys(check.claim for check in step.checks))
        parts.append(rf"\emph{{Checked:}} {'; '.join(escaped(claim) for claim in claims)}.")
    return "\n".join(parts)


def statement_latex(theorem: Theorem, typeset: Typesetter) -> str:
    """The stated closed forms, displayed."""
    return "\n".join(typeset.quantity(name, expression) for name, expression in theorem.states.items())


def theorem_latex(
    theorem: Theorem,
    derivation: Derivation,
    *,
    part: Part = Part.all,
    setting: Typesetting | None = None,
    standalone: bool = False,
) -> str:
    """Statement, loss, optimum and proof of a theorem, or one part of it.

    Parameters
    ----------
    theorem, derivation : Theorem, Derivation
    part : Part
    setting : Typesetting, optional
        Notation and style.
    standalone : bool
        A document that compiles as it is, instead of a fragment to paste.

    Raises
    ------
    InputError
        If the theorem has no such part, or the notation gives two things one name.
    """
    with (setting or Typesetting()).of(theorem, derivation) as typeset:
        if part is Part.all:
            body = "\n\n".join(
                [
                    rf"\section*{{{_heading(typeset.prose(theorem.title))}}}",
                    rf"\noindent {escaped(theorem.paper.authors)} ({theorem.paper.year}), "
                    rf"\emph{{{escaped(theorem.paper.title)}}}, arXiv:{theorem.paper.arxiv}, "
                    rf"{escaped(theorem.source)}.",
                    _assumptions(theorem, typeset),
                    r"\subsection*{Statement}" + "\n" + statement_latex(theorem, typeset),
                    r"\subsection*{Derivation}",
                    *_steps(derivation, typeset),
                ]
            )
        elif part is Part.statement:
            text = escaped(typeset.prose(theorem.statement))
            body = "\n\n".join([text, statement_latex(theorem, typeset), _assumptions(theorem, typeset)])
        elif part is Part.proof:
            body = "\n\n".join(_steps(derivation, typeset))
        else:
            body = "\n".join(dict.fromkeys(_formulas(theorem, derivation, part, typeset)))
            if not body:
                raise InputError(
                    f"{theorem.id} has no formula for its {part}; try --part proof or --part all"
                )
    return document(body) if standalone else body + "\n"


def document(body: str) -> str:
    """A document that compiles as it is."""
    return (
        "\\documentclass[11pt]{article}\n\\usepackage{amsmath,amssymb}\n\\usepackage[margin=25mm]{geometry}\n"
        "\\begin{document}\n" + body + "\n\\end{document}\n"
    )


def _heading(title: str) -> str:
    return escaped(title)


def _assumptions(theorem: Theorem, typeset: Typesetter) -> str:
    items = "\n".join(rf"\item {escaped(typeset.prose(a))}." for a in theorem.assumptions)
    return "\\subsection*{Assumptions}\n\\begin{itemize}\n" + items + "\n\\end{itemize}"


def _steps(derivation: Derivation, typeset: Typesetter) -> list[str]:
    return [step_latex(step, i, typeset) for i, step in enumerate(derivation.steps, 1)]


def _formulas(theorem: Theorem, derivation: Derivation, part: Part, typeset: Typesetter) -> Iterable[str]:
    """The derived formulas that make the loss, the optimum or its value."""
    formulas = [formula for step in derivation.steps for formula in step.formulas]
    if part is Part.loss:
        # The first is the loss itself; what has the same left side later is another of its forms.
        found = [f for f in formulas if _left(f) in LOSS_LEFTS][:1]
        yield from map(
            typeset.display, found or [f for f in formulas if _left(f) in ("L=", "2L=", r"\ell=")][:1]
        )
        return
    wanted = OPTIMUM_LEFTS if part is Part.optimum else VALUE_LEFTS
    yield from map(typeset.display, [f for f in formulas if _left(f) in wanted][:1])
    for name in theorem.states:
        if name in derivation.found and any(word in name for word in VALUES) is (part is Part.value):
            yield typeset.quantity(name, derivation.found[name])


def _left(formula: object) -> str | None:
    """The left side of an equation; of ready LaTeX only whether it starts as a loss does."""
    if isinstance(formula, Equation):
        return formula.left
    text = str(formula)
    return next((start for start in ("L=", "2L=", r"\ell=") if text.startswith(start)), None)
