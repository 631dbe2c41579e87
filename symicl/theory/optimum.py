"""The global minimiser: solved for, realised by parameters, and certified."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import sympy
from sympy.matrices.expressions import MatrixExpr

from symicl.algebra import (
    COLS,
    DIAGONAL_PART,
    ROWS,
    ClosedForm,
    dimension_index,
    letter_symbol,
    product_of_words,
    read_form,
    scalar,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.numeric import ExactMatrix, evaluate
from symicl.tasks import Values
from symicl.theory.attainment import realise, search
from symicl.theory.features import seen_in
from symicl.theory.heads.attained_by_heads import WeightsOfHeads, heads_that_attain, weights_of_heads
from symicl.theory.lift import LiftedProblem
from symicl.theory.loss import Loss
from symicl.theory.model_optimum import MARKS, ModelOptimum, OptimumAtNumbers
from symicl.theory.normal_equations import MatrixEquation
from symicl.theory.other_law import LossElsewhere, loss_elsewhere
from symicl.theory.pythagoras import Pythagoras, pythagoras
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
        found = functions_in(prediction, seen_in(prediction, self.loss.task.prompt_letters()))
        return tuple(Summand(product_of_words(words), c) for words, c in found.items())

    @cached_property
    def symmetry(self) -> str:
        """The orthogonal maps of the covariates that leave the loss as it is, once the weights are moved with them.

        Read off the closed form of the loss: besides the weights it has no matrix with a side of length d but those
        that are named. A diagonal weight, and the diagonal of a product, stay so under signed permutations of the
        coordinates alone.
        """
        task, model = self.loss.task, self.loss.model
        side = dimension_index(task.d)
        blocks = [block for p in self.loss.parameters.values() for row in p.grid for block in row]
        weights = {a for block in blocks for a in block.letters()}
        letters = self.loss.closed_form.letters()
        fixed = {a for a in letters - weights - DIAGONAL_PART.keys() if side in (ROWS[a], COLS[a])}
        # At d = 1 numbers have a side of length d as well.
        names = sorted({str(symbol) for a in fixed if (symbol := letter_symbol(a)).is_Matrix})
        diagonal = [shape for shape in model.weight_shapes().values() if shape.kind == "diagonal"]
        is_diagonal = not DIAGONAL_PART.keys().isdisjoint(letters) or any(
            dimension_index(model.block_sizes(shape, task)[0][0]) == side for shape in diagonal
        )
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
        prediction = (
            rf"\hat{{y}}{mark}" if self.loss.task.sizes()["m"] == 1 else rf"v^{{\top}}\hat{{y}}{mark}"
        )
        found = [Equation(prediction, sum(terms, self.problem.contracted()))] if summands else []
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

    @cached_property
    def weights_of_heads(self) -> WeightsOfHeads | None:
        """The weights of these heads."""
        found = weights_of_heads(self.problem)
        if found is None or self.solution is None:
            return found
        return found.substitute({self.problem.unknown: self.solution})

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


def excess_identity(optimum: Optimum) -> ClosedForm:
    """L(θ) − L* − E[(f_θ − f_K*)²] with K* written out; identically zero.

    This is a second check of the certificate, with the solution substituted into the closed forms.
    """
    distance = optimum.certificate.distance
    if optimum.solution is not None:
        distance = distance.substitute({optimum.problem.unknown: optimum.solution})
    return optimum.loss.closed_form - optimum.closed_form - distance
