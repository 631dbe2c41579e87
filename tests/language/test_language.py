"""From text to trees and back: round trips, LaTeX and plain text alike, names, and nothing that is executed."""

import string
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symicl
from symicl.errors import InputError
from symicl.language import tree as t
from symicl.language.bounds import MAX_EXPONENT
from symicl.language.moments import moment
from symicl.language.names import RESERVED
from symicl.language.parser import parse
from symicl.language.source import Source
from symicl.language.tree import NOWHERE
from symicl.language.writing import write

quick = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def formula(text):
    """The tree of one side of a claim."""
    (statement,) = parse(Source(f"claim {text} = 1\n"))
    return statement.body.left


def latex(text):
    return formula(f"${text}$")


# --- round trips -----------------------------------------------------------------------------------------

names = st.one_of(
    st.sampled_from(["n", "d", "Sigma", "A", "x", "beta_star", "sigma2", "x_1", "T2"]),
    st.text(string.ascii_letters, min_size=1, max_size=6).filter(lambda w: w not in RESERVED),
)
numbers = st.builds(lambda k, j: t.Number(Fraction(k, 10**j)), st.integers(0, 10**6), st.integers(0, 3))
leaves = st.one_of(
    numbers,
    st.builds(t.Name, names),
    st.sampled_from([t.Identity(None), t.Identity("d"), t.Identity("3"), t.Ones("d"), t.Ones("3")]),
    st.builds(
        t.Library,
        st.sampled_from(["minimum", "loss", "coefficient"]),
        st.builds(t.Name, names),
        st.builds(t.Name, names),
    ),
)


def starts_with_a_number(node):
    while isinstance(node, t.Power | t.Transpose):
        node = node.base
    return isinstance(node, t.Number)


def postfixes(node):
    count = 0
    while isinstance(node, t.Power | t.Transpose):
        node, count = node.base, count + 1
    return count


KINDS = (
    "sum",
    "product",
    "negative",
    "power",
    "transpose",
    "trace",
    "inverse",
    "expectation",
    "norm",
    "moment",
    "block",
)


@st.composite
def formulas(draw, depth=4):
    """A random tree, such as the parser could have built."""
    if depth == 0 or draw(st.integers(0, 4)) == 0:
        return draw(leaves)

    def inner():
        return draw(formulas(depth - 1))

    kind = draw(st.sampled_from(KINDS))
    if kind == "sum":
        return t.Sum(tuple((draw(st.sampled_from("+-")), inner()) for _ in range(draw(st.integers(2, 3)))))
    if kind == "product":
        items = [("", inner())]
        for _ in range(draw(st.integers(1, 3))):
            operator, node = draw(st.sampled_from(["", "", "*", "/"])), inner()
            # Numbers do not stand behind a factor without a sign.
            items.append(("*" if operator == "" and starts_with_a_number(node) else operator, node))
        return t.Product(tuple(items))
    node = inner()
    if kind == "negative":
        return t.Sum((("-", node),))
    if kind in ("power", "transpose"):
        if postfixes(node) == 4:
            return node
        exponent = draw(st.integers(-MAX_EXPONENT, MAX_EXPONENT))
        return t.Power(node, exponent) if kind == "power" else t.Transpose(node)
    if kind == "expectation":
        return t.Expectation(node, draw(st.sampled_from([(), ("x",), ("X", "w")])))
    if kind == "norm":
        return t.Norm(node, draw(st.sampled_from([None, "F", "Sigma", "2"])))
    if kind == "block":
        rows, cols = draw(st.sampled_from([(1, 2), (2, 1), (2, 2)]))
        return t.Block(
            tuple(tuple(node if i == j == 0 else inner() for j in range(cols)) for i in range(rows))
        )
    if kind == "moment":
        name = draw(st.sampled_from(["Var", "Cov", "Corr²", "Kurt"]))
        parts = (node, inner()) if name in ("Cov", "Corr²") else (node,)
        return moment(name, parts, draw(st.sampled_from([(), ("x",), ("X", "w")])), (), NOWHERE)
    return t.Trace(node) if kind == "trace" else t.Inverse(node)


@settings(quick, max_examples=400)
@given(formulas())
def test_what_is_written_is_read_as_the_same(node):
    assert formula(write(node)) == node


@settings(quick, max_examples=60)
@given(formulas(), st.integers(0, 3))
def test_blanks_do_not_matter(node, width):
    """Blanks around signs, and lines that go on, change nothing."""
    text = write(node)
    spread = text.replace(" + ", f"{' ' * width}+\n   ").replace(" - ", f" -{' ' * width}")
    assert formula(spread) == node


def test_products_and_sums_are_flat():
    assert formula("A B C") == t.Product(tuple(("", t.Name(x)) for x in "ABC"))
    assert formula("A (B C)") != formula("A B C")
    assert formula("a - b - c") == t.Sum((("+", t.Name("a")), ("-", t.Name("b")), ("-", t.Name("c"))))


# --- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Σ", "Sigma"),
        ("β_star", "beta_star"),
        ("x₁₂", "x_12"),
        ("x_{12}", "x_12"),
        ("X'", "Xᵀ"),
        ("X'", "X^T"),
        ("X'", "X^⊤"),
        ("A^-1", "A⁻¹"),
        ("σ²", "sigma^2"),
        ("A·B", "A * B"),
        ("A @ B", "A * B"),
        ("a − b", "a - b"),
        ("‖v‖²", "||v||^2"),
        ("E_{X}[X]", "E_X[X]"),
        ("[A + B] C", "(A + B) C"),
        ("2n", "2 n"),
    ],
)
def test_two_ways_to_write_one_thing(text, same):
    assert formula(text) == formula(same)


def test_a_square_declares_a_variance():
    text = "σ² : scalar(nonnegative)\nclaim {} = sigma2\n"
    for way in ("σ²", "sigma^2", "σ^2", "sigma2", r"$\sigma^2$", r"$\sigma^{2}$"):
        assert symicl.check(text.format(way)).verdict == "proved"
    assert symicl.check("σ² : scalar(positive)\nclaim σ^4/σ^2 = sigma2\n").verdict == "proved"


# --- LaTeX -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (r"\Sigma", "Sigma"),
        (r"X^\top X", "X' X"),
        (r"X^{\top}X", "X' X"),
        (r"X^{\mathsf{T}} X", "X' X"),
        (r"X^T X", "X' X"),
        (r"\mathbf{X}^\intercal", "X'"),
        (r"\frac{n}{n+1}", "n/(n + 1)"),
        (r"\frac12 A", "(1/2) A"),
        (r"\tfrac{1}{2n}\,\Sigma", "(1/(2 n)) Sigma"),
        (r"\operatorname{tr}(A\Sigma)", "tr(A Sigma)"),
        (r"\mathrm{tr}\left(A\right)", "tr(A)"),
        (r"\mathbb{E}[X]", "E[X]"),
        (r"\mathbb{E}_{x,w}\bigl[x^\top w\bigr]", "E_{x, w}[x' w]"),
        (r"\mathbb E\left[ xy \right]", "E[x y]"),
        (r"\sigma^2", "sigma^2"),
        (r"\Sigma^{-1}", "Sigma^-1"),
        (r"\lVert\beta\rVert^2", "||beta||^2"),
        (r"\|\beta\|^{2}", "||beta||^2"),
        (r"\left\lVert A \right\rVert_F^2", "||A||_F^2"),
        (r"\lVert\beta\rVert_{H}^{2}", "||beta||_H^2"),
        (r"\lVert\beta\rVert^{2}_{H}", "||beta||_H^2"),
        (r"\beta^*", "beta_star"),
        (r"\beta^{\star}", "beta_star"),
        (r"\beta_\star", "beta_star"),
        (r"x_{12}\cdot x_1", "x_12 * x_1"),
        (r"\hat\beta", "beta_hat"),
        (r"I_{d}", "I_d"),
        (r"\mathbf{I}_d", "I_d"),
        (r"ABC", "A B C"),
        (r"2n", "2 n"),
        (r"\varepsilon", "epsilon"),
        (r"{A}{B}", "A B"),
    ],
)
def test_latex_says_the_same(text, same):
    found, wanted = latex(text), formula(same)
    # A fraction is a group of its own, which plain text writes with brackets.
    assert write(found).replace("(", "").replace(")", "") == write(wanted).replace("(", "").replace(")", "")


def test_latex_limits_and_minimisers():
    (claim,) = parse(Source(r"claim latex \lim_{n \to \infty} \frac{n}{n+1} = 1"))
    assert claim.body.left == t.Limit(t.Name("n"), "infinity", formula("n/(n + 1)"))
    (claim,) = parse(
        Source(r'claim latex "best": \Gamma = 0 \text{ minimises } \mathbb{E}[\lVert \Gamma x \rVert^2]')
    )
    assert isinstance(claim.body, t.Minimiser)
    assert claim.title == "best"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (r"A'", r"write \^\\top"),
        (r"x2", "followed by a number"),
        (r"\operatorname{tr} A^2", "can be read in two ways"),
        (r"\mathbb{E} X", r"write E\[…\]"),
        (r"X^23", r"write \^\{23\}"),
        (r"\sqrt{n}", "not a rational function"),
        (r"\Sigma^{1/2}", "roots are not in the language"),
        (r"|x|", "absolute values"),
        (r"\sum_i x_i", "sums over an index"),
        (r"a \pm b", "two meanings"),
        (r"\unknown", "is not in the language"),
        (r"x_{i,j}", "one word or one number"),
        (r"\frac{1}", "two groups"),
        (r"\lim n", "a limit is written"),
        (r"(A]", "does not close"),
        (r"\arg\min_x", "minimises"),
    ],
)
def test_ambiguous_latex_is_refused(text, sentence):
    with pytest.raises(InputError, match=sentence):
        latex(text)


# --- nothing is executed ---------------------------------------------------------------------------------


def test_there_is_no_way_to_other_parsers():
    folder = Path(symicl.language.__file__).parent
    forbidden = (
        "eval(",
        "exec(",
        "sympify",
        "parse_expr",
        "pickle",
        "literal_eval",
        "lambdify",
        "__import__",
    )
    for file in folder.glob("*.py"):
        code = file.read_text("utf-8")
        assert not [word for word in forbidden if word in code], file.name


@pytest.mark.parametrize(
    "text", ["__import__('os')", "x.__class__", "f(x)(y)", "lambda x: 1", "n if n else d", "`n`"]
)
def test_python_is_not_the_language(text):
    with pytest.raises(InputError):
        symicl.check(f"dims n, d\nclaim {text} = 1")
