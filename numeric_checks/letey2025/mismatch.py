"""Linear attention, pretrained on tasks of one covariance, has the stated risk on tasks of another one.

Setting     All weights are trained by Adam on statistics of fresh prompts whose tasks are N(0, Ψ); each model that has
            arrived is tested on fresh prompts whose tasks are N(0, Ω), and on Ψ and halfway between them.
Measured    The exact risk of the trained weights there, that of the derived optimum, and the mean on fresh prompts.
Why it      The least risk on the tasks of the test, and that on those of pretraining, lie more than twice as far from
could fail  that of the trained weights as the stated one.
"""

from sympy import Identity, Inverse, Trace

from symicl.proofs.letey2025.mismatch import H, Omega, Psi, d, model, n, sigma2, task, test, theorem
from symicl.studies import Experiment, TestedElsewhere


def diagonal(*entries):
    """From d to a diagonal matrix whose entries are these in turn."""
    return lambda d: [[entries[i % len(entries)] if i == j else 0 for j in range(d)] for i in range(d)]


def on_the_way(values):
    """Ω, and (1 − t)Ψ + tΩ in its place."""
    parts = {t / 4: values[Psi] * (4 - t) / 4 + values[Omega] * t / 4 for t in (0, 2)}
    return {1.0: values, **{x: values | {Omega: value} for x, value in parts.items()}}


trained = Experiment(
    id=theorem.id,
    task=task,
    model=model,
    defaults={"n": 20, "d": 4, "sigma2": "1/4"},
    sized=lambda d: {"H": diagonal("3/2", "1/2")(d), "Psi": diagonal(2, 1)(d)},
    nearest_wrong={
        "n for n + 1": Psi * Inverse(n * H * Psi + (Trace(H * Psi) + sigma2) * Identity(d)),
        "that of Ω = I": Inverse((n + 1) * H + (Trace(H) + sigma2) * Identity(d)),
    },
)
risk, best = theorem.corollaries["risk"], theorem.corollaries["trained_on_it"]

experiment = TestedElsewhere(
    theorem=theorem,
    trained=trained,
    law=test,
    quantity="risk",
    cases=on_the_way,
    axis="share of Ω in the covariance of test tasks",
    wrong={"the least on these tasks": sigma2 + best, "as in pretraining": risk.subs(Omega, Psi)},
    further={"Omega": diagonal(1, 3)},
)
