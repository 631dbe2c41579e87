"""Propositions on the minimum of the loss of a model: its value, who attains it, and what they predict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import sympy

from symicl.algebra import closed_form, degree, read_form
from symicl.errors import InputError, ShapeError, UnsupportedError, brief
from symicl.statements.comparison import Comparison, compare, instance_text, show
from symicl.statements.expression_changes import changes
from symicl.statements.kinds.convergence import Convergence
from symicl.statements.kinds.convergence_unless import ConvergenceUnless
from symicl.statements.kinds.convexity import ConvexIn, NotConvex
from symicl.statements.kinds.critical_point import GradientDominates, OnlyCriticalPoint
from symicl.statements.kinds.decay import ExponentialDecay
from symicl.statements.kinds.entry_minimisers import MinimalAtEntries
from symicl.statements.kinds.equivalence import VanishesIff
from symicl.statements.kinds.exact_minimisers import MinimalExactlyWhere
from symicl.statements.kinds.inequality import Inequality
from symicl.statements.kinds.least_by_rank import LeastByRank
from symicl.statements.kinds.least_over_all import LeastOverAll
from symicl.statements.kinds.least_over_heads import LeastOverHeads
from symicl.statements.kinds.limit import Limit
from symicl.statements.kinds.loss_bound import LossAtLeast
from symicl.statements.kinds.other_weights import (
    above_the_least,
    also_attained,
    is_stationary_at_zero,
    least_where_zero,
)
from symicl.statements.kinds.pair_minimisers import PairMinimalExactlyWhere
from symicl.statements.kinds.stability import NotStationary, Stability
from symicl.statements.kinds.threshold import Threshold
from symicl.statements.proposition import Proposition, PropositionWriter
from symicl.statements.ties import Ties
from symicl.theory import is_positive
from symicl.typeset import formula_latex
from symicl.verdicts import PROVED, REFUTED, UNDECIDED


@dataclass(frozen=True)
class GlobalMinimum(Proposition):
    """A stated quantity is the least loss over all weights of the model.

    It is discharged by the optimum that `prove` finds and certifies by itself, at weights of the model.

    Attributes
    ----------
    quantity : str
        The name of the minimal loss among the stated quantities.
    attained : bool
        True if some weights attain it; False for an infimum below the loss of all weights.
    once : bool
        True if one choice of the weights attains it, and no other.
    greatest : bool
        True for the greatest loss in the place of the least one.
    zero : str
        The name of a matrix of the model: only weights are meant where it is zero.
    """

    quantity: str = "loss"
    attained: bool = True
    once: bool = False
    greatest: bool = False
    zero: str = ""

    kind: ClassVar[str] = "global minimum"

    def __post_init__(self) -> None:
        if not isinstance(self.quantity, str):
            raise InputError(
                f"GlobalMinimum takes the name of a stated quantity, such as 'loss', and not {brief(self.quantity)}"
            )

    @property
    def quantities(self) -> tuple[str, ...]:
        return (self.quantity,)

    def sentence(self, left: Mapping[str, str]) -> str:
        value = f"${left[self.quantity]}$"
        over = f"Over all weights with {self.zero} = 0" if self.zero else "Over all weights"
        if self.greatest:
            return f"{over} the greatest loss is {value}."
        if self.once:
            return f"{over} the least loss is {value}, and one choice of them alone attains it."
        if self.attained:
            return f"{over} the least loss is {value}, and some weights attain it."
        return f"{over} the infimum of the loss is {value}, and no weights attain it."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        found = compare(ties.optimum.closed_form, claims[self.quantity])
        if found.status != PROVED:
            return found
        if self.zero:
            return least_where_zero(ties, self.zero)
        if not self.attained:
            return Comparison(REFUTED, witness="is false: there are weights at which the loss has this value")
        if not (self.once or self.greatest):
            return found
        other = (above_the_least if self.greatest else also_attained)(ties.attained)
        if other is None:
            return Comparison(UNDECIDED, reason="no weights are seen at which it fails")
        return Comparison(REFUTED, witness=f"is false{'' if other.startswith(':') else ' '}{other}")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if self.once or self.greatest or self.zero:
            raise UnsupportedError("only the least loss is decided")
        given = writer.meaning_of(self.quantity)
        found = {"letters": given} if given else {}
        writer.emit("least_value", claim=claim, name=self.quantity, attained=writer.attained(), **found)

    def wrong_versions(self) -> Iterator[tuple[str, GlobalMinimum]]:
        yield "attained → not attained", replace(self, attained=False)
        yield "attained → attained once", replace(self, once=True)
        yield "least → greatest", replace(self, greatest=True)

    def wrong_versions_of(self, theorem: Any) -> Iterator[tuple[str, GlobalMinimum]]:
        if theorem.task.shows != "sequence":
            for name in theorem.model.weight_shapes():
                yield f"all weights → those with {name} = 0", replace(self, zero=name)


SAID = {
    "every": "Every global minimiser predicts",
    "not every": "Not every global minimiser predicts",
    "no": "No global minimiser predicts",
    "only": "Only global minimisers predict",
    "every stationary point": "Every stationary point of the loss predicts",
}


@dataclass(frozen=True)
class EveryMinimiser(Proposition):
    """Every global minimiser of the loss makes this prediction, almost surely.

    The excess loss of weights is the mean square distance of their prediction to the optimal one; that is the
    certificate of the optimum. So all minimisers make one prediction; it is this one if their distance is zero.

    Attributes
    ----------
    prediction : SymPy matrix expression, 1 × 1
        In the symbols X, y, x of the task and those of its law.
    who : str
        "every", or for what is said else: "not every" and "no" for global minimisers, "only" for them, and "every
        stationary point".

    Raises
    ------
    InputError
        If the prediction is not 1 × 1.
    """

    prediction: sympy.Basic
    who: str = "every"

    kind: ClassVar[str] = "every global minimiser"

    def __post_init__(self) -> None:
        if self.who not in SAID:
            raise InputError(f"give one of {', '.join(SAID)} as who=, and not {brief(self.who)}")
        if tuple(getattr(self.prediction, "shape", ())) != (1, 1):
            raise InputError(
                f"the prediction {brief(self.prediction)} is no 1×1 matrix; give one such as x.T * X.T * y / n"
            )

    def sentence(self, left: Mapping[str, str]) -> str:
        return f"{SAID[self.who]} ${formula_latex(self.prediction)}$, almost surely."

    def judge(
        self, claims: Mapping[str, sympy.Basic], ties: Ties, concluded: Sequence[Proposition] = ()
    ) -> Comparison:
        if ties.task.shows == "sequence":
            return Comparison(UNDECIDED, reason="the prediction of a model of sequences cannot be stated")
        task, optimum = ties.task, ties.optimum
        optimal = optimum.problem.predictor()
        if optimum.solution is not None:
            optimal = optimal.substitute({optimum.problem.unknown: optimum.solution})
        gap = optimal - task.centred(closed_form(read_form(self.prediction)).trace())
        distance = task.expectation(gap * gap)
        found = compare(distance, sympy.Integer(0))
        if found.status == UNDECIDED:
            return found
        if found.status == PROVED:
            return self._where_all_do(ties, zero=not optimal)
        if self.who in ("not every", "no") and is_positive(distance):
            return Comparison(PROVED)
        if self.who in ("not every", "no", "only"):
            return Comparison(UNDECIDED, reason="it may be otherwise for some values of the letters")
        if self.who == "every":
            assert found.values is not None
            at, apart = instance_text(found.values), show(found.derived)
            witness = (
                f"is false at {at}: the mean square distance of the optimal prediction to this one is {apart}"
            )
            return Comparison(REFUTED, witness=witness)
        return Comparison(
            REFUTED, witness="is false: global minimisers, which are stationary, predict something else"
        )

    def _where_all_do(self, ties: Ties, *, zero: bool) -> Comparison:
        """Decided where every global minimiser makes the prediction, which may be zero; there is one."""
        if self.who in ("every", "only"):  # the excess loss of weights is the distance of their prediction
            return Comparison(PROVED)
        if self.who != "every stationary point":
            return Comparison(
                REFUTED, witness="is false: the mean square distance of each to this prediction is 0"
            )
        found = ties.attained
        if is_stationary_at_zero(found) and not zero:
            return Comparison(REFUTED, witness="is false: zero weights are stationary, and predict 0")
        if degree(found.computed, found.weights) <= 1:
            return Comparison(PROVED)  # the loss is convex in the weights
        return Comparison(UNDECIDED, reason="no other stationary point is known, nor that there is none")

    def entry(self, writer: PropositionWriter, claim: str) -> None:
        if self.who != "every":
            raise UnsupportedError("that two predictions differ is no equality")
        task = writer.ties.task
        prediction = task.centred(closed_form(read_form(self.prediction)).trace())
        writer.emit(
            "every_minimiser", claim=claim, attained=writer.attained(), prediction=writer.data(prediction)
        )

    def letters(self, claims: Mapping[str, sympy.Basic]) -> set[sympy.Basic]:
        return set(self.prediction.free_symbols)

    def in_symbols(self, meaning: Mapping[sympy.Basic, sympy.Basic]) -> EveryMinimiser:
        return replace(self, prediction=self.prediction.xreplace(dict(meaning)))

    def wrong_versions(self) -> Iterator[tuple[str, EveryMinimiser]]:
        for who in SAID:
            if who != self.who:
                yield f"{self.who} → {who}", replace(self, who=who)
        for change, prediction in changes(self.prediction):
            if prediction != self.prediction and _fits(prediction):
                yield change, replace(self, prediction=prediction)


PROPOSITIONS: tuple[type[Proposition], ...] = (
    GlobalMinimum,
    EveryMinimiser,
    Convergence,
    ConvergenceUnless,
    ConvexIn,
    Inequality,
    ExponentialDecay,
    GradientDominates,
    LeastByRank,
    LeastOverAll,
    LeastOverHeads,
    Limit,
    LossAtLeast,
    MinimalExactlyWhere,
    MinimalAtEntries,
    NotConvex,
    OnlyCriticalPoint,
    PairMinimalExactlyWhere,
    NotStationary,
    Stability,
    Threshold,
    VanishesIff,
)
"""Those that `prove` judges: a class of an author's own would print what it likes and judge itself."""


def _fits(prediction: sympy.Basic) -> bool:
    """True if it is 1 × 1, and so are its parts where they have to be; SymPy does not look at all of them."""
    try:
        read_form(prediction)
    except ShapeError:
        return False
    return tuple(getattr(prediction, "shape", ())) == (1, 1)
