"""The proof of a minimum under a bound on the rank: a lower bound for all weights, and weights that attain it."""

from __future__ import annotations

from typing import Protocol

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import DerivationError
from symicl.theory.proof_steps import CheckedProof, Step
from symicl.theory.rank.factors import check_rank, inner_sides
from symicl.theory.rank.quadratic import Quadratic, Relaxation, check_form
from symicl.theory.rank.terms import Terms, terms_of_rank
from symicl.theory.rank.weights import weights_of_inner_side, weights_of_rank

RANK_AXIOMS = (
    "Eckart and Young (1936), Mirsky (1960): among matrices B of rank at most r the least ‖C − B‖² (Frobenius) is the "
    "sum of all but the r largest squares of singular values of C",
    "L and M are positive definite, so they have square roots and inverses (at numbers this is checked)",
)
"""Facts that the proof rests on and does not check."""


FORM = Step("R(K₀ + D) = R(K₀) − 2 tr(AᵀD) + tr(L D M Dᵀ) for all D", "an identity of closed forms")
WHITENED = Step(
    "so R(K₀ + D) = R(K₀) − tr(C Cᵀ) + ‖C − L^½ D M^½‖² with C = L^{-½} A M^{-½}, and the least value over the rank is "
    "R(K₀) less the largest eigenvalues of C Cᵀ, those of A M⁻¹ Aᵀ L⁻¹",
    "the normal equation is solved, and the axioms",
)


class Optimum(Protocol):
    """The part of `symicl.theory.rank.low_rank.LowRankOptimum` that is proved here."""

    @property
    def relaxation(self) -> Relaxation: ...

    @property
    def rank(self) -> sympy.Expr: ...

    @property
    def weight(self) -> str: ...

    @property
    def start(self) -> ClosedForm | None: ...

    @property
    def form(self) -> Quadratic: ...

    @property
    def terms(self) -> Terms: ...

    @property
    def attained(self) -> str: ...


def certified(optimum: Optimum) -> CheckedProof:
    """Check every step anew.

    Raises
    ------
    DerivationError
        If one fails.
    """
    bound, form = optimum.relaxation, optimum.form
    _check_pythagoras(bound)
    assert bound.solution is not None
    check_form(form, bound.certificate.candidate_loss, bound.problem.unknown, optimum.start)
    check_best(form, bound.solution, optimum.start)
    _check_rank(optimum)
    if terms_of_rank(form) != optimum.terms:
        raise DerivationError("the gains are not those of the quadratic form")
    steps = [
        Step(
            "L(θ) = R(K(θ)) + E(f_θ − f_K(θ))² ≥ R(K(θ)) for all weights θ",
            "the identity L(θ) − R(K) − E(f_θ − f_K)² = 2 tr(N(K)ᵀ(K(θ) − K)) in all parameters, at K = K(θ)",
        ),
        FORM,
        Step(
            f"rank(K(θ) − K₀) ≤ {optimum.rank}",
            "K(θ) is one product through that inner side, or a sum of such",
        ),
        WHITENED,
    ]
    if optimum.attained == "weights":
        if optimum.weight:
            weights_of_rank(bound, optimum.weight)
        else:
            weights_of_inner_side(bound, inner_sides(bound.problem) or ())
        steps.append(
            Step(
                "weights of that rank compute f_K for every K of that rank", "the forward pass is run at them"
            )
        )
    return CheckedProof(tuple(steps), RANK_AXIOMS)


def _check_pythagoras(bound: Relaxation) -> None:
    """The certificate of the relaxation holds as an identity in K: at K = K(θ) its right side vanishes."""
    problem, certificate = bound.problem, bound.certificate
    direction = problem.coefficient - ClosedForm.of(problem.unknown)
    assert problem.normal_equation is not None
    if certificate.remainder != (problem.normal_equation.T @ direction).trace() * 2:
        raise DerivationError("the loss is not that of its coefficient and a mean square")


def check_best(form: Quadratic, solution: ClosedForm, start: ClosedForm | None) -> None:
    """That the best update without a bound on the rank is that of the normal equation.

    Raises
    ------
    DerivationError
        If it is not.
    """
    if form.best != (solution if start is None else solution - start):
        raise DerivationError("the best update is not that of the normal equation")


def _check_rank(optimum: Optimum) -> None:
    problem = optimum.relaxation.problem
    if optimum.weight:
        check_rank(problem, optimum.weight)
    elif sympy.Add(*(inner_sides(problem) or (sympy.oo,))) != optimum.rank:
        raise DerivationError("the inner sides of the weights give another bound on the rank")
