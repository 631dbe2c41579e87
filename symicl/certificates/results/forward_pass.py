"""The loss of steps of descent, and of the polynomial that they are, from the prediction on.

With W = XᵀX and p(λ) = 1 + Σ a_k λᵏ the prediction after steps is f_a = −Σ a_k φ_k, φ_k = xᵀ(PW)ᵏ⁻¹PXᵀy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symicl.algebra import ONE, ClosedForm, letter, read_form
from symicl.certificates.operations import OperationLog
from symicl.errors import DerivationError
from symicl.tasks import LinearRegression

STEIN_AXIOM = "Stein's identity for centred Gaussians"

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

    def table(self, values: Sequence[ClosedForm]) -> Coefficients:
        """Values in the place of the coefficients."""
        return dict(zip(self.coefficients, values, strict=True))

    def at_steps(self, steps: Sequence[ClosedForm]) -> Coefficients:
        """The coefficients (−1)ᵏ e_k(η)/nᵏ that steps of these sizes have: those of ∏(1 − η λ/n)."""
        n, found = read_form(self.task.n), [ClosedForm.number(1)]
        for eta in steps:
            zero = ClosedForm.number(0)
            found = [a - eta / n * b for a, b in zip([*found, zero], [zero, *found], strict=True)]
        return self.table(found[1:])

    def write(self, log: OperationLog, steps: Sequence[ClosedForm] | None = None) -> int | None:
        """Write that steps, run one after the other, predict what the polynomial with their coefficients does.

        Parameters
        ----------
        log : OperationLog
        steps : sequence of ClosedForm, optional
            Their sizes; by default a letter for each.

        Returns
        -------
        int or None
            The entry of the loss of given steps.
        """
        given = steps is not None
        layers = len(self.coefficients)
        sizes = steps if steps is not None else [ClosedForm.of(scalar_of(f"eta_{k + 1}")) for k in range(layers)]
        claim = f"the prediction of {'these steps' if given else 'steps eta_l'} is that of a polynomial"
        table = self.at_steps(sizes)
        found, same = self._run(sizes), self.prediction.substitute(table)
        if found != same:
            raise DerivationError("steps of descent are not the polynomial that they should be")
        right = log.put(log.node(self.prediction), table, same)
        log.emit("equal", claim=claim, left=log.node(found), right=right)
        return log.put(log.node(self.loss), table, self.loss.substitute(table)) if given else None

    def _run(self, sizes: Sequence[ClosedForm]) -> ClosedForm:
        """The prediction of steps, one after the other."""
        learned: ClosedForm | None = None
        for eta in sizes:
            residual = self.y if learned is None else self.y - self.X @ learned
            step = self._preconditioned(self.X.T @ residual) * eta / read_form(self.task.n)
            learned = step if learned is None else learned + step
        assert learned is not None
        return (self.x.T @ learned).trace()


def scalar_of(name: str) -> int:
    """The letter of a number of which nothing is known."""
    return letter(name, ONE, ONE)


def described(task: LinearRegression) -> str:
    """A task with its sizes."""
    return f"{task} with n = {task.n} and d = {task.d}"
