"""A decaying state on fresh examples has the stated excess, and its step size, trained, reaches the least one.

Setting     S ← aS + yx, run in torch on fresh examples with the half-life n; Adam trains the step size η of its
            prediction from one half of the best.
Measured    The mean ‖ηS − w‖² on fresh examples at the best η; the exact excess of the trained η above the least one.
Why it      The published bound, attention without decay, and a sum that has gone on forever have other values, by more
could fail  than the errors that are left.
"""

from sympy import N, Rational

from symicl.numeric import evaluate
from symicl.proofs.jiang2025.decay import HALF_LIFE, a, best, d, eta, excess, n, n_eff, risk, theorem
from symicl.studies import Learner, RecursionStudy


def at(form):
    """A closed form in h at the half-life."""
    return lambda values: evaluate(form.xreplace(HALF_LIFE), values)


def rational(form, factor=1):
    """The same as a fraction of forty digits, since the recursion is exact at fractions alone."""
    return lambda values: Rational(str(N(at(form)(values), 40))) * factor


(h,) = HALF_LIFE
STATED = theorem.corollaries["any_decay"]

experiment = RecursionStudy(
    id=theorem.id,
    theorem=theorem,
    risk=risk,
    learners=(
        Learner(
            "the step size",
            risk,
            {"eta": rational(best, Rational(1, 2))},
            at(excess),
            wrong={
                "the published bound": lambda values: evaluate(3 * d * (d + 1) / (2 * n), values),
                "without decay": lambda values: evaluate(theorem.states["loss"], values),
                "of examples without end": at(d * (d + 1) / (3 * n_eff + d + 1)),
            },
        ),
    ),
    defaults={"n": 10, "d": 4},
    stated="any_decay",
    wrong={
        "one example fewer": STATED.subs(n, n - 1),
        "d for d + 1": STATED - d * eta**2 * (1 - a ** (2 * n)) / (1 - a**2),
    },
    further={a: rational(1 / (1 + h)), eta: rational(best)},
    beside={"linear attention": theorem.states["loss"]},
)
