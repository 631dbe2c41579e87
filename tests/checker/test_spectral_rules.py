"""The rules for sums over eigenvalues and for polynomials under the law of Marchenko and Pastur: forged, too."""

from functools import partial

import pytest

from checker.test_landscape_rules import changed
from checker.test_rules import case as any_case
from checker.test_rules import check_case

CASES = {}
case = partial(any_case, cases=CASES)


# --- polynomials --------------------------------------------------------------------------------------------


def recursion(log, size, slope, below, first, powers, mean, later):
    """v_0 = 1, v_1 = first, v_(k+1) = slope v_k − below v_(k−1); ``mean`` and ``later`` are v_k and v_(k+1)."""
    v, w = (log.scalar(f"{name} {len(log.entries)}") for name in "vw")
    one, minus = log.number(1), log.number(-1)
    less = log("product", parts=[minus, below, v])
    after = log("sum", parts=[log("product", parts=[slope, w]), less])
    return log(
        "recursion", of=v, tokens=size, state=[[v, one, w], [w, first, after]], fresh=[], powers=powers,
        means=[[[[v]], mean, one, w], [[[w]], later, first, after]], result=mean,
    )  # fmt: skip


def least(log, again=None, **changes):
    """The law at L layers: q_L(0) = (−1)^L (1 − c c^L)/(1 − c) and ∫q_L = (−c)^L.

    ``again`` has a second letter for one of the powers in the sines.
    """
    c, r, u = (log.scalar(name) for name in "cru")
    k, L = log.size("k"), log.size("L")
    one, minus = log.number(1), log.number(-1)
    down = log("over", of=one, by=u)
    step = log("product", parts=[r, log("sum", parts=[u, down])])
    span = log("sum", parts=[u, log("product", parts=[minus, down])])
    up, over = log("product", parts=[r, u]), log("product", parts=[r, down])
    p, q = log.scalar("(ru)^k"), log.scalar("(r/u)^k")

    def wave(rising, falling):
        ends = log("product", parts=[u, *rising]), log("product", parts=[minus, down, *falling])
        return log("over", of=log("sum", parts=list(ends)), by=span)

    sines = recursion(
        log,
        k,
        step,
        log.square(r),
        step,
        [*([[log.scalar("p"), up]] if again else []), [p, up], [q, over]],
        wave([p], [q]),
        wave([p, up], [q, over]),
    )
    slope = log.terms(1, 1, [-1, [], []], [-1, [[c]], []])
    first = log.number(-1, [c])
    signs, geometric = log.scalar("(-1)^L"), log.scalar("(-c)^L")
    gap = log.terms(1, 1, [1, [], []], [-1, [[c]], []])
    bases = [[signs, minus], [geometric, first]]
    below, above = (
        log("over", of=log.terms(1, 1, [s, [[signs]], []], [-s, [[c]] * m + [[geometric]], []]), by=gap)
        for s, m in ((1, 1), (-1, 2))
    )
    at_zero = recursion(log, L, slope, c, slope, bases, below, above)
    moved = log("product", parts=[first, geometric])
    integral = recursion(log, L, slope, c, first, [[geometric, first]], geometric, moved)
    moments = [one, log.terms(1, 1, [1, [], []], [1, [[c]], []])]
    fields = {
        "ratio": c, "radius": r, "turn": u, "sines": sines, "parts": [geometric, below], "moments": moments,
        "at_zero": at_zero, "integral": integral,
    }  # fmt: skip
    found = changed(log, fields, changes)
    log("least_polynomial", claim="p", **{name: x for name, x in found.items() if x is not None})


def instead(name):
    """Another field in the place of one."""
    return lambda log, f: f[name]


@case()
def the_law_for_every_number_of_layers(log):
    least(log)


@case()
def the_law_without_moments(log):
    least(log, moments=lambda log, f: [])


@case()
def the_law_for_one_layer(log):
    """c/(1 + c), with both signs turned."""
    least(
        log, layers=lambda log, f: 1,
        parts=lambda log, f: [log.number(-1, [f["ratio"]]), log.terms(1, 1, [-1, [], []], [-1, [[f["ratio"]]], []])],
    )  # fmt: skip


@case("a letter is no number, or named twice")
def the_ratio_is_the_radius(log):
    least(log, ratio=instead("radius"))


@case("it is another recursion")
def values_at_zero_for_the_sines(log):
    least(log, sines=instead("at_zero"))


@case("it is another recursion")
def the_integral_is_that_of_values_at_zero(log):
    least(log, integral=instead("at_zero"))


@case("it names no recursion of two letters")
def a_number_for_a_recursion(log):
    least(log, at_zero=lambda log, f: f["parts"][0])


@case("it is another recursion")
def the_radius_is_the_root_of_another_number(log):
    """With r for u and u for r the step is another one."""
    least(log, radius=instead("turn"), turn=instead("radius"))


@case("the polynomials are no sines")
def sines_in_two_letters_for_one_power(log):
    least(log, again=lambda log, f: True)


@case("it has neither a number of layers nor two recursions")
def a_law_with_one_recursion(log):
    least(log, at_zero=lambda log, f: None)


@case("the least value is another one")
def the_fraction_is_turned(log):
    least(log, parts=lambda log, f: f["parts"][::-1])


@case("the least value is another one")
def the_law_of_another_number_of_layers(log):
    least(log, layers=lambda log, f: 2)


@case("the moment 2 is another one")
def a_moment_of_another_law(log):
    least(
        log, moments=lambda log, f: [f["moments"][0], log.terms(1, 1, [1, [], []], [2, [[f["ratio"]]], []])]
    )


@case("the two recursions are over other numbers")
def two_numbers_of_layers(log):
    def other(log, f):
        c, m = f["ratio"], log.size("M")
        slope, first = log.terms(1, 1, [-1, [], []], [-1, [[c]], []]), log.number(-1, [c])
        power = log.scalar("(-c)^M")
        moved = log("product", parts=[first, power])
        return recursion(log, m, slope, c, first, [[power, first]], power, moved)

    least(log, integral=other)


# --- eigenvalues --------------------------------------------------------------------------------------------


def sums(log, **changes):
    """tr(H R) + u'H v, R = (H + a I)⁻¹, as the sum of x/(a + x) + x u_i v_i."""
    d, a = log.size(), log.scalar("a")
    H = log.matrix("H", symmetric=True)
    u, v = (log.matrix(name, cols=1) for name in "uv")
    base = log.terms("d", "d", [1, [], [H]], [1, [[a]], []])
    R = log.matrix("R", symmetric=True, inverse_of=base)
    x, y, z, s = (log.scalar(name) for name in ("x", "u_i", "v_i", "s"))
    one = log.number(1)
    of = log.terms(1, 1, [1, [[H, R]], []], [1, [[-u, H, v]], []])
    share = log("over", of=x, by=log.terms(1, 1, [1, [[x]], []], [1, [[a]], []]))
    summand = log("sum", parts=[share, log.number(1, [x], [y], [z])])
    fields = {
        "of": of, "matrices": [H], "eigenvalue": x, "components": [[u, y], [v, z]],
        "sums": [[s, [[one, [H, R]], [one, [-u, H, v]]], summand]], "value": s,
    }  # fmt: skip
    log.entries_named = {"d": d, "a": a, "R": R, "base": base}
    log("eigenvalue_sums", claim="p", **changed(log, fields, changes))


def first_sum(**changes):
    """The first sum with another letter, other traces, or another summand."""

    def change(log, f):
        names = ("s", "terms", "g")
        row = dict(zip(names, f["sums"][0], strict=True))
        row |= {name: make(log, f) for name, make in changes.items()}
        return [[row[name] for name in names], *f["sums"][1:]]

    return change


@case()
def a_sum_over_eigenvalues(log):
    sums(log)


@case("it has no matrices")
def no_matrix(log):
    sums(log, matrices=lambda log, f: [])


@case("it has no matrices")
def one_matrix_twice(log):
    sums(log, matrices=lambda log, f: f["matrices"] * 2)


NOT_SYMMETRIC = "a matrix is not symmetric or square, or a vector has another size"


@case(NOT_SYMMETRIC)
def a_matrix_that_is_not_symmetric(log):
    sums(log, matrices=lambda log, f: [log.matrix("A")])


@case(NOT_SYMMETRIC)
def components_beside_two_matrices(log):
    sums(log, matrices=lambda log, f: [*f["matrices"], log.matrix("S", symmetric=True)])


@case(NOT_SYMMETRIC)
def a_vector_of_another_size(log):
    def other(log, f):
        log.size("m")
        return [[log.matrix("w", rows="m", cols=1), y] for _, y in f["components"][:1]] + f["components"][1:]

    sums(log, components=other)


NO_NUMBER = "a letter of a sum is no number, assumed to be something, or named twice"


@case(NO_NUMBER)
def an_eigenvalue_that_is_assumed_to_be_positive(log):
    sums(log, eigenvalue=lambda log, f: log.scalar("t", at_least=0))


@case(NO_NUMBER)
def an_eigenvalue_that_is_a_component(log):
    sums(log, eigenvalue=lambda log, f: f["components"][0][1])


@case("a letter of a sum is in use, or related to other letters")
def an_eigenvalue_that_is_in_the_formula(log):
    sums(log, eigenvalue=lambda log, f: log.entries_named["a"])


@case(NO_NUMBER)
def a_random_eigenvalue(log):
    sums(log, eigenvalue=lambda log, f: log.gaussian("z", rows=1, cols=1))


@case("a factor holds a letter of a sum")
def a_factor_with_the_eigenvalue(log):
    sums(log, sums=first_sum(terms=lambda log, f: [[f["eigenvalue"], []]]))


@case("a summand holds its own sum, or a later one")
def a_summand_with_its_own_sum(log):
    sums(log, sums=first_sum(g=lambda log, f: f["sums"][0][0]))


WRONG = "a summand is another one"


@case(WRONG)
def a_summand_without_the_vectors(log):
    sums(log, sums=first_sum(terms=lambda log, f: f["sums"][0][1][:1]))


@case(WRONG)
def a_summand_with_another_factor(log):
    sums(log, sums=first_sum(terms=lambda log, f: [[log.number(2), word] for _, word in f["sums"][0][1]]))


@case(WRONG)
def a_summand_that_is_one_more(log):
    sums(log, sums=first_sum(g=lambda log, f: log("sum", parts=[f["sums"][0][2], log.number(1)])))


@case(WRONG)
def a_trace_of_the_identity_beside(log):
    """tr(I) = d is a sum of ones."""
    sums(log, sums=first_sum(terms=lambda log, f: [*f["sums"][0][1], [log.number(1), []]]))


@case("a matrix, or a summand, is left")
def a_value_with_the_matrix(log):
    sums(log, value=lambda log, f: f["of"])


@case("a matrix, or a summand, is left")
def a_value_with_an_inverse_of_the_matrix(log):
    """tr(R) has H in it, which is not seen in the word."""
    sums(log, value=lambda log, f: log.number(1, [log.entries_named["R"]]))


@case("the sums are another value")
def a_value_that_is_twice_the_sum(log):
    sums(log, value=lambda log, f: log.number(2, [f["value"]]))


VECTOR = "a word has one vector, or no row at its beginning"


@case(VECTOR)
def a_vector_without_components(log):
    sums(log, components=lambda log, f: f["components"][:1])


@case(VECTOR)
def a_column_at_the_beginning(log):
    def turned(log, f):
        (u, _), (v, _) = f["components"]
        return [f["sums"][0][1][0], [log.number(1), [v, -u, f["matrices"][0]][:2]]]

    sums(log, sums=first_sum(terms=turned))


@case("a letter is no function of the matrices")
def another_matrix_in_a_word(log):
    sums(log, sums=first_sum(terms=lambda log, f: [[log.number(1), [f["matrices"][0], log.matrix("A")]]]))


def of_a_product(log, word, sum_=None, **more):
    """tr(word) with the matrices H and K, and R = (H K + a I)⁻¹."""
    log.size()
    a = log.scalar("a")
    H, K = (log.matrix(name, symmetric=True) for name in "HK")
    base = log.terms("d", "d", *(sum_(H, K, a) if sum_ else ([1, [], [H, K]], [1, [[a]], []])))
    R = log.matrix("R", inverse_of=base, **more)
    x, s = log.scalar("x"), log.scalar("s")
    found = word(H, K, R)
    share = log("over", of=x, by=log.terms(1, 1, [1, [[x]], []], [1, [[a]], []]))
    log(
        "eigenvalue_sums", claim="p", of=log.number(1, found), matrices=[H, K], eigenvalue=x, components=[],
        sums=[[s, [[log.number(1), found]], share]], value=s,
    )  # fmt: skip


@case()
def a_function_of_a_product(log):
    of_a_product(log, lambda H, K, R: [H, K, R])


@case()
def a_function_of_a_product_transposed(log):
    of_a_product(log, lambda H, K, R: [K, H, -R])


@case()
def a_function_of_a_product_in_between(log):
    """tr(H (K H + a I)⁻¹ K)."""
    of_a_product(log, lambda H, K, R: [H, -R, K])


NO_FUNCTION = "a word is no function of one matrix"


@case(NO_FUNCTION)
def a_product_with_the_inverse_of_the_other_one(log):
    of_a_product(log, lambda H, K, R: [K, H, R])


@case(NO_FUNCTION)
def one_of_two_matrices_alone(log):
    of_a_product(log, lambda H, K, R: [H, R])


@case(NO_FUNCTION)
def two_products_that_do_not_take_turns(log):
    of_a_product(log, lambda H, K, R: [H, H, K, K])


@case(NO_FUNCTION)
def an_inverse_of_both_products(log):
    of_a_product(log, lambda H, K, R: [H, K, R], lambda H, K, a: ([1, [], [H, K]], [1, [[a]], [K, H]]))


@case("a number is added to what is no function of one matrix")
def an_inverse_of_one_matrix_and_a_number(log):
    of_a_product(log, lambda H, K, R: [H, R], lambda H, K, a: ([1, [], [H]], [1, [[a]], []]), symmetric=True)


@pytest.mark.parametrize("name", CASES)
def test_a_rule(checker, monkeypatch, name):
    check_case(checker, monkeypatch, CASES[name])
