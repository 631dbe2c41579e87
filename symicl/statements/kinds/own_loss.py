"""The loss of the theorem's own model of sequences with positional weights, at one time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError, InputError
from symicl.statements.entrywise_sequences import pass_differs
from symicl.statements.ties import Ties
from symicl.theory import autoregressive_loss, loss_in_time

FIRST_TIME = 2
"""The first time of which there is a prediction."""


def parameters_at_one_time(ties: Ties) -> dict[str, Any]:
    """The effective parameters of the model in symbols.

    Raises
    ------
    InputError
        If the model does not read sequences.
    """
    if ties.task.shows != "sequence":
        raise InputError(
            "this is said of a model of sequences with positional weights, such as PositionalAttention"
        )
    found: dict[str, Any] = ties.model.symbolic_parameters()
    return found


def loss_at_one_time(ties: Ties) -> ClosedForm:
    """The expected loss at any time from the second one on, in sums of entries and in positional weights.

    It is derived here from model and task, and compared with the forward pass in exact coordinates.

    Raises
    ------
    InputError
        If the model does not read sequences.
    DerivationError
        If the forward pass has another loss.
    """
    parameters = parameters_at_one_time(ties)
    if problem := pass_differs(ties.model, ties.task):
        raise DerivationError(problem)
    return loss_in_time(ties.model, ties.task, parameters).closed_form


def loss_over_times(ties: Ties, among: Mapping[str, Any]) -> ClosedForm:
    """The expected loss, summed over times, where the active pair of weights is restricted and all others are zero.

    Parameters
    ----------
    ties : Ties
    among : dict
        A and B of the model's active pair, as `CausalLinearAttention.active` takes them.

    Raises
    ------
    InputError
        If the model does not read sequences.
    DerivationError
        If the forward pass has another loss.
    """
    parameters_at_one_time(ties)
    if problem := pass_differs(ties.model, ties.task):
        raise DerivationError(problem)
    return autoregressive_loss(ties.model, ties.task, ties.model.active(**among)).closed_form
