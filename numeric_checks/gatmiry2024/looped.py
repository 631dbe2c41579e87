"""A trained loop reaches the certified least loss of one step size, and not that of free layers.

Setting     One step size, the same in every pass of a looped layer, trained by Adam on fresh prompts without noise;
            beside it as many layers with a step of their own each.
Measured    The exact loss of what was trained, above the least one: of the loop a certified minimum in one variable, of
            the free layers the value of the best polynomial.
Why it      The least losses of the two differ, as do those of one pass fewer; each model must end at its own, by less
could fail  than half of these distances.
"""

from symicl.numeric_checks.ahn2023.depth import SCHEDULE, of_layers, trained_depth
from symicl.proofs.ahn2023.parts.numbers import layers
from symicl.proofs.ahn2023.setting import Steps
from symicl.proofs.gatmiry2024.looped import task, theorem
from symicl.proofs.gatmiry2024.parts.further import best
from symicl.proofs.gatmiry2024.setting import Looped
from symicl.studies import Case, Contender, LevelStudy


def of_loop(values):
    """The least loss with one step size."""
    return best(values)[0]


def with_one_pass_fewer(values):
    """The least loss of the loop without its last pass."""
    return best({**values, layers: max(int(values[layers]) - 1, 1)})[0]


experiment = LevelStudy(
    id=theorem.id,
    task=task,
    theorem=theorem,
    contenders=(
        Contender(
            "loop",
            lambda values: Looped(trained_depth(values)),
            of_loop,
            wrong={"that of free layers": of_layers, "that of one pass fewer": with_one_pass_fewer},
            schedule=SCHEDULE,
        ),
        Contender(
            "free layers",
            lambda values: Steps(trained_depth(values)),
            of_layers,
            wrong={"that of the loop": of_loop},
            schedule=SCHEDULE,
        ),
    ),
    defaults={"n": 20, "d": 5, "layers": 2},
    cases={"": Case({}), "three layers": Case({"layers": 3})},
)
