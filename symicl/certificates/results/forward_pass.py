"""The loss of steps of descent, and of the polynomial that they are, from the prediction on.

With W = XᵀX and p(λ) = 1 + Σ a_k λᵏ the prediction after steps is f_a = −Σ a_k φ_k, φ_k = xᵀ(PW)ᵏ⁻¹PXᵀy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import prod
from typing import Any

import sympy

from symicl.algebra import ONE, ClosedForm, letter, read_form
from symicl.certificates.operations import OperationLog
from symicl.errors import DerivationError
from symicl.tasks import LinearRegression

STEIN_AXIOM = "Stein's identity for centred Gaussians"
MAX_RUN_STEPS = 5
"""Layers up to which the steps are run one by one; their prediction has twice as many terms with each."""

Coefficients = Mapping[int, ClosedForm]


class ForwardPass:
    """The prediction for free coefficients of the polynomial, and its loss; made while a recording runs.

    Attributes
    ----------
    coefficients : list of int
        The letters a_1, …, a_L.
    target, prediction, loss : ClosedForm
        ⟨w, x⟩, f_a, and E(f_a − ⟨w, x⟩)².
    """

    def __init__(self, task: LinearRegression, preconditioner: Any, layers: int):
        self.task = task
        self.X, self.x, self.w = (read_form(z) for z in (task.X, task.x, task.w))
        self.y = self.X @ self.w if task.noise == 0 else read_form(task.responses)
        self.P = None if preconditioner is None else read_form(preconditioner)
        self.coefficients = [scalar_of(f"a_{k}") for k in range(1, layers + 1)]
        self.target = (self.x.T @ self.w).trace()
        self.features = self._features(layers)
        self.prediction = self.combination([ClosedForm.of(a) for a in self.coefficients])
        self.loss = self.mean_square(self.prediction - self.target)

    def _features(self, layers: int) -> list[ClosedForm]:
        """φ_1, …, φ_L."""
        moved = self._preconditioned(self.X.T @ self.y)
        found = []
        for _ in range(layers):
            found.append((self.x.T @ moved).trace())
            moved = self._preconditioned(self.X.T @ (self.X @ moved))
        return found

    def _preconditioned(self, vector: ClosedForm) -> ClosedForm:
        return vector if self.P is None else self.P @ vector

    def combination(self, coefficients: Sequence[ClosedForm]) -> ClosedForm:
        """−Σ a_k φ_k."""
        total = ClosedForm.number(0)
        for a, phi in zip(coefficients, self.features, strict=True):
            total = total - a * phi
        return total

    def mean_square(self, error: ClosedForm) -> ClosedForm:
        """E of the square, over everything random."""
        return self.task.expectation(error * error)

    def at_steps(self, sizes: Sequence[sympy.Expr | Fraction]) -> tuple[ClosedForm, Coefficients]:
        """E(f − ⟨w, x⟩)² of the steps with these sizes, and the coefficients that they have."""
        forms = (ClosedForm.number(s) if isinstance(s, Fraction) else read_form(s) for s in sizes)
        table = self.table(self._from_steps(list(forms)))
        return self.loss.substitute(table), table

    def table(self, values: Sequence[ClosedForm]) -> Coefficients:
        """Values in the place of the coefficients."""
        return dict(zip(self.coefficients, values, strict=True))

    def _from_steps(self, steps: Sequence[ClosedForm]) -> list[ClosedForm]:
        """The coefficients (−1)ᵏ e_k(η)/nᵏ that steps have."""
        n = read_form(self.task.n)
        return [
            sum((prod(chosen, start=ClosedForm.number((-1) ** k)) for chosen in combinations(steps, k)), 0 * n)
            / n**k
            for k in range(1, len(steps) + 1)
        ]

    def write(self, log: OperationLog) -> None:
        """That the steps, run one after the other, predict what the polynomial with their coefficients does."""
        layers = len(self.coefficients)
        if layers > MAX_RUN_STEPS:
            return
        steps = [ClosedForm.of(scalar_of(f"eta_{k}")) for k in range(1, layers + 1)]
        learned = None
        for eta in steps:
            residual = self.y if learned is None else self.y - self.X @ learned
            step = self._preconditioned(self.X.T @ residual) * eta / read_form(self.task.n)
            learned = step if learned is None else learned + step
        assert learned is not None
        found, table = (self.x.T @ learned).trace(), self.table(self._from_steps(steps))
        same = self.prediction.substitute(table)
        if found != same:
            raise DerivationError("steps of descent are not the polynomial that they should be")
        log.emit(
            "equal",
            claim="the prediction of steps eta_l is that of a polynomial",
            left=log.node(found),
            right=log.put(log.node(self.prediction), table, same),
        )


def scalar_of(name: str) -> int:
    """The letter of a number of which nothing is known."""
    return letter(name, ONE, ONE)


def described(task: LinearRegression) -> str:
    """A task with its sizes."""
    return f"{task} with n = {task.n} and d = {task.d}"
