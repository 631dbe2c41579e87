"""Attention on augmented tokens, trained on its exact loss: diagonal weights reach u*, full ones go below.

Setting     d = 2, T_max = 5. Diagonal weights from random starts of both signs, by Adam on the closed form; full A and
            B from near the diagonal optimum, by L-BFGS on the mean over all pairs of 16th roots of unity, which is
            the exact expectation, through the forward pass of the real model. Beside it one and two layers with all
            weights free on Haar-orthogonal W (d = 3, context 10), which do not commute: sampled sequences only.
Measured    The loss against ℓ*, every a_j b_j against u*, |a_j| against each other; the closed form at the trained
            weights against the forward pass over all phases. The full weights against ℓ* and the derived minimum of
            symmetric ones. The error of L layers against that of L best steps of gradient descent.
Why it      3/(2T_max) and 3/(2T_max + 3d − 3) in place of u* are ruled out when the products are closer to u* than
could fail  half way. Below ℓ* no diagonal weights can go, but full ones must. On Haar W the theorem says nothing: a
            trained layer can do a step of gradient descent, so it must not be worse.
"""

from symicl.proofs.sander2024.augmented import T_max, d, least_symmetric, theorem
from symicl.training.augmented.study import AugmentedStudy

experiment = AugmentedStudy(
    id=theorem.id,
    task=theorem.task,
    model=theorem.model,
    u=theorem.states["u"],
    loss=theorem.states["loss"],
    wrong_u={"3/(2T_max)": 3 / (2 * T_max), "3/(2T_max+3d-3)": 3 / (2 * T_max + 3 * d - 3)},
    symmetric_loss=least_symmetric,
    defaults={"d": 2, "T_max": 5},
)
