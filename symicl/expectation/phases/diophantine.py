"""Integer solutions of affine equations between times, counted for symbolic t by case analysis.

Guarantee: the count is exact for every t ≥ 2. The equations are solved by elimination; what is left is a
region cut out by inequalities between times, which is split into disjoint cases (which lower bound is the
largest, which upper bound is the least) until every sum has one lower and one upper bound. Each case gives a
polynomial in t on an interval of t. No count is ever fitted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache
from math import gcd

from symicl.algebra import ONE, Monomial, Number, Polynomial, Word, letter, unheard
from symicl.errors import UnsupportedError
from symicl.expectation.phases.affine import FREE, Affine, difference, time
from symicl.expectation.phases.in_time import FIRST_TIME, InTime
from symicl.expectation.phases.power_sums import power_sum

Interval = tuple[int, int | None]
Piece = tuple[Polynomial, Interval]
"""A polynomial in the letter of t, and the interval of t on which it counts."""

Region = tuple[Affine, ...]
"""Forms that must all be ≥ 0."""


def variable_letter(variable: int) -> int:
    """The letter of a time variable inside counts."""
    return letter(("time", variable), ONE, ONE)


def solve(
    equations: Iterable[Affine], region: Region, keep: Collection[int] = ()
) -> tuple[Region, dict[int, Affine]] | None:
    """Eliminate the equations form = 0.

    Parameters
    ----------
    equations : forms that must vanish
    region : forms that must be ≥ 0
    keep : variables that are eliminated only when no other one can be

    Returns
    -------
    (region, values) or None
        The region in the variables that are left, with conditions on t that some equations leave, and the
        eliminated variables in terms of those. None if there is no solution for any t.

    Raises
    ------
    UnsupportedError
        If the solutions depend on divisibility, as for 2s = t.
    """
    todo = list(equations)
    conditions = list(region)
    values: dict[int, Affine] = {}
    while todo:
        reduced = []
        for form in todo:
            primitive = _primitive(form)
            if primitive is None:
                return None
            if primitive.terms:
                reduced.append(primitive)
        choice = _choose(reduced, keep)
        if choice is None:
            # Equations in t alone, such as t − 2 = 0.
            conditions += [form.times(sign) for form in reduced for sign in (1, -1)]
            break
        form, variable = choice
        c = form.coefficient(variable)
        value = Affine(form.constant, tuple([(v, e) for v, e in form.terms if v != variable])).times(-c)
        todo = [other.replaced(variable, value) for other in reduced if other is not form]
        conditions = [other.replaced(variable, value) for other in conditions]
        values = {v: f.replaced(variable, value) for v, f in values.items()} | {variable: value}
    return tuple(conditions), values


def _primitive(form: Affine) -> Affine | None:
    """The equation without a common factor; None if it has no solution for any t."""
    summed = gcd(*[c for v, c in form.terms if v != FREE])
    common = gcd(summed, form.coefficient(FREE))
    if common == 0:
        return None if form.constant else form
    if form.constant % common:
        return None
    return Affine(form.constant // common, tuple([(v, c // common) for v, c in form.terms]))


def _choose(equations: list[Affine], keep: Collection[int]) -> tuple[Affine, int] | None:
    """An equation and a variable with coefficient ±1 in it; None if only equations in t alone are left."""
    found = None
    for form in equations:
        for variable, c in form.terms:
            if variable != FREE and abs(c) == 1:
                if variable not in keep:
                    return form, variable
                found = found or (form, variable)
    if found is None and any(form.variables() for form in equations):
        raise UnsupportedError(
            "the number of solutions of an equation between times depends on the remainder of t (2s = t is one), "
            "so the expectation is no polynomial in t; only models without such products are supported"
        )
    return found


@lru_cache(maxsize=4096)
@unheard
def count_solutions(equations: frozenset[Affine], region: Region) -> InTime:
    """The number of integer points, for every t ≥ 2, of a region in which the equations hold."""
    solved = solve(sorted(equations), region)
    return InTime() if solved is None else count_points(solved[0])


def count_points(region: Region) -> InTime:
    """The number of integer points of a region, for every t ≥ 2."""
    return assemble(_pieces(Polynomial.constant(1), region))


def _pieces(summand: Polynomial, region: Region) -> list[Piece]:
    """Σ of the summand over the summed times in the region, in pieces."""
    forms = _without_redundant(region)
    if forms is None:
        return []
    variables = sorted({v for form in forms for v in form.variables()})
    if not variables:
        interval = _interval(forms)
        return [] if interval is None else [(summand, interval)]
    variable = variables[-1]
    lower: list[Affine] = []
    upper: list[Affine] = []
    rest: list[Affine] = []
    for form in forms:
        c = form.coefficient(variable)
        if not c:
            rest.append(form)
        elif abs(c) > 1:
            raise UnsupportedError(
                "a bound on a time is a fraction, so the number of solutions depends on parity"
            )
        else:
            # c·v + others ≥ 0: v ≥ −others for c = 1, v ≤ others for c = −1.
            others = form.plus(time(variable).times(-c))
            (lower if c == 1 else upper).append(others.times(-c))
    if not lower or not upper:
        raise UnsupportedError("a summed time has no bounds; sum over it with the sequence's own sum")
    found = []
    for i, low in enumerate(lower):
        for j, high in enumerate(upper):
            case = [difference(high, low)]
            # Ties go to the first bound, so that the cases are disjoint.
            case += [difference(low, other).shift(-int(k < i)) for k, other in enumerate(lower) if k != i]
            case += [difference(other, high).shift(-int(k < j)) for k, other in enumerate(upper) if k != j]
            total = _sum_over(summand, variable, low, high)
            found += _pieces(total, (*rest, *case))
    return found


def _without_redundant(region: Region) -> list[Affine] | None:
    """The inequalities with the least constant for each direction; None if one can never hold."""
    least: dict[tuple[tuple[int, int], ...], int] = {}
    for form in region:
        if not form.terms:
            if form.constant < 0:
                return None
            continue
        common = gcd(*[c for _, c in form.terms])
        terms, constant = tuple([(v, c // common) for v, c in form.terms]), form.constant // common
        least[terms] = min(constant, least.get(terms, constant))
    forms = [Affine(constant, terms) for terms, constant in sorted(least.items())]
    # Conditions on t alone that contradict each other end the case early.
    return None if _interval([f for f in forms if not f.variables()]) is None else forms


def _interval(forms: Iterable[Affine]) -> Interval | None:
    """The t ≥ 2 at which forms in t alone are ≥ 0."""
    low, high = FIRST_TIME, None
    for form in forms:
        c = form.coefficient(FREE)
        if c > 0:
            low = max(low, -(form.constant // c))
        else:
            bound = form.constant // -c
            high = bound if high is None else min(high, bound)
    return None if high is not None and high < low else (low, high)


def _sum_over(summand: Polynomial, variable: int, low: Affine, high: Affine) -> Polynomial:
    """Σ_{v=low}^{high} of a polynomial, valid for high ≥ low − 1."""
    word: Word = (variable_letter(variable),)
    by_power: dict[int, dict[Monomial, Number]] = {}
    for monomial, c in summand:
        rest = tuple(w for w in monomial if w != word)
        by_power.setdefault(len(monomial) - len(rest), {})[rest] = c
    first, last = as_polynomial(low.shift(-1)), as_polynomial(high)
    total = Polynomial()
    for k, coefficient in by_power.items():
        total = total + Polynomial(coefficient) * (power_sum(k, last) - power_sum(k, first))
    return total


def as_polynomial(form: Affine) -> Polynomial:
    """An affine form as a polynomial in the letters of its variables."""
    terms: dict[Monomial, Number] = {((variable_letter(v),),): c for v, c in form.terms}
    return Polynomial(terms) + form.constant


def assemble(pieces: list[Piece]) -> InTime:
    """One polynomial in n = t − 1 for large t, and what has to be added at the small t that differ."""
    t = variable_letter(FREE)
    general = Polynomial()
    for polynomial, (_, high) in pieces:
        if high is None:
            general = general + polynomial
    last = max([FIRST_TIME, *[low if high is None else high + 1 for _, (low, high) in pieces]])
    exceptions = {}
    for number in range(FIRST_TIME, last):
        exact = Polynomial()
        for polynomial, (low, high) in pieces:
            if low <= number and (high is None or number <= high):
                exact = exact + _value(polynomial, number)
        if correction := exact - _value(general, number):
            exceptions[number] = correction
    powers: dict[int, Polynomial] = {}
    for monomial, c in general:
        # t^k = (n + 1)^k
        expanded = (Polynomial({((t,),): 1}) + 1) ** len(monomial)
        for shifted, e in expanded:
            m = len(shifted)
            powers[m] = powers.get(m, Polynomial()) + c * e
    return InTime({m: p for m, p in powers.items() if p}, exceptions)


def _value(polynomial: Polynomial, t: int) -> Polynomial:
    """The value of a polynomial in t alone."""
    return Polynomial.constant(sum(c * t ** len(monomial) for monomial, c in polynomial))
