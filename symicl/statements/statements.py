"""The statements of a theorem: one sentence per quantity, its verdict, and what of it is argued and not checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from symicl.algebra import ClosedForm, refuse_namesakes
from symicl.errors import SymiclError, kind
from symicl.statements.comparison import Comparison, compare
from symicl.statements.derivation import Derivation
from symicl.statements.own_results import OwnResult, compare_again
from symicl.statements.references import in_text
from symicl.statements.reviewed import is_reviewed
from symicl.statements.theorem import Theorem
from symicl.statements.ties import Ties, Untied
from symicl.typeset import expression_text, plain
from symicl.verdicts import UNDECIDED

ENTERED = "entered, not derived"


@dataclass(frozen=True)
class Statement:
    """One stated quantity, or one proposition.

    Attributes
    ----------
    name, text : str
        The text is generated from what was checked.
    comparison : Comparison
        With the verdict.
    argued : tuple of str
        Sentences that it rests on and that are not checked; mathematics between dollar signs.
    kind : str
    named : bool
        True if `prove` does not find the value by itself, and its name is the word of the derivation.
    """

    name: str
    text: str
    comparison: Comparison
    argued: tuple[str, ...] = ()
    kind: str = "equality"
    named: bool = False

    def document(self) -> dict[str, Any]:
        """As JSON, in plain text."""
        return {
            "text": self.text,
            "kind": self.kind,
            "verdict": self.comparison.status,
            "argued": [plain(in_text(sentence)) for sentence in self.argued],
        }


def judge(theorem: Theorem, derivation: Derivation, main: Ties) -> list[Statement]:
    """Decide every proposition, compare every stated quantity with what was derived, and tie it to the optimum of its
    model and task.

    What the optimum does not give is *entered, not derived*, and undecided, unless the derivation is one of symicl's
    own: those are read by the people who keep the catalogue, and what they argue is listed.

    Parameters
    ----------
    theorem : Theorem
    derivation : Derivation
    main : Ties
        Those of the theorem's own model and task.
    """
    ties = [main]
    statements = _propositions(theorem, ties[0], derivation)
    for name, stated in theorem.claims.items():
        model, task = theorem.setting_of(name)
        own = next((known for known in ties if known.model is model and known.task is task), None)
        if own is None:
            own = Ties(model, task)
            ties.append(own)
        statements.append(_judge(theorem, derivation, own, name, stated))
    return statements


def judge_propositions(theorem: Theorem, derivation: Derivation | None = None) -> list[Statement]:
    """Decide what a theorem says besides its closed forms.

    Parameters
    ----------
    theorem : Theorem
    derivation : Derivation, optional
        What has been derived; without it, only what the optimum of the theorem's own model and task shows is proved.
    """
    return _propositions(theorem, Ties(theorem.model, theorem.task), derivation or Derivation((), {}))


def _propositions(theorem: Theorem, ties: Ties, derivation: Derivation) -> list[Statement]:
    meaning = dict(theorem.meaning)
    claims = {name: value.xreplace(meaning) for name, value in theorem.claims.items()}
    statements = []
    concluded = derivation.concluded
    if not is_reviewed(theorem):
        concluded = tuple(said for said in concluded if not said.needs_reading)
    for said, sentence in zip(theorem.propositions, theorem.sentences, strict=True):
        try:
            meant = said.in_symbols(meaning)
            refuse_namesakes(*sorted(meant.letters(claims), key=str), *ties.names)
            found = meant.judge(claims, ties, concluded)
        except SymiclError as error:
            found = Comparison(UNDECIDED, reason=f"{ENTERED}: {error}")
        statements.append(Statement(said.kind, plain(sentence), found, derivation.axioms, said.kind))
    return statements


def _judge(theorem: Theorem, derivation: Derivation, ties: Ties, name: str, stated: Any) -> Statement:
    text, axioms = f"{name} = {expression_text(stated)}", derivation.axioms
    if name not in derivation.found:
        return Statement(name, text, Comparison(UNDECIDED, reason=f"the derivation does not find {name}"))
    found = derivation.found[name]
    if isinstance(found, OwnResult):
        if name in theorem.states:
            reason = f"{ENTERED}: it is no property of the optimum; state it as a corollary"
            return Statement(name, text, Comparison(UNDECIDED, reason=reason))
        comparison, meaning = compare_again(found, stated)
        return Statement(name, f"{text}: {meaning}", comparison, axioms)
    if not isinstance(found, ClosedForm):
        what = f"the derivation returns {kind(found)}, and not a closed form that it has computed"
        return Statement(name, text, Comparison(UNDECIDED, reason=f"{ENTERED}: {what}"))
    try:
        tie = ties.tie(name, found, main=name in theorem.states)
    except Untied as why:
        if not is_reviewed(theorem):
            return Statement(name, text, Comparison(UNDECIDED, reason=f"{ENTERED}: {why}"))
        notes = (step.note for step in derivation.steps if step.note)
        return Statement(name, text, compare(found, stated), (*axioms, *notes), named=True)
    where = f", for {ties.model} on {ties.task}" if name in theorem.settings else ""
    return Statement(name, f"{text}: {tie.text}{where}", compare(found, stated), axioms)
