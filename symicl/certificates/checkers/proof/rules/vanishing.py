"""Matrices that vanish where a sum of terms that are >= 0 does, and all that follows."""

from functools import reduce

from ...reading import need
from ..values import Value
from ..words import SCALAR
from .bounds import is_nearly_positive, is_visible
from .facts import averaged_square


def is_positive(log, a):
    """True if a scalar is seen to be > 0: no coefficient is negative in what its letters
    exceed their bounds by, and it is not zero."""
    seen = a[:2] == SCALAR and a.terms and is_visible(log, a)
    return bool(seen) and log.is_apart(Value(1, 1, log.without_poles(a.terms)))


def values_of(log, lines):
    """The values of several lines."""
    return [log.read_node(x) for x in log.read_as("list", lines)]


def difference(log, a, b):
    """A - B."""
    return log.sum(a, log.product(log.number(-1), b))


def multiplied(log, values):
    """The product of scalars."""
    return reduce(log.product, values, log.number(1))


def is_polynomial(log, free, *values):
    """True if letters are in no denominator and in no inverse."""
    poles = set().union(*map(log.poles, values)) | log.inside(log.mentioned(*values))
    return free.isdisjoint(poles)


def holds_somewhere(log, a):
    """True if a scalar is seen to be > 0 for large letters and matrices near the one with a 1
    in its first entry and 0 elsewhere: so several are at once."""
    free = log.tied.isdisjoint(log.mentioned(a))
    return bool(a.terms) and free and (is_visible(log, a) or is_nearly_positive(log, a))


def hypotheses(log, given, definite, free):
    """The scalars that are > 0 and the matrices that are positive definite by hypothesis, in
    words, too; none of them depends on what is free, or on chance."""
    scalars = [log.read_node(x) for x in given]
    matrices = {log.read_letter(x) for x in definite}
    used = log.mentioned(*scalars) | matrices
    plain = free.isdisjoint(used | log.inside(used))
    plain = plain and all(a[:2] == SCALAR for a in scalars)
    plain = plain and not any(log.letters[x].random for x in used)
    plain = plain and all(log.letters[x].symmetric for x in matrices)
    singular = any((x, x) in log.absorbed for x in matrices)  # a projector
    need(not singular, "a hypothesis may never hold")
    need(all(holds_somewhere(log, a) for a in scalars), "a hypothesis may never hold")
    need(plain, "a hypothesis is on a weight, on chance, or on no scalar or symmetric matrix")
    log.spend(8 * log.weight(*scalars))
    said = [f"{log.text(a)} > 0" for a in scalars]
    said += [f"{log.letters[x].name} is positive definite" for x in sorted(matrices)]
    return scalars, matrices, f"if {' and '.join(said)}, " if said else ""


def weighted(log, c, k, scalars):
    """c g > 0: c is seen to be > 0, and g is 1, or the k-th of what is > 0 by hypothesis."""
    factor = log.read_node(c)
    known = type(k) is int and 0 <= k <= len(scalars) and is_positive(log, factor)
    need(known, "a factor is not seen to be positive")
    return log.product(factor, scalars[k - 1]) if k else factor


def zeros_of(log, shown, squares, scalars, matrices):
    """Matrices M that vanish where the scalar of an entry of `nonnegative` is zero, and the
    products of that.

    `squares` says [S, M, u, v, c, k]. The line S is E (u'M v)^2 over different Gaussian u, v
    with scales > 0, whose covariances are the identity, or positive definite by hypothesis.
    The products that have the factor S, with S taken out, add up to c g > 0; see `weighted`.

    No product is negative, so that all are zero where their sum is. Then E (u'M v)^2 = 0, and
    u'M v, a polynomial in u and v, is zero for all u and v: so M = 0.
    """
    products = [
        (above, values_of(log, below)) for above, below in log.lines[shown]["products"]
    ]
    for b in (b for _, below in products for b in below):
        log.apart(b.terms)
    found = []
    for line, M, u, v, c, k in log.rows_of(squares, 6):
        form = log.read_node(M)
        need(is_full_square(log, line, form, u, v, matrices), "it is another square")
        rest = [log.number(0)]
        for above, below in products:
            if above.count(line) == 1:
                others = values_of(log, [x for x in above if x != line])
                top = multiplied(log, others)
                rest.append(log.divided(top, multiplied(log, below)))
        same = log.same(log.sum(*rest), weighted(log, c, k, scalars))
        need(same, "the square has another factor in the sum")
        found.append(form)
    return found


def is_full_square(log, line, form, u, v, matrices):
    """True if a line is E (u'M v)^2, and u'M v is zero almost surely only where M is zero."""
    root, over, _ = averaged_square(log, log.read_id(line))
    u, v = log.read_letter(u), log.read_letter(v)
    drawn = {x for x in log.mentioned(root) if log.letters[x].random}
    laws = [log.letters[x].law for x in (u, v)]
    plain = all(x in log.letters and log.letters[x].law for x in over)
    need(plain and u != v and drawn == {u, v} <= {*over}, "it is another square")
    whole = all({*rows, *cols} <= matrices for rows, cols, _ in laws)
    whole = whole and all(is_positive(log, scale) for _, _, scale in laws)
    need(whole, "a covariance is not known to be positive definite")
    plain = not log.is_random(form) and not log.is_random(Value(1, 1, root.den))
    product = log.product(log.product(log.transposed(log.letter(u)), form), log.letter(v))
    return plain and log.same(root, log.traced(product))


def is_zero(log, a, zeros):
    """True if a matrix is one of those that vanish, its transpose, or its trace."""
    if not a.terms or a in zeros:
        return True
    for z in zeros:
        near = [z, log.transposed(z)] if z[:2] in (a[:2], a[:2][::-1]) else []
        near += [log.traced(z)] if a[:2] == SCALAR and z.rows == z.cols else []
        if any(log.same(a, b) for b in near):
            return True
    return False


def followed(log, zeros, steps, scalars, free):
    """With matrices that vanish others do, step by step; all of them.

    Each of the `steps` is [F, products, c, k, squared], and what it says is an identity: with
    c g > 0, see `weighted`, it is c g F, or, if `squared`, c g times the sum of tr(F'F) over
    several F, that is the sum of A Z B for [A, Z, B] in the products, where Z vanishes. All
    are polynomials in what is free.
    """
    zeros = list(zeros)
    for forms, products, c, k, squared in log.rows_of(steps, 5):
        forms, factor = values_of(log, forms), weighted(log, c, k, scalars)
        need(forms and (squared or len(forms) == 1), "nothing follows, or not one by one")
        if squared:
            norms = [log.traced(log.product(log.transposed(F), F)) for F in forms]
            left = log.product(factor, log.sum(*norms))
        else:
            left = log.product(factor, forms[0])
        parts = [log.product(log.number(0), left)]
        for triple in log.rows_of(products, 3):
            A, Z, B = values_of(log, triple)
            need(is_zero(log, Z, zeros), "what it follows from is not known to vanish")
            need(is_polynomial(log, free, A, Z, B), "a weight is in a denominator")
            parts.append(log.product(log.product(A, Z), B))
        need(is_polynomial(log, free, factor, *forms), "a weight is in a denominator")
        need(log.same(left, log.sum(*parts)), "what follows is another combination")
        zeros += forms
    return zeros
