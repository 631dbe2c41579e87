"""Averages over rows of their own lengths: over T, after one over their direction."""

from ...reading import need, readable
from ..values import Value
from ..words import SCALAR
from .averages import compared, over_den
from .equations import EQUATIONS
from .squared_scales import size_value

MAX_SUMS = 12  # over rows, in a product
TOO_MANY = "it has more sums over rows than the limit"
ONES = EQUATIONS["ones"]


def rule_scales(log, of, letter, given, reciprocals=None):
    """E over T of a value that is E over Z, given T, of one without T.

    So it is the average over Z with rows of their own lengths. A monomial in T is a product of
    traces tr(T^a) = sum of t_i^a over n rows, and at most one tr(T^a B) = sum of t_i^a B_ii,
    whose average is that with t_1^a times tr(B); none is divided by, as Z is not. For a vector
    1 of ones 1'T^a 1 is the sum of t_i^a. Rows are independent, and E t_i^k is the moment of
    the law.

    In the value that it gives a letter r may stand for 1/x, `reciprocals` says [r, x].
    """
    need(letter in log.scales, "the letter is not for scales of rows")
    law, line = log.scales[letter], log.lines[log.line_fields["of"]]
    direct = line["rule"] == "expectation" and line["letter"] == law.owner
    need(direct, "it is no average over the letter that has these scales")
    for value in (log.values[line["of"]], Value(*of[:2], {}, of.den)):
        used = log.mentioned(value)
        need(letter not in used | log.inside(used), "the scales are in what is averaged")
    parts, known = [Value(*of[:2], {})], {}
    for (m, w), c in of.terms.items():
        constant, core, _ = log.split(m, letter)
        key, traces = sums_in(log, core, letter)
        if key not in known:
            known[key] = over_rows(log, law, log.size(letter)[0], *key)
        rest = log.product(Value(*of[:2], {(constant, w): c}), traces)
        parts.append(log.product(rest, known[key]))
    return compared(log, over_den(log, log.sum(*parts), of.den), given, reciprocals)


def sums_in(log, core, t):
    """The powers a of tr(T^a), and that of tr(T^a B) or 0; and the trace of B."""
    powers, single, traces = [], 0, log.number(1)
    for word, k in core:
        readable(k <= MAX_SUMS, TOO_MANY)
        if set(word) == {t}:
            powers += [len(word)] * k
            continue
        first = next(i for i, a in enumerate(word) if a != t and word[i - 1] == t)
        word = word[first:] + word[:first]
        rest = tuple(a for a in word if a != t)
        power = len(word) - len(rest)
        need(t not in word[: len(rest)], "the scales are in two places of a product")
        if len(rest) == 2 and all(log.letters[abs(a)].satisfies == ONES for a in rest):
            powers += [power] * k
            continue
        need(k == 1 and not single, "the scales are in two products with other letters")
        number, monomial = log.close((rest, log.size(t)[0]))
        single, traces = power, Value(1, 1, {(monomial, ()): number})
    readable(len(powers) <= MAX_SUMS, TOO_MANY)
    if log.size(t) == SCALAR:
        powers, single = [], sum(powers) + single
    return (tuple(sorted(powers)), single), traces


def over_rows(log, law, n, powers, single):
    """E of t_1^single times the product of the sums of t_i^a over n rows, for a in `powers`.

    One sum after the other: its row is one of those that were met before, or one of the n
    less these. What is known of the rows that were met are the powers of their t.
    """
    rows = size_value(log, n)
    met = {(single,) if single else (): log.number(1)}
    for a in powers:
        after = {}
        for state, factor in met.items():
            new = log.product(factor, log.sum(rows, log.number(-len(state))))
            ways = [((*state, a), new)]
            for i, b in enumerate(state):
                ways.append(((*state[:i], a + b, *state[i + 1 :]), factor))
            for key, value in ways:
                key = tuple(sorted(key))
                after[key] = log.sum(after[key], value) if key in after else value
        met = after
    total = [log.number(0)]
    for state, factor in met.items():
        for a in state:
            factor = log.product(factor, law.moment(log, a))
        total.append(factor)
    return log.sum(*total)
