"""The rules for flows: velocities, sets that a flow does not leave, and scalar equations.

A *motion* says with which velocity each of its letters moves: dX/dt = V.
"""

from functools import reduce

from ...reading import need
from ..words import SCALAR
from .flow import gradient
from .in_time import alike, along, movable, plain, root_text, roots_of, smooth


def rule_gradient_flow(log, claim, loss, rate, velocities):
    """Along dX/dt = -r (gradient of the loss in X) each letter X moves with the velocity V,
    where `velocities` says [X, V], and r is the `rate`; all other letters stay."""
    speeds = velocities_of(log, velocities, loss, rate)
    need(loss[:2] == rate[:2] == SCALAR, "the loss or the rate is no scalar")
    need(speeds.keys().isdisjoint(log.mentioned(rate)), "the rate moves")
    free = all(log.size(x) == SCALAR or not log.letters[x].symmetric for x in speeds)
    need(free, "what moves is symmetric")
    smooth(log, loss, speeds)
    need(log.poles(loss).isdisjoint(speeds), "the loss divides by what moves")
    factor = log.product(log.number(-1), rate)
    for x, speed in speeds.items():
        slope = log.product(factor, gradient(log, loss, x))
        need(log.same(slope, speed), f"the velocity of {log.letters[x].name} is another one")
    log.motions[log.id] = speeds, {}
    log.spend(8 * log.weight(rate))
    of = f"the gradient of line {log.line_fields['loss']}, {log.short(loss)}"
    names = log.names_of(speeds)
    log.said(
        claim, f"along d/dt of {names} = -({log.text(rate)}) times {of}{told(log, speeds)}"
    )


def rule_reduction(log, claim, motion, place, velocities, roots=()):
    """Where all letters X of a motion are what `place` says, [X, A], in letters P that move
    with the velocities [P, V], the X move along that motion: so it does not leave this set."""
    need(motion in log.motions, "it names no motion")
    old, known = log.motions[motion]
    images = {log.read_letter(x): log.read_node(a) for x, a in log.rows_of(place, 2)}
    once = images.keys() == old.keys() and len(images) == len(place)
    need(once, "it does not say once where each letter of the motion is")
    speeds = velocities_of(log, velocities, *images.values())
    named = old.keys() & log.mentioned(*images.values())
    need(named <= speeds.keys(), "a letter of the motion stands for something that stays")
    found = known | roots_of(log, roots, speeds)
    for x, image in images.items():
        reached = log.put(old[x], images)
        leaves = f"{log.letters[x].name} does not move along this set"
        need(alike(log, reached, along(log, image, speeds), found), leaves)
    log.motions[log.id] = speeds, found
    where = log.where_text(images)[len(", where ") :]
    said = f"the motion of line {motion} does not leave the set {where}"
    log.said(claim, f"{said}{root_text(log, found)};\n      there{told(log, speeds)}")


def rule_equation(log, claim, motion, letter, of, degree, value, constants=()):
    """Along a motion the scalar u, which is `of`, satisfies (du/dt)^k = F, where u is the
    `letter`, k the `degree`, and F the `value`; `constants` says [C, B], where B stays as it
    is and C stands for it in F. No other letter in F moves."""
    need(motion in log.motions, "it names no motion")
    speeds, roots = log.motions[motion]
    pairs = {log.read_letter(x): log.read_node(b) for x, b in log.rows_of([*constants], 2)}
    fresh = {letter, *pairs}
    movable(log, fresh)
    need(len(fresh) == 1 + len(constants), "a letter stands for two things")
    need(
        of[:2] == SCALAR and degree in (1, 2),
        "it is no equation of a scalar, or of its square",
    )
    used = log.mentioned(of, *pairs.values(), *speeds.values()) | speeds.keys()
    need(fresh.isdisjoint(used), "a letter of the equation is in use")
    need(
        speeds.keys().isdisjoint(log.mentioned(value)), "something else moves in the equation"
    )
    zero = log.number(0)
    still = all(alike(log, along(log, b, speeds), zero, roots) for b in pairs.values())
    need(still, "a constant moves")
    slope = reduce(log.product, [along(log, of, speeds)] * degree)
    holds = alike(log, log.put(value, pairs | {letter: of}), slope, roots)
    need(holds, "it is another equation")
    if degree == 1 and not pairs:
        log.scalar_equations[log.id] = letter, value, roots
    log.spend(8 * log.weight(of, value, *pairs.values()))
    left = f"(d {log.letters[letter].name}/dt)^{degree}".replace("^1", "")
    where = f"{log.named((letter,))} = {log.text(of)}, along line {motion},"
    kept = "".join(f", {log.named((c,))} = {log.text(b)} stays" for c, b in pairs.items())
    log.said(
        claim, f"{where} has\n      {left} = {log.text(value)}{kept}{root_text(log, roots)}"
    )


def rule_solution(log, claim, equation, exponential, start, alpha, beta, degree, value):
    """du/dt = a u + b u^m has the solution u^k = w, k = 1 - m, with u = s at time 0: for
    positive u, w and s, or for all if m is 0. Here m is the `degree`, w the `value`, E in it a
    letter for e^(k a t), s the letter `start`: dw/dt = k (a w + b), and w = s^k at E = 1."""
    need(equation in log.scalar_equations, "it names no equation of the first degree")
    u, F, roots = log.scalar_equations[equation]
    fresh = {exponential, start}
    used = log.mentioned(F, alpha, beta) | {u}
    need(len(fresh) == 2 and fresh.isdisjoint(used), "a letter of the solution is in use")
    movable(log, {exponential})
    plain(log, {start})
    k, scalar = 1 - degree, {a[:2] for a in (alpha, beta, value)} == {SCALAR}
    need(k and scalar, "it is no power of u, or no scalar")
    need(u not in log.mentioned(alpha, beta, value), "the solution is in use")
    right = log.product(beta, power(log, log.letter(u), degree))
    right = log.sum(log.product(alpha, log.letter(u)), right)
    need(alike(log, F, right, roots), "the equation has other coefficients")
    times = log.product(log.number(k), alpha)
    speed = log.product(times, log.letter(exponential))
    both = log.sum(log.product(times, value), log.product(log.number(k), beta))
    moved = along(log, value, {exponential: speed})
    need(alike(log, moved, both, roots), "it does not satisfy the equation")
    first = log.put(value, {exponential: log.number(1)})
    begun = alike(log, first, power(log, log.letter(start), k), roots)
    need(begun, "it does not start there")
    log.spend(8 * log.weight(value, times))
    names = [log.named((x,)) for x in (u, exponential, start)]
    said = f"{names[0]}^{k} = {log.text(value)}\n      solves line {equation} from {names[2]}"
    positive = ", for positive values" * bool(degree)
    log.said(claim, f"{said}, with {names[1]} = e^(({log.text(times)}) t){positive}")


def velocities_of(log, rows, *others):
    """The velocity of each letter; nothing is random."""
    speeds = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(rows, 2)}
    need(0 < len(speeds) == len(rows), "a letter moves twice, or none does")
    movable(log, speeds.keys())
    need(not any(map(log.is_random, (*others, *speeds.values()))), "something is random")
    for x, v in speeds.items():
        turned = not log.letters[x].symmetric or log.same(v, log.transposed(v))
        fits = v[:2] == log.size(x) and turned
        need(fits, f"the velocity of {log.letters[x].name} has another shape")
    return speeds


def power(log, a, k):
    """A scalar to a power."""
    whole = reduce(log.product, [a] * abs(k), log.number(1))
    return whole if k >= 0 else log.divided(log.number(1), whole)


def told(log, speeds):
    """The velocities, in words."""
    log.spend(8 * log.weight(*speeds.values()))
    return "".join(
        f"\n      {log.named((x,))} moves with {log.text(v)}"
        for x, v in sorted(speeds.items())
    )
