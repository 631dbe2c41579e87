"""The rank that a coefficient K(θ) can have: it is read off the sides at which its words can be cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain

import sympy

from symicl.algebra import (
    COLS,
    DIMENSIONS,
    PARTNER,
    Blocks,
    ClosedForm,
    Word,
    closed_form,
    dimension_index,
    exact_size,
    letter,
    letter_of,
    product_of_words,
    terms_of,
)
from symicl.errors import InputError, UnsupportedError, brief
from symicl.theory.lift import LiftedProblem
from symicl.theory.loss import Loss

INNER = sympy.Symbol("inner side", positive=True, integer=True)
"""The inner side of the product that stands for a weight of bounded rank."""

Entries = dict[tuple[Word, Word], ClosedForm]


def inner_sides(problem: LiftedProblem) -> tuple[sympy.Expr, ...] | None:
    """The inner sides of the products of weights that K(θ) is a sum of; None where some term is no such product.

    Their sum is a bound on the rank of K(θ).
    """
    loss = problem.loss
    weights = loss.model.symbolic_weights(**loss.model.sizes_on(loss.task))
    return products_through(at_weights(problem, loss.model.effective(weights)))


def check_rank(problem: LiftedProblem, name: str) -> None:
    """That the rank of K(θ) is at most that of a weight, for all other weights.

    Raises
    ------
    InputError
        If there is no such weight.
    UnsupportedError
        If K(θ) may have a larger rank.
    """
    loss = problem.loss
    parameters, weights = loss.parameters, loss.model.symbolic_weights(**loss.model.sizes_on(loss.task))
    if name in parameters:
        whole = {**parameters, name: product(parameters[name])}
    elif name in weights:
        whole = loss.model.effective({**weights, name: product(weights[name])})
    else:
        known = ", ".join(dict.fromkeys([*parameters, *weights]))
        raise InputError(f"there is no weight called {brief(name)}; bound the rank of one of {known}")
    if products_through(at_weights(problem, whole), INNER) != (INNER,):
        coefficient = brief(problem.coefficient.expr)
        raise UnsupportedError(
            f"the rank of {name} is not seen to bound that of K(θ) = {coefficient}, the coefficient of the feature "
            f"that predicts, into which {name} has to enter as one matrix"
        )


def product(weight: Blocks) -> Blocks:
    """U V of the shape of a weight, with the inner side `INNER`."""
    inner = dimension_index(INNER)
    left = [[ClosedForm.of(letter(("left factor", i, h), h, inner))] for i, h in enumerate(weight.heights)]
    right = [[ClosedForm.of(letter(("right factor", j, w), inner, w)) for j, w in enumerate(weight.widths)]]
    return Blocks(left) @ Blocks(right)


def at_weights(problem: LiftedProblem, whole: Mapping[str, Blocks]) -> ClosedForm:
    """K(θ) with matrices for the blocks of the effective parameters."""
    return problem.coefficient.substitute(block_values(problem.loss, whole))


def block_values(loss: Loss, whole: Mapping[str, Blocks]) -> dict[int, ClosedForm]:
    """The effective parameters as a substitution for the letters that their blocks are.

    Raises
    ------
    UnsupportedError
        If a block is not a letter, as in a family of weights.
    """
    found: dict[int, ClosedForm] = {}
    for name, blocks in loss.parameters.items():
        pairs = zip(chain(*blocks.grid), chain(*whole[name].grid), strict=True)
        for block, value in pairs:
            letters = block.letters()
            if len(letters) != 1 or block not in [ClosedForm.of(a) for b in letters for a in (b, PARTNER[b])]:
                raise UnsupportedError(f"{name} is no free matrix here, so its rank is not known")
            a = letter_of(block)
            found[min(a, PARTNER[a])] = value if a < PARTNER[a] or a == PARTNER[a] else value.T
    return found


def products_through(form: ClosedForm, inner: sympy.Expr | None = None) -> tuple[sympy.Expr, ...] | None:
    """The inner sides of the products L·R that a matrix is a sum of; their sum is a bound on its rank.

    Parameters
    ----------
    form : ClosedForm
    inner : SymPy symbol, optional
        Cut at this side alone.

    Returns
    -------
    tuple of SymPy expressions or None
        None where some word cannot be cut.
    """
    num, _ = form.fraction()
    terms = terms_of(num)
    if not terms:
        return ()
    wanted = None if inner is None else dimension_index(inner)
    cuts = [_cuts(word, wanted) for _, word in terms]
    if not all(cuts):
        return None
    sides = [{COLS[word[at - 1]] for at in places} for (_, word), places in zip(terms, cuts, strict=True)]
    shared = set.intersection(*sides)
    found = [_sides(terms, cuts, side) for side in [*sorted(shared), None]]
    numbers = [sizes for sizes in found if sympy.Add(*sizes).is_Integer]
    return min(numbers, key=lambda sizes: sympy.Add(*sizes)) if numbers else found[0]


def _cuts(word: Word, wanted: int | None) -> list[int]:
    """The places at which a word can be cut; the outer sides bound nothing."""
    outer = COLS[word[-1]] if word else None
    return [
        at
        for at in range(1, len(word))
        if (COLS[word[at - 1]] == wanted if wanted is not None else COLS[word[at - 1]] != outer)
    ]


def _size(side: int) -> tuple[bool, str]:
    size = DIMENSIONS[side]
    return not isinstance(size, int), str(size).zfill(20)


def _sides(terms: Mapping, cuts: Iterable[list[int]], side: int | None) -> tuple[sympy.Expr, ...]:
    """The inner sides of what cannot be written as one product."""
    entries: dict[int, Entries] = {}
    for ((monomial, word), c), places in zip(terms.items(), cuts, strict=True):
        if side is None:
            at = min(places, key=lambda k: _size(COLS[word[k - 1]]))
        else:
            at = next(k for k in places if COLS[word[k - 1]] == side)
        part = entries.setdefault(COLS[word[at - 1]], {})
        key = word[:at], word[at:]
        part[key] = part.get(key, closed_form(0)) + product_of_words(monomial) * c
    return tuple(
        exact_size(DIMENSIONS[dim])
        for dim, part in entries.items()
        for group in _connected(part)
        for _ in range(_products(group))
    )


def _connected(entries: Entries) -> list[Entries]:
    """The terms L·R in groups that share no factor."""
    groups: list[Entries] = []
    for (left, right), c in entries.items():
        touching = [g for g in groups if any(left == a or right == b for a, b in g)]
        merged: Entries = {(left, right): c}
        for group in touching:
            merged |= group
        groups = [g for g in groups if g not in touching] + [merged]
    return groups


def _products(entries: Entries) -> int:
    """How many products a sum Σ c L R needs at most: one if its coefficients have rank one."""
    lefts, rights = ({key[k] for key in entries} for k in (0, 1))
    zero = closed_form(0)
    (first, second), pivot = next(iter(entries.items()))
    one = all(
        entries.get((a, b), zero) * pivot == entries.get((a, second), zero) * entries.get((first, b), zero)
        for a in lefts
        for b in rights
    )
    return 1 if one else min(len(lefts), len(rights))
