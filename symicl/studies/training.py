"""One call that trains a model, of prompts or of sequences."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from symicl.errors import InputError, brief, described
from symicl.models import Model
from symicl.studies.kinds.stepwise import Progress
from symicl.studies.notebook import notebook_progress
from symicl.studies.regression.forward_check import FALSE_POSITIVE_RATE
from symicl.studies.regression.population import Population
from symicl.studies.regression.result import TrainResult
from symicl.studies.regression.train import train_prompts
from symicl.studies.regression.yardstick import Yardstick
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.studies.sequences.stated_minimum import SequenceStatedMinimum, judged_sequences
from symicl.studies.sequences.train import refuse_options, train_sequences
from symicl.tasks import Task, TaskAt
from symicl.theory import fit


def train(
    model: Model,
    task_at: TaskAt,
    *,
    seed: int = 0,
    steps: int | None = None,
    batch: int | tuple[int, int] | None = None,
    lr: float | None = None,
    dtype: str | None = None,
    tolerance: float = 0.01,
    progress: Progress | Literal[False] | None = None,
    checkpoint: str | Path | None = None,
    id: str = "",
    yardstick: Yardstick | None = None,
    method: str | None = None,
    device: str = "cpu",
    initial: Mapping[str, np.ndarray] | None = None,
    population: Population | None = None,
    false_alarm: float = FALSE_POSITIVE_RATE,
    check: bool = True,
    minimum: Any = None,
) -> TrainResult:
    """Train a model and measure its exact excess loss.

    Parameters
    ----------
    model : Model
    task_at : TaskAt
        The task at numbers, ``task.at(n=20, d=5, sigma2=0.25)``; of prompts or of sequences, as the model is.
    seed : int
        Of the initial weights and of all prompts; the run is a function of it.
    steps, batch, lr, dtype : optional
        See `Schedule` for meaning and defaults. One number for ``batch`` keeps it constant.
    tolerance : float
        Largest relative excess that counts as having reached the optimum.
    progress : callable, optional
        Called with (step, total, excess). By default a notebook shows a bar; False shows nothing.
    checkpoint : path, optional
        Saved every few seconds and when interrupted. If it exists, the run goes on from there and ends with
        the same weights, bit for bit, as one that was never stopped.
    id : str
        Copied into the result.
    yardstick : Yardstick, optional
        Closed forms derived beforehand.
    method : "tokens", "statistic" or "population", optional
        Fresh prompts; the statistic of the context that the model sees, the query integrated out; or the closed
        form of the loss itself. By default the faster one of those that see samples. The result says which.
    device : str
        "cpu" or "cuda", for sampled training; "population" runs on the CPU.
    initial : dict of arrays, optional
        Initial weights by name, in place of random ones.
    population : Population, optional
        Optimiser and length of training by "population", which it implies.
    false_alarm : float
        Probability that a run whose forward pass agrees with the closed form is contradicted by its fresh prompts.
    check : bool
        Whether the forward pass of a run that has arrived is tested on fresh prompts.
    minimum : SymPy expression, closed form or exact number, optional
        A minimal loss that was derived by hand, in the symbols of the task. The run is judged against it in place of
        the derived optimum, which need not be known; ``tolerance`` is then not used.

    Returns
    -------
    TrainResult
        A `SequenceTrainResult` for a model of sequences, which Adam trains on fresh ones; with ``minimum`` a
        `StatedMinimumResult`, whose verdict is "confirmed", "contradicted" or "inconclusive".
        After an interrupt (Ctrl-C), what was reached until then.

    Raises
    ------
    MissingDependencyError
        Without torch.
    InputError
        For an unknown method or device, CUDA where there is none, or initial weights that nothing moves.
    UnsupportedError
        If the method does not go with the model and the task.
    """
    check_kinds(model, task_at)
    if not isinstance(seed, int) or isinstance(seed, bool):
        raise InputError(f"seed={brief(seed)} must be an integer")
    load_torch()
    shown = notebook_progress() if progress is None else progress or None
    kept = None if checkpoint is None else Path(checkpoint)
    if model.reads == "prompt":
        return train_prompts(
            model,
            task_at,
            seed=seed,
            steps=steps,
            batch=batch,
            lr=lr,
            dtype=dtype,
            tolerance=tolerance,
            progress=shown,
            checkpoint=kept,
            id=id,
            yardstick=yardstick,
            method=method,
            device=device,
            initial=initial,
            population=population,
            false_alarm=false_alarm,
            check=check,
            minimum=minimum,
        )
    if method not in (None, "tokens"):
        raise InputError("models of sequences are trained on fresh sequences; leave the method out")
    refuse_options(
        yardstick=yardstick,
        population=population,
        device=None if device == "cpu" else device,
    )
    stated = None if minimum is None else SequenceStatedMinimum(model, task_at, minimum)
    run = train_sequences(
        model,
        task_at,
        seed=seed,
        steps=steps,
        batch=batch[0] if isinstance(batch, tuple) else batch,
        lr=lr,
        dtype=dtype,
        tolerance=tolerance,
        progress=shown,
        checkpoint=kept,
        id=id,
        initial=initial,
        check=check,
        yardstick=None if stated is None else stated.yardstick,
    )
    return run if stated is None else judged_sequences(stated, run, false_alarm)


def check_kinds(model: object, task_at: object) -> None:
    """Refuse anything but a model and a task at numbers that goes with it."""
    if not isinstance(model, Model):
        raise InputError(
            f"the model is {described(model)}; train() takes an instance, such as si.LinearSelfAttention()"
        )
    if isinstance(task_at, Task):
        raise InputError("the task has no numbers yet; give task.at(n=20, d=5, …)")
    if not isinstance(task_at, TaskAt):
        raise InputError(
            f"the task is {described(task_at)}; train() takes a task at numbers, task.at(n=20, d=5, …)"
        )
    if not fit(model, task_at.task):
        raise InputError(f"{type(model).__name__} does not go with {type(task_at.task).__name__}")
