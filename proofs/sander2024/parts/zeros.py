"""Where the losses with positional weights have their least value, entry by entry, and what it is deduced from."""

from sympy import Integer, Rational, Symbol

from symicl.algebra import closed_form, read_form, scalar
from symicl.proofs.sander2024.parts.positional import WEIGHTS, T
from symicl.theory import Deduction, entry_symbol

p, q = WEIGHTS.last(0), WEIGHTS.last(1)
r = scalar("r")
SINCE = ((T, 2),)
EARLIER = (WEIGHTS.earlier(2), Integer(0))
"""p_t = 0 for t ≤ T − 2."""
own, other, partner = (entry_symbol("C", "i", j) for j in ("i", "j", "~i"))
HALF = Rational(1, 2)

UNITARY = ((p * own, Integer(1)), (other, Integer(0)), (q, Integer(0)), EARLIER)
"""p_T C = I, and p_t = 0 for t ≠ T."""
ORTHOGONAL = (
    (p * own, Integer(1)),
    (p * partner, r),
    (other, Integer(0)),
    ((1 + r) * q, -r * p),
    EARLIER,
)
"""p_T C with blocks (1 r; r 1), and the weight of T − 1 that goes with them."""
SOME = ((r, p * entry_symbol("C", "j", "~j")),)


def multiples_of_identity(*numbers):
    """Weights C = cI, p_T = 1/c at d = 2 and T = 3."""
    return tuple([{"C": ((c, 0), (0, c)), "p": (0, 0, 1 / c)} for c in numbers])


def blocks(*ratios):
    """Weights with p_T = 2 and blocks (1 r; r 1)/2 at d = 4 and T = 3."""
    found = []
    for x in ratios:
        rows = [[(HALF if i == j else x / 2) if i // 2 == j // 2 else 0 for j in range(4)] for i in range(4)]
        found.append({"C": tuple(map(tuple, rows)), "p": (0, -x / (1 + x) * 2, 2)})
    return tuple(found)


UNITARY_EXAMPLES = multiples_of_identity(HALF, -Integer(1))
ORTHOGONAL_EXAMPLES = blocks(Integer(1), Rational(2, 7))


def deduced(form, *combination) -> Deduction:
    """A form as a combination of forms that vanish, (something, form) each."""
    one = closed_form(1)
    return Deduction((form,), tuple([(closed_form(c), zero, one) for c, zero in combination]))


def read(symbol: Symbol):
    """A symbol as a closed form."""
    return read_form(symbol)


def off_the_diagonal(positional):
    """C_ij = 0 and p_t = 0 for t ≤ T − 2, from p_T C_ii = 1 and the squares."""
    last, squares = positional.last, positional.squares
    fitted = last * read(own) - 1
    return (
        deduced(read(other), (read(own), last * read(other)), (-read(other), fitted)),
        deduced(squares, (last**2, read(own) ** 2 * squares), (-squares * (last * read(own) + 1), fitted)),
    )


def of_unitary(positional):
    """And p_{T−1} = 0, from p_{T−1} (C1)_i = 0."""
    last, before = positional.last, positional.before
    fitted = last * read(own) - 1
    return (*off_the_diagonal(positional), deduced(before, (last, before * read(own)), (-before, fitted)))


def of_orthogonal(positional):
    """And the same r for all pairs, from the last square."""
    last, before, earlier = positional.last, positional.before, positional.earlier

    def at(i, partner_of_i):
        """C_ii and C_iī, p_T C_iī, p_T C_ii − 1, the last bracket, and (1 + r)p_{T−1} + r p_T at one coordinate."""
        here, beside = (read(entry_symbol("C", i, j)) for j in (i, partner_of_i))
        ratio, fitted = last * beside, last * here - 1
        bracket = before * here + (before + last) * beside
        return here, beside, ratio, fitted, bracket, (ratio + 1) * before + ratio * last

    steps = list(off_the_diagonal(positional))
    here, beside, ratio, fitted, bracket, weighted = at("i", "~i")
    steps.append(deduced(bracket, (1, bracket + earlier * beside), (-beside, earlier)))
    steps.append(deduced(weighted, (last, bracket), (-before, fitted)))
    for i in (("j", "~j"), ("~i", "i")):
        _, _, other_ratio, _, _, other_weighted = at(*i)
        gap = ratio - other_ratio
        steps.append(
            deduced(
                gap,
                (here * (other_ratio + 1), weighted),
                (-here * (ratio + 1), other_weighted),
                (-gap, fitted),
            )
        )
    return tuple(steps)


def back_to_the_bracket(positional):
    """The last bracket vanishes where the equations hold."""
    last, before, earlier = positional.last, positional.before, positional.earlier
    here, beside, R = read(own), read(partner), read(r)
    fitted, fixed, weighted = last * here - 1, last * beside - R, (R + 1) * before + R * last
    bracket = before * here + (before + last) * beside
    return (
        deduced(
            bracket + earlier * beside,
            (here, weighted),
            (here * before - bracket, fitted),
            (here * (before + last), fixed),
            (beside, earlier),
        ),
    )
