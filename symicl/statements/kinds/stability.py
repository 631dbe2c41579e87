"""Strict saddles and local minima of a loss where it is stationary, and points where it is not stationary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

import sympy

from symicl.algebra import MEANING, ClosedForm, by_words, closed_form, read_form, scalar, scalar_letter
from symicl.errors import DerivationError, InputError, SymiclError, UnsupportedError, brief
from symicl.expectation import TimeSum
from symicl.numeric import evaluate
from symicl.statements.comparison import Comparison, instance_text
from symicl.statements.kinds.concluded import Concluded, Identity, Shown
from symicl.statements.kinds.fields import FromFields
from symicl.statements.kinds.stability_entry import StationaryCase, write_stability
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import AutoregressiveLoss, Nonnegative, Sign, expected_loss, is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

PAIR = "two full matrices"
"""The weights over which the loss is taken, as models of sequences call them."""
SMALLEST = 2
"""The least number of coordinates that permutations tell apart."""
FIRST_LENGTH = 3
"""The least length of a sequence of which there is a prediction that counts."""
LONGER = sympy.Symbol("length beyond the first two", integer=True, positive=True)


@dataclass(frozen=True)
class SecondOrder:
    """The evidence for a saddle or a minimum at the stationary points.

    Attributes
    ----------
    loss : ClosedForm
        Over all real matrices A and B.
    gradient : tuple of identities
        Which show where it vanishes.
    signs : tuple of Sign
        Of a saddle, that the second derivative along a move is negative; of a minimum, that it is positive along all
        moves that span the space together with those along which the loss is constant.
    times : TimeSum, optional
        The loss as a sum over t, for certificates; and so are the others.
    reduced : ClosedForm, optional
        It at matrices that permutations leave alone.
    cases : tuple of StationaryCase
        Where the stationary points are, and which second derivatives decide there.
    """

    loss: ClosedForm
    gradient: tuple[Identity, ...]
    signs: tuple[Sign, ...]
    times: TimeSum | None = None
    reduced: ClosedForm | None = None
    cases: tuple[StationaryCase, ...] = ()


@dataclass(frozen=True)
class Stability(Concluded):
    """Of which kind the stationary points are that permutations of the coordinates leave alone, for a range of sizes.

    It speaks of those below the loss of zero weights, and of the loss over all real matrices A and B of the active
    pair. That the signs which are handed over are those of second derivatives there, the derivation says: one that is
    no part of symicl concludes nothing by this kind.

    Attributes
    ----------
    saddle : bool
        True for strict saddles, False for local minima.
    at : dict
        Sizes with one value, such as ``{T: 4}``.
    size : symbol
        The one that has a range.
    least : int
    largest : int, optional
        By default there is no largest one.
    proof : SecondOrder, optional
        Where a derivation concludes.
    """

    saddle: bool
    at: Mapping[sympy.Symbol, int]
    size: sympy.Symbol
    least: int
    largest: int | None = None
    proof: SecondOrder | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "stability"
    needs_reading: ClassVar[bool] = True

    def __post_init__(self) -> None:
        numbers = [self.least, *([] if self.largest is None else [self.largest]), *self.at.values()]
        if any(not isinstance(k, int | sympy.Integer) or isinstance(k, bool) for k in numbers):
            raise InputError(f"the sizes {brief(numbers)} of a range are no integers; give such as least=3")
        if self.least < SMALLEST or (self.largest is not None and self.largest < self.least):
            raise InputError(
                f"a range of sizes begins at {SMALLEST} or above, and does not end before it begins"
            )

    @property
    def name(self) -> str:
        """Saddle or minimum, in words."""
        return "strict saddle" if self.saddle else "local minimum"

    @property
    def rule(self) -> str:
        if self.saddle:
            return "the gradient vanishes there, and the second derivative along a move is negative"
        return (
            "the gradient vanishes there, and the second derivative is positive along moves that span all together "
            "with those along which the loss is constant"
        )

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return {self.size, *self.at}

    def sentence(self, left: Mapping[str, str]) -> str:
        fixed = [f"${formula_latex(symbol)}={value}$" for symbol, value in self.at.items()]
        size, least, largest = formula_latex(self.size), self.least, self.largest
        if largest is None:
            range_ = rf"${size}\ge{least}$"
        else:
            range_ = f"${size}={least}$" if largest == least else rf"${least}\le {size}\le{largest}$"
        plural = "strict saddles" if self.saddle else "local minima"
        return (
            f"For {', '.join([*fixed, range_])} the stationary points of the loss among matrices $A$, $B$ that "
            f"permutations of the coordinates leave alone, with a loss below that of zero weights, are {plural} of the "
            "loss over all real $A$, $B$."
        )

    @property
    def excess(self) -> ClosedForm:
        return closed_form(0)

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if self.proof is None or terms:
            raise DerivationError(f"a {self.name} is concluded from derivatives; give them as proof=")
        if not self.proof.gradient or any(left != right for _, left, right in self.proof.gradient):
            raise DerivationError("the gradient is not shown to vanish")
        signs = self.proof.signs
        if not signs or not all(sign.holds and sign.parts[0][1] for sign in signs):
            raise DerivationError("a sign of the second derivative is not seen, or not strict")
        return Shown(Nonnegative(()), self.proof.gradient)

    def is_about(self, ties: Ties) -> bool:
        """True if what was concluded speaks of the loss of this model and task, or of half of it."""
        own = _loss(ties).closed_form
        return self.proof is not None and self.proof.loss in (own, own / 2)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        return self.saddle == other.saddle and self._common(other) == (self.least, self.largest)

    def _common(self, other: Stability) -> tuple[int, int | None] | None:
        """The range in both; None if there is none."""
        if (dict(self.at), self.size) != (dict(other.at), other.size):
            return None
        ends = [end for end in (self.largest, other.largest) if end is not None]
        least, largest = max(self.least, other.least), min(ends) if ends else None
        return None if largest is not None and largest < least else (least, largest)

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        known = [other for other in concluded if isinstance(other, Stability) and self._common(other)]
        if known and not known[0].is_about(ties):
            return Comparison(UNDECIDED, reason="the derivation concludes it for another loss")
        for other in known:
            common = self._common(other)
            if other.saddle != self.saddle and common is not None:
                sizes = {**self.at, self.size: common[0]}
                at = ", ".join(f"{symbol} = {value}" for symbol, value in sizes.items())
                return Comparison(REFUTED, witness=f"is false at {at}: there it is a {other.name}")
        if _covers([self._common(other) for other in known], self.least, self.largest):
            return Comparison(PROVED)
        return Comparison(
            UNDECIDED, reason=f"the derivation does not conclude a {self.name} for all these sizes"
        )

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        write_stability(self.saddle, self.size, writer.conclusion(self)[0].proof, writer, claim)

    def wrong_versions(self) -> Iterator[tuple[str, Stability]]:
        other = "minimum" if self.saddle else "saddle"
        yield f"a {self.name.split()[1]} → a {other}", replace(self, saddle=not self.saddle)
        if self.least > SMALLEST:
            yield "from one size earlier on", replace(self, least=self.least - 1)
            yield "from the smallest size on", replace(self, least=SMALLEST, largest=None)
        if self.largest is not None:
            yield "one more", replace(self, largest=self.largest + 1)
            yield "without an end", replace(self, largest=None)


def _covers(ranges: Sequence[tuple[int, int | None] | None], least: int, largest: int | None) -> bool:
    """True if all integers of a range are in one of these."""
    for low, high in sorted((r for r in ranges if r is not None), key=lambda r: r[0]):
        if low > least:
            return False
        if high is None or (largest is not None and high >= largest):
            return True
        least = max(least, high + 1)
    return False


@dataclass(frozen=True)
class NotStationary(FromFields):
    """The loss over all real matrices A and B is stationary at no multiples of the identity, with an exception.

    It is computed: an entry of the gradient is a positive number times powers of the numbers that differ from zero.

    Attributes
    ----------
    at : dict
        From the names of both matrices to the symbols of the numbers that multiply I, such as ``{"A": a, "B": b}``.
    nonzero : tuple of symbols
        The numbers that are not zero; without one of them the loss may be stationary.
    masked : bool
        True if derivatives by entries off the diagonal do not count.
    """

    at: Mapping[str, sympy.Symbol]
    nonzero: tuple[sympy.Symbol, ...]
    masked: bool = False

    kind: ClassVar[str] = "no stationary point"

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return {*self.at.values(), *self.nonzero}

    def sentence(self, left: Mapping[str, str]) -> str:
        places = ", ".join(f"${name}={formula_latex(number)}I$" for name, number in self.at.items())
        product = "".join(formula_latex(x) for x in self.nonzero)
        unless = rf" with ${product}\neq0$" if self.nonzero else ""
        mask = ", with its gradient off the diagonal masked," if self.masked else ""
        over = f"the loss over all real {_listed(self.at)}{mask}"
        return rf"For $d\ge{SMALLEST}$ {over} is stationary at no {places}{unless}."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        numbers = set(self.at.values())
        if set(self.at) != {"A", "B"} or not set(self.nonzero) <= numbers:
            raise InputError(
                'give the numbers of both matrices, at={"A": a, "B": b}, and those of them that are not zero'
            )
        loss, diagonals = _loss(ties), (True,) if self.masked else (False, True)
        gradient = [
            loss.entry_derivative(name, dict(self.at), diagonal=diagonal).closed_form
            for diagonal in diagonals
            for name in self.at
        ]
        sizes = [ties.task.symbols()[name] for name in ("d", "T")]
        free = [x for x in self.at.values() if x not in self.nonzero]
        if _never_vanish([_at_any_length(form, sizes[1]) for form in gradient], self.nonzero, free):
            return Comparison(PROVED)
        for values in self._places(gradient, sizes):
            try:
                is_stationary = all(evaluate(derivative.expr, values) == 0 for derivative in gradient)
            except SymiclError:  # the law has letters of its own
                continue
            if is_stationary:
                at = instance_text(dict(sorted(values.items(), key=lambda pair: str(pair[0]))))
                return Comparison(REFUTED, witness=f"is false at {at}: there it is stationary")
        return Comparison(UNDECIDED, reason="no derivative is seen to differ from zero")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        loss, size = _loss(writer.ties), writer.ties.task.symbols()["T"]
        slopes = [
            writer.recorded(partial(self._slope, loss, name, diagonal))
            for diagonal in ((True,) if self.masked else (False, True))
            for name in self.at
        ]
        seen = [
            (times, form)
            for times, form in slopes
            if _differs_from_zero(_at_any_length(form, size), self.nonzero)
        ]
        total = writer.sum_over_time(*seen[0]) if seen else 0
        if not total:
            raise UnsupportedError("the checkers see by one derivative that a loss is not stationary")
        writer.emit(
            "not_stationary",
            claim=claim,
            of=total,
            nonzero=[writer.letter_id(scalar_letter(x)) for x in self.nonzero],
        )

    def _slope(self, loss: AutoregressiveLoss, name: str, diagonal: bool) -> tuple[TimeSum, ClosedForm]:
        """The derivative in an entry, as a sum over t and in closed form."""
        times = loss.entry_derivative(name, dict(self.at), diagonal=diagonal)
        return times, times.closed_form

    def _places(
        self, gradient: Sequence[ClosedForm], sizes: Sequence[sympy.Symbol]
    ) -> Iterator[dict[sympy.Basic, Any]]:
        """Sizes and numbers at which it is tried: zeros where they are allowed, and roots in the last number."""
        first, last = self.at.values()
        for at in (
            {sizes[0]: sympy.Integer(SMALLEST + k), sizes[1]: sympy.Integer(FIRST_LENGTH + k)}
            for k in range(2)
        ):
            if not self.nonzero:
                yield {**at, first: sympy.Integer(0), last: sympy.Integer(0)}
            there = {**at, first: sympy.Integer(1)}
            for derivative in gradient:
                in_last = derivative.expr.xreplace(there).doit()
                for root in sympy.roots(in_last, last) if in_last.has(last) else ():
                    if root.is_Rational and (root != 0 or last not in self.nonzero):
                        yield {**there, last: root}

    def wrong_versions(self) -> Iterator[tuple[str, NotStationary]]:
        yield "without the exception", replace(self, nonzero=())
        yield "in the entries on the diagonal alone", replace(self, masked=not self.masked)


def _never_vanish(
    forms: Sequence[ClosedForm], nonzero: Sequence[sympy.Symbol], free: Sequence[sympy.Symbol]
) -> bool:
    """True if it is seen that some form differs from zero, whatever the numbers are; case by case for the free ones."""
    if any(_differs_from_zero(form, nonzero) for form in forms):
        return True
    if not free:
        return False
    x, *others = free
    at_zero = [form.substitute({scalar_letter(x): closed_form(0)}) for form in forms]
    return _never_vanish(at_zero, nonzero, others) and _never_vanish(forms, [*nonzero, x], others)


def _differs_from_zero(form: ClosedForm, nonzero: Sequence[sympy.Symbol]) -> bool:
    """True for powers of what is not zero, times what is seen to have a sign."""
    parts = by_words(form, lambda word: MEANING[word[0]] in nonzero)
    if len(parts) != 1:
        return False
    (coefficient,) = parts.values()
    try:
        return is_positive(coefficient) or is_positive(-coefficient)
    except UnsupportedError:  # a number without a sign
        return False


def _at_any_length(form: ClosedForm, length: sympy.Symbol) -> ClosedForm:
    """With letters for what is above the least value: of harmonic numbers, which are at least 1, and of the length."""
    sums = [a for a in form.letters() if isinstance(MEANING[a], sympy.harmonic)]
    above = [read_form(scalar(f"{MEANING[a]} above 1", nonnegative=True)) + 1 for a in sums]
    form = form.substitute(dict(zip(sums, above, strict=True)))
    return form.substitute({scalar_letter(length): read_form(LONGER) + FIRST_LENGTH - 1})


def _loss(ties: Ties) -> AutoregressiveLoss:
    """The loss over all real A and B, derived from model and task.

    Raises
    ------
    InputError
        If the model has no such pair.
    """
    if ties.task.shows != "sequence" or PAIR not in ties.model.families():
        raise InputError(
            "this is said of a model of sequences with an active pair A, B, such as CausalLinearAttention"
        )
    found = expected_loss(ties.model, ties.task, family=PAIR)
    assert isinstance(found, AutoregressiveLoss)
    return found


def _listed(names: Mapping[str, Any]) -> str:
    return " and ".join(f"${name}$" for name in names)
