"""Closed forms at numbers: exact where the input is exact, correct digits where asked for."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from symicl.errors import InputError
from symicl.statements import evaluate_theorem, find
from symicl.tasks import ScaledIdentity

ISOTROPIC, PRECONDITIONED, NONLINEAR = (
    find(f"mahankali2023.{name}") for name in ("isotropic", "preconditioned", "nonlinear")
)
QUARTER = Fraction(1, 4)


def test_isotropic():
    result = evaluate_theorem(ISOTROPIC, {"n": 20, "d": 5, "sigma2": QUARTER})
    assert result.at == {"n": "20", "d": "5", "sigma2": "1/4"}
    assert result.values["eta"] == {"exact": "4/105", "decimal": pytest.approx(4 / 105, rel=1e-15)}
    assert result.values["loss"]["exact"] == "121/84"


def test_preconditioned():
    result = evaluate_theorem(PRECONDITIONED, {"n": 6, "sigma2": Fraction(1, 2), "Sigma": [[2, 1], [1, 3]]})
    assert result.values["eta"]["exact"] == "2/19"
    assert result.values["preconditioner"]["exact"] == [["6/95", "-2/95"], ["-2/95", "4/95"]]
    assert result.at["d"] == "2"


@pytest.mark.parametrize(
    ("target", "eta"),
    [
        ("relu", "1/34"),
        ("linear", "4/105"),
        ("abs", "0"),
        ("cubic", str(1 / (19 + Fraction(55, 3) + QUARTER / 567))),
    ],
)
def test_nonlinear(target, eta):
    result = evaluate_theorem(NONLINEAR, {"n": 20, "d": 5, "sigma2": QUARTER, "target": target})
    assert result.values["eta"]["exact"] == eta


def test_fifty_digits():
    value = evaluate_theorem(ISOTROPIC, {"n": 20, "d": 5, "sigma2": QUARTER}, digits=50).values["eta"][
        "decimal"
    ]
    with mpmath.workdps(60):
        assert abs(mpmath.mpf(value) - mpmath.mpf(4) / 105) < mpmath.mpf(10) ** -51
    assert len(value.removeprefix("0.0")) == 50


def test_floats_give_no_fraction():
    sigma = np.array([[2.0, 1.0], [1.0, 3.0]])
    result = evaluate_theorem(PRECONDITIONED, {"n": 6, "sigma2": Fraction(1, 2), "Sigma": sigma})
    assert result.values["eta"]["exact"] is None
    assert result.values["eta"]["decimal"] == pytest.approx(2 / 19)


def test_an_identity_takes_its_size_from_the_other_inputs():
    result = evaluate_theorem(PRECONDITIONED, {"n": 6, "d": 3, "sigma2": 0, "Sigma": ScaledIdentity(2)})
    assert result.values["preconditioner"]["exact"][2][2] == "1/20"


@pytest.mark.parametrize(
    ("theorem", "given", "message"),
    [
        (ISOTROPIC, {"n": 0, "d": 5, "sigma2": 1}, "n=0 must be a positive integer"),
        (ISOTROPIC, {"n": 2, "d": Fraction(1, 2), "sigma2": 1}, "d=1/2 must be a positive integer"),
        (ISOTROPIC, {"n": 2, "d": 5, "sigma2": -1}, "sigma2=-1 is negative"),
        (ISOTROPIC, {"n": 2, "d": 5}, "no value is given for sigma2"),
        (ISOTROPIC, {"n": 2, "d": 5, "sigma2": 1, "tau": 3}, "tau is not an input"),
        (ISOTROPIC, {"n": 2, "d": 5, "sigma2": "abc"}, "sigma2=abc is not a number"),
        (ISOTROPIC, {"n": 2, "d": 5, "sigma2": float("nan")}, "not a number"),
        (PRECONDITIONED, {"n": 2, "sigma2": 1, "Sigma": [[2, 1], [0, 3]]}, "Sigma is not symmetric"),
        (PRECONDITIONED, {"n": 2, "sigma2": 1, "Sigma": [[1, 2], [2, 1]]}, "Sigma is not positive definite"),
        (PRECONDITIONED, {"n": 2, "d": 3, "sigma2": 1, "Sigma": [[2, 1], [1, 3]]}, "Sigma is 2×2, but d = 3"),
        (PRECONDITIONED, {"n": 2, "sigma2": 1, "Sigma": [[2, 1], [1]]}, "rows of Sigma"),
        (PRECONDITIONED, {"n": 2, "sigma2": 1, "Sigma": [[2, 1, 0], [1, 3, 0]]}, "Sigma is 2×3"),
        (PRECONDITIONED, {"n": 2, "sigma2": 1, "Sigma": ScaledIdentity()}, "size of Sigma=I is not known"),
        (
            PRECONDITIONED,
            {"n": 2, "sigma2": 1, "Sigma": np.array([[np.inf, 0], [0, 1]])},
            "not a finite number",
        ),
        (NONLINEAR, {"n": 2, "d": 2, "sigma2": 1}, "no value is given for target"),
        (NONLINEAR, {"n": 2, "d": 2, "sigma2": 1, "target": "tanh"}, "target=tanh is not known"),
    ],
)
def test_bad_inputs_get_one_sentence(theorem, given, message):
    with pytest.raises(InputError, match=message) as caught:
        evaluate_theorem(theorem, given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("digits", [0, -1, 10**9])
def test_digits_out_of_range(digits):
    with pytest.raises(InputError, match="digits"):
        evaluate_theorem(ISOTROPIC, {"n": 2, "d": 5, "sigma2": 1}, digits=digits)
