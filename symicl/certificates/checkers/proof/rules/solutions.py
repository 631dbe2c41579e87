"""Linear equations for matrices: coefficients, quotients, and forms that show a solution."""

from functools import reduce

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .operations import rule_data


def rule_cut(log, of, letter, given):
    """The matrix M with tr(M P) = `of`, P a letter that is not in M.

    It is unique: if P is symmetric, so is M.
    """
    used = log.mentioned(given)
    gone = letter not in used | log.inside(used)
    gone = gone and used.isdisjoint(log.letters[letter].inside)
    gone = gone and not log.letters[letter].satisfies
    fits = gone and given[:2] == log.size(-letter)
    need(fits, "the letter is still there, or the sizes differ")
    unique = not log.letters[letter].symmetric or log.same(given, log.transposed(given))
    need(unique, "what is cut out at a symmetric letter is symmetric")
    rule_data(log, log.traced(log.product(given, log.letter(letter))), of)
    return given


def rule_quotient(log, of, by, result, common=None, solves=None):
    """N F^-1, where F has an inverse: a matrix R with R F = N; or R = A B^-1 with F = B Q and
    N = A Q, where B^-1 is a letter and Q, the common factor, has an inverse.

    If it `solves` a factorised equation, N and F are C and F of that.
    """
    lines = {"C": log.line_fields["of"], "F": log.line_fields["by"]}
    form = log.lines.get(solves, lines)
    same = (form.get("C"), form.get("F")) == (lines["C"], lines["F"])
    need(same, "it does not solve it")
    fit = by.rows == by.cols and result[:2] == (of.rows, by.rows)
    need(by.terms and fit, "it divides by zero, or the size is another one")
    log.regular(common or by)
    if common:
        last = {w[-1] if w else 0 for _, w in result.terms}
        ends = len(last) == 1 and last <= log.sums.keys()
        need(ends, "it does not end with the inverse of a sum")
        base = log.sums[last.pop()]
        terms = {(m, w[:-1]): c for (m, w), c in result.terms.items()}
        rule_data(log, log.product(base, common), by)
        rest = Value(result.rows, base.rows, terms, result.den)
    else:
        rest = result
    rule_data(log, log.product(rest, common or by), of)
    return result


def rule_factorised(log, of, letter, scale, F, C, L=None, R=None, invertible=False, claim=""):
    """N(K) = scale L (K F - C) R, for the unknown letter K.

    If it is said to be `invertible`, L and R are products of letters with inverses, and of
    scalars that are not zero, as the scale is: then N(K) = 0 only where K F = C.
    """
    sides, minus = [side for side in (L, R) if side], log.product(log.number(-1), C)
    need(scale[:2] == SCALAR, "the scale is no scalar")
    used = log.mentioned(scale, F, C, *sides)
    need(letter not in used | log.inside(used), "the unknown is in its own solution")
    inner = log.sum(log.product(log.letter(letter), F), minus)
    inner = reduce(log.product, [scale, *filter(None, (L, inner, R))])
    need(log.same(inner, of), "the factors multiply out to something else")
    if invertible:
        log.apart(scale.terms)
        sure = all(map(log.is_regular, sides))
        need(sure, "a cancelled letter is not known to have an inverse")
        left = log.brief(log.product(log.letter(letter), F))
        log.fact(claim, f"{log.brief(of)} is zero only where {left} = {log.brief(C)}")
