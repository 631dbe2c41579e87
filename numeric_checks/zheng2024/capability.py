"""The trained model on test sequences: its risk and the ratio of prediction and truth.

Setting     d = 4, training length T = 20, test lengths 2, …, 50; all five laws of x_1 with scale 1. The weights are
            those at which training ends, a = b = √u*.
Measured    The model's own forward pass on fresh sequences: the mean of |ŷ_j − x_j|² and of ŷ_j/x_j over coordinates
            that are not zero, with standard errors that allow for the heavy tails of sixth powers. Sparse starts must
            be predicted exactly.
Why it      Without the term κ_3/n, with n = T_test, with u of infinite training length, and with the ratio as a factor
could fail  of shrinkage, (1 − ratio)²m_2 as risk: each must fail by six standard errors.
"""

from symicl.algebra.evaluate import evaluate
from symicl.proofs.zheng2024.capability import theorem
from symicl.proofs.zheng2024.limit import ab
from symicl.proofs.zheng2024.setting import T_test, k1, k2, k3, m2, probability
from symicl.theorems.evaluation import evaluate_theorem, task_values
from symicl.training.causal.risk import RiskStudy, WrongRisk


def formulas(given):
    """The stated quantities."""
    found = {name: value["decimal"] for name, value in evaluate_theorem(theorem, given).values.items()}
    values, _ = task_values(theorem, given)
    return found | {"ab": float(evaluate(ab, values))}


def wrong(mse, ratio=ab * m2 / probability):
    """Other formulas."""

    def at(given):
        values, _ = task_values(theorem, given)
        return {"mse": float(evaluate(mse, values)), "ratio": float(evaluate(ratio, values))}

    return at


def risk(u, tail):
    """The risk at a product u with a given last term."""
    return u**2 * k2 - 2 * u * k1 + m2 + tail


long = k1 / k2
experiment = RiskStudy(
    id=theorem.id,
    model=theorem.model,
    formulas=formulas,
    wrong=(
        WrongRisk("without κ_3/n", wrong(risk(ab, 0)), ("gaussian", "rademacher", "uniform", "ones")),
        WrongRisk(
            "n = T_test", wrong(risk(ab, ab**2 * k3 / T_test)), ("gaussian", "rademacher", "uniform", "ones")
        ),
        WrongRisk(
            "u of infinite training length",
            wrong(risk(long, long**2 * k3 / (T_test - 1)), long * m2 / probability),
            ("gaussian", "rademacher", "uniform", "ones"),
        ),
        WrongRisk(
            "the ratio as a factor of shrinkage", wrong((1 - ab * m2) ** 2 * m2), ("gaussian", "uniform")
        ),
    ),
    laws=("gaussian", "rademacher", "sparse", "uniform", "ones"),
)
