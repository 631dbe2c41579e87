"""Jensen's inequality for the mean of an inverse: E T⁻¹ ⪰ (E T)⁻¹, by a square."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import ONE, ClosedForm, closed_form, inverse_of, letter, read_form
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory.bounds.bayes_risk import BayesRisk
from symicl.theory.bounds.least_mean import AtLeastTangent
from symicl.theory.bounds.nonnegative import Nonnegative
from symicl.theory.bounds.reasons import Product, Reason
from symicl.theory.quadratic.squares import Square, at_least


@dataclass(frozen=True)
class MeanOfInverse:
    """E tr(W P T⁻¹ P) for a symmetric random matrix T ⪰ cI, c > 0, a symmetric P and W ⪰ 0.

    Attributes
    ----------
    T : ClosedForm
        In the prompt of the task.
    outer, weight : ClosedForm
        P and W.
    least : ClosedForm
        c.
    task : PromptTask
    """

    T: ClosedForm
    outer: ClosedForm
    weight: ClosedForm
    least: ClosedForm
    task: Any

    @cached_property
    def mean(self) -> ClosedForm:
        """E T."""
        found: ClosedForm = self.task.expectation(self.T)
        return found

    @cached_property
    def invertible(self) -> tuple[Square, Square]:
        """That T and E T are at least cI, along every vector."""
        u = ClosedForm.of(letter("any vector", self.T.rows, ONE))
        size = (u.T @ u).trace() * self.least
        first, second = (at_least((u.T @ M @ u).trace(), size) for M in (self.T, self.mean))
        return first, second

    @cached_property
    def identity(self) -> tuple[ClosedForm, ClosedForm]:
        """T⁻¹ less its tangent at T̄, and (T⁻¹ − T̄⁻¹) T (T⁻¹ − T̄⁻¹), for invertible symmetric letters."""
        T, mean = self._letters
        gap = inverse_of(T) - inverse_of(mean)
        return inverse_of(T) - self._tangent, gap @ T @ gap

    @cached_property
    def averaged(self) -> tuple[ClosedForm, ClosedForm]:
        """The mean of that tangent at T̄ = E T, with T̄ on both sides of it, and T̄."""
        (T,), (mean,) = (form.letters() for form in self._letters)
        found = self.task.expectation(self._tangent.substitute({T: self.T}))
        bar = ClosedForm.of(mean)
        return (bar @ found @ bar).substitute({mean: self.mean}), self.mean

    @cached_property
    def weighted(self) -> Square:
        """tr(W P Δ T Δ P) ≥ 0 for every symmetric Δ."""
        delta = ClosedForm.of(letter("any symmetric matrix", self.T.rows, self.T.rows, symmetric=True))
        side = self.outer @ delta
        return at_least((self.weight @ side @ self.T @ side.T).trace(), closed_form(0))

    @property
    def _letters(self) -> tuple[ClosedForm, ClosedForm]:
        names = ("random T", "expected T")
        first, second = (letter(name, self.T.rows, self.T.rows, symmetric=True) for name in names)
        return ClosedForm.of(first), ClosedForm.of(second)

    @property
    def _tangent(self) -> ClosedForm:
        T, mean = self._letters
        inverse = inverse_of(mean)
        return inverse * 2 - inverse @ T @ inverse


def jensen(
    mean: MeanOfInverse, name: sympy.Expr, factor: ClosedForm, power: ClosedForm, root: dict[int, ClosedForm]
) -> Nonnegative:
    """E tr(W P T⁻¹ P) − tr(W P² F⁻¹) ≥ 0, where P F = (E T) P.

    Parameters
    ----------
    mean : MeanOfInverse
    name : SymPy expression
        What the mean is called.
    factor : ClosedForm
        F, in the square of P.
    power : ClosedForm
        The square of P, a letter.
    root : dict
        From this letter to P².

    Raises
    ------
    DerivationError
        If one of the steps of the inequality does not hold.
    """
    return Nonnegative(((Jensen(mean, name, factor, power, root),),))


class Jensen(Reason):
    """See `jensen`."""

    why = "Jensen's inequality for the inverse: the square"

    def __init__(
        self,
        mean: MeanOfInverse,
        name: sympy.Expr,
        factor: ClosedForm,
        power: ClosedForm,
        root: dict[int, ClosedForm],
    ):
        left, right = mean.identity
        tangent, bar = mean.averaged
        P = mean.outer
        holds = {
            "T and its mean are not seen to be positive definite": all(s.holds for s in mean.invertible),
            "the square is not what the tangent leaves": left == right,
            "the mean of the tangent is not the inverse of the mean": tangent == bar,
            "the weight of the square is not seen to be positive semidefinite": mean.weighted.holds,
            "the factor does not pass through": P @ factor.substitute(root) == mean.mean @ P,
            "the matrix is not the square of the outer one": power.substitute(root) == P @ P,
        }
        for problem in (text for text, fact in holds.items() if not fact):
            raise DerivationError(problem)
        self.mean, self.form = mean, read_form(name) - (mean.weight @ power @ inverse_of(factor)).trace()
        self.name, self.factor = name, factor

    def products(self) -> list[Product]:
        """The form itself, of the mean of a `BayesRisk`."""
        risks = list(self.name.atoms(BayesRisk))
        if len(risks) != 1:
            raise UnsupportedError("no rule of the checkers is about this mean")
        return [Product((AtLeastTangent(self.form, risks[0], self.factor, self.mean.task),))]

    def mean_square(self) -> tuple[str, ClosedForm, ClosedForm | None]:
        """Of tr(W P Δ T Δ P), as the expectation of a square."""
        square = self.mean.weighted
        return self.why, square.value, square.mean

    def at(self, values: dict[int, ClosedForm]) -> Reason:
        if values.keys() & set(self.form.letters()):
            raise DerivationError("nothing is put for the letters of the mean of an inverse")
        return self
