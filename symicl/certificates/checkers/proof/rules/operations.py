"""The rules that make a value from others by an operation."""

from functools import reduce

from ...reading import need
from ..values import Value, Values


def rule_data(log, given, of=None, inverse=None):
    """The value as it is written down; it equals the one of `of`, if there is one.

    If there is an `inverse`, it is that of `of` less what is zero by its equation.
    """
    wrong = "the value that it gives is not the right one"
    if inverse is None:
        need(not of or log.same(given, of), wrong)
        return given
    need(of, "it says by what it differs, and not from what")
    less = log.product(log.number(-1), vanishing(log, *inverse))
    need(Values.same(log, given, log.sum(of, less)), wrong)
    return given


def vanishing(log, letter, first, turned, left, right, factor):
    """L Z M, or a multiple of its trace, where Z is P R - I, or R P - I if not the `first`,
    or Z' if it is `turned`; R is the letter, and P the sum that it is the inverse of."""
    a = log.read_letter(letter)
    need(a in log.sums, "its letter is not the inverse of a sum")
    inverse, base = log.letter(a), log.sums[a]
    both = (base, inverse) if log.read_as("bool", first) else (inverse, base)
    unit = Value(base.rows, base.rows, {((), ()): -1})
    zero = log.sum(log.product(*both), unit)
    zero = log.transposed(zero) if log.read_as("bool", turned) else zero
    left, right = log.read_node(left), log.read_node(right)
    found = reduce(log.product, [left, zero, right])
    if log.read_natural(factor):
        found = log.product(log.read_node(factor), log.traced(found))
    return found


def rule_sum(log, parts):
    """A + B + ..."""
    return log.sum(*map(log.read_node, parts))


def rule_product(log, parts):
    """A B ..."""
    return reduce(log.product, map(log.read_node, parts))


def rule_transpose(log, of):
    """A'."""
    return log.transposed(of)


def rule_trace(log, of):
    """tr(A)."""
    return log.traced(of)


def rule_over(log, of, by):
    """A / x for a scalar x that is not zero."""
    return log.divided(of, by)


def rule_substitute(log, of, letters):
    """f(A, B, ...) for f(X, Y, ...), where `letters` says [X, A], [Y, B], ...

    What a power b^n is made of stays as it is.
    """
    table = {log.read_letter(x): log.read_node(y) for x, y in log.rows_of(letters, 2)}
    need(0 < len(letters) == len(table), "a letter is replaced twice, or none is")
    unbound(log, of, table)
    apart = set().union(*log.unfinished.values()).isdisjoint(log.mentioned(of) & table.keys())
    need(apart, "it replaces a letter that an average over signs is over, too")
    return log.put(of, table)


def unbound(log, of, letters):
    """No power b^n in a value is among some letters, and nothing that it is made of."""
    powers = {x: log.powers[x] for x in log.mentioned(of) & log.powers.keys()}
    bound = powers.keys() | {n for n, _ in powers.values()}
    bound |= log.mentioned(*(b for _, b in powers.values()))
    need(bound.isdisjoint(letters), "a power, or what it is made of, is replaced")
