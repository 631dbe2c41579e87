"""`symicl train`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from symicl.cli.codes import Interrupted, worst
from symicl.cli.output import print_json, print_text, print_verdict
from symicl.cli.parameters import Id, Inputs, Json, Quiet

if TYPE_CHECKING:
    from symicl.training.study import Study, StudyResult


def command(
    id: Id,
    inputs: Inputs = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="S", min=0, max=2**31, help="The first seed; the next ones follow it."),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="HOW",
            help="tokens, statistic or population; by default the fastest that the claim allows.",
        ),
    ] = None,
    device: Annotated[str, typer.Option(metavar="DEVICE", help="cpu or cuda.")] = "cpu",
    dtype: Annotated[
        str | None, typer.Option(metavar="TYPE", help="float32 or float64, of sampled training.")
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
      symicl train mahankali2023.isotropic --method statistic
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
    options = _options(experiment, method, device, dtype)
    seeds = experiment.seeds if seed is None else (seed, seed + 1)
    with training_progress(experiment, len(seeds), quiet=quiet) as progress:
        result = experiment.run(given, seeds=seeds, progress=progress, **options)
    if result.interrupted:
        raise Interrupted("interrupted")
    if json:
        print_json(result.to_json())
    else:
        _print(result)
    return worst([result.verdict])


def _options(experiment: Study, method: str | None, device: str, dtype: str | None) -> dict[str, Any]:
    """What is asked for besides the inputs; only experiments on one optimal coefficient have a choice."""
    from symicl.errors import InputError
    from symicl.training.regression.experiment import Experiment
    from symicl.training.regression.method import check_device

    check_device(device)
    asked = {"method": method, "device": None if device == "cpu" else device, "dtype": dtype}
    given = {name: value for name, value in asked.items() if value is not None}
    if given and not isinstance(experiment, Experiment):
        raise InputError(
            f"the numeric check of {experiment.id} has no choice of {', '.join(given)}; leave it out"
        )
    return given


def _print(result: StudyResult) -> None:
    at = ", ".join(f"{name} = {value}" for name, value in result.at.items())
    print_verdict(result.verdict, f"{result.id} at {at}  ({result.seconds:.0f} s)")
    for line in (result.reason, *result.lines()):
        print_text(f"{'':13}{line}")


def percent(part: float) -> str:
    """A relative excess for the reader's eye."""
    return f"{100 * part:.2g} %"
