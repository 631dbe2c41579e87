"""Assumptions on letters that stay as they are; parameters by how far they are away."""

from ...reading import need
from ..words import SCALAR


def kept_of(log, table):
    """Assumptions X = A that can be met: A has the size and symmetry of X, and if it is square
    an inverse for some letters; it depends on no X and on nothing that an X is inside of; and
    X is neither a size of others nor related to them, but for its own inverse.

    So all letters in A are free, and then each X is A, its inverse that of A. No X is a
    scalar, as those may be more than this checker knows: harmonic numbers, sums of entries.
    """
    sizes = {size for z in log.letters.values() for size in z.size}
    bound = log.sums.keys() | log.tied | log.powers.keys()
    bound |= {x for x in table if log.letters[x].name in sizes}
    for x, value in table.items():
        alike = not log.letters[x].symmetric or log.same(value, log.transposed(value))
        fits = value[:2] == log.size(x) != SCALAR and alike and x not in bound
        fits = fits and (x not in log.inverse or not log.letters[x].inside)
        used = log.mentioned(value)
        fits = fits and table.keys().isdisjoint(used | log.inside(used))
        need(fits, f"it is not seen that {log.letters[x].name} can be this")
        if value.rows == value.cols:
            need(value.terms, "what a matrix is may never have an inverse")
            log.free(value, "what a matrix is may never have an inverse")
    return table


def displaced(log, letters, origins):
    """P = O - D for some of the parameters, and all D: `origins` says [P, O, D].

    D is a new letter of the size of P, free as a parameter is, and neither P nor D is in any
    O. What holds for all D holds for all P.
    """
    rows = [
        (log.read_letter(p), log.read_node(o), log.read_letter(d))
        for p, o, d in log.rows_of([*origins], 3)
    ]
    moved, new = {p for p, _, _ in rows}, {d for _, _, d in rows}
    once = len(moved) == len(new) == len(rows) and moved <= letters and new.isdisjoint(letters)
    used = log.mentioned(*(o for _, o, _ in rows))
    used |= log.inside(used)
    once = once and used.isdisjoint(letters | new)
    need(once, "a parameter is displaced twice, or by what moves")
    free = all(
        log.size(d) == log.size(p)
        and log.letters[d].at_least is None
        and not log.letters[d].invertible
        and (log.size(d) == SCALAR or not log.letters[d].symmetric)
        for p, _, d in rows
    )
    need(free, "something is known of how far a parameter is away")
    minus = log.number(-1)
    return {p: log.sum(o, log.product(minus, log.letter(d))) for p, o, d in rows}, new
