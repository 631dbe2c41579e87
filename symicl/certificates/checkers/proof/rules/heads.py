"""The rule for the least loss over any number of heads, whose predictions are added."""

from ...reading import need
from .vanishing import difference, is_polynomial


def average_of(log, id):
    """The scalar that a line averages, divided by what the average is divided by, and the
    letters that are averaged over. What is replaced in between is in no law."""
    below, over, tables = log.number(1), set(), []
    while log.lines[id]["rule"] == "over":
        below = log.product(below, log.values[log.lines[id]["by"]])  # which is not random
        id = log.lines[id]["of"]
    while log.lines[id]["rule"] in ("expectation", "substitute"):
        log.spend(1)
        line = log.lines[id]
        if line["rule"] == "substitute":
            gone = {y for x, _ in line["letters"] for y in (x, log.inverse.get(x))}
            need(log.fixed.isdisjoint(gone), "its law is replaced")
            tables.insert(0, log.table(line["letters"]))
        else:
            early = any(log.is_random(v) for table in tables for v in table.values())
            need(not early, "what is random is put in after an average")
            over.add(line["letter"])
        id = line["of"]
    value = log.values[id]
    for table in tables:
        value = log.put(value, table)
    return log.divided(value, below), over


def rule_least_over_heads(
    log, claim, predicted, value, best, missed, error, single, basis, vector, mean
):
    """For every number of heads and all their weights W_h, E (sum F(W_h) - T)^2 is at least a
    value, and so many heads attain it. F and T are those of an entry of `predicted`.

    f is `best`, in which data are put as there. E (T - f) F(W) = 0 for all W is what the line
    `missed` says, and E (T - f) T, which is the value, the line `error`.

    f is a sum of heads: of those at the weights `single`, lists of [W, V], and one for each
    vector q of an orthonormal basis, at the weights `basis`, which contain q, the `vector`.
    Their predictions are q'Aq for some A, as each of their terms has q twice; their sum is
    tr A, which is the mean of q'Aq over q ~ N(0, I) in the line `mean`.

    So E (T - f) f = 0, and E (sum F - T)^2 = E (T - f)^2 + E (sum F - f)^2, and the first is
    E (T - f) T.
    """
    need(predicted in log.losses, "it names no loss")
    (_, root, free), (run, target, data) = log.losses[predicted], log.passes[predicted]
    found = log.put(best, data)
    rest = difference(log, target, found)
    need(free.isdisjoint(log.mentioned(found)), "the best prediction has free weights")
    need(is_polynomial(log, free, root, run), "a weight is in a denominator")
    for line, other in ((missed, log.sum(root, target)), (error, target)):
        what, over = average_of(log, line)
        product = log.product(rest, other)
        drawn = {x for x in log.mentioned(what, product) if log.letters[x].random}
        fits = drawn <= over and log.same(what, product)
        need(fits, "it is an average of something else")
    zero = log.same(log.values[missed], log.number(0))
    need(zero, "what is missed is not orthogonal to every head")
    need(log.same(log.values[error], value), "the value is not the loss of this prediction")

    heads = [weights_of(log, pairs, free, set()) for pairs in log.read_as("list", single)]
    of_basis = log.put(run, weights_of(log, basis, free, {vector}))
    rows, cols = log.size(vector)
    known = log.letters[vector].law
    plain = cols == 1 and known and known[:2] == ((), ()) and log.same(known[2], log.number(1))
    plain = plain and vector not in log.mentioned(found, run, target)
    need(plain, "the vector of a basis is not standard normal, or in use")
    twice = vector not in log.inside(log.mentioned(of_basis)) | log.poles(of_basis)
    twice = twice and all(times_in(log, key, vector) == 2 for key in of_basis.terms)
    need(
        twice and of_basis.terms, "the heads of a basis are no quadratic forms in its vectors"
    )
    what, over = average_of(log, mean)
    fits = over == {vector} and log.same(log.put(what, data), of_basis)
    need(fits, "it is an average of something else")
    total = log.sum(log.put(log.values[mean], data), *(log.put(run, head) for head in heads))
    need(log.same(total, found), "the heads have another sum")
    log.spend(8 * log.weight(value, *(v for head in heads for v in head.values())))
    said = "for every number of heads, whose predictions are added, and all weights of each,"
    said += f"\n      with one head that of line {predicted}, the loss is at least"
    said += (
        f"\n      {log.text(value)}; {rows} + {len(heads)} heads attain it: one for each q = "
    )
    said += (
        f"{log.letters[vector].name} of an orthonormal basis{log.where_text(log.table(basis))}"
    )
    said += "".join(f";\n      and one{log.where_text(head)[1:]}" for head in heads)
    log.said(claim, said)


def weights_of(log, pairs, free, allowed):
    """Values of weights, in which no weight is, and nothing random but what is allowed."""
    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(pairs, 2)}
    used = log.mentioned(*table.values())
    drawn = {x for x in used if log.letters[x].random} - allowed
    plain = len(table) == len(pairs) and table.keys() <= free
    need(plain and not drawn and free.isdisjoint(used), "these are no weights of a head")
    return table


def times_in(log, key, x):
    """How often a letter is in a term."""
    monomial, word = key
    return log.split(monomial, x)[2] + word.count(x) + word.count(-x)
