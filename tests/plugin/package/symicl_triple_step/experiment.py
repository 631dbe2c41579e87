"""The experiment of triple.step."""

from sympy import Identity

from symicl.studies import Experiment, Schedule
from symicl_triple_step.theorem import d, model, n, sigma2, task, theorem

experiment = Experiment(
    id=theorem.id,
    task=task,
    model=model,
    defaults={"n": 6, "d": 2, "sigma2": "1/5"},
    nearest_wrong={"noise σ² in place of 5σ²": 1 / (n + d + 1 + sigma2) * Identity(d)},
    schedule=Schedule(steps=300, batch=(256, 2048), lr=0.02),
)
