"""Trained transformer blocks and attention without an MLP end at different losses: the derived ones.

Setting     The block, one head, and d + 1 heads of linear self-attention, all weights trained by Adam on fresh
            prompts with H = Ψ = I, d = 5, n = 20, σ² = 1/4, and β* = 0, (1, …, 1). With β* = (10, …, 10) the
            gradients on prompts are so noisy that the block needs ten times as many steps: there the same weights
            are trained on the exact loss instead, and the loss on prompts is measured at the end.
Measured    The exact risk of the trained weights: the block should reach R* for every β*, one head
            R* + single_head_gap, d + 1 heads R* + κ‖β*‖²_H.
Why it      The three values differ from each other, and from those with a slightly wrong constant, by more than
could fail  twice the excess that is left; below its own minimum no model can go.
"""

from symicl.algebra.evaluate import evaluate
from symicl.models.linear_transformer_block import LinearTransformerBlock
from symicl.models.multi_head_attention import MultiHeadLinearAttention
from symicl.proofs.zhang2024.lsa.gap_on_a_line import single_head_gap
from symicl.proofs.zhang2024.lsa_gap import norm, theorem
from symicl.proofs.zhang2024.setting import d, n, risk
from symicl.training.regression.levels import Case, Contender, LevelStudy
from symicl.training.regression.population import Population
from symicl.training.regression.schedule import Schedule

IDENTITY = [[1 if i == j else 0 for j in range(5)] for i in range(5)]
STEPS = Schedule(steps=600, batch=(256, 2048), lr=0.05)


def of_block(values):
    """R*."""
    return evaluate(risk, values)


def of_one_head(values):
    """R* and the certified gap of one head."""
    return of_block(values) + single_head_gap(values, 30)


def of_many_heads(values):
    """R* + κ‖β*‖²_H."""
    return of_block(values) + evaluate(theorem.states["multi_head_gap"], values)


experiment = LevelStudy(
    id=theorem.id,
    task=theorem.task,
    contenders=(
        Contender(
            "transformer block",
            lambda values: LinearTransformerBlock(),
            of_block,
            wrong={"that of many heads": of_many_heads},
            schedule=STEPS,
        ),
        Contender(
            "one head",
            lambda values: MultiHeadLinearAttention(),
            of_one_head,
            wrong={
                "that of the block": of_block,
                "that of many heads": of_many_heads,
                "the asymptotic gap": lambda values: of_block(values) + evaluate((d + 1) * norm / n, values),
            },
            schedule=STEPS,
        ),
        Contender(
            "d + 1 heads",
            lambda values: MultiHeadLinearAttention(heads=int(values[d]) + 1),
            of_many_heads,
            wrong={"that of the block": of_block, "that of one head": of_one_head},
            schedule=STEPS,
            cases=("β* = (1,…,1)",),
        ),
    ),
    defaults={"n": 20, "d": 5, "sigma2": "1/4", "H": IDENTITY, "Psi": IDENTITY, "beta_star": [1] * 5},
    cases={
        "β* = 0": Case({"beta_star": [0] * 5}),
        "β* = (1,…,1)": Case({"beta_star": [1] * 5}),
        "β* = (10,…,10)": Case({"beta_star": [10] * 5}, population=Population()),
    },
)
