"""T = 5 for every d: the limit is a local minimum, by signs of forms.

At d = 2 as for the small d of `length_four`. For d ≥ 3 the limit lies between the directions (d, c) and (d + 2, c),
where c is the limit of d α'/α as d grows. There all forms that decide are polynomials in d − 3 and in the direction
without a negative coefficient, once the moves of A are combined such that what is left of the standard block is nearly
diagonal.
"""

from fractions import Fraction

from symicl.algebra import closed_form, scalar
from symicl.expectation import STANDARD
from symicl.proofs.zheng2024.parts.definite import blocks_are_definite, stretched_at
from symicl.proofs.zheng2024.parts.letters import of
from symicl.proofs.zheng2024.parts.only_limit import bracket, bracket_at, numbers
from symicl.proofs.zheng2024.parts.second_order import Combined
from symicl.proofs.zheng2024.setting import d
from symicl.statements import Stability
from symicl.tasks import T

LENGTH = 5
SLOPE = Fraction(-156, 343)
"""The limit of d α'/α as d grows."""
OFFSETS = 0, 2
FROM = 3
"""From this d on all are decided together."""
x = scalar("x", nonnegative=True)
"""d − 3."""


def every_size_at_five(step, second, profile, evidence):
    """Decide T = 5 for all d ≥ 2.

    Parameters
    ----------
    step : Recorder
    second : mapping
        From each kind of move to its sizes and the second variation.
    profile : Profile
        At any T.
    evidence : callable
        From signs to the `SecondOrder` that they are of.

    Raises
    ------
    DerivationError
        If a sign is not as it should be.
    """
    slope = rf"-\tfrac{{{-SLOPE.numerator}}}{{{SLOPE.denominator}}}"
    step(
        rf"$T={LENGTH}$: the limit is a local minimum for every $d\ge2$",
        rf"(\alpha,\alpha')=(d+a,{slope}),\quad0\le a\le{OFFSETS[1]}\qquad(d\ge{FROM})",
        rf"d^{{2}}\operatorname{{diag}}(v)-d\,v\mathbf{{1}}^{{\top}}+({slope}\,d-1)\,\mathbf{{1}}v^{{\top}},\qquad "
        r"v\mathbf{1}^{\top},\qquad\mathbf{1}v^{\top}",
        note=rf"For $d\ge{FROM}$ the limit lies between the first two directions. There, and around the limit at "
        "$d=2$, the leading minors of each block of $B$ are positive; what the best moves of $B$ leave of the moves of "
        rf"$A$ is positive by leading minors, or, for $d\ge{FROM}$ and the standard kind, as "
        r"$t_iS_{ii}>\sum_{j\ne i}t_j|S_{ij}|$ with $t=(1,d,d/2)$ in the last three moves. Directions, moves and $t$ "
        "were found by numbers; the signs are checked.",
        where={"a": "is a number", "S": "is what is left of that block", "t": "are weights"},
    )
    values = numbers(LENGTH)
    at_length = stretched_at(second, values)
    where = f"$T={LENGTH}$, $d=2$"
    found = bracket_at(profile, 2, LENGTH)
    found.record(step, where)
    shown = blocks_are_definite(step, where, at_length, found, 2)
    where = rf"$T={LENGTH}$, $d\ge{FROM}$"
    found = bracket_from(profile.at(values))
    found.record(step, where)
    shown += blocks_are_definite(step, where, at_length, found, combined={STANDARD: moves_of_A()})
    step.conclude(Stability(False, {T: LENGTH}, d, 2, proof=evidence(shown)))


def bracket_from(profile):
    """Around the root for all d = 3 + x, with the profile at T = 5."""
    size = of(x) + FROM
    low, high = ((size + offset, SLOPE) for offset in OFFSETS)
    return bracket(profile.at({d: size}), low, high)


def moves_of_A():
    """Those in which what is left of the standard block is nearly diagonal."""
    size, one, none = of(x) + FROM, closed_form(1), closed_form(0)
    along = [size**2, -size, size * SLOPE - 1]
    return Combined([along, [none, one, none], [none, none, one]], [one, size, size / 2])
