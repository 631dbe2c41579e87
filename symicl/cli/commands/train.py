"""`symicl train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from symicl.cli.codes import Interrupted, worst
from symicl.cli.output import print_json, print_text, print_verdict
from symicl.cli.parameters import Id, Inputs, Json, Quiet

if TYPE_CHECKING:
    from symicl.training.study import StudyResult


def command(
    id: Id,
    inputs: Inputs = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="S", min=0, max=2**31, help="The first seed; the next ones follow it."),
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Train the real model and compare it with the derived optimum.

    The excess loss is exact: the closed form at the trained weights. A verdict needs at least two seeds that
    agree. Inputs that are not given take the values of the experiment.

    \b
    Examples:
      symicl train mahankali2023.isotropic
      symicl train mahankali2023.isotropic n=10 d=3 sigma2=1 --seed 7
      symicl train mahankali2023.preconditioned 'Sigma=[[2,1],[1,3]]' --json
    """
    from symicl.theorems.catalogue import find
    from symicl.theorems.inputs import read_inputs

    theorem = find(id)
    from symicl.cli.progress import training_progress
    from symicl.training.registry import find_experiment
    from symicl.training.runtime.lazy_torch import load_torch

    experiment = find_experiment(id)
    symbols = {**theorem.symbols, **experiment.further_inputs}
    given = read_inputs(inputs or (), symbols, theorem.options)
    experiment.inputs(given)  # refuses what cannot be meant before anything is announced
    load_torch()
    seeds = experiment.seeds if seed is None else (seed, seed + 1)
    with training_progress(experiment, len(seeds), quiet=quiet) as progress:
        result = experiment.run(given, seeds=seeds, progress=progress)
    if result.interrupted:
        raise Interrupted("interrupted")
    if json:
        print_json(result.to_json())
    else:
        _print(result)
    return worst([result.verdict])


def _print(result: StudyResult) -> None:
    at = ", ".join(f"{name} = {value}" for name, value in result.at.items())
    print_verdict(result.verdict, f"{result.id} at {at}  ({result.seconds:.0f} s)")
    for line in (result.reason, *result.lines()):
        print_text(f"{'':13}{line}")


def percent(part: float) -> str:
    """A relative excess for the reader's eye."""
    return f"{100 * part:.2g} %"
