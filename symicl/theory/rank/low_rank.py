"""The global minimum of a loss over weights of bounded rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy

from symicl.algebra import ClosedForm, read_form
from symicl.errors import SymiclError, UnsupportedError
from symicl.theory.loss import Loss
from symicl.theory.model_optimum import MARKS, ModelOptimum
from symicl.theory.proof_steps import CheckedProof
from symicl.theory.rank.certificate import certified
from symicl.theory.rank.factors import check_rank, inner_rank
from symicl.theory.rank.inputs import bounded_weight, start_of_update
from symicl.theory.rank.quadratic import Quadratic, Relaxation, quadratic
from symicl.theory.rank.terms import Terms, terms_of_rank
from symicl.theory.rank.weights import weights_of_inner_side, weights_of_rank
from symicl.typeset import Equation, formula_latex

if TYPE_CHECKING:
    from symicl.theory.rank.at_numbers import LowRankOptimumAt


@dataclass(frozen=True, repr=False)
class LowRankOptimum(ModelOptimum):
    """The global minimum of a loss over weights of bounded rank; see `symicl.theory.minimise`.

    Attributes
    ----------
    relaxation : LowerBound
        The minimum without a bound on the rank.
    rank : SymPy expression
        r, the bound on the rank of K(θ), between 0 and d.
    weight : str
        The weight whose rank is bounded; empty where the inner sides of the weights bound it.
    start : ClosedForm or None
        K₀, of which an update of rank r is sought; None for zero.
    form : Quadratic
        The loss as a quadratic form in K.
    attained : "weights" or "lower bound"
    reason : str
        Why no weights are known to attain it, where none are.
    """

    relaxation: Relaxation
    rank: sympy.Expr
    weight: str
    start: ClosedForm | None
    form: Quadratic
    attained: str = "weights"
    reason: str = ""

    @property
    def loss(self) -> Loss:
        return self.relaxation.problem.loss

    @cached_property
    def terms(self) -> Terms:
        """How much each rank gains, in decreasing order."""
        return terms_of_rank(self.form)

    @cached_property
    def expr(self) -> sympy.Expr:
        """The minimal loss: that of K₀ less the r largest gains."""
        if self.terms.equal is not None:
            return self.closed_form.expr
        return self.form.base.expr - self.terms.total(sympy.Integer(1), self.rank)

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The minimal loss where all gains are equal.

        Raises
        ------
        UnsupportedError
            Where it is a sum over eigenvalues.
        """
        if self.terms.equal is None:
            raise UnsupportedError(
                "the minimum is a sum over the largest eigenvalues of a matrix, which is no closed form in traces; "
                ".expr has the sum, and .at(…) its digits"
            )
        return self.form.base - self.terms.equal * read_form(self.rank)

    @property
    def lost(self) -> sympy.Expr:
        """What the bound on the rank costs: the smallest gains, from the (r+1)-th to the d-th."""
        return self.terms.total(self.rank + 1, sympy.sympify(self.loss.task.d))

    @property
    def minimisers(self) -> str:
        """The set of optimal K, in words."""
        if self.terms.equal is not None:
            return (
                f"for 0 < {self.rank} < {self.loss.task.d} not unique: K₀ + L^{{-½}} P L^½ (K* − K₀) for every "
                f"orthogonal projection P of rank {self.rank}, K* the best K without a bound"
            )
        return f"one K if the gains {self.rank} and {self.rank + 1} differ, which .at(…) tells"

    @cached_property
    def certificate(self) -> CheckedProof:
        """The proof that this is the global minimum under the bound on the rank.

        Raises
        ------
        DerivationError
            If it is not.
        """
        return certified(self)

    @property
    def solution_equations(self) -> list[Equation]:
        best = self.form.best
        words = {word for _, word in best.terms}
        if self.terms.equal is not None and words == {()}:
            projection = rf"P=P^{{2}}=P^{{\top}},\quad \operatorname{{rank}}P={formula_latex(self.rank)}"
            left = rf"K{MARKS[self.attained]}=\eta P,\quad {projection},\quad \eta"
            return [Equation(left, best.coefficient(()))]
        if self.terms.matrix is None:
            return []
        name = self.terms.letter
        return [
            Equation(
                rf"{name}_{{1}}\ge {name}_{{2}}\ge\dots \text{{: eigenvalues of }} S,\quad S",
                self.terms.matrix,
            )
        ]

    @property
    def equations(self) -> list[Equation]:
        return [*self.solution_equations, Equation(f"L{MARKS[self.attained]}", self.expr)]

    def at(self, **numbers: Any) -> LowRankOptimumAt:
        from symicl.theory.rank.at_numbers import optimum_at

        return optimum_at(self, numbers)

    def __repr__(self) -> str:
        bound = f"rank {self.weight} ≤ {self.rank}" if self.weight else f"inner side {self.rank}"
        return f"LowRankOptimum({self.loss!r}, {bound})"


def minimise_rank(
    bound: Relaxation, rank: Mapping[str, Any], update_of: Mapping[str, Any] | None
) -> LowRankOptimum:
    """The minimum over weights of which one has a bounded rank, or is a given one plus a matrix of bounded rank.

    Raises
    ------
    InputError
        For a rank that is no natural number, or a weight that does not exist.
    UnsupportedError
        If the weight does not enter the optimum as one matrix, or the whitening is not positive definite.
    """
    name, size = bounded_weight(rank)
    check_rank(bound.problem, name)
    start = None if update_of is None else start_of_update(bound.problem, name, update_of)
    form = quadratic(bound, start)
    try:
        weights_of_rank(bound, name)
    except SymiclError as error:
        return LowRankOptimum(bound, size, name, start, form, "lower bound", str(error))
    return LowRankOptimum(bound, size, name, start, form)


def minimise_inner_side(bound: Relaxation) -> LowRankOptimum | None:
    """The minimum of a model whose inner sides bound the rank of K(θ); None where none do, or no weights attain it."""
    try:
        size = inner_rank(bound.problem)
        if size is None:
            return None
        weights_of_inner_side(bound, size)
        return LowRankOptimum(bound, size, "", None, quadratic(bound))
    except SymiclError:
        return None
