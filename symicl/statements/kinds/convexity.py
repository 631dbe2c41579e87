"""Convexity of the loss in parameters, and directions in which it bends downwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import (
    ONE,
    ClosedForm,
    degree,
    derivative_along,
    letter,
    letter_of,
    powers,
    read_form,
    scalar_letter,
)
from symicl.errors import InputError
from symicl.statements.comparison import Comparison
from symicl.statements.kinds.fields import FromFields, Place
from symicl.statements.kinds.instances import falls_below
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import Loss, is_nearly_positive
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class ConvexIn(Proposition):
    """The loss is convex in some effective parameters together, whatever the others are.

    It is if the prediction is affine in them, since the loss is the mean square of its error.

    Attributes
    ----------
    parameters : tuple of SymPy matrix symbols
        With the names and shapes of effective parameters of the model.
    concave : bool
        True for what is said of minus the loss.
    """

    parameters: tuple[sympy.Basic, ...]
    concave: bool = False

    kind: ClassVar[str] = "convexity"

    def sentence(self, left: Mapping[str, str]) -> str:
        bends = "concave" if self.concave else "convex"
        return f"The loss is {bends} in {_listed(self.parameters)}, whatever the other parameters are."

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return set(self.parameters)

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        names = list(ties.loss.letter_names)
        own = {ties.loss.letter_to_differentiate(name) for name in names}
        if not {_letter(parameter) for parameter in self.parameters} <= own:
            return Comparison(UNDECIDED, reason=f"the effective parameters are {', '.join(names)}")
        if _is_affine(ties, self.parameters) and not self.concave:
            return Comparison(PROVED)
        form, steps = ties.loss.closed_form, {}
        for parameter in self.parameters:
            step = sympy.MatrixSymbol(f"d{parameter.name}", *parameter.shape)
            steps[_letter(parameter)] = read_form(step)
        bend = _second_derivative(form, steps)
        found = falls_below((-bend if self.concave else bend).expr)
        if found is not None:
            minus = "minus " * self.concave
            return Comparison(REFUTED, witness=f"is false {found}, as {minus}the second derivative along d")
        return Comparison(UNDECIDED, reason="the prediction is not affine in them")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        predicted, letters = writer.predicted(), map(_letter, self.parameters)
        writer.emit("convex", claim=claim, predicted=predicted, free=[writer.letter_id(a) for a in letters])

    def wrong_versions(self) -> Iterator[tuple[str, ConvexIn]]:
        yield "convex → concave", replace(self, concave=not self.concave)

    def wrong_versions_of(self, theorem: Any) -> Iterator[tuple[str, ConvexIn]]:
        others = [p.parameters for p in theorem.propositions if isinstance(p, ConvexIn) and p != self]
        for parameters in others:
            yield "with more parameters together", replace(self, parameters=(*self.parameters, *parameters))


@dataclass(frozen=True)
class NotConvex(FromFields):
    """The loss is not convex: at some parameters its second derivative along some direction is negative.

    Attributes
    ----------
    at : dict
        From effective parameters to where the derivative is taken; others are left as they are.
    along : dict
        From effective parameters to the direction.
    growing : symbol, optional
        A scalar in both; the derivative is then said to be negative wherever it is large enough.
    """

    at: Place
    along: Place
    growing: sympy.Symbol | None = None

    kind: ClassVar[str] = "no convexity"
    places = ("at", "along")

    def __post_init__(self) -> None:
        if not self.along:
            raise InputError("give a direction, along={parameter: matrix}")

    def sentence(self, left: Mapping[str, str]) -> str:
        way = ", ".join(f"${formula_latex(v)}$ of ${formula_latex(p)}$" for p, v in self.along.items())
        where = "for nearly all values of the letters"
        if self.growing is not None:
            where = f"for ${formula_latex(self.growing)}$ large enough, and nearly all values of the other letters"
        return (
            f"The loss is not convex in {_listed(self.along)} together: at {self.place_latex('at')}, along the changes "
            f"{way}, its second derivative is negative {where}."
        )

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        if _is_affine(ties, tuple(self.along)):
            return Comparison(
                REFUTED, witness="is false: the prediction is affine in them, and the loss convex"
            )
        form = self._bend(ties)
        if is_nearly_positive(-form):
            return Comparison(PROVED)
        found = falls_below((-form).expr)
        if found is not None:
            return Comparison(REFUTED, witness=f"is false {found}, as minus the second derivative")
        return Comparison(UNDECIDED, reason="the sign of the second derivative is not seen")

    def _bend(self, ties: Ties) -> ClosedForm:
        """The second derivative there, or its leading coefficient in what grows."""
        at, along = self.replacements("at"), self.replacements("along")
        form = _second_derivative(ties.loss.closed_form, along).substitute(at)
        if self.growing is not None:
            in_s = powers(form, (scalar_letter(self.growing),))
            form = in_s[max(in_s)]
        return form

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        predicted, step = writer.predicted(), letter("step along a direction", ONE, ONE)
        growing = {} if self.growing is None else {"growing": writer.letter_id(scalar_letter(self.growing))}
        writer.emit(
            "not_convex",
            claim=claim,
            predicted=predicted,
            letter=writer.letter_id(step),
            place=writer.pairs(self.replacements("at")),
            along=writer.pairs(self.replacements("along")),
            shown=writer.seen(claim, self._bend(writer.ties) / -2),
            **growing,
        )

    def wrong_versions(self) -> Iterator[tuple[str, NotConvex]]:
        if self.growing is not None:
            yield "large enough → any", replace(self, growing=None)
        for parameter in self.along:
            yield f"in {parameter} alone", replace(self, along={parameter: self.along[parameter]})


def _listed(parameters: Any) -> str:
    return " and ".join(f"${formula_latex(parameter)}$" for parameter in parameters)


def _letter(parameter: sympy.Basic) -> int:
    return letter_of(read_form(parameter))


def _is_affine(ties: Ties, parameters: tuple[sympy.Basic, ...]) -> bool:
    """True if the prediction is of degree one at most in some parameters together."""
    loss = ties.loss
    return isinstance(loss, Loss) and degree(loss.prediction, map(_letter, parameters)) <= 1


def _second_derivative(form: ClosedForm, steps: Mapping[int, ClosedForm]) -> ClosedForm:
    """Along a fixed direction in several letters."""
    return derivative_along(derivative_along(form, steps), steps)
