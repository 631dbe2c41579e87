"""The step that concludes the least loss over any number of heads, from the bound that their features give."""

from __future__ import annotations

from typing import Any

import sympy

from symicl.algebra import ClosedForm, read_form, vector
from symicl.errors import DerivationError
from symicl.expectation import Gaussian
from symicl.statements.derivation import Recorder
from symicl.statements.kinds.least_over_heads import LeastOverHeads, SumOfHeads
from symicl.typeset import Equation


def least_over_heads(step: Recorder, bound: Any) -> ClosedForm:
    """No number of heads has a smaller loss than the bound of several features, which d + 1 heads attain.

    Parameters
    ----------
    step : Recorder
    bound : LowerBound
        The minimum of the loss of one head, or of fewer than d + 1, over the coefficients of its features.

    Returns
    -------
    ClosedForm
        The least loss.

    Raises
    ------
    DerivationError
        If no weights of heads are known that attain the bound.
    """
    found = getattr(bound, "weights_of_heads", None)
    if found is None:
        raise DerivationError("no weights of heads are known whose predictions add up to the best one")
    task, problem, joint = bound.loss.task, bound.problem, bound.certificate.joint
    at_best = joint.numbers | {problem.unknown: bound.solution}
    step(
        "Over all coefficients of the features, those of several heads together, the best prediction is",
        *bound.solution_equations,
        where={
            r"\hat{y}_{\mathrm{low}}": r"is this prediction, with $K_{\mathrm{low}}$ for $K$",
            ",".join(f"k_{i}" for i, _ in enumerate(problem.summands, 1)): "are numbers",
        },
        name="several features",
    )
    count = len(problem.parts)
    for number, feature in enumerate(problem.parts, 1):
        step.check(
            f"what it misses of $y_{{0}}$ is orthogonal to feature {number} of {count}, for every coefficient",
            task.expectation((task.target() - joint.prediction) * feature.probe("orthogonality")).substitute(
                at_best
            ),
        )
    q, shown = vector("q_h", task.d), []
    for weights, index in ((found.basis, "h"), (found.last, "d+1")):
        at = found.model.effective(weights)
        for name, blocks in at.items():
            named = blocks.map(lambda block: block.substitute({found.vector: read_form(q)}))
            shown.append(
                Equation(
                    f"{name}_{{{index}}}", sympy.BlockMatrix([[*map(_entry, row)] for row in named.grid])
                )
            )
    step(
        r"$d+1$ heads make it: $d$ heads along an orthonormal basis, and one more",
        *shown,
        where={"q_h": r"$\in\mathbb{R}^{d}$, $h=1,\dots,d$, is an orthonormal basis"},
        name="heads",
    )
    best = joint.prediction.substitute(at_best)
    evidence = SumOfHeads(found.model, task, best, (found.last,), found.basis, Gaussian(found.vector))
    step.conclude(LeastOverHeads(bound.closed_form, bound.heads, proof=evidence))
    return bound.closed_form


def _entry(block: ClosedForm) -> Any:
    return block.expr * sympy.Identity(1) if block.is_scalar else block.expr
