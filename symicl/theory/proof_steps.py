"""The steps of a proof that is checked by identities and given as sentences."""

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
