"""The end of the flow without a mask is a strict saddle of the loss over all weights, or a local minimum, as stated.

Setting     x_1 = (1, …, 1), without a mask, d = T = 3, where the limit is said to be a strict saddle; with `d=5 T=4`,
            for instance, it is said to be a local minimum.
Measured    (i) Gradient flow of all entries of A and B on the exact population loss: its numbers at its end, and the
            least second derivative there, in 14 directions that stand for all 2d².
            (ii) Gradient descent of all 18 blocks of the real model through its forward pass on fresh sequences. From
            the weights where it ends the exact loss is followed: it must leave a strict saddle for a smaller loss, and
            return to a local minimum.
Why it      The other kind of point at the same sizes, and plain gradient descent.
could fail
"""

from dataclasses import replace
from functools import partial

from symicl.numeric_checks.zheng2024 import not_gd
from symicl.proofs.zheng2024.stability import theorem
from symicl.statements import evaluate_theorem
from symicl.studies import CausalCase, CausalFlowStudy


def end(size, length, scale, *, of=theorem):
    """The certified limit, as far as it is determined, and whether it is stable."""
    found = evaluate_theorem(of, {"d": size, "T": length}).values
    limit, stable = not_gd.unmasked(size, length, scale), found["stable"]["exact"]
    values = {**limit.values, "loss": found["loss"]["decimal"]}
    return replace(limit, values=values, stable=None if stable is None else stable == "1")


def check(of):
    """The check of a statement, which need not be the true one."""
    case = CausalCase("no mask", "ones", partial(end, of=of), wrong={"plain gradient descent": not_gd.plain})
    return CausalFlowStudy(
        id=of.id, model=of.model, cases=(case,), start=(0.6, 0.9), d=3, T=3, with_maps=True
    )


experiment = check(theorem)
