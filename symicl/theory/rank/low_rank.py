"""The global minimum of a loss over weights of bounded rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import ClosedForm
from symicl.errors import SymiclError
from symicl.tasks import Values, exact_values
from symicl.theory.loss import Loss
from symicl.theory.model_optimum import ModelOptimum
from symicl.theory.proof_steps import CheckedProof
from symicl.theory.rank.bounded_rank import BoundedRank
from symicl.theory.rank.certificate import certified
from symicl.theory.rank.factors import check_rank, inner_sides
from symicl.theory.rank.inputs import bounded_weight, start_of_update
from symicl.theory.rank.quadratic import Quadratic, Relaxation, quadratic
from symicl.theory.rank.weights import weights_of_inner_side, weights_of_rank


@dataclass(frozen=True, repr=False)
class LowRankOptimum(BoundedRank, ModelOptimum):
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

    @property
    def coefficient_name(self) -> str:
        return "K"

    @cached_property
    def certificate(self) -> CheckedProof:
        """The proof that this is the global minimum under the bound on the rank.

        Raises
        ------
        DerivationError
            If it is not.
        """
        return certified(self)

    def exact(self, numbers: Mapping[str, Any]) -> Values:
        task = self.loss.task
        symbols = self.with_own_symbols({**task.symbols(), **self.loss.model.own_sizes(task)})
        return task.at_values(exact_values(symbols, numbers)).values

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
        sides = inner_sides(bound.problem)
        if sides is None:
            return None
        weights_of_inner_side(bound, sides)
        return LowRankOptimum(bound, sympy.Add(*sides), "", None, quadratic(bound))
    except SymiclError:
        return None
