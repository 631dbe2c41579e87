"""What is said about a refuted claim is to the point: no tautologies, and no query token where none is counted."""

import pytest

import symicl

DECLARED = """
dims n, d
A : matrix(d, d)
X ~ gaussian(n, d)
x ~ N(0, I_d)
e ~ N(0, I_n)
G ~ gaussian(d, d)
"""


def hint(text, declared=DECLARED):
    found = symicl.check(f"{declared}claim {text}")[0]
    assert found.verdict == "refuted"
    return "" if found.convention is None else found.convention.name


QUERY = "n or n + 1, as when the query token is counted"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("E[X' X] = (n + 1) I", QUERY),
        ("E[tr(X' X)] = (n - 1) d", QUERY),
        ("E[tr(X' X)] = n (d + 1)", "a number off by one"),
        ("E[x' x] = d + 1", "a number off by one"),
        ("E[x' x] = d - 1", "a number off by one"),
        ("E[e' e] = n + 1", QUERY),
        ("E[tr(X' X X' X)] = n d (n + d + 2)", "a number off by one"),
        ("E[tr(X' X X' X)] = n d (n + d)", "a number off by one"),
        ("E[tr(X' X)] = d", "1/n or not"),
        ("E[tr(X' X)] = n", "a factor too few or too many"),
        ("E[x' A x] = tr(A)/d", "a factor too few or too many"),
        ("E[X' X/n] = n I", "1/n or not"),
    ],
)
def test_a_query_token_is_one_more_example(text, name):
    assert hint(text) == name


def test_the_number_of_examples_has_the_name_that_it_was_given():
    declared = "dims N, p\nX ~ gaussian(N, p)\n"
    assert hint("E[X' X] = (N + 1) I", declared) == "N or N + 1, as when the query token is counted"
    assert hint("E[tr(X' X)] = N (p + 1)", declared) == "a number off by one"


def test_the_sizes_of_a_square_matrix_count_no_examples():
    assert hint("E[G' G] = (d + 1) I") == "a number off by one"


@pytest.mark.parametrize(
    "text",
    [
        "A A' = A' A",
        "A + A' = A - A'",
        "A + A' = A' - A",
        "1/(n + d + 1) = 1/(n + d + 2)",
        "tr(A) + n = tr(A) + n + 1",
    ],
)
def test_that_a_side_is_equal_to_itself_is_no_hint(text):
    assert hint(text) == ""


def test_a_rule_of_algebra_is_a_hint():
    assert hint("(A G)' = A' G'") == "the order of factors"
