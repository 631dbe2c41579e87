"""Verdicts on claims as HTML for notebooks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from symicl.typeset.notebook import badge, items, paragraphs

if TYPE_CHECKING:
    from symicl.claims.result import CheckResult, ClaimResult


def claim_html(claim: ClaimResult) -> str:
    """The claim as it was written, its verdict, and what would be true."""
    from symicl.claims.result import latex_of

    title = f" {escape(claim.title)}:" if claim.title else ""
    formulas = {claim.truth_is: claim.truth, "the difference, stated - true": claim.difference}
    details = []
    for heading, text in claim.details():
        formula = formulas.get(heading)
        shown = f"${escape(latex_of(formula), quote=False)}$" if formula is not None else escape(text)
        details.append(f"{escape(heading)}: {shown}")
    head = f"{badge(claim.verdict)} (line {claim.line}){title} <code>{escape(claim.text)}</code>"
    return paragraphs([head, items(details) if details else ""])


def result_html(result: CheckResult) -> str:
    """All claims of a file."""
    return paragraphs(map(claim_html, result.claims))
