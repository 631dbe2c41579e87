"""The rule for polynomials that are products of real steps: the least loss is one of steps."""

from fractions import Fraction
from functools import reduce
from itertools import pairwise

from ...reading import need, readable
from ..values import ONE, Value
from ..words import SCALAR
from .joint_minimum import attained_at

MAX_STEPS = 20


def rule_real_steps(log, claim, minimum, parameters, front=None, inside=None, between=None):
    """p(x) = 1 + a_1 x + ... + a_L x^L has L different real zeros where a loss is least: it is
    the product of 1 - s_k x with real numbers s_k. The `parameters` are a_1, ..., a_L, and the
    `minimum` says that a loss L(a) is least at numbers a*, among all real ones.

    If the a* are numbers, their zeros are counted by the theorem of Sturm. Otherwise the loss
    is E over a Gaussian X of tr(T p(A) M p(A)'), A = B X'X, T = `front`, B = `inside`,
    M = `between`. T and M are positive definite, and T B = c I: then T A = A'T, and

        tr(T A^i M A'^j) = tr(T M A'^(i+j)), so E is h(p^2) for a linear form h in powers of x
        h(x s^2) = c E tr(M s(A)' X'X s(A)), which is zero for s = 0 alone, as X can be t X

    and has the sign of c else. As a* is least, h(p x^k) = 0 for k = 1, ..., L. If p changed
    its sign at fewer than L real numbers, then with them as zeros of q, of a degree below L,
    p q or -p q would be >= 0, a sum of squares, and h(x p q) = 0 would not be zero.
    """
    form = log.lines[minimum]
    need(form["rule"] == "joint_minimum", "it refers to another entry than a joint minimum")
    letters = [log.read_letter(a) for a in log.read_as("list", parameters)]
    readable(len(letters) <= MAX_STEPS, "it has more steps than the limit")
    there = {x: log.values[at] for x, at, _, _ in form["normals"]}
    reached = attained_at(log, form, there)
    fits = reached and reached.keys() == set(letters) and len(reached) == len(letters)
    need(fits, "the minimum is not at the parameters")
    values = [reached[a] for a in letters]
    if front is None:
        numbers = [number_of(v) for v in values]
        need(None not in numbers, "a parameter is no number")
        need(real_zeros([1, *numbers]) == len(numbers), "its zeros are not real and different")
    else:
        need(inside and between, "it does not say of which matrix it is a polynomial")
        orthogonal(log, letters, form["loss"], front, inside, between)
    log.spend(8 * log.weight(*values))
    powers = "".join(f" + {log.letters[a].name} x^{k}" for k, a in enumerate(letters, 1))
    log.said(
        claim,
        f"1{powers} has {len(letters)} different real zeros{log.where_text(reached)},"
        f"\n      where line {minimum} is least: it is the product of 1 - s_k x with real s_k",
    )


def orthogonal(log, letters, loss, front, inside, between):
    """The loss is the average of tr(T p(A) M p(A)')."""
    line = log.lines[loss]
    need(line["rule"] == "expectation", "the loss is no average over a Gaussian letter")
    x = line["letter"]
    U, V, scale = log.letters[x].law
    sure = all(log.letters[a].invertible for a in (*U, *V)) and log.is_apart(scale)
    need(sure, "a covariance of the Gaussian letter may have no inverse")
    used = log.mentioned(front, inside, between)
    still = used.isdisjoint([x, *letters]) and not any(log.letters[a].random for a in used)
    need(still, "T, B or M is random, or has a parameter")
    product = log.product(front, inside)
    terms = {m: c for (m, w), c in product.terms.items() if not w}
    need(terms and len(terms) == len(product.terms), "T B is no multiple of the identity")
    log.apart({(m, ()): c for m, c in terms.items()})
    need(is_definite(log, front), "it is not seen that T is positive definite")
    need(is_definite(log, between), "it is not seen that M is positive definite")
    X = log.letter(x)
    A = log.product(inside, log.product(log.transposed(X), X))
    power = identity = Value(*A[:2], ONE)
    parts = [identity]
    for a in letters:
        power = log.product(power, A)
        parts.append(log.product(log.letter(a), power))
    p = log.sum(*parts)
    form = reduce(log.product, [front, p, between, log.transposed(p)])
    same = log.same(log.values[line["of"]], log.traced(form))
    need(same, "the loss is not that of a polynomial in one matrix")


def is_definite(log, a):
    """True if a matrix is seen to be positive definite: a sum of multiples > 0 of identities,
    covariances, and u u', one of the first two with an inverse."""
    sure, covariances = False, set()
    for letter in log.letters.values():
        covariances |= {y for word in (letter.law or ((), ()))[:2] for y in word}
    for (m, w), c in a.terms.items():
        scalars = [(log.letters[v[0]], k) for v, k in m if log.size(v[0]) == SCALAR]
        known = len(scalars) == len(m) and all(x.at_least is not None for x, _ in scalars)
        outer = len(w) == 2 and w[0] == -w[1] and log.size(w[0])[1] == 1
        single = len(w) == 1 and w[0] in covariances
        if a.den != ONE or c <= 0 or not known or not (not w or outer or single):
            return False
        positive = all(x.invertible or x.at_least for x, _ in scalars)
        sure |= positive and (not w or (single and log.letters[w[0]].invertible))
    return sure


def number_of(a):
    """A value that is a number, or None."""
    fits = a[:2] == SCALAR and a.den == ONE and set(a.terms) <= {((), ())}
    return sum(a.terms.values()) if fits else None


def real_zeros(coefficients):
    """How many different real zeros a polynomial has, from the constant coefficient on, by the
    theorem of Sturm: the changes of sign at -infinity less those at infinity."""
    chain = [trimmed(map(Fraction, coefficients))]
    chain.append(trimmed([k * c for k, c in enumerate(chain[0])][1:]))
    while chain[-1]:
        chain.append([-c for c in remainder(chain[-2], chain[-1])])
    ends = [(p[-1] * (-1) ** (len(p) - 1), p[-1]) for p in chain if p]
    low, high = zip(*ends, strict=True)
    return sum(a * b < 0 for a, b in pairwise(low)) - sum(a * b < 0 for a, b in pairwise(high))


def trimmed(coefficients):
    """A polynomial without leading zeros."""
    found = list(coefficients)
    while found and not found[-1]:
        found.pop()
    return found


def remainder(p, q):
    """The remainder of p by q."""
    p = list(p)
    while len(p) >= len(q):
        factor, shift = p[-1] / q[-1], len(p) - len(q)
        p = trimmed(
            [c - factor * (q[k - shift] if k >= shift else 0) for k, c in enumerate(p)][:-1]
        )
    return p
