"""Heads without an initial guess, trained on tasks with a mean, end at the stated gap: d + 1 heads, and d up to r*.

Setting     All weights of d and of d + 1 heads of linear self-attention, by Adam on fresh prompts: x ~ N(0, I_d),
            w ~ N(μ, ψI) with ‖μ‖² ≤ r*; beside it the closed form of the loss is minimised.
Measured    The exact loss of the trained weights, above the derived least one.
Why it      No gap, twice the gap, or that without noise would be other values, by more than the excess that is left.
could fail
"""

import sympy

from symicl.errors import InputError
from symicl.models import MultiHeadLinearAttention
from symicl.numeric import evaluate, matrix_entries
from symicl.proofs.xie2025.heads import kappa, theorem
from symicl.proofs.xie2025.setting import best_excess, d, mean2, mu, sigma2
from symicl.statements import task_values
from symicl.studies import Case, Contender, LevelStudy, Schedule
from symicl.tasks import refuse_unknown

SCHEDULE = Schedule(steps=600, batch=(256, 2048), lr=0.05)


def above(factor):
    """The least loss of gradient descent from the mean, and so many times the gap."""
    return lambda values: (
        evaluate(sigma2 + best_excess, values) + factor * evaluate(kappa, values) * norm2(values)
    )


def norm2(values):
    """‖μ‖² at numbers."""
    return sum(sympy.Rational(str(entry)) ** 2 for (entry,) in matrix_entries(values[mu]))


def with_d_heads(values):
    """The least loss of d heads where it is that of all."""
    if values[sigma2] != 0 and norm2(values) > evaluate(theorem.corollaries["threshold"], values):
        raise InputError("d heads do not attain the least loss of all above r*")
    return above(1)(values)


def contender(name, heads, least):
    """A number of heads against the least loss of all."""
    wrong = {"no gap": above(0), "twice the gap": above(2)}
    return Contender(
        name, lambda values: MultiHeadLinearAttention(heads=heads(values)), least, wrong, schedule=SCHEDULE
    )


class WithMean(LevelStudy):
    """The same, at a mean along the first coordinate whose square is given, to thirty digits."""

    def cases_at(self, given):
        refuse_unknown(given, theorem.symbols, self.id)
        values, _ = task_values(theorem, {**self.defaults, **given})
        length = sympy.Rational(str(sympy.N(sympy.sqrt(values[mean2]), 30)))
        own = {name: value for name, value in given.items() if name != "mean2"}
        return super().cases_at({**own, "mu": [length, *[0] * (int(values[d]) - 1)]})

    def _at(self, given):
        numbers = {name: value for name, value in {**self.defaults, **given}.items() if name != "mean2"}
        return self.task.at(**numbers)


experiment = WithMean(
    id=theorem.id,
    task=theorem.task,
    contenders=(
        contender("d heads", lambda values: int(values[d]), with_d_heads),
        contender("d + 1 heads", lambda values: int(values[d]) + 1, above(1)),
    ),
    defaults={"n": 3, "d": 2, "sigma2": "1/4", "psi": "1/2", "mean2": 2},
    cases={"": Case({})},
)
