"""The rules for a loss in its parameters: what it is of all weights, and its convexity."""

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .bounds import NEARLY, shown_to_be
from .facts import averaged_square


def rule_predicted(log, of, computed, parameters, free):
    """For all W: E (F(W) - T)^2 = loss(P(W)), where loss(P) = E g^2 is the value `of`.

    `computed` is F, in which data are put as in g; `parameters` says [P, P(W)], and `free` is
    the list of all W. F(W) - g = T, with P(W) for P, contains no P and no W. No W is random,
    replaced by what is random, or in a law; and P(W) contains nothing random.
    """
    g, over, data = averaged_square(log, log.line_fields["of"])
    data = {x: v for x, v in data.items() if log.is_random(v)}
    made = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(parameters, 2)}
    weights = {log.read_letter(x) for x in free}
    drawn = {x for x, z in log.letters.items() if z.random} | data.keys() | {*over}
    given = drawn | log.fixed | log.inside(log.letters)
    once = len(made) == len(parameters) and len(weights) == len(free)
    once = once and given.isdisjoint(made.keys() | weights)
    need(once, "a weight is named twice, or is random, in a law, or in an inverse")
    still = drawn.isdisjoint(log.mentioned(of, *made.values()))
    need(still, "a weight depends on what is random, or the average is not over all of it")
    run, past = log.put(computed, data), log.put(g, made)
    target = log.sum(run, log.product(log.number(-1), past))
    gone = log.mentioned(target).isdisjoint(made.keys() | weights)
    need(gone, "it is another prediction than that of the loss")
    log.losses[log.id] = log.line_fields["of"], g, made.keys() | weights
    log.made[log.id], log.passes[log.id] = made, (run, target, data)
    log.spend(8 * log.weight(computed, target, *data.values(), *made.values()))
    log.facts[log.id] = (
        f"for all {log.names_of(weights)}, the loss of the prediction"
        f"\n      {log.text(computed)}{log.where_text(data)}"
        f"\n      is E over {log.names_of(over)} of the square of it less {log.text(target)}"
        f"\n      and a function of {log.names_of(made)}{log.where_text(made)}"
    )


def loss_in(log, predicted, letters):
    """The line, the root and the value of a loss, a polynomial in all of these letters; none
    is random, in a law, or related to others."""
    need(predicted in log.losses, "it names no loss")
    line, root, _ = log.losses[predicted]
    value = log.values[line]
    related = log.fixed | log.tied | log.sums.keys() | log.inverse.keys()
    related |= log.inside(log.letters) | {x for x, z in log.letters.items() if z.random}
    need(related.isdisjoint(letters), "a parameter is random, in a law, or bound to others")
    poles = log.poles(root) | log.poles(value)
    need(poles.isdisjoint(letters), "a parameter is in a denominator")
    return root, value


def rule_convex(log, claim, predicted, free):
    """The loss E g^2 is convex in the letters `free` together, whatever all other letters are.

    g is of degree 1 in them at most; the square of what is affine is convex, and so is its
    mean, as no law depends on them.
    """
    letters = {log.read_letter(x) for x in free}
    need(0 < len(letters) == len(free), "a parameter is named twice, or none is")
    root, _ = loss_in(log, predicted, letters)
    degrees = (
        sum(k for w, k in (*m, (open_word, 1)) for a in w if abs(a) in letters)
        for m, open_word in root.terms
    )
    need(max(degrees, default=0) <= 1, "what is squared is not affine in them")
    named = log.names_of(letters)
    log.said(
        claim, f"the loss of line {predicted} is convex in {named}, whatever the others are"
    )


def rule_not_convex(log, claim, predicted, letter, place, along, shown, growing=None):
    """The loss is not convex in all P together: along P = A + h B, where `place` says [P, A]
    and `along` says [P, B], its second derivative at h = 0 is negative.

    `letter` is h. Minus the coefficient of h^2 was shown to be > 0, nearly everywhere; or, if
    a letter is `growing`, its leading coefficient in that, and it is so where this letter is
    large enough.
    """
    h, start, way = (
        log.letter(letter),
        *(
            {log.read_letter(x): log.read_node(v) for x, v in log.rows_of(rows, 2)}
            for rows in (place, along)
        ),
    )
    need(len(start) == len(place) and 0 < len(way) == len(along), "a parameter is named twice")
    _, value = loss_in(log, predicted, start.keys() | way.keys())
    fresh = letter not in log.mentioned(value, *start.values(), *way.values())
    need(fresh and h[:2] == SCALAR, "the letter of the direction is not a new one")
    here = {x: start.get(x) or log.letter(x) for x in start.keys() | way.keys()}
    moved = {x: log.sum(v, log.product(h, way[x])) if x in way else v for x, v in here.items()}
    curve = log.put(value, moved)
    bend = leading(log, curve, letter, 2)
    if growing:
        single = log.size(growing) == SCALAR and growing not in log.mentioned(
            Value(1, 1, bend.den)
        )
        single = single and growing not in log.bounded
        need(single and bend.terms, "it is not known how fast it grows")
        top = max(dict(m).get((growing,), 0) for m, _ in bend.terms)
        bend = leading(log, bend, growing, top)
    _, sign = shown_to_be(log, shown, log.product(log.number(-1), bend))
    need(sign >= NEARLY, "it is not shown to be positive nearly everywhere")
    large = f"for {log.named((growing,))} large enough, and " if growing else ""
    log.said(
        claim,
        f"the loss of line {predicted} is not convex in {log.names_of(way)} together"
        f"{log.where_text(start)},\n      along{log.where_text(way)[7:]}, its second "
        f"derivative is negative {large}for nearly all other letters",
    )


def leading(log, a, x, power):
    """The coefficient of a power of a scalar letter."""
    found = {
        (tuple(f for f in m if f[0] != (x,)), w): c
        for (m, w), c in a.terms.items()
        if dict(m).get((x,), 0) == power
    }
    return log.over(a[:2], found, a.den)
