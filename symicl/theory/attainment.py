"""Where a minimum is attained: effective parameters, and weights of the model, that compute the optimal predictor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
from itertools import product
from operator import mul
from typing import Protocol

from symicl.algebra import (
    COLS,
    MEANING,
    PARTNER,
    ROWS,
    Blocks,
    ClosedForm,
    Number,
    OpenTerm,
    RandomMatrix,
    closed_form,
    monomials_of,
    product_of_words,
    terms_of,
)
from symicl.errors import DerivationError, UnsupportedError
from symicl.theory.lift import LiftedProblem
from symicl.theory.loss import Loss


class Optimum(Protocol):
    """The part of `symicl.theory.optimum.Optimum` that is read here."""

    @property
    def loss(self) -> Loss: ...

    @property
    def problem(self) -> LiftedProblem: ...

    @property
    def attained_at(self) -> dict[int, ClosedForm]: ...


def realise(optimum: Optimum) -> dict[int, ClosedForm]:
    """Parameters that attain the optimum: one letter carries K, its scalar companions are 1, the rest 0.

    Returns
    -------
    dict
        From parameter letters to matrices over the letter K.

    Raises
    ------
    DerivationError
        If no assignment of this form reproduces the optimal predictor.
    """
    return optimum.attained_at


def search(optimum: Optimum) -> dict[int, ClosedForm]:
    """Look for the parameters of `realise`."""
    found = next(realisations(optimum.problem), None)
    if found is None:
        raise DerivationError("no weights of a simple form realise the optimal predictor")
    return found


def realisations(problem: LiftedProblem) -> Iterator[dict[int, ClosedForm]]:
    """All parameters of the form of `realise` that reproduce the optimal predictor."""
    blocks = [block for p in problem.loss.parameters.values() for row in p.grid for block in row]
    parameters = {a for block in blocks for a in block.letters()}
    zero = {a: ClosedForm.zero(ROWS[a], COLS[a]) for a in parameters}
    for core in _cores(problem, zero):
        for assignment in _with_vectors(problem, core):
            if problem.prediction.substitute(assignment) == problem.predictor():
                yield assignment


def attaining_weights(optimum: Optimum) -> dict[str, Blocks]:
    """Weights of the model that compute the optimal predictor, over the letter K.

    They come from the model's ``weights_for``, which searches them unless the model names them. Both the forward pass
    and the reduced one are then run at these weights.

    Raises
    ------
    DerivationError
        If the weights that the model names for these effective parameters do not fit it, or do not compute
        the optimal predictor.
    UnsupportedError
        If none are found.
    """
    return weights_at(optimum.loss, realise(optimum), optimum.problem.predictor())


def weights_at(
    loss: Loss, assignment: dict[int, ClosedForm], predictor: ClosedForm, factors: Sequence[Blocks] = ()
) -> dict[str, Blocks]:
    """Weights of the model with given effective parameters, which compute a given predictor; see `attaining_weights`.

    Parameters
    ----------
    loss : Loss
    assignment : dict
        From the letters of the effective parameters to matrices.
    predictor : ClosedForm
    factors : sequence of Blocks
        Matrices that two neighbours in a product may be, beside identities and the value of the product.
    """
    parameters = {
        name: blocks.map(lambda block: block.substitute(assignment)) for name, blocks in loss.whole.items()
    }
    model, sizes = loss.model, loss.model.sizes_on(loss.task)
    try:
        weights = model.weights_for(parameters, **sizes)
    except UnsupportedError:
        if not factors:
            raise
        weights = model.search_weights(parameters, factors, **sizes)
    for name, shape in model.symbolic_weights(**sizes).items():
        if name not in weights:
            raise DerivationError(f"weights_for() does not give the weight matrix {name}")
        if (weights[name].heights, weights[name].widths) != (shape.heights, shape.widths):
            raise DerivationError(f"the weight matrix {name} is too small to attain the optimum")
        refused = _random_letters(weights[name]) | (_letters(weights[name]) & loss.task.prompt_letters())
        if refused:
            raise DerivationError(f"the weight matrix {name} depends on the prompt, so it is not one matrix")
    prompt = loss.task.prompt()
    for prediction in (
        loss.model.forward(weights, prompt),
        loss.model.predict(loss.model.effective(weights), prompt),
    ):
        if loss.task.centred(loss.task.component(prediction.single())) != predictor:
            raise DerivationError("the weights do not compute the optimal predictor")
    return weights


def _letters(blocks: Blocks) -> set[int]:
    return {a for row in blocks.grid for block in row for a in block.letters()}


def _random_letters(blocks: Blocks) -> set[int]:
    return {a for a in _letters(blocks) if isinstance(MEANING[a], RandomMatrix)}


def _cores(problem: LiftedProblem, zero: dict[int, ClosedForm]) -> Iterator[dict[int, ClosedForm]]:
    """One letter of the active coefficient carries K, its scalar companions are 1, all others 0."""
    if problem.active is None:
        yield zero
        yield from _isotropic_cores(problem, zero)
        return
    unknown = ClosedForm.of(problem.unknown)
    num, den = problem.coefficient.fraction()
    if problem.coefficient.is_scalar:
        yield from _scalar_cores(unknown, terms_of(num), den, zero)
        return
    for (scalars, word), c in terms_of(num).items():
        base = min(word[0], PARTNER[word[0]]) if len(word) == 1 else None
        # A scalar such as uᵀu is no single letter that could be 1.
        if base not in zero or any(len(s) > 1 and not zero.keys().isdisjoint(s) for s in scalars):
            continue
        ones = {s[0]: ClosedForm.identity(ROWS[s[0]]) for s in scalars if s[0] in zero}
        # A normalisation such as 1/n is made up for by n, and the trace of an identity by its size.
        scale = product_of_words(tuple([s for s in scalars if s[0] not in zero])) * c / den
        scale = reduce(mul, (one.trace() for one in ones.values()), scale)
        carrier = (unknown if base == word[0] else unknown.T) / scale
        yield zero | ones | {base: carrier}


def _isotropic_cores(problem: LiftedProblem, zero: dict[int, ClosedForm]) -> Iterator[dict[int, ClosedForm]]:
    """Multiples of identities in one term of the prediction; one of them carries a coefficient, all others are 1."""
    num, den = problem.prediction.fraction()
    for monomial, c in monomials_of(num).items():
        own = sorted({min(a, PARTNER[a]) for word in monomial for a in word} & zero.keys())
        if any(ROWS[a] != COLS[a] for a in own):
            continue
        ones = {a: ClosedForm.identity(ROWS[a]) for a in own}
        for summand, a in product(problem.summands, own):
            yield zero | ones | {a: ones[a] * (summand.coefficient * den / c)}


def _scalar_cores(
    unknown: ClosedForm, terms: Mapping[OpenTerm, Number], den: ClosedForm, zero: dict[int, ClosedForm]
) -> Iterator[dict[int, ClosedForm]]:
    """The same for a coefficient that is a number: each letter of a product may carry it."""
    for (scalars, _), c in terms.items():
        own = [s[0] for s in scalars if len(s) == 1 and s[0] in zero]
        scale = product_of_words(tuple([s for s in scalars if s[0] not in own])) * c / den
        for a in own:
            yield zero | dict.fromkeys(own, closed_form(1)) | {a: unknown / scale}


def _with_vectors(problem: LiftedProblem, core: dict[int, ClosedForm]) -> Iterator[dict[int, ClosedForm]]:
    """The remaining vectors are 0 or ± the coefficient of the offset."""
    yield core
    mean = problem.offset_coefficient
    if mean is None:
        return
    vectors = [a for a, m in core.items() if not m and (m.rows, m.cols) == (mean.rows, mean.cols)]
    for signs in product((0, 1, -1), repeat=len(vectors)):
        yield core | {a: mean * sign for a, sign in zip(vectors, signs, strict=True)}
