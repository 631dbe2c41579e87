"""The rule for a minimum over several unknowns together, each with a normal equation."""

from ...reading import need
from .facts import is_square


def rule_joint_minimum(log, claim, loss, candidate, square, normals, power, explained, value):
    """loss >= value, whatever its letters are, where K, K', ... are the unknown letters, and
    `normals` says [K, K*, N, D] of each:

        loss = candidate(K) + square(K) + 2 sum of tr(N(K)' D(K))     for all K
        candidate(K) = power - explained(K) + sum of tr(N(K)' K)      for all K
        N(K*) = 0 for each N, with all K* put in
        square(K) = E of a square, so that square(K*) >= 0
        value = power - explained(K*) = candidate(K*)

    Neither loss, power nor K* contains an unknown, and nothing of the above has one in a
    denominator: all are polynomials in them, and the identities hold at K*. If the candidate
    is the loss with unknowns in the place of its letters, the value is attained there.
    """
    rows = [
        (log.read_letter(x), *map(log.read_node, rest)) for x, *rest in log.rows_of(normals, 4)
    ]
    there = {x: at for x, at, _, _ in rows}
    need(0 < len(there) == len(rows), "an unknown is named twice, or none is")
    line = log.line_fields
    need(is_square(log, line["square"]), "the distance is not the expectation of a square")
    need(not any(map(log.is_random, there.values())), "the solution is random")
    parts = [loss, candidate, square, power, explained]
    parts += [part for _, _, *both in rows for part in both]
    gone = log.fixed | log.mentioned(loss, power, *there.values())
    gone |= log.inside(log.mentioned(*parts)) | log.inverse.keys() | log.sums.keys()
    need(gone.isdisjoint(there), "an unknown is misplaced")
    poles = set().union(*map(log.poles, parts))
    need(poles.isdisjoint(there), "an unknown is in a denominator")
    turned = [log.transposed(normal) for _, _, normal, _ in rows]
    pairs = list(zip(turned, rows, strict=True))
    twice = [
        log.product(log.number(2), log.traced(log.product(n, row[3]))) for n, row in pairs
    ]
    remainder = log.sum(candidate, square, *twice)
    need(log.same(loss, remainder), "the remainder is another one")
    rest = [log.traced(log.product(n, log.letter(row[0]))) for n, row in pairs]
    fits = log.same(log.sum(candidate, explained), log.sum(power, *rest))
    need(fits, "the candidate has another loss")
    normals = [(log.put(n, there), log.product(log.number(0), n)) for _, _, n, _ in rows]
    need(
        all(log.same(*pair) for pair in normals),
        "a normal equation does not hold at the solution",
    )
    least = log.sum(value, log.put(explained, there))
    need(log.same(power, least), "the minimal value is another one")
    reached = attained_at(log, line, there)
    text = f"{log.brief(loss)} >= {log.brief(value)}"
    log.fact(claim, text + f", and it is that{log.where_text(reached)[1:]}" * bool(reached))
    log.ends[line["value"]] = f"the minimal value in line {log.id}"


def attained_at(log, line, there):
    """The letters of the loss with their values, if the candidate is the loss at unknowns."""
    made = log.lines[line["candidate"]]
    if made["rule"] != "substitute" or made["of"] != line["loss"]:
        return {}
    pairs = made["letters"]
    return {x: there[k] for x, k in pairs} if all(k in there for _, k in pairs) else {}
