"""Gradient descent on positional weights alone, against its closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy

from symicl.models import PositionsOnlyAttention
from symicl.studies.curves import Curve, Panel
from symicl.studies.evidence import Evidence
from symicl.studies.measurements import Measurement
from symicl.studies.positional.exact_sequences import arc, mean_squared_error
from symicl.studies.runtime.lazy_torch import load_torch

PLAIN_DESCENT = Evidence("population", "plain gradient descent")
"""Its forward pass runs on the nodes of a quadrature, which is the expectation itself."""
LOSS_TOLERANCE = 1e-9
GRADIENT_TOLERANCE = 1e-3


@dataclass(frozen=True)
class PositionsAlone:
    """d = 1, λ = e^{iθ/μ} with θ uniform on [0, 2π]; gradient descent on the mean of the losses of all T.

    Attributes
    ----------
    gram : expression
        The derived G_{tt'} in k = |t − t'| ≥ 1 and μ.
    lag, mu : sympy.Symbol
    width : int
        The value of μ.
    longest : int
    lr : float
    most : int
        Steps, if the loss does not fall below 1e-3 before.
    """

    gram: sympy.Expr
    lag: sympy.Symbol
    mu: sympy.Symbol
    width: int = 300
    longest: int = 30
    lr: float = 0.5
    most: int = 2000

    def matrix(self) -> np.ndarray:
        """G, longest × longest."""
        values = [1.0] + [
            float(
                self.gram.xreplace({self.lag: sympy.Integer(k), self.mu: sympy.Integer(self.width)}).evalf(17)
            )
            for k in range(1, self.longest)
        ]
        return np.array([[values[abs(i - j)] for j in range(self.longest)] for i in range(self.longest)])

    def predicted(self, steps: int) -> np.ndarray:
        """P after some steps: row T − 1 holds (I − (I − 2ηG/(T_max − 1))^k) e_T with G for T positions."""
        G, rows = self.matrix(), np.zeros((self.longest, self.longest))
        for T in range(2, self.longest + 1):
            values, vectors = np.linalg.eigh(G[:T, :T])
            factor = 1 - (1 - 2 * self.lr / (self.longest - 1) * values) ** steps
            rows[T - 2, :T] = (vectors * factor) @ vectors[-1]
        return rows

    def iterate(self) -> tuple[np.ndarray, list[float]]:
        """Gradient descent through the forward pass of the model, on a quadrature over θ; P, and the losses."""
        torch = load_torch()
        model = PositionsOnlyAttention(self.longest)
        x, weights = (torch.tensor(v) for v in arc(float(self.width), self.longest + 1))
        P = torch.zeros(self.longest, self.longest, dtype=torch.float64, requires_grad=True)
        losses: list[float] = []
        while True:
            loss = mean_squared_error(model, {"P": P}, x, weights) / (self.longest - 1)
            losses.append(float(loss.detach()))
            if losses[-1] < GRADIENT_TOLERANCE or len(losses) > self.most:
                break
            (slope,) = torch.autograd.grad(loss, [P])
            with torch.no_grad():
                P -= self.lr * slope
        return P.detach().numpy(), losses

    def measure(self) -> tuple[Measurement, Panel]:
        """The iterate against its closed form, and against that with η in place of 2η."""
        P, losses = self.iterate()
        steps = len(losses) - 1
        predicted = self.predicted(steps)
        off = float(abs(P - predicted).max())
        wrong = float(abs(P - self.predicted(steps // 2)).max())
        if off > LOSS_TOLERANCE:
            verdict, reason = "contradicted", f"the iterate differs from its closed form by {off:.2g}"
        elif wrong < 1000 * LOSS_TOLERANCE:
            verdict, reason = (
                "unfinished",
                "too few steps to tell the closed form from one with half the step size",
            )
        else:
            verdict, reason = (
                "reached",
                f"after {steps} steps the closed form of the iterate holds within {off:.1g}",
            )
        run: Any = Measurement(
            f"positions alone, mu = {self.width}",
            0,
            steps,
            verdict,
            reason,
            0.0,
            off,
            off,
            off,
            PLAIN_DESCENT,
        )
        positions = range(1, self.longest + 1)
        panel = Panel(
            f"positions alone, mu = {self.width}: last row after {steps} steps",
            "position t",
            "p_t",
            (
                Curve("gradient descent", positions, P[-2].tolist()),
                Curve("closed form", positions, predicted[-2].tolist(), theory=True),
            ),
            shows=(PLAIN_DESCENT,),
        )
        return run, panel
