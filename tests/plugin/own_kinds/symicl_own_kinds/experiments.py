"""The experiments of the theorems."""

from sympy import Identity, harmonic

from symicl.studies import Experiment, Schedule, SequenceExperiment
from symicl_own_kinds import passes as k
from symicl_own_kinds import prompts as p
from symicl_own_kinds import sequences as s

prompts = Experiment(
    id=p.theorem.id,
    task=p.task,
    model=p.model,
    theorem=p.theorem,
    defaults={"n": 6, "d": 2, "sigma2": "1/5", "Lambda": [[2, 1], [1, 3]]},
    nearest_wrong={"n for n + 1": 1 / (p.n + p.d + p.sigma2) * Identity(p.d)},
    schedule=Schedule(steps=300, batch=(256, 2048), lr=0.02),
)

passes = Experiment(
    id=k.theorem.id,
    task=k.task,
    model=k.model,
    theorem=k.theorem,
    defaults={"n": 6, "d": 2, "sigma2": "1/5"},
    nearest_wrong={"n for n + 1": 1 / (k.n + k.d + k.sigma2) * Identity(k.d)},
    schedule=Schedule(steps=600, batch=(256, 2048), lr=0.02),
)

sequences = SequenceExperiment(
    id=s.theorem.id,
    task=s.task,
    model=s.model,
    theorem=s.theorem,
    defaults={"d": 3, "T": 6, "rho": "1/2"},
    nearest_wrong={
        "d for d − 1": {"a": (s.T - 2) / (4 * s.rho**2 * (s.d * harmonic(s.T - 2) + s.T - 2))},
    },
)
