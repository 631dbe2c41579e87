"""T = 3 for every d in closed form: the limit of the unmasked flow, how the loss falls from there, what does better."""

from dataclasses import dataclass
from fractions import Fraction

from sympy import Integer

from symicl.algebra import ClosedForm, closed_form, dims, gradient, scalar, scalar_letter, stationary_point
from symicl.expectation import STANDARD, TRIVIAL, entry_sum
from symicl.proofs.zheng2024.parts.all_ones import LETTERS_IN_LATEX, PARAMETERS, alpha, alpha_, beta, beta_, p
from symicl.proofs.zheng2024.parts.letters import of, put, slope
from symicl.proofs.zheng2024.parts.only_limit import SIGNS, close_to_root, numbers
from symicl.proofs.zheng2024.parts.profile import DIRECTION
from symicl.proofs.zheng2024.parts.second_order import (
    block,
    completed,
    leading_minors,
    number_of_B,
    rows_of,
    stretched,
)
from symicl.proofs.zheng2024.parts.signs_on_arcs import positive_between
from symicl.proofs.zheng2024.parts.stability import LOSS
from symicl.proofs.zheng2024.setting import H2, H, N, d
from symicl.statements import Definite, Falling, SecondDerivative, Stability, StationaryCase
from symicl.tasks import T
from symicl.theory import positive
from symicl.typeset import Equation

AT_3 = {T: of(Integer(3)), H: closed_form(1), H2: closed_form(1)}
AT_COLUMNS = {alpha: closed_form(1), alpha_: closed_form(0)}
"""Where A has the columns with the sum 1 that count."""
NOT_GLOBAL_CASES = ((5, 4), (6, 4), (7, 4))
"""(d, T) at which the limit is a local minimum, and fewer coordinates do better."""
size, few, more = scalar("s"), dims("k"), scalar("x", nonnegative=True)
"""β' = −s; the number of coordinates on which there are weights; what d exceeds its least value by."""


@dataclass(frozen=True)
class Limit:
    """At α = 1, α' = 0: β, β'/β and the loss, as functions of d."""

    product: ClosedForm
    ratio: ClosedForm
    loss: ClosedForm


def shortest_sequences(step, loss, four, line, second, profile, evidence):
    """The kind of the limit at T = 3.

    Parameters
    ----------
    loss, four : AutoregressiveLoss
        Over all A and B, and of the four parameters.
    line : OneVariable
    second : mapping
        From each kind of move to its sizes and the second variation.
    profile : Profile
        The least loss for a direction of A.
    evidence : callable
        From signs, cases and identities to the `SecondOrder` that they are of.

    Returns
    -------
    dict
        The corollaries on T = 3.
    """
    at_3 = loss.total.at_last(2).closed_form
    limit = limit_at_3(step, at_3, line)
    least, best, lowers, raises = direction_of_descent(step, second, limit, profile)
    vanishing = vanishing_at_3(four.total.at_last(2).closed_form, limit)
    falling, definite = falling_from_three(second, best, profile), definite_at_two(second, profile)
    for saddle, range_, signs, case in ((True, (3,), lowers, falling), (False, (2, 2), raises, definite)):
        step.conclude(Stability(saddle, {T: 3}, d, *range_, proof=evidence(signs, [case], vanishing)))
    return {
        "loss_T_3": limit.loss,
        "beta_ratio_T_3": limit.ratio,
        "second_variation_T_3": least,
        "loss_of_two_coordinates_T_3": on_fewer_coordinates(step, loss, limit, profile),
    }


def vanishing_at_3(form, limit):
    """The gradient of the four parameters at the limit, at T = 3."""
    at = {alpha: closed_form(1), alpha_: closed_form(0)}
    at |= {beta: limit.product, beta_: limit.product * limit.ratio}
    return tuple(
        [
            (
                rf"$T=3$: $\partial L/\partial {LETTERS_IN_LATEX[z]}$ vanishes at the limit",
                put(slope(form, z), at),
                closed_form(0),
            )
            for _, z in PARAMETERS
        ]
    )


def limit_at_3(step, at_3, line):
    """The loss in the sums of the columns of A, and its value at the limit."""
    every = [put(part, AT_3) for part in (*line.quadratic, line.linear, line.constant)]
    Q0, Q1, Q2, ell, constant = (put(part, {p: closed_form(0)}) for part in every)
    D = Q0 * Q2 * 4 - Q1**2
    found = Limit(Q2 * ell * 4 / D, -Q1 / (Q2 * 2), (constant - Q2 * ell**2 * 4 / D) / 2)
    step(
        r"$T=3$: the loss depends on $A$ through the sums $a=A^{\top}\mathbf{1}$ of its columns alone, and does not "
        "change where they and $B$ do not",
        r"2L=d-2\sum_iB_{ii}a_i+\lVert B\rVert_F^{2}\lVert a\rVert^{2}+\lVert Ba\rVert^{2}-\sum_{i,k}B_{ik}^{2}a_k^{2}",
        Equation(r"\alpha'=0:\quad\alpha\beta", found.product),
        Equation(r"\frac{\beta'}{\beta}", found.ratio),
        Equation("L", found.loss),
        note=r"Without a change of $a$ and of the loss $A$ can be moved to $\alpha'=0$, and scaled to $\alpha=1$.",
        where={"a_k": "is the sum of the column $k$ of $A$"},
    )
    step.check("the loss in the sums of the columns", at_3 * 2, in_sums_of_columns())
    Q0, Q1, Q2, ell, constant = every
    step.check(
        r"its least value on the line is the same for every $p=\alpha'/\alpha$",
        Q2 * ell**2 * 4,
        (constant - found.loss * 2) * (Q0 * Q2 * 4 - Q1**2),
    )
    return found


def in_sums_of_columns():
    """2L at T = 3 by the sums a_k = Σ_l A_lk."""
    B, A, other = ("B", "i", "k"), ("A", "l", "k"), ("A", "m", "k")
    along = of(entry_sum([("B", "k", "k"), A]))
    norms = of(entry_sum([B, B])) * of(entry_sum([A, other]))
    applied = of(entry_sum([B, A, ("B", "i", "n"), ("A", "m", "n")]))
    return of(d) - along * 2 + norms + applied - of(entry_sum([B, B, A, other]))


def direction_of_descent(step, second, limit, profile):
    """The least second variation with δA = diag(v): negative for d ≥ 3; with the signs for these d, and for d = 2."""
    sizes, general = second[STANDARD]
    form = put(general, AT_3)
    z, *rest = sizes
    others = rest[2:]
    none = {x: closed_form(0) for x in rest[:2]}
    there = -limit.ratio * limit.product
    at = {
        alpha: closed_form(1),
        alpha_: closed_form(0),
        beta: of(size) * limit.product / there,
        beta_: -of(size),
    }
    here = put(put(form, at | none), {size: there})
    # At δA = diag(v), which is z = 1.
    at_v = put(here, {z: closed_form(1)})
    best = stationary_point(at_v, [scalar_letter(x) for x in others])
    least = at_v.substitute(best)
    step(
        r"$T=3$, $d\ge3$: a direction in which the loss falls",
        r"\delta A=\operatorname{diag}(v),\qquad\delta B=z_3\operatorname{diag}(v)+z_4v\mathbf{1}^{\top}"
        r"+z_5\mathbf{1}v^{\top},\qquad\mathbf{1}^{\top}v=0,\ v^{\top}v=1",
        *[Equation(x.name, best[scalar_letter(x)]) for x in others],
        Equation(r"\delta^{2}L", least),
        where={"v": "is any such vector"},
        note=r"The best $\delta B$ for this $\delta A$, at $\alpha=1$.",
    )
    for x in others:
        step.check(
            rf"$\delta^{{2}}L$ is stationary in ${x.name}$ there",
            gradient(at_v, scalar_letter(x)).substitute(best),
            closed_form(0),
        )
    step.check(r"$\delta^{2}L$ has the given value there", at_v.substitute(best), least)
    lowers = [positive(-least, {d: 3})]
    step.require(
        r"it is negative for $d\ge3$",
        *lowers,
        rule=r"no coefficient of the wrong sign as a polynomial in $d-3$",
    )
    raises = [
        positive(minor)
        for matrix in blocks_of_two_coordinates(second, profile)
        for minor in leading_minors(matrix)
    ]
    step.require(
        r"for $d=2$ every second derivative across the directions along which the loss is constant is positive",
        *raises,
        rule="leading minors, exact rationals",
    )
    return least, best, lowers, raises


def falling_from_three(second, best, profile):
    """For certificates: the move of A and B at α = 1, α' = 0, with T = 3 and d ≥ 3.

    Parameters
    ----------
    second : mapping
        From each kind of move to its sizes and the second variation.
    best : mapping
        From letters to the sizes of the moves of B, for δA = diag(v) at α = 1, α' = 0.
    profile : Profile
    """
    sizes, form = second[STANDARD]
    size = put(put(profile.determinant, AT_3), AT_COLUMNS)
    common = closed_form(1)
    for value in best.values():
        common = common * (value * size * common).fraction()[1]
    first, *_ = moves = tuple(sizes.values())
    move = {first: common}  # and Δ times that, as moves of A are taken
    move |= {
        moved: best[scalar_letter(z)] * size * common
        for z, moved in sizes.items()
        if scalar_letter(z) in best
    }
    return at_columns(profile, of(more) + 3, [Falling(SecondDerivative(form, moves), move)])


def definite_at_two(second, profile):
    """For certificates: the moves of A and B that count, with T = 3 and d = 2."""
    two = of(Integer(2))
    sizes, form = second[STANDARD]
    found = profile.at(AT_3 | {d: two})
    rows = [row for row in rows_of(STANDARD, two, True) if next(iter(row)) != ("A", "v1'")]
    count = number_of_B(rows)
    matrix = block(sizes, put(stretched(sizes, form), AT_3 | {d: two}), rows, found)
    square = completed([[put(entry, AT_COLUMNS) for entry in row] for row in matrix], count)
    shown = Definite(
        SecondDerivative(form, tuple(sizes.values())), rows[:count], rows[count:], square.best, square.weight
    )
    return at_columns(profile, two, [shown])


def at_columns(profile, size, shown):
    """For certificates: T = 3, where the sums of the columns of A count alone."""
    forms = (profile.h0, profile.h1, profile.h2, -profile.g)
    return StationaryCase(AT_3 | {d: size}, forms, (), shown)


def blocks_of_two_coordinates(second, profile):
    """T = 3, d = 2: both blocks, as matrices of numbers for the moves that change the loss, at α' = 0."""
    two = of(Integer(2))
    values = AT_3 | {d: two}
    found, there = profile.at(values), {alpha: closed_form(1), alpha_: closed_form(0)}
    for kind in (TRIVIAL, STANDARD):
        (sizes, form), of_A = second[kind], ("A", "diag(v)")
        rows = [row for row in rows_of(kind, two, True) if next(iter(row))[0] == "B" or of_A in row]
        matrix = block(sizes, put(stretched(sizes, form), values), rows, found)
        yield [[put(entry, there) for entry in row] for row in matrix]


def on_fewer_coordinates(step, loss, limit, profile):
    """Weights on some coordinates alone: the limit is not the global minimum."""
    two = put(limit.loss, {d: of(Integer(2))}) + of((d - 2) / Integer(2))
    gain = limit.loss - two
    step(
        r"Weights on any $k$ coordinates alone have the loss $L_k+(d-k)\frac{T-2}2$",
        Equation(r"T=3:\quad L_2+\frac{d-2}2", two),
        Equation(r"T=3:\quad L-L_2-\frac{d-2}2", gain),
        where={"L_k": "is the loss at the limit for $k$ coordinates"},
        note=r"The other coordinates are predicted as zero, at the cost $\frac12$ for each $t$; in the sums over "
        "coordinates each is an index of an entry of $A$ or $B$, and rows and columns of zeros add nothing to them.",
    )
    whole, k = loss.closed_form, of(few)
    step.check(
        r"the loss of $d$ coordinates is that of $k$ and $(d-k)\frac{T-2}2$, with the same sums over coordinates",
        put(whole, {d: k}) + (of(d) - k) * of(N) / 2,
        whole,
    )
    step.require(
        r"at $T=3$ two coordinates have less than the limit for every $d\ge3$",
        positive(gain, {d: 3}),
        rule=r"no negative coefficient and a positive constant as a polynomial in $d-3$",
    )
    for size, length in NOT_GLOBAL_CASES:
        step.require(
            rf"at $d={size}$, $T={length}$ weights on $d-1$ coordinates have less than the limit",
            *fewer_are_better(size, length, profile),
            rule=f"a number between both gains over zero weights; {SIGNS}",
        )
    return two


def fewer_are_better(size, length, profile):
    """Signs that show it: no direction of all d gains as much as a number, and one of d − 1 gains more."""
    gains = [
        float(k * (length - 2) / 2 - LOSS({d: Integer(k), T: Integer(length)}, 20)) for k in (size, size - 1)
    ]
    between = closed_form(Fraction(sum(gains)).limit_denominator(10**4))
    all_, fewer = (profile.at(numbers(length) | {d: of(Integer(k))}) for k in (size, size - 1))
    above = all_.determinant * between - all_.h2 * all_.g**2 * all_.size
    gained = fewer.h2 * fewer.g**2 * fewer.size - fewer.determinant * between
    near, there = (close_to_root(k, length) for k in (size, size - 1))
    return [
        *positive_between(above, DIRECTION, (0, -near[0]), near),
        *positive_between(above, DIRECTION, near, (0, near[0])),
        positive(put(gained, dict(zip(DIRECTION, map(closed_form, there), strict=True)))),
    ]
