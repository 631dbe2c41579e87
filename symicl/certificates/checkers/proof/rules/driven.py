"""The rule for what converges along the gradient flow of a loss, driven by what decays."""

from ...reading import need
from ..words import SCALAR
from .bounds import factor_of, is_visible, place_of, shown_to_be
from .flow import gradient
from .landscape import landscape_in, squared, still


def rule_converges(
    log,
    claim,
    predicted,
    free,
    of,
    by,
    rate,
    by_rate,
    constant,
    share,
    balance,
    shown,
    origins=(),
    equality=(),
):
    """Along the flow dP/dt = -(gradient of the loss in P) of all P in `free`, and from every
    start, with k = min(m, 2 r), e = |E| and s = |D| in Frobenius' norm,

        e(t) <= e^(-k t) (e(0) + 2 C t s(0)^2).

    E is the value `of`, m its `rate`, D is `by`, r is `by_rate`, and C >= 0 is the `constant`;
    m, r and C do not move. With the letters p, the `share`, and q, the `balance`,

        p (-ds^2/dt - 2 r s^2) + q (-de^2/dt - 2 m e^2) + 2 q^2 e^2 + 2 C^2 s^4

    was shown to be >= 0 for all p, q >= 0 and all P. For large p this is ds/dt <= -r s. For
    p = 0, q = C s^2 / e it is de/dt <= -m e + 2 C s^2; and where C s = 0, so it is as q -> 0.
    Both together are the claim, by the comparison theorem for differential inequalities.

    At the `equality`, a list of [letter, value], s = 0, e is not 0, -de^2/dt - 2 m e^2 = 0,
    and 2 r - m is seen to be >= 0, so that at first e falls at just the rate k.
    """
    letters = {log.read_letter(x) for x in free}
    need(0 < len(letters) == len(free), "a parameter is named twice, or none is")
    plain = all(log.size(x) == SCALAR or not log.letters[x].symmetric for x in letters)
    need(plain, "a parameter is symmetric")
    value, speeds, away, moving = landscape_in(log, predicted, letters, origins)
    p, q = weights_of(log, share, balance, moving, (value, of, by, rate, by_rate, constant))
    still(log, moving, rate, by_rate, constant)
    scalars = all(a[:2] == SCALAR for a in (rate, by_rate, constant))
    need(scalars, "a rate or the constant is no scalar")
    factor_of(log, log.line_fields["constant"], {}, {})
    e, s = squared(log, of), squared(log, by)
    hidden = log.poles(e) | log.poles(s) | log.inside(log.mentioned(of, by))
    need(moving.isdisjoint(hidden), "a parameter is in a denominator")

    def excess(norm, number):
        """-d|.|^2/dt - 2 number |.|^2."""
        parts = [log.product(log.number(-2), log.product(number, norm))]
        for x, speed in speeds.items():
            slope = log.transposed(gradient(log, norm, x))
            parts.append(log.traced(log.product(slope, speed)))
        return log.sum(*parts)

    falls = excess(e, rate)
    driven = log.product(log.product(constant, constant), log.product(s, s))
    gap = log.sum(
        log.product(p, excess(s, by_rate)),
        log.product(q, falls),
        log.product(log.number(2), log.product(log.product(q, q), e)),
        log.product(log.number(2), driven),
    )
    where, _ = shown_to_be(log, shown, log.put(gap, away) if away else gap, moving)
    sharp = reached(log, shown, equality, (falls, s, e, rate, by_rate)) if equality else ""
    log.spend(8 * log.weight(of, by, rate, by_rate, constant))
    flow = f"d/dt of {log.names_of(letters)} = -(gradient of the loss of line {predicted})"
    said = f"along {flow}, from every start, the norm of\n      E = {log.text(of)}"
    said += "\n      at time t is at most e^(-k t) (|E(0)| + 2 C t |D(0)|^2),\n      D = "
    said += f"{log.text(by)}, k = min(m, 2 r), m = {log.text(rate)}, r = {log.text(by_rate)},"
    log.said(claim, f"{said} C = {log.text(constant)}{where}{sharp}")


def weights_of(log, share, balance, moving, values):
    """The letters p and q: two scalars in nothing else, of which no more is known than that
    they are >= 0."""
    pair = {share, balance}
    used = log.mentioned(*values)
    fresh = len(pair) == 2 and pair.isdisjoint(moving | used | log.inside(log.letters))
    fresh = fresh and pair.isdisjoint(log.tied | log.powers.keys())
    plain = all(
        log.size(x) == SCALAR and not log.letters[x].random and not log.letters[x].at_least
        for x in pair
    )
    need(fresh and plain, "more is known of a weight, or it is in use")
    return log.letter(share), log.letter(balance)


def reached(log, shown, equality, parts):
    """That the rate is reached at a place; this in words."""
    at, table = place_of(log, equality), log.bounds[shown][1]
    for x, value in log.kept[shown].items():
        there = log.put(value, at), log.put(log.letter(x), at)
        need(log.same(*there), "what is assumed is not so there")
    falls, s, e, rate, by_rate = (
        log.put(log.put(a, table) if table else a, at) for a in parts
    )
    zero = log.number(0)
    need(log.same(falls, zero) and log.same(s, zero), "it falls at another rate there")
    need(e.terms, "what converges is zero there")
    log.free(e, "what converges may be zero there")
    twice = log.product(log.number(2), by_rate)
    slower = log.sum(twice, log.product(log.number(-1), rate))
    need(not slower.terms or is_visible(log, slower), "the other rate may be the smaller one")
    return f"; at first it falls at just this rate{log.where_text(at)}"
