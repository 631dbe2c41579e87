"""The trained model on test sequences: its risk and the ratio of prediction and truth.

Setting     d = 4, training length T = 20, test lengths 2, …, 50; all five laws of x_1 with scale 1.
Measured    For each law the real model is trained on fresh sequences, and the exact loss followed from there to its
            stationary point. There: the exact risk at each test length; the forward pass on fresh test sequences, the
            mean of |ŷ_j − x_j|² and of ŷ_j/x_j over coordinates that are not zero, with standard errors that allow for
            the heavy tails of sixth powers. The limits: the same where the loss of infinitely long training leads
            from these weights, which is found from the exact losses of three times, since they are polynomials of
            degree 2 in 1/n.
Why it      Without the term κ_3/n, with n = T_test, with u of infinite training length, and with the ratio as a factor
could fail  of shrinkage, (1 − ratio)²m_2 as risk: each must fail, unless it coincides with the truth at the inputs.
"""

from functools import partial

from symicl.numeric import evaluate
from symicl.numeric_checks.zheng2024.limit import case_of
from symicl.proofs.zheng2024.capability import theorem
from symicl.proofs.zheng2024.limit import ab
from symicl.proofs.zheng2024.setting import T_test, k1, k2, k3, m2, probability
from symicl.statements import evaluate_theorem, task_values
from symicl.studies import RiskStudy, WrongRisk


def formulas(given, *, of=theorem):
    """The stated quantities."""
    return {name: value["decimal"] for name, value in evaluate_theorem(of, given).values.items()}


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
INTERACTING = ("gaussian", "rademacher", "uniform", "ones")


def check(of):
    """The check of a statement, which need not be the true one."""
    return RiskStudy(
        id=of.id,
        model=of.model,
        case_of=case_of,
        formulas=partial(formulas, of=of),
        wrong=(
            WrongRisk("without κ_3/n", wrong(risk(ab, 0)), INTERACTING),
            WrongRisk("n = T_test", wrong(risk(ab, ab**2 * k3 / T_test)), INTERACTING),
            WrongRisk(
                "u of infinite training length",
                wrong(risk(long, long**2 * k3 / (T_test - 1)), long * m2 / probability),
                INTERACTING,
            ),
            WrongRisk(
                "the ratio as a factor of shrinkage", wrong((1 - ab * m2) ** 2 * m2), ("gaussian", "uniform")
            ),
        ),
        laws=("gaussian", "rademacher", "sparse", "uniform", "ones"),
    )


experiment = check(theorem)
