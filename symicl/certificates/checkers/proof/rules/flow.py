"""The rule for what decays along the gradient flow of a loss."""

from ...reading import need
from ..words import SCALAR
from .bounds import equal_at, shown_to_be
from .losses import loss_in


def gradient(log, a, x):
    """G with da = tr(G' dX), for a scalar in which X is in no denominator, nor inside of
    another letter; X is not symmetric, unless it is a scalar.

    For tr(X R) it is R', and for tr(X' R) it is R.
    """
    size, terms = log.size(x), []
    for (m, _), c in a.terms.items():
        for word, k in m:
            for j, y in enumerate(word):
                if abs(y) == x:
                    around = word[j + 1 :] + word[:j]
                    number, *closed = log.join(log.turn(around) if y == x else around)
                    less = log.merge(log.merge(m, ((word, -1),)), closed[0])
                    terms.append(((less, closed[1]), c * k * number))
    return log.over(size, log.add(terms), a.den)


def rule_decay(log, claim, predicted, free, of, rate, shown, equality=()):
    """Along the flow dP/dt = -(gradient of the loss in P) of all P in `free`, and from every
    start, |E(t)| <= e^(-r t) |E(0)|, E the value `of` in Frobenius' norm, r the `rate`.

    For -d|E|^2/dt - 2 r |E|^2 was shown to be >= 0, and so Gronwall's inequality applies. It
    is a polynomial in P, and >= 0 also where a condition on P fails, unless that fails for all
    P. At the `equality`, a list of [letter, value], it is 0 and E is not.
    """
    letters = {log.read_letter(x) for x in free}
    need(0 < len(letters) == len(free), "a parameter is named twice, or none is")
    _, value = loss_in(log, predicted, letters)
    norm = log.traced(log.product(log.transposed(of), of))
    need(log.poles(norm).isdisjoint(letters), "a parameter is in a denominator")
    need(rate[:2] == SCALAR, "the rate is no scalar")
    need(letters.isdisjoint(log.mentioned(rate)), "the rate depends on what moves")
    plain = all(log.size(x) == SCALAR or not log.letters[x].symmetric for x in letters)
    need(plain, "a parameter is symmetric")
    change = [log.product(log.number(-2), log.product(rate, norm))]
    for x in sorted(letters):
        slope, speed = (gradient(log, a, x) for a in (norm, value))
        change.append(log.traced(log.product(log.transposed(slope), speed)))
    gap = log.sum(*change)
    where, _ = shown_to_be(log, shown, gap, letters)
    table = log.bounds[shown][1]
    reached = equal_at(log, gap, table, equality)
    if reached:
        there = log.put(norm, table) if table else norm
        there = log.put(there, log.table(equality))
        need(there.terms, "what decays is zero there")
        log.free(there, "what decays may be zero there")
    log.spend(8 * log.weight(of, rate))
    flow = f"d/dt of {log.names_of(letters)} = -(gradient of the loss of line {predicted})"
    said = f"along {flow}, from every start, the norm of\n      {log.text(of)}"
    said += "\n      at time t is at most e^(-r t) times that at time 0, r = "
    sharp = f"; at first it falls at just this rate{reached}" * bool(reached)
    log.said(claim, said + f"{log.text(rate)}{where}{sharp}")
