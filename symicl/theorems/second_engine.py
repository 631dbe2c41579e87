"""What the second engine says to a derivation: its expectations entry by entry, and its loss from the definitions."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symicl.entrywise.recheck import Agreement, recheck
from symicl.theorems.entrywise_losses import compare_losses

if TYPE_CHECKING:
    from symicl.theorems.prove import Verdict


@dataclass(frozen=True)
class SecondOpinion:
    """What the two engines agree on.

    Attributes
    ----------
    agreement : Agreement
        On the proof log.
    losses : int
        Instances at which the loss of the theorem, from the definitions of its task and model, is the same.
    seconds : float
    """

    agreement: Agreement
    losses: int
    seconds: float

    def document(self) -> dict[str, Any]:
        """As JSON."""
        found = self.agreement
        return {
            "expectations": found.expectations,
            "moments": found.moments,
            "grid_proved_moments": found.grid_proved,
            "equalities": found.equalities,
            "undetermined_equalities": found.undetermined,
            "instances": [dict(sizes) for sizes in found.instances],
            "loss_instances": self.losses,
            "seconds": round(self.seconds, 3),
        }

    def sentence(self) -> str:
        """In words."""
        found, parts = self.agreement, []
        if found.expectations:
            parts.append(
                f"{found.expectations} expectations agreed at {len(found.instances)} instances "
                f"({found.grid_proved} of {found.moments} moments in them proved for all sizes)"
            )
        parts.append(f"{found.equalities} equalities hold")
        if found.undetermined:
            parts[-1] += f" ({found.undetermined} more not determined)"
        parts.append(f"loss agreed at {self.losses} instances" if self.losses else "loss not computed")
        return ", ".join(parts)


def second_opinion(verdict: Verdict) -> SecondOpinion | None:
    """Let the second engine recompute a recorded derivation; None if there is no theorem.

    Raises
    ------
    EnginesDisagreeError
        With the smallest instance at which the two engines differ.
    InputError
        If the derivation was not recorded.
    """
    if verdict.theorem is None:
        return None
    start = time.perf_counter()
    agreement = recheck(verdict.proof_log.splitlines())
    losses = compare_losses(verdict.theorem)
    return SecondOpinion(agreement, losses, time.perf_counter() - start)
