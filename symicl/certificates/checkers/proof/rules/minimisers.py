"""The rule for exact sets of minimisers: equations that hold where a loss is least alone."""

from ...reading import need
from .bounds import shown_to_be
from .losses import loss_in
from .vanishing import (
    difference,
    followed,
    hypotheses,
    is_polynomial,
    is_zero,
    values_of,
    zeros_of,
)


def rule_exact_minimisers(
    log,
    claim,
    predicted,
    value,
    shown,
    equations,
    squares,
    only,
    there,
    back,
    weights,
    given=(),
    definite=(),
):
    """For all weights a loss, that of an entry of `predicted`, is at least a value, and it is
    the value exactly where the `equations` [A, B], A = B, hold between its parameters P(W).

    It holds where the scalars `given` are > 0 and the matrices `definite` positive definite.

    At least: loss - value was shown to be >= 0, with nothing assumed.
    Only there: with it the matrices of the `squares` vanish, see `zeros_of`, and with these
    all A - B by the steps `only`, see `followed`.
    There: `there` says [P, V], where P - V is one of the A - B; V is put for P in the others,
    and with them loss - value vanishes by the steps `back`.
    Somewhere: the equations hold at the `weights`, which say [W, W*].

    All is polynomial in P, so that it holds also where a condition on P fails.
    """
    need(predicted in log.losses, "it names no loss")
    (_, _, free), made = log.losses[predicted], log.made[predicted]
    _, loss = loss_in(log, predicted, free)
    sides = [values_of(log, row) for row in log.rows_of(equations, 2)]
    gaps = [difference(log, *pair) for pair in sides]
    used = log.mentioned(value, *gaps)
    plain = sides and used & free <= made.keys() - log.mentioned(value)
    plain = plain and not any(log.letters[x].random for x in used)
    need(plain, "these are no equations between parameters, or the value depends on them")
    need(is_polynomial(log, free, *gaps), "a weight is in a denominator")
    scalars, matrices, where = hypotheses(log, given, definite, free)
    excess = difference(log, loss, value)
    shown_to_be(log, shown, excess, free)
    need(not log.bounds[shown][1], "it is shown with something assumed")

    zeros = zeros_of(log, shown, squares, scalars, matrices)
    need(is_polynomial(log, free, *zeros), "a weight is in a denominator")
    zeros = followed(log, zeros, only, scalars, free)
    need(all(is_zero(log, gap, zeros) for gap in gaps), "an equation does not follow")

    pairs = log.rows_of(there, 2)
    table = {log.read_letter(x): log.read_node(v) for x, v in pairs}
    solved = len(pairs) == len(table) and table.keys() <= free
    solved = solved and table.keys().isdisjoint(log.mentioned(*table.values()))
    for x, v in table.items():
        solved = solved and is_zero(log, difference(log, log.letter(x), v), gaps)
    need(solved, "a parameter is not what the equations say")
    zeros = followed(log, [log.put(gap, table) for gap in gaps], back, scalars, free)
    need(is_zero(log, log.put(excess, table), zeros), "it is not seen to be least there")

    found = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(weights, 2)}
    fits = len(found) == len(weights) and found.keys() <= free
    need(fits and not any(map(log.is_random, found.values())), "it is no choice of weights")
    at = {x: log.put(v, found) for x, v in made.items()}
    held = all(log.same(*(log.put(side, at) for side in pair)) for pair in sides)
    need(held, "the equations do not hold at these weights")
    log.spend(8 * log.weight(value, *(side for pair in sides for side in pair)))
    said = "".join(f"\n        {log.text(a)} = {log.text(b)}" for a, b in sides)
    log.said(
        claim,
        f"{where}the loss of line {predicted} is at least\n      {log.text(value)},"
        f"\n      for all weights there, and it is this exactly where{said}"
        f"\n      as it is{log.where_text(found)[1:]}",
    )
