"""One row of the comparison."""

from __future__ import annotations

from dataclasses import dataclass

import sympy


@dataclass(frozen=True)
class Risk:
    """The least excess risk of one architecture.

    Attributes
    ----------
    name : str
    excess : sympy.Rational, sympy.Float or None
        E(f − ⟨w, x⟩)² at its best weights; None where it is not computed.
    kind : str
        "exact", "proven digits", "digits" (by quadrature or in floating point), "searched" (its best step by
        a search), "sampled" or "not computed".
    remark : str
        Empty, or what restricts the value: a lower bound, a standard error, why there is none.
    """

    name: str
    excess: sympy.Expr | None
    kind: str
    remark: str = ""

    @property
    def value(self) -> str:
        """The excess with as many digits as are known; a dash where there is none."""
        if self.excess is None:
            return "–"
        return f"{float(self.excess):.{6 if self.kind in ('searched', 'sampled') else 9}g}"

    def __str__(self) -> str:
        remark = f"  ({self.remark})" if self.remark else ""
        return f"{self.name}: {self.value}{remark}"
