"""The delta rule on fresh tokens has the stated risk, and its gate, trained, reaches the least one.

Setting     The recursion as it is derived, run in torch on fresh tokens; Adam trains its gate β from the given one.
Measured    The mean ‖S − w‖² on fresh tokens at the given gate; the exact risk of the trained gate above the least one.
Why it      With d + 1 for d + 2 in ρ, one token fewer, or the least risk of attention, the risks would be others, by
could fail  more than the errors that are left.
"""

from sympy import Rational

from symicl.numeric import evaluate
from symicl.proofs.deltanet.delta_rule import (
    attention,
    best_excess,
    beta,
    d,
    excess,
    n,
    risk,
    sigma2,
    theorem,
)
from symicl.studies import Learner, RecursionStudy


def least(values):
    """The least risk over all constant gates: as stated without noise, else with proven digits."""
    if values[sigma2] == 0:
        return evaluate(theorem.corollaries["best_excess"], values)
    return risk.best(beta, **{a.name: values[a] for a in (n, d, sigma2)}).value


experiment = RecursionStudy(
    id=theorem.id,
    theorem=theorem,
    risk=risk,
    learners=(
        Learner(
            "the delta rule",
            risk,
            {"beta": lambda values: values[beta]},
            least,
            wrong={
                "with one token fewer": lambda values: evaluate(best_excess.subs(n, n - 1), values),
                "that of attention": lambda values: evaluate(attention, values),
            },
        ),
    ),
    defaults={"n": 10, "d": 4, "beta": Rational(1, 20), "sigma2": 0},
    wrong={"d + 1 for d + 2": excess.subs(d, d - 1) * d / (d - 1), "one token fewer": excess.subs(n, n - 1)},
    beside={"linear attention": theorem.states["loss"] - sigma2},
)
