"""What the optimum of a theorem's own model and task gives, and which stated quantities are made from it.

`prove` minimises the loss once more by itself. A quantity is *tied* if it equals, as a closed form, something that this
optimum has: its minimal loss, its coefficient, the parameters that attain it. A corollary may also come from such a
quantity by the operations of `SPECIAL`, which the tie names. Where a value happens to have passed through on its way
does not count: what a derivation multiplies by a loss and divides by it again is not tied to that loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sympy

from symicl.algebra.letters import COLS, INVERSE, MEANING, NO_LETTER, ONE, PARTNER, ROWS
from symicl.algebra.polynomial import MatrixPolynomial, Polynomial
from symicl.algebra.ratio import MatrixRatio, Ratio, clear_reciprocals, read_ratio
from symicl.errors import DerivationError, SymiclError
from symicl.tasks.rotation_invariant import MOMENTS, RotationInvariantRegression
from symicl.tasks.task import Task
from symicl.theorems.recording import Call, Recording
from symicl.theory.attainment import attaining_weights, realise
from symicl.theory.link import unattainable
from symicl.theory.loss import expected_loss
from symicl.theory.normal_equations import MatrixSolution
from symicl.theory.optimum import Optimum, minimise
from symicl.typeset.text import formula_text

SPECIAL = ("substitute", "limit", "multiple", "product", "quotient")
"""Operations of a recording by which a corollary may come from a tied quantity: values for letters, a limit, the factor
of an identity, and monomials as factors."""

LOSSES, EXCESSES = ("loss", "risk"), ("excess",)
"""Names with a meaning of their own."""


@dataclass(frozen=True)
class Tie:
    """What a quantity is.

    Attributes
    ----------
    text : str
        In words, such as "the minimal loss".
    kind : str
        "loss", "excess", "coefficient" or "parameter".
    exact : bool
        Whether it is that itself; otherwise a special case of it.
    """

    text: str
    kind: str
    exact: bool = True


class Untied(SymiclError):
    """A quantity is not made from the optimum; the message says why, without the name of the quantity."""


@dataclass(frozen=True)
class Projection:
    """Something that an optimum has."""

    tie: Tie
    value: Ratio | MatrixRatio


class Ties:
    """The ties of quantities to the optimum of one model on one task.

    Parameters
    ----------
    model, task
    recording : Recording
        Of the derivation.
    """

    def __init__(self, model: Any, task: Any, recording: Recording):
        self.model, self.task, self.recording = model, task, recording

    @cached_property
    def optimum(self) -> Optimum:
        """The global minimum, certified and attained by weights.

        Raises
        ------
        SymiclError
            If there is none in closed form, or no weights attain it.
        """
        if not isinstance(self.task, Task):
            raise Untied("prove cannot minimise the loss of a model of sequences by itself")
        optimum = minimise(expected_loss(self.model, self.task))
        optimum.certificate  # noqa: B018 - it is the proof, and raises if there is none
        if problem := unattainable(optimum, attaining_weights(optimum)):
            raise DerivationError(problem)
        return optimum

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """All that the optimum has."""
        return tuple(_projections(self.optimum))

    @cached_property
    def _own(self) -> set[int]:
        """The letters of the optimum, without opaque moments."""
        opaque = set(MOMENTS.values()) if isinstance(self.task, RotationInvariantRegression) else set()
        letters = {a for p in self.projections for a in _letters(p.value)}
        return {b for a in letters if MEANING[a] not in opaque for b in _kin(a)}

    @cached_property
    def _made(self) -> dict[int, Call]:
        """The operation that made each value; what an operation was given and handed on is not its own."""
        made: dict[int, Call] = {}
        for call in self.recording.calls:
            if call.rule in SPECIAL and all(call.result is not a for a in call.arguments):
                made.setdefault(id(call.result), call)
        return made

    def tie(self, name: str, value: Any, *, main: bool) -> Tie:
        """What a quantity is.

        Parameters
        ----------
        name : str
        value : Ratio, MatrixRatio or MatrixSolution
            As derived.
        main : bool
            Whether it is a main quantity of the statement, which has to be something that the optimum has, as it is.

        Raises
        ------
        Untied
            If it is not made from the optimum.
        """
        try:
            found = self._find(value)
        except Untied:
            raise
        except SymiclError as error:
            raise Untied(str(error)) from error
        if found is None:
            raise Untied(f"it is not made from the certified optimum, where {self._have()}")
        if main and not found.exact:
            raise Untied(
                f"it is {found.text}, a special case and not the optimum itself; state it as a corollary"
            )
        for names, kind in ((LOSSES, "loss"), (EXCESSES, "excess")):
            if name in names and found.kind != kind:
                raise Untied(
                    f"it is {found.text} and not the {'minimal' if kind == 'loss' else 'least excess'} loss"
                )
        return found

    def _have(self) -> str:
        """The minimal loss and the coefficient, in words."""
        shown = [p for p in self.projections if p.tie.kind != "excess"][:2]
        return " and ".join(f"{p.tie.text} is {formula_text(p.value)}" for p in shown)

    def _find(self, value: Any, depth: int = 8) -> Tie | None:
        for projection in self.projections:
            if _same(value, projection.value):
                return projection.tie
        call = self._made.get(id(value))
        if call is None or not depth:
            return None
        for base, change, exact in _changes(call, self._own):
            found = self._find(base, depth - 1)
            if found is not None:
                return Tie(f"{found.text}{change}", found.kind, found.exact and exact)
        return None


def _same(value: Any, other: Any) -> bool:
    """Equality as closed forms, decided here and not by the value's own class."""
    if type(value) is MatrixSolution:
        value = value.matrix
    if type(value) is not type(other):
        return False
    if isinstance(value, MatrixRatio) and (value.num.rows, value.num.cols) != (
        other.num.rows,
        other.num.cols,
    ):
        return False
    return not (value.num * other.den - other.num * value.den)


# --- what an optimum has -------------------------------------------------------------------------------


def _projections(optimum: Optimum) -> Iterator[Projection]:
    value, problem = optimum.value_ratio, optimum.problem
    yield Projection(Tie("the minimal loss over all weights", "loss"), value)
    noise = getattr(optimum.loss.task, "noise", 0)
    if noise != 0:
        excess = Tie("the minimal loss over all weights, less the variance of the noise", "excess")
        yield Projection(excess, value - read_ratio(noise))
    if problem.offset_coefficient is not None:
        text = "the coefficient k of the part of the optimal prediction that accounts for the prior mean"
        yield Projection(Tie(text, "coefficient"), MatrixRatio(problem.offset_coefficient))
    if optimum.solution is None:
        return
    matrix = optimum.solution.matrix
    K = str(MEANING[problem.unknown])
    text = f"the coefficient {K} of the optimal prediction {formula_text(problem.contracted())}"
    yield from _with_factor(matrix, text, K, "coefficient")
    for name, block in _carriers(optimum):
        for (scalars, word), c in block.terms.items():
            carried = matrix if word == (problem.unknown,) else matrix.T
            factor = clear_reciprocals(Polynomial({scalars: c}))
            text = f"{name} of weights that attain the minimum"
            yield from _with_factor(carried * factor, text, name, "parameter")


def _with_factor(matrix: MatrixRatio, text: str, name: str, kind: str) -> Iterator[Projection]:
    """A matrix, and the number in front where it is a multiple of one product of letters."""
    yield Projection(Tie(text, kind), matrix)
    words = {word for _, word in matrix.num.terms}
    (word,) = words if len(words) == 1 else ((NO_LETTER,),)
    # A sum in brackets has no factor of its own: it may hold any number.
    if all(a != NO_LETTER and _is_symbol(MEANING[a]) for a in word):
        product = (
            "I"
            if not word
            else formula_text(MatrixPolynomial(matrix.num.rows, matrix.num.cols, {((), word): 1}))
        )
        number = Ratio(Polynomial({m: c for (m, _), c in matrix.num.terms.items()}), matrix.den)
        if number.num.letters() | number.den.letters():
            yield Projection(Tie(f"the number r in {name} = r {product}, {text}", kind), number)


def _is_symbol(meaning: Any) -> bool:
    """Whether a letter is a symbol or its inverse."""
    return isinstance(meaning[1] if isinstance(meaning, tuple) else meaning, sympy.MatrixSymbol)


def _carriers(optimum: Optimum) -> Iterator[tuple[str, MatrixPolynomial]]:
    """The effective parameters that are multiples of K where the minimum is attained."""
    assignment, K = realise(optimum), optimum.problem.unknown
    for blocks in optimum.loss.parameters.values():
        for row in blocks.grid:
            for block in row:
                (a,) = block.letters()
                value = assignment.get(a)
                if value is not None and {word for _, word in value.terms} in ({(K,)}, {(PARTNER[K],)}):
                    yield str(MEANING[a]), value


# --- special cases -------------------------------------------------------------------------------------


def _changes(call: Call, own: set[int]) -> Iterator[tuple[Any, str, bool]]:
    """From what an operation may have made a special case, how that reads, and whether it only renames."""
    base, *others = call.arguments
    if call.rule == "substitute" and len(others) == 1 and isinstance(others[0], Mapping):
        inside = _letters(base)
        values = {a: _closed(v) for a, v in others[0].items() if inside & _kin(a)}
        if all(_is_special(a, v, own) for a, v in values.items()):
            text = ", ".join(f"{MEANING[a]} = {formula_text(v)}" for a, v in values.items())
            yield base, f" at {text}" if text else "", own.isdisjoint(values)
    elif call.rule == "limit":
        yield base, f" in the limit of large {others[0]}", False
    elif call.rule == "multiple":
        yield base, " as a multiple of the identity", True
    elif call.rule == "product" and len(others) == 1:
        for value, factor in ((base, others[0]), (others[0], base)):
            if _is_monomial(factor):
                yield value, f", times {formula_text(_closed(factor))}", False
    elif call.rule == "quotient" and _is_monomial(others[0]):
        yield base, f", over {formula_text(_closed(others[0]))}", False


def _kin(a: int) -> set[int]:
    """A letter, its transpose, and the inverses of both, which are replaced with it."""
    return {a, PARTNER[a], INVERSE[a], INVERSE[PARTNER[a]]} - {NO_LETTER}


def _letters(value: Any) -> set[int]:
    if isinstance(value, MatrixSolution):
        return value.numerator.letters() | value.factor.letters()
    if isinstance(value, Ratio | MatrixRatio):
        return value.num.letters() | value.den.letters()
    return value.letters() if isinstance(value, Polynomial | MatrixPolynomial) else set()


def _closed(value: Any) -> Any:
    """A number as a closed form."""
    return value if isinstance(value, Ratio | MatrixRatio | Polynomial | MatrixPolynomial) else Ratio(value)


def _is_special(a: int, value: Any, own: set[int]) -> bool:
    """Whether a letter of the optimum gets a value that is free of those and possible, or is another one of them.

    Other letters, such as opaque moments, may get any value.
    """
    meaning, inside = MEANING[a], _letters(value)
    if a not in own:
        return True
    if not inside and isinstance(value, Ratio):
        number = value.expr
        return number >= 0 and not (getattr(meaning, "is_integer", False) and not number.is_integer)
    return own.isdisjoint(inside) or (isinstance(value, Ratio) and isinstance(value.expr, sympy.Symbol))


def _is_monomial(value: Any) -> bool:
    """A number times powers of scalar letters."""
    if isinstance(value, Ratio):
        return _is_monomial(value.num) and _is_monomial(value.den)
    if isinstance(value, Polynomial):
        scalars = all(ROWS[a] == COLS[a] == ONE for a in value.letters())
        return scalars and len(value.terms) == 1
    return isinstance(value, int | sympy.Rational) or hasattr(value, "numerator")
