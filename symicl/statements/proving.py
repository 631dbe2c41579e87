"""The verdict on a theorem."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

import sympy
from sympy.printing.str import StrPrinter

from symicl.certificates import Recording, recording
from symicl.errors import InputError, SymiclError, described
from symicl.statements.argued import argued_in, counted
from symicl.statements.certificate import Stated, write_certificate
from symicl.statements.comparison import Comparison
from symicl.statements.derivation import Derivation
from symicl.statements.proposition import Proposition
from symicl.statements.references import in_text
from symicl.statements.statements import Statement, judge
from symicl.statements.theorem import Theorem
from symicl.statements.ties import Ties
from symicl.theory import broken_link, differs_at_numbers, unchecked_law
from symicl.verdicts import PROVED, REFUTED, UNDECIDED, Provable


@dataclass(frozen=True)
class Verdict(Provable):
    """The result for a theorem after its derivation; ``.proved`` is True or False.

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
    statements : tuple of Statement
        One for each stated quantity.
    recording : Recording or None
        What the derivation computed, if that was asked for.
    ties : Ties or None
        The optimum of the theorem's own model and task, as `prove` found it by itself.
    """

    id: str
    status: str
    seconds: float
    counterexample: str | None = None
    reason: str = ""
    theorem: Theorem | None = field(default=None, repr=False)
    derivation: Derivation | None = field(default=None, repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    recording: Recording | None = field(default=None, repr=False)
    ties: Ties | None = field(default=None, repr=False, compare=False)

    @property
    def verdict(self) -> str:  # type: ignore[override]
        """The status, under the name that all results have."""
        return self.status

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """The outcome for each stated quantity."""
        return {s.name: s.comparison for s in self.statements if s.kind == "equality"}

    @property
    def argued(self) -> tuple[str, ...]:
        """All that nothing decides, as sentences with mathematics between dollars; see `symicl.statements.argued`."""
        return () if self.theorem is None else argued_in(self.theorem, self.derivation)

    @cached_property
    def certificate(self) -> dict[str, Any]:
        """JSON-able: the statement, the axioms, every step with its checks, and the comparison."""
        if self.theorem is None or self.derivation is None:
            return {}
        return _certificate(self.theorem, self.derivation, self.comparisons, self.status)

    @cached_property
    def proof_log(self) -> str:
        """The certificate as a file, from axioms to verdict, which `symicl.certificates.checkers` rechecks.

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
            [
                (said.in_symbols(self.theorem.meaning), statement.text)
                for said, statement in self._propositions
                if statement.comparison.status == PROVED
            ],
            self.argued,
            self.ties,
        )

    @property
    def _propositions(self) -> Iterator[tuple[Proposition, Statement]]:
        """The propositions of the theorem with their verdicts, which come first among the statements."""
        if self.theorem is not None and self.statements:
            yield from zip(self.theorem.propositions, self.statements, strict=False)

    @property
    def _proved(self) -> list[str]:
        return [name for name, comparison in self.comparisons.items() if comparison.status == PROVED]

    def _repr_html_(self) -> str:
        from symicl.typeset import badge, items, paragraphs, prose, stated, table

        head = f"{badge(self.status)} <code>{escape(self.id)}</code> ({self.seconds:.2g} s)"
        parts = [head, prose(self.reason), escape(self.counterexample or "")]
        if self.theorem is not None:
            theorem, claims = self.theorem, self.theorem.claims
            rows = [
                (badge(comparison.status), stated(theorem.left(name), claims[name]))
                for name, comparison in self.comparisons.items()
            ]
            said = [
                (badge(s.comparison.status), escape(s.text)) for s in self.statements if s.kind != "equality"
            ]
            parts.append(table([*said, *rows]))
        if self.argued:
            parts += [
                f"{counted(len(self.argued)).capitalize()}:",
                items(map(prose, map(in_text, self.argued))),
            ]
        return paragraphs(parts)


def prove(theorem: Theorem | str, *, record: bool = False) -> Verdict:
    """Derive, compare with the statement, and give a verdict.

    Parameters
    ----------
    theorem : Theorem or str
        A theorem, or the id of one in the catalogue, such as "mahankali2023.isotropic".
    record : bool
        Record the derivation, so that the verdict has a `Verdict.proof_log`.

    A statement is proved only if the derivation ran through with every check holding, the loss is that of the
    theorem's own forward pass over all its weights (`symicl.theory.link`), and every stated quantity equals, as a
    closed form, what was derived, and is made from the optimum of the theorem's own model and task
    (`symicl.statements.ties`). It is refuted by an exact instance. Anything else is undecided.
    """
    theorem = _theorem(theorem)
    start = time.perf_counter()
    problem, derivation = _broken_links(theorem), None
    with recording() as recorded:
        try:
            derivation = theorem.derive()
        except SymiclError as error:
            problem = problem or f"the derivation stopped: {error}"
    kept = recorded if record else None
    if derivation is not None and not problem and not _derives_own_loss(theorem, recorded):
        problem = (
            "the derivation does not certify an optimum of this theorem's own model and task: it does not even derive "
            "their loss"
        )
    if derivation is None or problem:
        seconds = time.perf_counter() - start
        return Verdict(theorem.id, UNDECIDED, seconds, reason=problem, theorem=theorem, recording=kept)
    ties = Ties(theorem.model, theorem.task, Recording() if record else None)
    statements = tuple(judge(theorem, derivation, ties))
    status, counterexample, reason = _overall(theorem, statements)
    seconds = time.perf_counter() - start
    return Verdict(
        theorem.id, status, seconds, counterexample, reason, theorem, derivation, statements, kept, ties
    )


def _theorem(theorem: object) -> Theorem:
    """A theorem that is given, or that the catalogue has under the given id."""
    if isinstance(theorem, Theorem):
        return theorem
    if isinstance(theorem, str):
        from symicl.statements.catalogue import find

        return find(theorem)
    raise InputError(
        f"prove() takes a Theorem or its id, not {described(theorem)}; si.check() takes claims of your own"
    )


def _broken_links(theorem: Theorem) -> str:
    """Why a loss that is derived would not be that of the model under the law; empty if it is."""
    for model, task in ((theorem.model, theorem.task), *theorem.settings.values()):
        if problem := unchecked_law(task):
            return problem
        if problem := broken_link(model, task):
            return problem
        if model.reads == "prompt" and (problem := differs_at_numbers(model, task)):
            return problem
    return ""


def _derives_own_loss(theorem: Theorem, recorded: Recording) -> bool:
    losses = (fact.arguments for fact in recorded.of("loss"))
    return any(_is_one(model, theorem.model) and task is theorem.task for model, task in losses)


def _is_one(model: Any, other: Any) -> bool:
    return model is other or (type(model) is type(other) and model == other)


def _overall(theorem: Theorem, statements: tuple[Statement, ...]) -> tuple[str, str | None, str]:
    # An instance of two closed forms that differ says more than that of a proposition about them.
    for statement in sorted(statements, key=lambda statement: statement.kind != "equality"):
        if statement.comparison.status == REFUTED:
            return REFUTED, f"{statement.name} {statement.comparison.counterexample()}", ""
    for statement in statements:
        if statement.comparison.status != PROVED:
            return UNDECIDED, None, f"{statement.name}: {statement.comparison.reason}"
    if not theorem.states and not theorem.propositions:
        return UNDECIDED, None, "the theorem states nothing" + " but corollaries" * bool(statements)
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
        "argued": list(argued_in(theorem, derivation)),
        "steps": [
            {
                "title": step.title,
                "formulas": [_text(getattr(formula, "expr", formula)) for formula in step.formulas],
                "checks": [
                    {"claim": check.claim, "rule": check.rule} | ({"argued": True} if check.argued else {})
                    for check in step.checks
                ],
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
