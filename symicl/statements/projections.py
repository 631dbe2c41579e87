"""The quantities of an optimum that a theorem can state."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy

from symicl.algebra import (
    MEANING,
    NO_LETTER,
    PARTNER,
    ClosedForm,
    exact_scalar,
    product_of_letters,
    read_form,
)
from symicl.theory import Optimum, SequenceOptimum, realise
from symicl.typeset import formula_text


@dataclass(frozen=True)
class Tie:
    """The relation of a quantity to the optimum.

    Attributes
    ----------
    text : str
        In words, such as "the minimal loss".
    kind : str
        "minimal loss", "least excess loss", "coefficient" or "parameter".
    exact : bool
        Whether it is that itself; otherwise a special case of it.
    """

    text: str
    kind: str
    exact: bool = True


@dataclass(frozen=True)
class Projection:
    """Something that an optimum has."""

    tie: Tie
    value: ClosedForm


def projections_of_sequences(optimum: SequenceOptimum) -> Iterator[Projection]:
    """The minimal loss, and the products of weights at which it is attained."""
    yield Projection(Tie("the minimal loss over all weights", "minimal loss"), optimum.closed_form)
    for u, value in optimum.solution.items():
        name = formula_text(optimum.problem.product(u))
        yield Projection(Tie(f"{name} of weights that attain the minimum", "parameter"), value)


def projections_of(optimum: Optimum) -> Iterator[Projection]:
    """The minimal loss, the excess, the coefficients of the optimal prediction, and parameters that attain it."""
    value, problem = optimum.closed_form, optimum.problem
    yield Projection(Tie("the minimal loss over all weights", "minimal loss"), value)
    noise = getattr(optimum.loss.task, "noise", 0)
    excess = Tie("the minimal loss over all weights, less the variance of the noise", "least excess loss")
    yield Projection(excess, value - read_form(exact_scalar(noise, "the variance of the noise")))
    if problem.offset_coefficient is not None:
        text = "the coefficient k of the part of the optimal prediction that accounts for the prior mean"
        yield Projection(Tie(text, "coefficient"), problem.offset_coefficient)
    if optimum.solution is None:
        return
    matrix = optimum.solution
    K = str(MEANING[problem.unknown])
    text = f"the coefficient {K} of the optimal prediction {formula_text(problem.contracted())}"
    yield from _with_factor(matrix, text, K, "coefficient")
    for name, block in _carriers(optimum):
        for word in dict.fromkeys(word for _, word in block.terms):
            carried, factor = matrix if word == (problem.unknown,) else matrix.T, block.coefficient(word)
            text = f"{name} of weights that attain the minimum"
            yield from _with_factor(carried * factor, text, name, "parameter")


def _with_factor(matrix: ClosedForm, text: str, name: str, kind: str) -> Iterator[Projection]:
    """A matrix, and the number in front where it is a multiple of one product of letters."""
    yield Projection(Tie(text, kind), matrix)
    words = {word for _, word in matrix.terms}
    (word,) = words if len(words) == 1 else ((NO_LETTER,),)
    # A sum in brackets has no factor of its own: it may hold any number.
    if all(a != NO_LETTER and _is_symbol(MEANING[a]) for a in word):
        product = "I" if not word else formula_text(product_of_letters(matrix.rows, matrix.cols, word))
        number = matrix.coefficient(word)
        if number.letters():
            yield Projection(Tie(f"the number r in {name} = r {product}, {text}", kind), number)


def _is_symbol(meaning: Any) -> bool:
    """True if a letter is a symbol or its inverse."""
    return isinstance(meaning[1] if isinstance(meaning, tuple) else meaning, sympy.MatrixSymbol)


def _carriers(optimum: Optimum) -> Iterator[tuple[str, ClosedForm]]:
    """The effective parameters that are multiples of K where the minimum is attained."""
    assignment, K = realise(optimum), optimum.problem.unknown
    for blocks in optimum.loss.parameters.values():
        for row in blocks.grid:
            for block in row:
                (a,) = block.letters()
                value = assignment.get(a)
                if value is not None and {word for _, word in value.terms} in ({(K,)}, {(PARTNER[K],)}):
                    yield str(MEANING[a]), value
