"""Real linear attention, by small steps on prompts, ends at the derived weights, in the derived scale.

Setting     Plain gradient descent of the merged matrices W_KQ and W_PV, all entries free, on fresh prompts without
            noise: from the start of the paper, from one that it does not allow, with σ²‖Γ‖√d > 2 and σ² below the
            derived bound, and from one with ‖ΘΘᵀ‖_F = ½, which conserves another number.
Measured    c and the entries of cB at the end, against (tr Γ⁻²)^¼, or the root of c⁴ − Cc² = tr Γ⁻², and Γ⁻¹; the same
            along the derived flow, to five digits. The noise of prompts moves c along the line cB = Γ⁻¹, by the size of
            a step times its variance.
Why it      The scale with tr Γ⁻¹ for tr Γ⁻², with Λ⁻¹ for Γ⁻¹, and without C, and the limit with 2 tr Λ for tr Λ differ
could fail  by more than twice the tolerance.
"""

from fractions import Fraction

import numpy as np
import sympy

from symicl.numeric import evaluate, float_matrix
from symicl.numeric_checks.saxe2025.dynamics import embedded, merged
from symicl.proofs.zhang2023.flow import theorem
from symicl.proofs.zhang2023.setting import Gamma_inverse, Lambda, d, model, n, task
from symicl.studies import Course, Mark, TimedStudy, follow
from symicl.theory import expected_loss, flow


def covariance(size):
    """Eigenvalues from 1 to 2, the first coordinates correlated."""
    diagonal = [Fraction(2), Fraction(3, 2), *[Fraction(1)] * size]
    return [
        [diagonal[i] if i == j else Fraction(1, 2) * (i + j == 1) for j in range(size)] for i in range(size)
    ]


def blocks(weights):
    """c and cB of merged matrices."""
    c = weights["W_PV"][:, -1, -1]
    return c, c[:, None, None] * weights["W_KQ"][:, :-1, :-1]


def root_of(conserved, power):
    """c with c⁴ − Cc² = power."""
    return float(np.sqrt(conserved / 2 + np.sqrt(conserved**2 / 4 + power)))


def course(name, values, sigma, norm, lasts):
    """From c = σ, B = σA, where A = ΘΘᵀ has the given norm and does not commute with Λ."""
    examples, size = int(values[n]), int(values[d])
    at = task.at(n=examples, d=size, Lambda=float_matrix(values[Lambda]))
    law, inverse = (float_matrix(evaluate(z, values)) for z in (Lambda, Gamma_inverse))
    column = np.arange(1.0, size + 1) / size
    A = np.eye(size) + np.outer(column, column[::-1]) + np.outer(column[::-1], column)
    A = A @ A.T
    A *= norm / np.linalg.norm(A)
    start = {"a": np.zeros(size), "g": np.zeros(size), "B": sigma * A, "c": sigma}
    motion = flow(expected_loss(model, task), rate=sympy.Rational(1, 2))
    numbers = {"n": examples, "d": size, "Lambda": values[Lambda]}

    def path(times):
        found = follow(motion, start, times, **numbers)
        return embedded(size, found["B"], found["c"])

    conserved, power = sigma**2 * (1 - norm**2), float(np.trace(inverse @ inverse))
    scale = root_of(conserved, power)
    other = np.linalg.inv((examples + 1) / examples * law + 2 * np.trace(law) / examples * np.eye(size))
    inverse_law = np.linalg.inv(law)
    wrong = {
        "tr Γ⁻¹ for tr Γ⁻²": root_of(conserved, float(np.trace(inverse))),
        "Λ⁻¹ for Γ⁻¹": root_of(conserved, float(np.trace(inverse_law @ inverse_law))),
    }
    if norm != 1:
        wrong["without C"] = root_of(0.0, power)
    wrong = {name: value for name, value in wrong.items() if abs(value / scale - 1) > 1e-9}
    return Course(
        name,
        merged,
        at,
        embedded(size, start["B"], start["c"]),
        path,
        lasts,
        {
            "c": lambda weights: blocks(weights)[0],
            "trace of cB": lambda weights: np.trace(blocks(weights)[1], axis1=1, axis2=2),
            "first entry of cB": lambda weights: blocks(weights)[1][:, 0, 0],
        },
        {
            "c": (Mark("scale", scale, wrong=wrong),),
            "trace of cB": (
                Mark(
                    "trace of the limit", float(np.trace(inverse)), wrong={"2 tr Λ": float(np.trace(other))}
                ),
            ),
            "first entry of cB": (
                Mark("first entry of the limit", float(inverse[0, 0]), wrong={"2 tr Λ": float(other[0, 0])}),
            ),
        },
    )


def courses(values):
    """Within the published condition, beyond it, and with a number that is conserved."""
    size, gamma = int(values[d]), 1 / np.linalg.eigvalsh(float_matrix(evaluate(Gamma_inverse, values)))[0]
    published = float(np.sqrt(2 / (gamma * np.sqrt(size))))
    slowest = np.linalg.eigvalsh(float_matrix(values[Lambda]))[0]
    lasts = 8.0 / slowest
    return (
        course("the start of the paper", values, published / 2, 1.0, lasts),
        course("beyond its condition", values, 1.1 * published, 1.0, lasts),
        course("another conserved number", values, published, 0.5, lasts),
    )


experiment = TimedStudy(
    theorem=theorem,
    courses=courses,
    defaults={"n": 30, "d": 3},
    steps=1500,
    batch=1280,
    sized=lambda d: {"Lambda": covariance(d)},
)
