"""Trained layers of label updates reach the stated loss, and one layer of attention that of one step.

Setting     All weights of one layer of linear self-attention, and the steps of two layers of label updates, trained by
            Adam on fresh prompts without noise; beside it the closed form of the loss is minimised.
Measured    The exact loss of what was trained, above the least one that was derived.
Why it      Layers that share one step, one layer fewer, and a loss with 5n for 4n at its end lie elsewhere, by more
could fail  than twice the excess that is left.
"""

from symicl.errors import InputError
from symicl.models import LinearSelfAttention
from symicl.numeric import evaluate
from symicl.proofs.ahn2023.depth import Q, d, n, task, theorem
from symicl.proofs.ahn2023.parts.numbers import layers, sigma2
from symicl.proofs.ahn2023.setting import Steps
from symicl.studies import Case, Contender, LevelStudy, Schedule
from symicl.theory import depth

one, two = theorem.corollaries["loss"], theorem.corollaries["two_layers"]
SCHEDULE = Schedule(steps=600, batch=(256, 4096), lr=0.1)
MAX_TRAINED = 3


def trained_depth(values, number=layers):
    """The number of layers, or of steps, where the exact loss of the trained weights is had."""
    count = int(values[number])
    if count > MAX_TRAINED:
        raise InputError(
            f"{number}={count} is too many to train, as the exact loss is long; give at most {MAX_TRAINED}: "
            "symicl eval takes more"
        )
    return count


def noiseless_depth(values):
    """The same, where there is no noise."""
    if values[sigma2] != 0:
        raise InputError("the layers are trained without noise; symicl eval has their excess with noise")
    return trained_depth(values)


def attention(values):
    """One layer of linear self-attention, beside layers that can be trained."""
    noiseless_depth(values)
    return LinearSelfAttention()


def at(stated):
    """A formula at numbers."""
    return lambda values: evaluate(stated, values)


def of_layers(values, fewer=0, **kind):
    """The least loss of the layers, or of some fewer."""
    count = max(trained_depth(values) - fewer, 1)
    return depth(task, count, **kind).at(n=int(values[n]), d=int(values[d])).excess


experiment = LevelStudy(
    id=theorem.id,
    task=task,
    theorem=theorem,
    contenders=(
        Contender(
            "one layer",
            attention,
            at(one),
            wrong={"that of two layers": at(two), "d + 2 for d + 1": at(d * (d + 1) / (n + d + 2))},
            schedule=SCHEDULE,
        ),
        Contender(
            "free layers",
            lambda values: Steps(noiseless_depth(values)),
            of_layers,
            wrong={
                "that of one layer fewer": lambda values: of_layers(values, fewer=1),
                "that of one step in all": lambda values: of_layers(values, tied=True),
                "5n for 4n in the loss of two": lambda values: evaluate(two + d * n / Q, values),
            },
            schedule=SCHEDULE,
        ),
    ),
    defaults={"n": 20, "d": 5, "layers": 2},
    cases={"": Case({})},
)
