"""Why a quadratic is convex: it is a sum of squares with factors that are not negative, perhaps averaged.

Whoever reads an objective, be it a formula of a claim or a SymPy expression, gives its squares. From these come the
check that they add up to the quadratic part, and the root of which a certificate takes the mean square.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    NO_LETTER,
    ONE,
    PARTNER,
    ROWS,
    ClosedForm,
    SymmetricMatrix,
    closed_form,
    homogeneous,
    letter,
    meaning_of,
    scalar_letter,
    symbol_letter,
)
from symicl.errors import UnsupportedError
from symicl.expectation import Law, Means, average, law_of, random_matrices
from symicl.theory.quadratic.signs import oriented
from symicl.theory.quadratic.squares import gaussian, mean_square, root_of_sum

MAX_ROOT = 100
"""Terms of what is squared."""


@dataclass(frozen=True)
class WeightedSquare:
    """Π halves² · Π factors · ‖inner‖², where ‖M‖² = tr(M' W M).

    Attributes
    ----------
    inner : ClosedForm
        Affine in the unknowns, a scalar or a matrix; perhaps random.
    factors : tuple of ClosedForm
        Scalars that are seen to be ≥ 0.
    halves : tuple of ClosedForm
        Scalars of any sign.
    weight : int
        The letter W of a positive definite matrix, or `NO_LETTER`.
    task : Task or None
        Whose law is meant, where the inner part is a prediction.
    """

    inner: ClosedForm
    factors: tuple[ClosedForm, ...] = ()
    halves: tuple[ClosedForm, ...] = ()
    weight: int = NO_LETTER
    task: Any = None

    def times(self, factors: Iterable[ClosedForm] = (), halves: Iterable[ClosedForm] = ()) -> WeightedSquare:
        """With more factors in front."""
        return WeightedSquare(
            self.inner, (*self.factors, *factors), (*self.halves, *halves), self.weight, self.task
        )


@dataclass(frozen=True)
class SignedTerms:
    """A quadratic each of whose terms is seen to be ≥ 0, such as c tr(B Δ A Δ') for covariances A and B.

    Attributes
    ----------
    form : ClosedForm
        In a letter Δ.
    letter : int
    at : ClosedForm
        What stands for Δ; linear in the changes of the unknowns.
    """

    form: ClosedForm
    letter: int
    at: ClosedForm


Evidence = WeightedSquare | SignedTerms


class ConvexPart:
    """The quadratic part of an objective as squares.

    Parameters
    ----------
    evidence : iterable of WeightedSquare or SignedTerms
    steps : mapping
        From each unknown to the letter of a change of it.

    Attributes
    ----------
    laws : list of Gaussian
        Of the letters that a root introduces.
    """

    def __init__(self, evidence: Iterable[Evidence], steps: Mapping[int, int]):
        self.evidence = list(evidence)
        self._steps = {a: ClosedForm.of(b) for a, b in steps.items()}
        self.laws: list[Law] = []
        self._tasks: list[Any] = []
        for part in self.evidence:
            if isinstance(part, WeightedSquare) and part.task and part.task not in self._tasks:
                self._tasks.append(part.task)

    def value(self) -> ClosedForm:
        """The sum of the squares at the changes, averaged.

        Raises
        ------
        UnsupportedError
            If a denominator is random.
        """
        total = closed_form(0)
        for part in self.evidence:
            if isinstance(part, SignedTerms):
                total = total + part.form.substitute({part.letter: part.at})
                continue
            inner = self._linear(part.inner)
            weight = ClosedForm.of(part.weight) if part.weight != NO_LETTER else closed_form(1)
            square = (inner.T @ (weight @ inner)).trace()
            for half in part.halves:
                square = square * half * half
            for factor in part.factors:
                square = square * factor
            total = total + square
        return self._averaged(total)

    def mean_square(self) -> ClosedForm:
        """The same as E[root²] for one root: sums have independent signs, a norm is a mean square.

        Raises
        ------
        UnsupportedError
            If no root is known.
        """
        if len(self._tasks) > 1:
            raise UnsupportedError("two tasks stand in one objective")
        roots = [root for root in map(self._root, self.evidence) if root]
        if len(roots) == 1:
            (root,) = roots
            if root.letters().isdisjoint(law.letter for law in self.laws):
                root = root * self._sign()
        else:
            root = closed_form(0)
            for part in roots:
                root = root + part * self._sign()
        if len(root) > MAX_ROOT:
            raise UnsupportedError("the root of the objective has many terms")
        # A letter in the place of 1/denominator: what is averaged is a square, for whoever rechecks it.
        num, den = root.fraction()
        q = letter("reciprocal of a denominator", ONE, ONE)
        # First what was introduced, since a factor may itself be random.
        square = self._averaged(mean_square(num if den == 1 else num * ClosedForm.of(q), self.laws))
        return square if den == 1 else square.substitute({q: 1 / den})

    def _averaged(self, form: ClosedForm) -> ClosedForm:
        if self._tasks:
            averaged: ClosedForm = self._tasks[0].expectation(form)
            return averaged
        means: Means = {}
        laws: list[Law] = []
        for z in sorted(random_matrices(form), key=lambda z: z.name):
            law, mean = law_of(z)
            laws.append(law)
            if mean is not None:
                means[symbol_letter(z)] = mean
        return average(form, laws, means)

    def _root(self, part: Evidence) -> ClosedForm:
        number = len(self.laws) + 1
        if isinstance(part, SignedTerms):
            signs = oriented(part.form, strict=False)
            if signs is None:
                raise UnsupportedError("a term of the quadratic part is not seen to be at least 0")
            num, den = signs
            root, laws = root_of_sum(num if den == 1 else num * den, f"terms {number} ")
            self.laws += laws
            return (root / den).substitute({part.letter: part.at})
        root = self._norm(part)
        for half in part.halves:
            root = root * _determined(half)
        for factor in part.factors:
            root = root * self._deviation(factor)
        return root

    def _norm(self, part: WeightedSquare) -> ClosedForm:
        inner = self._linear(part.inner)
        if inner.is_scalar and part.weight == NO_LETTER:
            return inner
        laws = [gaussian(inner.rows, part.weight, f"u {len(self.laws) + 1}")]
        if inner.cols != ONE:
            laws.append(gaussian(inner.cols, NO_LETTER, f"v {len(self.laws) + 1}"))
        self.laws += laws
        root = ClosedForm.of(laws[0].letter).T @ inner
        if len(laws) == 2:
            root = root @ ClosedForm.of(laws[1].letter)
        return root.trace()

    def _linear(self, inner: ClosedForm) -> ClosedForm:
        """The part of degree 1, at the changes."""
        return homogeneous(_determined(inner), self._steps, 1).substitute(self._steps)

    def _sign(self) -> ClosedForm:
        law = gaussian(ONE, role=f"sign {len(self.laws) + 1}")
        self.laws.append(law)
        return ClosedForm.of(law.letter)

    def _deviation(self, factor: ClosedForm) -> ClosedForm:
        """Something Gaussian whose mean square is a factor that is not negative: N/D = N D/D²."""
        signs = oriented(factor, strict=False)
        if signs is None:
            raise UnsupportedError("a factor of a square is not seen to be at least 0")
        num, den = signs
        root, laws = root_of_sum(num if den == 1 else num * den, f"factor {len(self.laws) + 1} ")
        self.laws += laws
        return _determined(root / den)


def _determined(form: ClosedForm) -> ClosedForm:
    """A form whose denominator is not random."""
    _, den = form.fraction()
    if random_matrices(den):
        raise UnsupportedError("a denominator is random")
    return form


def beside(a: int, role: str) -> int:
    """Another letter of the same shape; no symbol of a user has a space in its name."""
    symbol: Any = meaning_of(a)
    name = f"{role} {symbol}"
    if ROWS[a] == COLS[a] == ONE:
        return scalar_letter(sympy.Symbol(name))
    rows, cols = (DIMENSIONS[size] for size in (ROWS[a], COLS[a]))
    if PARTNER[a] == a:
        return symbol_letter(SymmetricMatrix(name, rows, rows))
    return symbol_letter(sympy.MatrixSymbol(name, rows, cols))
