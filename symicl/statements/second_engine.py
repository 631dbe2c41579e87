"""A derivation recomputed by the second engine: its expectations entry by entry, and its loss from the definitions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symicl.certificates.coordinates import Agreement, recheck
from symicl.errors import InputError, UnsupportedError
from symicl.statements.entrywise_losses import compare_losses
from symicl.verdicts import Judged

if TYPE_CHECKING:
    from symicl.statements.proving import Verdict


@dataclass(frozen=True)
class SecondOpinion(Judged):
    """The results on which the two engines agree.

    Attributes
    ----------
    agreement : Agreement or None
        On the proof log.
    losses : int
        Instances at which the loss of the theorem, from the definitions of its task and model, is the same.
    seconds : float
    reason : str
        Why a part was not recomputed.
    """

    agreement: Agreement | None
    losses: int
    seconds: float
    reason: str = ""

    @property
    def verdict(self) -> str:
        """ "agreed" if anything was recomputed, else "not recomputed"; a difference would have stopped everything."""
        return "agreed" if self.losses or (self.agreement and self.agreement.facts) else "not recomputed"

    def document(self) -> dict[str, Any]:
        """As JSON."""
        found = self.agreement
        document: dict[str, Any] = {
            "verdict": self.verdict,
            "loss_instances": self.losses,
            "seconds": round(self.seconds, 3),
        }
        if found is not None:
            document |= {
                "expectations": found.expectations,
                "moments": found.moments,
                "grid_proved_moments": found.grid_proved,
                "facts": found.facts,
                "undetermined": found.undetermined,
                "instances": [dict(sizes) for sizes in found.instances],
            }
        return document | ({"reason": self.reason} if self.reason else {})

    def sentence(self) -> str:
        """In words."""
        found, parts = self.agreement, []
        if found is not None:
            if found.expectations:
                parts.append(
                    f"{found.expectations} expectations agreed at {len(found.instances)} instances "
                    f"({found.grid_proved} of {found.moments} moments in them proved for all sizes)"
                )
            parts.append(f"{found.facts} equalities and signs hold")
            if found.undetermined:
                parts[-1] += f" ({found.undetermined} more not determined)"
        parts.append(f"loss agreed at {self.losses} instances" if self.losses else "loss not computed")
        return ", ".join(parts + [f"not recomputed: {self.reason}"] * bool(self.reason))


def second_opinion(verdict: Verdict) -> SecondOpinion:
    """Let the second engine recompute a recorded derivation.

    What it cannot read is said in `SecondOpinion.reason`, and counts as not recomputed.

    Raises
    ------
    EnginesDisagreeError
        With the smallest instance at which the two engines differ.
    """
    start, reasons = time.perf_counter(), []
    agreement, losses = None, 0
    try:
        agreement = recheck(verdict.proof_log.splitlines())
    except (InputError, UnsupportedError) as error:
        reasons.append(str(error))
    try:
        losses = compare_losses(verdict.theorem) if verdict.theorem is not None else 0
    except (InputError, UnsupportedError) as error:
        reasons.append(str(error))
    return SecondOpinion(agreement, losses, time.perf_counter() - start, "; ".join(reasons))
