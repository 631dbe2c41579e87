"""Global optimality: the excess loss is a mean square.

For **all** parameters θ, every block of them a symbol,

    L(θ) − R(K) − E[(f_θ − f_K)²] = 2 tr(N(K)ᵀ (K(θ) − K)),

where R(K) = E[(f_K − y)²] and N is the normal equation. Both sides are closed forms and are compared term by
term. At a solution of N(K) = 0 the right side vanishes, so L(θ) − R(K*) = E[(f_θ − f_K*)²] ≥ 0: no convexity
in the weights is needed, and the minimisers are exactly the θ whose predictor is f_K* almost surely.
"""

from __future__ import annotations

from dataclasses import dataclass

from symicl.algebra.letters import ONE, PARTNER
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import Ratio
from symicl.errors import DerivationError
from symicl.theory.optimum import Optimum, at_coefficient, scale_of


@dataclass(frozen=True)
class Pythagoras:
    """The verified identity, with its two sides.

    Attributes
    ----------
    candidate_loss : Polynomial
        R(K), the loss of the predictor with coefficient K.
    distance : Polynomial
        E[(f_θ − f_K)²].
    remainder : Polynomial
        L(θ) − R(K) − distance; zero at the optimum.
    """

    candidate_loss: Polynomial
    distance: Polynomial
    remainder: Polynomial


def pythagoras(optimum: Optimum) -> Pythagoras:
    """Verify that the excess loss is the mean squared distance to the optimal predictor.

    Raises
    ------
    DerivationError
        If the identity does not hold, so that the candidate is not certified.
    """
    problem, loss = optimum.problem, optimum.loss
    task, target = loss.task, loss.task.target()
    candidate = problem.predictor()
    candidate_loss = task.expectation((candidate - target) * (candidate - target))
    gap = loss.prediction - candidate
    distance = task.expectation(gap * gap)
    remainder = loss.polynomial - candidate_loss - distance
    if problem.active is None:
        if remainder:
            raise DerivationError("the excess loss over the zero predictor is not a mean square")
        return Pythagoras(candidate_loss, distance, remainder)
    assert problem.normal_equation is not None
    direction = problem.coefficient - MatrixPolynomial.of(problem.unknown)
    if remainder != (problem.normal_equation.T @ direction).trace() * 2:
        raise DerivationError("the remainder of the Pythagoras identity is not a multiple of the normal equation")
    _remainder_vanishes(optimum)
    return Pythagoras(candidate_loss, distance, remainder)


def _remainder_vanishes(optimum: Optimum) -> None:
    """N(K*) = 0: N factorises as scale·left·(K·factor − right side)·right and K* = right side · factor⁻¹."""
    solution, equation, problem = optimum.solution, optimum.equation, optimum.problem
    assert solution is not None and equation is not None
    if equation.expanded(problem.unknown) * scale_of(equation, problem) != problem.normal_equation:
        raise DerivationError("the factorised normal equation does not multiply out to the original one")
    if (solution.numerator, solution.factor) != (equation.right_side, equation.factor):
        raise DerivationError("the candidate does not solve the normal equation")


def excess_identity(optimum: Optimum, certificate: Pythagoras) -> Ratio:
    """L(θ) − L* − E[(f_θ − f_K*)²] with K* written out; identically zero.

    This is a second check of the same fact, with the solution substituted into the closed forms. It needs a
    solution with a scalar denominator.
    """
    unknown = optimum.problem.unknown
    assert optimum.solution is not None
    ratio, value = optimum.solution.ratio, optimum.value_ratio
    assert ratio is not None and value is not None
    distance = at_coefficient(certificate.distance, unknown, ratio)
    return Ratio(optimum.loss.polynomial) - value - distance


def realise(optimum: Optimum) -> dict[int, MatrixPolynomial]:
    """Parameters that attain the optimum: one letter carries K, its scalar companions are 1, the rest 0.

    Returns
    -------
    dict
        From parameter letters to matrices over the letter K.

    Raises
    ------
    DerivationError
        If no assignment of this form reproduces the optimal predictor.
    """
    problem = optimum.problem
    unknown = MatrixPolynomial.of(problem.unknown)
    blocks = [block for p in optimum.loss.parameters.values() for row in p.grid for block in row]
    parameters = {a for block in blocks for a in block.letters()}
    for (scalars, word), c in problem.coefficient.terms.items():
        if len(word) != 1 or c != 1:
            continue
        base = min(word[0], PARTNER[word[0]])
        carrier = unknown if base == word[0] else unknown.T
        assignment: dict[int, MatrixPolynomial] = {}
        for a in parameters:
            shape = MatrixPolynomial.of(a)
            assignment[a] = MatrixPolynomial.zero(shape.rows, shape.cols)
        for scalar in {w[0] for w in scalars}:
            assignment[scalar] = MatrixPolynomial.identity(ONE)
        assignment[base] = carrier
        if optimum.loss.prediction.substitute(assignment) == problem.predictor():
            return assignment
    raise DerivationError("no weights of a simple form realise the optimal predictor")
