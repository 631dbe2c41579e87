"""The pictures of a study of test risks."""

from __future__ import annotations

from collections.abc import Sequence

from symicl.studies.causal.risk_sample import RiskSample
from symicl.studies.curves import Curve, Level, Panel
from symicl.studies.evidence import Evidence


def risk_panels(
    laws: Sequence[str], found: Sequence[RiskSample], shows: tuple[Evidence, ...], count: int
) -> tuple[Panel, ...]:
    """Risk and ratio against T_test on sampled test sequences with error bars, and the stated formulas.

    Parameters
    ----------
    laws : sequence of str
    found : sequence of RiskSample
        Those of the first seed are drawn.
    shows : tuple of Evidence
        Of the training of these.
    count : int
        Test sequences at each point.
    """
    panels = []
    for what, label in (("mse", "risk per coordinate"), ("ratio", "mean of ŷ_j / x_j")):
        curves, levels = [], []
        for group, law in enumerate(laws):
            seen = [one for one in found if one.law == law and one.seed == found[0].seed]
            if not seen:
                continue
            estimates = [getattr(one, what) for one in seen]
            lengths = [float(one.T_test) for one in seen]
            means, errors = [e.mean for e in estimates], [e.error for e in estimates]
            curves.append(Curve(law, lengths, means, errors=errors, group=group))
            name = "stated formulas" if not group else f"_{law}"
            curves.append(Curve(name, lengths, [one.stated[what] for one in seen], theory=True))
            if law == "gaussian":
                levels.append(
                    Level(
                        "gaussian: stated limit for T, T_test → ∞",
                        seen[0].stated[f"limit_{what}"],
                        group=group,
                    )
                )
        title = f"{label}, {count:,} test sequences per point"
        panels.append(Panel(title, "T_test", label, tuple(curves), tuple(levels), log_x=True, shows=shows))
    return tuple(panels)
