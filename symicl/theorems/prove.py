"""The verdict on a theorem."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from symicl.errors import InputError, SymiclError
from symicl.theorems.certificate import Stated, write_certificate
from symicl.theorems.compare import Comparison, compare
from symicl.theorems.derivation import Derivation
from symicl.theorems.recording import Recording, recording
from symicl.theorems.theorem import Theorem
from symicl.verdicts import Provable

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"


@dataclass(frozen=True)
class Verdict(Provable):
    """What is known about a theorem after its derivation; ``.proved`` is True or False.

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
    recording : Recording or None
        What the derivation computed, if that was asked for.
    """

    id: str
    status: str
    seconds: float
    counterexample: str | None = None
    reason: str = ""
    theorem: Theorem | None = field(default=None, repr=False)
    derivation: Derivation | None = field(default=None, repr=False)
    comparisons: dict[str, Comparison] = field(default_factory=dict, repr=False)
    recording: Recording | None = field(default=None, repr=False)

    @property
    def verdict(self) -> str:  # type: ignore[override]
        """The status, under the name that all results have."""
        return self.status

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """JSON-able: the statement, the axioms, every step with its checks, and the comparison."""
        if self.theorem is None or self.derivation is None:
            return {}
        return _certificate(self.theorem, self.derivation, self.comparisons, self.status)

    @cached_property
    def proof_log(self) -> str:
        """The certificate as a file, from axioms to verdict, which `symicl.checker` rechecks.

        Raises
        ------
        InputError
            If the derivation was not recorded.
        """
        if self.recording is None or self.theorem is None:
            raise InputError(f"{self.id} was proved without a recording; call prove(theorem, record=True)")
        found = {} if self.derivation is None else self.derivation.found
        return write_certificate(
            self.theorem,
            () if self.derivation is None else self.derivation.axioms,
            {name: Stated(found[name], _text(self.theorem.claims[name])) for name in self._proved},
            self.status,
            self.recording,
        )

    @property
    def _proved(self) -> list[str]:
        return [name for name, comparison in self.comparisons.items() if comparison.status == PROVED]

    def _repr_html_(self) -> str:
        from symicl.theorems.notebook import verdict_html

        return verdict_html(self)


def prove(theorem: Theorem, *, record: bool = False) -> Verdict:
    """Derive, compare with the statement, and give a verdict.

    Parameters
    ----------
    theorem : Theorem
    record : bool
        Record the derivation, so that the verdict has a `Verdict.proof_log`.

    A statement is proved only if the derivation ran through with every check holding and every stated
    quantity equals the derived one as a closed form. It is refuted by an exact instance. Anything else is
    undecided.
    """
    start = time.perf_counter()
    recorded = None
    try:
        with recording() if record else nullcontext() as recorded:
            derivation = theorem.derive()
    except SymiclError as error:
        return _undecided(theorem, start, f"the derivation stopped: {error}", recorded)
    if not any(m == theorem.model and t is theorem.task for m, t in derivation.certified):
        reason = "the derivation does not certify an optimum of this theorem's own model and task"
        return _undecided(theorem, start, reason, recorded)
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
        recorded,
    )


def _undecided(theorem: Theorem, start: float, reason: str, recorded: Recording | None) -> Verdict:
    seconds = time.perf_counter() - start
    return Verdict(theorem.id, UNDECIDED, seconds, reason=reason, theorem=theorem, recording=recorded)


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
