"""A derivation is a list of steps, each with a closed form and the checks that it passed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from symicl.algebra import ClosedForm, closed_form, is_heard, tell
from symicl.errors import DerivationError, kind
from symicl.statements.references import REFERENCE, in_text
from symicl.theory import Nonnegative
from symicl.verdicts import Evidence

if TYPE_CHECKING:
    from symicl.statements.kinds.concluded import Concluded


UNSUPPORTED = "a step without any check"
"""The rule of what is argued by a step in prose."""
INFERENCE = re.compile(
    r"\b(?:[Hh]ence|[Tt]hus|[Tt]herefore|[Ss]ince|[Bb]ecause|[Ss]o|if and only if|only if|must)\b"
)
"""Words by which prose draws a conclusion."""


@dataclass(frozen=True)
class Check:
    """A fact of a step: an identity or evidence that was verified in exact arithmetic, or what its author argues.

    Attributes
    ----------
    claim, rule : str
    argued : bool
        True for what symicl has no evidence of: a fact that the derivation decides by itself, as in
        ``step.require(claim, True)``, or what a step without any check says.
    """

    claim: str
    rule: str
    argued: bool = False

    @property
    def is_prose(self) -> bool:
        """True if a step says it and nothing is attached to that step."""
        return self.rule == UNSUPPORTED

    @property
    def mark(self) -> str:
        """The word that stands in front of it."""
        return "argued, not checked" if self.argued else "checked"


@dataclass(frozen=True)
class Step:
    """One step of a derivation.

    Attributes
    ----------
    title, note : str
        Text, with LaTeX mathematics between dollar signs.
    formulas : tuple
        `Equation` objects, closed forms or ready LaTeX strings.
    checks : tuple of Check
    where : dict
        The letters that the step introduces, with their meaning; see `symicl.typeset.passage.Passage`.
    name : str
        What other steps call it by, as in ``{step:name}``.
    claims : bool
        False if it only shows something, such as a value that was computed or a definition.
    """

    title: str
    formulas: tuple[Any, ...] = ()
    note: str = ""
    checks: tuple[Check, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    claims: bool = True

    @property
    def infers(self) -> bool:
        """True if its note draws a conclusion in words."""
        return bool(INFERENCE.search(self.note))

    @property
    def marked(self) -> Step:
        """Itself; what it claims or infers without any check is marked as argued."""
        if self.checks or not (self.claims or self.infers or INFERENCE.search(self.title)):
            return self
        return replace(self, checks=(Check(self.title, UNSUPPORTED, argued=True),))

    def _repr_html_(self) -> str:
        from symicl.typeset import items, mathematics, paragraphs, prose, where_sentence

        checks = dict.fromkeys(self.checks)
        parts = [
            f"<strong>{prose(self.title)}</strong>",
            prose(where_sentence(self.where)),
            *map(mathematics, self.formulas),
            prose(self.note),
            items(
                f"{'✓' if not c.argued else c.mark + ':'} {prose(c.claim)} ({prose(c.rule)})" for c in checks
            )
            if checks
            else "",
        ]
        return paragraphs(in_text(part) for part in parts)


@dataclass(frozen=True)
class Derivation:
    """The steps, what was found, and the facts taken for granted."""

    steps: tuple[Step, ...]
    found: dict[str, Any]
    axioms: tuple[str, ...] = ()
    concluded: tuple[Any, ...] = ()
    """The propositions that were concluded."""

    @property
    def checks(self) -> list[Check]:
        return [check for step in self.steps for check in step.checks]

    @property
    def argued(self) -> tuple[str, ...]:
        """All that symicl has no evidence of, as sentences: claim and rule."""
        return tuple(dict.fromkeys(f"{c.claim} ({c.rule})" for c in self.checks if c.argued))

    def _repr_html_(self) -> str:
        from symicl.typeset import paragraphs, prose

        steps = "".join(f"<li>{step._repr_html_()}</li>" for step in self.steps)
        axioms = "; ".join(map(prose, self.axioms))
        return paragraphs([f"<ol>{steps}</ol>", f"Taken for granted: {axioms}." if axioms else ""])


@dataclass
class Recorder:
    """Collects steps; a check that fails ends the derivation."""

    steps: list[Step] = field(default_factory=list)
    axioms: list[str] = field(default_factory=list)
    concluded: list[Any] = field(default_factory=list)

    def axiom(self, fact: str) -> None:
        """Name a fact that the derivation rests on and does not prove."""
        if fact not in self.axioms:
            self.axioms.append(fact)

    def __call__(
        self,
        title: str,
        *formulas: Any,
        note: str = "",
        where: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        """Record a step that claims something: what it rests on is attached to it.

        A step to which nothing is attached in the end is printed as argued, not checked.

        Parameters
        ----------
        title, note : str
            Prose; ``{step:NAME}`` in it refers to the latest earlier step of that name.
        *formulas
            Displayed.
        where : dict, optional
            The letters that the step introduces: ``where={"p": r"$=B^{\top}a$", "q": "is any vector"}``.
        name : str
            What later steps call this one by.
        """
        self._begin(title, formulas, note, where, name, claims=True)

    def show(
        self,
        title: str,
        *formulas: Any,
        note: str = "",
        where: Mapping[str, str] | None = None,
        name: str = "",
    ) -> None:
        """Record a step that only shows something: a value that was computed, a definition, a remark.

        Parameters are those of a step that claims something. If title or note infer, as with *hence* or *since*, it
        is taken for such a step.
        """
        self._begin(title, formulas, note, where, name, claims=False)

    def _begin(
        self,
        title: str,
        formulas: tuple[Any, ...],
        note: str,
        where: Mapping[str, str] | None,
        name: str,
        *,
        claims: bool,
    ) -> None:
        meanings = {letters: self._referring(meaning) for letters, meaning in (where or {}).items()}
        begun = Step(self._referring(title), formulas, self._referring(note), (), meanings, name, claims)
        self.steps.append(begun)
        tell("step", (title,))

    def check(
        self, claim: str, left: Any, right: Any = 0, *, rule: str = "closed forms are equal term by term"
    ) -> None:
        """Verify left = right exactly and attach the fact to the latest step.

        Raises
        ------
        DerivationError
            If the two differ.
        """
        if not _equal(left, right):
            raise DerivationError(f"this step does not hold: {claim}")
        self._attach(Check(self._referring(claim), self._referring(rule)))
        tell("equal", (claim, left, right))

    def require(self, claim: str, *decided: Evidence | bool, rule: str) -> None:
        """Attach a fact that was decided elsewhere, such as a positivity certificate.

        Parameters
        ----------
        claim : str
        *decided : Evidence or bool
            All of them have to hold. What is evidence, such as a sign, a certificate gives to a checker; a bool is only
            the word of the derivation, and so is evidence of a class that stands beside it: the fact is then printed
            as argued, not checked.
        rule : str

        Raises
        ------
        DerivationError
            If one does not hold.
        """
        if not decided or not all(d.holds if isinstance(d, Evidence) else d for d in decided):
            raise DerivationError(f"this step does not hold: {claim}")
        evidence = tuple(d for d in decided if isinstance(d, Evidence))
        argued = not all(map(_is_evidence, decided))
        self._attach(Check(self._referring(claim), self._referring(rule), argued))
        tell("require", (claim, rule, evidence))

    def minimum(self, claim: str, optimum: Any) -> None:
        """Attach that an optimum is the global minimum, a consequence of checks that were made before.

        Parameters
        ----------
        claim : str
        optimum : Optimum
            With its certificate, which has been verified.
        """
        if optimum.attained == "lower bound":
            raise DerivationError(
                "a lower bound that no known weights attain cannot be stated as the minimum"
            )
        self._attach(Check(self._referring(claim), "the identity above at a solution of the normal equation"))
        tell("minimum", (claim, optimum))

    def conclude(self, proposition: Concluded, *terms: Nonnegative, claim: str = "") -> Nonnegative:
        """Attach a proposition that follows, by the rule of its kind, from terms that are not negative.

        What the theorem says in its ``propositions`` is proved by what is concluded here and equal to it.

        Parameters
        ----------
        proposition : Inequality, ExponentialDecay, …
            Of closed forms that the derivation has found.
        *terms : Nonnegative
            Such as ``trace_square(M)``, ``seen(tr) * 2``, or an earlier conclusion ``.at({letter: form})``.
        claim : str, optional
            How the step says it, if not in the words of the proposition.

        Returns
        -------
        Nonnegative
            The difference that was shown to be ≥ 0.

        Raises
        ------
        DerivationError
            If it does not follow.
        """
        shown, identities = proposition.verify(terms)
        for fact in proposition.axioms:
            self.axiom(fact)
        claim = self._referring(claim or proposition.sentence({}))
        for said, _, _ in identities:
            self._attach(Check(said, "closed forms are equal term by term"))
        self._attach(Check(claim, proposition.rule))
        self.concluded.append(proposition)
        if is_heard():  # a checker computes the means of squares again
            products = shown.products()
            squares = shown.squares() if isinstance(products, str) else ()
            tell("conclude", (claim, proposition, shown, products, squares, identities))
        return shown

    def _referring(self, text: str) -> str:
        """Prose with ``{step:NAME}`` turned into ``{step:4}``, the number of the latest step of that name."""
        numbers = {step.name: number for number, step in enumerate(self.steps, 1) if step.name}

        def number(match: re.Match[str]) -> str:
            if match[1] not in numbers:
                raise DerivationError(
                    f"the text refers to a step called {match[1]}, and no earlier step has that name; "
                    "give one the name with step(..., name=...)"
                )
            return f"{{step:{numbers[match[1]]}}}"

        return REFERENCE.sub(number, text)

    def _attach(self, check: Check) -> None:
        last = self.steps[-1]
        self.steps[-1] = replace(last, checks=(*last.checks, check))


def _is_evidence(decided: Evidence | bool) -> bool:
    """True for evidence of a class of symicl, catalogue apart."""
    module = type(decided).__module__
    return module.startswith("symicl.") and not module.startswith("symicl.proofs.")


def _equal(left: Any, right: Any) -> bool:
    if isinstance(right, int) and right == 0 and isinstance(left, ClosedForm):
        return left == ClosedForm.zero(left.rows, left.cols)
    if isinstance(left, ClosedForm) or isinstance(right, ClosedForm):
        return closed_form(left) == closed_form(right)
    if type(left) is not type(right):
        raise DerivationError(f"{kind(left)} cannot be compared with {kind(right)}")
    return bool(left == right)
