"""The least loss over weights in which one matrix has at most a given rank, such as the number of heads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    PositivePart,
    closed_form,
    read_form,
    scalar_letter,
)
from symicl.errors import DerivationError, InputError, SymiclError, brief
from symicl.expectation import EntrySum, FullMatrix, PositionalWeights, blocks_of
from symicl.numeric import evaluate, instances
from symicl.statements.comparison import Comparison, instance_text, show
from symicl.statements.kinds.concluded import Concluded, Shown
from symicl.statements.kinds.fields import Stated
from symicl.statements.kinds.least_by_rank_entry import write_least_by_rank
from symicl.statements.kinds.own_loss import FIRST_TIME, loss_at_one_time, parameters_at_one_time
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import RANGE, Nonnegative, Projector, Vanishing, add_up, is_nonnegative
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

TRIED = 40
"""Instances at which two values are compared."""
SERVED = sympy.Symbol("number of heads that serve", nonnegative=True)
MORE = sympy.Symbol("ranks more", nonnegative=True)
MEAN_SQUARE = "a loss is a mean square, and never negative"


@dataclass(frozen=True)
class RankBound:
    """The evidence for a least loss over weights of bounded rank.

    With the projector Π on the range of C, the loss less the bound at the rank tr Π is a sum of terms that are not
    negative and of some that vanish; and m heads, each serving one coordinate, or one pair of them, have as their loss
    the bound at the rank m.

    Attributes
    ----------
    loss : ClosedForm
        In sums of entries of C and in the other weights.
    projector : Projector
        On the range of C.
    vanishing : tuple of Vanishing
    weights : dict
        Values of the last positional weights at which m heads attain the bound; all others are zero.
    """

    loss: ClosedForm
    projector: Projector
    vanishing: tuple[Vanishing, ...]
    weights: Mapping[sympy.Symbol, sympy.Rational]

    def __post_init__(self) -> None:
        if any(type(v) is not Vanishing or v.projector != self.projector for v in self.vanishing):
            raise DerivationError(
                "what vanishes has to be made by the projector that the bound is shown with"
            )


@dataclass(frozen=True)
class LeastByRank(Concluded):
    """The least loss over all weights in which a matrix has at most a given rank, at each time from the first one on.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
        Such as ``PositivePart(d - H)``.
    rank : SymPy scalar
        Such as H.
    matrix : str
        The name of the matrix among the effective parameters.
    since : int
        The first time.
    attained : bool
        True if some weights attain it.
    proof : RankBound, optional
        Where a derivation concludes; the rank is then a symbol.
    """

    value: Stated
    rank: Stated
    matrix: str = "C"
    since: int = FIRST_TIME
    attained: bool = True
    proof: RankBound | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "least loss by rank"
    expressions = ("value", "rank")

    def __post_init__(self) -> None:
        if isinstance(self.rank, str):
            raise InputError(f"the rank {brief(self.rank)} is a name; give an expression, such as H")
        if not isinstance(self.since, int) or isinstance(self.since, bool):
            raise InputError(f"since={brief(self.since)} is no time; give an integer, such as since=2")

    @property
    def rule(self) -> str:
        return (
            "with the projector on the range of the matrix, the loss less the bound at its rank is a sum of terms that "
            "are not negative; heads that serve one coordinate, or one pair, each attain it"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (RANGE, MEAN_SQUARE)

    def sentence(self, left: Mapping[str, str]) -> str:
        value, rank = (self.latex(name, left) for name in self.expressions)
        where = rf"with $\operatorname{{rank}}{self.matrix}\le {rank}$"
        if self.attained:
            return (
                rf"For every $T\ge{self.since}$ the least loss over all weights {where} is ${value}$, and some of them "
                "attain it."
            )
        return (
            rf"For every $T\ge{self.since}$ the infimum of the loss over all weights {where} is ${value}$, and no "
            "weights attain it."
        )

    # --- what a derivation concludes --------------------------------------------------------------------

    @property
    def _proof(self) -> RankBound:
        if self.proof is None:
            raise DerivationError("a least loss by rank is concluded from a bound; give it as proof=")
        if self.proof.projector.matrix != self.matrix:
            raise DerivationError(f"the projector is not that on the range of {self.matrix}")
        return self.proof

    def _bound_at(self, rank: ClosedForm) -> ClosedForm:
        """The bound at a rank; the value is its positive part."""
        value, number = self.expression("value", {}), self.rank
        if not isinstance(value, PositivePart) or not isinstance(number, sympy.Symbol):
            raise DerivationError(
                "a least loss by rank is concluded as the positive part of a bound, at a symbol"
            )
        return read_form(value.args[0]).substitute({scalar_letter(number): rank})

    @property
    def excess(self) -> ClosedForm:
        proof = self._proof
        vanishing = sum((part.form for part in proof.vanishing), closed_form(0))
        return proof.loss - self._bound_at(proof.projector.rank) - vanishing

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if self.since < FIRST_TIME or not self.attained:
            raise DerivationError(
                "a least loss by rank is attained, and there is none before the first prediction"
            )
        proof, m, d = self._proof, read_form(SERVED), read_form(self._proof.projector.d)
        shown = add_up(self.excess, terms)
        if not is_nonnegative(self._bound_at(m) - self._bound_at(m + read_form(MORE))):
            raise DerivationError("the bound is not seen to fall as the rank grows")
        together = 2 if proof.projector.paired else 1
        if at_heads(proof.loss, self.matrix, together, proof.weights) != self._bound_at(m):
            raise DerivationError("the loss of heads that serve one coordinate or pair each is not the bound")
        if self._bound_at(d / together):
            raise DerivationError("the bound is not zero where heads serve all coordinates")
        return Shown(shown)

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        write_least_by_rank(self, writer, claim)

    # --- what a theorem states ----------------------------------------------------------------------------

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        if not isinstance(parameters_at_one_time(ties).get(self.matrix), FullMatrix):
            raise InputError(f"{self.matrix} is no free matrix among the effective parameters of the model")
        if self.since < FIRST_TIME:
            return Comparison(
                REFUTED,
                witness=f"is false at T = {self.since}: there the model predicts nothing, its first prediction is at "
                f"T = {FIRST_TIME}",
            )
        for other in concluded:
            if isinstance(other, LeastByRank) and other.matrix == self.matrix and other.is_about(ties):
                return self._against(other, claims, ties)
        return self.decide(claims, ties)

    def is_about(self, ties: Ties) -> bool:
        """True if what was concluded speaks of the loss of this model and task, and of its positional weights."""
        proof, task = self._proof, ties.task
        rows = (p for p in parameters_at_one_time(ties).values() if isinstance(p, PositionalWeights))
        last = {p.last(k) for p in rows for k in range(p.separate)}
        same = (proof.projector.d, proof.projector.paired) == (task.d, task.paired)
        return same and last >= set(proof.weights) and proof.loss == loss_at_one_time(ties)

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        return self._against(other, claims, ties).status == PROVED

    def _against(self, other: LeastByRank, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        """Compared with what the derivation concludes, at the rank that is stated."""
        assert isinstance(other.rank, sympy.Symbol)
        stated, rank = (self.expression(name, claims) for name in self.expressions)
        true = other.expression("value", {}).xreplace({other.rank: rank})
        if read_form(true) == read_form(stated):
            if self.attained:
                return Comparison(PROVED)
            return Comparison(REFUTED, witness="is false: some weights of this rank attain it")
        for at in self._instances(rank, (true, stated), ties):
            least, said = (evaluate(form, at) for form in (true, stated))
            if least != said:
                where = instance_text(at)
                return Comparison(
                    REFUTED,
                    witness=f"is false at {where}: there the least loss is {show(least)}, not {show(said)}",
                )
        return Comparison(UNDECIDED, reason="equal on all instances tried, but no proof was found")

    def decide(self, claims: Mapping[str, sympy.Basic], ties: Ties) -> Comparison:
        """Refuted by heads, each serving one coordinate or pair, whose loss is below the value."""
        stated, rank = (self.expression(name, claims) for name in self.expressions)
        loss, together = loss_at_one_time(ties), 2 if ties.task.paired else 1
        there = at_heads(loss, self.matrix, together, last_weights(ties, together)).expr
        for at in self._instances(rank, (stated,), ties):
            heads = sympy.Min(evaluate(rank, at), at[ties.task.d] / together)
            value, said = evaluate(there.subs(SERVED, heads), at), evaluate(stated, at)
            if bool(value < said):
                where = instance_text(at)
                return Comparison(
                    REFUTED,
                    witness=f"is false at {where}: {heads} heads have the loss {show(value)}, not {show(said)}",
                )
        return Comparison(UNDECIDED, reason=f"the derivation does not conclude this {self.kind}")

    def _instances(
        self, rank: sympy.Basic, forms: Sequence[sympy.Basic], ties: Ties
    ) -> Iterator[dict[sympy.Basic, Any]]:
        """Exact values of the symbols of some forms at which the task exists and the rank is not below zero."""
        d = ties.task.d
        symbols = sorted({d, *rank.free_symbols}.union(*(form.free_symbols for form in forms)), key=str)
        for point in instances(symbols, limit=TRIED):
            at = {symbol: point[symbol] for symbol in symbols}
            try:
                is_rank = bool(evaluate(rank, at) >= 0)
            except (SymiclError, ZeroDivisionError):
                continue
            if is_rank and not (ties.task.paired and at[d] % 2):
                yield at

    def wrong_versions(self) -> Iterator[tuple[str, LeastByRank]]:
        yield "attained → not attained", replace(self, attained=not self.attained)
        yield "from one time earlier on", replace(self, since=self.since - 1)
        if isinstance(self.rank, sympy.Basic):
            yield "a rank one less", replace(self, rank=self.rank - 1)
            yield "a rank one more", replace(self, rank=self.rank + 1)
            yield "twice the rank", replace(self, rank=2 * self.rank)
        if isinstance(self.value, sympy.Basic):
            yield "one more", replace(self, value=self.value + 1)
            yield "half of it", replace(self, value=self.value / 2)


def last_weights(ties: Ties, together: int) -> dict[sympy.Symbol, sympy.Rational]:
    """p_T = 1, and p_{T−1} = −½ for pairs: where `LeastByRank.decide` looks for a counterexample."""
    rows = [p for p in parameters_at_one_time(ties).values() if isinstance(p, PositionalWeights)]
    return {
        w.last(k): x for w in rows for k, x in enumerate((sympy.Integer(1), sympy.Rational(1 - together, 2)))
    }


def at_heads(
    loss: ClosedForm, matrix: str, together: int, weights: Mapping[sympy.Symbol, sympy.Rational]
) -> ClosedForm:
    """The loss of C = Σ_l v_l v_lᵀ over m coordinates or pairs l, whose indicators are the v_l, of rank m.

    Parameters
    ----------
    loss : ClosedForm
        In sums of entries of C, the number d of coordinates and positional weights.
    matrix : str
        The name of C.
    together : int
        1 for single coordinates, 2 for pairs.
    weights : dict
        The last positional weights that are not zero.

    Raises
    ------
    DerivationError
        If something else occurs in the loss.
    """
    m = read_form(SERVED)
    table = {scalar_letter(x): read_form(value) for x, value in weights.items()}
    for a in loss.letters():
        meaning: Any = MEANING[a]
        if isinstance(meaning, EntrySum):
            if meaning.distinct or any(f.name != matrix or len(f.nodes) != 2 for f in meaning.factors):
                raise DerivationError(
                    f"the loss contains {meaning}, and not only sums of entries of {matrix}"
                )
            off = together == 1 and any(len({s for _, s in f.nodes}) > 1 for f in meaning.factors)
            # All indices lie in one pair, or are one coordinate.
            table[a] = closed_form(0) if off else m * together ** len(blocks_of(meaning.factors))
        elif a not in table and isinstance(meaning, sympy.Symbol) and not meaning.is_integer:
            table[a] = closed_form(0)
    return loss.substitute(table)
