"""One layer of linear self-attention on tokens of another law: what the derivations of this folder have in common."""

from __future__ import annotations

import sympy

from symicl.algebra import ClosedForm, closed_form, read_form, scalar_letter
from symicl.models import LinearSelfAttention, Model
from symicl.statements import Recorder, minimal_value, minimise_over_weights, solution_ratio
from symicl.tasks import PromptTask
from symicl.typeset import Equation

model = LinearSelfAttention()
MODEL = "one layer of linear self-attention, all weights free, no softmax"
SIZES = r"$n\ge1$ context tokens, $d\ge1$"
WHERE = {
    r"\eta": r"is the step size, with which the optimum predicts $\eta\,x^{\top}X^{\top}y$",
    r"\mathcal{E}^{*}": r"$=L^{*}-\sigma^{2}$ is the least excess loss",
}
NOTATION = {
    "eta": r"\eta",
    "excess": r"\mathcal{E}^{*}",
    "loss": "L^{*}",
    "noiseless_excess": r"\sigma^{2}=0:\quad\mathcal{E}^{*}",
}


def one_step(
    step: Recorder, task: PromptTask, noise: sympy.Expr, model: Model = model
) -> dict[str, ClosedForm]:
    """Minimise the loss over all weights: its step size η, its least value, and that less the noise."""
    optimum = minimise_over_weights(step, model, task)
    eta = solution_ratio(optimum).scalar_multiple_of_identity()
    step.show("The optimal coefficient is a multiple of the identity", Equation(r"\eta", eta))
    loss = minimal_value(step, optimum)
    excess = loss - read_form(noise)
    noiseless = at(excess, noise, 0)
    return {"eta": eta, "loss": loss, "excess": excess, "noiseless_excess": noiseless}


def at(form: ClosedForm, symbol: sympy.Symbol, value: sympy.Expr | int) -> ClosedForm:
    """A closed form at a value of one of its symbols."""
    return form.substitute({scalar_letter(symbol): closed_form(read_form(sympy.sympify(value)))})
