"""Experiments of a second instead of half a minute, for the tests of what happens around them."""

from dataclasses import replace

from sympy import Identity

from symicl.studies import Schedule, registry
from symicl.studies.kinds import stepwise

real_find_experiment = registry.find_experiment


def quick(theorem_id, steps=150, **changes):
    """One dimension, where there are no spurious minima, and a wrong statement that is far off."""
    experiment = real_find_experiment(theorem_id)
    task = experiment.task
    half = Identity(task.d) / (2 * (task.n + task.d + 1 + task.noise))
    return replace(
        experiment,
        schedule=Schedule(steps=steps, batch=(256, 2048), lr=0.03),
        defaults={**experiment.defaults, "n": 6, "d": 1, "sigma2": "1"},
        nearest_wrong={"half of it": half},
        also_wrong={},
        method="tokens",
        **changes,
    )


def main():
    """The command line with quick experiments: STEPS, then the arguments of symicl."""
    import sys

    from symicl.cli import main as symicl

    steps = int(sys.argv.pop(1))
    stepwise.CHECKPOINT_SECONDS = 0.2
    registry.find_experiment = lambda theorem_id: quick(theorem_id, steps)
    symicl()


if __name__ == "__main__":
    main()
