"""The rule for the least value over matrices of bounded rank."""

from ...reading import need
from .bounds import is_visible
from .entries import Entries
from .sums import MAX_BLOCKS, summed
from .vanishing import difference, is_polynomial, multiplied


def rule_least_by_rank(
    log,
    claim,
    of,
    value,
    size,
    matrix,
    projector,
    most,
    more,
    heads,
    sums,
    positions,
    squares,
    plain_squares,
    relations,
    point,
):
    """For all real d x d matrices C of rank at most H, all weights of positions, and every d
    and H = 0, 1, ..., a scalar is at least `value`, a letter that is max(0, g), and some
    attain it.

    The letters `sums`, `positions` and `size` are as in `entry_minimisers`; `matrix` and
    `projector` are the names of C and of P, the orthogonal projector on the range of C. It has
    P'P = P, P'C = C, and its trace is the rank of C. `most` is the letter H in g.

    At least: with tr P for H in g, the scalar less that is a sum of `squares`, see
    `Entries.read`, and of `relations`, which vanish, see `vanishing_sum`. g falls as H grows,
    by `more`. And the scalar is the sum of the `plain_squares`, so that it is >= 0.
    Attained: C with m = `heads` ones on its diagonal and zeros elsewhere has rank m, and every
    connected sum of its entries is m. With the weights of the `point`, early ones 0, the
    scalar is g at H = m. Take m = min(H, d): g is 0 at H = d.
    """
    own = Entries(log, [], sums, positions, size)
    text = [log.read_as("str", name) for name in (matrix, projector)]
    names = {f for key in own.sums for f, *_ in key}
    single = text[0] != text[1] and names <= {*text}
    single = single and all(len(f) == 3 for key in own.sums for f in key)
    count, step = (log.letters[x] for x in (heads, more))
    fresh = (
        own.own.isdisjoint({size, most, heads, more}) and len({size, most, heads, more}) == 4
    )
    fresh = (
        fresh and step.at_least == 0 and log.letters[size].at_least and count.size == (1, 1)
    )
    need(single and fresh, "it is not known of which matrix and which rank it is said")
    form = next(
        (g for x, g in log.positive_parts.items() if log.same(value, log.letter(x))), None
    )
    need(form, "the value is no positive part")
    used = log.mentioned(of, form)
    others = {x for key, x in own.sums.items() if text[1] in {f for f, *_ in key}}
    need(others.isdisjoint(used), "the scalar depends on the projector")
    new = {heads, more}.isdisjoint(used) and most not in log.mentioned(of)
    need(new and own.own.isdisjoint(log.mentioned(form)), "the value depends on weights")
    need(is_polynomial(log, own.own | {most}, of, form), "a weight is in a denominator")
    log.undeclared |= used - own.own

    trace = own.sums.get(summed([(text[1], 0, 0)])[0])
    need(trace, "no letter is the trace of the projector")
    bound = log.put(form, {most: log.letter(trace)})
    for rows, gap, vanish in (
        (squares, difference(log, of, bound), relations),
        (plain_squares, of, []),
    ):
        total = {(): log.number(0)}
        for row in log.rows_of(rows, 5):
            own.expanded(own.read(row), total)
        for relation in log.rows_of(vanish, 5):
            vanishing_sum(own, relation, text, total)
        same = log.same(total.pop(()), gap) and not any(a.terms for a in total.values())
        need(same, "the squares add up to something else")

    higher = log.put(form, {most: log.sum(log.letter(most), log.letter(more))})
    fall = difference(log, form, higher)
    falls = is_visible(log, fall) and most not in log.mentioned(fall)
    need(falls, "it is not seen to fall with the rank")
    last = log.put(form, {most: log.letter(size)})
    need(not last.terms, "it is not 0 at full rank")
    at = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(point, 2)}
    early = [x for (kind, _), x in own.weights.items() if kind == "sum"]
    fixed = len(at) == len(point) and at.keys() == {*own.weights.values()}
    fixed = fixed and own.own.isdisjoint(log.mentioned(*at.values()))
    need(fixed and not any(at[x].terms for x in early), "it is no point")
    at |= {x: log.letter(heads) for x in own.sums.values()}
    there = log.put(form, {most: log.letter(heads)})
    need(log.same(log.put(of, at), there), "it is not attained there")
    log.spend(8 * log.weight(of, form))
    log.said(claim, told(log, own, of, form, text[0], most, at))


def vanishing_sum(own, relation, names, total):
    """Add c times the sum over all coordinates of the product of entries times the entry
    [r, s] of P'M - M, which vanishes for M = P and M = C; the relation is [c, entries, M, r,
    s]."""
    log, (c, entries, other, row, column) = own.log, relation
    c, projector = log.read_node(c), names[1]
    factors = [(log.read_as("str", f), *map(log.read_natural, at)) for f, *at in entries]
    places = [row, column, *(i for _, *at in factors for i in at)]
    known = other in names and all(type(i) is int and 0 <= i < MAX_BLOCKS for i in places)
    hidden = {*own.sums.values()}
    need(known and hidden.isdisjoint(log.mentioned(c)), "it is no relation of the projector")
    need(is_polynomial(log, own.own, c), "a weight is in a denominator")
    inner = (projector, MAX_BLOCKS, row), (other, MAX_BLOCKS, column)
    for number, product in ((1, [*factors, *inner]), (-1, [*factors, (other, row, column)])):
        key = summed(product)
        rest = tuple(s for s in key if s not in own.sums)
        letters = [log.letter(own.sums[s]) for s in key if s in own.sums]
        part = multiplied(log, [log.number(number), c, *letters])
        total[rest] = log.sum(total.get(rest, log.number(0)), part)


def told(log, own, of, form, matrix, most, at):
    """The proposition, in formulas."""
    name = log.letters[most].name
    text = (
        f"for all real weights of positions and all real {matrix} of a rank of at most {name},"
    )
    text += (
        "\n      with letters for sums over all coordinates and weights of positions, where"
    )
    text += own.meanings()
    text += (
        f"\n      {log.text(of)}\n      is at least max(0, {log.text(form)}), and some attain"
    )
    text += " it:"
    fixed = {x: v for x, v in at.items() if x not in own.sums.values()}
    text += f" as many ones on the diagonal of {matrix} as min({name}, d), zeros elsewhere"
    return text + log.where_text(fixed)
