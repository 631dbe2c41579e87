"""Training follows the predicted curve and ends at the predicted product.

Setting     d = 5, T = 20; Gaussian starts with σ = 1/2, 1, 2, sparse starts with c = 1/2, 1, 2, and all-ones starts
            with the gradient masked off the diagonal; (a_0, b_0) = (0.1, 0.1), (0.5, 1.5), (2, 2). At this T the
            harmonic term lowers the Gaussian product by 13 % below its limit 1/5 for long sequences.
Measured    (i) Gradient flow of all entries of A and B on the exact population loss, by its closed-form gradient: the
            whole curve of ab against the implicit solution of the scalar equation, which is evaluated without an
            integrator. (ii) In each setting plain gradient descent of all 18 blocks of the real model through its
            forward pass on fresh sequences at every step: the mean of ab over the last steps against the stated
            value, the exact loss there, and where the exact loss leads from there. A fixed set of m = 2000 Gaussian
            sequences would carry an error of its sixth moment of several per cent, and end at its own minimum; fresh
            ones leave noise, whose standard error is reported.
Why it      u* with H_{T−1} for H_{T−2}, with T − 1 for T − 2 under it, with κ_2 and κ_3 exchanged, of infinite T, and
could fail  a flow twice as fast: each is more than ten times the resolution away from the population flow; the
            sampled runs must tell those that differ by several per cent.
"""

from fractions import Fraction
from functools import partial

import sympy

from symicl.numeric import evaluate
from symicl.proofs.zheng2024.limit import theorem
from symicl.proofs.zheng2024.setting import H, N, k1, k2, k3
from symicl.statements import task_values
from symicl.studies import CausalCase, CausalFlowStudy, Prediction
from symicl.tasks import T

WRONG = {
    "H_{T−1} for H_{T−2}": k1 / (k2 + k3 * sympy.harmonic(T - 1) / N),
    "T − 1 for T − 2": k1 / (k2 + k3 * H / (T - 1)),
    "κ_2 and κ_3 exchanged": k1 / (k3 + k2 * H / N),
    "T → ∞": k1 / k2,
}
SAMPLES_TELL = {"gaussian": ("T → ∞", "κ_2 and κ_3 exchanged"), "ones": ("T → ∞",)}


def prediction(law, product=None, faster=1, *, of=theorem):
    """The prediction of the theorem, or of a wrong version of it, for a law of x_1."""

    def at(d, T, scale):
        values, _ = task_values(of, {"d": d, "T": T, "scale": scale, "law": law})
        K = faster * float(evaluate(of.corollaries["curvature"], values))
        if product is not None:
            return Prediction(K, {"ab": float(evaluate(product, values))})
        return Prediction(K, {name: float(evaluate(stated, values)) for name, stated in of.states.items()})

    return at


def case_of(law, scale, *, of=theorem):
    """A law of x_1; for all-ones starts the gradient is masked."""
    masked = law == "ones"
    interacting = law != "sparse"
    wrong = {name: prediction(law, product) for name, product in WRONG.items()} if interacting else {}
    wrong["twice as fast"] = prediction(law, faster=2)
    name = "all-ones, masked" if masked and scale == 1 else f"{law}, scale {scale}"
    return CausalCase(name, law, prediction(law, of=of), scale, masked, wrong, SAMPLES_TELL.get(law, ()))


CASES = (
    ("gaussian", 1),
    ("gaussian", "1/2"),
    ("gaussian", 2),
    ("sparse", 1),
    ("sparse", "1/2"),
    ("sparse", 2),
    ("ones", 1),
)


def check(of):
    """The check of a statement, which need not be the true one."""
    return CausalFlowStudy(
        id=of.id,
        model=of.model,
        cases=tuple(case_of(law, Fraction(scale), of=of) for law, scale in CASES),
        case_of=partial(case_of, of=of),
    )


experiment = check(theorem)
