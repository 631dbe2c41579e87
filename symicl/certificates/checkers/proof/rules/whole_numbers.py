"""Sizes are whole numbers."""

from ...reading import need
from ..values import ONE
from ..words import SCALAR


def is_whole(log, a):
    """True if a scalar has whole coefficients in letters that are numbers of rows or columns
    of others."""
    sizes = sizes_of(log)
    plain = a[:2] == SCALAR and a.den == ONE
    plain = plain and {log.letters[x].name for x in log.mentioned(a)} <= sizes
    powers = [k for m, _ in a.terms for _, k in m]
    return plain and all(k > 0 for k in powers) and all(c == int(c) for c in a.terms.values())


def sizes_of(log):
    """The numbers of rows and columns, and the names of letters that are such."""
    return {n for letter in log.letters.values() for n in letter.size}


def rule_consecutive(log, claim, of, whole):
    """u (u - 1) >= 0 for a whole number u: both factors have one sign, or one is 0."""
    need(is_whole(log, whole), "it is not known to be a whole number")
    less = log.sum(whole, log.number(-1))
    need(log.same(of, log.product(whole, less)), "it is no product of two numbers in a row")
    log.not_negative[log.line_fields["of"]] = {}
    log.fact(claim, f"{log.brief(of)} >= 0")
