"""A lower bound of the Bayes risk, as the checkers recompute it: a mean of a square above a tangent."""

from __future__ import annotations

from typing import Any

from symicl.algebra import ClosedForm, inverse_of, letter, letter_of, read_form
from symicl.expectation import average
from symicl.theory.bounds.bayes_risk import BayesRisk
from symicl.theory.bounds.nonnegative import trace_square
from symicl.theory.bounds.reasons import Decided, Product


class AtLeastTangent(Decided):
    """R − σ² − σ² tr(HΨF⁻¹) ≥ 0 for the Bayes risk R and F = E Q, where Q = σ²I + XᵀXΨ.

    With Δ = Q⁻¹ − F⁻¹ and a tangent u, σ² + σ² tr(HΨQ⁻¹) − u is σ² tr(HΔᵀΨQΔ) ≥ 0, and E u = σ² + σ² tr(HΨF⁻¹).

    Parameters
    ----------
    form : ClosedForm
    risk : BayesRisk
    factor : ClosedForm
        F.
    task : PromptTask
        In which H and Ψ are covariances.
    """

    def __init__(self, form: ClosedForm, risk: BayesRisk, factor: ClosedForm, task: Any):
        self.form, self.risk, self.factor, self.task = form, risk, factor, task

    def write(self, log: Any, of: int) -> None:
        square, products, there, tangent, mean = log.recorded(self._parts)
        log.nonnegative("a tangent is below the inverse", square, products)
        log.emit(
            "mean_at_least",
            claim="the mean of an inverse is at least the inverse of the mean",
            of=of,
            letter=log.letter_id(letter_of(read_form(self.risk))),
            square=log.node(there),
            less=log.node(tangent),
            average=log.node(mean),
        )

    def _parts(self) -> tuple[ClosedForm, list[Product] | str, ClosedForm, ClosedForm, ClosedForm]:
        """The square of any Δ with its products, that of this one, the tangent, and its mean."""
        _, sigma2, H, Psi = map(read_form, self.risk.args)
        Q, law, bar = self.risk.gram, self.risk.covariates, inverse_of(self.factor)
        delta = ClosedForm.of(letter("any square matrix", H.rows, H.rows))
        side = ClosedForm.of(law.letter) @ Psi @ delta
        shown = trace_square(delta, Psi, H, task=self.task) * sigma2 + trace_square(
            side, None, H, task=self.task
        )
        shown = shown * sigma2
        square = shown.form
        there = square.substitute({letter_of(delta): inverse_of(Q) - bar})
        outer = H @ bar.T @ Psi
        tangent = (outer * 2 - outer @ Q @ bar).trace() * sigma2 + sigma2
        return square, shown.products(), there, tangent, average(tangent, [law])
