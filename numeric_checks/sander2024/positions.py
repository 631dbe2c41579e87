"""Positional weights alone: trained on unitary sequences they keep the last position only, with the weight 1/d.

Setting     d = 3, T ≤ 6 (one row of positions for each), by Adam on fresh sequences through the forward pass of the
            model. One coordinate with a phase from an arc (μ = 300): gradient descent through the same forward pass on
            a quadrature over the phase.
Measured    The exact loss of the trained weights against d − 1, and where it leads; its forward pass on fresh sequences
            against its closed form; the iterate on the arc against its closed form.
Why it      The exact loss has one minimum: elsewhere, or with another value, it would contradict the statement. The
could fail  weights 1/(d + 1) and 0 must lose more than training leaves. Half the number of steps gives a different
            iterate.
"""

import sympy

from symicl.proofs.sander2024.parts.arc import gram, lag, mu
from symicl.proofs.sander2024.positions import T, d, theorem
from symicl.studies import PositionsAlone, PositionsStudy


def check(of):
    """The check of a statement, which need not be the true one."""
    return PositionsStudy(
        id=of.id,
        task=of.task,
        model=of.model,
        symbols={"d": d, "T": T},
        minimum=of.states["loss"],
        weight=of.corollaries["weight_of_T"],
        wrong_weights={"1/(d+1)": 1 / (d + 1), "0": sympy.Integer(0)},
        defaults={"d": 3, "T": 6},
        extra=PositionsAlone(gram(), lag, mu).measure,
    )


experiment = check(theorem)
