"""`minimise`: the global minimum of a loss over the weights of its model, or of an expression over some letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, overload

import sympy

from symicl.algebra import ClosedForm, closed_form
from symicl.errors import DerivationError, InputError, UnsupportedError, brief, described
from symicl.theory.attainment import attaining_weights
from symicl.theory.autoregressive import AutoregressiveLoss
from symicl.theory.lift import lift
from symicl.theory.loss import Loss
from symicl.theory.normal_equations import MatrixEquation, factorise
from symicl.theory.optimum import AttainedByHeads, LowerBound, Optimum
from symicl.theory.quadratic.linear_system import solve_system
from symicl.theory.quadratic.minimum import QuadraticMinimum, QuadraticMinimumAt, minimise_expression
from symicl.theory.rank.expression import LowRankMinimum, minimise_expression_rank
from symicl.theory.rank.low_rank import LowRankOptimum, minimise_inner_side, minimise_rank
from symicl.theory.sequence_optimum import SequenceOptimum
from symicl.theory.stationary_matrices import StationaryMatrices, minimise_loss_of_sequences
from symicl.theory.sum_factors import solution_of_sums


@overload
def minimise(
    loss: Loss, *, rank: None = None, update_of: None = None, symmetry: str | None = None
) -> Optimum | LowRankOptimum: ...


@overload
def minimise(
    loss: Loss, *, rank: Mapping[str, Any], update_of: Mapping[str, Any] | None = None
) -> LowRankOptimum: ...


@overload
def minimise(loss: AutoregressiveLoss) -> SequenceOptimum | StationaryMatrices: ...


@overload
def minimise(loss: sympy.Basic, unknowns: Any) -> QuadraticMinimum: ...


@overload
def minimise(loss: sympy.Basic, unknowns: Any, *, at: Mapping[str, Any]) -> QuadraticMinimumAt: ...


@overload
def minimise(
    loss: sympy.Basic,
    unknowns: Any,
    *,
    rank: Mapping[str, Any],
    update_of: Mapping[str, Any] | None = None,
) -> LowRankMinimum: ...


def minimise(
    loss: Any,
    unknowns: Any = None,
    *,
    at: Mapping[str, Any] | None = None,
    rank: Mapping[str, Any] | None = None,
    update_of: Mapping[str, Any] | None = None,
    symmetry: str | None = None,
) -> Any:
    """Solve for the global minimum of a loss over the weights of its model, or of an expression over some letters.

    Of an expression its expectation over all Gaussian matrices in it is minimised, which has to be quadratic in the
    unknowns; sizes stay symbols. That what solves the normal equations is a minimum needs evidence, squares whose mean
    the quadratic part is; else it is called a stationary point.

    Of a loss, the minimum of the `relaxation`, once weights that attain it have been found: they are put into the
    forward pass, which is compared with the optimal predictor. ``optimum.certificate`` proves the result for
    the original, non-convex parametrisation.

    Parameters
    ----------
    loss : Loss, AutoregressiveLoss or SymPy scalar
    unknowns : symbol or list of symbols, optional
        The matrices, vectors and scalars over which an expression is minimised.
    at : dict, optional
        Numbers by name for all other symbols of an expression, such as ``{"n": 20, "Sigma": [[2, 1], [1, 3]]}``. The
        minimum is then found in exact arithmetic, whatever form the equations have.
    rank : dict, optional
        A bound on the rank of one weight, such as ``{"Gamma": 2}``, or of the one matrix over which an expression is
        minimised: an integer or a symbol between 0 and d.
    update_of : dict, optional
        With ``rank``: the matrix that this weight starts from. Then the rank of the difference is bounded.
    symmetry : str, optional
        The symmetry that the loss is expected to have, such as "O(d)"; another one is refused. By default it is found:
        see `Optimum.symmetry`. Nothing is solved by it.

    Returns
    -------
    Optimum
        With ``.attained`` "weights"; or a `LowerBound`, with ``.attained`` "lower bound", where no weights are known
        whose prediction is the best one that the features allow. With ``rank``, and for a model whose
        inner sides are too small, a `LowRankOptimum`. For a loss of sequences a `SequenceOptimum`, over weights that
        are scalars or multiples of the identity; over matrices `StationaryMatrices`, with ``.attained`` "stationary",
        the best multiples of the identity, whose ``.at(…)`` has a lower bound over all matrices. For an expression a
        `QuadraticMinimum`, with ``.attained`` "minimum" or "stationary"; at numbers a `QuadraticMinimumAt`; with
        ``rank`` a `LowRankMinimum`.

    Raises
    ------
    InputError
        For anything but a loss from ``expected_loss(model, task)``, or an expression with its unknowns; for a rank that
        is no natural number.
    UnsupportedError
        If the normal equations are not of a form that can be solved in closed form, if an expression is not quadratic
        in the unknowns, or if it has no minimum.

    Examples
    --------
    >>> import sympy, symicl as si
    >>> d = si.dims("d")
    >>> A, G = si.matrix("A", (d, d)), si.matrix("G", (d, d))
    >>> L, R = si.covariance("L", d), si.covariance("R", d)
    >>> print(si.minimise(sympy.Trace(L * G * R * G.T) - 2 * sympy.Trace(A.T * G), [G]))
    G⋆ = L⁻¹ A R⁻¹
    L⋆ = -tr(L⁻¹ A R⁻¹ Aᵀ)
    """
    if symmetry is not None and (rank is not None or not isinstance(loss, Loss)):
        raise UnsupportedError("a symmetry is stated of the loss of a model on prompts, without a rank")
    if rank is None and update_of is not None:
        raise InputError("update_of needs rank=, the bound on the rank of the update")
    if unknowns is not None or at is not None or isinstance(loss, sympy.Basic):
        if rank is None:
            return minimise_expression(loss, unknowns, at)
        if at is not None:
            raise InputError(
                "with rank= numbers are given to what minimise() returns: minimise(…, rank=…).at(n=20, …)"
            )
        minimum = minimise_expression(loss, unknowns)
        assert isinstance(minimum, QuadraticMinimum)
        return minimise_expression_rank(minimum, rank, update_of)
    if isinstance(loss, AutoregressiveLoss):
        if rank is not None:
            raise UnsupportedError("the rank of a weight is bounded for losses of prompts, not of sequences")
        return minimise_loss_of_sequences(loss)
    _check_loss(loss)
    if rank is not None:
        return minimise_rank(relaxation(loss), rank, update_of)
    optimum = minimise_over_features(loss)
    if symmetry not in (None, optimum.symmetry):
        raise InputError(
            f"the loss is invariant under {optimum.symmetry}, and not seen to be under {brief(symmetry)}"
        )
    if optimum.attained == "weights":
        return optimum
    of_rank = minimise_inner_side(optimum)
    return optimum if of_rank is None else of_rank


def minimise_over_features(loss: Loss) -> Optimum:
    """The minimum of the `relaxation`, a `LowerBound` unless weights attain it.

    Raises
    ------
    UnsupportedError, DerivationError
        As `minimise`.
    """
    bound = relaxation(loss)
    try:
        attaining_weights(bound)
    except (DerivationError, UnsupportedError) as error:
        found = replace(bound, reason=str(error))
        if found.heads is not None and (found.heads - getattr(loss.model, "heads", 0)).is_nonpositive:
            return AttainedByHeads(
                bound.problem, bound.equation, bound.solution, bound.explained, bound.target_power
            )
        return found
    return Optimum(bound.problem, bound.equation, bound.solution, bound.explained, bound.target_power)


def _check_loss(loss: object) -> None:
    if isinstance(loss, Loss):
        return
    raise InputError(f"minimise() takes a loss from expected_loss(model, task), not {described(loss)}")


def relaxation(loss: Loss) -> LowerBound:
    """The minimum over free coefficients of the features: a lower bound for the loss of every weight.

    The prediction is lifted to its features, on which the loss is a convex quadratic; its normal equation
    is solved as a matrix equation with symbolic dimensions. Weights need not attain it.

    Raises
    ------
    UnsupportedError
        If the normal equations are not of a form that can be solved in closed form.
    """
    problem = lift(loss)
    task = loss.task
    target = problem.residual_target
    rest = task.target() - problem.offset_in_numbers
    power = task.expectation(rest * rest)
    if problem.summands:
        power = power.substitute(problem.numbers)
    reason = "it is the minimum over free coefficients of the features"
    if problem.active is None:
        return LowerBound(problem, None, None, closed_form(0), power, reason)
    assert problem.normal_equation is not None
    explained = task.expectation(problem.contracted() * target)
    equation, solution = _solution(problem.normal_equation, problem.unknown)
    return LowerBound(problem, equation, solution, explained, power, reason)


def _solution(normal: ClosedForm, unknown: int) -> tuple[MatrixEquation | None, ClosedForm]:
    """The solution of a normal equation, by its factors where it has such ones."""
    try:
        equation = factorise(normal, unknown)
    except UnsupportedError:
        try:
            value = solution_of_sums(normal, unknown)
        except UnsupportedError:
            value = solve_system({unknown: normal}).values[unknown]
        if normal.substitute({unknown: value}) != ClosedForm.zero(normal.rows, normal.cols):
            raise DerivationError(
                "what was found is not seen to solve the normal equation; where a covariance is a sum or a product, "
                "declare a symbol with covariance() for it"
            ) from None
        return None, value
    return equation, equation.solution
