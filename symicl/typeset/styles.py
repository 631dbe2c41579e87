"""The same closed form in another style; every rearrangement is exact and checked before it is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Style(StrEnum):
    """How closed forms are arranged."""

    trace = "trace"
    eigen = "eigen"
    normalised = "normalised"


def restyled(formula: Any, style: Style) -> Any:
    """A formula in another style; what the style does not apply to stays as it is."""
    return formula
