"""What cannot be read or meant is refused by a sentence that points at the place; garbage never does more."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import symicl
from symicl.language import bounds, check_file

PREAMBLE = """dims n, d
Sigma : covariance(d)
A : matrix(d, d)
B : matrix(n, d)
v : vector(d)
sigma2 : scalar(nonnegative)
X ~ gaussian(n, d, col_cov = Sigma)
"""
FIRST = PREAMBLE.count("\n") + 1


def refusal(text):
    with pytest.raises(symicl.ClaimError) as caught:
        symicl.check(PREAMBLE + text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        # characters and brackets
        ("claim A ? A", 9, "the character '?' means nothing here"),
        ("claim (A = A", 7, "this ( is never closed"),
        ("claim A) = A", 8, "closes a bracket that was never opened"),
        ("claim (A] = A", 9, "] does not close the ( of line 8, column 7"),
        ("claim A = é", 11, "'é' means nothing here"),
        ("claim Α = 1", 7, "cannot be told from A"),
        ("claim $A = A", 7, "no partner"),
        # grammar
        ("clam A = A", 1, "did you mean claim?"),
        ("claim", 6, "expected a formula, found the end of the line"),
        ("claim A", 8, "expected an operator, <= or >=, = or a colon"),
        ("claim A = A = A", 13, "a claim holds one relation"),
        ("claim A == A", 9, "write = for an equality"),
        ("claim A**2 = A", 8, "write ^ for a power"),
        ("claim A.T = A", 8, "write A' for the transpose"),
        ("claim E X = 0", 9, "write E[…]"),
        ("claim tr A B = 1", 7, "can be read as inside or as outside"),
        ("claim tr A^2 = 1", 7, "can be read in two ways"),
        ("claim A^2^3 = A", 7, "a power of a power"),
        ("claim A^n = A", 9, "exponents are whole numbers"),
        ("claim A^(1/2) = A", 11, "roots are not in the language"),
        ("claim A^0.5 = A", 9, "not a whole number"),
        ("claim A 2 = A", 9, "a number behind a factor"),
        ("claim ||v|| = 1", 13, "norms are squared here"),
        # names
        ("claim det(A) = 1", 7, "determinants are not in the language"),
        ("claim E_{u ~ N(0, Sigma)}[u] = E_{u ~ N(0, I_d)}[u]", 35, "u was declared with another law"),
        ("claim Sgima = A", 7, "unknown symbol Sgima (did you mean Sigma"),
        ("claim AB = A", 7, "did you mean"),
        ("claim VA = A", 7, "unknown symbol VA"),
        ("claim sigma = 1", 7, "sigma2, which is sigma^2, is declared"),
        ("A : matrix(d, d)", 1, "A is declared twice; the first time is in line 3"),
        ("Σ : covariance(d)", 1, "Sigma is declared twice"),
        ("E : matrix(d, d)", 1, "E is the expectation"),
        ("let I = A", 5, "I is the identity"),
        ("dims tr", 6, "tr is a word of the language"),
        ("C : matrx(d, d)", 5, "unknown kind matrx (did you mean matrix?)"),
        ("Y ~ gausian(n, d)", 5, "did you mean gaussian?"),
        ("Y ~ gaussian(n, d, colcov = Sigma)", 20, "did you mean col_cov"),
        ("task T = LinearRegresion()", 10, "did you mean LinearRegression"),
        ("model M = LinearAttention()", 11, "unknown model LinearAttention (did you mean"),
        ("task T = LinearRegression(noise = A)", 35, "noise is a scalar"),
        ("model M = MultiHeadLinearAttention(heads = 99)", 44, "from 1 to 4"),
        # shapes
        (
            "claim X A X = A",
            11,
            "cannot multiply an n×d matrix by an n×d matrix; the inner dimensions d and n differ",
        ),
        ("claim A + B = A", 11, "cannot add a d×d matrix and an n×d matrix"),
        ("claim A + 1 = A", 11, "cannot add a d×d matrix and a scalar"),
        ("claim A = B", 11, "the left side is a d×d matrix, but the right side is an n×d matrix"),
        ("claim tr(B) = 1", 7, "an n×d matrix has no trace"),
        ("claim B^-1 = B", 7, "an n×d matrix has no powers"),
        ("claim inv(B) = B", 7, "an n×d matrix has no inverse"),
        ("claim A/A = 1", 9, "cannot divide by a d×d matrix"),
        ("claim A >= A'", 7, "a d×d matrix that is not known to be symmetric"),
        ("claim B >= 0", 7, "an n×d matrix that is not known to be symmetric"),
        ("claim tr(I) = d", 7, "write I_d"),
        ("C : matrix(v, d)", 12, "v is a vector, not a dimension"),
        ("C : matrix(d)", 5, "matrix(d, k) takes two sizes; 1 given"),
        ("C : vector(0)", 12, "a whole number from 1"),
        # laws
        ("Y ~ gaussian(n, d, col_cov = A)", 20, "covariance A of Y is not symmetric"),
        ("Y ~ gaussian(n, d, col_cov = -v v')", 20, "is not known to be ≥ 0"),
        ("y ~ N(0, -sigma2 I_d)", 10, "-sigma2 I_d is not known to be ≥ 0"),
        ("s : scalar\ny ~ N(0, s I_d)", 10, "s I_d is not known to be ≥ 0"),
        ("S : symmetric(d)\ny ~ N(0, S)", 10, "declare it as covariance(…)"),
        ("task T = LinearRegression(noise = n - 2)", 27, "declare it as scalar(nonnegative)"),
        ("y ~ N(0, I)", 10, "write I_d"),
        ("y ~ N(0, X' X)", 10, "not independent of it"),
        # meaning
        ("claim 1/2 n = 1", 9, "one denominator"),
        ("claim 1/0 = 1", 9, "a division by zero"),
        ("claim (A - A)^-1 = A", 7, "a division by zero"),
        ("claim ||A||^2 = 1", 7, "write ||A||_F^2"),
        ("claim ||v||_A^2 = 1", 7, "the weight A of a norm"),
        ("claim E_A[A] = A", 7, "A is a matrix, not random"),
        ("claim minimum(A, v) = 1", 15, "takes a model and a task; A is a matrix"),
        ("claim limit A -> infinity of n = 1", 7, "limits are taken in scalars"),
        ("claim limit n -> 0 of n = 0", 7, "n is a dimension, which is at least 1"),
        ("claim limit n -> 3 of n = 3", 18, "at infinity and at 0"),
        ("claim v = A minimises ||v||^2", 11, "the minimiser is a d×1 matrix, but this is a d×d matrix"),
        ("claim v = v minimises ||v||^2", 11, "in terms of v itself"),
        ("claim v = 0 minimises n", 23, "v does not occur in the objective"),
        ("claim v = 0 minimises ||X v||^2", 23, "which is random; take its expectation"),
        ("claim Sigma = A minimises tr(Sigma)", 7, "Sigma is a covariance"),
        ("dims T\nclaim A^T = A", 7, "write A' for the transpose"),
        ("sigma : scalar\nclaim sigma^2 = 1", 7, "declare one of the two only"),
        ('claim "a": A = A\nclaim "a": A = A', 1, "two claims have the title a"),
    ],
)
def test_refusal(text, column, sentence):
    error = refusal(text)
    assert (error.line, error.column) == (FIRST + text.count("\n"), column), error
    assert sentence in error.sentence
    assert "\n" not in error.sentence
    assert error.sentence.startswith(f"line {error.line}, column {column}: ")
    line, carets = error.pointer.split("\n")
    assert set(carets.strip()) == {"^"}
    assert carets.index("^") == 4 + column - 1
    assert len(carets) <= len(line) + 1


def test_a_continued_line_and_an_indented_file_have_their_own_places():
    error = refusal("claim A\n  = A\n  + Q")
    assert (error.line, error.column) == (FIRST + 2, 5)
    with pytest.raises(symicl.ClaimError) as caught:
        symicl.check("\n    dims n\n    claim m = n\n")
    assert (caught.value.line, caught.value.column) == (3, 11)
    assert "an indented line continues" in refusal("claim A = A\n  claim A = A").sentence


def test_a_file_without_claims_is_refused():
    for text in ("", "# nothing\n", PREAMBLE):
        with pytest.raises(symicl.InputError, match="states no claim"):
            symicl.check(text)
    with pytest.raises(symicl.InputError, match="takes the text"):
        symicl.check(3)


# --- bounds ----------------------------------------------------------------------------------------------

DEEP = "(" * 60 + "1" + ")" * 60


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"claim {DEEP} = 1", "nested more than"),
        ("claim $" + r"\frac{1}{" * 60 + "1" + "}" * 60 + "$ = 1", "nested more than"),
        ("claim " + "-(" * 29 + "1" + ")" * 29 + "=" + "9" * 61, "61 digits"),
        (f"claim A^{bounds.MAX_EXPONENT + 1} = A", "too large"),
        ("claim A^" + "9" * 50 + " = A", "too large"),
        (f"claim {'x' * 100} = 1", "a name of 100 characters"),
        ("claim (((10^24)^24)^24)^24 = 1", "digits"),
        ("claim A'''''''' = A", "in a row"),
        ("dims k\n" * 300, "statements"),
        ("claim n" + " + n" * 12_000 + " = 1", "symbols"),
        ("# " + "x" * bounds.MAX_CHARACTERS, "characters"),
    ],
)
def test_too_large(text, sentence):
    assert sentence in refusal(text).sentence


def test_long_sums_and_long_lines_are_fine():
    text = "claim n" + " + n" * 1_500 + " = 1501 n"
    assert symicl.check(PREAMBLE + text).verdict == "proved"
    error = refusal(text + " + m")
    assert len(max(error.pointer.split("\n"), key=len)) < 120


# --- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe\x00claim", "UTF-8"),
        (b"\x00" * 100, "means nothing here"),
        (b"x" * 1_000_000, "larger than"),
    ],
)
def test_files_that_are_no_claims(tmp_path, data, sentence):
    path = tmp_path / "bad.claim"
    path.write_bytes(data)
    with pytest.raises(symicl.InputError, match=sentence):
        check_file(path)


def test_files_that_cannot_be_read(tmp_path):
    for path in (tmp_path, tmp_path / "none.claim"):
        with pytest.raises(symicl.InputError, match="cannot be read"):
            check_file(path)


def test_windows_line_ends_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "windows.claim"
    path.write_bytes(b"\xef\xbb\xbfdims n, d\r\nX ~ gaussian(n, d)\r\nclaim E[X' X]\r\n  = n I\r\n")
    assert check_file(path).verdict == "proved"


# --- garbage ---------------------------------------------------------------------------------------------

quick = settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
PIECES = [
    "A", "B", "X", "v", "n", "d", "Sigma", "sigma2", "sigma", "σ²", "I", "I_d", "E[", "E_X[", "tr(", "inv(", "(",
    ")", "[", "]", "{", "}", "+", "-", "*", "/", "^", "^2", "^-1", "'", "²", "=", "<=", ">", "||", "‖", "_F", "0", "1",
    "2", "0.5", ",", ":", "~", "$", "\\frac", "\\Sigma", "^\\top", "minimises", "limit", "->", "infinity", "of",
    "loss(M, T)", "minimum(M, T)", "coefficient(M, T)", "matrix(d, d)", "gaussian(n, d)", "N(0, I_d)", "\n", "\n  ",
    "claim", "let Q =", "dims k", "latex", '"t":', "#", " ", "é", "\x00",
]  # fmt: skip
LIBRARY = PREAMBLE + "task T = LinearRegression()\nmodel M = OneStepGD()\n"


def survives(text):
    """Either a result or the clear error, whatever the text."""
    try:
        result = symicl.check(text)
    except symicl.InputError as error:
        assert str(error)
    else:
        assert result.verdict in ("proved", "refuted", "undecided")
        assert str(result)


@settings(quick, max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_random_pieces(pieces):
    survives(LIBRARY + "claim " + " ".join(pieces))


@settings(quick, max_examples=300)
@given(st.lists(st.sampled_from(PIECES[:45]), max_size=6), st.lists(st.sampled_from(PIECES[:45]), max_size=6))
def test_random_sides(left, right):
    survives(LIBRARY + f"claim {' '.join(left)} = {' '.join(right)}")


@settings(quick, max_examples=200)
@given(st.text(max_size=60))
def test_random_text(text):
    survives(text)
    survives(f"claim latex {text}")
    survives(f"claim ${text}$ = 1")


@settings(quick, max_examples=200)
@given(st.integers(0, 400), st.sampled_from(PIECES), st.integers(0, 6))
def test_a_good_file_with_a_piece_changed(at, piece, cut):
    text = LIBRARY + "claim E[X' X A] = n Sigma A + 2 (A - A)\nclaim minimum(M, T) >= sigma2\n"
    at = min(at, len(text))
    survives(text[:at] + piece + text[at + cut :])
