"""The loss of augmented tokens over all A and B at numbers of d and T_max: its polynomial, and a proven lower bound."""

from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import product

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    closed_form,
    monomials_of,
    read_form,
    scalar,
    scalar_letter,
    unheard,
)
from symicl.errors import UnsupportedError
from symicl.expectation import EntrySum, FullMatrix
from symicl.numeric import BiquadraticBound, biquadratic_bound
from symicl.statements import NotDetermined
from symicl.theory import autoregressive_loss, positive

LARGEST = 3
"""The largest d: there are d⁴ products of entries."""
DECIMALS = 9
SHOWN = (2, 5)
"""(d, T_max) at which the lower bound is written out as a sum of squares, with short numbers."""
SHORT = {"slacks": (3e-3, 1e-2, 3e-2), "bits": 8}
Polynomial = dict[tuple[tuple[int, ...], tuple[int, ...]], Fraction]
"""From the numbers of the entries of B and of A in a monomial, row by row, to its coefficient."""


def full_loss(model, task) -> ClosedForm:
    """The loss over all A and B."""
    return autoregressive_loss(model, task, model.active(FullMatrix("A"), FullMatrix("B"))).closed_form


known_loss = cache(unheard(full_loss))


def at_numbers(loss: ClosedForm, task, values) -> ClosedForm:
    """A loss over all A and B in sums of entries, with numbers for d and T_max."""
    numbers = {
        scalar_letter(x): closed_form(Fraction(int(values[x].p), int(values[x].q)))
        for x in task.symbols().values()
    }
    return closed_form(loss.substitute(numbers))


@unheard
def in_entries(model, task, values) -> Polynomial:
    """The loss over all A and B, as a polynomial in their entries."""
    size, found = int(values[task.d]), Counter()
    for monomial, coefficient in monomials_of(at_numbers(known_loss(model, task), task, values)).items():
        part = Counter({((), ()): Fraction(str(coefficient))})
        for word in monomial:
            part = _times(part, _entries(MEANING[word[0]], size))
        found.update(part)
    return {key: c for key, c in found.items() if c}


def _times(left: Counter, right: Counter) -> Counter:
    """The product of two polynomials in entries."""
    found = Counter()
    for (b, a), x in left.items():
        for (more_b, more_a), y in right.items():
            found[tuple(sorted(b + more_b)), tuple(sorted(a + more_a))] += x * y
    return found


def _entries(sums: EntrySum, size: int) -> Counter:
    """A sum over all coordinates, or over different ones, written out."""
    if not isinstance(sums, EntrySum):
        raise UnsupportedError(f"{sums} is no sum of entries")
    blocks, found = sorted({b for f in sums.factors for b, _ in f.nodes}), Counter()
    for chosen in product(range(size), repeat=len(blocks)):
        if sums.distinct and len(set(chosen)) < len(chosen):
            continue
        at = dict(zip(blocks, chosen, strict=True))
        entries: dict[str, list[int]] = {"A": [], "B": []}
        for f in sums.factors:
            (row, _), (column, _) = f.nodes
            entries[f.name].append(at[row] * size + at[column])
        found[tuple(sorted(entries["B"])), tuple(sorted(entries["A"]))] += 1
    return found


@cache
def _bound(model, task, d: int, T_max: int, **how) -> BiquadraticBound:
    """The bound at numbers."""
    values = dict(zip(task.symbols().values(), map(sympy.Integer, (d, T_max)), strict=True))
    return biquadratic_bound(in_entries(model, task, values), d * d, d * d, **how)


def least_loss_at_least(model, task, values, digits):
    """A number that no A and B are below, exact.

    Raises
    ------
    NotDetermined
        For T_max = 2, and for large d.
    """
    d, T_max = (int(values[x]) for x in task.symbols().values())
    if d > LARGEST:
        raise NotDetermined(f"d = {d}: a lower bound over all weights is computed for d up to {LARGEST}")
    if T_max == 2:
        raise NotDetermined(
            "T_max = 2: the loss does not grow in all directions of A and B, and no bound is computed"
        )
    found = _bound(model, task, d, T_max).value
    return sympy.Rational(int(found * 10**DECIMALS // 1), 10**DECIMALS)


def written_out(step, model, task) -> None:
    """At one (d, T_max) a lower bound over all A and B, as a sum of squares."""
    d, T_max = SHOWN
    values = dict(zip(task.symbols().values(), map(sympy.Integer, SHOWN), strict=True))
    found = _bound(model, task, d, T_max, **SHORT)
    z = [closed_form(1)] + [b * a for b, a in product(_letters("B", d).values(), _letters("A", d).values())]
    squares, weights = closed_form(0), []
    for weight, row in pivots(found.gram):
        form = sum((x * y for x, y in zip(z, map(closed_form, row), strict=True)), closed_form(0))
        squares = squares + form * form * weight
        weights.append(closed_form(weight))
    at = rf"d={d},\;T_{{\max}}={T_max}"
    bound = sympy.Rational(found.value.numerator, found.value.denominator)
    step(
        r"No matrices $A$ and $B$ are below a bound that is a little smaller",
        rf"{at}:\qquad \ell\ge{sympy.latex(bound)}={sympy.latex(sympy.N(bound, 7))}\ldots",
        note=r"$\ell$ is a quadratic form in 1 and the products of an entry of $B$ and one of $A$, in many ways: two "
        "entries of each make two such products in two ways. The squares are those of one of these forms, less the "
        "bound in its first entry.",
    )
    step.check(
        rf"${at}$: the loss of all $A$ and $B$ less the bound is a sum of {len(weights)} squares, each with a weight",
        entrywise(at_numbers(full_loss(model, task), task, values), d) - found.value,
        squares,
    )
    step.require("the weights are positive", *map(positive, weights), rule="exact rationals")


def _letters(name: str, size: int) -> dict[tuple[int, int], ClosedForm]:
    """The entries of a matrix, row by row."""
    return {(i, j): read_form(scalar(f"{name}_{i + 1}{j + 1}")) for i in range(size) for j in range(size)}


def entrywise(loss: ClosedForm, size: int) -> ClosedForm:
    """The loss with each sum over coordinates written out."""
    flat = {name: list(_letters(name, size).values()) for name in "AB"}
    table = {}
    for x in loss.letters():
        total = closed_form(0)
        for (b, a), count in _entries(MEANING[x], size).items():
            term = closed_form(Fraction(count))
            for name, places in (("B", b), ("A", a)):
                for place in places:
                    term = term * flat[name][place]
            total = total + term
        table[x] = total
    return loss.substitute(table)


def pivots(gram) -> list[tuple[Fraction, list[Fraction]]]:
    """Weights and rows with Σ weight (row · z)² = zᵀ gram z, by elimination."""
    rest, found = [list(row) for row in gram], []
    for k, row in enumerate(rest):
        weight = row[k]
        scaled = [Fraction(0)] * k + [x / weight for x in row[k:]]
        found.append((weight, scaled))
        for lower in rest[k + 1 :]:
            factor = lower[k] / weight
            for j in range(k, len(rest)):
                lower[j] -= factor * row[j]
    return found
