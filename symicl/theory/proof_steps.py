"""Proofs whose identities are checked and whose argument is given as sentences."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """A step of a proof.

    Attributes
    ----------
    sentence : str
        The sentence that is shown.
    checked_by : str
        How.
    """

    sentence: str
    checked_by: str


@dataclass(frozen=True)
class CheckedProof:
    """The steps that have been checked, and the facts that are taken for granted.

    Attributes
    ----------
    steps : tuple of Step
        Each has a ``sentence`` and how it was ``checked_by``.
    axioms : tuple of str
        Facts that the proof rests on and does not check.
    """

    steps: tuple[Step, ...]
    axioms: tuple[str, ...]

    def __repr__(self) -> str:
        return f"CheckedProof({len(self.steps)} steps checked, {len(self.axioms)} axioms)"

    def __str__(self) -> str:
        lines = [f"{k}. {step.sentence} [{step.checked_by}]" for k, step in enumerate(self.steps, 1)]
        return "\n".join([*lines, *(f"axiom: {axiom}" for axiom in self.axioms)])
