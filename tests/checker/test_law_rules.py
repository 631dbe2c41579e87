"""Averages over independent entries, Haar's law and inverses of Gram matrices: what the checker takes, and what not."""

import json
from functools import cache, partial

import pytest

import symicl as si
from checker.corruption import Certificate
from checker.test_corpus import outcomes
from checker.test_row_scales import accepted, after
from checker.test_rules import Log, run
from checker.test_rules import case as any_case
from symicl.certificates.coordinates import recheck
from symicl.certificates.coordinates.agreement import Instance, tall_sizes
from symicl.certificates.coordinates.proof_log import ProofLog
from symicl.errors import EnginesDisagreeError

CASES = {}
case = partial(any_case, cases=CASES)
ANOTHER = "the value that it gives is not the right one"


def average(log, rule, of, letter, *terms, **more):
    return log(rule, of=of, letter=letter, rows=1, cols=1, terms=list(terms), **more)


# --- independent entries ------------------------------------------------------------------------------------


def entries(log, moments=(1, 3), rows="n", cols="d", **more):
    """n, d and Z with entries of these even moments."""
    n, d = log.size("n"), log.size("d")
    ids = [log.number(m) if m is not None else 0 for m in moments]
    return n, d, log("letter", name="Z", rows=rows, cols=cols, law={"entries": ids}, **more)


def mean_of(log, words, *terms, moments=(1, 3), **more):
    """The mean of a product of traces of words in Z, n and d."""
    n, d, Z = entries(log, moments, **more)
    named = {"Z": Z, "z": -Z, "n": n, "d": d}
    of = log.number(1, *[[named[x] for x in word] for word in words])
    written = [[c, [[named[x]] for x in w], []] for c, w in terms]
    return average(log, "independent_entries", of, Z, *written)


@case()
def a_second_moment(log):
    mean_of(log, ["zZ"], ("3/2", "nd"), moments=["3/2"])


@case(ANOTHER)
def another_second_moment(log):
    mean_of(log, ["zZ"], (1, "nd"), moments=["3/2"])


# tr Z'ZZ'Z: n d entries with m4, n d (d - 1) and d n (n - 1) pairs in a row or a column.
FOURTH = [(1, "nnd"), (1, "ndd")]


@case()
def a_fourth_moment(log):
    mean_of(log, ["zZzZ"], *FOURTH, (3, "nd"), moments=(1, 5))


@case(ANOTHER)
def another_fourth_moment(log):
    mean_of(log, ["zZzZ"], *FOURTH, (1, "nd"), moments=(1, 5))


@case()
def a_fourth_moment_of_signs(log):
    mean_of(log, ["zZzZ"], *FOURTH, (-1, "nd"), moments=(1, 1))


@case()
def a_square_of_a_trace(log):
    """(Σ z²)² is 25 for 5 signs: n² d² in general."""
    mean_of(log, ["zZ", "zZ"], (1, "nndd"), moments=(1, 1))


@case()
def an_odd_product(log):
    mean_of(log, ["ZZZ"], moments=(1, 1), rows="d")


@case("it needs E z^4 of an entry, of which nothing is said")
def a_moment_that_is_not_known(log):
    mean_of(log, ["zZzZ"], *FOURTH, moments=(1, None, 7))


@case("a letter stands more often in a product than the limit")
def too_many_entries(log):
    mean_of(log, ["zZ" * 6], moments=(1,) * 6)


@case("no law has these moments")
def a_fourth_moment_below_the_square_of_the_second(log):
    entries(log, (1, "1/2"))


@case()
def moments_of_two_points(log):
    """z² = 0 or 3."""
    entries(log, (1, 3, 9, 27))


@case("no law has these moments")
def two_points_with_another_eighth_moment(log):
    """No moment is too small for the two before it; the matrix of E z^(2i + 2j), i, j ≤ 2, has the determinant −1/5."""
    entries(log, (1, 3, 10, "167/5"))


@case("no law has these moments")
def a_sign_with_another_sixth_moment(log):
    """z² = 1, and so is z⁶."""
    entries(log, (1, 1, 2))


@case("no law has these moments")
def moments_of_no_law_behind_one_that_is_not_known(log):
    entries(log, (None, 2, 3, 4))


@case("a symmetric matrix has equal entries")
def a_symmetric_matrix_with_independent_entries(log):
    entries(log, rows="d", symmetric=True)


def diagonal(log, word, number=1):
    """A letter for the diagonal of a multiple of a word."""
    of = log.terms("d", "d", [number, [], word])
    log("letter", name="D", rows="d", cols="d", symmetric=True, satisfies="diagonal", diagonal_of=of)


@case()
def a_diagonal_of_a_letter(log):
    log.size()
    diagonal(log, [log.matrix("A")])


@case("it is no diagonal of a product of letters")
def a_diagonal_of_twice_a_letter(log):
    log.size()
    diagonal(log, [log.matrix("A")], 2)


@case("it is the diagonal of something random")
def a_random_diagonal(log):
    log.size()
    diagonal(log, [log.gaussian("Z")])


@case("an index joins more than two links: it is no trace")
def four_vectors_at_an_index(log):
    """E (u'z)² (v'z)² has Σ u_i² v_i² in it, unless the fourth moment is that of a normal number."""
    *_, z = entries(log, (1, 5), cols=1)
    u, v = (log.matrix(name, rows="n", cols=1) for name in "uv")
    average(log, "independent_entries", log.number(1, *[[-x, z] for x in (u, u, v, v)]), z)


@case("the letter has no independent entries")
def a_gaussian_as_another_law(log):
    log.size()
    Z = log.gaussian("Z")
    average(log, "independent_entries", log.number(1, [-Z, Z]), Z)


@case("the letter is not random, or part of an inverse")
def independent_entries_as_a_gaussian(log):
    *_, Z = entries(log)
    log("expectation", of=log.number(1, [-Z, Z]), letter=Z, steps=[], rows=1, cols=1, terms=[])


@case("the letter is in a denominator, or part of an inverse")
def entries_in_an_inverse(log):
    *_, Z = entries(log)
    V = inverse_of(log, log.terms("d", "d", [1, [], [-Z, Z]]))
    average(log, "independent_entries", log.number(1, [V]), Z)


@case("the letter is in a denominator, or it is no scalar")
def a_mean_of_a_matrix(log):
    *_, Z = entries(log)
    average(log, "independent_entries", Z, Z)


def with_a_matrix(log, *terms, ones=False, moments=(1, 5)):
    """E (z'Az)² for a column z: Σ A_ii² is no trace, unless A is a product of vectors of ones."""
    _, d, z = entries(log, moments, "d", 1)
    if ones:
        o = log.matrix("o", cols=1, satisfies="ones")
        between = [o, -o]
    else:
        between = [log.matrix("A")]
    of = log.number(1, [-z, *between, z], [-z, *between, z])
    average(log, "independent_entries", of, z, *[[c, [[d]] * k, []] for c, k in terms])


@case("no letter is the diagonal of what meets there")
def an_entrywise_product(log):
    with_a_matrix(log)


@case()
def a_fourth_power_of_a_sum(log):
    """E (z_1 + … + z_d)⁴ = d m_4 + 3 d (d − 1)."""
    with_a_matrix(log, (3, 2), (2, 1), ones=True)


@case(ANOTHER)
def another_fourth_power_of_a_sum(log):
    with_a_matrix(log, (3, 2), (3, 1), ones=True)


# --- Haar's law ---------------------------------------------------------------------------------------------


def haar(log, cols="d", law="d", **more):
    """The size, and O."""
    d = log.size()
    return d, log("letter", name="O", rows="d", cols=cols, law={"haar": law}, **more)


def weights(log, d, first=1, second=-1):
    """Wg of two factors, 1/d, and of four: (d + 1) and −1 over d (d − 1)(d + 2)."""
    den = log.terms(1, 1, [1, [[d]] * 3, []], [1, [[d]] * 2, []], [-2, [[d]], []])
    top = log.terms(1, 1, [1, [[d]], []], [first, [], []])
    one = log("over", of=log.number(1), by=d)
    two = [log("over", of=x, by=den) for x in (top, log.number(second))]
    return [[[1], one], [[1, 1], two[0]], [[2], two[1]]]


def rotated(log, c=1, **more):
    """E tr O A O' B = tr A tr B/d."""
    d, O = haar(log, **more)
    A, B = log.matrix("A"), log.matrix("B")
    of = log.number(1, [O, A, -O, B])
    return average(log, "haar", of, O, [c, [[A], [B], [0, d]], []], weights=weights(log, d)[:1])


@case()
def a_rotated_matrix(log):
    rotated(log)


@case(ANOTHER)
def a_wrong_rotated_matrix(log):
    rotated(log, c=2)


def fourth_trace(log, c, **more):
    """E (tr O)⁴ = 3, where d has all four pairings: Σ Wg(p, q) d^circles(p, q) is the number of them."""
    d, O = haar(log)
    of = log.number(1, [O], [O], [O], [O])
    return average(log, "haar", of, O, [c, [], []], weights=weights(log, d, **more))


@case()
def a_fourth_power_of_a_trace(log):
    fourth_trace(log, 3)


@case(ANOTHER)
def a_wrong_fourth_power_of_a_trace(log):
    fourth_trace(log, 2)


@case("the weights are not the inverse of the powers of the size")
def a_wrong_weight(log):
    fourth_trace(log, 3, first=2)


@case("the weights are not the inverse of the powers of the size")
def another_wrong_weight(log):
    fourth_trace(log, 3, second=-2)


@case()
def columns_of_an_orthogonal_matrix(log):
    """E tr U'U = k."""
    d, k = log.size(), log.size("k")
    U = log("letter", name="U", rows="d", cols="k", law={"haar": "d"})
    one = log("over", of=log.number(1), by=d)
    average(log, "haar", log.number(1, [-U, U]), U, [1, [[k]], []], weights=[[[1], one]])


@case()
def an_odd_number_of_rotations(log):
    _, O = haar(log)
    average(log, "haar", log.number(1, [O, O, O]), O, weights=[])


@case("a type has no weight")
def no_weight(log):
    _, O = haar(log)
    average(log, "haar", log.number(1, [O, O]), O, [1, [], []], weights=[])


@case("a type has two weights")
def two_weights(log):
    d, O = haar(log)
    average(log, "haar", log.number(1, [O, O]), O, [1, [], []], weights=weights(log, d)[:1] * 2)


@case("a letter stands more often in a product than the limit")
def too_many_rotations(log):
    d, O = haar(log)
    average(log, "haar", log.number(1, [O] * 10), O, weights=weights(log, d))


@case("the letter has no law of Haar")
def a_constant_as_a_rotation(log):
    d = log.size()
    A = log.matrix("A")
    average(log, "haar", log.number(1, [A, A]), A, weights=weights(log, d))


@case()
def a_sign_as_a_rotation(log):
    O = log("letter", name="O", rows=1, cols=1, law={"haar": 1})
    average(log, "haar", log.number(1, [O], [O]), O, [1, [], []], weights=[[[1], log.number(1)]])


@case("the weights are not the inverse of the powers of the size")
def four_factors_of_size_one(log):
    """There is no inverse of a matrix of ones."""
    O = log("letter", name="O", rows=1, cols=1, law={"haar": 1})
    table = [[[1, 1], log.number(1)], [[2], log.number(0)]]
    average(log, "haar", log.number(1, *[[O]] * 4), O, [1, [], []], weights=table)


@case("it is no matrix of columns")
def a_symmetric_rotation(log):
    haar(log, symmetric=True)


@case("it is no matrix of columns")
def a_rotation_of_another_space(log):
    log.size("n")
    haar(log, law="n")


@case("there are more orthonormal columns than rows")
def too_many_columns(log):
    log("letter", name="U", rows=2, cols=3, law={"haar": 2})


# --- inverses of Gram matrices ------------------------------------------------------------------------------


def inverse_of(log, base):
    return log("letter", name="V", rows="d", cols="d", symmetric=True, inverse_of=base)


class Gram:
    """n, d, S, its inverse, X with rows N(0, S) and V = (c X'X)⁻¹."""

    def __init__(self, log, c=1, *, scale=None, row_cov=False, invertible=True, words=None):
        self.log = log
        self.n, self.d = log.size("n"), log.size()
        S = self.S = log.matrix("S", symmetric=True, invertible=invertible)
        self.R = log.matrix("R", symmetric=True, inverse_of=S) if invertible else 0
        T = log.matrix("T", rows="n", cols="n", symmetric=True) if row_cov else 0
        self.X = log.gaussian("X", "n", "d", row_cov=T, col_cov=S, scale=scale and log.number(scale))
        self.V = inverse_of(log, log.terms("d", "d", [c, [], words(self.X) if words else [-self.X, self.X]]))
        self.A = log.matrix("A", symmetric=True)

    def gap(self, less):
        """n − d − less."""
        return self.log.terms(1, 1, [1, [[self.n]], []], [-1, [[self.d]], []], [-less, [], []])

    def mean(self, c=1, less=1):
        """c tr(S⁻¹A)/(n − d − less)."""
        return self.log("over", of=self.log.number(c, [self.R, self.A]), by=self.gap(less))

    def average(self, of, *terms, means, root=1, **more):
        r = self.log.scalar("r")
        terms = [[c, [*words, [r]], []] for c, words in terms]
        fields = {"inverted": self.V, "means": means, "reciprocals": [[r, self.gap(root)]]} | more
        return average(self.log, "inverse_gram", of, self.X, *terms, **fields)


def first_moment(log, *, c=1, said=1, less=1, terms=1, **more):
    g = Gram(log, c, **more)
    means = [[[[g.V, g.A]], g.mean(said, less)]]
    return g.average(log.number(1, [g.V, g.A]), (terms, [[g.R, g.A]]), means=means, root=less)


@case()
def a_mean_of_an_inverse(log):
    first_moment(log)


@case()
def a_mean_of_an_inverse_of_a_multiple(log):
    """V = (2 X'X)⁻¹ for rows N(0, 3 S)."""
    first_moment(log, c=2, scale=3, said="1/6", terms="1/6")


@case("the means do not solve their equations")
def a_wrong_mean_of_an_inverse(log):
    first_moment(log, less=0)


@case("the means do not solve their equations")
def a_wrong_factor_of_a_mean(log):
    first_moment(log, c=2, said=2)


@case(ANOTHER)
def another_value_than_the_mean(log):
    first_moment(log, terms=2)


@case("the letter has no independent Gaussian rows")
def dependent_rows(log):
    first_moment(log, row_cov=True)


@case("the covariance of the rows has no inverse")
def a_covariance_without_an_inverse(log):
    g = Gram(log, invertible=False)
    g.average(log.number(1, [g.V, g.A]), means=[])


@case("it is no inverse of a Gram matrix")
def the_inverse_of_something_else(log):
    g = Gram(log, words=lambda X: [-X, X, -X, X])
    g.average(log.number(1, [g.V, g.A]), means=[])


@case("it is no inverse of a Gram matrix")
def the_inverse_of_a_random_multiple(log):
    g = Gram(log)
    z = log.gaussian("z", 1, 1)
    base = log.terms("d", "d", [1, [[z]], [-g.X, g.X]])
    W = log("letter", name="W", rows="d", cols="d", symmetric=True, inverse_of=base)
    g.average(log.number(1, [W, g.A]), means=[], inverted=W)


@case("no mean is given for one of the monomials")
def a_missing_mean(log):
    g = Gram(log)
    g.average(log.number(1, [g.V, g.A]), (1, [[g.R, g.A]]), means=[])


@case("it is no monomial in the inverse, or twice")
def a_mean_of_two_values(log):
    g = Gram(log)
    means = [[[[g.V, g.A]], g.mean()]] * 2
    g.average(log.number(1, [g.V, g.A]), (1, [[g.R, g.A]]), means=means)


@case("the letter is beside its inverse, or part of another one")
def the_letter_beside_its_inverse(log):
    g = Gram(log)
    g.average(log.number(1, [g.V, g.A, -g.X, g.X]), means=[])


def beside_a_gram_matrix(log, *, plain=True, factor=1, cancelled=None, c=1):
    """E tr V A + tr X'X = tr S⁻¹A/(n − d − 1) + n tr S, where V X'X V is V."""
    g = Gram(log)
    X, V = g.X, g.V
    rest = log.number(factor, [-X, X])
    step = log("stein", letter=X, words=[[-X, X]], place=[0, 1], equals=[[1, [[g.n], [g.S]], 0]])
    terms = [[factor, [[g.n], [g.S]], []]]
    rest_mean = log("expectation", of=rest, letter=X, steps=[step], rows=1, cols=1, terms=terms)
    first = log.number(1, [V, -X, X, V, g.A])
    of = log("sum", parts=[first, log.number(1, [-X, X])])
    short = log.terms(1, 1, [cancelled or 1, [[V, g.A]], []], [1, [[-X, X]], []])
    r = log.scalar("r")
    more = {"plain": rest_mean} if plain else {}
    terms = [[1, [[g.R, g.A], [r]], []], [c, [[g.n], [g.S]], []]]
    fields = {"inverted": V, "means": [[[[V, g.A]], g.mean()]], "reciprocals": [[r, g.gap(1)]]} | more
    return average(log, "inverse_gram", of, X, *terms, cancelled=short, **fields)


@case()
def an_inverse_beside_a_gram_matrix(log):
    beside_a_gram_matrix(log)


@case(ANOTHER)
def a_wrong_sum_of_an_inverse_and_a_gram_matrix(log):
    beside_a_gram_matrix(log, c=2)


@case("what is cancelled is another value")
def a_wrong_cancellation(log):
    beside_a_gram_matrix(log, cancelled=2)


@case("nothing gives the mean of the other terms")
def no_mean_of_the_other_terms(log):
    beside_a_gram_matrix(log, plain=False)


@case("the other terms have another mean")
def another_mean_of_the_other_terms(log):
    beside_a_gram_matrix(log, factor=2)


def second_moment(log, *, c=2, missing=0, n="n", d="d"):
    """E tr V² and E (tr V)² for rows N(0, I): (n − 1) d and (n − d − 2) d² + 2d over (n − d)(n − d − 1)(n − d − 3)."""
    n, d = log.size(n), log.size(d)
    X = log.gaussian("X", "n", "d")
    V = inverse_of(log, log.terms("d", "d", [1, [], [-X, X]]))
    N = log.terms(1, 1, [1, [[n]], []], [-1, [[d]], []])
    parts = [log("sum", parts=[N, log.number(-k)]) for k in (0, 1, 3)]
    den = log("product", parts=parts)
    first = log.terms(1, 1, [1, [[n], [d]], []], [-1, [[d]], []])
    second = log.terms(
        1, 1, [1, [[n], [d], [d]], []], [-1, [[d]] * 3, []], [-2, [[d]] * 2, []], [c, [[d]], []]
    )
    one, two = (log("over", of=x, by=den) for x in (first, second))
    single = log("over", of=log.number(1, [d]), by=parts[1])
    means = [[[[V, V]], one], [[[V], [V]], two], [[[V]], single]]
    rs = [log.scalar(f"r{k}") for k in (0, 1, 3)]
    words = [[r] for r in rs]
    del means[missing - 1 : missing or 0]
    terms = [[1, [[n], [d], *words], []], [-1, [[d], *words], []]]
    reciprocals = [[r, part] for r, part in zip(rs, parts, strict=True)]
    of = log.number(1, [V, V])
    return average(log, "inverse_gram", of, X, *terms, inverted=V, means=means, reciprocals=reciprocals)


@case()
def second_moments_of_an_inverse(log):
    second_moment(log)


@case("the means do not solve their equations")
def wrong_second_moments_of_an_inverse(log):
    second_moment(log, c=3)


@case("a mean is missing in an equation")
def a_second_moment_that_is_left_out(log):
    second_moment(log, missing=2)


@case("a mean is missing in an equation")
def a_first_moment_that_is_left_out(log):
    second_moment(log, missing=3)


@case("there are too few rows for the mean to exist")
def too_few_rows(log):
    """As many rows as columns: E (X'X)⁻¹ is infinite."""
    log.size()
    X = log.gaussian("X")
    V = inverse_of(log, log.terms("d", "d", [1, [], [-X, X]]))
    fields = {"inverted": V, "means": [[[[V]], log.number(-1)]]}
    average(log, "inverse_gram", log.number(1, [V]), X, [-1, [], []], **fields)


@pytest.mark.parametrize("name", CASES)
def test_the_rules(checker, monkeypatch, name):
    build, sentence = CASES[name]
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert found is None or running.id == len(log.entries) + 1


# --- whole certificates -------------------------------------------------------------------------------------

CLAIMS = """
dims n, d, k
t : scalar(nonnegative)
s : scalar(positive)
S : covariance(d)
A : symmetric(d)
u : ones(d)
X ~ gaussian(n, d, col_cov = S)
x ~ N(0, S)
e ~ N(0, s I_n)
Z ~ entries(n, d, fourth = 1 + t)
R ~ rademacher(d)
O ~ haar(d)
U ~ haar(d, k)
assume n > d + 3, d > 1
claim E[inv(X' X)] = inv(S)/(n - d - 1)
claim E[tr(inv(X' X) S inv(X' X) S)] = d (n - 1)/((n - d)(n - d - 1)(n - d - 3))
claim E[(x' inv(X' X) X' e)^2] = s d/(n - d - 1)
claim E[Z' Z Z' Z] = n(n + d - 1 + t) I
claim E[(u' R)^4] = 3 d^2 - 2 d
claim E[O A O'] = tr(A)/d I
claim E[tr(O)^4] = 3
claim E[tr(U U' A)^2] = (k (k (d + 1) - 2) tr(A)^2 + 2 k (d - k) tr(A^2))/(d (d + 2)(d - 1))
"""


@cache
def certificate():
    return si.check(CLAIMS, certificate=True).certificate


def lines():
    return [json.loads(line) for line in certificate().splitlines()]


def test_nothing_is_asserted(checker):
    assert all(claim.verdict == "proved" for claim in si.check(CLAIMS))
    report = accepted(checker, lines())
    assert "its entries are independent and have the law of one z, -z too; E z^2 = 1, E z^4 = t + 1" in report
    assert "letter U: d x k, random, the first k columns of an orthogonal matrix of Haar's law" in report
    assert "where n is greater than d + 3" in report


def test_the_second_engine_computes_independent_entries():
    agreement = recheck(certificate().splitlines(), [{"n": 2, "d": 2, "k": 1}, {"n": 1, "d": 3, "k": 2}])
    assert agreement.expectations >= 2


def line_of(found, rule, k=0):
    return [line for line in found if line.get("rule") == rule][k]


def another_fourth_moment_of_entries(found):
    law = next(line["law"] for line in found if line.get("name") == "Z")
    law["entries"][1] = law["entries"][0]


def signs_in_the_place_of_entries(found):
    line_of(found, "independent_entries")["letter"] = next(x["id"] for x in found if x.get("name") == "R")


def a_dropped_term_of_entries(found):
    line_of(found, "independent_entries", 1)["terms"].pop()


def another_size_of_the_group(found):
    line = next(line for line in found if line.get("name") == "U")
    line["law"]["haar"] = line["cols"]


def exchanged_weights(found):
    weights = line_of(found, "haar", 1)["weights"]
    (_, a), (_, b) = weights
    weights[0][1], weights[1][1] = b, a


def another_column_covariance(found):
    next(line for line in found if line.get("name") == "X")["law"]["col_cov"] = 0


def a_mean_that_is_left_out(found):
    line_of(found, "inverse_gram", 1)["means"].pop()


def a_mean_of_another_monomial(found):
    means = line_of(found, "inverse_gram", 1)["means"]
    means[0][1], means[1][1] = means[1][1], means[0][1]


def a_wrong_mean(found):
    line_of(found, "inverse_gram")["terms"][0][0] = 2


FORGERIES = [
    another_fourth_moment_of_entries, signs_in_the_place_of_entries, a_dropped_term_of_entries,
    another_size_of_the_group, exchanged_weights, another_column_covariance, a_mean_that_is_left_out,
    a_mean_of_another_monomial, a_wrong_mean,
]  # fmt: skip


@pytest.mark.parametrize("change", FORGERIES)
def test_a_forged_certificate_is_rejected(checker, monkeypatch, change):
    sentence = after(change, lines(), checker, monkeypatch)
    assert "proved" not in sentence
    assert any(rule in sentence for rule in ("independent_entries", "haar", "inverse_gram", "letter"))


def test_the_second_engine_disagrees_with_a_forged_moment():
    found = lines()
    another_fourth_moment_of_entries(found)
    with pytest.raises(EnginesDisagreeError, match="the expectation over Z"):
        recheck(map(json.dumps, found), [{"n": 2, "d": 2, "k": 1}])


def a_wrong_average_over_the_group(found):
    line_of(found, "haar")["terms"][0][0] = "7/3"


def a_wrong_average_of_inverses(found):
    line_of(found, "inverse_gram", 1)["terms"][0][0] = "7/3"


SIZES = [{"n": 2, "d": 2, "k": 1}, {"n": 1, "d": 3, "k": 2}]


def test_the_second_engine_computes_all_averages():
    assert recheck(certificate().splitlines(), SIZES).undetermined == 0


def test_the_second_engine_disagrees_with_a_forged_average_over_the_group():
    found = lines()
    a_wrong_average_over_the_group(found)
    with pytest.raises(EnginesDisagreeError, match="the expectation over O"):
        recheck(map(json.dumps, found), SIZES)


def test_the_second_engine_disagrees_with_a_forged_average_of_inverses():
    found = lines()
    a_wrong_average_of_inverses(found)
    log = ProofLog(map(json.dumps, found))
    with pytest.raises(EnginesDisagreeError, match=r"the expectation over \(X\.T"):
        for sizes in tall_sizes(log):
            Instance(log, sizes).check_inverses()


@pytest.mark.slow
def test_corrupted_certificates_are_rejected(checker):
    corrupted = list(Certificate(certificate()).corruptions(per_kind=1))
    found = outcomes(checker, Certificate(certificate()), corrupted)
    assert [case for case, text in found.items() if text == "accepted"] == []
