"""The rules for inequalities: a sum of products of what is not negative, and what follows."""

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .facts import is_square
from .kept import kept_of
from .whole_numbers import is_whole, sizes_of


def rule_nonnegative(log, claim, of, products, letters=(), where=()):
    """A scalar is >= 0, for all values of its letters.

    It is a sum of products, and `products` says the factors [above, below] of each, which are
    lines. Each factor is >= 0: the expectation of a square, a square, or what another entry
    of this rule is about, in which letters may have been replaced; or its letters have lower
    bounds, and it has no negative coefficient in what they exceed these by.

    `letters` says [X, A], where X = A is a further assumption, which is printed and fits to
    all that is known of X: then X is replaced by A, in the scalar and in the factors. `where`
    says the same of an X that stays as it is, as it is inside of another letter, perhaps: what
    was shown where X = A is used there alone.

    What is divided by is shown not to be zero; or, if nothing is assumed, it is > 0 nearly
    everywhere: then the scalar, which is continuous where it is defined, is >= 0 there, too.
    """
    table, kept = place_of(log, letters), kept_of(log, place_of(log, where))
    need(table.keys().isdisjoint(kept), "a letter is replaced, and stays as it is")
    parts, signs = [log.number(0)], set()
    for above, below in log.rows_of(products, 2):
        product, sign = log.number(1), ALWAYS
        for line in log.read_as("list", above):
            factor, kind = factor_of(log, log.read_id(line), table, kept)
            product, sign = log.product(product, factor), min(sign, kind)
        for line in log.read_as("list", below):
            factor, kind = factor_of(log, log.read_id(line), table, kept)
            need(factor.terms, "it divides by zero")
            if kind == SOMEWHERE:
                log.apart(factor.terms)
            numerator = log.times(product.terms, factor.den)
            product = log.over(SCALAR, numerator, log.times(product.den, factor.terms))
            sign = min(sign, kind or ALWAYS)
        parts.append(product)
        signs.add(sign)
    value, total = log.put(of, table) if table else of, log.sum(*parts)
    need(log.same(value, total), "the terms add up to something else")
    log.bounds[log.id] = value, table, max(signs, default=SOMEWHERE)
    log.kept[log.id], log.not_negative[log.line_fields["of"]] = kept, table | kept
    log.fact(claim, f"{log.brief(of)} >= 0{log.where_text(table | kept)}")


SOMEWHERE, NEARLY, ALWAYS = 0, 1, 2  # where something that is >= 0 is known to be > 0


def place_of(log, letters):
    """Values of letters, each of which may have its value: none is random; what has a bound is
    at least that; and what is in a law is at least 0, or a sum of N N' and multiples of I."""
    table = {log.read_letter(x): log.read_node(v) for x, v in log.rows_of([*letters], 2)}
    need(len(table) == len(letters), "a letter is replaced twice")
    for x, value in table.items():
        low = log.number(-(log.letters[x].at_least or 0))
        more = log.sum(value, low) if value[:2] == SCALAR else value
        fits = x not in log.fixed or is_visible(log, more) or is_sum_of_squares(log, value)
        random = log.letters[x].random or log.is_random(value)
        fits = fits and x not in log.bounded and not random
        size = log.letters[x].name in sizes_of(log) and not log.mentioned(value)
        fits = fits and (not size or is_whole(log, value))
        need(fits, f"{log.letters[x].name} is known to be something else")
    return table


def is_sum_of_squares(log, a):
    """True if a square matrix is a sum of N N' and I, times what is seen to be >= 0."""
    halves = [(m, w[: len(w) // 2], w) for m, w in a.terms]
    square = all(half + log.turn(half) == w for _, half, w in halves) and a.rows == a.cols
    scalars = Value(1, 1, {(m, ()): 1 for m, _, _ in halves}, a.den)
    positive = all(c > 0 for c in (*a.terms.values(), *a.den.values()))
    return square and positive and a[:2] != SCALAR and is_visible(log, scalars)


def factor_of(log, line, table, kept):
    """A factor, with the replacements of a table; that it is >= 0, and where it is > 0; both
    where letters that are kept are what is said of them."""
    need(line in log.values, f"it refers to line {line}, which has no value")
    factor = log.values[line]
    seen = is_visible(log, factor)
    known = seen or is_plain_square(log, line) or is_shown(log, line, table | kept)
    known = known or is_square(log, line)
    need(factor[:2] == SCALAR and known, f"line {line} is not known to be at least 0")
    moved = log.put(factor, table) if table else factor
    if seen and log.is_apart(Value(1, 1, log.without_poles(factor.terms))):
        return moved, ALWAYS
    return moved, NEARLY if not (table or kept) and is_nearly_positive(
        log, moved
    ) else SOMEWHERE


def is_plain_square(log, line):
    """True if a line is a scalar times itself, in which letters may have been replaced."""
    while log.lines[line]["rule"] == "substitute":
        log.spend(1)
        line = log.lines[line]["of"]
    parts = log.lines[line].get("parts", [])
    same = log.lines[line]["rule"] == "product" and len(parts) == 2 and parts[0] == parts[1]
    return same and log.values[parts[0]][:2] == SCALAR


def is_shown(log, line, table):
    """True if a line was shown to be >= 0 where no more is assumed than in a table; letters
    may have been replaced in it, of which nothing is known or assumed."""
    gone = set()
    while log.lines[line]["rule"] == "substitute" and line not in log.not_negative:
        log.spend(1)
        gone |= {y for x, _ in log.lines[line]["letters"] for y in (x, log.inverse.get(x))}
        line = log.lines[line]["of"]
    assumed = log.not_negative.get(line, {})
    bound = log.fixed | assumed.keys() | log.mentioned(*assumed.values())
    same = all(table.get(x) == value for x, value in assumed.items())
    return line in log.not_negative and same and bound.isdisjoint(gone)


def is_visible(log, a):
    """True if a scalar has bounded letters, and no negative coefficient in their excess.

    Powers that are divided by are >= 0, as their letters are.
    """
    if any(log.letters[x].at_least is None for x in log.mentioned(a)):
        return False
    both = (Value(1, 1, log.without_poles(terms)) for terms in (a.terms, a.den))
    return all(c > 0 for part in both for c in log.excess(part).values())


def is_nearly_positive(log, a):
    """True if what is >= 0 is > 0 nearly everywhere, for letters of any sizes.

    All coefficients are positive, and no letter is the inverse of another one or of a sum. So
    it is > 0 where each matrix has a 1 in its first entry and all else is 0, and each scalar
    is positive. Without its denominators it is a polynomial in the entries, and such a one
    that is not zero at one point is not zero nearly everywhere.
    """
    used = log.mentioned(a)
    plain = used.isdisjoint(abs(log.inverse.get(x, 0)) for x in used)
    plain = plain and used.isdisjoint(log.sums) and used.isdisjoint(log.tied)
    coefficients = [*log.without_poles(a.terms).values(), *log.without_poles(a.den).values()]
    return bool(a.terms) and plain and all(c > 0 for c in coefficients)


def shown_to_be(log, shown, value, free=frozenset()):
    """That a scalar is what an entry of `nonnegative` is about, with what that assumes, which
    is nothing of some letters; the text of the assumption, and where it is > 0."""
    need(shown in log.bounds, "it names no entry on what is at least 0")
    found, table, sign = log.bounds[shown]
    all_said = table | log.kept[shown]
    assumed = all_said.keys() | log.mentioned(*all_said.values())
    need(assumed.isdisjoint(free), "something is assumed of a parameter")
    there = log.put(value, table) if table else value
    need(log.same(there, found), "what is at least 0 is something else")
    return log.where_text(all_said), sign


def rule_inequality(log, claim, smaller, larger, shown, strict=False, equality=None):
    """A <= B, or A < B if it is `strict`, for all values of their letters: B - A was shown to
    be >= 0, or > 0. At the `equality`, a list of [letter, value], A = B; if it is empty, this
    is so for all values."""
    gap = log.sum(larger, log.product(log.number(-1), smaller))
    where, sign = shown_to_be(log, shown, gap)
    need(not strict or sign == ALWAYS, "it is not shown to be positive")
    log.spend(8 * log.weight(smaller, larger))
    always = equality == []
    need(not always or log.same(gap, log.number(0)), "the two sides differ somewhere")
    relation = "=" if always else "<" if strict else "<="
    said = f"{log.text(smaller)} {relation} {log.text(larger)}{where}"
    equal = equal_at(log, gap, log.bounds[shown][1], equality or ())
    log.said(claim, said + f"; they are equal{equal}" * bool(equal))


def equal_at(log, gap, table, equality):
    """That a difference is zero where letters have these values; this place in words."""
    at = place_of(log, equality)
    there = log.put(gap, table) if table else gap
    there = log.put(there, at) if at else there
    need(not at or log.same(there, log.number(0)), "the two sides differ there")
    return log.where_text(at)[1:]


def rule_lower_bound(log, claim, predicted, bound, shown):
    """For all weights a loss, that of an entry of `predicted`, is at least a bound: their
    difference was shown to be >= 0 for all values of the parameters."""
    need(predicted in log.losses, "it names no loss")
    line, _, free = log.losses[predicted]
    gap = log.sum(log.values[line], log.product(log.number(-1), bound))
    where, _ = shown_to_be(log, shown, gap, free)
    log.spend(8 * log.weight(bound))
    said = f"the loss of line {predicted} is at least\n      {log.text(bound)}{where}"
    log.said(claim, f"{said}, for all weights there")
