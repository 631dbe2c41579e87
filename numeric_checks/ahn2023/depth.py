"""Two trained layers of label updates reach the stated loss, and one layer of attention that of one step.

Setting     All weights of one layer of linear self-attention, and both steps of two layers of label updates, trained by
            Adam on fresh prompts without noise; beside it the closed form of the loss is minimised.
Measured    The exact loss of what was trained, above the least one that was derived.
Why it      Two layers that share one step, one layer, and a loss with 5n for 4n at
could fail  its end lie elsewhere, by more than twice the excess that is left.
"""

from symicl.models import LinearSelfAttention
from symicl.numeric import evaluate
from symicl.proofs.ahn2023.depth import Q, d, n, task, theorem, two_steps
from symicl.studies import Case, Contender, LevelStudy, Schedule
from symicl.theory import depth

one, two = theorem.states["loss"], theorem.corollaries["two_layers"]
SCHEDULE = Schedule(steps=400, batch=(256, 2048), lr=0.05)


def at(stated):
    """A formula at numbers."""
    return lambda values: evaluate(stated, values)


def tied(values):
    """The least loss of two layers that share their step."""
    return depth(task, 2, tied=True).at(n=int(values[n]), d=int(values[d])).excess


experiment = LevelStudy(
    id=theorem.id,
    task=task,
    theorem=theorem,
    contenders=(
        Contender(
            "one layer",
            lambda values: LinearSelfAttention(),
            at(one),
            wrong={"that of two layers": at(two), "d + 2 for d + 1": at(d * (d + 1) / (n + d + 2))},
            schedule=SCHEDULE,
        ),
        Contender(
            "two layers",
            lambda values: two_steps,
            at(two),
            wrong={
                "that of one layer": at(one),
                "that of one step in both": tied,
                "5n for 4n in the loss": at(two + d * n / Q),
            },
            schedule=SCHEDULE,
        ),
    ),
    defaults={"n": 20, "d": 5},
    cases={"": Case({})},
)
