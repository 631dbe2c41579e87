"""The global minimiser: solved for, realised by parameters, and certified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, overload

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    COLS,
    ROWS,
    ClosedForm,
    closed_form,
    dimension_index,
    letter_symbol,
    product_of_words,
    read_form,
    scalar,
)
from symicl.errors import DerivationError, InputError, UnsupportedError, brief, described
from symicl.numeric import ExactMatrix, evaluate
from symicl.tasks import Values
from symicl.theory.attainment import attaining_weights, realise, search
from symicl.theory.autoregressive import AutoregressiveLoss
from symicl.theory.heads.attained_by_heads import heads_that_attain
from symicl.theory.lift import LiftedProblem, lift
from symicl.theory.loss import Loss
from symicl.theory.model_optimum import MARKS, ModelOptimum, OptimumAtNumbers
from symicl.theory.normal_equations import MatrixEquation, factorise
from symicl.theory.other_law import LossElsewhere, loss_elsewhere
from symicl.theory.pythagoras import Pythagoras, pythagoras
from symicl.theory.quadratic.linear_system import solve_system
from symicl.theory.quadratic.minimum import QuadraticMinimum, QuadraticMinimumAt, minimise_expression
from symicl.theory.rank.expression import LowRankMinimum, minimise_expression_rank
from symicl.theory.rank.low_rank import LowRankOptimum, minimise_inner_side, minimise_rank
from symicl.theory.sequence_optimum import SequenceOptimum, minimise_sequences
from symicl.theory.spanning import Summand, functions_in
from symicl.typeset import Equation, expression_latex


@dataclass(frozen=True, repr=False)
class Optimum(ModelOptimum):
    """The global minimum of a loss over the weights of its model.

    Attributes
    ----------
    attained : "weights" or "lower bound"
        Whether weights of the model are known that attain the value; see `LowerBound`.
    problem : LiftedProblem
    equation : MatrixEquation or None
        The normal equation, factorised where it can be: without the transpose or the trace of the unknown.
    solution : ClosedForm or None
        K* = the optimal coefficient of the active feature. None for the zero predictor.
    explained : ClosedForm
        E[t f_K], linear in K, t the target minus the offset; the minimal loss is E[t²] − E[t f_K*].
    target_power : ClosedForm
        E[t²].
    """

    problem: LiftedProblem
    equation: MatrixEquation | None
    solution: ClosedForm | None
    explained: ClosedForm
    target_power: ClosedForm

    attained: ClassVar[str] = "weights"

    @property
    def loss(self) -> Loss:
        return self.problem.loss

    @cached_property
    def certificate(self) -> Pythagoras:
        """The proof that this is the global optimum over all parameters.

        Raises
        ------
        DerivationError
            If it is not.
        """
        certificate = pythagoras(self.problem, self.equation, self.solution)
        # R(K) = E[t²] − E[t f_K] + tr(N(K)ᵀK), whose last term vanishes at K*.
        rest = certificate.candidate_loss - (self.target_power - self.explained)
        if self.problem.normal_equation is not None:
            unknown = ClosedForm.of(self.problem.unknown)
            rest = rest - (self.problem.normal_equation.T @ unknown).trace()
        if rest:
            raise DerivationError("the minimal value is not the loss of the optimal predictor")
        return certificate

    @cached_property
    def features(self) -> tuple[Summand, ...]:
        """The functions of the prompt that the best prediction is made of, each with its coefficient.

        The best prediction is unique: weights attain the minimum exactly if they predict this almost surely.
        """
        prediction = self.problem.predictor()
        if self.solution is not None:
            prediction = prediction.substitute({self.problem.unknown: self.solution})
        found = functions_in(prediction, self.loss.task.prompt_letters())
        return tuple(Summand(product_of_words(words), c) for words, c in found.items())

    @cached_property
    def symmetry(self) -> str:
        """The orthogonal maps of the covariates that leave the loss as it is, once the weights are moved with them.

        Read off the closed form of the loss: besides the weights it has no matrix with a side of length d but those
        that are named. A diagonal weight stays diagonal under signed permutations of the coordinates alone.
        """
        task, model = self.loss.task, self.loss.model
        side = dimension_index(task.d)
        blocks = [block for p in self.loss.parameters.values() for row in p.grid for block in row]
        weights = {a for block in blocks for a in block.letters()}
        fixed = {a for a in self.loss.closed_form.letters() - weights if side in (ROWS[a], COLS[a])}
        # At d = 1 numbers have a side of length d as well.
        names = sorted({str(symbol) for a in fixed if (symbol := letter_symbol(a)).is_Matrix})
        diagonal = [shape for shape in model.weight_shapes().values() if shape.kind == "diagonal"]
        is_diagonal = any(dimension_index(model.block_sizes(shape, task)[0][0]) == side for shape in diagonal)
        group = "the signed permutations of coordinates" if is_diagonal else "O(d)"
        return f"the stabiliser of {', '.join(names)} in {group}" if names else group

    @property
    def coefficient(self) -> MatrixExpr | None:
        """K* as a SymPy matrix expression."""
        return None if self.solution is None else self.solution.expr

    def at(self, **numbers: Any) -> OptimumAt:
        values = self.loss.at(**numbers).values
        coefficient = None if self.solution is None else evaluate(self.solution.expr, values)
        return OptimumAt(values, evaluate(self.value, values), coefficient, self.attained)

    @property
    def solution_equations(self) -> list[Equation]:
        mark, summands = MARKS[self.attained], self.problem.summands
        taken = {
            str(letter_symbol(a)) for a in self.loss.closed_form.letters() | self.loss.prediction.letters()
        }
        numbers = range(1, len(summands) + 1)
        stem = next(k for k in ("k", "c", "kappa", "k_opt") if taken.isdisjoint(f"{k}_{i}" for i in numbers))
        names = [scalar(f"{stem}_{i}") for i in numbers]
        terms = (s.function * read_form(name) for s, name in zip(summands, names, strict=True))
        found = [Equation(rf"\hat{{y}}{mark}", sum(terms, self.problem.contracted()))] if summands else []
        found += [
            Equation(expression_latex(name), s.coefficient) for name, s in zip(names, summands, strict=True)
        ]
        if self.solution is None and summands:
            return found
        coefficient = sympy.Integer(0) if self.solution is None else self.solution
        return [*found, Equation(f"K{mark}", coefficient)]

    def under(self, task: Any) -> LossElsewhere:
        """The loss of the optimal weights on another law of prompts: other covariances, another number of examples.

        Parameters
        ----------
        task : PromptTask
            With the dimension of the law that the weights are optimal on.

        Raises
        ------
        InputError
            If it does not fit the weights.
        UnsupportedError
            For a lower bound.
        """
        return loss_elsewhere(self, task)

    @cached_property
    def attained_at(self) -> dict[int, ClosedForm]:
        """See `realise`, which searches only once."""
        return search(self)

    @cached_property
    def predictor(self) -> sympy.Expr:
        """The optimal prediction as a SymPy expression in the prompt (X, y, x)."""
        if self.solution is None:
            return self.problem.offset.expr
        symbol = letter_symbol(self.problem.unknown)
        return self.problem.predictor().expr.xreplace({symbol: self.solution.expr})

    @cached_property
    def parameters(self) -> dict[str, sympy.BlockMatrix]:
        """Effective parameters that attain the optimum, as SymPy block matrices."""
        assignment = realise(self)
        value = {} if self.solution is None else {letter_symbol(self.problem.unknown): self.solution.expr}
        return {
            name: sympy.BlockMatrix(
                [
                    [as_matrix(b.substitute(assignment)).xreplace(value).doit() for b in row]
                    for row in blocks.grid
                ]
            )
            for name, blocks in self.loss.whole.items()
        }

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The minimal loss, a rational function of scalars and traces."""
        value = self.target_power
        if self.solution is None:
            return value
        return value - self.explained.substitute({self.problem.unknown: self.solution})


@dataclass(frozen=True, repr=False)
class LowerBound(Optimum):
    """A lower bound for the loss at all weights: the minimum of a relaxation, which no known weights attain.

    It holds, with the certificate, for every weight. The weights may be too small or too few to attain it, as
    G = UV is with U of size d × 2, or none are found.

    Attributes
    ----------
    reason : str
        Why no weights are known to attain it.
    """

    reason: str = ""

    attained: ClassVar[str] = "lower bound"

    @cached_property
    def heads(self) -> sympy.Expr | None:
        """d + 1 for a sum of fewer heads of attention, if so many are seen to attain the bound; else None."""
        return heads_that_attain(self.problem)

    @property
    def parameters(self) -> dict[str, sympy.BlockMatrix]:
        """Refused: no weights are known that give such parameters."""
        raise UnsupportedError(
            f"the value is a lower bound, and no weights are known that attain it ({self.reason})"
        )


@dataclass(frozen=True, repr=False)
class AttainedByHeads(Optimum):
    """The global minimum of a sum of d + 1 heads or more, at a dimension that is a number.

    d heads read the covariates along an orthonormal basis; see `symicl.theory.heads.attained_by_heads`.
    """

    @cached_property
    def heads(self) -> sympy.Expr | None:
        """d + 1."""
        return heads_that_attain(self.problem)

    @property
    def parameters(self) -> dict[str, sympy.BlockMatrix]:
        """Refused: the heads have unit vectors, which block matrices of symbols do not."""
        raise UnsupportedError(
            f"{self.heads} heads attain the minimum, of which all but one have a unit vector of a basis: these are no "
            "matrices of symbols"
        )


@dataclass(frozen=True)
class OptimumAt(OptimumAtNumbers):
    """An optimum at numbers.

    Attributes
    ----------
    values : dict
        From each symbol of the task to its exact value.
    value : SymPy number
        The minimal loss; ``value.evalf(50)`` gives as many digits as one likes.
    coefficient : exact matrix or None
        K*; see `symicl.numeric.exact.float_matrix`.
    attained : "weights" or "lower bound"
    """

    values: Values
    value: sympy.Expr
    coefficient: ExactMatrix | None
    attained: str = "weights"

    @property
    def solution_equations(self) -> list[Equation]:
        matrix = self.coefficient
        if matrix is None:
            return []
        entries = [
            [sympy.Rational(str(matrix[i, j])) for j in range(matrix.ncols())] for i in range(matrix.nrows())
        ]
        return [Equation(f"K{MARKS[self.attained]}", sympy.ImmutableMatrix(entries))]


def as_matrix(block: ClosedForm) -> MatrixExpr:
    """A block as a SymPy matrix, also if it has a single entry."""
    return block.expr * sympy.Identity(1) if block.is_scalar else block.expr


@overload
def minimise(
    loss: Loss, *, rank: None = None, update_of: None = None, symmetry: str | None = None
) -> Optimum | LowRankOptimum: ...


@overload
def minimise(
    loss: Loss, *, rank: Mapping[str, Any], update_of: Mapping[str, Any] | None = None
) -> LowRankOptimum: ...


@overload
def minimise(loss: AutoregressiveLoss) -> SequenceOptimum: ...


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
        are scalars or multiples of the identity. For an expression a `QuadraticMinimum`, with ``.attained`` "minimum"
        or "stationary"; at numbers a `QuadraticMinimumAt`; with ``rank`` a `LowRankMinimum`.

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
        return minimise_sequences(loss)
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
    power = task.expectation(target * target)
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
        value = solve_system({unknown: normal}).values[unknown]
        if normal.substitute({unknown: value}):
            raise DerivationError("what was found does not solve the normal equation") from None
        return None, value
    return equation, equation.solution


def excess_identity(optimum: Optimum) -> ClosedForm:
    """L(θ) − L* − E[(f_θ − f_K*)²] with K* written out; identically zero.

    This is a second check of the certificate, with the solution substituted into the closed forms.
    """
    distance = optimum.certificate.distance
    if optimum.solution is not None:
        distance = distance.substitute({optimum.problem.unknown: optimum.solution})
    return optimum.loss.closed_form - optimum.closed_form - distance
