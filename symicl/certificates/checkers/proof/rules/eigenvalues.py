"""The rule for sums over the eigenvalues of a product of two covariances."""

from ...reading import need
from ..words import SCALAR
from .bounds import is_visible
from .vanishing import is_positive, multiplied


def rule_over_eigenvalues(log, claim, of, function, pair, marks, summand):
    """A scalar is >= 0, as it is a sum over the eigenvalues of A B of what is >= 0.

    `pair` is A, B, which are covariances. So A B has the eigenvalues of a matrix S B S with
    S S = A, which are >= 0. The scalar is the trace of a `function` of A B, whose
    coefficients may contain tr(A B) and the largest eigenvalue of A B; see `at_eigenvalue`. So
    it is the sum of what the function is at each eigenvalue x of A B, with multiplicity.

    `marks` are letters x, y, z >= 0: tr(A B) is x + y, where y is the sum of the others, and
    the largest one is x + z. There the function is the `summand`, whose sign is seen. It is
    continuous where it is defined, so that it is >= 0, too, where the summand is 0/0.
    """
    A, B = pair = tuple(log.read_letter(a) for a in pair)
    marks = x, y, z = [log.read_letter(a) for a in marks]
    need(is_covariance(log, A) and is_covariance(log, B), "it is not known to be a covariance")
    known = all(log.letters[a].at_least == 0 and a not in log.tied for a in marks)
    used = log.mentioned(function) | log.inside(log.mentioned(function))
    fresh = len({*marks}) == 3 and used.isdisjoint(marks)
    need(known and fresh, "more is known of an eigenvalue, or it is in use")
    x, y, z = map(log.letter, marks)
    total = log.traced(log.product(log.letter(A), log.letter(B)))
    scalars = {w: log.sum(x, y) for m, _ in total.terms for w, _ in m}
    scalars |= {(a,): log.sum(x, z) for a, word in log.largest.items() if word == pair}
    need(log.same(of, log.traced(function)), "it is another trace")
    there = at_eigenvalue(log, function, pair, x, scalars)
    need(log.same(summand, there), "a summand is another one")
    need(is_visible(log, summand), "a summand is not seen to be at least 0")
    log.not_negative[log.line_fields["of"]] = {}
    log.fact(claim, f"{log.brief(of)} >= 0")


def at_eigenvalue(log, a, pair, x, scalars):
    """A function of A B at its eigenvalue x: a sum of products of scalars, of A B, and of the
    inverses of such functions, none of which is 0 there. `scalars` says what some are."""
    log.spend(log.weight(a))
    sums = [log.number(0)], [log.number(0)]
    for total, terms in zip(sums, (a.terms, a.den), strict=True):
        for (monomial, word), c in terms.items():
            part = log.number(c)
            for v, k in monomial:
                plain = v in scalars or (len(v) == 1 and log.size(v[0]) == SCALAR)
                need(plain, "a coefficient depends on the matrices")
                power = multiplied(log, [scalars.get(v) or log.letter(v[0])] * abs(k))
                part = log.product(part, power) if k > 0 else ratio(log, part, power)
            while word:
                if word[:2] == pair:
                    part, word = log.product(part, x), word[2:]
                    continue
                need(word[0] in log.sums, "it is no function of the product")
                base = at_eigenvalue(log, log.sums[word[0]], pair, x, scalars)
                part, word = ratio(log, part, base), word[1:]
            total.append(part)
    return ratio(log, *(log.sum(*total) for total in sums))


def ratio(log, a, b):
    """a / b, where b is not zero."""
    need(b.terms, "it divides by zero")
    return log.over(SCALAR, log.times(a.terms, b.den), log.times(a.den, b.terms))


def is_covariance(log, a):
    """True if a letter is the covariance of a Gaussian one, but for a positive number."""
    laws = [letter.law for letter in log.letters.values() if letter.law]
    return any(
        {rows, cols} == {(a,), ()} and is_positive(log, scale) for rows, cols, scale in laws
    )
