"""The rank that a coefficient K(θ) can have: it is read off the sides at which its words can be cut."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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
    product_of_letters,
    product_of_words,
    terms_of,
)
from symicl.errors import DerivationError, InputError, UnsupportedError, brief
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
    if products_through(at_weights(problem, _with_product(problem, name, INNER)), INNER) != (INNER,):
        coefficient = brief(problem.coefficient.expr)
        raise UnsupportedError(
            f"the rank of {name} is not seen to bound that of K(θ) = {coefficient}, the coefficient of the feature "
            f"that predicts, into which {name} has to enter as one matrix"
        )


def _with_product(problem: LiftedProblem, name: str, side: sympy.Expr) -> Mapping[str, Blocks]:
    """The effective parameters with U V, of an inner side, for one weight."""
    loss = problem.loss
    parameters, weights = loss.parameters, loss.model.symbolic_weights(**loss.model.sizes_on(loss.task))
    if name in parameters:
        return {**parameters, name: product(parameters[name], side)}
    if name in weights:
        return loss.model.effective({**weights, name: product(weights[name], side)})
    known = ", ".join(dict.fromkeys([*parameters, *weights]))
    raise InputError(f"there is no weight called {brief(name)}; bound the rank of one of {known}")


def through_factors(
    problem: LiftedProblem, name: str, rank: sympy.Expr, start: ClosedForm | None
) -> tuple[dict[int, ClosedForm], tuple[tuple[ClosedForm, ClosedForm], ...]]:
    """The effective parameters where a rank is bounded, and K(θ) − K₀ there as a sum of products.

    Parameters
    ----------
    problem : LiftedProblem
    name : str
        The weight that is U V, or K₀'s matrix plus that; if empty, the weights have sides that bound the rank.
    rank : SymPy expression
        The inner side of U V.
    start : ClosedForm or None
        K₀.

    Returns
    -------
    tuple
        The table of parameters, and pairs of factors.
    """
    loss, sides = problem.loss, inner_sides(problem) or ()
    if name:
        sides = (rank,) if rank != 0 else ()
        whole = _with_product(problem, name, rank if rank != 0 else INNER)
    else:
        whole = loss.model.effective(loss.model.symbolic_weights(**loss.model.sizes_on(loss.task)))
    table = block_values(loss, whole)
    if name and rank == 0:
        table = {a: value * 0 if value != ClosedForm.of(a) else value for a, value in table.items()}
    if start is not None:
        num, den = problem.coefficient.fraction()
        (((monomial, (a,)), c),) = terms_of(num).items()
        base = min(a, PARTNER[a])
        there = start * den / (product_of_words(monomial) * c)
        table[base] = table[base] + (there if a == base else there.T)
    found = problem.coefficient.substitute(table)
    return table, factors_through(found if start is None else found - start, sides)


def product(weight: Blocks, side: sympy.Expr = INNER) -> Blocks:
    """U V of the shape of a weight, with an inner side."""
    inner = dimension_index(side)
    left = [
        [ClosedForm.of(letter(("left factor", i, h, side), h, inner))] for i, h in enumerate(weight.heights)
    ]
    right = [
        [ClosedForm.of(letter(("right factor", j, w, side), inner, w)) for j, w in enumerate(weight.widths)]
    ]
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
    return tuple(
        exact_size(DIMENSIONS[dim])
        for dim, group in _groups(terms, cuts, side)
        for _ in range(_products(group))
    )


def _groups(terms: Mapping, cuts: Iterable[list[int]], side: int | None) -> Iterator[tuple[int, Entries]]:
    """The terms, each cut once, in groups of one inner side that share no factor."""
    entries: dict[int, Entries] = {}
    for ((monomial, word), c), places in zip(terms.items(), cuts, strict=True):
        if side is None:
            at = min(places, key=lambda k: _size(COLS[word[k - 1]]))
        else:
            at = next(k for k in places if COLS[word[k - 1]] == side)
        part = entries.setdefault(COLS[word[at - 1]], {})
        key = word[:at], word[at:]
        part[key] = part.get(key, closed_form(0)) + product_of_words(monomial) * c
    for dim, part in entries.items():
        for group in _connected(part):
            yield dim, group


def factors_through(
    form: ClosedForm, sides: tuple[sympy.Expr, ...]
) -> tuple[tuple[ClosedForm, ClosedForm], ...]:
    """A matrix as a sum of products L·R with these inner sides, which `products_through` has found.

    Raises
    ------
    DerivationError
        If the terms have other sides, or it is not the sum of these products.
    """
    num, den = form.fraction()
    terms = terms_of(num)
    dims = [dimension_index(side) for side in sides]
    only = dims[0] if len(set(dims)) == 1 else None
    cuts = [_cuts(word, only) for _, word in terms]
    found = [pair for _, group in _groups(terms, cuts, only) for pair in _pairs(group, form)]
    if [left.cols for left, _ in found] != dims:
        raise DerivationError("the coefficient is not seen to be a sum of products with these inner sides")
    pairs = tuple((left, right / den) for left, right in found)
    if sum((left @ right for left, right in pairs), ClosedForm.zero(form.rows, form.cols)) != form:
        raise DerivationError("the coefficient is not the sum of the products that it was cut into")
    return pairs


def _pairs(entries: Entries, form: ClosedForm) -> Iterator[tuple[ClosedForm, ClosedForm]]:
    """The products of a group, as few as `_products` says."""
    lefts, rights = (list(dict.fromkeys(key[k] for key in entries)) for k in (0, 1))
    side = COLS[lefts[0][-1]]

    def total(words: Iterable[tuple[Word, ClosedForm]], rows: int, cols: int) -> ClosedForm:
        parts = (product_of_letters(rows, cols, word) * c for word, c in words)
        return sum(parts, ClosedForm.zero(rows, cols))

    if _products(entries) == 1:
        (first, second), pivot = next(iter(entries.items()))
        left = ((a, c) for (a, b), c in entries.items() if b == second)
        right = ((b, c / pivot) for (a, b), c in entries.items() if a == first)
        yield total(left, form.rows, side), total(right, side, form.cols)
    elif len(lefts) <= len(rights):
        for a in lefts:
            right = ((b, c) for (other, b), c in entries.items() if other == a)
            yield product_of_letters(form.rows, side, a), total(right, side, form.cols)
    else:
        for b in rights:
            left = ((a, c) for (a, other), c in entries.items() if other == b)
            yield total(left, form.rows, side), product_of_letters(side, form.cols, b)


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
