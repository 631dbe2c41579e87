"""False theorems of one's own are not proved; beside each stands a true one that differs as little as possible."""

import pytest
from sympy import Identity, Integer, Trace

import symicl as si
from symicl.algebra import (
    Blocks,
    ClosedForm,
    closed_form,
    limit_at_infinity,
    read_form,
    scalar_letter,
    symbol_letter,
    transpose,
)
from symicl.errors import InputError, kind
from symicl.models import CausalLinearAttention, CausalModel, Model, PositionalAttention, WeightShape
from symicl.proofs.zheng2024 import limit as zheng
from symicl.statements import (
    Paper,
    Theorem,
    certify,
    derive_loss,
    minimal_value,
    prove,
    solution_ratio,
    solve,
)
from symicl.tasks import LinearRegression
from symicl.theory import broken_link

PAPER = Paper("mine", "the author", "A lemma", 2026, "none")
SQUARE = WeightShape(("d",), ("d",))
task, model = si.LinearRegression(), si.OneStepGD()
n, d, s = task.n, task.d, task.noise
ETA = 1 / (n + d + 1 + s)
WRONG = 1 / (n + d + 2)
LOSS = s + d * (d + 1 + s) / (n + d + 1 + s)
louder = si.LinearRegression(noise=2 * s)
WRONG_LOSS = 2 * s + d * (d + 1 + 2 * s) / (n + d + 1 + 2 * s)


def optimum_of(step, model=model, task=task):
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    return optimum


def verdict(states, derive, *, model=model, task=task, corollaries=None, settings=None):
    """The verdict on a theorem whose derivation is a function of the recorder, or of the certified optimum."""
    theorem = Theorem(
        id="mine.lemma",
        title="a lemma",
        wording="a lemma",
        paper=PAPER,
        source="Lemma 1",
        assumptions=(),
        task=task,
        model=model,
        states=states,
        corollaries=corollaries or {},
        settings=settings or {},
    )
    theorem.derivation(lambda step: derive(step, optimum_of(step, model, task)))
    return prove(theorem)


def eta_of(optimum):
    return solution_ratio(optimum).scalar_multiple_of_identity()


def with_case(value, make):
    """The verdict on the minimal loss with a corollary that is made from the optimum."""
    return verdict(
        {"loss": LOSS}, lambda step, o: {"loss": o.closed_form, "case": make(o)}, corollaries={"case": value}
    )


def at(value, **numbers):
    return value.substitute(
        {scalar_letter(task.symbols()[k]): read_form(Integer(1) * v) for k, v in numbers.items()}
    )


def zero_expectation():
    """E[0], taken by the engine."""
    return closed_form(task.expectation(read_form(s) * 0))


# --- quantities ----------------------------------------------------------------------------------------

RIGHT = {
    "the coefficient": ({"eta": ETA}, lambda step, o: {"eta": eta_of(o)}),
    "the minimal loss": ({"loss": LOSS}, lambda step, o: {"loss": minimal_value(step, o)}),
    "the excess": ({"excess": LOSS - s}, lambda step, o: {"excess": o.closed_form - read_form(s)}),
    "computed in another way": (
        {"eta": ETA},
        lambda step, o: {"eta": eta_of(o) * o.closed_form / o.closed_form},
    ),
    "typed in and right": ({"eta": ETA}, lambda step, o: {"eta": read_form(ETA)}),
}


@pytest.mark.parametrize("kind", RIGHT)
def test_what_the_optimum_has_is_proved(kind):
    states, derive = RIGHT[kind]
    assert verdict(states, derive).status == "proved"


def checked(step, value):
    step.check("it is what it is", value, value)
    return value


def compared(step, optimum):
    """A true equality of closed forms that mentions a wrong value."""
    wrong = read_form(WRONG)
    step.check("a sum", wrong + optimum.closed_form, read_form(WRONG + LOSS))
    return {"eta": wrong}


def test_without_noise_the_loss_is_the_excess():
    quiet = si.LinearRegression(noise=0)
    states = {"loss": LOSS.subs(s, 0), "excess": LOSS.subs(s, 0)}
    found = verdict(states, lambda step, o: {"loss": o.closed_form, "excess": o.closed_form}, task=quiet)
    assert found.status == "proved"


ENTERED = {
    "the stated value": ({"eta": WRONG}, lambda step, o: {"eta": read_form(WRONG)}),
    "loss/loss": ({"eta": WRONG}, lambda step, o: {"eta": read_form(WRONG) * o.closed_form / o.closed_form}),
    "loss over the same loss, typed": (
        {"eta": WRONG},
        lambda step, o: {"eta": read_form(WRONG) * o.closed_form / read_form(LOSS)},
    ),
    "plus the loss, less the same loss, typed": (
        {"eta": WRONG},
        lambda step, o: {"eta": read_form(WRONG) + o.closed_form - read_form(LOSS)},
    ),
    "plus E[0]": ({"eta": WRONG}, lambda step, o: {"eta": read_form(WRONG) + zero_expectation()}),
    "times eta/eta": ({"eta": WRONG}, lambda step, o: {"eta": eta_of(o) / eta_of(o) * read_form(WRONG)}),
    "the loss to the power 0": (
        {"eta": WRONG},
        lambda step, o: {"eta": o.closed_form**0 * read_form(WRONG)},
    ),
    "in a check of itself": ({"eta": WRONG}, lambda step, o: {"eta": checked(step, read_form(WRONG))}),
    "in a true check": ({"eta": WRONG}, compared),
    "a multiple": ({"eta": 2 * ETA}, lambda step, o: {"eta": eta_of(o) * closed_form(2)}),
    "a multiple by n": ({"eta": n * ETA}, lambda step, o: {"eta": eta_of(o) * read_form(n)}),
    "a symbol replaced by a number": (
        {"eta": ETA.subs(s, 0)},
        lambda step, o: {"eta": at(eta_of(o), sigma2=0)},
    ),
    "a symbol replaced by another value": (
        {"loss": WRONG_LOSS},
        lambda step, o: {"loss": at(o.closed_form, sigma2=2 * s)},
    ),
    "a limit": ({"loss": s}, lambda step, o: {"loss": limit_at_infinity(o.closed_form, n)}),
    "a coefficient under the name of a loss": ({"loss": ETA}, lambda step, o: {"loss": eta_of(o)}),
    "a loss under the name of an excess": ({"excess": LOSS}, lambda step, o: {"excess": o.closed_form}),
    "a number that comes from nowhere": ({"eta": Integer(1)}, lambda step, o: {"eta": closed_form(1)}),
    "the loss of another task": (
        {"loss": WRONG_LOSS},
        lambda step, o: {"loss": minimal_value(step, optimum_of(step, task=louder))},
    ),
    "an expectation, but not the minimum": (
        {"loss": s + d},
        lambda step, o: {"loss": closed_form(task.expectation(task.target() * task.target()))},
    ),
    "the loss of another model": (
        {"loss": LOSS.subs(n, 2 * n)},
        lambda step, o: {"loss": at(optimum_of(step, si.LinearSelfAttention()).closed_form, n=2 * n)},
    ),
    "a derivative with respect to a symbol, as a difference": (
        {"eta": ETA - ETA.subs(n, n + 1)},
        lambda step, o: {"eta": eta_of(o) - at(eta_of(o), n=n + 1)},
    ),
    "a matrix": ({"K": WRONG * Identity(d)}, lambda step, o: {"K": read_form(WRONG * Identity(d))}),
}


@pytest.mark.parametrize("kind", ENTERED)
def test_what_the_optimum_does_not_have_is_entered(kind):
    states, derive = ENTERED[kind]
    found = verdict(states, derive)
    assert found.status == "undecided"
    (name,) = states
    assert found.reason.startswith(f"{name}: entered, not derived: ")
    assert [st.comparison.status for st in found.statements] == ["undecided"]


def test_one_entered_quantity_among_derived_ones_is_named():
    states = {"loss": LOSS, "eta": WRONG}
    found = verdict(states, lambda step, o: {"loss": o.closed_form, "eta": read_form(WRONG)})
    assert found.status == "undecided" and found.reason.startswith("eta: entered, not derived: ")
    assert {st.name: st.comparison.status for st in found.statements} == {
        "loss": "proved",
        "eta": "undecided",
    }


def test_a_wrong_value_is_not_a_refutation_of_the_right_statement():
    assert verdict({"eta": ETA}, lambda step, o: {"eta": read_form(WRONG)}).status == "undecided"
    assert verdict({"eta": WRONG}, lambda step, o: {"eta": eta_of(o)}).status == "refuted"


SPECIAL = {
    "a number": (LOSS.subs(s, 0), lambda o: at(o.closed_form, sigma2=0)),
    "two sizes made equal": (LOSS.subs(d, n), lambda o: at(o.closed_form, d=n)),
    "a limit": (s, lambda o: limit_at_infinity(o.closed_form, n)),
    "a limit of a multiple": (Integer(1), lambda o: limit_at_infinity(eta_of(o) * read_form(n), n)),
    "a number in a limit": (Integer(0), lambda o: at(limit_at_infinity(o.closed_form, n), sigma2=0)),
}


@pytest.mark.parametrize("kind", SPECIAL)
def test_a_special_case_is_a_corollary(kind):
    value, make = SPECIAL[kind]
    found = verdict(
        {"loss": LOSS}, lambda step, o: {"loss": o.closed_form, "case": make(o)}, corollaries={"case": value}
    )
    assert found.status == "proved"
    assert any(word in found.statements[1].text for word in (" at ", " in the limit of "))


NO_COROLLARY = {
    "a value in terms of the law": (LOSS.subs(s, 2 * s), lambda o: at(o.closed_form, sigma2=2 * s)),
    "another size": (LOSS.subs(n, n + 1), lambda o: at(o.closed_form, n=n + 1)),
    "an impossible number": (LOSS.subs(s, -1), lambda o: at(o.closed_form, sigma2=-1)),
    "a sum": (LOSS + ETA, lambda o: o.closed_form + eta_of(o)),
    "typed in": (WRONG, lambda o: read_form(WRONG)),
    "of another task": (WRONG_LOSS, lambda o: si.minimise(si.expected_loss(model, louder)).closed_form),
}


@pytest.mark.parametrize("kind", NO_COROLLARY)
def test_what_is_no_special_case_is_no_corollary(kind):
    value, make = NO_COROLLARY[kind]
    found = verdict(
        {"loss": LOSS}, lambda step, o: {"loss": o.closed_form, "case": make(o)}, corollaries={"case": value}
    )
    assert found.status == "undecided"
    assert found.reason.startswith("case: entered, not derived: ")


def test_corollaries_alone_are_no_theorem():
    found = verdict({}, lambda step, o: {"loss": o.closed_form}, corollaries={"loss": LOSS})
    assert found.status == "undecided" and "nothing but corollaries" in found.reason


def test_a_corollary_of_another_task_names_it():
    def derive(step, o):
        return {"loss": o.closed_form, "louder": minimal_value(step, optimum_of(step, task=louder))}

    corollaries = {"louder": WRONG_LOSS}
    settings = {"louder": (model, louder)}
    found = verdict({"loss": LOSS}, derive, corollaries=corollaries, settings=settings)
    assert found.status == "proved" and "noise variance 2*sigma2" in found.statements[1].text
    assert verdict({"loss": LOSS}, derive, corollaries=corollaries).status == "undecided"
    with pytest.raises(InputError, match="only a corollary"):
        verdict({"loss": LOSS}, derive, settings={"loss": (model, louder)})


def test_a_covariance_that_occurs_as_its_inverse_alone_is_replaced():
    """The coefficient ηΣ⁻¹ contains no Σ; putting one in is a special case all the same."""
    Sigma = si.covariance("Sigma", d)
    skewed = LinearRegression(covariate_cov=Sigma, task_cov=Sigma.I)

    def derive(step, o):
        K = solution_ratio(o)
        return {"K": K.substitute({symbol_letter(Sigma): ClosedForm.identity(K.num.rows)})}

    found = verdict({"K": ETA * Identity(d)}, derive, task=skewed)
    assert found.status == "undecided" and "at Sigma = I_d, a special case" in found.reason
    assert (
        verdict({"K": ETA * Sigma.I}, lambda step, o: {"K": solution_ratio(o)}, task=skewed).status
        == "proved"
    )


def test_the_factor_of_a_bracket_is_not_a_quantity():
    """In K = r·Ψ[…]⁻¹ the number r could be any."""
    Psi = si.covariance("Psi", d)
    prior = LinearRegression(task_cov=Psi)
    found = verdict({"r": Integer(1)}, lambda step, o: {"r": closed_form(1)}, task=prior)
    assert found.status == "undecided"
    K = Psi * ((n + 1) * Psi + (Trace(Psi) + s) * Identity(d)).I
    assert verdict({"K": K}, lambda step, o: {"K": o.solution}, task=prior).status == "proved"


@pytest.mark.parametrize("found", [ETA, None, 1.5, "1/(n + d + 1)", ClosedForm])
def test_what_is_no_closed_form_is_entered(found):
    reason = verdict({"eta": ETA}, lambda step, o: {"eta": found}).reason
    assert reason == (
        f"eta: entered, not derived: the derivation returns {kind(found)}, and not a closed form that it "
        "has computed"
    )


def test_a_derivation_that_returns_nothing_is_undecided():
    found = verdict({"eta": ETA}, lambda step, o: None)
    assert found.status == "undecided" and "returns a NoneType; return a dict" in found.reason


@pytest.mark.parametrize("stated", [0.5, "1/(n + d + 1)", None, 1])
def test_what_is_stated_is_a_formula(stated):
    with pytest.raises(InputError, match=r"states eta = .*; give a SymPy expression"):
        verdict({"eta": stated}, lambda step, o: {"eta": eta_of(o)})


# --- models --------------------------------------------------------------------------------------------


class Step(Model):
    """⟨G Xᵀy, x⟩, with everything written out."""

    def weight_shapes(self):
        return {"G": SQUARE}

    def effective_shapes(self):
        return {"G": SQUARE}

    def effective(self, weights):
        return {"G": weights["G"]}

    def forward(self, weights, prompt):
        return transpose(prompt.query) @ (weights["G"] @ (transpose(prompt.covariates) @ prompt.responses))

    def predict(self, parameters, prompt):
        return Step.forward(self, parameters, prompt)

    def weights_for(self, parameters, d):
        return {"G": parameters["G"]} | {name: zero(d) for name in self.weight_shapes().keys() - {"G"}}


def zero(d):
    return Blocks([[read_form(0 * Identity(d))]])


class TwoSteps(Step):
    """A second step in the forward pass alone."""

    def weight_shapes(self):
        return {"G": SQUARE, "D": SQUARE}

    def forward(self, weights, prompt):
        gradient = transpose(prompt.covariates) @ prompt.responses
        second = transpose(prompt.covariates) @ (prompt.covariates @ gradient)
        return super().forward(weights, prompt) + transpose(prompt.query) @ (weights["D"] @ second)


class TwoFactors(Step):
    """The right twin: the second matrix enters through the product."""

    def weight_shapes(self):
        return {"G": SQUARE, "D": SQUARE}

    def effective(self, weights):
        return {"G": weights["D"] @ weights["G"]}

    def forward(self, weights, prompt):
        return super().forward({"G": weights["D"] @ weights["G"]}, prompt)

    def weights_for(self, parameters, d):
        return {"G": parameters["G"], "D": Blocks([[read_form(Identity(d))]])}


class Doubled(Step):
    """A forward pass of twice the prediction."""

    def forward(self, weights, prompt):
        return super().forward(weights, prompt) + super().forward(weights, prompt)


class DoubledInBoth(Doubled):
    """The right twin."""

    def predict(self, parameters, prompt):
        return self.forward(parameters, prompt)


class Transposed(Step):
    """`effective` turns the matrix, the forward pass does not."""

    def effective(self, weights):
        return {"G": transpose(weights["G"])}


class Symmetric(Step):
    """The loss over symmetric matrices alone."""

    def symbolic_parameters(self, d):
        return {"G": Blocks([[read_form(si.covariance("G", d))]])}


class MultipleOfIdentity(Step):
    """The loss over multiples of the identity alone."""

    def symbolic_parameters(self, d):
        return {"G": Blocks([[read_form(si.scalar("g") * Identity(d))]])}


class HiddenWeight(TwoSteps):
    """The symbolic weights leave the second matrix out, and so does the check, if it believes them."""

    def symbolic_weights(self, d):
        return {"G": super().symbolic_weights(d)["G"]}

    def forward(self, weights, prompt):
        return super().forward({"D": zero(d), **weights}, prompt)


class SameLetter(TwoSteps):
    """Both matrices are one letter."""

    def symbolic_weights(self, d):
        G = super().symbolic_weights(d)["G"]
        return {"G": G, "D": G}


class SeesTheTask(Step):
    """The forward pass adds a multiple of what it has to predict."""

    def forward(self, weights, prompt):
        told = transpose(prompt.query) @ Blocks([[read_form(task.w)]])
        return super().forward(weights, prompt) + told

    def predict(self, parameters, prompt):
        return self.forward(parameters, prompt)


class SeesTheTaskInPredict(Step):
    """A parameter that no weight sets lets the reduced prediction see the task."""

    def effective_shapes(self):
        return {"G": SQUARE, "c": WeightShape(("d",), ("d",))}

    def effective(self, weights):
        return {"G": weights["G"], "c": zero(d)}

    def predict(self, parameters, prompt):
        told = transpose(prompt.query) @ (parameters["c"] @ Blocks([[read_form(task.w)]]))
        return super().predict(parameters, prompt) + told


class OneVector(Step):
    """⟨v, x⟩ with a vector that `weights_for` takes from the prompt."""

    def weight_shapes(self):
        return {"v": WeightShape(("d",), (1,)), "G": SQUARE}

    def effective_shapes(self):
        return {"v": WeightShape(("d",), (1,)), "G": SQUARE}

    def effective(self, weights):
        return {"v": weights["v"], "G": weights["G"]}

    def forward(self, weights, prompt):
        return transpose(prompt.query) @ weights["v"] + self.part * super().forward(weights, prompt)

    part = 1

    def predict(self, parameters, prompt):
        return transpose(prompt.query) @ parameters["v"] + Step.forward(self, parameters, prompt)

    def weights_for(self, parameters, d):
        prompt = task.prompt()
        taken = parameters["G"] @ (transpose(prompt.covariates) @ prompt.responses)
        return {"v": taken, "G": zero(d)}


class LowRank(Step):
    """G = UV of rank one; `effective` gives a free matrix."""

    def weight_shapes(self):
        return {"U": WeightShape(("d",), (1,)), "V": WeightShape((1,), ("d",))}

    def effective(self, weights):
        return {"G": weights["U"] @ weights["V"]}

    def forward(self, weights, prompt):
        return super().forward(self.effective(weights), prompt)

    def weights_for(self, parameters, d):
        return {"U": parameters["G"], "V": Blocks([[read_form(Identity(d))]])}


class EqualToAll(Step):
    """Equal to every model."""

    def __eq__(self, other):
        return True

    __hash__ = None


class OwnExpectation(LinearRegression):
    """A law whose expectations forget the noise."""

    def expectation(self, polynomial):
        found = super().expectation(polynomial)
        return found.substitute({scalar_letter(s): read_form(0 * Identity(1))})


WRONG_MODELS = {
    TwoSteps: "depends on the weight D beyond its effective parameters",
    Doubled: "is not predict() at effective()",
    Transposed: "is not predict() at effective()",
    Symmetric: "effective parameter G of Symmetric is not a free matrix",
    MultipleOfIdentity: "effective parameter G of MultipleOfIdentity is not a free matrix",
    HiddenWeight: "weight D of HiddenWeight is not a free matrix",
    SameLetter: "weight D of SameLetter is not a free matrix",
    SeesTheTask: "contains w, which is neither a weight nor a part of the prompt",
    SeesTheTaskInPredict: "",
    OneVector: "depends on",
    LowRank: "too small",
}


@pytest.mark.parametrize("kind", WRONG_MODELS, ids=lambda kind: kind.__name__)
def test_a_loss_that_is_not_the_models_proves_nothing(kind):
    """The derivation does what the example of CONTRIBUTING does, without the steps that would notice."""
    wrong = kind()

    def derive(step):
        from symicl.theory import expected_loss, relaxation

        found = relaxation(expected_loss(wrong, task))
        return {"loss": found.closed_form}

    theorem = Theorem("mine.lemma", "t", PAPER, "L", (), task, wrong, {"loss": LOSS})
    theorem.derivation(derive)
    found = prove(theorem)
    assert found.status == "undecided"
    assert WRONG_MODELS[kind] in found.reason


@pytest.mark.parametrize("kind", [Step, TwoFactors], ids=lambda kind: kind.__name__)
def test_right_models_are_proved(kind):
    states = {"eta": ETA, "loss": LOSS}
    assert (
        verdict(states, lambda step, o: {"eta": eta_of(o), "loss": o.closed_form}, model=kind()).status
        == "proved"
    )


def test_a_prediction_that_is_doubled_everywhere_is_proved():
    states = {"G": ETA / 2 * Identity(d), "loss": LOSS}
    found = verdict(
        states,
        lambda step, o: {"G": solution_ratio(o) * closed_form(1, 2), "loss": o.closed_form},
        model=DoubledInBoth(),
    )
    assert found.status == "proved"
    assert found.statements[0].text.endswith("G of weights that attain the minimum")


def test_a_model_that_equals_all_others_is_no_excuse():
    def derive(step):
        return {"loss": minimal_value(step, optimum_of(step, si.GDBeta(), louder))}

    theorem = Theorem("mine.lemma", "t", PAPER, "L", (), task, EqualToAll(), {"loss": WRONG_LOSS})
    theorem.derivation(derive)
    found = prove(theorem)
    assert (
        found.status == "undecided"
        and "does not certify an optimum of this theorem's own model and task" in found.reason
    )


class OwnLaws(LinearRegression):
    """The noise is twice what it is drawn with."""

    @property
    def laws(self):
        return louder.laws


class NoSymbols(LinearRegression):
    """A law without symbols, all of which could then be replaced."""

    def symbols(self):
        return {}


class ShowsTheTask(LinearRegression):
    """A law whose parameters are the task that is to be guessed."""

    def symbols(self):
        return super().symbols() | {"w": self.w}


OWN_LAWS = {
    OwnExpectation: (LOSS.subs(s, 0), lambda o: o.closed_form),
    OwnLaws: (WRONG_LOSS, lambda o: o.closed_form),
    NoSymbols: (WRONG_LOSS, lambda o: at(o.closed_form, sigma2=2 * s)),
    ShowsTheTask: (LOSS, lambda o: o.closed_form),
}


@pytest.mark.parametrize("kind", OWN_LAWS, ids=lambda kind: kind.__name__)
def test_a_law_in_code_of_ones_own_is_not_believed(kind):
    value, make = OWN_LAWS[kind]
    found = verdict({"loss": value}, lambda step, o: {"loss": make(o)}, task=kind())
    assert found.status == "undecided" and "in code of its own" in found.reason


class ThreeNoises(LinearRegression):
    """The right twin: the law is given to a task of symicl."""

    def __init__(self):
        super().__init__(noise=3 * s)


def test_a_law_that_is_given_to_symicl_is_believed():
    found = verdict(
        {"loss": LOSS.subs(s, 3 * s)}, lambda step, o: {"loss": o.closed_form}, task=ThreeNoises()
    )
    assert found.status == "proved"


def test_the_task_cannot_be_seen_whatever_the_law_calls_a_symbol():
    assert "no model can see it" in broken_link(SeesTheTask(), ShowsTheTask())


class TwoFaces(Step):
    """Another forward pass for the trainer."""

    def forward(self, weights, prompt):
        once = super().forward(weights, prompt)
        return once if isinstance(prompt.query, Blocks) else once + once


def test_a_forward_pass_that_asks_what_its_arguments_are():
    found = verdict({"loss": LOSS}, lambda step, o: {"loss": o.closed_form}, model=TwoFaces())
    assert found.status == "undecided" and "with arrays" in found.reason


def test_a_model_equal_to_the_certified_one_in_another_instance():
    twin = si.OneStepGD()
    theorem = Theorem("mine.lemma", "t", PAPER, "L", (), task, twin, {"loss": LOSS})
    theorem.derivation(lambda step: {"loss": optimum_of(step, model, task).closed_form})
    assert prove(theorem).status == "proved"


# --- sequences -----------------------------------------------------------------------------------------


class TwicePositional(PositionalAttention):
    """A forward pass of its own."""

    def forward(self, weights, sequence):
        found = super().forward(weights, sequence)
        return found + found


class Richer(PositionalAttention):
    """A weight that only the forward pass has."""

    def weight_shapes(self):
        return super().weight_shapes() | {"D": SQUARE}

    def forward(self, weights, sequence):
        return super().forward(weights, sequence) + weights["D"] @ sequence.now.x()


class SameAgain(PositionalAttention):
    """A forward pass of its own that is the right one."""

    def forward(self, weights, sequence):
        return self.predict(self.effective(weights), sequence)


def test_the_forward_pass_over_sequences():
    sequences = zheng.task
    assert not broken_link(CausalLinearAttention(), sequences)
    assert not broken_link(SameAgain(length=3), sequences)
    assert "is not predict() at effective()" in broken_link(TwicePositional(length=3), sequences)
    assert "depends on the weight D beyond" in broken_link(Richer(length=3), sequences)
    assert "does not go with" in broken_link(CausalLinearAttention(), task)
    assert issubclass(SameAgain, CausalModel)


# --- what is said ---------------------------------------------------------------------------------------


def test_the_statements_say_what_was_checked():
    found = verdict({"eta": ETA, "loss": LOSS}, lambda step, o: {"eta": eta_of(o), "loss": o.closed_form})
    texts = [statement.document() for statement in found.statements]
    assert [text["text"] for text in texts] == [
        "eta = 1/(n + d + 1 + σ²): the number r in K = r I, the coefficient K of the optimal prediction xᵀ K Xᵀ y",
        "loss = σ² + d(d + 1 + σ²)/(n + d + 1 + σ²): the minimal loss over all weights",
    ]
    assert {(text["kind"], text["verdict"]) for text in texts} == {("equality", "proved")}


def test_what_is_argued_is_listed():
    found = prove(zheng.theorem)
    assert found.status == "proved"
    (statement,) = (one for one in found.statements if one.name == "ab")
    assert len(statement.argued) > 5
    assert any("independent uniform phases" in sentence for sentence in statement.argued)
