"""Results with a closed form against one symbol: what is drawn, and refusals."""

import pytest
import sympy

import symicl as si

pytest.importorskip("matplotlib")

n, d = si.dims("n d")
K = si.matrix("K", (d, d))
X, x, w = si.gaussian("X", (n, d)), si.gaussian("x", d), si.gaussian("w", d)


@pytest.fixture(scope="module")
def best():
    return si.minimise((x.T * K * X.T * X * w - x.T * w) ** 2, [K])


def drawn(figure):
    (line,) = figure.axes[0].lines
    return list(line.get_xdata()), list(line.get_ydata())


def test_a_minimum_of_an_expression(best):
    figure = best.plot("n", range(2, 5), d=3)
    assert drawn(figure) == ([2, 3, 4], pytest.approx([12 / (m + 4) for m in (2, 3, 4)]))
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("$n$", "$L^{*}$")


e = si.vector("e", d)
RESULTS = {
    "optimum": lambda: si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression(noise=1))),
    "depth": lambda: si.depth(si.LinearRegression(noise=0), 2),
    "recursion": lambda: si.recursion(state={e: w}, step={e: e * sympy.Rational(1, 2)}, tokens=n).expect(
        e.T * e
    ),
}


@pytest.mark.parametrize("name", RESULTS)
def test_other_results(name):
    found = RESULTS[name]()
    _, y = drawn(found.plot("d", [1, 3], n=4))
    exact = found.equations[-1].expr.subs(n, 4)
    assert y == pytest.approx([float(exact.subs(d, k)) for k in (1, 3)])


def test_labels_that_cannot_be_set_are_shown_as_they_are():
    from symicl.views.figures import _shown

    assert _shown("L^{*}") == "$L^{*}$"
    assert _shown(r"\unknown{") == r"\unknown{"


@pytest.mark.parametrize(
    ("arguments", "numbers", "message"),
    [
        (("q", [1]), {}, "there is no symbol q in it; take one of d, n"),
        (("n", [1]), {}, "no value is given for d"),
        (("n", []), {"d": 2}, "values is empty"),
        (("n", ["a"]), {"d": 2}, "n is 'a'; give a number"),
        (("n", [1]), {"n": 2, "d": 1}, "n is on the axis already"),
    ],
)
def test_refusals(best, arguments, numbers, message):
    with pytest.raises(si.InputError, match=message):
        best.plot(*arguments, **numbers)
