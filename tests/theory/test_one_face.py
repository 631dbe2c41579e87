"""Losses and optima of prompts and of sequences have one face: each verb works, or refuses by one sentence."""

import re
from dataclasses import dataclass
from fractions import Fraction

import pytest
import sympy

import symicl as si
from symicl.algebra import ClosedForm
from symicl.errors import InputError, SymiclError, UnsupportedError
from symicl.models import CausalModel, WeightShape
from symicl.numeric import ExactMatrix, evaluate
from symicl.theory.loss import Loss
from symicl.theory.minimisation import relaxation
from symicl.theory.model_loss import ModelLoss
from symicl.theory.model_optimum import ModelOptimum

PROMPTS, SEQUENCES = si.LinearRegression(), si.AutoregressiveTask()
ONE = WeightShape((1,), (1,))


@dataclass(frozen=True)
class LastToken(CausalModel):
    """a² x_t, whose loss at one t does not depend on t, and which is no better than a lower bound of the loss."""

    def weight_shapes(self):
        return {"a": ONE}

    def forward(self, weights, sequence):
        return sequence.now.x() * weights["a"] * weights["a"]


def causal(family):
    return si.expected_loss(si.CausalLinearAttention(), SEQUENCES, family=family)


LOSSES = {
    "prompts": lambda: si.expected_loss(si.LinearSelfAttention(), PROMPTS),
    "sequences, scalars": lambda: causal("two numbers"),
    "sequences, matrices": lambda: causal("two full matrices"),
    "one time": lambda: causal("two numbers").in_time,
    "any time": lambda: si.expected_loss(LastToken(), SEQUENCES).in_time,
}
OPTIMA = {
    "prompts": lambda: si.minimise(LOSSES["prompts"]()),
    "prompts, bound": lambda: relaxation(LOSSES["prompts"]()),
    "sequences": lambda: si.minimise(LOSSES["sequences, scalars"]()),
    "sequences, bound": lambda: si.minimise(si.expected_loss(LastToken(), SEQUENCES)),
}
QUANTITIES = {f"loss: {name}": make for name, make in LOSSES.items()} | {
    f"optimum: {name}": make for name, make in OPTIMA.items()
}
DISPLAYED = re.compile(r"\\\[|\\begin\{align")
VERBS = {
    "expr": lambda q: isinstance(q.expr, sympy.Expr),
    "closed_form": lambda q: isinstance(q.closed_form, ClosedForm) and q.closed_form.expr == q.expr,
    "latex": lambda q: DISPLAYED.search(q.latex()),
    "latex in another notation": lambda q: "D" in q.latex(notation={"d": "D"}),
    "_repr_latex_": lambda q: q._repr_latex_() == q.latex(),
    "repr": lambda q: type(q).__name__ in repr(q) and len(repr(q)) < 300 and "\n" not in repr(q),
    "str": lambda q: " = " in str(q),
    "at": lambda q: DISPLAYED.search(q.at(**numbers_for(q))._repr_latex_()),
    "at nothing": lambda q: q.at(nothing=3),
    "gradient": lambda q: isinstance(q.gradient("a"), ClosedForm),
    "gradient by a matrix": lambda q: isinstance(q.gradient("B"), ClosedForm),
    "gradient by nothing": lambda q: q.gradient(None),
}
REFUSED = {
    "loss: sequences, scalars": {"gradient by a matrix"},
    "loss: sequences, matrices": {"gradient", "gradient by a matrix"},
    "loss: one time": {
        "expr",
        "closed_form",
        "latex",
        "latex in another notation",
        "_repr_latex_",
        "str",
        "at",
    }
    | {"gradient", "gradient by a matrix"},
    "loss: any time": {"at", "gradient by a matrix"},
} | {f"optimum: {name}": {"gradient", "gradient by a matrix"} for name in OPTIMA}
ALWAYS_REFUSED = {"at nothing", "gradient by nothing"}


def numbers_for(quantity):
    loss = getattr(quantity, "loss", quantity)
    return {"n": 3, "d": 2, "sigma2": 1} if isinstance(loss, Loss) else {"d": 3, "T": 5}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("kind", QUANTITIES)
def test_each_verb_works_or_refuses_by_one_sentence(kind, verb):
    quantity = QUANTITIES[kind]()
    assert isinstance(quantity, ModelLoss if kind.startswith("loss") else ModelOptimum)
    if verb in REFUSED.get(kind, set()) | ALWAYS_REFUSED:
        with pytest.raises(SymiclError) as refusal:
            VERBS[verb](quantity)
        text = str(refusal.value)
        assert 20 < len(text) < 300 and "\n" not in text and "object at" not in text
    else:
        assert VERBS[verb](quantity)


def central_difference(at, weights, name, direction):
    """Exact, since a loss is a quadratic in each of its letters."""
    values = [at(**weights | {name: weights[name] + sign * direction}) for sign in (1, -1)]
    return (values[0] - values[1]) / 2


def test_the_gradient_of_a_loss_of_sequences_is_its_slope():
    loss = causal("two numbers")
    weights = {"a": Fraction(2, 3), "b": Fraction(-1, 5)}
    at = loss.at(d=3, T=6)
    letters = {name: sympy.Symbol(name, real=True) for name in weights}
    numbers = {letters[name]: sympy.Rational(value) for name, value in weights.items()}
    for name in weights:
        slope = loss.gradient(name)
        found = evaluate(slope.expr, {**at.values, **numbers})
        assert found == central_difference(at, weights, name, 1) != 0
        assert sympy.expand(si.gradient(loss.expr, letters[name]) - slope.expr) == 0


@pytest.mark.parametrize(
    ("name", "row", "column", "place"), [("B", 0, 1, ("M", 0, 1)), ("g", 1, 0, ("M", 2, 1))]
)
def test_the_gradient_of_a_loss_of_prompts_is_its_slope(name, row, column, place):
    loss = si.expected_loss(si.LinearSelfAttention(), PROMPTS)
    at = loss.at(n=3, d=2, sigma2=1)
    entries = {"w": [[1], [2], [-1]], "M": [[1, 0, 2], [3, 1, -1], [2, 1, 4]]}
    slope = loss.gradient(name)
    whole, i, j = place

    def value(sign):
        moved = {key: [list(line) for line in lines] for key, lines in entries.items()}
        moved[whole][i][j] += sign
        return at(**moved)

    B, m, g = [[1, 0], [3, 1]], [[2], [-1]], [[2], [1]]
    known = {"B": B, "m": m, "g": g, "a": [[1], [2]], "c": -1, "s": 4}
    letters = {
        s: sympy.Integer(known[s.name]) if isinstance(known[s.name], int) else ExactMatrix(known[s.name])
        for s in slope.expr.free_symbols
        if s.name in known
    }
    found = evaluate(slope.expr, {**at.values, **letters})
    assert Fraction(str(found[row, column])) == Fraction(str(value(1) - value(-1))) / 2 != 0


def test_who_is_asked_by_a_wrong_letter_says_which_there_are():
    loss = LOSSES["prompts"]()
    with pytest.raises(InputError, match="one of B, a, c, g, m, s"):
        loss.gradient("M")
    with pytest.raises(InputError, match="another B"):
        loss.gradient(si.matrix("B", si.dims("n d")))
    with pytest.raises(UnsupportedError, match="entry_derivative"):
        causal("two full matrices").gradient("A")


@pytest.mark.parametrize("kind", [kind for kind in OPTIMA if "bound" in kind])
def test_a_lower_bound_is_called_one_wherever_it_is_shown(kind):
    bound = OPTIMA[kind]()
    assert bound.attained == "lower bound" and str(bound).startswith("lower bound")
    assert bound.latex().startswith("A lower bound")
    for text in (bound.latex(), bound.at(**numbers_for(bound))._repr_latex_()):
        assert "low" in text and "^{*}" not in text
