"""The functions of the prompt that an optimum over several features is made of, and their coefficients.

A feature φ is contracted with a coefficient T, a tensor with a leg for each open end of φ. With Gaussian vectors p on
the legs, the map

    R f = E_p[ E[f φ(p)] φ(p) ]

is self-adjoint and non-negative on functions of the prompt, and what it makes is of the form ⟨T, φ⟩. So the projection
of a target t onto the features lies in the span of Rt, R²t, …: the functions are found by taking the summands of Rt,
then those that R makes of these, until nothing new comes. Nothing is assumed on symmetries; that the result is the
optimum is seen in the end from what it leaves of the target, which is orthogonal to every feature.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symicl.algebra import (
    MEANING,
    NO_LETTER,
    PARTNER,
    ClosedForm,
    Covariance,
    Monomial,
    inverse_letter,
    monomials_of,
    product_of_words,
    solutions,
    unheard,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.expectation import Gaussian, average
from symicl.tasks import PromptTask
from symicl.theory.features import Feature, seen_in
from symicl.theory.tied_features import summed

MAX_FUNCTIONS = 12
"""Functions after which the search for more is given up."""


@dataclass(frozen=True)
class Summand:
    """A function of the prompt with its coefficient in the optimal prediction.

    Attributes
    ----------
    function : ClosedForm
    coefficient : ClosedForm
        A number, free of the prompt.
    """

    function: ClosedForm
    coefficient: ClosedForm

    def __repr__(self) -> str:
        return f"Summand({self.function.expr}, {self.coefficient.expr})"


@unheard
def spanned_optimum(task: PromptTask, target: ClosedForm, features: Sequence[Feature]) -> tuple[Summand, ...]:
    """The projection of a target onto the span of features.

    Raises
    ------
    UnsupportedError
        If the functions that it is made of do not come to an end.
    """
    functions = _closure(task, target, features)
    gram = [[task.expectation(f * g) for g in functions] for f in functions]
    found = solutions(gram, [task.expectation(target * f) for f in functions])
    if found is None:
        raise DerivationError("the normal equations of several features contradict each other")
    return tuple(Summand(f, c) for f, c in zip(functions, found.values, strict=True) if c)


def _closure(task: PromptTask, target: ClosedForm, features: Sequence[Feature]) -> list[ClosedForm]:
    legs = [_Legs(task, target, feature) for feature in features]
    found: dict[frozenset[Monomial], ClosedForm] = {}
    waiting = [target]
    while waiting:
        f = waiting.pop(0)
        for image in (leg.image(f) for leg in legs):
            for words, function in summed(
                functions_in(image, seen_in(image, task.prompt_letters())), task.token_blocks()
            ):
                if words not in found:
                    found[words] = function
                    waiting.append(function)
        if len(found) > MAX_FUNCTIONS:
            raise UnsupportedError(
                f"the optimum is made of more than {MAX_FUNCTIONS} functions of the prompt, if of finitely many; laws "
                "whose covariances are multiples of I, or whose covariates and query share one, work best"
            )
    return list(found.values())


class _Legs:
    """A feature with a Gaussian vector on each leg; their covariances undo those of the prompt where they can."""

    def __init__(self, task: PromptTask, target: ClosedForm, feature: Feature):
        self.task, self.probe, others = task, feature.probe("leg"), feature.probe("other leg")
        own = sorted(self.probe.letters() - others.letters())
        moment = task.expectation(target * self.probe)
        if not moment:
            moment = task.expectation(others * self.probe)
        self.laws = [Gaussian(a, row_cov=_undone(moment, a)) for a in own]

    def image(self, f: ClosedForm) -> ClosedForm:
        """R f."""
        moment = self.task.expectation(f * self.probe)
        return average(moment * self.probe, self.laws)


def _undone(moment: ClosedForm, leg: int) -> int:
    """The inverse of the covariance that stands beside a leg in every term, if there is one."""
    beside = set()
    for monomial in monomials_of(moment.fraction()[0]):
        for word in monomial:
            for k, a in enumerate(word):
                if a == leg:
                    beside.add(PARTNER[word[k - 1]])
                elif a == PARTNER[leg]:
                    beside.add(word[(k + 1) % len(word)])
    (a,) = beside if len(beside) == 1 else (NO_LETTER,)
    return inverse_letter(a) if a != NO_LETTER and isinstance(MEANING[a], Covariance) else NO_LETTER


def functions_in(form: ClosedForm, prompt: Iterable[int]) -> dict[Monomial, ClosedForm]:
    """The products of words with letters of the prompt in a sum, with what they are multiplied by."""
    both = {b for a in prompt for b in (a, PARTNER[a])}
    num, den = form.fraction()
    found: dict[Monomial, ClosedForm] = {}
    for monomial, c in monomials_of(num).items():
        inside = tuple(word for word in monomial if not both.isdisjoint(word))
        outside = tuple(word for word in monomial if both.isdisjoint(word))
        part = product_of_words(outside) * c / den
        found[inside] = found[inside] + part if inside in found else part
    return found
