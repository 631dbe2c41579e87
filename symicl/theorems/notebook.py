"""Theorems, derivations and verdicts as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from symicl.theorems.references import in_text
from symicl.typeset.notebook import badge, items, mathematics, paragraphs, prose, stated, table
from symicl.typeset.passage import where_sentence

if TYPE_CHECKING:
    from symicl.theorems.derivation import Derivation, Step
    from symicl.theorems.evaluation import Evaluation
    from symicl.theorems.prove import Verdict
    from symicl.theorems.theorem import Theorem


def theorem_html(theorem: Theorem) -> str:
    """Statement, assumptions and the stated closed forms."""
    forms = [stated(name, theorem.notation.get(name), value) for name, value in theorem.states.items()]
    head = f"<strong>{prose(theorem.title)}</strong> <code>{escape(theorem.id)}</code>"
    return paragraphs(
        [
            head,
            prose(theorem.statement),
            items(map(prose, theorem.assumptions)),
            *forms,
            prose(theorem.citation),
        ]
    )


def step_html(step: Step) -> str:
    """One step, and the checks that it has passed."""
    checks = dict.fromkeys((check.claim, check.rule) for check in step.checks)
    parts = [
        f"<strong>{prose(step.title)}</strong>",
        prose(where_sentence(step.where)),
        *map(mathematics, step.formulas),
        prose(step.note),
        items(f"✓ {prose(claim)} ({prose(rule)})" for claim, rule in checks) if checks else "",
    ]
    return paragraphs(in_text(part) for part in parts)


def derivation_html(derivation: Derivation) -> str:
    """All steps, numbered, and what is taken for granted."""
    steps = "".join(f"<li>{step_html(step)}</li>" for step in derivation.steps)
    axioms = "; ".join(map(prose, derivation.axioms))
    return paragraphs([f"<ol>{steps}</ol>", f"Taken for granted: {axioms}." if axioms else ""])


def verdict_html(verdict: Verdict) -> str:
    """The verdict, what it rests on or fails on, and each quantity."""
    head = f"{badge(verdict.status)} <code>{escape(verdict.id)}</code> ({verdict.seconds:.2g} s)"
    parts = [head, prose(verdict.reason), escape(verdict.counterexample or "")]
    if verdict.theorem is not None:
        claims, notation = verdict.theorem.claims, verdict.theorem.notation
        rows = [
            (badge(comparison.status), stated(name, notation.get(name), claims[name]))
            for name, comparison in verdict.comparisons.items()
        ]
        parts += [prose(verdict.theorem.statement), table(rows)]
    return paragraphs(parts)


def evaluation_html(evaluation: Evaluation) -> str:
    """Values with their decimals."""

    def cell(value: Any) -> str:
        return escape(str(value)) if value is not None else "–"

    at = ", ".join(f"{name} = {value}" for name, value in evaluation.at.items())
    rows = [
        (escape(name), f"{cell(value['exact'])} ≈ {cell(value['decimal'])}")
        for name, value in evaluation.values.items()
    ]
    return paragraphs([escape(at), table(rows), *map(escape, evaluation.notes)])
