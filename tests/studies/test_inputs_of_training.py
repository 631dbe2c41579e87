"""`train` takes the inputs that `eval` takes and refuses the others by the same sentence, the hopeless ones at once."""

import time
import warnings
from fractions import Fraction

import pytest

pytest.importorskip("torch")

from sympy.matrices.expressions import MatrixExpr

import symicl as si
from symicl.errors import InputError
from symicl.statements import all_theorems, evaluate_theorem, read_inputs
from symicl.studies import find_experiment
from symicl.sweeps import inputs_of

ONE = "[[2,1],[1,3]]"
PLAIN = {"n": "8", "d": "2", "sigma2": "1/2", "H": ONE, "Psi": "[[1,0],[0,2]]", "beta_star": "[1,-1]"}
PRIORS = {name: value for name, value in PLAIN.items() if name != "beta_star"}
SEQUENCES = {"d": "4", "T": "8", "law": "gaussian", "scale": "1"}
GOOD = {
    "mahankali2023.isotropic": {"n": "6", "d": "3", "sigma2": "1/2"},
    "mahankali2023.preconditioned": {"n": "6", "d": "2", "sigma2": "1/2", "Sigma": ONE},
    "mahankali2023.nonlinear": {"n": "6", "d": "3", "sigma2": "1/2", "target": "relu"},
    "zhang2024.gd_beta": PLAIN,
    "zhang2024.ltb": PLAIN,
    "zhang2024.lsa_gap": PLAIN,
    "zhang2024.bayes": PRIORS,
    "zhang2024.gradient_flow": {"n": "8", "d": "2", "H": ONE},
    "zheng2024.limit": SEQUENCES,
    "zheng2024.capability": {**SEQUENCES, "T_test": "7"},
    "zheng2024.not_gd": {"d": "4", "T": "8"},
    "zheng2024.stability": {"d": "4", "T": "8"},
    "sander2024.augmented": {"d": "3", "T_max": "5"},
    "sander2024.unitary": {"d": "3", "H": "3", "T": "4"},
    "sander2024.orthogonal": {"d": "4", "H": "2", "T": "4"},
    "sander2024.positions": {"d": "3", "T": "4"},
    "ahn2023.depth": {"n": "8", "d": "2", "layers": "2", "sigma2": "0"},
    "gatmiry2024.looped": {"n": "8", "d": "2", "layers": "2"},
    "huang2025.steps": {"n": "8", "d": "2", "sigma2": "1/2", "k": "2", "eta": "1/3"},
    "saxe2025.dynamics": {"n": "8", "d": "2", "u0": "1/100"},
    "zhang2023.flow": {"n": "8", "d": "2", "Lambda": ONE},
    "deltanet.delta_rule": {"n": "6", "d": "3", "sigma2": "1/2", "beta": "1/10"},
    "deltanet.gated": {"n": "6", "d": "3", "sigma2": "1/2", "alpha": "9/10", "beta": "1/10"},
    "jiang2025.decay": {"n": "6", "d": "3"},
    "xie2025.guess": {"n": "6", "d": "3", "sigma2": "1/2", "psi": "1/3"},
    "xie2025.heads": {"n": "6", "d": "3", "sigma2": "1/2", "psi": "1/3", "mean2": "2"},
    "wu2023.excess": {"n": "8", "d": "2", "sigma2": "1/2", "psi": "1/3", "H": ONE},
    "zhang2023.optimum": {"n": "8", "d": "2", "Lambda": ONE},
    "attention.centred": {"n": "6", "d": "3", "sigma2": "1/2"},
    "attention.relu": {"n": "6", "d": "3", "sigma2": "1/2"},
    "letey2025.mismatch": {**PRIORS, "Omega": "[[2,0],[0,1]]"},
    "li2024.retrieval": {"n": "6", "d": "3", "alpha": "1/2", "sigma2": "1/2"},
    "li2025.gating": {"n": "2", "d": "2", "sigma2": "1/2", "weights": "[1,1/2]"},
    "tokens.correlated": {"n": "2", "d": "2", "sigma2": "1/2", "R": ONE},
    "tokens.kurtosis": {"n": "6", "d": "3", "sigma2": "1/2", "kappa": "5"},
    "tokens.sphere": {"n": "6", "d": "3", "sigma2": "1/2"},
    "tokens.elliptical": {"n": "6", "d": "3", "sigma2": "1/2", "q": "3/2"},
    "zhang2023.test_risk": {"n": "8", "m": "5", "d": "2", "Lambda": ONE, "w": "[1,-1]"},
}
"""Inputs that every theorem takes; each probe changes one or two of them."""
WHOLE = ("0", "1", "2", "3", "-1", "1/2", "2.5", "1000")
NUMBER = ("0", "-1", "1/3", "2", "1e30")
COVARIANCE = (
    "I", "1/5*I", "0*I", "-1*I", "2", "diag(1,0)", "diag(0,0)", "[[1,1],[1,1]]", "[[1,2],[2,1]]", "[[1,2],[3,1]]",
    "[[1,2]]", "[1,2]", "diag(1,1,1)",
)  # fmt: skip
PROBES = {
    **dict.fromkeys(("n", "m", "d", "T", "T_test", "T_max", "H", "layers", "k"), WHOLE),
    **dict.fromkeys(("sigma2", "scale", "psi", "q", "mean2"), NUMBER),
    **dict.fromkeys(("Sigma", "H of a matrix", "Psi", "Omega", "Lambda"), COVARIANCE),
    **dict.fromkeys(("q", "kappa", "alpha", "beta", "eta", "u0"), NUMBER),
    **dict.fromkeys(("R", "weights"), COVARIANCE),
    **dict.fromkeys(("beta_star", "w"), ("[0,0]", "[1,2,3]", "[1]", "2")),
    "law": ("gaussian", "rademacher", "sparse", "uniform", "ones", "cauchy"),
    "target": ("linear", "cubic", "abs", "leaky_relu", "tanh"),
}
NOISELESS = {"sigma2": "0", "Psi": "0*I"}


def probes(id):
    """The inputs that every theorem takes with one of them changed, one left out, one too many, or without noise."""
    good, symbols = GOOD[id], si.find(id).symbols
    for name in good:
        kind = "H of a matrix" if name == "H" and isinstance(symbols[name], MatrixExpr) else name
        for value in PROBES[kind]:
            yield {**good, name: value}
    yield good
    yield {**good, "gamma": "1"}
    if NOISELESS.keys() <= good.keys():
        yield {**good, **NOISELESS}
        yield {**good, **NOISELESS, "H": "diag(1,0)"}
    matrices = [symbol for symbol in symbols.values() if isinstance(symbol, MatrixExpr)]
    if any(str(size) == "d" for symbol in matrices for size in symbol.shape):  # from which d is read off
        yield {name: value for name, value in good.items() if name != "d"}


def outcome(call):
    try:
        call()
    except InputError as error:
        return str(error)
    return "taken"


def test_every_theorem_has_inputs_here():
    assert GOOD.keys() == {theorem.id for theorem in all_theorems() if not theorem.origin}
    for id, good in GOOD.items():
        theorem = si.find(id)
        assert good.keys() == {*theorem.symbols, *theorem.options}


@pytest.mark.parametrize("id", GOOD)
def test_train_takes_what_eval_takes_and_refuses_the_rest_by_the_same_sentence(id):
    """What training refuses for a reason of its own says that `eval` takes it."""
    theorem, study = si.find(id), find_experiment(id)
    symbols, options = inputs_of(study, theorem)

    def evaluated(texts):
        evaluate_theorem(theorem, read_inputs(texts, theorem.symbols, theorem.options))

    def trained(texts):
        study.inputs(read_inputs(texts, symbols, options))

    for given in probes(id):
        texts = [f"{name}={value}" for name, value in given.items()]
        wanted = outcome(lambda texts=texts: evaluated(texts))
        found = outcome(lambda texts=texts: trained(texts))
        if wanted == "taken":
            assert found == "taken" or "symicl eval" in found, given
        else:
            assert found.split("; the inputs are")[0] == wanted.split("; the inputs are")[0], given


@pytest.mark.parametrize(
    ("id", "given", "expected"),
    [
        ("zhang2024.gd_beta", {"H": [[1, 0, 0], [0, 2, 0], [0, 0, 3]]}, "3"),
        ("zhang2024.lsa_gap", {"Psi": [[2, 1], [1, 3]]}, "2"),
        ("zhang2024.bayes", {"H": [[2, 1], [1, 3]]}, "2"),
        ("mahankali2023.preconditioned", {"Sigma": [[2, 1], [1, 3]]}, "2"),
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
    ("zhang2024.gradient_flow", {"n": 100_000_000}, "n=100000000"),
    ("zhang2024.gradient_flow", {"H": BIG}, "H"),
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
