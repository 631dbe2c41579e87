"""Attention on augmented tokens, trained on sequences: diagonal weights reach u*, full ones go below.

Setting     d = 2, T_max = 5. Diagonal weights from random starts of both signs, and full A and B from near the diagonal
            optimum, by Adam on fresh sequences through the forward pass of the real model. Beside it one and two layers
            with all weights free on Haar-orthogonal W (d = 3, context 10), which do not commute.
Measured    The exact loss of the trained weights, and where the exact loss leads from them: its minimum against ℓ*,
            every a_j b_j against u*, |a_j| against each other; the forward pass on fresh sequences against its closed
            form. The full weights against ℓ* and the derived minimum of symmetric ones. The error of L layers against
            that of L best steps of gradient descent.
Why it      3/(2T_max) and 3/(2T_max + 3d − 3) in place of u* are ruled out. Below ℓ* no diagonal weights can go, but
could fail  full ones must. On Haar W the theorem says nothing: a trained layer can do a step of gradient descent, so it
            should not be worse.
"""

from symicl.proofs.sander2024.augmented import T_max, d, least_symmetric, theorem
from symicl.studies import AugmentedStudy


def check(of):
    """The check of a statement, which need not be the true one."""
    return AugmentedStudy(
        id=of.id,
        task=of.task,
        model=of.model,
        u=of.states["u"],
        loss=of.states["loss"],
        wrong_u={"3/(2T_max)": 3 / (2 * T_max), "3/(2T_max+3d-3)": 3 / (2 * T_max + 3 * d - 3)},
        symmetric_loss=least_symmetric,
        defaults={"d": 2, "T_max": 5},
    )


experiment = check(theorem)
