"""d + 1 heads: do they attain the bound that several features give to every number of heads?

For an orthonormal basis Σ_e eᵀAe = tr A, which is the average of eᵀAe over e ~ N(0, I). So d heads that read eᵀ XᵀX S e
add up to tr(S XᵀX), and one more head carries what is left. The sum is compared with the best prediction, each head is
run at weights of its own, and the model is compared with a sum of heads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from itertools import permutations
from typing import Any

import sympy

from symicl.algebra import (
    COLS,
    ONE,
    PARTNER,
    ROWS,
    Blocks,
    ClosedForm,
    closed_form,
    dimension_index,
    exact_size,
    homogeneous,
    letter,
    monomials_of,
    product_of_letters,
    transposed_word,
)
from symicl.errors import SymiclError
from symicl.expectation import Gaussian, average
from symicl.theory.attainment import weights_at
from symicl.theory.lift import LiftedProblem
from symicl.theory.loss import Loss


@dataclass(frozen=True)
class WeightsOfHeads:
    """Weights of d + 1 heads whose predictions add up to the best one.

    Attributes
    ----------
    model : Model
        One head.
    basis : dict
        Weights of a head that has a vector e; there is one of them for each vector of an orthonormal basis.
    last : dict
        Weights of the last head.
    vector : int
        The letter e.
    """

    model: Any
    basis: Mapping[str, Blocks]
    last: Mapping[str, Blocks]
    vector: int

    def substitute(self, table: Mapping[int, ClosedForm]) -> WeightsOfHeads:
        """The same with values in the place of letters."""
        basis, last = (
            {name: blocks.map(lambda block: block.substitute(table)) for name, blocks in weights.items()}
            for weights in (self.basis, self.last)
        )
        return replace(self, basis=basis, last=last)


def heads_that_attain(problem: LiftedProblem) -> sympy.Expr | None:
    """d + 1 if so many heads are seen to attain the best prediction; None if the model has no heads, or they do not."""
    return None if weights_of_heads(problem) is None else exact_size(problem.loss.task.d) + 1


def weights_of_heads(problem: LiftedProblem) -> WeightsOfHeads | None:
    """The weights of these heads, over the letter K."""
    model: Any = problem.loss.model
    if (
        not problem.summands
        or problem.active is None
        or not is_dataclass(model)
        or not hasattr(model, "heads")
        or problem.loss.family is not None
    ):
        return None
    try:
        one = _with(model, 1)
        if not all(
            _is_sum_of_heads(_with(model, count), count, one, problem.loss)
            for count in {2, model.heads} - {1}
        ):
            return None
        return _attain(problem, one)
    except (SymiclError, TypeError, ValueError, KeyError):
        return None


def _with(model: Any, heads: int) -> Any:
    return replace(model, heads=heads)


def _is_sum_of_heads(model: Any, count: int, one: Any, loss: Loss) -> bool:
    """True if a model is the sum of copies of one head, the weights of copy h called W_h."""
    prompt, weights = loss.task.prompt(), model.symbolic_weights(**model.sizes_on(loss.task))
    total = closed_form(0)
    for h in range(1, count + 1):
        own = {name: weights[f"{name}_{h}"] for name in one.weight_shapes()}
        total = total + one.forward(own, prompt).single().trace()
    return bool(model.forward(weights, prompt).single().trace() == total)


def _attain(problem: LiftedProblem, one: Any) -> WeightsOfHeads | None:
    task, d = problem.loss.task, dimension_index(problem.loss.task.d)
    parameters = one.symbolic_parameters(**one.sizes_on(task))
    blocks = [b for p in parameters.values() for row in p.grid for b in row]
    letters = sorted({min(a, PARTNER[a]) for block in blocks for a in block.letters()})
    prediction = task.centred(one.predict(parameters, task.prompt()).single().trace())
    head = replace(problem.loss, model=one, parameters=parameters, whole=parameters)
    zero = {a: ClosedForm.zero(ROWS[a], COLS[a]) for a in letters}
    vectors = [a for a in letters if {ROWS[a], COLS[a]} == {d, ONE}]
    squares = [a for a in letters if (ROWS[a], COLS[a]) == (d, d)]
    scalars = [a for a in letters if ROWS[a] == COLS[a] == ONE]
    e = letter(("basis vector of a head", d), d, ONE)
    traces, mean, left = _parts(problem)
    if mean is None:
        return None
    n, unknown = closed_form(task.prompt().inverse_length).reciprocal(), ClosedForm.of(problem.unknown)
    for (a, g), B, c in ((pair, B, c) for pair in permutations(vectors, 2) for B in squares for c in scalars):
        label = mean * left * n
        last = {a: _shaped(a, -mean), c: closed_form(1), g: _shaped(g, label)}
        last[B] = unknown.T * n - mean @ label.T
        spread = {a: _shaped(a, ClosedForm.of(e)), B: traces @ ClosedForm.of(e) @ mean.T * n}
        reading, rest = (prediction.substitute(zero | values) for values in (spread, last))
        # What is averaged over e has to be the sum over a basis, which holds for squares.
        if reading != homogeneous(reading, [e], 2):
            continue
        if average(reading, [Gaussian(e)]) + rest == problem.predictor():
            basis = weights_at(head, {**zero, **spread}, reading)
            return WeightsOfHeads(one, basis, weights_at(head, {**zero, **last}, rest), e)
    return None


def _shaped(a: int, column: ClosedForm) -> ClosedForm:
    """A column, or a row for a letter that is one."""
    return column if COLS[a] == ONE else column.T


def _parts(problem: LiftedProblem) -> tuple[ClosedForm, ClosedForm | None, ClosedForm]:
    """S, v and ω of tr(S XᵀX) vᵀx + ω rᵀr vᵀx, the part that several features make; no v if it is of another form."""
    prompt, d = problem.loss.task.prompt(), dimension_index(problem.loss.task.d)
    (X,), (x,) = (block.single().letters() for block in (prompt.covariates, prompt.query))
    traces, left = ClosedForm.zero(d, d), closed_form(0)
    means: list[ClosedForm] = []
    for summand in problem.summands:
        ((words, _),) = monomials_of(summand.function).items()
        guesses = [row for word in words for row in _after(word, (x,))]
        others = [word for word in words if x not in word and PARTNER[x] not in word]
        if len(guesses) != 1 or len(others) != 1:
            return traces, None, left
        means.append(product_of_letters(ONE, d, guesses[0]).T)
        inside = next(_after(others[0], (PARTNER[X], X)), None)
        if inside is None:
            left = left + summand.coefficient
        else:
            traces = traces + product_of_letters(d, d, inside) * summand.coefficient
    return traces, means[0] if all(mean == means[0] for mean in means) else None, left


def _after(word: tuple[int, ...], first: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The rest of a closed word that can be read so that it begins with these letters."""
    for turned in (word, transposed_word(word)):
        for k in range(len(turned)):
            read = turned[k:] + turned[:k]
            if read[: len(first)] == first:
                yield read[len(first) :]
                return
