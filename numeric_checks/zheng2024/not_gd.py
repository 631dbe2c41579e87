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

from functools import partial

from symicl.numeric import evaluate
from symicl.proofs.zheng2024.not_gd import theorem
from symicl.proofs.zheng2024.setting import H, N, d
from symicl.statements import evaluate_theorem, task_values
from symicl.studies import CausalCase, CausalFlowStudy, Prediction

FLOW_CONSTANT = N + (d - 1) * H
"""K of the masked flow; without the mask it only sets the scale of time."""
AT_THE_END = ("ab", "alpha_ratio", "beta_ratio", "loss")


def numbers(of, size, length):
    """All stated and certified quantities as floats, and the scale of time."""
    given = {"d": size, "T": length}
    found = {name: value["decimal"] for name, value in evaluate_theorem(of, given).values.items()}
    values, _ = task_values(of, given)
    return found, values, float(evaluate(FLOW_CONSTANT, values))


def masked(size, length, scale, *, of=theorem):
    """With the mask: the scalar equation."""
    found, _, K = numbers(of, size, length)
    return Prediction(K, {"ab": found["masked_ab"], "loss": found["masked_loss"]})


def unmasked(size, length, scale, *, of=theorem):
    """Without it: the certified limit, as far as it is determined; `stability` says of which kind it is."""
    found, _, K = numbers(of, size, length)
    values = {name: found[name] for name in AT_THE_END if found.get(name) is not None}
    return Prediction(K, values, has_curve=False, size=found["masked_ab"])


def plain(size, length, scale):
    """Wrong without the mask: one step of plain gradient descent."""
    found, _, K = numbers(theorem, size, length)
    values = {"ab": found["masked_ab"], "alpha_ratio": 0.0, "beta_ratio": 0.0, "loss": found["masked_loss"]}
    return Prediction(K, values, has_curve=False)


def leading(size, length, scale):
    """Wrong at a finite T: the leading order of the ratios."""
    found, values, K = numbers(theorem, size, length)
    ratios = {
        name: float(evaluate(theorem.corollaries[f"{name}_leading"], values))
        for name in ("alpha_ratio", "beta_ratio")
        if found.get(name) is not None
    }
    return Prediction(K, {"loss": found["loss"], **ratios}, has_curve=False)


def check(of):
    """The check of a statement, which need not be the true one."""
    return CausalFlowStudy(
        id=of.id,
        model=of.model,
        cases=(
            CausalCase(
                "no mask",
                "ones",
                partial(unmasked, of=of),
                wrong={"plain gradient descent": plain, "leading order": leading},
                wrong_for_samples=("plain gradient descent",),
            ),
            CausalCase("masked", "ones", partial(masked, of=of), masked=True),
        ),
        start=(0.6, 0.9),
        with_maps=True,
    )


experiment = check(theorem)
