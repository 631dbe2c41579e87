"""The rules for limits and thresholds, computed on closed forms."""

from ...reading import need
from ..values import ONE, Value
from ..words import SCALAR
from .bounds import is_visible
from .operations import unbound


def rule_limit(log, claim, of, value, steps):
    """f tends to g as letters grow beyond all bounds, one step after the other; in one step,
    all of its letters grow together, in whatever way. All other letters stay as they are.

    Each of the `steps` is [sizes, vanishing]: [x, e] says that x is 1/e, and [h, c, r] that h
    is c r, where h/c tends to 0, which is printed. What f becomes is a quotient of polynomials
    in e and r. If its denominator is not zero where they are 0, it is continuous there.
    """
    limit, told = of, []
    for sizes, vanishing in log.rows_of(steps, 2):
        pairs, triples = log.rows_of(sizes, 2), log.rows_of(vanishing, 3)
        growing = {log.read_letter(x): log.read_letter(e) for x, e in pairs}
        slower = {log.read_letter(h): log.read_node(c) for h, c, _ in triples}
        ratios = [log.read_letter(r) for _, _, r in triples]
        small = [*growing.values(), *ratios]
        named = {*growing, *slower, *small}
        once = len(named) == 2 * (len(pairs) + len(triples)) and growing
        once = once and all(log.size(x) == SCALAR for x in named)
        need(once, "a letter of a limit is named twice, or is no scalar")
        used = log.mentioned(of, limit, value, *slower.values())
        fresh = used.isdisjoint(small) and log.inside(used).isdisjoint(named)
        need(fresh, "a letter that becomes 0 is in use, or one that grows is in an inverse")
        products = {
            h: log.product(c, log.letter(r))
            for (h, c), r in zip(slower.items(), ratios, strict=True)
        }
        infinite = {x: log.over(SCALAR, ONE, log.letter(e).terms) for x, e in growing.items()}
        unbound(log, limit, {**growing, **slower})
        log.held.append(
            (growing.keys(), log.mentioned(limit) - growing.keys() - slower.keys())
        )
        zero = dict.fromkeys(small, log.number(0))
        for table in (products, infinite, zero):
            top, below, _ = log.exchanged(limit, table)
            terms, den = log.times(top.terms, below.den), log.times(top.den, below.terms)
            need(den, "the denominator vanishes in the limit")
            limit = log.over(SCALAR, terms, den)
            if table is zero:
                log.apart(den)
        told.append(step_text(log, growing, slower))
    need(log.same(limit, value), "the limit is another one")
    log.spend(8 * log.weight(of, value))
    said = f"{log.text(of)}\n      tends to {log.text(value)}\n      {' and then '.join(told)}"
    log.said(claim, f"{said}, and all other letters stay")


def step_text(log, growing, slower):
    """One step of a limit, in words."""
    together = " together, in whatever way" * (len(growing) > 1)
    rates = "".join(
        f", with {log.named((h,))} / ({log.short(c)}) -> 0" for h, c in slower.items()
    )
    return f"as {log.names_of(growing)} -> infinity{together}{rates}"


def rule_threshold(log, claim, of, number, least, above, below):
    """f = 0 if and only if x >= l, where `number` is x, and l is `least`; f may be a letter
    that is max(0, g).

    With l + a for x, a >= 0, f is zero, or g <= 0; with l - b for x, b > 0, f or g is > 0.
    The letters `above` and `below` are a and b.
    """
    x, (up, down) = number, (log.letters[k] for k in (above, below))
    new = {above, below}.isdisjoint(log.mentioned(of, least)) and above != below
    fits = up.at_least == 0 and down.at_least == 0 and down.invertible and new
    need(fits, "the two distances are no new letters of the right signs")
    need(log.size(x) == SCALAR and x not in log.mentioned(least), "it is no threshold of x")
    part = next((k for k in log.positive_parts if log.same(of, log.letter(k))), None)
    form = log.positive_parts[part] if part else of
    minus = log.number(-1)
    enough = log.put(form, {x: log.sum(least, log.letter(above))})
    few = log.put(form, {x: log.sum(least, log.product(minus, log.letter(below)))})
    gone = is_visible(log, log.product(minus, enough)) if part else not enough.terms
    need(gone, "it is not seen to vanish from there on")
    positive = is_visible(log, few) and log.is_apart(Value(1, 1, log.without_poles(few.terms)))
    need(few.terms and positive, "it is not seen to be positive below")
    log.spend(8 * log.weight(form, least))
    shown = f"max(0, {log.text(form)})" if part else log.text(form)
    name = log.letters[x].name
    log.said(claim, f"{shown} is zero if and only if {name} >= {log.text(least)}")
