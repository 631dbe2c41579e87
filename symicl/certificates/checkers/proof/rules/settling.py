"""The rule for a number that settles along a gradient flow, unless something vanishes."""

from ...reading import need
from ..words import SCALAR
from .bounds import factor_of, is_visible, shown_to_be
from .flow import gradient
from .in_time import along, plain, smooth
from .motion import velocities_of


def rule_settles(
    log,
    claim,
    loss,
    pace,
    velocities,
    of,
    rate,
    slope,
    unless,
    high,
    low,
    weights,
    shown,
    given=(),
    place=(),
):
    """Along dX/dt = -c (gradient of L in X) of some letters X, and from every start, at each
    time t that the solution reaches,

        |E(t)| <= e^(-m t) |E(0)| if E(0) >= 0, and <= e^(-k g(0)^2 t) |E(0)| if E(0) <= 0.

    L is the `loss`, c the `pace`, E the value `of`, m the `rate`, k >= 0 the `slope`, and g is
    `unless`; h, l >= 0 are `high` and `low`. With the letters p, q, r of the `weights`

        p (-E dE/dt - m E^2 - h E) + q (-E dE/dt - k g^2 E^2) + r (g dg/dt + l E)

    was shown to be >= 0 for all p, q, r >= 0, so that each of the three is. By the second E^2
    does not rise, so that E keeps its sign. Where E >= 0 the first is the bound; where E <= 0,
    g^2 does not fall by the third, and so the second is. None of m, k moves.

    `given` says [K, B]: the letters K stand for the values B in all but L and c, wherever
    these are > 0; then `velocities` says [X, V], V in these letters. At the `place`, a list of
    [X, A], g = 0, no X moves and E is not 0.
    """
    speeds = velocities_of(log, velocities, loss, pace, of, unless)
    numbers = (loss, pace, of, rate, slope, unless, high, low)
    scalars = all(a[:2] == SCALAR for a in numbers)
    need(scalars and all(log.size(x) == SCALAR for x in speeds), "something is no scalar")
    table = given_of(log, given, speeds, loss, pace)
    smooth(log, loss, speeds)
    need(speeds.keys().isdisjoint(log.poles(loss)), "what moves is in a denominator")
    minus = log.number(-1)
    for x, speed in speeds.items():
        there = log.put(speed, table) if table else speed
        slower = log.product(log.product(minus, pace), gradient(log, loss, x))
        need(log.same(there, slower), f"{log.letters[x].name} moves otherwise")
    poles = set().union(*map(log.poles, (of, unless, high, low, *speeds.values())))
    need(speeds.keys().isdisjoint(poles), "what moves is in a denominator")
    fixed = log.mentioned(rate, slope, pace)
    need(speeds.keys().isdisjoint(fixed | log.inside(fixed)), "a rate moves")
    need(is_visible(log, slope), "the slope is not seen to be at least 0")
    for name in ("high", "low"):
        factor_of(log, log.line_fields[name], {}, {})
    p, q, r = weights_of(
        log, weights, speeds.keys() | log.mentioned(*numbers, *speeds.values())
    )
    squared, falls = (
        log.product(of, of),
        log.product(of, log.product(minus, along(log, of, speeds))),
    )
    unlike, rises = (
        log.product(unless, unless),
        log.product(unless, along(log, unless, speeds)),
    )
    by_slope = log.product(slope, log.product(unlike, squared))
    parts = (
        (p, falls),
        (p, log.product(minus, log.product(rate, squared))),
        (p, log.product(minus, log.product(high, of))),
        (q, falls),
        (q, log.product(minus, by_slope)),
        (r, rises),
        (r, log.product(low, of)),
    )
    gap = log.sum(*(log.product(weight, part) for weight, part in parts))
    where, _ = shown_to_be(log, shown, gap, speeds.keys())
    log.held.append((speeds.keys(), log.mentioned(*numbers, *table.values()) - speeds.keys()))
    trap = trapped(log, place, speeds, of, unless) if place else ""
    log.spend(8 * log.weight(of, rate, slope, unless, pace))
    flow = f"d/dt of {log.names_of(speeds)} = -({log.text(pace)}) (gradient of line "
    flow += f"{log.line_fields['loss']}, {log.short(loss)})"
    said = f"along {flow},\n      from every start, at each time t that the solution reaches, "
    said += f"E = {log.text(of)} has\n      |E(t)| <= e^(-m t) |E(0)| if E(0) >= 0, m = "
    said += f"{log.text(rate)}, and\n      |E(t)| <= e^(-k g(0)^2 t) |E(0)| if E(0) <= 0, "
    said += f"k = {log.text(slope)}, g = {log.text(unless)}"
    said += f"{log.where_text(table)}" + ", wherever these are > 0" * bool(table)
    log.said(claim, said + where + trap)


def given_of(log, given, speeds, loss, pace):
    """Letters K that stand for values, of which no more is known than that they are >= 0, or
    not 0; no value depends on what moves, or on a K."""
    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of([*given], 2)}
    plain(log, table.keys())
    known = all(
        log.size(x) == value[:2] == SCALAR and not log.letters[x].at_least
        for x, value in table.items()
    )
    used = log.mentioned(*table.values())
    used |= log.inside(used) | log.mentioned(loss, pace)
    fresh = table.keys().isdisjoint(used | speeds.keys()) and len(table) == len(given)
    need(known and fresh, "more is known of a letter that stands for something")
    used = log.mentioned(*table.values())
    need(speeds.keys().isdisjoint(used | log.inside(used)), "what is given moves")
    return table


def weights_of(log, weights, used):
    """Three letters in nothing else, of which no more is known than that they are >= 0."""
    letters = [log.read_letter(x) for x in weights]
    plain(log, letters)
    known = all(log.size(x) == SCALAR and not log.letters[x].at_least for x in letters)
    fresh = len(set(letters)) == 3 == len(letters) and used.isdisjoint(letters)
    need(known and fresh, "more is known of a weight, or it is in use")
    return [log.letter(x) for x in letters]


def trapped(log, place, speeds, of, unless):
    """That nothing moves at a place, where g is 0 and E is not; this in words."""
    at = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(place, 2)}
    need(at.keys() == speeds.keys() and len(at) == len(place), "it says not where each X is")
    need(not any(map(log.is_random, at.values())), "the place is random")
    still = [log.put(v, at) for v in (*speeds.values(), unless)]
    zero = log.number(0)
    need(all(log.same(v, zero) for v in still), "something moves there, or g is not 0")
    there = log.put(of, at)
    need(there.terms, "it is 0 there")
    log.free(there, "it may be 0 there")
    return f"; not so if g = 0: nothing moves{log.where_text(at)}, and E = {log.text(there)}"
