"""`symicl train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from symicl.cli.codes import Interrupted, worst
from symicl.cli.output import print_json, print_text, print_verdict
from symicl.cli.parameters import Id, Inputs, Json, Quiet

if TYPE_CHECKING:
    from symicl.training.experiment import ExperimentResult, Run


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
    given = read_inputs(inputs or (), theorem.symbols, theorem.options)
    from symicl.cli.progress import training_progress
    from symicl.training.experiment import run_experiment
    from symicl.training.lazy_torch import load_torch
    from symicl.training.registry import find_experiment

    experiment = find_experiment(id)
    experiment.at(given)  # refuses what cannot be meant before anything is announced
    load_torch()
    seeds = experiment.seeds if seed is None else (seed, seed + 1)
    with training_progress(experiment, len(seeds), quiet=quiet) as progress:
        result = run_experiment(experiment, given, seeds=seeds, progress=progress)
    if result.interrupted:
        raise Interrupted("interrupted")
    if json:
        print_json(result.to_json())
    else:
        _print(result)
    return worst([result.verdict])


def _print(result: ExperimentResult) -> None:
    at = ", ".join(f"{name} = {value}" for name, value in result.at.items())
    print_verdict(result.verdict, f"{result.id} at {at}  ({result.seconds:.0f} s)")
    print_text(f"{'':13}{result.reason}")
    print_text(f"{'':13}minimal loss {result.loss_at_optimum:.6g}")
    for run in result.runs:
        print_text(f"{'':13}seed {run.result.seed}: {_summary(run)}")


def _summary(run: Run) -> str:
    result = run.result
    outcome = "reached" if result.verdict == "reached" else result.reason
    return (
        f"{outcome}, excess loss {result.excess_loss:.3g} ({percent(result.relative_excess)}), "
        f"distance to the optimum {result.distance_to_optimum:.3g}, {result.steps} steps"
    )


def percent(part: float) -> str:
    """A relative excess for the reader's eye."""
    return f"{100 * part:.2g} %"
