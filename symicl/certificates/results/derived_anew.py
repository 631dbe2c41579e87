"""Results that are derived once more while a recording runs: a flow, and the law without noise."""

from __future__ import annotations

from typing import Any

from symicl.algebra import MEANING, ClosedForm, scalar, scalar_letter
from symicl.errors import UnsupportedError
from symicl.theory import Flow, Loss, ModelLoss, expected_loss, flow


def derived_anew(system: Flow) -> tuple[Flow, dict[int, ClosedForm]]:
    """The flow; and what is put into it afterwards, see `with_noise`.

    Raises
    ------
    UnsupportedError
        For flows of sequences, and of restricted families of weights.
    """
    unknowns = [MEANING[a] for a in system.letters.values()]
    source = system.source
    if not isinstance(source, Loss):
        if isinstance(source, ModelLoss):
            raise UnsupportedError("there is no certificate of a flow of sequences")
        return flow(source, unknowns, rate=system.rate), {}
    task, put = with_noise(source.task)
    loss = expected_loss(source.model, task)
    if loss.closed_form.substitute(put) != source.closed_form:
        raise UnsupportedError("there is no certificate of the flow of a family of weights")
    return flow(loss, unknowns, weights=system.weights, rate=system.rate), put


def with_noise(task: Any) -> tuple[Any, dict[int, ClosedForm]]:
    """A task with noise, and what is put into a result afterwards: the variance 0, where the task is without.

    A law of the checker has no variance 0.
    """
    if getattr(task, "noise", None) != 0:
        return task, {}
    free = next(name for name in ("sigma2", "tau2", "noise_variance") if name not in task.symbols())
    noise = scalar(free, nonnegative=True)
    return task.with_noise(noise), {scalar_letter(noise): ClosedForm.number(0)}
