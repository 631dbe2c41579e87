"""False theorems that a checker accepts if it divides by what is zero, or trusts assumptions that nothing meets.

Each forgery stands beside a right file of the same kind. A forgery is rejected at its last entry; the right file is
accepted, and what it divides by without knowing it is printed as a condition.
"""

import re
from pathlib import Path

import pytest

from checker.test_rules import IDENTITY, Log, run

PAIRS = {}


def forgery(sentence, *conditions):
    """Register a builder; it is called with a file and with whether that is to be the forged one."""

    def add(build):
        PAIRS[build.__name__] = build, sentence, list(conditions)
        return build

    return add


def related(log):
    """A scalar that is zero for all letters and does not look like it: tr(M (I + H)) − d, M the inverse of I + H."""
    d = log.size()
    h = log.matrix("H")
    base = log.terms("d", "d", [1, [], IDENTITY], [1, [], [h]])
    m = log.matrix("M", inverse_of=base)
    return log.terms(1, 1, [1, [[m]], []], [1, [[m, h]], []], [-1, [[d]], []])


def ordinary(log):
    """A scalar that is zero for some letters only: tr(H) − d."""
    d = log.size()
    return log.terms(1, 1, [1, [[log.matrix("H")]], []], [-1, [[d]], []])


def zero_or_not(log, forged):
    return related(log) if forged else ordinary(log)


RELATED = "it is not shown that .* is not zero: . is related to other letters"


# --- over, data, substitute: a scalar in a denominator ------------------------------------------------------------


@forgery(RELATED, "-1*tr(H^T) + d is not zero")
def zero_over_zero(log, forged):
    """3 = 3 x / x where x is zero."""
    x = zero_or_not(log, forged)
    three = log("product", parts=[log.number(3), x])
    log("over", of=three, by=x)


@forgery(RELATED, "tr(H^T)^2 + -2*tr(H^T)*d + d^2 is not zero")
def zero_to_a_power(log, forged):
    x = zero_or_not(log, forged)
    log("over", of=log.number(1), by=log("product", parts=[x, x]))


@forgery(RELATED, "x is not zero", "-1*tr(H^T) + d is not zero")
def a_letter_is_replaced_by_zero(log, forged):
    zero = zero_or_not(log, forged)
    x = log.scalar("x")
    log("substitute", of=log.number(1, [0, x]), letters=[[x, zero]])


@forgery(RELATED, "x + 1 is not zero", "tr(H^T) + -1*d + 2 is not zero")
def a_denominator_becomes_zero(log, forged):
    """1/(x + 1) at x = −1 + tr(M (I + H)) − d."""
    zero = zero_or_not(log, forged)
    x, one = log.scalar("x"), log.number(1)
    value = log("over", of=one, by=log("sum", parts=[x, one]))
    there = log("sum", parts=[zero, log.number(-1 if forged else 1)])
    log("substitute", of=value, letters=[[x, there]])


@forgery("it divides by zero", "x is not zero", "y is not zero")
def a_letter_in_written_terms_is_zero(log, forged):
    x, y = log.scalar("x"), log.scalar("y")
    value = log.terms(1, 1, [1, [[0, x], [y]], []])
    log("substitute", of=value, letters=[[x, log.number(0) if forged else y]])


@forgery(
    "it is not shown that .* is not zero: its sizes are fixed, or too small",
    "-1*tr(H^T)^2 + tr(H^T*H^T) is not zero",
)
def cayley_and_hamilton(log, forged):
    """tr(H)³ − 3 tr(H) tr(H²) + 2 tr(H³) is zero for all 2 × 2 matrices; tr(H)² − tr(H²) of size d is not."""
    log.size()
    h = log.matrix("H", *([2, 2] if forged else ["d", "d"]))
    three = [[1, [[h]] * 3, []], [-3, [[h], [h, h]], []], [2, [[h, h, h]], []]]
    two = [[1, [[h]] * 2, []], [-1, [[h, h]], []]]
    below = log.terms(1, 1, *(three if forged else two))
    log("over", of=log.number(1), by=below)


@forgery("it is not shown that z is not zero: z is random", "s is not zero")
def a_random_letter_over_itself(log, forged):
    """E[z/z] = 1, whatever the variance of z is, which may be 0."""
    s = log.scalar("s", at_least=0)
    z = log.gaussian("z", rows=1, cols=1, scale=s)
    log("over", of=log.square(z), by=z if forged else s)


@forgery("it is not shown that r is not zero: r is random", "x is not zero")
def a_random_denominator_in_written_terms(log, forged):
    r, x = log.gaussian("r", rows=1, cols=1), log.scalar("x")
    log.number(1, [x], [0, r if forged else x])


@forgery("the letter has two meanings")
def a_random_letter_with_an_inverse(log, forged):
    one = log.number(1)
    law = {"row_cov": 0, "col_cov": 0, "scale": one}
    log("letter", name="z", rows=1, cols=1, law=law, **({"invertible": True} if forged else {}))


@forgery("a letter of a condition is related to other letters", "-1*d*r + r + 1 is not zero")
def a_reciprocal_by_another_name(log, forged):
    """With r = 1/(d − 1) as an average over phases says it, r (d − 1) − 1 is zero."""
    d, r = log.size(), log.scalar("r")
    below = log.terms(1, 1, [1, [[r], [d]], []], [-1, [[r]], []], [-1, [], []])
    one = log.number(1)
    log("over", of=below, by=below)
    reciprocals = [[r, [[1, [[d]], []], [-1, [], []]]]] if forged else []
    log("asserted", claim="", why="", phases={"reciprocals": reciprocals})
    if not forged:
        log("stated", name="q", text="1", stated=one, derived=one)
        log("verdict", verdict="proved", entries=len(log.entries) + 2)


# --- inverses -----------------------------------------------------------------------------------------------------

NEVER = "what it is the inverse of may never have one.*"


@forgery(NEVER)
def the_inverse_of_a_product_of_two_vectors(log, forged):
    log.size()
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    one = [] if forged else [[1, [], IDENTITY]]
    log.matrix("J", inverse_of=log.terms("d", "d", [1, [], [u, -v]], *one))


@forgery(NEVER)
def the_inverse_of_an_antisymmetric_matrix_of_size_three(log, forged):
    a = log.matrix("A", 3, 3)
    one = [] if forged else [[1, [], IDENTITY]]
    log.matrix("J", 3, 3, inverse_of=log.terms(3, 3, [1, [], [a]], [-1, [], [-a]], *one))


@forgery(NEVER)
def the_inverse_of_a_product_of_thin_matrices(log, forged):
    """X X' of size 3 where X is 3 × 2 has none."""
    x = log.matrix("X", 3, 2)
    one = [] if forged else [[1, [], IDENTITY]]
    log.matrix("J", 3, 3, symmetric=True, inverse_of=log.terms(3, 3, [1, [], [x, -x]], *one))


@forgery(NEVER)
def the_inverse_of_a_polynomial_that_vanishes(log, forged):
    """H² − tr(H) H + det(H) I is zero for all 2 × 2 matrices."""
    h = log.matrix("H", 2, 2)
    terms = [[1, [], [h, h]], [-1, [[h]], [h]], ["1/2", [[h], [h]], []], ["-1/2", [[h, h]], []]]
    log.matrix("J", 2, 2, inverse_of=log.terms(2, 2, *terms, *([] if forged else [[1, [], IDENTITY]])))


@forgery(NEVER)
def the_inverse_of_a_fraction_that_vanishes(log, forged):
    """The same divided by tr(H)², so that one term has no matrix: it is not what is left at H = 0."""
    h = log.matrix("H", 2, 2)
    below = [[0, h]]
    terms = [["-1/2", [[h, h], *below, *below], []], [1, below * 2, [h, h]], [-1, below, [h]]]
    terms = terms if forged else [[1, [], [h]]]
    log.matrix("J", 2, 2, inverse_of=log.terms(2, 2, ["1/2", [], []], *terms))


@forgery(NEVER)
def the_inverse_of_a_matrix_that_maps_a_vector_to_zero(log, forged):
    """(v'u I - u v') u = 0, for vectors of any size."""
    log.size()
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    terms = [[1, [[-v, u]], []], [-1, [], [u, -v]]]
    log.matrix("J", inverse_of=log.terms("d", "d", *terms, *([] if forged else [[1, [], IDENTITY]])))


@forgery(NEVER)
def the_inverse_of_a_projection(log, forged):
    """I - u v'/(v'u) maps u to zero; I - u v' does not map all u to zero."""
    log.size()
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    below = [[0, -v, u]] if forged else []
    log.matrix("J", inverse_of=log.terms("d", "d", [1, [], []], [-1, below, [u, -v]]))


@forgery(NEVER)
def the_inverse_of_zero(log, forged):
    """J = 1/(M (I + H) − I), and M is the inverse of I + H."""
    log.size()
    h, one = log.matrix("H"), [1, [], IDENTITY]
    m = log.matrix("M", inverse_of=log.terms("d", "d", one, [1, [], [h]])) if forged else log.matrix("M")
    base = log.terms("d", "d", [1, [], [m]], [1, [], [m, h]], [-1, [], IDENTITY])
    log.matrix("J", inverse_of=base, symmetric=forged)  # as zero is, which the checker sees


@forgery("a covariance or the scale is random, .*")
def a_covariance_that_is_the_inverse_of_a_negative_matrix(log, forged):
    log.size()
    base = log.terms("d", "d", [-1, [], IDENTITY])
    s = log.matrix("S", symmetric=True, **({"inverse_of": base} if forged else {}))
    log.gaussian("z", cols=1, row_cov=s)


@forgery("a covariance or the scale is random, .*")
def a_gaussian_that_is_zero(log, forged):
    log.gaussian("z", rows=1, cols=1, scale=log.number(0 if forged else 1))


# --- inverses of sums that cancel ---------------------------------------------------------------------------------


def inverse(log, name, side, *terms):
    """The inverse of a sum, not symmetric."""
    return log.matrix(name, side, side, inverse_of=log.terms(side, side, *terms))


def equated(log, left, right, rows="d", cols="d"):
    """The last entry: two words, or sums of terms, are equal."""
    one = log.terms(rows, cols, *left)
    log("equal", claim="", left=one, right=log.terms(rows, cols, *right))


ONE = [1, [], IDENTITY]
DIFFER = "the two sides differ"


@forgery(DIFFER)
def inverses_of_sums_of_different_letters_commute(log, forged):
    log.size()
    m = log.matrix("M")
    r = inverse(log, "R", "d", [1, [], [m]], ONE)
    s = inverse(log, "S", "d", [1, [], [-m if forged else m]], [2, [], []])
    equated(log, [[1, [], [r, s]]], [[1, [], [s, r]]])


@forgery(DIFFER)
def an_inverse_commutes_with_its_transpose_in_a_trace(log, forged):
    """tr(R R R' R') is not tr(R R' R R'); tr(R R' R' R) is tr(R R R' R')."""
    log.size()
    r = inverse(log, "R", "d", [1, [], [log.matrix("M")]], ONE)
    other = [r, -r, r, -r] if forged else [r, -r, -r, r]
    equated(log, [[1, [[r, r, -r, -r]], []]], [[1, [other], []]], 1, 1)


@forgery(DIFFER)
def a_sum_cancels_with_the_inverse_of_another_one(log, forged):
    log.size()
    h, a, c = log.matrix("H"), log.scalar("a"), log.scalar("c")
    r = inverse(log, "R", "d", [1, [], [h]], [1, [[a]], []])
    equated(log, [[1, [], [h, r]], [1, [[c if forged else a]], [r]]], [ONE])


@forgery(DIFFER)
def a_sum_cancels_with_the_transpose_of_its_inverse(log, forged):
    log.size()
    m = log.matrix("M")
    r = inverse(log, "R", "d", [1, [], [m]], ONE)
    right = r if forged else -r
    equated(log, [[1, [], [-m, right]]], [ONE, [-1, [], [right]]])


@forgery(DIFFER)
def a_letter_is_pushed_through_with_a_transpose(log, forged):
    """M (N M + I)⁻¹ = (M N + I)⁻¹ M, and not with N'."""
    log.size()
    m, n = log.matrix("M"), log.matrix("N")
    r = inverse(log, "R", "d", [1, [], [n, m]], ONE)
    s = inverse(log, "S", "d", [1, [], [m, -n if forged else n]], ONE)
    equated(log, [[1, [], [m, r]]], [[1, [], [s, m]]])


@forgery(DIFFER)
def a_letter_is_pushed_through_with_another_constant(log, forged):
    log.size()
    m, n = log.matrix("M"), log.matrix("N")
    r = inverse(log, "R", "d", [1, [], [n, m]], ONE)
    s = inverse(log, "S", "d", [1, [], [m, n]], [2 if forged else 1, [], []])
    equated(log, [[1, [], [m, r]]], [[1, [], [s, m]]])


def two_shapes(log):
    """Inverses of A B + 2 I and B A + 2 I, where A is n × d."""
    log.size("n"), log.size()
    a, b = log.matrix("A", "n", "d"), log.matrix("B", "d", "n")
    r = inverse(log, "R", "n", [1, [], [a, b]], [2, [], []])
    s = inverse(log, "S", "d", [1, [], [b, a]], [2, [], []])
    return 2, 3, r, s


@forgery(DIFFER)
def a_trace_is_turned_with_the_sizes_exchanged(log, forged):
    n, d, r, s = two_shapes(log)
    here, there = (d, n) if forged else (n, d)
    equated(log, [[2, [[r]], []], [-1, [[here]], []]], [[2, [[s]], []], [-1, [[there]], []]], 1, 1)


@forgery(DIFFER)
def a_trace_of_a_power_is_turned_without_the_power_of_the_scalar(log, forged):
    n, d, r, s = two_shapes(log)
    c = 2 if forged else 4
    equated(log, [[c, [[r, r]], []], [-1, [[n]], []]], [[c, [[s, s]], []], [-1, [[d]], []]], 1, 1)


@forgery(DIFFER)
def a_projection_is_an_identity(log, forged):
    """A (B A)⁻¹ B has rank d, and is no identity of size n."""
    log.size("n"), log.size()
    a, b = log.matrix("A", "n", "d"), log.matrix("B", "d", "n")
    s = inverse(log, "S", "d", [1, [], [b, a]])
    if forged:
        equated(log, [[1, [], [a, s, b]]], [ONE], "n", "n")
    else:
        equated(log, [[1, [], [s, b, a]]], [ONE])


@forgery(DIFFER, "-1*a + c is not zero")
def the_difference_of_two_inverses_with_the_other_sign(log, forged):
    log.size()
    m, a, c = log.matrix("M"), log.scalar("a"), log.scalar("c")
    r = inverse(log, "R", "d", [1, [], [m]], [1, [[a]], []])
    s = inverse(log, "S", "d", [1, [], [m]], [1, [[c]], []])
    sign = -1 if forged else 1
    equated(log, [[1, [], [r]], [-1, [], [s]]], [[sign, [[c]], [r, s]], [-sign, [[a]], [r, s]]])


@forgery("it is not shown that x is not zero: x is random", "x is not zero")
def a_sum_with_a_random_scalar_cancels(log, forged):
    """x H R = I − R for R = (x H + I)⁻¹ is used by dividing by x, which may be zero."""
    log.size()
    h = log.matrix("H")
    x = log.gaussian("x", rows=1, cols=1) if forged else log.scalar("x")
    r = inverse(log, "R", "d", [1, [[x]], [h]], ONE)
    equated(log, [[1, [[x]], [h, r]]], [ONE, [-1, [], [r]]])


@forgery(DIFFER)
def a_letter_is_taken_off_the_other_end(log, forged):
    log.size()
    a, b, h = log.matrix("A"), log.matrix("B"), log.matrix("H", invertible=True)
    i = log.matrix("J", inverse_of=h)
    r = inverse(log, "R", "d", [1, [], [a]], [1, [], [b]])
    s = inverse(log, "S", "d", [1, [], [a, h]], [1, [], [b, h]])
    equated(log, [[1, [], [s]]], [[1, [], [r, i] if forged else [i, r]]])


# --- quotients and equations --------------------------------------------------------------------------------------


@forgery("it is not shown that .* has an inverse: M is related to other letters", "A + B has an inverse")
def any_matrix_is_a_quotient(log, forged):
    """Z = (Z F) F⁻¹ with F = M (I + H) − I = 0."""
    log.size()
    h, z, one = log.matrix("H"), log.matrix("Z"), [1, [], IDENTITY]
    if forged:
        m = log.matrix("M", inverse_of=log.terms("d", "d", one, [1, [], [h]]))
        by = log.terms("d", "d", [1, [], [m]], [1, [], [m, h]], [-1, [], IDENTITY])
    else:
        by = log("sum", parts=[log.matrix("A"), log.matrix("B")])
    log("quotient", of=log("product", parts=[z, by]), by=by, result=z)


@forgery(
    "it is not shown that .* has an inverse: its sizes are fixed, or too small", "P + -1*P^T has an inverse"
)
def a_quotient_by_what_is_singular(log, forged):
    """P − P' of size 3 has no inverse; of size d it may have one."""
    log.size()
    size = (3, 3) if forged else ("d", "d")
    p, z = log.matrix("P", *size), log.matrix("Z", *size)
    by = log.terms(*size, [1, [], [p]], [-1, [], [-p]])
    log("quotient", of=log("product", parts=[z, by]), by=by, result=z)


@forgery("it is not shown that .* has an inverse: its sizes are fixed, or too small", "P + I has an inverse")
def a_quotient_by_a_product_of_vectors(log, forged):
    log.size()
    u, v, z = log.matrix("u", cols=1), log.matrix("v", cols=1), log.matrix("Z")
    by = (
        log.terms("d", "d", [1, [], [u, -v]])
        if forged
        else log.terms("d", "d", [1, [], [log.matrix("P")]], [1, [], []])
    )
    log("quotient", of=log("product", parts=[z, by]), by=by, result=z)


@forgery("it divides by zero, or the size is another one", "P has an inverse")
def a_quotient_by_a_matrix_that_is_not_square(log, forged):
    """(Z X) X⁻¹ = Z, where X has more rows than columns."""
    d = log.size("n"), log.size("d")
    assert d
    x, z = log.matrix("P", "n", "d" if forged else "n"), log.matrix("Z", "d", "n")
    log("quotient", of=log("product", parts=[z, x]), by=x, result=z)


@forgery("it is not shown that .* has an inverse: Q is random", "Q has an inverse")
def a_quotient_with_a_common_factor_without_inverse(log, forged):
    """(A Q) (B Q)⁻¹ = A B⁻¹ needs an inverse of Q."""
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    q = log.gaussian("Q") if forged else log.matrix("Q")
    base = log("sum", parts=[a, b])
    i = log.matrix("I", inverse_of=base)
    of, by = log("product", parts=[a, q]), log("product", parts=[base, q])
    log("quotient", of=of, by=by, result=log("product", parts=[a, i]), common=q)


@forgery(RELATED, "-1*tr(H^T) + d is not zero")
def a_quotient_of_zero_by_zero_in_scalars(log, forged):
    x, y = zero_or_not(log, forged), log.scalar("y")
    log("quotient", of=log("product", parts=[x, y]), by=x, result=y)


def only_solution(log, forged, **changes):
    """Zero as the only solution of an equation."""
    k, one = log.scalar("k"), log.number(1)
    fields = {"scale": one, "F": one, "C": log.number(0), "letter": k} | changes
    parts = [fields["scale"], *(fields[side] for side in ("L", "R") if side in fields), k]
    log("factorised", of=log("product", parts=parts), invertible=True, **fields)


@forgery(RELATED, "-1*tr(H^T) + d is not zero")
def an_equation_that_holds_for_all(log, forged):
    """0 · k = 0 only for k = 0."""
    only_solution(log, forged, scale=zero_or_not(log, forged))


@forgery(RELATED, "-1*tr(H^T) + d is not zero")
def an_equation_with_a_factor_that_is_zero(log, forged):
    only_solution(log, forged, L=zero_or_not(log, forged))


@forgery("a cancelled letter is not known to have an inverse", "tr(A^T) is not zero")
def an_equation_with_a_trace_as_a_factor(log, forged):
    """tr(A) A K = 0, where A has an inverse and tr(A) may be 0, and A K = B K with the wrong letter."""
    log.size()
    k, zero, one = log.matrix("K"), log.terms("d", "d"), log.terms("d", "d", [1, [], IDENTITY])
    a = log.matrix("A", invertible=not forged)
    left = log.terms("d", "d", [1, [[a]], [a]])
    fields = {"letter": k, "scale": log.number(1), "L": left, "F": one, "C": zero, "invertible": True}
    log("factorised", of=log("product", parts=[left, k]), **fields)


@forgery("the scale is no scalar", "x is not zero")
def an_equation_with_a_matrix_as_the_scale(log, forged):
    """A k = 0 only for k = 0, where A may be singular."""
    log.size()
    zero, one = log.terms("d", "d"), log.terms("d", "d", [1, [], IDENTITY])
    k, scale = log.matrix("K"), log.matrix("A") if forged else log.scalar("x")
    fields = {"letter": k, "scale": scale, "F": one, "C": zero, "invertible": True}
    log("factorised", of=log("product", parts=[scale, k]), **fields)


@forgery("the unknown is in its own solution", "tr(A^T) is not zero")
def an_equation_whose_unknown_is_inside_of_an_inverse(log, forged):
    """K (K + A)⁻¹ = 0 is not of the form K F = C."""
    log.size()
    k, a = log.matrix("K"), log.matrix("A", invertible=True)
    j = log.matrix("J", inverse_of=log("sum", parts=[k if forged else a, a]))
    scale = log.number(1, [a])
    of = log("product", parts=[scale, k, j])
    log("factorised", of=of, letter=k, scale=scale, F=j, C=log.terms("d", "d"), invertible=True)


# --- minima -------------------------------------------------------------------------------------------------------


def bound(log, forged, inverse):
    """||A||² ≥ 10⁶, by a direction with a pole where the normal equation vanishes; ||A||² ≥ 0 without it."""
    log.size()
    one, a, k = log.number(1), log.matrix("A"), log.matrix("K")
    identity, minus = (log.terms("d", "d", [c, [], IDENTITY]) for c in (1, -1))
    f, at = inverse(log, identity)
    z = log.gaussian("z", rows=1, cols=1)
    normal = log("sum", parts=[log("product", parts=[k, f]), minus])
    factorised = log("factorised", of=normal, letter=k, scale=one, F=f, C=identity)
    at = log("quotient", of=identity, by=f, result=at, solves=factorised, common=identity)
    norm = log("trace", of=log("product", parts=[log("transpose", of=a), a]))
    turned = log("transpose", of=normal)
    power, zero = log.number(10**6 if forged else 0), log.number(0)
    candidate = log("sum", parts=[power, log("trace", of=log("product", parts=[turned, k]))])
    if forged:
        loss, square = norm, mean_of_nothing(log, z)
        rest = log("sum", parts=[loss, log("product", parts=[log.number(-1), candidate])])
        length = log("trace", of=log("product", parts=[log.number(2), turned, normal]))
        direction = log("over", of=log("product", parts=[rest, normal]), by=length)
    else:
        x = log.scalar("x")
        two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
        square = log("product", parts=[x, z])
        square = log(
            "expectation",
            of=log.square(square),
            letter=z,
            steps=[two],
            rows=1,
            cols=1,
            terms=[[1, [[x], [x]], []]],
        )
        loss, direction = log.square(x), log("product", parts=[log.number("-1/2"), k])
    log(
        "minimum", claim="", loss=loss, candidate=candidate, square=square, normal=normal, direction=direction,
        letter=k, factorised=factorised, at=at, power=power, explained=zero, value=power,
    )  # fmt: skip


def mean_of_nothing(log, z):
    zero = log.number(0)
    return log("expectation", of=log.square(zero), letter=z, steps=[], rows=1, cols=1, terms=[])


@forgery("the unknown is in a denominator")
def a_minimum_with_a_pole_at_the_solution(log, forged):
    def inverse(log, identity):
        base = log("sum", parts=[log.matrix("H"), identity])
        return base, log.matrix("M", inverse_of=base)

    bound(log, forged, inverse)


@forgery("the unknown is in a denominator")
def a_minimum_with_a_pole_and_a_copy_of_a_letter(log, forged):
    """The base of the inverse is one letter, written down once more, so that it does not cancel."""

    def inverse(log, identity):
        h = log.matrix("H")
        base = log.terms("d", "d", [1, [], [h]])
        return base, log.matrix("M", inverse_of=base)

    bound(log, forged, inverse)


@forgery("the unknown is in a denominator")
def a_minimum_whose_explained_part_has_a_pole(log, forged):
    """−1 ≥ 0, if what is explained at k = 0 were k/k."""
    k, one, zero, minus = log.scalar("k"), log.number(1), log.number(0), log.number(-1)
    below = log("sum", parts=[k, log.number(1)])
    explained = log("over", of=log("product", parts=[k, below]), by=below) if forged else k
    z = log.gaussian("z", rows=1, cols=1)
    factorised = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    at = log("quotient", of=zero, by=one, result=zero, solves=factorised)
    candidate = log("sum", parts=[log.square(k), log("product", parts=[minus, k])])
    log(
        "minimum", claim="", loss=zero, candidate=candidate, square=mean_of_nothing(log, z), normal=k,
        direction=log.terms(1, 1, ["1/2", [], []], ["-1/2", [[k]], []]), letter=k, factorised=factorised, at=at,
        power=zero, explained=explained, value=zero,
    )  # fmt: skip


@forgery("the unknown is misplaced")
def a_minimum_over_the_base_of_an_inverse(log, forged):
    """K is inside of J = (K + A)⁻¹, which the direction contains."""
    log.size()
    k, a, one = log.matrix("K"), log.matrix("A"), log.number(1)
    z = log.gaussian("z", rows=1, cols=1)
    identity, zero = log.terms("d", "d", [1, [], IDENTITY]), log.terms("d", "d")
    j = log.matrix("J", inverse_of=log("sum", parts=[k if forged else a, a]))
    factorised = log("factorised", of=k, letter=k, scale=one, F=identity, C=zero)
    at = log("quotient", of=zero, by=identity, result=zero, solves=factorised)
    nothing, square = log.number(0), log.number(1, [k, -k])
    direction = log.terms("d", "d", [1, [], [j]], ["-1/2", [], [k]])
    log(
        "minimum", claim="", loss=nothing, candidate=log("sum", parts=[square, log.number(-2, [-k, j])]),
        square=mean_of_nothing(log, z), normal=k, direction=direction, letter=k, factorised=factorised, at=at,
        power=nothing, explained=log.number(2, [-k, j]), value=nothing,
    )  # fmt: skip


@forgery("the unknown is misplaced")
def a_minimum_over_a_letter_that_is_an_inverse(log, forged):
    """K A = I is used, which does not hold where K = 0: then 0 ≥ 2d, where it should say 0 ≥ 0."""
    log.size()
    a, one, nothing = log.matrix("A"), log.number(1), log.number(0)
    k = log.matrix("K", **({"inverse_of": a} if forged else {}))
    z = log.gaussian("z", rows=1, cols=1)
    identity, zero = log.terms("d", "d", [1, [], IDENTITY]), log.terms("d", "d")
    factorised = log("factorised", of=k, letter=k, scale=one, F=identity, C=zero)
    at = log("quotient", of=zero, by=identity, result=zero, solves=factorised)
    power = log("product", parts=[log.number(2), log("trace", of=identity)]) if forged else nothing
    direction = log.terms("d", "d", [-1, [], [-a]]) if forged else zero
    square = log.number(1, [-k, k])
    log(
        "minimum", claim="", loss=nothing, candidate=power, square=mean_of_nothing(log, z), normal=k,
        direction=direction, letter=k, factorised=factorised, at=at, power=power, explained=square, value=power,
    )  # fmt: skip


# --- signs --------------------------------------------------------------------------------------------------------


@forgery("it is not a polynomial in letters with lower bounds")
def a_square_in_a_denominator_is_positive(log, forged):
    x = log.scalar("x", at_least=0)
    log("sign", claim="", of=log.number(1, [0, x] if forged else [x]), strict=False)


@forgery("the constant is not positive")
def a_letter_with_an_inverse_is_positive(log, forged):
    """x ≠ 0 and x ≥ 0 is not used as x > 0 where a constant is asked for."""
    x = log.scalar("x", at_least=0, invertible=True)
    log("sign", claim="", of=x if forged else log("sum", parts=[x, log.number(1)]), strict=True)


@forgery("the letter is in a denominator, or it is no scalar")
def the_mean_of_a_matrix_as_a_scalar(log, forged):
    """E[z² I] = I, whose trace is d, and not the number 1."""
    log.size()
    z = log.gaussian("z", rows=1, cols=1)
    step = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    square = [[1, [[z], [z]], []]]
    of = log.terms("d", "d", *square) if forged else log.terms(1, 1, *square)
    log("expectation", of=of, letter=z, steps=[step], rows=1, cols=1, terms=[[1, [], []]])


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("forged", [True, False])
def test_a_forgery_and_its_right_twin(checker, monkeypatch, name, forged):
    build, sentence, conditions = PAIRS[name]
    log = Log()
    build(log, forged)
    found, running = run(checker, log.entries, monkeypatch)
    assert running.id == log.entries[-1]["id"], f"rejected before its last entry: {found}"
    if forged:
        assert found is not None and re.fullmatch(sentence, found), found
    else:
        assert found is None
        assert [text for _, text in running.conditions] == conditions


def test_a_whole_forged_certificate(checker, capsys):
    """||A||² ≥ 1000000 for all A, with nothing asserted: the direction has a pole at the solution."""
    file = Path(__file__).with_name("forged") / "minimum_with_a_pole.certificate.jsonl"
    assert checker.main([str(file)]) == 1
    assert capsys.readouterr().err.endswith("rejected: line 38, minimum: the unknown is in a denominator\n")
