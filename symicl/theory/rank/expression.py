"""The minimum of an expression that is quadratic in one matrix, over matrices of bounded rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import MEANING, ONE, PARTNER, ROWS, ClosedForm, gradient
from symicl.errors import InputError, UnsupportedError, brief
from symicl.tasks import Values, exact_values
from symicl.theory.proof_steps import CheckedProof, Step
from symicl.theory.quadratic.minimum import QuadraticMinimum
from symicl.theory.rank.bounded_rank import BoundedRank
from symicl.theory.rank.certificate import FORM, RANK_AXIOMS, WHITENED, check_best
from symicl.theory.rank.inputs import bounded_weight, start_matrix
from symicl.theory.rank.quadratic import Quadratic, check_form, whitened
from symicl.typeset import expression_latex


@dataclass(frozen=True, repr=False)
class LowRankMinimum(BoundedRank):
    """The minimum of an expectation over a matrix of bounded rank; see `symicl.minimise`.

    Attributes
    ----------
    unbounded : QuadraticMinimum
        The minimum without a bound on the rank.
    rank : SymPy expression
        r.
    start : ClosedForm or None
        The matrix of which an update of rank r is sought; None for zero.
    form : Quadratic
    attained : "minimum"
    """

    unbounded: QuadraticMinimum
    rank: sympy.Expr
    start: ClosedForm | None
    form: Quadratic

    attained = "minimum"

    @property
    def coefficient_name(self) -> str:
        return expression_latex(MEANING[self._unknown])

    @property
    def _unknown(self) -> int:
        (unknown,) = self.unbounded.problem.unknowns
        return unknown

    @property
    def value(self) -> sympy.Expr:
        """The least value as a SymPy expression."""
        return self.expr

    @cached_property
    def certificate(self) -> CheckedProof:
        """The proof that this is the global minimum under the bound on the rank.

        Raises
        ------
        DerivationError
            If it is not.
        """
        self.unbounded.certificate  # noqa: B018 - it raises unless the quadratic part is a mean of squares
        check_form(self.form, self.unbounded.problem.objective, self._unknown, self.start)
        check_best(self.form, self.unbounded.solution.values[self._unknown], self.start)
        convex = Step("the quadratic part is not negative", "it is a mean of squares, multiplied out")
        return CheckedProof((FORM, convex, WHITENED), RANK_AXIOMS)

    def exact(self, numbers: Mapping[str, Any]) -> Values:
        symbols = {str(symbol): symbol for symbol in self.unbounded.symbols}
        return exact_values(self.with_own_symbols(symbols), numbers)

    def __repr__(self) -> str:
        return f"LowRankMinimum(rank {MEANING[self._unknown]} ≤ {self.rank})"


def minimise_expression_rank(
    minimum: QuadraticMinimum, rank: Mapping[str, Any], update_of: Mapping[str, Any] | None
) -> LowRankMinimum:
    """The minimum over a matrix of bounded rank, from that without a bound.

    Raises
    ------
    InputError
        For a rank that is no natural number, or another unknown than the one matrix.
    UnsupportedError
        If the quadratic part is not tr(L G M Gᵀ), or not known to be positive.
    """
    name, size = bounded_weight(rank)
    unknowns = minimum.problem.unknowns
    names = [str(MEANING[a]) for a in unknowns]
    if names != [name]:
        raise InputError(
            f"the rank of {brief(name)} is bounded, but the unknowns are {brief(', '.join(names))}; it takes the one "
            "matrix over which is minimised"
        )
    (unknown,) = unknowns
    G = ClosedForm.of(unknown)
    if ROWS[unknown] == ONE or PARTNER[unknown] == unknown:
        raise UnsupportedError(
            f"{name} is symmetric or no matrix; the rank is bounded for any matrix of a shape"
        )
    if minimum.attained != "minimum" or not minimum.unique:
        raise UnsupportedError(
            "the expression is not seen to be strictly convex, which whitening needs; write it with si.covariance()"
        )
    start = None
    if update_of is not None:
        if not isinstance(update_of, Mapping) or list(update_of) != [name]:
            raise InputError(f"update_of is {brief(update_of)}; give the matrix that {name} starts from")
        start = start_matrix(name, update_of[name], G, unknown)
    objective = minimum.problem.objective
    normal = gradient(objective, unknown) * Fraction(1, 2)
    form = whitened(objective, normal, unknown, minimum.solution.values[unknown], start)
    return LowRankMinimum(minimum, size, start, form)
