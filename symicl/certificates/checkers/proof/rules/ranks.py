"""The rule for the least value over matrices of bounded rank."""

from fractions import Fraction

from ...reading import need
from ..words import SCALAR
from .bounds import is_visible
from .entries import Entries
from .sums import MAX_BLOCKS, base, summed
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
    paired=False,
    minors=None,
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

    If coordinates are `paired`, d is even, and C has m blocks (1 1; 1 1), one for each pair
    that is served: a sum over k coordinates is 2^k m, and g is 0 at H = d/2. The sum may then
    contain c >= 0, the `minors`, times the sum over all i of tr G det G, where G is the block
    of P at i and its partner: P is positive semidefinite.
    """
    own = Entries(log, [], sums, positions, size, (), paired)
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

    trace = own.sums.get(summed([(text[1], 0, 0)], paired)[0])
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
        if rows is squares and minors is not None:
            need(paired, "there are no pairs of coordinates")
            minors_of_pairs(own, minors, text[1], total)
        same = log.same(total.pop(()), gap) and not any(a.terms for a in total.values())
        need(same, "the squares add up to something else")

    higher = log.put(form, {most: log.sum(log.letter(most), log.letter(more))})
    fall = difference(log, form, higher)
    falls = is_visible(log, fall) and most not in log.mentioned(fall)
    need(falls, "it is not seen to fall with the rank")
    whole = log.product(log.number(Fraction(1, 2 if paired else 1)), log.letter(size))
    last = log.put(form, {most: whole})
    need(not last.terms, "it is not 0 at full rank")
    at = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(point, 2)}
    early = [x for (kind, _), x in own.weights.items() if kind == "sum"]
    fixed = len(at) == len(point) and at.keys() == {*own.weights.values()}
    fixed = fixed and own.own.isdisjoint(log.mentioned(*at.values()))
    need(fixed and not any(at[x].terms for x in early), "it is no point")
    for factors, x in own.sums.items():
        blocks = len({base(i) for _, *places in factors for i in places})
        times = log.number(2**blocks if paired else 1)
        at[x] = log.product(times, log.letter(heads))
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
    factors = [(log.read_as("str", f), *at) for f, *at in entries]
    places = [row, column, *(i for _, *at in factors for i in at)]
    known = other in names and all(type(i) is int and base(i) < MAX_BLOCKS for i in places)
    known = known and (own.paired or all(i >= 0 for i in places))
    hidden = {*own.sums.values()}
    need(known and hidden.isdisjoint(log.mentioned(c)), "it is no relation of the projector")
    need(is_polynomial(log, own.own, c), "a weight is in a denominator")
    inner = (projector, MAX_BLOCKS, row), (other, MAX_BLOCKS, column)
    added(own, c, [*factors, *inner], total)
    minus = log.product(log.number(-1), c)
    added(own, minus, [*factors, (other, row, column)], total)


def minors_of_pairs(own, c, projector, total):
    """Add c times the sum over all i of tr G det G, for the block G of P at i and ~i."""
    seen = is_visible(own.log, c) and own.own.isdisjoint(own.log.mentioned(c))
    need(seen and c[:2] == SCALAR, "a factor is not seen to be at least 0")
    for i in (0, ~0):
        diagonal = (projector, 0, 0), (projector, ~0, ~0)
        across = (projector, 0, ~0), (projector, ~0, 0)
        added(own, c, [(projector, i, i), *diagonal], total)
        minus = own.log.product(own.log.number(-1), c)
        added(own, minus, [(projector, i, i), *across], total)


def added(own, c, product, total):
    """Add c times the sum over all coordinates of a product of entries."""
    log = own.log
    log.spend(2_000 if own.paired else 100)
    key = summed(product, own.paired)
    rest = tuple(s for s in key if s not in own.sums)
    letters = [log.letter(own.sums[s]) for s in key if s in own.sums]
    part = multiplied(log, [c, *letters])
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
    if own.paired:
        text += f" ones in as many blocks of {matrix} at a coordinate and its partner as"
        text += f" min({name}, d/2), zeros elsewhere"
    else:
        text += f" as many ones on the diagonal of {matrix} as min({name}, d), zeros elsewhere"
    return text + log.where_text(fixed)
