"""Each rule by itself: the smallest entries that it accepts, and those that it rejects for each of its reasons.

The prints of the entries are those of the checker itself: nothing is rejected only because a print is wrong.
"""

import json

import pytest

HEADER = {
    "format": "symicl-certificate", "version": 3, "theorem": "t", "statement": "s", "source": "p",
    "assumptions": ["a"], "axioms": ["b"], "argued": ["c"], "quantities": ["q"], "propositions": [],
}  # fmt: skip
IDENTITY = []
CASES = {}
PLAIN = (
    "the name '\\U0001d451' can be taken for another one: names are 100 characters at most, of ASCII and "
    "αβγδεζηθκλμξπρστφχψωΓΔΘΛΞΠΣΦΨΩ, with single spaces"
)
PROPOSITIONS = {
    "least_value", "every_minimiser", "proposition", "inequality", "lower_bound", "convex", "not_convex", "decay",
    "limit", "threshold", "exact_minimisers", "equivalence", "entry_minimisers",
    "gradient_flow", "reduction", "equation", "solution",
    "dominated", "critical", "converges", "settles", "not_stationary", "least_over_heads", "least_by_rank",
    "least_polynomial", "eigenvalue_sums", "real_steps", "stability",
}  # fmt: skip
UNREADABLE = {
    "a natural number is needed",
    "its fields are not those of its rule",
    "a product has more entries or coordinates than the limit",
    "a letter stands more often in a product than the limit",
    "the signs stand beside other products of the rows",
}
"""Sentences that say that nothing can be said about a file, not that it is wrong."""


class Log:
    """Entries, each of which gets the number of its line."""

    def __init__(self):
        self.entries = []
        self.entries_named = {}

    def __call__(self, rule, **fields):
        self.entries.append({"id": len(self.entries) + 2, "rule": rule, **fields})
        return len(self.entries) + 1

    def scalar(self, name, **more):
        return self("letter", name=name, rows=1, cols=1, **more)

    def size(self, name="d"):
        return self.scalar(name, at_least=1)

    def matrix(self, name, rows="d", cols="d", **more):
        return self("letter", name=name, rows=rows, cols=cols, **more)

    def number(self, c, *words):
        """A number times closed words."""
        return self("data", rows=1, cols=1, terms=[[c, list(map(list, words)), []]])

    def terms(self, rows, cols, *terms, **more):
        return self("data", rows=rows, cols=cols, terms=list(terms), **more)

    def gaussian(self, name, rows="d", cols="d", row_cov=0, col_cov=0, scale=None):
        scale = self.number(1) if scale is None else scale
        law = {"row_cov": row_cov, "col_cov": col_cov, "scale": scale}
        return self("letter", name=name, rows=rows, cols=cols, law=law)

    def square(self, z):
        """z² for a scalar letter."""
        return self("product", parts=[z, z])


def case(sentence=None, cases=CASES):
    """A file that is accepted up to its end, or rejected with a sentence at its last entry."""

    def add(build):
        cases[build.__name__] = (build, sentence)
        return build

    return add


def run(checker, entries, monkeypatch):
    """Check all entries; the sentence of the error and its line, or nothing."""
    monkeypatch.setattr(checker.Checker, "point", lambda self, terms: 1)
    running = checker.Checker()
    claims = [e["claim"] for e in entries if e["rule"] in PROPOSITIONS and e["claim"] != "not announced"]
    running.header(HEADER | {"propositions": claims})
    makes_value = {
        "data",
        "sum",
        "product",
        "transpose",
        "trace",
        "over",
        "substitute",
        "expectation",
        "scales",
        "independent_entries",
        "haar",
        "inverse_gram",
        "signs",
        "half_spaces",
        "cut",
    }
    for entry in entries:
        running.id = entry["id"]
        printed = entry["rule"] in makes_value | {"quotient", "recursion"} or (
            entry["rule"] == "asserted" and "terms" in entry
        )
        line = entry | {"print": 1} if printed else entry
        try:
            running.line(json.dumps(line).encode())
        except (checker.Rejected, checker.Unreadable) as error:
            assert (str(error) in UNREADABLE) == isinstance(error, checker.Unreadable)
            return str(error), running
    return None, running


# --- letters ------------------------------------------------------------------------------------------------


@case()
def letters_of_all_kinds(log):
    d = log.size()
    log.scalar("x", invertible=True)
    log.matrix("A", invertible=True)
    log.matrix("u", cols=1)
    log.matrix("M", rows=2, cols=3)
    s = log.matrix("S", symmetric=True, invertible=True)
    log.matrix("S_inverse", symmetric=True, inverse_of=s)
    log.gaussian("X", rows=4, cols="d", col_cov=s)
    log.gaussian("z", rows=1, cols=1, scale=d)
    log.scalar("y", at_least=0)


@case("a letter before it is called d, too")
def two_letters_of_one_name(log):
    log.size()
    log.scalar("d")


@case(PLAIN)
def a_letter_that_looks_like_another_one(log):
    log.scalar("d")
    log.scalar("\U0001d451")


@case("a letter before it is called , too")
def a_letter_without_a_name(log):
    log.scalar("")


@case("the letter has two meanings")
def a_letter_that_is_random_and_bounded(log):
    one = log.number(1)
    log("letter", name="z", rows=1, cols=1, at_least=0, law={"row_cov": 0, "col_cov": 0, "scale": one})


@case("the letter has two meanings")
def a_letter_that_is_random_and_an_inverse(log):
    log.size()
    a, one = log.matrix("A"), log.number(1)
    log("letter", name="B", rows="d", cols="d", inverse_of=a, law={"row_cov": 0, "col_cov": 0, "scale": one})


@case("the letter has to be square, or a scalar")
def a_symmetric_letter_that_is_not_square(log):
    log.size()
    log.matrix("A", rows=2, symmetric=True)


@case("the letter has to be square, or a scalar")
def an_invertible_letter_that_is_not_square(log):
    log.size()
    log.matrix("A", rows=2, invertible=True)


@case("the letter has to be square, or a scalar")
def a_bounded_matrix(log):
    log.size()
    log.matrix("A", at_least=1)


@case("the letter has to be square, or a scalar")
def a_bounded_column(log):
    log.size()
    log.matrix("u", cols=1, at_least=1)


@case("it is no inverse, or a second one")
def a_second_inverse(log):
    log.size()
    a = log.matrix("A")
    log.matrix("B", inverse_of=a)
    log.matrix("C", inverse_of=a)


@case("it is no inverse, or a second one")
def an_inverse_of_another_size(log):
    log.size()
    log.matrix("B", inverse_of=log.matrix("A", rows=3, cols=3))


@case("it is no inverse, or a second one")
def a_symmetric_inverse_of_a_general_matrix(log):
    log.size()
    log.matrix("B", inverse_of=log.matrix("A"), symmetric=True)


@case("it is no inverse, or a second one")
def a_general_inverse_of_a_symmetric_matrix(log):
    log.size()
    log.matrix("B", inverse_of=log.matrix("A", symmetric=True))


@case("it is no inverse, or a second one")
def an_inverse_of_a_scalar(log):
    log.scalar("y", inverse_of=log.scalar("x"))


@case("it is no inverse, or a second one")
def an_inverse_of_zero(log):
    log.size()
    log.matrix("J", symmetric=True, inverse_of=log.terms("d", "d"))


@case("a size is zero")
def an_empty_letter(log):
    log.matrix("A", rows=0, cols=0)


@case("a natural number is needed")
def a_letter_whose_size_may_be_zero(log):
    log.scalar("m", at_least=0)
    log.matrix("A", rows="m", cols="m")


@case("a natural number is needed")
def a_letter_of_a_negative_size(log):
    log.matrix("A", rows=-1, cols=-1)


COVARIANCE = "a covariance or the scale is random, not positive, of another size, or not symmetric"


@case(COVARIANCE)
def a_covariance_of_the_wrong_side(log):
    log.size()
    log.gaussian("X", rows=3, cols="d", row_cov=log.matrix("S", symmetric=True))


@case(COVARIANCE)
def a_covariance_that_is_not_symmetric(log):
    log.size()
    log.gaussian("X", col_cov=log.matrix("A"))


@case(COVARIANCE)
def a_covariance_that_is_random(log):
    z = log.gaussian("z", rows=1, cols=1)
    log.gaussian("y", rows=1, cols=1, row_cov=z)


@case(COVARIANCE)
def a_scale_that_is_random(log):
    z = log.gaussian("z", rows=1, cols=1)
    log.gaussian("y", rows=1, cols=1, scale=log.square(z))


@case(COVARIANCE)
def a_scale_that_is_negative(log):
    log.gaussian("z", rows=1, cols=1, scale=log.number(-2))


@case(COVARIANCE)
def a_scale_that_is_negative_in_part(log):
    s = log.scalar("s")
    log.gaussian("z", rows=1, cols=1, scale=log.terms(1, 1, [1, [[s]], []], [-1, [], []]))


@case(COVARIANCE)
def a_scale_that_is_a_quotient_with_any_sign(log):
    one = log.number(1)
    below = log("sum", parts=[log.scalar("s"), log.number(-1)])
    log.gaussian("z", rows=1, cols=1, scale=log("over", of=one, by=below))


@case()
def a_scale_that_is_positive(log):
    s, t = log.scalar("s", at_least=0), log.scalar("t", at_least=1)
    log.gaussian("z", rows=1, cols=1, scale=log.terms(1, 1, [1, [[s]], []], ["1/2", [[0, t]], []]))


@case(COVARIANCE)
def a_scale_that_is_zero(log):
    log.gaussian("z", rows=1, cols=1, scale=log.number(0))


@case("what it is the inverse of may never have one: its sizes are fixed, or too small")
def an_inverse_of_a_product_of_vectors(log):
    log.size()
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    log.matrix("J", inverse_of=log.terms("d", "d", [1, [], [u, -v]]))


@case(COVARIANCE)
def a_scale_that_is_a_matrix(log):
    log.size()
    log.gaussian("X", scale=log.matrix("A", symmetric=True))


@case(COVARIANCE)
def a_symmetric_gaussian_matrix(log):
    log.size()
    law = {"row_cov": 0, "col_cov": 0, "scale": log.number(1)}
    log("letter", name="X", rows="d", cols="d", symmetric=True, law=law)


@case(COVARIANCE)
def a_law_with_another_field(log):
    law = {"row_cov": 0, "col_cov": 0, "scale": log.number(1), "mean": 0}
    log("letter", name="x", rows=1, cols=1, law=law)


# --- words and values ---------------------------------------------------------------------------------------


@case()
def words_that_are_equal(log):
    log.size()
    a, b, s = log.matrix("A"), log.matrix("B"), log.matrix("S", symmetric=True)
    i = log.matrix("B_inverse", inverse_of=b)
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    for left, right in (
        ([a, b, s], [b, s, a]),
        ([a, b], [-b, -a]),
        ([a, b, -a, -b], [b, -a, -b, a]),
        ([s, -s], [s, s]),
        ([a, b, i, a], [a, a]),
        ([b, a, i], [a]),
        ([b, b, a, i, i], [a]),
        ([-i, a, -b], [-a]),
        ([u, -v, a], [-v, a, u]),
        ([-u, -a, v], [-v, a, u]),
    ):
        one = log.number(1, left)
        log("equal", claim="", left=one, right=log.number(1, right))


@case()
def a_trace_is_cut_at_links_of_size_one(log):
    log.size()
    a = log.matrix("A")
    u, v = log.matrix("u", cols=1), log.matrix("v", cols=1)
    whole = log.number(1, [a, u, -v, a, v, -u])
    parts = log.number(1, [-v, a, v], [-u, a, u])
    log("equal", claim="", left=whole, right=parts)
    outer = log.terms("d", "d", [1, [], [u, -v, a, u, -v]])
    log("equal", claim="", left=outer, right=log.terms("d", "d", [1, [[-v, a, u]], [u, -v]]))
    scalar = log.number(1, [-u, a, v])
    short = log("product", parts=[log("transpose", of=u), a, v])
    log("equal", claim="", left=scalar, right=short)
    left = log.terms(1, "d", [1, [], [-u, u, -v]])
    log("equal", claim="", left=left, right=log.terms(1, "d", [1, [[-u, u]], [-v]]))


@case()
def traces_of_identities(log):
    d, a = log.size(), log.matrix("A", rows=3, cols=3)
    b = log.matrix("B", rows=3, cols=3, inverse_of=a)
    one = log.terms(3, 3, [1, [], IDENTITY])
    log("equal", claim="", left=log("trace", of=one), right=log.number(3))
    log("equal", claim="", left=log.number(1, [a, b]), right=log.number(3))
    wide = log.terms("d", "d", ["1/2", [], IDENTITY])
    log("equal", claim="", left=log("trace", of=wide), right=log.number("1/2", [d]))


@case()
def traces_of_several_identities(log):
    a, b = log.matrix("A", rows=3, cols=3), log.matrix("B", rows=2, cols=2)
    log.matrix("A_inverse", rows=3, cols=3, inverse_of=a)
    log.matrix("B_inverse", rows=2, cols=2, inverse_of=b)
    i, j = log.entries[-2]["id"], log.entries[-1]["id"]
    log("equal", claim="", left=log.number(1, [a, i], [b, j]), right=log.number(6))
    log("equal", claim="", left=log.number(1, [0, a, i], [0, b, j]), right=log.number("1/6"))
    log("equal", claim="", left=log.number(1, [a, i], [0, b, j]), right=log.number("3/2"))


@case()
def an_open_word_with_many_links_of_size_one(log):
    log.size()
    u, v, w, x, y, z = (log.matrix(name, cols=1) for name in "uvwxyz")
    whole = log.terms("d", "d", [1, [], [u, -v, w, -x, y, -z]])
    parts = log.terms("d", "d", [1, [[-v, w], [-x, y]], [u, -z]])
    log("equal", claim="", left=whole, right=parts)
    column = log.terms("d", 1, [1, [], [u, -v, w, -x, y]])
    log("equal", claim="", left=column, right=log.terms("d", 1, [1, [[-v, w], [-x, y]], [u]]))


def resolvent(log):
    """H, a, and the inverse of H + a I."""
    log.size()
    h, a = log.matrix("H", symmetric=True), log.scalar("a", at_least=1)
    r = log.matrix("R", symmetric=True, inverse_of=log.terms("d", "d", [1, [], [h]], [1, [[a]], []]))
    return h, a, r


@case()
def inverses_of_sums_that_cancel(log):
    h, a, r = resolvent(log)
    m, c = log.matrix("M"), log.scalar("c", at_least=1)
    s = log.matrix("S", symmetric=True, inverse_of=log.terms("d", "d", [1, [], [h]], [1, [[c]], []]))
    size = log.entries[0]["id"]
    for left, right in (
        ([[1, [], [h, r]]], [[1, [], []], [-1, [[a]], [r]]]),
        ([[1, [], [r, h]]], [[1, [], [h, r]]]),
        ([[1, [], [m, h, r, m]]], [[1, [], [m, m]], [-1, [[a]], [m, r, m]]]),
        ([[1, [], [r, s]]], [[1, [], [s, r]]]),
        ([[1, [[a]], [r, s]], [-1, [[c]], [r, s]]], [[1, [], [s]], [-1, [], [r]]]),
        ([[1, [[r, h]], []]], [[1, [[size]], []], [-1, [[a], [r]], []]]),
        ([[1, [[h, m, r]], []]], [[1, [[m]], []], [-1, [[a], [m, r]], []]]),
    ):
        one = log.terms("d", "d", *left)
        log("equal", claim="", left=one, right=log.terms("d", "d", *right))


@case()
def inverses_that_letters_are_pushed_through(log):
    log.size()
    log.size("n")
    a, b = log.matrix("A", "n", "d"), log.matrix("B", "d", "n")
    n, d = (entry["id"] for entry in reversed(log.entries[:2]))
    r = log.matrix("R", "n", "n", inverse_of=log.terms("n", "n", [1, [], [a, b]], [2, [], []]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [b, a]], [2, [], []]))
    one = log.terms("d", "n", [1, [], [b, r]])
    log("equal", claim="", left=one, right=log.terms("d", "n", [1, [], [s, b]]))
    one = log.terms("d", "d", [1, [], [b, r, a]])
    log("equal", claim="", left=one, right=log.terms("d", "d", [1, [], []], [-2, [], [s]]))
    one = log.terms(1, 1, [2, [[r]], []], [-1, [[n]], []])
    log("equal", claim="", left=one, right=log.terms(1, 1, [2, [[s]], []], [-1, [[d]], []]))
    one = log.terms(1, 1, [4, [[r, r]], []], [-1, [[n]], []])
    log("equal", claim="", left=one, right=log.terms(1, 1, [4, [[s, s]], []], [-1, [[d]], []]))


@case()
def the_inverse_of_a_transpose(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    r = log.matrix("R", inverse_of=log.terms("d", "d", [1, [], [a]], [1, [], [b]]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [-a]], [1, [], [-b]]))
    left = log.terms("d", "d", [1, [], [-r]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], [s]]))


@case()
def an_inverse_of_a_sum_times_a_letter(log):
    log.size()
    a, b, h = log.matrix("A"), log.matrix("B"), log.matrix("H", symmetric=True)
    i = log.matrix("H_inverse", symmetric=True, inverse_of=h)
    r = log.matrix("R", inverse_of=log.terms("d", "d", [1, [], [a]], [1, [], [b]]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [a, h]], [1, [], [b, h]]))
    t = log.matrix("T", inverse_of=log.terms("d", "d", [1, [], [i, a, h]], [1, [], [i, b, h]]))
    u = log.matrix("U", inverse_of=log.terms("d", "d", [1, [], [b, a]], [1, [], [b, b]]))
    for left, right in (([s], [i, r]), ([h, s], [r]), ([t], [i, r, h]), ([t, i], [s]), ([u, b], [r])):
        one = log.terms("d", "d", [1, [], left])
        log("equal", claim="", left=one, right=log.terms("d", "d", [1, [], right]))


@case("the two sides differ")
def an_inverse_of_a_sum_times_a_letter_on_the_other_side(log):
    log.size()
    a, b, h = log.matrix("A"), log.matrix("B"), log.matrix("H", symmetric=True)
    i = log.matrix("H_inverse", symmetric=True, inverse_of=h)
    r = log.matrix("R", inverse_of=log.terms("d", "d", [1, [], [a]], [1, [], [b]]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [a, h]], [1, [], [b, h]]))
    left = log.terms("d", "d", [1, [], [s]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], [r, i]]))


@case()
def inverses_of_multiples(log):
    """(−2 A − 2 B)⁻¹ = −(A + B)⁻¹/2, whichever comes first, and with a scalar c: c (c A + c B)⁻¹ = (A + B)⁻¹."""
    log.size()
    a, b, c = log.matrix("A"), log.matrix("B"), log.scalar("c", at_least=1)
    r = log.matrix("R", inverse_of=log.terms("d", "d", [-2, [], [a]], [-2, [], [b]]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [a]], [1, [], [b]]))
    t = log.matrix("T", inverse_of=log.terms("d", "d", [1, [[c]], [-a]], [1, [[c]], [-b]]))
    for left, right in (([-2, [], [r]], [1, [], [s]]), ([-2, [], [-r, a]], [1, [[c]], [t, a]])):
        one = log.terms("d", "d", left)
        log("equal", claim="", left=one, right=log.terms("d", "d", right))
    one = log.number(1, [c], [-t, a])
    log("equal", claim="", left=one, right=log.number(1, [s, a]))


@case("the two sides differ")
def the_inverse_of_a_sum_is_not_that_of_the_difference(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    r = log.matrix("R", inverse_of=log.terms("d", "d", [1, [], [a]], [-1, [], [b]]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [b]], [1, [], [a]]))
    left = log.terms("d", "d", [-1, [], [r]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], [s]]))


@case("the two sides differ")
def an_inverse_of_a_sum_with_another_sign(log):
    h, a, r = resolvent(log)
    left = log.terms("d", "d", [1, [], [h, r]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], []], [1, [[a]], [r]]))


@case("the two sides differ")
def an_inverse_of_a_sum_that_does_not_commute(log):
    _, _, r = resolvent(log)
    m = log.matrix("M")
    left = log.terms("d", "d", [1, [], [m, r]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], [r, m]]))


@case("the two sides differ")
def a_letter_pushed_through_the_wrong_inverse(log):
    """H (H G + I)⁻¹ is not (G H + I)⁻¹ H."""
    log.size()
    h, g = log.matrix("H", symmetric=True), log.matrix("G", symmetric=True)
    r = log.matrix("R", inverse_of=log.terms("d", "d", [1, [], [h, g]], [1, [], []]))
    left = log.terms("d", "d", [1, [], [h, r]])
    log("equal", claim="", left=left, right=log.terms("d", "d", [1, [], [-r, h]]))


@case("the two sides differ")
def a_trace_of_inverses_of_other_sizes(log):
    log.size()
    log.size("n")
    a, b = log.matrix("A", "n", "d"), log.matrix("B", "d", "n")
    r = log.matrix("R", "n", "n", inverse_of=log.terms("n", "n", [1, [], [a, b]], [2, [], []]))
    s = log.matrix("S", inverse_of=log.terms("d", "d", [1, [], [b, a]], [2, [], []]))
    left = log.number(1, [r])
    log("equal", claim="", left=left, right=log.number(1, [s]))


@case("the two sides differ")
def another_order(log):
    log.size()
    a, b, c = log.matrix("A"), log.matrix("B"), log.matrix("C")
    left = log.number(1, [a, b, c])
    log("equal", claim="", left=left, right=log.number(1, [b, a, c]))


@case("the two sides differ")
def a_transpose_of_a_general_letter(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    left = log.number(1, [a, b])
    log("equal", claim="", left=left, right=log.number(1, [a, -b]))


@case("the two sides differ")
def a_zero_of_another_size(log):
    log.size()
    left = log.terms("d", "d")
    log("equal", claim="", left=left, right=log.terms(1, 1))


@case("the two sides differ")
def a_letter_is_not_what_it_is_the_inverse_of(log):
    log.size()
    a = log.matrix("A")
    b = log.matrix("B", inverse_of=a)
    log("equal", claim="", left=a, right=b)


WORD = "the letters of a word do not fit together, or there are none"


@case(WORD)
def a_word_that_does_not_fit(log):
    log.size()
    a, m = log.matrix("A"), log.matrix("M", rows=2, cols=3)
    log.number(1, [a, m])


@case(WORD)
def a_word_that_does_not_close(log):
    log.number(1, [log.matrix("M", rows=2, cols=3)])


@case("its fields are not those of its rule")
def an_empty_closed_word(log):
    log.number(1, [])


@case(WORD)
def an_open_word_of_another_size(log):
    log.size()
    log.terms("d", 2, [1, [], [log.matrix("A")]])


@case(WORD)
def an_identity_that_is_not_square(log):
    log.size()
    log.terms("d", 2, [1, [], IDENTITY])


@case("it refers to line 2, which is not a letter")
def a_word_with_a_value(log):
    log.number(1, [log.number(2)])


@case()
def powers_and_quotients_of_scalars(log):
    x, y = log.scalar("x"), log.scalar("y")
    quotient = log("over", of=x, by=y)
    log("equal", claim="", left=quotient, right=log.number(1, [x], [0, y]))
    log("equal", claim="", left=log("product", parts=[quotient, y]), right=x)
    total = log("sum", parts=[x, y])
    inverse = log("over", of=log.number(1), by=total)
    log("equal", claim="", left=log("product", parts=[total, inverse]), right=log.number(1))
    one = log("sum", parts=[log("product", parts=[x, inverse]), log("product", parts=[y, inverse])])
    log("equal", claim="", left=one, right=log.number(1))
    back = log("over", of=total, by=inverse)
    log("equal", claim="", left=back, right=log("product", parts=[total, total]))
    log("equal", claim="", left=log.terms(1, 1, ["1/3", [], []], ["2/3", [], []]), right=log.number(1))


@case("it divides by zero")
def a_quotient_by_zero(log):
    x = log.scalar("x")
    minus = log.number(-1, [x])
    log("over", of=x, by=log("sum", parts=[x, minus]))


@case("it divides by a matrix")
def a_quotient_by_a_matrix(log):
    log.size()
    a = log.matrix("A")
    log("over", of=a, by=a)


@case("it adds matrices of different sizes")
def a_sum_of_different_sizes(log):
    log.size()
    log("sum", parts=[log.matrix("A"), log.scalar("x")])


@case("it multiplies matrices that do not fit together")
def a_product_that_does_not_fit(log):
    log.size()
    log("product", parts=[log.matrix("u", cols=1), log.matrix("A")])


@case("it takes the trace of a matrix that is not square")
def a_trace_of_a_column(log):
    log.size()
    log("trace", of=log.matrix("u", cols=1))


@case("the value that it gives is not the right one")
def another_form_that_is_another_value(log):
    x = log.scalar("x")
    log.terms(1, 1, [2, [[x]], []], of=x)


def one_inverse(log):
    """H, the inverse R of I + H, and I."""
    log.size()
    h = log.matrix("H", symmetric=True)
    base = log.terms("d", "d", [1, [], []], [1, [], [h]])
    return h, log.matrix("R", symmetric=True, inverse_of=base), log.terms("d", "d", [1, [], []])


@case()
def what_vanishes_by_an_inverse_is_taken_off(log):
    """M P R − M (P R − I) = M, the transpose of R P − I, and a multiple of a trace."""
    h, r, one = one_inverse(log)
    m = log.matrix("M")
    word = log.terms("d", "d", [1, [], [m, r]], [1, [], [m, h, r]])
    log.terms("d", "d", [1, [], [m]], of=word, inverse=[r, True, False, m, one, 0])
    turned = log.terms("d", "d", [1, [], [m, r]], [1, [], [m, r, h]])
    log.terms("d", "d", [1, [], [m]], of=turned, inverse=[r, True, True, m, one, 0])
    log.terms("d", "d", [1, [], [m]], of=turned, inverse=[r, False, False, m, one, 0])
    trace = log("sum", parts=[log.number(2, [m, r]), log.number(2, [m, h, r])])
    log.terms(1, 1, [2, [[m]], []], of=trace, inverse=[r, True, False, m, one, log.number(2)])


@case("the value that it gives is not the right one")
def what_vanishes_by_an_inverse_on_the_other_side(log):
    """M (P R − I) is not what is left out; what is left is not a zero that the equations show."""
    h, r, one = one_inverse(log)
    m = log.matrix("M")
    word = log.terms("d", "d", [1, [], [m, r]], [1, [], [m, h, r]])
    log.terms("d", "d", [1, [], [m]], [1, [], [h]], of=word, inverse=[r, True, False, m, one, 0])


@case("its letter is not the inverse of a sum")
def what_vanishes_by_no_inverse(log):
    h, _, one = one_inverse(log)
    log.terms("d", "d", [1, [], [h]], of=h, inverse=[h, True, False, one, one, 0])


@case("it says by what it differs, and not from what")
def what_vanishes_is_taken_off_nothing(log):
    h, r, one = one_inverse(log)
    log.terms("d", "d", [1, [], [h]], inverse=[r, True, False, one, one, 0])


@case("its fields are not those of its rule")
def an_equation_without_its_factors(log):
    h, r, one = one_inverse(log)
    log.terms("d", "d", [1, [], [h]], of=h, inverse=[r, True, False, one])


@case()
def another_form_of_a_value(log):
    x = log.scalar("x")
    log.terms(1, 1, ["1/2", [[x]], []], ["1/2", [[x]], []], of=x)


# --- substitution -------------------------------------------------------------------------------------------


@case()
def a_substitution(log):
    log.size()
    a, b, x = log.matrix("A"), log.matrix("B"), log.scalar("x")
    value = log.terms("d", "d", [1, [[x]], [a, -a]])
    put = log("substitute", of=value, letters=[[a, log("product", parts=[b, a])], [x, log.number(3)]])
    log("equal", claim="", left=put, right=log.terms("d", "d", [3, [], [b, a, -a, -b]]))
    two = log("over", of=log.number(1), by=log("sum", parts=[x, log.number(1)]))
    put = log("substitute", of=two, letters=[[x, log.number("1/2")]])
    log("equal", claim="", left=put, right=log.number("2/3"))
    y = log.scalar("y")
    put = log("substitute", of=log.number(1, [0, x]), letters=[[x, log("sum", parts=[x, y])]])
    log("equal", claim="", left=put, right=log("over", of=log.number(1), by=log("sum", parts=[x, y])))


@case()
def a_letter_and_its_inverse_are_replaced_together(log):
    log.size()
    s = log.matrix("S", symmetric=True)
    i = log.matrix("I", symmetric=True, inverse_of=s)
    value = log.terms("d", "d", [1, [[s]], [i]])
    one, half = (log.terms("d", "d", [c, [], IDENTITY]) for c in (2, "1/2"))
    log("substitute", of=value, letters=[[s, one], [i, half]])


@case("S and its inverse are replaced by what is not inverse")
def a_letter_and_its_inverse_are_replaced_by_others(log):
    log.size()
    s = log.matrix("S", symmetric=True)
    i = log.matrix("I", symmetric=True, inverse_of=s)
    value = log.terms("d", "d", [1, [[s]], [i]])
    one = log.terms("d", "d", [2, [], IDENTITY])
    log("substitute", of=value, letters=[[s, one], [i, one]])


@case("S is inside of another letter, or an inverse")
def a_letter_is_replaced_without_its_inverse(log):
    log.size()
    s = log.matrix("S", symmetric=True)
    i = log.matrix("I", symmetric=True, inverse_of=s)
    value = log.terms("d", "d", [1, [[s]], [i]])
    log("substitute", of=value, letters=[[s, log.terms("d", "d", [2, [], IDENTITY])]])


@case("A is inside of another letter, or an inverse")
def a_letter_inside_of_the_inverse_of_a_sum(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    i = log.matrix("I", inverse_of=log("sum", parts=[a, b]))
    log("substitute", of=i, letters=[[a, b]])


@case("I is inside of another letter, or an inverse")
def the_inverse_of_a_sum_is_replaced(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    i = log.matrix("I", inverse_of=log("sum", parts=[a, b]))
    log("substitute", of=i, letters=[[i, b]])


@case("what replaces A has another size")
def a_replacement_of_another_size(log):
    log.size()
    a = log.matrix("A")
    log("substitute", of=a, letters=[[a, log.scalar("x")]])


@case("what replaces S is not symmetric")
def a_replacement_that_is_not_symmetric(log):
    log.size()
    s = log.matrix("S", symmetric=True)
    log("substitute", of=s, letters=[[s, log.matrix("A")]])


@case("it refers to line 2, which is not a letter")
def a_value_is_replaced(log):
    one = log.number(1)
    log("substitute", of=one, letters=[[one, one]])


@case("d is a size of another letter")
def a_size_is_replaced(log):
    d = log.size()
    value = log.number(1, [d], [log.matrix("A")])
    log("substitute", of=value, letters=[[d, log.number(2)]])


@case("d is a size of another letter")
def the_size_of_the_value_itself_is_replaced(log):
    d = log.size()
    value = log.terms("d", "d", [1, [[d]], IDENTITY])
    log("substitute", of=value, letters=[[d, log.number(2)]])


@case("a letter is replaced twice, or none is")
def a_letter_is_replaced_twice(log):
    x = log.scalar("x")
    one = log.number(1)
    log("substitute", of=x, letters=[[x, one], [x, one]])


@case("a letter is replaced twice, or none is")
def no_letter_is_replaced(log):
    log("substitute", of=log.scalar("x"), letters=[])


@case("it divides by zero")
def a_replacement_that_makes_a_denominator_vanish(log):
    x = log.scalar("x")
    inverse = log("over", of=log.number(1), by=x)
    log("substitute", of=inverse, letters=[[x, log.number(0)]])


# --- Stein's identity and expectations ----------------------------------------------------------------------


def second_moment(log):
    """X with rows of covariance U and columns of covariance V, and E tr(X X')."""
    n, d = log.size("n"), log.size("d")
    u = log.matrix("U", rows="n", cols="n", symmetric=True)
    v = log.matrix("V", symmetric=True)
    s = log.scalar("s")
    x = log.gaussian("X", rows="n", row_cov=u, col_cov=v, scale=s)
    step = log("stein", letter=x, words=[[x, -x]], place=[0, 0], equals=[[1, [[u], [v]], 0]])
    return n, d, u, v, s, x, step


@case()
def a_second_moment(log):
    *_, u, v, s, x, step = second_moment(log)
    square = log("trace", of=log("product", parts=[x, log("transpose", of=x)]))
    log("expectation", of=square, letter=x, steps=[step], rows=1, cols=1, terms=[[1, [[s], [u], [v]], []]])


@case()
def all_four_contractions(log):
    *_, u, v, _, x, _ = second_moment(log)
    a = log.matrix("A", cols="n")
    b = log.matrix("B", cols="n")
    log("stein", letter=x, words=[[x, a, x, b]], place=[0, 0], equals=[[1, [[a, u, -b, v]], 0]])
    c = log.matrix("C")
    e = log.matrix("E", rows="n", cols="n")
    log("stein", letter=x, words=[[x, c, -x, e]], place=[0, 0], equals=[[1, [[v, c], [u, e]], 0]])
    log("stein", letter=x, words=[[x, a], [x, b]], place=[1, 0], equals=[[1, [[a, u, -b, v]], 0]])
    log("stein", letter=x, words=[[x, a], [-x, -b]], place=[0, 0], equals=[[1, [[a, u, -b, v]], 0]])
    log("stein", letter=x, words=[[x, a], [-x, -b]], place=[1, 0], equals=[[1, [[a, u, -b, v]], 0]])


@case()
def a_fourth_moment(log):
    z = log.gaussian("z", rows=1, cols=1, scale=log.number(2))
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    four = log("stein", letter=z, words=[[z], [z], [z], [z]], place=[2, 0], equals=[[3, [], two]])
    value = log.number(1, [z], [z], [z], [z])
    log("expectation", of=value, letter=z, steps=[four], rows=1, cols=1, terms=[[12, [], []]])


@case("the value that it gives is not the right one")
def a_wrong_fourth_moment(log):
    z = log.gaussian("z", rows=1, cols=1, scale=log.number(2))
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    four = log("stein", letter=z, words=[[z], [z], [z], [z]], place=[0, 0], equals=[[3, [], two]])
    value = log.number(1, [z], [z], [z], [z])
    log("expectation", of=value, letter=z, steps=[four], rows=1, cols=1, terms=[[6, [], []]])


COMBINATION = "Stein's identity gives another combination"


@case(COMBINATION)
def a_wrong_count_of_contractions(log):
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    log("stein", letter=z, words=[[z], [z], [z], [z]], place=[0, 0], equals=[[2, [], two]])


@case(COMBINATION)
def a_transpose_is_lost(log):
    log.size()
    x, a, b = log.gaussian("X"), log.matrix("A"), log.matrix("B")
    log("stein", letter=x, words=[[x, a, x, b]], place=[0, 0], equals=[[1, [[a, b]], 0]])


@case(COMBINATION)
def row_and_column_covariances_change_places(log):
    log.size()
    u, v = log.matrix("U", symmetric=True), log.matrix("V", symmetric=True)
    x = log.gaussian("X", row_cov=u, col_cov=v)
    a = log.matrix("A")
    log("stein", letter=x, words=[[x, a, -x]], place=[0, 0], equals=[[1, [[u, a], [v]], 0]])


@case(COMBINATION)
def no_contraction_at_all(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[])


@case(WORD)
def a_combination_with_an_empty_word(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [[]], 0]])


@case("another letter, or one monomial twice")
def a_combination_with_one_monomial_twice(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[["1/2", [], 0], ["1/2", [], 0]])


@case("another letter, or one monomial twice")
def a_combination_with_the_moment_of_another_letter(log):
    z, y = log.gaussian("z", rows=1, cols=1), log.gaussian("y", rows=1, cols=1)
    two = log("stein", letter=y, words=[[y], [y]], place=[0, 0], equals=[[1, [], 0]])
    log("stein", letter=z, words=[[z], [z], [z], [z]], place=[0, 0], equals=[[3, [], two]])


@case("it goes on with a line of another rule")
def a_combination_with_what_is_no_moment(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z], [z], [z]], place=[0, 0], equals=[[3, [], z]])


@case("the letter is not in this place")
def a_contraction_of_another_letter(log):
    *_, x, _ = second_moment(log)
    a, b = log.matrix("A", cols="n"), log.matrix("B", cols="n")
    log("stein", letter=x, words=[[x, a, x, b]], place=[0, 1], equals=[])


@case("the letter is not in this place")
def a_contraction_behind_the_last_word(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z]], place=[2, 0], equals=[[1, [], 0]])


@case("the letter is not in this place")
def a_contraction_behind_the_end_of_a_word(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z]], place=[0, 1], equals=[[1, [], 0]])


RANDOM = "the letter is not random, or not in every word, or part of an inverse"


@case(RANDOM)
def a_moment_of_a_letter_without_a_law(log):
    x = log.scalar("x")
    log("stein", letter=x, words=[[x], [x]], place=[0, 0], equals=[[1, [], 0]])


@case(RANDOM)
def a_moment_with_a_word_without_the_letter(log):
    x = log.scalar("x")
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[[z], [z], [x]], place=[0, 0], equals=[[1, [[x]], 0]])


@case(RANDOM)
def a_moment_of_nothing(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("stein", letter=z, words=[], place=[0, 0], equals=[[1, [], 0]])


@case(RANDOM)
def a_moment_with_an_inverse_that_contains_the_letter(log):
    log.size()
    x, one = log.gaussian("X"), log.terms("d", "d", [1, [], IDENTITY])
    i = log.matrix("I", inverse_of=log("sum", parts=[one, x]))
    log("stein", letter=x, words=[[x, i, -x]], place=[0, 0], equals=[[1, [[i]], 0]])


@case("the letter is not random, or part of an inverse")
def an_expectation_over_a_letter_without_a_law(log):
    x = log.scalar("x")
    log("expectation", of=x, letter=x, steps=[], rows=1, cols=1, terms=[])


@case("it is not shown that z + 1 is not zero: z is random")
def a_quotient_by_a_random_letter(log):
    z = log.gaussian("z", rows=1, cols=1)
    below = log("sum", parts=[z, log.number(1)])
    log("over", of=log.number(1), by=below)


@case("the letter is not random, or part of an inverse")
def an_expectation_of_an_inverse_with_the_letter(log):
    log.size()
    x, one = log.gaussian("X"), log.terms("d", "d", [1, [], IDENTITY])
    i = log.matrix("I", inverse_of=log("sum", parts=[one, x]))
    log("expectation", of=log("trace", of=i), letter=x, steps=[], rows=1, cols=1, terms=[[1, [[i]], []]])


@case("it is not shown that z is not zero: z is random")
def a_negative_power_of_a_random_letter(log):
    z = log.gaussian("z", rows=1, cols=1)
    log.number(1, [0, z])


@case("the letter is in a denominator, or it is no scalar")
def an_expectation_of_a_matrix(log):
    log.size()
    x = log.gaussian("X")
    log("expectation", of=x, letter=x, steps=[], rows="d", cols="d", terms=[])


@case()
def odd_moments_vanish_and_constants_stay(log):
    c = log.scalar("c")
    z = log.gaussian("z", rows=1, cols=1)
    value = log.terms(1, 1, [5, [[z]], []], [2, [[z], [z], [z]], []], [7, [[c]], []])
    log("expectation", of=value, letter=z, steps=[], rows=1, cols=1, terms=[[7, [[c]], []]])


@case()
def an_expectation_over_a_denominator(log):
    c = log.scalar("c")
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[1, 0], equals=[[1, [], 0]])
    below = log("sum", parts=[c, log.number(1)])
    value = log("over", of=log.square(z), by=below)
    given = log("over", of=log.number(1), by=below)
    mean = log("expectation", of=log.square(z), letter=z, steps=[two], rows=1, cols=1, terms=[[1, [], []]])
    log("equal", claim="", left=log("over", of=mean, by=below), right=given)
    assert value


@case("no entry gives the expectation of one of the monomials")
def an_expectation_without_a_step(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("expectation", of=log.square(z), letter=z, steps=[], rows=1, cols=1, terms=[[1, [], []]])


@case("it names an entry that it does not use")
def an_expectation_with_a_step_too_many(log):
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[1, 0], equals=[[1, [], 0]])
    log("expectation", of=log.number(1), letter=z, steps=[two], rows=1, cols=1, terms=[[1, [], []]])


@case("it names an entry that it does not use")
def an_expectation_with_a_step_that_is_none(log):
    z = log.gaussian("z", rows=1, cols=1)
    log("expectation", of=log.number(1), letter=z, steps=[z], rows=1, cols=1, terms=[[1, [], []]])


@case("it names an entry that it does not use")
def an_expectation_with_a_step_twice(log):
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[1, 0], equals=[[1, [], 0]])
    log("expectation", of=log.square(z), letter=z, steps=[two, two], rows=1, cols=1, terms=[[1, [], []]])


# --- cutting out, quotients, equations ----------------------------------------------------------------------


@case()
def a_matrix_that_is_cut_out(log):
    log.size()
    a, p = log.matrix("A"), log.matrix("P")
    s, q = log.matrix("S", symmetric=True), log.matrix("Q", symmetric=True)
    value = log.number(3, [a, p])
    log("cut", of=value, letter=p, rows="d", cols="d", terms=[[3, [], [a]]])
    value = log.number(1, [a, q])
    half = [["1/2", [], [a]], ["1/2", [], [-a]]]
    log("cut", of=value, letter=q, rows="d", cols="d", terms=half)
    assert s


@case("the value that it gives is not the right one")
def the_transpose_of_what_is_to_be_cut_out(log):
    log.size()
    a, p = log.matrix("A"), log.matrix("P")
    log("cut", of=log.number(1, [a, p]), letter=p, rows="d", cols="d", terms=[[1, [], [-a]]])


@case("what is cut out at a symmetric letter is symmetric")
def a_matrix_cut_out_at_a_symmetric_letter(log):
    log.size()
    a, q = log.matrix("A"), log.matrix("Q", symmetric=True)
    log("cut", of=log.number(1, [a, q]), letter=q, rows="d", cols="d", terms=[[1, [], [a]]])


@case("the letter is still there, or the sizes differ")
def a_matrix_with_the_letter_at_which_it_is_cut_out(log):
    log.size()
    p = log.matrix("P")
    log("cut", of=log.number(1, [p, p]), letter=p, rows="d", cols="d", terms=[[1, [], [p]]])


ZERO = "it divides by zero, or the size is another one"
CUT = "the letter is still there, or the sizes differ"


@case(CUT)
def a_number_that_is_cut_out_at_a_matrix(log):
    log.size()
    p, one = log.matrix("P"), log.number(1)
    trace = log.number(1, [p])
    log("cut", of=trace, letter=p, **{k: log.entries[one - 2][k] for k in ("rows", "cols", "terms")})


@case(CUT)
def a_matrix_cut_out_at_its_own_inverse(log):
    d, a = log.size(), log.matrix("A")
    j = log.matrix("J", inverse_of=a)
    log("cut", of=d, letter=j, rows="d", cols="d", terms=[[1, [], [a]]])


@case(CUT)
def a_matrix_cut_out_at_the_inverse_of_a_sum_with_it(log):
    d, a, b = log.size(), log.matrix("A"), log.matrix("B")
    j = log.matrix("J", inverse_of=log("sum", parts=[a, b]))
    log("cut", of=d, letter=j, rows="d", cols="d", terms=[[1, [], [a]], [1, [], [b]]])


@case(ZERO)
def a_quotient_of_zero_by_zero(log):
    zero = log.number(0)
    log("quotient", of=zero, by=zero, result=log.number(17))


@case(ZERO)
def a_number_as_the_quotient_of_matrices(log):
    log.size()
    p = log.matrix("P")
    log("quotient", of=log.terms("d", "d", [2, [], [p]]), by=p, result=log.number(2))


@case()
def quotients(log):
    log.size()
    a, b, x = log.matrix("A"), log.matrix("B"), log.scalar("x")
    i = log.matrix("I", inverse_of=b)
    of, by = log.terms("d", "d", [2, [], [a]]), log.terms("d", "d", [1, [[x]], [b]])
    log("quotient", of=of, by=by, result=log.terms("d", "d", [2, [[0, x]], [a, i]]))


@case()
def a_quotient_by_a_sum(log):
    log.size()
    a, b, q = log.matrix("A"), log.matrix("B"), log.matrix("Q")
    base = log("sum", parts=[a, b])
    i = log.matrix("I", inverse_of=base)
    of, by = log("product", parts=[a, q]), log("product", parts=[base, q])
    log("quotient", of=of, by=by, result=log("product", parts=[a, i]), common=q)


@case("the value that it gives is not the right one")
def a_wrong_quotient(log):
    log.size()
    a, b = log.matrix("A"), log.matrix("B")
    i = log.matrix("I", inverse_of=b)
    log("quotient", of=a, by=b, result=log("product", parts=[i, a]))


@case("the value that it gives is not the right one")
def a_quotient_by_another_sum(log):
    log.size()
    a, b, q = log.matrix("A"), log.matrix("B"), log.matrix("Q")
    base = log("sum", parts=[a, b])
    i = log.matrix("I", inverse_of=base)
    of, by = log("product", parts=[a, q]), log("product", parts=[q, base])
    log("quotient", of=of, by=by, result=log("product", parts=[a, i]), common=q)


@case()
def a_quotient_by_a_sum_over_a_scalar(log):
    log.size()
    a, b, q, x = log.matrix("A"), log.matrix("B"), log.matrix("Q"), log.scalar("x")
    base, below = log("sum", parts=[a, b]), log("sum", parts=[x, log.number(1)])
    i = log.matrix("I", inverse_of=base)
    common = log("product", parts=[q, below])
    of, by = log("product", parts=[a, q]), log("product", parts=[base, common])
    result = log("over", of=log("product", parts=[a, i]), by=below)
    log("quotient", of=of, by=by, result=result, common=common)


@case("it does not end with the inverse of a sum")
def a_quotient_that_is_an_identity(log):
    log.size()
    q = log.matrix("Q")
    log("quotient", of=q, by=q, result=log.terms("d", "d", [1, [], IDENTITY]), common=q)


@case("it does not end with the inverse of a sum")
def a_quotient_that_ends_with_something_else(log):
    log.size()
    a, b, q = log.matrix("A"), log.matrix("B"), log.matrix("Q")
    of, by = log("product", parts=[a, q]), log("product", parts=[b, q])
    log("quotient", of=of, by=by, result=a, common=q)


def equation(log, **more):
    """2 A (K S − B) R, factorised, and its parts."""
    log.size()
    k, a, r = log.matrix("K"), log.matrix("A", invertible=True), log.matrix("R", invertible=True)
    s, b = log.matrix("S", symmetric=True), log.matrix("B")
    of = log.terms("d", "d", [2, [], [a, k, s, r]], [-2, [], [a, b, r]])
    two = log.number(2)
    fields = {"of": of, "letter": k, "scale": two, "L": a, "R": r, "F": s, "C": b, "invertible": True} | more
    return {**fields, "a": a, "factorised": log("factorised", **fields)}


@case()
def a_factorised_equation(log):
    equation(log)


@case()
def a_quotient_that_solves_an_equation(log):
    found = equation(log)
    i = log.matrix("I", inverse_of=found["F"], symmetric=True)
    result = log.terms("d", "d", [1, [], [found["C"], i]])
    log("quotient", of=found["C"], by=found["F"], result=result, solves=found["factorised"])


@case("it does not solve it")
def a_quotient_of_what_is_not_in_the_equation(log):
    found = equation(log)
    i = log.matrix("I", inverse_of=found["F"], symmetric=True)
    other = log.terms("d", "d", [1, [], [found["C"]]])
    result = log.terms("d", "d", [1, [], [found["C"], i]])
    log("quotient", of=other, by=found["F"], result=result, solves=found["factorised"])


@case("the factors multiply out to something else")
def factors_of_something_else(log):
    log.size()
    k, s, b = log.matrix("K"), log.matrix("S", symmetric=True), log.matrix("B")
    of = log.terms("d", "d", [1, [], [s, k]], [-1, [], [b]])
    log("factorised", of=of, letter=k, scale=log.number(1), F=s, C=b)


@case("the unknown is in its own solution")
def an_equation_that_is_not_solved(log):
    log.size()
    k, s = log.matrix("K"), log.matrix("S")
    of = log.terms("d", "d", [1, [], [k, s]], [-1, [], [k]])
    log("factorised", of=of, letter=k, scale=log.number(1), F=s, C=k)


@case("the unknown is in its own solution")
def an_equation_whose_scale_is_the_unknown(log):
    k, one = log.scalar("k"), log.number(1)
    of = log.terms(1, 1, [1, [[k], [k]], []], [-1, [[k]], []])
    log("factorised", of=of, letter=k, scale=k, F=one, C=one)


@case("the unknown is in its own solution")
def an_equation_whose_scale_is_over_the_unknown(log):
    k, one = log.scalar("k"), log.number(1)
    scale = log("over", of=one, by=log("sum", parts=[k, one]))
    of = log("product", parts=[scale, log("sum", parts=[k, log.number(-1)])])
    log("factorised", of=of, letter=k, scale=scale, F=one, C=one)


@case("the unknown is in its own solution")
def an_equation_with_the_unknown_on_the_left(log):
    k, one = log.scalar("k"), log.number(1)
    log("factorised", of=one, letter=k, scale=one, F=one, C=log.number(0), L=log.number(1, [0, k]))


@case("a cancelled letter is not known to have an inverse")
def a_cancelled_sum_of_letters_with_inverses(log):
    log.size()
    k, a, b = log.matrix("K"), log.matrix("A", invertible=True), log.matrix("B", invertible=True)
    zero, total = log.terms("d", "d"), log("sum", parts=[a, b])
    of = log.terms("d", "d", [1, [], [a, k]], [1, [], [b, k]])
    fields = {
        "scale": log.number(1),
        "F": log.terms("d", "d", [1, [], IDENTITY]),
        "C": zero,
        "invertible": True,
    }
    log("factorised", of=of, letter=k, L=total, **fields)


@case("it is not shown that z + 1 is not zero: z is random")
def a_cancelled_scalar_that_is_random(log):
    k, z = log.scalar("k"), log.gaussian("z", rows=1, cols=1)
    of = log.terms(1, 1, [1, [[k], [z]], []], [1, [[k]], []])
    fields = {"scale": log.number(1), "F": log.number(1), "C": log.number(0), "invertible": True}
    log("factorised", of=of, letter=k, L=log("sum", parts=[z, log.number(1)]), **fields)


@case("the unknown is in its own solution")
def an_equation_whose_factor_is_the_unknown(log):
    k, one = log.scalar("k"), log.number(1)
    of = log.terms(1, 1, [1, [[k], [k]], []], [-1, [], []])
    log("factorised", of=of, letter=k, scale=one, F=k, C=one)


@case()
def a_factor_that_need_not_have_an_inverse(log):
    log.size()
    k, a, s, b = log.matrix("K"), log.matrix("A"), log.matrix("S"), log.matrix("B")
    of = log.terms("d", "d", [1, [], [a, k, s]], [-1, [], [a, b]])
    log("factorised", of=of, letter=k, scale=log.number(1), L=a, F=s, C=b)


@case("a cancelled letter is not known to have an inverse")
def a_cancelled_letter_without_an_inverse(log):
    log.size()
    k, a, s, b = log.matrix("K"), log.matrix("A"), log.matrix("S"), log.matrix("B")
    of = log.terms("d", "d", [1, [], [a, k, s]], [-1, [], [a, b]])
    log("factorised", of=of, letter=k, scale=log.number(1), L=a, F=s, C=b, invertible=True)


# --- signs --------------------------------------------------------------------------------------------------


@case()
def signs(log):
    n, y, c = log.size("n"), log.scalar("y", at_least=0), log.scalar("c", at_least=3)
    more = log.terms(1, 1, [1, [[n]], []], [-1, [], []])
    log("sign", claim="", of=more, strict=False)
    log("sign", claim="", of=log.terms(1, 1, [1, [[n], [n]], []], [1, [[y]], []]), strict=True)
    log("sign", claim="", of=log.terms(1, 1, [1, [[c], [n]], []], [-2, [[n]], []]), strict=True)
    log("sign", claim="", of=log.terms(1, 1), strict=False)


@case()
def the_sign_of_nothing_over_something(log):
    below = log("sum", parts=[log.scalar("x", at_least=0), log.number(1)])
    log("sign", claim="", of=log("over", of=log.number(0), by=below), strict=False)


@case("it refers to line 3, which is no earlier entry")
def a_sum_with_a_later_line(log):
    log("sum", parts=[log.scalar("x"), 3])


@case()
def a_letter_as_large_as_the_limit(log):
    log.matrix("X", rows=10**6, cols=1)


@case("a natural number is needed")
def a_letter_larger_than_the_limit(log):
    log.matrix("X", rows=10**6 + 1, cols=1)


@case("it refers to line 2, which has no value")
def a_sum_with_a_heading(log):
    log("sum", parts=[log("step", title="a heading")])


@case("a coefficient is negative")
def a_sign_that_is_wrong_near_the_bound(log):
    n = log.size("n")
    log("sign", claim="", of=log.terms(1, 1, [1, [[n]], []], [-2, [], []]), strict=False)


@case("a coefficient is negative")
def a_sign_that_is_wrong_far_from_the_bound(log):
    n = log.size("n")
    log("sign", claim="", of=log.terms(1, 1, [5, [], []], [-1, [[n]], []]), strict=False)


@case("the constant is not positive")
def a_strict_sign_that_is_not_strict(log):
    n = log.size("n")
    log("sign", claim="", of=log.terms(1, 1, [1, [[n]], []], [-1, [], []]), strict=True)


POLYNOMIAL = "it is not a polynomial in letters with lower bounds"


@case(POLYNOMIAL)
def a_sign_of_a_letter_without_a_bound(log):
    log("sign", claim="", of=log.scalar("x"), strict=False)


@case(POLYNOMIAL)
def a_sign_of_a_negative_power(log):
    n = log.size("n")
    log("sign", claim="", of=log.number(1, [0, n]), strict=False)


@case(POLYNOMIAL)
def a_sign_of_a_quotient(log):
    n = log.size("n")
    below = log("sum", parts=[n, log.number(-7)])
    log("sign", claim="", of=log("over", of=n, by=below), strict=False)


@case(POLYNOMIAL)
def a_sign_of_a_matrix(log):
    log.size()
    log("sign", claim="", of=log.terms("d", "d", [1, [], IDENTITY]), strict=False)


# --- minima -------------------------------------------------------------------------------------------------


def regression(log, **changes):
    """E (t z − z)² over t: the candidate k has the loss k² − 2k + 1; the minimum is 0, at k = 1."""
    t, k = log.scalar("t"), log.scalar("k")
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    loss = log.terms(1, 1, [1, [[t], [t]], []], [-2, [[t]], []], [1, [], []])
    candidate = log.terms(1, 1, [1, [[k], [k]], []], [-2, [[k]], []], [1, [], []])
    error = log.terms(1, 1, [1, [[t], [z]], []], [-1, [[k], [z]], []])
    terms = [[1, [[t], [t]], []], [-2, [[t], [k]], []], [1, [[k], [k]], []]]
    value = log("product", parts=[error, error])
    square = log("expectation", of=value, letter=z, steps=[two], rows=1, cols=1, terms=terms)
    normal = log.terms(1, 1, [1, [[k]], []], [-1, [], []])
    one = log.number(1)
    factorised = log("factorised", of=normal, letter=k, scale=one, F=one, C=one)
    found = {
        "loss": loss, "candidate": candidate, "square": square, "normal": normal, "letter": k,
        "direction": log.terms(1, 1, [1, [[t]], []], [-1, [[k]], []]), "factorised": factorised,
        "at": log("quotient", of=one, by=one, result=one, solves=factorised), "power": one,
        "explained": log.terms(1, 1, [1, [[k]], []]), "value": log.number(0),
    }  # fmt: skip
    names = {"t": t, "k": k, "z": z, "one": one, "error": error, "average": square, "two": two}
    fields = found | {name: make(log, found | names) for name, make in changes.items()}
    log("minimum", claim="", **fields)


@case()
def a_minimum(log):
    regression(log)


@case()
def a_minimum_whose_distance_is_an_average_of_another_checker(log):
    def averaged(log, names):
        value = log("product", parts=[names["error"], names["error"]])
        terms = [[1, [[names["t"]], [names["t"]]], []], [-2, [[names["t"]], [names["k"]]], []]]
        terms += [[1, [[names["k"]], [names["k"]]], []]]
        return log("asserted", claim="", why="", of=value, samples={}, rows=1, cols=1, terms=terms)

    regression(log, square=averaged)


@case()
def a_minimum_whose_distance_was_written_with_another_letter(log):
    def renamed(log, names):
        new = log.scalar("r")
        error = log("substitute", of=names["error"], letters=[[names["k"], new]])
        terms = [[1, [[names["t"], names["t"]]], []]]
        terms = [
            [1, [[names["t"]], [names["t"]]], []],
            [-2, [[names["t"]], [new]], []],
            [1, [[new], [new]], []],
        ]
        value = log("product", parts=[error, error])
        mean = log(
            "expectation", of=value, letter=names["z"], steps=[names["two"]], rows=1, cols=1, terms=terms
        )
        return log("substitute", of=mean, letters=[[new, names["k"]]])

    regression(log, square=renamed)


@case("the minimal value is another one")
def a_minimum_with_another_value(log):
    regression(log, value=lambda log, names: log.number("1/2"))


@case("the distance is not the expectation of a square")
def a_minimum_with_a_distance_that_was_written_down(log):
    def written(log, names):
        t, k = names["t"], names["k"]
        return log.terms(1, 1, [1, [[t], [t]], []], [-2, [[t], [k]], []], [1, [[k], [k]], []])

    regression(log, square=written)


@case("the distance is not the expectation of a square")
def a_minimum_with_a_distance_that_is_a_square_but_random(log):
    regression(log, square=lambda log, names: log("product", parts=[names["error"], names["error"]]))


@case("the distance is not the expectation of a square")
def a_minimum_with_the_expectation_of_a_product(log):
    def product(log, names):
        minus = log("product", parts=[log.number(-1), names["error"]])
        value = log("product", parts=[names["error"], minus])
        t, k = names["t"], names["k"]
        terms = [[-1, [[t], [t]], []], [2, [[t], [k]], []], [-1, [[k], [k]], []]]
        return log(
            "expectation", of=value, letter=names["z"], steps=[names["two"]], rows=1, cols=1, terms=terms
        )

    regression(log, square=product)


def below_zero(log, mean, **changes):
    """-2 as the minimum of a loss that does not depend on anything, if the mean of a square were -2."""
    k, zero, one = log.scalar("k"), log.number(0), log.number(1)
    factorised = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    at = log("quotient", of=zero, by=one, result=zero, solves=factorised)
    fields = {
        "letter": k, "factorised": factorised, "loss": log.number(-2), "candidate": zero, "square": mean,
        "normal": k, "direction": zero, "at": at, "power": zero, "explained": log("product", parts=[k, k]),
        "value": zero,
    }  # fmt: skip
    changed = {name: make(log, fields) for name, make in changes.items()}
    log("minimum", claim="", **fields | changed)


def mean_of_nothing(log):
    zero, z = log.number(0), log.gaussian("z", rows=1, cols=1)
    return log("expectation", of=log.square(zero), letter=z, steps=[], rows=1, cols=1, terms=[])


@case("the unknown is in a denominator")
def a_direction_with_a_pole_where_the_equation_vanishes(log):
    below_zero(log, mean_of_nothing(log), direction=lambda log, found: log.number(-1, [0, found["letter"]]))


@case("the unknown is misplaced")
def a_direction_with_the_inverse_of_the_unknown(log):
    log.size()
    mean, k, one = mean_of_nothing(log), log.matrix("K"), log.terms("d", "d", [1, [], IDENTITY])
    j, zero = log.matrix("J", inverse_of=k), log.terms("d", "d")
    factorised = log("factorised", of=k, letter=k, scale=log.number(1), F=one, C=zero)
    at = log("quotient", of=zero, by=one, result=zero, solves=factorised)
    square, nothing = log.number(1, [k, -k]), log.number(0)
    loss = log("product", parts=[log.number(-2), log("trace", of=one)])
    log(
        "minimum", claim="", letter=k, factorised=factorised, loss=loss, candidate=nothing, square=mean, normal=k,
        direction=log.terms("d", "d", [-1, [], [-j]]), at=at, power=nothing, explained=square, value=nothing,
    )  # fmt: skip


def minus_one(log, k, mean):
    """-1 >= 0 if a mean of a square were -1 at k = -1: the equation is k + 1 = 0."""
    one, zero, minus = log.number(1), log.number(0), log.number(-1)
    normal = log("sum", parts=[k, one])
    factorised = log("factorised", of=normal, letter=k, scale=one, F=one, C=minus)
    at = log("quotient", of=minus, by=one, result=minus, solves=factorised)
    explained = log("product", parts=[k, normal])
    log(
        "minimum", claim="", letter=k, factorised=factorised, loss=minus, candidate=zero, square=mean, normal=normal,
        direction=log.number("-1/2"), at=at, power=zero, explained=explained, value=zero,
    )  # fmt: skip


@case("the unknown is misplaced")
def an_unknown_that_is_a_variance(log):
    k = log.scalar("k")
    z = log.gaussian("z", rows=1, cols=1, scale=k)
    minus_one(log, k, mean_of(log, log.square(z), z, [1, [[k]], []]))


@case("the unknown is misplaced")
def an_unknown_that_is_a_size(log):
    k = log.size("k")
    x = log.gaussian("x", rows="k", cols=1)
    y = log.gaussian("y", rows="k", cols=1)
    inner = log.number(1, [-x, y])
    step = log("stein", letter=x, words=[[-x, y], [-x, y]], place=[0, 0], equals=[[1, [[-y, y]], 0]])
    terms = [[1, [[-y, y]], []]]
    mean = log("expectation", of=log.square(inner), letter=x, steps=[step], rows=1, cols=1, terms=terms)
    again = log("stein", letter=y, words=[[-y, y]], place=[0, 0], equals=[[1, [[k]], 0]])
    mean = log("expectation", of=mean, letter=y, steps=[again], rows=1, cols=1, terms=[[1, [[k]], []]])
    minus_one(log, k, mean)


SOLVES = "what it refers to does not solve its normal equation"


@case(SOLVES)
def a_normal_equation_that_is_not_the_one_that_is_solved(log):
    below_zero(log, mean_of_nothing(log), normal=lambda log, found: log.number(1, [found["letter"]]))


@case(SOLVES)
def a_solution_that_is_not_one_of_the_equation(log):
    below_zero(log, mean_of_nothing(log), at=lambda log, found: log.number(0))


@case(SOLVES)
def the_solution_of_another_equation(log):
    def again(log, found):
        one, zero = log.number(1), log.number(0)
        return log("factorised", of=found["normal"], letter=found["letter"], scale=one, F=one, C=zero)

    below_zero(log, mean_of_nothing(log), factorised=again)


@case(SOLVES)
def the_solution_for_another_letter(log):
    below_zero(log, mean_of_nothing(log), letter=lambda log, found: log.scalar("x"))


FIELDS = "its fields are not those of its rule"


@case(FIELDS)
def a_letter_that_says_that_it_solves_an_equation(log):
    k, zero, one = log.scalar("k"), log.number(0), log.number(1)
    factorised = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    log("letter", name="s", rows=1, cols=1, solves=factorised)


@case(FIELDS)
def an_equation_of_another_rule(log):
    """A minimum, with the fields of an equation that it does not solve."""
    regression(log)
    right = {k: v for k, v in log.entries[-1].items() if k not in ("id", "rule", "claim")}
    one, zero = log.number(1), log.number(0)
    log("minimum", claim="", **right, of=right["normal"], F=one, C=zero)


def mean_of(log, value, z, *terms):
    step = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    return log("expectation", of=value, letter=z, steps=[step], rows=1, cols=1, terms=list(terms))


@case("the distance is not the expectation of a square")
def a_sum_of_something_with_itself_is_no_square(log):
    z = log.gaussian("z", rows=1, cols=1)
    minus = log.number(-1, [z], [z])
    below_zero(log, mean_of(log, log("sum", parts=[minus, minus]), z, [-2, [], []]))


@case("its law is replaced")
def a_variance_is_replaced_by_a_negative_number(log):
    s = log.scalar("s")
    z = log.gaussian("z", rows=1, cols=1, scale=s)
    mean = mean_of(log, log.square(z), z, [1, [[s]], []])
    below_zero(log, log("substitute", of=mean, letters=[[s, log.number(-2)]]))


@case("its law is replaced")
def a_variance_is_replaced_after_something_asserted(log):
    s = log.scalar("s")
    z = log.gaussian("z", rows=1, cols=1, scale=s)
    mean = mean_of(log, log.square(z), z, [1, [[s]], []])
    log("asserted", claim="", why="", samples={"moments": [[[[0, 2]], log.scalar("f2")]]})
    below_zero(log, log("substitute", of=mean, letters=[[s, log.number(-2)]]))


@case("its law is replaced")
def a_covariance_is_replaced_by_what_is_none(log):
    log.size()
    s, u = log.matrix("S", symmetric=True), log.matrix("u", cols=1)
    z = log.gaussian("z", rows="d", cols=1, row_cov=s)
    inner = log.number(1, [-u, z])
    step = log("stein", letter=z, words=[[-u, z], [-u, z]], place=[0, 1], equals=[[1, [[-u, s, u]], 0]])
    terms = [[1, [[-u, s, u]], []]]
    mean = log("expectation", of=log.square(inner), letter=z, steps=[step], rows=1, cols=1, terms=terms)
    minus = log.terms("d", "d", [-1, [], IDENTITY])
    below_zero(log, log("substitute", of=mean, letters=[[s, minus]]))


@case("its law is replaced")
def the_inverse_of_a_covariance_is_replaced(log):
    log.size()
    a, w = log.matrix("A", symmetric=True), log.matrix("w", cols=1)
    j = log.matrix("J", symmetric=True, inverse_of=a)
    z = log.gaussian("z", rows="d", cols=1, row_cov=a)
    inner = log.number(1, [-z, j, w])
    step = log("stein", letter=z, words=[[-z, j, w], [-z, j, w]], place=[0, 0], equals=[[1, [[-w, j, w]], 0]])
    terms = [[1, [[-w, j, w]], []]]
    mean = log("expectation", of=log.square(inner), letter=z, steps=[step], rows=1, cols=1, terms=terms)
    below_zero(log, log("substitute", of=mean, letters=[[j, log.terms("d", "d", [-1, [], IDENTITY])]]))


@case("its law is replaced")
def what_a_covariance_is_the_inverse_of_is_replaced(log):
    log.size()
    a, w = log.matrix("A", symmetric=True), log.matrix("w", cols=1)
    j = log.matrix("J", symmetric=True, inverse_of=a)
    z = log.gaussian("z", rows="d", cols=1, row_cov=j)
    inner = log.number(1, [-z, a, w])
    step = log("stein", letter=z, words=[[-z, a, w], [-z, a, w]], place=[0, 0], equals=[[1, [[-w, a, w]], 0]])
    terms = [[1, [[-w, a, w]], []]]
    mean = log("expectation", of=log.square(inner), letter=z, steps=[step], rows=1, cols=1, terms=terms)
    below_zero(log, log("substitute", of=mean, letters=[[a, log.terms("d", "d", [-1, [], IDENTITY])]]))


@case("its law is replaced")
def the_moment_of_a_random_function_is_replaced(log):
    y, s, f2 = log.scalar("y_0"), log.scalar("s", at_least=0), log.scalar("f2")
    value = [[1, [[s]], []], [1, [[f2]], []]]
    moments = {"moments": [[[[0, 2]], f2]]}
    mean = log("asserted", claim="", why="", of=log.square(y), samples=moments, rows=1, cols=1, terms=value)
    other = log.terms(1, 1, [-2, [], []], [-1, [[s]], []])
    below_zero(log, log("substitute", of=mean, letters=[[f2, other]]))


@case("its law is replaced")
def a_size_in_the_mean_of_a_square_is_replaced_by_a_negative_number(log):
    d = log.size()
    z = log.gaussian("z", rows=1, cols=1)
    mean = mean_of(log, log.square(log.number(1, [z], [d])), z, [1, [[d], [d]], []])
    below_zero(log, log("substitute", of=mean, letters=[[d, log.number(-2)]]))


@case("the remainder is another one")
def a_variance_of_two_is_no_mean_of_minus_two(log):
    z = log.gaussian("z", rows=1, cols=1, scale=log.number(2))
    below_zero(log, mean_of(log, log.square(z), z, [2, [], []]))


@case("the distance is not the expectation of a square")
def a_minimum_with_the_expectation_of_what_was_written_down(log):
    def written(log, names):
        t, k, z = names["t"], names["k"], names["z"]
        square = log.terms(1, 1, [1, [[t], [t], [z], [z]], []])
        terms = [[1, [[t], [t]], []]]
        assert k
        return log("expectation", of=square, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)

    regression(log, square=written)


@case("the distance is not the expectation of a square")
def a_minimum_with_a_square_that_was_turned_and_not_averaged(log):
    def turned(log, names):
        return log("transpose", of=log("product", parts=[names["error"], names["error"]]))

    regression(log, square=turned)


@case("the distance is not the expectation of a square")
def a_minimum_with_a_square_in_which_a_letter_was_replaced(log):
    def replaced(log, names):
        square = log("product", parts=[names["error"], names["error"]])
        return log("substitute", of=square, letters=[[names["z"], log.number(1)]])

    regression(log, square=replaced)


@case("the remainder is another one")
def a_minimum_of_another_loss(log):
    regression(log, loss=lambda log, names: log.terms(1, 1, [1, [[names["t"]], [names["t"]]], []]))


@case("the remainder is another one")
def a_minimum_in_another_direction(log):
    regression(log, direction=lambda log, names: log.terms(1, 1, [1, [[names["t"]]], []]))


@case("the candidate has another loss")
def a_minimum_that_explains_more(log):
    regression(log, explained=lambda log, names: log.number(2, [names["k"]]))


@case("the unknown is misplaced")
def a_minimum_of_a_loss_with_the_unknown(log):
    regression(log, loss=lambda log, names: names["candidate"])


@case("the unknown is misplaced")
def a_minimum_of_a_loss_over_the_unknown(log):
    def over(log, names):
        return log("over", of=names["one"], by=log("sum", parts=[names["k"], names["one"]]))

    regression(log, loss=over)


@case("the unknown is misplaced")
def a_minimum_with_a_power_with_the_unknown(log):
    regression(log, power=lambda log, names: names["k"])


@case("what it refers to does not solve its normal equation")
def a_minimum_at_what_solves_nothing(log):
    regression(log, at=lambda log, names: log.number(1))


@case("what it refers to does not solve its normal equation")
def a_minimum_of_another_letter(log):
    regression(log, letter=lambda log, names: names["t"])


@case("what it refers to does not solve its normal equation")
def a_minimum_with_another_normal_equation(log):
    regression(log, normal=lambda log, names: log.terms(1, 1, [1, [[names["k"]]], []], [-1, [], []]))


@case("the solution is random")
def a_minimum_at_something_random(log):
    def normal(log, names):
        z, k, one = names["z"], names["k"], names["one"]
        names["normal"] = log.terms(1, 1, [1, [[k]], []], [-1, [[z]], []])
        names["solved"] = log("factorised", of=names["normal"], letter=k, scale=one, F=one, C=z)
        return names["normal"]

    shared = {}

    def remember(log, names):
        value = normal(log, names)
        shared.update(names)
        return value

    def at(log, names):
        one = names["one"]
        return log("quotient", of=names["z"], by=one, result=names["z"], solves=shared["solved"])

    regression(log, normal=remember, factorised=lambda log, names: shared["solved"], at=at)


# --- propositions -------------------------------------------------------------------------------------------


def attained(log, loss=None, **changes):
    """E (w z − z)² over z for the weight w is least, and 0, at w = 1; t is w in the minimum."""

    def averaged(log, names):
        t, z = names["t"], names["z"]
        error = log.terms(1, 1, [1, [[t], [z]], []], [-1, [[z]], []])
        terms = [[1, [[t], [t]], []], [-2, [[t]], []], [1, [], []]]
        value = log("product", parts=[error, error])
        return log("expectation", of=value, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)

    found = {}

    def remember(log, names):
        found.update(names)
        return (loss or averaged)(log, names)

    regression(log, loss=remember)
    minimum = len(log.entries) + 1
    w = log.scalar("w")
    found |= {"w": w, "minimum": minimum, "value": log.entries[-2]["value"]}
    fields = {
        "minimum": minimum, "computed": log.number(1, [w], [found["z"]]), "parameters": [[found["t"], w]],
        "weights": [[w, found["one"]]],
    }  # fmt: skip
    fields |= {name: make(log, found) for name, make in changes.items()}
    return log("attained", **fields), found


def stated_least(log):
    entry, found = attained(log)
    log("stated", name="q", text="0", stated=found["value"], derived=found["value"])
    return entry, found


@case()
def a_minimum_that_weights_attain(log):
    entry, found = stated_least(log)
    log("least_value", claim="p", name="q", attained=entry)
    log("every_minimiser", claim="r", attained=entry, prediction=found["z"])
    log("proposition", claim="s", kind="stable", names=["q"], facts=[found["minimum"], entry])


@case()
def a_minimum_at_weights_that_contain_the_unknown(log):
    attained(log, weights=lambda log, found: [[found["w"], found["k"]]])


@case()
def a_minimum_over_data_that_are_put_in(log):
    """y is 3 z, and the loss that of w y / 3."""

    def averaged(log, names):
        t, z, y = names["t"], names["z"], log.scalar("y")
        error = log.terms(1, 1, ["1/3", [[t], [y]], []], [-1, [[z]], []])
        value = log("product", parts=[error, error])
        log.entries_named["y"] = y
        data = log("substitute", of=value, letters=[[y, log.number(3, [z])]])
        terms = [[1, [[t], [t]], []], [-2, [[t]], []], [1, [], []]]
        return log("expectation", of=data, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)

    entry, found = attained(
        log,
        averaged,
        computed=lambda log, found: log.number("1/3", [found["w"]], [log.entries_named["y"]]),
    )
    log("every_minimiser", claim="r", attained=entry, prediction=found["z"])


@case("it refers to another entry than a minimum")
def weights_that_attain_no_minimum(log):
    attained(log, minimum=lambda log, found: found["one"])


@case("these weights do not attain the minimum")
def weights_at_another_place(log):
    attained(log, weights=lambda log, found: [[found["w"], log.number(2)]])


@case("it is another prediction than that of the loss")
def another_forward_pass(log):
    attained(log, computed=lambda log, found: log.number(2, [found["w"]], [found["z"]]))


@case("it is another prediction than that of the loss")
def a_forward_pass_without_its_parameter(log):
    attained(log, parameters=lambda log, found: [])


@case("it is another prediction than that of the loss")
def a_forward_pass_with_the_unknown(log):
    attained(log, computed=lambda log, found: log.number(1, [found["k"]], [found["z"]]))


TWICE = "a weight is named twice, or is random, in a law, in an inverse, or the unknown"


@case(TWICE)
def a_weight_with_two_values(log):
    attained(log, weights=lambda log, found: [[found["w"], found["one"]]] * 2)


@case(TWICE)
def a_weight_that_is_random(log):
    attained(log, weights=lambda log, found: [[found["z"], found["one"]]])


@case(TWICE)
def a_weight_that_is_the_unknown(log):
    attained(log, weights=lambda log, found: [[found["k"], found["one"]]])


@case(TWICE)
def a_weight_in_a_law(log):
    def weights(log, found):
        s = log.scalar("s")
        log.gaussian("v", rows=1, cols=1, scale=s)
        return [[s, found["one"]]]

    attained(log, weights=weights)


@case("a weight depends on what is random")
def weights_that_see_the_data(log):
    attained(log, weights=lambda log, found: [[found["w"], found["z"]]])


@case("a weight depends on what is random")
def parameters_that_see_the_data(log):
    attained(log, parameters=lambda log, found: [[found["t"], found["z"]]])


@case("it is not the expectation of a square")
def a_loss_that_was_written_down(log):
    attained(log, lambda log, names: names["loss"])


@case("the averages are not over all that is random")
def a_loss_that_is_random(log):
    """E over z alone of (t z − v)², where v is random, too."""

    def averaged(log, names):
        t, z, v = names["t"], names["z"], log.gaussian("v", rows=1, cols=1)
        error = log.terms(1, 1, [1, [[t], [z]], []], [-1, [[v]], []])
        value = log("product", parts=[error, error])
        terms = [[1, [[t], [t]], []], [1, [[v], [v]], []]]
        return log("expectation", of=value, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)

    names = least_of_nothing(log, averaged)
    log("attained", minimum=names["minimum"], computed=names["error"], parameters=[], weights=[])


def least_of_nothing(log, averaged):
    """A minimum loss ≥ v² of some average: loss = v² + E (t z)²."""
    t = log.scalar("t")
    z = log.gaussian("z", rows=1, cols=1)
    two = log("stein", letter=z, words=[[z], [z]], place=[0, 0], equals=[[1, [], 0]])
    loss = averaged(log, {"t": t, "z": z, "two": two})
    v = log.entries[-1]["terms"][-1][1][0][0]
    error = log.number(1, [t], [z])
    square = log(
        "expectation",
        of=log.square(error),
        letter=z,
        steps=[two],
        rows=1,
        cols=1,
        terms=[[1, [[t], [t]], []]],
    )
    k, one, zero = log.scalar("k"), log.number(1), log.number(0)
    factorised = log("factorised", of=k, letter=k, scale=one, F=one, C=zero)
    at = log("quotient", of=zero, by=one, result=zero, solves=factorised)
    bound = log.number(1, [v], [v])
    minimum = log(
        "minimum", claim="", letter=k, factorised=factorised, loss=loss, candidate=bound, square=square, normal=k,
        direction=zero, at=at, power=bound, explained=log("product", parts=[k, k]), value=bound,
    )  # fmt: skip
    return {"minimum": minimum, "error": error}


@case("what is random is put in after an average")
def data_that_are_put_in_after_an_average(log):
    """E over z of (t z − y)², and then z for y: the two would be one letter and independent."""

    def averaged(log, names):
        t, z, y = names["t"], names["z"], log.scalar("y")
        error = log.terms(1, 1, [1, [[t], [z]], []], [-1, [[y]], []])
        value = log("product", parts=[error, error])
        terms = [[1, [[t], [t]], []], [1, [[y], [y]], []]]
        mean = log("expectation", of=value, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)
        v = log.gaussian("v", rows=1, cols=1)
        mean = log("substitute", of=mean, letters=[[y, v]])
        log("data", of=mean, rows=1, cols=1, terms=[[1, [[t], [t]], []], [1, [[v], [v]], []]])
        return mean

    names = least_of_nothing(log, averaged)
    log("attained", minimum=names["minimum"], computed=names["error"], parameters=[], weights=[])


@case("the two averages are over other data")
def a_square_over_other_data(log):
    """The loss has 3 z in the place of y, the distance has 2 z."""

    def averaged(times):
        def build(log, names):
            t, k, z = names["t"], names["k"], names["z"]
            y = log.entries_named.setdefault("y", 0) or log.scalar("y")
            log.entries_named["y"] = y
            rest = [[-1, [[z]], []]] if times == 3 else [[f"-1/{times}", [[k], [y]], []]]
            error = log.terms(1, 1, [f"1/{times}", [[t], [y]], []], *rest)
            value = log("product", parts=[error, error])
            data = log("substitute", of=value, letters=[[y, log.number(times, [z])]])
            other = (
                [[-2, [[t]], []], [1, [], []]] if times == 3 else [[-2, [[t], [k]], []], [1, [[k], [k]], []]]
            )
            terms = [[1, [[t], [t]], []], *other]
            return log("expectation", of=data, letter=z, steps=[names["two"]], rows=1, cols=1, terms=terms)

        return build

    regression(log, loss=averaged(3), square=averaged(2))
    log("attained", minimum=len(log.entries) + 1, computed=log.number(1), parameters=[], weights=[])


UNKNOWN_LEAST = "it names no stated quantity, or no minimum that is attained"


@case(UNKNOWN_LEAST)
def a_least_value_that_is_not_stated(log):
    entry, _ = attained(log)
    log("least_value", claim="p", name="q", attained=entry)


@case(UNKNOWN_LEAST)
def a_least_value_of_what_is_not_attained(log):
    _, found = stated_least(log)
    log("least_value", claim="p", name="q", attained=found["minimum"])


@case("the stated quantity is another value")
def a_least_value_that_is_another_quantity(log):
    entry, found = attained(log)
    log("stated", name="q", text="1", stated=found["one"], derived=found["one"])
    log("least_value", claim="p", name="q", attained=entry)


@case()
def a_least_value_in_a_letter_that_stands_for_something(log):
    entry, _ = attained(log)
    x = log.scalar("x")
    log("stated", name="q", text="x", stated=x, derived=x)
    log("least_value", claim="p", name="q", attained=entry, letters=[[x, log.number(0)]])


@case("it names no minimum that is attained")
def minimisers_of_what_is_not_attained(log):
    _, found = attained(log)
    log("every_minimiser", claim="p", attained=found["minimum"], prediction=found["z"])


@case("the minimisers predict something else")
def minimisers_that_predict_something_else(log):
    entry, found = attained(log)
    log("every_minimiser", claim="p", attained=entry, prediction=log.number(2, [found["z"]]))


UNKNOWN_FACT = "it names what is no stated quantity, or an entry that states no fact"


@case(UNKNOWN_FACT)
def a_proposition_of_a_quantity_that_is_not_stated(log):
    log("proposition", claim="p", kind="stable", names=["r"], facts=[])


@case(UNKNOWN_FACT)
def a_proposition_from_prose(log):
    step = log("step", title="hence")
    log("proposition", claim="p", kind="stable", names=[], facts=[step])


@case("the header announces another proposition")
def a_proposition_that_is_not_announced(log):
    log("proposition", claim="not announced", kind="stable", names=[], facts=[])


# --- statements ---------------------------------------------------------------------------------------------


@case()
def a_whole_certificate(log):
    one = log.number(1)
    log("step", title="a heading")
    log("stated", name="q", text="1", stated=one, derived=log.number("2/2"))
    log("verdict", verdict="proved", entries=6)


@case("q is not what was derived")
def a_statement_that_is_wrong(log):
    log("stated", name="q", text="1", stated=log.number(1), derived=log.number(2))


@case("q is not announced once")
def a_statement_twice(log):
    one = log.number(1)
    log("stated", name="q", text="1", stated=one, derived=one)
    log("stated", name="q", text="1", stated=one, derived=one)


@case("p is not announced once")
def a_statement_that_is_not_announced(log):
    one = log.number(1)
    log("stated", name="p", text="1", stated=one, derived=one)


@case("it does not prove all that is stated, or lines are missing")
def a_verdict_without_the_statement(log):
    log.number(1)
    log("verdict", verdict="proved", entries=3)


@case("it does not prove all that is stated, or lines are missing")
def another_verdict(log):
    one = log.number(1)
    log("stated", name="q", text="1", stated=one, derived=one)
    log("verdict", verdict="undecided", entries=4)


@case("it does not prove all that is stated, or lines are missing")
def a_verdict_on_fewer_lines(log):
    one = log.number(1)
    log("stated", name="q", text="1", stated=one, derived=one)
    log("verdict", verdict="proved", entries=3)


@case("a letter of a condition is related to other letters")
def a_condition_on_what_is_a_sum_of_squares(log):
    s, t = log.scalar("s"), log.scalar("t")
    log("over", of=log.number(1), by=log.terms(1, 1, [1, [[s]], []], [-1, [[t]], []]))
    log("asserted", claim="", why="", phases={"squares": [[s]]})


@case()
def an_asserted_fact_and_an_asserted_value(log):
    x = log.scalar("x")
    log("asserted", claim="c", why="w")
    log("asserted", claim="c", why="w", rows=1, cols=1, terms=[[1, [[x]], []]], of=x)


@case()
def a_condition_on_traces_of_a_fixed_size(log):
    """tr(H)² + tr(H²) is not zero for a matrix of ones."""
    h = log.matrix("H", 2, 2)
    log("over", of=log.number(1), by=log.terms(1, 1, [1, [[h], [h]], []], [1, [[h, h]], []]))


@case()
def a_condition_on_products_of_vectors(log):
    log.size()
    u, v, w = (log.matrix(name, cols=1) for name in "uvw")
    log("over", of=log.number(1), by=log.terms(1, 1, [1, [[-u, v]], []], [-1, [[-u, w]], []]))


@case()
def the_inverse_of_a_product_of_a_fixed_size(log):
    a, b = log.matrix("A", 2, 2), log.matrix("B", 2, 2)
    log.matrix("J", 2, 2, inverse_of=log.terms(2, 2, [1, [], [a, b]]))


@case()
def the_inverse_of_a_matrix_over_a_trace(log):
    """(I + H)/tr(H) has an inverse where I + H has one."""
    h = log.matrix("H", 2, 2)
    log.matrix("J", 2, 2, inverse_of=log.terms(2, 2, [1, [[0, h]], []], [1, [[0, h]], [h]]))


@case("what it is the inverse of may never have one: its sizes are fixed, or too small")
def the_inverse_of_a_sum_of_products_of_a_fixed_size(log):
    """No reason is known, though it has one."""
    a, b = log.matrix("A", 2, 2), log.matrix("B", 2, 2)
    log.matrix("J", 2, 2, inverse_of=log.terms(2, 2, [1, [], [a]], [1, [], [b]]))


@case("its fields are not those of its rule")
def a_letter_with_another_field(log):
    log("letter", name="x", rows=1, cols=1, other=log.number(1))


@case("the scale is no scalar")
def an_equation_with_a_matrix_as_its_scale(log):
    log.size()
    k, a, one = log.matrix("K"), log.matrix("A"), log.terms("d", "d", [1, [], []])
    of, zero = log("product", parts=[a, k]), log.terms("d", "d")
    log("factorised", of=of, letter=k, scale=a, F=one, C=zero)


@case("its fields are not those of its rule")
def an_asserted_fact_with_another_field(log):
    log("asserted", claim="c", why="w", phases={}, samples={}, other=log.number(1))


# --- averages over a number of tokens -----------------------------------------------------------------------


def delta_rule(log, **other):
    """e ← e − xx'e from e = w, for tokens x: the mean of e'e is d (d + 1)ⁿ after n of them."""
    n, d, w, x = log.size("n"), log.size(), log.gaussian("w", cols=1), log.gaussian("x", cols=1)
    e, P = log.matrix("e", cols=1), log.scalar("P")
    ee, xe, xx = [-e, e], [-x, e], [-x, x]
    after = log.terms("d", 1, [1, [], [e]], [-1, [xe], [x]])
    base, norm = log.terms(1, 1, [1, [[d]], []], [1, [], []]), log.number(1, ee)
    begun = log("substitute", of=norm, letters=[[e, w]])
    ww = log("stein", letter=w, words=[[-w, w]], place=[0, 0], equals=[[1, [[d]], 0]])
    first = log("expectation", of=begun, letter=w, steps=[ww], rows=1, cols=1, terms=[[1, [[d]], []]])
    moved = log("substitute", of=norm, letters=[[e, after]])
    two = log("stein", letter=x, words=[xe, xe], place=[0, 0], equals=[[1, [ee], 0]])
    four = [[1, [[d]], two], [2, [], two]]
    four = log("stein", letter=x, words=[xe, xe, xx], place=[2, 0], equals=four)
    terms = [[1, [[d], ee], []], [1, [ee], []]]
    later = log("expectation", of=moved, letter=x, steps=[two, four], rows=1, cols=1, terms=terms)
    u = log.number(1, [d], [P])
    fields = {
        "of": norm, "tokens": n, "state": [[e, w, after]], "fresh": [x], "powers": [[P, base]],
        "means": [[[ee], u, first, later]], "result": u,
    }  # fmt: skip
    names = {"n": n, "d": d, "w": w, "x": x, "e": e, "P": P, "first": first, "later": later, "u": u}
    return fields, names | {"after": after, "norm": norm, "base": base, "ee": ee}


@case()
def an_average_over_tokens(log):
    fields, of = delta_rule(log)
    found = log("recursion", **fields)
    log("equal", claim="c", left=found, right=log.number(1, [of["d"]], [of["P"]]))


def tokens_case(sentence):
    """The delta rule with other fields, which a function makes from the right ones."""

    def add(change):
        def build(log):
            fields, of = delta_rule(log)
            changed = change(log, of)
            log("recursion", **(fields | changed))

        CASES[change.__name__] = (build, sentence)
        return change

    return add


@tokens_case("a mean is another one before all tokens")
def a_mean_with_another_start(log, of):
    u = log.number(2, [of["d"]], [of["P"]])
    return {"means": [[[of["ee"]], u, of["first"], of["later"]]], "result": u}


@tokens_case("a mean is another one a token later")
def a_power_of_another_base(log, of):
    return {"powers": [[of["P"], of["d"]]]}


@tokens_case("a mean is another one a token later")
def a_mean_that_grows_with_the_tokens(log, of):
    u = log.terms(1, 1, [1, [[of["d"]], [of["P"]]], []], [1, [[of["n"]]], []])
    return {"means": [[[of["ee"]], u, of["first"], of["later"]]], "result": u}


@tokens_case("the result is another one")
def a_result_that_is_not_the_mean(log, of):
    return {"result": log.number(1, [of["P"]])}


@tokens_case("it is no average of the traces of the state")
def another_step_than_the_one_averaged(log, of):
    e, x = of["e"], of["x"]
    return {"state": [[e, of["w"], log.terms("d", 1, [1, [], [e]], [-2, [[-x, e]], [x]])]]}


@tokens_case("it is no average of the traces of the state")
def another_beginning_than_the_one_averaged(log, of):
    return {"state": [[of["e"], log.terms("d", 1, [2, [], [of["w"]]]), of["after"]]]}


@tokens_case("it is no average of the traces of the state")
def an_average_that_is_divided_by_something(log, of):
    half = log("over", of=of["first"], by=log.number(2))
    return {"means": [[[of["ee"]], of["u"], half, of["later"]]]}


@tokens_case("a token averages over what is drawn once")
def a_token_that_is_not_said_to_be_drawn_anew(log, of):
    return {"fresh": []}


@tokens_case("a letter that is drawn anew is in what is left of a token")
def a_token_that_is_in_the_beginning(log, of):
    return {"fresh": [of["x"], of["w"]]}


@tokens_case("a mean is random, or holds the state")
def a_mean_that_holds_the_state(log, of):
    u = log.number(1, of["ee"], [of["P"]])
    return {"means": [[[of["ee"]], u, of["first"], of["later"]]]}


@tokens_case("a mean is random, or holds the state")
def a_beginning_that_is_not_averaged(log, of):
    begun = log.number(1, [-of["w"], of["w"]])
    return {"means": [[[of["ee"]], of["u"], begun, of["later"]]]}


@tokens_case("a step depends on the number of tokens")
def a_power_of_the_number_of_tokens(log, of):
    return {"powers": [[of["P"], of["n"]]]}


@tokens_case("a step depends on the number of tokens")
def a_beginning_with_a_power(log, of):
    return {"state": [[of["e"], log.terms("d", 1, [1, [[of["P"]]], [of["w"]]]), of["after"]]]}


@tokens_case("a power is no number, or something else is assumed of it")
def a_power_that_is_positive(log, of):
    return {"powers": [[log.scalar("Q", at_least=1), of["base"]], [of["P"], of["base"]]]}


@tokens_case("a power is no number, or something else is assumed of it")
def a_power_that_is_a_matrix(log, of):
    return {"powers": [[log.matrix("Q"), of["base"]], [of["P"], of["base"]]]}


@tokens_case("a letter of the state, a power or the number of tokens is named twice")
def a_power_that_is_the_number_of_tokens(log, of):
    return {"tokens": of["P"]}


@tokens_case("a letter of the state, a power or the number of tokens is named twice")
def a_state_with_two_steps(log, of):
    return {"state": [[of["e"], of["w"], of["after"]], [of["e"], of["w"], of["w"]]]}


@tokens_case("a letter of the state is random, in a law, or in an inverse")
def a_state_that_is_random(log, of):
    return {"state": [[of["w"], of["w"], of["w"]]]}


@tokens_case("a letter of the state is random, in a law, or in an inverse")
def a_state_in_a_law(log, of):
    s = log.scalar("s")
    log.gaussian("z", rows=1, cols=1, scale=s)
    return {"state": [[of["e"], of["w"], of["after"]], [s, s, s]]}


@tokens_case("a product of traces has two means")
def a_product_of_traces_with_two_means(log, of):
    return {"means": [[[of["ee"]], of["u"], of["first"], of["later"]]] * 2}


@tokens_case("a product of traces of the state has no mean")
def a_quantity_without_a_mean(log, of):
    return {"of": log.number(1, of["ee"], of["ee"])}


@tokens_case("what is averaged is no scalar, or has a random denominator")
def a_quantity_over_the_state(log, of):
    below = log.terms(1, 1, [1, [of["ee"]], []], [1, [], []])
    return {"of": log("over", of=log.number(1), by=below)}


@tokens_case("what is averaged is no scalar, or has a random denominator")
def a_quantity_that_is_a_vector(log, of):
    return {"of": of["e"]}


@case("a power, or what it is made of, is replaced")
def a_power_that_is_replaced(log):
    fields, of = delta_rule(log)
    found = log("recursion", **fields)
    log("substitute", of=found, letters=[[of["P"], log.number(7)]])


@case("a power, or what it is made of, is replaced")
def a_number_of_tokens_that_is_replaced(log):
    fields, of = delta_rule(log)
    found = log("recursion", **fields)
    log("substitute", of=found, letters=[[of["n"], log.number(7)]])


@case("a power means two things")
def a_power_of_two_bases(log):
    fields, of = delta_rule(log)
    log("recursion", **fields)
    one = log.number(1)
    log("recursion", **(fields | {"of": one, "powers": [[of["P"], one]], "means": [], "result": one}))


def check_case(checker, monkeypatch, case):
    """A case of a rule: its log is rejected at its last entry, with the sentence that is said."""
    build, sentence = case
    log = Log()
    build(log)
    found, running = run(checker, log.entries, monkeypatch)
    assert found == sentence
    assert running.id == log.entries[-1]["id"], "it was rejected before its last entry"


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
