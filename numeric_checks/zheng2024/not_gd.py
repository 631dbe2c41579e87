"""From the all-ones start the trained weights are not multiples of the identity, unless the gradient is masked.

Setting     x_1 = (1, …, 1), d = 5, T = 20, with the gradient off the diagonal masked and without a mask, from
            (a_0, b_0) = (0.1, 0.1), (0.5, 1.5), (2, 2). The loss at the last one is above that of zero weights, where
            uniqueness of the limit is not certified; the flow ends at the same numbers.
Measured    (i) Gradient flow of all entries of A and B on the exact population loss: αβ, α'/α, β'/β and the loss at its
            end against the certified numbers; with the mask the whole curve of ab against the scalar equation.
            (ii) Gradient descent of all 18 blocks of the real model through its forward pass on fresh sequences, only
            the phases are random: the same numbers with standard errors. The pictures show its weights.
Why it      Plain gradient descent (α' = β' = 0, the masked numbers), and the leading order in 1/T of the ratios: the
could fail  population flow must tell both apart, the sampled runs the first one.
"""

from symicl.algebra.evaluate import evaluate
from symicl.errors import InputError
from symicl.proofs.zheng2024.not_gd import theorem
from symicl.proofs.zheng2024.setting import H, N, d
from symicl.theorems.evaluation import evaluate_theorem, task_values
from symicl.training.causal.case import CausalCase, Prediction
from symicl.training.causal.flow_study import CausalFlowStudy

CURVATURE = N + (d - 1) * H
"""K of the masked flow; without the mask it only sets the scale of time."""


def numbers(size, length):
    """All stated and certified quantities as floats, and the scale of time."""
    given = {"d": size, "T": length}
    found = {name: value["decimal"] for name, value in evaluate_theorem(theorem, given).values.items()}
    values, _ = task_values(theorem, given)
    return found, values, float(evaluate(CURVATURE, values))


def masked(size, length, scale):
    """With the mask: the scalar equation."""
    found, _, K = numbers(size, length)
    return Prediction(K, {"ab": found["masked_ab"], "loss": found["masked_loss"]})


def unmasked(size, length, scale):
    """Without it: the certified limit."""
    found, _, K = numbers(size, length)
    if found.get("ab") is None or found.get("alpha_ratio") is None:
        raise InputError(
            f"at d={size}, T={length} the limit depends on the initial values; give d ≥ 2 and T ≥ 4"
        )
    names = ("ab", "alpha_ratio", "beta_ratio", "loss")
    return Prediction(K, {name: found[name] for name in names}, has_curve=False)


def plain(size, length, scale):
    """Wrong without the mask: one step of plain gradient descent."""
    found, _, K = numbers(size, length)
    values = {"ab": found["masked_ab"], "alpha_ratio": 0.0, "beta_ratio": 0.0, "loss": found["masked_loss"]}
    return Prediction(K, values, has_curve=False)


def leading(size, length, scale):
    """Wrong at a finite T: the leading order of the ratios."""
    found, values, K = numbers(size, length)
    ratios = {
        name: float(evaluate(theorem.corollaries[f"{name}_leading"], values))
        for name in ("alpha_ratio", "beta_ratio")
    }
    return Prediction(K, {"ab": found["ab"], "loss": found["loss"], **ratios}, has_curve=False)


experiment = CausalFlowStudy(
    id=theorem.id,
    model=theorem.model,
    cases=(
        CausalCase(
            "no mask",
            "ones",
            unmasked,
            wrong={"plain gradient descent": plain, "leading order": leading},
            wrong_for_samples=("plain gradient descent",),
            sampled=True,
        ),
        CausalCase("masked", "ones", masked, masked=True, sampled=True),
    ),
    start=(0.6, 0.9),
    with_maps=True,
)
