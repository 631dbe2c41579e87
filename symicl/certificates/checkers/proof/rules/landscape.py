"""The rules for the gradient of a loss: how large it is, and where it vanishes."""

from functools import reduce

from ...reading import need
from ..words import SCALAR
from .bounds import shown_to_be
from .flow import gradient
from .kept import displaced
from .losses import loss_in


def parameters_of(log, rows):
    """The letters of a list of [P, value], each once, and their values."""
    found = {log.read_letter(p): log.read_node(v) for p, v in log.rows_of(rows, 2)}
    need(0 < len(found) == len(rows), "a parameter is named twice, or none is")
    plain = all(log.size(x) == SCALAR or not log.letters[x].symmetric for x in found)
    need(plain, "a parameter is symmetric")
    return found


def landscape_in(log, predicted, letters, origins):
    """A loss, its gradient in each of some parameters, and P = O - D for some of them."""
    away, new = displaced(log, letters, origins)
    _, value = loss_in(log, predicted, letters | new)
    need(new.isdisjoint(log.mentioned(value)), "how far a parameter is away is in the loss")
    return value, {p: gradient(log, value, p) for p in sorted(letters)}, away, letters | new


def squared(log, a):
    """|A|^2."""
    return log.traced(log.product(log.transposed(a), a))


def still(log, letters, *values):
    """That values contain nothing that moves, not even inside of a letter."""
    used = log.mentioned(*values)
    need(letters.isdisjoint(used | log.inside(used)), "it depends on what moves")


def rule_dominated(log, claim, predicted, minimum, place, constants, shown, origins=()):
    """For all parameters P: L - v <= the sum of |G_P|^2 / c_P, wherever all c_P are > 0. Here
    L is a loss, G_P its gradient in P, and v its least value, which it has at the `place`, a
    list of [P, P*].

    `constants` says [P, c_P], and no c_P depends on what moves. The sum of the |G_P|^2, each
    times all other c, less L - v times all c, was shown to be >= 0.
    """
    numbers = parameters_of(log, constants)
    letters = numbers.keys() | set()
    value, slopes, away, moving = landscape_in(log, predicted, letters, origins)
    scalars = all(c[:2] == SCALAR for c in numbers.values())
    need(scalars, "what it is divided by is no scalar")
    still(log, moving, *numbers.values())
    form = log.lines[minimum]
    need(form["rule"] == "minimum", "it names no minimum")
    least = log.values[form["value"]]
    need(log.same(log.values[form["loss"]], value), "the minimum is one of another loss")
    still(log, moving, least)
    at = parameters_of(log, place)
    still(log, moving, *at.values())
    need(log.same(log.put(value, at), least), "the loss is another one at this place")
    excess = log.sum(least, log.product(log.number(-1), value))
    parts = [reduce(log.product, numbers.values(), excess)]
    for p, slope in slopes.items():
        others = (c for q, c in numbers.items() if q != p)
        parts.append(reduce(log.product, others, squared(log, slope)))
    gap = log.sum(*parts)
    where, _ = shown_to_be(log, shown, log.put(gap, away) if away else gap, moving)
    log.spend(8 * log.weight(least, *numbers.values(), *at.values()))
    said = f"the loss of line {predicted} less its least value\n      {log.text(least)},"
    said += f" which it has{log.where_text(at)[1:]},\n      is at most the sum of "
    said += " and ".join(
        f"|gradient in {log.letters[p].name}|^2 / ({log.text(c)})" for p, c in numbers.items()
    )
    log.said(claim, f"{said},\n      wherever what is divided by is > 0{where}")


def rule_critical(log, claim, predicted, place, factors, room, shown, origins=()):
    """The gradient of a loss vanishes at the `place`, a list of [P, P*]; and at no other
    values of these parameters, wherever all a_P are > 0.

    `room` says [P, a_P], and no a_P depends on what moves; `factors` says [P, M_P]. The sum of
    tr(M_P' G_P), G_P the gradient in P, less that of a_P |P - P*|^2, was shown to be >= 0:
    where all G_P vanish, so do all P - P*. Nothing that moves is in a denominator of M_P.
    """
    at, weights, numbers = (parameters_of(log, rows) for rows in (place, factors, room))
    need(at.keys() == weights.keys() == numbers.keys(), "other parameters")
    letters = at.keys() | set()
    _, slopes, away, moving = landscape_in(log, predicted, letters, origins)
    still(log, moving, *at.values(), *numbers.values())
    for p, slope in slopes.items():
        there, zero = log.put(slope, at), log.product(log.number(0), slope)
        need(log.same(there, zero), "the gradient is not zero at this place")
        positive = [*numbers[p].terms.values(), *numbers[p].den.values()]
        seen = numbers[p][:2] == SCALAR and numbers[p].terms and all(c > 0 for c in positive)
        need(seen, "the square of a distance has no positive factor")
    hidden = set().union(*map(log.poles, weights.values()))
    used = log.mentioned(*weights.values())
    need(moving.isdisjoint(hidden | log.inside(used)), "a parameter is in a denominator")
    minus, parts = log.number(-1), []
    for p, slope in slopes.items():
        turned = log.put(slope, away) if away else slope
        weight = log.put(weights[p], away) if away else weights[p]
        parts.append(log.traced(log.product(log.transposed(weight), turned)))
        far = log.sum(log.letter(p), log.product(minus, at[p]))
        far = squared(log, log.put(far, away) if away else far)
        parts.append(log.product(minus, log.product(numbers[p], far)))
    where, _ = shown_to_be(log, shown, log.sum(*parts), moving)
    log.spend(8 * log.weight(*at.values(), *numbers.values()))
    said = f"the gradient of the loss of line {predicted} in {log.names_of(letters)} vanishes"
    said += f"{log.where_text(at)[1:]},\n      and nowhere else, wherever "
    said += " and ".join(f"{log.text(a)} > 0" for a in numbers.values())
    log.said(claim, said + where)
