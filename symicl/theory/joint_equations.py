"""The excess over an optimum of several features, with letters for the coefficients of its functions.

With numbers k for the coefficients of the summands φ of the best prediction, f = Σ kᵢφᵢ + f_K, and k* for their best
values, for **all** parameters

    L(θ) = E[(f − y)²] + E[(f_θ − f)²] + 2 tr(N(K)ᵀ(K(θ) − K)) + 2 Σ (kᵢ − kᵢ*) E[φᵢ(f_θ − f)],

since what is missed at k* is orthogonal to all features. In letters k nothing of this has a denominator but k*.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import mul

from symicl.algebra import ClosedForm, closed_form
from symicl.errors import DerivationError
from symicl.theory.lift import LiftedProblem


@dataclass(frozen=True)
class JointEquations:
    """The verified identity, with K and all k as letters.

    Attributes
    ----------
    numbers : dict
        From each letter k to k*, the coefficient at the optimum.
    prediction : ClosedForm
        f.
    candidate : ClosedForm
        E[(f − y)²].
    distance : ClosedForm
        E[(f_θ − f)²].
    directions : tuple of ClosedForm
        E[φᵢ(f_θ − f)], in the order of the letters.
    """

    numbers: dict[int, ClosedForm]
    prediction: ClosedForm
    candidate: ClosedForm
    distance: ClosedForm
    directions: tuple[ClosedForm, ...]

    @property
    def normals(self) -> tuple[ClosedForm, ...]:
        """kᵢ − kᵢ*, which vanish at the optimum."""
        return tuple(ClosedForm.of(k) - best for k, best in self.numbers.items())


def joint_equations(problem: LiftedProblem) -> JointEquations:
    """Put letters for the coefficients of the summands, and verify the identity.

    Raises
    ------
    DerivationError
        If it does not hold: the coefficients of the summands are not the best ones, or not those of the problem.
    """
    task = problem.loss.task
    numbers, f = problem.numbers, problem.offset_in_numbers + problem.contracted()
    functions = [s.function for s in problem.summands]
    if f.substitute(numbers) != problem.predictor():
        raise DerivationError(
            "the part of the prediction that several features make is not the sum of its summands"
        )
    rest, gap = f - task.target(), problem.prediction - f
    directions = tuple(task.expectation(gap * function) for function in functions)
    candidate, distance = task.expectation(rest * rest), task.expectation(gap * gap)
    joint = JointEquations(numbers, f, candidate, distance, directions)
    excess = sum(map(mul, joint.normals, directions), closed_form(0))
    if problem.normal_equation is not None:
        direction = problem.coefficient - ClosedForm.of(problem.unknown)
        excess = excess + (problem.normal_equation.T @ direction).trace()
    if problem.loss.closed_form != candidate + distance + excess * 2:
        raise DerivationError(
            "what the best combination of several features misses is not orthogonal to them"
        )
    return joint
