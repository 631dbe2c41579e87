"""Which of the three ways of training goes with a model and a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.models import Model
from symicl.studies.runtime.lazy_torch import load_torch
from symicl.tasks import LinearRegression, TaskAt
from symicl.theory import query_row

Method = Literal["tokens", "statistic", "population"]
USER_METHODS: tuple[str, ...] = get_args(Method)
"""Of a model with one optimal coefficient, as a user may ask for them."""


@dataclass(frozen=True)
class Choice:
    """A method, and why it was taken."""

    method: Method
    why: str


def choose(method: str | None, model: Model, task: TaskAt) -> Choice:
    """The method to train with.

    Parameters
    ----------
    method : str or None
        As the caller wants it; None takes the fastest that sees samples, for only those confirm.
    model : Model
    task : TaskAt

    Raises
    ------
    InputError
        For an unknown name.
    UnsupportedError
        If the method does not apply, with the reason.
    """
    if method is not None and method not in USER_METHODS:
        raise InputError(f"method={method} is not known; choose one of {', '.join(USER_METHODS)}")
    if method == "statistic":
        refuse_statistic(model, task)
    if method is not None:
        return Choice(method, "as asked for")  # type: ignore[arg-type]
    try:
        refuse_statistic(model, task)
    except SymiclError:
        return Choice("tokens", "it goes with every model and task")
    return Choice(
        "statistic", "the model sees its context through the Gram matrix alone, whose law is sampled"
    )


def refuse_statistic(model: Model, task: TaskAt) -> None:
    """Refuse a model or a task that the statistic does not describe.

    Raises
    ------
    UnsupportedError
    """
    if type(task.task) is not LinearRegression:
        raise UnsupportedError(
            f"the statistic of a context is sampled for LinearRegression only, not for {type(task.task).__name__}; "
            "train on tokens or on the population loss"
        )
    try:
        query_row(model)
    except UnsupportedError as error:
        raise UnsupportedError(f"{error}; train on tokens or on the population loss") from None


def check_device(device: str) -> str:
    """A device that torch has.

    Raises
    ------
    InputError
        For an unknown device, or CUDA where there is none.
    """
    torch = load_torch()
    kind, _, number = device.partition(":")
    if kind not in ("cpu", "cuda") or (number and not number.isdigit()) or (kind == "cpu" and number):
        raise InputError(f"device={device} is not known; choose cpu or cuda")
    if kind == "cuda":
        if not torch.cuda.is_available():
            raise InputError("CUDA is asked for, but torch finds no CUDA device here; use --device cpu")
        if number and int(number) >= torch.cuda.device_count():
            raise InputError(f"device={device} does not exist; torch finds {torch.cuda.device_count()}")
    return device
