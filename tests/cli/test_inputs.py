"""Text to numbers: what is read, and the one sentence for what cannot be."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symicl.algebra import covariance, dims, matrix, scalar
from symicl.errors import InputError
from symicl.statements import read_inputs
from symicl.statements.inputs import MAX_MATRIX_ROWS
from symicl.tasks import ScaledIdentity, exact_values

N, D = dims("n d")
SYMBOLS = {
    "n": N,
    "d": D,
    "sigma2": scalar("sigma2", nonnegative=True),
    "Sigma": covariance("Sigma", D),
    "beta": matrix("beta", (D, 1)),
}
OPTIONS = {"target": ("relu", "linear", "cubic", "abs")}


def read(*texts):
    return read_inputs(texts, SYMBOLS, OPTIONS)


def read_one(text):
    (value,) = read(text).values()
    return value


def complaint(*texts):
    with pytest.raises(InputError) as caught:
        read(*texts)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n=20", 20),
        (" n = 20 ", 20),
        ("n=1e3", 1000),
        ("sigma2=1/4", Fraction(1, 4)),
        ("sigma2=0.25", Fraction(1, 4)),
        ("sigma2=.1", Fraction(1, 10)),
        ("sigma2=1e-3", Fraction(1, 1000)),
        ("sigma2=2.5E2", 250),
        ("sigma2=-1", -1),
        ("sigma2=−1/2", Fraction(-1, 2)),
        ("sigma2=2*(1/3)/5", Fraction(2, 15)),
        ("target=relu", "relu"),
        ("beta=[1,-2,3]", [1, -2, 3]),
        ("beta=1/2*[1, 0.5]", [Fraction(1, 2), Fraction(1, 4)]),
        ("Sigma=[[2,1],[1,1/3]]", [[2, 1], [1, Fraction(1, 3)]]),
        ("Sigma=-[[1]]", [[-1]]),
        ("Sigma=diag(1,2/3)", [[1, 0], [0, Fraction(2, 3)]]),
        ("Sigma=diag(3,5)/2", [[Fraction(3, 2), 0], [0, Fraction(5, 2)]]),
    ],
)
def test_exact_values(text, value):
    found = read_one(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "factor"),
    [("I", 1), ("1/5*I", Fraction(1, 5)), ("I/5", Fraction(1, 5)), ("2*I*3", 6), ("(0.5)*I", 0.5)],
)
def test_multiples_of_the_identity(text, factor):
    value = read_one(f"Sigma={text}")
    assert isinstance(value, ScaledIdentity)
    assert value.factor == factor


@given(st.fractions())
def test_every_fraction_is_read_back(x):
    assert read_one(f"sigma2={x}") == x


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_every_decimal_is_read_exactly(x):
    assert read_one(f"sigma2={x}") == Fraction(x)


@given(st.text())
def test_no_text_does_anything_but_complain(text):
    for name in SYMBOLS:
        try:
            read(f"{name}={text}")
        except InputError as error:
            assert str(error)


@given(st.text(alphabet="0123456789[](),/*-+.eI diag"))
def test_no_near_value_does_anything_but_complain(text):
    test_no_text_does_anything_but_complain.hypothesis.inner_test(text)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("n=abc", ["n=abc is not a number"]),
        ("n=", ["n= has no value"]),
        ("n", ["'n' is not of the form name=value", "n, d, sigma2, Sigma, beta, target"]),
        ("=3", ["not of the form name=value"]),
        ("m=3", ["m is not an input here", "n, d, sigma2"]),
        ("sigm2=3", ["did you mean sigma2"]),
        ("n=nan", ["n=nan is not a finite number"]),
        ("n=-Inf", ["not a finite number"]),
        ("n=1/0", ["a division by zero", "character 2"]),
        ("n=1,5", ["expected the end", "character 2", "','"]),
        ("n=2x", ["expected the end", "character 2", "'x'"]),
        ("n=2**3", ["expected a number", "character 3"]),
        ("n=[1,2]", ["n must be a number"]),
        ("n=I", ["n must be a number"]),
        ("n=1e999999999", ["a number of more than 1000 digits"]),
        ("n=1e2000", ["a number of more than 1000 digits"]),
        ("n=" + "9" * 5000, ["a number of more than 1000 digits"]),
        ("n=" + "1e900*" * 1000 + "1", ["a number of more than 1000 digits"]),
        ("Sigma=3", ["Sigma must be a matrix"]),
        ("Sigma=foo", ["Sigma=foo is not a matrix"]),
        ("Sigma=J*2", ["unknown word", "character 1", "'J'"]),
        ("Sigma=[[2,1],[1;3]]", ["expected , or ]", "character 10", "';'"]),
        ("Sigma=[[2,1],[1,3]", ["expected , or ]", "the end"]),
        ("Sigma=[[2 1],[1 3]]", ["expected , or ]", "character 5"]),
        ("Sigma=[[2,1],[1,3]]]", ["expected the end", "character 14"]),
        ("Sigma=[]", ["expected a number", "character 2"]),
        ("Sigma=[[1],2]", ["either rows or numbers", "character 6"]),
        ("Sigma=[[[1]]]", ["a row holds numbers only"]),
        ("Sigma=diag", ["expected (", "the end"]),
        ("Sigma=diag([1,2])", ["diag takes numbers"]),
        ("Sigma=I*I", ["only numbers can be multiplied with a matrix"]),
        ("Sigma=1/I", ["only a number can be a divisor"]),
        ("Sigma=" + "(" * 10_000, ["too many nested brackets"]),
        ("Sigma=diag(" + "1," * MAX_MATRIX_ROWS + "1)", ["more than 500 entries"]),
        ("Sigma=__import__('os').system('true')", ["unknown word"]),
        ("beta=[1,,2]", ["expected a number", "character 4"]),
        ("target=rlu", ["did you mean relu?", "relu, linear, cubic, abs"]),
        ("target=I", ["is not a choice here"]),
    ],
)
def test_complaints_say_what_where_and_what_instead(text, pieces):
    sentence = complaint(text)
    for piece in pieces:
        assert piece in sentence
    assert "\n" not in sentence
    assert len(sentence) < 400


def test_a_name_given_twice():
    assert complaint("n=1", "d=2", "n=1") == "n is given twice; leave out one of the two"


def test_an_identity_of_astronomical_size():
    assert "1000000×1000000" in complaint("d=1000000", "Sigma=I")
    assert read(f"d={MAX_MATRIX_ROWS}", "Sigma=I")


# --- files -----------------------------------------------------------------------------------------------


@pytest.fixture
def npy(tmp_path):
    def save(array, **options):
        path = tmp_path / "array.npy"
        np.save(path, array, **options)
        return path

    return save


def test_an_array_of_floats_stays_inexact(npy):
    value = read_one(f"Sigma={npy(np.array([[2.0, 0.1], [0.1, 1.0]], dtype='>f4'))}")
    assert isinstance(value, np.ndarray)
    assert value.dtype == np.float64
    assert value[0, 1] == np.float32(0.1)


def test_an_array_of_integers_is_exact(npy):
    assert read_one(f"Sigma={npy(np.array([[2, 1], [1, 3]]))}") == [[2, 1], [1, 3]]
    assert read_one(f"beta={npy(np.array([2, 1]))}") == [2, 1]
    assert read_one(f"n={npy(np.array(7))}") == 7


@pytest.mark.parametrize(
    ("array", "piece"),
    [
        (np.array([[{}]], dtype=object), "holds pickled Python objects, which are never loaded"),
        (np.array([[1.0, np.nan]]), "entry (1,2)"),
        (np.array([np.inf]), "only finite numbers"),
        (np.array([[1j]]), "entries of type complex128"),
        (np.array([[True]]), "entries of type bool"),
        (np.array(["1"]), "save an array of real numbers"),
        (np.zeros((2, 2, 2)), "has 3 axes"),
        (np.zeros((0, 2)), "holds 0×2 numbers"),
        (np.zeros((1, MAX_MATRIX_ROWS + 1)), f"holds 1×{MAX_MATRIX_ROWS + 1} numbers"),
        (np.float64(0.5), "Sigma must be a matrix"),
    ],
)
def test_arrays_that_cannot_be_meant(npy, array, piece):
    assert piece in complaint(f"Sigma={npy(array, allow_pickle=True)}")


def test_a_pickle_is_not_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "ran"), "w"))

    np.save(tmp_path / "bomb.npy", np.array([Bomb()]), allow_pickle=True)
    assert "never loaded" in complaint(f"Sigma={tmp_path / 'bomb.npy'}")
    (tmp_path / "raw.npy").write_bytes(__import__("pickle").dumps(Bomb()))
    assert "not an .npy file" in complaint(f"Sigma={tmp_path / 'raw.npy'}")
    assert not (tmp_path / "ran").exists()


def test_files_that_are_none(tmp_path, npy):
    whole = npy(np.eye(2)).read_bytes()
    file = tmp_path / "other.npy"
    assert f"there is no file {file}" in complaint(f"Sigma={file}")
    assert "there is no file" in complaint("Sigma=\0.npy")
    file.mkdir()
    assert "there is no file" in complaint(f"Sigma={file}")
    file.rmdir()
    for content in (b"", b"hello", b"PK\3\4"):
        file.write_bytes(content)
        assert "is not an .npy file" in complaint(f"Sigma={file}")
    terabytes = b"'shape': (9999999, 99999), }"
    for content in (
        whole[:-8],
        whole[:100],
        whole[:8],
        whole.replace(b"'shape': (2, 2), }" + b" " * 10, terabytes),
    ):
        assert content != whole
        file.write_bytes(content)
        assert "is damaged" in complaint(f"Sigma={file}")


# --- what the numbers mean -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "pieces"),
    [
        (["n=0"], ["n=0 must be a positive integer"]),
        (["n=2.5"], ["n", "must be a positive integer"]),
        (["sigma2=-1"], ["sigma2=-1 is negative", "variance"]),
        (["Sigma=[[2,1],[0,3]]"], ["Sigma is not symmetric", "(2,1)", "(1,2)"]),
        (["Sigma=[[1,2],[2,1]]"], ["Sigma is not positive definite"]),
        (["Sigma=[[2,1],[1,3]]", "d=3"], ["Sigma is 2×2", "d = 3"]),
        (["Sigma=[[2,1],[1,3]]", "beta=[1,2,3]"], ["beta is 3×1", "d = 2", "2×1"]),
        (["Sigma=[[2,1],[3]]"], ["rows of Sigma", "equal length"]),
        (["Sigma=[[2,1,0],[1,3,0]]"], ["Sigma is 2×3"]),
        (["Sigma=I"], ["the size of Sigma=I is not known", "d=…"]),
    ],
)
def test_numbers_that_cannot_be_meant(texts, pieces):
    given = read(*texts)
    symbols = {name: symbol for name, symbol in SYMBOLS.items() if name in given or name == "d"}
    if not given.keys() & {"d", "Sigma"}:
        given["d"] = 3
    with pytest.raises(InputError) as caught:
        exact_values(symbols, given)
    for piece in pieces:
        assert piece in str(caught.value)


def test_what_is_missing_is_named():
    with pytest.raises(InputError, match=r"no value is given for d, sigma2; add d=… sigma2=…"):
        exact_values({k: SYMBOLS[k] for k in ("n", "d", "sigma2")}, read("n=3"))
