"""Expectations over one Gaussian letter, by Stein's identity."""

from ...reading import exact, need
from ..values import Value
from ..words import SCALAR
from .operations import rule_data


def contractions(log, z, rest, others):
    """The occurrence of Z in tr(Z rest) with every other one, in it and in other traces.

    For E Z_ia Z_jb = U_ij V_ab:  tr(Z P Z Q)       ->  tr(P U Q' V)
                                  tr(Z P Z' Q)      ->  tr(V P) tr(U Q)
                                  tr(Z P) tr(Z Q)   ->  tr(P U Q' V)
                                  tr(Z P) tr(Z' Q)  ->  tr(P U Q V)
    """
    (u, v, _), (rows, cols) = log.letters[z].law, log.size(z)
    more = [(w, 1) for w in others]
    for k in [k for k, a in enumerate(rest) if a in (z, -z)]:
        p, q = rest[:k], rest[k + 1 :]
        if rest[k] == z:
            pair = [(p + u + log.turn(q) + v, cols)]
        else:
            pair = [(v + p, cols), (u + q, rows)]
        yield log.close(*pair, *more)
    for n, other in enumerate(others):
        for k in [k for k, a in enumerate(other) if a in (z, -z)]:
            q = other[k + 1 :] + other[:k]
            q = log.turn(q) if other[k] == z else q
            yield log.close((rest + u + q + v, cols), *more[:n], *more[n + 1 :])


def rule_stein(log, letter, words, place, equals):
    """E of a product of traces, in each of which Z occurs, is the scale times the sum of E of
    all contractions of one occurrence of Z, the one in the given place.

    A contraction is a monomial: a part without Z, which is constant, times one with Z, whose
    E is that of an earlier entry of this rule; E of the empty one is 1.
    """
    words, law = [log.read_word(w) for w in words], log.letters[letter].law
    hidden = letter in log.inside(abs(a) for w in words for a in w)
    random = law and words and all(letter in w or -letter in w for w in words) and not hidden
    need(random, "the letter is not random, or not in every word, or part of an inverse")
    i, j = map(log.read_natural, log.rows_of([place], 2)[0])
    there = i < len(words) and j < len(words[i]) and words[i][j] in (letter, -letter)
    need(there, "the letter is not in this place")
    rest = words[i][j + 1 :] + words[i][:j]
    rest = rest if words[i][j] == letter else log.turn(rest)  # tr(Z' P) = tr(Z P')
    found = {}
    for factor, monomial in contractions(log, letter, rest, words[:i] + words[i + 1 :]):
        key = log.split(monomial, letter)[:2]
        found[key] = found.get(key, 0) + factor
    said, parts = {}, [log.number(0)]
    for c, constant, below in log.rows_of(equals, 3):
        known = below == 0 or log.read_id(below) in log.steps
        need(known, "it goes on with a line of another rule")
        z, smaller, value = log.steps[below] if below else (letter, (), log.number(1))
        one, monomial = log.close(*log.closed_words(log.read_as("list", constant)))
        fresh = z == letter and (monomial, smaller) not in said
        need(fresh, "another letter, or one monomial twice")
        said[monomial, smaller] = factor = one * exact(c)
        parts.append(log.product(Value(1, 1, {(monomial, ()): factor}), value))
    need(said == found, "Stein's identity gives another combination")
    number, core = log.close(*((w, 1) for w in words))
    need(number == 1, "a product of traces is a multiple of another one")
    log.steps[log.id] = letter, core, log.product(log.sum(*parts), law[2])


def rule_expectation(log, of, letter, steps, given):
    """E over one Gaussian letter Z, all others fixed, of a scalar without Z in denominators.

    Each monomial is its part without Z times the E of the rest. That is 0 if Z occurs an odd
    number of times, as Z and -Z have one law, and else what one of the `steps` says.
    """
    used = log.mentioned(of)
    hidden = letter in log.inside(used) | log.mentioned(Value(1, 1, of.den))
    if letter not in used:  # it is no average of anything
        log.origins[log.id] = set(log.origins[log.line_fields["of"]])
    need(
        log.letters[letter].law and not hidden,
        "the letter is not random, or part of an inverse",
    )
    known = [log.steps.get(log.read_id(x), (0, (), of)) for x in steps]
    table = {core: value for z, core, value in known if z == letter}
    parts, met = [log.number(0)], set()
    for (m, w), c in of.terms.items():
        constant, core, times = log.split(m, letter)
        fits = of[:2] == SCALAR and not w and all(k > 0 for _, k in core)
        need(fits, "the letter is in a denominator, or it is no scalar")
        if times % 2 == 0:
            there = not core or core in table
            need(there, "no entry gives the expectation of one of the monomials")
            met |= {core} - {()}
            rest = table.get(core) or log.number(1)
            parts.append(log.product(Value(1, 1, {(constant, ()): c}), rest))
    used_up = met == table.keys() and len(steps) == len(table)
    need(used_up, "it names an entry that it does not use")
    mean = log.sum(*parts)
    mean = log.over(SCALAR, mean.terms, log.times(mean.den, of.den))
    return rule_data(log, given, mean)
