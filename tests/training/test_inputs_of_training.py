"""`train` takes the inputs that `eval` takes and refuses the others by the same sentence, the hopeless ones at once."""

import time
import warnings
from fractions import Fraction

import pytest

pytest.importorskip("torch")

import symicl as si
from symicl.errors import InputError
from symicl.tasks.values import ScaledIdentity
from symicl.theorems.evaluation import evaluate_theorem
from symicl.training.registry import find_experiment

ONE, SINGULAR, ZERO = [[2, 1], [1, 3]], [[1, 1], [1, 1]], [[0, 0], [0, 0]]
PLAIN = {"n": 4, "sigma2": 1, "H": ONE, "Psi": ONE, "beta_star": [1, 2]}
ISOTROPIC = {"n": 4, "d": 2, "sigma2": 1}
CASES = {
    "mahankali2023.isotropic": [
        ISOTROPIC,
        {**ISOTROPIC, "n": 0},
        {**ISOTROPIC, "sigma2": -1},
        {**ISOTROPIC, "d": Fraction(1, 2)},
        {**ISOTROPIC, "sigma2": "x"},
        {**ISOTROPIC, "gamma": 1},
        {**ISOTROPIC, "sigma2": 0, "n": 1, "d": 1},
    ],
    "mahankali2023.preconditioned": [
        {"n": 4, "sigma2": 1, "Sigma": ONE},
        {"n": 4, "sigma2": 1, "Sigma": SINGULAR},
        {"n": 4, "sigma2": 1, "Sigma": [[1, 2], [0, 1]]},
        {"n": 4, "d": 3, "sigma2": 1, "Sigma": ONE},
        {"n": 4, "d": 3, "sigma2": 1, "Sigma": ScaledIdentity()},
    ],
    "mahankali2023.nonlinear": [
        {**ISOTROPIC, "target": "relu"},
        {**ISOTROPIC, "target": "abs"},
        {**ISOTROPIC, "target": "tanh"},
    ],
    **{
        id: [
            PLAIN,
            {**PLAIN, "H": SINGULAR},
            {**PLAIN, "Psi": ZERO, "sigma2": 0},
            {**PLAIN, "Psi": [[1, 0], [0, -1]]},
            {**PLAIN, "Psi": [[1]]},
            {**PLAIN, "beta_star": [1, 2, 3]},
            {**PLAIN, "d": 2},
            {**PLAIN, "d": 3},
        ]
        for id in ("zhang2024.gd_beta", "zhang2024.ltb", "zhang2024.lsa_gap", "zhang2024.bayes")
    },
}


def outcome(call):
    try:
        call()
    except InputError as error:
        return str(error)
    return "taken"


@pytest.mark.parametrize("id", CASES)
def test_train_takes_what_eval_takes_and_refuses_the_rest_by_the_same_sentence(id):
    theorem, study = si.find(id), find_experiment(id)
    for given in CASES[id]:
        own = {k: v for k, v in given.items() if k != "beta_star" or k in theorem.symbols}
        wanted = outcome(lambda own=own: evaluate_theorem(theorem, own))
        assert outcome(lambda own=own: study.inputs(own)) == wanted, own


@pytest.mark.parametrize(
    ("id", "given", "expected"),
    [
        ("zhang2024.gd_beta", {"H": [[1, 0, 0], [0, 2, 0], [0, 0, 3]]}, "3"),
        ("zhang2024.lsa_gap", {"Psi": ONE}, "2"),
        ("zhang2024.bayes", {"H": ONE}, "2"),
        ("mahankali2023.preconditioned", {"Sigma": ONE}, "2"),
        ("mahankali2023.preconditioned", {"d": 7}, "7"),
        ("zhang2024.gd_beta", {"beta_star": [1, 2]}, "2"),
    ],
)
def test_defaults_take_the_size_of_what_is_given(id, given, expected):
    assert find_experiment(id).inputs(given)["d"] == expected


BIG = [[10**160, 0], [0, 10**160]]
HOPELESS = [
    ("mahankali2023.isotropic", {"sigma2": Fraction(10) ** 200}, "sigma2"),
    ("mahankali2023.isotropic", {"sigma2": 1 / Fraction(10) ** 200}, "sigma2"),
    ("mahankali2023.preconditioned", {"Sigma": BIG}, "Sigma"),
    ("zhang2024.ltb", {"H": BIG}, "H"),
    ("zhang2024.lsa_gap", {"sigma2": Fraction(10) ** 200}, "sigma2"),
    ("zhang2024.bayes", {"sigma2": Fraction(10) ** 200}, "sigma2"),
    ("mahankali2023.isotropic", {"n": 100_000_000}, "n=100000000"),
    ("mahankali2023.nonlinear", {"n": 100_000_000}, "n=100000000"),
    ("zhang2024.lsa_gap", {"n": 100_000_000}, "n=100000000"),
    ("mahankali2023.isotropic", {"d": 100_000}, "d=100000"),
    ("zhang2024.gd_beta", {"d": 100_000}, "d=100000"),
]


@pytest.mark.parametrize(("id", "given", "named"), HOPELESS)
def test_hopeless_numbers_are_refused_at_once_by_one_sentence(id, given, named):
    study = find_experiment(id)
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(InputError) as caught:
            study.run(given)
    assert time.process_time() - started < 2
    assert named in str(caught.value) and "\n" not in str(caught.value)
