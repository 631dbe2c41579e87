"""The steps that derivations share: each does one piece of mathematics, records it, and checks it."""

from __future__ import annotations

from typing import Any

from symicl.algebra import ClosedForm, closed_form, read_form, scalar
from symicl.errors import DerivationError, UnsupportedError
from symicl.models import Model
from symicl.statements.derivation import Recorder
from symicl.statements.sequence_steps import certify_sequence, derive_sequence_loss, solve_sequence
from symicl.tasks import PromptTask
from symicl.theory import (
    LiftedProblem,
    Optimum,
    Uniqueness,
    attaining_weights,
    excess_identity,
    expected_loss,
    minimise_over_features,
    positive,
    realise,
)
from symicl.typeset import Equation, formula_latex


def reduce_weights(step: Recorder, model: Model, task: Any) -> None:
    """The prediction depends on the weights through the effective parameters alone.

    For sequences there is nothing to show here: `prove` compares the forward pass with that of the loss.
    """
    if task.shows == "sequence":
        return
    weights = model.symbolic_weights(**model.sizes_on(task))
    prompt = task.prompt()
    step(
        "The weights enter the prediction through the effective parameters only",
        Equation(
            r"\hat{y}_\theta",
            task.component(model.predict(model.symbolic_parameters(**model.sizes_on(task)), prompt).single()),
        ),
        note="Every block of every weight matrix is a symbol; the prompt is $(X, y)$ with the query $x$.",
        name="reduced",
    )
    step.check(
        "the forward pass over all weights equals the reduced one at the effective parameters",
        task.component(model.forward(weights, prompt).single()),
        task.component(model.predict(model.effective(weights), prompt).single()),
    )


def derive_loss(step: Recorder, model: Model, task: Any) -> Any:
    """The expected loss over all effective parameters."""
    loss: Any = expected_loss(model, task)
    if task.shows == "sequence":
        derive_sequence_loss(step, loss)
        return loss
    step.show(
        "The expected loss over all parameters, dimensions symbolic",
        Equation("L", loss.closed_form),
        name="loss",
    )
    return loss


def solve(step: Recorder, loss: Any) -> Any:
    """Lift, find the active feature, solve its normal equation, and find weights that attain the solution.

    Of a loss of sequences, which is a quadratic in products of weights, see `symicl.statements.sequence_steps`.
    """
    if loss.task.shows == "sequence":
        return solve_sequence(step, loss)
    optimum = minimise_over_features(loss)
    problem = optimum.problem
    if problem.offset_coefficient is not None:
        step.show(
            "One feature accounts for the prior mean, with this coefficient",
            Equation("k", problem.offset_coefficient),
            where={
                "k": "is the coefficient of this feature, so that its part of the prediction is $k^{\\top}x$"
            },
            note="In the coordinates $(X, r)$ the features split into even and odd ones: those that keep "
            "and those that change their sign with $r$.",
        )
    if problem.summands:
        _several_features(step, problem)
    _features(step, problem)
    if problem.active is not None:
        _active_feature(step, optimum)
    step.check(
        "effective parameters exist at which the coefficient is $K^{*}$ and all other features vanish",
        closed_form(problem.prediction.substitute(realise(optimum)) - problem.predictor()),
        closed_form(0),
        rule="substitution of the parameters into the prediction",
    )
    weights = attaining_weights(optimum)
    computed = loss.task.centred(
        loss.task.component(loss.model.forward(weights, loss.task.prompt()).single())
    )
    step.check(
        "weights of the model exist that compute the optimal predictor",
        computed,
        problem.predictor(),
        rule="the forward pass at these weights, whose shapes are those of the model",
    )
    return optimum


def _several_features(step: Recorder, problem: LiftedProblem) -> None:
    """The part of the optimal prediction that several features make together."""
    names = [scalar(f"k_{i}") for i, _ in enumerate(problem.summands, 1)]
    functions = [s.function for s in problem.summands]
    part = sum((f * read_form(k) for f, k in zip(functions, names, strict=True)), closed_form(0))
    step(
        "Several features are correlated with the target and with each other; their part of the best prediction is "
        "made of few functions of the prompt",
        Equation(r"\hat{y}_{0}", part),
        *(Equation(f"k_{{{i}}}", s.coefficient) for i, s in enumerate(problem.summands, 1)),
        where={r"\hat{y}_{0}": "is this part", ",".join(map(formula_latex, names)): "are numbers"},
        note="The functions are found as those that the moments of the law make of the target; that no others are "
        "needed is checked below, for every coefficient of every feature.",
        name="several features",
    )


def _rest_of_the_target(problem: LiftedProblem) -> str:
    if problem.summands:
        return r"$y_{0}-\hat{y}_{0}$"
    return "the target" if problem.offset_coefficient is None else r"$y_{0}-k^{\top}x$"


def _features(step: Recorder, problem: LiftedProblem) -> None:
    """The prediction is linear in features, which are orthogonal to the rest of the target but for the active one."""
    target, task, count = _rest_of_the_target(problem), problem.loss.task, len(problem.orthogonal)
    rest = "" if target == "the target" else ", the rest of the target"
    title = "The prediction is linear in features of the prompt; "
    if problem.active is None:
        step(f"{title}all are orthogonal to {target}{rest}", name="feature")
    else:
        step(
            f"{title}all but $s_2^{{\\top}}K s_1$ are orthogonal to {target}{rest}",
            Equation(r"K(\theta)", problem.coefficient),
            where=_letters_of_the_feature(problem),
            note=f"{count} features have zero correlation with {target} and with the active "
            "one; the active one enters with this coefficient, a function of the parameters.",
            name="feature",
        )
    if problem.active is not None and not (count or problem.offset or problem.summands):
        step.check(
            "the prediction is this feature alone",
            problem.prediction,
            problem.predictor().substitute({problem.unknown: problem.coefficient}),
        )
    for number, feature in enumerate(problem.orthogonal, 1):
        probe = feature.probe("orthogonality")
        step.check(
            f"feature {number} of {count} is orthogonal to {target}, for every coefficient",
            task.expectation(problem.residual_target * probe),
        )
        if problem.active is not None:
            step.check(
                f"feature {number} of {count} is orthogonal to the active one, for all coefficients of both",
                task.expectation(problem.contracted() * probe),
            )


def _active_feature(step: Recorder, optimum: Optimum) -> None:
    """The normal equation of the active feature and its solution."""
    problem, solution = optimum.problem, optimum.solution
    assert problem.normal_equation is not None and solution is not None
    step.show(
        "The normal equation of the active feature $s_2s_1^{\\top}$: "
        "$N(K)=\\mathbb{E}[(\\hat{y}_K-y_{0})\\,s_2s_1^{\\top}]$",
        Equation("N(K)", problem.normal_equation),
        where=_any_coefficient(problem),
        note="It is linear in $K$ and vanishes at the optimum.",
        name="normal equation",
    )
    if optimum.equation is None:
        step("A solution of $N(K)=0$ ({step:normal equation})", Equation("K^{*}", solution), name="solution")
        step.check(
            "it solves the normal equation",
            problem.normal_equation.substitute({problem.unknown: solution}),
        )
        return
    step(
        "The solution of $N(K)=0$ ({step:normal equation}), by cancelling invertible factors",
        Equation("K^{*}", solution),
        name="solution",
    )
    step.require(
        "the factors cancelled on both sides are invertible",
        Uniqueness(optimum.equation),
        rule="covariances of covariates are positive definite",
    )
    _factor_is_invertible(step, optimum)


def _letters_of_the_feature(problem: LiftedProblem) -> dict[str, str]:
    """s₁ and s₂ in the prompt, and what K(θ) is."""
    where = {r"K(\theta)": "is the coefficient of this feature in the prediction"}
    columns = problem.active.columns if problem.active is not None else None
    if columns is None:
        return {"s_1,s_2": "are the two sides of the active feature", **where}
    return {f"s_{i}": f"$={formula_latex(s)}$" for i, s in enumerate(columns, 1)} | where


def _any_coefficient(problem: LiftedProblem) -> dict[str, str]:
    """The meanings of K and of its predictor."""
    return {
        "K": "is any matrix of the shape of $K(\\theta)$",
        r"\hat{y}_K": f"$={formula_latex(problem.predictor())}$",
    }


def _factor_is_invertible(step: Recorder, optimum: Optimum) -> None:
    """Check that the rest of the factor of K is invertible: positive, or an axiom that names it."""
    assert optimum.equation is not None
    factor = optimum.equation.factor
    words = {word for (_, word) in factor.terms}
    sign = positive(factor.coefficient(words.pop())) if len(words) == 1 else None
    try:
        is_positive = sign is not None and sign.holds
    except UnsupportedError:
        is_positive = False
    if sign is not None and is_positive:
        step.require(
            "the remaining factor of $K$ is positive, so the solution is unique",
            sign,
            rule="no negative coefficient and a positive constant, each dimension written as 1 + a natural number",
        )
    else:
        step.axiom(f"the factor ${formula_latex(factor)}$ of $K$ in the normal equation is invertible")


def _refuse_bound(optimum: Any) -> None:
    if optimum.attained == "lower bound":
        reason = getattr(optimum, "reason", "")
        raise DerivationError(
            f"the value is a lower bound for the loss, not its minimum: no weights are known to attain it ({reason})"
        )


def certify(step: Recorder, optimum: Any) -> Any:
    """The excess loss is a mean square, for all parameters.

    Raises
    ------
    DerivationError
        If no weights are known that attain the value, which is then a lower bound and no minimum.
    """
    if optimum.loss.task.shows == "sequence":
        return certify_sequence(step, optimum)
    _refuse_bound(optimum)
    certificate = optimum.certificate
    where = {r"\hat{y}_{K^{*}}": "is this prediction at $K=K^{*}$, the optimum"} | _any_coefficient(
        optimum.problem
    )
    problem, best = optimum.problem, r"\hat{y}_{K^{*}}"
    if problem.active is None:
        best = r"\hat{y}_{0}"
    step(
        "For all parameters the excess loss is a mean square, so the optimum is global",
        rf"L(\theta)-L^{{*}}=\mathbb{{E}}[(\hat{{y}}_\theta-{best})^{{2}}]\ge 0",
        Equation(
            rf"\mathbb{{E}}[(\hat{{y}}_\theta-{best.replace('K^{*}', 'K')})^{{2}}]", certificate.distance
        ),
        where=where if problem.active is not None else {},
        name="excess",
        note="No convexity in the weights is used; the minimisers are those parameters whose predictor is "
        "the optimal one almost surely.",
    )
    if problem.active is not None:
        assert problem.normal_equation is not None
        direction = problem.coefficient - ClosedForm.of(problem.unknown)
        step.check(
            r"$L(\theta)-\mathbb{E}[(\hat{y}_K-y_{0})^{2}]-\mathbb{E}[(\hat{y}_\theta-\hat{y}_K)^{2}]"
            r"=2\operatorname{tr}(N(K)^{\top}(K(\theta)-K))$, every block of $K$ and of the parameters a symbol",
            certificate.remainder,
            (problem.normal_equation.T @ direction).trace() * 2,
        )
    scalar_factor = optimum.equation is not None and optimum.equation.has_scalar_factor
    if optimum.solution is None or scalar_factor:
        step.check(
            rf"$L(\theta)=L^{{*}}+\mathbb{{E}}[(\hat{{y}}_\theta-{best})^{{2}}]$ with the solution written out",
            excess_identity(optimum),
            rule="cross-multiplication of rational functions",
        )
    step.minimum(r"hence $L(\theta)\ge L^{*}$ for all parameters", optimum)
    return certificate


def minimise_over_weights(step: Recorder, model: Model, task: Any) -> Any:
    """From the forward pass to the certified global minimum: the four steps above, one after the other.

    Returns
    -------
    Optimum
        With the loss as its ``loss``.
    """
    reduce_weights(step, model, task)
    optimum = solve(step, derive_loss(step, model, task))
    certify(step, optimum)
    return optimum


def minimal_value(step: Recorder, optimum: Any) -> ClosedForm:
    """The minimal loss as a rational function; a mere lower bound is refused, see `certify`."""
    _refuse_bound(optimum)
    value = optimum.closed_form
    step.show("The minimal loss", Equation("L^{*}", value), name="minimal loss")
    return value


def solution_ratio(optimum: Any) -> ClosedForm:
    """K*; for sequences the one product of weights at the optimum."""
    if optimum.loss.task.shows == "sequence":
        (value,) = optimum.solution.values()
        return value
    assert isinstance(optimum.solution, ClosedForm)
    return optimum.solution


def same_optimum(step: Recorder, claim: str, model: Model, task: PromptTask, reference: Optimum) -> None:
    """A variant of the model has the same optimal predictor and the same minimal loss."""
    weights = model.symbolic_weights(**model.sizes_on(task))
    step.check(
        f"{claim}: the forward pass over all weights equals the reduced one",
        task.component(model.forward(weights, task.prompt()).single()),
        task.component(model.predict(model.effective(weights), task.prompt()).single()),
    )
    variant = minimise_over_features(expected_loss(model, task))
    attaining_weights(variant)
    step.check(
        f"{claim}: the mean square distance to the optimum is the excess loss",
        excess_identity(variant),
        closed_form(0),
    )
    step.check(
        f"{claim}: the same optimal predictor", variant.problem.predictor(), reference.problem.predictor()
    )
    step.check(f"{claim}: the same optimal coefficient", solution_ratio(variant), solution_ratio(reference))
    step.check(f"{claim}: the same minimal loss", variant.closed_form, reference.closed_form)
