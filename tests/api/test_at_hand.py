"""What Python offers beside the commands: values, pictures, LaTeX by SymPy."""

import pytest
import sympy

import symicl as si

ISOTROPIC = "mahankali2023.isotropic"


@pytest.fixture(scope="module")
def optimum():
    return si.minimise(si.expected_loss(si.LinearSelfAttention(), si.LinearRegression()))


def test_a_theorem_at_numbers_lists_and_arrays():
    import numpy as np

    assert si.find(ISOTROPIC).at(n=20, d=5, sigma2="1/4").values["eta"]["exact"] == "4/105"
    theorem = si.find("zhang2023.optimum")
    values = [theorem.at(n=8, d=2, Lambda=m).values for m in ([[2, 1], [1, 3]], np.array([[2, 1], [1, 3]]))]
    assert values[0] == values[1]
    with pytest.raises(si.InputError):
        theorem.at(n=8)


def test_a_stated_value_is_drawn_and_another_one_refused():
    theorem = si.find(ISOTROPIC)
    (axes,) = theorem.plot("loss", "n", [2, 4], d=5, sigma2=1).axes
    assert list(axes.lines[0].get_ydata()) == pytest.approx([1 + 5 * 7 / 9, 1 + 5 * 7 / 11])
    with pytest.raises(si.InputError, match="states no lost"):
        theorem.plot("lost", "n", [2, 4], d=5, sigma2=1)


def test_some_symbols_are_replaced(optimum):
    n, d, s = (next(x for x in optimum.value.free_symbols if str(x) == name) for name in ("n", "d", "sigma2"))
    given = optimum.subs({"n": 20, "sigma2": "1/4"})
    assert sympy.simplify(given - optimum.value.subs({n: 20, s: sympy.Rational(1, 4)})) == 0
    assert given.free_symbols == {d}
    with pytest.raises(si.InputError, match="no symbol m here"):
        optimum.subs({"m": 2})
    with pytest.raises(si.InputError, match="is no number"):
        optimum.subs({"n": "__import__('os')"})


def test_sympy_prints_them_as_we_do(optimum):
    assert sympy.latex(optimum).startswith(r"K^{*} = \frac{1}{n + d + 1 + \sigma^{2}} I_{d}")
    assert sympy.latex(optimum.loss).startswith("L = ")
    assert r"\eta = " in sympy.latex(si.find(ISOTROPIC))


def test_a_paper_stands_for_its_theorems_and_dashes_are_answered(capfd):
    from symicl.cli.app import run
    from symicl.cli.own_files import theorems_of

    found, file = theorems_of("mahankali2023")
    assert [t.id.partition(".")[2] for t in found] == ["isotropic", "preconditioned", "nonlinear"]
    assert file is None
    assert run(["eval", ISOTROPIC, "--n", "20"]) == 2
    assert "n=…, for instance n=20" in capfd.readouterr().err
