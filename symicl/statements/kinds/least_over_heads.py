"""The least loss over any number of heads, whose predictions are added, and how many of them attain it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import ClosedForm, closed_form, homogeneous
from symicl.errors import DerivationError, InputError, UnsupportedError
from symicl.expectation import Gaussian, average
from symicl.models import Model
from symicl.statements.comparison import Comparison, compare
from symicl.statements.kinds.concluded import Concluded, Identity, Shown
from symicl.statements.kinds.fields import Stated
from symicl.statements.kinds.instances import falls_below
from symicl.statements.kinds.loss_bound import LossAtLeast
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.tasks import PromptTask
from symicl.theory import Nonnegative, expected_loss, is_nonnegative
from symicl.verdicts import PROVED, REFUTED, UNDECIDED

ORTHONORMAL = (
    r"$\sum_h q_h^{\top}Aq_h=\operatorname{tr}A=\mathbb{E}[q^{\top}Aq]$ for an orthonormal basis $q_1,\dots,q_d$, "
    r"$q\sim N(0,I)$ and every $A$"
)


@dataclass(frozen=True, eq=False)
class SumOfHeads:
    """A prediction that heads attain together, as evidence that no number of heads has a smaller loss.

    Attributes
    ----------
    model : Model
        One head; with ``heads=2`` it adds two.
    task : PromptTask
    best : ClosedForm
        The prediction.
    single : tuple of dict
        Weights of one head each.
    basis : dict
        Weights of a head that has a vector q; there is one of them for each vector of an orthonormal basis.
    vector : Gaussian
        The letter q, standard normal.
    """

    model: Model
    task: PromptTask
    best: ClosedForm
    single: tuple[Mapping[str, Any], ...]
    basis: Mapping[str, Any]
    vector: Gaussian

    def prediction(self, weights: Mapping[str, Any]) -> ClosedForm:
        """Of one head at weights."""
        found = self.model.forward(weights, self.task.prompt()).single().trace()
        return self.task.centred(found)

    @property
    def loss(self) -> ClosedForm:
        """The mean square of what this prediction misses, by the target: that is orthogonal to the prediction, as a sum
        of heads."""
        target = self.task.target()
        return self.task.expectation((target - self.best) * target)

    def averages(self) -> tuple[ClosedForm, ...]:
        """Of what is missed, times the prediction of a head, and times the target; over the vector, of the head that
        has it, in the letters of the prompt; and the prediction, in the letters of the data."""
        rest = self.task.target() - self.best
        one = self.task.centred(expected_loss(self.model, self.task).prediction)
        plain = self.model.forward(self.basis, self.task.prompt()).single().trace()
        known: Mapping[int, ClosedForm] = getattr(self.task, "definitions", {})
        own = {a: form for a, form in known.items() if a in self.best.letters()}
        missed = self.task.expectation(rest * one)
        return missed, self.loss, average(plain, [self.vector]), self.best.substitute(own)

    def identities(self) -> list[Identity]:
        """That predictions add up, what is missed is orthogonal to all heads, and these heads attain the prediction.

        Raises
        ------
        DerivationError
            If one of them does not hold.
        """
        rest = self.task.target() - self.best
        one = self.task.centred(expected_loss(self.model, self.task).prediction)
        of_basis = self.prediction(self.basis)
        alone = sum(map(self.prediction, self.single), closed_form(0))
        zero = closed_form(0)
        found = [
            ("two heads predict the sum of what each predicts", *self._two_heads()),
            (
                "what is missed is orthogonal to the prediction of a head, for all its weights",
                self.task.expectation(rest * one),
                zero,
            ),
            (
                "the heads of a basis are quadratic forms in its vectors",
                homogeneous(of_basis, [self.vector.letter], 2),
                of_basis,
            ),
            (
                "their sum and the other heads make this prediction",
                average(of_basis, [self.vector]) + alone,
                self.best,
            ),
        ]
        for claim, left, right in found:
            if left != right:
                raise DerivationError(f"this does not hold: {claim}")
        return found

    def _two_heads(self) -> tuple[ClosedForm, ClosedForm]:
        """The prediction of two heads, and the sum of those of each, whose weights are called by its number."""
        two = replace(self.model, heads=2)  # type: ignore[type-var]
        weights = two.symbolic_weights(**two.sizes_on(self.task))
        together = two.forward(weights, self.task.prompt()).single().trace()
        each = (
            {name.removesuffix(h): value for name, value in weights.items() if name.endswith(h)}
            for h in ("_1", "_2")
        )
        apart = (self.model.forward(own, self.task.prompt()).single().trace() for own in each)
        return together, sum(apart, closed_form(0))


@dataclass(frozen=True)
class LeastOverHeads(Concluded):
    """A value is the least loss over any number of heads and all their weights; so many heads attain it.

    A derivation concludes it from one prediction: what it misses of the target is orthogonal to the prediction of every
    head, so that each sum of heads misses more, by the mean square of their distance; and heads attain it.

    Attributes
    ----------
    value : SymPy scalar, or the name of a stated quantity
    heads : SymPy scalar
        A number of heads.
    attained : bool
        False for an infimum that no heads attain.
    proof : SumOfHeads, optional
        Where a derivation concludes.
    """

    value: Stated
    heads: Stated
    attained: bool = True
    proof: SumOfHeads | None = field(default=None, compare=False, repr=False)

    kind: ClassVar[str] = "least loss over heads"
    expressions = ("value", "heads")

    @property
    def rule(self) -> str:
        return (
            "what one prediction misses is orthogonal to the prediction of every head, for all weights, and heads "
            "attain this prediction"
        )

    @property
    def axioms(self) -> tuple[str, ...]:
        return (ORTHONORMAL,)

    def sentence(self, left: Mapping[str, str]) -> str:
        value, heads = (self.latex(name, left) for name in self.expressions)
        if self.attained:
            return (
                f"Over any number of heads and all their weights the least loss is ${value}$, and ${heads}$ heads "
                "attain it."
            )
        over = "Over any number of heads and all their weights"
        return f"{over} the infimum of the loss is ${value}$, and none attain it."

    @property
    def excess(self) -> ClosedForm:
        if self.proof is None:
            raise DerivationError("a least loss over heads is concluded from a prediction; give it as proof=")
        return self.proof.loss - self.form("value", {})

    def verify(self, terms: Sequence[Nonnegative]) -> Shown:
        if not self.attained or self.excess != closed_form(0):
            raise DerivationError("the loss of the prediction is attained, and it is not this value")
        if self.form("heads", {}) != self._heads():
            raise DerivationError("the heads are as many as the vectors of a basis and those beside them")
        return super().verify(terms)

    def _heads(self) -> ClosedForm:
        assert self.proof is not None
        vector = ClosedForm.of(self.proof.vector.letter)
        return average((vector.T @ vector).trace(), [self.proof.vector]) + len(self.proof.single)

    def identities(self, terms: Sequence[Nonnegative]) -> Sequence[Identity]:
        assert self.proof is not None
        return self.proof.identities()

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        other, _ = writer.conclusion(self)
        proof: SumOfHeads = other.proof
        if self.form("heads", writer.claims) != other.form("heads", {}):
            raise UnsupportedError("the checkers count those heads that attain it")
        missed, error, mean, best = writer.recorded(proof.averages)
        writer.emit(
            "least_over_heads",
            claim=claim,
            predicted=writer.predicted(),
            value=writer.data(self.form("value", writer.claims)),
            best=writer.node(best),
            missed=writer.node(missed),
            error=writer.node(error),
            single=[writer.pairs(writer.weights_at(weights)) for weights in proof.single],
            basis=writer.pairs(writer.weights_at(proof.basis)),
            vector=writer.letter_id(proof.vector.letter),
            mean=writer.node(mean),
        )

    def follows_from(self, other: Any, claims: Mapping[str, sympy.Basic], ties: Ties) -> bool:
        more = self.form("heads", claims) - other.form("heads", {})
        same = self._is_about(other, ties) and self.form("value", claims) == other.form("value", {})
        return same and self.attained and is_nonnegative(more)

    @staticmethod
    def _is_about(other: LeastOverHeads, ties: Ties) -> bool:
        assert other.proof is not None
        return other.proof.task is ties.task and other.proof.model == ties.model

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        if not hasattr(ties.model, "heads"):
            raise InputError(
                "this is said of a model with a number of heads, such as MultiHeadLinearAttention"
            )
        known = [p for p in concluded if isinstance(p, LeastOverHeads) and self._is_about(p, ties)]
        if any(self.follows_from(other, claims, ties) for other in known):
            return Comparison(PROVED)
        for other in known:
            found = compare(other.form("value", {}), self.expression("value", claims))
            if found.status == REFUTED:
                return Comparison(REFUTED, witness=f"is false {found.counterexample()}")
            if found.status == UNDECIDED:
                return found
            if not self.attained:
                heads = other.expression("heads", {})
                return Comparison(REFUTED, witness=f"is false: {heads} heads attain it")
        if witness := self._too_few(claims, ties, concluded):
            return Comparison(REFUTED, witness=witness)
        return self.decide(claims, ties)

    def _too_few(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition]
    ) -> str:
        """An instance at which as many heads as the model has have a loss above the value."""
        if self.form("heads", claims) != closed_form(ties.model.heads):
            return ""
        for other in concluded:
            if isinstance(other, LossAtLeast) and other.loss == ties.loss.closed_form:
                less = self.form("value", claims) - other.form("bound", {})
                if found := falls_below(less.expr):
                    return (
                        f"is false {found}, as the value less a bound for the loss of {ties.model.heads} head"
                    )
        return ""

    def wrong_versions(self) -> Iterator[tuple[str, LeastOverHeads]]:
        yield "attained → not attained", replace(self, attained=not self.attained)
        yield "one head", replace(self, heads=sympy.Integer(1))
        if isinstance(self.value, sympy.Basic):
            yield "a tenth more", replace(self, value=self.value * sympy.Rational(11, 10))
            yield "a tenth less", replace(self, value=self.value * sympy.Rational(9, 10))
