"""The rules that state a fact: equalities, signs, global minima."""

from ...reading import need
from ..origins import AVERAGES
from ..values import ONE
from ..words import SCALAR


def rule_equal(log, claim, left, right):
    """A = B."""
    need(log.same(left, right), "the two sides differ")
    sides = log.line_fields["left"], log.line_fields["right"]
    log.fact(claim, f"lines {sides[0]} and {sides[1]} are {log.brief(left)}")


def rule_sign(log, claim, of, strict):
    """A polynomial is >= 0, or > 0 if it is `strict`.

    Its letters have lower bounds. In what they exceed these by no coefficient is negative,
    and, if it is strict, the constant is positive.
    """
    bounded = all(log.letters[x].at_least is not None for x in log.mentioned(of))
    powers = [k for m, _ in of.terms for _, k in m]
    plain = of[:2] == SCALAR and of.den == ONE and all(k > 0 for k in powers)
    need(plain and bounded, "it is not a polynomial in letters with lower bounds")
    moved = log.excess(of)
    need(all(c > 0 for c in moved.values()), "a coefficient is negative")
    need(not strict or ((), ()) in moved, "the constant is not positive")
    shown, put = log.before_replacement(log.line_fields["of"])
    log.fact(claim, f"{log.brief(shown)} {'>' if strict else '>='} 0{put}")


def rule_minimum(
    log,
    claim,
    letter,
    factorised,
    loss,
    candidate,
    square,
    normal,
    direction,
    at,
    power,
    explained,
    value,
):
    """loss >= value, whatever its letters are, where K is the unknown letter:

        loss = candidate(K) + square(K) + 2 tr(N(K)' direction(K))         for all K
        candidate(K) = power - explained(K) + tr(N(K)' K)                  for all K
        N(K) = scale L (K F - C) R, and K* = C F^-1, so that N(K*) = 0
        square(K) = E of a square, so that square(K*) >= 0
        value = power - explained(K*) = candidate(K*)

    Neither loss nor power contains K, and nothing of the above has K in a denominator: all are
    polynomials in K, so that they are defined, and the identities hold, at K*.
    """
    form, solver = log.lines[factorised], log.lines[log.line_fields["at"]]
    found = form["rule"], solver["rule"], form["of"], form["letter"], solver.get("solves")
    known = found == ("factorised", "quotient", log.line_fields["normal"], letter, factorised)
    need(known, "what it refers to does not solve its normal equation")
    need(
        is_square(log, log.line_fields["square"]),
        "the distance is not the expectation of a square",
    )
    need(not any(log.letters[x].random for x in log.mentioned(at)), "the solution is random")
    parts = loss, candidate, square, normal, direction, power, explained
    gone = log.fixed | log.mentioned(loss, power, at) | log.inside(log.mentioned(*parts))
    alone = letter not in log.inverse and letter not in log.sums
    need(alone and letter not in gone, "the unknown is misplaced")
    poles = set().union(*map(log.poles, parts))
    need(letter not in poles, "the unknown is in a denominator")
    turned = log.transposed(normal)
    twice = log.product(log.number(2), log.traced(log.product(turned, direction)))
    need(log.same(loss, log.sum(candidate, square, twice)), "the remainder is another one")
    rest = log.sum(power, log.traced(log.product(turned, log.letter(letter))))
    need(log.same(log.sum(candidate, explained), rest), "the candidate has another loss")
    least = log.sum(value, log.put(explained, {letter: at}))
    need(log.same(power, least), "the minimal value is another one")
    log.fact(claim, f"{log.brief(loss)} >= {log.brief(value)}")
    log.ends[log.line_fields["at"]] = f"the solution in line {log.id}"
    log.ends[log.line_fields["value"]] = f"the minimal value in line {log.id}"


def is_square(log, id):
    """True if a line is the expectation, perhaps of another one, of a scalar times itself.

    What is replaced in between are letters on which no law depends, and without bounds.
    """
    averaged, at, line = False, id, log.lines[id]
    while line["rule"] in PASSED and "of" in line:
        log.spend(1)
        left = log.unfinished.get(at, set()) & log.mentioned(log.values[id])
        need(not left, "an average over signs is not over all that it has to be")
        gone = {y for x, _ in line.get("letters", []) for y in (x, log.inverse.get(x))}
        need(log.fixed.isdisjoint(gone), "its law is replaced")
        averaged, at = averaged or line["rule"] not in REPLACED, line["of"]
        line = log.lines[at]
    parts = line["parts"] if line["rule"] == "product" else [0, 1]
    same = len(parts) == 2 and parts[0] == parts[1]
    return averaged and same and log.values[parts[0]][:2] == SCALAR


def averaged_square(log, id):
    """The square of which a line is the expectation, which is g with E g^2, and more.

    Returned are g, where letters have been replaced as the lines between say; the letters that
    are averaged over, Gaussian ones or samples; and what has replaced which letter. What is
    random is put in before anything is averaged, so that no letter is averaged over twice.
    """
    need(is_square(log, id), "it is not the expectation of a square")
    over, tables, line = [], [], log.lines[id]
    while line["rule"] in PASSED:
        log.spend(1)
        if line["rule"] == "signs":
            pass  # it depends on what is averaged below
        elif line["rule"] == "substitute":
            tables.insert(0, log.table(line["letters"]))
        else:
            early = any(log.is_random(v) for table in tables for v in table.values())
            need(not early, "what is random is put in after an average")
            found = line.get("samples", {})
            over += [found[k] for k in SAMPLES] if found else [line["letter"]]
        line = log.lines[line["of"]]
    g, full = log.values[line["parts"][0]], {}
    for table in tables:
        full = table | {x: log.put(v, table) for x, v in full.items()}
        g = log.put(g, table)
    return g, over, full


REPLACED = {"substitute", "signs"}
PASSED = AVERAGES | REPLACED
SAMPLES = ("X", "y", "x", "y0")
