"""Softmax attention on augmented tokens beside the best linear attention, time by time.

    python -m symicl.numeric_checks.sander2024.measured.softmax [d T_max]

Setting     ŝ_{t+1} = Σ_{i<t} w_i s_{i+1} with w = softmax(β ⟨s_i, s_t⟩ / d), real orthogonal W in conjugate pairs or
            from the Haar measure, s_1 = (1, …, 1). For each t the best β of a grid on one half of the sequences,
            measured on the other half.
Measured    E‖ŝ_{t+1} − s_{t+1}‖² / d of the softmax and of the linear layer u_t Σ_{i<t} ⟨s_i, s_t⟩ s_{i+1} with its
            best u_t on the same sequences, and their difference, with standard errors.
Theory      For commuting matrices the linear layer has (d − 1)/(n + d − 1), n = t − 1, the minimum over u of the closed
            form at one t. At β = 0 the softmax is the mean of the context, 1 + 1/n. For β → ∞ its error is exactly that
            of the nearest earlier vector, ‖s_i − s_t‖². Nothing is said of other β, nor of Haar matrices.
"""

from __future__ import annotations

import sys

import numpy as np
import sympy

from symicl.algebra import powers, read_form, scalar, scalar_letter
from symicl.expectation import ScalarMatrix
from symicl.numeric import evaluate
from symicl.numeric_checks.sander2024.measured.rows import Row, quotient, show
from symicl.proofs.sander2024.augmented import d as DIMENSION
from symicl.proofs.sander2024.augmented import model
from symicl.studies import Estimate
from symicl.tasks import AutoregressiveTask, NumpyDraws
from symicl.theory import loss_in_time

KINDS = ("orthogonal", "haar")
GRID = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
SEQUENCES = 20_000


def linear_theory(d: int, t: int) -> float:
    """The least loss over u at one t, over d, from the derived closed form."""
    u = scalar("u")
    one_step = model.active(ScalarMatrix(1), ScalarMatrix(u))
    loss = loss_in_time(
        model, AutoregressiveTask("orthogonal", law="ones", d=DIMENSION), one_step
    ).function.at(t)
    constant, linear, square = (powers(loss, (scalar_letter(u),))[k] for k in range(3))
    least = (constant - linear * linear / (square * 4)) / read_form(DIMENSION)
    return float(evaluate(least.expr, {DIMENSION: sympy.Integer(d)}))


def softmax_errors(s: np.ndarray, t: int, beta: float) -> np.ndarray:
    """‖ŝ_{t+1} − s_{t+1}‖² / d of each sequence."""
    size = s.shape[-1]
    scores = beta / size * np.einsum("nid,nd->ni", s[:, : t - 1].conj(), s[:, t - 1]).real
    weights = np.exp(scores - scores.max(1, keepdims=True))
    weights /= weights.sum(1, keepdims=True)
    predicted = np.einsum("ni,nid->nd", weights, s[:, 1:t])
    return (abs(predicted - s[:, t]) ** 2).sum(1) / size


def measure(
    d: int = 4,
    T_max: int = 10,
    sequences: int = SEQUENCES,
    seed: int = 0,
    theory=linear_theory,
) -> list[Row]:
    """Softmax and linear attention at a few times.

    Parameters
    ----------
    d, T_max : int
        d even for conjugate pairs, which are left out otherwise.
    sequences : int
        For each kind; half of them choose u and β, the others measure.
    seed : int
    theory : callable
        From d and t to the loss of the best linear layer, over d.

    Returns
    -------
    list of Row
    """
    rows = []
    for kind in KINDS:
        if kind == "orthogonal" and d % 2:
            continue
        s = AutoregressiveTask(kind, law="ones").at(d=d, T=T_max + 1).sample(sequences, NumpyDraws(seed)).x
        chosen, kept = s[: sequences // 2], s[sequences // 2 :]
        claimed = kind != "haar"
        for t in sorted({2, 3, (T_max + 2) // 2, T_max}):
            u = quotient(*_products(chosen, t)).mean
            linear = _linear_errors(kept, t, u)
            beta = min(GRID, key=lambda beta: softmax_errors(chosen, t, beta).mean())
            soft = softmax_errors(kept, t, beta)
            name = f"{kind}, t = {t}:"
            rows.append(Row(f"{name} linear, u = {u:.3f}", Estimate.of(linear), theory(d, t), claimed))
            rows.append(Row(f"{name} softmax, β = {beta:g}", Estimate.of(soft), theory(d, t), False))
            rows.append(Row(f"{name} softmax − linear, paired", Estimate.of(soft - linear)))
            if claimed:
                mean = Estimate.of(softmax_errors(kept, t, 0.0))
                rows.append(Row(f"{name} softmax, β = 0: the mean of the context", mean, 1 + 1 / (t - 1)))
    return rows


def _one_step(s: np.ndarray, t: int) -> np.ndarray:
    """g_t = Σ_{i<t} ⟨s_i, s_t⟩ s_{i+1}."""
    scores = np.einsum("nid,nd->ni", s[:, : t - 1].conj(), s[:, t - 1])
    return np.einsum("ni,nid->nd", scores, s[:, 1:t])


def _products(s: np.ndarray, t: int) -> tuple[np.ndarray, np.ndarray]:
    """Re ⟨g_t, s_{t+1}⟩ and ‖g_t‖²."""
    g = _one_step(s, t)
    return (g.conj() * s[:, t]).sum(1).real, (abs(g) ** 2).sum(1)


def _linear_errors(s: np.ndarray, t: int, u: float) -> np.ndarray:
    return (abs(u * _one_step(s, t) - s[:, t]) ** 2).sum(1) / s.shape[-1]


if __name__ == "__main__":
    sys.exit(show(measure, SEQUENCES, sys.argv[1:]))
