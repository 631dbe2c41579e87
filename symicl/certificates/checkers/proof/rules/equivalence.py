"""The rule for forms in moments that vanish for random variables with some values alone."""

from ...reading import exact, need
from ..values import ONE, Value
from ..words import SCALAR

PLAIN = "a letter of a moment or of a law has another meaning"


def rule_equivalence(log, claim, of, of_law, moments, root, values, shares, unit=None):
    """For every real random variable x with E x^k = X, for all [X, k] of the `moments`, a
    scalar f in these X is zero if and only if x^2 is one of the `values` almost surely. These
    are numbers v >= 0; with a `unit` they are v c^2, for some number c.

    f = E r^2 for r = a x^j + b x^(j+2), which `root` says as [exponent, coefficient]: a is a
    number but 0, and b may depend on the X.
    Only if: r is zero almost surely, so x = 0, if j > 0, or b x^2 = -a.
    If: at the moments of any law on the values f is zero. The letters `shares` are the
    probabilities of those that are not 0, where they do not follow, and `unit` is c^2.

    That the X are moments of the law `of_law` is for the checker of averages over phases.
    """
    powers = {k: log.read_letter(x) for x, k in log.rows_of(moments, 2)}
    parts = {k: log.read_node(a) for k, a in log.rows_of(root, 2)}
    found = [exact(v) for v in values]
    whole = all(type(k) is int and k >= 0 for k in (*powers, *parts))
    whole = whole and all(k > 0 and k % 2 == 0 for k in powers) and min(found, default=-1) >= 0
    once = len(moments) == len({*powers.values()}) == len(powers) and len(parts) == len(root)
    once = once and len({*found}) == len(found)
    need(
        whole and once, "it is not known which moments, which powers or which values there are"
    )
    own = [*map(log.read_letter, shares), *([unit] if unit else [])]
    letters = {*powers.values()}
    fresh = len({*own}) == len(own) and letters.isdisjoint(own)
    fresh = fresh and all(is_plain(log, x) for x in letters | {*own})
    need(fresh and log.mentioned(of, *parts.values()) <= letters, PLAIN)

    pairs = [(k + m, log.product(a, b)) for k, a in parts.items() for m, b in parts.items()]
    known = {k: log.letter(x) for k, x in powers.items()} | {0: log.number(1)}
    need(pairs and all(k in known for k, _ in pairs), "a moment of the square is not known")
    mean = log.sum(*(log.product(c, known[k]) for k, c in pairs))
    need(log.same(of, mean), "it is another mean square")
    low, high = min(parts), parts.get(min(parts) + 2)
    known = parts.keys() <= {low, low + 2} and parts[low].den == ONE
    need(known and parts[low].terms.keys() == {((), ())}, "its zeros are not known")
    minus = log.product(log.number(-1), parts[low])
    other = high is None or any(
        v > 0 and (unit or log.same(log.product(high, log.number(v)), minus)) for v in found
    )
    need(other and (low == 0 or 0 in found), "it is zero elsewhere, too")

    top, below, _ = log.exchanged(of, law_on(log, found, shares, unit, powers))
    need(below.terms and not top.terms, "it is not zero for every law on these values")
    log.spend(8 * log.weight(of))
    named = ", ".join(f"E x^{k} = {log.letters[x].name}" for k, x in powers.items())
    several = " or ".join(str(v) + "*c^2" * (unit is not None and v > 0) for v in found)
    some = ", for some number c" * (unit is not None)
    log.said(
        claim,
        f"for every real random variable x with {named}\n      {log.text(of)} = 0"
        f"\n      if and only if x^2 is {several} almost surely{some}",
    )


def is_plain(log, x):
    """True if nothing is known of a scalar letter but that it is >= 0, or not 0."""
    related = log.inverse.keys() | log.sums.keys() | log.tied | log.powers.keys()
    letter = log.letters[x]
    plain = letter.size == SCALAR and letter.at_least in (None, 0) and letter.law is None
    return plain and x not in related | log.inside(log.letters)


def law_on(log, values, shares, unit, powers):
    """The moments of a law on some values, in the probabilities of those that are not 0."""
    positive = [v for v in values if v]
    known = [log.letter(x) for x in shares]
    if len(positive) == len(values):
        rest = [log.product(log.number(-1), p) for p in known]
        known = [*known, log.sum(log.number(1), *rest)]
    need(len(known) == len(positive), "it is not known how probable the values are")
    table = {}
    for k, x in powers.items():
        total = [log.number(0)]
        for share, v in zip(known, positive, strict=True):
            power = ((((unit,), k // 2),) if unit else (), ())
            total.append(log.product(share, Value(1, 1, {power: v ** (k // 2)})))
        table[x] = log.sum(*total)
    return table
