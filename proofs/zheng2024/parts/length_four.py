"""T = 4 for every d: the limit is a local minimum for d ≤ 7 and a strict saddle from d = 8 on, by signs of forms.

For d ≤ 7 the leading minors of each block are positive between two directions that enclose the limit. For larger d the
directions (d²q, −(2/5)dq + r) do so, and one move is stated along which the second derivative is negative there.
"""

from fractions import Fraction

from symicl.algebra import closed_form, scalar
from symicl.expectation import STANDARD
from symicl.proofs.zheng2024.parts.all_ones import alpha, alpha_
from symicl.proofs.zheng2024.parts.definite import blocks_are_definite, stretched_at
from symicl.proofs.zheng2024.parts.letters import of, put
from symicl.proofs.zheng2024.parts.only_limit import SIGNS, bracket, bracket_at, numbers
from symicl.proofs.zheng2024.parts.second_order import at_limit, stretched
from symicl.proofs.zheng2024.parts.stability import inertia
from symicl.proofs.zheng2024.setting import d
from symicl.statements import Falling, SecondDerivative, Stability
from symicl.tasks import T
from symicl.typeset import Equation

LENGTH = 4
LARGEST_TRIED = 20
SLOPE = Fraction(-2, 5)
"""The limit of d α'/α as d grows."""
OFFSETS = Fraction(-1, 10), Fraction(0)
q, r = scalar("q"), scalar("r")
more = scalar("x", nonnegative=True)
"""The excess of d over its least value."""


def every_size_at_four(step, second, profile, evidence):
    """Decide T = 4 for all d ≥ 2.

    Parameters
    ----------
    step : Recorder
    second : mapping
        From each kind of move to its sizes and the second variation.
    profile : Profile
        At any T.
    evidence : callable
        From signs and cases to the `SecondOrder` that they are of.

    Raises
    ------
    DerivationError
        If a sign is not as it should be.
    """
    first = next(k for k in range(2, LARGEST_TRIED) if inertia(k, LENGTH).is_saddle)
    small = small_sizes(step, second, profile, first)
    step.conclude(Stability(False, {T: LENGTH}, d, 2, first - 1, evidence(*small)))
    large = large_sizes(step, second, profile, first)
    step.conclude(Stability(True, {T: LENGTH}, d, first, proof=evidence(*large)))


def small_sizes(step, second, profile, first):
    """The leading minors of all blocks at d = 2, …, first − 1."""
    step(
        rf"$T=4$, $d\le{first - 1}$: the limit is a local minimum",
        note=r"$f$ has its only root between two directions ({step:one equation}). There the leading minors of each "
        r"block of $B$ and of its Schur complement are positive, at $\beta=h_2g$, $\beta'=-h_1g$ and with $\Delta$ "
        "times the moves of $A$.",
    )
    shown, cases, at_length = [], [], stretched_at(second, numbers(LENGTH))
    for size in range(2, first):
        where = f"$T=4$, $d={size}$"
        found = bracket_at(profile, size, LENGTH)
        found.record(step, where)
        signs, definite = blocks_are_definite(at_length, found, second, size)
        shown += signs
        cases.append(found.case(numbers(LENGTH) | {d: closed_form(size)}, profile, definite))
    return shown, cases


def direction_of_descent():
    """The six sizes of a move with a negative second derivative: found by numbers, and checked."""
    x = of(d)
    # Δ at the limit is about this times α⁴; moves of A are taken Δ times.
    scale = (x**2 * Fraction(119, 125) + x * Fraction(8, 25) + Fraction(12, 5)) * of(alpha) ** 2
    return (
        x**2 * (x + 4),
        x * (x + Fraction(8, 5)) * Fraction(-6, 5),
        x * (x + Fraction(11, 5)) * Fraction(-2, 5),
        scale * x * (x + Fraction(59, 10)) * 2,
        scale * (x + Fraction(26, 5)) * Fraction(-33, 17),
        scale * (x + Fraction(61, 10)) * Fraction(-33, 34),
    )


def large_sizes(step, second, profile, first):
    """A move of the standard kind that lowers the loss at every d from the first saddle on."""
    size, along = of(d), of(q)
    at_length = profile.at(numbers(LENGTH))
    found = bracket(
        at_length,
        *[(1, offset) for offset in OFFSETS],
        letters=(q, r),
        moved={alpha: size**2 * along, alpha_: size * along * SLOPE + of(r)},
        scale=size,
        at_least={d: first},
    )
    sizes, form = second[STANDARD]
    move = direction_of_descent()
    stretched_form = put(stretched(sizes, form), numbers(LENGTH))
    lowered = put(at_limit(stretched_form, at_length), dict(zip(sizes, move, strict=True)))
    step(
        rf"$T=4$, $d\ge{first}$: the limit is a strict saddle",
        *[Equation(z.name, value) for z, value in zip(sizes, move, strict=True)],
        note=r"The limit lies between $(d^{2}q,-\frac25dq+r)$ with $\frac rq=-\frac1{10}$ and with $r=0$, and there "
        r"the loss falls along this move of the standard kind, again with $\Delta$ times the move of $A$. The move was "
        "found by numbers; that the loss falls is checked.",
        where={"q,r": "are two letters for the direction"},
    )
    where = rf"$T=4$, $d\ge{first}$"
    found.record(step, where)
    shown = found.positive(-lowered)
    step.require(rf"{where}: $\delta^{{2}}L$ is negative", *shown, rule=SIGNS)
    moves = tuple(sizes.values())
    falling = Falling(SecondDerivative(form, moves), dict(zip(moves, move, strict=True)))
    values = numbers(LENGTH) | {d: of(more) + first}
    return shown, [found.case(values, profile, [falling], -lowered)]
