"""Averages of inverses of Gram matrices of Gaussian rows: the inverse Wishart law."""

from ...reading import need
from ..values import ONE, Value
from .averages import averaged, compared
from .squared_scales import size_value


def contractions(log, v, rest, others):
    """Integration by parts contracts V in tr(V rest) with every other V, in it and in
    other traces, as V_ca V_bd + V_da V_bc in the place of V_ab V_cd:

        tr(V P V Q)      ->  tr(V P) tr(V Q) + tr(V P' V Q)
        tr(V P) tr(V Q)  ->  tr(V P' V Q) + tr(V P' V Q')
    """
    size = log.size(v)[0]
    more = [(w, size) for w in others]
    for k in [k for k, a in enumerate(rest) if a == v]:
        p, q = rest[:k], rest[k + 1 :]
        yield log.close(((v, *p), size), ((v, *q), size), *more)
        yield log.close(((v, *log.turn(p), v, *q), size), *more)
    for n, other in enumerate(others):
        for k in [k for k, a in enumerate(other) if a == v]:
            q = other[k + 1 :] + other[:k]
            for end in (q, log.turn(q)):
                word = (v, *log.turn(rest), v, *end)
                yield log.close((word, size), *more[:n], *more[n + 1 :])


def rule_inverse_gram(
    log, of, letter, inverted, means, given, reciprocals=None, cancelled=None, plain=None
):
    """E over a Gaussian letter X with n rows N(0, s S) of a scalar in V = (c X'X)^-1.

    Integration by parts in the entries of X gives for each V_ab in a product V_ab g, where g
    holds k - 1 further factors V and d is the size of S,

        (n - d - 1) E V_ab g = (S^-1)_ab E g / (c s) + sum over V_cd in g of
                               E (V_ca V_bd + V_da V_bc) g / V_cd.

    `means` says [traces, value] for monomials in V. If all of these fulfil the equation, they
    are the means, as 2(k - 1) < n - d - 1: the greatest difference from them would be no more
    than 2(k - 1)/(n - d - 1) of itself. For such n, which is a condition, they exist.

    What is averaged may be `cancelled` first, V X'X = I; the terms of it without V have the
    mean of the entry `plain`, one over X.
    """
    form = of if cancelled is None else cancelled
    need(log.same(of, form), "what is cancelled is another value")
    factor, between = gram(log, letter, inverted)
    with_it = {
        (m, w): c for (m, w), c in form.terms.items() if any(inverted in v for v, _ in m)
    }
    part = Value(*form[:2], with_it, form.den)
    rest = log.sum(form, Value(*form[:2], log.minus(with_it), form.den))
    used = log.mentioned(part)
    hidden = letter in used | log.inside(used - {inverted})
    need(not hidden, "the letter is beside its inverse, or part of another one")
    if plain is None:
        used = log.mentioned(rest)
        need(
            letter not in used | log.inside(used), "nothing gives the mean of the other terms"
        )
        mean_of_rest = rest
    else:
        line = log.lines[plain]
        right = line["rule"] == "expectation" and line["letter"] == letter
        right = right and log.same(rest, log.values[line["of"]])
        need(right, "the other terms have another mean")
        mean_of_rest = log.values[plain]
    known = means_of(log, letter, inverted, means, factor, between)

    def mean(core):
        need(core in known, "no mean is given for one of the monomials")
        return known[core]

    total = log.sum(averaged(log, part, inverted, mean), mean_of_rest)
    return compared(log, total, given, reciprocals)


def gram(log, x, v):
    """The factor 1/(c s) and the word S^-1, for rows N(0, s S) of X and V = (c X'X)^-1."""
    law, base = log.letters[x].law, log.sums.get(v)
    need(
        law and law[0] == () and x not in law[1], "the letter has no independent Gaussian rows"
    )
    words = {w for _, w in base.terms} if base else {}
    need(words == {(-x, x)} and base.den == ONE, "it is no inverse of a Gram matrix")
    c = Value(1, 1, {(m, ()): k for (m, _), k in base.terms.items()})
    used = log.mentioned(c)
    alone = len(c.terms) == 1 and not any(log.letters[y].random for y in used)
    need(alone, "it is no inverse of a Gram matrix")
    need(all(a in log.inverse for a in law[1]), "the covariance of the rows has no inverse")
    factor = log.divided(log.number(1), log.product(c, law[2]))
    return factor, tuple(log.inverse[a] for a in law[1])


def means_of(log, x, v, means, factor, between):
    """The means that are given, by monomial; that each of them fulfils its equation."""
    known, highest = {(): log.number(1)}, 0
    for words, value in log.rows_of(means, 2):
        words = [log.read_word(w) for w in log.read_as("list", words)]
        number, core = log.close(*((w, 1) for w in words))
        constant, core, times = log.split(core, v)
        alone = number == 1 and not constant and core and core not in known
        need(
            alone and all(k > 0 for _, k in core), "it is no monomial in the inverse, or twice"
        )
        known[core], highest = log.read_node(value), max(highest, times)
    n, d = (size_value(log, size) for size in log.size(x))
    gap = log.sum(n, log.product(log.number(-1), d))
    if known.keys() - {()}:
        enough(log, log.sum(gap, log.number(1 - 2 * highest)), log.size(x), highest)
    gamma = log.sum(gap, log.number(-1))
    for core in known.keys() - {()}:
        words = [w for w, k in core for _ in range(k)]
        first, *others = words
        i = first.index(v)
        rest = first[i + 1 :] + first[:i]
        size = log.size(v)[0]
        number, monomial = log.close((between + rest, size), *((w, size) for w in others))
        constant, below, _ = log.split(monomial, v)
        need(below in known, "a mean is missing in an equation")
        lower = log.product(Value(1, 1, {(constant, ()): number}), known[below])
        parts = [log.product(factor, lower)]
        for number, monomial in contractions(log, v, rest, others):
            constant, same, times = log.split(monomial, v)
            alike = number == 1 and not constant and times == sum(w.count(v) for w in words)
            need(alike and same in known, "a mean is missing in an equation")
            parts.append(known[same])
        solved = log.same(log.product(gamma, known[core]), log.sum(*parts))
        need(solved, "the means do not solve their equations")
    return known


def enough(log, excess, size, count):
    """The sizes are such that means of so many factors exist: shown, or a condition."""
    shifted = log.excess(excess)
    need(any(c > 0 for c in shifted.values()), "there are too few rows for the mean to exist")
    if any(c < 0 for c in shifted.values()) or ((), ()) not in shifted:
        condition = excess, f"{size[0]} is greater than {size[1]} + {2 * count - 1}"
        log.conditions += [condition] * (condition not in log.conditions)
