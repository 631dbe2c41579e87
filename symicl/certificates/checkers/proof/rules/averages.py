"""Averages over letters that are not Gaussian: the parts that all of them share."""

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .operations import rule_data


def averaged(log, of, letter, mean):
    """E over one letter Z, all others fixed, of a scalar without Z in denominators.

    Each monomial is its part without Z times the `mean` of the rest.
    """
    used = log.mentioned(of)
    hidden = letter in log.inside(used) | log.mentioned(Value(1, 1, of.den))
    need(not hidden, "the letter is in a denominator, or part of an inverse")
    parts, known = [log.number(0)], {(): log.number(1)}
    for (m, w), c in of.terms.items():
        constant, core, _ = log.split(m, letter)
        fits = of[:2] == SCALAR and not w and all(k > 0 for _, k in core)
        need(fits, "the letter is in a denominator, or it is no scalar")
        if core not in known:
            known[core] = mean(core)
        parts.append(log.product(Value(1, 1, {(constant, ()): c}), known[core]))
    return over_den(log, log.sum(*parts), of.den)


def over_den(log, a, den):
    """A value over one more denominator."""
    return log.over(a[:2], a.terms, log.times(a.den, den))


def compared(log, mean, given, reciprocals):
    """The value that is given, which has to be an average.

    In it a letter r may stand for 1/x, `reciprocals` says [r, x]; if it did so before, in what
    was averaged as well.
    """
    before = {*log.reciprocals}
    table = reciprocals_in(log, reciprocals or [])
    known = {r: v for r, v in table.items() if r in before}
    mean = log.put(mean, known) if known else mean
    rule_data(log, log.put(given, table) if table else given, mean)
    return given


def reciprocals_in(log, rows):
    """The letters r that stand for 1/x from here on; nothing else may be known of them."""
    table = {}
    used = log.fixed | log.bounded.union(*(log.mentioned(a) for a, _ in log.conditions))
    for r, x in log.rows_of(rows, 2):
        r, x = log.read_letter(r), log.read_node(x)
        table[r] = log.divided(log.number(1), x)
        letter = log.letters[r]
        if r in log.reciprocals:
            need(log.same(log.reciprocals[r], x), "a letter stands for two reciprocals")
            continue
        free = letter.size == SCALAR and letter.at_least is None and not letter.invertible
        free = free and not letter.inside and not letter.random and not letter.satisfies
        free = free and r not in used | log.tied | log.inside(log.letters) | log.powers.keys()
        inner = log.mentioned(x) | log.inside(log.mentioned(x))
        free = free and r not in inner and not any(log.letters[y].random for y in inner)
        need(free and len(table) <= len(rows), "more is known of a letter for a reciprocal")
        log.letters[r] = letter._replace(inside=inner)
        log.reciprocals[r] = x
        log.tied.add(r)
        log.made_of[r] = inner
    return table
