"""Global optimality: the excess loss is a mean square.

For **all** parameters θ, every block of them a symbol,

    L(θ) − R(K) − E[(f_θ − f_K)²] = 2 tr(N(K)ᵀ (K(θ) − K)),

where R(K) = E[(f_K − y)²] and N is the normal equation. Both sides are closed forms and are compared term by
term. At a solution of N(K) = 0 the right side vanishes, so L(θ) − R(K*) = E[(f_θ − f_K*)²] ≥ 0: no convexity
in the weights is needed, and the minimisers are exactly the θ whose predictor is f_K* almost surely.
"""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.theory.joint_equations import JointEquations, joint_equations
from symicl.theory.lift import LiftedProblem
from symicl.theory.normal_equations import MatrixEquation
from symicl.typeset import Equation, display


@dataclass(frozen=True)
class Pythagoras:
    """The verified identity.

    Attributes
    ----------
    candidate_loss : ClosedForm
        R(K), the loss of the predictor with coefficient K.
    distance : ClosedForm
        E[(f_θ − f_K)²].
    remainder : ClosedForm
        L(θ) − R(K) − distance; zero at the optimum.
    joint : JointEquations or None
        The same with letters for the coefficients of several features.
    """

    candidate_loss: ClosedForm
    distance: ClosedForm
    remainder: ClosedForm
    joint: JointEquations | None = None

    def __repr__(self) -> str:
        return f"Pythagoras({len(self.distance)} terms in the distance)"

    def _repr_latex_(self) -> str:
        identity = (
            r"L(\theta)-R(K)-\mathbb{E}[(f_\theta-f_K)^{2}]"
            r"=2\operatorname{tr}(N(K)^{\top}(K(\theta)-K)),\quad N(K^{*})=0"
        )
        return "\n".join(
            [rf"\[{identity}\]", display(Equation(r"\mathbb{E}[(f_\theta-f_K)^{2}]", self.distance))]
        )


def pythagoras(
    problem: LiftedProblem, equation: MatrixEquation | None, solution: ClosedForm | None
) -> Pythagoras:
    """Verify that the excess loss over a candidate is the mean squared distance to its predictor.

    Parameters
    ----------
    problem : LiftedProblem
    equation, solution : MatrixEquation, ClosedForm or None
        The factorised normal equation and the candidate; None for the zero predictor.

    Raises
    ------
    DerivationError
        If the identity does not hold, so that the candidate is not the global optimum.
    """
    candidate_loss, distance, joint = _parts(problem)
    remainder = problem.loss.closed_form - candidate_loss - distance
    if problem.active is None:
        if remainder:
            raise DerivationError("the excess loss over the candidate is not a mean square")
        return Pythagoras(candidate_loss, distance, remainder, joint)
    assert problem.normal_equation is not None and solution is not None
    direction = problem.coefficient - ClosedForm.of(problem.unknown)
    if remainder != (problem.normal_equation.T @ direction).trace() * 2:
        raise DerivationError(
            "the remainder of the Pythagoras identity is not a multiple of the normal equation"
        )
    if equation is None:
        left = problem.normal_equation.substitute({problem.unknown: solution})
        if left != ClosedForm.zero(left.rows, left.cols):  # inverses of sums cancel
            raise DerivationError("the candidate does not solve the normal equation")
        return Pythagoras(candidate_loss, distance, remainder, joint)
    # N(K*) = 0: N factorises as scale·left·(K·factor − right side)·right and K* = right side · factor⁻¹.
    if equation.expanded(problem.unknown) * equation.scale != problem.normal_equation:
        raise DerivationError("the factorised normal equation does not multiply out to the original one")
    if solution @ equation.factor != equation.right_side:
        raise DerivationError("the candidate does not solve the normal equation")
    return Pythagoras(candidate_loss, distance, remainder, joint)


def _parts(problem: LiftedProblem) -> tuple[ClosedForm, ClosedForm, JointEquations | None]:
    """E[(f_K − y)²] and E[(f_θ − f_K)²]; averages of polynomials, coefficients of summands are put in afterwards."""
    if problem.summands:
        joint = joint_equations(problem)
        return joint.candidate.substitute(joint.numbers), joint.distance.substitute(joint.numbers), joint
    task, f = problem.loss.task, problem.predictor()
    rest, gap = f - task.target(), problem.prediction - f
    return task.expectation(rest * rest), task.expectation(gap * gap), None
