"""Which active pairs of a model of sequences attain the least loss, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, permutations
from typing import Any, ClassVar

import sympy

from symicl.algebra import MEANING, ClosedForm, closed_form, exact_scalar, read_form, scalar, scalar_letter
from symicl.errors import DerivationError
from symicl.expectation import EntrySum, FullMatrix, GivenMoments, given_moments, kappa_law
from symicl.numeric import evaluate
from symicl.statements.comparison import Comparison, show
from symicl.statements.kinds.concluded import Shown
from symicl.statements.kinds.conditions import conditions
from symicl.statements.kinds.exact_minimisers import MinimalExactlyWhere
from symicl.statements.kinds.fields import as_form
from symicl.statements.kinds.pair_minimiser_entry import write_pair_minimisers
from symicl.statements.proposition import PropositionWriter
from symicl.statements.ties import Ties
from symicl.tasks import Task
from symicl.theory import (
    COORDINATES,
    Nonnegative,
    at_coordinates,
    autoregressive_loss,
    entry_symbol,
    indices_in,
    mean_of_coordinates,
    sum_over_times,
)
from symicl.verdicts import REFUTED, UNDECIDED

m2, k1, k2, mu, nu = (
    sympy.Symbol(name, nonnegative=True) for name in ("m_2", "kappa_1", "kappa_2", "mu", "nu")
)
LAWS: tuple[tuple[str, tuple[sympy.Rational, ...]], ...] = tuple(
    (name, tuple(map(sympy.Rational, values)))
    for name, values in (
        ("independent Gaussian coordinates", (1, 3, 15, 3, 1)),
        ("independent random signs", (1, 1, 1, 1, 1)),
        ("one coordinate that is not zero", ("1/2", "1/2", "1/2", 0, 0)),
    )
)
"""Moments m_2, κ_1, κ_2, μ, ν of two coordinates of x_1."""


@dataclass(frozen=True)
class PairMinimalExactlyWhere(MinimalExactlyWhere):
    """The loss of the active pair A, B has its least value where equations between their entries hold, nowhere else.

    For laws of x_1 that are exchangeable, without moments with an odd exponent, and not zero. The moments are
    κ_1 = E x_j⁴ and κ_2 = E x_j⁶, both > 0, μ = E x_j²x_r⁴, which is κ_3/(d − 1), and ν = E x_j²x_r²x_s². The evidence
    is that of `MinimalExactlyWhere` in letters for κ_2 − μ, (T − 2) − H, H − H⁽²⁾ and H⁽²⁾ with H the harmonic number
    of T − 2: they are means of squares and sums of terms that are not negative, which is computed; H⁽²⁾ > 0, and
    (T − 2) − H > 0 if T > 3.

    Attributes
    ----------
    factor : Fraction
        In front of the mean square error in the loss.
    task : Task, optional
        Where a derivation concludes; its law is given by all of these moments.
    """

    factor: Fraction = Fraction(1)
    task: Any = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "exact set of minimisers of the active pair"

    def sentence(self, left: Mapping[str, str]) -> str:
        said = (
            super()
            .sentence(left)
            .replace("the loss has", "the loss of real $A$, $B$ with the other blocks zero has", 1)
        )
        return said.replace("The loss has", "The loss of real $A$, $B$ with the other blocks zero has", 1)

    # --- letters -------------------------------------------------------------------------------------

    @cached_property
    def letters_put(self) -> dict[sympy.Basic, ClosedForm]:
        """The values that are put for T, harmonic numbers and moments: letters that are positive, or not negative.

        Raises
        ------
        DerivationError
            If no task is given.
        """
        if self.task is None:
            raise DerivationError("minimisers of the active pair are concluded for a task; give it as task=")
        T, fixed = self.task.T, self.place("at")
        is_sparse = fixed.get(mu) == 0
        few = closed_form(0) if is_sparse else _letter("mu'", True)
        apart = _letter("e", is_sparse)
        held, part = _letter("h", True), _letter("q", False) + 1
        lengths, others = held + _gap(), (read_form(self.task.d) - 1) * few
        return {
            sympy.harmonic(T - 2): held,
            sympy.harmonic(T - 2, 2): held / part,
            T: lengths + 2,
            # κ_1 and ν are positive multiples of other letters, so that no fractions are left.
            k1: _letter("u'", True) * (lengths * (few + apart) + others * held),
            k2: few + apart,
            mu: few,
            nu: closed_form(0) if nu in fixed else _letter("nu'", False) * part,
            sympy.Symbol("kappa_3", nonnegative=True): others,
        }

    def positive(self) -> list[ClosedForm]:
        T = self.task.T
        found = [_gap() if form == read_form(T - 3) else self.placed(form) for form in self._given]
        return [*found, *(one * other for one, other in combinations(found, 2))]

    @property
    def _given(self) -> list[ClosedForm]:
        return conditions(self.given, {})[0]

    def placed(self, form: ClosedForm) -> ClosedForm:
        """In these letters, with the values of symbols put in for which it is said."""
        return form.substitute({scalar_letter(s): value for s, value in self.letters_put.items()})

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        place = self.place("at")
        is_placed = not place or place == {mu: 0, nu: 0}
        is_given = mu in place or mu in self.given
        if self.letters_put and not (is_placed and is_given and _is_compared(self.task)):
            raise DerivationError(
                "the moments and the harmonic numbers are not compared as these letters say"
            )
        return super().verify(terms)

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        said = replace(self, task=_in_all_moments(writer.ties.task), loss=None)
        said = replace(said, loss=said.own_loss(writer.ties))
        choices = [replace(said, given=choice) for choice in said.choices()]
        write_pair_minimisers(said, choices, writer, claim)

    # --- the own loss --------------------------------------------------------------------------------

    def own_loss(self, ties: Ties) -> ClosedForm:
        if self.loss is not None:
            return self.loss
        pair = ties.model.active(FullMatrix("A"), FullMatrix("B"))
        return autoregressive_loss(ties.model, self.task, pair, factor=self.factor).closed_form

    def _speaks_of_parameters(self, ties: Ties, claims: Mapping[str, sympy.Basic]) -> bool:
        return any(isinstance(MEANING[a], EntrySum) for a in self.form("value", claims).letters())

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Any] = ()
    ) -> Comparison:
        task = _in_all_moments(ties.task)
        if task is None:
            return Comparison(UNDECIDED, reason="the law of $x_1$ is not given by $m_2$, κ_1, κ_2 and κ_3")
        own = [other for other in concluded if type(other) is type(self) and other.factor == self.factor]
        said = replace(self, task=task, loss=None)
        return MinimalExactlyWhere.judge(replace(said, loss=said.own_loss(ties)), claims, ties, own)

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        loss = self.own_loss(ties)
        for place in _places(self.task):
            law, moments = place
            if not self._is_said_of(moments, claims):
                continue
            product = self._product(ties, moments)
            value = evaluate(self.form("value", claims).expr, moments)
            for A, B in _pairs(product):
                gap = evaluate(_at(loss, A, B).expr, moments) - value
                holds = self._holds_at(A, B, moments, claims)
                if holds != (gap == 0):
                    where = f"T = {moments[self.task.T]}, {law}, A = {show_rows(A)}, B = {show_rows(B)}"
                    these = "hold" if holds else "do not hold"
                    return Comparison(
                        REFUTED,
                        witness=f"is false at d = 2, {where}: the loss is {show(gap)} above that value, and the "
                        f"equations {these}",
                    )
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def _is_said_of(self, moments: Mapping[Any, Any], claims: Mapping[str, sympy.Basic]) -> bool:
        """True at numbers for which it is said."""
        if any(evaluate(s - v, moments) != 0 for s, v in self.place("at").items()):
            return False
        parts = (conditions([condition], claims)[0] for condition in self.given)
        return all(any(evaluate(form.expr, moments) > 0 for form in forms) for forms in parts)

    def _product(self, ties: Ties, moments: Mapping[Any, Any]) -> sympy.Expr:
        """The ab at which the loss of A = aI, B = bI is least."""
        loss, d = self.own_loss(ties), 2
        values = [
            evaluate(_at(loss, _multiple(sympy.Integer(1), d), _multiple(b, d)).expr, moments)
            for b in map(sympy.Integer, (-1, 0, 1))
        ]
        return sympy.Rational(values[0] - values[2], 2 * (values[0] + values[2] - 2 * values[1]))

    def _holds_at(
        self, A: Any, B: Any, moments: Mapping[Any, Any], claims: Mapping[str, sympy.Basic]
    ) -> bool:
        """True if the equations hold for two matrices."""
        table = {
            scalar_letter(entry_symbol(name, str(i), str(j))): closed_form(rows[i][j])
            for name, rows in (("A", A), ("B", B))
            for i in range(2)
            for j in range(2)
        }
        for one, other in self.equations.items():
            gap = read_form(one) - as_form(other, claims)
            names = sorted(indices_in(gap))
            for at in permutations("01", len(names)):
                there = at_coordinates(gap, dict(zip(names, at, strict=True))).substitute(table)
                if evaluate(there.expr, moments) != 0:
                    return False
        return True

    def wrong_versions(self) -> Iterator[tuple[str, PairMinimalExactlyWhere]]:
        for one, other in self.equations.items():
            rest = {left: right for left, right in self.equations.items() if left != one}
            yield f"another value of {one}", replace(self, equations={**rest, 2 * one + 1: other})
            if isinstance(other, sympy.Basic) and other != 0:
                yield f"{one} with the other sign", replace(self, equations={**rest, one: -other})
            if rest:
                yield f"{one} free", replace(self, equations=rest)
        for condition in self.given:
            given = tuple([c for c in self.given if c != condition])
            yield f"without the condition {condition}", replace(self, given=given)


def _letter(name: str, is_positive: bool) -> ClosedForm:
    """A letter that is positive, or not negative."""
    return read_form(scalar(name, positive=True) if is_positive else scalar(name, nonnegative=True))


def _gap() -> ClosedForm:
    """(T − 2) − H as a letter."""
    return _letter("g", False)


def _is_compared(task: Any) -> bool:
    """True if κ_2 − μ is a mean of squares, and (T − 2) − H and H − H⁽²⁾ are sums of terms that are not negative."""
    x, y, _ = map(read_form, COORDINATES)
    spread = mean_of_coordinates(x**2 - y**2, task.law, (x**2 + y**2) / 2)
    N, held, second = task.T - 2, sympy.harmonic(task.T - 2), sympy.harmonic(task.T - 2, 2)
    sums = (({0: 1, -1: -1}, N - held), ({-1: 1, -2: -1}, held - second), ({-2: 1}, second))
    alike = all(sum_over_times(terms, task.last).form == read_form(form) for terms, form in sums)
    return alike and spread.form == read_form(k2 - mu)


def _in_all_moments(task: Any) -> Task | None:
    """The task with μ and ν among the moments of its law; None if that is not given by the others."""
    law, under = getattr(task, "law", None), getattr(task, "under", None)
    if under is None or not isinstance(law, GivenMoments) or not law.symmetric or law != kappa_law(task.d):
        return None
    known: dict[tuple[int, ...] | int, Any] = {2: m2, 4: k1, 6: k2, (4, 2): mu, (2, 2, 2): nu}
    found: Task | None = under(given_moments(task.d, known))
    return found


def _places(task: Any) -> Iterator[tuple[str, dict[Any, Any]]]:
    """Laws with the values of all symbols, for d = 2 and short sequences."""
    for law, values in LAWS:
        for length in (3, 4):
            moments: dict[Any, Any] = dict(zip((m2, k1, k2, mu, nu), values, strict=True))
            moments[sympy.Symbol("kappa_3", nonnegative=True)] = moments[mu]
            yield law, moments | {task.d: sympy.Integer(2), task.T: sympy.Integer(length)}


def _multiple(number: Any, size: int) -> list[list[Any]]:
    return [[sympy.Integer(0) if i != j else number for j in range(size)] for i in range(size)]


def _pairs(u: sympy.Expr) -> Iterator[tuple[Any, Any]]:
    """Pairs of matrices: minimisers, and others."""

    def rows(*entries: Any) -> list[list[Any]]:
        a, b, c, d = (exact_scalar(entry, "an entry") for entry in entries)
        return [[a, b], [c, d]]

    yield rows(1, 0, 0, 1), rows(u, 0, 0, u)
    yield rows(2, 0, 0, -2), rows(u / 2, 0, 0, -u / 2)
    yield rows(1, 0, 0, 2), rows(u, 0, 0, u / 2)
    yield rows(1, 0, 0, 2), rows(2 * u / 5, 0, 0, 4 * u / 5)
    yield rows(1, 3, 0, 1), rows(u, 0, 0, u)
    yield rows(1, 0, 0, 1), rows(u, 1, 0, u)
    yield rows(1, 0, 0, 1), rows(-u, 0, 0, -u)
    yield rows(1, 0, 0, 1), rows(2 * u, 0, 0, u)
    yield rows(0, 0, 0, 0), rows(1, 0, 0, 1)


def _at(loss: ClosedForm, A: Any, B: Any) -> ClosedForm:
    """A loss in sums over coordinates at two matrices."""
    meanings: dict[int, Any] = {a: MEANING[a] for a in loss.letters()}
    sums = {
        a: closed_form(meaning.value(2, {"A": A, "B": B}))
        for a, meaning in meanings.items()
        if isinstance(meaning, EntrySum)
    }
    return loss.substitute(sums)


def show_rows(rows: Any) -> str:
    """A matrix as text."""
    return "[" + ",".join("[" + ",".join(map(str, row)) + "]" for row in rows) + "]"
