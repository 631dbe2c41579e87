"""The rule for averages over a number of tokens, by induction over that number."""

from ...reading import need
from ..values import Value
from ..words import SCALAR


def rule_recursion(log, of, tokens, state, fresh, powers, means, result):
    """E of a scalar `of` a state after n tokens, for every n = 0, 1, ...; n is `tokens`.

    `state` says [X, before, after] for each letter X of it: X is `before` the first token,
    and every token turns all X at once into `after`. The letters `fresh` are drawn anew for
    each token, all other random ones once. `powers` says [P, b]: the letter P is b^n,
    with 0^0 = 1.

    `means` says [words, u, first, later] of a product I of traces that hold such letters:
    `first` is E I before the first token, `later` is E I after one more token, given the state
    and what is drawn once, and u is E I after n tokens. This holds by induction: u is `first`
    at n = 0, and what `later` becomes, with its u in place of each I, at n + 1.
    """
    rows = [(log.read_letter(x), *map(log.read_node, ab)) for x, *ab in log.rows_of(state, 3)]
    before, after = ({row[0]: row[k] for row in rows} for k in (1, 2))
    bases = {log.read_letter(x): log.read_node(b) for x, b in log.rows_of(powers, 2)}
    plain = [log.letters[x] for x in bases]
    free = all(x[1:6] == (SCALAR, True, False, None, None) for x in plain)
    free = free and log.bounded.isdisjoint(bases)
    need(free, "a power is no number, or something else is assumed of it")
    alike = len({tokens, *before, *bases}) == 1 + len(rows) + len(powers)
    need(alike, "a letter of the state, a power or the number of tokens is named twice")
    drawn = {x for x, letter in log.letters.items() if letter.random}
    moving, counted = drawn | before.keys(), {tokens, *bases}
    own = log.fixed | drawn | log.inside(log.letters)
    need(own.isdisjoint(before), "a letter of the state is random, in a law, or in an inverse")
    known, said = {(): log.number(1)}, []
    for words, *ids in log.rows_of(means, 4):
        number, core = log.close(*log.closed_words(log.read_as("list", words)))
        need(core not in known and number == 1, "a product of traces has two means")
        known[core], first, later = map(log.read_node, ids)
        said.append((core, known[core], first, later, ids[1:]))
    anew = {log.read_letter(z) for z in log.read_as("list", fresh)}
    used = log.mentioned(of, *before.values(), *(later for _, _, _, later, _ in said))
    used |= {abs(a) for core in known for word, _ in core for a in word}
    once = anew.isdisjoint(used | log.inside(used))
    need(once, "a letter that is drawn anew is in what is left of a token")
    firsts = [first for _, _, first, _, _ in said]
    still = [*bases.values(), *known.values(), *firsts]
    need(moving.isdisjoint(log.mentioned(*still)), "a mean is random, or holds the state")
    used |= log.mentioned(*after.values(), *bases.values(), *firsts)
    still = counted.isdisjoint(used | log.inside(used))
    need(still, "a step depends on the number of tokens")
    start = {tokens: log.number(0)} | dict.fromkeys(bases, log.number(1))
    further = {tokens: log.sum(log.letter(tokens), log.number(1))}
    further |= {x: log.product(log.letter(x), b) for x, b in bases.items()}
    for core, mean, first, later, lines in said:
        traces = Value(1, 1, {(core, ()): 1})
        averaged_over(log, lines[0], log.put(traces, before))
        over = averaged_over(log, lines[1], log.put(traces, after))
        need(over <= anew, "a token averages over what is drawn once")
        need(log.same(log.put(mean, start), first), "a mean is another one before all tokens")
        one_more = mean_of(log, later, known, moving)
        need(log.same(log.put(mean, further), one_more), "a mean is another one a token later")
    meanings = {x: (tokens, b) for x, b in bases.items()}
    single = all(log.powers.get(x, m) == m for x, m in meanings.items())
    need(single, "a power means two things")
    log.powers |= meanings
    log.tied |= bases.keys()
    need(log.same(result, mean_of(log, of, known, moving)), "the result is another one")
    log.recursions += told(log, tokens, anew, rows)
    return result


def told(log, tokens, anew, rows):
    """The lines of the report on tokens: which letters are drawn anew, and the state."""
    names = " ".join(log.letters[z].name for z in sorted(anew)) or "nothing"
    yield f"line {log.id}: {log.letters[tokens].name} tokens, with {names} drawn anew for each"
    for x, before, after in rows:
        log.spend(8 * log.weight(before, after))
        begun, turned = log.text(before), log.text(after)
        yield f"  {log.letters[x].name} is {begun} at first, and a token makes it {turned}"


def averaged_over(log, line, value):
    """The letters over which a line averages; that it is E of this value.

    It may be divided by what is not random, and the value is multiplied by that.
    """
    below, over = log.number(1), set()
    if log.lines[line]["rule"] == "over":
        below, line = log.values[log.lines[line]["by"]], log.lines[line]["of"]
    while log.lines[line]["rule"] == "expectation":
        over.add(log.lines[line]["letter"])
        line = log.lines[line]["of"]
    used = log.mentioned(below)
    fits = over.isdisjoint(used | log.inside(used))
    fits = fits and log.same(log.values[line], log.product(value, below))
    need(fits, "it is no average of the traces of the state")
    return over


def mean_of(log, value, known, moving):
    """A scalar with the known mean in place of each product of traces that is random."""
    fits = value[:2] == SCALAR and moving.isdisjoint(log.mentioned(Value(1, 1, value.den)))
    need(fits, "what is averaged is no scalar, or has a random denominator")
    parts = [log.number(0)]
    for (m, w), c in value.terms.items():
        core = tuple([f for f in m if not moving.isdisjoint(map(abs, f[0]))])
        rest = tuple([f for f in m if f not in core])
        need(not w and core in known, "a product of traces of the state has no mean")
        parts.append(log.product(Value(1, 1, {(rest, ()): c}), known[core]))
    mean = log.sum(*parts)
    return log.over(SCALAR, mean.terms, log.times(mean.den, value.den))
