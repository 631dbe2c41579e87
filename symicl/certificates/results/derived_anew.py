"""A flow, derived once more while a recording runs."""

from __future__ import annotations

from symicl.algebra import MEANING, ClosedForm, scalar, scalar_letter
from symicl.errors import UnsupportedError
from symicl.theory import Flow, Loss, ModelLoss, expected_loss, flow


def derived_anew(system: Flow) -> tuple[Flow, dict[int, ClosedForm]]:
    """The flow; and what is put into it afterwards, as a law of the checker has no variance 0.

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
    task, put = source.task, {}
    if getattr(task, "noise", None) == 0:
        free = next(name for name in ("sigma2", "tau2", "noise_variance") if name not in task.symbols())
        noise = scalar(free, nonnegative=True)
        put = {scalar_letter(noise): ClosedForm.number(0)}
        task = task.with_noise(noise)
    loss = expected_loss(source.model, task)
    if loss.closed_form.substitute(put) != source.closed_form:
        raise UnsupportedError("there is no certificate of the flow of a family of weights")
    return flow(loss, unknowns, weights=system.weights, rate=system.rate), put
