"""The rules that make a value from others by an operation."""

from functools import reduce

from ...reading import need


def rule_data(log, given, of=None):
    """The value as it is written down; it equals the one of `of`, if there is one."""
    need(not of or log.same(given, of), "the value that it gives is not the right one")
    return given


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
    return log.put(of, table)


def unbound(log, of, letters):
    """No power b^n in a value is among some letters, and nothing that it is made of."""
    powers = {x: log.powers[x] for x in log.mentioned(of) & log.powers.keys()}
    bound = powers.keys() | {n for n, _ in powers.values()}
    bound |= log.mentioned(*(b for _, b in powers.values()))
    need(bound.isdisjoint(letters), "a power, or what it is made of, is replaced")
