"""The global minimum of a loss of sequences whose weights are scalars or multiples of the identity.

The prediction is linear in the products of weights that occur in it, f = f_0 + Σ_i u_i φ_i, such as u = ab. In free
u_i the loss is a convex quadratic, and for **all** u and v

    L(u) − L(v) − Σ_t E‖f_u − f_v‖² = Σ_i N_i(v) (u_i − v_i),     N_i = ∂L/∂u_i,

an identity between closed forms that is compared term by term. Where N(u*) = 0, the excess loss is a
sum of mean squares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    by_words,
    closed_form,
    gradient,
    scalar,
    scalar_letter,
    stationary_point,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import PhaseVector, TimeSum, rescaled
from symicl.numeric import evaluate
from symicl.tasks import Values
from symicl.theory.autoregressive import AutoregressiveLoss, LossInTime
from symicl.theory.model_optimum import MARKS, ModelOptimum, OptimumAtNumbers
from symicl.theory.sequence_parameters import unknowns
from symicl.typeset import Equation

Product = tuple[int, ...]
"""Letters of weights, in order, each as often as it occurs."""


@dataclass(frozen=True)
class LiftedSequenceProblem:
    """The loss as a quadratic in the products of weights.

    Attributes
    ----------
    loss : AutoregressiveLoss
    products : dict
        From the letter of each u_i to the letters of the weights that it is a product of.
    lifted : AutoregressiveLoss
        The loss in the u_i.
    """

    loss: AutoregressiveLoss
    products: dict[int, Product]
    lifted: AutoregressiveLoss

    def product(self, u: int) -> ClosedForm:
        """The product of weights."""
        found = closed_form(1)
        for a in self.products[u]:
            found = found * ClosedForm.of(a)
        return found

    def name(self, u: int) -> str:
        """A product of weights as text, such as ``a*b``."""
        return str(self.product(u).expr)

    def products_of(self, weights: Mapping[str, float]) -> dict[str, float]:
        """The products at numbers for the weights, by name."""
        return {
            self.name(u): math.prod(weights[str(MEANING[a])] for a in letters)
            for u, letters in self.products.items()
        }

    def loss_at(self, values: Values, products: Mapping[str, sympy.Expr]) -> sympy.Expr:
        """The exact loss at exact products of weights and numbers of the task."""
        last = int(evaluate(self.loss.task.last, values))
        form = self.lifted.total.at_last(last).closed_form
        known = {MEANING[u]: products[self.name(u)] for u in self.products}
        return evaluate(form.expr, {**values, **known})

    def slope(self, form: ClosedForm, u: int) -> ClosedForm:
        """The derivative by one u_i."""
        return gradient(form, u)


@dataclass(frozen=True)
class SequenceCertificate:
    """The verified identity of this module.

    Attributes
    ----------
    distance : ClosedForm
        Σ_t E‖f_u − f_v‖² for free u and v.
    remainder : ClosedForm
        L(u) − L(v) − distance.
    other : dict
        From the letter of u_i to that of v_i.
    """

    distance: ClosedForm
    remainder: ClosedForm
    other: dict[int, int]


@dataclass(frozen=True, repr=False)
class SequenceOptimum(ModelOptimum):
    """The global minimum of a loss of sequences over the weights of its model.

    Attributes
    ----------
    attained : "weights" or "lower bound"
        Whether weights are known that attain the value.
    problem : LiftedSequenceProblem
    solution : dict of ClosedForm
        From the letter of each product of weights to its value at the optimum.
    parameters : dict of ClosedForm
        Scalar weights that attain it by name; empty for a lower bound.
    """

    problem: LiftedSequenceProblem
    solution: dict[int, ClosedForm]
    parameters: dict[str, ClosedForm]

    @property
    def attained(self) -> str:
        return "weights" if self.parameters or not self.solution else "lower bound"

    @property
    def loss(self) -> AutoregressiveLoss:
        return self.problem.loss

    @cached_property
    def closed_form(self) -> ClosedForm:
        """The minimal loss."""
        return self.problem.lifted.closed_form.substitute(self.solution)

    @property
    def coefficient(self) -> dict[str, sympy.Expr]:
        """The products of weights at the optimum, such as ``{"a*b": …}``."""
        return {self.problem.name(u): value.expr for u, value in self.solution.items()}

    @cached_property
    def certificate(self) -> SequenceCertificate:
        """The proof that this is the global optimum over all weights.

        Raises
        ------
        DerivationError
            If it is not.
        """
        certificate = _certificate(self.problem)
        for u in self.solution:
            if self.problem.slope(self.problem.lifted.closed_form, u).substitute(self.solution):
                raise DerivationError("the candidate does not solve the normal equations")
        return certificate

    def at(self, **numbers: Any) -> SequenceOptimumAt:
        """Also for lengths that are too short for the closed form; see `ModelOptimum.at`."""
        values = self.loss.task.at(**numbers).values
        last = int(evaluate(self.loss.task.last, values))
        form = self.problem.lifted.total.at_last(last).closed_form
        solution = _solve(form, list(self.problem.products))
        value = form.substitute(solution)
        names = {u: self.problem.name(u) for u in solution}
        return SequenceOptimumAt(
            values,
            evaluate(value.expr, values),
            {names[u]: evaluate(found.expr, values) for u, found in solution.items()},
            self.attained,
            {names[u]: self._name(u) for u in solution},
        )

    @property
    def solution_equations(self) -> list[Equation]:
        return [Equation(self._name(u), form) for u, form in self.solution.items()]

    def _name(self, u: int) -> str:
        """A product of weights at the optimum in LaTeX."""
        product = sympy.latex(self.problem.product(u).expr)
        mark = MARKS[self.attained]
        return f"{product}{mark}" if self.problem.product(u) == ClosedForm.of(u) else f"({product}){mark}"


@dataclass(frozen=True)
class SequenceOptimumAt(OptimumAtNumbers):
    """An optimum at numbers.

    Attributes
    ----------
    values : dict
        From each symbol of the task to its exact value.
    value : SymPy number
        The minimal loss.
    coefficient : dict
        The products of weights by name.
    attained : "weights" or "lower bound"
    printed : dict
        LaTeX of the products by name.
    """

    values: Values
    value: sympy.Expr
    coefficient: dict[str, sympy.Expr]
    attained: str
    printed: dict[str, str]

    @property
    def solution_equations(self) -> list[Equation]:
        return [Equation(self.printed[name], value) for name, value in self.coefficient.items()]


def minimise_sequences(loss: AutoregressiveLoss) -> SequenceOptimum:
    """Solve for the global minimum over scalar weights.

    Raises
    ------
    UnsupportedError
        If some weights are matrices that are not multiples of the identity, or the normal equations are singular.
    """
    problem = _lift(loss)
    solution = _solve(problem.lifted.closed_form, list(problem.products))
    optimum = SequenceOptimum(problem, solution, _attaining(problem, solution))
    optimum.certificate  # noqa: B018 - it raises unless the minimum is global
    return optimum


def _lift(loss: AutoregressiveLoss) -> LiftedSequenceProblem:
    in_time = loss.in_time
    made_of = unknowns(in_time.parameters)
    matrices = [name for name, is_matrix in made_of.items() if is_matrix]
    if matrices:
        families = [
            f"family={name!r}"
            for name, family in in_time.model.families().items()
            if not any(unknowns(family).values())
        ]
        shown = ", ".join(matrices[:3]) + ", …" * (len(matrices) > 3)
        remedy = (
            f"restrict it to scalars, expected_loss(model, task, {' or '.join(families)})"
            if families
            else "give the model scalar weights, of the shape WeightShape((1,), (1,))"
        )
        raise UnsupportedError(
            f"this loss of sequences is a polynomial in all entries of {shown}, and its minimum need not be at "
            f"multiples of the identity; {remedy}. The theorems on full matrices find their minima themselves, see "
            "si.find('zheng2024.limit')"
        )
    used = {a for block in in_time.prediction.blocks for term in block for a in term.factor.letters()}
    letters = {a for a in used if isinstance(MEANING[a], sympy.Symbol) and str(MEANING[a]) in made_of}
    for a in sorted(letters, key=lambda a: str(MEANING[a])):
        if not getattr(MEANING[a], "is_real", False):
            raise UnsupportedError(
                f"the weight {MEANING[a]} is complex; declare it with scalar({str(MEANING[a])!r})"
            )
    found: dict[Product, int] = {}

    def lifted(factor: ClosedForm) -> ClosedForm:
        total = closed_form(0)
        for words, rest in by_words(factor, lambda word: word[0] in letters).items():
            weights = tuple(sorted(word[0] for word in words))
            if weights and weights not in found:
                found[weights] = _unknown(weights, len(found), set(made_of))
            total = total + (rest * ClosedForm.of(found[weights]) if weights else rest)
        return total

    blocks = [[rescaled(term, lifted) for term in block] for block in in_time.prediction.blocks]
    free = {str(MEANING[u]): MEANING[u] for u in found.values()}
    lift = LossInTime(in_time.model, in_time.task, free, PhaseVector(blocks), in_time.factor)
    return LiftedSequenceProblem(loss, {u: key for key, u in found.items()}, AutoregressiveLoss(lift))


def _unknown(weights: Product, number: int, taken: set[str]) -> int:
    """A weight that stands alone as it is, a product as a letter of its own."""
    if len(weights) == 1:
        return weights[0]
    name = f"u_{number + 1}"
    while name in taken:
        name += "_"
    return scalar_letter(scalar(name))


def _solve(form: ClosedForm, letters: list[int]) -> dict[int, ClosedForm]:
    """The zero of the gradient of a quadratic.

    Raises
    ------
    UnsupportedError
        If the equations are singular.
    """
    try:
        return stationary_point(form, letters)
    except DerivationError:
        raise UnsupportedError(
            "the loss does not determine the products of weights, because what they multiply is linearly "
            "dependent; leave one of the weights out"
        ) from None


def _certificate(problem: LiftedSequenceProblem) -> SequenceCertificate:
    """Verify the identity, with letters v_i beside the u_i.

    Raises
    ------
    DerivationError
        If it does not hold.
    """
    in_time = problem.lifted.in_time
    other = {u: scalar_letter(scalar(f"{MEANING[u]}_other")) for u in problem.products}
    at_other = {u: ClosedForm.of(v) for u, v in other.items()}
    blocks = [
        [rescaled(term, lambda factor: factor.substitute(at_other)) for term in block]
        for block in in_time.prediction.blocks
    ]
    gap = in_time.prediction - PhaseVector(blocks)
    mean = in_time.task.expectation(gap.norm2() * in_time.factor)
    distance = TimeSum(mean, in_time.task.last).closed_form
    loss = problem.lifted.closed_form
    remainder = loss - loss.substitute(at_other) - distance
    expected = closed_form(0)
    for u, v in other.items():
        slope = problem.slope(loss, u).substitute(at_other)
        expected = expected + slope * (ClosedForm.of(u) - ClosedForm.of(v))
    if remainder - expected:
        raise DerivationError("the excess loss is not a sum of mean squares at a zero of the gradient")
    return SequenceCertificate(distance, remainder, other)


def _attaining(problem: LiftedSequenceProblem, solution: Mapping[int, ClosedForm]) -> dict[str, ClosedForm]:
    """Weights with these products: in each, one that no other product has takes the value, and all others are 1."""
    found = {a: closed_form(1) for product in problem.products.values() for a in product}
    for u, product in problem.products.items():
        others = {a for w, letters in problem.products.items() if w != u for a in letters}
        own = [a for a in product if product.count(a) == 1 and a not in others]
        if not own:
            return {}
        found[own[0]] = solution[u]
    return {str(MEANING[a]): value for a, value in found.items()}
