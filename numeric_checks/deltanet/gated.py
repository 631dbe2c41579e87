"""The gated delta rule on fresh tokens has the stated risk, and gates for each token, trained, reach the least one.

Setting     The recursion as it is derived, run in torch on fresh tokens; two gates for each token, αₜ and βₜ,
            are trained by Adam from the given ones.
Measured    The mean ‖S − w‖² on fresh tokens at the given gates; the exact risk of trained gates above the least one.
Why it      If free decay gained something, trained gates would fall below the stated least risk; constant gates, and
could fail  linear attention, have a larger one, by more than what is left.
"""

from sympy import Rational

from symicl.numeric import evaluate
from symicl.proofs.deltanet.delta_rule import risk as plain
from symicl.proofs.deltanet.gated import alpha, attention, beta, d, n, risk, sigma2, theorem
from symicl.studies import Learner, RecursionStudy


def sizes(values):
    """The inputs of the plain delta rule by name."""
    return {a.name: values[a] for a in (n, d, sigma2)}


experiment = RecursionStudy(
    id=theorem.id,
    theorem=theorem,
    risk=risk,
    learners=(
        Learner(
            "gates for each token",
            risk,
            {"alpha": lambda values: values[alpha], "beta": lambda values: values[beta]},
            lambda values: plain.greedy(beta).at(digits=35, **sizes(values)).value,
            wrong={
                "that of the best constant gate": lambda values: plain.best(beta, **sizes(values)).value,
                "that of attention": lambda values: evaluate(attention, values),
            },
            per_token=True,
        ),
    ),
    defaults={"n": 8, "d": 3, "sigma2": "1/4", "alpha": Rational(19, 20), "beta": Rational(3, 20)},
    wrong={
        "without decay": theorem.corollaries["excess"].subs(alpha, 1),
        "one token fewer": theorem.corollaries["excess"].subs(n, n - 1),
    },
    beside={"linear attention": attention},
)
