"""`si.gradient`, and SymPy's own diff of results, against coordinates with exact numbers."""

import pytest
import sympy
from sympy import Rational, Trace
from sympy.matrices.expressions import Identity, MatrixExpr, ZeroMatrix

import symicl as si

n, d = si.dims("n d")
X = si.gaussian("X", (n, d))
A, B, G = (si.matrix(name, (d, d)) for name in "ABG")
S, Q = si.covariance("S", d), si.symmetric("Q", d)
v, w = si.vector("v", d), si.vector("w", d)
R = si.matrix("R", (n, d))
s, t = si.scalar("s", positive=True), si.scalar("t")
ID = Identity(d)

VALUES = {
    A: [[1, 2], [-3, 5]], B: [[2, 7], [1, -1]], G: [[3, -1], [4, 2]], S: [[2, 1], [1, 3]], Q: [[1, -2], [-2, 5]],
    v: [[2], [-1]], w: [[1], [3]], R: [[1, 2], [0, -1], [4, 3]],
}  # fmt: skip
NUMBERS = {n: 3, d: 2, s: Rational(2, 3), t: Rational(-3, 5)}

SCALARS = {
    "trace": Trace(G * A),
    "sum": Trace(G * A) + Trace(G),
    "expectation": si.expect(Trace(G * X.T * X * S) + Trace(X.T * X * G * X.T * X)),
    "quadratic": si.expect(Trace(G * X.T * X * G.T * A) + Trace(v.T * X.T * X * v)),
    "square": si.expect(Trace(X.T * X * G) ** 2),
    "cube": Trace(G**3) + Trace(G.T * G * A),
    "product of sums": (Trace(G) + Trace(G * A)) * (Trace(G * S) + t * Trace(G.T * G)),
    "bilinear": Trace(v.T * G * w) ** 2 + Trace(v.T * A * v),
    "one by one": v.T * G * S * v,
    "rectangular": Trace(R.T * R * A) + Trace(R * v * w.T * R.T),
    "inverse": Trace(G.inv() * A) + Trace(G),
    "inverse, squared": Trace(G.inv() * A * G.inv() * B),
    "transposed inverse": Trace(G.inv().T * A * G.inv() * B),
    "inverse of a covariance": Trace(S.inv() * A) + Trace(S**2 * A),
    "ridge": Trace((S + s * ID).inv() * A * S) / s + Trace(S),
    "inverse of a sum": Trace((G + A).inv() * S * (G + A).inv()) + t,
    "inverse in an inverse": Trace(((G.T * G + s * ID).inv() + A).inv() * B),
    "transposed inverse of a sum": Trace((G + A).inv().T * B * (G + A).inv()),
    "symmetric": Trace(S * A) + Trace(S * Q * S * B) + Trace(v.T * S * w) ** 2,
    "quotient": Trace(G * A) / (1 + Trace(G * S)) + 1 / (s + Trace(Q * A) ** 2),
    "powers of a trace": (1 + Trace(G.T * G)) ** Rational(1, 2) * Trace(G),
    "logarithm": sympy.log(1 + Trace(G * G.T) ** 2),
    "exponential": sympy.exp(Trace(G * A) * s - t**2) + Trace(G) ** 2,
    "scalars inside": Trace((s**2 * G - t * ID) * (G / s + A)),
    "scalar alone": s**3 * t + sympy.sqrt(s),
}  # fmt: skip
LETTERS = [A, G, S, Q, v, R, s, t]


def entries(expression):
    """With every letter an explicit matrix or a number."""
    return sympy.sympify(_explicit(expression))


def _explicit(expression, moved=None, by=None):
    values = {letter: sympy.ImmutableMatrix(rows) for letter, rows in VALUES.items()} | NUMBERS
    if moved is not None:
        values[moved] = values[moved] + by
    return _value(expression, values)


def _value(expression, values):
    if expression in values:
        return values[expression]
    if isinstance(expression, Identity):
        return sympy.eye(int(_value(expression.shape[0], values)))
    if isinstance(expression, ZeroMatrix):
        return sympy.zeros(*(int(_value(size, values)) for size in expression.shape))
    if not expression.args:
        return expression
    args = [_value(arg, values) for arg in expression.args]
    if isinstance(expression, Trace):
        return args[0].trace()
    if isinstance(expression, sympy.Transpose):
        return args[0].T
    if isinstance(expression, sympy.MatPow):  # also an inverse
        return args[0] ** (args[1] if len(args) > 1 else -1)
    if isinstance(expression, sympy.MatAdd):
        return sum(args[1:], args[0])
    if isinstance(expression, MatrixExpr):
        product = sympy.Integer(1)
        for arg in args:
            product = product * arg
        return product
    return expression.func(*args)


def scalar(value):
    return value[0, 0] if isinstance(value, sympy.MatrixBase) else value


def by_coordinates(expression, letter):
    """The gradient entry by entry: along A_ij, or along A_ij = A_ji halved, or in the scalar."""
    eps = sympy.Symbol("eps")

    def along(direction):
        return sympy.diff(scalar(_explicit(expression, letter, eps * direction)), eps).subs(eps, 0)

    if not isinstance(letter, MatrixExpr):
        return along(1)
    rows, cols = len(VALUES[letter]), len(VALUES[letter][0])
    unit = {(i, j): sympy.SparseMatrix(rows, cols, {(i, j): 1}) for i in range(rows) for j in range(cols)}
    if letter == letter.T:
        return sympy.Matrix(rows, cols, lambda i, j: along(unit[i, j] + unit[j, i]) / 2)
    return sympy.Matrix(rows, cols, lambda i, j: along(unit[i, j]))


CASES = [(name, letter) for name, f in SCALARS.items() for letter in LETTERS if f.has(letter)]


@pytest.mark.parametrize(("name", "letter"), CASES, ids=str)
def test_against_coordinates(name, letter):
    found = si.gradient(SCALARS[name], letter)
    expected = by_coordinates(SCALARS[name], letter)
    if isinstance(letter, MatrixExpr):
        assert found.shape == letter.shape
    difference = _explicit(found) - expected
    assert sympy.simplify(difference) == 0 * difference


@pytest.mark.parametrize(("name", "letter"), [c for c in CASES if c[0] != "one by one"], ids=str)
def test_what_sympy_says_of_it_is_right_or_an_error(name, letter):
    """diff(f, G) of a sum of traces used to be 0."""
    try:
        found = sympy.diff(SCALARS[name], letter)
    except (TypeError, NotImplementedError):
        return
    difference = _explicit(found.doit()) - by_coordinates(SCALARS[name], letter)
    assert sympy.simplify(difference) == 0 * difference


def test_the_comparison_can_fail():
    wrong = si.gradient(SCALARS["sum"], G) + ID
    assert _explicit(wrong) != by_coordinates(SCALARS["sum"], G)


def test_results_made_from_results_differentiate_in_sympy():
    one, two = si.expect(Trace(X.T * X * G)), si.expect(Trace(X.T * X * G * X.T * X))
    for made in (one + two, one - 2 * two, one * two + one, (one + two) / (1 + one), (one + two).subs(n, 4)):
        assert sympy.diff(made, G) != ZeroMatrix(d, d)
        expected = by_coordinates(made, G)
        for found in (
            sympy.diff(made, G),
            made.diff(G),
            sympy.Derivative(made, G).doit(),
            si.gradient(made, G),
        ):
            assert sympy.simplify(_explicit(found.doit()) - expected) == sympy.zeros(2)
    assert one + two == two + one and sympy.latex(one + two) and str(one + two)
    assert sympy.diff(one + two, A) == ZeroMatrix(d, d)


def test_a_result_differentiates_by_entries_in_sympy():
    f = (Trace(G * S) + Trace(G) ** 2).subs(d, 2)
    small = {letter: si.matrix(letter.name, (2, 2)) for letter in (G, S)}
    f = Trace(small[G] * small[S]) + Trace(small[G]) ** 2
    expected = small[S][1, 0]
    assert sympy.expand(f.diff(small[G][0, 1]).doit() - expected) == 0


def test_a_loss_is_taken_as_it_is():
    loss = si.expected_loss(si.OneStepGD(), si.LinearRegression())
    Gamma = si.matrix("Gamma", (loss.task.d, loss.task.d))
    at_optimum = si.gradient(loss, Gamma).subs(Gamma, si.minimise(loss).coefficient)
    found = _explicit(at_optimum.subs({loss.task.noise: Rational(1, 3)}).doit())
    assert found == sympy.zeros(2)


def test_second_derivatives_in_sympy():
    f = si.expect(Trace(G * X.T * X * G.T) + Trace(X.T * X * G) ** 2)
    first = sympy.diff(f, G)
    assert si.gradient(Trace(first * A), G) == si.gradient(Trace(si.gradient(f, G) * A), G)


REFUSED = {
    "matrix": (lambda: si.gradient(G * A, G), si.InputError, "takes a scalar"),
    "text": (lambda: si.gradient("tr(G)", G), si.InputError, "text"),
    "nothing": (lambda: si.gradient(None, G), si.InputError, "None"),
    "by text": (lambda: si.gradient(Trace(G), "G"), si.InputError, "a letter"),
    "by a product": (lambda: si.gradient(Trace(G), G * A), si.InputError, "a letter"),
    "by an entry": (lambda: si.gradient(Trace(G), G[0, 0]), si.InputError, "a letter"),
    "a rounded number": (lambda: si.gradient(0.5 * Trace(G), G), si.UnsupportedError, "exact fraction"),
    "by a size": (lambda: si.gradient(n * Trace(G), d), si.InputError, "size"),
    "by a covariance of a law": (
        lambda: si.gradient(Trace(si.gaussian("Z", (n, d), col_cov=S) * A * R.T), S), si.InputError, "the expectation",
    ),
    "a namesake": (lambda: si.gradient(Trace(S * A), si.matrix("S", (d, d))), si.InputError, "two things"),
    "determinant": (lambda: si.gradient(sympy.Determinant(G) + Trace(G), G), si.UnsupportedError, "not differentiated"),
    "entry": (lambda: si.gradient(G[0, 1] + Trace(G), G), si.UnsupportedError, "not differentiated"),
    "entrywise": (
        lambda: si.gradient(Trace(sympy.HadamardProduct(G, A) * B), G), si.UnsupportedError, "not differentiated",
    ),
    "unknown function": (lambda: si.gradient(sympy.Function("f")(Trace(G)), G), si.UnsupportedError, "not known"),
    "SymPy, determinant": (lambda: sympy.diff(sympy.Determinant(G) + Trace(G), G), si.UnsupportedError, "not diff"),
    "SymPy, entry": (lambda: sympy.diff(G[0, 1] + Trace(G), G), si.UnsupportedError, "not differentiated"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    call, error, words = REFUSED[name]
    with pytest.raises(error, match=words):
        call()


def test_a_letter_that_does_not_occur():
    assert si.gradient(Trace(G), A) == ZeroMatrix(d, d)
    assert si.gradient(Trace(G), R) == ZeroMatrix(n, d)
    assert si.gradient(Trace(G), t) == 0 == si.gradient(3, t)
