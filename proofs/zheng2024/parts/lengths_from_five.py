"""T = 5 for every d: the limit is a local minimum, by signs of forms; and longer sequences by the same signs.

At d = 2 as for the small d of `length_four`. For d ≥ 3 the limit lies between the directions (d, c) and (d + 2, c),
where c is the limit of d α'/α as d grows, a number for each T. There all forms that decide are polynomials in d − 3 and
in the direction without a negative coefficient, once the moves of A are combined such that what is left of the standard
block is nearly diagonal.

The signs hold for T = 5, …, 9; at T = 10 one sign of f is not seen in this way. The theorem states T = 5 alone: a
certificate with T = 6 as well takes more work than the checkers allow for one file.
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

SLOPES = {
    5: Fraction(-156, 343),
    6: Fraction(-468, 943),
    7: Fraction(-454560, 858847),
    8: Fraction(-30300, 54457),
    9: Fraction(-95318440, 164542177),
}
"""The limit of d α'/α as d grows, by T."""
OFFSETS = 0, 2
FROM = 3
"""From this d on all are decided together."""
x = scalar("x", nonnegative=True)
"""d − 3."""


def every_size(step, second, profile, evidence, length):
    """Decide one of these T for all d ≥ 2.

    Parameters
    ----------
    step : Recorder
    second : mapping
        From each kind of move to its sizes and the second variation.
    profile : Profile
        At any T.
    evidence : callable
        From signs and cases to the `SecondOrder` that they are of.
    length : int
        T.

    Raises
    ------
    DerivationError
        If a sign is not as it should be.
    """
    c = SLOPES[length]
    slope = rf"-\tfrac{{{-c.numerator}}}{{{c.denominator}}}"
    step(
        rf"$T={length}$: the limit is a local minimum for every $d\ge2$",
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
    values = numbers(length)
    at_length = stretched_at(second, values)
    where = f"$T={length}$, $d=2$"
    found = bracket_at(profile, 2, length)
    found.record(step, where)
    shown, definite = blocks_are_definite(at_length, found, second, 2)
    cases = [found.case(values | {d: closed_form(2)}, profile, definite)]
    where = rf"$T={length}$, $d\ge{FROM}$"
    found = bracket_from(profile.at(values), length)
    found.record(step, where)
    signs, definite = blocks_are_definite(at_length, found, second, combined={STANDARD: moves_of_A(length)})
    cases.append(found.case(values | {d: of(x) + FROM}, profile, definite))
    step.conclude(Stability(False, {T: length}, d, 2, proof=evidence(shown + signs, cases)))


def bracket_from(profile, length):
    """Around the root for all d = 3 + x, with the profile at this T."""
    size = of(x) + FROM
    low, high = ((size + offset, SLOPES[length]) for offset in OFFSETS)
    return bracket(profile.at({d: size}), low, high)


def moves_of_A(length):
    """Those in which what is left of the standard block is nearly diagonal."""
    size, one, none = of(x) + FROM, closed_form(1), closed_form(0)
    along = [size**2, -size, size * SLOPES[length] - 1]
    return Combined([along, [none, one, none], [none, none, one]], [one, size, size / 2])
