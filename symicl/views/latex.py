"""LaTeX of derivations and whole theorems, as a fragment to paste or as a document that compiles as it is."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from symicl.errors import InputError
from symicl.statements import (
    ASSUMED,
    UNCHECKED,
    Derivation,
    Step,
    Theorem,
    in_latex,
    label,
    opening,
    undefined_letters,
)
from symicl.typeset import Equation, definitions, escaped, where_sentence
from symicl.views.parts import Typesetter, Typesetting


class Part(StrEnum):
    """The parts of a theorem that can be typeset."""

    statement = "statement"
    loss = "loss"
    optimum = "optimum"
    value = "value"
    proof = "proof"
    all = "all"


VALUE_NAMES = ("loss", "risk", "mse", "gap", "bound", "ratio", "regression")
"""Quantities whose name contains one of these are values that the optimum attains; all others make the optimum."""

LOSS_LEFTS = ("L", "L(a,b)", r"\ell", r"\mathcal{E}")
OPTIMUM_LEFTS = ("K^{*}", r"\Gamma^{*}", "u^{*}", "p_TC")
VALUE_LEFTS = ("L^{*}", r"\ell^{*}", r"\mathcal{R}^{*}", r"\min\ell")


NEEDS = (
    "% Needs amsmath, amssymb and amsthm, and in the preamble:\n"
    "% \\newtheorem{theorem}{Theorem} \\theoremstyle{definition} \\newtheorem{step}{Step}[theorem]"
)
PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage{amsmath,amssymb,amsthm}
\usepackage[margin=25mm]{geometry}
\newtheorem{theorem}{Theorem}
\theoremstyle{definition}
\newtheorem{step}{Step}[theorem]
\emergencystretch=4em
"""


def step_latex(step: Step, number: int, typeset: Typesetter) -> str:
    """One step: title, letters, formulas, note and the checks it passed."""
    where = typeset.where(step.where)
    parts = [where_sentence(where), *map(typeset.display, step.formulas), typeset.prose(step.note)]
    lines = [part if part.startswith(("\\[", "\\begin")) else escaped(part) for part in parts if part]
    for mark in dict.fromkeys(check.mark for check in step.checks):
        marked = dict.fromkeys(check.claim for check in step.checks if check.mark == mark)
        claims = (escaped(typeset.prose(claim)) for claim in marked)
        lines.append(rf"\emph{{{mark.capitalize()}:}} {'; '.join(claims)}.")
    body = in_latex("\n".join(lines), typeset.theorem.id)
    title = in_latex(escaped(typeset.prose(step.title)), typeset.theorem.id)
    name = label(typeset.theorem.id, number)
    return f"\\begin{{step}}[{{{title}}}]\\label{{{name}}}\n{body}\n\\end{{step}}"


def statement_latex(theorem: Theorem, typeset: Typesetter) -> str:
    """The theorem: its assumptions, what it says, the stated closed forms, and the author's wording as unchecked."""
    assumptions = "\n".join(rf"\item {escaped(typeset.prose(a))}." for a in theorem.assumptions)
    forms = "\n".join(typeset.quantity(name, expression) for name, expression in theorem.states.items())
    parts = [
        rf"\begin{{theorem}}[{{{escaped(theorem.paper.authors)} ({theorem.paper.year})}}]"
        rf"\label{{theorem:{theorem.id}}}",
        f"{ASSUMED}:\n" + "\\begin{itemize}\n" + assumptions + "\n\\end{itemize}",
        *(escaped(typeset.prose(sentence)) for sentence in theorem.sentences),
        forms,
        rf"\emph{{{UNCHECKED}:}} {escaped(typeset.prose(theorem.wording))}" if theorem.wording else "",
        r"\end{theorem}",
    ]
    return "\n".join(part for part in parts if part)


def opening_latex(theorem: Theorem, derivation: Derivation, typeset: Typesetter) -> str:
    """The setting and the model, and what every letter means."""
    parts = []
    for passage in map(typeset.passage, opening(theorem)):
        parts += [
            escaped(passage.text) + (":" if passage.formulas or passage.where else "."),
            *passage.formulas,
        ]
        if passage.where:
            here = "Here\n" if passage.formulas else ""
            items = "\n".join(rf"\item {escaped(clause)}" for clause in definitions(passage.where))
            parts.append(here + "\\begin{itemize}\\itemsep0pt\\parskip0pt\n" + items + "\n\\end{itemize}")
    missing = undefined_letters(theorem, derivation)
    if missing:
        letters = ", ".join(f"${letter}$ ({place})" for place, letter in missing)
        parts.append(rf"\emph{{Not defined by the author:}} {letters}.")
    return "\n".join(parts)


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
    return theorems_latex([(theorem, derivation)], part=part, setting=setting, standalone=standalone)


def theorems_latex(
    derived: Iterable[tuple[Theorem, Derivation]],
    *,
    part: Part = Part.all,
    setting: Typesetting | None = None,
    standalone: bool = False,
) -> str:
    """Several theorems one after the other, as one fragment or one document; see `theorem_latex`."""
    body = "\n\n".join(_body(*pair, part, setting or Typesetting()) for pair in derived)
    if standalone:
        return document(body)
    return (f"{NEEDS}\n" if part in (Part.all, Part.statement) else "") + body + "\n"


def _body(theorem: Theorem, derivation: Derivation, part: Part, setting: Typesetting) -> str:
    """The text between the beginning and the end of a document."""
    with setting.of(theorem, derivation) as typeset:
        if part is Part.all:
            body = "\n\n".join(
                [
                    rf"\section*{{{escaped(typeset.prose(theorem.title))}}}",
                    rf"\noindent {escaped(theorem.paper.authors)} ({theorem.paper.year}), "
                    rf"\emph{{{escaped(theorem.paper.title)}}}, arXiv:{theorem.paper.arxiv}, "
                    rf"{escaped(theorem.source)}.",
                    r"\subsection*{Setting}" + "\n" + opening_latex(theorem, derivation, typeset),
                    r"\subsection*{Statement}" + "\n" + statement_latex(theorem, typeset),
                    _proof(derivation, typeset),
                ]
            )
        elif part is Part.statement:
            body = statement_latex(theorem, typeset)
        elif part is Part.proof:
            body = _proof(derivation, typeset)
        else:
            body = "\n".join(dict.fromkeys(_formulas(theorem, derivation, part, typeset)))
            if not body:
                raise InputError(
                    f"{theorem.id} has no formula for its {part}; try --part proof or --part all"
                )
    return body


def document(body: str) -> str:
    """A document that compiles as it is."""
    return PREAMBLE + "\\begin{document}\n" + body + "\n\\end{document}\n"


def _proof(derivation: Derivation, typeset: Typesetter) -> str:
    steps = (step_latex(step, i, typeset) for i, step in enumerate(derivation.steps, 1))
    rests = "; ".join(escaped(typeset.prose(axiom)) for axiom in derivation.axioms)
    return "\n\n".join(
        [
            r"\begin{proof}\allowdisplaybreaks",
            *steps,
            *([rf"\emph{{Taken for granted:}} {rests}."] if rests else []),
            r"\end{proof}",
        ]
    )


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
        if name in derivation.found and any(word in name for word in VALUE_NAMES) is (part is Part.value):
            yield typeset.quantity(name, derivation.found[name])


def _left(formula: object) -> str | None:
    """The left side of an equation; of ready LaTeX only whether it starts as a loss does."""
    if isinstance(formula, Equation):
        return formula.left
    text = str(formula)
    return next((start for start in ("L=", "2L=", r"\ell=") if text.startswith(start)), None)
