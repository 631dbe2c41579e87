"""The verdict on a theorem."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from symicl.errors import SymiclError
from symicl.theorems.compare import Comparison, compare
from symicl.theorems.derivation import Derivation
from symicl.theorems.theorem import Theorem

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"


@dataclass(frozen=True)
class Verdict:
    """What is known about a theorem after its derivation.

    Attributes
    ----------
    id : str
    status : "proved", "refuted" or "undecided"
    seconds : float
    counterexample : str or None
        An exact instance on which the statement fails.
    reason : str
        Why a statement is undecided.
    theorem : Theorem
    derivation : Derivation or None
    comparisons : dict of Comparison
    """

    id: str
    status: str
    seconds: float
    counterexample: str | None = None
    reason: str = ""
    theorem: Theorem | None = field(default=None, repr=False)
    derivation: Derivation | None = field(default=None, repr=False)
    comparisons: dict[str, Comparison] = field(default_factory=dict, repr=False)

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """JSON-able: the statement, the axioms, every step with its checks, and the comparison."""
        if self.theorem is None or self.derivation is None:
            return {}
        return _certificate(self.theorem, self.derivation, self.comparisons, self.status)


def prove(theorem: Theorem) -> Verdict:
    """Derive, compare with the statement, and give a verdict.

    A statement is proved only if the derivation ran through with every check holding and every stated
    quantity equals the derived one as a closed form. It is refuted by an exact instance. Anything else is
    undecided.
    """
    start = time.perf_counter()
    try:
        derivation = theorem.derive()
    except SymiclError as error:
        return Verdict(
            theorem.id, UNDECIDED, time.perf_counter() - start, reason=f"the derivation stopped: {error}"
        )
    if not any(m == theorem.model and t is theorem.task for m, t in derivation.certified):
        return Verdict(
            theorem.id,
            UNDECIDED,
            time.perf_counter() - start,
            reason="the derivation does not certify an optimum of this theorem's own model and task",
        )
    comparisons = compare_all(theorem, derivation)
    status, counterexample, reason = _overall(comparisons)
    return Verdict(
        theorem.id,
        status,
        time.perf_counter() - start,
        counterexample,
        reason,
        theorem,
        derivation,
        comparisons,
    )


def compare_all(theorem: Theorem, derivation: Derivation) -> dict[str, Comparison]:
    """Compare every stated quantity with what was derived."""
    comparisons = {}
    for name, stated in theorem.claims.items():
        if name in derivation.found:
            comparisons[name] = compare(derivation.found[name], stated)
        else:
            comparisons[name] = Comparison(UNDECIDED, reason=f"the derivation does not find {name}")
    return comparisons


def _overall(comparisons: dict[str, Comparison]) -> tuple[str, str | None, str]:
    for name, comparison in comparisons.items():
        if comparison.status == REFUTED:
            return REFUTED, f"{name} {comparison.counterexample()}", ""
    for name, comparison in comparisons.items():
        if comparison.status != PROVED:
            return UNDECIDED, None, f"{name}: {comparison.reason}"
    if not comparisons:
        return UNDECIDED, None, "the theorem states nothing"
    return PROVED, None, ""


def _certificate(
    theorem: Theorem, derivation: Derivation, comparisons: dict[str, Comparison], status: str
) -> dict[str, Any]:
    return {
        "format": "symicl-certificate",
        "version": 1,
        "theorem": theorem.id,
        "statement": theorem.statement,
        "source": theorem.citation,
        "assumptions": list(theorem.assumptions),
        "axioms": list(derivation.axioms),
        "steps": [
            {
                "title": step.title,
                "formulas": [_text(getattr(formula, "expr", formula)) for formula in step.formulas],
                "checks": [{"claim": check.claim, "rule": check.rule} for check in step.checks],
            }
            for step in derivation.steps
        ],
        "quantities": {
            name: {
                "stated": _text(theorem.claims[name]),
                "derived": _text(derivation.found[name].expr) if name in derivation.found else None,
                "comparison": comparison.status,
            }
            for name, comparison in comparisons.items()
        },
        "verdict": status,
        "sympy": sympy.__version__,
    }


def _text(formula: Any) -> str:
    """A formula as SymPy prints it, terms as they stand: sorting hundreds of them costs seconds."""
    return formula if isinstance(formula, str) else str(StrPrinter({"order": "none"}).doprint(formula))
