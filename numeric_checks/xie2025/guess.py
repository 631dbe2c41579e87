"""One head with an initial guess, trained on tasks with a mean, has the loss of gradient descent from the mean.

Setting     All weights of linear self-attention and the guess b, by Adam on fresh prompts: x ~ N(0, I_d), w ~ N(μ, ψI).
Measured    The exact loss of the trained weights, above the derived least one.
Why it      Without the guess no number of heads gets there; that gap, and d + 2 for d + 1, are told apart.
could fail
"""

from symicl.models import InitialGuessAttention
from symicl.numeric import evaluate
from symicl.proofs.xie2025.guess import theorem
from symicl.proofs.xie2025.heads import kappa
from symicl.proofs.xie2025.setting import best_excess, d, sigma2
from symicl.studies import Case, Contender, LevelStudy, Schedule


def least(values):
    """The derived least loss."""
    return evaluate(theorem.states["loss"], values)


def sized(size):
    """A mean of the size of the task."""
    return {"mu": [1] * size}


experiment = LevelStudy(
    id=theorem.id,
    task=theorem.task,
    theorem=theorem,
    contenders=(
        Contender(
            "an initial guess",
            lambda values: InitialGuessAttention(),
            least,
            wrong={
                "that of any number of heads without it": lambda values: (
                    least(values) + evaluate(kappa * d, values)
                ),
                "d + 2 for d + 1": lambda values: evaluate(
                    sigma2 + best_excess.subs(d, d + 1) * d / (d + 1), values
                ),
            },
            schedule=Schedule(steps=600, batch=(256, 2048), lr=0.05),
        ),
    ),
    defaults={"n": 8, "d": 3, "sigma2": "1/4", "psi": "1/2"},
    sized=sized,
    cases={"": Case({})},
)
