"""A trained chain of thought ends at the best constant step of k, and one layer at that of a single step.

Setting     The one step size of a chain of k estimates, and all weights of one layer of linear self-attention, by Adam
            on fresh prompts with noise.
Measured    The exact loss of what was trained, above the least one that was derived: for the chain a certified minimum
            over all real step sizes.
Why it      The losses of a chain with one estimate fewer, of the given step size, and of one with a step size for each
could fail  lie elsewhere, by more than twice the excess that is left.
"""

from symicl.models import LinearSelfAttention
from symicl.numeric import evaluate
from symicl.numeric_checks.ahn2023.depth import SCHEDULE, trained_depth
from symicl.proofs.gatmiry2024.setting import Looped
from symicl.proofs.huang2025.steps import best, d, excess, k, n, sigma2, task, theorem
from symicl.studies import Case, Contender, LevelStudy
from symicl.theory import depth


def written(values):
    """The model of the chain, where the exact loss of the trained step is had."""
    return Looped(trained_depth(values, k))


def attention(values):
    """One layer, beside a chain that can be trained."""
    written(values)
    return LinearSelfAttention()


def least(values):
    """The least loss of the chain."""
    return best(values)[0] + values[sigma2]


def with_one_fewer(values):
    """That without the last estimate."""
    return least({**values, k: max(int(values[k]) - 1, 1)})


def of_the_given_step(values):
    """The loss at the step size of the inputs."""
    return excess(values) + values[sigma2]


def with_a_step_each(values):
    """The least loss with a step size for each estimate, or a bound of it."""
    numbers = {"n": int(values[n]), "d": int(values[d]), "sigma2": values[sigma2]}
    return depth(task, int(values[k])).at(**numbers).lower_bound + values[sigma2]


experiment = LevelStudy(
    id=theorem.id,
    task=task,
    theorem=theorem,
    contenders=(
        Contender(
            "no chain of thought",
            attention,
            lambda values: evaluate(theorem.corollaries["loss"], values),
            wrong={
                "d + 2 for d + 1": lambda values: evaluate(
                    sigma2 + d * (d + 2 + sigma2) / (n + d + 2 + sigma2), values
                )
            },
            schedule=SCHEDULE,
        ),
        Contender(
            "chain of thought",
            written,
            least,
            wrong={
                "that of one step fewer": with_one_fewer,
                "that of the given step": of_the_given_step,
                "that of a step size for each": with_a_step_each,
            },
            schedule=SCHEDULE,
        ),
    ),
    defaults={"n": 20, "d": 5, "sigma2": "1/4", "k": 2, "eta": "1/2"},
    cases={"": Case({}), "three steps": Case({"k": 3})},
)
