"""The rules for what is said of all weights, quantifiers included.

A proposition is an entry that names the entries which discharge it. What it says is printed in
formulas made here; the words of the file stand below them, marked as such.
"""

from ...reading import need
from .facts import averaged_square


def rule_attained(log, minimum, computed, parameters, weights):
    """For all W: E (F(W) - T)^2 >= value, and equality holds at some W*.

    The value is that of a minimum, loss(P) = E g^2 >= value + E s^2 for all P. `computed` is
    F, in which data are put as in g and s; `parameters` says [P, P(W)], `weights` [W, W*].

        F(W) - g = T and F(W) - s = f, with P(W) for P, contain no P and no W
        F(W*) = f, so that s = 0 there

    So it is equality for those W alone for which F(W) is f, almost surely. No W is random,
    replaced by what is random, or in a law; and P(W) and W* contain nothing random.
    """
    form = log.lines[minimum]
    need(form["rule"] == "minimum", "it refers to another entry than a minimum")
    g, over, data = averaged_square(log, form["loss"])
    s, _, other = averaged_square(log, form["square"])
    need(
        all(log.same(v, other[x]) for x, v in data.items() if x in other),
        "the two averages are over other data",
    )
    there = {x: v for x, v in other.items() if not log.is_random(v)}
    unknown = {form["letter"]: log.values[form["at"]]}
    there = {x: log.put(v, unknown) for x, v in there.items()} | unknown
    data = {x: v for x, v in (data | other).items() if log.is_random(v)}
    made, found = (
        {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(rows, 2)}
        for rows in (parameters, weights)
    )
    found = {x: log.put(v, there) for x, v in found.items()}
    drawn = {x for x, z in log.letters.items() if z.random} | data.keys() | {*over}
    free, given = made.keys() | found.keys(), drawn | log.fixed | log.inside(log.letters)
    once = len(parameters) == len(made) and len(weights) == len(found)
    once = once and free.isdisjoint(given) and free.isdisjoint(there)
    need(
        once, "a weight is named twice, or is random, in a law, in an inverse, or the unknown"
    )
    still = drawn.isdisjoint(log.mentioned(*made.values(), *found.values()))
    need(still, "a weight depends on what is random")
    ends = log.mentioned(log.values[form["loss"]], log.values[form["square"]])
    need(ends.isdisjoint(drawn), "the averages are not over all that is random")
    run, minus = log.put(computed, data), log.number(-1)
    target, best = (
        log.sum(run, log.product(minus, log.put(log.put(value, there), made)))
        for value in (g, s)
    )
    gone = free.isdisjoint(log.mentioned(target, best))
    gone = gone and log.mentioned(computed, target).isdisjoint(there)
    need(gone, "it is another prediction than that of the loss")
    need(log.same(log.put(run, found), best), "these weights do not attain the minimum")
    log.attained[log.id] = log.values[form["value"]], best, data
    log.spend(8 * log.weight(computed, target, *found.values(), *data.values()))
    log.facts[log.id] = (
        f"for all {log.names_of(found)}, the loss of the prediction"
        f"\n      {log.text(computed)}{log.where_text(data)}"
        f"\n      is E over {log.names_of(over)} of the square of it less {log.text(target)}"
        f"\n      and it is least{log.where_text(found)}"
    )


def rule_least_value(log, claim, name, attained, letters=()):
    """A stated quantity is the least value of a loss over all weights, and some attain it.

    `letters` says what letters of the quantity stand for, as a substitution does.
    """
    known = attained in log.attained and name in log.quantities
    need(known, "it names no stated quantity, or no minimum that is attained")
    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of([*letters], 2)}
    value, stated = log.attained[attained][0], log.put(log.quantities[name], table)
    need(log.same(value, stated), "the stated quantity is another value")
    said = f"{name!r} is the least loss of line {attained}, for all weights there"
    log.said(claim, said + log.where_text(table))


def rule_every_minimiser(log, claim, attained, prediction):
    """Weights that attain the least value predict this, almost surely: so does every one."""
    need(attained in log.attained, "it names no minimum that is attained")
    _, best, data = log.attained[attained]
    need(log.same(log.put(prediction, data), best), "the minimisers predict something else")
    log.spend(8 * log.weight(prediction))
    least = f"where the loss of line {attained} is least, its prediction is"
    log.said(claim, f"{least}\n      {log.text(prediction)}, almost surely")


def rule_proposition(log, claim, kind, names, facts):
    """Something else, as the file words it: only that it names true entries is checked.

    These are stated quantities, and lines that state a fact. That they amount to the claim is
    argued in the derivation, and printed as such.
    """
    known = all(log.read_as("str", name) in log.quantities for name in names)
    facts = [log.read_id(x) for x in facts]
    known = known and all(x in log.facts for x in facts)
    need(known, "it names what is no stated quantity, or an entry that states no fact")
    said = f"{kind!r}, which this checker does not decide"
    said += f", of {', '.join(map(repr, names))}" * bool(names)
    lines = ", ".join(map(str, facts))
    said += f"; it is argued from lines {lines}" if facts else "; it is argued from no line"
    log.said(claim, said)
