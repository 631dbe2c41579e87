"""The loss of augmented tokens over all A and B at numbers of d and T_max: its polynomial, and a proven lower bound."""

from fractions import Fraction
from functools import cache
from itertools import product

import sympy

from symicl.algebra import (
    MEANING,
    ClosedForm,
    closed_form,
    read_form,
    scalar,
    unheard,
)
from symicl.expectation import FullMatrix
from symicl.numeric import BiquadraticBound, biquadratic_bound
from symicl.statements import NotDetermined
from symicl.theory import (
    EntryPolynomial,
    autoregressive_loss,
    entries_of,
    loss_at_numbers,
    loss_in_entries,
    positive,
)

LARGEST = 3
"""The largest d: there are d⁴ products of entries."""
DECIMALS = 9
SHOWN = (2, 5)
"""(d, T_max) at which the lower bound is written out as a sum of squares, with short numbers."""
SHORT = {"slacks": (3e-3, 1e-2, 3e-2), "bits": 8}
NAMES = ("B", "A")


def full_loss(model, task) -> ClosedForm:
    """The loss over all A and B."""
    return autoregressive_loss(model, task, model.active(FullMatrix("A"), FullMatrix("B"))).closed_form


known_loss = cache(unheard(full_loss))


def at_numbers(loss: ClosedForm, task, values) -> ClosedForm:
    """A loss over all A and B in sums of entries, with numbers for d and T_max."""
    return loss_at_numbers(loss, {x: values[x] for x in task.symbols().values()})


@unheard
def in_entries(model, task, values) -> EntryPolynomial:
    """The loss over all A and B, as a polynomial in the entries of B and A."""
    return loss_in_entries(at_numbers(known_loss(model, task), task, values), NAMES, int(values[task.d]))


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
        for (b, a), count in entries_of(MEANING[x], NAMES, size).items():
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
