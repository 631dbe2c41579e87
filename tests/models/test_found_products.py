"""A model that is a forward pass alone: its products of weights are found, checked, factored and trained."""

import numpy as np
import pytest
import sympy

import symicl as si
from symicl.algebra import Blocks, ClosedForm, beside, last_unit, transpose
from symicl.models import Model, WeightShape
from symicl.tasks import NumpyDraws
from symicl.theory import attaining_weights, broken_link

FULL, SQUARE, COLUMN = (
    WeightShape(("d", 1), ("d", 1)),
    WeightShape(("d",), ("d",)),
    WeightShape(("d", 1), (1,)),
)
TASK = si.LinearRegression()
n, d, s = TASK.n, TASK.d, TASK.noise
PREDICTION = 1 / (n + d + 1 + s)


class Attention(Model):
    """One head whose output weights are a row."""

    inner = ("d", 1)

    def weight_shapes(self):
        narrow = WeightShape(self.inner, ("d", 1))
        return {"W_P": WeightShape((1,), ("d", 1)), "W_V": FULL, "W_K": narrow, "W_Q": narrow}

    def forward(self, weights, prompt):
        keys = weights["W_K"] @ prompt.context
        values = weights["W_V"] @ prompt.context
        attended = values @ (transpose(keys) @ (weights["W_Q"] @ prompt.query_token))
        return weights["W_P"] @ attended * prompt.inverse_length


class Narrow(Attention):
    """Keys and queries of a dimension without a number."""

    inner = ("k",)


class Wide(Attention):
    """Keys and queries with two entries more than the tokens."""

    inner = ("d", 1, 2)


class Factored(Model):
    """U V X'y with an inner size r."""

    def weight_shapes(self):
        return {"U": WeightShape(("d",), ("r",)), "V": WeightShape(("r",), ("d",))}

    def forward(self, weights, prompt):
        gradient = transpose(prompt.covariates) @ prompt.responses
        return transpose(prompt.query) @ (weights["U"] @ (weights["V"] @ gradient))


class Halved(Attention):
    """Half the sum of two passes, of which one is subtracted from three of it."""

    def forward(self, weights, prompt):
        one = super().forward(weights, prompt)
        return (one * 3 - one) * 0.5


class TwoSteps(Model):
    """f = x'(2G − G X'X G) X'y / n: G stands alone and twice in one product."""

    def weight_shapes(self):
        return {"A": SQUARE, "B": SQUARE}

    def forward(self, weights, prompt):
        X, y, x = prompt.covariates, prompt.responses, prompt.query
        step = weights["A"] @ (weights["B"] @ (transpose(X) @ y))
        again = weights["A"] @ (weights["B"] @ (transpose(X) @ (X @ step)))
        return transpose(x) @ (step * 2 - again) * prompt.inverse_length


def shapes(model):
    return {name: (shape.rows, shape.cols) for name, shape in model.effective_shapes().items()}


def test_products_are_found_named_and_columns_stand_upright():
    assert shapes(Attention()) == {"W_VP": (("d", 1), (1,)), "W_KQ": (("d", 1), ("d", 1))}
    assert shapes(Factored()) == {"UV": (("d",), ("d",))}
    assert shapes(TwoSteps()) == {"AB": (("d",), ("d",))}


def test_the_shipped_models_are_forward_passes_alone():
    for model in (
        si.LinearSelfAttention(skip=True),
        si.LinearTransformerBlock(),
        si.MultiHeadLinearAttention(2),
    ):
        own = set(vars(type(model)))
        assert not own & {"effective", "effective_shapes", "predict", "weights_for"}
        assert len(model.effective_shapes()) < len(model.weight_shapes())


@pytest.mark.parametrize("model", [Attention(), Wide(), Halved()], ids=lambda m: type(m).__name__)
def test_the_optimum_is_attained_by_weights_that_are_found(model):
    optimum = si.minimise(si.expected_loss(model, TASK))
    assert optimum.attained == "weights"
    assert sympy.simplify(optimum.value - s - d * (d + 1 + s) * PREDICTION) == 0
    found = attaining_weights(optimum)
    expected = model.symbolic_weights(d)
    assert {k: (v.heights, v.widths) for k, v in found.items()} == {
        k: (v.heights, v.widths) for k, v in expected.items()
    }


def test_where_no_weights_are_found_the_value_is_a_bound():
    class Squared(Model):
        """G twice: a square, and not any matrix."""

        def weight_shapes(self):
            return {"G": SQUARE, "g": WeightShape((1,), (1,))}

        def forward(self, weights, prompt):
            gradient = transpose(prompt.covariates) @ prompt.responses
            return transpose(prompt.query) @ (weights["G"] @ (weights["G"] @ gradient)) @ weights["g"]

    bound = si.minimise(si.expected_loss(Squared(), TASK))
    assert bound.attained == "lower bound" and "no weights are found whose product G G is" in bound.reason


def test_keys_of_a_dimension_without_a_number_give_the_minimum_at_that_rank():
    optimum = si.minimise(si.expected_loss(Narrow(), TASK))
    assert optimum.attained == "weights"
    assert optimum.at(n=20, d=5, sigma2=0, k=2).value == sympy.Rational(45, 13)


@pytest.mark.parametrize(
    "model", [Attention(), Narrow(), Wide(), Factored(), TwoSteps()], ids=lambda m: type(m).__name__
)
def test_found_products_predict_what_the_weights_do(model):
    assert broken_link(model, TASK) == ""
    sizes = {**model.sizes_on(TASK), "d": 3, "k": 2, "r": 2}
    source = np.random.default_rng(1)
    weights = {k: source.integers(-3, 4, size) * 1.0 for k, size in model.weight_sizes(**sizes).items()}
    prompt = TASK.at(n=4, d=3, sigma2=1).sample(2, NumpyDraws(0)).prompt
    np.testing.assert_allclose(
        model.predict(model.effective(weights), prompt), model.forward(weights, prompt), rtol=1e-9
    )


def test_a_product_that_is_not_the_one_in_the_pass_is_seen():
    """What is found is compared with the pass, so a wrong finder could not make a wrong loss."""

    class Wrong(Attention):
        def effective(self, weights):
            return Attention().effective(weights) | {"W_KQ": transpose(weights["W_Q"]) @ weights["W_K"]}

        def effective_shapes(self):
            return Attention().effective_shapes()

        def predict(self, parameters, prompt):
            return Attention().predict(parameters, prompt)

    assert "what is derived is not the loss of this model" in broken_link(Wrong(), TASK)
    with pytest.raises(si.InputError, match="is not the loss of this model"):
        si.expected_loss(Wrong(), TASK)


def test_a_pass_that_names_cannot_follow_keeps_its_weights():
    class Peeking(Factored):
        def forward(self, weights, prompt):
            assert weights["U"].shape if hasattr(weights["U"], "shape") else weights["U"].heights
            return super().forward(weights, prompt)

    assert set(Peeking().effective_shapes()) == {"U", "V"}


def test_weights_beside_each_other_are_kept_as_they_are():
    class Stacked(Model):
        def weight_shapes(self):
            return {"A": WeightShape((1,), ("d",)), "c": WeightShape((1,), (1,)), "M": FULL}

        def forward(self, weights, prompt):
            row = beside([weights["A"], weights["c"]]) @ prompt.context
            return row @ (transpose(prompt.context) @ (weights["M"] @ prompt.query_token))

    assert set(Stacked().effective_shapes()) == {"A", "c", "M"}
    assert len(si.expected_loss(Stacked(), TASK)) == 29


def test_a_unit_vector_between_weights_cuts_the_product():
    class Cut(Model):
        def weight_shapes(self):
            return {"P": FULL, "Q": FULL, "M": FULL}

        def forward(self, weights, prompt):
            e = last_unit(prompt.query_token)
            left = transpose(e) @ (weights["P"] @ e)
            right = transpose(e) @ (weights["Q"] @ prompt.context)
            return left @ (right @ (transpose(prompt.context) @ (weights["M"] @ prompt.query_token)))

    assert shapes(Cut()) == {"P": ((1,), (1,)), "Q": (("d", 1), (1,)), "M": (("d", 1), ("d", 1))}
    optimum = si.minimise(si.expected_loss(Cut(), TASK))
    assert optimum.attained == "weights"


def test_a_weight_that_nothing_depends_on_is_no_effective_parameter():
    class Idle(Attention):
        def weight_shapes(self):
            return super().weight_shapes() | {"idle": SQUARE}

    assert "idle" not in Idle().effective_shapes()
    assert (
        attaining_weights(si.minimise(si.expected_loss(Idle(), TASK)))["idle"].grid
        == Blocks([[ClosedForm.zero(*[Idle().symbolic_weights(d)["idle"].heights[0]] * 2)]]).grid
    )


@pytest.mark.parametrize("model", [Attention(), Halved()], ids=lambda m: type(m).__name__)
def test_it_is_trained_on_its_own_pass(model):
    pytest.importorskip("torch")
    run = si.train(
        model, TASK.at(n=6, d=2, sigma2="1/2"), method="population", seed=0, progress=False, check=False
    )
    assert run.verdict == "reached"


class Weighted(Model):
    """Token weights D of the side n, and a matrix of a rank r."""

    def weight_shapes(self):
        return {
            "D": WeightShape(("n",), ("n",)),
            "U": WeightShape(("d",), ("r",)),
            "V": WeightShape(("r",), ("d",)),
        }

    def forward(self, weights, prompt):
        gradient = transpose(prompt.covariates) @ (weights["D"] @ prompt.responses)
        return transpose(prompt.query) @ (weights["U"] @ (weights["V"] @ gradient))


class WeightedAt2(Weighted):
    """The same with the rank 2."""

    def weight_shapes(self):
        two = WeightShape(("d",), (2,))
        return super().weight_shapes() | {"U": two, "V": two.T}


def test_sides_of_the_prompt_and_of_the_model_are_sizes_by_name():
    model = Weighted()
    assert model.sizes_on(TASK) == {"d": d, "n": n}
    assert model.own_sizes(TASK) == {"r": si.dims("r")}
    loss = si.expected_loss(model, TASK)
    at = loss.at(n=3, d=2, sigma2=1, r=2)
    assert at(D=[[1, 0, 0], [0, 1, 0], [0, 0, 1]], UV=[[0, 0], [0, 0]]) == 3
    with pytest.raises(si.InputError, match="no value is given for r; add r="):
        loss.at(n=3, d=2, sigma2=1)


def test_a_task_with_numbers_for_sizes_gives_them_to_the_sides():
    loss = si.expected_loss(Weighted(), si.LinearRegression(n=3, d=2))
    assert {str(a.shape[0]) for a in loss.expr.atoms(sympy.MatrixSymbol)} == {"3", "2"}


def test_weights_of_any_side_have_the_same_exact_loss_entry_by_entry():
    from symicl.statements.entrywise_prompts import instances

    for model in (Weighted(), Narrow()):
        found = list(instances(TASK, model))
        assert len(found) == 4 and all(exact == value for _, _, exact, value in found)


def test_weights_of_any_side_are_trained_on_samples():
    pytest.importorskip("torch")
    from symicl.studies.regression.torch_model import TorchModel
    from symicl.studies.runtime.draws import TorchDraws

    network = TorchModel(WeightedAt2(), 3, TorchDraws(0, "float64"), n=4)
    assert {k: tuple(w.shape) for k, w in network.weights.items()} == {"D": (4, 4), "U": (3, 2), "V": (2, 3)}
    sample = TASK.at(n=4, d=3, sigma2=1).sample(5, TorchDraws(1, "float64"))
    assert tuple(network(sample.prompt).shape) == (5, 1, 1)
    with pytest.raises(si.InputError, match="a side of length r, for which there is no number"):
        TorchModel(Weighted(), 3, TorchDraws(0, "float64"), n=4)


@pytest.mark.parametrize("side", [(), ("d", 0), ("d", True), ("d+1",), "d", ("", 1)])
def test_sides_that_are_none_are_refused(side):
    with pytest.raises(si.InputError, match="is no side of a weight"):
        WeightShape(side, ("d",))


def test_a_rank_without_a_number_gives_the_minimum_at_that_rank():
    optimum = si.minimise(si.expected_loss(Factored(), TASK))
    assert optimum.attained == "weights"
    assert optimum.at(n=20, d=5, sigma2=0, r=2).value == sympy.Rational(45, 13)


class NoPrediction(Model):
    """Its pass ends too early."""

    def weight_shapes(self):
        return {"G": SQUARE}

    def forward(self, weights, prompt):
        return 5


class Named(Model):
    """Weights called as nobody would call them."""

    names = ("A)", "B")

    def weight_shapes(self):
        return dict.fromkeys(self.names, SQUARE)

    def forward(self, weights, prompt):
        first, *others = (weights[name] for name in self.names)
        total = first
        for other in others:
            total = total + other
        return transpose(prompt.query) @ (total @ (transpose(prompt.covariates) @ prompt.responses))


class AllCalledK(Named):
    """Each name that the best coefficient would bear."""

    names = ("K", "K_opt", "K_opt_2")


def test_a_pass_that_gives_no_prediction_is_refused_in_a_sentence():
    with pytest.raises(si.InputError, match="the forward pass of NoPrediction gives an int"):
        si.expected_loss(NoPrediction(), TASK)


@pytest.mark.parametrize("kind", [Named, AllCalledK])
def test_names_of_weights_are_free(kind):
    optimum = si.minimise(si.expected_loss(kind(), TASK))
    assert optimum.attained == "weights" and optimum.coefficient == PREDICTION * sympy.Identity(d)
