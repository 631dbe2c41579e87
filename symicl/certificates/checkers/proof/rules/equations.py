"""The equations that a letter may be assumed to satisfy, and what each does to words."""

from ...reading import need
from ..values import ONE
from ..words import SCALAR

EQUATIONS = {
    "projector": "P^2 = P, of rank {}",
    "orthogonal": "O'O = O O' = I",
    "orthonormal": "U'U = I",
    "diagonal": "diagonal",
    "norm": "v'v = {}",
    "ones": "each entry is 1",
}


def equation(log, satisfies, size, symmetric, rank, square):
    """The assumption in words; there are such matrices, if the rank is the smaller size.

    A rank is a size; a squared norm is a number > 0 times powers of letters with bounds.
    """
    need(satisfies in EQUATIONS and size != SCALAR, "it satisfies another equation, or none")
    alike = size[0] == size[1]
    wide = size[0] == 1 or (all(type(n) is int for n in size) and size[1] > size[0])
    tall = not alike and not wide and size[1] != 1
    shape = {
        "orthogonal": alike,
        "norm": size[1] == 1,
        "orthonormal": tall,
        "ones": size[1] == 1,
    }
    need(shape.get(satisfies, alike and symmetric), "no matrix of this size satisfies it")
    need(shape.get(satisfies) is None or not symmetric, "it is assumed to be symmetric, too")
    needs = [satisfies == "projector", satisfies == "norm"]
    given = [rank is not None, square is not None]
    need(
        needs == given,
        "a projector has a rank, a vector of given norm its square, others none",
    )
    if square is not None:
        log.spend(log.weight(square))
        plain = square[:2] == SCALAR and square.den == ONE and len(square.terms) == 1
        bounded = all(log.letters[x].at_least is not None for x in log.mentioned(square))
        powers = all(c > 0 and all(k > 0 for _, k in m) for (m, _), c in square.terms.items())
        need(plain and bounded and powers, "the square is no product of what is at least 0")
    few = type(rank) is int and type(size[0]) is int and rank > size[0]
    need(not few, "no matrix of this size satisfies it")
    return EQUATIONS[satisfies].format(rank if square is None else log.short(square))


def depends(log, rank, square):
    """The letters that the equation is about beside the letter itself, which are in it like
    those in an inverse."""
    used = {log.names[rank]} if isinstance(rank, str) else set()
    used |= log.mentioned(square) if square is not None else set()
    return used | log.inside(used)


def enter(log, satisfies, size, rank, square):
    """Let words be shortened by it. The letter is related to itself: it is not replaced, and
    no condition is about it."""
    a = log.id
    log.fixed.add(a)
    log.tied.add(a)
    if satisfies == "projector":
        log.absorbed.add((a, a))
        log.counted[(a,)] = log.count(rank)
    elif satisfies == "orthogonal":
        log.inverse |= {a: -a, -a: a}
    elif satisfies == "orthonormal":
        log.dropped.add((-a, a))
        log.counted[(-a, a)] = log.count(size[1])
    elif satisfies == "diagonal":
        log.diagonal.add(a)
    elif satisfies == "ones":
        log.counted[(-a, a)] = log.count(size[0])
    else:
        (((monomial, _), number),) = square.terms.items()
        log.counted[(-a, a)] = number, monomial
